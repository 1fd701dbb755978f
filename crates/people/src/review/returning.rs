//! Returning a draft to its author, or declining it, with the comments of a reviewer.
//!
//! Comments are kept with the draft and read by its author, so nothing in them may identify a patient, as in a text: what is
//! certain is refused, and what may be so is kept once the reviewer says that it is not.

use async_recursion::async_recursion as boxed;
use drafting::{MAX_COMMENTS, MAX_NOTE_CHARS, Notes};
use patient_data::{Severity, comment_findings};
use store::{DraftChange, DraftState, GivenBack};
use wire::{Digest, DocumentId};

use crate::drafts::{Found, Person, change, done, open, shown_title};
use node::{Node, NodeError, work::spawn_blocking};

/// What happened to a draft that was returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnOutcome {
    /// Its author can change it.
    Returned,
    /// Nothing was said about it.
    Empty,
    /// Its comments cannot be kept as they are.
    Faults {
        /// Why.
        faults: Vec<CommentFault>,
        /// Where all of these are warnings, what [`Comments::confirmed`] says to keep the same comments.
        confirmable: Option<Digest>,
    },
    /// It was changed, taken back or approved since the person read it.
    Changed,
    /// There is none that waits.
    Missing,
}

/// Why a comment cannot be kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentFault {
    /// The comment: 0 is the one on the whole, and the others follow in their order.
    pub index: usize,
    /// What is wrong and what to do.
    pub text: String,
    /// Whether it can be kept once a person has looked at it and says that it identifies no patient.
    pub is_warning: bool,
}

/// What a reviewer says about a draft.
#[derive(Debug, Clone, Default)]
pub struct Comments {
    /// The comments.
    pub notes: Notes,
    /// The comments of which the reviewer says, having read each warning, that they identify no patient.
    pub confirmed: Option<Digest>,
}

impl From<Notes> for Comments {
    fn from(notes: Notes) -> Self {
        Self {
            notes,
            confirmed: None,
        }
    }
}

/// Returns the version of a draft that a reviewer has read, with comments.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn return_draft(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
    comments: Comments,
) -> Result<ReturnOutcome, NodeError> {
    give_back(node, person, id, version, comments, false).await
}

/// Declines the version of a proposed change that a reviewer has read, with the reason: nothing more is expected of its
/// author. A draft of something new is returned.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn decline_draft(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
    comments: Comments,
) -> Result<ReturnOutcome, NodeError> {
    give_back(node, person, id, version, comments, true).await
}

async fn give_back(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
    comments: Comments,
    declined: bool,
) -> Result<ReturnOutcome, NodeError> {
    let opened = match open(node, person, id).await? {
        Found::Open(opened) if person.reviews() => opened,
        Found::Published(_) => return Ok(ReturnOutcome::Changed),
        Found::Open(_) | Found::Missing => return Ok(ReturnOutcome::Missing),
    };
    if opened.draft.state != DraftState::Submitted {
        return Ok(ReturnOutcome::Changed);
    }
    let Comments {
        mut notes,
        confirmed,
    } = comments;
    if notes.is_empty() {
        return Ok(ReturnOutcome::Empty);
    }
    // The words of a paragraph stay with its comment after its author has removed from it what could identify a patient.
    for note in &mut notes.notes {
        note.quote = shown_title(&note.quote).into_owned();
    }
    let bytes = notes.to_bytes();
    let faults = spawn_blocking(move || faults(&notes)).await?;
    let said = Digest::for_bytes(&bytes);
    let are_warnings = faults.iter().all(|fault| fault.is_warning);
    let is_confirmed = are_warnings && confirmed == Some(said);
    if !faults.is_empty() && !is_confirmed {
        return Ok(ReturnOutcome::Faults {
            faults,
            confirmable: are_warnings.then_some(said),
        });
    }
    let how = match declined && opened.draft.base.is_some() {
        true => GivenBack::Declined,
        false => GivenBack::Returned,
    };
    let change = change(node, person, id, version);
    let detail = match faults.is_empty() {
        true => "",
        false => "warnings about patient data in comments were confirmed",
    };
    let is_done = done(node.store.return_draft(change, &bytes, how, detail).await)?;
    Ok(if is_done {
        node.wakers.mailer.notify_one();
        ReturnOutcome::Returned
    } else {
        ReturnOutcome::Changed
    })
}

/// Gives a reviewer a draft to edit. Its author can go on with it as well: it is as one that was returned, without a comment.
pub(super) async fn take_over(node: &Node, change: DraftChange) -> Result<bool, NodeError> {
    let bytes = Notes::default().to_bytes();
    let is_done = done(
        node.store
            .return_draft(change, &bytes, GivenBack::TakenBack, "")
            .await,
    )?;
    if is_done {
        node.wakers.mailer.notify_one();
    }
    Ok(is_done)
}

/// Returns why comments cannot be kept: none is shortened, so that nothing of them is lost.
fn faults(notes: &Notes) -> Vec<CommentFault> {
    let others = notes.notes.iter().map(|note| note.text.as_str());
    let texts = std::iter::once(notes.comment.as_str()).chain(others);
    let mut faults = Vec::new();
    for (index, text) in texts.enumerate() {
        let fault = |text: String| CommentFault {
            index,
            text,
            is_warning: false,
        };
        if index > MAX_COMMENTS {
            faults.push(fault(format!(
                "A review has up to {MAX_COMMENTS} comments at paragraphs: say the rest in one comment"
            )));
            break;
        }
        if text.chars().count() > MAX_NOTE_CHARS {
            faults.push(fault(format!(
                "A comment has up to {MAX_NOTE_CHARS} characters: shorten it"
            )));
        }
        let found = comment_findings(text).into_iter();
        faults.extend(found.map(|finding| CommentFault {
            is_warning: finding.severity == Severity::Warn,
            ..fault(drafting::sentence(&finding.text))
        }));
    }
    faults
}
