//! The words of one paragraph with their marks, and how they are written as markdown.

use crate::{
    escape::{escape_lines, escape_text},
    marks::{Token, joined, marks, switch},
};

/// How words are marked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) strike: bool,
    pub(crate) raised: Raised,
}

/// Where words are on their line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Raised {
    #[default]
    No,
    Above,
    Below,
}

/// A part of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inline {
    Text(Span),
    Break,
    /// A picture by its name.
    Picture {
        name: String,
        alt: String,
    },
    /// A reference to a note by its number.
    Note(usize),
}

/// Words with one style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) style: Style,
    /// Where the words lead.
    pub(crate) link: Option<String>,
}

/// Where markdown is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    Paragraph,
    Heading,
    Cell,
}

/// Returns the words without marks, on one line.
pub(crate) fn plain(inlines: &[Inline]) -> String {
    let mut out = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(span) => out.push_str(&span.text),
            Inline::Break => out.push(' '),
            Inline::Picture { .. } | Inline::Note(_) => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says whether there is nothing to see.
pub(crate) fn is_blank(inlines: &[Inline]) -> bool {
    inlines.iter().all(|inline| match inline {
        Inline::Text(span) => span.text.chars().all(char::is_whitespace),
        Inline::Break => true,
        Inline::Picture { .. } | Inline::Note(_) => false,
    })
}

/// Writes a paragraph.
pub(crate) fn write(inlines: &[Inline], within: Within) -> String {
    let mut tokens = Vec::new();
    let mut open = Vec::new();
    for inline in spaced(inlines, within) {
        match inline {
            Inline::Text(span) => {
                switch(&mut tokens, &mut open, &marks(&span));
                let text = if span.style.raised == Raised::No
                    && span.link.as_deref() == Some(span.text.as_str())
                {
                    span.text.clone()
                } else {
                    escape_text(&span.text, within == Within::Cell)
                };
                tokens.push(Token::Text(text));
            }
            Inline::Break => {
                switch(&mut tokens, &mut open, &[]);
                tokens.push(Token::Text(
                    match within {
                        Within::Paragraph => "\\\n",
                        Within::Heading => " ",
                        Within::Cell => "<br>",
                    }
                    .to_owned(),
                ));
            }
            Inline::Picture { name, alt } => {
                switch(&mut tokens, &mut open, &[]);
                let alt = escape_text(&alt, within == Within::Cell);
                tokens.push(Token::Text(format!("![{alt}](attachment:{name})")));
            }
            Inline::Note(number) => {
                switch(&mut tokens, &mut open, &[]);
                tokens.push(Token::Text(format!("[^{number}]")));
            }
        }
    }
    switch(&mut tokens, &mut open, &[]);
    let text = joined(tokens);
    match within {
        Within::Paragraph => escape_lines(text.trim()),
        Within::Heading | Within::Cell => text.trim().to_owned(),
    }
}

/// Moves spaces at the edges of marked words out of the marks, where markdown needs them, joins words of one style, and
/// makes one space of several.
fn spaced(inlines: &[Inline], within: Within) -> Vec<Inline> {
    let mut pieces: Vec<Inline> = Vec::new();
    for inline in inlines {
        let Inline::Text(span) = inline else {
            pieces.push(inline.clone());
            continue;
        };
        let mut span = span.clone();
        if within == Within::Heading {
            // A heading is bold as it is.
            span.style.bold = false;
        }
        let body = span.text.trim();
        if body.is_empty() {
            push_space(&mut pieces, &span.text);
            continue;
        }
        let (before, after) = (
            span.text.len() - span.text.trim_start().len(),
            span.text.trim_end().len(),
        );
        push_space(&mut pieces, span.text.get(..before).unwrap_or_default());
        let trailing = span.text.get(after..).unwrap_or_default().to_owned();
        let text = single_spaces(body);
        match pieces.last_mut() {
            Some(Inline::Text(last)) if last.style == span.style && last.link == span.link => {
                last.text.push_str(&text)
            }
            _ => pieces.push(Inline::Text(Span {
                text,
                style: span.style,
                link: span.link,
            })),
        }
        push_space(&mut pieces, &trailing);
    }
    spaces_marked(pieces)
}

/// Marks a space between words that are marked alike like them, and joins words of one style.
fn spaces_marked(pieces: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(pieces.len());
    let mut rest = pieces.into_iter().peekable();
    while let Some(mut piece) = rest.next() {
        if let Inline::Text(span) = &mut piece
            && span.text.trim().is_empty()
            && let (Some(Inline::Text(before)), Some(Inline::Text(after))) =
                (out.last(), rest.peek())
        {
            span.style = Style {
                bold: before.style.bold && after.style.bold,
                italic: before.style.italic && after.style.italic,
                strike: before.style.strike && after.style.strike,
                raised: Raised::No,
            };
            if before.link == after.link {
                span.link.clone_from(&before.link);
            }
        }
        match (out.last_mut(), piece) {
            (Some(Inline::Text(last)), Inline::Text(span))
                if last.style == span.style && last.link == span.link =>
            {
                last.text.push_str(&span.text);
            }
            (_, piece) => out.push(piece),
        }
    }
    out
}

fn push_space(pieces: &mut Vec<Inline>, space: &str) {
    if space.is_empty() {
        return;
    }
    if let Some(Inline::Text(last)) = pieces.last()
        && last.text.trim().is_empty()
    {
        return;
    }
    let text = if space.chars().all(|c| c == '\u{a0}' || c == '\u{202f}') {
        "\u{a0}"
    } else {
        " "
    };
    pieces.push(Inline::Text(Span {
        text: text.to_owned(),
        ..Span::default()
    }));
}

/// Makes one space of several, and of tabs and line ends; spaces that do not break stay.
fn single_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let plain = c.is_whitespace() && c != '\u{a0}' && c != '\u{202f}' && c != '\u{2009}';
        if !plain {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// Returns words without a mark.
pub(crate) fn text(words: &str) -> Inline {
    Inline::Text(Span {
        text: words.to_owned(),
        ..Span::default()
    })
}
