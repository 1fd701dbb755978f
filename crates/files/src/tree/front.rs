//! Front matter in each form that people use: YAML, Hugo's TOML between `+++`, and JSON.

use std::cell::RefCell;

use domain::{
    Fault, Heading,
    front_matter::{self, Parsed},
    value::{Map, Node, Value},
};
use markdown::Reading;
use serde_json::Value as Json;
use wire::DocumentId;

/// Bytes of front matter; the same as the limit of the YAML reader.
const MAX_BYTES: usize = 16 * 1024;
/// Levels of nesting in front matter.
const MAX_DEPTH: usize = 8;
const TOML_FENCE: &str = "+++";

/// Returns the headings of a text, as the renderer finds them.
type Outline<'a> = &'a dyn Fn(&str) -> Vec<Heading>;

/// Parses the text of a file; `path` gives the title if the file has no better one.
#[must_use]
pub(crate) fn parse(text: &str, path: &str) -> Parsed {
    parse_and_read(text, path).0
}

/// Does what [`parse`] does, without advice on headings, for which the text would have to be parsed.
#[must_use]
pub(crate) fn parse_without_advice(text: &str, path: &str) -> Parsed {
    parse_with(text, path, &|_| Vec::new())
}

/// Does what [`parse`] does, and returns the reading of the file's text too, if that was parsed for its headings.
#[must_use]
pub(crate) fn parse_and_read(text: &str, path: &str) -> (Parsed, Option<Reading>) {
    let read = RefCell::new(None);
    let outline = |md: &str| {
        let reading = Reading::new(md);
        let headings = reading.headings().iter().map(heading).collect();
        read.replace(Some(reading));
        headings
    };
    let parsed = parse_with(text, path, &outline);
    (parsed, read.into_inner())
}

fn parse_with(text: &str, path: &str, outline: Outline<'_>) -> Parsed {
    let opened = front_matter::open(text);
    let text = &*opened.text;
    let mut parsed = parse_opened(text, path, outline);
    if opened.moved_lines > 0 {
        // Lines of the front matter are as many lines further down in the file.
        parsed.move_lines(opened.front_end, opened.moved_lines);
    }
    parsed
}

fn parse_opened(text: &str, path: &str, outline: Outline<'_>) -> Parsed {
    if let Some((map, body, body_line)) = front_matter::metadata(text) {
        return front_matter::parse_parts(&map, body, body_line, path, outline);
    }
    let split = if text.starts_with(TOML_FENCE) {
        split_toml(text)
    } else if text.starts_with('{') {
        split_json(text).map(Ok)
    } else {
        None
    };
    match split {
        None => front_matter::parse_file(text, path, outline),
        Some(Ok(file)) => {
            front_matter::parse_parts(&file.map, file.body, file.body_line, path, outline)
                .with_comments(&file.map, file.front, 2)
        }
        Some(Err(fault)) => {
            let mut parsed = front_matter::parse_parts(&Map::new(), text, 1, path, outline);
            parsed.document = Err(vec![fault]);
            parsed.draft.page = None;
            parsed
        }
    }
}

/// Returns the keys of a file's front matter as they are written; none of a file without front matter.
///
/// # Errors
/// Why its front matter cannot be read.
pub(super) fn front_map(text: &str) -> Result<Map, Fault> {
    let opened = front_matter::open(text);
    let text = &*opened.text;
    if let Some((map, ..)) = front_matter::metadata(text) {
        return Ok(map);
    }
    let none = || Ok(Map::new());
    match text.chars().next() {
        Some('+') => split_toml(text).map_or_else(none, |file| file.map(|file| file.map)),
        Some('{') => match split_json(text) {
            Some(file) => Ok(file.map),
            None if begins_with_key(text) => {
                Err(Fault::new("", Some(1), "the front matter is not JSON"))
            }
            None => none(),
        },
        _ => front_matter::read_parts(text).map(|(map, _)| map),
    }
}

/// Returns whether a text that begins with `{` goes on as JSON does.
fn begins_with_key(text: &str) -> bool {
    let rest = text.trim_start_matches('{');
    text.len() - rest.len() == 1 && rest.trim_start().starts_with('"')
}

