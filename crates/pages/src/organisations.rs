//! Organisations: the publishers of documents on this site, with their keys and their newest documents.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{FacetGroup, Term as _, vocabulary::Outcome};
use store::{Listed, Organisation, Peer};
use wire::{Timestamp, Viewer};

use crate::{
    PageError,
    errors::{self, Unknown},
    follow::Follow,
    frame::{Frame, Section},
    help_files,
    link::{CountedLink, Fact, Link},
    origin::Origin,
    outcomes::Outcomes,
    requester::Requester,
    result_card::{ResultCard, Source},
    search::only_studies,
    search_links::{filter_link, search_link},
    words,
};
use finding::{
    known,
    nearest::nearest,
    search::{FoundValue, SearchParams, SearchResults},
};
use markdown::contact::Contact;
use node::{
    Node,
    flows::reading::{self, Provenance},
    indexer::organisation_value,
    urls,
};

/// Documents on an organisation's page; a link to a search leads to the others.
const LATEST: u32 = 5;
/// Topics that an organisation works on.
const MAX_TOPICS: usize = 6;
/// Topics and regions of an organisation in the list of all.
const MAX_ROW_TOPICS: usize = 3;
const MAX_ROW_REGIONS: usize = 2;

#[derive(Template)]
#[template(path = "organisations.html")]
struct Organisations {
    frame: Frame,
    /// What the organisations have published: `case studies`, or `documents` where there are other kinds, too.
    things: &'static str,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    href: String,
    ods: String,
    /// The regions that its documents name, in words.
    regions: String,
    /// What most of its documents are about.
    topics: Vec<Link>,
    /// How its work went.
    outcomes: Option<Outcomes>,
    documents: String,
    newest: String,
    own: bool,
    left: bool,
}

#[derive(Template)]
#[template(path = "organisation.html")]
struct OrganisationPage {
    frame: Frame,
    name: String,
    origin: Origin,
    facts: Vec<Fact>,
    contact: Option<Contact>,
    site: Option<Contact>,
    feed: String,
    identity: String,
    verified_help: Option<String>,
    left: bool,
    /// Who continues its work.
    continued_by: Option<Link>,
    own: bool,
    things: &'static str,
    count: String,
    /// How its work went.
    outcomes: Option<Outcomes>,
    /// What it worked on, the most frequent first.
    topics: Vec<CountedLink>,
    follow: Follow,
    cards: Vec<ResultCard>,
    all: Option<String>,
}

/// `GET /organisations`.
pub async fn organisations(
    State(node): State<Arc<Node>>,
    requester: Requester,
) -> Result<Response, PageError> {
    let viewer = requester.viewer;
    let frame = crate::frame_for(&node, &requester);
    let organisations = node.store.organisations(viewer).await?;
    let works = known::works(&node).await?;
    let rows = organisations
        .iter()
        .map(|one| row(one, works.get(&value_of(one))))
        .collect();
    let all = finding::search::search(&node, viewer, &SearchParams::default()).await?;
    crate::html(&Organisations {
        things: things(only_studies(&all)),
        rows,
        frame: Frame {
            title: format!("Organisations – {}", frame.site),
            section: Section::Organisations,
            description: "The organisations whose case studies can be read here.".to_owned(),
            ..frame
        },
    })
}

fn row(organisation: &Organisation, work: Option<&known::Work>) -> Row {
    let regions = work.map_or(&[][..], |work| &work.regions);
    let regions = regions.iter().take(MAX_ROW_REGIONS);
    let regions: Vec<&str> = regions.map(|value| value.label.as_str()).collect();
    let topics = work.map_or(&[][..], |work| &work.topics);
    let topics = topics.iter().take(MAX_ROW_TOPICS);
    let of_organisation =
        SearchParams::default().with(FacetGroup::Organisation, &value_of(organisation));
    let results = work.map_or(&[][..], |work| &work.results);
    let counts: Vec<(Outcome, u64)> = Outcome::ALL
        .iter()
        .map(|result| {
            let found = results.iter().find(|value| value.value == result.as_str());
            (*result, found.map_or(0, |value| value.count))
        })
        .collect();
    Row {
        outcomes: Outcomes::new(&of_organisation, &counts, 0),
        regions: regions.join(", "),
        topics: topics
            .map(|value| Link::new(&value.label, urls::topic(&value.value)))
            .collect(),
        name: organisation.owner.organisation.clone(),
        href: urls::organisation(&organisation.owner.handle),
        ods: organisation.owner.ods.clone().unwrap_or_default(),
        documents: words::number(organisation.documents),
        newest: organisation
            .newest
            .map(|at| words::date(at.date()))
            .unwrap_or_default(),
        own: organisation.owner.own,
        left: organisation.left,
    }
}

