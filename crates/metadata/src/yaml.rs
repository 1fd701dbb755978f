//! Front matter's YAML: one map, small, without anchors, aliases, tags or directives.
//!
//! The budget (16 KiB, depth 8, 2,000 values) is far above any honest document and far below what
//! could slow a node down.

mod builder;

use serde_saphyr::granit_parser::Parser;

use builder::Builder;

use crate::{
    Fault,
    value::{Map, Node, Value, is_json_number},
};

/// Largest front matter, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;
/// Characters of a key as it is written: YAML reads no longer one in front of its colon (YAML 1.2.2 §8.2.2 has 1,024).
const MAX_WRITTEN_KEY: usize = 1_000;

/// Reads one YAML map whose first line is line `first_line` of the file.
///
/// # Errors
/// What is wrong, with its line. Text that is no map at all is a fault of the empty field.
pub fn parse(text: &str, first_line: u32) -> Result<Map, Fault> {
    parse_within(text, first_line, MAX_BYTES)
}

/// Writes one value as [`read_value`] reads it.
pub fn write_value_alone(value: &Value) -> String {
    write(&vec![(String::from("v"), value.clone().into())])
}

/// Reads a value that was written here, of what was once front matter.
pub fn read_value(text: &str) -> Option<Value> {
    // Quoting can make a text six times as long as it was.
    let map = parse_within(text, 1, 8 * MAX_BYTES).ok()?;
    map.into_iter()
        .next()
        .map(|(_, node)| canonical(&node.value))
}

/// Does what [`parse`] does, with a limit of its own for the bytes.
///
/// # Errors
/// What is wrong, with its line.
pub fn parse_within(text: &str, first_line: u32, most: usize) -> Result<Map, Fault> {
    if text.len() > most {
        return Err(Fault::new(
            "",
            Some(first_line),
            format!(
                "the front matter has {} bytes; at most {most} are read",
                text.len()
            ),
        ));
    }
    let mut builder = Builder::new(first_line);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let line = builder.line(error.marker().line());
            Fault::new(
                "",
                line,
                format!("the front matter is not YAML: {}", error.info()),
            )
        })?;
        builder.take(event, span.start.line())?;
    }
    match builder.root {
        None => Ok(Map::new()),
        Some(Node {
            value: Value::Map(map),
            ..
        }) => Ok(map),
        Some(node) if node.value.is_null() => Ok(Map::new()),
        Some(node) => Err(Fault::new(
            "",
            node.line,
            "the front matter must be keys and values",
        )),
    }
}

/// Says whether a key has at most [`MAX_WRITTEN_KEY`] characters as it is written. Each byte becomes six at most, between
/// quotes.
fn is_short_when_written(key: &str) -> bool {
    if key.len() * 6 + 2 <= MAX_WRITTEN_KEY {
        return true;
    }
    let mut written = String::new();
    scalar(&mut written, key);
    written.chars().count() <= MAX_WRITTEN_KEY
}

/// Writes a map as YAML that [`parse`] reads back as the same values.
#[must_use]
pub fn write(map: &Map) -> String {
    let mut out = String::new();
    for (key, node) in map {
        write_entry(&mut out, 0, key, &node.value);
    }
    out
}

/// A list longer than this many characters is written with one item on each line.
const FLOW_WIDTH: usize = 90;

fn write_entry(out: &mut String, indent: usize, key: &str, value: &Value) {
    pad(out, indent);
    scalar(out, key);
    out.push(':');
    write_value(out, indent, value);
}

fn write_value(out: &mut String, indent: usize, value: &Value) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            out.push('\n');
            for (key, node) in map {
                write_entry(out, indent + 2, key, &node.value);
            }
        }
        Value::List(nodes) if !nodes.is_empty() && flow(value).is_none() => {
            out.push('\n');
            for node in nodes {
                write_item(out, indent + 2, &node.value);
            }
        }
        Value::Plain(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            let text = flow(value).unwrap_or_default();
            if !text.is_empty() {
                out.push(' ');
                out.push_str(&text);
            }
            out.push('\n');
        }
    }
}

