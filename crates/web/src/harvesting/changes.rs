//! The changes of public documents that libraries harvest, in their order, each with the card of its document.

use std::collections::HashMap;

use async_recursion::async_recursion as boxed;
use domain::{Card, FacetGroup, Term as _, vocabulary::Topic};
use store::{Harvest, Harvested};
use wire::{DocumentId, NodeId, Timestamp, Viewer};

use node::{Node, NodeError, flows::reading};

/// Records of one answer.
pub(crate) const MAX_RECORDS: usize = 100;
/// Rows that are read at a time: one more than an answer has, to know whether there is another.
const MAX_ROWS: u32 = 101;
/// Times that rows are read for one answer. A row is passed over if its document has the word of a topic, but not the
/// topic; a node with many of those must not keep an answer from ending.
const MAX_READS: usize = 20;

/// What a harvest selects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Changes after this number.
    pub after: u64,
    /// Changes at this time or later.
    pub from: Option<Timestamp>,
    /// Changes before this time.
    pub before: Option<Timestamp>,
    /// Documents of this node only.
    pub node_seq: Option<i64>,
    /// Documents on this topic only, and all that were deleted: no one may know their topics any more.
    pub topic: Option<Topic>,
}

/// A change of a document.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    /// Which document, and when.
    pub row: Harvested,
    /// The document; `None` if it was deleted.
    pub shown: Option<Shown>,
}

/// A document as a list shows it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// Its row.
    pub row: store::Card,
    /// Its card.
    pub card: Card,
}

/// Changes, and where the list continues.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    /// The changes.
    pub list: Vec<Changed>,
    /// The number after which there are more; `None` at the end of the list.
    pub next: Option<u64>,
}

/// Returns the changes that are selected, at most [`MAX_RECORDS`].
///
/// # Errors
/// Of the database.
#[boxed]
pub(crate) async fn changes(node: &Node, wanted: &Wanted) -> Result<Changes, NodeError> {
    let mut found = Changes::default();
    let mut harvest = Harvest {
        after: wanted.after,
        from: wanted.from,
        before: wanted.before,
        node_seq: wanted.node_seq,
        word: wanted.topic.map(Topic::as_str),
    };
    for _ in 0..MAX_READS {
        let rows = node.store.harvest(&harvest, MAX_ROWS).await?;
        let is_last = rows.len() < usize::try_from(MAX_ROWS).unwrap_or(usize::MAX);
        for changed in with_cards(node, rows).await? {
            let number = changed.row.change_seq;
            if is_wanted(&changed, wanted.topic) {
                // One more than the answer takes: the list continues.
                if found.list.len() == MAX_RECORDS {
                    found.next = Some(harvest.after);
                    return Ok(found);
                }
                found.list.push(changed);
            }
            harvest.after = number;
        }
        if is_last {
            return Ok(found);
        }
    }
    found.next = Some(harvest.after);
    Ok(found)
}

fn is_wanted(changed: &Changed, topic: Option<Topic>) -> bool {
    match (&changed.shown, topic) {
        (Some(shown), Some(topic)) => shown
            .card
            .terms::<Topic>(FacetGroup::Topic)
            .any(|one| one == topic),
        // A document that the public could read a moment ago, and now cannot.
        (None, _) if !changed.row.is_deleted => false,
        (Some(_) | None, _) => true,
    }
}

/// Returns the last change of a document of a node; `None` for one that the public may not know of.
///
/// # Errors
/// Of the database.
#[boxed]
pub(crate) async fn change(
    node: &Node,
    of: &NodeId,
    id: DocumentId,
) -> Result<Option<Changed>, NodeError> {
    let row = node.store.harvested(of, id).await?;
    let found = with_cards(node, row.into_iter().collect()).await?;
    Ok(found.into_iter().find(|changed| is_wanted(changed, None)))
}

async fn with_cards(node: &Node, rows: Vec<Harvested>) -> Result<Vec<Changed>, NodeError> {
    let viewer = Viewer::Public;
    let live = rows.iter().filter(|row| !row.is_deleted);
    let keys: Vec<_> = live.map(|row| (row.node_seq, row.id)).collect();
    let cards = node.store.cards(viewer, &keys).await?;
    let mut cards: HashMap<_, _> = cards
        .into_iter()
        .map(|card| ((card.owner.node_seq, card.id), card))
        .collect();
    let mut changed = Vec::with_capacity(rows.len());
    for row in rows {
        let mut shown = None;
        if let Some(stored) = cards.remove(&(row.node_seq, row.id)) {
            let card = reading::card_of(node, viewer, &stored).await?;
            shown = card.map(|card| Shown { row: stored, card });
        }
        changed.push(Changed { row, shown });
    }
    Ok(changed)
}
