//! Finds what says that a file is not for everyone: a status or a visibility, however it is written.
//!
//! A file is published for everyone unless it says otherwise, so what was not understood must not count as silence. This
//! looks at the keys that were read, and at the first lines as they were written. It decides on the value: what is
//! plainly public restricts nothing. A text that only mentions such words is not restricted: `files` has the table of cases.

mod lines;
mod words;

use crate::{
    fault::Fault,
    value::{Map, Node, Value},
};
pub(crate) use words::is_invisible;
use words::{Meaning, Word, meaning, word};

/// What keys say about who may read a file.
pub(crate) enum Restriction {
    /// They say that the file must not be published.
    HeldBack(Fault),
    /// They may say so; the author must say it in our words.
    Unclear(Fault),
}

/// Returns what the keys of a file say, the first two levels of them. `visibility` on the first level is not looked at:
/// it is read.
pub(crate) fn in_keys(map: &Map) -> Option<Restriction> {
    let own = map.iter().filter(|(key, _)| key != "visibility");
    let first = own.clone().find_map(|(key, node)| of_key(key, node, true));
    first.or_else(|| {
        let inner = own.filter_map(|(_, node)| Some((node.value.as_map()?, node.line)));
        inner.into_iter().find_map(|(map, line)| {
            map.iter().find_map(|(key, node)| {
                let line = node.line.or(line);
                let node = Node {
                    line,
                    ..node.clone()
                };
                of_key(key, &node, false)
            })
        })
    })
}

fn of_key(key: &str, node: &Node, is_outermost: bool) -> Option<Restriction> {
    let word = word(key)?;
    let value = text_of(&node.value)?;
    let shown = format!("`{}: {}`", quoted(key), quoted(&value));
    match meaning(word, &value) {
        Meaning::Public => None,
        Meaning::Restricted if is_outermost && word != Word::Audience => {
            let text = format!(
                "{shown} says that the file is not to be published; remove the line to publish it"
            );
            Some(Restriction::HeldBack(Fault::new("", node.line, text)))
        }
        // On the second level a key can belong to anything.
        Meaning::Unclear if !(word.is_certain() && (is_outermost || word == Word::Audience)) => {
            None
        }
        Meaning::Restricted | Meaning::Unclear => {
            let text = format!(
                "{shown} may say who may read the file, and is not one of our keys; write `visibility: organisation`, `visibility: network` or `visibility: public`, and remove this line"
            );
            Some(Restriction::Unclear(Fault::new(
                "visibility",
                node.line,
                text,
            )))
        }
    }
}

/// Returns the words of a value; `None` for a map.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Plain(_) if value.is_null() => Some(String::new()),
        Value::Plain(text) | Value::Text(text) => Some(text.clone()),
        Value::List(nodes) => {
            let texts: Option<Vec<&str>> = nodes.iter().map(|node| node.value.as_text()).collect();
            Some(texts?.join(", "))
        }
        Value::Map(_) => None,
    }
}

/// Returns a fault that names the first line that looks as if it restricted who may read the file. `body` begins on the
/// line `first_line`; lines before it are front matter that was read.
pub(crate) fn in_lines(body: &str, first_line: u32) -> Option<Fault> {
    let (line, shown) = lines::restricting(body, first_line)?;
    let text = format!(
        "`{}` looks as if it said who may read the file, and was not read as that; write it between two lines of `---` at the top of the file, or, if everyone may read the file, write `visibility: public` there",
        quoted(&shown)
    );
    Some(Fault::new("visibility", Some(line), text))
}

/// Returns whether a word is a key that says who may read a file.
pub(crate) fn is_key(text: &str) -> bool {
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
