//! The home page: one question, one search box, and what is new.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use domain::FacetGroup;
use domain::{
    Term as _,
    vocabulary::{Outcome, Priority, Topic},
};
use store::Peer;
use wire::Timestamp;

use crate::{
    PageError, federation,
    frame::Frame,
    help_files,
    link::{Figure, Link},
    outcomes::Outcomes,
    requester::Requester,
    result_card::ResultCard,
    search_links::{filter_link, search_link, words_link},
    words,
};
use finding::{
    health::{Health, judged},
    known::{self, Matrix},
    search::{PER_PAGE, SearchParams, SearchResults},
};
use node::{Node, urls};

/// Documents in the list of the latest.
const LATEST: u32 = 5;
/// Documents in the list of those that did not work.
const HONEST: u32 = 3;
/// Help pages for people who want to publish, by a part of their files' names.
const GUIDES: [&str; 2] = ["good-case-study", "publishing"];
/// Searches as people type them; those that find nothing here are left out.
const EXAMPLES: [(&str, Topic); 5] = [
    ("ambient scribe", Topic::VoiceRecognition),
    ("drug trolley sign-in", Topic::SingleSignOnIdentity),
    ("patient portal", Topic::PatientPortalNhsApp),
    ("virtual ward", Topic::VirtualWards),
    ("e-prescribing go-live", Topic::Epma),
];
/// Topics with how they went.
const MAX_TOPICS: usize = 3;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    introduction: String,
    examples: Vec<Link>,
    /// What trusts are trying, and how it went.
    topics: Vec<TopicTile>,
    total: u64,
    /// The address of all of the latest.
    latest: String,
    total_words: String,
    cards: Vec<ResultCard>,
    guides: Vec<Link>,
    network: Vec<Figure>,
    honest: Vec<Link>,
    /// The link to all of them, if the list has only some.
    honest_all: Option<String>,
    priorities: Vec<Tile>,
}

/// A topic with how it went.
struct TopicTile {
    topic: Link,
    outcomes: Outcomes,
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
    requester: Requester,
) -> Result<Response, PageError> {
    let viewer = requester.viewer;
    let all = newest("sort=newest", LATEST);
    let all = finding::search::search(&node, viewer, &all).await?;
    // What went one way or the other comes first: a page that says nothing of that is no answer to the question above.
    let latest = finding::search::hits(&node, viewer, &newest(&with_result(), LATEST)).await?;
    let honest = newest("result=did-not-work&sort=newest", HONEST);
    let honest = finding::search::hits(&node, viewer, &honest).await?;
    let matrix = known::matrix(&node).await?;
    let peers = node.store.peers().await?;
    let (interval, now) = (node.current().federation.interval, node.now());
    crate::html(&Home::new(
        &all,
        if latest.total > 0 { &latest } else { &all },
        &honest,
        &matrix,
        &judged(&peers, interval, now),
        crate::frame_for(&node, &requester),
        now,
    ))
}

fn newest(query: &str, per_page: u32) -> SearchParams {
    SearchParams {
        per_page,
        ..SearchParams::parse(query).0
    }
}

/// Returns the address of all results of a search that was made for a few.
fn all_of(results: &SearchResults) -> String {
    search_link(&SearchParams {
        per_page: PER_PAGE,
        ..results.params.clone()
    })
}

/// Returns the query of everything that has a result, the newest first.
fn with_result() -> String {
    let results = Outcome::ALL.iter();
    let results: Vec<String> = results
        .map(|result| format!("result={}", result.as_str()))
        .collect();
    format!("{}&sort=newest", results.join("&"))
}

