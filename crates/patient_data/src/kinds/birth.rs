//! Dates of birth with their label: before, behind, in the cell next to it, or at the head of its column.

use super::{
    between,
    date::{self, Context, Date},
};
use crate::{
    check::Found,
    finding::{Kind, Severity},
    introduced::{self, Lead},
    labels::{self, LabelSort},
    lexicon::{
        self, CHANGE, CONNECTION, EVENT, GIVEN_NAME, HEAD_BIRTH, HEAD_BORN, HOSPITAL, OTHER_MONTH,
        PERSON, PROJECT, RATE, STAFF_TITLE, SURNAME, THING, TITLE, WEEKDAY,
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
    let mut next = 0;
    for &index in tokens.starts() {
        if index < next {
            continue;
        }
        let token = tokens.at(index);
        next = index + 1;
        if token.head & (HEAD_BIRTH | HEAD_BORN) != 0 {
            let date = date::at(tokens, index, Context::Labelled)
                .or_else(|| serial(tokens, index).filter(|_| token.head & (CHANGE | RATE) == 0));
            if let Some(date) = date {
                found.push(finding(tokens, index, date));
                next = date.end;
            }
        } else if let Some(label) = labels::at(tokens, index) {
            match label.sort {
                LabelSort::DateOfBirth => behind_label(tokens, label.end, found),
                LabelSort::Born if token.len() == 1 => {
                    behind_born(tokens, label.end, Said::Person, found)
                }
                LabelSort::Born => behind_born(tokens, label.end, said_of(tokens, index), found),
                LabelSort::NhsNumber | LabelSort::HospitalNumber | LabelSort::PatientName => {}
            }
        } else if (token.is_number() || token.is(lexicon::MONTH | OTHER_MONTH))
            && let Some(date) = date::at(tokens, index, Context::Labelled)
            && labels::follows(tokens, date.end.saturating_sub(1), LabelSort::DateOfBirth)
        {
            found.push(finding(tokens, index, date));
            next = date.end;
        }
    }
}

/// What `born` is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Person,
    /// By what is before: `Kowalczyk, born`.
    Name,
    /// By a verb: `CareLink was born`.
    Subject,
    Thing,
}

impl Said {
    /// Returns how severe it is that a date follows.
    fn severity(self, date: Date) -> Option<Severity> {
        match self {
            Self::Person => Some(Severity::Block),
            Self::Name if date.has_day => Some(Severity::Block),
            Self::Name | Self::Subject => Some(Severity::Warn),
            Self::Thing => None,
        }
    }
}

fn finding(tokens: &Tokens, first: usize, date: Date) -> Found {
    let last = tokens.at(date.end.saturating_sub(1));
    between(Kind::DateOfBirth, Severity::Block, tokens.at(first), last)
}

/// Returns the number by which a sheet counts days, from 1910 on, alone in its cell.
fn serial(tokens: &Tokens, index: usize) -> Option<Date> {
    let is_day = tokens
        .value(index)
        .is_some_and(|days| (3_654..=60_000).contains(&days));
    let is_alone = tokens.before(index).sort == Sort::Cell && tokens.at(index + 1).is_structure();
    (is_day && is_alone && tokens.has_rows()).then_some(Date {
        end: index + 1,
        has_day: true,
        has_year: true,
    })
}

/// Adds the dates behind a label.
fn behind_label(tokens: &Tokens, label_end: usize, found: &mut Vec<Found>) {
    let (mut at, is_assigned) = to_value(tokens, label_end);
    let is_found = date::at(tokens, at, Context::Labelled).is_some();
    if !is_found && year(tokens, at, is_assigned).is_none() {
        let is_whole = |at: usize| {
            date::at(tokens, at, Context::Labelled)
                .is_some_and(|date| date.has_day && date.has_year)
        };
        match introduced::value(tokens, label_end, is_whole) {
            Some((begin, Lead::Assigned)) => at = begin,
            // `DOB on PAS 3/5/1951`
            Some((begin, Lead::Phrase)) if tokens.before(begin).is(HOSPITAL) => at = begin,
            Some((_, Lead::Phrase)) | None => {
                let Some(begin) = introduced::below_heads(tokens, label_end, is_whole) else {
                    return;
                };
                at = begin;
            }
        }
    }
    // `| Field | Changed |`
    if tokens.at(at).head & CHANGE != 0 {
        return;
    }
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
        if !is_default(tokens, at, date) {
            found.push(finding(tokens, at, date));
        }
        at = labels::skip(tokens, date.end, |token| {
            token.is_any_mark(",;&") || matches!(tokens.text(token), "and" | "or")
        });
    }
}

