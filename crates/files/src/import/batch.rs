//! A batch of files: prepared on two threads, and written in one transaction.

use std::sync::Arc;

use domain::Fault;
use store::{Draft, OwnDocument};
use tokio::task::spawn_blocking;
use wire::{Digest, DocumentId};

use crate::import::{
    ImportError,
    prepare::{Candidate, Kept, Prepared, Told, prepare as prepare_one},
    report::{FileReport, Status},
    survey::{Entry, Survey},
};
use node::{
    Node,
    flows::publish::{Accepted, Places, publish_many},
};

/// Files of one batch.
const BATCH_FILES: usize = 512;
/// A batch ends at so much text, however few files it is.
const BATCH_BYTES: u64 = 32 * 1024 * 1024;

/// Cuts a tree into batches.
pub(super) fn batches(entries: &[Entry]) -> Vec<&[Entry]> {
    let mut batches = Vec::new();
    let mut rest = entries;
    while !rest.is_empty() {
        let mut bytes = 0_u64;
        let fits = |entry: &&Entry| {
            bytes = bytes.saturating_add(entry.found.bytes);
            bytes <= BATCH_BYTES
        };
        let count = rest
            .iter()
            .take(BATCH_FILES)
            .take_while(fits)
            .count()
            .max(1);
        let (batch, others) = rest.split_at(count.min(rest.len()));
        batches.push(batch);
        rest = others;
    }
    batches
}

/// Reads and understands files.
pub(super) async fn prepare(
    node: &Node,
    survey: &Arc<Survey>,
    entries: Vec<Entry>,
) -> Result<Vec<Prepared>, ImportError> {
    let ids: Vec<DocumentId> = entries.iter().map(|entry| entry.id).collect();
    let own = Arc::new(node.store.own_documents(&ids).await?);
    let now = node.now();
    let mut first = entries;
    let second = first.split_off(first.len() / 2);
    let work = |part: Vec<Entry>| {
        let (survey, own) = (Arc::clone(survey), Arc::clone(&own));
        spawn_blocking(move || {
            let each = part
                .iter()
                .map(|entry| prepare_one(entry, own.get(&entry.id), &survey, now));
            each.collect::<Vec<_>>()
        })
    };
    let (first, second) = tokio::join!(work(first), work(second));
    let mut prepared = first?;
    prepared.extend(second?);
    Ok(prepared)
}

/// What becomes of a file that is refused when it is to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is kept as a draft.
    Draft,
    /// It is reported, and nothing kept.
    Report,
}

/// Writes what was prepared; returns the reports in the same order, of what is durable.
pub(super) async fn write(
    node: &Node,
    places: &Places,
    prepared: Vec<Prepared>,
    refusal: Refusal,
) -> Result<Vec<FileReport>, ImportError> {
    let mut lines: Vec<(usize, FileReport)> = Vec::with_capacity(prepared.len());
    let mut submissions = Vec::new();
    let mut waiting = Vec::new();
    let mut keeping = Vec::new();
    for (at, one) in prepared.into_iter().enumerate() {
        match one {
            Prepared::Told(line) => lines.push((at, told(places, line))),
            Prepared::Keep(kept) => keeping.push((at, *kept)),
            Prepared::Publish(candidate) => {
                let Candidate {
                    submission,
                    faults,
                    otherwise,
                } = *candidate;
                submissions.push(submission);
                waiting.push((at, faults, otherwise));
            }
        }
    }
    let outcomes = publish_many(node, submissions).await?;
    for ((at, faults, mut otherwise), outcome) in waiting.into_iter().zip(outcomes) {
        match outcome {
            Ok(document) => {
                lines.push((at, accepted(places, otherwise.draft.path, document, faults)))
            }
            Err(refused) => {
                otherwise.faults.splice(0..0, refused.faults);
                if refusal == Refusal::Draft && !refused.withdrawn {
                    keeping.push((at, otherwise));
                } else {
                    lines.push((at, told(places, failed(otherwise))));
                }
            }
        }
    }
    let drafts: Vec<(Draft, Digest)> = keeping.iter().map(|(_, kept)| as_draft(kept)).collect();
    if !drafts.is_empty() {
        node.store.save_drafts(&drafts).await?;
    }
    lines.extend(
        keeping
            .into_iter()
            .map(|(at, kept)| (at, draft(places, kept))),
    );
    lines.sort_by_key(|(at, _)| *at);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn as_draft(kept: &Kept) -> (Draft, Digest) {
    let faults = serde_json::to_string(&kept.faults).unwrap_or_default();
    (
        Draft {
            faults,
            ..kept.draft.clone()
        },
        kept.digest,
    )
}

fn failed(kept: Kept) -> Told {
    Told {
        path: kept.draft.path,
        status: Status::Failed,
        id: None,
        own: None,
        faults: kept.faults,
    }
}

/// Returns the report of a file of which nothing was written.
pub(super) fn told(places: &Places, line: Told) -> FileReport {
    let Told {
        path,
        status,
        id,
        own,
        faults,
    } = line;
    let page = |own: &OwnDocument| Some(places.page(id?, own.slug.as_deref()?));
    FileReport {
        path,
        status,
        node: places.node.clone(),
        id,
        rev: own.as_ref().map(|own| own.rev),
        index: own.as_ref().and_then(|own| own.leaf_index),
        url: own.as_ref().and_then(page),
        faults,
    }
}

fn accepted(places: &Places, path: String, document: Accepted, faults: Vec<Fault>) -> FileReport {
    FileReport {
        path,
        status: document.change.into(),
        node: places.node.clone(),
        id: Some(document.id),
        rev: Some(document.rev),
        index: document.index,
        url: Some(document.url),
        faults,
    }
}

fn draft(places: &Places, kept: Kept) -> FileReport {
    let line = Told {
        path: kept.draft.path,
        status: Status::Draft,
        id: Some(kept.draft.id),
        own: None,
        faults: kept.faults,
    };
    told(places, line)
}
