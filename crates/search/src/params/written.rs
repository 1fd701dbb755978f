//! Parts of an address as they are read, and as notes repeat them.

/// Characters of what was typed that a note repeats.
pub(super) const MAX_QUOTED_CHARS: usize = 40;

/// Parses a whole number; a number that is too large becomes the largest.
pub(super) fn number(value: &str) -> Option<u32> {
    let value = value.trim();
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| value.parse().unwrap_or(u32::MAX))
}

/// Returns the first `max` bytes or fewer, so that no character is cut.
pub(super) fn cut(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or(text)
}

/// Returns what a note repeats of something typed.
pub(super) fn quoted(text: &str) -> String {
    let text = &markdown::visible(text);
    let clean = |c: char| !c.is_control() && !matches!(c, '“' | '”');
    let mut out: String = text
        .trim()
        .chars()
        .filter(|c| clean(*c))
        .take(MAX_QUOTED_CHARS)
        .collect();
    if text.trim().chars().count() > MAX_QUOTED_CHARS {
        out.push('…');
    }
    out
}
