//! Names of patients: a title and a surname near a word for a patient, or a name with its label. Staff have titles, too:
//! what they do is next to their name.

mod aged;
mod bearer;
mod clinical;
mod form;
mod role;
mod spoken;

use super::between;
use crate::{
    check::Found,
    finding::{Kind, Severity},
    labels::{self, LabelSort},
    lexicon::{
        AGE, COLUMN, CONNECTION, GIVEN_NAME, HAPPENED, HEAD_NAME, PATIENT, PERSON, PROJECT,
        SERVICE, STAFF, STAFF_TITLE, STRONG_EVENT, SURNAME, TITLE,
    },
    tokens::{Shape, Sort, Token, Tokens},
};
use bearer::is_patient;
use form::{titled, untitled};

/// A name, and the position behind it.
#[derive(Clone, Copy)]
struct Name {
    first: usize,
    end: usize,
    is_staff_title: bool,
}

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut next = 0;
    for &index in tokens.starts() {
        if index < next {
            continue;
        }
        let token = tokens.at(index);
        next = index + 1;
        if token.is(TITLE | STAFF_TITLE)
            && let Some(name) = titled(tokens, index)
        {
            if is_patient(tokens, name) {
                found.push(finding(tokens, name));
            }
            next = name.end;
        } else if token.head & HEAD_NAME != 0 {
            if let Some(name) = untitled(tokens, index, 1) {
                found.push(finding(tokens, name));
                next = name.end;
            }
        } else if let Some(label) =
            labels::at(tokens, index).filter(|label| label.sort == LabelSort::PatientName)
        {
            let at = labels::skip(tokens, label.end, |token| {
                token.is_any_mark(":=-|(\"'")
                    || token.sort == Sort::Cell
                    || matches!(tokens.text(token), "is" | "was")
            });
            let least = if at == label.end { 2 } else { 1 };
            let name = titled(tokens, at)
                .or_else(|| untitled(tokens, at, least))
                .or_else(|| small(tokens, at).filter(|_| at > label.end))
                .filter(|name| !is_head(tokens, *name));
            if let Some(name) = name {
                found.push(finding(tokens, name));
                next = name.end;
            }
        } else if let Some(name) = in_column(tokens, index).or_else(|| baby(tokens, index)) {
            found.push(finding(tokens, name));
            next = name.end;
        } else if token.is(PATIENT)
            && let Some(name) =
                called_patient(tokens, index).or_else(|| patient_behind(tokens, index))
        {
            found.push(finding(tokens, name));
            next = name.end;
        }
    }
}

/// Whether what follows a label is another label, or the head of the next column.
fn is_head(tokens: &Tokens, name: Name) -> bool {
    let (first, second) = (tokens.at(name.first), tokens.at(name.first + 1));
    let is_word = name.end == name.first + 1;
    first.is_label
        || (is_word
            && (second.is_mark(':') || tokens.before(name.first).sort == Sort::Cell)
            && first.is(COLUMN | PROJECT | SERVICE | STAFF | AGE | CONNECTION))
}

/// Returns the name in a column of patients: two names that many people have, alone in their cell.
fn in_column(tokens: &Tokens, index: usize) -> Option<Name> {
    let token = tokens.at(index);
    let is_of_patients = token.head & PATIENT != 0 && token.head & PERSON != 0;
    if !is_of_patients || tokens.before(index).sort != Sort::Cell {
        return None;
    }
    let name = untitled(tokens, index, 2)?;
    (tokens.at(name.end).is_structure() && is_known(tokens, name)).then_some(name)
}

/// Returns the name of a baby: `Baby Jones`, `our baby Tom Lee`.
fn baby(tokens: &Tokens, index: usize) -> Option<Name> {
    let behind = tokens.at(index + 1);
    let is_baby = tokens.word(index) == "baby" && behind.is(SURNAME) && behind.is_capitalised();
    let name = untitled(tokens, index + 1, 1).filter(|_| is_baby)?;
    Some(Name {
        first: index,
        ..name
    })
}

