//! Up to four documents on one sheet, question by question.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use domain::{
    FacetGroup, Term,
    vocabulary::{Barrier, CareSetting, CostBand, Evidence, OpenTo, Outcome, Stage, WouldRepeat},
};
use store::Card;
use url::form_urlencoded;
use wire::{DocumentId, Viewer};

use crate::{
    PageError,
    frame::{Frame, Section},
    glance::labels,
    link::Link,
    measures,
    requester::Requester,
    tag::Tag,
    words,
};
use node::{Node, flows::reading, urls};

/// Documents on one sheet.
const MAX_COMPARED: usize = 4;
/// Parameters of an address that are read.
const MAX_PARAMETERS: usize = 50;
/// The parameter that names a document: `handle/id`.
const DOCUMENT: &str = "d";

#[derive(Template)]
#[template(path = "compare.html")]
struct Compare {
    frame: Frame,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// What was left out.
    note: Option<&'static str>,
}

/// One document.
struct Column {
    link: Link,
    organisation: String,
    date: String,
}

/// One question, with the answer of each document.
struct Row {
    label: &'static str,
    cells: Vec<Cell>,
}

/// An answer: a tag, or lines of text.
#[derive(Default)]
struct Cell {
    tag: Option<Tag>,
    lines: Vec<String>,
}

/// Returns the value that names a document in the address of a comparison.
#[must_use]
pub fn value(card: &Card) -> String {
    format!("{}/{}", card.owner.handle, card.id)
}

/// Returns the address of a comparison of the first documents.
#[must_use]
pub fn address<'a>(cards: impl Iterator<Item = &'a Card>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for card in cards.take(MAX_COMPARED) {
        query.append_pair(DOCUMENT, &value(card));
    }
    urls::with_query(urls::COMPARE, &query.finish())
}

/// `GET /compare?d=…`.
pub async fn compare(
    State(node): State<Arc<Node>>,
    requester: Requester,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let asked = asked(query.as_deref().unwrap_or_default());
    let found = documents(&node, requester.viewer, &asked).await?;
    let note = if asked.len() > MAX_COMPARED {
        Some("A sheet has room for four. These are the first four that you chose.")
    } else if found.len() < asked.len() {
        Some("One of those that you chose is not here any more.")
    } else {
        None
    };
    crate::html(&Compare::new(
        &found,
        note,
        crate::frame_for(&node, &requester),
    ))
}

/// Reads which documents are asked for, each once.
fn asked(query: &str) -> Vec<(String, DocumentId)> {
    let mut asked = Vec::new();
    let pairs = form_urlencoded::parse(query.as_bytes()).take(MAX_PARAMETERS);
    for (_, value) in pairs.filter(|(name, _)| name == DOCUMENT) {
        let named = value.split_once('/');
        let named =
            named.and_then(|(handle, id)| Some((handle.to_owned(), DocumentId::parse(id)?)));
        asked.extend(named.filter(|one| !asked.contains(one)));
    }
    asked
}

/// Returns those that the viewer can read, in the order in which they were asked for.
async fn documents(
    node: &Node,
    viewer: Viewer,
    asked: &[(String, DocumentId)],
) -> Result<Vec<(Card, domain::Card)>, PageError> {
    let publishers = node.store.publishers().await?.list;
    let key = |(handle, id): &(String, DocumentId)| {
        let publisher = publishers.iter().find(|one| one.handle == *handle)?;
        Some((publisher.node_seq, *id))
    };
    let keys: Vec<_> = asked.iter().filter_map(key).take(MAX_COMPARED).collect();
    let mut found = Vec::new();
    for card in node.store.cards(viewer, &keys).await? {
        let kept = domain::Card::from_json(&card.card).filter(domain::Card::is_complete);
        let shown = match kept {
            Some(shown) => Some(shown),
            None => reading::whole_card(node, viewer, &card).await?,
        };
        found.extend(shown.map(|shown| (card, shown)));
    }
    Ok(found)
}

impl Compare {
    fn new(found: &[(Card, domain::Card)], note: Option<&'static str>, frame: Frame) -> Self {
        let column = |(card, _): &(Card, domain::Card)| Column {
            link: Link::new(markdown::visible(&card.title), urls::card(card)),
            organisation: ledger::short_name(&card.owner.organisation).to_owned(),
            date: words::date(card.sort_at.date()),
        };
        let titles: Vec<&str> = found.iter().map(|(card, _)| card.title.as_str()).collect();
        let title = words::cut(&markdown::visible(&titles.join(", ")), 80);
        Self {
            columns: found.iter().map(column).collect(),
            rows: rows(found),
            note,
            frame: Frame {
                title: format!("Compare {title} – {}", frame.site),
                section: Section::Browse,
                hidden: true,
                ..frame
            },
        }
    }
}

