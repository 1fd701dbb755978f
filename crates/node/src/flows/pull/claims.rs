//! Claims: a lease in the database makes sure that one process at a time polls a peer.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use ledger::limits::MAX_POLL_TIME;
use store::{Claim, NextPoll, Standing, StoreError};

use crate::{flows::signing, node::Node};

/// A claim lasts longer than its poll by the time of the last request and the last transaction, so that no other process
/// begins a poll before this one has ended.
const LEASE: Duration = Duration::from_secs(MAX_POLL_TIME.as_secs() + 120);

/// Returns the name under which this process claims peers: the one under which it signs. It is the same after a restart, so
/// that the next process can release what the last one had claimed, and another one for a process on another machine.
fn holder(node: &Node) -> String {
    signing::holder(&node.settings.data)
}

/// Claims one peer for a poll; `None` when another process polls it, or when it is paused or halted.
pub(crate) async fn claim(node: &Node, node_seq: i64) -> Result<Option<Claim>, StoreError> {
    node.store
        .claim_peer(node_seq, node.now(), &holder(node), LEASE)
        .await
}

/// Claims the peers of a standing that are due for a poll, at most `limit`.
pub(crate) async fn claim_due(
    node: &Node,
    standing: Standing,
    limit: usize,
) -> Result<Vec<Claim>, StoreError> {
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let holder = holder(node);
    let claiming = || {
        node.store
            .claim_due_peers(standing, node.now(), &holder, LEASE, limit)
    };
    // On a full disk a poll takes nothing but withdrawals, which must be possible then.
    node.eraser.reserve.with_room(claiming).await
}

/// Releases the claim of a poll that was cancelled; the peer is due at once.
pub(crate) async fn release(node: &Node, claim: &Claim) {
    let next = NextPoll::at(node.now());
    if let Err(error) = node.store.release_claim(claim, next).await {
        tracing::debug!(%error, "a claim was not released; it expires by itself");
    }
    node.wakers.ticker.notify_one();
}

/// Releases the claims of an earlier process that owned this data directory on this machine and ended during its polls.
#[boxed]
pub async fn release_all(node: &Node) {
    if let Err(error) = node.store.release_claims(&holder(node), node.now()).await {
        tracing::warn!(%error, "peers that an earlier run was polling wait until their lease expires");
    }
}
