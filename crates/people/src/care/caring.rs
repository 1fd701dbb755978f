//! What one person looks after: what is due from them, and what was handed over to them.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use node::{Node, NodeError};
use store::{Cared, DocumentState, DraftState, WrittenDraft};
use wire::{DocumentId, Timestamp};

use super::{carer_of, receipts};
use crate::drafts::{MAX_LISTED, Person};

/// Days within which something is due to be listed.
const DAYS_AHEAD: u32 = 30;
/// Days for which it is said that a document was kept.
const DAYS_BACK: u32 = 30;
const DAY: Duration = Duration::from_secs(86_400);

/// What a person looks after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caring {
    /// Documents whose review or whose promised result is due within 30 days, or was due before; the earliest first.
    pub due: Vec<Cared>,
    /// Documents that were handed over to the person, the latest first.
    pub handed_over: Vec<Cared>,
    /// Documents that the person asked to withdraw and that editors have kept within 30 days, each with when.
    pub kept: Vec<(Cared, Timestamp)>,
    /// Documents that the person wrote and that were withdrawn within 30 days: the draft of each, and when.
    pub withdrawn: Vec<(WrittenDraft, Timestamp)>,
}

/// Returns what a person looks after.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn caring(node: &Node, person: Person) -> Result<Caring, NodeError> {
    let until = node.now().plus(DAY * DAYS_AHEAD).date();
    let store = &node.store;
    let mut due = Vec::new();
    for cared in store.due_from(person.id, until, MAX_LISTED).await? {
        // What they have written may be with someone else by now.
        let carer = carer_of(node, &cared).await?;
        if carer.is_some_and(|carer| carer.id == person.id) {
            due.push(cared);
        }
    }
    let since = node.now().minus(DAY * DAYS_BACK);
    let mut kept = Vec::new();
    for request in store.kept_for(person.id, since, MAX_LISTED).await? {
        if let (Some(cared), Some(at)) = (store.cared(request.document).await?, request.kept_at) {
            kept.push((cared, at));
        }
    }
    Ok(Caring {
        withdrawn: withdrawn(node, person, since).await?,
        kept,
        due,
        handed_over: store.handed_over_to(person.id, MAX_LISTED).await?,
    })
}

/// Returns what a person wrote that was withdrawn since a time, each once.
async fn withdrawn(
    node: &Node,
    person: Person,
    since: Timestamp,
) -> Result<Vec<(WrittenDraft, Timestamp)>, NodeError> {
    let mut published: Vec<WrittenDraft> = Vec::new();
    for (draft, _) in node.store.drafts_by(person.id, MAX_LISTED).await? {
        let mut known = published.iter();
        let is_known = known.any(|known| known.document == draft.document);
        if !is_known && draft.state == DraftState::Published {
            published.push(draft);
        }
    }
    let ids: Vec<DocumentId> = published.iter().map(|draft| draft.document).collect();
    let held = node.store.held(&ids).await?;
    let mut found = Vec::new();
    for draft in published {
        let held = held.get(&draft.document);
        if held.is_none_or(|held| held.state != DocumentState::Withdrawn) {
            continue;
        }
        let withdrawal = receipts::of_document(node, draft.document).await?;
        if let Some(at) = withdrawal.map(|one| one.at).filter(|at| *at >= since) {
            found.push((draft, at));
        }
    }
    Ok(found)
}
