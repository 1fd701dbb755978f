//! Notes of other dialects, written as callouts: MkDocs marks them with `!!!` or `???` and indents what is in them.

use std::borrow::Cow;

use crate::{attributes::has, directives::note_of_fence};

/// The deepest nesting of notes that is read.
const MAX_DEPTH: usize = 6;
/// The deepest indent of a note: each line in it is written behind as many spaces.
const MAX_INDENT: usize = 40;
/// How many times as long as the text its rewritten form may be.
const MAX_GROWTH: usize = 2;
/// Spaces before what is in a note.
const INDENT: usize = 4;

/// Returns a text whose notes are callouts.
pub(crate) fn with_callouts(md: &str) -> Cow<'_, str> {
    with_line_ends(md).0
}

/// Does what [`with_callouts`] does. For a text that changes it also returns where the line ends, in the text as given,
/// that each line was made of.
pub(crate) fn with_line_ends(md: &str) -> (Cow<'_, str>, Option<Vec<usize>>) {
    let may_have = has(md, b'!', "!!! ")
        || has(md, b'?', "???")
        || has(md, b'=', "=== \"")
        || memchr::memchr(b'{', md.as_bytes()).is_some()
            && (md.contains("```{") || md.contains("~~~{"));
    if !may_have {
        return (Cow::Borrowed(md), None);
    }
    let mut end = 0;
    let lines: Vec<Line<'_>> = md
        .split_inclusive('\n')
        .map(|text| {
            end += text.len();
            Line { text, end }
        })
        .collect();
    let mut out = Out {
        text: String::with_capacity(md.len() + md.len() / 8),
        ends: Vec::with_capacity(lines.len()),
        max_bytes: md.len() * MAX_GROWTH,
    };
    rewrite(&lines, "", MAX_DEPTH, &mut out);
    // Text that would grow more than notes of people do stays as it is.
    if out.text.len() > out.max_bytes {
        return (Cow::Borrowed(md), None);
    }
    (Cow::Owned(out.text), Some(out.ends))
}

/// A line, and where it ends in the text as given.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    end: usize,
}

/// What is written, with the ends of the lines that it was made of.
struct Out {
    text: String,
    ends: Vec<usize>,
    max_bytes: usize,
}

impl Out {
    /// Writes the parts of a line that was made of the one that ends here.
    fn push(&mut self, parts: &[&str], end: usize) {
        parts.iter().for_each(|part| self.text.push_str(part));
        self.ends.push(end);
    }
}

/// The fewest marks of fences that are known to have no end, from the lines read so far to the last.
#[derive(Default)]
struct Fences {
    endless: Option<(char, usize)>,
}

impl Fences {
    /// Returns how many lines are before the end of a fence.
    fn lines_before_end(&mut self, lines: &[Line<'_>], mark: &str) -> Option<usize> {
        let sign = mark.chars().next()?;
        if self
            .endless
            .is_some_and(|(known, length)| known == sign && length <= mark.len())
        {
            return None;
        }
        let ends = |line: &Line<'_>| {
            let line = line.text.trim();
            line.len() >= mark.len() && line.chars().all(|c| c == sign)
        };
        let count = lines.iter().position(ends);
        if count.is_none() {
            self.endless = Some((sign, mark.len()));
        }
        count
    }
}

/// Returns how many of the first lines of a directive are its options: `:class: x`.
fn option_lines(lines: &[Line<'_>]) -> usize {
    let is_option = |line: &&Line<'_>| {
        let named = line.text.trim().strip_prefix(':');
        let name = named.and_then(|named| named.split_once(':'));
        name.is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
    };
    lines.iter().take_while(is_option).count()
}

/// Returns the marks of a fence that begins a note, `` ```{note} Title ``, and the first line of a callout for it.
fn note_of_directive(line: &str) -> Option<(&str, String)> {
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = line.trim_start_matches(sign);
    let mark = line.get(..line.len() - info.len())?;
    let (name, title) = note_of_fence(info)?;
    (mark.len() >= 3).then(|| (mark, format!("> [!{name}] {title}").trim_end().to_owned()))
}

