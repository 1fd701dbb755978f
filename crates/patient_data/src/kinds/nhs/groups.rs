//! Ten digits as people write them: in one row, or in groups.

use super::{DIGITS, MAX_BACK, Run};
use crate::{
    labels,
    lexicon::HEAD_NHS,
    tokens::{Gap, Shape, Sort, Tokens},
};

/// The groups in which the numbers are printed.
const USUAL: &[usize] = &[3, 3, 4];
const USUAL_FIRST: usize = 3;

/// Whether groups are parted by more than marks and spaces: by cells, items or paragraphs.
pub(super) fn is_split(tokens: &Tokens, first: usize, last: usize) -> bool {
    (first..last).any(|at| tokens.at(at).is_structure())
}

/// Returns ten digits without a label: in one token, or in groups as people write them.
pub(super) fn unlabelled(tokens: &Tokens, index: usize) -> Option<Run> {
    let token = tokens.at(index);
    let first = group(tokens, index, USUAL_FIRST).map_or(token.len(), |_| USUAL_FIRST);
    match first {
        DIGITS => Some(Run {
            digits: tokens.text(token).to_owned(),
            last: index,
        }),
        3 => grouped(tokens, index, USUAL)
            .or_else(|| grouped(tokens, index, &[3, 4, 3]))
            .or_else(|| grouped(tokens, index, &[3, 7]))
            .or_else(|| grouped(tokens, index, &[3, 3, 2, 2])),
        // A telephone number begins with 0.
        4 if !tokens.text(token).starts_with('0') => grouped(tokens, index, &[4, 3, 3]),
        // The letters of a map in front of them make them a place: `TQ 53395 70681`.
        5 if tokens.before(index).shape != Shape::Upper => grouped(tokens, index, &[5, 5]),
        6 => grouped(tokens, index, &[6, 4]),
        1 => grouped(tokens, index, &[1; 10]).or_else(|| digits_by_thousands(tokens, index)),
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
    let mut at = index;
    for (nth, length) in lengths.iter().enumerate() {
        if nth > 0 {
            at = behind_separator(tokens, at + 1, lengths)?;
        }
        at = group(tokens, at, *length)?;
    }
    // Figures next to each other in a table are what they count.
    let is_split = is_split(tokens, index, at);
    if is_split && !is_named_above(tokens, index, lengths.len()) {
        return None;
    }
    // Of other groups, a longer row is something else.
    let goes_on = |index: Option<usize>| index.is_some_and(|index| tokens.at(index).is_number());
    if lengths != USUAL && (goes_on(index.checked_sub(1)) || goes_on(Some(at + 1))) {
        return None;
    }
    let digits = digits_in(tokens, index, at);
    Some(Run { digits, last: at })
}

/// Returns the position of the last token of a group of this length: one number, or several of which some are raised.
fn group(tokens: &Tokens, index: usize, length: usize) -> Option<usize> {
    let mut at = index;
    let mut found = tokens.at(at).len();
    while found < length && tokens.at(at + 1).is_glued() && tokens.at(at + 1).is_number() {
        at += 1;
        found += tokens.at(at).len();
    }
    (tokens.at(index).is_number() && found == length).then_some(at)
}

/// Returns the digits of the numbers from one position to another.
fn digits_in(tokens: &Tokens, first: usize, last: usize) -> String {
    let numbers = (first..=last).map(|at| tokens.at(at));
    let numbers = numbers.filter(|token| token.is_number());
    numbers.map(|token| tokens.text(token)).collect()
}

/// Whether groups in cells or items of their own can be one number: below or behind a label, or each alone in its block.
fn is_named_above(tokens: &Tokens, index: usize, groups: usize) -> bool {
    let begin = tokens.before(index);
    if !begin.is_structure() {
        return false;
    }
    if matches!(begin.sort, Sort::Block | Sort::End) {
        // A list of figures has others as well.
        let behind = index + 2 * groups - 1;
        let goes_on =
            tokens.at(index.wrapping_sub(2)).is_number() || tokens.at(behind + 1).is_number();
        return tokens.at(behind).is_structure() && !goes_on;
    }
    tokens.at(index).head & HEAD_NHS != 0
        || (index.saturating_sub(MAX_BACK)..index).any(|at| tokens.word(at) == "nhs")
}

/// Returns `4_505_577_104`, as programs write it.
fn digits_by_thousands(tokens: &Tokens, index: usize) -> Option<Run> {
    let run = grouped(tokens, index, &[1, 3, 3, 3])?;
    let mut marks = (index + 1..run.last).step_by(2).map(|at| tokens.at(at));
    marks.all(|mark| mark.is_mark('_')).then_some(run)
}

/// Returns the position of the next group: behind a space, a hyphen, a dot, or a hyphen with spaces; another mark, or two
/// hyphens, without spaces; or the beginning of a paragraph, an item or a cell.
fn behind_separator(tokens: &Tokens, index: usize, lengths: &[usize]) -> Option<usize> {
    let (token, next) = (tokens.at(index), tokens.at(index + 1));
    if token.is_mark('-') && token.is_glued() && next.is_mark('-') && next.is_glued() {
        return Some(index + 2);
    }
    // `32:54:21:66:54` is a fingerprint or an address of a device.
    let is_usual = lengths == USUAL || token.is_any_mark("_\\");
    let is_within = is_usual && token.is_glued() && next.is_glued();
    if token.is_any_mark("-./") || (is_within && token.is_any_mark("_,:;|~?\\")) {
        return Some(index + 1);
    }
    // `(450) 557 7104`, `450 557 (7104)`
    if lengths == USUAL && (token.is_mark('(') || (token.is_mark(')') && token.is_glued())) {
        return Some(index + 1);
    }
    if matches!(token.sort, Sort::Block | Sort::Cell) {
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
pub(super) fn any_groups(tokens: &Tokens, index: usize) -> Option<Run> {
    let mut count = 0;
    let mut at = index;
    loop {
        let token = tokens.at(at);
        if !token.is_number() {
            return None;
        }
        count += token.len();
        if count >= DIGITS {
            let run = || Run {
                digits: digits_in(tokens, index, at),
                last: at,
            };
            return (count == DIGITS).then(run);
        }
        at += 1;
        // Up to two marks between groups.
        at = labels::skip(tokens, at, |token| {
            token.is_any_mark("-./,_()[]:|~\\") || token.sort == Sort::Cell
        });
    }
}

/// Returns ten digits behind a label of which a scan has read some as letters: `45O 557 7l04`.
pub(super) fn scanned(tokens: &Tokens, index: usize) -> Option<Run> {
    /// Tokens of ten digits that are read one by one, with marks between groups.
    const MAX_TOKENS: usize = 24;
    let mut digits = String::with_capacity(DIGITS);
    let mut has_number = false;
    for at in index..index + MAX_TOKENS {
        let token = tokens.at(at);
        let is_letter = token.is_word() && (token.is_glued() || tokens.at(at + 1).is_glued());
        if token.is_number() {
            has_number = true;
            digits.push_str(tokens.text(token));
        } else if is_letter
            && tokens
                .text(token)
                .bytes()
                .all(|byte| matches!(byte, b'o' | b'l' | b'i'))
        {
            digits.extend(
                tokens
                    .text(token)
                    .chars()
                    .map(|c| if c == 'o' { '0' } else { '1' }),
            );
        } else if at == index || !(token.is_any_mark("-. ") && token.is_glued()) {
            return None;
        }
        if digits.len() >= DIGITS {
            let is_whole = digits.len() == DIGITS && has_number;
            return is_whole.then_some(Run { digits, last: at });
        }
    }
    None
}
