//! The pages of a list of the newest documents, in feeds.

use std::collections::HashSet;

use search::Sort;
use store::{Listed, Place};
use wire::{DocumentId, Viewer};

use crate::syndication::{feeds::ON_A_PAGE, place::Start, view::Item};
use finding::search::{self as searching, SearchParams, SearchResults};
use node::{Node, NodeError, flows::reading::card_of};
use pages::problem::Problem;

/// Pages of the list of all nodes on which they take turns: as many documents as a search orders so.
const PAGES_IN_TURN: u32 = 2;

/// A page of a list, and where the next one begins.
pub(super) struct Page {
    pub(super) items: Vec<Item>,
    pub(super) next: Option<Start>,
}

/// Returns a page of a list. In the list of all nodes they take turns on the first pages; the pages after those have all
/// other documents, the newest first, so that who reads every page gets each document once.
pub(super) async fn page(
    node: &Node,
    viewer: Viewer,
    listed: Listed,
    start: Start,
) -> Result<Page, Problem> {
    // The index has public documents only, and it may be behind; then the list is in the order of time.
    if listed == Listed::All && viewer == Viewer::Public {
        match start {
            Start::InTurn(number) if number <= PAGES_IN_TURN => {
                let found = in_turn(node, viewer, number, ON_A_PAGE).await?;
                if node.index.progress() >= node.store.last_change().await? {
                    return Ok(first_pages(node, &found));
                }
            }
            Start::InTurn(_) => return rest(node, viewer, None).await,
            Start::Rest(place) => return rest(node, viewer, place).await,
            Start::After(_) => {}
        }
    }
    let after = match start {
        Start::InTurn(_) => None,
        Start::Rest(place) => place,
        Start::After(place) => Some(place),
    };
    let cards = node
        .store
        .newest(viewer, listed, after, ON_A_PAGE + 1)
        .await?;
    page_from(node, viewer, &cards, Start::After).await
}

async fn in_turn(
    node: &Node,
    viewer: Viewer,
    page: u32,
    per_page: u32,
) -> Result<SearchResults, NodeError> {
    let params = SearchParams {
        sort: Sort::Newest,
        page,
        per_page,
        ..SearchParams::default()
    };
    searching::unmarked_hits(node, viewer, &params).await
}

fn first_pages(node: &Node, found: &SearchResults) -> Page {
    let items = found.hits.iter();
    let items = items.map(|hit| Item::new(node, &hit.card, &hit.shown));
    let next = match found.page < PAGES_IN_TURN {
        true => Start::InTurn(found.page + 1),
        false => Start::Rest(None),
    };
    Page {
        items: items.collect(),
        next: (found.page < found.pages).then_some(next),
    }
}

/// Returns a page of the documents that are not on the first pages.
async fn rest(node: &Node, viewer: Viewer, after: Option<Place>) -> Result<Page, Problem> {
    let of_first = PAGES_IN_TURN * ON_A_PAGE;
    let first = in_turn(node, viewer, 1, of_first).await?;
    let first: HashSet<(i64, DocumentId)> = first
        .hits
        .iter()
        .map(|hit| (hit.card.owner.node_seq, hit.card.id))
        .collect();
    let limit = of_first + ON_A_PAGE + 1;
    let mut cards = node.store.newest(viewer, Listed::All, after, limit).await?;
    cards.retain(|card| !first.contains(&(card.owner.node_seq, card.id)));
    page_from(node, viewer, &cards, |place| Start::Rest(Some(place))).await
}

/// Returns a page of the first of some documents; the next one begins after it if there are more.
async fn page_from(
    node: &Node,
    viewer: Viewer,
    cards: &[store::Card],
    next: impl Fn(Place) -> Start,
) -> Result<Page, Problem> {
    let on_a_page = usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
    let page = cards.get(..on_a_page).unwrap_or(cards);
    let mut items = Vec::with_capacity(page.len());
    for card in page {
        if let Some(shown) = card_of(node, viewer, card).await? {
            items.push(Item::new(node, card, &shown));
        }
    }
    let last = page.last().filter(|_| cards.len() > page.len());
    Ok(Page {
        items,
        next: last.map(|card| next(card.place())),
    })
}
