//! Marks around words, and when they can be those of markdown.
//!
//! Whether `**` or `_` is a mark depends on the characters next to it (CommonMark §6.2). Where it would not be one, a tag
//! of HTML is written.

use crate::{
    escape::escape_url,
    inline::{Raised, Span},
};

/// A mark around words. The order is that of nesting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    Link(String),
    Bold,
    Italic,
    Strike,
    Raised(Raised),
}

pub(crate) enum Token {
    Text(String),
    Open(Mark),
    Close(Mark),
}

pub(crate) fn marks(span: &Span) -> Vec<Mark> {
    let style = span.style;
    let mut marks = Vec::new();
    marks.extend(span.link.clone().map(Mark::Link));
    marks.extend(style.bold.then_some(Mark::Bold));
    marks.extend(style.italic.then_some(Mark::Italic));
    marks.extend(style.strike.then_some(Mark::Strike));
    marks.extend((style.raised != Raised::No).then_some(Mark::Raised(style.raised)));
    marks
}

/// Closes the marks that end, and opens those that begin.
pub(crate) fn switch(tokens: &mut Vec<Token>, open: &mut Vec<Mark>, wanted: &[Mark]) {
    let common = open.iter().zip(wanted).take_while(|(a, b)| a == b).count();
    while open.len() > common {
        tokens.extend(open.pop().map(Token::Close));
    }
    for mark in wanted.iter().skip(common) {
        tokens.push(Token::Open(mark.clone()));
        open.push(mark.clone());
    }
}

/// Writes tokens. A mark is a tag of HTML where the characters around it would not make it a mark of markdown
/// (CommonMark §6.2).
pub(crate) fn joined(tokens: Vec<Token>) -> String {
    let as_html = tags(&tokens);
    let mut out = String::new();
    for (token, html) in tokens.into_iter().zip(as_html) {
        match token {
            Token::Text(text) => out.push_str(&text),
            Token::Open(mark) => out.push_str(opening(&mark, html)),
            Token::Close(mark) => match mark {
                Mark::Link(url) => {
                    out.push_str("](");
                    out.push_str(&escape_url(&url));
                    out.push(')');
                }
                mark => out.push_str(closing(&mark, html)),
            },
        }
    }
    out
}

fn opening(mark: &Mark, html: bool) -> &'static str {
    match (mark, html) {
        (Mark::Link(_), _) => "[",
        (Mark::Bold, false) => "**",
        (Mark::Bold, true) => "<b>",
        (Mark::Italic, false) => "_",
        (Mark::Italic, true) => "<i>",
        (Mark::Strike, false) => "~~",
        (Mark::Strike, true) => "<del>",
        (Mark::Raised(Raised::Below), _) => "<sub>",
        (Mark::Raised(_), _) => "<sup>",
    }
}

fn closing(mark: &Mark, html: bool) -> &'static str {
    match (mark, html) {
        (Mark::Link(_), _) => "]",
        (Mark::Bold, false) => "**",
        (Mark::Bold, true) => "</b>",
        (Mark::Italic, false) => "_",
        (Mark::Italic, true) => "</i>",
        (Mark::Strike, false) => "~~",
        (Mark::Strike, true) => "</del>",
        (Mark::Raised(Raised::Below), _) => "</sub>",
        (Mark::Raised(_), _) => "</sup>",
    }
}

/// Says for each token whether its mark must be a tag of HTML.
fn tags(tokens: &[Token]) -> Vec<bool> {
    let mut as_html = vec![false; tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Text(_) => {}
            Token::Open(_) => open.push(at),
            Token::Close(mark) => {
                let Some(start) = open.pop() else { continue };
                let needs_spaces = *mark == Mark::Italic;
                let fits = opens(tokens, start, needs_spaces)
                    && closes(tokens, at, needs_spaces)
                    && ![start, at].iter().any(|place| joins_figure(tokens, *place))
                    && !multiplies(tokens, start, at);
                for place in [start, at] {
                    if let Some(html) = as_html.get_mut(place) {
                        *html = !fits;
                    }
                }
            }
        }
    }
    as_html
}

