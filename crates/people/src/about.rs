//! Which document an adoption is about: an address becomes the reference of the document, and what the adoption leaves
//! open is taken over from there.
//!
//! A reference to a document that is not held here is kept as it is: the document may come later.

use async_recursion::async_recursion as boxed;
use domain::{
    About, Content, Document, FacetGroup, Fault, Kind, PageAddress,
    vocabulary::{Topic, Visibility},
};
use node::{Node, NodeError, flows::reading, urls};
use store::{Card, Publisher};
use wire::{DocumentRef, Viewer};

use crate::drafts::outline;

/// The most topics that an adoption takes over.
const MAX_TOPICS: usize = 4;

/// Completes an adoption before it is published, from a file or a draft: replaces the address by the reference of the
/// document, and adds the topics of that if the adoption has none. Returns what is wrong with what it is about; nothing for a document of another kind.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn complete(node: &Node, document: &mut Document) -> Result<Option<Fault>, NodeError> {
    let visibility = document.common.visibility;
    let Content::Adoption(adoption) = &mut document.content else {
        return Ok(None);
    };
    // Step 1: which document it is.
    let publishers = node.store.publishers().await?.list;
    let target = match &adoption.about {
        About::Document(target) => target.clone(),
        About::Page(address) => match find(node, address, &publishers).await? {
            Some(target) => target,
            None => {
                return Ok(Some(fault(
                    "is the address of a page that this site has no copy of; check it, or write `<node id>/<document id>`",
                )));
            }
        },
    };
    adoption.about = About::Document(target.clone());
    // Step 2: whose it is. A document that is not held here needs no more.
    let publisher = publishers.iter().find(|held| held.node == target.node);
    let Some(publisher) = publisher else {
        return Ok(None);
    };
    if publisher.own {
        return Ok(Some(fault(
            "is a page of your own organisation; change that page, or write an observation",
        )));
    }
    let cards = node
        .store
        .cards(Viewer::Staff, &[(publisher.node_seq, target.id)])
        .await?;
    let Some(card) = cards.first() else {
        return Ok(None);
    };
    if Kind::parse(&card.kind) == Kind::Adoption {
        return Ok(Some(fault(
            "is itself about another page; write the address of that page",
        )));
    }
    // Step 3: take over its topics, and name it to no one who cannot read it.
    let Some(shown) = reading::card_of(node, Viewer::Staff, card).await? else {
        return Ok(None);
    };
    if adoption.topics.is_empty() {
        adoption.topics = shown
            .terms::<Topic>(FacetGroup::Topic)
            .take(MAX_TOPICS)
            .collect();
    }
    Ok(is_wider(visibility, shown.visibility).then(|| {
        let says = format!(
            "`visibility` is wider than that of the page it is about; write `visibility: {}`",
            shown.visibility.as_str()
        );
        Fault::new("visibility", None, says)
    }))
}

/// Returns the card of the document that a draft of an adoption is about, if it is held here.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn subject(node: &Node, content: &drafting::Content) -> Result<Option<Card>, NodeError> {
    let Some(about) = content.about(outline) else {
        return Ok(None);
    };
    let publishers = node.store.publishers().await?.list;
    let target = match about {
        About::Document(target) => Some(target),
        About::Page(address) => find(node, &address, &publishers).await?,
    };
    let key = target.and_then(|target| {
        let publisher = publishers.iter().find(|held| held.node == target.node)?;
        Some((publisher.node_seq, target.id))
    });
    let Some(key) = key else { return Ok(None) };
    Ok(node.store.cards(Viewer::Staff, &[key]).await?.pop())
}

fn fault(says: &str) -> Fault {
    Fault::new("about", None, format!("`about` {says}"))
}

/// Returns whether someone can read what has one visibility and not what has the other.
fn is_wider(visibility: Visibility, other: Visibility) -> bool {
    let reads = |viewer: &Viewer| viewer.can_read(visibility) && !viewer.can_read(other);
    Viewer::ALL.iter().any(reads)
}

/// Returns the document whose page has an address. Another node may have a document with the same id, so the address must
/// name this site, the site of the document's own node, or its publisher as it is called here.
pub(crate) async fn find(
    node: &Node,
    address: &PageAddress,
    publishers: &[Publisher],
) -> Result<Option<DocumentRef>, NodeError> {
    let keys: Vec<_> = publishers
        .iter()
        .map(|publisher| (publisher.node_seq, address.id()))
        .collect();
    let cards = node.store.cards(Viewer::Staff, &keys).await?;
    let of_node = |publisher: &Publisher| {
        let card = cards
            .iter()
            .find(|card| card.owner.node_seq == publisher.node_seq)?;
        Some(DocumentRef {
            node: publisher.node.clone(),
            id: card.id,
        })
    };
    // What the site of a node has is that node's, unless only someone else's document has the id.
    let called = |publisher: &&Publisher| publisher.handle == address.handle();
    let site = |publisher: &&Publisher| is_site_of(publisher, address);
    let at_site = publishers
        .iter()
        .find(site)
        .filter(|_| !is_here(node, address));
    Ok(at_site
        .and_then(of_node)
        .or_else(|| publishers.iter().find(called).and_then(of_node)))
}

/// Returns whether an address is of this site, or of that of a node whose documents are held here.
pub(crate) fn is_at_known_site(
    node: &Node,
    address: &PageAddress,
    publishers: &[Publisher],
) -> bool {
    let mut publishers = publishers.iter();
    is_here(node, address) || publishers.any(|publisher| is_site_of(publisher, address))
}

fn is_here(node: &Node, address: &PageAddress) -> bool {
    address.site().is_empty() || address.site() == urls::absolute(node, "")
}

fn is_site_of(publisher: &Publisher, address: &PageAddress) -> bool {
    let site = urls::site_of_feed(&publisher.base);
    !publisher.own && site.as_str().trim_end_matches('/') == address.site()
}
