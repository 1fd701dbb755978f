//! The strict JSON reader against serde_json: what ours accepts, serde_json reads as the same value; what serde_json
//! reads and ours refuses has one of four named reasons, and serde_json's own value shows that reason.
//!
//! Texts are grown from a grammar that goes wrong now and then, and have their bytes changed afterwards. The usual
//! number of cases takes a second or two; `PROPTEST_CASES=1000000 cargo test --release -p wire --test json_against_serde`
//! is the long run, for a change to the reader.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::fmt;

use proptest::prelude::*;
use proptest::test_runner::Config;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use wire::json::{self, MAX_DEPTH, MAX_INTEGER, Object, Value};

/// Cases of each property in the everyday run.
const CASES: u32 = 5_000;

/// Cases as `PROPTEST_CASES` says, else [`CASES`].
fn config() -> Config {
    if std::env::var_os("PROPTEST_CASES").is_some() {
        Config::default()
    } else {
        Config::with_cases(CASES)
    }
}

/// What serde_json reads, with every key of an object, also those that repeat an earlier one.
#[derive(Debug)]
enum Tree {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    String(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Tree, E> {
        serde_json::Number::from_f64(value)
            .map(Tree::Number)
            .ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Tree::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Object(entries))
    }
}

impl Tree {
    fn children(&self) -> Vec<&Tree> {
        match self {
            Self::Array(values) => values.iter().collect(),
            Self::Object(entries) => entries.iter().map(|(_, value)| value).collect(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => Vec::new(),
        }
    }

    /// The depth of objects and arrays; 1 for an object of plain values.
    fn depth(&self) -> usize {
        let below = self.children().into_iter().map(Self::depth).max();
        match self {
            Self::Array(_) | Self::Object(_) => below.unwrap_or(0) + 1,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 0,
        }
    }

    fn any(&self, test: &dyn Fn(&Tree) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|child| child.any(test))
    }

    fn repeats_a_key(&self) -> bool {
        self.any(&|tree| {
            let Self::Object(entries) = tree else {
                return false;
            };
            let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
            keys.sort_unstable();
            keys.windows(2).any(|pair| pair[0] == pair[1])
        })
    }

    fn holds_nul(&self) -> bool {
        self.any(&|tree| match tree {
            Self::String(text) => text.contains('\0'),
            Self::Object(entries) => entries.iter().any(|(key, _)| key.contains('\0')),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Array(_) => false,
        })
    }

    /// Why strict JSON refuses what serde_json reads, by the rules in the documentation of `wire::json`.
    fn reasons(&self) -> Vec<&'static str> {
        [
            (!matches!(self, Self::Object(_)), "not a JSON object"),
            (self.repeats_a_key(), "duplicate key"),
            (self.depth() > MAX_DEPTH, "nested deeper than 32"),
            (self.holds_nul(), "a NUL character"),
        ]
        .into_iter()
        .filter_map(|(holds, reason)| holds.then_some(reason))
        .collect()
    }
}

fn same(ours: &Value<'_>, theirs: &Tree) -> bool {
    match (ours, theirs) {
        (Value::Null, Tree::Null) => true,
        (Value::Bool(ours), Tree::Bool(theirs)) => ours == theirs,
        (Value::Number(text), Tree::Number(theirs)) => {
            let plain = theirs.as_u64().filter(|value| *value <= MAX_INTEGER);
            text.parse()
                .is_ok_and(|ours: serde_json::Number| ours == *theirs)
                && ours.as_integer() == plain
        }
        (Value::String(ours), Tree::String(theirs)) => ours == theirs,
        (Value::Array(ours), Tree::Array(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Object(ours), Tree::Object(theirs)) => same_object(ours, theirs),
        _ => false,
    }
}

fn same_object(ours: &Object<'_>, theirs: &[(String, Tree)]) -> bool {
    ours.iter().count() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|((key, value), (name, theirs))| {
                key == name && same(value, theirs) && ours.get(key) == Some(value)
            })
}

/// Compares the two readers on one text; returns what differs.
fn compare(bytes: &[u8]) -> Result<(), String> {
    let theirs = serde_json::from_slice::<Tree>(bytes);
    match (json::parse(bytes), &theirs) {
        (Ok(ours), Ok(Tree::Object(entries))) => {
            let reasons = theirs.as_ref().map(Tree::reasons).unwrap_or_default();
            if !reasons.is_empty() {
                return Err(format!("ours accepts it in spite of {reasons:?}"));
            }
            if !same_object(&ours, entries) {
                return Err(format!("ours {ours:?}, theirs {entries:?}"));
            }
            Ok(())
        }
        (Ok(ours), Ok(other)) => Err(format!("ours {ours:?}, theirs {other:?}")),
        // A number's text is kept, however great the number: serde_json has no value for it.
        (Ok(ours), Err(error)) => {
            let valid = serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
            if valid && ours.to_serde().is_none() && error.to_string().contains("out of range") {
                return Ok(());
            }
            Err(format!("ours accepts it, theirs: {error}"))
        }
        (Err(fault), Ok(tree)) => {
            if tree.reasons().contains(&fault.text) && fault.offset <= bytes.len() {
                return Ok(());
            }
            Err(format!("ours: {fault}; reasons: {:?}", tree.reasons()))
        }
        (Err(_), Err(_)) => Ok(()),
    }
}

