//! What a search returns.

use std::time::Duration;

use domain::FacetGroup;
use store::Publisher;

use super::SearchParams;
use node::flows::reading::Provenance;

/// One page of results.
#[derive(Debug, Clone)]
pub struct SearchResults {
    /// The search.
    pub params: SearchParams,
    /// How many documents match: those with all the words, then those with some.
    pub total: u64,
    /// How many of them have all the words, in any form.
    pub with_all: u64,
    /// Whether the words of the search rank the results, whatever order was asked for.
    pub ranked: bool,
    /// Whether the text of the search leaves out any document; filters do not count.
    pub narrowed: bool,
    /// The number of this page; a page past the end has no hits.
    pub page: u32,
    /// How many pages there are; 0 when nothing matches.
    pub pages: u32,
    /// The documents of this page, in order.
    pub hits: Vec<FoundHit>,
    /// After the last of all hits, pages that have none of the words and are about the same. They are not counted.
    pub related: Vec<FoundHit>,
    /// The counts.
    pub facets: Vec<FoundFacet>,
    /// What was searched for instead of what was typed, if spelling was corrected.
    pub corrected: Option<String>,
    /// What was typed with other words in it that may have been meant, and that were not searched for.
    pub offered: Option<String>,
    /// What was typed without phrases that no document can have, if they are why nothing is found.
    pub without_unknown: Option<String>,
    /// Other words that were searched for in place of those that were corrected.
    pub also_meant: Vec<String>,
    /// Words of the search that no document has.
    pub unknown: Vec<String>,
    /// Abbreviations, long forms and words of one meaning that were searched for too.
    pub also: Vec<String>,
    /// Which words of the search were ignored or read differently. The notes of [`SearchParams::parse`] are not included.
    pub notes: Vec<String>,
    /// Whose documents are held here, of which the search may name one.
    pub publishers: Vec<Publisher>,
    /// How long it took.
    pub took: Duration,
}

/// One document that matches.
#[derive(Debug, Clone)]
pub struct FoundHit {
    /// Its row.
    pub card: store::Card,
    /// What a result card shows of it.
    pub shown: domain::Card,
    /// Its texts with what matched marked, if that was asked for.
    pub marked: Option<Marked>,
    /// Higher is better; 0 where the order is not by relevance.
    pub score: f32,
    /// Whether it has all the words of the search; those that have come first.
    pub has_all: bool,
    /// Others of its node that are nearly the same and come later in the list.
    pub alike: Option<Alike>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// The texts of a hit: escaped text and `<mark>`, nothing else.
#[derive(Debug, Clone)]
pub struct Marked {
    /// The title.
    pub title_html: String,
    /// The beginning of the summary; empty if it has none.
    pub summary_html: String,
    /// The part of the text that matches.
    pub snippet_html: String,
}

/// The counts of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFacet {
    /// The group.
    pub group: FacetGroup,
    /// What people read.
    pub label: &'static str,
    /// Its values, the most frequent first; what is ticked is there even if nothing has it.
    pub values: Vec<FoundValue>,
}

/// One value, and how many results have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundValue {
    /// The value as addresses have it.
    pub value: String,
    /// What people read.
    pub label: String,
    /// How many results have it, or would have if it were ticked alone in its group.
    pub count: u64,
    /// Whether it is ticked.
    pub selected: bool,
}

impl SearchResults {
    /// Returns the counted values of a group.
    pub fn values(&self, group: FacetGroup) -> impl Iterator<Item = &FoundValue> {
        let of_group = self.facets.iter().filter(move |facet| facet.group == group);
        of_group.flat_map(|facet| facet.values.iter())
    }

    /// Returns whether a document has every word: one that occurs nowhere is left out of the search, so others may be found.
    #[must_use]
    pub fn has_answer(&self) -> bool {
        self.with_all > 0 && self.unknown.is_empty()
    }
}

/// Documents of one node that are nearly the same as a hit.
#[derive(Debug, Clone)]
pub struct Alike {
    /// How many there are.
    pub others: u64,
    /// The search that shows the hit and all of them.
    pub params: SearchParams,
}
