//! Receipts of withdrawals: which peers have applied this node's log beyond a withdrawal, as their own signatures say.
//!
//! A peer signs a position only after it has erased everything that was withdrawn before it (docs/FEED.md §7 step 9).

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use ledger::{checkpoint, node::NodeDocument, seen::SeenLine};
use node::{Node, NodeError};
use peering::Answer;
use store::{OWN, Peer, Receipt, StoreError};
use tokio::time::timeout;
use wire::{DocumentId, Timestamp, Viewer};

/// Peers that are asked at the same time.
const MAX_AT_ONCE: usize = 8;
/// How long a peer may take to answer.
const MAX_WAIT: Duration = Duration::from_secs(20);
/// Lines of one answer that are looked at: one for each log that the peer follows.
const MAX_LINES: usize = 4_096;
/// Receipts of older withdrawals are not asked for any more.
const MAX_ASKED_FOR: Duration = Duration::from_secs(90 * 86_400);
/// Receipts are asked for each minute for this long, and once an hour after that: a peer that does not follow this node never
/// sends one.
const MAX_EACH_MINUTE: Duration = Duration::from_secs(3_600);

/// A peer, and whether it has erased a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerReceipt {
    /// Name of the organisation.
    pub organisation: String,
    /// When it signed that it has; `None` while it has not.
    pub erased_at: Option<Timestamp>,
    /// Whether it is polled by this node at the moment, and so asked.
    pub is_asked: bool,
}

/// What is known of the withdrawal of a document of this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The document.
    pub id: DocumentId,
    /// When.
    pub at: Timestamp,
    /// Why, in one word of the vocabulary.
    pub why: String,
    /// The peers; none for a document that was never in the log.
    pub peers: Vec<PeerReceipt>,
    /// Whether it was in the log, so that peers may have copies.
    pub was_published: bool,
}

/// Returns the withdrawal of a document of this node with its receipts; `None` if it is not withdrawn.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn of_document(node: &Node, id: DocumentId) -> Result<Option<Withdrawal>, NodeError> {
    let held = node.store.document(Viewer::Staff, OWN, id).await?;
    let Some(held) = held.filter(|held| held.state == store::DocumentState::Withdrawn) else {
        return Ok(None);
    };
    let place = held
        .provenance
        .as_ref()
        .filter(|place| place.epoch > 0)
        .map(|place| (place.epoch, place.leaf_index));
    let receipts = node.store.receipts().await?;
    let peers = match place {
        None => Vec::new(),
        Some(_) => node.store.peers().await?,
    };
    let of_peer = |peer: Peer| {
        let has_erased = |receipt: &&Receipt| {
            let is_beyond = |(epoch, index)| receipt.epoch == epoch && receipt.size > index;
            receipt.node_seq == peer.node_seq && place.is_some_and(is_beyond)
        };
        PeerReceipt {
            erased_at: receipts.iter().find(has_erased).map(|receipt| receipt.at),
            is_asked: peer.state.is_polled(),
            organisation: peer.name,
        }
    };
    Ok(Some(Withdrawal {
        id,
        at: held.changed_at,
        why: held.why.unwrap_or_default(),
        peers: peers.into_iter().map(of_peer).collect(),
        was_published: place.is_some(),
    }))
}

/// Asks the peers for receipts, if any is missing.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn ask_for_missing(node: &Node) -> Result<(), NodeError> {
    if node.identity().is_none() {
        return Ok(());
    }
    let Some(own) = document_of(node, OWN).await? else {
        return Ok(());
    };
    let epoch = own.known_keys().origin.epoch;
    let since = node.now().minus(MAX_ASKED_FOR);
    let withdrawn = node.store.last_without_receipt(epoch, since).await?;
    if !withdrawn.is_some_and(|at| is_due(at, node.now())) {
        return Ok(());
    }
    let peers = node.store.peers().await?.into_iter();
    let asked = peers.filter(|peer| peer.state.is_polled());
    let own = &own;
    let answers: Vec<Result<(), NodeError>> = stream::iter(asked)
        .map(|peer| async move { ask(node, &peer, own).await })
        .buffer_unordered(MAX_AT_ONCE)
        .collect()
        .await;
    answers.into_iter().collect()
}

/// Returns whether receipts are asked for in this minute.
fn is_due(withdrawn_at: Timestamp, now: Timestamp) -> bool {
    let minutes = now.since(withdrawn_at).as_secs() / 60;
    minutes < MAX_EACH_MINUTE.as_secs() / 60 || minutes.is_multiple_of(60)
}

/// Asks one peer, and records what it has signed.
async fn ask(node: &Node, peer: &Peer, own: &NodeDocument) -> Result<(), NodeError> {
    let Some(theirs) = document_of(node, peer.node_seq).await? else {
        return Ok(());
    };
    let Ok(client) = node.network.client(&peer.base, &peer.allow_cidr) else {
        return Ok(());
    };
    let Ok(Ok(Answer::Body(body))) = timeout(MAX_WAIT, client.seen()).await else {
        return Ok(());
    };
    let (own, theirs) = (own.known_keys(), theirs.known_keys());
    let lines = body.bytes.split(|byte| *byte == b'\n').take(MAX_LINES);
    let line = lines
        .filter_map(SeenLine::parse)
        .find(|line| line.origin == own.origin);
    // What this node has signed itself, and the peer as well.
    let Some((signed, at)) =
        line.and_then(|line| checkpoint::cosigned(line.applied.as_bytes(), &own, &theirs))
    else {
        return Ok(());
    };
    let receipt = Receipt {
        node_seq: peer.node_seq,
        epoch: own.origin.epoch,
        size: signed.checkpoint().size,
        at: at.min(node.now()),
    };
    Ok(node.store.record_receipt(&receipt).await?)
}

async fn document_of(node: &Node, node_seq: i64) -> Result<Option<NodeDocument>, NodeError> {
    let Some(stored) = node.store.newest_node_document(node_seq).await? else {
        return Ok(None);
    };
    let read = NodeDocument::stored(&stored.note)
        .map_err(|_| StoreError::Corrupt("an unreadable node document".to_owned()))?;
    Ok(Some(read))
}
