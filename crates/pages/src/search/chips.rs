//! The filters in use, each with the same search without it.

use std::borrow::Cow;

use finding::search::{SearchParams, SearchResults};

use crate::{search_links::search_link, words};

/// A filter in use, and the same search without it.
#[derive(Clone)]
pub(super) struct Chip {
    pub(super) words: String,
    /// The same search without it.
    pub(super) without: SearchParams,
    pub(super) href: String,
}

/// Returns a chip for each filter in use.
pub(super) fn chips(results: &SearchResults) -> Vec<Chip> {
    let params = &results.params;
    let mut out = Vec::new();
    for (group, values) in &params.filters {
        for value in values {
            let words = results
                .facets
                .iter()
                .filter(|facet| facet.group == *group)
                .flat_map(|facet| facet.values.iter())
                .find(|found| found.value == *value)
                .map(|found| found.label.clone())
                .or_else(|| group.value_label(value).map(Cow::into_owned))
                .unwrap_or_else(|| markdown::visible(value).into_owned());
            out.push(chip(words, params.without(*group, value)));
        }
    }
    if params.staff_only {
        let without = SearchParams {
            staff_only: false,
            ..params.with_page(1)
        };
        out.push(chip("For our staff only".to_owned(), without));
    }
    if params.like_ours {
        let without = SearchParams {
            like_ours: false,
            ..params.with_page(1)
        };
        out.push(chip("Organisations like ours".to_owned(), without));
    }
    if let Some(since) = params.since {
        let without = SearchParams {
            since: None,
            ..params.with_page(1)
        };
        out.push(chip(format!("New since {}", words::date(since)), without));
    }
    out
}

fn chip(words: String, without: SearchParams) -> Chip {
    Chip {
        words,
        href: search_link(&without),
        without,
    }
}