/// `GET /organisations/{handle}`.
pub async fn organisation(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Path(handle): Path<String>,
) -> Result<Response, PageError> {
    let viewer = requester.viewer;
    // The organisation that the address names, among those that the viewer can read.
    let mut organisations = node.store.organisations(viewer).await?;
    let named = |found: &Organisation| found.owner.handle == handle;
    let Some(at) = organisations.iter().position(named) else {
        return Ok(other_address(&node, &requester, &organisations, &handle));
    };
    let found = organisations.swap_remove(at);
    let publishers = node.store.publishers().await?.list;
    let publisher = publishers
        .iter()
        .find(|one| one.node_seq == found.owner.node_seq);
    let now = node.now();
    let provenance = Provenance::for_publisher(publisher, now);
    // Its newest documents, and whether all of them are case studies.
    let cards = latest(&node, viewer, &found, &provenance).await?;
    let all = SearchParams::default().with(FacetGroup::Organisation, &value_of(&found));
    let all = finding::search::search(&node, viewer, &all).await?;
    let public = public_documents(&node, viewer, &found).await?;
    let peer = node.store.peer(found.owner.node.as_str()).await?;
    let feed = publisher.map(|one| one.base.clone()).unwrap_or_default();
    let things = things(only_studies(&all));
    let name = found.owner.organisation.clone();
    let feed_href = urls::organisation_feed(&found.owner.handle, "atom");
    let frame = crate::frame_for(&node, &requester);
    crate::html(&OrganisationPage {
        outcomes: Outcomes::for_results(&all),
        topics: topics(&all),
        follow: Follow {
            what: name.clone(),
            json: urls::organisation_feed(&found.owner.handle, "json"),
            atom: feed_href.clone(),
            address: urls::absolute(&node, &urls::organisation(&found.owner.handle)),
        },
        origin: Origin::new(&provenance, now),
        facts: facts(&found, (things, public), peer.as_ref(), now),
        contact: publisher
            .and_then(|one| one.contact.as_deref())
            .and_then(Contact::parse),
        site: (!found.owner.own).then(|| Contact::from_site(&urls::site_of_feed(&feed))),
        feed,
        identity: found.owner.node.grouped(),
        verified_help: help_files::address("verified"),
        left: found.left,
        continued_by: peer.as_ref().and_then(continued_by),
        own: found.owner.own,
        things,
        count: words::number(public),
        all: (public > u64::from(LATEST))
            .then(|| filter_link(FacetGroup::Organisation, &value_of(&found))),
        cards,
        frame: frame_of(frame, &name, feed_href),
        name,
    })
}

/// Returns how many documents of an organisation everyone can read: those to which the link to all of them leads. Only of
/// this node can its staff read others.
async fn public_documents(
    node: &Node,
    viewer: Viewer,
    found: &Organisation,
) -> Result<u64, PageError> {
    if viewer == Viewer::Public || !found.owner.own {
        return Ok(found.documents);
    }
    let public = node.store.organisations(Viewer::Public).await?;
    let same = public.iter().find(|one| one.owner.own);
    Ok(same.map_or(0, |one| one.documents))
}

/// Returns a link to the organisation that continues the work of one that has left, if its documents are here.
fn continued_by(peer: &Peer) -> Option<Link> {
    let (handle, name) = peer.successor.as_ref()?.known.as_ref()?;
    Some(Link::new(name, urls::organisation(handle)))
}

/// Leads from an ODS code, or from a handle in capitals, to the organisation's own address.
fn other_address(
    node: &Arc<Node>,
    requester: &Requester,
    organisations: &[Organisation],
    asked: &str,
) -> Response {
    let is_asked = |name: Option<&str>| name.is_some_and(|name| name.eq_ignore_ascii_case(asked));
    let owners = organisations.iter().map(|one| &one.owner);
    let mut all = owners.clone();
    let with_handle = all.find(|owner| is_asked(Some(&owner.handle)));
    let with_code = || {
        let mut owners = owners.clone();
        owners.find(|owner| is_asked(owner.ods.as_deref()))
    };
    match with_handle.or_else(with_code) {
        Some(owner) => Redirect::temporary(&urls::organisation(&owner.handle)).into_response(),
        None => {
            let named = owners.map(|owner| {
                let name = owner.organisation.as_str();
                (name, Link::new(name, urls::organisation(&owner.handle)))
            });
            let frame = crate::frame_for(node, requester);
            errors::unknown(frame, Unknown::Organisation, asked, nearest(asked, named))
        }
    }
}

fn topics(all: &SearchResults) -> Vec<CountedLink> {
    let values = all.values(FacetGroup::Topic).take(MAX_TOPICS);
    let link = |value: &FoundValue| CountedLink {
        link: Link::new(
            &value.label,
            search_link(&all.params.with(FacetGroup::Topic, &value.value)),
        ),
        count: words::number(value.count),
    };
    values.map(link).collect()
}