/// Writes lines, each behind `prefix`, and stops soon after the most bytes.
fn rewrite(lines: &[Line<'_>], prefix: &str, depth: usize, out: &mut Out) {
    let mut fence: Option<&str> = None;
    // How far text in the current list item is indented.
    let mut item = 0;
    let mut rest = lines;
    let mut fences = Fences::default();
    let mut was_quoted = false;
    while let Some((whole, after)) = rest.split_first() {
        if out.text.len() > out.max_bytes {
            return;
        }
        rest = after;
        let line = whole.text;
        let indent = line.len() - line.trim_start_matches(' ').len();
        let text = line.trim();
        let note = note_of(text).filter(|_| {
            depth > 0 && fence.is_none() && indent < item + INDENT && indent <= MAX_INDENT
        });
        if let Some(note) = note {
            let before = format!("{prefix}{}", " ".repeat(indent));
            out.push(&[&before, &note, "\n"], whole.end);
            rest = write_note(rest, indent + INDENT, (prefix, &before), depth, out);
            continue;
        }
        let directive = note_of_directive(text)
            .filter(|_| depth > 0 && fence.is_none() && indent < item + INDENT);
        if let Some((mark, note)) = directive.filter(|_| indent <= MAX_INDENT)
            && let Some(count) = fences.lines_before_end(rest, mark)
        {
            let (content, after) = rest.split_at(count);
            let before = format!("{prefix}{}", " ".repeat(indent));
            out.push(&[&before, &note, "\n"], whole.end);
            write_options(content, &before, out);
            let content = content.get(option_lines(content)..).unwrap_or_default();
            let inner = inner_lines(content, indent);
            rewrite(&inner, &format!("{before}> "), depth - 1, out);
            rest = write_end(after, prefix, out);
            continue;
        }
        // A quotation is looked at once, from its first line.
        let begins_quotation = text.starts_with('>') && !std::mem::replace(&mut was_quoted, true);
        was_quoted &= text.starts_with('>');
        if begins_quotation
            && depth > 0
            && fence.is_none()
            && indent < item + INDENT
            && let Some((inner, after)) = quoted_notes(*whole, rest)
        {
            rest = after;
            let before = format!("{prefix}{}> ", " ".repeat(indent));
            rewrite(&inner, &before, depth - 1, out);
            continue;
        }
        fence = fence_behind(fence, text);
        if fence.is_none() && !text.is_empty() {
            item = item_text(line, indent).unwrap_or(if indent == 0 { 0 } else { item });
        }
        out.push(&[prefix, line], whole.end);
    }
}

/// Writes what is in a note, whose lines are indented; returns the lines behind it.
fn write_note<'a, 'l>(
    lines: &'l [Line<'a>],
    indent: usize,
    (prefix, before): (&str, &str),
    depth: usize,
    out: &mut Out,
) -> &'l [Line<'a>] {
    let count = content_lines(lines, indent);
    let (content, rest) = lines.split_at(count.min(lines.len()));
    let inner = inner_lines(content, indent);
    rewrite(&inner, &format!("{before}> "), depth - 1, out);
    // What follows at once is no longer in the note.
    let follows = rest
        .first()
        .is_some_and(|next| !next.text.trim().is_empty());
    let last = content.last().filter(|last| !last.text.trim().is_empty());
    if let Some(last) = last.filter(|_| follows) {
        out.push(&[prefix.trim_end(), "\n"], last.end);
    }
    rest
}

/// Returns the lines of a quotation without its marks, and those behind it, if there is a note in the quotation.
fn quoted_notes<'a, 'l>(
    first: Line<'a>,
    rest: &'l [Line<'a>],
) -> Option<(Vec<Line<'a>>, &'l [Line<'a>])> {
    let inner = |line: &Line<'a>| {
        let text = line.text.trim_start_matches(' ').strip_prefix('>')?;
        let text = text.strip_prefix(' ').unwrap_or(text);
        Some(Line { text, ..*line })
    };
    let first = inner(&first)?;
    let mut lines = vec![first];
    lines.extend(rest.iter().map_while(inner));
    let has_note = lines.iter().any(|line| note_of(line.text.trim()).is_some());
    let behind = rest.get(lines.len() - 1..)?;
    has_note.then_some((lines, behind))
}

/// Returns the mark of the fence that is open behind a line.
fn fence_behind<'a>(open: Option<&'a str>, text: &str) -> Option<&'a str> {
    match open {
        Some(mark) if text.starts_with(mark) && text.trim_matches(['`', '~']).is_empty() => None,
        Some(mark) => Some(mark),
        None => ["```", "~~~"]
            .into_iter()
            .find(|mark| text.starts_with(mark)),
    }
}

/// Writes an empty line for each option of a directive.
fn write_options(content: &[Line<'_>], before: &str, out: &mut Out) {
    for line in content.iter().take(option_lines(content)) {
        out.push(&[before, ">\n"], line.end);
    }
}

/// Writes an empty line for the end of a fence; returns the lines behind it.
fn write_end<'a, 'l>(lines: &'l [Line<'a>], prefix: &str, out: &mut Out) -> &'l [Line<'a>] {
    let Some((end, after)) = lines.split_first() else {
        return lines;
    };
    out.push(&[prefix.trim_end(), "\n"], end.end);
    after
}

/// Returns lines without their indent.
fn inner_lines<'a>(lines: &[Line<'a>], indent: usize) -> Vec<Line<'a>> {
    let inner = lines.iter().map(|line| Line {
        text: line
            .text
            .get(indent..)
            .unwrap_or_else(|| line.text.trim_start_matches(' ')),
        end: line.end,
    });
    inner.collect()
}

