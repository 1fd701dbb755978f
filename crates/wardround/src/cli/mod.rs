//! The command line: what each command does, and what it says.
//!
//! A command that needs the data directory is one function ([`commands`]) used in two ways: by the process that owns the
//! directory when one runs, otherwise here, under the directory's lock.

pub mod arguments;
mod check;
pub mod commands;
mod config;
mod demo;
mod looking;
mod owner;
mod peer;
mod routes;
mod serve;
mod terminal;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Parser as _;

use self::{
    arguments::{Arguments, Command, Reason},
    terminal::Terminal,
};
use crate::control;
use node::{
    identity::Introduction,
    settings::load::{Loaded, SettingsFault, Sources},
};

/// Done.
pub const DONE: u8 = 0;
/// Not done, or not all of it.
pub const FAILED: u8 = 1;
/// Wrong usage, configuration or input.
pub const WRONG: u8 = 2;

/// How long blocking work may take to end after a command has.
const LAST_MOMENTS: Duration = Duration::from_millis(500);

/// Why a command ended without success.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// The reason, for a person.
    pub text: String,
}

impl Failure {
    /// Something that the caller can mend in what was given.
    #[must_use]
    pub fn wrong(text: impl Into<String>) -> Self {
        Self {
            code: WRONG,
            text: text.into(),
        }
    }

    /// Something that went wrong.
    #[must_use]
    pub fn failed(text: impl Into<String>) -> Self {
        Self {
            code: FAILED,
            text: text.into(),
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        tracing::debug!(error = %node::telemetry::chain(&error), "a command failed");
        Self::failed(error.to_string())
    }
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = Terminal::new();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            terminal.error(&format!("the program cannot start: {error}"));
            return ExitCode::from(FAILED);
        }
    };
    let code = match runtime.block_on(run(arguments, &terminal)) {
        Ok(code) => code,
        Err(failure) => {
            terminal.error(&failure.text);
            failure.code
        }
    };
    runtime.shutdown_timeout(LAST_MOMENTS);
    ExitCode::from(code)
}

async fn run(arguments: Arguments, terminal: &Terminal) -> Result<u8, Failure> {
    let Arguments {
        data,
        config,
        command,
    } = arguments;
    let settings = |flags: Vec<(&'static str, &'static str, String)>| {
        load(data.as_deref(), config.clone(), flags)
    };
    let command = match command {
        Command::Serve(serve) => {
            let mut flags = Vec::new();
            flags.extend(serve.listen.map(|listen| ("listen", "--listen", listen)));
            if serve.allow_loopback {
                let value = true.to_string();
                flags.push(("federation.allow_loopback", "--allow-loopback", value));
            }
            return serve::serve(settings(flags)?, terminal).await;
        }
        Command::Demo(demo) => return demo::run(data, &demo, terminal).await,
        Command::Config(command) => {
            return config::run(
                command,
                &sources(data.as_deref(), config, Vec::new()),
                terminal,
            );
        }
        Command::Doctor(form) => {
            let loaded = sources(data.as_deref(), config, Vec::new()).load();
            return Ok(looking::doctor(loaded, form.json, terminal).await);
        }
        Command::Verify(form) => {
            return looking::verify(&settings(Vec::new())?, form.json, terminal).await;
        }
        Command::Migrate => return owner::migrate(settings(Vec::new())?, terminal).await,
        Command::Routes(form) => return routes::run(&form, terminal),
        Command::Check(check) => return check::run(check, terminal).await,
        Command::Peer(arguments::PeerCommand::Add(add)) => {
            return peer::add(&settings(Vec::new())?, add, terminal).await;
        }
        command => to_the_owner(command)?,
    };
    owner::run(&settings(Vec::new())?, command, |event| {
        terminal.show(event)
    })
    .await
}

/// Returns a command as it is given to the owner of the data directory.
fn to_the_owner(command: Command) -> Result<control::Command, Failure> {
    Ok(match command {
        Command::Init(init) => control::Command::Init(Introduction {
            name: init.name,
            ods: init.ods,
            base_url: init.base_url,
            contact: init.contact,
        }),
        Command::Import(import) => control::Command::Import {
            dir: absolute(&import.dir)?,
            prune: import.prune,
            json: import.json,
        },
        Command::Export(export) => control::Command::Export {
            dir: absolute(&export.dir)?,
            force: export.force,
            json: export.json,
        },
        Command::Publish(publish) => control::Command::Publish {
            file: absolute(&publish.file)?,
            base: publish.base,
            json: publish.json,
        },
        Command::Withdraw(withdraw) => control::Command::Withdraw {
            id: withdraw.id,
            why: word(withdraw.why).to_owned(),
            json: withdraw.json,
        },
        Command::Reindex => control::Command::Reindex,
        Command::Pull(pull) => control::Command::Pull {
            node: pull.node,
            json: pull.json,
        },
        Command::Peer(command) => peer::command(command)?,
        Command::Serve(_)
        | Command::Demo(_)
        | Command::Doctor(_)
        | Command::Verify(_)
        | Command::Migrate
        | Command::Check(_)
        | Command::Routes(_)
        | Command::Config(_) => return Err(Failure::wrong("this command is for no owner")),
    })
}

/// Returns the sources of the settings.
fn sources(
    data: Option<&Path>,
    config: Option<PathBuf>,
    mut flags: Vec<(&'static str, &'static str, String)>,
) -> Sources {
    flags.extend(data.map(|data| ("data", "--data", data.display().to_string())));
    Sources::of_process(config, flags)
}

fn load(
    data: Option<&Path>,
    config: Option<PathBuf>,
    flags: Vec<(&'static str, &'static str, String)>,
) -> Result<Loaded, Failure> {
    sources(data, config, flags)
        .load()
        .map_err(|faults| Failure::wrong(listed(&faults)))
}

fn listed(faults: &[SettingsFault]) -> String {
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path)
        .map_err(|error| Failure::wrong(format!("`{}`: {error}", path.display())))
}

/// Returns the word of the protocol for a reason.
const fn word(reason: Reason) -> &'static str {
    use ledger::leaf::Why;
    match reason {
        Reason::Privacy => Why::Privacy,
        Reason::Error => Why::Error,
        Reason::Superseded => Why::Superseded,
        Reason::Legal => Why::Legal,
        Reason::Other => Why::Other,
    }
    .as_str()
}
