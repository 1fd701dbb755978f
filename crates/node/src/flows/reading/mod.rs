//! Reads one document for a viewer: its text ready to be shown, and the documents that belong to it.
//!
//! The row in the database decides each time: only what the viewer can read is shown. A withdrawn document is a
//! tombstone, and one that the viewer could never read does not exist.

mod provenance;
mod similar;

use std::{collections::HashMap, sync::Arc};

use async_recursion::async_recursion as boxed;
use domain::{Body, body};
use markdown::Rendered;
use store::{BackLink, Document, DocumentState, Publisher, Revision, StoreError, WrittenDraft};
use url::Url;
use wire::{Digest, DocumentId, DocumentRef, NodeId, Relation, Timestamp, Viewer};

pub use provenance::{Provenance, ProvenanceState};

use crate::{
    error::NodeError,
    node::Node,
    renderings::{Rendering, Unrendered},
    urls,
};

/// Documents that are listed as referring to one.
const MAX_BACK_LINKS: u32 = 100;
/// Documents that are listed as linking to one.
const MAX_MENTIONS: u32 = 20;
/// Drafts that one was published from and that are looked at: more than the versions that people look through.
const MAX_DRAFTS: u32 = 100;

/// What there is at an address.
#[derive(Debug)]
pub enum Reading {
    /// A document that the viewer can read.
    Found(Box<Shown>),
    /// It has another address on this site.
    Moved(String),
    /// It was withdrawn.
    Gone(Tombstone),
    /// Nothing that the viewer may know of.
    NotFound,
}

/// A document ready to be shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its row, with its text.
    pub document: Document,
    /// The document itself.
    pub body: Arc<Body>,
    /// Its text as safe HTML; empty where [`Shown::is_withheld`].
    pub rendered: Arc<Rendered>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Its address at its origin.
    pub origin_url: String,
    /// The contact that its organisation gives; unchecked.
    pub contact: Option<String>,
    /// Documents that refer to it and that the viewer can read, the newest first.
    pub back_links: Vec<BackLink>,
    /// The documents that it says it builds on and that the viewer can read here.
    pub based_on: Vec<store::Card>,
    /// The document of another organisation that it is about, if the viewer can read it.
    pub about: Option<store::Card>,
    /// The documents that it says it replaces and that the viewer can read.
    pub replaces: Vec<store::Card>,
    /// Documents whose text links to it and that the viewer can read, the newest first.
    pub mentions: Vec<store::Card>,
    /// Documents that are about the same and that the viewer can read, the most similar first.
    pub similar: Vec<store::Card>,
    /// Its published revisions, the newest first; only this node's own have any here.
    pub revisions: Vec<Revision>,
    /// The drafts that revisions were published from; none of those that an operator published.
    pub drafts: Vec<WrittenDraft>,
}

impl Shown {
    /// Returns the last part of its address.
    #[must_use]
    pub fn slug(&self) -> String {
        self.document
            .text
            .as_ref()
            .map(|text| text.slug.clone())
            .unwrap_or_default()
    }

    /// Returns its path on this site.
    #[must_use]
    pub fn path(&self) -> String {
        urls::document(&self.document.owner.handle, self.document.id, &self.slug())
    }

    /// Returns whether its licence allows only its origin to show more than title and summary.
    #[must_use]
    pub fn is_withheld(&self) -> bool {
        !self.document.owner.own && !self.body.common().licence.allows_text()
    }
}

/// What remains of a withdrawn document, without its text.
#[derive(Debug, Clone)]
pub struct Tombstone {
    /// The node that withdrew it.
    pub node: NodeId,
    /// The node's short local name.
    pub handle: String,
    /// Name of the node's organisation.
    pub organisation: String,
    /// Whether it is this node.
    pub own: bool,
    /// The document.
    pub id: DocumentId,
    /// Why, in one word of the vocabulary.
    pub why: Option<String>,
    /// When it was withdrawn, as far as is known here.
    pub withdrawn: Timestamp,
    /// The documents of the same node that have taken its place.
    pub replaced_by: Vec<store::Card>,
}

