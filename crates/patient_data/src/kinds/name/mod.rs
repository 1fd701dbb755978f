//! Names of patients: a title and a surname near a word for a patient, or a name with its label. Staff have titles, too:
//! what they do is next to their name.

mod bearer;
mod clinical;
mod form;

use super::between;
use crate::{
    check::Found,
    finding::{Kind, Severity},
    labels::{self, LabelSort},
    lexicon::{GIVEN_NAME, HEAD_NAME, PATIENT, STAFF_TITLE, SURNAME, TITLE},
    tokens::{Shape, Sort, Tokens},
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
            if let Some(name) = titled(tokens, at).or_else(|| untitled(tokens, at, least)) {
                found.push(finding(tokens, name));
                next = name.end;
            }
        } else if token.is(PATIENT)
            && let Some(name) =
                called_patient(tokens, index).or_else(|| patient_behind(tokens, index))
        {
            found.push(finding(tokens, name));
            next = name.end;
        }
    }
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
    let begin = index + 1 + usize::from(mark.is_any_mark(":,"));
    let name = untitled(tokens, begin, 2)?;
    let (first, second) = (tokens.at(begin), tokens.at(begin + 1));
    let is_list = mark.is_mark(':') && first.shape == Shape::Upper && second.is_mark(',');
    let is_title_behind = tokens.at(name.end).is_mark('(') && tokens.at(name.end + 1).is(TITLE);
    (is_known(tokens, name) || (is_list && is_title_behind)).then_some(name)
}

/// Returns the name without a title before a word for a patient: `Jane Ellis (patient)`, `Jane Ellis, a patient,`.
fn patient_behind(tokens: &Tokens, index: usize) -> Option<Name> {
    let is_article = matches!(tokens.word(index.wrapping_sub(1)), "a" | "our" | "the");
    let mark = index.checked_sub(1 + usize::from(is_article))?;
    let next = tokens.at(index + 1);
    let is_apart =
        tokens.at(mark).is_any_mark("(,") && (next.is_structure() || next.is_any_mark(",.);"));
    let first = mark.checked_sub(2).filter(|_| is_apart)?;
    // Two words, or three if a hyphen joins them.
    let begins = [first, first.saturating_sub(2)];
    let names = begins
        .iter()
        .filter_map(|begin| untitled(tokens, *begin, 2));
    let mut names = names.filter(|name| name.end == mark && !tokens.before(name.first).is(TITLE));
    names.find(|name| is_known(tokens, *name))
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
    let is_name = first.is(GIVEN_NAME) || (last.is(SURNAME) && first.class == 0);
    is_name && words.len() > 1
}