fn rows(found: &[(Card, domain::Card)]) -> Vec<Row> {
    if found.is_empty() {
        return Vec::new();
    }
    let row = |label, cell: &dyn Fn(&domain::Card) -> Cell| Row {
        label,
        cells: found.iter().map(|(_, shown)| cell(shown)).collect(),
    };
    vec![
        row("Did it work?", &|card| Cell {
            tag: card
                .term::<Outcome>(FacetGroup::Result)
                .map(Tag::for_result),
            lines: Vec::new(),
        }),
        row("Before and after", &figures),
        row("What did it cost?", &|card| {
            term::<CostBand>(card, FacetGroup::Cost)
        }),
        row("Would they repeat it?", &|card| {
            term::<WouldRepeat>(card, FacetGroup::WouldRepeat)
        }),
        row("How far is it?", &|card| {
            term::<Stage>(card, FacetGroup::Stage)
        }),
        row("How do they know?", &|card| {
            term::<Evidence>(card, FacetGroup::Evidence)
        }),
        row("What got in the way", &|card| {
            terms::<Barrier>(card, FacetGroup::Barrier)
        }),
        row("Where", &|card| {
            terms::<CareSetting>(card, FacetGroup::CareSetting)
        }),
        row("With what", &|card| {
            text(words::joined(card.values(FacetGroup::System)))
        }),
        row("What they would do differently", &|card| {
            text(card.differently.clone())
        }),
        row("Who to ask", &who),
    ]
}

fn text(text: String) -> Cell {
    let text = markdown::visible(&text).into_owned();
    Cell {
        tag: None,
        lines: (!text.is_empty()).then_some(text).into_iter().collect(),
    }
}

fn term<T: Term>(card: &domain::Card, group: FacetGroup) -> Cell {
    text(
        card.term::<T>(group)
            .map(|term| term.label().to_owned())
            .unwrap_or_default(),
    )
}

fn terms<T: Term>(card: &domain::Card, group: FacetGroup) -> Cell {
    text(labels(&card.terms::<T>(group).collect::<Vec<_>>()))
}

fn figures(card: &domain::Card) -> Cell {
    let line = |figure: &domain::Figure| {
        let after = figure.shown(figure.after);
        let figures = match figure.before {
            Some(before) => format!("from {} to {after}", figure.shown(before)),
            None => format!("{after}, not measured before"),
        };
        let change = measures::change(figure);
        let change = if change.is_empty() {
            change
        } else {
            format!(", {change}")
        };
        markdown::visible(&format!("{}: {figures}{change}", figure.name)).into_owned()
    };
    Cell {
        tag: None,
        lines: card.figures.iter().map(line).collect(),
    }
}

fn who(card: &domain::Card) -> Cell {
    let Some(contact) = &card.contact else {
        return Cell::default();
    };
    let call = contact.open_to.contains(&OpenTo::Call);
    let call = if call { ", open to a call" } else { "" };
    text(format!("{}{call}", words::sentence(&contact.role)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    const ID: &str = "01996c5e-8a00-7000-8000-000000000001";

    #[test]
    fn an_address_names_each_document_once() {
        let many = format!("d=zz1%2F{ID}&").repeat(60);
        for (query, expected) in [
            ("", 0),
            ("d=", 0),
            ("d=zz1", 0),
            ("d=zz1%2Fx", 0),
            ("q=x&d=zz1%2F01996c5e-8a00-7000-8000-000000000001", 1),
            (many.as_str(), 1),
        ] {
            assert_eq!(asked(query).len(), expected, "{query:.60}");
        }
    }

    fn sample(of: Sample) -> Compare {
        let column = || Column {
            link: of.link("Tap and go", "/d/zz1/1/tap-and-go"),
            organisation: of.text("Northmoor"),
            date: "12 September 2026".to_owned(),
        };
        let cell = || Cell {
            tag: of.facts().tag,
            lines: vec![of.text("Time to sign in: from 52 to 9 seconds")],
        };
        Compare {
            frame: of.frame(),
            columns: of.list(vec![column(), column()]),
            rows: of.list(vec![Row {
                label: "Did it work?",
                cells: vec![cell(), Cell::default()],
            }]),
            note: of.option("One of those that you chose is not here any more."),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
