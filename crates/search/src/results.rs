//! One page of results: hits in order, counts, and how the query was read.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::entry::Key;
use crate::facets::Facet;
use crate::likeness::Likeness;
use crate::sought::Corrected;

/// One page of results.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultPage {
    /// How many documents match: those that have all the words, and after them those that have some.
    pub total: u64,
    /// How many of them have all the words, in any of their forms. They come first in every order.
    pub with_all: u64,
    /// Whether the query holds words that rank the results, whatever order was asked for. `false`
    /// for a query without words, and for one whose words are all too common to be indexed.
    pub ranked: bool,
    /// Whether the query's text leaves out any document: by its words, by an exclusion or by a
    /// `name:value` filter. The filters of [`SearchRequest::filters`](crate::SearchRequest::filters) do not count here.
    pub narrowed: bool,
    /// The page returned: the one asked for, or the last one that can be reached.
    pub page: u32,
    /// Hits on a page.
    pub per_page: u32,
    /// The hits of this page, in order.
    pub hits: Vec<Hit>,
    /// After the last hit, documents that have none of the words and are about the same, the nearest first. They are not
    /// counted.
    pub related: Vec<Hit>,
    /// The counts that were asked for, in the order in which they were: of the documents that have all the words, or
    /// of the others where there is none.
    pub facets: Vec<Facet>,
    /// The words whose spelling was corrected.
    pub corrected: Vec<Corrected>,
    /// What was typed with the corrected words in it; `None` where nothing was corrected.
    pub corrected_text: Option<String>,
    /// What was typed with other words in it that may have been meant, and that were not searched for: a word that no page
    /// has can be spelt right. `None` where there is none.
    pub offered_text: Option<String>,
    /// What was typed without phrases and titles of which no document has a word; `None` unless they are why nothing is found.
    pub without_unknown: Option<String>,
    /// Other words that were searched for in place of those that were corrected.
    pub also_meant: Vec<String>,
    /// The words that no document has, in lower case.
    pub unknown: Vec<String>,
    /// Abbreviations, long forms and words of one meaning that were searched for too; of those that no page has, only where
    /// no page has all the words.
    pub also: Vec<String>,
    /// What was ignored or read differently, in plain English.
    pub notes: Vec<String>,
    /// The words that were looked for, in the forms that the index has; for a `Marker`.
    pub marked: BTreeSet<String>,
    /// How long it took.
    pub took: Duration,
}

/// One document that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which document.
    pub key: Key,
    /// The revision that was indexed.
    pub rev: u64,
    /// Higher is better within documents that have all the words, and within the others; 0 where the order is not by
    /// relevance.
    pub score: f32,
    /// Whether it has all the words.
    pub has_all: bool,
    /// The hits that come later in the list since they are nearly the same as this one.
    pub alike: Option<Alike>,
    /// The title: escaped text and `<mark>`, nothing else. Empty unless marks were asked for.
    pub title_html: String,
    /// The part of the body that matches: escaped text and `<mark>`, at most 180 characters of text.
    /// Empty unless marks were asked for.
    pub snippet_html: String,
}

/// Hits that are nearly the same as another one of the same node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alike {
    /// What they share.
    pub likeness: Likeness,
    /// How many others there are.
    pub others: u64,
}
