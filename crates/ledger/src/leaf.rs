//! Leaves: the entries of a log (docs/FEED.md §4), and what each changes in what is held.
//!
//! Reading never fails: a leaf of a later version is skipped, a bad one is quarantined with its reason, and neither
//! stops a log.

use std::fmt;

use wire::{
    Digest, DocumentId, Timestamp,
    json::{self, Object},
};

use crate::limits::{MAX_BODY_BYTES, MAX_LEAF_BYTES, MIN_BODY_BYTES, MIN_LEAF_BYTES};

/// The version that this module reads and writes.
const VERSION: u64 = 1;

/// A statement about one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// A revision of a document is published.
    Put {
        /// The document.
        id: DocumentId,
        /// Its revision, from 1.
        rev: u64,
        /// When, as the producer says; it only informs.
        t: Timestamp,
        /// Digest of the body.
        doc: Digest,
        /// Bytes of the body, `2..=262,144`.
        len: u64,
    },
    /// A document is withdrawn, forever.
    Withdraw {
        /// The document.
        id: DocumentId,
        /// Its revision; 0 when what was written is no revision.
        rev: u64,
        /// When, as the producer says; the epoch of Unix when what was written is no time.
        t: Timestamp,
        /// Why.
        why: Why,
    },
}

/// Why a document is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// It could identify a person.
    Privacy,
    /// It contained an error.
    Error,
    /// Another document replaces it.
    Superseded,
    /// The law requires it.
    Legal,
    /// Another reason, or a word that this version does not know.
    Other,
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::Privacy,
        Self::Error,
        Self::Superseded,
        Self::Legal,
        Self::Other,
    ];

    /// Returns the word for it, as in leaves.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Error => "error",
            Self::Superseded => "superseded",
            Self::Legal => "legal",
            Self::Other => "other",
        }
    }

    /// Reads the word for it; `None` for any other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == text)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Leaf {
    /// Returns the document that it is about.
    #[must_use]
    pub const fn id(&self) -> DocumentId {
        match self {
            Self::Put { id, .. } | Self::Withdraw { id, .. } => *id,
        }
    }

    /// Returns the revision.
    #[must_use]
    pub const fn rev(&self) -> u64 {
        match self {
            Self::Put { rev, .. } | Self::Withdraw { rev, .. } => *rev,
        }
    }

    /// Returns why, of a withdrawal.
    #[must_use]
    pub const fn why(&self) -> Option<Why> {
        match self {
            Self::Put { .. } => None,
            Self::Withdraw { why, .. } => Some(*why),
        }
    }

    /// Returns the bytes that are hashed and served.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Put {
                id,
                rev,
                t,
                doc,
                len,
            } => format!(
                r#"{{"v":1,"op":"put","id":"{id}","rev":{rev},"t":"{t}","doc":"{doc}","len":{len}}}"#
            ),
            Self::Withdraw { id, rev, t, why } => {
                format!(
                    r#"{{"v":1,"op":"withdraw","id":"{id}","rev":{rev},"t":"{t}","why":"{why}"}}"#
                )
            }
        }
        .into_bytes()
    }
}

/// An entry of a log, as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A leaf of this version.
    Leaf(Leaf),
    /// Of a later version, or with an operation that is not known here: counted, and nothing more.
    Skipped,
    /// It breaks a rule: quarantined, with the reason.
    Bad(String),
}

/// Reads an entry.
#[must_use]
pub fn read(entry: &[u8]) -> Entry {
    if !(MIN_LEAF_BYTES..=MAX_LEAF_BYTES).contains(&entry.len()) {
        return Entry::Bad(format!("a leaf of {} bytes", entry.len()));
    }
    let object = match json::parse(entry) {
        Ok(object) => object,
        Err(fault) => return Entry::Bad(format!("not strict JSON: {fault}")),
    };
    read_object(&object).unwrap_or_else(|field| Entry::Bad(format!("a bad `{field}`")))
}

