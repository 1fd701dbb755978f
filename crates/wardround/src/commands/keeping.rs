//! Commands that keep a node: backups; and those on its identity, which are in a module of their own.

use std::{path::Path, sync::Arc};

use serde_json::json;

use super::{
    command::Keeping,
    failure::{DONE, Failure},
    identity,
    output::Output,
};
use node::{
    Node,
    audit::{self, Act, By, Entry, Object},
};
use upkeep::backup::{self, BackupError};

/// Runs a command.
pub(super) async fn run(
    node: &Arc<Node>,
    command: Keeping,
    by: &By,
    output: &Output,
) -> Result<u8, Failure> {
    match command {
        Keeping::Backup {
            to,
            with_keys,
            json,
        } => back_up(node, &to, with_keys, by, json, output).await,
        Keeping::NodeShow { json } => identity::show(node, json, output).await,
        Keeping::NodePropose(change) => identity::propose(node, &change, output).await,
        Keeping::NodeAccept { note, json } => identity::accept(node, &note, by, json, output).await,
        Keeping::KeyShow { json } => identity::keys(node, json, output).await,
        Keeping::Recover { action, json } => {
            identity::recover(node, action, by, json, output).await
        }
    }
}

/// Makes a backup.
async fn back_up(
    node: &Arc<Node>,
    to: &Path,
    with_keys: bool,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let made = backup::make(node, to, with_keys).await;
    let made = made.map_err(|error| match error {
        BackupError::Refused(text) => Failure::invalid(text),
        error => error.into(),
    })?;
    tracing::info!(file = %made.file.display(), bytes = made.bytes, with_keys, "backup made");
    let detail = if with_keys {
        "with keys"
    } else {
        "without keys"
    };
    let entry = Entry::new(by, Act::BackedUp, Object::Nothing, node.now());
    audit::record(node, entry.with_detail(detail)).await;
    if json {
        let object = json!({
            "file": made.file, "bytes": made.bytes, "made": made.manifest.made, "keys": made.manifest.keys,
            "logs": made.manifest.logs,
        });
        output.line(object.to_string());
    } else {
        let (file, bytes) = (made.file.display(), made.bytes);
        output.line(format!("`{file}` is made, {bytes} bytes"));
        if with_keys {
            output.line("it has the keys: who can read it can sign as this node");
        }
    }
    Ok(DONE)
}
