//! The form in which a draft is stored: JSON of this version, which later ones will read.

use std::collections::BTreeMap;

use domain::{
    Kind,
    value::{Map, Node, Value},
};
use serde::{Deserialize, Serialize};

use crate::{
    content::{Content, Converted, Fields, Text},
    file::Part,
};

/// The bytes of a stored draft that have its title, however it is escaped.
pub const MAX_TITLE_BYTES: u32 = 2_048;
/// What a list shows of a title, in characters.
const MAX_LISTED_TITLE: usize = 200;
/// How stored bytes begin.
const TITLE: &[u8] = b"{\"title\":";
/// The version of this form.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Stored {
    /// First, so that a list reads it without the rest.
    title: String,
    v: u32,
    kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    front: Vec<(String, StoredValue)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<(Option<String>, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    sections: BTreeMap<String, u64>,
    #[serde(default)]
    keeps_private: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    converted: Option<Converted>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredValue {
    Text(String),
    List(Vec<StoredValue>),
    Plain { p: String },
    Map { m: Vec<(String, StoredValue)> },
}

impl From<&Value> for StoredValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Plain(word) => Self::Plain { p: word.clone() },
            Value::Text(text) => Self::Text(text.clone()),
            Value::List(nodes) => {
                Self::List(nodes.iter().map(|node| (&node.value).into()).collect())
            }
            Value::Map(map) => Self::Map { m: stored_map(map) },
        }
    }
}

impl From<StoredValue> for Value {
    fn from(stored: StoredValue) -> Self {
        match stored {
            StoredValue::Plain { p } => Self::Plain(p),
            StoredValue::Text(text) => Self::Text(text),
            StoredValue::List(values) => Self::List(
                values
                    .into_iter()
                    .map(|value| Self::from(value).into())
                    .collect(),
            ),
            StoredValue::Map { m } => Self::Map(read_map(m)),
        }
    }
}

fn stored_map(map: &Map) -> Vec<(String, StoredValue)> {
    let entry = |(key, node): &(String, Node)| (key.clone(), (&node.value).into());
    map.iter().map(entry).collect()
}

fn read_map(stored: Vec<(String, StoredValue)>) -> Map {
    let entry = |(key, value): (String, StoredValue)| (key, Value::from(value).into());
    stored.into_iter().map(entry).collect()
}

impl Content {
    /// Returns the bytes that are stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut stored = Stored {
            title: self.title().chars().take(MAX_LISTED_TITLE).collect(),
            v: VERSION,
            kind: self.kind.as_str().to_owned(),
            front: Vec::new(),
            parts: Vec::new(),
            file: None,
            sections: self.versions.clone(),
            keeps_private: self.keeps_private,
            converted: self.converted.clone(),
        };
        match &self.text {
            Text::File(text) => stored.file = Some(text.clone()),
            Text::Fields(fields) => {
                stored.front = stored_map(&fields.front);
                let part = |part: &Part| (part.heading.clone(), part.text.clone());
                stored.parts = fields.parts.iter().map(part).collect();
            }
        }
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    /// Returns the title of a draft, read from the first [`MAX_TITLE_BYTES`] of what [`Content::to_bytes`] wrote.
    #[must_use]
    pub fn title_of(bytes: &[u8]) -> String {
        let title = bytes
            .strip_prefix(TITLE)
            .map(serde_json::Deserializer::from_slice);
        let title = title.and_then(|reader| reader.into_iter::<String>().next()?.ok());
        title.unwrap_or_default()
    }

    /// Reads what [`Content::to_bytes`] wrote, with any white space behind it.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        (stored.v == VERSION).then_some(())?;
        let part = |(heading, text)| Part { heading, text };
        let text = match stored.file {
            Some(text) => Text::File(text),
            None => Text::Fields(Fields {
                front: read_map(stored.front),
                parts: stored.parts.into_iter().map(part).collect(),
            }),
        };
        Some(Self {
            kind: Kind::parse(&stored.kind),
            text,
            versions: stored.sections,
            keeps_private: stored.keeps_private,
            converted: stored.converted,
        })
    }
}
