//! Where a text is code, as the parser reads it: marks mean nothing there.
//!
//! The parser reads a text with the notes of other dialects in one form. The places are those of the text as given.

use std::{borrow::Cow, ops::Range};

use comrak::{
    Arena,
    nodes::{AstNode, LineColumn, NodeValue, Sourcepos},
    parse_document,
};

use crate::{dialect, options::options};

/// How far from where the parser says that a span of code begins it is searched for: the parser counts the columns of
/// some lines without what it left out.
const MAX_SEARCH_BYTES: usize = 2_000;
/// Spans that are searched for; those beyond are read as text.
const MAX_SEARCHES: usize = 200;

/// What the parser reads as code, and what it reads literally otherwise.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// Blocks and spans of code, in order.
    code: Vec<Range<usize>>,
    /// The lines of opening fences: marks in them mean something.
    infos: Vec<Range<usize>>,
    /// Raw HTML, in which a backslash escapes nothing.
    html: Vec<Range<usize>>,
    /// Tables of markdown.
    tables: Vec<Range<usize>>,
    /// Where links lead.
    destinations: Vec<Range<usize>>,
}

impl Code {
    /// Parses a text.
    pub(crate) fn read(md: &str) -> Self {
        let places = Places::new(md);
        let arena = Arena::new();
        let root = parse_document(&arena, &places.parsed, &options(&places.parsed));
        let mut spans = Spans {
            md,
            last_end: 0,
            searches: MAX_SEARCHES,
        };
        let mut found = Self::default();
        for node in root.descendants() {
            let data = node.data();
            let place = data.sourcepos;
            match &data.value {
                NodeValue::CodeBlock(block) => {
                    // The parser does not always say where a block ends, but has every line of it.
                    let inner = block.literal.lines().count();
                    let marks = if block.fenced {
                        1 + usize::from(block.closed)
                    } else {
                        0
                    };
                    let mut place = place;
                    place.end.line = place.start.line + (inner + marks).saturating_sub(1);
                    let mut lines = places.lines(place);
                    if block.fenced {
                        place.end.line = place.start.line;
                        let info = places.lines(place);
                        lines.start = info.end.min(lines.end);
                        found.infos.push(info);
                    }
                    found.code.push(lines);
                }
                NodeValue::Code(code) => {
                    let expected = places.range(place);
                    let span = spans.find(expected, code.num_backticks, &code.literal);
                    found.code.extend(span);
                }
                NodeValue::HtmlBlock(_) => found.html.push(places.lines(place)),
                NodeValue::Table(_) => found.tables.push(places.lines(place)),
                NodeValue::Link(_) | NodeValue::Image(_) => {
                    found.destinations.push(destination(md, &places, node));
                }
                _ => {}
            }
        }
        // Footnotes are read where they are referred to.
        found.code.sort_by_key(|range| range.start);
        found.infos.sort_by_key(|range| range.start);
        found.html.sort_by_key(|range| range.start);
        found.tables.sort_by_key(|range| range.start);
        found.destinations.sort_by_key(|range| range.start);
        found
    }

    /// Returns the same places in another text.
    pub(crate) fn mapped(self, in_other: impl Fn(usize) -> usize) -> Self {
        let mapped = |ranges: Vec<Range<usize>>| {
            let each = ranges.into_iter();
            each.map(|range| in_other(range.start)..in_other(range.end))
                .collect()
        };
        Self {
            code: mapped(self.code),
            infos: mapped(self.infos),
            html: mapped(self.html),
            tables: mapped(self.tables),
            destinations: mapped(self.destinations),
        }
    }

    /// Returns the end of the code that a place is in.
    pub(crate) fn end_around(&self, at: usize) -> Option<usize> {
        around(&self.code, at)
    }

    /// Returns the end of the line of an opening fence that a place is in.
    pub(crate) fn info_end_around(&self, at: usize) -> Option<usize> {
        around(&self.infos, at)
    }

    /// Returns the end of the destination of a link that a place is in.
    pub(crate) fn destination_end_around(&self, at: usize) -> Option<usize> {
        around(&self.destinations, at)
    }

