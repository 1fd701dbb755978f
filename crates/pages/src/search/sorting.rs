//! The orders in which results can be shown.

use finding::search::SearchParams;
use search::Sort;

use crate::search_links::search_link;

/// An order of the results, and the same search in it.
pub(super) struct SortLink {
    pub(super) words: &'static str,
    pub(super) href: String,
    /// Its name in an address.
    pub(super) name: &'static str,
    pub(super) current: bool,
}

/// Returns the orders that a page offers.
pub(super) fn sorts(params: &SearchParams, ranks: bool) -> Vec<SortLink> {
    // Without words there is no relevance to sort by: the newest come first either way.
    let current = match params.sort {
        Sort::Relevance if !ranks => Sort::Newest,
        sort => sort,
    };
    Sort::ALL
        .into_iter()
        .filter(|sort| ranks || *sort != Sort::Relevance)
        .map(|sort| SortLink {
            words: match sort {
                Sort::Relevance => "Relevance",
                Sort::Newest => "Newest",
                Sort::Adopted => "Most tried",
                Sort::Reviewed => "Last reviewed",
            },
            href: search_link(&SearchParams {
                sort,
                page: 1,
                ..params.clone()
            }),
            name: sort.as_str(),
            current: sort == current,
        })
        .collect()
}
