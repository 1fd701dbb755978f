//! The marks that comments begin and end with.

use std::{cell::OnceCell, ops::Range};

use super::{
    definitions::{References, note_end, unused_end},
    myst,
    tags::{Signs, begins_hugo, ends_hugo, is_id, liquid_tag},
};

/// How much of a line is searched for the partner of a percent sign.
pub(super) const MAX_LINE_BYTES: usize = 500;
/// Beginnings and ends of the comments of other programs.
pub(super) const PAIRS: [(&str, Close); 18] = [
    // MDX and JSX, and Hugo.
    ("{/*", Close::Star("}")),
    ("{ /*", Close::Star("}")),
    ("{\n/*", Close::Star("}")),
    ("{//", Close::Text("\n}")),
    ("{{/*", Close::Star("}}")),
    ("{{- /*", Close::Star("}}")),
    ("{{-/*", Close::Star("}}")),
    // Jinja, Liquid, kramdown and Docsy.
    ("{#", Close::Hash),
    ("{% #", Close::Text("%}")),
    ("{%- #", Close::Text("%}")),
    ("{%", Close::Liquid),
    ("{::comment}", Close::Kramdown),
    ("{{<", Close::Hugo(("{{<", ">}}"))),
    ("{{%", Close::Hugo(("{{%", "%}}"))),
    // Handlebars, and CriticMarkup.
    ("{{!--", Close::Text("--}}")),
    ("{{!", Close::Text("}}")),
    ("{>>", Close::Text("<<}")),
    // LaTeX, at the beginning of a line.
    ("\\begin{comment}", Close::Tex),
];
/// Those that begin as tags do: of ERB, JSP and others, and of HTML where a program has made dashes of hyphens.
pub(super) const TAG_PAIRS: [(&str, &str); 4] = [
    ("<%#", "%>"),
    ("<%--", "--%>"),
    ("<!–", "–>"),
    ("<!—", "—>"),
];

/// How a comment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    /// With this text.
    Text(&'static str),
    /// With `*/` and then braces; spaces and a hyphen may be between.
    Star(&'static str),
    /// With `#}`. What is `{#id}` behind a heading is none.
    Hash,
    /// With `{:/comment}` or `{:/}`.
    Kramdown,
    /// `{% comment %}` with `{% endcomment %}`, each with or without spaces and hyphens.
    Liquid,
    /// `{{< comment >}}` with `{{< /comment >}}`, each with or without spaces, between these marks.
    Hugo(Signs),
    /// With `\end{comment}`.
    Tex,
}

impl Close {
    /// Returns where the first such end of a text begins and ends. Whether there is one at a place depends on nothing
    /// before it, so that it is the first from any place before it.
    fn find(self, text: &str) -> Option<Range<usize>> {
        match self {
            Self::Text(close) => {
                let at = text.find(close)?;
                Some(at..at + close.len())
            }
            Self::Kramdown => text.match_indices("{:/").find_map(|(at, _)| {
                let rest = text.get(at..)?;
                let close = ["{:/}", "{:/comment}"]
                    .into_iter()
                    .find(|close| rest.starts_with(close))?;
                Some(at..at + close.len())
            }),
            Self::Hash => {
                let at = text.find("#}")?;
                Some(at..at + 2)
            }
            Self::Star(braces) => text.match_indices("*/").find_map(|(at, _)| {
                let after = text.get(at + 2..)?;
                let rest = after.trim_start_matches([' ', '\t', '\n', '-']);
                let end = text.len() - rest.len() + braces.len();
                rest.starts_with(braces).then_some(at..end)
            }),
            Self::Tex => Self::Text("\\end{comment}").find(text),
            Self::Hugo(marks) => text.match_indices(marks.0).find_map(|(at, _)| {
                let length = ends_hugo(text.get(at..)?, marks)?;
                Some(at..at + length)
            }),
            Self::Liquid => text.match_indices("{%").find_map(|(at, _)| {
                let length = liquid_tag(text.get(at..)?, "endcomment")?;
                Some(at..at + length)
            }),
        }
    }
}

/// What may begin a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Html,
    Percent,
    /// One of [`PAIRS`].
    Pair(usize),
    /// One of [`TAG_PAIRS`].
    TagPair(usize),
    /// The label of a definition.
    Label,
    /// A percent sign that begins a line of MyST.
    Line,
}

impl Mark {
    pub(super) fn is_percent(self) -> bool {
        self == Self::Percent
    }
}

/// What a mark begins.
pub(super) enum Read {
    /// A comment, with its end.
    Comment(usize),
    /// A comment that never ends, or text; with the length of the mark.
    Unclosed(usize),
    /// Text; with the length of the mark.
    Text(usize),
}

