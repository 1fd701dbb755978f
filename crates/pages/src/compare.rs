//! Up to four documents on one sheet, question by question.

use std::{collections::HashSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use domain::{
    Content, FacetGroup, Figure, Term,
    vocabulary::{Barrier, CareSetting, Evidence, Outcome, Stage, Unit, WouldRepeat},
};
use store::Card;
use url::form_urlencoded;
use wire::{DocumentId, Viewer};

use crate::{
    PageError,
    answers::{self, Answer},
    frame::{Frame, Section},
    glance::labels,
    link::Link,
    measures,
    requester::Requester,
    tag::Tag,
    team::Team,
    words,
};
use node::{
    Node,
    flows::reading::{self, Reading, Shown},
    urls,
};

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
    /// `A`, `B` and so on, where two are of the same organisation.
    letter: Option<char>,
    link: Link,
    organisation: String,
    date: String,
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
) -> Result<Vec<Found>, PageError> {
    let mut found = Vec::new();
    for (handle, id) in asked.iter().take(MAX_COMPARED) {
        if let Reading::Found(shown) = reading::find(node, viewer, handle, &id.to_string()).await? {
            let card = domain::Card::new(&shown.body, markdown::plain_text);
            found.push(Found { shown, card });
        }
    }
    Ok(found)
}

impl Compare {
    fn new(found: &[Found], note: Option<&'static str>, frame: Frame) -> Self {
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
            }
        };
        let columns: Vec<Column> = found.iter().zip(letters).map(column).collect();
        let mut rows = rows(found);
        for row in &mut rows {
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
            columns,
            rows,
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

fn rows(found: &[Found]) -> Vec<Row> {
    if found.is_empty() {
        return Vec::new();
    }
    let row = |label: &str, cell: &dyn Fn(&domain::Card) -> Cell| Row {
        label: label.to_owned(),
        cells: found.iter().map(|one| cell(&one.card)).collect(),
    };
    let mut rows = vec![row("Did it work?", &|card| Cell {
        tag: card
            .term::<Outcome>(FacetGroup::Result)
            .map(Tag::for_result),
        ..Cell::default()
    })];
    rows.extend(measured(found));
    rows.push(Row {
        label: "What did it cost?".to_owned(),
        cells: found.iter().map(cost).collect(),
    });
    rows.extend([
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
        Row {
            label: answers::WHO.to_owned(),
            cells: found.iter().map(who).collect(),
        },
    ]);
    rows
}

/// What makes two measures the same: the words of the name, and the unit.
fn measure_key(figure: &Figure) -> (String, Unit) {
    let name: Vec<String> = figure
        .name
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    (name.join(" "), figure.unit)
}

/// Returns a row for each measure that two of the documents have, and then one for all others.
fn measured(found: &[Found]) -> Vec<Row> {
    let has = |one: &Found, key: &(String, Unit)| {
        let mut figures = one.card.figures.iter();
        figures.any(|figure| measure_key(figure) == *key)
    };
    let mut shared: Vec<(String, Unit)> = Vec::new();
    let mut rows = Vec::new();
    for figure in found.iter().flat_map(|one| &one.card.figures) {
        let key = measure_key(figure);
        if shared.contains(&key) || found.iter().filter(|one| has(one, &key)).count() < 2 {
            continue;
        }
        let cell = |one: &Found| {
            let same = one.card.figures.iter();
            let same = same.filter(|figure| measure_key(figure) == key);
            lines(same.map(before_and_after))
        };
        rows.push(Row {
            label: markdown::visible(&figure.name).into_owned(),
            cells: found.iter().map(cell).collect(),
        });
        shared.push(key);
    }
    let other = |one: &Found| {
        let others = one.card.figures.iter();
        let others = others.filter(|figure| !shared.contains(&measure_key(figure)));
        lines(others.map(|figure| format!("{}: {}", figure.name, before_and_after(figure))))
    };
    let mut others: Vec<Cell> = found.iter().map(other).collect();
    let has_others = others.iter().any(|cell| !cell.lines.is_empty());
    if rows.is_empty() || has_others {
        for cell in &mut others {
            // Who has measures above has no others; who has none at all does not say.
            let is_empty = cell.lines.is_empty();
            cell.lines
                .extend((is_empty && !rows.is_empty()).then(|| "None".to_owned()));
        }
        let label = if rows.is_empty() {
            "Before and after"
        } else {
            "Other measures"
        };
        rows.push(Row {
            label: label.to_owned(),
            cells: others,
        });
    }
    rows
}

fn lines(lines: impl Iterator<Item = String>) -> Cell {
    Cell {
        lines: lines
            .map(|line| markdown::visible(&line).into_owned())
            .collect(),
        ..Cell::default()
    }
}

/// Returns what it cost: the amounts, or the band of a document that has none.
fn cost(one: &Found) -> Cell {
    let Content::CaseStudy(study) = &one.shown.body.document.content else {
        return Cell::default();
    };
    answered(answers::of_cost(study))
}

fn answered(answer: Answer) -> Cell {
    let Answer {
        answer,
        details,
        link,
        ..
    } = answer;
    Cell {
        lines: std::iter::once(answer).chain(details).collect(),
        link,
        ..Cell::default()
    }
}

fn text(text: String) -> Cell {
    let text = markdown::visible(&text).into_owned();
    Cell {
        lines: (!text.is_empty()).then_some(text).into_iter().collect(),
        ..Cell::default()
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

fn before_and_after(figure: &Figure) -> String {
    let after = figure.shown(figure.after);
    let figures = match figure.before {
        Some(before) => format!("from {} to {after}", figure.shown(before)),
        None => format!("{after}, not measured before"),
    };
    let change = measures::change(figure);
    if change.is_empty() {
        figures
    } else {
        format!("{figures}, {change}")
    }
}

/// Returns who can be asked, what they are open to, and where to write.
fn who(one: &Found) -> Cell {
    let team = Team::for_document(&one.shown);
    let reach = team.as_ref().and_then(|team| team.reach.as_ref());
    let who = Answer::who(one.shown.body.common().contact.as_ref(), reach);
    who.map(answered).unwrap_or_default()
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
            letter: Some('A'),
            link: of.link("Tap and go", "/d/zz1/1/tap-and-go"),
            organisation: of.text("Northmoor"),
            date: "12 September 2026".to_owned(),
        };
        let cell = || Cell {
            tag: of.facts().tag,
            of: of.text("Northmoor"),
            lines: vec![of.text("Time to sign in: from 52 to 9 seconds")],
            link: of.option(of.link("Ask about this", "mailto:cnio@zz1.example")),
        };
        Compare {
            frame: of.frame(),
            columns: of.list(vec![column(), column()]),
            rows: of.list(vec![Row {
                label: of.text("Did it work?"),
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