/// Returns the lines of a file's front matter, whether or not it can be read; nothing of a file without front matter.
pub(super) fn written_front(text: &str) -> String {
    let opened = front_matter::open(text);
    let lines = front_lines(&opened.text);
    lines.map_or_else(String::new, |front| front.lines.join("\n"))
}

/// Returns the keys of a file that has nothing else, of at most `max` bytes: TOML or YAML, by its name.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn keys_of_file(name: &str, text: &str, max: usize) -> Result<Map, Fault> {
    match name.ends_with(".toml") {
        true => read_toml(text, 1, max),
        false => front_matter::read_keys(text, max),
    }
}

fn heading(written: &markdown::WrittenHeading) -> Heading {
    Heading {
        text: written.text.clone(),
        lines: written.lines.clone(),
    }
}

/// Returns the document id that the front matter of a file names, from its first lines alone. It is the same id that
/// [`parse`] finds.
#[must_use]
pub(crate) fn named_id(head: &str) -> Option<DocumentId> {
    let opened = front_matter::open(head);
    let head = &*opened.text;
    let FrontLines { lines, separator } = front_lines(head)?;
    lines.into_iter().find_map(|line| {
        let line = if head.starts_with('{') {
            line.trim_start_matches([' ', '\t', '{'])
        } else {
            line
        };
        // Nearly every line has another key.
        if !line.trim_start_matches(['"', '\'']).starts_with("id") {
            return None;
        }
        let (key, value) = line.split_once(separator)?;
        let value = value.split(" #").next().unwrap_or(value);
        let value = value.trim().trim_end_matches(',').trim_matches(['"', '\'']);
        (key.trim_end().trim_matches(['"', '\'']) == "id").then(|| DocumentId::parse(value))?
    })
}

/// The lines of front matter, before it is parsed.
pub(super) struct FrontLines<'a> {
    pub(super) lines: Vec<&'a str>,
    /// What is between a key and its value.
    pub(super) separator: char,
}

/// Returns the lines of the front matter that a text begins with.
pub(super) fn front_lines(head: &str) -> Option<FrontLines<'_>> {
    let (lines, separator): (Vec<&str>, char) = if let Some(rest) = head.strip_prefix(TOML_FENCE) {
        let end = |line: &&str| line.trim_end() != TOML_FENCE;
        (rest.lines().take_while(end).collect(), '=')
    } else if head.starts_with('{') {
        let end = |line: &&str| !line.starts_with('}');
        (head.lines().take_while(end).collect(), ':')
    } else {
        let first = head.lines().next()?;
        if first.trim_end() != "---" {
            return None;
        }
        let end = |line: &&str| !matches!(line.trim_end(), "---" | "...");
        (head.lines().skip(1).take_while(end).collect(), ':')
    };
    Some(FrontLines { lines, separator })
}

/// A file split into its front matter, which is parsed, and its body.
struct SplitFile<'a> {
    map: Map,
    /// The front matter that can have comments; nothing of JSON, which has none.
    front: &'a str,
    body: &'a str,
    body_line: u32,
}

/// Splits a file after its TOML front matter; `None` if the fence is never closed.
fn split_toml(text: &str) -> Option<Result<SplitFile<'_>, Fault>> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|line| line.trim_end() == TOML_FENCE)?;
    let mut end = first.len();
    let mut line_count = 1_u32;
    for line in lines {
        line_count = line_count.saturating_add(1);
        let start = end;
        end += line.len();
        if line.trim_end() != TOML_FENCE {
            continue;
        }
        let front = text.get(first.len()..start)?;
        let (body, skipped) = without_empty_line(text.get(end..)?);
        let map = match read_toml(front, 2, MAX_BYTES) {
            Ok(map) => map,
            Err(fault) => return Some(Err(fault)),
        };
        return Some(Ok(SplitFile {
            map,
            front,
            body,
            body_line: line_count.saturating_add(1 + skipped),
        }));
    }
    None
}

