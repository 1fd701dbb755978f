//! Marks that other programs replace before they read a text, as `[[Page]]` and `{{< ref "page.md" >}}`.

use std::ops::Range;

use comrak::{Arena, nodes::NodeValue, parse_document};

use crate::{options::options, scanner::Scanner};

/// Replaces marks outside code that begin with `[[`, `![[`, `{{` or `{%`. `replace` is given the text from the mark on,
/// and returns how many bytes of it to replace, and by what.
#[must_use]
pub fn replace_marks(md: &str, mut replace: impl FnMut(&str) -> Option<(usize, String)>) -> String {
    if !["[[", "{{", "{%"].iter().any(|mark| md.contains(mark)) {
        return md.to_owned();
    }
    let lines = Lines::new(md);
    let mut code: Option<Vec<Range<usize>>> = None;
    let mut is_code = |at: usize| {
        lines.is_indented(at) && lines.is_in(code.get_or_insert_with(|| indented_code(md)), at)
    };
    let mut out = String::with_capacity(md.len());
    let mut copied = 0;
    let mut scanner = Scanner::new(md);
    loop {
        if scanner.line_start {
            scanner.line_start = false;
            if scanner.skip_fence() {
                continue;
            }
        }
        let at = scanner.at;
        let rest = md.get(at..).unwrap_or_default();
        let begins = ["[[", "![[", "{{", "{%"]
            .iter()
            .any(|mark| rest.starts_with(mark));
        if begins
            && !is_code(at)
            && let Some((length, text)) = replace(rest).filter(|(length, _)| *length > 0)
        {
            out.push_str(md.get(copied..at).unwrap_or_default());
            out.push_str(&text);
            copied = at + length;
            scanner.at = copied;
            continue;
        }
        match scanner.byte(at) {
            None => break,
            Some(b'\n') => {
                scanner.at += 1;
                scanner.line_start = true;
            }
            Some(b'\\') => scanner.at = scanner.past_escape(at),
            Some(b'`') => scanner.skip_code(),
            Some(_) => scanner.at += 1,
        }
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    out
}

/// The lines of a text.
pub(crate) struct Lines<'a> {
    md: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(md: &'a str) -> Self {
        let starts = md.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            md,
            starts: std::iter::once(0).chain(starts).collect(),
        }
    }

    /// Returns the number, from 1, of the line of a place.
    pub(crate) fn number(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    /// Returns whether a place is in a line that may be indented code.
    pub(crate) fn is_indented(&self, at: usize) -> bool {
        let start = self
            .starts
            .get(self.number(at) - 1)
            .copied()
            .unwrap_or_default();
        let line = self.md.get(start..).unwrap_or_default();
        let indents = ["    ", "\t", " \t", "  \t", "   \t"];
        indents.iter().any(|indent| line.starts_with(indent))
    }

    /// Returns whether a place is in one of these lines, which are in order, and indented.
    pub(crate) fn is_in(&self, code: &[Range<usize>], at: usize) -> bool {
        let line = self.number(at);
        let before = code.partition_point(|lines| lines.end <= line);
        self.is_indented(at) && code.get(before).is_some_and(|lines| lines.contains(&line))
    }
}

/// Returns the lines of the blocks of indented code.
pub(crate) fn indented_code(md: &str) -> Vec<Range<usize>> {
    let arena = Arena::new();
    let root = parse_document(&arena, md, &options(md));
    let lines = root
        .descendants()
        .filter_map(|node| match &node.data().value {
            NodeValue::CodeBlock(block) if !block.fenced => {
                let place = node.data().sourcepos;
                Some(place.start.line..place.end.line + 1)
            }
            _ => None,
        });
    lines.collect()
}
