//! Finds what says that a file is not for everyone: a status or a visibility, however it is written.
//!
//! A file is published for everyone unless it says otherwise, so what was not understood must not count as silence. This
//! looks at the keys that were read, and at the first lines as they were written. It decides on the value: what is
//! plainly public restricts nothing. A text that only mentions such words is not restricted: `files` has the table of cases.

mod alone;
mod comments;
mod embargo;
mod items;
mod keys;
mod letters;
mod levels;
mod lines;
mod marks;
mod meta_tags;
mod names;
mod notes;
mod orders;
mod pieces;
mod places;
mod publication;
mod sections;
mod sentences;
mod settled;
mod stems;
mod tables;
mod tags;
mod titles;
mod unclosed;
mod words;
mod wrappers;

use std::borrow::Cow;

use metadata::{
    Fault,
    times::first_day,
    value::{Map, Node, Value},
};
use wire::Date;

use keys::word;
pub use letters::is_invisible;
pub use names::is_closed_folder;
pub use places::spoken_for_folder;
pub use publication::{publish_on, publish_until};
use words::{Meaning, Word, meaning};

/// Levels of front matter that are looked at; no reader accepts more.
const MAX_DEPTH: usize = 8;

/// What keys say about who may read a file.
enum Restriction {
    /// They say that the file must not be published.
    HeldBack(Fault),
    /// They may say so; the author must say it in our words.
    Unclear(Fault),
}

/// What a file says about who may read it.
#[derive(Debug, Default)]
pub struct Said {
    /// The line by which it says that it must not be published.
    pub held_back: Option<Fault>,
    /// The line by which it may say so; the author must say it in our words.
    pub unclear: Option<Fault>,
}

/// Returns what a file says about who may read it. `path` is that of the file. A key of which `is_read` says that the
/// reader of documents reads it in its own sense says nothing here.
#[must_use]
pub fn of_file(
    map: &Map,
    body_md: &str,
    body_line: u32,
    path: &str,
    is_read: impl Fn(&str, &Node) -> bool,
) -> Said {
    let unsaid = unsaid_restriction(map, body_md, body_line, path);
    let (held_back, unclear) = match in_keys(map, is_read) {
        Some(Restriction::HeldBack(fault)) => (Some(fault), unsaid),
        Some(Restriction::Unclear(fault)) => (None, Some(fault)),
        None => (None, unsaid),
    };
    Said { held_back, unclear }
}

/// Returns a fault if `visibility` has no value, or if it is missing and the text or the name of the file looks as if it
/// said who may read it.
fn unsaid_restriction(map: &Map, body_md: &str, body_line: u32, path: &str) -> Option<Fault> {
    let Some((_, node)) = map.iter().find(|(key, _)| key == "visibility") else {
        let title = map.iter().find(|(key, _)| key == "title");
        let title = title.and_then(|(_, node)| Some((node.value.as_text()?, node.line)));
        return title
            .and_then(|(title, line)| in_title(title, line))
            .or_else(|| in_lines(body_md, body_line))
            .or_else(|| in_name(path));
    };
    let says = "`visibility` is empty; write who may read the document, or remove the line to publish it for everyone";
    node.value
        .is_null()
        .then(|| Fault::new("visibility", node.line, says))
}

/// Returns what the keys of a file say, at every level. `visibility` on the first level is not looked at: it is read.
fn in_keys(map: &Map, is_read: impl Fn(&str, &Node) -> bool) -> Option<Restriction> {
    let has = |wanted: &str| map.iter().any(|(key, _)| key == wanted);
    // Next to these, `share` is about buttons.
    let has_buttons = has("layout") || has("comments") || has("related");
    let own = map.iter().filter(|(key, node)| {
        key != "visibility"
            && !is_read(key, node)
            && !(has_buttons && key.eq_ignore_ascii_case("share"))
    });
    let first = own
        .clone()
        .find_map(|(key, node)| of_key(key, &node.value, node.line, true));
    first.or_else(|| {
        own.clone()
            .find_map(|(_, node)| inside(&node.value, node.line, MAX_DEPTH))
    })
}

/// Returns what the keys within a value say, which is on this line if nothing in it has one of its own.
fn inside(value: &Value, line: Option<u32>, depth: usize) -> Option<Restriction> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Map(map) => meta_tags::of_robots(map, line).or_else(|| {
            map.iter().find_map(|(key, inner)| {
                let line = inner.line.or(line);
                of_key(key, &inner.value, line, false).or_else(|| inside(&inner.value, line, depth))
            })
        }),
        Value::List(items) => items
            .iter()
            .find_map(|item| inside(&item.value, item.line.or(line), depth)),
        Value::Plain(_) | Value::Text(_) => None,
    }
}