/// Reads a leaf, or names the first field that is missing or breaks a rule.
fn read_object(object: &Object<'_>) -> Result<Entry, &'static str> {
    // The version is decided before the operation (§13a).
    if object.integer("v").ok_or("v")? != VERSION {
        return Ok(Entry::Skipped);
    }
    let op = object.str("op").ok_or("op")?;
    if op != "put" && op != "withdraw" {
        return Ok(Entry::Skipped);
    }
    let id = object.str("id").and_then(DocumentId::parse).ok_or("id")?;
    let rev = object.integer("rev").filter(|rev| *rev > 0);
    let t = object.str("t").and_then(Timestamp::parse);
    Ok(Entry::Leaf(if op == "withdraw" {
        // A withdrawal is honoured even if its other fields are wrong.
        Leaf::Withdraw {
            id,
            rev: rev.unwrap_or(0),
            t: t.unwrap_or(Timestamp::from_secs(0)),
            why: object.str("why").and_then(Why::parse).unwrap_or(Why::Other),
        }
    } else {
        Leaf::Put {
            id,
            rev: rev.ok_or("rev")?,
            t: t.ok_or("t")?,
            doc: object.str("doc").and_then(Digest::parse).ok_or("doc")?,
            len: object.integer("len").filter(is_body_length).ok_or("len")?,
        }
    }))
}

fn is_body_length(len: &u64) -> bool {
    usize::try_from(*len).is_ok_and(|len| (MIN_BODY_BYTES..=MAX_BODY_BYTES).contains(&len))
}

/// What is held of an id in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// No leaf of the log names it.
    Never,
    /// The last accepted put.
    Live {
        /// Its revision.
        rev: u64,
    },
    /// It is withdrawn, in this epoch or an earlier one.
    Withdrawn {
        /// The revision of the withdrawal.
        rev: u64,
    },
}

/// What a leaf does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The put is accepted.
    Put,
    /// The withdrawal is honoured.
    Withdraw,
    /// It was withdrawn before: nothing is left to do.
    Again,
    /// The leaf breaks a rule; its id's state stays as it is.
    Quarantine(String),
}

/// Decides what a leaf does, from what is held of its id (§4).
#[must_use]
pub fn judge(held: Held, leaf: &Leaf) -> Verdict {
    match (leaf, held) {
        (Leaf::Withdraw { .. }, Held::Withdrawn { .. }) => Verdict::Again,
        (Leaf::Withdraw { .. }, _) => Verdict::Withdraw,
        (Leaf::Put { .. }, Held::Withdrawn { .. }) => {
            Verdict::Quarantine("a put of a withdrawn id".to_owned())
        }
        (Leaf::Put { rev, .. }, Held::Never) => follows(*rev, 0),
        (Leaf::Put { rev, .. }, Held::Live { rev: last }) => follows(*rev, last),
    }
}

