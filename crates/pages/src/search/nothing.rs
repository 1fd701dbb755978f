//! Where to go when nothing was found: the same search with fewer filters, and the topics nearest to what was typed.

use std::sync::Arc;

use domain::FacetGroup;
use finding::search::SearchParams;
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
/// Letters that two words begin with if one is like the other.
const MIN_LIKE_LETTERS: usize = 4;

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
    /// Whether their names are like what was typed; else they are the largest ones.
    pub(super) are_near: bool,
    pub(super) list: Vec<CountedLink>,
}

/// Returns the topics whose names are like what was typed, or those with the most case studies.
pub(super) async fn nearest_topics(
    node: &Arc<Node>,
    viewer: Viewer,
    typed: &str,
) -> Result<NearestTopics, PageError> {
    let all = finding::search::search(node, viewer, &SearchParams::default()).await?;
    let mut values: Vec<_> = all.values(FacetGroup::Topic).collect();
    // The sort is stable: among equally near ones, the topic with the most case studies comes first.
    values.sort_by_key(|value| std::cmp::Reverse(nearness(typed, &value.label)));
    let is_near = |label: &str| nearness(typed, label) > 0;
    let are_near = values.first().is_some_and(|value| is_near(&value.label));
    let list = values
        .iter()
        .filter(|value| !are_near || is_near(&value.label))
        .take(NEAREST_TOPICS)
        .map(|value| CountedLink {
            link: Link::new(&value.label, filter_link(FacetGroup::Topic, &value.value)),
            count: words::number(value.count),
        })
        .collect();
    Ok(NearestTopics { are_near, list })
}

/// Returns how many words of a label begin like a word that was typed.
fn nearness(typed: &str, label: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        let letters = |c: char| !c.is_alphanumeric();
        text.to_lowercase()
            .split(letters)
            .map(str::to_owned)
            .collect()
    };
    let typed = words(typed);
    let is_like = |word: &String| {
        let same = |other: &String| {
            let same = word.chars().zip(other.chars()).take_while(|(a, b)| a == b);
            same.count() >= MIN_LIKE_LETTERS
        };
        typed.iter().any(same)
    };
    words(label).iter().filter(|word| is_like(word)).count()
}
