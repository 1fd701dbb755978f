//! JSON values as they were read: numbers keep their text, and strings borrow where they can.

use std::borrow::Cow;

use super::MAX_INTEGER;

/// Any JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(&'a str),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// Returns the text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns an integer written as a plain decimal, `0..=2^53 − 1`.
    #[must_use]
    pub fn as_integer(&self) -> Option<u64> {
        let Self::Number(text) = self else {
            return None;
        };
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        text.parse().ok().filter(|value| *value <= MAX_INTEGER)
    }

    /// Returns the elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    /// Returns an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns `true` or `false`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Converts to serde's value; `None` if a number is beyond what it can hold.
    #[must_use]
    pub fn to_serde(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(text) => serde_json::Value::Number(text.parse().ok()?),
            Self::String(text) => serde_json::Value::String(text.clone().into_owned()),
            Self::Array(values) => {
                serde_json::Value::Array(values.iter().map(Value::to_serde).collect::<Option<_>>()?)
            }
            Self::Object(object) => serde_json::Value::Object(object.to_serde()?),
        })
    }
}

/// A JSON object; its keys are unique and in the order they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a>(pub(super) Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// Returns the value of a key, `Value::Null` included.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.0
            .iter()
            .find(|(held, _)| held == key)
            .map(|(_, value)| value)
    }

    /// Returns the text of a key that holds a string.
    #[must_use]
    pub fn str(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// Returns the value of a key that holds a plain integer.
    #[must_use]
    pub fn integer(&self, key: &str) -> Option<u64> {
        self.get(key)?.as_integer()
    }

    /// Returns the object of a key that holds one.
    #[must_use]
    pub fn object(&self, key: &str) -> Option<&Object<'a>> {
        self.get(key)?.as_object()
    }

    /// Returns the elements of a key that holds an array.
    #[must_use]
    pub fn array(&self, key: &str) -> Option<&[Value<'a>]> {
        self.get(key)?.as_array()
    }

    /// Returns the keys and values in the order they were written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value))
    }

    /// Converts to serde's map; `None` if a number is beyond what it can hold.
    #[must_use]
    pub fn to_serde(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        self.iter()
            .map(|(key, value)| Some((key.to_owned(), value.to_serde()?)))
            .collect()
    }
}
