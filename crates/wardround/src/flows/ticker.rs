//! When whom to poll: due peers are claimed and polled side by side, so that one that is slow delays no other.
//!
//! What is due is known to the database alone. The ticker sleeps until the next peer is due, or until it is woken by a
//! nudge, a new peer or an operator.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ledger::limits::POLL_TIME;
use store::{Claim, NUDGE_EVERY, StoreError};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;
use wire::{NodeId, Timestamp};

use super::pull;
use crate::node::Node;

/// Polls at the same time. Most of a poll is waiting, and one that waits holds no more than one answer in memory.
const MOST_POLLS: usize = 32;

/// A claim outlives its poll by the time of the last request and of the last transaction, so that nobody else begins
/// while one ends.
const LEASE: Duration = Duration::from_secs(POLL_TIME.as_secs() + 120);

/// The longest sleep: other processes write to the same database, and clocks are set.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// The shortest, so that a peer whose claim somebody else holds is not asked for in a tight loop.
const SHORTEST_SLEEP: Duration = Duration::from_millis(20);

/// Nudges remembered; a node has far fewer peers.
const MOST_NUDGES: usize = 1024;

/// What wakes the ticker.
#[derive(Debug, Default)]
pub struct Wake {
    notify: Notify,
    /// When peers last nudged, so that a flood of nudges costs no transactions.
    nudges: Mutex<HashMap<NodeId, Timestamp>>,
}

impl Wake {
    /// Says that a peer may have become due. Cheap.
    pub fn wake(&self) {
        self.notify.notify_one();
    }

    /// Takes a nudge: brings a known peer's next poll forward, at most once in [`NUDGE_EVERY`]. All others are ignored.
    pub async fn nudged(&self, node: &Node, peer: &NodeId) {
        let now = node.now();
        let known = match node.store.node(peer).await {
            Ok(known) => known.is_some_and(|known| !known.own),
            Err(error) => {
                tracing::warn!(%error, "a nudge was lost");
                return;
            }
        };
        if !known || !self.admits(peer, now) {
            return;
        }
        match node.store.nudge(peer, now).await {
            Ok(true) => self.wake(),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "a nudge was lost"),
        }
    }

    fn admits(&self, peer: &NodeId, now: Timestamp) -> bool {
        let mut nudges = self.nudges.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |at: &Timestamp| *at <= now && now < at.plus(NUDGE_EVERY);
        if nudges.get(peer).is_some_and(recent) {
            return false;
        }
        if nudges.len() >= MOST_NUDGES {
            nudges.retain(|_, at| recent(at));
        }
        nudges.insert(peer.clone(), now);
        true
    }
}

/// Returns under which name this node claims peers: the same after a restart, so that it can give back what it held.
pub(super) fn holder(node: &Node) -> String {
    node.settings.data.display().to_string()
}

/// Claims one peer for a poll; `None` when it is being polled, paused or halted.
pub(super) async fn claim(node: &Node, node_seq: i64) -> Result<Option<Claim>, StoreError> {
    node.store
        .claim_peer(node_seq, node.now(), &holder(node), LEASE)
        .await
}

/// Polls whoever is due, until `stop`.
pub async fn run(node: Arc<Node>, stop: CancellationToken) {
    give_back_all(&node).await;
    let mut polls = JoinSet::new();
    loop {
        let sleep = start_due(&node, &stop, &mut polls)
            .await
            .unwrap_or_else(|error| {
                tracing::error!(%error, "no peers can be polled; it is tried again");
                LONGEST_SLEEP
            });
        tokio::select! {
            () = stop.cancelled() => break,
            () = node.ticker.notify.notified() => {}
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
    let room = u32::try_from(MOST_POLLS.saturating_sub(polls.len())).unwrap_or(0);
    if room == 0 || node.identity().is_none() {
        return Ok(LONGEST_SLEEP);
    }
    // Reading first spares the database a writing transaction every few seconds.
    let now = node.now();
    let due = node.store.next_due(now).await?;
    if due.is_some_and(|due| due <= now) {
        let claims = node
            .store
            .claim_due_peers(node.now(), &holder(node), LEASE, room)
            .await?;
        for claim in claims {
            polls.spawn(poll(Arc::clone(node), claim, stop.clone()));
        }
    }
    let now = node.now();
    let next = node.store.next_due(now).await?;
    Ok(next.map_or(LONGEST_SLEEP, |due| {
        due.since(now).clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
    }))
}

async fn poll(node: Arc<Node>, claim: Claim, stop: CancellationToken) {
    tokio::select! {
        report = pull::pull(&node, &claim) => report.log(&claim),
        () = stop.cancelled() => give_back(&node, &claim).await,
    }
}

/// Gives back the claim of a poll that was broken off: the peer is due at once.
pub(super) async fn give_back(node: &Node, claim: &Claim) {
    if let Err(error) = node.store.release_claim(claim, node.now()).await {
        tracing::debug!(%error, "a claim was not given back; it ends by itself");
    }
    node.ticker.wake();
}

/// Gives back what an earlier process that owned this data directory was polling when it ended.
pub async fn give_back_all(node: &Node) {
    if let Err(error) = node.store.release_claims(&holder(node), node.now()).await {
        tracing::warn!(%error, "peers that an earlier run was polling have to wait for their lease to end");
    }
}

fn note(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a poll ended early; the peer is polled again when its lease ends");
    }
}
