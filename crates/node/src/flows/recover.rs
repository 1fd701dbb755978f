//! Refills this node's own log and documents from peers that hold them, after an older copy of the database was restored.
//!
//! Everything is checked as if it came from a stranger: node documents by the chain of root keys, the log by this node's
//! own log keys, bodies by their digests. Nothing is signed.

use std::sync::Arc;

use async_recursion::async_recursion as boxed;
use futures_util::{StreamExt as _, stream};
use ledger::{
    PeerFault,
    checkpoint::{self, SignedCheckpoint},
    extend::{Extension, HeldLog},
    limits::{MAX_BUNDLES_IN_FLIGHT, MAX_CHAIN_STEPS, MAX_POLL_TIME},
    node::NodeDocument,
};
use peering::{Answer, PeerClient};
use store::{Claim, OWN, Peer, PeerState, StoreError};
use tokio::time::Instant;

use super::pull::{Poll, PollReport, Stop, held_log, wanted_bundles};
use crate::{eraser::Removed, error::NodeError, node::Node, node_documents};

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
    /// Peers that could not be asked, with the reason.
    pub silent: Vec<String>,
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
    /// The node.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl From<StoreError> for RecoverError {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

/// A peer with a client for what it holds of this node.
struct Mirror {
    peer: Peer,
    client: PeerClient,
}

/// Refills the log from every peer that holds more of it, the longest first.
///
/// # Errors
/// [`RecoverError`]; what was brought back until then stays.
#[boxed]
pub async fn from_peers(node: &Arc<Node>) -> Result<Recovered, RecoverError> {
    let own = node.identity().ok_or(NodeError::NotInitialised)?;
    let mut recovered = Recovered::default();
    let mirrors = mirrors(node, &own.node, &mut recovered.silent).await?;
    if mirrors.is_empty() {
        return Err(RecoverError::Refused(
            "there is no peer to ask; put a newer copy back, or run `wardround recover --new-epoch`".to_owned(),
        ));
    }
    // Node documents first: their keys have signed the log.
    for mirror in &mirrors {
        recovered.documents += follow_documents(node, mirror).await?;
    }
    let own = node
        .store
        .own_node()
        .await?
        .ok_or(NodeError::NotInitialised)?;
    let mut offers = Vec::new();
    for mirror in &mirrors {
        match offered(node, mirror, own.epoch, own.version).await? {
            Some(checkpoint) => offers.push((checkpoint, mirror)),
            None => recovered.silent.push(format!(
                "`{}` holds nothing of this node",
                mirror.peer.handle
            )),
        }
    }
    offers.sort_by_key(|(offer, _)| std::cmp::Reverse(offer.checkpoint().size));
    // The log, from the peer that has the most; then bodies from each, until none is missing.
    if let Some((offer, mirror)) = offers.first() {
        recovered.entries += extend(node, mirror, own.epoch, offer.clone()).await?;
    }
    for (_, mirror) in &offers {
        recovered.bodies += fetch_bodies(node, mirror, own.epoch).await?;
        recovered.missing = node.store.adopt_recovered_bodies().await?;
        if recovered.missing == 0 {
            break;
        }
    }
    if !offers.is_empty() {
        node.store.record_hindrance(None).await?;
    }
    node.reload_identity().await?;
    node.ask_peers_again().await;
    Ok(recovered)
}

/// Returns the peers that may hold something of this node.
async fn mirrors(
    node: &Node,
    own: &wire::NodeId,
    silent: &mut Vec<String>,
) -> Result<Vec<Mirror>, StoreError> {
    let mut mirrors = Vec::new();
    for peer in node.store.peers().await? {
        if peer.state == PeerState::Left {
            continue;
        }
        match node.network.client(&peer.base, &peer.allow_cidr) {
            Ok(client) => mirrors.push(Mirror {
                client: client.mirror_of(own),
                peer,
            }),
            Err(fault) => silent.push(format!("`{}`: {fault}", peer.handle)),
        }
    }
    Ok(mirrors)
}

