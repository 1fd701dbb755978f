//! Tags that are words: `Please ring <address> before <time>`. A tag without attributes is one of HTML only if it ends
//! somewhere, or is part of something that is open.

use std::collections::HashMap;

use super::{
    elements::Kind,
    tokens::{Tag, Token},
};

/// A tag by the piece of HTML that it is in, and its place there.
type Place = (usize, usize);

/// What elements are part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whole {
    List,
    Table,
    Definitions,
    Choice,
    Ruby,
}

/// Turns tags that are words into text. The pieces are those of the whole text, in its order: an element may begin in one
/// paragraph and end in another.
pub(super) fn become_text(pieces: &mut [Vec<Token>]) {
    let mut open: HashMap<&'static str, Vec<Place>> = HashMap::new();
    // For each kind of whole, how many are open, and the tags of those without a part so far.
    let mut wholes: HashMap<Whole, (usize, Vec<Place>)> = HashMap::new();
    let mut words: Vec<Place> = Vec::new();
    let mut held: Vec<Place> = Vec::new();
    for (piece, tokens) in pieces.iter().enumerate() {
        for (at, token) in tokens.iter().enumerate() {
            let Token::Tag(tag) = token else { continue };
            let place = (piece, at);
            if tag.closes {
                open.get_mut(tag.element.name).and_then(Vec::pop);
                if let Some((count, _)) = whole(tag).and_then(|whole| wholes.get_mut(&whole)) {
                    *count = count.saturating_sub(1);
                }
                continue;
            }
            if let Some(whole) = whole(tag) {
                let (count, empty) = wholes.entry(whole).or_default();
                *count += 1;
                empty.push(place);
            }
            let within = part_of(tag).and_then(|whole| wholes.get_mut(&whole));
            let is_part = match within {
                Some((count, empty)) => {
                    held.append(empty);
                    *count > 0
                }
                None => false,
            };
            if !tag.attributes.is_empty() || is_part || always_counts(tag) {
                continue;
            }
            if is_void(tag) {
                words.push(place);
            } else {
                open.entry(tag.element.name).or_default().push(place);
            }
        }
    }
    held.sort_unstable();
    words.extend(
        open.into_values()
            .flatten()
            .filter(|place| held.binary_search(place).is_err()),
    );
    for (piece, at) in words {
        if let Some(token) = pieces.get_mut(piece).and_then(|tokens| tokens.get_mut(at))
            && let Token::Tag(tag) = token
        {
            *token = Token::Text(std::mem::take(&mut tag.written));
        }
    }
}

/// Counts closing tags by name.
pub(super) fn ends(pieces: &[Vec<Token>]) -> HashMap<&'static str, usize> {
    let mut count = HashMap::new();
    for token in pieces.iter().flatten() {
        if let Token::Tag(tag) = token
            && tag.closes
        {
            *count.entry(tag.element.name).or_default() += 1;
        }
    }
    count
}

/// Marks are text by a rule of their own, within their paragraph; a break, a rule and a paragraph need no end.
fn always_counts(tag: &Tag) -> bool {
    matches!(
        tag.element.kind,
        Kind::Mark(_) | Kind::Break | Kind::Rule | Kind::Paragraph
    ) || tag.element.name == "wbr"
}

/// Whether an element has no content, so that it says nothing without attributes.
fn is_void(tag: &Tag) -> bool {
    matches!(
        tag.element.name,
        "area"
            | "base"
            | "col"
            | "embed"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
    )
}

fn whole(tag: &Tag) -> Option<Whole> {
    match (tag.element.kind, tag.element.name) {
        (Kind::List | Kind::Numbered, _) => Some(Whole::List),
        (Kind::Table, _) => Some(Whole::Table),
        (Kind::Definitions, _) => Some(Whole::Definitions),
        (_, "select" | "datalist") => Some(Whole::Choice),
        (_, "ruby") => Some(Whole::Ruby),
        _ => None,
    }
}

fn part_of(tag: &Tag) -> Option<Whole> {
    match tag.element.name {
        "li" => Some(Whole::List),
        "caption" | "col" | "colgroup" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr" => {
            Some(Whole::Table)
        }
        "dd" | "dt" => Some(Whole::Definitions),
        "option" => Some(Whole::Choice),
        "rp" | "rt" => Some(Whole::Ruby),
        _ => None,
    }
}
