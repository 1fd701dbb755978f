//! Saving what was typed into a draft.

use async_recursion::async_recursion as boxed;
use domain::Fault;
use drafting::{Content, Pairs, Put, PutError, Saved, Section};
use store::{DraftState, StoreError, WrittenDraft};
use wire::{DocumentId, Timestamp};

use super::{Found, Opened, Person, change, open, outline};
use node::{Node, NodeError, work::spawn_blocking};

/// Attempts to save a section while others save other sections of the same draft.
const MAX_ATTEMPTS: u32 = 5;

/// What happened to what was typed.
#[derive(Debug, Clone)]
pub enum SaveOutcome {
    /// It is durable.
    Saved {
        /// The version that has it.
        version: u64,
        /// When it was saved.
        at: Timestamp,
    },
    /// Someone else has changed the same section since; here is what the draft says now.
    Conflict(Box<Opened>),
    /// It waits for review and cannot be changed.
    Waiting(Box<Opened>),
    /// It is published.
    Published(Box<WrittenDraft>),
    /// The front matter of its file has to be put right first.
    Unreadable(Box<Opened>, Fault),
    /// It would be too long.
    TooLong(Box<Opened>),
    /// There is none that the person may change.
    Missing,
}

/// Saves a section that was made from version `base` of a draft. What others have saved of other sections since stays.
///
/// # Errors
/// Of the database: nothing is saved then.
#[boxed]
pub async fn save_section(
    node: &Node,
    person: Person,
    id: DocumentId,
    section: &'static Section,
    base: u64,
    pairs: Pairs,
) -> Result<SaveOutcome, NodeError> {
    save(node, person, id, move |opened| {
        // There is no such version yet: whoever names it has not read what the draft says.
        if base > opened.draft.version {
            return Err(PutError::Conflict);
        }
        let put = Put {
            base,
            next: opened.draft.version + 1,
            pairs: &pairs,
        };
        opened.content.put_section(section, put, outline)
    })
    .await
}

/// Saves the whole of a draft as one file that was made from version `base`.
///
/// # Errors
/// As [`save_section`].
#[boxed]
pub async fn save_file(
    node: &Node,
    person: Person,
    id: DocumentId,
    base: u64,
    text: String,
) -> Result<SaveOutcome, NodeError> {
    save(node, person, id, move |opened| {
        let version = opened.draft.version;
        opened.content.put_file(&text, base, version, outline)
    })
    .await
}

/// Gives a draft the keys without a field that were published since it was begun, where it has not changed them itself.
///
/// # Errors
/// As [`save_section`].
#[boxed]
pub async fn save_published_keys(
    node: &Node,
    person: Person,
    id: DocumentId,
    began: &Content,
    published: &Content,
) -> Result<SaveOutcome, NodeError> {
    let (began, published) = (began.clone(), published.clone());
    save(node, person, id, move |opened| {
        let content = &opened.content;
        content.with_published_keys(&began, &published, outline)
    })
    .await
}

async fn save(
    node: &Node,
    person: Person,
    id: DocumentId,
    put: impl Fn(&Opened) -> Result<Saved, PutError> + Clone + Send + 'static,
) -> Result<SaveOutcome, NodeError> {
    for _ in 0..MAX_ATTEMPTS {
        let opened = match open(node, person, id).await? {
            Found::Open(opened) => opened,
            Found::Published(draft) => return Ok(SaveOutcome::Published(draft)),
            Found::Missing => return Ok(SaveOutcome::Missing),
        };
        let (put, before) = (put.clone(), opened.clone());
        let saved = spawn_blocking(move || put(&before)).await?;
        let content = match saved {
            Ok(Saved::Unchanged) => {
                return Ok(SaveOutcome::Saved {
                    version: opened.draft.version,
                    at: opened.draft.changed_at,
                });
            }
            Ok(Saved::Changed(content)) => content,
            Err(PutError::Conflict) => return Ok(SaveOutcome::Conflict(opened)),
            Err(PutError::Unreadable(fault)) => {
                return Ok(SaveOutcome::Unreadable(opened, fault));
            }
            Err(PutError::TooLong) => return Ok(SaveOutcome::TooLong(opened)),
        };
        if opened.draft.state == DraftState::Submitted {
            return Ok(SaveOutcome::Waiting(opened));
        }
        if let Some(saved) = write(node, person, &opened, &content).await? {
            return Ok(saved);
        }
    }
    Err(StoreError::Locked.into())
}

/// Writes a draft; `None` if another version is held by now.
async fn write(
    node: &Node,
    person: Person,
    opened: &Opened,
    content: &Content,
) -> Result<Option<SaveOutcome>, NodeError> {
    let change = change(node, person, opened.draft.id, opened.draft.version);
    let kind = content.kind().as_str();
    match node
        .store
        .save_draft(change, kind, &content.to_bytes())
        .await
    {
        Ok(version) => Ok(Some(SaveOutcome::Saved {
            version,
            at: change.now,
        })),
        Err(StoreError::Stale { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
