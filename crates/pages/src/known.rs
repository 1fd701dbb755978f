//! What is known about a topic, a product, or a product within a topic: one page instead of a list to read through.
//!
//! Only what documents declare is put together; nothing is judged here, and every number leads to its documents.

mod view;

use std::{collections::HashSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    FacetGroup, Term as _,
    together::{Agreement, Strength},
    vocabulary::Topic,
};

use crate::{
    PageError, compare,
    errors::{self, Unknown},
    follow::Follow,
    frame::{Frame, Section},
    link::{CountedLink, Link},
    outcomes::{self, Outcomes},
    requester::Requester,
    search_links::search_link,
    words,
    words::lower_first_word,
};
use finding::{
    known::{self, Known, Subject},
    nearest::nearest,
    product_categories::product_names,
    search::{PER_PAGE, SearchParams},
};
use node::{Node, urls};
use store::Publisher;
use view::{ComparedRow, CountedFact, Dispute, Lesson, Naming, Study, facts, related};

/// Documents whose lessons are shown, the newest.
const MAX_LESSONS: usize = 8;
/// Measures that are put next to each other.
const MAX_COMPARED: usize = 6;

#[derive(Template)]
#[template(path = "known.html")]
struct KnownPage {
    frame: Frame,
    crumbs: Vec<Link>,
    heading: String,
    /// The day of a print.
    prepared: String,
    /// Who tried it; nothing if no one has.
    tried: Option<String>,
    outcomes: Option<Outcomes>,
    /// Who to ask while nothing is known.
    ask: Option<Link>,
    /// How well it was measured; nothing where the documents are about different things.
    strength: Option<Strength>,
    /// Whether the results agree, with their numbers.
    agreement: String,
    rules: [Strength; 5],
    facts: Vec<CountedFact>,
    studies: Vec<Study>,
    /// All documents as a search, if the table has some of them only.
    all: Option<Link>,
    compare: Option<String>,
    disputed: Vec<Dispute>,
    /// Measures that two or more have from before.
    compared: Vec<ComparedRow>,
    /// Measures that fewer have from before.
    without_before: Vec<ComparedRow>,
    lessons: Vec<Lesson>,
    /// Observations that name the product in their text; none declares it.
    named: Option<Naming>,
    /// Pages that have the name of the product in their text; not all of them declare it.
    mentions: Option<Link>,
    related_heading: &'static str,
    related: Vec<CountedLink>,
    follow: Follow,
}

/// `GET /topics/{topic}`.
pub async fn topic(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Path(topic): Path<String>,
) -> Result<Response, PageError> {
    let Some(topic) = Topic::parse(&topic) else {
        // Addresses are typed in capitals, too.
        let small = topic.to_lowercase();
        return Ok(match Topic::parse(&small) {
            Some(_) => Redirect::permanent(&urls::topic(&small)).into_response(),
            None => unknown_topic(&node, &requester, &topic),
        });
    };
    let subject = Subject {
        topic: Some(topic),
        product: None,
    };
    show(&node, &requester, subject).await
}

/// `GET /products/{product}`.
pub async fn product(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Path(product): Path<String>,
) -> Result<Response, PageError> {
    let subject = Subject {
        topic: None,
        product: Some(product),
    };
    show(&node, &requester, subject).await
}

