//! `config`: shows and checks the configuration, without a node.

use std::io::ErrorKind;

use serde_json::json;

use super::{arguments::ConfigCommand, configuration::load, starting, terminal::Terminal};
use crate::commands::failure::{DONE, Failure};
use node::StartCheck;
use settings::{
    load::{FILE_NAME, Loaded, Sources},
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
        ConfigCommand::Check(form) => check(&loaded, form.json, terminal)?,
        // Both were run before.
        ConfigCommand::Reference | ConfigCommand::Apply(_) => {}
    }
    Ok(DONE)
}

/// Says whether a node would start with these settings and make its backups: what can be read may name a file that cannot be
/// used.
fn check(loaded: &Loaded, json: bool, terminal: &Terminal) -> Result<(), Failure> {
    let file = loaded.settings.data.join(FILE_NAME);
    let looked = file.symlink_metadata();
    if loaded.file.is_none()
        && looked.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    {
        return Err(Failure::invalid(format!(
            "this user may not see whether there is `{}`; run this as the user that runs the node",
            file.display()
        )));
    }
    let StartCheck {
        mut faults,
        warnings,
    } = starting::look(&loaded.settings);
    faults.extend(starting::missing_backups(&loaded.settings));
    if !faults.is_empty() {
        return Err(Failure::invalid(faults.join("\n")));
    }
    if json {
        let object = json!({ "file": loaded.file, "warnings": warnings });
        terminal.line(&object.to_string());
        return Ok(());
    }
    match &loaded.file {
        Some(file) => terminal.line(&format!(
            "`{}` and the environment have no mistakes",
            file.display()
        )),
        None => terminal.line("there is no configuration file; the environment has no mistakes"),
    }
    for warning in &warnings {
        terminal.note(&format!("warning: {warning}"));
    }
    Ok(())
}
