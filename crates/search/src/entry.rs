//! What goes into the index: one entry per live document, and the changes that carry entries.

use std::collections::BTreeMap;
use std::fmt;

use domain::FacetGroup;
use wire::{DocumentId, Timestamp, Visibility};

/// Identifies one entry: the node's local number and the document's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The local number of the node that published the document.
    pub node_seq: i64,
    /// The document's id, unique within its node.
    pub id: DocumentId,
}

impl Key {
    /// Reads the form that `Display` writes, `<node_seq>/<id>`.
    pub fn parse(text: &str) -> Option<Self> {
        let (node_seq, id) = text.split_once('/')?;
        Some(Self {
            node_seq: node_seq.parse().ok()?,
            id: DocumentId::parse(id)?,
        })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.node_seq, self.id)
    }
}

/// One live document as the index sees it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What the entry replaces and is found by.
    pub key: Key,
    /// The revision that is indexed.
    pub rev: u64,
    /// Who may find it.
    pub visibility: Visibility,
    /// Plain text.
    pub title: String,
    /// Plain text.
    pub summary: String,
    /// The body as plain text, without any markup. What lies beyond 1 MiB is not indexed.
    pub body_text: String,
    /// The author's free tags.
    pub tags: Vec<String>,
    /// What else a reader may search by and no facet shows word for word: the labels of the
    /// document's vocabulary values, products, partners, the organisation's name.
    pub labels: Vec<String>,
    /// Values to filter and count by; a value that is given twice counts once.
    pub facets: BTreeMap<FacetGroup, Vec<String>>,
    /// What "newest" sorts by. The caller makes sure that it is not in the future.
    pub sort_at: Timestamp,
    /// The last review of the whole document.
    pub reviewed: Option<Timestamp>,
    /// How many organisations have recorded that they adopted it.
    pub adoptions: u64,
}

/// One step of the index queue.
#[derive(Debug, Clone)]
pub enum Change {
    /// The document is live: index it, in place of an earlier revision.
    Put(Box<Entry>),
    /// The document must not be found any more.
    Delete(Key),
}
