//! One document in a list: the answer first, the provenance last.

use domain::{
    FacetGroup, Kind, Term as _,
    vocabulary::{CostBand, Outcome, Topic},
};
use wire::{Date, Timestamp};

use crate::{link::Link, origin::Origin, words};
use node::{
    flows::{
        reading::Provenance,
        search::{FoundHit, PER_PAGE, SearchParams},
    },
    urls,
};

/// The longest summary in a list, in characters.
const SUMMARY_CHARS: usize = 240;

/// One document in a list.
#[derive(Debug, Clone)]
pub struct ResultCard {
    /// Its address.
    pub href: String,
    /// Its title: escaped text and `<mark>`.
    pub title_html: String,
    /// Who published it.
    pub organisation: String,
    /// What it is: `Case study`, `Page`, …
    pub kind: String,
    /// Its day, in words.
    pub date: String,
    /// Two lines of its text, escaped, with `<mark>`.
    pub text_html: String,
    /// Its facts.
    pub facts: Facts,
    /// Where it comes from.
    pub origin: Origin,
    /// The link to it and to those of its organisation that are nearly the same.
    pub alike: Option<Link>,
}

/// The facts of a document, shown between its summary and its provenance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// How it went.
    pub tag: Option<Tag>,
    /// The measure that says how it went, or that there is none; case studies only.
    pub measure: Option<Measure>,
    /// What it cost, in words.
    pub cost: Option<&'static str>,
    /// Its first topic.
    pub topic: Option<&'static str>,
    /// The warning that its review is overdue.
    pub overdue: Option<String>,
}

/// A word on a coloured background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// The colour's class.
    pub class: &'static str,
    /// Its text.
    pub words: &'static str,
}

/// The measure that a card shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// What was measured.
    pub name: String,
    /// The change; empty if nothing was measured.
    pub change: String,
    /// The change for a screen reader, which would read the arrow: `from 52 to 7 minutes`.
    pub spoken: String,
}

impl Tag {
    /// Returns the tag of a result.
    #[must_use]
    pub fn for_result(result: Outcome) -> Self {
        let class = match result {
            Outcome::Worked => "green",
            Outcome::Partly => "yellow",
            Outcome::DidNotWork => "red",
            Outcome::TooEarly => "grey",
        };
        Self {
            class,
            words: result.label(),
        }
    }
}

/// The values that a card is made from.
pub struct Source<'a> {
    /// The row in the database.
    pub card: &'a store::Card,
    /// What its writer keeps for lists.
    pub shown: &'a domain::Card,
    /// Where it comes from.
    pub provenance: &'a Provenance,
    /// The title with what was found in it.
    pub title_html: Option<&'a str>,
    /// The text with what was found in it.
    pub snippet_html: Option<&'a str>,
}

impl ResultCard {
    /// Makes the card of a hit. A search without words shows summaries.
    #[must_use]
    pub fn for_hit(hit: &FoundHit, words: bool, now: Timestamp) -> Self {
        let source = Source {
            card: &hit.card,
            shown: &hit.shown,
            provenance: &hit.provenance,
            title_html: words.then_some(hit.title_html.as_str()),
            snippet_html: words.then_some(hit.snippet_html.as_str()),
        };
        let alike = hit.alike.as_ref().map(|(others, all)| {
            let words = format!("and {} more like this", words::number(*others));
            let all = SearchParams {
                per_page: PER_PAGE,
                ..all.clone()
            };
            Link::new(
                words,
                urls::with_query(urls::SEARCH, &all.to_query_string()),
            )
        });
        Self {
            alike,
            ..Self::new(&source, now)
        }
    }

    /// Makes the card of a document in a list.
    #[must_use]
    pub fn new(source: &Source<'_>, now: Timestamp) -> Self {
        let Source { card, shown, .. } = source;
        let title = source.title_html.filter(|html| !html.is_empty());
        let snippet = source.snippet_html.filter(|html| !html.is_empty());
        Self {
            href: address(card),
            title_html: title.map_or_else(|| escaped(&card.title), ToOwned::to_owned),
            organisation: card.owner.organisation.clone(),
            kind: shown.kind_label(),
            date: words::date(card.sort_at.date()),
            text_html: snippet.map_or_else(
                || escaped(&words::cut(&shown.summary, SUMMARY_CHARS)),
                ToOwned::to_owned,
            ),
            facts: Facts {
                topic: shown.term(FacetGroup::Topic).map(Topic::label),
                overdue: overdue(shown.review_by, now.date()),
                ..Facts::from_card(shown)
            },
            origin: Origin::new(source.provenance, now),
            alike: None,
        }
    }
}

impl Facts {
    /// Returns how something went and what it cost.
    #[must_use]
    pub fn from_card(card: &domain::Card) -> Self {
        let cost: Option<CostBand> = card.term(FacetGroup::Cost);
        Self {
            tag: card.term(FacetGroup::Result).map(Tag::for_result),
            measure: measure(card),
            cost: cost
                .filter(|band| *band != CostBand::NotKnown)
                .map(CostBand::label),
            ..Self::default()
        }
    }

    /// Returns whether there is no fact to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Returns the address of a card's document.
#[must_use]
pub fn address(card: &store::Card) -> String {
    urls::document(&card.owner.handle, card.id, &card.slug)
}

/// Escapes text for HTML, and makes visible what would reorder it.
#[must_use]
pub fn escaped(text: &str) -> String {
    markdown::escape(&markdown::visible(text))
}

/// Returns the warning that a review is overdue, if it is.
#[must_use]
pub fn overdue(review_by: Option<Date>, today: Date) -> Option<String> {
    let due = review_by.filter(|due| *due < today)?;
    Some(format!("Review overdue since {}", words::date(due)))
}

/// Returns the headline, or the note that there is none. For a failure without one there is no note, since it may have
/// measures that got better.
fn measure(card: &domain::Card) -> Option<Measure> {
    if let Some(headline) = &card.headline {
        return Some(Measure {
            name: headline.name.clone(),
            change: headline.change.clone(),
            spoken: spoken(&headline.change),
        });
    }
    let result: Outcome = card.term(FacetGroup::Result)?;
    let unmeasured = Kind::parse(&card.kind).has_measures() && result != Outcome::DidNotWork;
    unmeasured.then(|| Measure {
        name: "No measured result".to_owned(),
        change: String::new(),
        spoken: String::new(),
    })
}

fn spoken(change: &str) -> String {
    match change.split_once(" → ") {
        Some((before, after)) => format!("from {before} to {after}"),
        None => change.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::Headline;

    use super::*;

    #[test]
    fn a_failure_whose_measures_all_got_better_is_not_said_to_have_none() {
        let bytes = include_bytes!("../../domain/tests/golden/case-study.json");
        let mut card = domain::Card::new(&domain::body::read(bytes).unwrap(), str::to_owned);
        let headline = Headline {
            name: "Wait".to_owned(),
            change: "9 → 12 minutes".to_owned(),
            better: Some(false),
        };
        for (result, headline, shown) in [
            (Outcome::Worked, None, Some("No measured result")),
            (Outcome::DidNotWork, None, None),
            (Outcome::DidNotWork, Some(headline), Some("Wait")),
        ] {
            card.headline = headline;
            let held = vec![result.as_str().to_owned()];
            card.facets.insert(FacetGroup::Result, held);
            let found = measure(&card).map(|measure| measure.name);
            assert_eq!(found.as_deref(), shown);
        }
    }
}