/// Returns a name behind a label that is written small: `patient name: sheila oakley`.
fn small(tokens: &Tokens, index: usize) -> Option<Name> {
    let names = SURNAME | GIVEN_NAME;
    let (first, last) = (tokens.at(index), tokens.at(index + 1));
    let is_name = |token: Token| token.is_word() && token.class & !names == 0 && token.len() > 1;
    let behind = tokens.at(index + 2);
    let is_whole = first.class | last.class == 0
        && first.len().min(last.len()) > 2
        && (behind.is_structure() || behind.is_any_mark(",.;)") || behind.is_capitalised());
    let is_known = first.is(GIVEN_NAME) || last.is(SURNAME) || is_whole;
    (is_name(first) && is_name(last) && is_known).then_some(Name {
        first: index,
        end: index + 2,
        is_staff_title: false,
    })
}

fn finding(tokens: &Tokens, name: Name) -> Found {
    let last = tokens.at(name.end.saturating_sub(1));
    between(
        Kind::PersonName,
        Severity::Warn,
        tokens.at(name.first),
        last,
    )
}

/// Returns the name without a title behind a word for a patient: `our patient Jane Ellis`, `Patient: ELLIS, Jane (Mrs)`.
fn called_patient(tokens: &Tokens, index: usize) -> Option<Name> {
    let mark = tokens.at(index + 1);
    let begin = index + 1 + usize::from(mark.is_any_mark(":,") || tokens.text(mark) == "called");
    let Some(name) = untitled(tokens, begin, 2) else {
        return small(tokens, begin)
            .filter(|_| mark.is_mark(':'))
            .or_else(|| surname_behind(tokens, index));
    };
    let second = tokens.at(begin + 1);
    let is_list = mark.is_mark(':') && second.is_mark(',');
    let is_title_behind = tokens.at(name.end).is_mark('(') && tokens.at(name.end + 1).is(TITLE);
    (is_known(tokens, name) || (is_list && is_title_behind)).then_some(name)
}

/// Returns a surname alone behind a word for a patient, to whose bearer something happens: `pt Barton fell`.
fn surname_behind(tokens: &Tokens, index: usize) -> Option<Name> {
    let (surname, verb) = (tokens.at(index + 1), tokens.at(index + 2));
    let is_name = surname.is_word()
        && surname.is_capitalised()
        && !surname.is_glued()
        && surname.len() > 1
        && surname.class & !(SURNAME | GIVEN_NAME) == 0
        // `PATIENT RECORD SEEN` is a heading.
        && (surname.is(SURNAME) || surname.shape == Shape::Capitalised);
    (is_name && verb.is(HAPPENED | STRONG_EVENT)).then_some(Name {
        first: index + 1,
        end: index + 2,
        is_staff_title: false,
    })
}

/// Returns the name without a title before a word for a patient: `Jane Ellis (patient)`, `Jane Ellis, a patient,`.
fn patient_behind(tokens: &Tokens, index: usize) -> Option<Name> {
    let is_article = matches!(tokens.word(index.wrapping_sub(1)), "a" | "our" | "the");
    let mark = index.checked_sub(1 + usize::from(is_article))?;
    let next = tokens.at(index + 1);
    let is_apart = tokens.at(mark).is_any_mark("(,")
        && (next.is_structure() || next.is_any_mark(",.);") || tokens.text(next) == "of");
    let first = mark.checked_sub(2).filter(|_| is_apart)?;
    // Two words, or three if a hyphen joins them.
    let begins = [first, first.saturating_sub(2)];
    let names = begins
        .iter()
        .filter_map(|begin| untitled(tokens, *begin, 2));
    let mut names = names.filter(|name| name.end == mark && !tokens.before(name.first).is(TITLE));
    // `Jane Ellis, patient of yours`
    let is_of_reader = matches!(tokens.word(index + 2), "yours" | "ours" | "mine");
    names.find(|name| is_of_reader || is_known(tokens, *name))
}

/// Whether the words of a name are names that many people have.
fn is_known(tokens: &Tokens, name: Name) -> bool {
    let words: Vec<_> = (name.first..name.end)
        .map(|at| tokens.at(at))
        .filter(|token| token.is_word())
        .collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return false;
    };
    let is_turned = tokens.at(name.first + 1).is_mark(',') && last.is(GIVEN_NAME);
    let is_name = first.is(GIVEN_NAME) || (last.is(SURNAME) && first.class == 0) || is_turned;
    is_name && words.len() > 1
}