/// Choices, read from bytes: a failing case shrinks with them, and when they end, the shortest choice is taken.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % count
    }

    /// Returns whether to take a turn that is taken once in `count` times.
    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    fn of<'s>(&mut self, from: &[&'s str]) -> &'s str {
        from[self.below(from.len())]
    }
}

const SPACES: [&str; 4] = [" ", "\t\r\n", "\n", "  "];
const NO_SPACES: [&str; 6] = ["\u{a0}", "\u{b}", "\u{feff}", "//", "\u{85}", "\0"];
const PLAIN: [&str; 12] = [
    "a",
    "b",
    "c",
    "ab",
    "",
    "k1",
    "é",
    "ward",
    "\u{1F600}",
    "\u{7f}",
    "\u{feff}",
    "\u{2028}",
];
const ESCAPES: [&str; 16] = [
    "\\n",
    "\\t",
    "\\\"",
    "\\\\",
    "\\/",
    "\\b",
    "\\f",
    "\\r",
    "\\u0061",
    "\\u00E9",
    "\\ud83d\\ude00",
    "\\uD83D\\uDE00",
    "\\u001f",
    "\\uffff",
    "\\u2028",
    "\\u0062",
];
const WRONG_IN_STRINGS: [&str; 17] = [
    "\\u0000",
    "\0",
    "\n",
    "\u{1f}",
    "\\ud83d",
    "\\ude00",
    "\\ud83dx",
    "\\ud83d\\n",
    "\\ud83d\\u0041",
    "\\ude00\\ud83d",
    "\\x",
    "\\u12",
    "\\u+123",
    "\\U0061",
    "\\",
    "\"",
    "\\ud83d\\ud83d\\ude00",
];
const NUMBERS: [&str; 20] = [
    "0",
    "1",
    "-1",
    "42",
    "9007199254740991",
    "9007199254740992",
    "18446744073709551615",
    "18446744073709551616",
    "-0",
    "-0.0",
    "1e999",
    "-1E400",
    "1e-999",
    "0.1e1",
    "123456789012345678901234567890",
    "-9223372036854775809",
    "1.5",
    "2E+3",
    "1e0",
    "0.30000000000000004",
];
const NO_NUMBERS: [&str; 15] = [
    "01", "+1", "1.", ".5", "1e", "1e+", "--1", "-", "0x1", "NaN", "Infinity", "1_0", "00", "-01",
    "1.e1",
];
const WORDS: [&str; 3] = ["null", "true", "false"];
const NO_WORDS: [&str; 6] = ["nul", "True", "undefined", "", "truefalse", "\'a\'"];

/// How deep the grammar goes by itself; a chain of brackets goes deeper.
const GROWN_DEPTH: usize = 5;

fn grow_space(choices: &mut Choices<'_>, out: &mut String) {
    if choices.once_in(8) {
        out.push_str(choices.of(&SPACES));
    } else if choices.once_in(200) {
        out.push_str(choices.of(&NO_SPACES));
    }
}

fn grow_string(choices: &mut Choices<'_>, out: &mut String) {
    out.push('"');
    for _ in 0..choices.below(4) {
        if choices.once_in(4) {
            out.push_str(choices.of(&ESCAPES));
        } else if choices.once_in(60) {
            out.push_str(choices.of(&WRONG_IN_STRINGS));
        } else {
            out.push_str(choices.of(&PLAIN));
        }
    }
    out.push('"');
}

/// An object, now and then with more keys than are compared one by one.
fn grow_object(choices: &mut Choices<'_>, depth: usize, out: &mut String) {
    let many = choices.once_in(30);
    let count = if many {
        14 + choices.below(8)
    } else {
        choices.below(5)
    };
    out.push('{');
    for number in 0..count {
        if number > 0 {
            out.push(',');
        }
        grow_space(choices, out);
        if many && !choices.once_in(20) {
            out.push_str(&format!("\"k{number}\""));
        } else {
            grow_string(choices, out);
        }
        grow_space(choices, out);
        out.push(':');
        if many {
            out.push_str(choices.of(&NUMBERS));
        } else {
            grow_value(choices, depth + 1, out);
        }
    }
    out.push('}');
}

fn grow_array(choices: &mut Choices<'_>, depth: usize, out: &mut String) {
    out.push('[');
    for number in 0..choices.below(5) {
        if number > 0 {
            out.push(',');
        }
        grow_value(choices, depth + 1, out);
    }
    out.push(']');
}

