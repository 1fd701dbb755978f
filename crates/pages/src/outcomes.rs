//! How documents went, as one sentence: "9 worked · 4 partly · 3 did not · 1 too early, from 3 organisations".

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
        let from = results.values(FacetGroup::Organisation);
        let from = from.filter(|value| value.count > 0).count();
        Self::new(&results.params.with_page(1), &counts, from)
    }

    /// Returns the sentence about the documents of a search, of which so many have each result.
    #[must_use]
    pub fn new(
        params: &SearchParams,
        counts: &[(Result, u64)],
        organisations: usize,
    ) -> Option<Self> {
        let link = |(result, count): &(Result, u64)| Outcome {
            link: Link::new(
                said(*result, *count),
                urls::with_query(urls::SEARCH, &only(params, *result).to_query_string()),
            ),
            class: result.as_str(),
            is_chosen: params.selects(FacetGroup::Result, result.as_str()),
        };
        let counts = counts.iter().filter(|(_, count)| *count > 0);
        let links: Vec<Outcome> = counts.map(link).collect();
        (!links.is_empty()).then(|| Self {
            links,
            from: (organisations > 1).then(|| format!("from {organisations} organisations")),
        })
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
