//! Where the links of an adapted text lead: it was written for the site of its origin, and is published on this one.
//!
//! A link to a document that is held here, whoever has published it, becomes one that every node understands. Any other link
//! within the site of the origin becomes an address there, so that no link leads to nothing, or to another page of this site.

use std::collections::HashMap;

use domain::{Document, PageAddress};
use markdown::DOCUMENT_LINK;
use node::{Node, NodeError, flows::reading::Shown, urls};
use store::Publisher;
use url::Url;
use wire::{DocumentId, DocumentRef, NodeId, Viewer};

use super::links::Titles;
use crate::about;

/// Destinations of one text that are looked up; a text with more keeps the others as addresses at its origin.
const MAX_LINKS: usize = 200;

/// A link within the site of the origin.
struct Within {
    /// As it is written.
    url: String,
    /// The document that it leads to, if it says so.
    document: Option<DocumentRef>,
    /// Its part behind the address, with the `#`.
    fragment: String,
}

/// Returns a document of another node with the links of its text as a draft here has them; one of this node as it is.
///
/// # Errors
/// Of the database or the index.
pub(super) async fn relinked(node: &Node, shown: &Shown) -> Result<Document, NodeError> {
    let mut document = shown.body.document.clone();
    let origin = &shown.document.owner.node;
    let publishers = node.store.publishers().await?.list;
    let publisher = publishers.iter().find(|held| held.node == *origin);
    let Some(publisher) = publisher.filter(|publisher| !publisher.own) else {
        return Ok(document);
    };
    let site = urls::site_of_feed(&publisher.base);
    let md = &document.common.body_md;
    // Step 1: what the links within their site lead to.
    let mut within = links_within(md, origin);
    for link in within.iter_mut().take(MAX_LINKS) {
        if link.document.is_none() {
            link.document = at_site(node, &site, &link.url, &publishers).await?;
        }
    }
    let held = held(node, &within, &publishers).await?;
    // Step 2: the same words, with these destinations.
    let leads_to: HashMap<&str, String> = within
        .iter()
        .filter_map(|link| Some((link.url.as_str(), destination(link, &site, &held)?)))
        .collect();
    let md = markdown::rewrite_links(md, |url| leads_to.get(url.trim()).cloned());
    // Step 3: the titles that a file of theirs may have kept are those of their own documents first.
    let titles = Titles::look_up_for(node, &md, origin).await?;
    document.common.body_md = titles.link(&md).md;
    Ok(document)
}

/// Returns the links of a text that lead from the root of its site, each once.
fn links_within(md: &str, origin: &NodeId) -> Vec<Within> {
    let mut within: Vec<Within> = Vec::new();
    drop(markdown::rewrite_links(md, |url| {
        let url = url.trim();
        let is_within = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
        if is_within && !within.iter().any(|link| link.url == url) {
            let (path, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
            within.push(Within {
                url: url.to_owned(),
                document: named(path, origin),
                fragment: fragment.to_owned(),
            });
        }
        None
    }));
    within
}

/// Returns the document that a link names by its number, of the same node or of the one that it names too.
fn named(path: &str, origin: &NodeId) -> Option<DocumentRef> {
    let mut parts = path.strip_prefix(DOCUMENT_LINK)?.split(['/', '?']);
    let first = parts.next()?;
    match DocumentId::parse(first) {
        Some(id) => Some(DocumentRef {
            node: origin.clone(),
            id,
        }),
        None => DocumentRef::parse(&format!("{first}/{}", parts.next()?)),
    }
}

/// Returns the document that the page with an address at the site of the origin shows, if it is held here.
async fn at_site(
    node: &Node,
    site: &Url,
    url: &str,
    publishers: &[Publisher],
) -> Result<Option<DocumentRef>, NodeError> {
    let address = site.join(url).ok();
    let address = address.and_then(|address| PageAddress::parse(address.as_str()));
    match address {
        Some(address) => about::find(node, &address, publishers).await,
        None => Ok(None),
    }
}

/// Returns which of the documents are held here, and whether each is of this node.
async fn held(
    node: &Node,
    within: &[Within],
    publishers: &[Publisher],
) -> Result<HashMap<DocumentRef, bool>, NodeError> {
    let key = |link: &Within| {
        let document = link.document.as_ref()?;
        let publisher = publishers.iter().find(|held| held.node == document.node)?;
        Some((publisher.node_seq, document.id))
    };
    let keys: Vec<_> = within.iter().take(MAX_LINKS).filter_map(key).collect();
    let cards = node.store.cards(Viewer::Staff, &keys).await?;
    let held = cards.into_iter().map(|card| {
        let document = DocumentRef {
            node: card.owner.node,
            id: card.id,
        };
        (document, card.owner.own)
    });
    Ok(held.collect())
}

/// Returns where a link leads from a text of this node; `None` to leave it as it is.
fn destination(link: &Within, site: &Url, held: &HashMap<DocumentRef, bool>) -> Option<String> {
    let fragment = &link.fragment;
    let Some(document) = &link.document else {
        return site.join(&link.url).ok().map(String::from);
    };
    match held.get(document) {
        Some(true) => Some(format!("{DOCUMENT_LINK}{}{fragment}", document.id)),
        Some(false) => Some(format!("{DOCUMENT_LINK}{document}{fragment}")),
        None => {
            let path = urls::document_by_id(document.node.as_str(), document.id);
            let address = site.join(&path).ok()?;
            Some(format!("{address}{fragment}"))
        }
    }
}
