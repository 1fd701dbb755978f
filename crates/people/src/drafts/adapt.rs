//! Adapting a document of any organisation: a draft that begins with its text and says what it is based on.

use async_recursion::async_recursion as boxed;
use drafting::Content;
use node::{
    Node, NodeError,
    flows::reading::{self, Reading, Shown},
};
use wire::{DocumentRef, Viewer};

use super::{begin::BeginRefusal, outline};

/// The document that a draft is adapted from, as it is now.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its page.
    pub shown: Box<Shown>,
    /// What a draft of it would say if it was begun now.
    pub content: Content,
}

/// Returns what the draft of an adapted document begins with.
///
/// # Errors
/// Of the database.
pub(super) async fn adapted(
    node: &Node,
    reference: &DocumentRef,
) -> Result<Result<Content, BeginRefusal>, NodeError> {
    let Some(shown) = find(node, reference).await? else {
        return Ok(Err(BeginRefusal::Missing));
    };
    if shown.is_withheld() {
        return Ok(Err(BeginRefusal::Licence));
    }
    Ok(content_of(&shown, reference).ok_or(BeginRefusal::Kind))
}

/// Returns the document that a draft is adapted from; `None` for a draft that is not, and where the document is not held here
/// any more.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn origin(node: &Node, content: &Content) -> Result<Option<Origin>, NodeError> {
    let Some(reference) = content.based_on(outline) else {
        return Ok(None);
    };
    let Some(shown) = find(node, &reference).await? else {
        return Ok(None);
    };
    let content = content_of(&shown, &reference);
    Ok(content.map(|content| Origin { shown, content }))
}

fn content_of(shown: &Shown, reference: &DocumentRef) -> Option<Content> {
    Content::from_document(&shown.body.document, true, outline).adapted(reference)
}

async fn find(node: &Node, reference: &DocumentRef) -> Result<Option<Box<Shown>>, NodeError> {
    let id = reference.id.to_string();
    let found = reading::find(node, Viewer::Staff, reference.node.as_str(), &id).await?;
    Ok(match found {
        Reading::Found(shown) => Some(shown),
        Reading::Moved(_) | Reading::Gone(_) | Reading::NotFound => None,
    })
}