impl Home {
    fn new(
        all: &SearchResults,
        latest: &SearchResults,
        honest: &SearchResults,
        matrix: &Matrix,
        peers: &[(Health, &Peer)],
        frame: Frame,
        now: Timestamp,
    ) -> Self {
        let studies = count_of(all, FacetGroup::Kind, "case-study");
        let observations = count_of(all, FacetGroup::Kind, "observation");
        let organisations = all.values(FacetGroup::Organisation).count();
        Self {
            // The search and what it covers.
            introduction: introduction(studies, observations, organisations),
            examples: examples(all),
            topics: divided(matrix).filter_map(topic_tile).collect(),
            total: latest.total,
            latest: all_of(latest),
            total_words: words::number(latest.total),
            // The newest that have a result, then the newest of those that did not work.
            cards: latest
                .hits
                .iter()
                .map(|hit| ResultCard::for_hit(hit, false, now))
                .collect(),
            guides: help_files::links(&GUIDES),
            network: federation::summary(peers, organisations),
            honest_all: (honest.total > u64::from(HONEST))
                .then(|| format!("See all {} that did not work", words::number(honest.total))),
            honest: honest
                .hits
                .iter()
                .map(|hit| Link::new(markdown::visible(&hit.card.title), urls::card(&hit.card)))
                .collect(),
            // Links for a reader who has no search terms yet.
            priorities: Priority::ALL
                .iter()
                .map(|priority| tile(*priority, all))
                .collect(),
            frame: Frame {
                has_search: true,
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
            .with_alternate("application/feed+json", "Latest lessons", urls::FEED_JSON),
        }
    }
}

fn introduction(studies: u64, observations: u64, organisations: usize) -> String {
    let rest = "what they did, what it cost, what went wrong and whether they would do it again.";
    let organisations = u64::try_from(organisations).unwrap_or(u64::MAX);
    if studies == 0 {
        return format!("Search case studies written by people in NHS organisations: {rest}");
    }
    let observations = match observations {
        0 => String::new(),
        count => format!(
            " and {}",
            words::counted(count, "observation", "observations")
        ),
    };
    format!(
        "Search {}{observations} written by people in {}: {rest}",
        words::counted(studies, "case study", "case studies"),
        words::counted(organisations, "NHS organisation", "NHS organisations"),
    )
}

/// Returns the searches that are offered: those whose topic has documents here.
fn examples(latest: &SearchResults) -> Vec<Link> {
    let has_documents = |topic: &Topic| count_of(latest, FacetGroup::Topic, topic.as_str()) > 0;
    let examples = EXAMPLES.iter().filter(|(_, topic)| has_documents(topic));
    examples
        .map(|(words, _)| Link::new(*words, words_link(words)))
        .collect()
}

/// Returns the topics whose outcomes are the most divided, and then those with the most documents: that it worked for some
/// and not for others is what a reader has to know first.
fn divided(matrix: &Matrix) -> impl Iterator<Item = &(Topic, Vec<(Outcome, u64)>)> {
    let count = |row: &(Topic, Vec<(Outcome, u64)>), result| {
        let found = row.1.iter().find(|(held, _)| *held == result);
        found.map_or(0, |(_, count)| *count)
    };
    let mut rows: Vec<_> = matrix.iter().collect();
    rows.sort_by_key(|row| {
        let least = count(row, Outcome::Worked).min(count(row, Outcome::DidNotWork));
        (row.0.is_of_every_project(), std::cmp::Reverse(least))
    });
    rows.into_iter().take(MAX_TOPICS)
}

fn topic_tile((topic, counts): &(Topic, Vec<(Outcome, u64)>)) -> Option<TopicTile> {
    let params = SearchParams::default().with(FacetGroup::Topic, topic.as_str());
    Some(TopicTile {
        topic: Link::new(topic.label(), urls::topic(topic.as_str())),
        outcomes: Outcomes::new(&params, counts, 0)?,
    })
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

fn count_of(results: &SearchResults, group: FacetGroup, value: &str) -> u64 {
    results
        .values(group)
        .find(|found| found.value == value)
        .map_or(0, |found| found.count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outcomes::Outcome as Part,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> Home {
        Home {
            frame: of.frame_with_search(),
            introduction: of.text("Search 38 case studies"),
            examples: of.list(vec![of.link("e-prescribing", "/search?q=e-prescribing")]),
            topics: of.list(vec![TopicTile {
                topic: of.link("Voice recognition", "/topics/voice-recognition"),
                outcomes: Outcomes {
                    links: vec![Part {
                        link: Link::new(
                            "2 worked",
                            "/search?topic=voice-recognition&result=worked",
                        ),
                        class: "worked",
                        start: "0%".to_owned(),
                        share: "100%".to_owned(),
                        is_chosen: false,
                    }],
                    from: None,
                },
            }]),
            total: u64::from(of.flag()),
            latest: "/search?sort=newest".to_owned(),
            total_words: "38".to_owned(),
            cards: of.cards(),
            guides: of.list(vec![of.link("Publishing", "/help/publishing")]),
            network: of.list(vec![Figure {
                number: "3 of 3".to_owned(),
                words: of.text("up to date"),
            }]),
            honest: of.list(vec![of.link("Kiosks that no one used", "/d/zz1/1/kiosks")]),
            honest_all: of.option("See all 8 that did not work".to_owned()),
            priorities: of.list(vec![Tile {
                title: "Funding",
                text: "Business cases",
                href: "/search?priority=funding".to_owned(),
                count: "12 case studies".to_owned(),
            }]),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
