//! NHS numbers: ten digits, plain or in groups, whose last one is right by modulus 11 (NHS Data Dictionary, NHS NUMBER).

use super::{between, glued};
use crate::{
    check::Found,
    finding::{Kind, Severity},
    labels::{self, LabelSort},
    lexicon::{
        ALIKE_NUMBER, CONNECTION, HEAD_HOSPITAL, HEAD_NHS, HOSPITAL, NUMBER_WORD, OTHER_NUMBER,
        PATIENT,
    },
    tokens::{Gap, Sort, Token, Tokens},
};

const DIGITS: usize = 10;
/// Numbers behind one label: `NHS numbers: …, …`.
const MAX_LISTED: usize = 50;
/// Letters and digits in a row that are a digest or a key.
const MIN_DIGEST: usize = 16;
/// Tokens between the name of a number and the number.
const MAX_BACK: usize = 8;

/// A run of ten digits, and the position of its last token.
struct Run {
    digits: String,
    last: usize,
}

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut index = 0;
    while index < tokens.len() {
        let token = tokens.at(index);
        let mut next = index + 1;
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
        index = next;
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
    let is_other = other & OTHER_NUMBER != 0 && other & (PATIENT | HOSPITAL | HEAD_HOSPITAL) == 0;
    // Pages have numbers of ten digits as well; those that begin with 9 are used to test with.
    let is_page = tokens.at(index).in_url && !run.digits.starts_with('9');
    match (is_issued(&run.digits), is_alike, is_other || is_page) {
        (_, true, _) | (false, _, true) => None,
        (true, false, false) => Some(Severity::Block),
        // An order number that is also right as an NHS number can be looked at.
        (true, false, true) if !is_other => Some(Severity::Block),
        (true, false, true) | (false, false, false) => Some(Severity::Warn),
    }
}

/// Whether the number is part of a digest, a decimal, a DOI, an ISBN of 13 digits, or a telephone number with its country.
fn is_within_another(tokens: &Tokens, first: usize, last: usize) -> bool {
    let (before, behind) = (tokens.before(first), tokens.at(last + 1));
    let token = tokens.at(first);
    // Letters on either side, as in a digest.
    let letters_before = before.is_word() && token.is_glued();
    let letters_behind = behind.is_word() && behind.is_glued();
    if (letters_before || letters_behind) && is_digest(tokens, first) {
        return true;
    }
    // Ten digits in a row are a number of their own behind a hyphen: `2024-4505577104`.
    let marks = if first == last { "." } else { ".-" };
    // Digits on the other side of a mark: a decimal, a version, a longer number.
    let joins = |mark: Token, number: Token, marks: &str| {
        mark.is_any_mark(marks) && mark.is_glued() && number.is_number() && number.is_glued()
    };
    if behind.is_glued() && joins(behind, tokens.at(last + 2), marks) {
        return true;
    }
    let before_mark = first
        .checked_sub(2)
        .map_or(tokens.at(usize::MAX), |index| tokens.at(index));
    if token.is_glued() && before.is_any_mark(marks) && before.is_glued() && before_mark.is_number()
    {
        return true;
    }
    if token.is_glued() && before.is_mark('+') {
        return true;
    }
    // `+1 450 557 7104`
    let is_country = before.is_number() && before.len() <= 3 && before_mark.is_mark('+');
    is_country || is_doi(tokens, first)
}

/// Whether a number is within a long run of letters and digits, or ends a UUID.
fn is_digest(tokens: &Tokens, index: usize) -> bool {
    let is_part = |token: Token| token.is_word() || token.is_number();
    let mut begin = index;
    while begin > 0
        && index - begin < MIN_DIGEST
        && tokens.at(begin).is_glued()
        && is_part(tokens.before(begin))
    {
        begin -= 1;
    }
    let (text, _) = glued(tokens, begin, 2 * MIN_DIGEST, is_part);
    let is_group = |index: Option<usize>| {
        index.is_some_and(|index| {
            let (mark, token) = (tokens.at(index), tokens.before(index));
            mark.is_mark('-') && mark.is_glued() && is_part(token)
        })
    };
    text.starts_with("0x")
        || text.len() >= MIN_DIGEST
        || (text.len() == 12 && is_group(begin.checked_sub(1)))
}

/// Whether a number belongs to `10.1234/…`.
fn is_doi(tokens: &Tokens, index: usize) -> bool {
    /// Tokens of a DOI before the number.
    const MAX_DOI: usize = 40;
    let mut at = index;
    while at > 0 && index - at < MAX_DOI && tokens.at(at).is_glued() {
        at -= 1;
        if tokens.text(tokens.at(at)) == "10"
            && tokens.at(at + 1).is_mark('.')
            && tokens.at(at + 3).is_mark('/')
        {
            return true;
        }
    }
    false
}

/// Whether a SNOMED term follows: `4505577104 |Asthma (disorder)|`, also as the cell of a table.
fn is_term(tokens: &Tokens, last: usize) -> bool {
    /// Tokens of a term.
    const MAX_TERM: usize = 16;
    if tokens.at(last + 1).is_mark('|') {
        // `[[4505577104|her page]]` is a link: a term ends with the mark that it begins with.
        return (last + 2..last + MAX_TERM).any(|at| tokens.at(at).is_mark('|'));
    }
    let has_tag = |at: usize| {
        let tag = matches!(
            tokens.word(at + 1),
            "disorder"
                | "finding"
                | "procedure"
                | "situation"
                | "substance"
                | "organism"
                | "event"
                | "product"
                | "qualifier"
                | "observable"
        );
        tag && tokens.at(at).is_mark('(')
    };
    let mut term = (last + 2..last + MAX_TERM).take_while(|at| !tokens.at(*at).is_structure());
    tokens.at(last + 1).sort == Sort::Cell && term.any(has_tag)
}

