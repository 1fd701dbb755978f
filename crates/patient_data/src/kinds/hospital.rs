//! Numbers of a hospital or a record system, with their label.

use super::{
    between,
    date::{self, Context},
};
use crate::{
    check::Found,
    finding::{Kind, Severity},
    introduced,
    labels::{self, Label, LabelSort},
    lexicon::{
        CHANGE, CONNECTION, HEAD_COUNT, HEAD_HOSPITAL, NO_NAME, NUMBER_WORD, PATIENT, PEOPLE,
        PERSON, PROJECT, RATE, TITLE, UNIT,
    },
    tokens::{Sort, Token, Tokens},
};

/// Digits of the shortest number: fewer are a bed, a ward or a site.
const MIN_DIGITS: usize = 4;
/// Digits of the largest count of patients or of their numbers.
const MAX_COUNT: usize = 5;
/// Letters and digits of the longest one.
const MAX_LENGTH: usize = 24;
/// Letters in one part of a number: `RXX`, `MRN`.
const MAX_LETTERS: usize = 4;
/// Numbers behind one label.
const MAX_LISTED: usize = 50;

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut next = 0;
    for &index in tokens.starts() {
        if index < next {
            continue;
        }
        let token = tokens.at(index);
        next = index + 1;
        if token.head & HEAD_HOSPITAL != 0 {
            let is_count = token.head & HEAD_COUNT != 0;
            let end = value(tokens, index, true);
            if let Some(end) = end.filter(|end| !is_count || is_distinct(tokens, index, *end)) {
                found.push(finding(tokens, index, end, Severity::Block));
                next = end;
            }
        } else if let Some(label) =
            labels::at(tokens, index).filter(|label| label.sort == LabelSort::HospitalNumber)
        {
            behind_label(tokens, index, label, found);
            next = label.end;
        } else if token.is_number()
            && let Some(end) = value(tokens, index, true)
            && labels::follows(tokens, end - 1, LabelSort::HospitalNumber)
        {
            let weak = (end..end + 3).find(|at| labels::is_weak(tokens, *at));
            let severity = match weak {
                Some(label) if !is_near_patient(tokens, label) => Severity::Warn,
                Some(_) | None => Severity::Block,
            };
            found.push(finding(tokens, index, end, severity));
            next = end;
        }
    }
}

fn finding(tokens: &Tokens, first: usize, end: usize, severity: Severity) -> Found {
    let last = tokens.at(end.saturating_sub(1));
    between(Kind::HospitalNumber, severity, tokens.at(first), last)
}

/// Whether words next to a label, or other labels, are those of a patient.
fn is_near_patient(tokens: &Tokens, index: usize) -> bool {
    /// Tokens before and behind the label.
    const MAX_NEAR: usize = 12;
    let is_of_patient = |at: usize| {
        let token = tokens.at(at);
        // `patient portal`
        let is_person = token.is(PATIENT | PERSON | TITLE) && tokens.text(token) != "who";
        let is_other = labels::at(tokens, at).is_some_and(|label| {
            label.sort != LabelSort::HospitalNumber && label.sort != LabelSort::Born
        });
        is_person && !tokens.at(at + 1).is(NO_NAME | PROJECT) || is_other
    };
    let is_inside = |at: &usize| !tokens.at(*at).is_structure();
    let before = (index.saturating_sub(MAX_NEAR)..index).rev();
    let behind = index + 1..=index + MAX_NEAR;
    before.take_while(is_inside).any(is_of_patient)
        || behind.take_while(is_inside).any(is_of_patient)
}

/// Returns how sure it is that what is behind a label is a number of a patient, and what would be a date instead.
fn severity_of(tokens: &Tokens, index: usize) -> (Severity, Option<Context>) {
    if !labels::is_weak(tokens, index) {
        (Severity::Block, None)
    } else if is_near_patient(tokens, index) {
        (Severity::Block, Some(Context::Free))
    } else {
        (Severity::Warn, Some(Context::Labelled))
    }
}

