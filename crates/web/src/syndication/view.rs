//! A feed before it is written as Atom or JSON: a list of documents, newest first.

use domain::{FacetGroup, Term as _, vocabulary::Topic};
use store::{Card, WithdrawnDocument};
use wire::{DocumentId, NodeId, Timestamp};

use node::{Node, urls};
use pages::text::one_line;

/// A feed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct View {
    /// What it is, in words.
    pub(super) title: String,
    /// What there is to say of a feed without documents.
    pub(super) about: Option<&'static str>,
    /// The organisation whose node serves it.
    pub(super) publisher: String,
    /// Its own address.
    pub(super) self_url: String,
    /// The address of its first page.
    pub(super) first_url: String,
    /// The address of its next page.
    pub(super) next_url: Option<String>,
    /// The page for people that shows the same.
    pub(super) home_url: String,
    /// The documents of this page.
    pub(super) items: Vec<Item>,
    /// Withdrawn documents, which feed readers have to remove.
    pub(super) withdrawn: Vec<Withdrawn>,
}

/// A withdrawn document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Withdrawn {
    /// Its id in feeds, as [`urn`] makes it.
    pub(super) id: String,
    /// When it was withdrawn.
    pub(super) at: Timestamp,
}

/// A topic or a tag.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Category {
    /// As programs know it.
    pub(super) term: String,
    /// As people read it.
    pub(super) label: String,
}

/// One document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// The same at every node.
    pub(super) id: String,
    pub(super) url: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) organisation: String,
    pub(super) lang: String,
    pub(super) licence: &'static str,
    pub(super) published: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) categories: Vec<Category>,
}

impl View {
    /// Returns the time of the latest change in the feed; the Unix epoch for an empty feed.
    pub(super) fn updated(&self) -> Timestamp {
        let items = self.items.iter().map(|item| item.updated);
        let withdrawn = self.withdrawn.iter().map(|withdrawn| withdrawn.at);
        items.chain(withdrawn).max().unwrap_or_default()
    }
}

impl Item {
    pub(super) fn new(node: &Node, card: &Card, shown: &domain::Card) -> Self {
        let topics = shown.terms::<Topic>(FacetGroup::Topic);
        let topics = topics.map(|topic| Category {
            term: topic.as_str().to_owned(),
            label: topic.label().to_owned(),
        });
        let tags = shown.tags.iter().map(|tag| Category {
            term: one_line(tag),
            label: one_line(tag),
        });
        // A time that an author or a peer claims is never later than the time at which the document came here.
        let updated = card
            .updated
            .map_or(card.changed_at, |at| at.min(card.changed_at));
        Self {
            id: urn(&card.owner.node, card.id),
            url: urls::absolute(node, &urls::card(card)),
            title: one_line(&card.title),
            summary: one_line(card.summary.as_deref().unwrap_or_default()),
            organisation: one_line(&card.owner.organisation),
            lang: one_line(&shown.lang),
            licence: shown.licence.label(),
            published: card
                .published
                .map_or(card.first_seen, |at| at.min(card.first_seen)),
            updated,
            categories: topics
                .chain(tags)
                .filter(|category| !category.term.is_empty())
                .collect(),
        }
    }
}

/// Returns the id of a document in feeds, the same on every node: no other node can claim the pair of node
/// and id.
pub(crate) fn urn(node: &NodeId, id: DocumentId) -> String {
    format!("urn:wardround:{node}:{id}")
}

/// Returns the documents that feed readers have to remove.
pub(super) fn withdrawn(documents: &[WithdrawnDocument]) -> Vec<Withdrawn> {
    documents
        .iter()
        .map(|one| Withdrawn {
            id: urn(&one.node, one.id),
            at: one.at,
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A feed whose texts contain markup that no reader may act on.
    pub(crate) fn hostile() -> View {
        let at = Timestamp::from_secs(1_790_000_000);
        let node = NodeId::for_text(b"a node");
        let id =
            |last: char| format!("urn:wardround:{node}:01996c5e-8a00-7000-8000-00000000000{last}");
        View {
            title: "Wardround – latest & <newest>".to_owned(),
            about: None,
            publisher: "Northmoor \"Hospitals\" <NHS> Trust".to_owned(),
            self_url: "https://x.example/feed.atom?after=1&x=\"<".to_owned(),
            first_url: "https://x.example/feed.atom".to_owned(),
            next_url: Some("https://x.example/feed.atom?after=2".to_owned()),
            home_url: "https://x.example/".to_owned(),
            items: vec![Item {
                id: id('1'),
                url: "https://x.example/d/xx1/01996c5e-8a00-7000-8000-000000000001/tap-and-go"
                    .to_owned(),
                title: "</title><script>alert(1)</script> ]]> & more".to_owned(),
                summary: "From 52 → 7 seconds".to_owned(),
                organisation: "Northmoor & Co".to_owned(),
                lang: "en-GB".to_owned(),
                licence: "Open Government Licence v3.0",
                published: at,
                updated: Timestamp::from_secs(1_790_000_060),
                categories: vec![Category {
                    term: "epr".to_owned(),
                    label: "Electronic patient record (EPR)".to_owned(),
                }],
            }],
            withdrawn: vec![Withdrawn {
                id: id('2'),
                at: Timestamp::from_secs(1_790_000_120),
            }],
        }
    }
}
