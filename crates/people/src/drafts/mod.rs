//! Drafts of people who have signed in: begin, open, save, delete.
//!
//! A draft is shown to its author and to those who review; for anyone else it does not exist. Saving never overwrites
//! what someone else has written meanwhile.

mod adapt;
mod base;
mod begin;
mod links;
mod preview;
mod relink;
mod save;
mod screen;

use async_recursion::async_recursion as boxed;
use std::borrow::Cow;

use domain::{Fault, Heading, Kind, vocabulary::Visibility};
use drafting::{Checked, Content, Notes, Place, check};
use store::{DocumentState, DraftChange, DraftState, StoreError, WrittenDraft};
use wire::{AccountId, Date, DocumentId, Role};

use crate::about;
use node::{Node, NodeError, eraser::Removed, work::spawn_blocking};

pub use adapt::{Origin, can_be_tried, origin, title, unchanged};
pub use base::{Published, file_changes, is_outdated, is_unchanged, published, rebase};
pub(crate) use base::{private_of, promise_left};
pub(crate) use begin::own_document;
pub use begin::{Begin, BeginRefusal, Begun, begin, begun, may_change, refusal_to_begin};
pub use links::{LinkNames, Linked, linked};
pub(crate) use links::{Titles, own_with_title};
pub use preview::{Preview, preview};
pub use save::{SaveOutcome, save_file, save_published_keys, save_section};
pub use screen::in_file;
pub(crate) use screen::{values, warning};

/// Drafts on one list.
pub const MAX_LISTED: u32 = 100;

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub id: AccountId,
    /// What it may do.
    pub role: Role,
}

impl Person {
    /// Returns whether they review what others write.
    #[must_use]
    pub fn reviews(self) -> bool {
        self.role >= Role::Editor
    }
}

/// A draft that is open: its row and its words.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The draft.
    pub draft: WrittenDraft,
    /// What it says.
    pub content: Content,
    /// What it said when it was last returned.
    pub reviewed: Option<Content>,
    /// What the reviewer said then.
    pub notes: Option<Notes>,
}

impl Opened {
    /// Returns whether a reviewer took it back to edit it, and it was not submitted since: a return has comments.
    #[must_use]
    pub fn is_taken_back(&self) -> bool {
        self.draft.returned_by.is_some() && self.notes.as_ref().is_some_and(Notes::is_empty)
    }
}

/// What there is under the id of a draft.
#[derive(Debug, Clone)]
pub enum Found {
    /// A draft that the person may see.
    Open(Box<Opened>),
    /// It is published.
    Published(Box<WrittenDraft>),
    /// Nothing that the person may know of.
    Missing,
}

/// A draft of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The draft.
    pub draft: WrittenDraft,
    /// Its title as far as it has one; that of the document once it is published is on its page.
    pub title: String,
}

/// Returns the title of a draft as headings and lists show it: without what may identify a patient, since the title of a
/// page stays in the history of a browser.
#[must_use]
pub fn shown_title(title: &str) -> Cow<'_, str> {
    patient_data::shown_title(title)
}

/// Opens a draft for a person.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn open(node: &Node, person: Person, id: DocumentId) -> Result<Found, NodeError> {
    let Some(words) = node.store.draft_words(id).await? else {
        return Ok(Found::Missing);
    };
    if words.draft.author != person.id && !person.reviews() {
        return Ok(Found::Missing);
    }
    let Some(content) = words.content else {
        return Ok(Found::Published(Box::new(words.draft)));
    };
    let content = Content::read(&content)
        .ok_or_else(|| StoreError::Corrupt(format!("an unreadable draft `{id}`")))?;
    Ok(Found::Open(Box::new(Opened {
        content,
        reviewed: words.reviewed.and_then(|bytes| Content::read(&bytes)),
        notes: words.notes.and_then(|bytes| Notes::read(&bytes)),
        draft: words.draft,
    })))
}

/// Returns the drafts of a person, those that were changed last first, without those that nothing was ever written into.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn list(node: &Node, person: Person) -> Result<Vec<Listed>, NodeError> {
    let mut drafts = Vec::new();
    for (draft, content) in node.store.drafts_by(person.id, MAX_LISTED).await? {
        let is_empty = is_untouched(&draft, content.as_deref());
        if is_empty && node.store.draft_attachments(draft.id).await?.is_empty() {
            continue;
        }
        drafts.push((draft, content));
    }
    listed(node, drafts).await
}

/// Returns whether nothing was ever written into a draft of something new.
pub(crate) fn is_untouched(draft: &WrittenDraft, content: Option<&[u8]>) -> bool {
    let empty = || Content::new(Kind::parse(&draft.kind)).to_bytes();
    draft.state == DraftState::Writing
        && draft.version == 1
        && draft.base.is_none()
        && content.is_some_and(|content| content.trim_ascii_end() == empty())
}

pub(super) async fn listed(
    node: &Node,
    drafts: Vec<(WrittenDraft, Option<Vec<u8>>)>,
) -> Result<Vec<Listed>, NodeError> {
    let mut listed = Vec::new();
    for (draft, content) in drafts {
        let title = match content
            .as_deref()
            .map(|bytes| (bytes, adapt::adapts(bytes)))
        {
            Some((_, Some(content))) => title(node, &content).await?,
            Some((bytes, None)) => Content::title_of(bytes),
            None => String::new(),
        };
        listed.push(Listed { draft, title });
    }
    Ok(listed)
}

