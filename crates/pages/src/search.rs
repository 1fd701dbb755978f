//! The search page: what was found, what can be narrowed, and where to go when nothing was found.
//!
//! All state is in the address; everything works by `GET` and without a script.

mod chips;
mod fields;
mod heading;
mod instead;
mod known;
mod notes;
mod nothing;
mod organisations;
mod refused;
mod sorting;
mod staff_only;
mod ticks;

pub use finding::known::topic_named;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::FacetGroup;
use search::Sort;
use wire::Timestamp;

use crate::{
    PageError,
    filters::{self, Group},
    follow::Follow,
    frame::{Frame, Section},
    gist::Gist,
    help_files,
    link::{CountedLink, Link},
    outcomes::Outcomes,
    paging,
    paging::Pages,
    requester::Requester,
    result_card::ResultCard,
    search_links::{search_in, search_link},
    words,
};
use chips::{Chip, chips};
use fields::Field;
use heading::{has_several_words, heading, query_in_words};
use instead::Instead;
use nothing::NearestTopics;
use refused::Refused;
use sorting::SortLink;
use staff_only::StaffOnly;
use ticks::Elsewhere;

use finding::{
    search::{FoundHit, SearchParams, SearchResults, refused_amounts, without_empty_amounts},
    ticks::{Ticks, carried},
};
use node::{Node, urls};

/// Results up to which there is nothing to narrow.
const MAX_UNFILTERED: u64 = 5;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    q: String,
    sort_field: Option<&'static str>,
    /// Filters in use that the panel does not offer; they are kept.
    unlisted: Vec<Field>,
    heading_text: String,
    /// How it went for all who tried the topic or product that was searched for.
    gist: Option<Gist>,
    /// How the results went, each as a link, and from how many organisations.
    outcomes: Option<Outcomes>,
    /// The topic or product that was searched for, with the page that says what is known about it.
    known: Option<Link>,
    /// The organisations that were searched for, each with its page.
    organisations: Vec<CountedLink>,
    /// What was searched for instead, and the search for what was typed.
    corrected: Option<Instead>,
    /// What was searched for too, and the search without it.
    also: Option<Instead>,
    /// The link to the search that looks for more than what was typed, if this one does not.
    not_only_typed: Option<Link>,
    /// The link to the search for all pages, if only those that are nearly the same were asked for.
    unlike: Option<String>,
    total: u64,
    /// The place of the first result, from 1.
    first: u64,
    /// Whether only organisations like ours are searched, if that is offered.
    ours: Option<bool>,
    groups: Vec<Group>,
    chips: Vec<Chip>,
    clear: String,
    sorts: Vec<SortLink>,
    notes: Vec<String>,
    /// Amounts that were typed and are none.
    refused: Vec<Refused>,
    /// What is ticked for a comparison and not on this page.
    elsewhere: Option<Elsewhere>,
    /// What it says of words that no page has.
    unknown: Option<String>,
    /// The search for words that may have been meant in their place.
    offered: Option<Link>,
    /// The search without what no page can have.
    without_unknown: Option<Link>,
    cards: Vec<ResultCard>,
    /// Those that have some of the words only, with a heading.
    partial: Option<Partial>,
    /// Pages that have none of the words and are about the same.
    related: Vec<ResultCard>,
    pages: Option<Pages>,
    /// Whether only what our staff can read is searched, if that is offered.
    staff_choice: Option<bool>,
    /// Pages for our staff only that have the words.
    staff_only: Option<StaffOnly>,
    /// How to follow and keep the search; `None` where other programs cannot read what is found.
    follow: Option<Follow>,
    csv: String,
    loosened: Vec<CountedLink>,
    topics: NearestTopics,
    /// Who to ask where nothing was found.
    ask: Option<Link>,
    search_help: Option<String>,
}

/// Results that have some of the words.
struct Partial {
    /// The heading above them; `None` where the heading of the page says it, since no page has all the words.
    heading: Option<String>,
    /// The place of the first one, from 1.
    first: u64,
    cards: Vec<ResultCard>,
}

