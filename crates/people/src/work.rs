//! The readers of what a person has written, and the documents of others that refer to it.
//!
//! Counts only. No one is followed, and no search is kept: a reader of this site is one more on the day.

use async_recursion::async_recursion as boxed;
use std::collections::HashMap;

use node::{Node, NodeError};
use store::{Card, DraftState, OWN, ReadsOfDay};
use wire::{Date, DocumentId, Relation, Viewer};

use crate::drafts::{MAX_LISTED, Person};

/// Documents of one person that are looked at.
const MAX_DOCUMENTS: usize = 60;
/// Documents that refer to one and are counted: more than a page says in words.
const MAX_REFERRING: u32 = 200;
/// Months for which counts are kept.
const KEPT_MONTHS: i32 = 24;
/// The months that are summed up.
const SUMMED_MONTHS: i32 = 12;

/// What happened to a person's work.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// Their documents, those that were published last first.
    pub documents: Vec<DocumentWork>,
    /// How often any of them was read here, by day, for the days that have readers, the earliest first.
    pub days: Vec<(Date, u64)>,
}

/// What happened to one document.
#[derive(Debug, Clone)]
pub struct DocumentWork {
    /// The document.
    pub card: Card,
    /// How often it was read here in the last 12 months.
    pub reads: u64,
    /// How often a reader came to it from a page of results.
    pub from_search: u64,
    /// Documents that say that they are adapted from it, here and at peers.
    pub adapted: u64,
    /// Documents that say that they tried it too.
    pub tried: u64,
    /// Documents whose text links to it.
    pub mentions: u64,
}

/// Returns what happened to what a person has written and this node has published.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn work(node: &Node, person: Person) -> Result<Work, NodeError> {
    let Some(identity) = node.identity() else {
        return Ok(Work::default());
    };
    // Step 1: the documents that they have written a revision of, and that are still there.
    let mut ids: Vec<DocumentId> = Vec::new();
    for (draft, _) in node.store.drafts_by(person.id, MAX_LISTED).await? {
        let is_new = draft.state == DraftState::Published && !ids.contains(&draft.document);
        if is_new && ids.len() < MAX_DOCUMENTS {
            ids.push(draft.document);
        }
    }
    let keys: Vec<(i64, DocumentId)> = ids.iter().map(|id| (OWN, *id)).collect();
    let cards = node.store.cards(Viewer::Staff, &keys).await?;

    // Step 2: their readers.
    let since = node.now().date().add_months(-SUMMED_MONTHS);
    let reads = node.store.reads_since(&ids, since).await?;

    // Step 3: the documents of others that refer to each.
    let mut documents = Vec::with_capacity(cards.len());
    for card in cards {
        let links = node
            .store
            .back_links(Viewer::Staff, &identity.node, card.id, MAX_REFERRING)
            .await?;
        let count = |relation: Relation| {
            let of_relation = links.iter().filter(|link| link.relation == relation);
            // Of each node some are returned, and each says how many there are.
            let by_node: HashMap<i64, u64> = of_relation
                .map(|link| (link.card.owner.node_seq, link.of_node))
                .collect();
            by_node.values().sum()
        };
        let target = wire::DocumentRef {
            node: identity.node.clone(),
            id: card.id,
        };
        let mentions = node.store.count_mentions(Viewer::Staff, &target).await?;
        let own = reads.iter().filter(|read| read.id == card.id);
        documents.push(DocumentWork {
            reads: own.clone().map(|read| read.reads).sum(),
            from_search: own.map(|read| read.from_search).sum(),
            adapted: count(Relation::BasedOn),
            tried: card.tried,
            mentions,
            card,
        });
    }
    Ok(Work {
        documents,
        days: by_day(&reads),
    })
}

/// Sums up the readers of all documents, by day; `reads` is in the order of days.
fn by_day(reads: &[ReadsOfDay]) -> Vec<(Date, u64)> {
    let mut days: Vec<(Date, u64)> = Vec::new();
    for read in reads {
        match days.last_mut() {
            Some((day, count)) if *day == read.day => *count += read.reads,
            Some(_) | None => days.push((read.day, read.reads)),
        }
    }
    days
}

/// Writes down what was counted since the last time, and forgets what is too old.
///
/// # Errors
/// Of the database: the counts of this batch are lost then.
#[boxed]
pub async fn write_reads(node: &Node) -> Result<(), NodeError> {
    let counts = node.reads.take();
    if counts.is_empty() {
        return Ok(());
    }
    node.store.add_reads(&counts).await?;
    let before = node.now().date().add_months(-KEPT_MONTHS);
    Ok(node.store.forget_reads(before).await?)
}
