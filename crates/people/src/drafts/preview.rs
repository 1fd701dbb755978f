//! How a draft will look: its text by the renderer that publishes, and the document as the index and its card see it.

use async_recursion::async_recursion as boxed;
use domain::{Body, Document, Organisation, Stamp, body};
use markdown::Rendered;
use wire::DocumentId;

use super::{LinkNames, Opened, outline};
use node::{Node, NodeError, work::spawn_blocking};

/// A draft as readers will see it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The text.
    pub rendered: Rendered,
    /// The document as peers read it; `None` while something is wrong with the draft.
    pub body: Option<Box<Body>>,
    /// What is valid, while something is wrong with the draft.
    pub partial: Option<PartialBody>,
}

/// What is valid in a draft that cannot be published yet.
#[derive(Debug, Clone)]
pub struct PartialBody {
    /// The document as peers would read it; what is in the gaps means nothing.
    pub body: Box<Body>,
    /// The summary as it is written.
    pub summary: String,
    /// The keys that are missing or wrong.
    pub gaps: Vec<String>,
}

/// Returns how a draft will look.
///
/// # Errors
/// [`NodeError::NotInitialised`]; [`NodeError::Task`].
#[boxed]
pub async fn preview(node: &Node, opened: &Opened) -> Result<Preview, NodeError> {
    let identity = node.identity().ok_or(NodeError::NotInitialised)?;
    let organisation = Organisation {
        ods: identity.ods.clone(),
        name: identity.name.clone(),
    };
    let names = LinkNames::for_draft(node, opened).await?;
    let (content, id) = (opened.content.clone(), opened.draft.document);
    let rev = opened.draft.base.unwrap_or(0) + 1;
    let today = node.now().date();
    Ok(spawn_blocking(move || {
        let checked = drafting::check::check(&content, today, outline);
        let named = organisation.clone();
        let body = checked.document.and_then(|mut document| {
            document.complete(today);
            as_published(&document, id, rev, organisation)
        });
        let partial = match body {
            Some(_) => None,
            None => drafting::partial::partial(&content, outline),
        };
        let partial = partial.and_then(|partial| {
            let mut document = partial.document;
            document.complete(today);
            let body = as_published(&document, id, rev, named)?;
            Some(PartialBody {
                body: Box::new(body),
                summary: partial.summary,
                gaps: partial.gaps,
            })
        });
        Preview {
            partial,
            rendered: names.render(&content.text(outline), Some(&content.title())),
            body: body.map(Box::new),
        }
    })
    .await?)
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
