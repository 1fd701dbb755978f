//! What attributes of HTML say in words, and pages have no attribute for: the numbers of lists that do not count from
//! one up, the long forms of abbreviations, and the brackets of words above others.

use std::collections::HashSet;

use crate::html::{
    elements::{Kind, element},
    tokens::{Tag, Token},
};

/// The greatest number that is written as a letter or as a Roman number.
const MAX_LABEL: usize = 3_999;

/// A token by the piece of HTML that it is in, and its place there.
type Place = (usize, usize);

/// A numbered list that is open, or one that is not numbered.
struct List {
    place: Place,
    is_numbered: bool,
    items: Vec<(Place, Option<usize>)>,
}

/// Writes labels into the pieces of HTML of one parent.
pub(super) fn write(pieces: &mut [Vec<Token>]) {
    let mut texts: Vec<(Place, String)> = Vec::new();
    let mut lists: Vec<List> = Vec::new();
    let mut closed: Vec<List> = Vec::new();
    let mut abbreviated: Option<String> = None;
    let mut known = HashSet::new();
    let mut ruby = Ruby::default();
    for (piece, tokens) in pieces.iter().enumerate() {
        for (at, token) in tokens.iter().enumerate() {
            let Token::Tag(tag) = token else { continue };
            let place = (piece, at);
            match (tag.element.kind, tag.closes) {
                (Kind::List | Kind::Numbered, false) => lists.push(List {
                    place,
                    is_numbered: tag.element.kind == Kind::Numbered,
                    items: Vec::new(),
                }),
                (Kind::List | Kind::Numbered, true) => closed.extend(lists.pop()),
                (Kind::Item, false) => {
                    if let Some(list) = lists.last_mut() {
                        list.items.push((place, tag.number("value")));
                    }
                }
                (Kind::Mark("abbr"), false) => {
                    abbreviated = tag.attribute("title").map(str::to_owned);
                }
                (Kind::Mark("abbr"), true) => {
                    let title = abbreviated
                        .take()
                        .filter(|title| known.insert(title.clone()));
                    texts.extend(title.map(|title| (place, format!(" ({title})"))));
                }
                _ => texts.extend(ruby.brackets(tag).map(|text| (place, text.to_owned()))),
            }
        }
    }
    closed.append(&mut lists);
    for list in closed.into_iter().filter(|list| list.is_numbered) {
        number(pieces, &list, &mut texts);
    }
    texts.sort_by_key(|(place, _)| *place);
    insert(pieces, texts);
}

/// Writes each text behind the token at its place, in one pass over each piece. The places ascend.
fn insert(pieces: &mut [Vec<Token>], texts: Vec<(Place, String)>) {
    let mut texts = texts.into_iter().peekable();
    for (piece, tokens) in pieces.iter_mut().enumerate() {
        if texts.peek().is_none_or(|((next, _), _)| *next != piece) {
            continue;
        }
        for (at, token) in std::mem::take(tokens).into_iter().enumerate() {
            tokens.push(token);
            while let Some((_, text)) = texts.next_if(|(place, _)| *place == (piece, at)) {
                tokens.push(Token::Text(text));
            }
        }
    }
}

/// What is said above other words, `<ruby>5<rt>10</rt></ruby>`: it is written behind them, in brackets unless the text has
/// its own in `<rp>`.
#[derive(Default)]
struct Ruby {
    has_brackets: bool,
    is_open: bool,
}

impl Ruby {
    /// Returns what is written behind a tag.
    fn brackets(&mut self, tag: &Tag) -> Option<&'static str> {
        let was_open = self.is_open;
        match (tag.element.name, tag.closes) {
            ("rp", false) => self.has_brackets = true,
            ("rt", closes) => self.is_open = !closes && !self.has_brackets,
            ("ruby", _) => *self = Self::default(),
            _ => return None,
        }
        match (was_open, self.is_open) {
            (false, true) => Some(" ("),
            (true, false) => Some(") "),
            (true, true) => Some(") ("),
            (false, false) => None,
        }
    }
}

/// Makes a list whose numbers a page cannot count into one whose items begin with them.
fn number(pieces: &mut [Vec<Token>], list: &List, texts: &mut Vec<(Place, String)>) {
    let (piece, at) = list.place;
    let Some(Token::Tag(tag)) = pieces.get_mut(piece).and_then(|tokens| tokens.get_mut(at)) else {
        return;
    };
    let is_reversed = tag.attributes.iter().any(|(name, _)| name == "reversed");
    let style = tag.attribute("type").unwrap_or("1").to_owned();
    let is_figures = !matches!(style.as_str(), "a" | "A" | "i" | "I");
    let mut later = list.items.iter().skip(1);
    if is_figures && !is_reversed && later.all(|(_, value)| value.is_none()) {
        // The page can count: it needs only the first number.
        if let Some((_, Some(first))) = list.items.first() {
            tag.attributes.retain(|(name, _)| name != "start");
            tag.attributes.push(("start".to_owned(), first.to_string()));
        }
        return;
    }
    let first = if is_reversed { list.items.len() } else { 1 };
    let mut next = tag.number("start").unwrap_or(first);
    become_plain(tag);
    for (place, value) in &list.items {
        let number = value.unwrap_or(next);
        texts.push((*place, format!("{}. ", label(&style, number))));
        next = if is_reversed {
            number.saturating_sub(1)
        } else {
            number.saturating_add(1)
        };
    }
}

fn become_plain(tag: &mut Tag) {
    if let Some(plain) = element("ul") {
        tag.element = plain;
    }
}

/// Returns a number as a list of this type shows it.
fn label(style: &str, number: usize) -> String {
    match style {
        "a" | "A" | "i" | "I" if !(1..=MAX_LABEL).contains(&number) => number.to_string(),
        "a" => letters(number),
        "A" => letters(number).to_uppercase(),
        "i" => roman(number).to_lowercase(),
        "I" => roman(number),
        _ => number.to_string(),
    }
}

fn letters(number: usize) -> String {
    let mut rest = number;
    let mut out = Vec::new();
    while rest > 0 {
        rest -= 1;
        let letter = u8::try_from(rest % 26).unwrap_or(0);
        out.push(char::from(b'a' + letter));
        rest /= 26;
    }
    out.into_iter().rev().collect()
}

fn roman(number: usize) -> String {
    const SIGNS: [(usize, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = number;
    let mut out = String::new();
    for (value, sign) in SIGNS {
        while rest >= value {
            out.push_str(sign);
            rest -= value;
        }
    }
    out
}
