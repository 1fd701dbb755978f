//! The organisations that a search names, each with a link to its page.

use std::sync::Arc;

use domain::FacetGroup;
use finding::search::{SearchParams, SearchResults, organisations::names};
use node::{Node, indexer::organisation_value, urls};
use wire::Viewer;

use crate::{
    PageError,
    link::{CountedLink, Link},
    words,
};

/// Returns the organisations that were searched for, each with the number of its pages that everyone can read here.
pub(super) async fn named(
    node: &Arc<Node>,
    viewer: Viewer,
    results: &SearchResults,
) -> Result<Vec<CountedLink>, PageError> {
    let mut offered = Vec::new();
    for found in names(
        &results.params.q,
        results.corrected.as_deref(),
        &results.publishers,
    ) {
        let publisher = found.publisher;
        let handle = &publisher.handle;
        let pages = SearchParams {
            per_page: 1,
            ..SearchParams::default()
        };
        let pages = pages.with(FacetGroup::Organisation, &organisation_value(handle));
        let pages = finding::search::unmarked_hits(node, viewer, &pages).await?;
        // A line ends before the number, and not within it.
        let count = words::counted(pages.total, "page", "pages").replace(' ', "\u{a0}");
        offered.push(CountedLink {
            link: Link::new(
                markdown::visible(&publisher.name),
                urls::organisation(handle),
            ),
            count: match found.former {
                Some(former) => format!("earlier {} –\u{a0}{count}", markdown::visible(former)),
                None => count,
            },
        });
    }
    Ok(offered)
}
