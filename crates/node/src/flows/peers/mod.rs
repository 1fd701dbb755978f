//! What an operator does with peers: adds, changes, shows, accepts, pauses, resumes, removes and pulls from them.

mod accepting;
mod adding;
mod configuring;
mod object;

use std::{sync::Arc, time::Duration};

use async_recursion::async_recursion as boxed;
use ledger::{FaultCode, PeerFault, limits::MAX_POLL_TIME};
use peering::Failure;
use store::{Claim, Peer, PeerState, StoreError};

pub use accepting::{Accepted, accept};
pub use adding::{Added, Introduction, LookedUp, NewPeerRequest, add, look_up};
pub use configuring::{Applied, PeerChange, WantedPeer, apply, set};
pub use object::{FaultObject, PeerObject, StatedObject};

use super::{
    cosign,
    pull::{self, claims},
};
use crate::{audit::By, eraser::Removed, error::NodeError, node::Node};

/// Peers that are polled at the same time when an operator pulls from all.
const MAX_CONCURRENT_POLLS: usize = 8;
/// Interval between two attempts to claim a peer that is being polled.
const CLAIM_INTERVAL: Duration = Duration::from_millis(200);
/// Attempts to claim a peer, which together last as long as the longest poll.
const MAX_CLAIM_ATTEMPTS: u32 = 3600;
/// Polls in a row of a peer that has more entries; each fetches up to 256 MiB.
const MAX_POLLS: usize = 1000;
/// The log size that an operator agrees to; the entries of a poll are bounded by the limit of staging.
const ANY_SIZE: u64 = i64::MAX.unsigned_abs();

/// Why an operator's request failed.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The request has a mistake, or does not fit the state of the peer.
    #[error("{0}")]
    Refused(String),
    /// There is no such peer.
    #[error("`{0}` is not a peer of this node; `wardround peer list` shows its peers")]
    Unknown(String),
    /// Its site could not be asked.
    #[error("the identity of the site could not be fetched: {0}")]
    Fault(#[from] PeerFault),
    /// The node cannot do it now.
    #[error(transparent)]
    Node(NodeError),
}

impl<E: Into<NodeError>> From<E> for PeerError {
    fn from(error: E) -> Self {
        Self::Node(error.into())
    }
}

impl From<Failure> for PeerError {
    fn from(failure: Failure) -> Self {
        Self::Fault(failure.fault)
    }
}

/// Returns all peers, by name.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn list(node: &Node) -> Result<Vec<PeerObject>, StoreError> {
    let mut peers = node.store.peers().await?;
    node.store.compare_stated(&mut peers).await?;
    Ok(peers.into_iter().map(PeerObject::from).collect())
}

/// Returns one peer, by its handle or node id.
///
/// # Errors
/// [`PeerError::Unknown`].
#[boxed]
pub async fn show(node: &Node, which: &str) -> Result<PeerObject, PeerError> {
    let mut peer = find(node, which).await?;
    node.store
        .compare_stated(std::slice::from_mut(&mut peer))
        .await?;
    Ok(PeerObject::from(peer))
}

/// Stops polling a peer until it is resumed.
///
/// # Errors
/// [`PeerError::Unknown`]; [`PeerError::Refused`] for one that has left the exchange.
#[boxed]
pub async fn pause(node: &Node, which: &str, by: &By) -> Result<PeerObject, PeerError> {
    let peer = find(node, which).await?;
    refuse_left(&peer)?;
    node.store.pause_peer(peer.node_seq, by, node.now()).await?;
    tracing::info!(peer = peer.handle, "peer paused");
    show(node, which).await
}

/// Polls a paused or halted peer again, now. For a peer whose log was too long to pull without asking, this is the
/// operator's agreement.
///
/// # Errors
/// [`PeerError::Unknown`]; [`PeerError::Refused`] for one that has left the exchange.
#[boxed]
pub async fn resume(node: &Node, which: &str, by: &By) -> Result<PeerObject, PeerError> {
    let peer = find(node, which).await?;
    refuse_left(&peer)?;
    let is_long = |fault: &store::StoredFault| fault.code == FaultCode::Implausible;
    if peer.size == 0 && peer.fault.as_ref().is_some_and(is_long) {
        node.store
            .agree_to_size(peer.node_seq, ANY_SIZE, by, node.now())
            .await?;
    }
    node.store
        .resume_peer(peer.node_seq, by, node.now())
        .await?;
    tracing::info!(peer = peer.handle, "peer resumed");
    node.wakers.ticker.notify_one();
    show(node, which).await
}

/// Removes a peer and all its documents; returns its last state. The words leave the files in the background, within a
/// minute; `node.eraser.settle()` waits for that.
///
/// # Errors
/// [`PeerError::Unknown`].
#[boxed]
pub async fn remove(node: &Node, which: &str, by: &By) -> Result<PeerObject, PeerError> {
    let peer = find(node, which).await?;
    let hold = node.eraser.hold();
    let removing = || node.store.remove_peer(peer.node_seq, by, node.now());
    node.eraser.reserve.with_room(removing).await?;
    tracing::info!(peer = peer.handle, node = %peer.node, "peer removed");
    node.indexer.wake();
    hold.end(Removed::Withdrawn);
    Ok(peer.into())
}

