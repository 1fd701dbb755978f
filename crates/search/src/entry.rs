//! What goes into the index: one entry per live document, and the changes that carry entries.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use wire::{DocumentId, Timestamp, Visibility};

/// The groups by which results can be filtered and counted.
///
/// The names are the query keys of the search page and of the JSON API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FacetGroup {
    /// `case-study`, `page`, and the other kinds of document.
    Kind,
    /// The type of a case study: lesson, stopped, how-to.
    Type,
    /// The five digital priorities.
    Priority,
    /// The seven measures of What Good Looks Like.
    Wgll,
    /// Where care is given.
    CareSetting,
    /// The subject.
    Topic,
    /// Whom it is written for.
    Audience,
    /// The ODS code of the organisation that published it.
    Organisation,
    /// Whether it worked.
    Result,
    /// The author's verdict: yes, with changes, no.
    WouldRepeat,
    /// How far the work had come.
    Stage,
    /// The cost band.
    Cost,
    /// Products and their suppliers.
    System,
    /// How the result was measured.
    Evidence,
    /// What stood in the way.
    Barrier,
    /// The licence of the text.
    Licence,
    /// The year of publication.
    Year,
}

impl FacetGroup {
    /// Every group, in the order in which a page shows them.
    pub const ALL: [Self; 17] = [
        Self::Kind,
        Self::Result,
        Self::Topic,
        Self::CareSetting,
        Self::Priority,
        Self::Wgll,
        Self::Organisation,
        Self::Stage,
        Self::Cost,
        Self::Evidence,
        Self::System,
        Self::Year,
        Self::Type,
        Self::Audience,
        Self::WouldRepeat,
        Self::Barrier,
        Self::Licence,
    ];

    /// Returns the group's name: its key in a URL, in the API and in `name:value` in the search box.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Type => "type",
            Self::Priority => "priority",
            Self::Wgll => "wgll",
            Self::CareSetting => "care_setting",
            Self::Topic => "topic",
            Self::Audience => "audience",
            Self::Organisation => "organisation",
            Self::Result => "result",
            Self::WouldRepeat => "would_repeat",
            Self::Stage => "stage",
            Self::Cost => "cost",
            Self::System => "system",
            Self::Evidence => "evidence",
            Self::Barrier => "barrier",
            Self::Licence => "licence",
            Self::Year => "year",
        }
    }

    /// Returns the group of that name, in any case, with `-` as good as `_`.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|group| group.as_str() == name)
    }
}

impl fmt::Display for FacetGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one entry is known by: the node's local number and the document's id.
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
    /// What "newest" sorts by. The caller sees to it that it never lies in the future.
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
