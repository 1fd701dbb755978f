//! The questions of a comparison, with the answer of each document.

use domain::{
    Content, FacetGroup, Figure, Term,
    vocabulary::{Barrier, CareSetting, Evidence, Outcome, Stage, Unit, WouldRepeat},
};

use super::{Cell, Found, Group, Row};
use crate::{
    answers::{self, Answer},
    glance::labels,
    measures,
    tag::Tag,
    team::Team,
    words,
};

/// Characters of the interests that authors declare: the whole is on their page.
const MAX_INTERESTS: usize = 110;

/// Returns the questions that any of the documents answers.
pub(super) fn groups(found: &[Found]) -> Vec<Group> {
    if found.is_empty() {
        return Vec::new();
    }
    let figures = Group {
        heading: "Figures",
        rows: measured(found),
    };
    let mut groups = answered_groups(found);
    groups.insert(1, figures);
    for group in &mut groups {
        group
            .rows
            .retain(|row| row.cells.iter().any(|cell| !cell.is_empty()));
    }
    groups.retain(|group| !group.rows.is_empty());
    groups
}

fn answered_groups(found: &[Found]) -> Vec<Group> {
    let row = |label: &str, cell: &dyn Fn(&domain::Card) -> Cell| Row {
        label: label.to_owned(),
        cells: found.iter().map(|one| cell(&one.card)).collect(),
    };
    let worked = row("Did it work?", &|card| Cell {
        tag: card
            .term::<Outcome>(FacetGroup::Result)
            .map(Tag::for_result),
        ..Cell::default()
    });
    let cost = Row {
        label: "What did it cost?".to_owned(),
        cells: found.iter().map(cost).collect(),
    };
    let repeat = row("Would they repeat it?", &|card| {
        term::<WouldRepeat>(card, FacetGroup::WouldRepeat)
    });
    let experience = vec![
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
    ];
    let people = Row {
        label: answers::WHO.to_owned(),
        cells: found.iter().map(who).collect(),
    };
    let group = |heading, rows| Group { heading, rows };
    vec![
        group("", vec![worked, cost, repeat]),
        group("Experience", experience),
        group("People", vec![people]),
    ]
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
    let mut cell = answered(answers::of_cost(study));
    let line = |text: &str| {
        let line = format!("Interests: {text}");
        words::cut(&markdown::visible(&line), MAX_INTERESTS)
    };
    cell.lines
        .extend(answers::declared_interests(study).map(line));
    cell
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
