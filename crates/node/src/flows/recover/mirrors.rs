//! The peers that may hold something of this node, and what each of them says to that.
//!
//! A peer that does not answer is not one that holds nothing: what it holds is unknown, and is reported so.

use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use ledger::{
    checkpoint::{self, SignedCheckpoint},
    limits::MAX_CHAIN_STEPS,
    node::NodeDocument,
};
use peering::{Answer, Failure, PeerClient};
use store::{OWN, Peer, PeerState, StoreError};
use tokio::time::timeout;

use super::{Recovered, Unanswered};
use crate::{node::Node, node_documents};

/// Peers that are asked at the same time whether they answer at all.
const MAX_CONCURRENT_ASKS: usize = 64;
/// How long each may take for that. All 256 that a node may follow take 32 seconds if none answers.
const MAX_ASK: Duration = Duration::from_secs(8);

/// A peer with a client for what it holds of this node.
pub(super) struct Mirror {
    pub(super) peer: Peer,
    pub(super) client: PeerClient,
}

/// What a peer holds of a log of this node.
pub(super) enum Offer {
    /// A checkpoint that a key of any of this node's documents has signed.
    Checkpoint(SignedCheckpoint),
    /// No such log.
    Nothing,
    /// It could not be found out, for this reason.
    Unknown(String),
}

impl Mirror {
    /// Returns what is reported of a peer that could not say what it holds.
    pub(super) fn unanswered(&self, why: impl Into<String>) -> Unanswered {
        Unanswered {
            peer: self.peer.handle.clone(),
            why: why.into(),
        }
    }
}

/// Returns the peers that answer, and adds the others to `recovered`.
pub(super) async fn answering(
    node: &Node,
    own: &wire::NodeId,
    recovered: &mut Recovered,
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
            Err(fault) => recovered.unanswered.push(Unanswered {
                peer: peer.handle,
                why: fault.text,
            }),
        }
    }
    // Boxed, since otherwise the compiler cannot prove that the whole is `Send`.
    let asks = mirrors.into_iter().map(|mirror| ask(mirror).boxed());
    let asked: Vec<_> = stream::iter(asks)
        .buffered(MAX_CONCURRENT_ASKS)
        .collect()
        .await;
    let mut answering = Vec::new();
    for (mirror, silent) in asked {
        match silent {
            None => answering.push(mirror),
            Some(why) => recovered.unanswered.push(mirror.unanswered(why)),
        }
    }
    Ok(answering)
}

/// Asks a peer for the first node document of this node; returns why it has not answered, if it has not.
async fn ask(mirror: Mirror) -> (Mirror, Option<String>) {
    let silent = match timeout(MAX_ASK, mirror.client.node_version(1)).await {
        Ok(Ok(answer)) => refusal(&answer),
        Ok(Err(failure)) => Some(failure.to_string()),
        Err(_) => Some(format!("no answer within {} seconds", MAX_ASK.as_secs())),
    };
    (mirror, silent)
}

/// Says why an answer does not tell what a peer holds.
fn refusal(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Body(_) | Answer::NotFound | Answer::Gone => None,
        Answer::Unauthorised => Some("it does not show it to this node".to_owned()),
        Answer::NotModified { .. } => Some("its answer cannot be read".to_owned()),
    }
}

/// Accepts the node documents that a peer holds beyond the database, and adds their number to `recovered`.
///
/// Returns why the peer did not answer to the end.
pub(super) async fn follow_documents(
    node: &Node,
    mirror: &Mirror,
    recovered: &mut Recovered,
) -> Result<Option<String>, StoreError> {
    for _ in 0..MAX_CHAIN_STEPS {
        let Some(held) = node.store.newest_node_document(OWN).await? else {
            break;
        };
        let Ok(held) = NodeDocument::stored(&held.note) else {
            break;
        };
        let version = held.content().version + 1;
        let body = match mirror.client.node_version(version).await {
            Ok(Answer::Body(body)) => body,
            Ok(answer) => return Ok(refusal(&answer)),
            Err(Failure { fault, .. }) => return Ok(Some(fault.text)),
        };
        let keys = node.store.node_keys(OWN).await?;
        let ever = keys.iter().map(|key| key.public_key).collect();
        let Ok(next) = held.next(&body.bytes, &ever) else {
            break;
        };
        let record = node_documents::record(&next);
        node.store
            .record_node_document(OWN, &record, node.now())
            .await?;
        recovered.documents += 1;
    }
    Ok(None)
}

/// Returns the checkpoint that a peer holds of this node's log.
pub(super) async fn offered(
    node: &Node,
    mirror: &Mirror,
    epoch: u64,
    newest: u64,
) -> Result<Offer, StoreError> {
    let body = match mirror.client.checkpoint(epoch, None).await {
        Ok(Answer::Body(body)) => body,
        Ok(answer) => return Ok(refusal(&answer).map_or(Offer::Nothing, Offer::Unknown)),
        Err(failure) => return Ok(Offer::Unknown(failure.to_string())),
    };
    for version in (1..=newest).rev() {
        let Some(document) = node.store.node_document(OWN, version).await? else {
            continue;
        };
        let known = NodeDocument::stored(&document.note).map(|document| document.known_keys());
        if let Ok(known) = known
            && let Ok(signed) = checkpoint::verify(&body.bytes, &known)
        {
            return Ok(Offer::Checkpoint(signed));
        }
    }
    let why = "what it holds of this node's log is signed by no key of its node documents";
    Ok(Offer::Unknown(why.to_owned()))
}