/// What is searched for: percent signs, the ends of HTML and of each pair, and braces.
const SEARCHES: usize = 3 + PAIRS.len() + TAG_PAIRS.len();
const PERCENT: usize = 0;
const HTML: usize = 1;
const BRACE: usize = 2;
const FIRST_PAIR: usize = 3;

/// The next place of what is searched for, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    Unknown,
    At(Range<usize>),
    Nowhere,
}

/// Reads marks from the first to the last. Each kind of end is searched for from left to right once, so that a text of
/// nothing but marks takes no longer than any other.
pub(super) struct Marks<'a> {
    md: &'a str,
    next: [Next; SEARCHES],
    /// What the text refers to, once that was asked.
    references: OnceCell<References>,
    /// Whether the text is one of MyST, once that was asked.
    is_myst: OnceCell<bool>,
    /// Bytes that were searched.
    #[cfg(test)]
    pub(super) searched: usize,
}

impl<'a> Marks<'a> {
    /// Returns the marks of a text.
    pub(super) fn new(md: &'a str) -> Self {
        Self {
            md,
            next: [const { Next::Unknown }; SEARCHES],
            references: OnceCell::new(),
            is_myst: OnceCell::new(),
            #[cfg(test)]
            searched: 0,
        }
    }

    /// Returns the first place of what is searched for that begins at `from` or behind it.
    fn next(&mut self, search: usize, close: Close, from: usize) -> Option<Range<usize>> {
        let next = self.next.get_mut(search)?;
        match next {
            Next::Nowhere => return None,
            Next::At(place) if place.start >= from => return Some(place.clone()),
            Next::At(_) | Next::Unknown => {}
        }
        let rest = self.md.get(from..)?;
        let found = close.find(rest);
        #[cfg(test)]
        {
            self.searched += found.as_ref().map_or(rest.len(), |found| found.end);
        }
        let found = found.map(|found| from + found.start..from + found.end);
        *next = found.clone().map_or(Next::Nowhere, Next::At);
        found
    }

    fn is_left(&self, search: usize) -> bool {
        self.next
            .get(search)
            .is_some_and(|next| *next != Next::Nowhere)
    }

    /// Returns the mark at a place.
    pub(super) fn at(&mut self, at: usize) -> Option<Mark> {
        let rest = self.md.get(at..).unwrap_or_default();
        match rest.as_bytes() {
            [b'<', b'!', b'-', b'-', ..] if self.is_left(HTML) => Some(Mark::Html),
            [b'<', b'%' | b'!', ..] => {
                let pair = TAG_PAIRS
                    .iter()
                    .position(|(open, _)| rest.starts_with(open))?;
                self.is_left(FIRST_PAIR + PAIRS.len() + pair)
                    .then_some(Mark::TagPair(pair))
            }
            [b'%', b'%', ..] if self.is_left(PERCENT) => Some(Mark::Percent),
            [b'%', ..] if begins_line(self.md, at) => {
                let is_myst = self.is_myst.get_or_init(|| myst::is_myst(self.md));
                is_myst.then_some(Mark::Line)
            }
            [b'{' | b'\\', ..] => {
                let pair = PAIRS.iter().position(|(open, close)| {
                    rest.starts_with(open) && self.is_opened(*close, at, open.len())
                })?;
                self.is_left(FIRST_PAIR + pair).then_some(Mark::Pair(pair))
            }
            [b'[', ..] => begins_line(self.md, at).then_some(Mark::Label),
            _ => None,
        }
    }

    /// Returns whether a mark of some length begins a comment, by what is behind it.
    fn is_opened(&mut self, close: Close, at: usize, length: usize) -> bool {
        let from = at + length;
        match close {
            Close::Liquid => {
                let text = self.md.get(at..).unwrap_or_default();
                liquid_tag(text, "comment").is_some()
            }
            Close::Hugo(marks) => {
                let text = self.md.get(at..).unwrap_or_default();
                begins_hugo(text, marks).is_some()
            }
            Close::Tex => begins_line(self.md, at),
            Close::Hash => {
                let md = self.md;
                let inner = md.get(from..).unwrap_or_default();
                // `{#…#}` on one word, and not `{#id}`.
                let ends_in_hash = |brace: Range<usize>| {
                    brace.start > from + 1 && md.as_bytes().get(brace.start - 1) == Some(&b'#')
                };
                inner.starts_with([' ', '\n', '\t', '-'])
                    || self
                        .next(BRACE, Close::Text("}"), from)
                        .is_some_and(ends_in_hash)
            }
            Close::Star(_) => {
                let inner = self.md.get(from..).unwrap_or_default();
                !is_id(inner)
            }
            Close::Text(_) | Close::Kramdown => true,
        }
    }

