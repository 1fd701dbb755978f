//! Documents related to one: other attempts at the same, those it builds on, and its replacements.

use wire::Relation;

use crate::pages::{link::Link, result_card::address, words};
use node::flows::reading::Shown;

/// The longest summary of a related document, in characters.
const SUMMARY_CHARS: usize = 200;

/// A document that is related to this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Its title.
    pub title: String,
    /// Its address.
    pub href: String,
    /// Who published it.
    pub organisation: String,
    /// Its day, in words.
    pub date: String,
    /// The beginning of its summary.
    pub text: String,
}

/// Related documents under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedGroup {
    /// How they are related.
    pub heading: &'static str,
    /// The fragment that leads to them.
    pub id: &'static str,
    /// The documents.
    pub list: Vec<Related>,
}

/// Returns the documents that have taken its place.
#[must_use]
pub fn replaced_by(shown: &Shown) -> Vec<Link> {
    shown
        .back_links
        .iter()
        .filter(|link| link.relation == Relation::Replaces)
        .map(|link| Link::new(markdown::visible(&link.card.title), address(&link.card)))
        .collect()
}

/// Returns the documents of others who tried it too, and all other related documents by group.
#[must_use]
pub fn related(shown: &Shown) -> (Vec<Related>, Vec<RelatedGroup>) {
    let of = |wanted: Relation| -> Vec<Related> {
        shown
            .back_links
            .iter()
            .filter(|link| link.relation == wanted)
            .map(|link| related_card(&link.card))
            .collect()
    };
    let groups = [
        (
            "Builds on",
            "builds-on",
            shown.based_on.iter().map(related_card).collect(),
        ),
        ("Adapted by others", "adapted", of(Relation::BasedOn)),
        (
            "Replaces",
            "replaces",
            shown.replaces.iter().map(related_card).collect::<Vec<_>>(),
        ),
    ];
    let groups = groups
        .into_iter()
        .filter(|(_, _, list)| !list.is_empty())
        .map(|(heading, id, list)| RelatedGroup { heading, id, list })
        .collect();
    (of(Relation::About), groups)
}

fn related_card(card: &store::Card) -> Related {
    Related {
        title: markdown::visible(&card.title).into_owned(),
        href: address(card),
        organisation: card.owner.organisation.clone(),
        date: words::date(card.sort_at.date()),
        text: words::cut(
            &markdown::visible(card.summary.as_deref().unwrap_or_default()),
            SUMMARY_CHARS,
        ),
    }
}
