//! How a draft will look: its text by the renderer that publishes, and the document as the index and its card see it.

use domain::{Body, Document, Organisation, Stamp, body};
use drafting::Content;
use markdown::{Links, Rendered};
use store::DraftAttachment;
use wire::DocumentId;

use super::{Opened, outline};
use node::{Node, NodeError, urls, work::spawn_blocking};

/// A draft as readers will see it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The text.
    pub rendered: Rendered,
    /// The document as peers read it; `None` while something is wrong with the draft.
    pub body: Option<Box<Body>>,
}

/// Returns how a draft will look.
///
/// # Errors
/// [`NodeError::NotInitialised`]; [`NodeError::Task`].
pub async fn preview(node: &Node, opened: &Opened) -> Result<Preview, NodeError> {
    let identity = node.identity().ok_or(NodeError::NotInitialised)?;
    let organisation = Organisation {
        ods: identity.ods.clone(),
        name: identity.name.clone(),
    };
    let attachments = node.store.draft_attachments(opened.draft.id).await?;
    let draft = opened.draft.id;
    let (content, id) = (opened.content.clone(), opened.draft.document);
    let rev = opened.draft.base.unwrap_or(0) + 1;
    let today = node.now().date();
    Ok(spawn_blocking(move || {
        let checked = drafting::check::check(&content, today, outline);
        let body = checked.document.and_then(|mut document| {
            document.complete(today);
            as_published(&document, id, rev, organisation)
        });
        Preview {
            rendered: render(&content, draft, &attachments),
            body: body.map(Box::new),
        }
    })
    .await?)
}

/// Renders a text as the page of its document would.
#[must_use]
fn render(content: &Content, draft: DocumentId, attachments: &[DraftAttachment]) -> Rendered {
    let title = content.title();
    let attachment = |name: &str| {
        let held = attachments.iter().find(|held| held.name == name)?;
        Some(urls::draft_attachment(draft, &held.digest, name))
    };
    let links = Links {
        document: None,
        attachment: Some(&attachment),
        origin: None,
        title: Some(&title),
    };
    markdown::render(&content.text(outline), &links)
}

/// Encodes a document and reads it back as every peer will.
fn as_published(
    document: &Document,
    id: DocumentId,
    rev: u64,
    organisation: Organisation,
) -> Option<Body> {
    let stamp = Stamp {
        id,
        rev,
        salt: [0; 16],
        organisation: Some(organisation),
    };
    let bytes = body::encode(document, &stamp).ok()?;
    body::read_local(&bytes).ok()
}