/// Reads TOML of at most `max` bytes, whose first line is line `first_line` of the file.
fn read_toml(front: &str, first_line: u32, max: usize) -> Result<Map, Fault> {
    if front.len() > max {
        let text = format!(
            "the front matter has {} bytes; at most {max} are read",
            front.len()
        );
        return Err(Fault::new("", Some(first_line), text));
    }
    let table: toml::Table = toml::from_str(front).map_err(|error| {
        let before = error.span().map_or(0, |span| {
            front
                .get(..span.start)
                .unwrap_or_default()
                .matches('\n')
                .count()
        });
        let line = u32::try_from(before).ok();
        let line = line.and_then(|before| before.checked_add(first_line));
        let message = error
            .message()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        Fault::new("", line, format!("the front matter is not TOML: {message}"))
    })?;
    let node = value_from_toml(&toml::Value::Table(table), 1).ok_or_else(|| {
        Fault::new(
            "",
            Some(first_line),
            format!("nested deeper than {MAX_DEPTH} levels"),
        )
    })?;
    let Value::Map(mut map) = node else {
        return Ok(Map::new());
    };
    number_lines(&mut map, front, '=', first_line);
    Ok(map)
}

fn value_from_toml(value: &toml::Value, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match value {
        toml::Value::String(text) => Value::text(text.replace('\0', "\u{fffd}")),
        toml::Value::Integer(number) => Value::plain(number),
        toml::Value::Float(number) => Value::plain(number),
        toml::Value::Boolean(truth) => Value::plain(truth),
        toml::Value::Datetime(time) => Value::text(time.to_string()),
        toml::Value::Array(values) => Value::List(
            values
                .iter()
                .map(|value| value_from_toml(value, depth + 1).map(Node::from))
                .collect::<Option<_>>()?,
        ),
        toml::Value::Table(table) => Value::Map(
            table
                .iter()
                .map(|(key, value)| Some((key.clone(), value_from_toml(value, depth + 1)?.into())))
                .collect::<Option<_>>()?,
        ),
    })
}

/// Splits a file after its JSON front matter; `None` if it does not begin with a JSON object that has keys.
fn split_json(text: &str) -> Option<SplitFile<'_>> {
    let mut object =
        serde_json::Deserializer::from_str(text.get(..text.len().min(MAX_BYTES)).unwrap_or(text))
            .into_iter::<serde_json::Map<String, Json>>();
    let map = object.next()?.ok().filter(|map| !map.is_empty())?;
    let front = text.get(..object.byte_offset())?;
    let rest = text.get(front.len()..)?;
    let after = rest.trim_start_matches([' ', '\t']);
    let body = after
        .strip_prefix('\n')
        .or_else(|| after.strip_prefix("\r\n"));
    let body = if after.is_empty() { after } else { body? };
    let (body, skipped) = without_empty_line(body);
    let Value::Map(mut read) = value_from_json(&Json::Object(map), 1)? else {
        return None;
    };
    number_lines(&mut read, front, ':', 1);
    let lines = u32::try_from(front.matches('\n').count()).unwrap_or(u32::MAX);
    Some(SplitFile {
        map: read,
        front: "",
        body,
        body_line: lines.saturating_add(2 + skipped),
    })
}

fn value_from_json(value: &Json, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match value {
        Json::Null => Value::plain("null"),
        Json::Bool(truth) => Value::plain(truth),
        Json::Number(number) => Value::plain(number),
        Json::String(text) => Value::text(text.replace('\0', "\u{fffd}")),
        Json::Array(values) => Value::List(
            values
                .iter()
                .map(|value| value_from_json(value, depth + 1).map(Node::from))
                .collect::<Option<_>>()?,
        ),
        Json::Object(map) => Value::Map(
            map.iter()
                .map(|(key, value)| Some((key.clone(), value_from_json(value, depth + 1)?.into())))
                .collect::<Option<_>>()?,
        ),
    })
}

/// Removes the empty line between front matter and body, which belongs to neither; returns also how many were removed.
fn without_empty_line(body: &str) -> (&str, u32) {
    match body
        .strip_prefix('\n')
        .or_else(|| body.strip_prefix("\r\n"))
    {
        Some(rest) => (rest, 1),
        None => (body, 0),
    }
}

