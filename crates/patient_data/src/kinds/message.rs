//! The segment of a message of HL7 v2 that says who the patient is:
//! `PID|1||RXX1234567^^^RXX^MR||SMITH^JOHN^^^MR||19510503|M`.

use super::{
    between,
    date::{self, Context},
    hospital,
};
use crate::{
    check::Found,
    finding::{Kind, Severity},
    lexicon::NO_NAME,
    tokens::{Gap, Shape, Sort, Tokens},
};

/// Tokens of a segment up to its last field that is read.
const MAX_TOKENS: usize = 200;
/// Tokens of a surname: `O'BRIEN-JONES`.
const MAX_SURNAME: usize = 6;

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    for (index, token) in tokens.words() {
        let is_segment = token.shape == Shape::Upper && tokens.text(*token) == "pid";
        let next = tokens.at(index + 1);
        if is_segment && next.is_mark('|') && next.is_glued() {
            segment(tokens, index + 1, found);
        }
    }
}

/// Reads the fields of a segment, up to that of the date of birth.
fn segment(tokens: &Tokens, first: usize, found: &mut Vec<Found>) {
    let (mut field, mut begins) = (0, false);
    for at in first..first + MAX_TOKENS {
        let token = tokens.at(at);
        if token.is_structure() || token.gap == Gap::Line {
            return;
        }
        match token.sort {
            Sort::Mark('|') => (field, begins) = (field + 1, true),
            // The next of several numbers.
            Sort::Mark('~') => begins = true,
            Sort::Word | Sort::Number if begins => {
                begins = false;
                found.extend(value(tokens, at, field));
            }
            _ => {}
        }
        if field > 7 {
            return;
        }
    }
}

/// Returns what is found in the value of a field.
fn value(tokens: &Tokens, at: usize, field: usize) -> Option<Found> {
    let (kind, severity, end) = match field {
        2..=4 => {
            let end = hospital::value(tokens, at, true)?;
            (Kind::HospitalNumber, Severity::Block, end)
        }
        5 => (Kind::PersonName, Severity::Warn, behind_name(tokens, at)?),
        7 => (Kind::DateOfBirth, Severity::Block, behind_day(tokens, at)?),
        _ => return None,
    };
    let last = tokens.at(end.saturating_sub(1));
    Some(between(kind, severity, tokens.at(at), last))
}

/// Returns the position behind a surname and a given name: `SMITH^JOHN`.
fn behind_name(tokens: &Tokens, index: usize) -> Option<usize> {
    let mark = (index + 1..index + MAX_SURNAME).find(|at| tokens.at(*at).is_any_mark("^|"))?;
    let is_name = |at: usize| {
        let token = tokens.at(at);
        token.is_word() && !token.is(NO_NAME) && tokens.text(token) != "test"
    };
    let has_both = tokens.at(mark).is_mark('^') && is_name(index) && is_name(mark + 1);
    has_both.then_some(mark + 2)
}

/// Returns the position behind a day, with or without a time: `19510503`, `195105030000`.
fn behind_day(tokens: &Tokens, index: usize) -> Option<usize> {
    let digits = tokens.text(tokens.at(index));
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    let day = (number(0, 4), number(4, 6), number(6, 8));
    if let (Some(year), Some(month), Some(day)) = day
        && matches!(digits.len(), 8 | 10 | 12 | 14)
    {
        let is_day = (1900..=2150).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            // What systems write where they know none.
            && !(year <= 1901 && month == 1 && day == 1);
        return is_day.then_some(index + 1);
    }
    let date = date::at(tokens, index, Context::Labelled)?;
    (date.has_day && date.has_year).then_some(date.end)
}
