//! The home page: one question, one search box, and what is new.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use domain::FacetGroup;
use domain::{Term as _, vocabulary::Priority};
use store::Peer;
use wire::Timestamp;

use crate::{
    access::Requester,
    pages::{
        self, PageError,
        federation::{self, Health},
        frame::Frame,
        help,
        result_card::{ResultCard, address},
        search::{filter_link, words_link},
        words,
    },
};
use node::{
    Node,
    flows::search::{SearchParams, SearchResults},
    urls,
};

/// Documents in the list of the latest.
const LATEST: u32 = 5;
/// Documents in the list of what did not work.
const HONEST: u32 = 3;
/// Help pages for people who want to publish, by a part of their files' names.
const GUIDES: [&str; 2] = ["good-case-study", "publishing"];
/// Topics that are offered as examples of a search.
const EXAMPLES: usize = 4;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    introduction: String,
    examples: Vec<(String, String)>,
    total: u64,
    total_words: String,
    cards: Vec<ResultCard>,
    guides: Vec<(String, String)>,
    network: Vec<(String, String)>,
    honest: Vec<(String, String)>,
    /// The link to all of them, if the list has only some.
    honest_all: Option<String>,
    priorities: Vec<Tile>,
}

/// A priority with the number of its case studies.
struct Tile {
    title: &'static str,
    text: &'static str,
    href: String,
    count: String,
}

/// `GET /`.
pub async fn home(
    State(node): State<Arc<Node>>,
    Requester { viewer }: Requester,
) -> Result<Response, PageError> {
    let latest = newest("sort=newest", LATEST);
    let latest = node::flows::search::search(&node, viewer, &latest).await?;
    let honest = newest("result=did-not-work&sort=newest", HONEST);
    let honest = node::flows::search::hits(&node, viewer, &honest).await?;
    let peers = node.store.peers().await?;
    let (interval, now) = (node.settings.federation.interval, node.now());
    pages::html(&Home::of(
        &latest,
        &honest,
        &federation::judged(&peers, interval, now),
        pages::frame(&node),
        now,
    ))
}

fn newest(query: &str, per_page: u32) -> SearchParams {
    SearchParams {
        per_page,
        ..SearchParams::parse(query).0
    }
}

impl Home {
    fn of(
        latest: &SearchResults,
        honest: &SearchResults,
        peers: &[(Health, &Peer)],
        frame: Frame,
        now: Timestamp,
    ) -> Self {
        let studies = count_of(latest, FacetGroup::Kind, "case-study");
        let organisations = values(latest, FacetGroup::Organisation).count();
        Self {
            introduction: introduction(studies, organisations),
            examples: examples(latest),
            total: latest.total,
            total_words: words::number(latest.total),
            cards: latest
                .hits
                .iter()
                .map(|hit| ResultCard::of_hit(hit, false, now))
                .collect(),
            guides: help::addresses(&GUIDES),
            network: federation::summary(peers, organisations),
            honest_all: (honest.total > u64::from(HONEST))
                .then(|| format!("See all {} that did not work", words::number(honest.total))),
            honest: honest
                .hits
                .iter()
                .map(|hit| {
                    let card = &hit.card;
                    (markdown::visible(&card.title).into_owned(), address(card))
                })
                .collect(),
            priorities: Priority::ALL
                .iter()
                .map(|priority| tile(*priority, latest))
                .collect(),
            frame: Frame {
                title: format!(
                    "{} – lessons learned, shared between NHS organisations",
                    frame.site
                ),
                description:
                    "Search what other NHS organisations tried: what they did, what it cost, \
                    what went wrong and whether they would do it again."
                        .to_owned(),
                ..frame
            }
            .with_alternate("application/atom+xml", "Latest lessons", urls::FEED_ATOM)
            .with_alternate("application/feed+json", "Latest lessons", "/feed.json"),
        }
    }
}

fn introduction(studies: u64, organisations: usize) -> String {
    let rest = "what they did, what it cost, what went wrong and whether they would do it again.";
    let organisations = u64::try_from(organisations).unwrap_or(u64::MAX);
    if studies == 0 {
        return format!("Search case studies written by people in NHS organisations: {rest}");
    }
    format!(
        "Search {} written by people in {}: {rest}",
        words::counted(studies, "case study", "case studies"),
        words::counted(organisations, "NHS organisation", "NHS organisations"),
    )
}

/// Offers the topics that most was written about as examples, in the words that people type.
fn examples(latest: &SearchResults) -> Vec<(String, String)> {
    values(latest, FacetGroup::Topic)
        .map(|value| value.label.split(" (").next().unwrap_or(&value.label))
        .filter(|label| !label.contains(" and ") && !label.contains(','))
        .take(EXAMPLES)
        .map(|label| {
            let words = if label.contains("NHS") || label.contains("Wi-Fi") {
                label.to_owned()
            } else {
                label.to_lowercase()
            };
            let href = words_link(&words);
            (words, href)
        })
        .collect()
}

fn tile(priority: Priority, latest: &SearchResults) -> Tile {
    let text = match priority {
        Priority::Funding => "Business cases, benefits, multi-year funding, assurance",
        Priority::Basics => "Devices, Wi-Fi, log-in, resilience: smart foundations",
        Priority::Workforce => "Training, digital burnout, usability, onboarding",
        Priority::Data => "Interoperability, shared care records, data quality",
        Priority::Sharing => "Networks, mentoring, communities of practice, peer visits",
    };
    let count = count_of(latest, FacetGroup::Priority, priority.as_str());
    Tile {
        title: priority.label(),
        text,
        href: filter_link(FacetGroup::Priority, priority.as_str()),
        count: words::counted(count, "case study", "case studies"),
    }
}

fn values(
    results: &SearchResults,
    group: FacetGroup,
) -> impl Iterator<Item = &node::flows::search::FoundValue> {
    results
        .facets
        .iter()
        .filter(move |facet| facet.group == group)
        .flat_map(|facet| facet.values.iter())
}

fn count_of(results: &SearchResults, group: FacetGroup, value: &str) -> u64 {
    values(results, group)
        .find(|found| found.value == value)
        .map_or(0, |found| found.count)
}
