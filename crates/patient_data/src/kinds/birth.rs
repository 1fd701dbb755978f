//! Dates of birth with their label: before, behind, in the cell next to it, or at the head of its column.

use super::{
    between,
    date::{self, Context, Date},
};
use crate::{
    check::Found,
    finding::{Kind, Severity},
    labels::{self, LabelSort},
    lexicon::{
        self, CONNECTION, HEAD_BIRTH, HEAD_BORN, PERSON, STAFF_TITLE, THING, TITLE, WEEKDAY,
    },
    sentences,
    tokens::{Sort, Tokens},
};

/// Dates behind one label: `dates of birth: …, …`.
const MAX_LISTED: usize = 50;
/// Tokens between a label and its date.
const MAX_BETWEEN: usize = 16;
/// Tokens before `born` that are looked at.
const MAX_BEFORE: usize = 24;

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut index = 0;
    while index < tokens.len() {
        let token = tokens.at(index);
        let mut next = index + 1;
        if token.head & (HEAD_BIRTH | HEAD_BORN) != 0 {
            if let Some(date) = date::at(tokens, index, Context::Labelled) {
                found.push(finding(tokens, index, date));
                next = date.end;
            }
        } else if let Some(label) = labels::at(tokens, index) {
            match label.sort {
                LabelSort::DateOfBirth => behind_label(tokens, label.end, found),
                LabelSort::Born if is_person(tokens, index) => {
                    behind_born(tokens, label.end, found)
                }
                LabelSort::Born
                | LabelSort::NhsNumber
                | LabelSort::HospitalNumber
                | LabelSort::PatientName => {}
            }
        } else if (token.is_number() || token.is(lexicon::MONTH))
            && let Some(date) = date::at(tokens, index, Context::Labelled)
            && labels::follows(tokens, date.end.saturating_sub(1), LabelSort::DateOfBirth)
        {
            found.push(finding(tokens, index, date));
            next = date.end;
        }
        index = next;
    }
}

fn finding(tokens: &Tokens, first: usize, date: Date) -> Found {
    let last = tokens.at(date.end.saturating_sub(1));
    between(Kind::DateOfBirth, Severity::Block, tokens.at(first), last)
}

/// Adds the dates behind a label.
fn behind_label(tokens: &Tokens, label_end: usize, found: &mut Vec<Found>) {
    let (mut at, is_assigned) = to_value(tokens, label_end);
    for listed in 0..MAX_LISTED {
        let date = date::at(tokens, at, Context::Labelled)
            .or_else(|| year(tokens, at, is_assigned && listed == 0));
        let Some(date) = date else {
            return;
        };
        // `we asked for the date of birth on 3 May` speaks of another day.
        if tokens.word(at.saturating_sub(1)) == "on" {
            return;
        }
        found.push(finding(tokens, at, date));
        at = labels::skip(tokens, date.end, |token| {
            token.is_any_mark(",;&") || matches!(tokens.text(token), "and" | "or")
        });
    }
}

/// Returns a year, or a day and a month, that a label is followed by directly.
fn year(tokens: &Tokens, index: usize, is_assigned: bool) -> Option<Date> {
    let token = tokens.at(index);
    if !is_assigned || !token.is_number() {
        return None;
    }
    let next = tokens.at(index + 1);
    let is_year = token.len() == 4
        && tokens
            .value(index)
            .is_some_and(|year| (1880..=2050).contains(&year));
    let is_short = next.is_any_mark("/-.")
        && next.is_glued()
        && tokens.at(index + 2).is_number()
        && tokens
            .value(index)
            .is_some_and(|day| (1..=31).contains(&day))
        && tokens
            .value(index + 2)
            .is_some_and(|month| (1..=12).contains(&month));
    let end = if is_short { index + 3 } else { index + 1 };
    (is_year || is_short).then_some(Date {
        end,
        has_day: is_short,
        has_year: is_year,
    })
}

/// Returns the position of the value behind a label, and whether a mark or a cell assigns it.
fn to_value(tokens: &Tokens, index: usize) -> (usize, bool) {
    let (mut at, mut cells, mut is_assigned) = (index, 0, false);
    while at < index + MAX_BETWEEN {
        let token = tokens.at(at);
        let passes = match token.sort {
            Sort::Mark(mark) => {
                is_assigned |= matches!(mark, ':' | '=');
                ":=-()[],;./'\"|>".contains(mark)
            }
            Sort::Word => token.is(CONNECTION) && !token.is(lexicon::MONTH),
            // A heading or a cell is followed by one block or cell.
            Sort::Cell | Sort::Block => {
                cells += 1;
                is_assigned |= token.sort == Sort::Cell;
                cells == 1
            }
            Sort::Number | Sort::Table | Sort::Row | Sort::TableEnd | Sort::End => false,
        };
        if !passes || date::at(tokens, at, Context::Labelled).is_some() {
            break;
        }
        at = behind_remark(tokens, at).unwrap_or(at + 1);
    }
    (at, is_assigned)
}

/// Returns the position behind a remark in brackets that is no date: `(as on the passport)`.
fn behind_remark(tokens: &Tokens, index: usize) -> Option<usize> {
    /// Tokens of a remark.
    const MAX_REMARK: usize = 12;
    if !tokens.at(index).is_mark('(') {
        return None;
    }
    for at in index + 1..index + MAX_REMARK {
        let token = tokens.at(at);
        if token.is_mark(')') {
            return Some(at + 1);
        }
        if token.is_structure() || date::at(tokens, at, Context::Labelled).is_some() {
            return None;
        }
    }
    None
}

/// Adds the date directly behind `born` or `b.`
fn behind_born(tokens: &Tokens, index: usize, found: &mut Vec<Found>) {
    let at = labels::skip(tokens, index, |token| {
        token.is_any_mark(":=-(.,")
            || matches!(tokens.text(token), "on" | "in" | "at" | "the" | "day" | "hospital" | "home" | "prematurely")
            || token.is(WEEKDAY)
            // The place of birth.
            || (token.is_word() && token.is_capitalised() && !token.is(lexicon::MONTH))
    });
    for begin in [at, at.saturating_sub(1)] {
        if let Some(date) = date::at(tokens, begin, Context::Labelled)
            && begin >= index
            && (date.has_year || date.has_day)
        {
            return found.push(finding(tokens, begin, date));
        }
    }
}

/// Whether `born` at a position is said of a person, and not of an idea or a hospital.
fn is_person(tokens: &Tokens, index: usize) -> bool {
    let begin = sentences::begin(tokens, index, MAX_BEFORE);
    let mut is_thing = false;
    for at in (begin..index).rev() {
        let token = tokens.at(at);
        if token.is(PERSON | TITLE | STAFF_TITLE) {
            return true;
        }
        is_thing |= token.is(THING);
    }
    !is_thing
}