fn of_key(key: &str, value: &Value, line: Option<u32>, is_outermost: bool) -> Option<Restriction> {
    let word = match word(key) {
        Some(word) => word,
        None if is_outermost && !is_text_of_reader(key) => Word::Other,
        None => return None,
    };
    let Some(text) = text_of(value) else {
        if is_outermost && let Some(restriction) = of_leaves(key, word, value, line) {
            return Some(restriction);
        }
        // `access: {level: private}`: what its keys mean is not known.
        let is_of_file = is_outermost && word.is_certain();
        let shown = format!("`{}`", quoted(key));
        return is_of_file.then(|| Restriction::Unclear(unclear(&shown, line)));
    };
    let shown = || {
        let is_secret = key.to_lowercase().contains("password");
        let value_shown = if is_secret { "…" } else { &quoted(&text) };
        format!("`{}: {value_shown}`", quoted(key))
    };
    match meaning(word, &text) {
        // An embargo until a day is compared with today.
        _ if is_day_of_embargo(key, &text) => None,
        Meaning::Public => None,
        // Deeper down, these belong to anything: `systems: [{category: …}]`.
        Meaning::Restricted if !is_outermost && belongs_to_anything(key, word) => None,
        Meaning::Restricted if is_outermost && word != Word::Audience => {
            let says = format!(
                "{} says that the file is not to be published; remove the line to publish it",
                shown()
            );
            Some(Restriction::HeldBack(Fault::new("", line, says)))
        }
        // A day of publication that cannot be read may be one in the future.
        Meaning::Unclear if word == Word::Day && is_outermost && !text.trim().is_empty() => {
            first_day(&text)
                .is_none()
                .then(|| Restriction::Unclear(unclear_day(&shown(), line)))
        }
        // `state: Lancashire`, `distribution: Debian`
        Meaning::Unclear if is_place_or_product(key, &text) => None,
        // A status that is not understood may be that of a draft.
        Meaning::Unclear if word == Word::State && is_outermost && !text.trim().is_empty() => {
            Some(Restriction::Unclear(unclear(&shown(), line)))
        }
        // On the second level a key can belong to anything.
        Meaning::Unclear if !(word.is_certain() && (is_outermost || word == Word::Audience)) => {
            None
        }
        Meaning::Restricted | Meaning::Unclear => {
            Some(Restriction::Unclear(unclear(&shown(), line)))
        }
    }
}

/// Returns whether a key within another says nothing of the file: `systems: [{category: …}]`, `player: {ready: false}`.
fn belongs_to_anything(key: &str, word: Word) -> bool {
    let is_weak = matches!(
        word,
        Word::Label | Word::Stage | Word::Place | Word::Readers
    );
    let is_joined = matches!(word, Word::Output | Word::Omitted) && !keys::is_listed(key);
    is_weak || is_joined || is_switch(key)
}

/// Returns whether a key that has another sense, too, has it here: its value is a name of one word.
fn is_place_or_product(key: &str, value: &str) -> bool {
    let has_two_senses = matches!(key.to_lowercase().as_str(), "state" | "distribution");
    has_two_senses
        && value.starts_with(char::is_uppercase)
        && value.chars().skip(1).all(char::is_lowercase)
}

/// Returns whether a key of an embargo says on which day that ends.
fn is_day_of_embargo(key: &str, value: &str) -> bool {
    let begins = key.get(.."embargo".len());
    begins.is_some_and(|begin| begin.eq_ignore_ascii_case("embargo")) && first_day(value).is_some()
}

/// Returns what the values within a status or a marking say: `status: {value: draft}`.
fn of_leaves(key: &str, word: Word, value: &Value, line: Option<u32>) -> Option<Restriction> {
    if !matches!(
        word,
        Word::State | Word::Marking | Word::Intended | Word::Level
    ) {
        return None;
    }
    let mut leaves = Vec::new();
    add_leaves(value, MAX_DEPTH, &mut leaves);
    let said = |wanted| move |leaf: &&&str| meaning(word, leaf) == wanted;
    let shown = |leaf: &str| format!("`{}: {}`", quoted(key), quoted(leaf));
    if let Some(leaf) = leaves.iter().find(said(Meaning::Restricted)) {
        let text = format!(
            "{} says that the file is not to be published; remove the line to publish it",
            shown(leaf)
        );
        return Some(Restriction::HeldBack(Fault::new("", line, text)));
    }
    let is_unclear = word == Word::State
        && key.to_lowercase().ends_with("status")
        && !leaves.iter().any(|leaf| said(Meaning::Public)(&leaf));
    let leaf = leaves.first().filter(|_| is_unclear)?;
    Some(Restriction::Unclear(unclear(&shown(leaf), line)))
}

/// Adds the texts within a value.
fn add_leaves<'a>(value: &'a Value, depth: usize, leaves: &mut Vec<&'a str>) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    match value {
        Value::Plain(text) | Value::Text(text) => leaves.push(text),
        Value::List(nodes) => {
            for node in nodes {
                add_leaves(&node.value, depth, leaves);
            }
        }
        Value::Map(map) => {
            for (_, node) in map {
                add_leaves(&node.value, depth, leaves);
            }
        }
    }
}

