//! Searching: the index finds, the database decides what may be shown.
//!
//! A hit whose document the viewer can no longer read is left out and not counted, whatever the index says. Labels and
//! provenance come from the database too, with two queries for each search.

mod currency;
mod found;
mod labels;
mod naming;
pub mod organisations;
mod ours;
mod showing;
mod suggesting;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_recursion::async_recursion as boxed;
use domain::FacetGroup;
use search::{Index, IndexError, Query, SearchRequest};
use showing::Showing;
use store::Publisher;
use wire::{Date, Viewer};

pub use found::{Alike, FoundFacet, FoundHit, FoundValue, Marked, SearchResults};
pub use search::params::{
    CORRECT, EXPAND, LIKE, LIKE_OURS, OFF, ON, PER_PAGE, RefusedAmount, SINCE, STAFF_ONLY,
    SearchParams, refused_amounts, without_empty_amounts,
};
pub use suggesting::{Suggestion, SuggestionKind, suggest};

use currency::{incomplete, settle};
use node::{Node, NodeError, flows::gaps, work::spawn_blocking};

/// Time limit of a search. The largest query takes milliseconds, so only an overloaded machine reaches the limit.
const DEADLINE: Duration = Duration::from_secs(5);

/// The answer to someone who asks for what they may not read. It does not say whether there is any.
const SIGN_IN: &str =
    "Sign in to search what is for our staff only. These are results for everyone.";

/// Searches, counts every group, and counts the search if no page has all its words.
///
/// # Errors
/// [`NodeError::Index`] while the index is damaged; the indexer then rebuilds it. [`NodeError::SearchTimeout`].
#[boxed]
pub async fn search(
    node: &Node,
    viewer: Viewer,
    params: &SearchParams,
) -> Result<SearchResults, NodeError> {
    let detail = Detail {
        counted: &FacetGroup::ALL,
        marks: true,
    };
    let results = search_in(node, viewer, params, detail).await?;
    if results.ranked && !results.has_answer() {
        gaps::note(node, &results.params);
    }
    Ok(results)
}

/// Searches without counting any group, for short lists.
///
/// # Errors
/// As [`search()`].
#[boxed]
pub async fn hits(
    node: &Node,
    viewer: Viewer,
    params: &SearchParams,
) -> Result<SearchResults, NodeError> {
    let detail = Detail {
        counted: &[],
        marks: true,
    };
    search_in(node, viewer, params, detail).await
}

/// Searches without counting any group and without marking what matched, for feeds and tables.
///
/// # Errors
/// As [`search()`].
#[boxed]
pub async fn unmarked_hits(
    node: &Node,
    viewer: Viewer,
    params: &SearchParams,
) -> Result<SearchResults, NodeError> {
    counted(node, viewer, params, &[]).await
}

/// Searches without marking what matched, and counts some groups.
///
/// # Errors
/// As [`search()`].
#[boxed]
pub async fn counted(
    node: &Node,
    viewer: Viewer,
    params: &SearchParams,
    groups: &'static [FacetGroup],
) -> Result<SearchResults, NodeError> {
    let detail = Detail {
        counted: groups,
        marks: false,
    };
    search_in(node, viewer, params, detail).await
}

/// Searches this node's own documents that are not for everyone, for a list of `per_page` above the results of the same
/// search. Nothing is found for anyone but this node's staff.
///
/// # Errors
/// As [`search()`].
#[boxed]
pub async fn restricted(
    node: &Node,
    viewer: Viewer,
    params: &SearchParams,
    per_page: u32,
) -> Result<Option<SearchResults>, NodeError> {
    if !has_restricted(node, viewer) {
        return Ok(None);
    }
    let params = SearchParams {
        staff_only: true,
        like_ours: false,
        like: None,
        per_page,
        ..params.with_page(1)
    };
    counted(node, viewer, &params, &[]).await.map(Some)
}

/// Says whether a viewer can search this node's own documents that are not for everyone, and there are any.
#[must_use]
pub fn has_restricted(node: &Node, viewer: Viewer) -> bool {
    viewer == Viewer::Staff && node.restricted_index.documents() > 0
}

/// Returns the part of a search that a viewer may ask for, and the words for what they may not.
fn permitted(params: SearchParams, viewer: Viewer) -> (SearchParams, Option<String>) {
    let is_refused = params.staff_only && viewer != Viewer::Staff;
    let staff_only = params.staff_only && !is_refused;
    let refusal = is_refused.then(|| SIGN_IN.to_owned());
    (
        SearchParams {
            staff_only,
            ..params
        },
        refusal,
    )
}

/// Returns the index that a search asks.
fn index_for<'a>(node: &'a Node, viewer: Viewer, params: &SearchParams) -> &'a Arc<Index> {
    if params.staff_only && viewer == Viewer::Staff {
        &node.restricted_index
    } else {
        &node.index
    }
}

/// What a search finds out besides its hits.
struct Detail {
    /// The groups that are counted.
    counted: &'static [FacetGroup],
    /// Whether snippets are made, and what matched is marked.
    marks: bool,
}

