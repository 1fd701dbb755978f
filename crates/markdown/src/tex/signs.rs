//! What is between two marks of a formula: signs of TeX, names of a letter or two, or a sentence with prices.

use super::{container, empty_line};

/// Letters of a word: what is between dollars and has one, and no sign of TeX, is a sentence with prices.
const MIN_WORD: usize = 3;

/// Returns whether what is between dollars of two lines may be a formula that was wrapped: one with quotation marks is code.
pub(super) fn may_be_wrapped(inner: &str) -> bool {
    const MAX_LINE_ENDS: usize = 4;
    empty_line(inner).is_none()
        && inner.matches('\n').count() <= MAX_LINE_ENDS
        && !inner.contains(['"', '\''])
}

/// Returns whether a text has a sign of TeX that people do not write for another reason.
pub(super) fn has_tex(text: &str) -> bool {
    let mut before = None;
    text.chars().any(|c| {
        let is_sign = match before {
            Some('\\') => c.is_ascii_alphabetic() || matches!(c, '{' | '}' | ',' | ';'),
            _ => matches!(c, '^' | '_'),
        };
        before = Some(c);
        is_sign
    })
}

/// Returns whether what is between two signs of dollars is a sentence: it has words, and no sign of a formula.
pub(super) fn is_of_prices(inner: &str) -> bool {
    let mut words = inner.split(|c: char| !c.is_alphabetic());
    words.any(|word| word.chars().count() >= MIN_WORD)
        && !has_tex(inner)
        && !inner.contains(['=', '\\'])
}

/// Returns whether a text of several lines begins and ends within lines, as a formula does that was wrapped: figures, signs and
/// names of a letter or two, on the first line and on the last.
pub(super) fn is_within_lines(inner: &str) -> bool {
    let mut words = inner.split(|c: char| !c.is_alphabetic());
    let (first, last) = (inner.lines().next(), inner.lines().next_back());
    let has_signs = |line: Option<&str>| {
        let line = line.map(|line| line.get(container(line).len()..).unwrap_or_default());
        line.is_some_and(|line| line.contains(char::is_alphanumeric))
    };
    has_signs(first)
        && has_signs(last)
        && !inner.contains('$')
        && (has_tex(inner) || words.all(|word| word.chars().count() < MIN_WORD))
}

/// Returns whether a text has names of a letter or two, and no sentence or price.
pub(super) fn is_of_signs(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphabetic());
    !text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains(char::is_alphabetic)
        && words.all(|word| word.chars().count() < MIN_WORD)
}
