//! Refills this node's own log and documents from peers that hold them, after an older copy of the database was restored.
//!
//! Everything is checked as if it came from a stranger: node documents by the chain of root keys, the log by this node's
//! own log keys, bodies by their digests. Nothing is signed.

mod closed;
mod mirrors;

use std::sync::Arc;

use async_recursion::async_recursion as boxed;
use futures_util::{StreamExt as _, stream};
use ledger::{
    FaultCode, PeerFault,
    checkpoint::SignedCheckpoint,
    extend::{Extension, HeldLog},
    limits::{MAX_BUNDLES_IN_FLIGHT, MAX_POLL_TIME},
};
use peering::PeerClient;
use serde::Serialize;
use store::{Claim, OWN, Peer, RefilledLog, StoreError};
use tokio::time::Instant;
use wire::DocumentId;

pub use self::closed::Incomplete;
use self::mirrors::{Mirror, Offer};
use super::pull::{Poll, PollReport, Stop, held_log, wanted_bundles};
use crate::{eraser::Removed, error::NodeError, node::Node};

/// The size that is agreed to: entries that the log may have grown by since the copy was made are this node's own.
const ANY_SIZE: u64 = i64::MAX.unsigned_abs();

/// What was brought back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Node documents.
    pub documents: u64,
    /// Entries of the log.
    pub entries: u64,
    /// Bodies.
    pub bodies: u64,
    /// Documents whose bodies no peer has: not public ones, or not fetched yet.
    pub missing: u64,
    /// Documents that were published after the copy was made, and withdrawn: no one knows any more which files they were made of.
    pub ended: Vec<DocumentId>,
    /// Peers that have answered that they hold nothing of this node's log.
    pub without: Vec<String>,
    /// Peers of which it is not known what they hold.
    pub unanswered: Vec<Unanswered>,
    /// Closed logs that are not whole.
    pub incomplete: Vec<Incomplete>,
}

/// A peer of which it is not known what it holds of this node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unanswered {
    /// Its short name.
    pub peer: String,
    /// Why it is not known.
    pub why: String,
}

/// Why the log was not refilled.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// There is no one to ask, or no one has more.
    #[error("{0}")]
    Refused(String),
    /// What a peer holds does not continue what the database has.
    #[error(
        "the log that `{peer}` holds does not continue the one in the database ({fault}); put a newer copy back, or run `wardround recover --new-epoch`"
    )]
    Forked {
        /// The peer.
        peer: String,
        /// What differs.
        fault: PeerFault,
    },
    /// A peer has not answered to the end; others may.
    #[error("{0}")]
    NoAnswer(String),
    /// The node.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl From<StoreError> for RecoverError {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

impl RecoverError {
    /// Returns the error for what a peer holds and the database cannot continue with.
    fn forked(mirror: &Mirror, fault: PeerFault) -> Self {
        Self::Forked {
            peer: mirror.peer.handle.clone(),
            fault,
        }
    }
}

