//! How a file begins: marks before its front matter, and front matter in forms that are not YAML between two fences.

use std::borrow::Cow;

use super::split::split;
use crate::{
    restriction::is_invisible,
    value::{Map, Node, Value},
};

/// Lines of a comment before front matter.
const MAX_COMMENT_LINES: usize = 20;
/// Lines of metadata without a fence.
const MAX_METADATA_LINES: usize = 30;

/// A file as it is read.
pub struct Opened<'a> {
    /// The text: with one kind of line ends, and with its front matter first.
    pub text: Cow<'a, str>,
    /// The lines that were moved from before the front matter to behind it.
    pub moved_lines: u32,
}

/// Opens a file: line ends of old Macs become those of today, marks that cannot be seen before the text go, and a comment
/// before front matter, such as the switch of a linter, moves behind it.
#[must_use]
pub fn open(text: &str) -> Opened<'_> {
    let seen = text.trim_start_matches(is_invisible);
    let text = if seen.contains('\r') && !seen.contains('\n') {
        Cow::Owned(seen.replace('\r', "\n"))
    } else {
        Cow::Borrowed(seen)
    };
    match with_comment_moved(&text) {
        Some((moved, lines)) => Opened {
            text: Cow::Owned(moved),
            moved_lines: lines,
        },
        None => Opened {
            text,
            moved_lines: 0,
        },
    }
}

/// Returns the text with the comment before its front matter behind it, and the number of lines that were moved.
fn with_comment_moved(text: &str) -> Option<(String, u32)> {
    text.starts_with("<!--").then_some(())?;
    let end = text.find("-->")? + "-->".len();
    let rest = text.get(end..)?;
    let front = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']);
    let before = text.get(..text.len() - front.len())?;
    let lines = before.matches('\n').count();
    if lines == 0 || lines > MAX_COMMENT_LINES || !front.starts_with("---") {
        return None;
    }
    split(front).yaml?;
    // The text behind the front matter begins where its second fence ends.
    let body = split(front).body;
    let fenced = front.get(..front.len() - body.len())?;
    Some((
        format!("{fenced}{before}{body}"),
        u32::try_from(lines).ok()?,
    ))
}

/// The keys of Pelican and MultiMarkdown, and those of ours that such a file may have.
const METADATA: [&str; 27] = [
    "title",
    "subtitle",
    "date",
    "modified",
    "category",
    "tags",
    "keywords",
    "slug",
    "author",
    "authors",
    "summary",
    "description",
    "lang",
    "language",
    "translation",
    "status",
    "template",
    "save_as",
    "url",
    "visibility",
    "copyright",
    "affiliation",
    "license",
    "licence",
    "publisher",
    "draft",
    "kind",
];

/// Reads metadata without a fence, as Pelican and MultiMarkdown have it: known keys, `Title` among them, one a line, from
/// the first line to the first empty one. Returns also the text and its first line.
#[must_use]
pub fn metadata(text: &str) -> Option<(Map, &str, u32)> {
    let mut map = Map::new();
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if line.trim().is_empty() {
            let is_metadata = map.len() > 1 && map.iter().any(|(key, _)| key == "title");
            let body = text.get(at + line.len()..)?;
            return is_metadata.then_some((map, body, u32::try_from(index + 2).ok()?));
        }
        if index >= MAX_METADATA_LINES {
            return None;
        }
        at += line.len();
        let (key, value) = line.split_once(':')?;
        let key = key.to_lowercase();
        if !METADATA.contains(&key.as_str()) || map.iter().any(|(held, _)| *held == key) {
            return None;
        }
        let node = Node {
            value: Value::Plain(value.trim().to_owned()),
            line: u32::try_from(index + 1).ok(),
        };
        map.push((key, node));
    }
    None
}
