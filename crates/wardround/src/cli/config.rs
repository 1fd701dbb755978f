//! `config`: shows and checks the configuration, without a node.

use serde_json::json;

use super::{arguments::ConfigCommand, configuration::load, terminal::Terminal};
use crate::commands::failure::{DONE, Failure};
use settings::{
    load::Sources,
    reference::{reference, show, show_json},
};

/// Runs a command on the configuration.
pub(super) fn run(
    command: ConfigCommand,
    sources: &Sources,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    if matches!(command, ConfigCommand::Reference) {
        terminal.line(reference().trim_end());
        return Ok(DONE);
    }
    let loaded = load(sources)?;
    match command {
        ConfigCommand::Show(form) if form.json => terminal.line(&show_json(&loaded).to_string()),
        ConfigCommand::Show(_) => terminal.line(show(&loaded).trim_end()),
        ConfigCommand::Check(form) if form.json => {
            terminal.line(&json!({ "file": loaded.file }).to_string());
        }
        ConfigCommand::Check(_) | ConfigCommand::Reference | ConfigCommand::Apply(_) => {
            match &loaded.file {
                Some(file) => terminal.line(&format!(
                    "`{}` and the environment have no mistakes",
                    file.display()
                )),
                None => {
                    terminal.line("there is no configuration file; the environment has no mistakes")
                }
            }
        }
    }
    Ok(DONE)
}