/// Refills the log from every peer that holds more of it, the longest first; logs that were closed since the copy before it.
///
/// # Errors
/// [`RecoverError`]; what was brought back until then stays.
#[boxed]
pub async fn from_peers(node: &Arc<Node>) -> Result<Recovered, RecoverError> {
    let own = node.identity().ok_or(NodeError::NotInitialised)?;
    let mut recovered = Recovered::default();
    let mirrors = mirrors::answering(node, &own.node, &mut recovered).await?;
    if mirrors.is_empty() && recovered.unanswered.is_empty() {
        return Err(RecoverError::Refused(
            "there is no peer to ask; put a newer copy back, or run `wardround recover --new-epoch`".to_owned(),
        ));
    }
    // Node documents first: their keys have signed the log.
    let mut asked = Vec::with_capacity(mirrors.len());
    for mirror in mirrors {
        match mirrors::follow_documents(node, &mirror, &mut recovered).await? {
            None => asked.push(mirror),
            Some(why) => recovered.unanswered.push(mirror.unanswered(why)),
        }
    }
    let own = node
        .store
        .own_node()
        .await?
        .ok_or(NodeError::NotInitialised)?;
    closed::refill(node, &asked, &mut recovered).await?;
    let (mut offers, mut others) = (Vec::new(), Vec::new());
    for mirror in asked {
        match mirrors::offered(node, &mirror, own.epoch, own.version).await? {
            Offer::Checkpoint(checkpoint) => offers.push((checkpoint, mirror)),
            Offer::Nothing => {
                recovered.without.push(mirror.peer.handle.clone());
                others.push(mirror);
            }
            Offer::Unknown(why) => recovered.unanswered.push(mirror.unanswered(why)),
        }
    }
    offers.sort_by_key(|(offer, _)| std::cmp::Reverse(offer.checkpoint().size));
    // Who holds nothing of the present log may hold texts of those before it.
    others.retain(|_| own.epoch > 1);
    refill(node, own.epoch, offers, others, &mut recovered).await?;
    node.reload_identity().await?;
    node.ask_peers_again().await;
    Ok(recovered)
}

/// Takes the log from the peer that has the most and answers to the end; then bodies from each, until none is missing.
async fn refill(
    node: &Arc<Node>,
    epoch: u64,
    offers: Vec<(SignedCheckpoint, Mirror)>,
    others: Vec<Mirror>,
    recovered: &mut Recovered,
) -> Result<(), RecoverError> {
    let mut read = Vec::with_capacity(offers.len());
    for (offer, mirror) in offers {
        // What a shorter log has is part of the longer one that was read before.
        match extend(node, &mirror, epoch, offer).await {
            Ok(refilled) => {
                if let Some(RefilledLog { entries, ended }) = refilled {
                    recovered.entries += entries;
                    recovered.ended.extend(ended);
                }
                read.push(mirror);
            }
            Err(RecoverError::NoAnswer(why)) => {
                recovered.unanswered.push(mirror.unanswered(why));
            }
            Err(error) => return Err(error),
        }
    }
    let is_read = !read.is_empty();
    for mirror in read.iter().chain(&others) {
        match fetch_bodies(node, mirror, epoch).await {
            Ok(bodies) => recovered.bodies += bodies,
            Err(RecoverError::NoAnswer(why)) => {
                recovered.unanswered.push(mirror.unanswered(why));
            }
            Err(error) => return Err(error),
        }
        recovered.missing = node.store.adopt_recovered_bodies().await?;
        if recovered.missing == 0 {
            break;
        }
    }
    if !is_read {
        return Ok(());
    }
    // What a peer has shown stays true as long as that peer does not answer.
    let shown = node.store.hindrance().await?;
    let shown_by = shown.and_then(|shown| shown.peer);
    let is_open = |one: &Unanswered| shown_by.as_ref() == Some(&one.peer);
    if !recovered.unanswered.iter().any(is_open) {
        node.store.record_hindrance(None).await?;
    }
    Ok(())
}

/// Fetches, proves and takes in the entries that the database lacks; `None` if it lacks none.
async fn extend(
    node: &Arc<Node>,
    mirror: &Mirror,
    epoch: u64,
    offered: SignedCheckpoint,
) -> Result<Option<RefilledLog>, RecoverError> {
    let head = node.store.log_head(OWN, epoch).await?;
    if offered.checkpoint().size <= head.size {
        return Ok(None);
    }
    // This node signed both, so sizes and roots decide; the copy has its times to the millisecond, a checkpoint to the second.
    let held = HeldLog {
        timestamp: None,
        ..held_log(head)
    };
    let begun = Extension::begin(held, offered, Some(ANY_SIZE), node.now());
    let extension = begun.map_err(|fault| RecoverError::forked(mirror, fault))?;
    take_in(node, mirror, epoch, extension).await.map(Some)
}