    /// Returns the end of the block of HTML that a place is in.
    pub(crate) fn html_end_around(&self, at: usize) -> Option<usize> {
        around(&self.html, at)
    }

    /// Returns whether a place is in a table of markdown.
    pub(crate) fn is_in_table(&self, at: usize) -> bool {
        around(&self.tables, at).is_some()
    }

    /// Returns whether a backslash escapes the mark at a place.
    pub(crate) fn is_escaped(&self, md: &str, at: usize) -> bool {
        let before = md.as_bytes().get(..at).unwrap_or_default();
        let backslashes = before
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        backslashes % 2 == 1 && around(&self.html, at).is_none()
    }
}

fn around(ranges: &[Range<usize>], at: usize) -> Option<usize> {
    let after = ranges.partition_point(|range| range.start <= at);
    let range = ranges.get(after.checked_sub(1)?)?;
    range.contains(&at).then_some(range.end)
}

/// The text as it is parsed, and where its lines are in the text as given.
struct Places<'a> {
    parsed: Cow<'a, str>,
    /// Where each parsed line ends, by the marks that the parser knows.
    parsed_ends: Vec<usize>,
    /// If the texts differ: where each line of the parsed text ends, by line feeds, and where the line of the given text
    /// ends that it was made of.
    ends: Option<Vec<(usize, usize)>>,
}

impl<'a> Places<'a> {
    fn new(md: &'a str) -> Self {
        let (parsed, ends) = dialect::with_line_ends(md);
        let ends = ends.map(|ends| {
            let mut end = 0;
            let parsed = parsed.split_inclusive('\n').map(|line| {
                end += line.len();
                end
            });
            parsed.zip(ends).collect()
        });
        Self {
            parsed_ends: line_ends(&parsed),
            ends,
            parsed,
        }
    }

    fn lines(&self, place: Sourcepos) -> Range<usize> {
        let end = |line| self.given_end(self.parsed_end(line));
        end(place.start.line.saturating_sub(1))..end(place.end.line)
    }

    fn range(&self, place: Sourcepos) -> Range<usize> {
        self.end(place.start).saturating_sub(1)..self.end(place.end)
    }

    /// Returns the end of the character at a place.
    fn end(&self, place: LineColumn) -> usize {
        self.given_end(self.parsed_end(place.line.saturating_sub(1)) + place.column)
    }

    /// Returns where a parsed line, from 1, ends; 0 for the line before the first.
    fn parsed_end(&self, line: usize) -> usize {
        let Some(index) = line.checked_sub(1) else {
            return 0;
        };
        let end = self.parsed_ends.get(index).or(self.parsed_ends.last());
        end.copied().unwrap_or_default()
    }

    /// Returns a place in the given text: its distance from the end of its line is the same in both.
    fn given_end(&self, parsed: usize) -> usize {
        let Some(ends) = &self.ends else {
            return parsed;
        };
        let line = ends.partition_point(|(end, _)| *end < parsed);
        let line = ends.get(line).or(ends.last());
        let (end, given) = line.copied().unwrap_or_default();
        given.saturating_sub(end.saturating_sub(parsed))
    }
}

/// Returns where each line ends, behind its mark, by the marks that the parser knows.
fn line_ends(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let marks = bytes.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    let ends: Vec<usize> = marks.map(|(at, _)| at + 1).collect();
    let rest = (ends.last() != Some(&text.len())).then_some(text.len());
    ends.into_iter().chain(rest).collect()
}

/// Returns from where to where a link has its destination and title.
fn destination<'a>(md: &str, places: &Places<'_>, link: &'a AstNode<'a>) -> Range<usize> {
    let whole = places.range(link.data().sourcepos);
    // An address by itself is destination and text in one.
    if !matches!(md.as_bytes().get(whole.start), Some(b'[' | b'!')) {
        return whole;
    }
    let text_end = link
        .last_child()
        .map(|last| places.range(last.data().sourcepos).end);
    text_end.unwrap_or(whole.start).min(whole.end)..whole.end
}

/// Finds spans of code in the order of the text.
struct Spans<'a> {
    md: &'a str,
    last_end: usize,
    searches: usize,
}

