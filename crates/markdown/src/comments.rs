//! Comments of a text, `<!-- … -->` and Obsidian's `%% … %%`: what the author did not mean to show.
//!
//! Code shows its comments. A percentage that is written twice, `100%% sure 5%%`, is none.

use std::{borrow::Cow, ops::Range};

use crate::{
    attributes::has,
    scanner::Scanner,
    tags::{Lines, indented_code},
};

/// How much of a line is searched for the partner of a percent sign.
const MAX_LINE_BYTES: usize = 500;

/// Returns a text without its comments. Every line stays a line.
#[must_use]
pub fn without_comments(md: &str) -> Cow<'_, str> {
    if !may_have(md) {
        return Cow::Borrowed(md);
    }
    let found = found(md).comments;
    if found.is_empty() {
        return Cow::Borrowed(md);
    }
    Cow::Owned(without(md, &found))
}

/// Returns the line, from 1, of a comment that begins a line and never ends: it hides the rest of the text, or nothing.
#[must_use]
pub fn unclosed_comment(md: &str) -> Option<usize> {
    if !may_have(md) {
        return None;
    }
    let at = found(md).unclosed?;
    Some(md.get(..at)?.matches('\n').count() + 1)
}

fn may_have(md: &str) -> bool {
    has(md, b'<', "<!--") || has(md, b'%', "%%")
}

struct Found {
    comments: Vec<Range<usize>>,
    /// Where a comment begins a line and never ends.
    unclosed: Option<usize>,
}

fn found(md: &str) -> Found {
    let mut found = scanned(md);
    let lines = Lines::new(md);
    let doubtful = found.comments.iter().map(|comment| comment.start);
    if doubtful
        .chain(found.unclosed)
        .any(|at| lines.is_indented(at))
    {
        // Indented text is code, or belongs to a list: the parser knows.
        let mut others = String::with_capacity(md.len());
        let mut copied = 0;
        for comment in &found.comments {
            others.push_str(md.get(copied..comment.start).unwrap_or_default());
            if lines.is_indented(comment.start) {
                others.push('x');
            }
            let text = md.get(comment.clone()).unwrap_or_default();
            others.push_str(&"\n".repeat(text.matches('\n').count()));
            copied = comment.end;
        }
        others.push_str(md.get(copied..).unwrap_or_default());
        let code = indented_code(&others);
        let is_code = |at: usize| lines.is_in(&code, at);
        found.comments.retain(|comment| !is_code(comment.start));
        found.unclosed = found.unclosed.filter(|at| !is_code(*at));
    }
    found
}