/// `GET /search`.
pub async fn search(
    State(node): State<Arc<Node>>,
    requester: Requester,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let viewer = requester.viewer;
    let query = query.unwrap_or_default();
    if let Some(rest) = without_empty_amounts(&query) {
        return Ok(Redirect::temporary(&urls::with_query(urls::SEARCH, &rest)).into_response());
    }
    let (params, notes) = SearchParams::parse(&query);
    let results = finding::search::search(&node, viewer, &params).await?;
    if results.page > results.pages.max(1) {
        let first = SearchParams {
            page: 1,
            ..results.params
        };
        let first = Ticks::parse(&query).added_to(&search_link(&first));
        return Ok(Redirect::temporary(&first).into_response());
    }
    let mut page = SearchPage::new(
        &results,
        notes,
        crate::frame_for(&node, &requester),
        node.now(),
    );
    page.refuse(&refused_amounts(&query), &results);
    let is_offered = finding::search::has_restricted(&node, viewer);
    page.staff_choice = is_offered.then_some(results.params.staff_only);
    if !results.params.staff_only {
        page.organisations = organisations::named(&node, viewer, &results).await?;
    }
    page.staff_only = staff_only::found(&node, viewer, &results.params).await?;
    let searched_for = finding::known::searched_for(&node, &results).await?;
    page.known = known::known(&results, searched_for.as_ref()).filter(|_| !params.staff_only);
    if results.total > 0
        && finding::known::is_for_all(&results.params)
        && let Some(subject) = searched_for
    {
        page.gist = Gist::for_subject(&node, viewer, &subject, Some(results.with_all)).await?;
    }
    if results.total == 0 && page.staff_only.is_some() {
        // What our staff can read is below: it has the words.
        page.unknown = None;
        page.heading_text = page.heading_text.replacen("No ", "No public ", 1);
    }
    if results.total == 0 {
        page.loosened = nothing::loosened(&node, viewer, &results.params, &page.chips).await?;
        if !page.loosened.is_empty() && page.staff_only.is_none() {
            // The words alone find something, as the list below says.
            "No results with these filters".clone_into(&mut page.heading_text);
        }
        page.topics = nothing::nearest_topics(&node, viewer, &results).await?;
    }
    let ticked = carried(&node, viewer, &query, &page.picks()).await?;
    page.carry(&ticked, &results);
    crate::html(&page)
}

impl SearchPage {
    fn new(results: &SearchResults, mut notes: Vec<String>, frame: Frame, now: Timestamp) -> Self {
        let params = &results.params;
        notes.extend(results.notes.iter().cloned());
        // What the reader searched for: heading, terms and chosen filters.
        let heading = heading(results);
        let chips = chips(results);
        // A few results are read sooner than they are filtered.
        let is_short = !params.q.is_empty() && results.total <= MAX_UNFILTERED && chips.is_empty();
        let groups = match is_short {
            true => Vec::new(),
            false => filters::groups(&results.facets),
        };
        let unknown = notes::unknown_words(&results.unknown, results.corrected.as_deref());
        Self {
            q: params.q.clone(),
            sort_field: (params.sort != Sort::default()).then(|| params.sort.as_str()),
            // Filters without a group in the panel stay in the form as hidden fields.
            unlisted: fields::unlisted(params, !groups.is_empty()),
            heading_text: heading.clone(),
            // How pages went that have some of the words is no answer.
            // What is found without a word that no page has may be about something else.
            outcomes: Outcomes::for_results(results).filter(|_| results.has_answer()),
            corrected: instead::corrected(results, unknown.is_some()),
            also: instead::also(results),
            not_only_typed: instead::not_only_typed(params),
            unlike: instead::unlike(params),
            // What was found, and how to narrow and sort it.
            total: results.total,
            first: first(results),
            ours: ours(results),
            groups,
            clear: search_link(&params.unfiltered()),
            chips,
            sorts: sorting::sorts(params, results.ranked),
            notes,
            refused: Vec::new(),
            unknown,
            offered: instead::offered(results),
            without_unknown: instead::without_unknown(results),
            partial: partial(results, now),
            related: related(results, now),
            cards: cards(results, true, now),
            pages: page_links(results),
            follow: (!params.staff_only).then(|| follow(params, &frame)),
            csv: search_in(urls::SEARCH_CSV, params),
            // Filled by the handler, since each costs further searches.
            elsewhere: None,
            gist: None,
            known: None,
            organisations: Vec::new(),
            staff_choice: None,
            staff_only: None,
            loosened: Vec::new(),
            topics: NearestTopics::default(),
            ask: crate::known::ask(&frame, &query_in_words(results))
                .filter(|_| !params.q.is_empty()),
            search_help: help_files::address("search"),
            frame: frame_of(frame, results, &heading),
        }
    }
}

