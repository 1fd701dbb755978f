//! `completions` and `man`: what a package installs for the shell and for `man`, made from the command line itself.

use std::fs;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use super::{
    arguments::{Arguments, ManArguments},
    terminal::Terminal,
};
use crate::commands::failure::{DONE, Failure};

/// The name under which the program is installed.
const NAME: &str = "wardround";

/// `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the completions of a shell.
pub(super) fn completions(arguments: &CompletionsArguments, terminal: &Terminal) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        NAME,
        &mut script,
    );
    terminal.line(String::from_utf8_lossy(&script).trim_end());
    DONE
}

/// Writes a page for the program, and one for each command.
pub(super) fn man(arguments: &ManArguments, terminal: &Terminal) -> Result<u8, Failure> {
    let dir = &arguments.dir;
    let failed = |error: std::io::Error| Failure::failed(format!("`{}`: {error}", dir.display()));
    fs::create_dir_all(dir).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), dir).map_err(failed)?;
    let mut pages = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(NAME) {
            pages.push(name.into_owned());
        }
    }
    pages.sort();
    terminal.line(&if arguments.json {
        json!({"dir": dir, "pages": pages}).to_string()
    } else {
        format!("{} pages are in `{}`", pages.len(), dir.display())
    });
    Ok(DONE)
}