/// Returns what there is at `/d/{handle}/{id}/{slug}`. An address that is not the canonical one has
/// moved: another slug or none, a node id for its short name, capitals.
///
/// # Errors
/// Of the database, or for a stored body that cannot be read.
#[boxed]
pub async fn document(
    node: &Node,
    viewer: Viewer,
    handle: &str,
    id: &str,
    slug: Option<&str>,
) -> Result<Reading, NodeError> {
    let reading = find(node, viewer, handle, id).await?;
    if let Reading::Found(shown) = &reading {
        let given = (handle, id, slug);
        let (document, right) = (&shown.document, shown.slug());
        let id = document.id.to_string();
        if given
            != (
                document.owner.handle.as_str(),
                id.as_str(),
                Some(right.as_str()),
            )
        {
            return Ok(Reading::Moved(shown.path()));
        }
    }
    Ok(reading)
}

/// Returns the document of a node, by the node's short name or its id; never `Moved`.
///
/// # Errors
/// As [`document`].
#[boxed]
pub async fn find(
    node: &Node,
    viewer: Viewer,
    handle_or_node: &str,
    id: &str,
) -> Result<Reading, NodeError> {
    let Some(id) = DocumentId::parse(&id.to_ascii_lowercase()) else {
        return Ok(Reading::NotFound);
    };
    let publishers = node.store.publishers().await?.list;
    let Some(publisher) = publisher_of(handle_or_node, &publishers) else {
        return Ok(Reading::NotFound);
    };
    let clears = node.renderings.clears();
    // A document that the viewer may not know of is not found, by the same steps as one that does not exist.
    let Some(document) = node.store.document(viewer, publisher.node_seq, id).await? else {
        node.renderings.remove(publisher.node_seq, id);
        return Ok(Reading::NotFound);
    };
    if document.text.is_none() {
        node.renderings.remove(document.owner.node_seq, id);
        return not_shown(node, viewer, document).await;
    }
    let shown = show(node, viewer, document, clears, publisher, &publishers).await?;
    Ok(shown.map_or(Reading::NotFound, |shown| Reading::Found(Box::new(shown))))
}

fn publisher_of<'a>(handle_or_node: &str, publishers: &'a [Publisher]) -> Option<&'a Publisher> {
    let name = handle_or_node.to_ascii_lowercase();
    publishers
        .iter()
        .find(|publisher| publisher.handle == name || publisher.node.as_str() == name)
}

/// Returns what a viewer sees in place of a document without a text: its tombstone, or nothing.
async fn not_shown(node: &Node, viewer: Viewer, document: Document) -> Result<Reading, NodeError> {
    if document.state != DocumentState::Withdrawn {
        return Ok(Reading::NotFound);
    }
    let (publisher, id) = (&document.owner.node, document.id);
    let links = node
        .store
        .back_links(viewer, publisher, id, MAX_BACK_LINKS)
        .await?;
    let replacing = links
        .into_iter()
        .filter(|link| link.relation == Relation::Replaces);
    Ok(Reading::Gone(Tombstone {
        replaced_by: replacing.map(|link| link.card).collect(),
        node: document.owner.node,
        handle: document.owner.handle,
        organisation: document.owner.organisation,
        own: document.owner.own,
        id: document.id,
        why: document.why,
        withdrawn: document.changed_at,
    }))
}

/// Collects all that a page shows of a live document; `None` without a text that the viewer can read.
async fn show(
    node: &Node,
    viewer: Viewer,
    document: Document,
    clears: u64,
    publisher: &Publisher,
    publishers: &[Publisher],
) -> Result<Option<Shown>, NodeError> {
    // The text, parsed and rendered.
    let id = document.id;
    let origin = (!document.owner.own).then(|| urls::site_of_feed(&document.base));
    let Some(ready) = rendering(node, &document, origin.clone(), clears).await? else {
        return Ok(None);
    };

    // The documents that it names and that name it, as far as the viewer can read them.
    let node_seq = document.owner.node_seq;
    let common = ready.body.common();
    let replaced = common.replaces.iter().map(|id| (node_seq, *id)).collect();
    let based_on = common
        .based_on
        .iter()
        .filter_map(|other| key_of(other, publishers))
        .collect();
    let about = ready.body.document.content.about();
    let about = about.and_then(|other| key_of(other, publishers));
    let (revisions, drafts) = history(node, viewer, &document).await?;
    let own_reference = DocumentRef {
        node: document.owner.node.clone(),
        id,
    };
    let mut shown = Shown {
        provenance: Provenance::for_publisher(Some(publisher), node.now()),
        contact: publisher.contact.clone(),
        origin_url: origin_url(node, &document, origin.as_ref()),
        back_links: node
            .store
            .back_links(viewer, &document.owner.node, id, MAX_BACK_LINKS)
            .await?,
        based_on: cards(node, viewer, based_on).await?,
        about: cards(node, viewer, about.into_iter().collect())
            .await?
            .pop(),
        replaces: cards(node, viewer, replaced).await?,
        mentions: node
            .store
            .mentions(viewer, &own_reference, MAX_MENTIONS)
            .await?,
        similar: similar::similar(node, viewer, (node_seq, id)).await?,
        revisions,
        drafts,
        body: Arc::clone(&ready.body),
        rendered: ready.rendered,
        document,
    };
    if shown.is_withheld() {
        shown.rendered = Arc::default();
    }
    Ok(Some(shown))
}