/// Returns the links to the other pages of results.
fn page_links(results: &SearchResults) -> Option<paging::Pages> {
    paging::pages(results.page, results.pages, |number| {
        search_link(&results.params.with_page(number))
    })
}

impl Partial {
    /// Returns the heading of each card: below that of all, if there is one.
    fn card_heading(&self) -> &'static str {
        if self.heading.is_some() { "h3" } else { "h2" }
    }
}

impl SearchPage {
    /// Returns how many notes there are, if they are one list that opens: more than one, with what else was searched for.
    fn listed_notes(&self) -> Option<String> {
        let also = usize::from(self.also.is_some());
        let count = self.notes.len() + also;
        (count > 1).then(|| format!("{count} notes on this search"))
    }

    /// Returns whether a result can be ticked, to compare it with others.
    fn can_compare(&self) -> bool {
        !self.picks().is_empty() || self.elsewhere.is_some()
    }
}

/// Returns whether only organisations like ours are searched; `None` where there is no other organisation.
fn ours(results: &SearchResults) -> Option<bool> {
    let chosen = results.params.like_ours;
    let organisations = results.values(FacetGroup::Organisation);
    (chosen || organisations.filter(|value| value.count > 0).count() > 1).then_some(chosen)
}

fn follow(params: &SearchParams, frame: &Frame) -> Follow {
    // What is new is on the first page.
    let params = &params.with_page(1);
    Follow {
        what: "this search".to_owned(),
        atom: search_in(urls::SEARCH_ATOM, params),
        json: search_in(urls::SEARCH_JSON, params),
        address: format!("{}{}", frame.base_url, search_link(params)),
    }
}

fn frame_of(frame: Frame, results: &SearchResults, heading: &str) -> Frame {
    let page = if results.pages > 1 {
        format!(" (page {} of {})", results.page, results.pages)
    } else {
        String::new()
    };
    // The heading says what was typed, unless no page has all of it.
    let typed = match results.with_all == 0 && results.total > 0 && results.narrowed {
        true => format!("“{}” – ", query_in_words(results)),
        false => String::new(),
    };
    let title = format!("{typed}{heading}{page} – {}", frame.site);
    let frame = Frame {
        title,
        section: Section::Search,
        hidden: true,
        has_search: true,
        ..frame
    };
    if results.params.staff_only {
        return frame;
    }
    frame.with_alternate(
        "application/atom+xml",
        "This search",
        search_in(urls::SEARCH_ATOM, &results.params.with_page(1)),
    )
}

/// Returns the results that have some of the words, with what the page says above them; `None` if there is none on this
/// page.
fn partial(results: &SearchResults, now: Timestamp) -> Option<Partial> {
    let cards = cards(results, false, now);
    if cards.is_empty() {
        return None;
    }
    let heading = (results.with_all > 0).then(|| {
        let count = results.total.saturating_sub(results.with_all);
        let have = if count == 1 { "has" } else { "have" };
        let what = match has_several_words(results) {
            true => "some of your words",
            false => "similar words",
        };
        format!("{} more {have} {what}", words::number(count))
    });
    let before = results.hits.iter().filter(|hit| hit.has_all).count();
    Some(Partial {
        heading,
        first: first(results) + u64::try_from(before).unwrap_or(0),
        cards,
    })
}

