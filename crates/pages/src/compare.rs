//! Up to four documents on one sheet, question by question.

mod questions;

use std::{collections::HashSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{FacetGroup, Term as _, vocabulary::Topic};
use finding::{
    search::without_empty_amounts,
    ticks::{self, MAX_TICKS, TICK, Ticks},
};
use store::Card;
use url::form_urlencoded;
use wire::Viewer;

use crate::{
    PageError,
    frame::{Frame, Section},
    link::Link,
    requester::Requester,
    tag::Tag,
    words,
};
use node::{
    Node,
    flows::reading::{self, Reading, Shown},
    urls,
};
use questions::groups;

/// Parameters of an address that are read.
const MAX_PARAMETERS: usize = 50;

#[derive(Template)]
#[template(path = "compare.html")]
struct Compare {
    frame: Frame,
    heading: String,
    /// Where the documents were ticked, with the ticks.
    results: String,
    columns: Vec<Column>,
    groups: Vec<Group>,
    /// What was left out.
    note: Option<&'static str>,
}

/// One document.
struct Column {
    /// `A`, `B` and so on, where two are of the same organisation.
    letter: Option<char>,
    link: Link,
    organisation: String,
    date: String,
    /// The comparison of the others, if there are two of them.
    without: Option<String>,
}

/// Questions that belong together.
struct Group {
    /// Nothing above the first questions.
    heading: &'static str,
    rows: Vec<Row>,
}

/// One question, with the answer of each document.
struct Row {
    label: String,
    cells: Vec<Cell>,
}

/// An answer: a tag, or lines of text.
#[derive(Default)]
struct Cell {
    /// Whose it is, which a narrow screen shows before it: the organisation, with a letter where two have the same.
    of: String,
    tag: Option<Tag>,
    lines: Vec<String>,
    /// Who to write to.
    link: Option<Link>,
}

/// Lines of an answer that paper has room for.
const PAPER_LINES: usize = 3;

impl Cell {
    /// Returns whether they do not say.
    fn is_empty(&self) -> bool {
        self.tag.is_none() && self.lines.is_empty()
    }

    /// Returns how many lines of it are on the page and not on paper.
    fn more(&self) -> Option<String> {
        let more = self.lines.len().saturating_sub(PAPER_LINES);
        (more > 0).then(|| format!("and {more} more, on its page"))
    }
}

/// A document, with what a list keeps of it.
struct Found {
    shown: Box<Shown>,
    card: domain::Card,
}

impl Found {
    /// Returns the value that names the document in an address.
    fn value(&self) -> String {
        let document = &self.shown.document;
        ticks::value(&document.owner.handle, document.id)
    }
}

/// Returns the address of a comparison of the first documents.
#[must_use]
pub fn address<'a>(cards: impl Iterator<Item = &'a Card>) -> String {
    let values = cards.map(|card| ticks::value(&card.owner.handle, card.id));
    ticks::added(urls::COMPARE, values.take(MAX_TICKS))
}

/// `GET /compare?d=…`.
pub async fn compare(
    State(node): State<Arc<Node>>,
    requester: Requester,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    if let Some(rest) = without_empty_amounts(&query) {
        return Ok(Redirect::temporary(&urls::with_query(urls::COMPARE, &rest)).into_response());
    }
    let ticks = Ticks::parse(&query);
    let found = documents(&node, requester.viewer, &ticks).await?;
    let note = note(&ticks, found.len());
    crate::html(&Compare::new(
        &found,
        note,
        &results_of(&query),
        crate::frame_for(&node, &requester),
    ))
}

/// Says which of the documents that were asked for are not on the sheet.
fn note(ticks: &Ticks, found: usize) -> Option<&'static str> {
    let missing = ticks.documents.len().saturating_sub(found);
    match (ticks.has_more, missing) {
        (false, 0) => None,
        (false, 1) => Some("One of those that you chose is not here any more."),
        (false, _) => Some("Some of those that you chose are not here any more."),
        (true, 0) => Some("A sheet has room for four. These are the first four that you chose."),
        (true, _) => Some(
            "A sheet has room for four. These are of the first four that you chose; the others of these are not here any more.",
        ),
    }
}

/// Returns the results from which a form has sent the ticked documents.
fn results_of(query: &str) -> String {
    let mut results = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(query.as_bytes()).take(MAX_PARAMETERS);
    results.extend_pairs(pairs.filter(|(name, value)| name != TICK && !value.is_empty()));
    urls::with_query(urls::SEARCH, &results.finish())
}

