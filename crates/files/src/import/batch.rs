//! A batch of files: prepared on two threads, and written in one transaction.

use std::sync::Arc;

use domain::Fault;
use store::{Draft, OwnDocument};
use tokio::task::spawn_blocking;
use wire::{Digest, DocumentId};

use crate::attached;
use crate::import::{
    ImportError,
    prepare::prepare as prepare_one,
    prepared::{Candidate, FileDraft, NotWritten, Prepared, PreparedFile, Published},
    report::{FileReport, Status},
    survey::{Survey, SurveyedFile},
};
use crate::screening::PatientDataFinding;
use node::{
    Node,
    flows::publish::{Accepted, Refusal, Submission, publish_many},
    identity::Identity,
};

/// Files of one batch.
const MAX_BATCH_FILES: usize = 512;
/// Bytes of one batch: a batch of large files has fewer of them.
const MAX_BATCH_BYTES: u64 = 32 * 1024 * 1024;

/// Splits the files of a tree into batches.
pub(super) fn batches(files: &[SurveyedFile]) -> Vec<&[SurveyedFile]> {
    let mut batches = Vec::new();
    let mut rest = files;
    while !rest.is_empty() {
        let mut bytes = 0_u64;
        let fits = |surveyed: &&SurveyedFile| {
            bytes = bytes.saturating_add(surveyed.file.size_bytes);
            bytes <= MAX_BATCH_BYTES
        };
        let count = rest
            .iter()
            .take(MAX_BATCH_FILES)
            .take_while(fits)
            .count()
            .max(1);
        let (batch, others) = rest.split_at(count.min(rest.len()));
        batches.push(batch);
        rest = others;
    }
    batches
}

/// Reads and parses files, half of them on each of two threads.
pub(super) async fn prepare(
    node: &Node,
    survey: &Arc<Survey>,
    files: Vec<SurveyedFile>,
) -> Result<Vec<PreparedFile>, ImportError> {
    let ids: Vec<DocumentId> = files.iter().map(|surveyed| surveyed.id).collect();
    let own = Arc::new(node.store.own_documents(&ids).await?);
    let now = node.now();
    let mut first = files;
    let second = first.split_off(first.len() / 2);
    let work = |part: Vec<SurveyedFile>| {
        let (survey, own) = (Arc::clone(survey), Arc::clone(&own));
        spawn_blocking(move || {
            let each = part
                .iter()
                .map(|surveyed| prepare_one(surveyed, own.get(&surveyed.id), &survey, now));
            each.collect::<Vec<_>>()
        })
    };
    let (first, second) = tokio::join!(work(first), work(second));
    let mut prepared = first?;
    prepared.extend(second?);
    Ok(prepared)
}

