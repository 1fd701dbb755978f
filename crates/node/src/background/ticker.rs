//! Polls peers when they are due. Polls run concurrently, so that a slow peer delays no other.
//!
//! Only the database knows which peers are due. The ticker sleeps until the next one is, or until it is woken by a nudge,
//! a new peer or an operator.

use std::{sync::Arc, time::Duration};

use store::{Claim, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    flows::pull::{self, claims},
    node::Node,
};

/// Polls at the same time. A poll waits most of its time, with few answers in memory.
const MAX_POLLS: usize = 32;

/// Other processes write to the same database, and clocks may be changed.
const MAX_SLEEP: Duration = Duration::from_secs(5);
/// Keeps a peer that another process has claimed from causing a busy loop.
const MIN_SLEEP: Duration = Duration::from_millis(20);

/// Polls the peers that are due, until `stop`; returns when every poll has ended.
pub async fn run(node: Arc<Node>, stop: CancellationToken) {
    claims::release_all(&node).await;
    let mut polls = JoinSet::new();
    loop {
        let sleep = start_due(&node, &stop, &mut polls)
            .await
            .unwrap_or_else(|error| {
                tracing::error!(%error, "peers cannot be polled; trying again");
                MAX_SLEEP
            });
        tokio::select! {
            () = stop.cancelled() => break,
            () = node.wakers.ticker.notified() => {}
            Some(ended) = polls.join_next() => log_end(ended),
            () = tokio::time::sleep(sleep) => {}
        }
    }
    while let Some(ended) = polls.join_next().await {
        log_end(ended);
    }
}

/// Starts a poll of every peer that is due, up to [`MAX_POLLS`] together; returns the time until the next check.
async fn start_due(
    node: &Arc<Node>,
    stop: &CancellationToken,
    polls: &mut JoinSet<()>,
) -> Result<Duration, StoreError> {
    let room = u32::try_from(MAX_POLLS.saturating_sub(polls.len())).unwrap_or(0);
    if room == 0 || node.identity().is_none() {
        return Ok(MAX_SLEEP);
    }
    // Claiming writes, so it is done only if a read finds something due.
    let now = node.now();
    let due = node.store.next_due(now).await?;
    if due.is_some_and(|due| due <= now) {
        for claim in claims::claim_due(node, room).await? {
            polls.spawn(poll(Arc::clone(node), claim, stop.clone()));
        }
    }
    let now = node.now();
    let next = node.store.next_due(now).await?;
    Ok(next.map_or(MAX_SLEEP, |due| due.since(now).clamp(MIN_SLEEP, MAX_SLEEP)))
}

async fn poll(node: Arc<Node>, claim: Claim, stop: CancellationToken) {
    tokio::select! {
        report = pull::pull(&node, &claim) => report.log(&claim),
        () = stop.cancelled() => claims::release(&node, &claim).await,
    }
}

/// Logs a poll that has panicked.
fn log_end(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a poll ended early; the peer is polled again when its lease expires");
    }
}