/// Whether a date names a year before 1900: whoever was born then is dead.
fn is_historic(tokens: &Tokens, first: usize, date: Date) -> bool {
    let is_year = |at: usize| {
        tokens.at(at).len() == 4
            && tokens
                .value(at)
                .is_some_and(|year| (1000..1900).contains(&year))
            && !tokens.at(at + 1).is_mark(':')
    };
    // The year of a date too far back is read as none, and is behind it.
    (first..date.end).any(is_year) || (!date.has_year && is_year(date.end))
}

/// Whether a date is the first of January 1900 or 1901, which systems write where they know none, or names a year before.
fn is_default(tokens: &Tokens, first: usize, date: Date) -> bool {
    if is_historic(tokens, first, date) {
        return true;
    }
    let mut numbers = (first..date.end).filter_map(|at| tokens.value(at));
    let has_year = (first..date.end).any(|at| matches!(tokens.value(at), Some(1900 | 1901)));
    has_year && numbers.all(|value| matches!(value, 1 | 1900 | 1901))
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
                ":=-()[],;./'\"|>?".contains(mark)
            }
            Sort::Word => token.is(CONNECTION) && !token.is(lexicon::MONTH | OTHER_MONTH),
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
fn behind_born(tokens: &Tokens, index: usize, said: Said, found: &mut Vec<Found>) {
    let at = labels::skip(tokens, index, |token| {
        token.is_any_mark(":=-(.,")
            || matches!(tokens.text(token), "on" | "in" | "at" | "the" | "day" | "hospital" | "home" | "prematurely")
            || token.is(WEEKDAY)
            // The place of birth.
            || (token.is_word() && token.is_capitalised() && !token.is(lexicon::MONTH))
    });
    for begin in [
        at,
        at.saturating_sub(1),
        on_day(tokens, index).unwrap_or(at),
    ] {
        if let Some(date) = date::at(tokens, begin, Context::Labelled)
            && begin >= index
            && (date.has_year || date.has_day)
        {
            if is_historic(tokens, begin, date) {
                return;
            }
            let finding = finding(tokens, begin, date);
            let severity = said.severity(date);
            return found.extend(severity.map(|severity| Found {
                severity,
                ..finding
            }));
        }
    }
}

/// Returns the position of the date behind `on` in the same clause: `born in theatre 3 on 2 June 1951`.
fn on_day(tokens: &Tokens, index: usize) -> Option<usize> {
    for at in index..index + MAX_BETWEEN {
        let token = tokens.at(at);
        let ends = sentences::ends(tokens, at)
            || token.is_any_mark(",;")
            || token.is(EVENT | CHANGE)
            || matches!(
                tokens.text(token),
                "and" | "who" | "then" | "but" | "came" | "seen"
            );
        if ends {
            return None;
        }
        let begin = at + 1;
        if tokens.text(token) == "on" && date::at(tokens, begin, Context::Labelled).is_some() {
            return Some(begin);
        }
    }
    None
}

/// Returns what `born` at a position is said of: a person, or an idea or a hospital.
fn said_of(tokens: &Tokens, index: usize) -> Said {
    let begin = sentences::begin(tokens, index, MAX_BEFORE);
    let has_verb = matches!(
        tokens.word(index.wrapping_sub(1)),
        "is" | "was" | "were" | "been"
    );
    let behind_subject = index.saturating_sub(usize::from(has_verb));
    // `the dashboard was born`
    let subject = tokens.before(behind_subject);
    let mut is_thing = has_verb && subject.is(PROJECT);
    let (mut has_words, mut has_name) = (false, false);
    for at in (begin..index).rev() {
        let token = tokens.at(at);
        if token.is(PERSON | TITLE | STAFF_TITLE) {
            return Said::Person;
        }
        is_thing |= token.is(THING);
        has_words |= token.is_word() && at < behind_subject;
        has_name |= token.is_capitalised() && token.is(GIVEN_NAME | SURNAME);
    }
    if is_thing {
        return Said::Thing;
    }
    // `(born 3 May 1951)`
    if has_name || !has_words || tokens.before(index).is_mark('(') {
        return Said::Person;
    }
    if has_verb { Said::Subject } else { Said::Name }
}
