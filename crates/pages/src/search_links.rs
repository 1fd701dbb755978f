//! The addresses of searches.

use domain::FacetGroup;
use finding::search::SearchParams;
use node::urls;

/// Returns the address of the search page with one filter.
#[must_use]
pub(crate) fn filter_link(group: FacetGroup, value: &str) -> String {
    search_link(&SearchParams::default().with(group, value))
}

/// Returns the address of a search for some words.
#[must_use]
pub(crate) fn words_link(q: &str) -> String {
    search_link(&SearchParams {
        q: q.to_owned(),
        ..SearchParams::default()
    })
}

/// Returns the address of a search.
#[must_use]
pub(crate) fn search_link(params: &SearchParams) -> String {
    search_in(urls::SEARCH, params)
}

/// Returns the address of a search in another form, such as a feed.
#[must_use]
pub(crate) fn search_in(path: &str, params: &SearchParams) -> String {
    urls::with_query(path, &params.to_query_string())
}