    pub(super) fn read(&mut self, mark: Mark, at: usize) -> Read {
        let rest = self.md.get(at..).unwrap_or_default();
        match mark {
            Mark::Html if rest.starts_with("<!-->") => Read::Comment(at + 5),
            Mark::Html if rest.starts_with("<!--->") => Read::Comment(at + 6),
            Mark::Html => self.closed(HTML, Close::Text("-->"), at, 4),
            Mark::Percent => {
                let read = percent_end(self.md, at, run(rest));
                let is_last = !rest.get(2..).is_some_and(|rest| rest.contains("%%"));
                if let (Read::Unclosed(_), Some(next), true) =
                    (&read, self.next.get_mut(PERCENT), is_last)
                {
                    *next = Next::Nowhere;
                }
                read
            }
            Mark::Pair(pair) => {
                let Some((open, close)) = PAIRS.get(pair) else {
                    return Read::Text(1);
                };
                self.closed(FIRST_PAIR + pair, *close, at, open.len())
            }
            Mark::TagPair(pair) => {
                let (open, close) = TAG_PAIRS.get(pair).copied().unwrap_or_default();
                let search = FIRST_PAIR + PAIRS.len() + pair;
                self.closed(search, Close::Text(close), at, open.len())
            }
            Mark::Line => Read::Comment(at + myst::line_end(rest)),
            Mark::Label => {
                let references = || self.references.get_or_init(|| References::read(self.md));
                let end = note_end(rest).or_else(|| unused_end(self.md, at, references));
                end.map_or(Read::Text(1), |end| Read::Comment(at + end))
            }
        }
    }

    /// Reads a comment whose mark has some length, up to its end.
    fn closed(&mut self, search: usize, close: Close, at: usize, length: usize) -> Read {
        self.next(search, close, at + length)
            .map_or(Read::Unclosed(length), |end| Read::Comment(end.end))
    }
}

/// Returns how many percent signs a text begins with.
fn run(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'%').count()
}

/// Finds the end of what begins with two percent signs.
fn percent_end(md: &str, at: usize, run: usize) -> Read {
    if run == 4 {
        return Read::Comment(at + 4);
    }
    if run != 2 {
        return Read::Text(run);
    }
    let before = md.get(..at).unwrap_or_default();
    let rest = md.get(at + 2..).unwrap_or_default();
    let opens_block = begins_line(md, at);
    let unclosed = || {
        if opens_block || opens_words(before, rest) {
            Read::Unclosed(run)
        } else {
            Read::Text(run)
        }
    };
    let Some(length) = rest.find("%%") else {
        return unclosed();
    };
    let inner = rest.get(..length).unwrap_or_default();
    // A comment that begins a line may be of many lines; any other ends in its paragraph.
    if !opens_block && inner.contains("\n\n") {
        return unclosed();
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
            return Read::Text(run);
        }
        (Some(c), Some('%')) if c.is_alphabetic() => return Read::Text(run),
        _ => {}
    }
    // `for %%i in (*) do echo %%i`: the same variable of a batch file twice.
    if variable(inner).is_some() && variable(inner) == variable(after) {
        return Read::Text(run);
    }
    Read::Comment(at + 2 + length + 2)
}

/// Returns the variable of a batch file that a text begins with, behind its signs.
fn variable(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let name = chars.next().filter(char::is_ascii_alphabetic)?;
    chars
        .next()
        .is_none_or(|c| !c.is_alphanumeric())
        .then_some(name)
}

/// Whether signs within a line begin words that are not to be seen, as in `the ward %%ring Jo`: they are behind a space, and
/// right before a word.
fn opens_words(before: &str, rest: &str) -> bool {
    let spaced = before.ends_with(char::is_whitespace);
    let is_figure = before.trim_end().ends_with(char::is_numeric);
    spaced && !is_figure && rest.starts_with(char::is_alphabetic) && variable(rest).is_none()
}

/// Whether the marks in the rest of a line have a partner each.
fn is_paired(rest: &str) -> bool {
    let start = rest
        .get(..rest.floor_char_boundary(MAX_LINE_BYTES))
        .unwrap_or(rest);
    let line = start.split('\n').next().unwrap_or_default();
    line.matches("%%").count() % 2 == 1
}

/// Whether there is nothing before a place but marks of quotations and lists.
pub(super) fn begins_line(md: &str, at: usize) -> bool {
    let before = md.get(..at).unwrap_or_default();
    let last = before
        .chars()
        .rev()
        .find(|c| !matches!(c, ' ' | '\t' | '>'));
    last.is_none_or(|c| c == '\n')
}