/// Brackets inside brackets, towards the greatest depth and beyond.
fn grow_chain(choices: &mut Choices<'_>, depth: usize, out: &mut String) {
    let (open, close) = if choices.once_in(2) {
        ("[", "]")
    } else {
        ("{\"a\":", "}")
    };
    let links = 26 + choices.below(12);
    out.push_str(&open.repeat(links));
    grow_value(choices, depth + links, out);
    out.push_str(&close.repeat(links));
}

fn grow_value(choices: &mut Choices<'_>, depth: usize, out: &mut String) {
    grow_space(choices, out);
    match choices.below(16) {
        0..=3 => out.push_str(choices.of(&NUMBERS)),
        4..=7 => grow_string(choices, out),
        8 | 9 => out.push_str(choices.of(&WORDS)),
        10 if choices.once_in(8) => out.push_str(choices.of(&NO_NUMBERS)),
        11 if choices.once_in(8) => out.push_str(choices.of(&NO_WORDS)),
        12 if choices.once_in(4) && depth < GROWN_DEPTH => grow_chain(choices, depth, out),
        13 if depth < GROWN_DEPTH => grow_array(choices, depth, out),
        _ if depth < GROWN_DEPTH => grow_object(choices, depth, out),
        _ => out.push('0'),
    }
    grow_space(choices, out);
}

/// Grows a text that is JSON, or almost.
fn grown(choices: &[u8]) -> String {
    let mut choices = Choices(choices.iter());
    let mut out = String::new();
    grow_space(&mut choices, &mut out);
    if choices.once_in(12) {
        grow_value(&mut choices, 0, &mut out);
    } else {
        grow_object(&mut choices, 0, &mut out);
    }
    grow_space(&mut choices, &mut out);
    out
}

/// Changes one to four places of a text's bytes: removes, inserts, replaces, flips, repeats or cuts.
fn change(bytes: &mut Vec<u8>, choices: &[u8]) {
    const BYTES: &[u8] = b"{}[]\",:\\u0019eE+-. \n\ttfna/";
    let mut choices = Choices(choices.iter());
    for _ in 0..=choices.below(4) {
        if bytes.is_empty() {
            return;
        }
        let mut place = |len: usize| (choices.below(256) * 256 + choices.below(256)) % len;
        let (at, to) = (place(bytes.len()), place(bytes.len()));
        let byte = if choices.once_in(8) {
            u8::try_from(choices.below(256)).unwrap_or(0)
        } else {
            BYTES[choices.below(BYTES.len())]
        };
        match choices.below(6) {
            0 => _ = bytes.remove(at),
            1 => bytes.insert(at, byte),
            2 => bytes[at] = byte,
            3 => bytes[at] ^= 1 << (byte % 8),
            4 => {
                let part = bytes[at.min(to)..at.max(to)].to_vec();
                bytes.splice(to..to, part);
            }
            _ => bytes.truncate(at),
        }
    }
}

fn bytes(len: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..len)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn both_read_the_same_from_what_is_almost_json(choices in bytes(300)) {
        let text = grown(&choices);
        prop_assert_eq!(compare(text.as_bytes()), Ok(()), "{}", text);
    }

    #[test]
    fn both_read_the_same_from_changed_bytes(choices in bytes(150), changes in bytes(40)) {
        let mut bytes = grown(&choices).into_bytes();
        change(&mut bytes, &changes);
        prop_assert_eq!(compare(&bytes), Ok(()), "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn each_reason_to_refuse_is_met() {
    let deep = format!("{}1{}", "{\"a\":".repeat(33), "}".repeat(33));
    let many: Vec<String> = (0..20).map(|n| format!("\"k{}\":{n}", n % 19)).collect();
    for (text, reason) in [
        ("[]", "not a JSON object"),
        ("{\"a\":1,\"\\u0061\":1}", "duplicate key"),
        (&format!("{{{}}}", many.join(",")), "duplicate key"),
        (&deep, "nested deeper than 32"),
        ("{\"a\":[\"\\u0000\"]}", "a NUL character"),
    ] {
        assert_eq!(
            json::parse(text.as_bytes()).unwrap_err().text,
            reason,
            "{text}"
        );
        assert_eq!(compare(text.as_bytes()), Ok(()), "{text}");
    }
    assert_eq!(compare(b"{\"a\":1e999}"), Ok(()));
}

#[test]
fn about_half_of_what_is_grown_is_accepted() {
    let mut state = 1_u64;
    let mut accepted = 0;
    let mut refused = std::collections::BTreeMap::new();
    for _ in 0..4_000 {
        let choices: Vec<u8> = (0..200)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                u8::try_from(state >> 56).unwrap()
            })
            .collect();
        match json::parse(grown(&choices).as_bytes()) {
            Ok(_) => accepted += 1,
            Err(fault) => *refused.entry(fault.text).or_insert(0) += 1,
        }
    }
    assert!(
        (1_000..3_600).contains(&accepted),
        "{accepted}, {refused:?}"
    );
    for reason in [
        "duplicate key",
        "nested deeper than 32",
        "a NUL character",
        "not a JSON object",
    ] {
        assert!(refused.contains_key(reason), "{refused:?}");
    }
}