impl Spans<'_> {
    /// Returns where a span is: as expected if there are its marks, and else near that.
    fn find(
        &mut self,
        expected: Range<usize>,
        backticks: usize,
        literal: &str,
    ) -> Option<Range<usize>> {
        if self.is_span(&expected, backticks, literal) {
            self.last_end = expected.end;
            return Some(expected);
        }
        self.searches = self.searches.checked_sub(1)?;
        let from = self
            .last_end
            .max(expected.start.saturating_sub(MAX_SEARCH_BYTES));
        let until = (expected.end + MAX_SEARCH_BYTES).min(self.md.len());
        let runs = self.runs(from, until, backticks);
        let mut pairs = runs.iter().zip(runs.iter().skip(1));
        let found = pairs.find_map(|(start, end)| {
            let range = *start..end + backticks;
            self.is_span(&range, backticks, literal).then_some(range)
        })?;
        self.last_end = found.end;
        Some(found)
    }

    /// Returns whether a range begins and ends with the marks of a span, and holds what it says.
    fn is_span(&self, range: &Range<usize>, backticks: usize, literal: &str) -> bool {
        let Some(text) = self.md.get(range.clone()) else {
            return false;
        };
        let marks = "`".repeat(backticks);
        let inner = text
            .strip_prefix(marks.as_str())
            .and_then(|text| text.strip_suffix(marks.as_str()));
        // Ends of lines, quote marks and escaped bars are left out or changed in a span.
        let letters = |c: &char| !c.is_whitespace() && !matches!(c, '>' | '\\');
        inner.is_some_and(|inner| {
            let inner = inner.chars().filter(letters);
            inner.eq(literal.chars().filter(letters))
        })
    }

    /// Returns where runs of this number of backticks begin.
    fn runs(&self, from: usize, until: usize, backticks: usize) -> Vec<usize> {
        let bytes = self.md.as_bytes();
        let mut runs = Vec::new();
        let mut at = from;
        while at < until {
            let rest = bytes.get(at..until).unwrap_or_default();
            let run = rest.iter().take_while(|byte| **byte == b'`').count();
            if run == backticks {
                runs.push(at);
            }
            at += run.max(1);
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_where_the_parser_reads_it() {
        for (md, expected) in [
            ("a `b` ``c ` d`` e", &["`b`", "``c ` d``"][..]),
            ("```\na\n```\nb `c`", &["a\n```\n", "`c`"]),
            ("> ```\n> a\n\nb", &["> a\n"]),
            ("1. ```\n   a\nb", &["   a\n"]),
            ("- a\n\n      b\n", &["      b\n"]),
            ("- a\n\n    b\n", &[]),
            ("- ```\n  a\n\nb\n", &["  a\n\n"]),
            ("> a `b\n> c` d", &["`b\n> c`"]),
            ("| a | b |\n|-|-|\n| `x\\|y` | `z` |\n", &["`x\\|y`", "`z`"]),
            ("é `ü` \r\n`b`\rc `d`", &["`ü`", "`b`", "`d`"]),
            ("\u{feff}a `b`\n`c`", &["`b`", "`c`"]),
            ("<div>\n`a`\n</div>\n", &[]),
            (
                "!!! note\n    a `b` c\n\n        d\nx `y`\n",
                &["`b`", "        d\n", "`y`"],
            ),
            ("!!! note \"a `b`\"\n    c `d`\n", &["`b`", "`d`"]),
            (
                "- !!! tip\n      a\n\n    ```\n    b\n    ```\n",
                &["    b\n    ```\n"],
            ),
            ("a[^1] `b`\n\n[^1]: c `d`\n\n`e`", &["`b`", "`d`", "`e`"]),
            ("# a `b`\n\n`c`\n===\n", &["`b`", "`c`"]),
            ("[`a`](b) ![`c`](d)", &["`a`", "`c`"]),
            ("a ` b", &[]),
        ] {
            let code = Code::read(md).code;
            let found: Vec<&str> = code
                .iter()
                .map(|range| md.get(range.clone()).unwrap())
                .collect();
            assert_eq!(found, expected, "{md:?}");
        }
    }
}
