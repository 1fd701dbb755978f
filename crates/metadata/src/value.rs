//! The tree that front matter and wire JSON have in common: text, plain words, lists and maps.
//!
//! A plain word is unquoted: a number, `true`, `null`, or in YAML any text. It keeps its written form, so that
//! reading changes nothing that an author wrote. Nodes know their line.

use serde_json::{Map as JsonMap, Number, Value as Json};

/// A value with the line it begins on.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The line of the file, from 1; `None` on the wire.
    pub line: Option<u32>,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Unquoted: a number, a truth value, `null`, or in YAML any text.
    Plain(String),
    /// Quoted text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys with their values, in the order they were written; keys are unique.
    Map(Map),
}

/// Keys with their values, in the order they were written.
pub type Map = Vec<(String, Node)>;

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self { value, line: None }
    }
}

impl Value {
    /// Makes text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Makes a number or another plain word from what prints as one.
    pub fn plain(word: impl ToString) -> Self {
        Self::Plain(word.to_string())
    }

    /// Makes a list of texts.
    pub fn texts<T: ToString>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(
            texts
                .into_iter()
                .map(|text| Self::text(text.to_string()).into())
                .collect(),
        )
    }

    /// Returns whether there is no value: `null`, `~` or nothing at all.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Plain(word) if matches!(word.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Returns text, quoted or not; `null` is none.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Plain(text) | Self::Text(text) => Some(text.as_str()).filter(|_| !self.is_null()),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Returns a truth value, those of YAML 1.1 included.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        let Self::Plain(word) = self else { return None };
        match word.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some(true),
            "false" | "no" | "off" | "n" => Some(false),
            _ => None,
        }
    }

    /// Returns a finite number.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        let Self::Plain(word) = self else { return None };
        is_json_number(word)
            .then(|| word.parse::<f64>().ok())?
            .filter(|number| number.is_finite())
    }

    /// Returns a whole number from 0, a plain decimal of at most 2^53 − 1.
    #[must_use]
    pub fn as_integer(&self) -> Option<u64> {
        let Self::Plain(word) = self else { return None };
        if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        word.parse()
            .ok()
            .filter(|number| *number <= wire::json::MAX_INTEGER)
    }

    /// Returns the nodes of a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Node]> {
        match self {
            Self::List(nodes) => Some(nodes),
            Self::Plain(_) | Self::Text(_) | Self::Map(_) => None,
        }
    }

    /// Returns a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            Self::Plain(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// Returns what sort of value it is, for messages.
    pub fn what(&self) -> &'static str {
        match self {
            _ if self.is_null() => "empty",
            Self::Plain(_) | Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a group of keys",
        }
    }

    /// Reads strict JSON.
    #[must_use]
    pub fn from_wire(value: &wire::json::Value<'_>) -> Self {
        use wire::json::Value as Wire;
        match value {
            Wire::Null => Self::plain("null"),
            Wire::Bool(truth) => Self::plain(truth),
            Wire::Number(number) => Self::plain(number),
            Wire::String(text) => Self::text(text.as_ref()),
            Wire::Array(values) => Self::List(
                values
                    .iter()
                    .map(|value| Self::from_wire(value).into())
                    .collect(),
            ),
            Wire::Object(object) => Self::Map(Self::map_from_wire(object)),
        }
    }

    /// Reads the keys of a strict JSON object.
    #[must_use]
    pub fn map_from_wire(object: &wire::json::Object<'_>) -> Map {
        object
            .iter()
            .map(|(key, value)| (key.to_owned(), Self::from_wire(value).into()))
            .collect()
    }

    /// Returns the value as JSON. Plain words that JSON does not know become strings.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            _ if self.is_null() => Json::Null,
            Self::Plain(word) => match word.as_str() {
                "true" | "True" | "TRUE" => Json::Bool(true),
                "false" | "False" | "FALSE" => Json::Bool(false),
                number if is_json_number(number) => json_number(number),
                other => Json::String(clean(other)),
            },
            Self::Text(text) => Json::String(clean(text)),
            Self::List(nodes) => {
                Json::Array(nodes.iter().map(|node| node.value.to_json()).collect())
            }
            Self::Map(map) => Json::Object(map_to_json(map)),
        }
    }
}

/// Integers stay exact; other numbers become the nearest `f64`.
fn json_number(text: &str) -> Json {
    if let Ok(whole) = text.parse::<i64>() {
        return Json::from(whole);
    }
    let number = text.parse::<f64>().ok().and_then(Number::from_f64);
    number.map_or_else(|| Json::String(text.to_owned()), Json::Number)
}

/// Returns a map as a JSON object.
#[must_use]
pub fn map_to_json(map: &Map) -> JsonMap<String, Json> {
    map.iter()
        .map(|(key, node)| (clean(key), node.value.to_json()))
        .collect()
}

/// Replaces NUL, which a body must not hold in any form.
pub fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Returns whether it is a number as JSON writes one.
pub fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

/// Returns a key in small letters, without the signs between its words.
#[must_use]
pub fn without_signs(key: &str) -> String {
    const SIGNS: [char; 4] = ['_', '-', ' ', '.'];
    if !key.is_ascii() {
        return key.to_lowercase().replace(SIGNS, "");
    }
    let letters = key.chars().filter(|c| !SIGNS.contains(c));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}