/// Returns the column of the text of a list item, a definition or a footnote.
fn item_text(line: &str, indent: usize) -> Option<usize> {
    let text = line.get(indent..)?;
    let is_footnote = text.starts_with("[^") && text.contains("]:");
    if is_footnote || text.starts_with(": ") {
        return Some(indent + INDENT);
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let marker = text.get(digits..)?;
    let is_item = if digits == 0 {
        marker.starts_with(['-', '*', '+'])
    } else {
        marker.starts_with(['.', ')'])
    };
    let after = marker.get(1..)?;
    let spaces = after.len() - after.trim_start_matches(' ').len();
    (is_item && spaces > 0).then_some(indent + digits + 1 + spaces)
}

/// Returns how many of the lines are in a note: those that are indented, and empty ones between them.
fn content_lines(lines: &[Line<'_>], indent: usize) -> usize {
    let mut count = 0;
    for (at, Line { text: line, .. }) in lines.iter().enumerate() {
        let is_inside = line.len() - line.trim_start_matches(' ').len() >= indent;
        if line.trim().is_empty() {
            continue;
        }
        if !is_inside {
            break;
        }
        count = at + 1;
    }
    count
}

/// Returns the first line of a callout for the first line of a note.
fn note_of(line: &str) -> Option<String> {
    let (mark, rest) = line.split_once(' ')?;
    let rest = rest.trim();
    if mark == "===" {
        let title = quoted(rest.trim_start_matches(['!', '+']).trim())?;
        return Some(format!("> [!tab] {title}"));
    }
    if !matches!(mark, "!!!" | "???" | "???+") {
        return None;
    }
    let (words, title) = match rest.find('"') {
        Some(at) => {
            let (words, title) = rest.split_at(at);
            (words, quoted(title)?)
        }
        None => (rest, ""),
    };
    let mut words = words.split_whitespace();
    let name = words.next()?;
    let is_name = |word: &str| {
        word.chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    // A sentence that begins with exclamation marks has other signs, or more words.
    let others_are_places = words.all(|word| matches!(word, "inline" | "end"));
    (is_name(name) && others_are_places)
        .then(|| format!("> [!{name}] {title}").trim_end().to_owned())
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_never_multiply_a_text() {
        for (indent, depth, blank) in [
            (0, 1, 9_000),
            (40, 1, 9_000),
            (4_000, 1, 9_000),
            (30, 6, 9_000),
        ] {
            let mut md = String::new();
            let mut column = 0;
            for _ in 0..depth {
                md += &format!("{}-{}x\n", " ".repeat(column), " ".repeat(indent));
                column += indent;
                md += &format!("{}!!! note\n", " ".repeat(column));
                column += INDENT;
            }
            let inner = " ".repeat(column);
            md += &format!("{inner}a\n{}{inner}b\n", "\n".repeat(blank));
            let written = with_callouts(&md).len();
            assert!(
                written <= md.len() * MAX_GROWTH,
                "{indent} {depth}: {written}"
            );
        }
    }

    #[test]
    fn notes_become_callouts_line_by_line() {
        for (md, expected) in [
            (
                "!!! warning \"Mind\"\n\n    - one\n    - two\n\nafter\n",
                "> [!warning] Mind\n> \n> - one\n> - two\n\nafter\n",
            ),
            ("!!! note\n    a\nb", "> [!note]\n> a\n\nb"),
            ("???+ tip inline end \"\"\n    a", "> [!tip]\n> a"),
            (
                "- x\n\n    !!! note\n        a\n",
                "- x\n\n    > [!note]\n    > a\n",
            ),
            ("!!! a\n    !!! b\n        c\n", "> [!a]\n> > [!b]\n> > c\n"),
            ("=== \"Linux\"\n\n    run\n", "> [!tab] Linux\n> \n> run\n"),
            (
                "```{warning} Do *not*\n:class: x\n\na\n```\nb\n",
                "> [!warning] Do *not*\n>\n> \n> a\n\nb\n",
            ),
            (
                "````{note}\n```{tip}\na\n```\n````\n",
                "> [!note]\n> > [!tip]\n> > a\n>\n\n",
            ),
            ("```{note}\na\n", "```{note}\na\n"),
            ("```{code} x\na\n```\n", "```{code} x\na\n```\n"),
            ("```\n!!! note\n    a\n```\n", "```\n!!! note\n    a\n```\n"),
            ("    !!! note\n        a\n", "    !!! note\n        a\n"),
            (
                "!!! Please read this\n    a\n",
                "!!! Please read this\n    a\n",
            ),
            ("??? why is it so?\n", "??? why is it so?\n"),
            (
                "> a\n>\n> !!! note\n>     b\n> c\nd\n",
                "> a\n> \n> > [!note]\n> > b\n>\n> c\nd\n",
            ),
            (
                "- x\n\n  > === \"Tab\"\n  >\n  >     b\n",
                "- x\n\n  > > [!tab] Tab\n  > > \n  > > b\n",
            ),
            ("> a\n> !!! b c d\n", "> a\n> !!! b c d\n"),
            (
                "Term\n\n:   a\n\n    !!! note\n        b\n",
                "Term\n\n:   a\n\n    > [!note]\n    > b\n",
            ),
            (
                "[^1]: a\n\n    === \"T\"\n\n        b\n",
                "[^1]: a\n\n    > [!tab] T\n    > \n    > b\n",
            ),
        ] {
            assert_eq!(with_callouts(md), expected, "{md:?}");
        }
    }
}