async fn search_in(
    node: &Node,
    viewer: Viewer,
    params: &SearchParams,
    detail: Detail,
) -> Result<SearchResults, NodeError> {
    let started = Instant::now();
    let publishers = node.store.publishers().await?;
    let asked = labels::with_indexed_organisations(params, &publishers.list);
    let (params, refusal) = &permitted(asked, viewer);
    let index = index_for(node, viewer, params);
    let behind = settle(node, index, publishers.last_change).await;
    let ours = ours::chosen(node, params, &publishers.list).await?;
    let request = SearchRequest {
        organisations: ours.as_ref().and_then(|ours| ours.organisations()),
        ..detailed_request(node, viewer, params, &detail, &publishers.list)
    };
    let showing = Showing {
        node,
        index,
        viewer,
        params,
        publishers: &publishers.list,
        marks: detail.marks,
    };
    let (mut page, mut found) = ask_and_show(&showing, &request).await?;
    let (total, with_all) = totals(&page, &found);
    let mut related = showing.hits(&page, &page.related).await?;
    if page.page != params.page {
        // Past the end: no hits, so that who reads page after page comes to an end.
        (found, related) = Default::default();
    }
    let mut notes = std::mem::take(&mut page.notes);
    notes.extend(incomplete(node, index, behind));
    notes.extend(refusal.clone());
    notes.extend(ours.map(|ours| ours.words()));
    notes.extend(labels::unknown_organisations(params, &publishers.list));
    notes.extend(labels::unknown_products(&request.query, total));
    Ok(SearchResults {
        total,
        with_all,
        corrected: page.corrected_text.take(),
        offered: page.offered_text.take(),
        without_unknown: page.without_unknown.take(),
        also_meant: std::mem::take(&mut page.also_meant),
        unknown: std::mem::take(&mut page.unknown),
        also: std::mem::take(&mut page.also),
        ranked: page.ranked,
        narrowed: page.narrowed,
        page: params.page,
        pages: pages(total, params.per_page),
        hits: found,
        related,
        facets: labels::facets(&page.facets, params, &publishers.list),
        notes,
        publishers: publishers.list,
        took: started.elapsed(),
        params: params.clone(),
    })
}

/// Returns what the index is asked for, with what else a search finds out.
fn detailed_request(
    node: &Node,
    viewer: Viewer,
    params: &SearchParams,
    detail: &Detail,
    publishers: &[Publisher],
) -> SearchRequest {
    SearchRequest {
        named: naming::named(&params.q, publishers),
        topics: naming::topics(&params.q),
        facets: detail.counted.to_vec(),
        marks: detail.marks,
        expansions: params.expands.then(|| Arc::clone(&node.expansions)),
        ..request(viewer, params, publishers)
    }
}

/// Asks the index for a page, and the database for what may be shown of it.
async fn ask_and_show(
    showing: &Showing<'_>,
    request: &SearchRequest,
) -> Result<(search::ResultPage, Vec<FoundHit>), NodeError> {
    let Showing { node, index, .. } = *showing;
    let page = ask(node, index, request).await?;
    let found = showing.hits(&page, &page.hits).await?;
    if found.len() == page.hits.len()
        || settle(node, index, node.store.last_change().await?).await > 0
    {
        return Ok((page, found));
    }
    // By now the index has the withdrawals that hid some hits: search again, so that the page is full.
    let page = ask(node, index, request).await?;
    let found = showing.hits(&page, &page.hits).await?;
    Ok((page, found))
}

/// Returns how many documents match, and how many have all the words, without those hits that may not be shown.
fn totals(page: &search::ResultPage, found: &[FoundHit]) -> (u64, u64) {
    let dropped = |of: &dyn Fn(bool) -> bool| {
        let hits = page.hits.iter().filter(|hit| of(hit.has_all)).count();
        let shown = found.iter().filter(|hit| of(hit.has_all)).count();
        u64::try_from(hits.saturating_sub(shown)).unwrap_or(0)
    };
    let total = page.total.saturating_sub(dropped(&|_| true));
    let with_all = page.with_all.saturating_sub(dropped(&|has_all| has_all));
    (total, with_all)
}

/// Returns the request to the index, before the caller says what to count and to mark. A filter typed into the box whose value no document here can have is searched
/// for as words.
fn request(viewer: Viewer, params: &SearchParams, publishers: &[Publisher]) -> SearchRequest {
    let query = Query::parse(&params.q).with_values_of_index(|group, value| {
        search::params::filter_value(group, value)?;
        labels::indexed_value(group, value, publishers)
    });
    SearchRequest {
        query,
        filters: params.filters.clone(),
        sort: params.sort,
        page: params.page,
        per_page: params.per_page,
        viewer,
        like: params.like,
        since: params.since.map(Date::start),
        corrects: params.corrects,
        ..SearchRequest::default()
    }
}

async fn ask(
    node: &Node,
    index: &Arc<Index>,
    request: &SearchRequest,
) -> Result<search::ResultPage, NodeError> {
    let request = request.clone();
    blocking(node, index, move |index| {
        let mut page = index.search(&request)?;
        // Where nothing is marked, no summary is either.
        if !request.marks {
            page.marked.clear();
        }
        Ok(page)
    })
    .await
}

/// Asks the index on a thread that may block, within the deadline.
async fn blocking<T: Send + 'static>(
    node: &Node,
    index: &Arc<Index>,
    work: impl FnOnce(&Index) -> Result<T, IndexError> + Send + 'static,
) -> Result<T, NodeError> {
    let index = Arc::clone(index);
    let asked = spawn_blocking(move || work(&index));
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(Ok(Ok(found))) => Ok(found),
        Ok(Ok(Err(error))) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a search failed");
            node.indexer.suspect();
            Err(error.into())
        }
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(NodeError::SearchTimeout),
    }
}

fn pages(total: u64, per_page: u32) -> u32 {
    let reachable = total.min(u64::from(search::MAX_REACHABLE_HITS));
    u32::try_from(reachable.div_ceil(u64::from(per_page.max(1)))).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_is_one_that_can_be_reached() {
        for (total, per_page, expected) in [
            (0, 10, 0),
            (1, 10, 1),
            (10, 10, 1),
            (11, 10, 2),
            (1_000_000, 10, 1_000),
            (1_000_000, 100, 100),
            (5, 0, 5),
        ] {
            assert_eq!(pages(total, per_page), expected, "{total} by {per_page}");
        }
    }
}
