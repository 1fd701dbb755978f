//! Review: a draft is submitted, and someone else approves it, returns it or edits it.
//!
//! No one approves their own text, unless the settings allow it where there is one editor. What is approved is the version
//! that the reviewer has read; its publication and the record of who approved it are one transaction.

mod accepting;
mod queue;
mod returning;
mod submitting;

use async_recursion::async_recursion as boxed;
use domain::{Document, Fault};
use drafting::{Checked, Place};
use patient_data::{Acceptance, Cleared};
use store::{Approval, DraftState, Occasion, StoreError, WrittenDraft};
use wire::{AccountId, DocumentId};

use crate::{
    attachments,
    drafts::{self, Found, MAX_LISTED, Opened, Person, Titles, change, checked, done, open},
};
use node::{
    Node, NodeError,
    audit::By,
    flows::publish::{self, Accepted, Change, Refusal, Submission},
};
use settings::ApprovalBy;

pub use accepting::{NoReason, Reasons, accept};
use accepting::{found, written};
pub use queue::{left_behind, queue};
pub use returning::{CommentFault, Comments, ReturnOutcome, decline_draft, return_draft};
pub use submitting::{SubmitOutcome, Theirs, files_of, submit, submit_with};

/// Checks all that has to be right before a draft can be submitted or approved: its words, and what it has attached.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn check(node: &Node, opened: &Opened) -> Result<Checked, NodeError> {
    Ok(check_and_look_up(node, opened).await?.0)
}

/// Checks a draft, and returns also the documents that it names by their titles.
async fn check_and_look_up(node: &Node, opened: &Opened) -> Result<(Checked, Titles), NodeError> {
    let mut checked = checked(node, opened).await?;
    let attached = attachments::screen(node, opened.draft.id).await?;
    checked.warnings.extend(attached.warnings);
    checked.refuse(attached.faults);
    let text = opened.content.text(drafts::outline);
    // What was done here cannot be said in the words of someone else who did it elsewhere.
    let (deeds, _) = split_deeds(drafts::unchanged(node, &opened.content).await?);
    if opened.draft.base.is_none() {
        checked.advice.retain(|place| !deeds.contains(place));
        checked.refuse(deeds);
    }
    if drafts::is_unchanged(node, opened).await? {
        checked.refuse(nothing_changed(opened));
    }
    let promise = drafts::promise_left(node, opened).await?;
    checked.advise(promise.into_iter().collect());
    let titles = Titles::look_up(node, &text).await?;
    let unknown = titles.link(&text).unknown;
    let unknown = unknown.iter().map(|title| Place {
        section: drafting::check::FILE,
        title: "The text",
        field: String::new(),
        line: None,
        text: format!(
            "No page that everyone may read is called “{}”, so its link stays as it is",
            drafts::shown_title(title)
        ),
    });
    let missing = attachments::missing(node, opened.draft.id, &text).await?;
    checked.advice.extend(unknown.chain(missing));
    Ok((checked, titles))
}

/// Says that a draft says what is published already.
fn nothing_changed(opened: &Opened) -> Vec<Place> {
    let section = opened.content.form().and_then(|form| form.sections.first());
    let place = section.map(|section| Place {
        section: section.name,
        title: section.title,
        field: String::new(),
        line: None,
        text: "You have changed nothing yet: it says what is published. Change it, or delete this draft".to_owned(),
    });
    place.into_iter().collect()
}

/// The part of a case study that says what its organisation did.
const DEEDS: &str = "text.what-we-did";

/// Splits parts in the words of others into those that say what was done, and advice and the like.
fn split_deeds(places: Vec<Place>) -> (Vec<Place>, Vec<Place>) {
    places.into_iter().partition(|place| place.field == DEEDS)
}

/// Returns the parts of a new draft that are in the words of its origin, and may be where they are true here as well.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn theirs_of(node: &Node, opened: &Opened) -> Result<Vec<Place>, NodeError> {
    if opened.draft.base.is_some() {
        return Ok(Vec::new());
    }
    Ok(split_deeds(drafts::unchanged(node, &opened.content).await?).1)
}

/// Takes a draft back from review so that it can be changed; returns whether it was waiting.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn take_back(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
) -> Result<bool, NodeError> {
    match open(node, person, id).await? {
        Found::Open(opened) if opened.draft.state == DraftState::Submitted => {
            let change = change(node, person, id, version);
            // What an author submitted is kept, so that the next reviewer sees what someone else has made of it.
            if opened.draft.author != person.id && opened.draft.submitted_by != Some(person.id) {
                return returning::take_over(node, change).await;
            }
            done(node.store.take_draft_back(change).await)
        }
        Found::Open(_) | Found::Published(_) | Found::Missing => Ok(false),
    }
}

/// Returns whether the settings let a person approve this draft.
#[must_use]
pub fn may_approve(node: &Node, person: Person, draft: &WrittenDraft) -> bool {
    person.reviews()
        && match node.current().publishing.approval {
            ApprovalBy::Anyone => true,
            ApprovalBy::SecondPerson => is_second_person(person.id, draft),
        }
}

