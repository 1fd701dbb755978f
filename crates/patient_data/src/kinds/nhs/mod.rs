//! NHS numbers: ten digits, plain or in groups, whose last one is right by modulus 11 (NHS Data Dictionary, NHS NUMBER).

mod another;
mod groups;

use super::between;
use crate::{
    check::Found,
    finding::{Kind, Severity},
    introduced,
    labels::{self, LabelSort},
    lexicon::{
        ALIKE_NUMBER, CONNECTION, HEAD_HOSPITAL, HEAD_NHS, HOSPITAL, NUMBER_WORD, OTHER_NUMBER,
        PATIENT, PHONE,
    },
    tokens::{Sort, Tokens},
};
use another::{is_number_of_page, is_term, is_within_another, name_before};
use groups::{any_groups, is_split, unlabelled};

const DIGITS: usize = 10;

/// Tokens between the name of a number and the number.
const MAX_BACK: usize = 8;

/// Numbers behind one label: `NHS numbers: …, …`.
const MAX_LISTED: usize = 50;

/// A run of ten digits, and the position of its last token.
struct Run {
    digits: String,
    last: usize,
}

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut next = 0;
    for &index in tokens.starts() {
        if index < next {
            continue;
        }
        let token = tokens.at(index);
        next = index + 1;
        if token.is_number() {
            let labelled = token.head & HEAD_NHS != 0;
            let is_named =
                |run: &Run| labelled || labels::follows(tokens, run.last, LabelSort::NhsNumber);
            let run = any_groups(tokens, index).filter(is_named);
            if let Some(run) = run {
                next = run.last + 1;
                found.push(labelled_number(tokens, index, &run));
            } else if let Some(run) = unlabelled(tokens, index) {
                let severity = severity(tokens, index, &run);
                if let Some(severity) = severity {
                    found.push(number(tokens, index, &run, severity));
                    next = run.last + 1;
                }
            }
        } else if let Some(label) = labels::at(tokens, index)
            && label.sort == LabelSort::NhsNumber
        {
            behind_label(tokens, label.end, found);
        }
    }
}

fn number(tokens: &Tokens, first: usize, run: &Run, severity: Severity) -> Found {
    between(
        Kind::NhsNumber,
        severity,
        tokens.at(first),
        tokens.at(run.last),
    )
}

fn labelled_number(tokens: &Tokens, first: usize, run: &Run) -> Found {
    let severity = if is_issued(&run.digits) {
        Severity::Block
    } else {
        Severity::Warn
    };
    number(tokens, first, run, severity)
}

/// Whether the last digit is right, and the first is one of those that are issued in England, Wales and the Isle of Man.
fn is_issued(digits: &str) -> bool {
    digits.starts_with(['3', '4', '6', '7']) && is_checked(digits)
}

/// Whether the last of ten digits is right by modulus 11.
fn is_checked(digits: &str) -> bool {
    let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((last, nine)) = values.split_last() else {
        return false;
    };
    let sum: u32 = nine
        .iter()
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let is_repeated = nine.iter().all(|digit| digit == last);
    // 11 − (sum mod 11), where 11 is written 0 and 10 is no digit.
    !is_repeated && nine.len() == DIGITS - 1 && (11 - sum % 11) % 11 == *last
}

/// Returns the severity of a run without a label; `None` if it is none or is another number.
fn severity(tokens: &Tokens, index: usize, run: &Run) -> Option<Severity> {
    if !is_checked(&run.digits) || is_within_another(tokens, index, run.last) {
        return None;
    }
    let other = name_before(tokens, index) | tokens.at(index).head;
    let is_alike = other & ALIKE_NUMBER != 0 || is_term(tokens, run.last);
    // Numbers of telephones begin with 0, so that this one can be looked at.
    let is_telephone = other & ALIKE_NUMBER != 0 && other & PHONE != 0;
    let is_other = other & OTHER_NUMBER != 0 && other & (PATIENT | HOSPITAL | HEAD_HOSPITAL) == 0;
    // Pages have numbers of ten digits as well; those that begin with 9 are used to test with.
    let is_page = tokens.at(index).in_url && !run.digits.starts_with('9');
    let is_grouped = run.last > index;
    match (is_issued(&run.digits), is_alike, is_other || is_page) {
        (true, true, _) if is_telephone && is_grouped => Some(Severity::Warn),
        (_, true, _) | (false, _, true) => None,
        // A freephone number.
        (false, ..) if run.digits.starts_with("0800") => None,
        (false, false, false) => Some(Severity::Warn),
        // Only NHS numbers are written in such groups.
        (true, false, _) if is_grouped && !is_split(tokens, index, run.last) => {
            Some(Severity::Block)
        }
        (true, false, _) if is_grouped => Some(Severity::Warn),
        // An order number, or the number of a page, that is also right as an NHS number can be looked at.
        (true, false, true) if is_other || is_number_of_page(tokens, index) => Some(Severity::Warn),
        (true, false, _) => Some(Severity::Block),
    }
}

/// Adds the numbers behind a label.
fn behind_label(tokens: &Tokens, index: usize, found: &mut Vec<Found>) {
    let mut at = to_value(tokens, index);
    if any_groups(tokens, at).is_none() {
        let is_value = |at: usize| {
            any_groups(tokens, at).is_some()
                && name_before(tokens, at) & (ALIKE_NUMBER | OTHER_NUMBER) == 0
        };
        let Some((begin, _)) = introduced::value(tokens, index, is_value) else {
            return;
        };
        at = begin;
    }
    for _ in 0..MAX_LISTED {
        let Some(run) = any_groups(tokens, at) else {
            return;
        };
        found.push(labelled_number(tokens, at, &run));
        at = labels::skip(tokens, run.last + 1, |token| {
            token.is_any_mark(",;/&") || matches!(tokens.text(token), "and" | "or")
        });
    }
}

/// Returns the position of the value behind a label.
fn to_value(tokens: &Tokens, index: usize) -> usize {
    let mut cells = 0;
    let mut at = index;
    while at < index + 16 {
        let token = tokens.at(at);
        let passes = match token.sort {
            Sort::Mark(mark) => ":=#-()[],.'\"|>".contains(mark),
            Sort::Word => token.is(CONNECTION | NUMBER_WORD),
            Sort::Cell | Sort::Block => {
                cells += 1;
                cells == 1
            }
            Sort::Number | Sort::Table | Sort::Row | Sort::TableEnd | Sort::End => false,
        };
        if !passes {
            break;
        }
        at += 1;
    }
    at
}
