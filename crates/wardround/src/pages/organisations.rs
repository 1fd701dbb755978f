//! Organisations: who publishes here, under which key, and what.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use search::FacetGroup;
use store::{Listed, Organisation, Peer};
use wire::Timestamp;

use crate::{
    flows::reading::{self, Provenance},
    identity::site_of,
    node::Node,
    pages::{
        self, PageError, errors,
        federation::host,
        frame::{Frame, Section},
        help,
        result_card::{ResultCard, Source},
        search::filter_link,
        words,
    },
};

/// Documents on an organisation's page; the rest is a search away.
const LATEST: u32 = 20;

#[derive(Template)]
#[template(path = "organisations.html")]
struct Organisations {
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    href: String,
    ods: String,
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
    facts: Vec<(&'static str, String)>,
    site: Option<String>,
    site_words: String,
    feed: String,
    identity: String,
    verified_help: Option<String>,
    left: bool,
    own: bool,
    count: String,
    cards: Vec<ResultCard>,
    all: Option<String>,
}

/// `GET /organisations`.
pub async fn organisations(State(node): State<Arc<Node>>) -> Result<Response, PageError> {
    let frame = pages::frame(&node);
    let rows = node.store.organisations().await?.iter().map(row).collect();
    pages::html(&Organisations {
        rows,
        frame: Frame {
            title: format!("Organisations – {}", frame.site),
            section: Section::Organisations,
            description: "The organisations whose case studies can be read here.".to_owned(),
            ..frame
        },
    })
}

fn row(organisation: &Organisation) -> Row {
    Row {
        name: organisation.name.clone(),
        href: format!("/organisations/{}", organisation.handle),
        ods: organisation.ods.clone().unwrap_or_default(),
        documents: words::number(organisation.documents),
        newest: organisation
            .newest
            .map(|at| words::date(at.date()))
            .unwrap_or_default(),
        own: organisation.own,
        left: organisation.left,
    }
}

/// `GET /organisations/{handle}`.
pub async fn organisation(
    State(node): State<Arc<Node>>,
    Path(handle): Path<String>,
) -> Result<Response, PageError> {
    let organisations = node.store.organisations().await?;
    let Some(found) = organisations
        .into_iter()
        .find(|found| found.handle == handle)
    else {
        return Ok(errors::missing(&node));
    };
    let sources = node.store.sources().await?.list;
    let source = sources
        .iter()
        .find(|source| source.node_seq == found.node_seq);
    let provenance = Provenance::of(source, node.now());
    let mut cards = Vec::new();
    let latest = node
        .store
        .newest(Listed::OfNode(found.node_seq), None, LATEST)
        .await?;
    for card in &latest {
        if let Some(shown) = reading::card_of(&node, card).await? {
            let source = Source {
                card,
                shown: &shown,
                provenance: &provenance,
                title_html: None,
                snippet_html: None,
            };
            cards.push(ResultCard::of(&source, node.now()));
        }
    }
    let peer = node.store.peer(found.node.as_str()).await?;
    let base = source.map(|source| source.base.clone()).unwrap_or_default();
    let facts = facts(&found, peer.as_ref(), node.now());
    pages::html(&OrganisationPage::of(
        found,
        facts,
        base,
        cards,
        pages::frame(&node),
    ))
}

impl OrganisationPage {
    fn of(
        found: Organisation,
        facts: Vec<(&'static str, String)>,
        feed: String,
        cards: Vec<ResultCard>,
        frame: Frame,
    ) -> Self {
        let site = (!found.own).then(|| site_of(&feed).to_string());
        // The index knows an organisation by its code, or by its short name in capitals.
        let value = found
            .ods
            .clone()
            .unwrap_or_else(|| found.handle.to_uppercase());
        let feed_href = format!("/organisations/{}/feed.atom", found.handle);
        let more = found.documents > u64::from(LATEST);
        Self {
            facts,
            site_words: site.as_deref().map(host).unwrap_or_default(),
            site,
            feed,
            identity: found.node.grouped(),
            verified_help: help::address("verified"),
            left: found.left,
            own: found.own,
            count: words::counted(found.documents, "document", "documents"),
            cards,
            all: more.then(|| filter_link(FacetGroup::Organisation, &value)),
            frame: Frame {
                title: format!("{} – organisations – {}", found.name, frame.site),
                section: Section::Organisations,
                description: format!("What {} has published about its digital work.", found.name),
                ..frame
            }
            .with_alternate(
                "application/atom+xml",
                format!("Latest of {}", found.name),
                feed_href,
            ),
            name: found.name,
        }
    }
}

fn facts(found: &Organisation, peer: Option<&Peer>, now: Timestamp) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(ods) = &found.ods {
        facts.push(("ODS code", ods.clone()));
    }
    facts.push(("Documents here", words::number(found.documents)));
    if let Some(newest) = found.newest {
        facts.push(("Newest", words::date(newest.date())));
    }
    if let Some(peer) = peer {
        let synced = peer.last_fresh.map_or_else(
            || "Never".to_owned(),
            |at| words::sentence(&words::ago(now, at)),
        );
        facts.push(("Last synced", synced));
        facts.push(("Entries in its log", words::number(peer.size)));
    }
    facts
}