/// Returns the published revisions of a document and the drafts that they were published from; only this node's own have
/// any here.
async fn history(
    node: &Node,
    viewer: Viewer,
    document: &Document,
) -> Result<(Vec<Revision>, Vec<WrittenDraft>), NodeError> {
    if !document.owner.own {
        return Ok((Vec::new(), Vec::new()));
    }
    let (node_seq, id) = (document.owner.node_seq, document.id);
    let revisions = node.store.revisions(viewer, node_seq, id).await?;
    let drafts = node.store.published_drafts_of(id, MAX_DRAFTS).await?;
    Ok((revisions, drafts))
}

/// Returns the text of a document, parsed and rendered; `None` without a text.
async fn rendering(
    node: &Node,
    document: &Document,
    origin: Option<Url>,
    clears: u64,
) -> Result<Option<Rendering>, NodeError> {
    let Some(text) = &document.text else {
        return Ok(None);
    };
    let digest = document
        .provenance
        .as_ref()
        .and_then(|provenance| provenance.digest);
    let unrendered = Unrendered {
        node_seq: document.owner.node_seq,
        id: document.id,
        digest: digest.unwrap_or_else(|| Digest::for_bytes(&text.body)),
        handle: &document.owner.handle,
        body: &text.body,
        origin,
        seen: document.changed_at,
        clears,
    };
    Ok(Some(node.renderings.rendering(unrendered).await?))
}

fn key_of(other: &DocumentRef, publishers: &[Publisher]) -> Option<(i64, DocumentId)> {
    let publisher = publishers
        .iter()
        .find(|publisher| publisher.node == other.node)?;
    Some((publisher.node_seq, other.id))
}

/// Returns those of the documents that the viewer can read.
async fn cards(
    node: &Node,
    viewer: Viewer,
    mut keys: Vec<(i64, DocumentId)>,
) -> Result<Vec<store::Card>, StoreError> {
    let mut seen = HashMap::new();
    keys.retain(|key| seen.insert(*key, ()).is_none());
    keys.truncate(usize::try_from(MAX_BACK_LINKS).unwrap_or(usize::MAX));
    node.store.cards(viewer, &keys).await
}

fn origin_url(node: &Node, document: &Document, origin: Option<&Url>) -> String {
    let slug = document
        .text
        .as_ref()
        .map(|text| text.slug.as_str())
        .unwrap_or_default();
    match origin {
        // Its handle there is not known here. The node id is valid in place of the handle.
        Some(site) => {
            let path = urls::document(document.owner.node.as_str(), document.id, slug);
            format!("{}{path}", site.as_str().trim_end_matches('/'))
        }
        None => urls::absolute(
            node,
            &urls::document(&document.owner.handle, document.id, slug),
        ),
    }
}

/// Returns the card of a row. A card that an older version of the program wrote is made again from the body.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn card_of(
    node: &Node,
    viewer: Viewer,
    card: &store::Card,
) -> Result<Option<domain::Card>, StoreError> {
    if let Some(shown) = domain::Card::from_json(&card.card) {
        return Ok(Some(shown));
    }
    whole_card(node, viewer, card).await
}

/// Returns the card of a row, made of the body.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn whole_card(
    node: &Node,
    viewer: Viewer,
    card: &store::Card,
) -> Result<Option<domain::Card>, StoreError> {
    let document = node
        .store
        .document(viewer, card.owner.node_seq, card.id)
        .await?;
    let text = document.and_then(|document| document.text);
    let body = text.and_then(|text| body::read_local(&text.body).ok());
    Ok(body.map(|body| domain::Card::new(&body, markdown::plain_text)))
}
