//! Builds a value from what the parser of YAML finds, within the budget.

use std::collections::HashSet;

use serde_saphyr::granit_parser::{Event, ScalarStyle};

use super::{MAX_WRITTEN_KEY, is_short_when_written};
use crate::{
    Fault,
    value::{Map, Node, Value},
};

/// Greatest depth of lists and maps; the front matter itself is depth 1.
const MAX_DEPTH: usize = 8;
/// Most keys and values.
const MAX_VALUES: usize = 2_000;

/// A list or map that is still open.
enum Open {
    List {
        nodes: Vec<Node>,
        line: Option<u32>,
    },
    Map {
        map: Map,
        keys: Keys,
        key: Option<String>,
        line: Option<u32>,
    },
}

/// The keys of a map beyond the first [`MAX_COMPARED`], which are compared one by one: most maps have no more.
#[derive(Default)]
struct Keys(HashSet<String>);

/// Keys that are compared one by one. To hash and keep so few costs more.
const MAX_COMPARED: usize = 32;

impl Keys {
    /// Adds the next key of a map; says whether it is new.
    fn insert(&mut self, map: &Map, name: &str) -> bool {
        let compared = map.iter().take(MAX_COMPARED);
        let is_new = compared.into_iter().all(|(key, _)| key != name);
        is_new && (map.len() < MAX_COMPARED || self.0.insert(name.to_owned()))
    }
}

pub(super) struct Builder {
    first_line: u32,
    stack: Vec<Open>,
    /// The whole, once all of it was read.
    pub(super) root: Option<Node>,
    values: usize,
}

impl Builder {
    pub(super) fn new(first_line: u32) -> Self {
        Self {
            first_line,
            stack: Vec::new(),
            root: None,
            values: 0,
        }
    }

    /// Turns the parser's line, from 1, into the file's.
    pub(super) fn line(&self, line: usize) -> Option<u32> {
        let line = u32::try_from(line.saturating_sub(1)).ok()?;
        self.first_line.checked_add(line)
    }

    /// Takes the next event of the parser.
    ///
    /// # Errors
    /// What is not read, with its line.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others hold no value")]
    pub(super) fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Fault> {
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
                let keys = Keys::default();
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
                    if !is_short_when_written(&name) {
                        let text = format!("a key of more than {MAX_WRITTEN_KEY} characters");
                        return Err(Fault::new("", node.line, text));
                    }
                    if !keys.insert(map, &name) {
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