fn behind_label(tokens: &Tokens, index: usize, label: Label, found: &mut Vec<Found>) {
    // `MRN format A999999`
    if matches!(
        tokens.word(label.end),
        "format" | "example" | "pattern" | "template"
    ) {
        return;
    }
    let (mut at, mut is_assigned) = to_value(tokens, label.end);
    let mut is_strict = label.is_count || (label.is_plural && !is_assigned);
    if value(tokens, at, is_assigned).is_none() {
        let is_value =
            |at: usize| value(tokens, at, true).is_some_and(|end| is_distinct(tokens, at, end));
        let begin = introduced::value(tokens, label.end, is_value).map(|(begin, _)| begin);
        let Some(begin) = begin.or_else(|| introduced::below_heads(tokens, label.end, is_value))
        else {
            return;
        };
        (at, is_assigned, is_strict) = (begin, true, true);
    }
    let (severity, dates) = severity_of(tokens, index);
    for _ in 0..MAX_LISTED {
        let Some(end) = value(tokens, at, is_assigned) else {
            return;
        };
        let date = dates.and_then(|context| date::at(tokens, at, context));
        if date.is_some_and(|date| date.has_day && date.end >= end) {
            return;
        }
        // `hospital numbers 31000 of 40000` counts them.
        if is_counted(tokens, at, end) || (is_strict && !is_distinct(tokens, at, end)) {
            return;
        }
        found.push(finding(tokens, at, end, severity));
        at = labels::skip(tokens, end, |token| {
            token.is_any_mark(",;&/")
                || matches!(tokens.text(token), "and" | "or" | "into" | "with")
        });
        if at == end {
            return;
        }
    }
}

/// Whether a number has the form of an identifier rather than that of a count: a letter, a leading 0, or many digits.
fn is_distinct(tokens: &Tokens, index: usize, end: usize) -> bool {
    let parts = || (index..end).map(|at| tokens.at(at));
    let digits: usize = parts()
        .filter(|token| token.is_number())
        .map(Token::len)
        .sum();
    let has_letters = parts().any(Token::is_word);
    let begins_with_zero = tokens.text(tokens.at(index)).starts_with('0');
    (has_letters && digits >= MIN_DIGITS)
        || (begins_with_zero && digits > MIN_DIGITS)
        || digits > MAX_COUNT
}

/// Whether a number is a count or the end of a range, by what follows it: `1204 of 1300`, `5656 (2024)`, `0001 to 9999`.
fn is_counted(tokens: &Tokens, index: usize, end: usize) -> bool {
    // `n = 12045`
    let is_size = tokens.before(index).is_mark('=') && tokens.word(index.wrapping_sub(2)) == "n";
    // `1286044 a year`
    let is_rate = matches!(tokens.word(end), "a" | "per" | "each" | "every")
        && tokens.at(end + 1).is(UNIT | RATE);
    if is_size || is_rate {
        return true;
    }
    let is_plain = end == index + 1 && tokens.at(index).len() <= MAX_COUNT;
    if !is_plain {
        return false;
    }
    let (next, third) = (tokens.at(end), end + 1);
    if next.is_mark('(') {
        return is_year(tokens, third) && tokens.at(third + 1).is_mark(')');
    }
    if matches!(tokens.text(next), "to" | "through") || next.is_mark('-') {
        return tokens.at(third).is_number() && tokens.at(third).len() <= MAX_COUNT;
    }
    let is_in_year = tokens.text(next) == "in" && is_year(tokens, third);
    next.is_word() && (is_in_year || tokens.text(next) == "of" || next.is(PEOPLE | UNIT | CHANGE))
}

/// Returns the position of the value behind a label, and whether a mark or a cell assigns it.
fn to_value(tokens: &Tokens, index: usize) -> (usize, bool) {
    let (mut at, mut cells, mut is_assigned) = (index, 0, false);
    while at < index + 16 {
        let token = tokens.at(at);
        let passes = match token.sort {
            Sort::Mark(mark) => {
                is_assigned |= matches!(mark, ':' | '=' | '#' | '(');
                ":=#-()[],.'\"|>".contains(mark)
            }
            Sort::Word => {
                is_assigned |= matches!(tokens.text(token), "is" | "was");
                let next = tokens.at(at + 1);
                let is_prefix = (token.is_capitalised() || next.is_glued())
                    && token.len() <= 2
                    && next.is_number();
                token.is(CONNECTION | NUMBER_WORD) && !is_prefix
            }
            Sort::Cell | Sort::Block => {
                cells += 1;
                is_assigned = true;
                cells == 1
            }
            Sort::Number | Sort::Table | Sort::Row | Sort::TableEnd | Sort::End => false,
        };
        if !passes {
            break;
        }
        at += 1;
    }
    (at, is_assigned)
}