/// `GET /topics/{topic}/{product}`.
pub async fn topic_and_product(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Path((topic, product)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let Some(topic) = Topic::parse(&topic) else {
        return Ok(unknown_topic(&node, &requester, &topic));
    };
    let subject = Subject {
        topic: Some(topic),
        product: Some(product),
    };
    show(&node, &requester, subject).await
}

async fn show(
    node: &Arc<Node>,
    requester: &Requester,
    subject: Subject,
) -> Result<Response, PageError> {
    let asked = subject.product.clone().unwrap_or_default();
    let Some(known) = known::known(node, requester.viewer, subject).await? else {
        let names = product_names(node, requester.viewer).await?;
        let named = names.iter().map(|name| {
            let link = Link::new(markdown::visible(name), urls::product(name));
            (name.as_str(), link)
        });
        let frame = crate::frame_for(node, requester);
        let near = nearest(&asked, named);
        return Ok(errors::unknown(frame, Unknown::Product, &asked, near));
    };
    let page = urls::absolute(node, &path_of(&known.subject));
    let publishers = node.store.publishers().await?.list;
    let frame = crate::frame_for(node, requester);
    crate::html(&KnownPage {
        prepared: words::date(node.now().date()),
        ..KnownPage::new(&known, &publishers, page, frame)
    })
}

fn unknown_topic(node: &Arc<Node>, requester: &Requester, asked: &str) -> Response {
    let named = Topic::ALL.iter().flat_map(|topic| {
        let link = || Link::new(topic.label(), urls::topic(topic.as_str()));
        [(topic.label(), link()), (topic.as_str(), link())]
    });
    let mut near = nearest(asked, named);
    // By its name and by its code, each topic is one.
    let mut seen = HashSet::new();
    near.retain(|link| seen.insert(link.href.clone()));
    let frame = crate::frame_for(node, requester);
    errors::unknown(frame, Unknown::Topic, asked, near)
}

/// Returns the path of the page about a subject.
#[must_use]
pub fn path_of(subject: &Subject) -> String {
    match (subject.topic, &subject.product) {
        (Some(topic), Some(product)) => urls::topic_and_product(topic.as_str(), product),
        (Some(topic), None) => urls::topic(topic.as_str()),
        (None, Some(product)) => urls::product(product),
        (None, None) => urls::BROWSE.to_owned(),
    }
}

/// Returns whether the documents have in common what projects of every sort have, such as training.
fn is_of_every_project(subject: &Subject) -> bool {
    subject.product.is_none() && subject.topic.is_some_and(Topic::is_of_every_project)
}

/// Returns the name of a subject for people: `Voice recognition`, `HearSay Notes`.
pub(crate) fn name_of(subject: &Subject) -> String {
    let topic = subject.topic.map(|topic| topic.label().to_owned());
    let product = subject
        .product
        .as_deref()
        .map(|product| markdown::visible(product).into_owned());
    match (topic, product) {
        (Some(topic), Some(product)) => format!("{product} in {}", lower_first_word(&topic)),
        (topic, product) => topic.or(product).unwrap_or_default(),
    }
}

/// Returns the same within a sentence. A product keeps its capital letter.
pub(crate) fn name_in_sentence(subject: &Subject) -> String {
    let name = name_of(subject);
    match subject.product {
        Some(_) => name,
        None => lower_first_word(&name),
    }
}

impl KnownPage {
    /// Returns where to write to those who tried it, each address once; a print has no links.
    fn addresses(&self) -> Option<String> {
        let mut all = Vec::new();
        for study in &self.studies {
            let address = study.ask.as_ref().and_then(Link::mail_address);
            let named = address.map(|address| format!("{}, {address}", study.organisation));
            all.extend(named.filter(|one| !all.contains(one)));
        }
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn new(known: &Known, publishers: &[Publisher], page: String, frame: Frame) -> Self {
        let name = name_of(&known.subject);
        let query = SearchParams {
            per_page: PER_PAGE,
            ..known.params.with_page(1)
        };
        let address = |path: &str| urls::with_query(path, &query.to_query_string());
        let organisations = known.organisations();
        let topics = known.subject.product.is_some();
        let shown = known.studies.len();
        Self {
            crumbs: crumbs(&known.subject),
            prepared: String::new(),
            // The sentence.
            tried: (known.total > 0).then(|| tried(known, organisations)),
            outcomes: Outcomes::new(&query, &known.outcomes(), 0),
            ask: ask(&frame, &name).filter(|_| known.total == 0),
            // How sure one can be, and what documents declare.
            strength: Some(known.strength).filter(|_| !is_of_every_project(&known.subject)),
            agreement: agreement(known),
            rules: Strength::ALL,
            facts: facts(known),
            // Each document, and what they say next to each other.
            studies: known
                .studies
                .iter()
                .map(|hit| Study::new(hit, publishers))
                .collect(),
            all: (known.total > u64::try_from(shown).unwrap_or(u64::MAX)).then(|| {
                let words = format!("See all {}", words::number(known.total));
                Link::new(words, address(urls::SEARCH))
            }),
            compare: (shown > 1)
                .then(|| compare::address(known.studies.iter().map(|hit| &hit.card))),
            disputed: known.disputed().into_iter().map(Dispute::new).collect(),
            compared: compared(known, true),
            without_before: compared(known, false),
            lessons: known
                .studies
                .iter()
                .filter(|hit| !hit.shown.differently.is_empty())
                .take(MAX_LESSONS)
                .map(Lesson::new)
                .collect(),
            named: known.named.as_ref().map(Naming::new),
            mentions: mentions(&known.subject),
            related_heading: if topics { "Topics" } else { "Products" },
            related: related(known),
            follow: Follow {
                what: name_in_sentence(&known.subject),
                atom: address(urls::SEARCH_ATOM),
                json: address(urls::SEARCH_JSON),
                address: page,
            },
            frame: frame_of(frame, &known.subject, address),
            heading: name,
        }
    }
}

/// Returns the measures that two documents have, those with a change or the others.
fn compared(known: &Known, has_change: bool) -> Vec<ComparedRow> {
    let measures = known.compared();
    let measures = measures
        .iter()
        .filter(|compared| compared.change.is_some() == has_change);
    measures
        .take(MAX_COMPARED)
        .map(|compared| ComparedRow::new(compared, &known.studies))
        .collect()
}

/// Returns whether the results agree: `Results differ: 2 worked, 1 did not work`.
fn agreement(known: &Known) -> String {
    let label = known.agreement.label();
    let outcomes = known.outcomes().into_iter();
    let counts: Vec<String> = outcomes
        .filter(|(_, count)| *count > 0)
        .map(|(result, count)| outcomes::said(result, count))
        .collect();
    match known.agreement {
        Agreement::TooFew => label.to_owned(),
        Agreement::Agree | Agreement::Mostly | Agreement::Differ => {
            format!("{label}: {}", counts.join(", "))
        }
    }
}

/// Returns the search for the name of a product in all texts: a page or a note has no field for what it is about.
fn mentions(subject: &Subject) -> Option<Link> {
    let product = subject.product.as_deref()?;
    let query = SearchParams {
        q: format!("\"{}\"", product.replace('"', " ")),
        ..SearchParams::default()
    };
    let words = "All pages that name it in their text".to_owned();
    Some(Link::new(words, search_link(&query)))
}

/// Returns who to ask about something that no one has written about.
pub(crate) fn ask(frame: &Frame, name: &str) -> Option<Link> {
    let href = frame
        .contact
        .as_ref()?
        .href(&format!("Has anyone tried this: {name}?"))?;
    Some(Link::new(format!("Ask {}", frame.organisation), href))
}

fn frame_of(frame: Frame, subject: &Subject, address: impl Fn(&str) -> String) -> Frame {
    let feed = "New on this subject";
    Frame {
        title: format!("{}: what is known – {}", name_of(subject), frame.site),
        section: Section::Browse,
        description: format!(
            "What NHS organisations tried with {}: how it went, what it cost, what got in the way, and who can be asked.",
            name_in_sentence(subject)
        ),
        ..frame
    }
    .with_alternate("application/atom+xml", feed, address(urls::SEARCH_ATOM))
    .with_alternate("application/feed+json", feed, address(urls::SEARCH_JSON))
}

fn crumbs(subject: &Subject) -> Vec<Link> {
    let mut crumbs = vec![
        Link::new("Home", urls::HOME),
        Link::new("Browse", urls::BROWSE),
    ];
    if let (Some(topic), Some(_)) = (subject.topic, &subject.product) {
        crumbs.push(Link::new(topic.label(), urls::topic(topic.as_str())));
    }
    crumbs
}

/// Returns who tried it: `Tried by 3 organisations, in 4 case studies and 1 observation`.
fn tried(known: &Known, organisations: usize) -> String {
    let counted = |kind: domain::Kind, one, many| {
        let mut values = known.values(FacetGroup::Kind);
        let found = values.find(|value| value.value == kind.as_str());
        found.map(|value| words::counted(value.count, one, many))
    };
    let kinds = [
        counted(domain::Kind::CaseStudy, "case study", "case studies"),
        counted(domain::Kind::Observation, "observation", "observations"),
    ];
    let kinds: Vec<String> = kinds.into_iter().flatten().collect();
    let organisations = u64::try_from(organisations).unwrap_or(u64::MAX);
    format!(
        "Tried by {}, in {}",
        words::counted(organisations, "organisation", "organisations"),
        words::joined(&kinds)
    )
}

#[cfg(test)]
mod tests {
    use super::{view::ComparedFigure, *};
    use crate::{
        outcomes::Outcome as Part,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> KnownPage {
        let counted = |words: &str, href: &str| CountedLink {
            link: of.link(words, href),
            count: "2".to_owned(),
        };
        let lesson = || Lesson {
            link: of.link("Tap and go", "/d/zz1/1/tap-and-go"),
            organisation: of.text("Northmoor"),
            tag: of.facts().tag,
            text: of.text("Survey the Wi-Fi first"),
        };
        KnownPage {
            frame: of.frame(),
            crumbs: vec![of.link("Browse", "/browse")],
            heading: of.text("Voice recognition"),
            prepared: "30 November 2026".to_owned(),
            tried: of.option(of.text("Tried by 3 organisations")),
            outcomes: of.option(Outcomes {
                links: vec![Part {
                    link: Link::new("2 worked", "/search?topic=voice-recognition&result=worked"),
                    class: "worked",
                    start: "0%".to_owned(),
                    share: "100%".to_owned(),
                    is_chosen: false,
                }],
                from: None,
            }),
            ask: (!of.flag())
                .then(|| Link::new("Ask Northmoor", "mailto:lessons@northmoor.example")),
            strength: of.option(Strength::Moderate),
            agreement: "Results differ: 2 worked, 1 did not work".to_owned(),
            rules: Strength::ALL,
            facts: of.list(vec![CountedFact {
                label: "What it cost",
                values: vec![counted("£10,000 to £50,000", "/search?cost=10k-50k")],
            }]),
            studies: of.list(vec![Study {
                link: of.link("Tap and go", "/d/zz1/1/tap-and-go"),
                organisation: of.text("Northmoor"),
                date: "12 September 2026".to_owned(),
                tag: of.facts().tag,
                measure: of.facts().measure,
                cost: "Not known",
                again: "Yes",
                tried: of.option("2 others tried this too".to_owned()),
                contact: of.text("Matron, open to a call"),
                ask: of.option(of.link("Ask about this", "mailto:lessons@northmoor.example")),
            }]),
            all: of.option(Link::new("See all 31", "/search?topic=voice-recognition")),
            compare: of.option("/compare?d=zz1%2F1".to_owned()),
            disputed: of.list(vec![Dispute {
                product: of.text("HearSay Notes"),
                studies: vec![lesson(), lesson()],
            }]),
            without_before: Vec::new(),
            compared: of.list(vec![ComparedRow {
                name: of.text("Time to write a note"),
                spread: of.text("Between down 17 minutes and up 2 minutes"),
                figures: vec![ComparedFigure {
                    link: of.link("Northmoor", "/d/zz1/1/tap-and-go"),
                    before: of.text("41 minutes"),
                    after: of.text("24 minutes"),
                    change: of.text("Down 17 minutes (41%)"),
                    bars: of.list(vec![
                        ("before", "100%".to_owned()),
                        ("after", "58.54%".to_owned()),
                    ]),
                }],
            }]),
            lessons: of.list(vec![lesson()]),
            named: of.option(Naming {
                sentence: "2 observations from 1 organisation name it in the text".to_owned(),
                outcomes: of.option(Outcomes {
                    links: vec![Part {
                        link: Link::new("1 worked", "/search?kind=observation&result=worked"),
                        class: "worked",
                        start: "0%".to_owned(),
                        share: "100%".to_owned(),
                        is_chosen: false,
                    }],
                    from: None,
                }),
                newest: of.list(vec![lesson()]),
                all: of.option(of.link("See all 9", "/search?kind=observation")),
            }),
            mentions: of.option(Link::new(
                "All pages that name it",
                "/search?q=%22HearSay%22",
            )),
            related_heading: "Products",
            related: of.list(vec![counted(
                "HearSay Notes",
                "/topics/voice-recognition/HearSay%20Notes",
            )]),
            follow: Follow {
                what: of.text("voice recognition"),
                atom: "/search.atom?topic=voice-recognition".to_owned(),
                json: "/search.json?topic=voice-recognition".to_owned(),
                address: of.text("https://lessons.northmoor.example/topics/voice-recognition"),
            },
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
