//! What is searched for, and in which order the hits come.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::FacetGroup;
use wire::{Timestamp, Viewer};

use crate::expansions::Expansions;
use crate::likeness::Likeness;
use crate::query::Query;

/// The order of the hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The best match first; newest first where nothing was asked for.
    #[default]
    Relevance,
    /// The latest first.
    Newest,
    /// The most adopted first, among equals the latest.
    Adopted,
    /// The last reviewed first, what was never reviewed last.
    Reviewed,
}

impl Sort {
    /// Every order, in the order in which a page offers them.
    pub const ALL: [Self; 4] = [Self::Relevance, Self::Newest, Self::Adopted, Self::Reviewed];

    /// Returns the value of `sort=`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Newest => "newest",
            Self::Adopted => "adopted",
            Self::Reviewed => "reviewed",
        }
    }

    /// Reads the value of `sort=`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// What to search for.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// What was typed.
    pub query: Query,
    /// What was ticked: alternatives within a group, all groups together.
    pub filters: BTreeMap<FacetGroup, Vec<String>>,
    /// The order of the hits.
    pub sort: Sort,
    /// The page, from 1.
    pub page: u32,
    /// Hits on a page, `1..=100`.
    pub per_page: u32,
    /// Who searches.
    pub viewer: Viewer,
    /// Only documents with this likeness.
    pub like: Option<Likeness>,
    /// Only documents that are new since this time: the time by which the newest come first.
    pub since: Option<Timestamp>,
    /// Only documents of these organisations, whatever else is ticked.
    pub organisations: Option<Vec<String>>,
    /// Organisations that the words name: of documents with the same words, theirs come first.
    pub named: Vec<String>,
    /// Topics that the words name: of documents with the words, those that declare one of these come first.
    pub topics: Vec<String>,
    /// The groups to count. Fewer cost less.
    pub facets: Vec<FacetGroup>,
    /// Whether each hit gets its title and snippet, with what matched marked. Lists without them save most of the time.
    pub marks: bool,
    /// Whether documents on the subject of the words come first, once the index has learnt which these are.
    pub related: bool,
    /// Whether the spelling of words that occur nowhere is corrected.
    pub corrects: bool,
    /// The abbreviations and words of one meaning that are searched for too; `None` for none.
    pub expansions: Option<Arc<Expansions>>,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            query: Query::default(),
            filters: BTreeMap::new(),
            sort: Sort::default(),
            page: 1,
            per_page: 10,
            viewer: Viewer::Public,
            like: None,
            since: None,
            organisations: None,
            named: Vec::new(),
            topics: Vec::new(),
            facets: FacetGroup::ALL.to_vec(),
            marks: true,
            related: true,
            corrects: true,
            expansions: Some(Expansions::built_in()),
        }
    }
}
