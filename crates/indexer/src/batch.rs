//! Reads changes from the queue and makes the entries of the index from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{FacetGroup, body, searchable::Searchable, vocabulary::Visibility};
use search::{Entry, Key};
use store::{ChangeKind, ChangedDocument, Store};
use tokio::task::{JoinError, spawn_blocking};
use wire::Timestamp;

use crate::{IndexerError, follower::Held, searchables::Searchables};

/// Changes read from the database at a time. A body has at most 256 KiB, so a read takes at most 64 MB of memory, and
/// usually 1 MB.
const READ: u32 = 250;

/// Changes that are prepared while those before them are added to the index.
const BATCH_CHANGES: usize = 1_000;

/// Bytes of text at which a batch ends, since all of it is in memory.
const BATCH_BYTES: usize = 8 << 20;

/// Changes ready to be added together.
pub(super) struct Batch {
    pub(super) changes: Vec<search::Change>,
    /// The number of the last of them.
    pub(super) last: u64,
}

impl Batch {
    /// Reads the changes after `after` for an index up to the size of one batch; `None` when there are none.
    pub(super) async fn read(
        store: &Store,
        held: Held,
        searchables: &Arc<Searchables>,
        after: u64,
        now: Timestamp,
    ) -> Result<Option<Self>, IndexerError> {
        let mut batch = Self {
            changes: Vec::new(),
            last: after,
        };
        let mut bytes = 0;
        while batch.changes.len() < BATCH_CHANGES && bytes < BATCH_BYTES {
            let changes = match held {
                Held::Public => store.changes_after(batch.last, READ).await?,
                Held::Restricted => store.restricted_after(batch.last, READ).await?,
            };
            let complete = changes.len() < usize::try_from(READ).unwrap_or(usize::MAX);
            if let Some(last) = changes.last() {
                batch.last = last.change_seq;
            }
            bytes += changes.iter().map(body_bytes).sum::<usize>();
            let prepared = prepared(changes, held, searchables, now).await?;
            batch.changes.extend(prepared);
            if complete {
                break;
            }
        }
        Ok((!batch.changes.is_empty()).then_some(batch))
    }
}

fn body_bytes(change: &store::Change) -> usize {
    match &change.kind {
        ChangeKind::Put(document) => document.body.len(),
        ChangeKind::Delete => 0,
    }
}

/// Turns rows into entries, on two threads: parsing and rendering take most of the time.
async fn prepared(
    mut changes: Vec<store::Change>,
    held: Held,
    searchables: &Arc<Searchables>,
    now: Timestamp,
) -> Result<Vec<search::Change>, JoinError> {
    let second = changes.split_off(changes.len() / 2);
    let prepare = |part: Vec<store::Change>| {
        let searchables = Arc::clone(searchables);
        spawn_blocking(move || {
            part.into_iter()
                .map(|row| change(row, held, &searchables, now))
                .collect::<Vec<_>>()
        })
    };
    let (first, second) = tokio::join!(prepare(changes), prepare(second));
    let mut all = first?;
    all.extend(second?);
    Ok(all)
}

/// Returns what the index does about one row of the queue.
fn change(
    change: store::Change,
    held: Held,
    searchables: &Searchables,
    now: Timestamp,
) -> search::Change {
    let key = Key {
        node_seq: change.node_seq,
        id: change.id,
    };
    let ChangeKind::Put(document) = change.kind else {
        return search::Change::Delete(key);
    };
    // An index counts and scores over all that it has, so it has only what everyone who can ask it may read.
    let has = match held {
        Held::Public => document.visibility == Visibility::Public,
        Held::Restricted => document.visibility != Visibility::Public,
    };
    if !has {
        return search::Change::Delete(key);
    }
    match entry(key, &document, searchables, now) {
        Some(entry) => search::Change::Put(Box::new(entry)),
        None => {
            // Bodies are checked before they are stored; this would be a fault of this program.
            tracing::error!(%key, "a stored body cannot be read and is left out of the index");
            search::Change::Delete(key)
        }
    }
}

fn entry(
    key: Key,
    document: &ChangedDocument,
    searchables: &Searchables,
    now: Timestamp,
) -> Option<Entry> {
    let known = document.digest.and_then(|body| searchables.take(&body));
    let text = match known {
        Some(text) => text,
        None => Searchable::new(
            &body::read_local(&document.body).ok()?,
            markdown::plain_text,
        ),
    };
    let mut facets: BTreeMap<FacetGroup, Vec<String>> = text.facets.into_iter().collect();
    // A body may claim any organisation, and a node any code; what counts is the node that it came from.
    facets.insert(
        FacetGroup::Organisation,
        vec![organisation_value(&document.owner.handle)],
    );
    let published = document.published.unwrap_or(document.first_seen);
    facets.insert(
        FacetGroup::Year,
        vec![year(published.min(document.first_seen))],
    );
    let mut labels = text.labels;
    if !labels.contains(&document.owner.organisation) {
        labels.push(document.owner.organisation.clone());
    }
    Some(Entry {
        key,
        rev: document.rev,
        visibility: document.visibility,
        title: text.title,
        summary: text.summary,
        body_text: text.body_text,
        tags: text.tags,
        labels,
        facets,
        sort_at: document.sort_at,
        // A review that claims to lie in the future does not sort first.
        reviewed: document.reviewed.map(|reviewed| reviewed.min(now)),
        adoptions: document.tried,
    })
}

/// Returns the value of a node in the index and in addresses: its handle in capitals.
#[must_use]
pub fn organisation_value(handle: &str) -> String {
    handle.to_uppercase()
}

fn year(time: Timestamp) -> String {
    time.date().year().to_string()
}