/// Returns the place of the first result of the page, from 1.
fn first(results: &SearchResults) -> u64 {
    u64::from(results.page.saturating_sub(1)) * u64::from(results.params.per_page) + 1
}

/// Returns the cards of the results that have all the words, or of the others.
fn cards(results: &SearchResults, has_all: bool, now: Timestamp) -> Vec<ResultCard> {
    let hits = results.hits.iter().filter(|hit| hit.has_all == has_all);
    hits.map(|hit| card(results, hit, now)).collect()
}

/// Returns the cards of the pages that are about the same.
fn related(results: &SearchResults, now: Timestamp) -> Vec<ResultCard> {
    let hits = results.related.iter();
    hits.map(|hit| card(results, hit, now)).collect()
}

/// Returns the card of a result. Where all results are for staff only, those of this site say so.
fn card(results: &SearchResults, hit: &FoundHit, now: Timestamp) -> ResultCard {
    let mut card = ResultCard::for_hit(hit, results.ranked, now).that_can_be_ticked(&hit.card);
    if results.params.staff_only && hit.card.owner.own {
        card.origin.short = "Published here, for staff only";
    }
    card
}

/// Returns whether all results are case studies, so that the heading can call them that.
#[must_use]
pub fn only_studies(results: &SearchResults) -> bool {
    let study = domain::Kind::CaseStudy;
    if let Some(kinds) = results.params.filters.get(&FacetGroup::Kind) {
        return kinds.iter().all(|kind| kind == study.as_str());
    }
    let mut kinds = results.values(FacetGroup::Kind);
    results.total > 0 && kinds.all(|kind| kind.count == 0 || kind.value == study.as_str())
}

