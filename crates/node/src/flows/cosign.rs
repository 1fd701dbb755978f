//! Cosigns the logs that were applied (docs/FEED.md §7 step 9): the lines of `/seen`.
//!
//! A line means "entries to this size verified, every withdrawal in them erased here". So the logs are read first, and
//! after that no erasure may be due: every withdrawal that was read is then erased.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use ledger::{PeerFault, checkpoint};
use store::{LogToCosign, StoreError};

use crate::{error::NodeError, identity::Identity, node::Node};

/// Age at which a line is renewed.
const RENEW_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Waits for erasures that are due, then cosigns. Returns the number of new lines.
///
/// # Errors
/// Of the database; the next call continues.
#[boxed]
pub async fn settle_and_cosign(node: &Node) -> Result<usize, StoreError> {
    if let Err(error) = node.eraser.settle().await {
        tracing::warn!(%error, "nothing is cosigned while withdrawn text is in the database files");
        return Ok(0);
    }
    cosign(node).await
}

/// Cosigns every peer's log whose line is missing, of another size or a day old, unless an erasure is due.
async fn cosign(node: &Node) -> Result<usize, StoreError> {
    let identity = match node.signer().await {
        Ok(identity) => identity,
        Err(NodeError::Store(error)) => return Err(error),
        // It has logged why.
        Err(_) => return Ok(0),
    };
    let logs = node
        .store
        .logs_to_cosign(node.now().minus(RENEW_AFTER))
        .await?;
    if logs.is_empty() || !node.eraser.is_settled() {
        return Ok(0);
    }
    let mut lines = 0;
    for log in logs {
        let node_seq = log.node_seq;
        let Some(document) = node.store.newest_node_document(node_seq).await? else {
            continue;
        };
        match line(&document.note, &log, &identity, node) {
            Ok(Some((size, cosigned))) => {
                let now = node.now();
                node.store
                    .save_cosignature(node_seq, log.epoch, size, &cosigned, now)
                    .await?;
                lines += 1;
            }
            Ok(None) => {}
            // The peer's keys have changed since; its next checkpoint is signed with the new ones.
            Err(fault) => tracing::debug!(node_seq, %fault, "a held checkpoint is not cosigned"),
        }
    }
    Ok(lines)
}

/// Returns the line for a held checkpoint, with its size; `None` if it is of an earlier epoch.
fn line(
    document: &str,
    log: &LogToCosign,
    identity: &Identity,
    node: &Node,
) -> Result<Option<(u64, String)>, PeerFault> {
    let known = node.verified_documents.stored(document)?.known_keys();
    if known.origin.epoch != log.epoch {
        return Ok(None);
    }
    let seen = checkpoint::verify(log.note.as_bytes(), &known)?;
    Ok(Some((
        seen.checkpoint().size,
        identity.witness.cosign(&seen, node.now()),
    )))
}