fn frame_of(frame: Frame, name: &str, feed_href: String) -> Frame {
    Frame {
        title: format!("{name} – organisations – {}", frame.site),
        section: Section::Organisations,
        description: format!("What {name} has published about its digital work."),
        ..frame
    }
    .with_alternate(
        "application/atom+xml",
        format!("Latest of {name}"),
        feed_href,
    )
}

async fn latest(
    node: &Node,
    viewer: Viewer,
    found: &Organisation,
    provenance: &Provenance,
) -> Result<Vec<ResultCard>, PageError> {
    let listed = Listed::OfNode(found.owner.node_seq);
    let mut cards = Vec::new();
    for card in &node.store.newest(viewer, listed, None, LATEST).await? {
        if let Some(shown) = reading::card_of(node, viewer, card).await? {
            let source = Source {
                card,
                shown: &shown,
                provenance,
                found: None,
            };
            cards.push(ResultCard::new(&source, node.now()));
        }
    }
    Ok(cards)
}

/// Returns the value of an organisation in the index.
fn value_of(found: &Organisation) -> String {
    organisation_value(&found.owner.handle)
}

fn things(only_studies: bool) -> &'static str {
    if only_studies {
        "case studies"
    } else {
        "documents"
    }
}

fn facts(
    found: &Organisation,
    (things, public): (&'static str, u64),
    peer: Option<&Peer>,
    now: Timestamp,
) -> Vec<Fact> {
    let fact = |label: &str, value: String| Fact {
        label: label.to_owned(),
        value,
    };
    let mut facts = Vec::new();
    if let Some(ods) = &found.owner.ods {
        facts.push(fact("ODS code", ods.clone()));
    }
    let here = format!("{} here", words::sentence(things));
    facts.push(fact(&here, words::number(public)));
    let of_staff = found.documents.saturating_sub(public);
    if of_staff > 0 {
        facts.push(fact("For staff only", words::number(of_staff)));
    }
    if let Some(newest) = found.newest {
        facts.push(fact("Newest", words::date(newest.date())));
    }
    if let Some(peer) = peer {
        let checked = peer.last_fresh.map_or_else(
            || "Never".to_owned(),
            |at| words::sentence(&words::ago(now, at)),
        );
        facts.push(fact("Last checked", checked));
        if let Some(successor) = &peer.successor
            && successor.known.is_none()
        {
            facts.push(fact(
                "Identity of who continues its work",
                successor.node.grouped(),
            ));
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outcomes::Outcome as Part,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> OrganisationPage {
        let site = "https://lessons.northmoor.example/feed/v1";
        OrganisationPage {
            frame: of.frame(),
            name: of.text("Northmoor University Hospitals"),
            origin: of.origin(),
            facts: of.list(vec![Fact {
                label: of.text("ODS code"),
                value: of.text("ZZ1"),
            }]),
            contact: of.option("a telephone").and_then(Contact::parse),
            site: of.option(Contact::from_site(&urls::site_of_feed(site))),
            feed: of.text(site),
            identity: of.text("wr1c 3man v37a"),
            verified_help: of.option("/help/verified".to_owned()),
            left: of.flag(),
            continued_by: of.option(of.link("Eastmere Hospitals", "/organisations/zz2")),
            own: of.flag(),
            things: "case studies",
            count: "7".to_owned(),
            outcomes: of.option(Outcomes {
                links: vec![Part {
                    link: Link::new("5 worked", "/search?organisation=ZZ1&result=worked"),
                    class: "worked",
                    start: "0%".to_owned(),
                    share: "100%".to_owned(),
                    is_chosen: false,
                }],
                from: None,
            }),
            topics: of.list(vec![CountedLink {
                link: of.link("Voice recognition", "/topics/voice-recognition"),
                count: "2".to_owned(),
            }]),
            follow: Follow {
                what: of.text("Northmoor University Hospitals"),
                atom: "/organisations/zz1/feed.atom".to_owned(),
                json: "/organisations/zz1/feed.json".to_owned(),
                address: of.text("https://lessons.northmoor.example/organisations/zz1"),
            },
            cards: of.cards(),
            all: of.option("/search?organisation=ZZ1".to_owned()),
        }
    }

    fn list(of: Sample) -> Organisations {
        Organisations {
            frame: of.frame(),
            things: "case studies",
            rows: of.list(vec![Row {
                name: of.text("Northmoor University Hospitals"),
                href: "/organisations/zz1".to_owned(),
                ods: of.text("ZZ1"),
                regions: of.text("Midlands"),
                topics: of.list(vec![
                    of.link("Voice recognition", "/topics/voice-recognition"),
                ]),
                outcomes: Outcomes::new(
                    &SearchParams::default(),
                    &[(Outcome::Worked, 2), (Outcome::Partly, 1)],
                    0,
                ),
                documents: "7".to_owned(),
                newest: of.text("12 September 2026"),
                own: of.flag(),
                left: of.flag(),
            }]),
        }
    }

    #[test]
    fn no_text_on_the_list_of_organisations_becomes_markup() {
        insta::assert_snapshot!(samples::render(list));
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
