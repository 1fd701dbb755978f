//! Comments of a text: what the author did not mean to show. `<!-- … -->`, Obsidian's `%% … %%`, those of the programs
//! that texts are written for, and definitions of links that lead nowhere, as `[//]: # (note)`.
//!
//! Code shows its comments, and the parser says what is code. A percentage that is written twice, `100%% sure 5%%`, is none.

use std::{borrow::Cow, ops::Range};

mod definitions;
mod marks;
mod myst;
mod tags;

use self::marks::{Mark, Marks, PAIRS, Read, begins_line};
use crate::{attributes::has, code::Code};

/// How often a text is parsed without the comments found so far: each time at least one more is found in the right
/// place, and most texts need one.
const MAX_ROUNDS: usize = 3;

/// A text without its comments.
#[derive(Debug, PartialEq, Eq)]
pub struct Uncommented<'a> {
    /// The text. Every line stays a line.
    pub md: Cow<'a, str>,
    /// The line, from 1, of a comment that begins a line, or with percent signs before a word, and never ends: it hides the
    /// rest of the text, or nothing.
    pub unclosed: Option<usize>,
    /// The line, from 1, of a comment that is code or not depending on what is read before it. It is taken out.
    pub doubtful: Option<usize>,
}

/// Takes the comments out of a text.
///
/// The parser says what is code, of the text with its comments and of the text without: a mark stays only if it is code
/// in both, so that what one reader does not see is never shown to another.
#[must_use]
pub fn without_comments(md: &str) -> Uncommented<'_> {
    let mut read = Uncommented {
        md: Cow::Borrowed(md),
        unclosed: None,
        doubtful: None,
    };
    if !may_have(md) {
        return read;
    }
    let found = found(md);
    let line = |at: usize| md.get(..at).unwrap_or_default().matches('\n').count() + 1;
    read.unclosed = found.unclosed.map(line);
    read.doubtful = found.doubtful.map(line);
    if !found.comments.is_empty() {
        read.md = Cow::Owned(Remainder::new(md, &found.comments).text);
    }
    read
}

/// Whether a text may have comments that say something. Empty ones are what is left of those that were taken out.
fn may_have(md: &str) -> bool {
    let says_something = |(at, mark): (usize, &str)| {
        let inner = md.get(at + mark.len()..).unwrap_or_default();
        !inner.trim_start().starts_with("-->")
    };
    has(md, b'%', "%%")
        || has(md, b'<', "<!--") && md.match_indices("<!--").any(says_something)
        || has(md, b'%', "<%")
        || has(md, b'!', "<!–")
        || has(md, b'!', "<!—")
        || memchr::memchr(b'{', md.as_bytes()).is_some()
            && PAIRS.iter().any(|(open, _)| md.contains(open))
        || has(md, b']', "]:")
        || myst::may_have(md)
}

#[derive(Debug, Default)]
struct Found {
    comments: Vec<Range<usize>>,
    /// Where a comment begins a line and never ends.
    unclosed: Option<usize>,
    /// Where a comment is code by one reading only.
    doubtful: Option<usize>,
}

fn found(md: &str) -> Found {
    let mut readings = vec![Code::read(md)];
    let mut found = scanned(md, &readings);
    for _ in 0..MAX_ROUNDS {
        if found.comments.is_empty() {
            return found;
        }
        // The parser knows comments of HTML, so that it can also say what is code between them.
        let of_html = |comment: &&Range<usize>| {
            md.get(comment.start..)
                .is_some_and(|rest| rest.starts_with("<!--"))
        };
        let (html, others): (Vec<_>, Vec<_>) = found.comments.iter().partition(of_html);
        let others: Vec<_> = others.into_iter().cloned().collect();
        readings.truncate(1);
        if !others.is_empty() && !html.is_empty() {
            readings.push(Remainder::new(md, &others).code());
        }
        readings.push(Remainder::new(md, &found.comments).code());
        let again = scanned(md, &readings);
        if again.comments == found.comments {
            return again;
        }
        found = again;
    }
    // The comments change what the others are: too many readings to choose one.
    let first = found.comments.first().map(|comment| comment.start);
    found.doubtful = found.doubtful.or(first);
    found
}

