//! Characters that no text may show as they are: those of HTML, and those that hide or reorder what is read.

use std::borrow::Cow;

/// Returns a text as HTML that holds nothing but the text.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        escape_char(&mut out, c);
    }
    out
}

pub(crate) fn escape_char(out: &mut String, c: char) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '"' => out.push_str("&quot;"),
        c => out.push(c),
    }
}

/// The most characters that [`visible`] writes for one: `⟨U+202E⟩`.
pub const MAX_VISIBLE_CHARS: usize = 8;

/// Says whether a character reorders a line of text, so that it reads as something else than it says, or is a control
/// character that no text needs.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\r' | '\t' => false,
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

/// Whether a character ends a line or a page, and is no sign of its own: the separators of Unicode and of old printers.
fn is_break(c: char) -> bool {
    matches!(c, '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns a text in which such characters are spaces of the same length, so that its places stay.
pub(crate) fn without_page_breaks(text: &str) -> Cow<'_, str> {
    // The bytes that such characters begin with; nearly every text has none of them.
    let bytes = text.as_bytes();
    let may_have =
        memchr::memchr3(0xb, 0xc, 0xc2, bytes).is_some() || memchr::memchr(0xe2, bytes).is_some();
    if !may_have || !text.contains(is_break) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !is_break(c) => out.push(c),
            c if c.len_utf8() == 1 => out.push(' '),
            // Not several spaces: at the end of a line they would break it.
            c if c.len_utf8() == 2 => out.push('\u{a0}'),
            _ => out.push('\u{2003}'),
        }
    }
    Cow::Owned(out)
}

/// Replaces each hidden character ([`is_hidden`]) by its number, and a separator of lines by a space. This is the one rule for such characters: pages, cards
/// and snippets all follow it.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_break(c) {
            out.push(' ');
        } else if is_hidden(c) {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_a_terminal_or_turn_a_line_is_shown_as_its_number() {
        for (text, shown) in [
            ("plain\n\ttext", "plain\n\ttext"),
            ("a\u{202e}b", "a⟨U+202E⟩b"),
            ("a\u{1b}[31m\u{7}", "a⟨U+001B⟩[31m⟨U+0007⟩"),
            ("a\u{2028}b\u{2029}c\u{85}d\u{c}e\u{b}f", "a b c d e f"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
