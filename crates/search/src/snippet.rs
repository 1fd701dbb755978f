//! Where a snippet begins and ends, and its text as HTML with the matches marked.

use std::ops::Range;

/// The longest snippet, in characters, without its markup: two lines of a page of results.
pub(crate) const SNIPPET_CHARS: usize = 180;
/// How far before the first match a snippet may begin, in bytes.
const LEAD_BYTES: usize = 60;
/// The span of matches that a snippet is chosen by; it leaves room for words around them.
const WINDOW_BYTES: usize = SNIPPET_CHARS - LEAD_BYTES;

/// A word of the text that was looked for: its place, and which word it is.
pub(crate) struct Match {
    pub(crate) range: Range<usize>,
    pub(crate) wanted: usize,
}

/// Returns where the best span of matches begins: the most different words, then the most matches.
pub(crate) fn best_window(matches: &[Match]) -> Option<usize> {
    let kinds = matches.iter().map(|found| found.wanted).max()? + 1;
    let mut counts = vec![0_u32; kinds];
    let mut distinct = 0_usize;
    let mut best: Option<((usize, usize), usize)> = None;
    let mut window: std::collections::VecDeque<&Match> = std::collections::VecDeque::new();
    for found in matches {
        window.push_back(found);
        if let Some(count) = counts.get_mut(found.wanted) {
            distinct += usize::from(*count == 0);
            *count += 1;
        }
        while let Some(first) = window.front()
            && found.range.end.saturating_sub(first.range.start) > WINDOW_BYTES
        {
            if let Some(count) = counts.get_mut(first.wanted) {
                *count = count.saturating_sub(1);
                distinct -= usize::from(*count == 0);
            }
            window.pop_front();
        }
        let score = (distinct, window.len());
        if let Some(first) = window.front()
            && best.is_none_or(|(known, _)| score > known)
        {
            best = Some((score, first.range.start));
        }
    }
    best.map(|(_, start)| start)
}

/// Returns where a snippet begins whose first match is at `first`: at the start of its sentence
/// where that is near, else a few words before it.
pub(crate) fn lead(text: &str, first: usize) -> usize {
    let mut earliest = first.saturating_sub(LEAD_BYTES);
    if earliest == 0 {
        return 0;
    }
    while !text.is_char_boundary(earliest) {
        earliest += 1;
    }
    let before = text.get(earliest..first).unwrap_or_default();
    let sentence = before
        .char_indices()
        .zip(before.chars().skip(1))
        .find(|((_, mark), next)| {
            *mark == '\n' || (matches!(mark, '.' | '!' | '?') && next.is_whitespace())
        })
        .map(|((at, mark), _)| earliest + at + mark.len_utf8());
    if let Some(start) = sentence {
        return skip_spaces(text, start).min(first);
    }
    // A third of the lead, from the next space on.
    let near = before
        .char_indices()
        .find(|(at, c)| c.is_whitespace() && *at >= LEAD_BYTES / 3);
    near.map_or(first, |(at, _)| skip_spaces(text, earliest + at).min(first))
}

fn skip_spaces(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + (rest.len() - rest.trim_start().len())
}

/// Returns where a snippet that begins at `start` ends: before the last space that fits.
pub(crate) fn tail(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    // Two characters are left for the marks of omission. The end of a line is written as three, and
    // a character that is made visible as its number.
    let mut room = SNIPPET_CHARS - 2;
    let limit = rest.char_indices().find(|(_, c)| {
        let width = match *c {
            '\n' => 3,
            c if markdown::is_hidden(c) => markdown::MAX_VISIBLE_CHARS,
            _ => 1,
        };
        let fits = room.checked_sub(width);
        room = fits.unwrap_or(0);
        fits.is_none()
    });
    let Some((limit, _)) = limit else {
        return text.len();
    };
    let fitting = rest.get(..limit).unwrap_or_default();
    start
        + fitting
            .rfind(char::is_whitespace)
            .filter(|at| *at > limit / 2)
            .unwrap_or(limit)
}

/// Writes the text of `range` with its matches marked, runs of white space as one space, and a dash where a line ends
/// without a stop, as headings and the items of a list do.
pub(crate) fn html(text: &str, range: Range<usize>, matches: &[Match]) -> String {
    let mut out = String::with_capacity(range.len() + 64);
    let mut at = range.start;
    for found in matches {
        if found.range.start < at || found.range.end > range.end {
            continue;
        }
        escape(
            &mut out,
            text.get(at..found.range.start).unwrap_or_default(),
        );
        out.push_str("<mark>");
        escape(&mut out, text.get(found.range.clone()).unwrap_or_default());
        out.push_str("</mark>");
        at = found.range.end;
    }
    escape(&mut out, text.get(at..range.end).unwrap_or_default());
    out.truncate(out.trim_end().len());
    out
}

fn escape(out: &mut String, text: &str) {
    // What could make a snippet read as something else than it says is shown, as on every page.
    for c in markdown::visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_whitespace() => {
                let written = out.trim_end().len();
                let word = |c: char| c.is_alphanumeric() || matches!(c, ')' | '%' | '>');
                if c == '\n' && out.get(..written).is_some_and(|out| out.ends_with(word)) {
                    out.truncate(written);
                    out.push_str(" – ");
                } else if written > 0 && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
}