fn follows(rev: u64, last: u64) -> Verdict {
    if Some(rev) == last.checked_add(1) {
        Verdict::Put
    } else {
        Verdict::Quarantine(format!("revision {rev} after {last}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "01996c5e-8a00-7000-8000-000000000001";
    const DOC: &str = "sha256:fCEVNRoSoxW2Uy3ByTc_WvSHVWRoF80MKHSBSUSTT1c";

    fn put(change: impl Fn(&str) -> String) -> Entry {
        let good = format!(
            r#"{{"v":1,"op":"put","id":"{ID}","rev":1,"t":"2026-09-21T13:30:00Z","doc":"{DOC}","len":391}}"#
        );
        read(change(&good).as_bytes())
    }

    #[test]
    fn each_rule_of_a_put_quarantines_on_its_own() {
        assert!(matches!(
            put(str::to_owned),
            Entry::Leaf(Leaf::Put {
                rev: 1,
                len: 391,
                ..
            })
        ));
        let unknown_key = put(|good| good.replace(r#","len""#, r#","note":{"a":[1.5e3]},"len""#));
        assert!(matches!(unknown_key, Entry::Leaf(_)));
        for (from, to) in [
            (r#""v":1"#, r#""v":1.0"#),
            (r#""v":1"#, r#""v":"1""#),
            (r#""v":1,"#, ""),
            (r#""put""#, "1"),
            ("01996c5e", "01996C5E"),
            ("-7000-", "-4000-"),
            (r#""rev":1"#, r#""rev":0"#),
            (r#""rev":1"#, r#""rev":1e0"#),
            (r#""rev":1"#, r#""rev":9007199254740992"#),
            (r#""rev":1"#, r#""rev":null"#),
            ("13:30:00Z", "13:30:00.0Z"),
            ("13:30:00Z", "13:30:60Z"),
            ("13:30:00Z", "13:30:00+00:00"),
            ("09-21", "02-30"),
            ("SUSTT1c", "SUSTT1d"),
            ("sha256:", "sha512:"),
            (r#""len":391"#, r#""len":1"#),
            (r#""len":391"#, r#""len":262145"#),
            (r#""len":391"#, r#""len":"391""#),
            (r#""len":391"#, r#""len":391,"len":391"#),
            (r#""len":391"#, r#""len":391,"l\u0065n":391"#),
            ("}", "} x"),
            ("{", "\u{feff}{"),
        ] {
            let entry = put(|good| good.replacen(from, to, 1));
            assert!(matches!(entry, Entry::Bad(_)), "{from} -> {to}: {entry:?}");
        }
    }

    #[test]
    fn later_versions_and_unknown_operations_are_skipped() {
        assert_eq!(
            put(|good| good.replace(r#""v":1"#, r#""v":2"#)),
            Entry::Skipped
        );
        assert_eq!(read(br#"{"v":2,"op":7}"#), Entry::Skipped);
        assert_eq!(put(|good| good.replace("put", "pin")), Entry::Skipped);
    }

    #[test]
    fn a_withdrawal_is_read_whatever_its_rev_time_or_reason() {
        for rest in [
            "",
            r#","rev":0"#,
            r#","rev":"x","t":5,"why":[]"#,
            r#","rev":7,"t":"tomorrow","why":"whim""#,
        ] {
            let entry = read(format!(r#"{{"v":1,"op":"withdraw","id":"{ID}"{rest}}}"#).as_bytes());
            assert!(
                matches!(
                    entry,
                    Entry::Leaf(Leaf::Withdraw {
                        why: Why::Other,
                        ..
                    })
                ),
                "{rest}: {entry:?}"
            );
        }
        assert!(matches!(
            read(br#"{"v":1,"op":"withdraw","id":"x"}"#),
            Entry::Bad(_)
        ));
    }

    #[test]
    fn poison_is_quarantined() {
        let deep = format!(r#"{{"v":1,"x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        let long = format!(r#"{{"v":1,"x":"{}"}}"#, "a".repeat(1025));
        for poison in [
            b"" as &[u8],
            b"{",
            b"[]",
            b"null",
            b"{\"v\":1,\"op\":\"put\0\"}",
            br#"{"v":1,"op":"\u0000"}"#,
            br#"{"v":1,"op":"\ud800"}"#,
            b"\xff\xfe",
            deep.as_bytes(),
            long.as_bytes(),
        ] {
            assert!(
                matches!(read(poison), Entry::Bad(_)),
                "{}",
                String::from_utf8_lossy(poison)
            );
        }
    }

    #[test]
    fn revisions_follow_one_another_and_withdrawals_are_final() {
        let Entry::Leaf(first) = put(str::to_owned) else {
            panic!("a good put")
        };
        let Entry::Leaf(third) = put(|good| good.replace(r#""rev":1"#, r#""rev":3"#)) else {
            panic!("a good put")
        };
        let withdraw = Leaf::Withdraw {
            id: first.id(),
            rev: 9,
            t: Timestamp::from_secs(0),
            why: Why::Legal,
        };
        let quarantined = |verdict| matches!(verdict, Verdict::Quarantine(_));
        assert_eq!(judge(Held::Never, &first), Verdict::Put);
        assert_eq!(judge(Held::Live { rev: 2 }, &third), Verdict::Put);
        assert!(quarantined(judge(Held::Never, &third)));
        assert!(quarantined(judge(Held::Live { rev: 1 }, &first)));
        assert!(quarantined(judge(Held::Live { rev: u64::MAX }, &first)));
        assert!(quarantined(judge(Held::Withdrawn { rev: 2 }, &third)));
        assert_eq!(judge(Held::Never, &withdraw), Verdict::Withdraw);
        assert_eq!(judge(Held::Live { rev: 2 }, &withdraw), Verdict::Withdraw);
        assert_eq!(judge(Held::Withdrawn { rev: 2 }, &withdraw), Verdict::Again);
    }

    proptest! {
        #[test]
        fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..1100)) {
            let _ = read(&bytes);
        }

        #[test]
        fn what_is_written_reads_back(rev in 1..=json::MAX_INTEGER, secs in 0..4_000_000_000_i64, len in 2..=262_144_u64, seed in any::<[u8; 10]>(), why in 0..5_usize) {
            let t = Timestamp::from_secs(secs);
            let id = DocumentId::generate(t, seed);
            for leaf in [
                Leaf::Put { id, rev, t, doc: Digest::for_bytes(&seed), len },
                Leaf::Withdraw { id, rev, t, why: Why::ALL[why] },
            ] {
                prop_assert_eq!(read(&leaf.encode()), Entry::Leaf(leaf));
            }
        }
    }
}
