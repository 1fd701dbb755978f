//! Strict JSON for signed and hashed bytes.
//!
//! One object per text: UTF-8 without BOM, no duplicate keys at any depth (compared after
//! unescaping), depth at most 32 (the outer object is depth 1), no NUL in any form, no lone
//! surrogates, nothing after the object but white space. Numbers keep their text: an integer is a
//! plain decimal of at most 2^53 − 1, any other number need only be valid JSON.
//!
//! Strings without escapes borrow from the input, so that reading a small object costs one
//! allocation.

mod reader;
mod value;

use std::fmt;

use reader::Reader;
pub use value::{Object, Value};

/// The greatest depth of objects and arrays; the outer object is depth 1.
pub const MAX_DEPTH: usize = 32;
/// The greatest integer that every JSON implementation can hold: 2^53 − 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

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

/// Reads one strict JSON object.
///
/// # Errors
/// [`JsonFault`] with the byte at which the text leaves the rules of this module.
pub fn parse(bytes: &[u8]) -> Result<Object<'_>, JsonFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| JsonFault {
        offset: error.valid_up_to(),
        text: "not UTF-8",
    })?;
    Reader::new(text).document()
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