/// A text without comments, and where its parts come from.
struct Remainder {
    text: String,
    /// Where each copied part begins, here and in the text with comments.
    parts: Vec<(usize, usize)>,
}

impl Remainder {
    /// Takes comments out. One that has its lines to itself leaves an empty one, which still ends a paragraph or a list.
    fn new(md: &str, comments: &[Range<usize>]) -> Self {
        let mut text = String::with_capacity(md.len());
        let mut parts = vec![(0, 0)];
        let mut copied = 0;
        for comment in comments {
            text.push_str(md.get(copied..comment.start).unwrap_or_default());
            let inner = md.get(comment.clone()).unwrap_or_default();
            let ends = inner.starts_with("<!--")
                && begins_line(md, comment.start)
                && ends_line(md, comment.end);
            if ends {
                text.push_str("<!--");
            }
            text.push_str(&"\n".repeat(inner.matches('\n').count()));
            if ends {
                text.push_str("-->");
            }
            copied = comment.end;
            parts.push((text.len(), copied));
        }
        text.push_str(md.get(copied..).unwrap_or_default());
        Self { text, parts }
    }

    /// Returns what is code in this text, by places in the text with comments.
    fn code(&self) -> Code {
        Code::read(&self.text).mapped(|at| self.in_source(at))
    }

    /// Returns a place in the text with comments.
    fn in_source(&self, at: usize) -> usize {
        let after = self.parts.partition_point(|(here, _)| *here <= at);
        let part = self.parts.get(after.saturating_sub(1));
        let (here, there) = part.copied().unwrap_or_default();
        // What is written in the place of a comment belongs to it.
        let next = self
            .parts
            .get(after)
            .map_or(usize::MAX, |(_, there)| *there);
        (there + at.saturating_sub(here)).min(next)
    }
}

fn ends_line(md: &str, at: usize) -> bool {
    let after = md.get(at..).unwrap_or_default();
    let line = after.split('\n').next().unwrap_or_default();
    line.trim().is_empty()
}

/// Finds comments from the first to the last, outside what is code by all readings of the text.
fn scanned(md: &str, readings: &[Code]) -> Found {
    let mut found = Found::default();
    let mut marks = Marks::new(md);
    let mut at = 0;
    while let Some(distance) = md
        .get(at..)
        .and_then(|rest| rest.find(['<', '%', '{', '[', '\\']))
    {
        at += distance;
        let Some(mark) = marks.at(at) else {
            at += 1;
            continue;
        };
        // Step over what all readings take literally.
        let mut ends = readings.iter().map(|code| literal_end(md, at, code));
        let first = ends.next().flatten();
        let end = ends.try_fold(first, |end, other| match (end, other) {
            (Some(end), Some(other)) => Ok(Some(end.min(other))),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(()),
        });
        if let Ok(Some(end)) = end {
            at = end.max(at + 1);
            continue;
        }
        let last = readings.last();
        let literal = last.and_then(|code| match mark {
            Mark::Percent => code.destination_end_around(at),
            // Lines of raw HTML are none of MyST.
            Mark::Line => code.html_end_around(at),
            Mark::Html | Mark::Pair(_) | Mark::TagPair(_) | Mark::Label => None,
        });
        if let Some(end) = literal {
            at = end.max(at + 1);
            continue;
        }
        // What some of them take literally is a comment, and doubtful.
        let is_doubtful = end.is_err();
        // A comment in the line of a fence ends with it.
        let info_end = last.and_then(|code| code.info_end_around(at));
        match marks.read(mark, at) {
            Read::Comment(end) if info_end.is_none_or(|line| end <= line) => {
                found.comments.push(at..end);
                if is_doubtful {
                    found.doubtful.get_or_insert(at);
                }
                at = end;
            }
            Read::Comment(_) => at += 1,
            Read::Unclosed(length) => {
                if begins_line(md, at) || mark.is_percent() {
                    found.unclosed.get_or_insert(at);
                }
                at += length;
            }
            Read::Text(length) => at += length,
        }
    }
    found
}

/// Returns the end of what a reading takes literally around a mark.
fn literal_end(md: &str, at: usize, code: &Code) -> Option<usize> {
    code.end_around(at)
        .or_else(|| code.is_escaped(md, at).then_some(at + 1))
}

#[cfg(test)]
mod tests;
