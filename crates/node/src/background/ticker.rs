//! Polls peers when they are due. Polls run concurrently, so that a slow peer delays no other.
//!
//! Only the database knows which peers are due. The ticker sleeps until the next one is, or until it is woken by a nudge,
//! a new peer or an operator.

use std::{sync::Arc, time::Duration};

use async_recursion::async_recursion as boxed;
use store::{Claim, Standing, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    flows::pull::{self, claims},
    node::Node,
};

/// Polls at the same time. A poll waits most of its time, with few answers in memory.
const MAX_POLLS: usize = 32;
/// Polls among them of peers that did not answer their last poll, or were never polled: they may hang for a minute each.
const MAX_UNPROVEN_POLLS: usize = 24;

/// Other processes write to the same database, and clocks may be changed.
const MAX_SLEEP: Duration = Duration::from_secs(5);
/// Keeps a peer that another process has claimed from causing a busy loop.
const MIN_SLEEP: Duration = Duration::from_millis(20);
/// The same while peers are due that wait for others of their standing.
const MIN_CROWDED_SLEEP: Duration = Duration::from_millis(500);

/// The polls that run.
#[derive(Default)]
struct Polls {
    answering: JoinSet<()>,
    unproven: JoinSet<()>,
}

impl Polls {
    /// Returns how many polls of peers of a standing may be started.
    fn room(&self, standing: Standing) -> usize {
        let room = MAX_POLLS.saturating_sub(self.answering.len() + self.unproven.len());
        match standing {
            Standing::Answering => room,
            Standing::Unproven => room.min(MAX_UNPROVEN_POLLS.saturating_sub(self.unproven.len())),
        }
    }

    fn running(&mut self, standing: Standing) -> &mut JoinSet<()> {
        match standing {
            Standing::Answering => &mut self.answering,
            Standing::Unproven => &mut self.unproven,
        }
    }
}

/// Polls the peers that are due, until `stop`; returns when every poll has ended.
#[boxed]
pub async fn run(node: Arc<Node>, stop: CancellationToken) {
    claims::release_all(&node).await;
    let mut polls = Polls::default();
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
            Some(ended) = polls.answering.join_next() => log_end(ended),
            Some(ended) = polls.unproven.join_next() => log_end(ended),
            () = tokio::time::sleep(sleep) => {}
        }
    }
    for mut polls in [polls.answering, polls.unproven] {
        while let Some(ended) = polls.join_next().await {
            log_end(ended);
        }
    }
}

/// Starts a poll of every peer that is due, up to [`MAX_POLLS`] together, those that answer first; returns the time until the next check.
async fn start_due(
    node: &Arc<Node>,
    stop: &CancellationToken,
    polls: &mut Polls,
) -> Result<Duration, StoreError> {
    let is_read_only = node.current().server.read_only;
    if polls.room(Standing::Answering) == 0 || node.identity().is_none() || is_read_only {
        return Ok(MAX_SLEEP);
    }
    // Claiming writes, so it is done only if a read finds something due.
    let now = node.now();
    let due = node.store.next_due(now).await?;
    if due.is_some_and(|due| due <= now) {
        for standing in [Standing::Answering, Standing::Unproven] {
            let room = polls.room(standing);
            if room == 0 {
                continue;
            }
            for claim in claims::claim_due(node, standing, room).await? {
                let poll = poll(Arc::clone(node), claim, stop.clone());
                polls.running(standing).spawn(poll);
            }
        }
    }
    let now = node.now();
    let next = node.store.next_due(now).await?;
    let min = match polls.room(Standing::Unproven) {
        0 => MIN_CROWDED_SLEEP,
        _ => MIN_SLEEP,
    };
    Ok(next.map_or(MAX_SLEEP, |due| due.since(now).clamp(min, MAX_SLEEP)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn peers_that_hang_leave_room_for_those_that_answer() {
        let mut polls = Polls::default();
        while polls.room(Standing::Unproven) > 0 {
            polls.unproven.spawn(std::future::pending());
        }
        assert_eq!(polls.unproven.len(), MAX_UNPROVEN_POLLS);
        assert_eq!(
            polls.room(Standing::Answering),
            MAX_POLLS - MAX_UNPROVEN_POLLS
        );
        while polls.room(Standing::Answering) > 0 {
            polls.answering.spawn(std::future::pending());
        }
        assert_eq!(polls.answering.len() + polls.unproven.len(), MAX_POLLS);
    }
}
