//! The command line: what each command does, and what it prints.
//!
//! A command that needs the data directory is a function of [`crate::commands`], called in two ways: by the process that owns
//! the directory if one is running, otherwise by this process, under the lock of the directory.

mod apply;
mod arguments;
mod backup;
mod check;
mod config;
mod configuration;
mod demo;
mod eval;
mod gaps;
mod given;
mod healthcheck;
mod import;
mod inspect;
mod manual;
pub(crate) mod node;
mod open_keys;
mod owner;
mod peer;
mod quote;
pub(crate) mod reload;
mod routes;
mod serve;
pub(crate) mod starting;
mod supervisor;
mod terminal;
mod user;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{CommandFactory as _, FromArgMatches as _, error::ErrorKind};
use serde_json::json;

use self::{
    arguments::{Arguments, Command, ConfigCommand, OwnerCommand},
    given::Given,
    terminal::Terminal,
};
use crate::commands::{
    command,
    failure::{FAILED, Failure, FailureKind, INVALID},
};
use ::node::identity::Introduction;
use configuration::{load, sources};

/// How long blocking work may continue after a command has ended.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(500);

/// Runs the command line of a program that was built from this commit, if that is known.
#[must_use]
pub fn main(commit: Option<&'static str>) -> ExitCode {
    if let Some(commit) = commit {
        telemetry::set_commit(commit);
    }
    // This program may be the child of another one, with one file to read and little memory.
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    if let Some(code) = ::node::file_reader::child(arguments) {
        return code;
    }
    // Whatever this program writes is for its owner only: the database and exports hold drafts and private contacts.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let terminal = Terminal::new();
    let (arguments, json) = match parsed() {
        Ok(parsed) => parsed,
        Err(error) => {
            // The text repeats what was typed.
            let code = u8::try_from(error.exit_code()).unwrap_or(INVALID);
            let is_json = std::env::args_os().any(|argument| argument == "--json");
            if is_json && error.use_stderr() {
                terminal.failure(&usage(&error, code), true);
            } else if is_json && error.kind() == ErrorKind::DisplayVersion {
                terminal.line(&version().to_string());
            } else {
                terminal.usage(&error);
            }
            return ExitCode::from(code);
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
        Ok(0) if terminal.has_lost_output() => FAILED,
        Ok(code) => code,
        Err(failure) => {
            terminal.failure(&failure, json);
            failure.code
        }
    };
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    ExitCode::from(code)
}

/// Reads the command line; says whether the answer has to be JSON, and with it the reason of a failure.
fn parsed() -> Result<(Arguments, bool), clap::Error> {
    let matches = Arguments::command().try_get_matches()?;
    let mut leaf = &matches;
    while let Some((_, below)) = leaf.subcommand() {
        leaf = below;
    }
    // The few commands that have no answer in JSON do not know the flag.
    let json = matches!(leaf.try_get_one::<bool>("json"), Ok(Some(true)));
    Ok((Arguments::from_arg_matches(&matches)?, json))
}

/// Returns which program this is; the commit is `null` where it is not known.
fn version() -> serde_json::Value {
    let (version, commit) = (telemetry::VERSION, telemetry::commit());
    json!({ "name": "wardround", "version": version, "commit": commit })
}

/// Returns a mistake in the command line as a failure.
fn usage(error: &clap::Error, code: u8) -> Failure {
    let text = error.to_string();
    Failure {
        code,
        kind: FailureKind::Usage,
        text: text.trim().trim_start_matches("error: ").to_owned(),
    }
}

async fn run(arguments: Arguments, terminal: &Terminal) -> Result<u8, Failure> {
    let Arguments {
        data,
        config,
        command,
    } = arguments;
    terminal.know(Given::new(data.as_deref(), config.as_deref()));
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
            serve::serve(&sources(flags), terminal).await
        }
        Command::Owner(OwnerCommand::Import(arguments)) => {
            import::run(&settings()?, arguments, terminal).await
        }
        Command::Owner(command) => {
            let command = owner_command(command)?;
            owner::run(&settings()?, command, |event| terminal.show(event)).await
        }
        Command::Peer(command) => peer::run(&settings()?, command, terminal).await,
        Command::User(command) => {
            let command = user::command(command, terminal)?;
            owner::run(&settings()?, command, |event| terminal.show(event)).await
        }
        Command::Backup(arguments) => backup::back_up(settings, arguments, terminal).await,
        Command::Restore(arguments) => backup::restore(&settings()?, arguments, terminal).await,
        Command::Node(command) => node::run(settings, command, terminal).await,
        Command::Key(command) => node::run_key(settings, command, terminal).await,
        Command::Recover(arguments) => node::recover(&settings()?, arguments, terminal).await,
        Command::Healthcheck(_) => healthcheck::run(&settings()?, terminal).await,
        Command::Reload(form) => reload::ask(&sources(Vec::new()), form.json, terminal).await,
        Command::Migrate(form) => owner::migrate(&settings()?, form.json, terminal).await,
        Command::Doctor(form) => {
            let loaded = sources(Vec::new()).load();
            Ok(inspect::doctor(loaded, form.json, terminal).await)
        }
        Command::Verify(verify) => inspect::verify(&settings()?, &verify, terminal).await,
        Command::Gaps(arguments) => gaps::run(&settings()?, &arguments, terminal).await,
        Command::Audit(audit) => inspect::audit(&settings()?, &audit, terminal).await,
        Command::VerifyQuote(arguments) => quote::run(&arguments, terminal),
        Command::Check(check) => check::run(check, terminal).await,
        Command::Eval(eval) => eval::run(eval, terminal).await,
        Command::Routes(form) => routes::run(&form, terminal),
        Command::Config(ConfigCommand::Apply(arguments)) => {
            apply::run(&settings()?, &arguments, terminal).await
        }
        Command::Config(command) => config::run(command, &sources(Vec::new()), terminal),
        Command::Completions(arguments) => Ok(manual::completions(&arguments, terminal)),
        Command::Man(arguments) => manual::man(&arguments, terminal),
    }
}

/// Returns a command as the owner of the data directory takes it.
fn owner_command(command: OwnerCommand) -> Result<command::Command, Failure> {
    Ok(match command {
        OwnerCommand::Init(init) => command::Command::Init {
            introduction: Introduction {
                name: init.name,
                ods: init.ods,
                base_url: init.base_url,
                contact: init.contact,
            },
            json: init.json,
        },
        OwnerCommand::Import(arguments) => import::command(&arguments)?,
        OwnerCommand::Export(export) => command::Command::Export {
            dir: absolute(&export.dir)?,
            force: export.force,
            json: export.json,
        },
        OwnerCommand::Publish(publish) => command::Command::Publish {
            file: absolute(&publish.file)?,
            base: publish.base,
            accept_warnings: publish.accept_warnings,
            json: publish.json,
        },
        OwnerCommand::Withdraw(withdraw) => command::Command::Withdraw {
            id: withdraw.id,
            why: withdraw.why,
            json: withdraw.json,
        },
        OwnerCommand::Reindex(form) => command::Command::Reindex { json: form.json },
        OwnerCommand::Pull(pull) => command::Command::Pull {
            node: pull.node,
            json: pull.json,
        },
    })
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path)
        .map_err(|error| Failure::invalid(format!("`{}`: {error}", path.display())))
}
