//! The reader: one pass over the bytes, within the bounds of the module above.

use std::{borrow::Cow, collections::HashSet};

use super::{
    JsonFault, MAX_DEPTH,
    value::{Object, Value},
};

/// Bytes of a string that are looked at together.
const CHUNK: usize = 16;
/// Above this many keys an object's duplicates are found by hashing instead of comparing.
const COMPARE_KEYS: usize = 16;

/// Reads JSON from a text, byte by byte.
pub(super) struct Reader<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Returns a reader at the beginning of a text.
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    /// Reads the one object of a text, with nothing but white space around it.
    pub(super) fn document(mut self) -> Result<Object<'a>, JsonFault> {
        self.skip_space();
        if self.peek() != Some(b'{') {
            return Err(self.fault("not a JSON object"));
        }
        let object = self.object(1)?;
        self.skip_space();
        if self.offset < self.text.len() {
            return Err(self.fault("bytes after the object"));
        }
        Ok(object)
    }

    fn fault(&self, text: &'static str) -> JsonFault {
        JsonFault {
            offset: self.offset,
            text,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.offset += 1;
        Some(byte)
    }

    /// Returns the text from `start` to here; both lie on character boundaries by construction.
    fn since(&self, start: usize) -> Result<&'a str, JsonFault> {
        self.text
            .get(start..self.offset)
            .ok_or_else(|| self.fault("not UTF-8"))
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
    }

    fn expect(&mut self, byte: u8, text: &'static str) -> Result<(), JsonFault> {
        self.skip_space();
        if self.peek() != Some(byte) {
            return Err(self.fault(text));
        }
        self.offset += 1;
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
        let rest = self.text.get(self.offset..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.fault("not a JSON value"));
        }
        self.offset += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Object<'a>, JsonFault> {
        self.enter(depth)?;
        let mut entries: Vec<(Cow<'a, str>, Value<'a>)> = Vec::with_capacity(8);
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.offset += 1;
            return Ok(Object(entries));
        }
        loop {
            self.skip_space();
            let key_offset = self.offset;
            if self.peek() != Some(b'"') {
                return Err(self.fault("an object's key must be a string"));
            }
            let key = self.string()?;
            if entries.len() < COMPARE_KEYS && entries.iter().any(|(held, _)| *held == key) {
                return Err(JsonFault {
                    offset: key_offset,
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
            self.offset += 1;
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
        self.offset += 1;
        Ok(())
    }

    fn number(&mut self) -> Result<&'a str, JsonFault> {
        let start = self.offset;
        if self.peek() == Some(b'-') {
            self.offset += 1;
        }
        match self.next() {
            Some(b'0') => {}
            Some(b'1'..=b'9') => self.skip_digits(),
            _ => return Err(self.fault("not a number")),
        }
        if self.peek() == Some(b'.') {
            self.offset += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.offset += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.offset += 1;
            }
            self.digits()?;
        }
        self.since(start)
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        let start = self.offset;
        self.skip_digits();
        if self.offset == start {
            Err(self.fault("not a number"))
        } else {
            Ok(())
        }
    }

    fn skip_digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.offset += 1;
        }
    }

    /// Steps over characters that a string holds unescaped.
    fn skip_plain(&mut self) {
        // Comparisons without branches, of which the compiler makes one for the whole chunk.
        let ends = |byte: &u8| (*byte == b'"') | (*byte == b'\\') | (*byte < 0x20);
        let rest = self.text.as_bytes().get(self.offset..).unwrap_or_default();
        // Whole chunks without a branch for each byte: most of a body is one long string.
        let is_plain = |chunk: &&[u8]| !chunk.iter().fold(false, |found, byte| found | ends(byte));
        let skipped = CHUNK * rest.chunks_exact(CHUNK).take_while(is_plain).count();
        let rest = rest.get(skipped..).unwrap_or_default();
        let plain = rest.iter().position(ends);
        self.offset += skipped + plain.unwrap_or(rest.len());
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonFault> {
        self.offset += 1;
        let mut start = self.offset;
        let mut unescaped = String::new();
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => {
                    let rest = self.since(start)?;
                    self.offset += 1;
                    if unescaped.is_empty() {
                        return Ok(Cow::Borrowed(rest));
                    }
                    unescaped.push_str(rest);
                    return Ok(Cow::Owned(unescaped));
                }
                Some(b'\\') => {
                    unescaped.push_str(self.since(start)?);
                    self.offset += 1;
                    unescaped.push(self.escape()?);
                    start = self.offset;
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
