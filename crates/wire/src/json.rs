//! Strict JSON for signed and hashed bytes.
//!
//! One object per text: UTF-8 without BOM, no duplicate keys at any depth (compared after
//! unescaping), depth at most 32 (the outer object is depth 1), no NUL in any form, no lone
//! surrogates, nothing after the object but white space. Numbers keep their text: an integer is a
//! plain decimal of at most 2^53 − 1, any other number need only be valid JSON.
//!
//! Strings without escapes borrow from the input, so that reading a small object costs one
//! allocation.

use std::{borrow::Cow, collections::HashSet, fmt};

/// The greatest depth of objects and arrays; the outer object is depth 1.
pub const MAX_DEPTH: usize = 32;
/// The greatest integer that every JSON implementation can hold: 2^53 − 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;
/// Bytes of a string that are looked at together.
const CHUNK: usize = 16;
/// Above this many keys an object's duplicates are found by hashing instead of comparing.
const COMPARE_KEYS: usize = 16;

/// Why a text is not strict JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// Where it was noticed, in bytes from the start.
    pub offset: usize,
    /// What is wrong.
    pub text: &'static str,
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.text, self.offset)
    }
}

impl std::error::Error for JsonFault {}

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
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

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

/// Reads one strict JSON object.
///
/// # Errors
/// [`JsonFault`] with the byte at which the text leaves the rules of this module.
pub fn parse(bytes: &[u8]) -> Result<Object<'_>, JsonFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| JsonFault {
        offset: error.valid_up_to(),
        text: "not UTF-8",
    })?;
    let mut reader = Reader { text, at: 0 };
    reader.skip_space();
    if reader.peek() != Some(b'{') {
        return Err(reader.fault("not a JSON object"));
    }
    let object = reader.object(1)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.fault("bytes after the object"));
    }
    Ok(object)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn fault(&self, text: &'static str) -> JsonFault {
        JsonFault {
            offset: self.at,
            text,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Returns the text from `start` to here; both lie on character boundaries by construction.
    fn since(&self, start: usize) -> Result<&'a str, JsonFault> {
        self.text
            .get(start..self.at)
            .ok_or_else(|| self.fault("not UTF-8"))
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, text: &'static str) -> Result<(), JsonFault> {
        self.skip_space();
        if self.peek() != Some(byte) {
            return Err(self.fault(text));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, JsonFault> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => Ok(Value::Object(self.object(depth + 1)?)),
            Some(b'[') => Ok(Value::Array(self.array(depth + 1)?)),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => Ok(Value::Number(self.number()?)),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.fault("not a JSON value")),
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, JsonFault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.fault("not a JSON value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Object<'a>, JsonFault> {
        self.enter(depth)?;
        let mut entries: Vec<(Cow<'a, str>, Value<'a>)> = Vec::with_capacity(8);
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Object(entries));
        }
        loop {
            self.skip_space();
            let key_at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("an object's key must be a string"));
            }
            let key = self.string()?;
            if entries.len() < COMPARE_KEYS && entries.iter().any(|(held, _)| *held == key) {
                return Err(JsonFault {
                    offset: key_at,
                    text: "duplicate key",
                });
            }
            self.expect(b':', "a key must be followed by `:`")?;
            let value = self.value(depth)?;
            entries.push((key, value));
            self.skip_space();
            match self.next() {
                Some(b',') => {}
                Some(b'}') => break,
                _ => return Err(self.fault("an object must continue with `,` or end with `}`")),
            }
        }
        if entries.len() > COMPARE_KEYS {
            let mut keys = HashSet::with_capacity(entries.len());
            if !entries.iter().all(|(key, _)| keys.insert(key.as_ref())) {
                return Err(self.fault("duplicate key"));
            }
        }
        Ok(Object(entries))
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Value<'a>>, JsonFault> {
        self.enter(depth)?;
        let mut values = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(values);
        }
        loop {
            values.push(self.value(depth)?);
            self.skip_space();
            match self.next() {
                Some(b',') => {}
                Some(b']') => return Ok(values),
                _ => return Err(self.fault("an array must continue with `,` or end with `]`")),
            }
        }
    }

    /// Steps over the opening bracket of an object or array at `depth`.
    fn enter(&mut self, depth: usize) -> Result<(), JsonFault> {
        if depth > MAX_DEPTH {
            return Err(self.fault("nested deeper than 32"));
        }
        self.at += 1;
        Ok(())
    }

    fn number(&mut self) -> Result<&'a str, JsonFault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.next() {
            Some(b'0') => {}
            Some(b'1'..=b'9') => self.skip_digits(),
            _ => return Err(self.fault("not a number")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.since(start)
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        self.skip_digits();
        if self.at == start {
            Err(self.fault("not a number"))
        } else {
            Ok(())
        }
    }

    fn skip_digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    /// Steps over characters that a string holds unescaped.
    fn skip_plain(&mut self) {
        let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        // Whole chunks without a branch for each byte: most of a body is one long string.
        let is_plain = |chunk: &&[u8]| !chunk.iter().fold(false, |found, byte| found | ends(byte));
        let skipped = CHUNK * rest.chunks_exact(CHUNK).take_while(is_plain).count();
        let rest = rest.get(skipped..).unwrap_or_default();
        let plain = rest.iter().position(ends);
        self.at += skipped + plain.unwrap_or(rest.len());
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonFault> {
        self.at += 1;
        let mut start = self.at;
        let mut unescaped = String::new();
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => {
                    let rest = self.since(start)?;
                    self.at += 1;
                    if unescaped.is_empty() {
                        return Ok(Cow::Borrowed(rest));
                    }
                    unescaped.push_str(rest);
                    return Ok(Cow::Owned(unescaped));
                }
                Some(b'\\') => {
                    unescaped.push_str(self.since(start)?);
                    self.at += 1;
                    unescaped.push(self.escape()?);
                    start = self.at;
                }
                Some(_) => return Err(self.fault("a control character in a string")),
                None => return Err(self.fault("a string without an end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonFault> {
        match self.next() {
            Some(b'"') => Ok('"'),
            Some(b'\\') => Ok('\\'),
            Some(b'/') => Ok('/'),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.unicode_escape(),
            _ => Err(self.fault("an unknown escape")),
        }
    }

    fn unicode_escape(&mut self) -> Result<char, JsonFault> {
        let first = self.hex4()?;
        let code = match first {
            0 => return Err(self.fault("a NUL character")),
            0xd800..=0xdbff => {
                if self.next() != Some(b'\\') || self.next() != Some(b'u') {
                    return Err(self.fault("a lone surrogate"));
                }
                let second = self.hex4()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(self.fault("a lone surrogate"));
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            other => other,
        };
        char::from_u32(code).ok_or_else(|| self.fault("a lone surrogate"))
    }

    fn hex4(&mut self) -> Result<u32, JsonFault> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.fault("an unknown escape"))?;
        }
        Ok(code)
    }
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test may fail")]
mod tests {
    use super::*;

    #[test]
    fn strict_json_is_read_and_everything_else_refused() {
        let deep = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        let many = |last: &str| {
            let keys: Vec<String> = (0..40).map(|n| format!("\"k{n}\":{n}")).collect();
            format!("{{{},\"{last}\":0}}", keys.join(","))
        };
        for (text, good) in [
            (r#"{}"#.to_owned(), true),
            (
                r#" {"a" : [1, -2.5e+3, true, null, "x"]} "#.to_owned(),
                true,
            ),
            (r#"{"a":"\ud83d\ude00\n\u00e9"}"#.to_owned(), true),
            (format!("{{\"a\":{}}}", "9".repeat(4000)), true),
            (r#"{"a":1e999}"#.to_owned(), true),
            (deep(32), true),
            (deep(33), false),
            (deep(100_000), false),
            (format!("{{\"a\":{}", "[".repeat(100_000)), false),
            (many("k40"), true),
            (many("k3"), false),
            (r#"{"a":1,"a":2}"#.to_owned(), false),
            (r#"{"a":1,"\u0061":2}"#.to_owned(), false),
            (r#"{"x":{"a":1,"a":2}}"#.to_owned(), false),
            (r#"{"a":"\u0000"}"#.to_owned(), false),
            ("{\"a\":\"\0\"}".to_owned(), false),
            (r#"{"a":"\ud83d"}"#.to_owned(), false),
            (r#"{"a":"\ude00"}"#.to_owned(), false),
            (r#"{"a":"\ud83d\u0041"}"#.to_owned(), false),
            ("\u{feff}{}".to_owned(), false),
            (r#"{} {}"#.to_owned(), false),
            (r#"[]"#.to_owned(), false),
            (r#"{"a":01}"#.to_owned(), false),
            (r#"{"a":+1}"#.to_owned(), false),
            (r#"{"a":1.}"#.to_owned(), false),
            (r#"{"a":.5}"#.to_owned(), false),
            (r#"{"a":1,}"#.to_owned(), false),
            (r#"{'a':1}"#.to_owned(), false),
            (r#"{"a":NaN}"#.to_owned(), false),
            (r#"{"a":"\x"}"#.to_owned(), false),
            ("{\"a\":\"\n\"}".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(
                parse(text.as_bytes()).is_ok(),
                good,
                "{}",
                &text[..text.len().min(60)]
            );
        }
        assert!(parse(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn a_string_ends_at_the_same_byte_wherever_it_begins() {
        for len in 0..70 {
            let plain: String = "aé".chars().cycle().take(len).collect();
            for (written, read) in [
                ("".to_owned(), Some(plain.clone())),
                (format!("\\n{plain}"), Some(format!("{plain}\n{plain}"))),
                (format!("\u{1}{plain}"), None),
            ] {
                let text = format!(r#"{{"a":"{plain}{written}","b":"{plain}"}}"#);
                let found = parse(text.as_bytes()).ok();
                let found = found.as_ref().and_then(|object| object.str("a"));
                assert_eq!(found, read.as_deref(), "{text}");
            }
        }
    }

    #[test]
    fn an_integer_is_a_plain_decimal() {
        for (number, expected) in [
            ("0", Some(0)),
            ("9007199254740991", Some(MAX_INTEGER)),
            ("9007199254740992", None),
            ("1.0", None),
            ("1e0", None),
            ("-0", None),
            ("-1", None),
            ("99999999999999999999999", None),
        ] {
            let text = format!("{{\"n\":{number}}}");
            assert_eq!(
                parse(text.as_bytes()).unwrap().integer("n"),
                expected,
                "{number}"
            );
        }
    }

    #[test]
    fn serde_reads_the_same_value() {
        let text = r#"{"a":[1,-2.5,"\ud83d\ude00",{"b":null}],"c":true}"#;
        let ours = serde_json::Value::Object(parse(text.as_bytes()).unwrap().to_serde().unwrap());
        assert_eq!(
            ours,
            serde_json::from_str::<serde_json::Value>(text).unwrap()
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn whatever_is_accepted_serde_accepts_too(text in r#"\{("[a\\"]{0,3}":[0-9\[\]{}",e.:]{0,12},?){0,3}\}"#) {
            if parse(text.as_bytes()).is_ok() {
                proptest::prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{}", text);
            }
        }
    }
}
