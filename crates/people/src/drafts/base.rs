//! What a draft was made from: the published page, whether that was changed since, and whether the draft changes anything.

use async_recursion::async_recursion as boxed;
use domain::Private;
use drafting::Content;
use node::{Node, NodeError, work::spawn_blocking};
use store::{DraftState, WrittenDraft};
use wire::DocumentId;

use super::{Found, Opened, Person, begin, change, done, open, outline};
use crate::attachments;

/// Gives a draft the revision that is published now as the one it was made from: its author has seen the difference.
/// Returns whether it did.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn rebase(
    node: &Node,
    person: Person,
    id: DocumentId,
    version: u64,
) -> Result<bool, NodeError> {
    let Found::Open(opened) = open(node, person, id).await? else {
        return Ok(false);
    };
    let document = opened.draft.document;
    let Some(held) = node.store.held(&[document]).await?.remove(&document) else {
        return Ok(false);
    };
    if opened.draft.state == DraftState::Submitted {
        return Ok(false);
    }
    let change = change(node, person, id, version);
    done(node.store.rebase_draft(change, held.rev).await)
}

/// Returns whether the document of a draft was changed since the draft was begun.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn is_outdated(node: &Node, draft: &WrittenDraft) -> Result<bool, NodeError> {
    let Some(base) = draft.base else {
        return Ok(false);
    };
    let held = node.store.held(&[draft.document]).await?;
    let held = held.get(&draft.document);
    Ok(held.is_some_and(|held| held.rev != base))
}

/// Returns whether a draft changes nothing of the page that it was made from, which is still the one that is published.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn is_unchanged(node: &Node, opened: &Opened) -> Result<bool, NodeError> {
    let draft = &opened.draft;
    let Some((document, rev)) = begin::own_document(node, draft.document).await? else {
        return Ok(false);
    };
    if draft.base != Some(rev)
        || attachments::of_draft(node, draft.id).await? != document.common.attachments
    {
        return Ok(false);
    }
    let content = opened.content.clone();
    let same = move || {
        let published = Content::from_document(&document, content.keeps_private(), outline);
        let sections = content.form().map(|form| form.sections).unwrap_or_default();
        let mut sections = sections.iter();
        let is_same = sections.all(|section| {
            content.section(section, outline) == published.section(section, outline)
        });
        is_same
            && *content.kind() == *published.kind()
            && (content.is_file() || content.file() == published.file())
    };
    Ok(spawn_blocking(same).await?)
}

/// Returns what is published under the id of a draft's document, as a draft would say it.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn published(node: &Node, opened: &Opened) -> Result<Option<Content>, NodeError> {
    let document = begin::own_document(node, opened.draft.document).await?;
    let keeps_private = opened.content.keeps_private();
    Ok(document.map(|(document, _)| Content::from_document(&document, keeps_private, outline)))
}

/// Returns the private part of a document that this node has published.
pub(crate) async fn private_of(
    node: &Node,
    document: DocumentId,
) -> Result<Option<Private>, NodeError> {
    let document = begin::own_document(node, document).await?;
    Ok(document.map(|(document, _)| document.private))
}
