//! The versions of a document of this node, as drafts that can be compared.
//!
//! A viewer sees a version only where they can read the document now, and could read that version when it was published.

use async_recursion::async_recursion as boxed;
use domain::{Document, body};
use drafting::Content;
use node::{Node, NodeError};
use store::{OWN, Revision};
use wire::{DocumentId, Viewer};

use crate::drafts::outline;

/// Returns the versions of a document that a viewer can read, the newest first; none if there is no such document.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn list(node: &Node, viewer: Viewer, id: DocumentId) -> Result<Vec<Revision>, NodeError> {
    let revisions = node.store.revisions(viewer, OWN, id).await?;
    Ok(revisions.into_iter().filter(|one| one.held).collect())
}

/// Returns what one of those versions says, without its private part; `None` where the viewer may not read it.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn content(
    node: &Node,
    viewer: Viewer,
    id: DocumentId,
    revision: &Revision,
) -> Result<Option<Content>, NodeError> {
    let document = document(node, viewer, id, revision).await?;
    Ok(document.map(|document| Content::from_document(&document, true, outline)))
}

/// Returns one of those versions as a document, without its private part; `None` where the viewer may not read it.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn document(
    node: &Node,
    viewer: Viewer,
    id: DocumentId,
    revision: &Revision,
) -> Result<Option<Document>, NodeError> {
    let Some(bytes) = node.store.revision_body(id, &revision.digest).await? else {
        return Ok(None);
    };
    // One that this program cannot read any more is not compared.
    let Ok(read) = body::read_local(&bytes) else {
        return Ok(None);
    };
    // What was for fewer readers once stays with them.
    if !viewer.can_read(read.common().visibility) {
        return Ok(None);
    }
    Ok(Some(read.document))
}