/// Writes prepared files; returns their reports in the same order, once everything is durable.
pub(super) async fn write(
    node: &Node,
    identity: &Identity,
    prepared: Vec<PreparedFile>,
) -> Result<Vec<FileReport>, ImportError> {
    // Step 1: sort the files by what they become. Each keeps its position, for the order of the reports.
    let mut reports: Vec<(usize, FileReport)> = Vec::with_capacity(prepared.len());
    let mut submissions = Vec::new();
    let mut submitted = Vec::new();
    let mut drafts = Vec::new();
    for (position, one) in prepared.into_iter().enumerate() {
        match looked_at(node, one).await? {
            Prepared::NotWritten(file) => reports.push((position, report_of(identity, file))),
            Prepared::Draft(draft) => drafts.push((position, *draft)),
            Prepared::Publish(candidate) => match with_files(node, *candidate).await? {
                Ok((submission, faults, fallback)) => {
                    submissions.push(submission);
                    submitted.push((position, faults, fallback));
                }
                Err(draft) => drafts.push((position, *draft)),
            },
        }
    }

    // Step 2: publish. A refused file becomes a draft, unless its document is withdrawn: then nothing of it is kept.
    let outcomes = publish_many(node, submissions).await?;
    for ((position, faults, mut fallback), outcome) in submitted.into_iter().zip(outcomes) {
        match outcome {
            Ok(document) => {
                let FileDraft {
                    draft, findings, ..
                } = fallback;
                let report = accepted_report(identity, draft.path, document, faults, findings);
                reports.push((position, report));
            }
            Err(refused) => {
                let is_withdrawn = matches!(refused.refusal, Refusal::Withdrawn(_));
                fallback.faults.splice(0..0, refused.into_faults());
                if is_withdrawn {
                    let file = NotWritten::failed(fallback.draft.path, fallback.faults);
                    reports.push((position, report_of(identity, file)));
                } else {
                    drafts.push((position, fallback));
                }
            }
        }
    }

    // Step 3: save the drafts.
    let rows: Vec<(Draft, Digest)> = drafts.iter().map(|(_, draft)| draft_row(draft)).collect();
    if !rows.is_empty() {
        node.store.save_drafts(&rows).await?;
    }
    let drafts = drafts.into_iter();
    reports.extend(drafts.map(|(position, draft)| (position, draft_report(identity, draft))));
    reports.sort_by_key(|(position, _)| *position);
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

/// Returns what to write of a file: nothing if it says what is published, and none of the files that it lists is new.
async fn looked_at(node: &Node, file: PreparedFile) -> Result<Prepared, ImportError> {
    let Some(published) = file.published else {
        return Ok(file.write);
    };
    let Published {
        path,
        own,
        attached,
    } = *published;
    Ok(match attached::are_held(node, own.id, &attached).await? {
        true => Prepared::NotWritten(NotWritten::unchanged(path, own.id, Some(own))),
        false => file.write,
    })
}

/// Gives a submission what only the node knows; the draft to save if something of it is not taken.
async fn with_files(
    node: &Node,
    candidate: Candidate,
) -> Result<Result<(Submission, Vec<Fault>, FileDraft), Box<FileDraft>>, ImportError> {
    let Candidate {
        mut submission,
        attached,
        faults,
        mut fallback,
    } = candidate;
    match attached::complete(node, &mut submission, attached).await? {
        Ok(()) => Ok(Ok((submission, faults, fallback))),
        Err(found) => {
            fallback.faults.splice(0..0, found);
            Ok(Err(Box::new(fallback)))
        }
    }
}

/// Returns a path for a report.
fn shown(path: &str) -> String {
    patient_data::shown_file_name(path).into_owned()
}

fn draft_row(draft: &FileDraft) -> (Draft, Digest) {
    let faults = serde_json::to_string(&draft.faults).unwrap_or_default();
    (
        Draft {
            faults,
            ..draft.draft.clone()
        },
        draft.digest,
    )
}

/// Returns the report of a file of which nothing was written.
pub(crate) fn report_of(identity: &Identity, file: NotWritten) -> FileReport {
    let NotWritten {
        path,
        status,
        id,
        own,
        faults,
        findings,
    } = file;
    let page = |own: &OwnDocument| Some(identity.document_url(id?, own.slug.as_deref()?));
    FileReport {
        path: shown(&path),
        status,
        node: identity.node.clone(),
        id,
        rev: own.as_ref().map(|own| own.rev),
        index: own.as_ref().and_then(|own| own.leaf_index),
        url: own.as_ref().and_then(page),
        faults,
        findings,
    }
}

/// Returns the report of a published file.
pub(crate) fn accepted_report(
    identity: &Identity,
    path: String,
    document: Accepted,
    faults: Vec<Fault>,
    findings: Vec<PatientDataFinding>,
) -> FileReport {
    FileReport {
        path: shown(&path),
        status: document.change.into(),
        node: identity.node.clone(),
        id: Some(document.id),
        rev: Some(document.rev),
        index: document.index,
        url: Some(document.url),
        faults,
        findings,
    }
}

fn draft_report(identity: &Identity, draft: FileDraft) -> FileReport {
    let file = NotWritten {
        path: draft.draft.path,
        status: Status::Draft,
        id: Some(draft.draft.id),
        own: None,
        faults: draft.faults,
        findings: draft.findings,
    };
    report_of(identity, file)
}