#[cfg(test)]
mod tests {
    use super::staff_only::StaffPage;
    use super::*;
    use crate::{
        filters::{OwnAmount, Value},
        outcomes::Outcome,
        paging::PageLink,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> SearchPage {
        let value = |label: &str, selected| Value {
            value: of.text("value"),
            label: of.text(label),
            count: "7".to_owned(),
            selected,
        };
        let group = |open: bool| Group {
            own: open.then(|| OwnAmount {
                label: "Another amount",
                typed: of.text("abc"),
                fault: of.option(of.text("“abc” is not an amount")),
            }),
            name: "topic",
            label: "Topic",
            open,
            first: vec![value("Electronic prescribing", true)],
            more: vec![value("Wi-Fi", false)],
        };
        let page = |number, current| PageLink {
            number,
            href: format!("/search?page={number}"),
            current,
        };
        SearchPage {
            frame: of.frame_with_search(),
            q: of.text("e-prescribing"),
            sort_field: of.option("newest"),
            unlisted: of.list(vec![Field {
                name: "tag",
                value: of.text("badges"),
            }]),
            heading_text: of.text("38 case studies for “e-prescribing”"),
            gist: of.option(Gist {
                name: of.text("Electronic prescribing"),
                of: "all 4 pages on this topic that say how it went".to_owned(),
                outcomes: Outcomes {
                    links: Vec::new(),
                    from: None,
                },
                known: of.link("electronic prescribing", "/topics/epma"),
            }),
            outcomes: of.option(Outcomes {
                links: vec![Outcome {
                    link: Link::new("9 worked", "/search?q=x&result=worked"),
                    class: "worked",
                    start: "0%".to_owned(),
                    share: "100%".to_owned(),
                    is_chosen: true,
                }],
                from: Some("from 3 organisations".to_owned()),
            }),
            known: of.option(of.link("e-prescribing", "/topics/epma")),
            organisations: of.list(vec![CountedLink {
                link: of.link("Northmoor University Hospitals", "/organisations/zz1"),
                count: of.text("12 pages"),
            }]),
            corrected: of.option(Instead {
                words: of.text("e-prescribing"),
                others: of.option(of.text("prescriptions")),
                href: "/search?q=e-perscribing&correct=no".to_owned(),
            }),
            not_only_typed: of
                .option(of.link("Spelling is not corrected.", "/search?q=e-prescribing")),
            unlike: of.option("/search?sort=newest".to_owned()),
            also: of.option(Instead {
                words: of.text("EPMA"),
                others: None,
                href: "/search?q=e-prescribing&expand=no".to_owned(),
            }),
            total: u64::from(of.flag()),
            first: 11,
            ours: None,
            groups: of.list(vec![group(true), group(false)]),
            chips: of.list(vec![
                Chip {
                    words: of.text("Electronic prescribing"),
                    without: SearchParams::default(),
                    href: "/search".to_owned(),
                };
                2
            ]),
            clear: "/search".to_owned(),
            sorts: of.list(vec![
                SortLink {
                    words: "Relevance",
                    href: "/search".to_owned(),
                    name: "relevance",
                    current: true,
                },
                SortLink {
                    words: "Newest",
                    href: "/search?sort=newest".to_owned(),
                    name: "newest",
                    current: false,
                },
            ]),
            notes: of.list(vec![of.text("“purple” is no priority")]),
            refused: of.list(vec![Refused {
                note: of.text("“abc” is not an amount"),
                field: Some("topic-typed".to_owned()),
            }]),
            elsewhere: of.option(Elsewhere {
                words: "1 more chosen on another page".to_owned(),
                documents: vec![finding::ticks::Elsewhere {
                    value: "zz1/01996c5e-8a00-7000-8000-000000000002".to_owned(),
                    title: of.text("Badges at the door"),
                }],
                clear: "/search?page=2".to_owned(),
            }),
            unknown: of.option(of.text("No page has the word “purple”.")),
            offered: of.option(of.link("mental health", "/search?q=mental+health")),
            without_unknown: of.option(of.link("wifi", "/search?q=wifi")),
            cards: of.cards(),
            partial: of.option(Partial {
                heading: Some("11 more have some of your words".to_owned()),
                first: 13,
                cards: of.cards(),
            }),
            related: Vec::new(),
            pages: of.option(Pages {
                previous: Some("/search?page=1".to_owned()),
                next: Some("/search?page=3".to_owned()),
                links: vec![
                    page(1, false),
                    page(2, true),
                    page(0, false),
                    page(9, false),
                ],
            }),
            staff_choice: of.option(false),
            staff_only: of.option(StaffOnly {
                pages: vec![StaffPage {
                    href: "/d/zz1/1/rota".to_owned(),
                    title_html: markdown::escape(&markdown::visible(
                        &of.text("Rota of the go-live weekend"),
                    )),
                    about: "Page · 3 May 2026".to_owned(),
                }],
                all: of.option(of.link("All 4 pages for our staff only", "/search?staff_only=yes")),
            }),
            follow: Some(Follow {
                what: "this search".to_owned(),
                atom: "/search.atom".to_owned(),
                json: "/search.json".to_owned(),
                address: of.text("https://lessons.northmoor.example/search"),
            }),
            csv: "/search.csv".to_owned(),
            loosened: Vec::new(),
            topics: NearestTopics::default(),
            ask: of.option(of.link("Ask Northmoor", "mailto:lessons@northmoor.example")),
            search_help: Some("/help/search".to_owned()),
        }
    }

    /// Nothing was found, but would be with fewer filters.
    fn nothing(of: Sample) -> SearchPage {
        let other = |words: &str| CountedLink {
            link: of.link(words, "/search"),
            count: of.text("3 results"),
        };
        SearchPage {
            total: 0,
            cards: Vec::new(),
            partial: None,
            corrected: None,
            loosened: of.list(vec![other("Without “Wi-Fi”")]),
            topics: NearestTopics {
                are_near: of.flag(),
                list: of.list(vec![other("Electronic prescribing")]),
            },
            ..sample(of)
        }
    }

    #[test]
    fn a_search_that_finds_nothing_says_what_to_try() {
        insta::assert_snapshot!(samples::render(nothing));
    }

    #[test]
    fn no_text_of_what_is_related_by_topic_becomes_markup() {
        let page = samples::render(|of| SearchPage {
            related: of.cards(),
            ours: of.option(true),
            ..sample(of)
        });
        assert!(page.contains("Related by topic"));
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
