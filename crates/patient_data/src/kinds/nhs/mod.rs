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
        PATIENT, PHONE, SERVICE,
    },
    tokens::{Sort, Tokens},
};
pub(crate) use another::names_code;
use another::{
    is_between_digests, is_counted, is_money, is_number_of_page, is_term, is_within_another,
    name_before,
};
use groups::{any_groups, is_split, scanned, unlabelled};

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
    let is_other = !is_checked(&run.digits)
        || is_within_another(tokens, index, run.last)
        || is_money(tokens, index);
    if is_other {
        return None;
    }
    if is_issued(&run.digits) {
        severity_of_issued(tokens, index, run)
    } else {
        severity_of_alike(tokens, index, run)
    }
}

/// Returns the severity of a number that can be that of a patient.
fn severity_of_issued(tokens: &Tokens, index: usize, run: &Run) -> Option<Severity> {
    let named = name_before(tokens, index);
    let other = named.class | tokens.at(index).head;
    let is_alike = other & ALIKE_NUMBER != 0;
    let is_telephone = is_alike && other & (PHONE | SERVICE) != 0;
    if run.last > index {
        // Only NHS numbers are written in such groups, and telephone numbers of other countries.
        let is_sure = !is_split(tokens, index, run.last) && !is_telephone;
        return Some(if is_sure {
            Severity::Block
        } else {
            Severity::Warn
        });
    }
    if is_term(tokens, run.last) {
        return None;
    }
    // Telephone numbers begin with 0, so that another one can be looked at.
    if is_alike && !is_telephone && !named.is_parted {
        return None;
    }
    let is_other = other & OTHER_NUMBER != 0 && other & (PATIENT | HOSPITAL | HEAD_HOSPITAL) == 0;
    // An order number, or the number of a page, that is also right as an NHS number can be looked at.
    let is_named = is_alike || is_other || is_counted(tokens, run.last);
    let is_part = is_number_of_page(tokens, index) || is_between_digests(tokens, index);
    Some(if is_named || is_part {
        Severity::Warn
    } else {
        Severity::Block
    })
}

/// Returns the severity of another number that is right by modulus 11.
fn severity_of_alike(tokens: &Tokens, index: usize, run: &Run) -> Option<Severity> {
    let other = name_before(tokens, index).class | tokens.at(index).head;
    let is_alike = other & ALIKE_NUMBER != 0 || is_term(tokens, run.last);
    let is_other = other & OTHER_NUMBER != 0 && other & (PATIENT | HOSPITAL | HEAD_HOSPITAL) == 0;
    // Pages have numbers of ten digits as well; those that begin with 9 are used to test with.
    let is_page = tokens.at(index).in_url && !run.digits.starts_with('9');
    let is_freephone = run.digits.starts_with("0800");
    let is_known = is_alike || is_other || is_page || is_freephone || is_counted(tokens, run.last);
    (!is_known).then_some(Severity::Warn)
}

/// Adds the numbers behind a label.
fn behind_label(tokens: &Tokens, index: usize, found: &mut Vec<Found>) {
    let labelled = |at: usize| any_groups(tokens, at).or_else(|| scanned(tokens, at));
    let mut at = to_value(tokens, index);
    if labelled(at).is_none() {
        let is_value = |at: usize| {
            labelled(at).is_some()
                && name_before(tokens, at).class & (ALIKE_NUMBER | OTHER_NUMBER) == 0
        };
        let Some((begin, _)) = introduced::value(tokens, index, is_value) else {
            return;
        };
        at = begin;
    }
    for _ in 0..MAX_LISTED {
        let Some(run) = labelled(at) else {
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
            Sort::Mark(mark) => ":=#-()[],.'\"|>+".contains(mark),
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
