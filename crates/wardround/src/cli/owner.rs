//! Doing a command in the process that owns the data directory: the running one, or this one.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{DONE, Failure, commands, terminal::Terminal};

use crate::control::{self, Command, Event, Handed, Output};
use node::{Node, OpenError, clock::Clock, flows::pull::claims, settings::load::Loaded, telemetry};

/// How long to wait for an owner that does not listen: one that is starting, stopping or busy with a command.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);

/// Runs a command, handed to the owner of the data directory or done here.
pub(super) async fn run(
    loaded: &Loaded,
    command: Command,
    mut each: impl FnMut(Event),
) -> Result<u8, Failure> {
    let mut settings = loaded.settings.clone();
    quiet(&mut settings.log.filter);
    telemetry::init(&settings.log);
    let until = Instant::now() + PATIENCE;
    loop {
        let handed = control::hand_over(&settings.data, &command, &mut each).await;
        match handed {
            Ok(Handed::Ended(code, None)) => return Ok(code),
            Ok(Handed::Ended(code, Some(text))) => return Err(Failure { code, text }),
            Ok(Handed::NobodyThere) => {}
            Err(error) => {
                let text = format!(
                    "the running node disconnected: {error}; it keeps what it accepted before"
                );
                return Err(Failure::failed(text));
            }
        }
        match Node::open(settings.clone(), Clock::system()).await {
            Ok(node) => return alone(&node, command, each).await,
            Err(OpenError::InUse { .. }) if Instant::now() < until => sleep(PAUSE).await,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Runs a command here.
async fn alone(
    node: &Arc<Node>,
    command: Command,
    mut each: impl FnMut(Event),
) -> Result<u8, Failure> {
    let (output, mut events) = Output::new();
    let working = async move {
        if matches!(command, Command::Pull { .. }) {
            claims::give_back_all(node).await;
        }
        let ended = commands::run_alone(node, command, &output).await;
        drop(output);
        ended
    };
    let showing = async {
        while let Some(event) = events.recv().await {
            each(event);
        }
    };
    let (ended, ()) = tokio::join!(working, showing);
    node.close().await;
    ended
}

/// A command that says itself what matters logs only what goes wrong, unless asked for more.
pub(super) fn quiet(filter: &mut String) {
    if filter == "info" {
        "warn".clone_into(filter);
    }
}

/// Brings the database to this program's schema.
pub(super) async fn migrate(loaded: Loaded, terminal: &Terminal) -> Result<u8, Failure> {
    telemetry::init(&loaded.settings.log);
    if let Some(pid) = node::owner(&loaded.settings.data)? {
        let text = format!(
            "process {pid} serves this data directory, and migrated its database when it started"
        );
        return Err(Failure::failed(text));
    }
    node::identity::make_private_directory(&loaded.settings.data)?;
    let store = store::Store::connect(&node::database(&loaded.settings)).await?;
    let before = store.schema_version().await?;
    store.close().await;
    let store = store::Store::open(&node::database(&loaded.settings)).await?;
    store.close().await;
    terminal.line(&if before.found == before.known {
        format!("the database is at migration {}, the newest", before.known)
    } else {
        format!(
            "the database was at migration {} and is at {} now",
            before.found, before.known
        )
    });
    Ok(DONE)
}