/// Sets the line number of each outermost key.
fn number_lines(map: &mut Map, front: &str, separator: char, first_line: u32) {
    for (key, node) in map {
        let is_line_of_key = |line: &str| {
            let line = line.trim_start_matches([' ', '\t', '{', ',', '[']);
            line.split_once([separator, ']'])
                .is_some_and(|(found, _)| found.trim().trim_matches(['"', '\'']) == key.as_str())
        };
        node.line = front
            .lines()
            .position(is_line_of_key)
            .and_then(|line| u32::try_from(line).ok()?.checked_add(first_line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_and_json_mean_what_yaml_means() {
        let yaml = "---\ntitle: A title\ndescription: What it says\ntags: [a, b]\ndate: 2024-05-06\nweight: 3\n---\n\nText\n";
        let toml = "+++\ntitle = \"A title\"\ndescription = \"What it says\"\ntags = [\"a\", \"b\"]\ndate = 2024-05-06\nweight = 3\n+++\n\nText\n";
        let json = "{\n  \"title\": \"A title\",\n  \"description\": \"What it says\",\n  \"tags\": [\"a\", \"b\"],\n  \"date\": \"2024-05-06\",\n  \"weight\": 3\n}\n\nText\n";
        let expected = parse(yaml, "x.md").document.unwrap();
        assert_eq!(expected.common.body_md, "Text\n");
        assert_eq!(expected.common.summary, "What it says");
        for text in [toml, json, &toml.replace('\n', "\r\n")] {
            let mut document = parse(text, "x.md").document.unwrap();
            document.common.body_md = document.common.body_md.replace("\r\n", "\n");
            assert_eq!(document.common, expected.common, "{text}");
            assert_eq!(document.private.unknown, expected.private.unknown, "{text}");
        }
    }

    #[test]
    fn faults_name_the_line_of_their_key() {
        let toml = "+++\ntitle = \"x\"\n\nlicence = \"ours\"\n+++\ntext";
        let json = "{\n \"title\": \"x\",\n\n \"licence\": \"ours\"}\ntext";
        for (text, line) in [(toml, 4), (json, 4)] {
            let faults = parse(text, "x.md").document.unwrap_err();
            assert_eq!(faults.len(), 1);
            assert_eq!(
                (faults[0].field.as_str(), faults[0].line),
                ("licence", Some(line))
            );
        }
        let broken = parse("+++\ntitle = \"x\"\nb = = 1\n+++\ntext", "x.md");
        let faults = broken.document.unwrap_err();
        assert_eq!(faults[0].line, Some(3), "{faults:?}");
        assert!(broken.draft.body_md.starts_with("+++"), "nothing is lost");
    }

    #[test]
    fn what_only_looks_like_front_matter_is_text() {
        for text in [
            "+++ not a fence\ntext",
            "+++\nnever closed",
            "{not json}\ntext",
            "{}\ntext",
            "{\"a\":1} text",
        ] {
            let document = parse(text, "x.md").document.unwrap();
            assert_eq!(document.common.body_md, text);
        }
    }

    #[test]
    fn the_id_is_found_in_the_first_lines() {
        let id = "01996c5e-8a00-7000-8000-000000000001";
        for (text, found) in [
            (format!("---\ntitle: x\nid: {id}\n---\n"), true),
            (format!("---\r\nid: \"{id}\"\r\n---\r\n"), true),
            (format!("---\nid: {id} # ours\n---\n"), true),
            (format!("+++\nid = \"{id}\"\n+++\n"), true),
            (format!("{{\"id\": \"{id}\"\n}}\n"), true),
            (format!("---\n\"id\": {id}\n---\n"), true),
            (format!("---\n'id' : '{id}'\n---\n"), true),
            (format!("---\nideas: {id}\n---\n"), false),
            (format!("---\ntitle: x\n---\nid: {id}\n"), false),
            (format!("---\nother:\n  id: {id}\n---\n"), false),
            ("---\nid: intro\n---\n".to_owned(), false),
            (format!("id: {id}\n"), false),
        ] {
            assert_eq!(named_id(&text).is_some(), found, "{text}");
            assert_eq!(parse(&text, "x.md").id.is_some(), found, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(\\+\\+\\+|\\{|\\}|\"|a|=|:|1|\\[|\\]|,|\n|\r\n| |id|---|'){0,60}") {
            let _ = parse(&text, "x.md");
            let _ = named_id(&text);
        }
    }
}