/// Checks a draft as it would be published today.
///
/// # Errors
/// [`NodeError::Task`]; of the database.
#[boxed]
pub async fn checked(node: &Node, opened: &Opened) -> Result<Checked, NodeError> {
    let content = &opened.content;
    let (typed, today) = (content.clone(), node.now().date());
    let mut checked = spawn_blocking(move || check_and_screen(&typed, today)).await?;
    if let Some(document) = &mut checked.document
        && let Some(fault) = about::complete(node, document).await?
    {
        checked.refuse_fault(content, &fault, outline);
    }
    if is_for_staff(content, &checked) && is_published(node, &opened.draft).await? {
        let fault = Fault::new("visibility", None, TOO_LATE_FOR_STAFF);
        checked.refuse_fault(content, &fault, outline);
    }
    checked.advise(adapt::unchanged(node, content).await?);
    Ok(checked)
}

/// What to do instead of keeping a page to signed-in staff that others have read.
const TOO_LATE_FOR_STAFF: &str = "this page is published, and other sites have copies, so it cannot be kept to signed-in staff any more; choose who can read it now, or withdraw the page and keep its text as a draft for staff";

/// Returns whether a draft is for signed-in staff only.
#[must_use]
pub fn is_for_staff(content: &Content, checked: &Checked) -> bool {
    if let Some(document) = &checked.document {
        return document.common.visibility == Visibility::Organisation;
    }
    let field = content.form().and_then(|form| form.field("visibility"));
    let pairs = field.and_then(|(section, _)| content.section(section, outline).ok());
    let is_staff = |(name, value): &(String, String)| {
        name == "visibility" && *value == Visibility::Organisation.as_str()
    };
    pairs.is_some_and(|pairs| pairs.iter().any(is_staff))
}

/// Returns whether a draft changes a document that others than the staff of this node can read.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn is_published(node: &Node, draft: &WrittenDraft) -> Result<bool, NodeError> {
    if draft.base.is_none() {
        return Ok(false);
    }
    let held = node.store.held(&[draft.document]).await?;
    let held = held.get(&draft.document);
    Ok(held.is_some_and(|held| held.state == DocumentState::Live))
}

/// Checks a draft, and looks for patient data in it.
fn check_and_screen(content: &Content, today: Date) -> Checked {
    let mut checked = check::check(content, today, outline);
    screen::screen(content, &mut checked);
    checked
}

/// What there is to say at once about what was saved.
#[derive(Debug, Clone, Default)]
pub struct Remarks {
    /// What may identify a patient.
    pub findings: Vec<Place>,
    /// What was typed and cannot be published as it is.
    pub faults: Vec<Place>,
}

impl Remarks {
    /// Returns whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.faults.is_empty()
    }
}

/// Returns what there is to say about a section that was saved, or about everything for [`check::FILE`].
///
/// # Errors
/// [`NodeError::Task`].
#[boxed]
pub async fn remarks(node: &Node, opened: &Opened, section: &str) -> Result<Remarks, NodeError> {
    let checked = checked(node, opened).await?;
    let (content, section) = (opened.content.clone(), section.to_owned());
    let remarks = move || {
        let is_own = |place: &Place| section == check::FILE || place.section == section;
        let mut findings = screen::findings(&content);
        findings.retain(is_own);
        let mut faults = drafting::remarks(&checked, &content, &section, outline);
        // What blocks is a fault as well, and is said once.
        faults.retain(|fault| !findings.contains(fault));
        Remarks { findings, faults }
    };
    Ok(spawn_blocking(remarks).await?)
}

/// What happened to a request to delete a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone; its words leave the files within a minute.
    Done,
    /// It was changed since the person saw it.
    Changed,
    /// There is none that the person may delete.
    Missing,
}

/// Deletes a draft that its person has seen in this version.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn delete(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
) -> Result<Deleted, NodeError> {
    let Found::Open(opened) = open(node, person, id).await? else {
        return Ok(Deleted::Missing);
    };
    // A reviewer returns what someone else has written, and does not delete it.
    if opened.draft.author != person.id {
        return Ok(Deleted::Missing);
    }
    let hold = node.eraser.hold();
    let deleting = || {
        let change = change(node, person, id, version);
        node.store.delete_written_draft(change)
    };
    let deleted = match node.eraser.reserve.with_room(deleting).await {
        Ok(()) => Deleted::Done,
        Err(StoreError::Stale { .. }) => Deleted::Changed,
        Err(error) => return Err(error.into()),
    };
    hold.end(match deleted {
        Deleted::Done => Removed::Withdrawn,
        Deleted::Changed | Deleted::Missing => Removed::Nothing,
    });
    Ok(deleted)
}

/// Returns the headings of a text as the renderer sees them.
pub fn outline(md: &str) -> Vec<Heading> {
    let heading = |written: markdown::WrittenHeading| Heading {
        text: written.text,
        lines: written.lines,
    };
    markdown::outline(md).into_iter().map(heading).collect()
}

pub(super) fn change(node: &Node, by: Person, id: DocumentId, version: u64) -> DraftChange {
    DraftChange {
        id,
        version,
        by: by.id,
        now: node.now(),
    }
}

/// Returns whether a change was made; it was not if another version is held.
pub(super) fn done(result: Result<u64, StoreError>) -> Result<bool, NodeError> {
    match result {
        Ok(_) => Ok(true),
        Err(StoreError::Stale { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Returns whether anyone who has signed in may propose a change of a document of this kind.
pub(super) fn is_open_to_all(kind: &Kind) -> bool {
    match kind {
        Kind::Page => true,
        Kind::CaseStudy
        | Kind::Observation
        | Kind::Adoption
        | Kind::Ask
        | Kind::Answer
        | Kind::Other(_) => false,
    }
}
