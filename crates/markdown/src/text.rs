//! The words of a markdown text, without its markup.

use std::{borrow::Cow, ops::RangeInclusive};

use comrak::{
    Arena,
    arena_tree::NodeEdge,
    nodes::{AstNode, NodeValue},
};

use crate::{
    parse::{parse, prepared},
    render::MAX_DEPTH,
    words::{heading_words, words_under},
};

/// Returns the words of a text: headings, paragraphs, code, the cells of tables, what images show.
/// Each block has lines of its own. What is struck through is between `~~`, and a raised figure behind `^`.
#[must_use]
pub fn plain_text(md: &str) -> String {
    let arena = Arena::new();
    let root = parse(&arena, &prepared(md));
    let text = words_under(root);
    text.trim().to_owned()
}

/// A heading as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenHeading {
    /// Plain text; not empty.
    pub text: String,
    /// The lines of the text that it takes, from 1: the line of its underline is one of them.
    pub lines: RangeInclusive<usize>,
}

/// Returns the headings that [`crate::render()`] would show, in their order.
#[must_use]
pub fn outline(md: &str) -> Vec<WrittenHeading> {
    let arena = Arena::new();
    let root = parse(&arena, &prepared(md));
    if depth(root) > MAX_DEPTH {
        return Vec::new();
    }
    root.descendants().filter_map(written_heading).collect()
}

fn written_heading<'a>(node: &'a AstNode<'a>) -> Option<WrittenHeading> {
    if !matches!(node.data().value, NodeValue::Heading(_)) {
        return None;
    }
    let text = heading_words(node);
    let place = node.data().sourcepos;
    (!text.is_empty()).then_some(WrittenHeading {
        text,
        lines: place.start.line..=place.end.line,
    })
}

/// Returns the first heading, without its markup.
#[must_use]
pub fn title(md: &str) -> Option<String> {
    let first = outline(md).into_iter().next()?;
    Some(first.text)
}

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

/// Replaces each hidden character ([`is_hidden`]) by its number, and a separator of lines by a space. This is the one rule for such characters: pages, cards
/// and snippets all follow it.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if matches!(c, '\u{2028}' | '\u{2029}') {
            out.push(' ');
        } else if is_hidden(c) {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Returns how deeply nodes are nested.
pub(crate) fn depth<'a>(root: &'a AstNode<'a>) -> usize {
    let (mut depth, mut greatest) = (0_usize, 0_usize);
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(_) => {
                depth += 1;
                greatest = greatest.max(depth);
            }
            NodeEdge::End(_) => depth = depth.saturating_sub(1),
        }
    }
    greatest
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
            ("a\u{2028}b\u{2029}c\u{85}", "a b c⟨U+0085⟩"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn the_outline_has_the_headings_that_a_reader_sees() {
        for (md, found) in [
            ("# Wi-Fi survey\n\ntext", vec![("Wi-Fi survey", 1..=1)]),
            (
                "text\n\n### *Deep* `one` [link](x.md) ###\n",
                vec![("Deep one link", 3..=3)],
            ),
            (
                "Title\n=====\n\nTwo\n---\n",
                vec![("Title", 1..=2), ("Two", 4..=5)],
            ),
            ("```\n# not this\n```\n## this\n", vec![("this", 4..=4)]),
            ("- item\n---\n# after\n", vec![("after", 3..=3)]),
            ("#hashtag\n\n    # code\n", vec![]),
            (
                "<div>\n# not this\n</div>\n\n# this\n",
                vec![("this", 5..=5)],
            ),
            ("> # Quoted\n", vec![("Quoted", 1..=1)]),
            ("##\n\n## Words\n", vec![("Words", 3..=3)]),
            (
                "# One\r\n\r\n## Two\r\n",
                vec![("One", 1..=1), ("Two", 3..=3)],
            ),
            ("", vec![]),
        ] {
            let outline = outline(md);
            let shown: Vec<_> = outline
                .iter()
                .map(|heading| (heading.text.as_str(), heading.lines.clone()))
                .collect();
            assert_eq!(shown, found, "{md:?}");
            let rendered = crate::render(md, &crate::Links::default());
            let rendered: Vec<_> = rendered.headings.iter().map(|h| h.text.as_str()).collect();
            let texts: Vec<_> = shown.iter().map(|(text, _)| *text).collect();
            assert_eq!(rendered, texts, "{md:?}");
        }
    }
}
