//! Where to go when nothing was found: the same search with fewer filters, and the topics nearest to what was typed.

use std::sync::Arc;

use domain::FacetGroup;
use finding::search::{FoundValue, SearchParams, SearchResults};
use node::Node;
use wire::Viewer;

use super::Chip;
use crate::{
    PageError,
    link::{CountedLink, Link},
    search_links::{filter_link, search_link},
    words,
};

/// Filters that are removed in turn when nothing was found; each removal costs a search.
const MAX_LOOSENED: usize = 6;
/// Topics that the page offers when nothing was found.
const NEAREST_TOPICS: usize = 8;

/// Searches again without each filter, and returns the number of results of each.
pub(super) async fn loosened(
    node: &Arc<Node>,
    viewer: Viewer,
    params: &SearchParams,
    chips: &[Chip],
) -> Result<Vec<CountedLink>, PageError> {
    let mut tried: Vec<(String, SearchParams)> = chips
        .iter()
        .take(MAX_LOOSENED)
        .map(|chip| (format!("Without “{}”", chip.words), chip.without.clone()))
        .collect();
    if chips.len() > 1 {
        tried.push(("Without any filter".to_owned(), params.unfiltered()));
    }
    let mut out = Vec::new();
    for (words, params) in tried {
        let found = finding::search::unmarked_hits(node, viewer, &params).await?;
        // What the page says above its line: results with all the words, or with some where no page has all.
        let count = match found.with_all {
            0 => words::counted(
                found.total,
                "result with some of your words",
                "results with some of your words",
            ),
            all => words::counted(all, "result", "results"),
        };
        if found.total > 0 {
            out.push(CountedLink {
                link: Link::new(words, search_link(&params)),
                count,
            });
        }
    }
    Ok(out)
}

/// Topics to go on with.
#[derive(Default)]
pub(super) struct NearestTopics {
    /// Whether they are near what was typed; else they are the largest ones.
    pub(super) are_near: bool,
    pub(super) list: Vec<CountedLink>,
}

/// Returns the topics that are near a search, or those with the most case studies.
pub(super) async fn nearest_topics(
    node: &Arc<Node>,
    viewer: Viewer,
    results: &SearchResults,
) -> Result<NearestTopics, PageError> {
    let all = finding::search::search(node, viewer, &SearchParams::default()).await?;
    let topics: Vec<&FoundValue> = all.values(FacetGroup::Topic).collect();
    let near = finding::known::topics_near(results, &topics);
    let are_near = !near.is_empty();
    let list = if are_near { near } else { topics };
    let links = list.into_iter().take(NEAREST_TOPICS);
    let links = links.map(|value| CountedLink {
        link: Link::new(&value.label, filter_link(FacetGroup::Topic, &value.value)),
        count: words::number(value.count),
    });
    Ok(NearestTopics {
        are_near,
        list: links.collect(),
    })
}
