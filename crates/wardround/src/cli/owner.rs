//! Runs a command in the process that owns the data directory: the running one, or this one.

use std::{io, path::Path, sync::Arc, time::Duration};

use serde_json::json;
use tokio::time::{Instant, sleep};

use super::terminal::Terminal;
use crate::commands::failure::{DONE, Failure, FailureKind};

use crate::{
    commands::{
        self,
        command::Command,
        output::{Event, Output},
    },
    control::client::{HandedOver, hand_over},
};
use node::{
    DirectoryError, DirectoryLock, Node, NodeError, OpenError, audit, clock::Clock,
    flows::pull::claims,
};
use settings::{Settings, load::Loaded};

/// How long to wait for an owner that does not listen: one that is starting, stopping or running a single command.
const MAX_OWNER_WAIT: Duration = Duration::from_secs(5);
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// Hands a command to the owner of the data directory; becomes the owner and runs it here if there is none.
pub(super) async fn run(
    loaded: &Loaded,
    command: Command,
    mut on_event: impl FnMut(Event),
) -> Result<u8, Failure> {
    let mut settings = loaded.settings.clone();
    log_only_warnings(&mut settings.log.filter);
    telemetry::init(&settings.log);
    let until = Instant::now() + MAX_OWNER_WAIT;
    loop {
        match hand_over(&settings.data, &command, &mut on_event).await {
            Ok(HandedOver::Ended(ended)) => return ended,
            Ok(HandedOver::NoOwner) => {}
            Err(error) => return Err(not_handed_over(&error, &settings.data)),
        }
        // Any other command would leave an empty node where the operator has mistyped `--data`.
        match command {
            Command::Init { .. } => {}
            Command::Import { .. } if !settings.data.exists() => {
                return Err(NodeError::NotInitialised.into());
            }
            _ => require_node(&settings)?,
        }
        match Node::open(settings.clone(), Clock::system()).await {
            Ok(node) => return run_here(&node, command, on_event).await,
            Err(OpenError::Directory(DirectoryError::InUse { .. })) if Instant::now() < until => {
                sleep(RETRY_INTERVAL).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Says why a command did not reach the owner of the data directory, or its answer this process.
pub(super) fn not_handed_over(error: &io::Error, data: &Path) -> Failure {
    if error.kind() == io::ErrorKind::PermissionDenied {
        return Failure::failed(format!(
            "the data directory `{}` belongs to another user; run the command as the user who runs the node",
            data.display()
        ));
    }
    Failure::failed(format!(
        "the running node has stopped: {error}; what it accepted before is kept"
    ))
}

/// Checks that there are a data directory and its database: no command but `init`, `serve` and `demo` makes them. An empty
/// directory may be where a disk is not mounted.
fn require_node(settings: &Settings) -> Result<(), Failure> {
    let data = &settings.data;
    let missing = match node::database(settings).file() {
        _ if !data.exists() => format!("data directory `{}`", data.display()),
        Some(file) if !file.exists() => format!("database `{}`", file.display()),
        Some(_) | None => return Ok(()),
    };
    Err(Failure::invalid(format!(
        "there is no {missing}; name the right directory with `--data`, or begin a node with `wardround init`"
    )))
}

/// Runs a command in this process, which owns the data directory.
async fn run_here(
    node: &Arc<Node>,
    command: Command,
    mut on_event: impl FnMut(Event),
) -> Result<u8, Failure> {
    let (output, mut events) = Output::new();
    let run = async move {
        // No other process polls: claims that a killed process left are void.
        if matches!(command, Command::Pull { .. }) {
            claims::release_all(node).await;
        }
        let ended = commands::run_standalone(node, command, &audit::this_user(), &output).await;
        drop(output);
        ended
    };
    let show = async {
        while let Some(event) = events.recv().await {
            on_event(event);
        }
    };
    let (ended, ()) = tokio::join!(run, show);
    node.close().await;
    ended
}

/// Raises the level of the log to warnings, unless the operator has chosen a filter: a command prints its own results.
pub(super) fn log_only_warnings(filter: &mut String) {
    if filter == "info" {
        "warn".clone_into(filter);
    }
}

/// Migrates the database to the schema of this program.
pub(super) async fn migrate(
    loaded: &Loaded,
    json: bool,
    terminal: &Terminal,
) -> Result<u8, Failure> {
    telemetry::init(&loaded.settings.log);
    if let Some(pid) = node::owner(&loaded.settings.data)? {
        let text = format!(
            "process {pid} serves this data directory, and migrated its database when it started"
        );
        return Err(Failure {
            kind: FailureKind::InUse,
            ..Failure::failed(text)
        });
    }
    require_node(&loaded.settings)?;
    // As the user who owns it, and no one else meanwhile: what a migration leaves belongs to the node.
    let _lock = DirectoryLock::take(&loaded.settings.data)?;
    let store = store::Store::connect(&node::database(&loaded.settings)).await?;
    let before = store.schema_version().await?;
    store.close().await;
    let store = store::Store::open(&node::database(&loaded.settings)).await?;
    store.close().await;
    terminal.line(&if json {
        json!({"from": before.found, "to": before.known}).to_string()
    } else if before.found == before.known {
        format!("the database is at migration {}, the newest", before.known)
    } else {
        format!(
            "the database was at migration {} and is now at {}",
            before.found, before.known
        )
    });
    Ok(DONE)
}
