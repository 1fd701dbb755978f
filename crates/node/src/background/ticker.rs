//! When whom to poll: due peers are claimed and polled side by side, so that one that is slow delays no other.
//!
//! What is due is known to the database alone. The ticker sleeps until the next peer is due, or until it is woken by a
//! nudge, a new peer or an operator.

use std::{sync::Arc, time::Duration};

use store::{Claim, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    flows::pull::{self, claims},
    node::Node,
};

/// Polls at the same time. Most of a poll is waiting, and one that waits holds no more than one answer in memory.
const MAX_POLLS: usize = 32;

/// The longest sleep: other processes write to the same database, and clocks are set.
const MAX_SLEEP: Duration = Duration::from_secs(5);
/// The shortest, so that a peer whose claim somebody else holds is not asked for in a tight loop.
const MIN_SLEEP: Duration = Duration::from_millis(20);

/// Polls whoever is due, until `stop`.
pub async fn run(node: Arc<Node>, stop: CancellationToken) {
    claims::give_back_all(&node).await;
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
            Some(ended) = polls.join_next() => note(ended),
            () = tokio::time::sleep(sleep) => {}
        }
    }
    while let Some(ended) = polls.join_next().await {
        note(ended);
    }
}

/// Starts a poll of every peer that is due, as far as there is room; returns how long there is nothing more to do.
async fn start_due(
    node: &Arc<Node>,
    stop: &CancellationToken,
    polls: &mut JoinSet<()>,
) -> Result<Duration, StoreError> {
    let room = u32::try_from(MAX_POLLS.saturating_sub(polls.len())).unwrap_or(0);
    if room == 0 || node.identity().is_none() {
        return Ok(MAX_SLEEP);
    }
    // Reading first spares the database a writing transaction every few seconds.
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
        () = stop.cancelled() => claims::give_back(&node, &claim).await,
    }
}

fn note(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a poll ended early; the peer is polled again when its lease expires");
    }
}