/// Fetches, proves and takes in what an extension of a log of this node wants.
async fn take_in(
    node: &Arc<Node>,
    mirror: &Mirror,
    epoch: u64,
    mut extension: Extension,
) -> Result<RefilledLog, RecoverError> {
    let forked = |fault: PeerFault| RecoverError::forked(mirror, fault);
    let poll = poll(node, mirror)?;
    let mut bundles = Vec::new();
    let mut fetched = stream::iter(wanted_bundles(&extension))
        .map(|wanted| poll.fetch_bundle(epoch, wanted))
        .buffered(MAX_BUNDLES_IN_FLIGHT);
    while let Some(fetched) = fetched.next().await {
        let (wanted, bytes) = fetched.map_err(|stop| stopped(mirror, stop))?;
        extension.push_bundle(&bytes).map_err(forked)?;
        bundles.push((wanted.n, bytes));
    }
    let verified = extension.finish().map_err(forked)?;
    let hold = node.eraser.hold();
    let refilled = node
        .store
        .record_recovery(epoch, &verified, &bundles, node.now())
        .await?;
    hold.end(Removed::Withdrawn);
    node.indexer.wake();
    Ok(refilled)
}

/// Fetches the bodies that are missing of all logs up to an epoch, as far as a peer serves them; returns how many were stored.
async fn fetch_bodies(node: &Arc<Node>, mirror: &Mirror, epoch: u64) -> Result<u64, RecoverError> {
    let poll = poll(node, mirror)?;
    node.store.retry_bodies(OWN).await?;
    let mut report = PollReport::default();
    for epoch in 1..=epoch {
        poll.fetch_bodies(epoch, &mut report)
            .await
            .map_err(|stop| stopped(mirror, stop))?;
    }
    Ok(report.bodies)
}

/// Returns a poll of this node itself, at a peer that holds its log.
fn poll<'a>(node: &'a Arc<Node>, mirror: &Mirror) -> Result<OwnPoll<'a>, RecoverError> {
    let own = node.identity().ok_or(NodeError::NotInitialised)?;
    let now = node.now();
    let claim = Claim {
        peer: Peer {
            node_seq: OWN,
            node: own.node.clone(),
            handle: own.handle.clone(),
            ..mirror.peer.clone()
        },
        holder: String::new(),
        claimed_at: now,
        until: now.plus(MAX_POLL_TIME),
    };
    Ok(OwnPoll {
        node,
        claim,
        client: mirror.client.clone(),
    })
}

/// What a [`Poll`] borrows.
struct OwnPoll<'a> {
    node: &'a Node,
    claim: Claim,
    client: PeerClient,
}

impl OwnPoll<'_> {
    async fn fetch_bodies(&self, epoch: u64, report: &mut PollReport) -> Result<(), Stop> {
        let poll = Poll::new(
            self.node,
            &self.claim,
            self.client.clone(),
            Instant::now() + MAX_POLL_TIME,
        );
        poll.fetch_bodies(epoch, report).await.map(|_| ())
    }

    async fn fetch_bundle(
        &self,
        epoch: u64,
        wanted: ledger::extend::MissingBundle,
    ) -> Result<(ledger::extend::MissingBundle, Vec<u8>), Stop> {
        super::pull::fetch_bundle(&self.client, epoch, wanted).await
    }
}

fn stopped(mirror: &Mirror, stop: Stop) -> RecoverError {
    let peer = &mirror.peer.handle;
    match stop {
        Stop::Fault(fault, _) if fault.code == FaultCode::Transport => {
            RecoverError::NoAnswer(fault.text)
        }
        Stop::Fault(fault, _) => RecoverError::Refused(format!("`{peer}`: {fault}; try again")),
        Stop::NoAnswer(failure) => RecoverError::NoAnswer(failure.to_string()),
        Stop::Store(error) => error.into(),
        Stop::Clock | Stop::LowDisk | Stop::Cut => {
            RecoverError::Refused(format!("`{peer}` could not be read to its end; try again"))
        }
    }
}
