//! Work that a node does by itself, until it stops.

pub mod cosigner;
pub mod learner;
pub mod nudger;
pub mod ticker;

use std::{sync::Arc, time::Duration};

use async_recursion::async_recursion as boxed;
use ledger::limits::{MAX_CLOCK_AHEAD, RENEW_EVERY};
use store::StoreError;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wire::Timestamp;

use crate::{audit, error::NodeError, flows::gaps, node::Node};

/// Does all background work of a node until `stop`; returns when every task has ended.
#[boxed]
pub async fn run(node: &Arc<Node>, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    let own = || (Arc::clone(node), stop.clone());
    let (indexing, token) = own();
    tasks.spawn(async move { indexing.indexer.run(&token).await });
    let (erasing, token) = own();
    tasks.spawn(async move { erasing.eraser.run(&token).await });
    let (cosigning, token) = own();
    tasks.spawn(async move { cosigner::run(&cosigning, &token).await });
    let (nudging, token) = own();
    tasks.spawn(async move { nudger::run(&nudging, &token).await });
    if node.settings.federation.enabled {
        let (polling, token) = own();
        tasks.spawn(ticker::run(polling, token));
    }
    let (renewing, token) = own();
    tasks.spawn(async move { renew_checkpoints(&renewing, &token).await });
    let (noting, token) = own();
    tasks.spawn(async move { note_audit(&noting, &token).await });
    let (counting, token) = own();
    tasks.spawn(async move { gaps::run(&counting, &token).await });
    let (learning, token) = own();
    tasks.spawn(async move { learner::run(&learning, &token).await });
    let (keeping, token) = own();
    tasks.spawn(async move { keeping.eraser.reserve.keep(&token).await });
    tasks.close();
    tasks.wait().await;
}

/// Signs the own checkpoint with a new time before peers take it for stale (docs/FEED.md §6).
async fn renew_checkpoints(node: &Node, stop: &CancellationToken) {
    /// Time between two checks whether a renewal is due, which also prolong the lease on signing.
    const CHECK_EVERY: Duration = Duration::from_secs(5);
    loop {
        if let Err(error) = renew_checkpoint_when_due(node).await {
            tracing::error!(%error, "the checkpoint could not be renewed; trying again");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CHECK_EVERY) => {}
        }
    }
}

/// Keeps the head of the audit outside the database, too, and records refusals that were too many to record each.
async fn note_audit(node: &Node, stop: &CancellationToken) {
    /// What someone could remove from the audit without being found is at most so old.
    const NOTE_EVERY: Duration = Duration::from_secs(60);
    loop {
        let is_last = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(NOTE_EVERY) => false,
        };
        audit::record_skipped_refusals(node).await;
        if let Err(error) = audit::note_head(node).await {
            tracing::warn!(%error, "the head of the audit could not be noted; trying again");
        }
        if is_last {
            return;
        }
    }
}

async fn renew_checkpoint_when_due(node: &Node) -> Result<(), StoreError> {
    // It logs why, if the node may not sign.
    let identity = match node.signer().await {
        Ok(identity) => identity,
        Err(NodeError::Store(error)) => return Err(error),
        Err(_) => return Ok(()),
    };
    let head = node.store.log_head(store::OWN, identity.epoch).await?;
    let now = node.now();
    if head.timestamp.is_none_or(|signed| is_due(signed, now)) {
        node.store.renew_checkpoint(&identity.signer, now).await?;
    }
    Ok(())
}

/// Says whether to sign a checkpoint again: when it is no longer fresh, or when its time is further ahead than peers
/// accept, because the clock was set back since.
fn is_due(signed: Timestamp, now: Timestamp) -> bool {
    now >= signed.plus(RENEW_EVERY) || signed > now.plus(MAX_CLOCK_AHEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_renewed_every_15_minutes_and_at_once_when_peers_do_not_accept_its_time() {
        let now = Timestamp::from_secs(1_790_000_000);
        let secs = Duration::from_secs;
        for (signed, expected) in [
            (now, false),
            (now.minus(secs(899)), false),
            (now.minus(secs(900)), true),
            (now.plus(secs(300)), false),
            (now.plus(secs(301)), true),
            (now.plus(secs(86_400)), true),
        ] {
            assert_eq!(is_due(signed, now), expected, "signed at {signed}");
        }
    }
}
