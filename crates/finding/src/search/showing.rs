//! What is shown of hits: the database decides which of them the viewer can read.

use std::sync::Arc;

use domain::front_matter::shorten;
use search::{Hit, Index, Marker, ResultPage};
use store::Publisher;
use wire::Viewer;

use super::{Alike, FoundHit, Marked, SearchParams};
use node::{
    Node, NodeError,
    flows::reading::{self, Provenance},
};

/// The longest summary in a list, in characters.
const MAX_SUMMARY_CHARS: usize = 240;

/// How the hits of a search are shown.
pub(super) struct Showing<'a> {
    pub(super) node: &'a Node,
    /// The index that was asked.
    pub(super) index: &'a Arc<Index>,
    pub(super) viewer: Viewer,
    pub(super) params: &'a SearchParams,
    pub(super) publishers: &'a [Publisher],
    /// Whether what matched is marked.
    pub(super) marks: bool,
}

impl Showing<'_> {
    /// Returns those of some hits that may be shown, in order.
    pub(super) async fn hits(
        &self,
        page: &ResultPage,
        hits: &[Hit],
    ) -> Result<Vec<FoundHit>, NodeError> {
        let Self {
            node,
            viewer,
            params,
            ..
        } = *self;
        let keys: Vec<_> = hits
            .iter()
            .map(|hit| (hit.key.node_seq, hit.key.id))
            .collect();
        let cards = node.store.cards(viewer, &keys).await?;
        let mut marker = self.marks.then(|| self.index.marker(&page.marked));
        let mut cards = cards.into_iter().peekable();
        let mut found = Vec::with_capacity(keys.len());
        for hit in hits {
            // The cards come in the order of the keys.
            let same = |card: &store::Card| {
                (card.owner.node_seq, card.id) == (hit.key.node_seq, hit.key.id)
            };
            let Some(card) = cards.next_if(same) else {
                continue;
            };
            let Some(shown) = reading::card_of(node, viewer, &card).await? else {
                continue;
            };
            let publisher = self
                .publishers
                .iter()
                .find(|publisher| publisher.node_seq == card.owner.node_seq);
            let alike = hit.alike.map(|alike| {
                let like = Some(alike.likeness);
                let params = params.with_page(1);
                Alike {
                    others: alike.others,
                    params: SearchParams { like, ..params },
                }
            });
            let marked = marker
                .as_mut()
                .map(|marker| marked(hit, &card, &shown, marker));
            found.push(FoundHit {
                marked,
                score: hit.score,
                has_all: hit.has_all,
                alike,
                provenance: Provenance::for_publisher(publisher, node.now()),
                shown,
                card,
            });
        }
        Ok(found)
    }
}

/// Returns the texts of a hit with what matched marked.
fn marked(hit: &Hit, card: &store::Card, shown: &domain::Card, marker: &mut Marker) -> Marked {
    // What was indexed of an earlier revision may show what the current one removed.
    let is_current = hit.rev == card.rev;
    let or_whole = |html: &str, text: &str| {
        if is_current && !html.is_empty() {
            html.to_owned()
        } else {
            markdown::escape(&markdown::visible(text))
        }
    };
    let summary = shorten(&markdown::visible(&shown.summary), MAX_SUMMARY_CHARS);
    Marked {
        title_html: or_whole(&hit.title_html, &card.title),
        summary_html: marker.mark(&summary),
        snippet_html: or_whole(
            &hit.snippet_html,
            card.summary.as_deref().unwrap_or_default(),
        ),
    }
}
