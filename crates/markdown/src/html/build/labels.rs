//! What attributes of HTML say in words, and pages have no attribute for: the numbers of lists that do not count from
//! one up, the long forms of abbreviations, and the brackets of words above others.

use std::collections::HashSet;

use super::spans;
use crate::html::{
    elements::{Kind, element},
    style::list_style,
    tokens::{Tag, Token},
};

/// The greatest number that is written as a letter or as a Roman number.
const MAX_LABEL: usize = 3_999;

/// A token by the piece of HTML that it is in, and its place there.
type Place = (usize, usize);

/// How the items of a list are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// As a page does without being asked to.
    Figures,
    Zeros,
    Small,
    Large,
    SmallRoman,
    LargeRoman,
    Greek,
    /// Not at all, or with the same sign for each.
    Signs,
}

impl Style {
    /// Returns the style that a tag of a list or an item names.
    fn of_tag(tag: &Tag) -> Option<Self> {
        let of_style = tag.attribute("style").and_then(list_style);
        let of_style = of_style.and_then(|style| Self::of_css(&style));
        let of_type = || {
            tag.attribute("type").and_then(|named| match named {
                "1" => Some(Self::Figures),
                "a" => Some(Self::Small),
                "A" => Some(Self::Large),
                "i" => Some(Self::SmallRoman),
                "I" => Some(Self::LargeRoman),
                named => Self::of_css(&named.to_ascii_lowercase()),
            })
        };
        // Docutils and Bootstrap name the class of a list so.
        let of_class = || {
            let mut classes = tag.attribute("class")?.split_whitespace();
            classes.find_map(|class| match class {
                "loweralpha" | "lower-alpha" => Some(Self::Small),
                "upperalpha" | "upper-alpha" => Some(Self::Large),
                "lowerroman" | "lower-roman" => Some(Self::SmallRoman),
                "upperroman" | "upper-roman" => Some(Self::LargeRoman),
                _ => None,
            })
        };
        of_style.or_else(of_type).or_else(of_class)
    }

    fn of_css(style: &str) -> Option<Self> {
        const NAMES: [(&str, Style); 13] = [
            ("decimal-leading-zero", Style::Zeros),
            ("decimal", Style::Figures),
            ("lower-alpha", Style::Small),
            ("lower-latin", Style::Small),
            ("upper-alpha", Style::Large),
            ("upper-latin", Style::Large),
            ("lower-roman", Style::SmallRoman),
            ("upper-roman", Style::LargeRoman),
            ("lower-greek", Style::Greek),
            ("disc", Style::Signs),
            ("circle", Style::Signs),
            ("square", Style::Signs),
            ("none", Style::Signs),
        ];
        // `list-style` has its parts in any order, and no space is left between them.
        let mut names = NAMES.iter().filter(|(name, _)| style.contains(name));
        names.next().map(|(_, style)| *style)
    }
}

/// An item of a list: where it is, its number and its style, if it names them.
struct Item {
    place: Place,
    value: Option<i64>,
    style: Option<Style>,
}

/// A list that is open.
struct List {
    place: Place,
    style: Style,
    items: Vec<Item>,
}

/// Writes labels into the pieces of HTML of one parent.
pub(super) fn write(pieces: &mut [Vec<Token>]) {
    spans::write(pieces);
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
                (kind @ (Kind::List | Kind::Numbered), false) => {
                    let usual = if kind == Kind::Numbered {
                        Style::Figures
                    } else {
                        Style::Signs
                    };
                    lists.push(List {
                        place,
                        style: Style::of_tag(tag).unwrap_or(usual),
                        items: Vec::new(),
                    });
                }
                (Kind::List | Kind::Numbered, true) => closed.extend(lists.pop()),
                (Kind::Item, false) => {
                    if let Some(list) = lists.last_mut() {
                        list.items.push(Item {
                            place,
                            value: tag.integer("value"),
                            style: Style::of_tag(tag),
                        });
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
    for list in &closed {
        number(pieces, list, &mut texts);
    }
    texts.extend(meters(pieces));
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

/// Returns the figures of bars that hold no words: `<progress value="82" max="100"></progress>`.
fn meters(pieces: &[Vec<Token>]) -> Vec<(Place, String)> {
    let mut texts = Vec::new();
    let mut open: Option<(Place, String)> = None;
    for (piece, tokens) in pieces.iter().enumerate() {
        // Words of markdown are here.
        if tokens.is_empty() {
            open = None;
        }
        for (at, token) in tokens.iter().enumerate() {
            match token {
                Token::Text(text) if text.trim().is_empty() => {}
                Token::Text(_) => open = None,
                Token::Tag(tag) if tag.closes => texts.extend(open.take()),
                Token::Tag(tag) => {
                    open = figures(tag).map(|figures| ((piece, at), figures));
                    if tag.written.ends_with("/>") {
                        texts.extend(open.take());
                    }
                }
            }
        }
    }
    texts
}

fn figures(tag: &Tag) -> Option<String> {
    let is_number = |text: &&str| text.parse::<f64>().is_ok();
    let number = |name: &str| tag.attribute(name).filter(is_number);
    let is_bar = matches!(tag.element.name, "progress" | "meter");
    let value = number("value").filter(|_| is_bar)?;
    Some(match number("max") {
        Some(max) => format!("{value}/{max}"),
        None => value.to_owned(),
    })
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
    let is_numbered = tag.element.kind == Kind::Numbered;
    let styled = list.items.iter().filter_map(|item| item.style);
    let mut styles = styled.chain([list.style]);
    if styles.all(|style| style == Style::Signs) {
        become_plain(tag);
        return;
    }
    let is_reversed = is_numbered && tag.attributes.iter().any(|(name, _)| name == "reversed");
    let first = if is_reversed {
        i64::try_from(list.items.len()).unwrap_or(1)
    } else {
        1
    };
    let start = tag.integer("start").filter(|_| is_numbered);
    let first_value = list.items.first().and_then(|item| item.value);
    let first = first_value.or(start).unwrap_or(first);
    let mut later = list.items.iter().skip(1);
    let can_count = is_numbered
        && !is_reversed
        && first >= 0
        && list.style == Style::Figures
        && list.items.iter().all(|item| item.style.is_none())
        && later.all(|item| item.value.is_none());
    if can_count {
        // The page can count: it needs only the first number.
        tag.attributes.retain(|(name, _)| name != "start");
        tag.attributes.push(("start".to_owned(), first.to_string()));
        return;
    }
    become_plain(tag);
    let mut next = first;
    for item in &list.items {
        let number = item.value.unwrap_or(next);
        let style = item.style.unwrap_or(list.style);
        if style != Style::Signs {
            texts.push((item.place, format!("{}. ", label(style, number))));
        }
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

/// Returns a number as a list of this style shows it.
fn label(style: Style, number: i64) -> String {
    let Some(small) = usize::try_from(number)
        .ok()
        .filter(|number| (1..=MAX_LABEL).contains(number))
    else {
        return number.to_string();
    };
    match style {
        Style::Small => letters(small),
        Style::Large => letters(small).to_uppercase(),
        Style::SmallRoman => roman(small).to_lowercase(),
        Style::LargeRoman => roman(small),
        Style::Greek => greek(small),
        Style::Zeros => format!("{small:02}"),
        Style::Figures | Style::Signs => small.to_string(),
    }
}

/// Returns the letter of a number; there are only as many as the alphabet has.
fn greek(number: usize) -> String {
    let letter = "αβγδεζηθικλμνξοπρστυφχψω".chars().nth(number - 1);
    letter.map_or_else(|| number.to_string(), String::from)
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
