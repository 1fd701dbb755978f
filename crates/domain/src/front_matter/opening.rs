//! How a file begins: marks before its front matter, and front matter in forms that are not YAML between two fences.

use std::borrow::Cow;

use metadata::value::{Map, Node, Value};

use super::split::split;

/// Lines before front matter: empty ones, and those of a comment.
const MAX_LINES_BEFORE: usize = 60;
/// Lines of metadata without a fence.
const MAX_METADATA_LINES: usize = 30;

/// A file as it is read.
pub struct Opened<'a> {
    /// The text: with one kind of line ends, and with its front matter first.
    pub text: Cow<'a, str>,
    /// The lines that were moved from before the front matter to behind it.
    pub moved_lines: u32,
    /// The line behind the front matter before which lines were moved.
    pub front_end: u32,
}

/// Opens a file: line ends of old Macs become those of today, marks that cannot be seen before the text go, and empty lines
/// and a comment before front matter, such as the switch of a linter, move behind it.
#[must_use]
pub fn open(text: &str) -> Opened<'_> {
    let seen = text.trim_start_matches(restriction::is_invisible);
    let text = if seen.contains('\r') && !seen.contains('\n') {
        Cow::Owned(seen.replace('\r', "\n"))
    } else {
        Cow::Borrowed(seen)
    };
    with_lines_moved(&text).unwrap_or(Opened {
        text,
        moved_lines: 0,
        front_end: 1,
    })
}

/// Returns the text with the lines before its front matter behind it, if these are empty or a comment.
fn with_lines_moved(text: &str) -> Option<Opened<'static>> {
    const BLANK: [char; 5] = [' ', '\t', '\r', '\n', '\u{feff}'];
    let begin = text.trim_start_matches(BLANK);
    let rest = match begin.starts_with("<!--") {
        true => begin.get(begin.find("-->")? + "-->".len()..)?,
        false => begin,
    };
    let front = rest.trim_start_matches(BLANK);
    let before = text.get(..text.len() - front.len())?;
    let lines = before.matches('\n').count();
    if lines == 0 || lines > MAX_LINES_BEFORE {
        return None;
    }
    let fenced = fenced(front)?;
    let body = front.get(fenced.len()..)?;
    let front_lines = u32::try_from(fenced.matches('\n').count()).ok()?;
    Some(Opened {
        text: Cow::Owned(format!("{fenced}{before}{body}")),
        moved_lines: u32::try_from(lines).ok()?,
        front_end: front_lines.saturating_add(1),
    })
}

/// Returns the front matter that a text begins with, with its fences.
fn fenced(text: &str) -> Option<&str> {
    const TOML_FENCE: &str = "+++";
    if text.starts_with(TOML_FENCE) {
        let mut end = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            end += line.len();
            if index > 0 && line.trim_end() == TOML_FENCE {
                return text.get(..end);
            }
        }
        return None;
    }
    let split = split(text);
    split.yaml?;
    text.get(..text.len() - split.body.len())
}

/// The keys of Pelican and MultiMarkdown, and those of ours that such a file may have. Two of them make lines of keys the
/// metadata of a file, whatever the others are.
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

/// Reads metadata without a fence, as Pelican and MultiMarkdown have it: keys of one word, `Title` and another known one
/// among them, one a line, from the first line to the first empty one. Returns also the text and its first line.
#[must_use]
pub fn metadata(text: &str) -> Option<(Map, &str, u32)> {
    let mut map = Map::new();
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if line.trim().is_empty() {
            let is_known = |key: &str| METADATA.contains(&key);
            let known = map.iter().filter(|(key, _)| is_known(key)).count();
            let is_metadata = known > 1 && map.iter().any(|(key, _)| key == "title");
            let body = text.get(at + line.len()..)?;
            return is_metadata.then_some((map, body, u32::try_from(index + 2).ok()?));
        }
        if index >= MAX_METADATA_LINES {
            return None;
        }
        at += line.len();
        let (key, value) = line.split_once(':')?;
        let key = key.to_lowercase();
        if !is_plain_key(&key) || map.iter().any(|(held, _)| *held == key) {
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

/// Returns whether a key is one word of letters, as programs take it.
fn is_plain_key(key: &str) -> bool {
    (2..=24).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'))
}
