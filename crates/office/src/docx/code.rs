//! Paragraphs that are lines of code: by their style, or because all their letters are equally wide.

use super::styles::Role;
use crate::{
    blocks::Block,
    inline::{Inline, Span},
};

/// A longer line is one of a text for people, which a block of code would not wrap.
const MAX_CHARS_BY_LOOKS: usize = 160;
const TAB: &str = "    ";

/// Which letters a paragraph has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LettersSeen {
    monospaced: bool,
    others: bool,
    /// The smallest size of them, in half points.
    smallest: Option<u32>,
}

impl LettersSeen {
    /// Adds words: whether their letters are equally wide, and their size in half points.
    pub(super) fn add(&mut self, are_monospaced: bool, size: u32) {
        self.smallest = Some(self.smallest.map_or(size, |smallest| smallest.min(size)));
        self.monospaced |= are_monospaced;
        self.others |= !are_monospaced;
    }

    /// Says whether there are letters and all have at least a size.
    pub(super) fn are_at_least(self, size: u32) -> bool {
        self.smallest.is_some_and(|smallest| smallest >= size)
    }

    /// Says whether there are letters and all are equally wide.
    pub(super) fn are_monospaced(self) -> bool {
        self.monospaced && !self.others
    }
}

/// Adds a paragraph to the block of code before it, or as one of its own; `false` if it is none.
pub(super) fn add(role: Role, inlines: &[Inline], out: &mut Vec<Block>) -> bool {
    let is_by_looks = match role {
        Role::Code => false,
        Role::PlainText => true,
        Role::Title | Role::Heading(_) | Role::Contents | Role::Quote | Role::Body => return false,
    };
    let Some(lines) = lines(inlines) else {
        return false;
    };
    if is_by_looks
        && lines
            .lines()
            .any(|line| line.chars().count() > MAX_CHARS_BY_LOOKS)
    {
        return false;
    }
    match out.last_mut() {
        Some(Block::Code(before)) => {
            before.push('\n');
            before.push_str(&lines);
        }
        Some(_) | None => out.push(Block::Code(lines)),
    }
    true
}

/// Returns the words as they are; `None` where a picture or a note is among them, which a block of code cannot show.
fn lines(inlines: &[Inline]) -> Option<String> {
    let mut lines = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(Span { text, .. }) => {
                lines.push_str(
                    &text
                        .replace('\t', TAB)
                        .replace("\r\n", "\n")
                        .replace('\r', "\n"),
                );
            }
            Inline::Break => lines.push('\n'),
            Inline::Picture { .. } | Inline::Note(_) => return None,
        }
    }
    Some(lines.replace('\u{a0}', " "))
}
