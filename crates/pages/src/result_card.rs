//! One document in a list: what it is about, then how it went, what it cost and who can be asked.

use domain::{
    FacetGroup, Kind, Term as _,
    vocabulary::{AdoptionStatus, CostBand, OpenTo, Outcome},
};
use wire::{Date, Timestamp};

use crate::{link::Link, origin::Origin, promised::promised, tag::Tag, words};
use finding::{
    search::{FoundHit, PER_PAGE, SearchParams},
    ticks,
};
use node::{flows::reading::Provenance, urls};

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
    /// What it is: `Page`, `How-to guide`, …; empty for an ordinary case study.
    pub kind: String,
    /// Its day, in words.
    pub date: String,
    /// Its summary: escaped text and `<mark>`.
    pub text_html: String,
    /// The part of its text that has the words of the search, where title and summary have none: escaped text and
    /// `<mark>`.
    pub mentions_html: Option<String>,
    /// Its facts.
    pub facts: Facts,
    /// Where it comes from.
    pub origin: Origin,
    /// The link to it and to those of its organisation that are nearly the same.
    pub alike: Option<Link>,
    /// What a form sends to compare it with others; only results of a search can be ticked.
    pub pick: Option<Pick>,
}

/// The box of a card that can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// What names the document in an address.
    pub value: String,
    /// Whether it is ticked.
    pub is_ticked: bool,
}

/// The facts of a document, shown between its summary and its provenance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// How it went.
    pub tag: Option<Tag>,
    /// The measure that says how it went, or that there is none; case studies only.
    pub measure: Option<Measure>,
    /// How far its organisation has come with what another one published; adoptions only.
    pub adoption: Option<&'static str>,
    /// How many others tried it too, in words.
    pub tried: Option<String>,
    /// What it cost, in words.
    pub cost: Option<&'static str>,
    /// That its team can be rung.
    pub open_to_call: Option<&'static str>,
    /// That a result is promised and not reported yet.
    pub promised: Option<String>,
    /// The warning that its review is overdue.
    pub overdue: Option<String>,
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

/// The values that a card is made from.
pub struct Source<'a> {
    /// The row in the database.
    pub card: &'a store::Card,
    /// What its writer keeps for lists.
    pub shown: &'a domain::Card,
    /// Where it comes from.
    pub provenance: &'a Provenance,
    /// What was found in it, for the result of a search.
    pub found: Option<Marks<'a>>,
}

/// What was found in a document: escaped text and `<mark>`.
#[derive(Clone, Copy)]
pub struct Marks<'a> {
    /// The title.
    pub title: &'a str,
    /// The beginning of the summary; empty if it has none.
    pub summary: &'a str,
    /// The part of the text that matches.
    pub snippet: &'a str,
}

impl Marks<'_> {
    /// Returns the part of the text that matches, unless title or summary show a match already.
    fn mentions(&self) -> Option<&str> {
        let has_mark = |html: &str| html.contains("<mark>");
        let shown = has_mark(self.title) || has_mark(self.summary);
        (!shown && has_mark(self.snippet)).then_some(self.snippet)
    }
}

impl ResultCard {
    /// Makes the card of a hit. A search without words shows summaries.
    #[must_use]
    pub fn for_hit(hit: &FoundHit, words: bool, now: Timestamp) -> Self {
        let source = Source {
            card: &hit.card,
            shown: &hit.shown,
            provenance: &hit.provenance,
            found: hit.marked.as_ref().filter(|_| words).map(|marked| Marks {
                title: &marked.title_html,
                summary: &marked.summary_html,
                snippet: &marked.snippet_html,
            }),
        };
        let alike = hit.alike.as_ref().map(|alike| {
            let words = format!("and {} more like this", words::number(alike.others));
            let all = SearchParams {
                per_page: PER_PAGE,
                ..alike.params.clone()
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

    /// Lets a reader tick the card to compare the document with others.
    #[must_use]
    pub fn that_can_be_ticked(mut self, card: &store::Card) -> Self {
        self.pick = self.facts.tag.is_some().then(|| Pick {
            value: ticks::value(&card.owner.handle, card.id),
            is_ticked: false,
        });
        self
    }

    /// Makes the card of a document in a list.
    #[must_use]
    pub fn new(source: &Source<'_>, now: Timestamp) -> Self {
        let Source { card, shown, .. } = source;
        let found = source.found;
        let html = |html: Option<&str>| html.filter(|html| !html.is_empty()).map(str::to_owned);
        let kind = shown.kind_label();
        Self {
            href: urls::card(card),
            title_html: html(found.map(|found| found.title))
                .unwrap_or_else(|| escaped(&card.title)),
            organisation: ledger::short_name(&card.owner.organisation).to_owned(),
            kind: if kind == Kind::CaseStudy.label() {
                String::new()
            } else {
                kind
            },
            date: words::date(card.sort_at.date()),
            text_html: html(found.map(|found| found.summary))
                .unwrap_or_else(|| escaped(&words::cut(&shown.summary, SUMMARY_CHARS))),
            mentions_html: found.and_then(|found| found.mentions().map(str::to_owned)),
            facts: Facts {
                overdue: overdue(shown.review_by, now.date()),
                tried: tried_too(card.tried),
                ..Facts::from_card(shown)
            },
            origin: Origin::new(source.provenance, now),
            alike: None,
            pick: None,
        }
    }
}

/// Returns how many others tried it too: `2 others tried this too`.
pub(crate) fn tried_too(count: u64) -> Option<String> {
    (count > 0).then(|| words::counted(count, "other tried this too", "others tried this too"))
}

impl Facts {
    /// Returns how something went and what it cost.
    #[must_use]
    pub fn from_card(card: &domain::Card) -> Self {
        let cost: Option<CostBand> = card.term(FacetGroup::Cost);
        Self {
            tag: card.term(FacetGroup::Result).map(Tag::for_result),
            measure: measure(card),
            adoption: card.adoption.map(AdoptionStatus::label),
            cost: cost
                .filter(|band| *band != CostBand::NotKnown)
                .map(CostBand::label),
            open_to_call: card
                .contact
                .as_ref()
                .is_some_and(|contact| contact.open_to.contains(&OpenTo::Call))
                .then_some("Open to a call"),
            promised: card.expected_by.map(promised),
            ..Self::default()
        }
    }

    /// Returns whether there is no fact to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
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
