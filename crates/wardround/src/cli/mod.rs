//! The command line: what each command does, and what it prints.
//!
//! A command that needs the data directory is a function of [`commands`], called in two ways: by the process that owns
//! the directory if one is running, otherwise by this process, under the lock of the directory.

pub(crate) mod arguments;
mod check;
pub(crate) mod commands;
mod config;
mod demo;
mod inspect;
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
    arguments::{Arguments, Command, OwnerCommand},
    terminal::Terminal,
};
use crate::control;
use node::{
    identity::Introduction,
    settings::load::{Loaded, SettingsFault, Sources},
};

/// Exit code: done.
const DONE: u8 = 0;
/// Exit code: not done, or not all of it.
const FAILED: u8 = 1;
/// Exit code: wrong usage, configuration or input.
const INVALID: u8 = 2;

/// How long blocking work may go on after a command has ended.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(500);

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub code: u8,
    /// The reason, for a person.
    pub text: String,
}

impl Failure {
    /// Returns a failure that the caller can fix in the arguments or the input.
    #[must_use]
    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self {
            code: INVALID,
            text: text.into(),
        }
    }

    /// Returns any other failure.
    #[must_use]
    pub(crate) fn failed(text: impl Into<String>) -> Self {
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
    // Whatever this program writes is for its owner only: the database and exports hold drafts and private contacts.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let terminal = Terminal::new();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // The text repeats what was typed.
            terminal.usage(&error);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(INVALID));
        }
    };
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
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    ExitCode::from(code)
}

async fn run(arguments: Arguments, terminal: &Terminal) -> Result<u8, Failure> {
    let Arguments {
        data,
        config,
        command,
    } = arguments;
    let sources = |flags| sources(data.as_deref(), config.clone(), flags);
    let settings = || load(&sources(Vec::new()));
    match command {
        Command::Demo(demo) => demo::run(data, &demo, terminal).await,
        Command::Serve(serve) => {
            let mut flags = Vec::new();
            flags.extend(serve.listen.map(|listen| ("listen", "--listen", listen)));
            if serve.allow_loopback {
                let value = true.to_string();
                flags.push(("federation.allow_loopback", "--allow-loopback", value));
            }
            serve::serve(load(&sources(flags))?, terminal).await
        }
        Command::Owner(command) => {
            let command = owner_command(command)?;
            owner::run(&settings()?, command, |event| terminal.show(event)).await
        }
        Command::Peer(command) => peer::run(&settings()?, command, terminal).await,
        Command::Migrate => owner::migrate(settings()?, terminal).await,
        Command::Doctor(form) => {
            let loaded = sources(Vec::new()).load();
            Ok(inspect::doctor(loaded, form.json, terminal).await)
        }
        Command::Verify(form) => inspect::verify(&settings()?, form.json, terminal).await,
        Command::Check(check) => check::run(check, terminal).await,
        Command::Routes(form) => routes::run(&form, terminal),
        Command::Config(command) => config::run(command, &sources(Vec::new()), terminal),
    }
}

/// Returns a command as the owner of the data directory takes it.
fn owner_command(command: OwnerCommand) -> Result<control::Command, Failure> {
    Ok(match command {
        OwnerCommand::Init(init) => control::Command::Init(Introduction {
            name: init.name,
            ods: init.ods,
            base_url: init.base_url,
            contact: init.contact,
        }),
        OwnerCommand::Import(import) => control::Command::Import {
            dir: absolute(&import.dir)?,
            prune: import.prune,
            json: import.json,
        },
        OwnerCommand::Export(export) => control::Command::Export {
            dir: absolute(&export.dir)?,
            force: export.force,
            json: export.json,
        },
        OwnerCommand::Publish(publish) => control::Command::Publish {
            file: absolute(&publish.file)?,
            base: publish.base,
            json: publish.json,
        },
        OwnerCommand::Withdraw(withdraw) => control::Command::Withdraw {
            id: withdraw.id,
            why: withdraw.why,
            json: withdraw.json,
        },
        OwnerCommand::Reindex => control::Command::Reindex,
        OwnerCommand::Pull(pull) => control::Command::Pull {
            node: pull.node,
            json: pull.json,
        },
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

fn load(sources: &Sources) -> Result<Loaded, Failure> {
    sources
        .load()
        .map_err(|faults| Failure::invalid(one_per_line(&faults)))
}

fn one_per_line(faults: &[SettingsFault]) -> String {
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path)
        .map_err(|error| Failure::invalid(format!("`{}`: {error}", path.display())))
}