fn write_item(out: &mut String, indent: usize, value: &Value) {
    pad(out, indent);
    out.push('-');
    match value {
        Value::Map(map) if !map.is_empty() => {
            // The first key follows the dash on its line, the others are below.
            let mut inner = String::new();
            for (key, node) in map {
                write_entry(&mut inner, indent + 2, key, &node.value);
            }
            out.push(' ');
            out.push_str(inner.trim_start_matches(' '));
        }
        Value::Plain(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            write_value(out, indent, value);
        }
    }
}

/// Returns the value on one line: scalars, empty lists and maps, and short lists of scalars.
fn flow(value: &Value) -> Option<String> {
    let mut out = String::new();
    match value {
        Value::Plain(word) if word.contains('\n') => quoted(&mut out, word),
        Value::Plain(word) if is_plain_safe(word) => out.push_str(word),
        Value::Plain(word) => scalar(&mut out, word),
        Value::Text(text) => scalar(&mut out, text),
        Value::Map(map) => return map.is_empty().then(|| "{}".to_owned()),
        Value::List(nodes) => {
            out.push('[');
            for (index, node) in nodes.iter().enumerate() {
                if matches!(node.value, Value::List(_) | Value::Map(_)) {
                    return None;
                }
                if index > 0 {
                    out.push_str(", ");
                }
                let item = flow(&node.value)?;
                out.push_str(if item.is_empty() { "null" } else { &item });
            }
            out.push(']');
            if out.len() > FLOW_WIDTH {
                return None;
            }
        }
    }
    Some(out)
}

/// Writes text, quoted unless it reads back as the same text without.
fn scalar(out: &mut String, text: &str) {
    if is_plain_safe(text) && !is_word(text) {
        out.push_str(text)
    } else {
        quoted(out, text)
    }
}

/// JSON's string is YAML's double-quoted scalar, once all that YAML calls unprintable is escaped.
fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control()
                || matches!(
                    c,
                    '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
                ) =>
            {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Returns whether an unquoted text would mean something else than itself.
fn is_word(text: &str) -> bool {
    let plain = Value::plain(text);
    plain.is_null()
        || plain.as_bool().is_some()
        || is_json_number(text)
        || text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '.' | '-'))
            && text.parse::<f64>().is_ok()
}

/// Returns a value as it is kept: without lines, and quoted unless that changed its meaning.
#[must_use]
pub fn canonical(value: &Value) -> Value {
    match value {
        _ if value.is_null() => Value::plain("null"),
        Value::Plain(word) if !is_word(word) => Value::text(word),
        Value::Plain(_) | Value::Text(_) => value.clone(),
        Value::List(nodes) => {
            let nodes = nodes.iter().map(|node| canonical(&node.value).into());
            Value::List(nodes.collect())
        }
        Value::Map(map) => {
            let entry = |(key, node): &(String, Node)| (key.clone(), canonical(&node.value).into());
            Value::Map(map.iter().map(entry).collect())
        }
    }
}