/// Returns whether letters or figures meet at a mark, with a figure among them: within figures, marks of markdown are text.
fn joins_figure(tokens: &[Token], at: usize) -> bool {
    let Some(meet) = around(tokens, at) else {
        return false;
    };
    meet.iter().all(|c| c.is_alphanumeric()) && meet.iter().any(|c| c.is_numeric())
}

/// Returns whether two marks could be signs of multiplication, as in `(age)**2 + falls**3`: they would be text, too.
fn multiplies(tokens: &[Token], start: usize, end: usize) -> bool {
    let (Some([before, first]), Some([last, after])) = (around(tokens, start), around(tokens, end))
    else {
        return false;
    };
    let ends = |c: char| c.is_alphanumeric() || matches!(c, ')' | ']' | '}' | '%');
    let begins = |c: char| c.is_alphanumeric() || matches!(c, '(' | '[' | '{');
    let all = [before, first, last, after];
    ends(before)
        && begins(first)
        && ends(last)
        && begins(after)
        && all.iter().any(|c| c.is_numeric())
}

/// Returns the characters before and after a mark.
fn around(tokens: &[Token], at: usize) -> Option<[char; 2]> {
    let text = |token: &Token| match token {
        Token::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Token::Open(_) | Token::Close(_) => None,
    };
    let before = tokens.iter().take(at).rev().find_map(text)?;
    let after = tokens.iter().skip(at).find_map(text)?;
    Some([before.chars().next_back()?, after.chars().next()?])
}

/// What is next to a mark. Marks and tags are punctuation to their neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    Space,
    Punctuation,
    Word,
    /// A parser looks through them at the character behind: anything may be there.
    Tildes,
}

fn class(c: Option<char>) -> Neighbour {
    match c {
        None => Neighbour::Space,
        Some(c) if c.is_whitespace() => Neighbour::Space,
        Some('~') => Neighbour::Tildes,
        // What Unicode calls a symbol is punctuation to markdown, too.
        Some(c) if c.is_alphanumeric() => Neighbour::Word,
        Some(_) => Neighbour::Punctuation,
    }
}

fn before(tokens: &[Token], at: usize) -> Neighbour {
    match at.checked_sub(1).and_then(|at| tokens.get(at)) {
        Some(Token::Text(text)) => class(text.chars().next_back()),
        Some(Token::Open(mark) | Token::Close(mark)) => class_of_mark(mark),
        None => Neighbour::Space,
    }
}

fn after(tokens: &[Token], at: usize) -> Neighbour {
    match tokens.get(at + 1) {
        Some(Token::Text(text)) => class(text.chars().next()),
        Some(Token::Open(mark) | Token::Close(mark)) => class_of_mark(mark),
        None => Neighbour::Space,
    }
}

fn class_of_mark(mark: &Mark) -> Neighbour {
    match mark {
        Mark::Strike => Neighbour::Tildes,
        Mark::Link(_) | Mark::Bold | Mark::Italic | Mark::Raised(_) => Neighbour::Punctuation,
    }
}

fn opens(tokens: &[Token], at: usize, needs_spaces: bool) -> bool {
    let outside_is_word = matches!(before(tokens, at), Neighbour::Word | Neighbour::Tildes);
    match after(tokens, at) {
        Neighbour::Space => false,
        Neighbour::Punctuation | Neighbour::Tildes => !outside_is_word,
        Neighbour::Word => !needs_spaces || !outside_is_word,
    }
}

fn closes(tokens: &[Token], at: usize, needs_spaces: bool) -> bool {
    let outside_is_word = matches!(after(tokens, at), Neighbour::Word | Neighbour::Tildes);
    match before(tokens, at) {
        Neighbour::Space => false,
        Neighbour::Punctuation | Neighbour::Tildes => !outside_is_word,
        Neighbour::Word => !needs_spaces || !outside_is_word,
    }
}