/// Returns those that the viewer can read, in the order in which they were asked for.
async fn documents(node: &Node, viewer: Viewer, ticks: &Ticks) -> Result<Vec<Found>, PageError> {
    let mut found = Vec::new();
    for (handle, id) in &ticks.documents {
        if let Reading::Found(shown) = reading::find(node, viewer, handle, &id.to_string()).await? {
            let card = domain::Card::new(&shown.body, markdown::plain_text);
            found.push(Found { shown, card });
        }
    }
    Ok(found)
}

impl Compare {
    fn new(found: &[Found], note: Option<&'static str>, results: &str, frame: Frame) -> Self {
        let organisations: HashSet<&str> = found
            .iter()
            .map(|one| one.shown.document.owner.organisation.as_str())
            .collect();
        let is_distinct = organisations.len() == found.len();
        let letters = ('A'..).map(|letter| (!is_distinct).then_some(letter));
        let column = |(one, letter): (&Found, Option<char>)| {
            let document = &one.shown.document;
            let common = one.shown.body.common();
            let title = markdown::visible(&common.title).into_owned();
            let organisation = ledger::short_name(&document.owner.organisation).to_owned();
            Column {
                letter,
                link: Link::new(title, one.shown.path()),
                organisation,
                date: words::date(common.updated.unwrap_or(document.first_seen).date()),
                without: (found.len() > 2).then(|| without(found, one, results)),
            }
        };
        let columns: Vec<Column> = found.iter().zip(letters).map(column).collect();
        let mut groups = groups(found);
        for row in groups.iter_mut().flat_map(|group| &mut group.rows) {
            for (cell, column) in row.cells.iter_mut().zip(&columns) {
                cell.of = match column.letter {
                    Some(letter) => format!("{letter}, {}", column.organisation),
                    None => column.organisation.clone(),
                };
            }
        }
        let titles: Vec<&str> = columns
            .iter()
            .map(|column| column.link.words.as_str())
            .collect();
        let title = words::cut(&titles.join(", "), 80);
        Self {
            heading: heading(found),
            results: ticks::added(results, found.iter().map(Found::value)),
            columns,
            groups,
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

/// Returns what is compared: `Compare 4 pages on voice recognition`, if all are on it.
fn heading(found: &[Found]) -> String {
    let all = match found.len() {
        0 | 1 => return "Compare".to_owned(),
        count => format!("Compare {count} pages"),
    };
    let on = |topic: &Topic| {
        let mut cards = found.iter().map(|one| &one.card);
        cards.all(|card| {
            card.terms::<Topic>(FacetGroup::Topic)
                .any(|held| held == *topic)
        })
    };
    let mut topics = Topic::ALL
        .iter()
        .filter(|topic| !topic.is_of_every_project());
    match topics.find(|topic| on(topic)) {
        Some(topic) => format!("{all} on {}", words::lower_first_word(topic.label())),
        None => all,
    }
}

/// Returns the comparison without one of the documents.
fn without(found: &[Found], left_out: &Found, results: &str) -> String {
    let address = match results.split_once('?') {
        Some((_, query)) => urls::with_query(urls::COMPARE, query),
        None => urls::COMPARE.to_owned(),
    };
    let others = found.iter().filter(|one| !std::ptr::eq(*one, left_out));
    ticks::added(&address, others.map(Found::value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    #[test]
    fn the_way_back_is_to_the_results_without_what_was_ticked() {
        for (query, expected) in [
            (
                "q=virtual+ward&result=worked&d=zz1%2F1&d=zz1%2F2",
                "/search?q=virtual+ward&result=worked",
            ),
            ("q=&d=zz1%2F1", "/search"),
            ("", "/search"),
        ] {
            assert_eq!(results_of(query), expected);
        }
    }

    fn sample(of: Sample) -> Compare {
        let column = || Column {
            letter: Some('A'),
            link: of.link("Tap and go", "/d/zz1/1/tap-and-go"),
            organisation: of.text("Northmoor"),
            date: "12 September 2026".to_owned(),
            without: of.option("/compare?q=ward&d=zz1%2F2".to_owned()),
        };
        let cell = || Cell {
            tag: of.facts().tag,
            of: of.text("Northmoor"),
            lines: vec![of.text("Time to sign in: from 52 to 9 seconds")],
            link: of.option(of.link("Ask about this", "mailto:cnio@zz1.example")),
        };
        Compare {
            frame: of.frame(),
            heading: of.text("Compare 2 pages on wards"),
            results: "/search?q=ward".to_owned(),
            columns: of.list(vec![column(), column()]),
            groups: of.list(vec![Group {
                heading: "Figures",
                rows: vec![Row {
                    label: of.text("Time to sign in"),
                    cells: vec![cell(), Cell::default()],
                }],
            }]),
            note: of.option("One of those that you chose is not here any more."),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
