//! Claims: a peer is polled by one process at a time, by a lease in the database.

use std::time::Duration;

use ledger::limits::MAX_POLL_TIME;
use store::{Claim, StoreError};

use crate::node::Node;

/// A claim outlives its poll by the time of the last request and of the last transaction, so that nobody else begins
/// while one ends.
const LEASE: Duration = Duration::from_secs(MAX_POLL_TIME.as_secs() + 120);

/// Returns under which name this node claims peers: the same after a restart, so that it can give back what it held.
fn holder(node: &Node) -> String {
    node.settings.data.display().to_string()
}

/// Claims one peer for a poll; `None` when it is being polled, paused or halted.
pub(crate) async fn claim(node: &Node, node_seq: i64) -> Result<Option<Claim>, StoreError> {
    node.store
        .claim_peer(node_seq, node.now(), &holder(node), LEASE)
        .await
}

/// Claims the peers that are due for a poll, at most `limit`.
///
/// # Errors
/// Of the database.
pub(crate) async fn claim_due(node: &Node, limit: u32) -> Result<Vec<Claim>, StoreError> {
    node.store
        .claim_due_peers(node.now(), &holder(node), LEASE, limit)
        .await
}

/// Gives back the claim of a poll that was broken off: the peer is due at once.
pub(crate) async fn give_back(node: &Node, claim: &Claim) {
    if let Err(error) = node.store.release_claim(claim, node.now()).await {
        tracing::debug!(%error, "a claim was not released; it expires by itself");
    }
    node.wakers.ticker.notify_one();
}

/// Gives back what an earlier process that owned this data directory was polling when it ended.
pub async fn give_back_all(node: &Node) {
    if let Err(error) = node.store.release_claims(&holder(node), node.now()).await {
        tracing::warn!(%error, "peers that an earlier run was polling wait until their lease expires");
    }
}
