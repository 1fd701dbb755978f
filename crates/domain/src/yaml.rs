//! Front matter's YAML: one map, small, without anchors, aliases, tags or directives.
//!
//! The budget (16 KiB, depth 8, 2,000 values) is far above any honest document and far below what
//! could slow a node down.

use std::collections::HashSet;

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};

use crate::{
    fault::Fault,
    value::{Map, Node, Value, is_json_number},
};

/// Largest front matter, in bytes.
pub(crate) const MAX_BYTES: usize = 16 * 1024;
/// Greatest depth of lists and maps; the front matter itself is depth 1.
const MAX_DEPTH: usize = 8;
/// Characters of a key as it is written: YAML reads no longer one in front of its colon (YAML 1.2.2 §8.2.2 has 1,024).
const MAX_WRITTEN_KEY: usize = 1_000;
/// Most keys and values.
const MAX_VALUES: usize = 2_000;

/// Reads one YAML map whose first line is line `first_line` of the file.
///
/// # Errors
/// What is wrong, with its line. Text that is no map at all is a fault of the empty field.
pub(crate) fn parse(text: &str, first_line: u32) -> Result<Map, Fault> {
    parse_within(text, first_line, MAX_BYTES)
}

/// Writes one value as [`read_value`] reads it.
pub(crate) fn write_value_alone(value: &Value) -> String {
    write(&vec![(String::from("v"), value.clone().into())])
}

/// Reads a value that was written here, of what was once front matter.
pub(crate) fn read_value(text: &str) -> Option<Value> {
    // Quoting can make a text six times as long as it was.
    let map = parse_within(text, 1, 8 * MAX_BYTES).ok()?;
    map.into_iter()
        .next()
        .map(|(_, node)| canonical(&node.value))
}

fn parse_within(text: &str, first_line: u32, most: usize) -> Result<Map, Fault> {
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
    let mut builder = Builder {
        first_line,
        stack: Vec::new(),
        root: None,
        values: 0,
    };
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

/// A list or map that is still open.
enum Open {
    List {
        nodes: Vec<Node>,
        line: Option<u32>,
    },
    Map {
        map: Map,
        keys: HashSet<String>,
        key: Option<String>,
        line: Option<u32>,
    },
}

struct Builder {
    first_line: u32,
    stack: Vec<Open>,
    root: Option<Node>,
    values: usize,
}

impl Builder {
    /// Turns the parser's line, from 1, into the file's.
    fn line(&self, line: usize) -> Option<u32> {
        let line = u32::try_from(line.saturating_sub(1)).ok()?;
        self.first_line.checked_add(line)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others hold no value")]
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Fault> {
        let line = self.line(line);
        let refuse = |text: &str| Err(Fault::new("", line, text));
        match event {
            Event::Alias(_) => refuse("YAML aliases are not read; write the value out"),
            Event::Scalar(text, style, _, _) => {
                let text = text.into_owned();
                let plain = matches!(style, ScalarStyle::Plain);
                let value = if plain {
                    Value::Plain(text)
                } else {
                    Value::Text(text)
                };
                self.add(Node { value, line })
            }
            Event::SequenceStart(..) => self.open(
                Open::List {
                    nodes: Vec::new(),
                    line,
                },
                line,
            ),
            Event::MappingStart(..) => {
                let keys = HashSet::new();
                self.open(
                    Open::Map {
                        map: Map::new(),
                        keys,
                        key: None,
                        line,
                    },
                    line,
                )
            }
            Event::SequenceEnd | Event::MappingEnd => match self.stack.pop() {
                Some(Open::List { nodes, line }) => self.add(Node {
                    value: Value::List(nodes),
                    line,
                }),
                Some(Open::Map { map, line, .. }) => self.add(Node {
                    value: Value::Map(map),
                    line,
                }),
                None => refuse("the front matter is not YAML"),
            },
            _ => Ok(()),
        }
    }

    fn open(&mut self, open: Open, line: Option<u32>) -> Result<(), Fault> {
        if self.stack.len() >= MAX_DEPTH {
            let text = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(Fault::new("", line, text));
        }
        if let Some(Open::Map { key: None, .. }) = self.stack.last() {
            return Err(Fault::new("", line, "a key must be text"));
        }
        self.stack.push(open);
        Ok(())
    }

    fn add(&mut self, node: Node) -> Result<(), Fault> {
        self.values += 1;
        if self.values > MAX_VALUES {
            let text = format!("more than {MAX_VALUES} values");
            return Err(Fault::new("", node.line, text));
        }
        match self.stack.last_mut() {
            None if self.root.is_some() => {
                return Err(Fault::new("", node.line, "more than one YAML document"));
            }
            None => self.root = Some(node),
            Some(Open::List { nodes, .. }) => nodes.push(node),
            Some(Open::Map { map, keys, key, .. }) => match key.take() {
                Some(name) => map.push((name, node)),
                None => {
                    let (Value::Plain(name) | Value::Text(name)) = node.value else {
                        return Err(Fault::new("", node.line, "a key must be text"));
                    };
                    let mut written = String::new();
                    scalar(&mut written, &name);
                    if written.chars().count() > MAX_WRITTEN_KEY {
                        let text = format!("a key of more than {MAX_WRITTEN_KEY} characters");
                        return Err(Fault::new("", node.line, text));
                    }
                    if !keys.insert(name.clone()) {
                        let text = format!("`{name}` is given twice; keep one");
                        return Err(Fault::new(name, node.line, text));
                    }
                    *key = Some(name);
                }
            },
        }
        Ok(())
    }
}

/// Writes a map as YAML that [`parse`] reads back as the same values.
#[must_use]
pub(crate) fn write(map: &Map) -> String {
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
pub(crate) fn canonical(value: &Value) -> Value {
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
