//! Checks a quote against a document as it is kept here, and its place in the signed log.

use async_recursion::async_recursion as boxed;
use ledger::{
    Origin, PublicKey,
    checkpoint::KnownKeys,
    policy::{Policy, Proven},
    proof,
};
use node::{
    Node, NodeError,
    flows::reading::{self, Reading, Shown, Tombstone},
};
use quoting::QuoteFault;
use store::{KeyRole, NodeKey};
use wire::Viewer;

pub use quoting::Match;

/// What there is to a quote.
#[derive(Debug)]
pub enum Checked {
    /// The document is here.
    Found(Box<Quoted>),
    /// The document was withdrawn.
    Gone(Tombstone),
    /// There is no such document that the viewer may know of.
    NotFound,
}

/// A document, and what was found of a quote in it.
#[derive(Debug)]
pub struct Quoted {
    /// The document.
    pub shown: Shown,
    /// Whether it has the quote, and where.
    pub found: Result<Match, QuoteFault>,
    /// What the proof shows; `None` for a document that is in no log, or whose proof fails.
    pub proven: Option<Proven>,
}

/// Looks for a quote in the newest revision of a document. A text that only its publisher may show is not looked through.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn check(
    node: &Node,
    viewer: Viewer,
    handle_or_node: &str,
    id: &str,
    quote: &str,
) -> Result<Checked, NodeError> {
    let shown = match reading::find(node, viewer, handle_or_node, id).await? {
        Reading::Found(shown) => *shown,
        Reading::Gone(tombstone) => return Ok(Checked::Gone(tombstone)),
        Reading::Moved(_) | Reading::NotFound => return Ok(Checked::NotFound),
    };
    let proven = proven(node, &shown).await?;
    let found = match shown.is_withheld() {
        true => Ok(Match::Missing),
        false => quoting::find(&shown.body, quote),
    };
    Ok(Checked::Found(Box::new(Quoted {
        shown,
        found,
        proven,
    })))
}

/// Checks the proof of a document by the keys that its node's document lists, as a reader does with a policy.
async fn proven(node: &Node, shown: &Shown) -> Result<Option<Proven>, NodeError> {
    let document = &shown.document;
    let (Some(text), Some(place)) = (&document.text, &document.provenance) else {
        return Ok(None);
    };
    let node_seq = document.owner.node_seq;
    let found = node
        .store
        .inclusion(node_seq, place.epoch, place.leaf_index)
        .await?;
    let (Some(found), Some(origin)) = (found, Origin::parse(&place.origin)) else {
        return Ok(None);
    };
    let keys = node.store.node_keys(node_seq).await?;
    let policy = Policy::for_log(known_keys(origin, &keys));
    let proof = proof::encode(place.leaf_index, &found.entry, &found.proof, &found.note);
    Ok(policy.prove(&proof, &text.body).ok())
}

/// Returns the keys of a log that are not revoked.
#[must_use]
pub fn known_keys(origin: Origin, keys: &[NodeKey]) -> KnownKeys {
    let of = |role| {
        let keys = keys
            .iter()
            .filter(|key| key.role == Some(role) && !key.revoked);
        let keys = keys.filter_map(|key| PublicKey::parse(&key.public_key).ok());
        keys.collect()
    };
    KnownKeys {
        origin,
        log: of(KeyRole::Log),
        witness: of(KeyRole::Witness),
    }
}