/// Accepts the node documents that a peer holds beyond the database; returns how many.
async fn follow_documents(node: &Node, mirror: &Mirror) -> Result<u64, StoreError> {
    let mut accepted = 0;
    for _ in 0..MAX_CHAIN_STEPS {
        let Some(held) = node.store.newest_node_document(OWN).await? else {
            break;
        };
        let Ok(held) = NodeDocument::stored(&held.note) else {
            break;
        };
        let version = held.content().version + 1;
        let Ok(Answer::Body(body)) = mirror.client.node_version(version).await else {
            break;
        };
        let keys = node.store.node_keys(OWN).await?;
        let ever: Vec<_> = keys.iter().map(|key| key.public_key).collect();
        let Ok(next) = held.next(&body.bytes, &ever) else {
            break;
        };
        let record = node_documents::record(&next);
        node.store
            .record_node_document(OWN, &record, node.now())
            .await?;
        accepted += 1;
    }
    Ok(accepted)
}

/// Returns the checkpoint that a peer holds of this node's log, if a key of any of its node documents has signed it.
async fn offered(
    node: &Node,
    mirror: &Mirror,
    epoch: u64,
    newest: u64,
) -> Result<Option<SignedCheckpoint>, StoreError> {
    let Ok(Answer::Body(body)) = mirror.client.checkpoint(epoch, None).await else {
        return Ok(None);
    };
    for version in (1..=newest).rev() {
        let Some(document) = node.store.node_document(OWN, version).await? else {
            continue;
        };
        let known = NodeDocument::stored(&document.note).map(|document| document.known_keys());
        if let Ok(known) = known
            && let Ok(signed) = checkpoint::verify(&body.bytes, &known)
        {
            return Ok(Some(signed));
        }
    }
    Ok(None)
}

/// Fetches, proves and takes in the entries that the database lacks; returns their number.
async fn extend(
    node: &Arc<Node>,
    mirror: &Mirror,
    epoch: u64,
    offered: SignedCheckpoint,
) -> Result<u64, RecoverError> {
    let head = node.store.log_head(OWN, epoch).await?;
    if offered.checkpoint().size <= head.size {
        return Ok(0);
    }
    let forked = |fault: PeerFault| RecoverError::Forked {
        peer: mirror.peer.handle.clone(),
        fault,
    };
    let now = node.now();
    // This node signed both, so sizes and roots decide; the copy has its times to the millisecond, a checkpoint to the second.
    let held = HeldLog {
        timestamp: None,
        ..held_log(head)
    };
    let begun = Extension::begin(held, offered, Some(ANY_SIZE), now);
    let mut extension = begun.map_err(forked)?;
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
    let outcome = node
        .store
        .record_recovery(epoch, &verified, &bundles, now)
        .await?;
    hold.end(Removed::Withdrawn);
    node.indexer.wake();
    Ok(outcome.entries)
}

/// Fetches the bodies that are missing, as far as a peer serves them; returns how many were stored.
async fn fetch_bodies(node: &Arc<Node>, mirror: &Mirror, epoch: u64) -> Result<u64, RecoverError> {
    let poll = poll(node, mirror)?;
    node.store.retry_bodies(OWN).await?;
    let mut report = PollReport::default();
    poll.fetch_bodies(epoch, &mut report)
        .await
        .map_err(|stop| stopped(mirror, stop))?;
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
        Stop::Fault(fault, _) => RecoverError::Refused(format!("`{peer}`: {fault}; try again")),
        Stop::NoAnswer(failure) => RecoverError::Refused(format!("`{peer}`: {failure}; try again")),
        Stop::Store(error) => error.into(),
        Stop::Clock | Stop::LowDisk | Stop::Cut => {
            RecoverError::Refused(format!("`{peer}` could not be read to its end; try again"))
        }
    }
}
