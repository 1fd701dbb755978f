//! A draft that begins with a document of another organisation: an adapted one begins with its text and says what it is
//! based on, and one that says "we tried this too" says what it is about.

use async_recursion::async_recursion as boxed;
use domain::Kind;
use drafting::{BASED_ON, Content, Place};
use node::{
    Node, NodeError,
    flows::reading::{self, Reading, Shown},
    urls,
};
use wire::{DocumentRef, Viewer};

use super::{begin::BeginRefusal, outline, relink::relinked};

/// The document that a draft is adapted from, as it is now.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its page.
    pub shown: Box<Shown>,
    /// What of it a draft can be compared with.
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
    let content = content_of(node, &shown, reference).await?;
    Ok(content
        .map(Content::without_claims)
        .ok_or(BeginRefusal::Kind))
}

/// Returns what a draft begins with that says that this organisation tried too what a document describes; `None` where
/// [`can_be_tried`] says no, and for a document that is not held here.
///
/// # Errors
/// Of the database.
pub(super) async fn tried(
    node: &Node,
    reference: &DocumentRef,
) -> Result<Option<Content>, NodeError> {
    let shown = find(node, reference).await?;
    Ok(shown.filter(|shown| can_be_tried(shown)).and_then(|shown| {
        let address = urls::absolute(node, &shown.path());
        Content::from_document(&shown.body.document, true, outline).tried(&address)
    }))
}

/// Returns whether a reader here can say that their organisation tried it too: a case study or an observation of another
/// organisation.
#[must_use]
pub fn can_be_tried(shown: &Shown) -> bool {
    let is_work = match shown.body.kind {
        Kind::CaseStudy | Kind::Observation => true,
        Kind::Page | Kind::Adoption | Kind::Ask | Kind::Answer | Kind::Other(_) => false,
    };
    is_work && !shown.document.owner.own
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
    let content = content_of(node, &shown, &reference).await?;
    Ok(content.map(|content| Origin { shown, content }))
}

/// Returns the title of a draft: the one that would be published. An adapted one that has none yet is named after its origin.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn title(node: &Node, content: &Content) -> Result<String, NodeError> {
    let title = content.title();
    // Only an observation is published by its first words.
    let is_made = *content.kind() == Kind::Observation && !title.is_empty();
    let has_title = content.has_title() || is_made;
    let reference = content.based_on(outline).filter(|_| !has_title);
    let Some(reference) = reference else {
        return Ok(title);
    };
    let publishers = node.store.publishers().await?.list;
    let publisher = publishers.iter().find(|held| held.node == reference.node);
    let card = match publisher {
        Some(publisher) => {
            let key = (publisher.node_seq, reference.id);
            node.store.cards(Viewer::Staff, &[key]).await?.pop()
        }
        None => None,
    };
    Ok(match card {
        Some(card) => format!("Adapted from “{}”", card.title),
        None => "Adapted from another organisation".to_owned(),
    })
}

/// Reads a draft that says that it is based on a document; `None` for others, which need not be read for their titles.
pub(super) fn adapts(bytes: &[u8]) -> Option<Content> {
    let key = BASED_ON.as_bytes();
    let names = bytes.windows(key.len()).any(|window| window == key);
    names.then(|| Content::read(bytes)).flatten()
}

/// Returns the parts of a draft that still say what the document says which it is adapted from: their author has to say what
/// their own organisation did.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn unchanged(node: &Node, content: &Content) -> Result<Vec<Place>, NodeError> {
    let Some(origin) = origin(node, content).await? else {
        return Ok(Vec::new());
    };
    let organisation = &origin.shown.document.owner.organisation;
    let what_to_do = if *content.kind() == Kind::Page {
        "change what is different at your organisation"
    } else {
        "say what you did in their place"
    };
    let same = content.same_texts(&origin.content, outline).into_iter();
    let place = same.map(|(section, field)| Place {
        section: section.name,
        title: section.title,
        field: field.name.to_owned(),
        line: None,
        text: format!("These are the words of {organisation}: {what_to_do}"),
    });
    Ok(place.collect())
}

async fn content_of(
    node: &Node,
    shown: &Shown,
    reference: &DocumentRef,
) -> Result<Option<Content>, NodeError> {
    let document = relinked(node, shown).await?;
    Ok(Content::from_document(&document, true, outline).adapted(reference))
}

async fn find(node: &Node, reference: &DocumentRef) -> Result<Option<Box<Shown>>, NodeError> {
    let id = reference.id.to_string();
    let found = reading::find(node, Viewer::Staff, reference.node.as_str(), &id).await?;
    Ok(match found {
        Reading::Found(shown) => Some(shown),
        Reading::Moved(_) | Reading::Gone(_) | Reading::NotFound => None,
    })
}