/// Returns whether a key within another switches that one, and says nothing of the file: `comments: {enabled: false}`.
fn is_switch(key: &str) -> bool {
    let key = key.to_lowercase();
    matches!(
        key.as_str(),
        "share" | "enabled" | "active" | "disabled" | "deleted"
    )
}

fn unclear(shown: &str, line: Option<u32>) -> Fault {
    let text = format!(
        "{shown} may say who may read the file, and is not one of our keys; write `visibility: organisation`, `visibility: network` or `visibility: public`, and remove this line"
    );
    Fault::new("visibility", line, text)
}

fn unclear_day(shown: &str, line: Option<u32>) -> Fault {
    let text = format!(
        "{shown} may say when the file is to be published; write a day such as 2026-11-28, or remove this line"
    );
    Fault::new("visibility", line, text)
}

/// Returns the latest day of publication that one of the first lines of a text names, with a fault that says so. `body` begins
/// on the line `first_line`.
fn embargo_day(body: &str, first_line: u32) -> Option<(Date, Fault)> {
    /// Lines above a text that say such a thing.
    const MAX_LINES: usize = 12;
    let lines = body.lines().zip(first_line..).take(MAX_LINES);
    let days = lines.filter_map(|(line, number)| {
        let day = embargo::day(line)?;
        let text = format!(
            "`{}` names {day}; the file is kept back until then",
            quoted(line)
        );
        Some((day, Fault::new("", Some(number), text)))
    });
    days.max_by_key(|(day, _)| *day)
}

/// Returns whether a key holds what people read, where such words mean what they say.
fn is_text_of_reader(key: &str) -> bool {
    const TEXTS: [&str; 9] = [
        "title", "name", "slug", "id", "author", "authors", "lang", "language", "contact",
    ];
    TEXTS.iter().any(|text| key.eq_ignore_ascii_case(text))
}

/// Returns the words of a value; `None` for a map.
fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Plain(_) if value.is_null() => Some(Cow::Borrowed("")),
        Value::Plain(text) | Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::List(nodes) => {
            let texts: Option<Vec<&str>> = nodes.iter().map(|node| node.value.as_text()).collect();
            Some(Cow::Owned(texts?.join(", ")))
        }
        Value::Map(_) => None,
    }
}

/// Returns a fault that names the first line that looks as if it restricted who may read the file. `body` begins on the
/// line `first_line`; lines before it are front matter that was read.
#[must_use]
pub fn in_lines(body: &str, first_line: u32) -> Option<Fault> {
    let (line, shown) = lines::restricting(body, first_line)
        .or_else(|| alone::restricting(body, first_line))
        .or_else(|| sections::restricting(body, first_line))?;
    let text = format!(
        "`{}` looks as if it said who may read the file, and was not read as that; write it between two lines of `---` at the top of the file, or, if everyone may read the file, write `visibility: public` there",
        quoted(&shown)
    );
    Some(Fault::new("visibility", Some(line), text))
}

/// Returns a fault if a comment of front matter says who may read the file. `front` begins on the line `first_line`.
#[must_use]
pub fn in_comments(map: &Map, front: &str, first_line: u32) -> Option<Fault> {
    if map.iter().any(|(key, _)| key == "visibility") {
        return None;
    }
    let (index, line) = comments::restricting(front)?;
    let text = format!(
        "the comment in `{}` looks as if the file was not for everyone; remove it, or write `visibility: public`",
        quoted(line)
    );
    let line = first_line.saturating_add(u32::try_from(index).ok()?);
    Some(Fault::new("visibility", Some(line), text))
}

/// Returns a fault if a title is marked as that of a draft or of a text that is not for everyone.
fn in_title(title: &str, line: Option<u32>) -> Option<Fault> {
    let text = format!(
        "the title `{}` looks as if the file was not for everyone; write `visibility: public` if everyone may read it",
        quoted(title)
    );
    titles::is_marked_title(title).then(|| Fault::new("visibility", line, text))
}

/// Returns a fault if the name of a file says that it is a draft or not for everyone.
fn in_name(path: &str) -> Option<Fault> {
    let name = names::closed_file(path)?;
    let text = format!(
        "the name of the file, `{}`, looks as if the file was not for everyone; rename it, or write `visibility: public` if everyone may read it",
        quoted(name)
    );
    Some(Fault::new("visibility", None, text))
}

/// Returns whether a word is a key that says who may read a file.
#[must_use]
pub fn is_key(text: &str) -> bool {
    word(text).is_some_and(Word::is_certain)
}

/// Shortens what a message shows.
fn quoted(text: &str) -> String {
    /// Characters that show which line is meant.
    const MAX_SHOWN: usize = 60;
    let visible = text
        .trim()
        .replace(|c: char| c.is_control() || c == '`', " ");
    visible.chars().take(MAX_SHOWN).collect()
}
