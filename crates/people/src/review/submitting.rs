//! Submitting a draft: what was checked is what waits, its files too.

use async_recursion::async_recursion as boxed;
use drafting::{Checked, Place};
use node::{Node, NodeError};
use store::{DraftAttachment, DraftState};
use wire::{Digest, DocumentId};

use crate::drafts::{self, Found, Person, change, done, open};

/// What happened to a draft that was submitted.
#[derive(Debug, Clone)]
pub enum SubmitOutcome {
    /// It waits for review.
    Submitted,
    /// It cannot be published as it is.
    Faults(Box<Checked>),
    /// These parts are still in the words of the document that it is adapted from, and no one has said that they are true here.
    Theirs(Vec<Place>),
    /// It was changed since the person saw it, or is submitted already.
    Changed,
    /// A newer version of its page is published, which it has to be put together with first.
    Outdated,
    /// There is none that the person may submit.
    Missing,
}

/// Returns what a draft has attached as a form sends it back: nothing, or one digest of all that is published of its files.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn files_of(node: &Node, id: DocumentId) -> Result<String, NodeError> {
    Ok(written(&node.store.draft_attachments(id).await?))
}

fn written(files: &[DraftAttachment]) -> String {
    if files.is_empty() {
        return String::new();
    }
    // Names and descriptions have no line breaks.
    let line = |file: &DraftAttachment| format!("{}\n{}\n{}\n", file.digest, file.name, file.alt);
    let lines: String = files.iter().map(line).collect();
    Digest::for_bytes(lines.as_bytes()).to_string()
}

/// What the author of an adapted draft says about the parts that are still in the words of its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theirs {
    /// Nothing.
    Unsaid,
    /// They are true of this organisation as well.
    TrueHere,
}

/// Submits the version of a draft that its author has seen, who has said nothing of parts in the words of others.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn submit(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
) -> Result<SubmitOutcome, NodeError> {
    submit_with(node, person, id, version, Theirs::Unsaid, None).await
}

/// Submits the version of a draft that its author has seen, with the files that they have seen ([`files_of`]); `None` where
/// no one was shown any.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn submit_with(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
    theirs: Theirs,
    seen: Option<&str>,
) -> Result<SubmitOutcome, NodeError> {
    let opened = match open(node, person, id).await? {
        Found::Open(opened) => opened,
        Found::Published(_) | Found::Missing => return Ok(SubmitOutcome::Missing),
    };
    let draft = &opened.draft;
    if draft.state == DraftState::Submitted {
        // A second click on the same button.
        let is_own = draft.submitted_by == Some(person.id) && draft.version == version + 1;
        return Ok(match is_own {
            true => SubmitOutcome::Submitted,
            false => SubmitOutcome::Changed,
        });
    }
    if draft.version != version {
        return Ok(SubmitOutcome::Changed);
    }
    // No one could publish it: it would undo what was published since.
    if drafts::is_outdated(node, draft).await? {
        return Ok(SubmitOutcome::Outdated);
    }
    let files = node.store.draft_attachments(id).await?;
    if seen.is_some_and(|seen| seen != written(&files)) {
        return Ok(SubmitOutcome::Changed);
    }
    let checked = super::check(node, &opened).await?;
    if checked.document.is_none() {
        return Ok(SubmitOutcome::Faults(Box::new(checked)));
    }
    let unchanged = super::theirs_of(node, &opened).await?;
    if theirs == Theirs::Unsaid && !unchanged.is_empty() {
        return Ok(SubmitOutcome::Theirs(unchanged));
    }
    let change = change(node, person, id, version);
    let is_done = done(
        node.store
            .submit_draft(change, &files, &confirmed(&unchanged))
            .await,
    )?;
    Ok(if is_done {
        node.wakers.mailer.notify_one();
        SubmitOutcome::Submitted
    } else {
        SubmitOutcome::Changed
    })
}

/// Returns what the audit keeps of what the author of an adapted draft has confirmed: the parts that are in the words of
/// others, of which they say that they are true here.
fn confirmed(unchanged: &[Place]) -> String {
    if unchanged.is_empty() {
        return String::new();
    }
    let mut titles: Vec<&str> = unchanged.iter().map(|place| place.title).collect();
    titles.dedup();
    format!(
        "true here, in the words of its origin: {}",
        titles.join("; ")
    )
}