/// Returns the position behind the number that begins at a position: digits, with letters and marks among them.
pub(super) fn value(tokens: &Tokens, index: usize, is_assigned: bool) -> Option<usize> {
    let (mut at, mut digits, mut length, mut parts) = (index, 0, 0, 0);
    let mut end = index;
    while length <= MAX_LENGTH {
        let token = tokens.at(at);
        // A space is within a number only behind its letters: `A 123456`.
        let is_near = at == index
            || token.is_glued()
            || (parts == 1 && digits == 0 && token.is_number())
            || (token.is_number()
                && tokens.before(at).is_number()
                && (is_assigned || digits < MIN_DIGITS))
            || (token.is_number()
                && tokens.before(at).is_any_mark("-/")
                && tokens.before(at).is_glued());
        let is_part = match token.sort {
            Sort::Number => true,
            // `mrn k0123456`
            Sort::Word => {
                let is_joined = tokens.at(at + 1).is_number() && tokens.at(at + 1).is_glued();
                token.len() <= MAX_LETTERS
                    && (token.is_capitalised()
                        || at > index
                        || digits > 0
                        || (is_joined && token.len() <= 2))
            }
            Sort::Mark(mark) => at > index && "-/._".contains(mark),
            Sort::Block | Sort::Table | Sort::Row | Sort::Cell | Sort::TableEnd | Sort::End => {
                false
            }
        };
        if !is_part || !is_near {
            break;
        }
        at += 1;
        if token.is_number() || token.is_word() {
            parts += 1;
            length += token.len();
            end = at;
        }
        if token.is_number() {
            digits += token.len();
        }
    }
    let is_value = digits >= MIN_DIGITS
        && length <= MAX_LENGTH
        && (is_assigned
            || (!is_years(tokens, index, end) && (parts > 1 || !is_ordinal(tokens, index))))
        && !is_figure(tokens, end)
        && !is_zero(tokens, index, end);
    is_value.then_some(end)
}

/// Whether a number is followed by what makes it a figure: `12%`, `12,000`.
fn is_figure(tokens: &Tokens, end: usize) -> bool {
    let (next, third) = (tokens.at(end), tokens.at(end + 1));
    let is_thousands = next.is_mark(',') && next.is_glued() && third.len() == 3 && third.is_glued();
    next.is_mark('%') || is_thousands
}

/// Whether a number is a year: behind a label it is one, unless a colon or the like is between them.
fn is_year(tokens: &Tokens, index: usize) -> bool {
    let year = tokens.value(index).filter(|_| tokens.at(index).len() == 4);
    year.is_some_and(|year| (1900..=2100).contains(&year))
}

/// Whether a number counts rather than names: a year, or a round thousand, as in `patient number 1000 joined`.
fn is_ordinal(tokens: &Tokens, index: usize) -> bool {
    let is_round = tokens.at(index).len() <= MAX_COUNT
        && tokens.value(index).is_some_and(|value| value % 500 == 0);
    is_year(tokens, index) || is_round
}

/// `2023-24`, `2023/2024`
fn is_years(tokens: &Tokens, index: usize, end: usize) -> bool {
    is_year(tokens, index) && end == index + 3 && tokens.at(index + 1).is_any_mark("-/")
}

/// Whether all digits are 0 or all are 9, as in an example of the form.
fn is_zero(tokens: &Tokens, index: usize, end: usize) -> bool {
    let is_all = |filler: u8| {
        (index..end).all(|at| {
            let token = tokens.at(at);
            !token.is_number() || tokens.text(token).bytes().all(|digit| digit == filler)
        })
    };
    is_all(b'0') || is_all(b'9')
}