/// Polls one peer, or all that are active, until there is no more to fetch. Returns them when what was fetched can be
/// searched and what was withdrawn is erased. A fault of a peer is in its object.
///
/// # Errors
/// [`PeerError::Unknown`]; [`PeerError::Refused`] for one that is paused, halted or gone.
#[boxed]
pub async fn pull(node: &Arc<Node>, which: Option<&str>) -> Result<Vec<PeerObject>, PeerError> {
    use futures_util::{FutureExt as _, StreamExt as _, stream};

    let polled = |peer: &Peer| peer.state.is_polled();
    let peers = match which {
        None => node
            .store
            .peers()
            .await?
            .into_iter()
            .filter(polled)
            .collect(),
        Some(which) => {
            let peer = find(node, which).await?;
            if !polled(&peer) {
                return Err(PeerError::Refused(format!(
                    "`{}` is {} and not polled; `wardround peer resume` changes that",
                    peer.handle,
                    peer.state.as_str()
                )));
            }
            vec![peer]
        }
    };
    // Boxed, since otherwise the compiler cannot prove that the whole is `Send`.
    let polls: Vec<_> = peers
        .iter()
        .map(|peer| poll_to_end(node, peer).boxed())
        .collect();
    // An error of one poll does not cancel the others.
    let ended: Vec<_> = stream::iter(polls)
        .buffer_unordered(MAX_CONCURRENT_POLLS)
        .collect()
        .await;
    ended.into_iter().collect::<Result<(), PeerError>>()?;
    node.indexer.catch_up(|_| {}).await?;
    cosign::settle_and_cosign(node).await?;
    let mut after = Vec::with_capacity(peers.len());
    for peer in peers {
        after.push(show(node, peer.node.as_str()).await?);
    }
    Ok(after)
}

async fn poll_to_end(node: &Arc<Node>, peer: &Peer) -> Result<(), PeerError> {
    node.store.retry_bodies(peer.node_seq).await?;
    for _ in 0..MAX_POLLS {
        let claim = match claim(node, peer).await? {
            Claimed::Claim(claim) => *claim,
            Claimed::Inactive => return Ok(()),
            Claimed::Busy => {
                let text = format!(
                    "`{}` is being polled by another process, and was not polled again; its state says what came of it: `wardround peer show {0}`",
                    peer.handle
                );
                return Err(PeerError::Refused(text));
            }
        };
        let poll = RunningPoll::new(node, claim);
        let report = pull::pull(node, &poll.claim).await;
        report.log(&poll.claim);
        poll.end();
        if let Some(error) = report.error {
            return Err(error.into());
        }
        if !report.more {
            return Ok(());
        }
    }
    Ok(())
}

/// A poll that an operator asked for. If it is dropped before its end, since the operator has cancelled the command, it
/// releases the claim on the peer.
struct RunningPoll {
    node: Arc<Node>,
    claim: Arc<Claim>,
    ended: bool,
}

impl RunningPoll {
    fn new(node: &Arc<Node>, claim: Claim) -> Self {
        Self {
            node: Arc::clone(node),
            claim: Arc::new(claim),
            ended: false,
        }
    }

    fn end(mut self) {
        self.ended = true;
    }
}

impl Drop for RunningPoll {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let (node, claim) = (Arc::clone(&self.node), Arc::clone(&self.claim));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { claims::release(&node, &claim).await });
        }
    }
}

/// What a request to poll a peer found.
enum Claimed {
    /// It can be polled.
    Claim(Box<Claim>),
    /// It is no longer polled.
    Inactive,
    /// Another process has polled it for longer than a poll may take.
    Busy,
}

/// Claims a peer, after a poll that is running.
async fn claim(node: &Node, peer: &Peer) -> Result<Claimed, StoreError> {
    let begun = node.now();
    for _ in 0..MAX_CLAIM_ATTEMPTS {
        if let Some(claim) = claims::claim(node, peer.node_seq).await? {
            return Ok(Claimed::Claim(Box::new(claim)));
        }
        let now = node.store.peer(peer.node.as_str()).await?;
        if !now.is_some_and(|peer| peer.state.is_polled()) {
            return Ok(Claimed::Inactive);
        }
        if node.now() > begun.plus(MAX_POLL_TIME) {
            break;
        }
        tokio::time::sleep(CLAIM_INTERVAL).await;
    }
    Ok(Claimed::Busy)
}

async fn find(node: &Node, which: &str) -> Result<Peer, PeerError> {
    let peer = node.store.peer(which).await?;
    peer.ok_or_else(|| PeerError::Unknown(which.to_owned()))
}

fn refuse_left(peer: &Peer) -> Result<(), PeerError> {
    if peer.state == PeerState::Left {
        let text = format!(
            "`{}` has left the exchange and is polled no more",
            peer.handle
        );
        return Err(PeerError::Refused(text));
    }
    Ok(())
}
