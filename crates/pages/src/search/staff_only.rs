//! Pages for our staff only that have the words of a search for everything.

use std::sync::Arc;

use finding::search::SearchParams;
use node::Node;
use wire::Viewer;

use crate::{PageError, link::Link, result_card::ResultCard, search_links::search_link, words};

/// Pages that are listed; a link leads to the others.
const MAX_LISTED: u32 = 3;

/// A short list above the results of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StaffOnly {
    pub(super) pages: Vec<StaffPage>,
    /// The search for all of them, if there are more.
    pub(super) all: Option<Link>,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StaffPage {
    pub(super) href: String,
    /// Escaped text.
    pub(super) title_html: String,
    /// What it is and its day.
    pub(super) about: String,
}

/// Returns the pages that have all the words; `None` where there is none, the words are missing, or the requester may not
/// read them.
pub(super) async fn found(
    node: &Arc<Node>,
    viewer: Viewer,
    params: &SearchParams,
) -> Result<Option<StaffOnly>, PageError> {
    if params.staff_only || params.page > 1 || params.q.is_empty() {
        return Ok(None);
    }
    let found = finding::search::restricted(node, viewer, params, MAX_LISTED).await?;
    let Some(found) = found.filter(|found| found.ranked && found.with_all > 0) else {
        return Ok(None);
    };
    let hits = found.hits.iter().filter(|hit| hit.has_all);
    let pages = hits.map(|hit| {
        let card = ResultCard::for_hit(hit, false, node.now());
        let kind = if card.kind.is_empty() {
            "Case study"
        } else {
            &card.kind
        };
        StaffPage {
            about: format!("{kind} · {}", card.date),
            href: card.href,
            title_html: card.title_html,
        }
    });
    let pages: Vec<StaffPage> = pages.collect();
    let is_whole = u64::try_from(pages.len()).is_ok_and(|listed| listed >= found.with_all);
    let all = (!is_whole).then(|| {
        let all = SearchParams {
            per_page: params.per_page,
            ..found.params
        };
        let count = words::number(found.with_all);
        Link::new(
            format!("All {count} pages for our staff only"),
            search_link(&all),
        )
    });
    Ok(Some(StaffOnly { pages, all }))
}