/// Returns what the name in front of a number says: `order no. 4505577104`.
fn name_before(tokens: &Tokens, index: usize) -> u64 {
    let mut at = index;
    while at > 0 && index - at < MAX_BACK {
        at -= 1;
        let token = tokens.at(at);
        match token.sort {
            Sort::Mark(mark) if ":#(=.-,'\"[/".contains(mark) => {}
            Sort::Word if token.is(ALIKE_NUMBER | OTHER_NUMBER | PATIENT | HOSPITAL) => {
                // `patient order number`, `hospital invoice`
                return token.class | tokens.before(at).class & (PATIENT | HOSPITAL);
            }
            Sort::Word if token.is(CONNECTION | NUMBER_WORD) => {}
            // ISBN-10, ISBN-13
            Sort::Number if matches!(tokens.text(token), "10" | "13" | "978" | "979") => {
                if tokens.text(token).len() == 3 {
                    return ALIKE_NUMBER;
                }
            }
            Sort::Mark(_)
            | Sort::Word
            | Sort::Number
            | Sort::Block
            | Sort::Table
            | Sort::Row
            | Sort::TableEnd
            | Sort::End => break,
            // The name can be the cell before.
            Sort::Cell if index - at <= 2 => {}
            Sort::Cell => break,
        }
    }
    0
}

/// Returns ten digits without a label: in one token, or in groups as people write them.
fn unlabelled(tokens: &Tokens, index: usize) -> Option<Run> {
    let token = tokens.at(index);
    match token.len() {
        DIGITS => Some(Run {
            digits: tokens.text(token).to_owned(),
            last: index,
        }),
        3 => grouped(tokens, index, &[3, 3, 4])
            .or_else(|| grouped(tokens, index, &[3, 4, 3]))
            .or_else(|| grouped(tokens, index, &[3, 7])),
        6 => grouped(tokens, index, &[6, 4]),
        1 => grouped(tokens, index, &[1; 10]),
        2 => grouped(tokens, index, &[2; 5]),
        _ => wrapped(tokens, index),
    }
    .or_else(|| wrapped(tokens, index))
    .or_else(|| raised(tokens, index))
}

/// Returns ten digits of which some are raised or lowered.
fn raised(tokens: &Tokens, index: usize) -> Option<Run> {
    let joins = |at: usize| tokens.at(at).is_glued() && tokens.at(at).is_number();
    if !joins(index + 1) || (tokens.before(index).is_number() && joins(index)) {
        return None;
    }
    let mut digits = tokens.text(tokens.at(index)).to_owned();
    let mut last = index;
    while digits.len() < DIGITS && joins(last + 1) {
        last += 1;
        digits.push_str(tokens.text(tokens.at(last)));
    }
    (digits.len() == DIGITS && !joins(last + 1)).then_some(Run { digits, last })
}

/// Returns groups of these lengths with separators between them.
fn grouped(tokens: &Tokens, index: usize, lengths: &[usize]) -> Option<Run> {
    let mut digits = String::with_capacity(DIGITS);
    let mut at = index;
    for (group, length) in lengths.iter().enumerate() {
        if group > 0 {
            at = behind_separator(tokens, at + 1)?;
        }
        let token = tokens.at(at);
        if !token.is_number() || token.len() != *length {
            return None;
        }
        digits.push_str(tokens.text(token));
    }
    // Of single digits and pairs, a longer row is something else.
    let goes_on = |index: Option<usize>| index.is_some_and(|index| tokens.at(index).is_number());
    if lengths.len() > 3 && (goes_on(index.checked_sub(1)) || goes_on(Some(at + 1))) {
        return None;
    }
    Some(Run { digits, last: at })
}

/// Returns the position of the next group: behind a space, a hyphen, a dot, or a hyphen with spaces.
fn behind_separator(tokens: &Tokens, index: usize) -> Option<usize> {
    let token = tokens.at(index);
    if token.is_any_mark("-./") {
        return Some(index + 1);
    }
    (!token.is_glued()).then_some(index)
}

/// Returns ten digits that a line end divides.
fn wrapped(tokens: &Tokens, index: usize) -> Option<Run> {
    let (first, second) = (tokens.at(index), tokens.at(index + 1));
    let is_divided =
        second.is_number() && second.gap == Gap::Line && first.len() + second.len() == DIGITS;
    is_divided.then(|| Run {
        digits: format!("{}{}", tokens.text(first), tokens.text(second)),
        last: index + 1,
    })
}

/// Returns ten digits in any groups, which a label allows.
fn any_groups(tokens: &Tokens, index: usize) -> Option<Run> {
    let mut digits = String::with_capacity(DIGITS);
    let mut at = index;
    loop {
        let token = tokens.at(at);
        if !token.is_number() {
            return None;
        }
        digits.push_str(tokens.text(token));
        if digits.len() >= DIGITS {
            let is_whole = digits.len() == DIGITS;
            return is_whole.then_some(Run { digits, last: at });
        }
        at += 1;
        // Up to two marks between groups.
        at = labels::skip(tokens, at, |token| token.is_any_mark("-./,_()[]"));
    }
}

/// Adds the numbers behind a label.
fn behind_label(tokens: &Tokens, index: usize, found: &mut Vec<Found>) {
    let mut at = to_value(tokens, index);
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
