//! How documents went, as one sentence: "9 worked · 4 partly · 3 did not · 1 too early, from 3 organisations", and as a bar
//! with a part for each of them.

use domain::{FacetGroup, Term as _, vocabulary::Outcome as Result};
use finding::search::{SearchParams, SearchResults};
use node::urls;

use crate::{link::Link, words};

/// The sentence, in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// Each result that a document has.
    pub links: Vec<Outcome>,
    /// From how many organisations they are.
    pub from: Option<String>,
}

/// The documents of one result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Their number and how they went, and the search for them.
    pub link: Link,
    /// The last part of the class names.
    pub class: &'static str,
    /// Where its part of the bar begins, and how long that is, in percent of the bar.
    pub start: String,
    /// The length of its part.
    pub share: String,
    /// Whether the search is narrowed to them.
    pub is_chosen: bool,
}

impl Outcomes {
    /// Returns the sentence about the results of a search; `None` if no document has a result.
    #[must_use]
    pub fn for_results(results: &SearchResults) -> Option<Self> {
        let count = |result: &Result| {
            let mut values = results.values(FacetGroup::Result);
            let found = values.find(|value| value.value == result.as_str());
            (*result, found.map_or(0, |value| value.count))
        };
        let counts: Vec<(Result, u64)> = Result::ALL.iter().map(count).collect();
        // A filter does not narrow the counts of its own group.
        let filters = &results.params.filters;
        let is_narrowed = filters.contains_key(&FacetGroup::Organisation);
        let from = results.values(FacetGroup::Organisation);
        let from = from.filter(|value| value.count > 0 && (value.selected || !is_narrowed));
        let from = from.count();
        Self::new(&results.params.with_page(1), &counts, from)
    }

    /// Returns the sentence about the documents of a search, of which so many have each result.
    #[must_use]
    pub fn new(
        params: &SearchParams,
        counts: &[(Result, u64)],
        organisations: usize,
    ) -> Option<Self> {
        let all: u64 = counts.iter().map(|(_, count)| count).sum();
        let mut before = 0;
        let mut links = Vec::new();
        for (result, count) in counts.iter().filter(|(_, count)| *count > 0) {
            let search = only(params, *result).to_query_string();
            links.push(Outcome {
                link: Link::new(
                    said(*result, *count),
                    urls::with_query(urls::SEARCH, &search),
                ),
                class: result.as_str(),
                start: words::percent(before, all),
                share: words::percent(*count, all),
                is_chosen: params.selects(FacetGroup::Result, result.as_str()),
            });
            before += count;
        }
        (!links.is_empty()).then(|| Self {
            links,
            from: (organisations > 1).then(|| format!("from {organisations} organisations")),
        })
    }
}

impl Outcomes {
    /// Returns the results that the search is narrowed to, or those that it leaves out.
    #[must_use]
    pub fn chosen(&self, is_chosen: bool) -> Vec<&Outcome> {
        let links = self.links.iter();
        links.filter(|one| one.is_chosen == is_chosen).collect()
    }
}

/// Returns the search narrowed to one result.
fn only(params: &SearchParams, result: Result) -> SearchParams {
    let mut only = params.clone();
    only.filters.remove(&FacetGroup::Result);
    only.with(FacetGroup::Result, result.as_str())
}

/// Returns a number of documents and how they went, as a part of a sentence.
#[must_use]
pub fn said(result: Result, count: u64) -> String {
    let went = match result {
        Result::Worked => "worked",
        Result::Partly => "partly worked",
        Result::DidNotWork => "did not work",
        Result::TooEarly => "too early to say",
    };
    format!("{} {went}", words::number(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bar_follow_one_another_and_fill_it() {
        let counts = [
            (Result::Worked, 3),
            (Result::Partly, 2),
            (Result::DidNotWork, 0),
            (Result::TooEarly, 1),
        ];
        let outcomes = Outcomes::new(&SearchParams::default(), &counts, 0).unwrap();
        let parts: Vec<_> = outcomes
            .links
            .iter()
            .map(|part| (part.class, part.start.as_str(), part.share.as_str()))
            .collect();
        assert_eq!(
            parts,
            [
                ("worked", "0%", "50%"),
                ("partly", "50%", "33.33%"),
                ("too-early", "83.33%", "16.67%")
            ]
        );
        assert!(Outcomes::new(&SearchParams::default(), &[(Result::Worked, 0)], 0).is_none());
    }
}