/// Returns whether the text needs no quotation marks anywhere, not even in a list on one line.
fn is_plain_safe(text: &str) -> bool {
    let mut chars = text.chars();
    let first_good = chars
        .next()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '+' | '('))
        || is_json_number(text);
    first_good
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(|c| {
            !c.is_control()
                && !matches!(
                    c,
                    ',' | '[' | ']' | '{' | '}' | '"' | '\'' | '`' | '\\' | '|' | '\u{feff}'
                )
                && !matches!(
                    c,
                    '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{fffe}' | '\u{ffff}'
                )
        })
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_given_twice_is_refused_in_maps_of_any_size() {
        for count in [1, 2, 31, 32, 33, 34, 100] {
            let keys: String = (0..count).map(|n| format!("k{n}: 1\n")).collect();
            assert_eq!(parse(&keys, 1).unwrap().len(), count);
            for again in [0, count / 2, count - 1] {
                let fault = parse(&format!("{keys}k{again}: 2\n"), 1).unwrap_err();
                assert_eq!(fault.field, format!("k{again}"));
                assert_eq!(fault.line, u32::try_from(count + 1).ok());
            }
        }
    }

    #[test]
    fn a_key_that_could_not_be_written_so_that_it_is_read_again_is_refused() {
        for (key, is_read) in [
            ("k".repeat(900), true),
            ("k".repeat(1_001), false),
            ("\\\"".repeat(400), true),
            ("\\\"".repeat(600), false),
        ] {
            for text in [
                format!("? \"{key}\"\n: 1\n"),
                format!("a:\n  ? \"{key}\"\n  : 1\n"),
            ] {
                let read = parse(&text, 1);
                assert_eq!(read.is_ok(), is_read, "{}", key.len());
                if let Ok(map) = read {
                    assert_eq!(
                        without_lines(&parse(&write(&map), 1).unwrap()),
                        without_lines(&map)
                    );
                }
            }
        }
    }

    fn without_lines(map: &Map) -> Map {
        fn node(held: &Node) -> Node {
            Node {
                line: None,
                value: match &held.value {
                    Value::List(nodes) => Value::List(nodes.iter().map(node).collect()),
                    Value::Map(map) => Value::Map(without_lines(map)),
                    Value::Plain(word) if Value::plain(word).is_null() => Value::plain("null"),
                    Value::Plain(word) if !is_word(word) => Value::text(word),
                    other @ (Value::Plain(_) | Value::Text(_)) => other.clone(),
                },
            }
        }
        map.iter()
            .map(|(key, value)| (key.clone(), node(value)))
            .collect()
    }

    fn values() -> impl Strategy<Value = Value> {
        let words = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            Just("no".to_owned()),
            "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?",
        ];
        let leaf = prop_oneof![
            "\\PC{0,40}".prop_map(Value::Text),
            "[ -~\\n\\t]{0,40}".prop_map(Value::Text),
            "(yes|no|null|~|1e3|0x1f|1_000|\\.5|=|<<|-|--- |\\? |! |& |\\* )".prop_map(Value::Text),
            words.prop_map(Value::Plain),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let nodes = prop::collection::vec(inner.clone().prop_map(Node::from), 0..5);
            let map = prop::collection::btree_map("\\PC{0,8}", inner.prop_map(Node::from), 0..4);
            prop_oneof![
                nodes.prop_map(Value::List),
                map.prop_map(|map| Value::Map(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(map in prop::collection::btree_map("\\PC{1,8}", values().prop_map(Node::from), 0..5)) {
            let map: Map = map.into_iter().collect();
            let text = write(&map);
            let back = parse(&text, 1);
            prop_assert!(back.is_ok(), "{:?}\n{}", back, text);
            prop_assert_eq!(without_lines(&back.unwrap()), without_lines(&map), "{}", text);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,200}", lines in "([a-z:\\-\\[\\]{}&*!|> '\"#%@,?\\n]){0,80}") {
            let _ = parse(&text, 1);
            let _ = parse(&lines, 1);
        }
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line, says) in [
            ("a: 1\nb: [1\nc: 2\n", 4, "not YAML"),
            ("a: 1\n\nb: 2\na: 3\n", 5, "`a` is given twice"),
            ("a: &x 1\nb: *x\n", 3, "aliases"),
            ("- 1\n", 2, "keys and values"),
            ("a: [[[[[[[[[1]]]]]]]]]\n", 2, "deeper"),
            ("a: 1\n---\nb: 1\n", 4, "more than one"),
        ] {
            let fault = parse(text, 2).unwrap_err();
            assert!(fault.text.contains(says), "{text:?} gave {fault:?}");
            assert!(
                fault.line.is_some_and(|found| found.abs_diff(line) <= 1),
                "{text:?} gave {fault:?}"
            );
        }
        let long = format!("a: {}\n", "x".repeat(MAX_BYTES));
        assert!(parse(&long, 2).is_err());
    }
}