/// Returns whether a person has neither written nor submitted a draft.
pub(crate) fn is_second_person(person: AccountId, draft: &WrittenDraft) -> bool {
    !draft.is_written_by(person) && draft.submitted_by != Some(person)
}

/// What happened to a draft that was approved.
#[derive(Debug, Clone)]
pub enum ApproveOutcome {
    /// It is published: durable, in the log, and on its way to the index and the peers.
    Published(Box<Accepted>),
    /// It says what is published already.
    Unchanged,
    /// The person has written it.
    OwnText,
    /// It was changed, taken back or approved since the person read it.
    Changed,
    /// Something may identify a patient, and there is no reason to accept it.
    Warnings(Vec<NoReason>),
    /// The document was changed since the draft was begun.
    Stale,
    /// It cannot be published as it is.
    Faults(Vec<Fault>),
    /// There is none that waits.
    Missing,
}

/// Approves the version of a draft that a reviewer has read, and publishes it. `reasons` say why what may identify a patient
/// does not, for each kind of data; they are kept with the record of the approval and in the audit.
///
/// # Errors
/// Of the database: nothing is approved or published then.
#[boxed]
pub async fn approve(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
    reasons: &Reasons<'_>,
) -> Result<ApproveOutcome, NodeError> {
    let opened = match open(node, person, id).await? {
        Found::Open(opened) => opened,
        Found::Published(_) => return Ok(ApproveOutcome::Changed),
        Found::Missing => return Ok(ApproveOutcome::Missing),
    };
    if opened.draft.state != DraftState::Submitted || opened.draft.version != version {
        return Ok(ApproveOutcome::Changed);
    }
    if !may_approve(node, person, &opened.draft) {
        return Ok(ApproveOutcome::OwnText);
    }
    let (checked, titles) = check_and_look_up(node, &opened).await?;
    let accepted = accept(node, &opened, &checked, reasons).await?;
    let Some(document) = checked.document else {
        let fault = |place: drafting::Place| Fault::new(place.field, place.line, place.text);
        let faults = checked.faults.into_iter().map(fault).collect();
        return Ok(ApproveOutcome::Faults(faults));
    };
    let acceptance = match accepted {
        Ok(acceptance) => acceptance,
        Err(missing) => return Ok(ApproveOutcome::Warnings(missing)),
    };
    let mut document = with_private(node, &opened, document).await?;
    document.common.attachments = attachments::of_draft(node, id).await?;
    document.common.body_md = titles.link(&document.common.body_md).md;
    let approval = Approval {
        draft: id,
        version,
        by: person.id,
        reason: written(&acceptance),
    };
    publish_approved(node, &opened.draft, document, acceptance, approval).await
}

/// Publishes the document of a draft, and records its approval.
async fn publish_approved(
    node: &Node,
    draft: &WrittenDraft,
    document: Document,
    acceptance: Acceptance,
    approval: Approval,
) -> Result<ApproveOutcome, NodeError> {
    let submission = Submission {
        id: Some(draft.document),
        // A new document has no revision yet.
        base: Some(draft.base.unwrap_or(0)),
        document,
        extract: None,
        import: None,
        acceptance,
        cleared: Cleared::default(),
        by: By::Account(approval.by),
    };
    let by = approval.by;
    match publish::publish_for(node, submission, Occasion::Approval(approval)).await {
        Ok(Ok(accepted)) if accepted.change == Change::Unchanged => Ok(ApproveOutcome::Unchanged),
        Ok(Ok(accepted)) => {
            tracing::info!(draft = %draft.id, document = %accepted.id, %by, "draft approved");
            node.wakers.mailer.notify_one();
            Ok(ApproveOutcome::Published(Box::new(accepted)))
        }
        Ok(Err(refused)) => Ok(match refused.refusal {
            Refusal::Stale(_) => ApproveOutcome::Stale,
            Refusal::Faults(faults) => ApproveOutcome::Faults(faults),
            Refusal::PatientData(findings) => found(&findings),
            Refusal::Withdrawn(fault) => ApproveOutcome::Faults(vec![fault]),
        }),
        Err(NodeError::Store(StoreError::DraftChanged(_))) => Ok(ApproveOutcome::Changed),
        Err(error) => Err(error),
    }
}

/// Gives a document the private part that is published, where its draft has none of it.
async fn with_private(
    node: &Node,
    opened: &Opened,
    mut document: Document,
) -> Result<Document, NodeError> {
    if opened.content.keeps_private()
        && let Some(private) = drafts::private_of(node, opened.draft.document).await?
    {
        document.private = private;
    }
    Ok(document)
}

/// Returns the record of who wrote and who approved a revision; `None` for one that an operator published.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn record_of(
    node: &Node,
    document: DocumentId,
    rev: u64,
) -> Result<Option<WrittenDraft>, NodeError> {
    let published = node.store.published_drafts_of(document, MAX_LISTED).await?;
    let mut published = published.into_iter();
    Ok(published.find(|draft| draft.published_rev == Some(rev)))
}

/// Returns whether someone approved a draft who had neither written nor submitted it.
#[must_use]
pub fn was_reviewed(draft: &WrittenDraft) -> bool {
    draft
        .approved_by
        .is_some_and(|by| is_second_person(by, draft))
}
