//! Where the links of a draft lead: to its attached files, and to documents that it names by their titles.
//!
//! `[[Title]]` is looked up among the documents that everyone may read, here and at peers. On approval it becomes a link that
//! stays right when the title changes, and that every node understands.

use async_recursion::async_recursion as boxed;
use std::collections::HashMap;

use finding::search::{self, SearchParams};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use markdown::{DOCUMENT_LINK, Links, Rendered, replace_wiki_links, wiki_links};
use node::{Node, NodeError, urls};
use store::{Card, DraftAttachment, Owner};
use wire::{DocumentId, NodeId, Viewer};

use super::{Opened, outline};

/// Titles that are looked up for one text.
const MAX_TITLES: usize = 50;
/// Titles that are looked up at the same time.
const MAX_AT_ONCE: usize = 8;
/// Results among which the title is: those with all its words come first.
const MAX_LOOKED_AT: u32 = 20;

/// What the links of a draft lead to.
#[derive(Debug, Clone)]
pub struct LinkNames {
    draft: DocumentId,
    attachments: Vec<DraftAttachment>,
    titles: Titles,
}

/// The addresses of documents by the titles that a text names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Titles(HashMap<String, Found>);

/// A document with a title.
#[derive(Debug, Clone)]
struct Found {
    /// Its address in a text that is published.
    in_text: String,
    /// Its address on this site.
    here: String,
}

/// A text whose links lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The text.
    pub md: String,
    /// Titles that no document has.
    pub unknown: Vec<String>,
}

impl LinkNames {
    /// Looks up what the links of a draft name.
    ///
    /// # Errors
    /// Of the database or the index.
    #[boxed]
    pub async fn for_draft(node: &Node, opened: &Opened) -> Result<Self, NodeError> {
        Self::for_text(node, opened.draft.id, &opened.content.text(outline)).await
    }

    /// Looks up what the links of a text of a draft name.
    ///
    /// # Errors
    /// As [`LinkNames::for_draft`].
    #[boxed]
    pub async fn for_text(node: &Node, draft: DocumentId, text: &str) -> Result<Self, NodeError> {
        Ok(Self {
            draft,
            attachments: node.store.draft_attachments(draft).await?,
            titles: Titles::look_up(node, text).await?,
        })
    }

    /// Renders a text of the draft as the page of its document would. `title` is what the page says above it.
    #[must_use]
    pub fn render(&self, text: &str, title: Option<&str>) -> Rendered {
        let text = replace_wiki_links(text, |title| {
            self.titles.get(title).map(|found| found.here.clone())
        });
        let attachment = |name: &str| {
            let held = self.attachments.iter().find(|held| held.name == name)?;
            Some(urls::draft_attachment(self.draft, &held.digest, name))
        };
        let description = |name: &str| {
            let held = self.attachments.iter().find(|held| held.name == name)?;
            Some(held.alt.clone())
        };
        let links = Links {
            document: None,
            attachment: Some(&attachment),
            description: Some(&description),
            origin: None,
            title,
        };
        markdown::render(&text, &links)
    }
}

/// Writes links by title as links that every node understands.
///
/// # Errors
/// Of the database or the index.
#[boxed]
pub async fn linked(node: &Node, md: &str) -> Result<Linked, NodeError> {
    Ok(Titles::look_up(node, md).await?.link(md))
}

impl Titles {
    /// Looks up the titles that a text names. Of several documents with a title, this node's own is meant.
    pub(crate) async fn look_up(node: &Node, md: &str) -> Result<Self, NodeError> {
        Self::look_up_first(node, md, |owner| owner.own).await
    }

    /// Looks up the titles that a text of another node names. Of several documents with a title, that node's own is meant.
    pub(super) async fn look_up_for(
        node: &Node,
        md: &str,
        author: &NodeId,
    ) -> Result<Self, NodeError> {
        Self::look_up_first(node, md, |owner| owner.node == *author).await
    }

    /// Looks up titles, several at a time. Of several documents with a title, one of the owner who comes first is meant.
    async fn look_up_first(
        node: &Node,
        md: &str,
        is_first: impl Fn(&Owner) -> bool,
    ) -> Result<Self, NodeError> {
        let is_first = &is_first;
        let mut wanted: Vec<String> = Vec::new();
        for link in wiki_links(md) {
            if !wanted
                .iter()
                .any(|held| folded(held) == folded(&link.title))
            {
                wanted.push(link.title);
            }
        }
        wanted.truncate(MAX_TITLES);
        let lookups = wanted.into_iter().map(async |title| {
            let found = document_with(node, &title, is_first).await?;
            Ok::<_, NodeError>(found.map(|found| (folded(&title), found)))
        });
        let found: Vec<Option<(String, Found)>> = stream::iter(lookups)
            .buffer_unordered(MAX_AT_ONCE)
            .try_collect()
            .await?;
        Ok(Self(found.into_iter().flatten().collect()))
    }

    fn get(&self, title: &str) -> Option<&Found> {
        self.0.get(&folded(title))
    }

    /// Writes the links of a text by title as links that every node understands.
    pub(crate) fn link(&self, md: &str) -> Linked {
        let mut unknown = Vec::new();
        let md = replace_wiki_links(md, |title| {
            let found = self.get(title).map(|found| found.in_text.clone());
            if found.is_none() && !unknown.iter().any(|held| held == title) {
                unknown.push(title.to_owned());
            }
            found
        });
        Linked { md, unknown }
    }
}

/// Returns the document with a title that everyone may read.
async fn document_with(
    node: &Node,
    title: &str,
    is_first: impl Fn(&Owner) -> bool,
) -> Result<Option<Found>, NodeError> {
    let titled = cards_with(node, title).await?;
    let card = titled.into_iter().min_by_key(|card| !is_first(&card.owner));
    Ok(card.map(|card| {
        let (owner, id) = (&card.owner, card.id);
        Found {
            in_text: match owner.own {
                true => format!("{DOCUMENT_LINK}{id}"),
                false => format!("{DOCUMENT_LINK}{}/{id}", owner.node),
            },
            here: urls::document_by_id(&owner.handle, id),
        }
    }))
}

/// Returns the documents of this node with a title that everyone may read.
pub(crate) async fn own_with_title(node: &Node, title: &str) -> Result<Vec<DocumentId>, NodeError> {
    let titled = cards_with(node, title).await?;
    let own = titled.into_iter().filter(|card| card.owner.own);
    Ok(own.map(|card| card.id).collect())
}

/// Returns the cards of the documents with a title that everyone may read.
async fn cards_with(node: &Node, title: &str) -> Result<Vec<Card>, NodeError> {
    let params = SearchParams {
        q: plain_words(title),
        per_page: MAX_LOOKED_AT,
        corrects: false,
        expands: false,
        ..SearchParams::default()
    };
    let results = search::unmarked_hits(node, Viewer::Public, &params).await?;
    let cards = results.hits.into_iter().map(|hit| hit.card);
    Ok(cards
        .filter(|card| folded(&card.title) == folded(title))
        .collect())
}

/// Returns a title as it is compared: in lower case, with one space between words.
fn folded(title: &str) -> String {
    let words: Vec<String> = title.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// Returns the words of a title without any mark that means something to a search.
fn plain_words(title: &str) -> String {
    title
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect()
}