/// Takes comments out. One that has its lines to itself leaves an empty one, which still ends a paragraph or a list.
fn without(md: &str, comments: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(md.len());
    let mut copied = 0;
    for comment in comments {
        out.push_str(md.get(copied..comment.start).unwrap_or_default());
        let text = md.get(comment.clone()).unwrap_or_default();
        let ends = text.starts_with("<!--")
            && begins_line(md, comment.start)
            && ends_line(md, comment.end);
        let lines = text.matches('\n').count();
        if ends {
            out.push_str("<!--");
        }
        out.push_str(&"\n".repeat(lines));
        if ends {
            out.push_str("-->");
        }
        copied = comment.end;
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    out
}

/// Whether there is nothing before a place but marks of quotations and lists.
fn begins_line(md: &str, at: usize) -> bool {
    let before = md.get(..at).unwrap_or_default();
    let last = before
        .chars()
        .rev()
        .find(|c| !matches!(c, ' ' | '\t' | '>'));
    last.is_none_or(|c| c == '\n')
}

fn ends_line(md: &str, at: usize) -> bool {
    let after = md.get(at..).unwrap_or_default();
    let line = after.split('\n').next().unwrap_or_default();
    line.trim().is_empty()
}

fn scanned(md: &str) -> Found {
    let mut found = Found {
        comments: Vec::new(),
        unclosed: None,
    };
    let mut scanner = Scanner::new(md);
    // Where nothing more is found, so that each mark is searched for once.
    let (mut no_html_end, mut no_percent) = (false, false);
    loop {
        if scanner.line_start {
            scanner.line_start = false;
            if scanner.skip_fence() {
                continue;
            }
        }
        let at = scanner.at;
        let rest = md.get(at..).unwrap_or_default();
        match scanner.byte(at) {
            None => return found,
            Some(b'\n') => {
                scanner.at += 1;
                scanner.line_start = true;
            }
            Some(b'\\') => scanner.at = scanner.past_escape(at),
            Some(b'`') => scanner.skip_code(),
            Some(b'<') if rest.starts_with("<!--") && !no_html_end => match html_end(rest) {
                Some(length) => {
                    found.comments.push(at..at + length);
                    scanner.at = at + length;
                }
                None => {
                    no_html_end = true;
                    if begins_line(md, at) {
                        found.unclosed.get_or_insert(at);
                    }
                    scanner.at += 4;
                }
            },
            Some(b'%') if rest.starts_with("%%") && !no_percent => {
                let run = scanner.run(at, b'%');
                match percent_end(md, at, run) {
                    Percent::Comment(end) => {
                        found.comments.push(at..end);
                        scanner.at = end;
                    }
                    Percent::Unclosed => {
                        if begins_line(md, at) {
                            no_percent = true;
                            found.unclosed.get_or_insert(at);
                        }
                        scanner.at += run;
                    }
                    Percent::Text => scanner.at += run,
                }
            }
            Some(_) => scanner.at += 1,
        }
    }
}

/// Returns the length of the HTML comment that a text begins with.
fn html_end(text: &str) -> Option<usize> {
    let inner = text.get(4..)?;
    if inner.starts_with('>') {
        return Some(5);
    }
    if inner.starts_with("->") {
        return Some(6);
    }
    inner.find("-->").map(|at| 4 + at + 3)
}

enum Percent {
    Comment(usize),
    Unclosed,
    Text,
}

/// Finds the end of what begins with two percent signs.
fn percent_end(md: &str, at: usize, run: usize) -> Percent {
    if run == 4 {
        return Percent::Comment(at + 4);
    }
    if run != 2 {
        return Percent::Text;
    }
    let before = md.get(..at).unwrap_or_default();
    let rest = md.get(at + 2..).unwrap_or_default();
    let opens_block = begins_line(md, at);
    let Some(length) = rest.find("%%") else {
        return if opens_block {
            Percent::Unclosed
        } else {
            Percent::Text
        };
    };
    let inner = rest.get(..length).unwrap_or_default();
    // A comment that begins a line may be of many lines; any other ends in its paragraph.
    if !opens_block && inner.contains("\n\n") {
        return Percent::Text;
    }
    let after = rest.get(length + 2..).unwrap_or_default();
    // `100%% sure 5%%`, `%d%% of %d%%`: signs behind figures.
    let mut last = before.chars().rev();
    let is_figure = |c: Option<char>| c.is_some_and(char::is_numeric);
    match (last.next(), last.next()) {
        // The partner of the percent sign is behind a figure, or there is another mark for each comment.
        (Some(c), _)
            if c.is_numeric() && (is_figure(inner.chars().next_back()) || !is_paired(rest)) =>
        {
            return Percent::Text;
        }
        (Some(c), Some('%')) if c.is_alphabetic() => return Percent::Text,
        _ => {}
    }
    // `for %%i in (*) do echo %%i`: the same variable of a batch file twice.
    let variable = |text: &str| {
        let mut chars = text.chars();
        let name = chars.next().filter(char::is_ascii_alphabetic)?;
        chars
            .next()
            .is_none_or(|c| !c.is_alphanumeric())
            .then_some(name)
    };
    if variable(inner).is_some() && variable(inner) == variable(after) {
        return Percent::Text;
    }
    Percent::Comment(at + 2 + length + 2)
}

/// Whether the marks in the rest of a line have a partner each.
fn is_paired(rest: &str) -> bool {
    let start = rest
        .get(..rest.floor_char_boundary(MAX_LINE_BYTES))
        .unwrap_or(rest);
    let line = start.split('\n').next().unwrap_or_default();
    line.matches("%%").count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_what_looks_like_one_stays() {
        for (md, expected) in [
            ("a %% b %% c", "a  c"),
            ("%%\nring Jo\n\n# about\n%%\ntext", "\n\n\n\n\ntext"),
            ("a%%b%%c", "ac"),
            ("In 2019%%note%% we", "In 2019 we"),
            ("100%% sure 5%%", "100%% sure 5%%"),
            ("100%% sure, %%hidden%%.", "100%% sure, ."),
            ("%d%% and %s%% of", "%d%% and %s%% of"),
            (
                "for %%i in (*) do echo %%i now",
                "for %%i in (*) do echo %%i now",
            ),
            (
                "`%% a %%` and ``<!-- a -->``",
                "`%% a %%` and ``<!-- a -->``",
            ),
            (
                "```mermaid\n%% a %%\n```\n%% b %%",
                "```mermaid\n%% a %%\n```\n",
            ),
            ("    %% code %%\n", "    %% code %%\n"),
            ("- a\n\n    %% secret %%\n", "- a\n\n    \n"),
            (
                "- a\n\n      <!-- code -->\n",
                "- a\n\n      <!-- code -->\n",
            ),
            ("%% ``` %%\n%% a %%", "\n"),
            ("a <!-- b\n\nc --> d", "a \n\n d"),
            ("- a\n<!-- b\nc -->\n- d", "- a\n<!--\n-->\n- d"),
            ("> <!-- b --> c", ">  c"),
            ("<!-->a<!--->b-->", "ab-->"),
            ("\\%% a %%", "\\%% a %%"),
            ("a %% b", "a %% b"),
            ("a %% b\n\nc %% d", "a %% b\n\nc %% d"),
            ("%%%%%% rule", "%%%%%% rule"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(without_comments(md), expected, "{md:?}");
        }
    }

    #[test]
    fn a_comment_that_never_ends_is_found() {
        for (md, line) in [
            ("a\n\n%% ring Jo\n\nb", Some(3)),
            ("a\n<!-- b\n", Some(2)),
            ("> %%\n> a", Some(1)),
            ("a <!-- b", None),
            ("a %% b", None),
            ("```\n<!-- b\n```", None),
            ("    <!-- b", None),
            ("%% a %%\n<!-- b -->", None),
        ] {
            assert_eq!(unclosed_comment(md), line, "{md:?}");
        }
    }
}
