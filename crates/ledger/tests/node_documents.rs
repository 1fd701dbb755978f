//! The chain of node documents: each rule of docs/FEED.md §3 broken on its own, and what is still accepted.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]

use std::{collections::HashSet, time::Duration};

use ledger::{
    FaultCode, PublicKey, SecretKey,
    limits::{MAX_KEYS, MAX_VERSION},
    node::{Closed, Content, NodeDocument, Revoked, SigningKeys, Validity},
};
use proptest::prelude::*;
use wire::{Digest, NodeId, Timestamp};

type Change = fn(&mut Content);
/// What is changed, how, who signs, which keys were seen before, and the fault.
type Case = (&'static str, Change, Keys, &'static [u8], Option<FaultCode>);

fn secret(n: u8) -> SecretKey {
    SecretKey::from_seed([n; 32])
}

fn public(n: u8) -> PublicKey {
    secret(n).public()
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 + secs)
}

/// Keys by the numbers of their seeds.
#[derive(Clone, Copy)]
struct Keys {
    root: &'static [u8],
    log: &'static [u8],
    witness: &'static [u8],
}

const KEYS: Keys = Keys {
    root: &[1, 2],
    log: &[10],
    witness: &[20],
};

fn first_content() -> Content {
    Content {
        version: 1,
        node: None,
        prev: None,
        issued: at(0),
        expires: at(0).plus(Duration::from_secs(400 * 24 * 3600)),
        ods: None,
        name: "Northmoor".to_owned(),
        base: "https://northmoor.example/feed/v1".to_owned(),
        contact: "mailto:digital@northmoor.example".to_owned(),
        threshold: 2,
        root: vec![public(1), public(2)],
        epoch: 1,
        log: vec![public(10)],
        closed: vec![],
        witness: vec![public(20)],
        revoked: vec![],
        left: false,
        successor: None,
    }
}

fn sign(content: &Content, keys: Keys) -> String {
    let secrets = |numbers: &[u8]| numbers.iter().copied().map(secret).collect::<Vec<_>>();
    content.sign(SigningKeys {
        root: &secrets(keys.root),
        log: &secrets(keys.log),
        witness: &secrets(keys.witness),
    })
}

fn node_of(content: &Content) -> NodeId {
    NodeId::for_text(content.text().as_bytes())
}

fn first() -> NodeDocument {
    let content = first_content();
    NodeDocument::first(sign(&content, KEYS).as_bytes(), &node_of(&content)).unwrap()
}

fn code_of_first(change: impl Fn(&mut Content), keys: Keys) -> Option<FaultCode> {
    let mut content = first_content();
    change(&mut content);
    let note = sign(&content, keys);
    NodeDocument::first(note.as_bytes(), &node_of(&content))
        .err()
        .map(|fault| fault.code)
}

#[test]
fn a_first_document_is_refused_for_each_broken_rule() {
    let key = Some(FaultCode::Key);
    let malformed = Some(FaultCode::Malformed);
    assert_eq!(code_of_first(|_| {}, KEYS), None);
    for (what, keys) in [
        ("one of two root keys", Keys { root: &[1], ..KEYS }),
        (
            "the same root key twice",
            Keys {
                root: &[1, 1],
                ..KEYS
            },
        ),
        (
            "another's root keys",
            Keys {
                root: &[3, 4],
                ..KEYS
            },
        ),
        ("no proof of the log key", Keys { log: &[], ..KEYS }),
        ("another's log key", Keys { log: &[11], ..KEYS }),
        (
            "no proof of the witness key",
            Keys {
                witness: &[],
                ..KEYS
            },
        ),
    ] {
        assert_eq!(code_of_first(|_| {}, keys), key, "{what}");
    }
    let checks: [(&str, Change, Option<FaultCode>); 12] = [
        ("no threshold", |c| c.threshold = 0, malformed),
        (
            "a threshold beyond the keys",
            |c| c.threshold = 3,
            malformed,
        ),
        (
            "six root keys",
            |c| c.root = (1..=6).map(public).collect(),
            malformed,
        ),
        ("no log key", |c| c.log = vec![], malformed),
        (
            "five witness keys",
            |c| c.witness = (20..25).map(public).collect(),
            malformed,
        ),
        (
            "longer than 400 days",
            |c| c.expires = c.expires.plus(Duration::from_secs(1)),
            malformed,
        ),
        (
            "expired before it was issued",
            |c| c.expires = c.issued.minus(Duration::from_secs(1)),
            malformed,
        ),
        (
            "a closed epoch too many",
            |c| {
                c.closed = vec![Closed {
                    epoch: 1,
                    size: 1,
                    root: [0; 32],
                }]
            },
            malformed,
        ),
        ("a closed epoch too few", |c| c.epoch = 2, malformed),
        ("no name", |c| c.name = String::new(), malformed),
        (
            "one key in two roles",
            |c| c.witness = vec![public(10)],
            key,
        ),
        (
            "its own key revoked",
            |c| c.revoked = vec![revoked(10)],
            key,
        ),
    ];
    for (what, change, expected) in checks {
        assert_eq!(code_of_first(change, KEYS), expected, "{what}");
    }
}

fn revoked(n: u8) -> Revoked {
    Revoked {
        key: *public(n).as_bytes(),
        at: at(0),
        why: "compromise".to_owned(),
    }
}

#[test]
fn what_is_pinned_is_the_text_of_version_1() {
    let content = first_content();
    let note = sign(&content, KEYS);
    let other = NodeId::for_text(b"another");
    assert_eq!(
        NodeDocument::first(note.as_bytes(), &other)
            .unwrap_err()
            .code,
        FaultCode::Key
    );
    assert_eq!(NodeDocument::stored(&note).unwrap(), first());
    let (version, digest) = NodeDocument::claimed(note.as_bytes()).unwrap();
    assert_eq!(
        (version, digest),
        (1, Digest::for_bytes(content.text().as_bytes()))
    );
}

/// Replaces a piece of a signed document, which keeps its form: a form that is broken is found before the signatures.
fn code_of_text(from: &str, to: &str) -> Option<FaultCode> {
    let content = first_content();
    let note = sign(&content, KEYS);
    let broken = note.replacen(from, to, 1);
    assert_ne!(broken, note, "{from}");
    NodeDocument::first(broken.as_bytes(), &node_of(&content))
        .err()
        .map(|fault| fault.code)
}

#[test]
fn a_bad_form_is_malformed_and_a_bad_key_is_a_bad_key() {
    let log = public(10).to_string();
    let weak = wire::base64::encode_url(&[0; 32]);
    let no_point = wire::base64::encode_url(&[2; 32]);
    let short = |bytes: usize| wire::base64::encode_url(&vec![7; bytes]);
    for (from, to) in [
        ("wardround.v1/node\n", "wardround.v2/node\n"),
        ("\"version\":1", "\"version\":0"),
        ("\"version\":1", "\"version\":\"1\""),
        ("\"version\":1", "\"version\":1,\"version\":1"),
        ("\"version\":1", "\"version\":1,\"node\":null"),
        ("\"issued\":\"2026", "\"issued\":\"26"),
        ("\"status\":\"active\"", "\"status\":\"gone\""),
        ("\"successor\":null", "\"successor\":\"wr1\""),
        ("\"ods\":null", "\"ods\":5"),
        ("\"contact\":\"mailto:digital@northmoor.example\",", ""),
        ("\"revoked\":[]", "\"revoked\":[{}]"),
        (&log, &short(0)),
        (&log, &short(16)),
        (&log, &short(31)),
        (&log, &short(33)),
        (&log, "%%%"),
    ] {
        assert_eq!(
            code_of_text(from, to),
            Some(FaultCode::Malformed),
            "{from} -> {to}"
        );
    }
    for to in [weak.as_str(), no_point.as_str()] {
        assert_eq!(code_of_text(&log, to), Some(FaultCode::Key), "{to}");
    }
}

fn second_content(held: &NodeDocument) -> Content {
    Content {
        version: 2,
        node: Some(held.node().clone()),
        prev: Some(*held.digest()),
        issued: at(10),
        ..first_content()
    }
}

fn code_of_second(change: impl Fn(&mut Content), keys: Keys, ever: &[u8]) -> Option<FaultCode> {
    let held = first();
    let mut content = second_content(&held);
    change(&mut content);
    let ever = ever.iter().map(|n| *public(*n).as_bytes()).collect();
    let note = sign(&content, keys);
    held.next(note.as_bytes(), &ever)
        .err()
        .map(|fault| fault.code)
}

#[test]
fn the_next_version_follows_the_held_one_or_is_refused() {
    let key = Some(FaultCode::Key);
    assert_eq!(code_of_second(|_| {}, KEYS, &[1, 2, 10, 20]), None);
    let checks: [Case; 14] = [
        (
            "a new name",
            |c| c.name = "Northmoor and Southmoor".to_owned(),
            KEYS,
            &[],
            None,
        ),
        (
            "a new log key",
            |c| c.log = vec![public(11)],
            Keys { log: &[11], ..KEYS },
            &[],
            None,
        ),
        (
            "the old log key revoked",
            |c| {
                c.log = vec![public(11)];
                c.revoked = vec![revoked(10)];
            },
            Keys { log: &[11], ..KEYS },
            &[10],
            None,
        ),
        (
            "a new epoch",
            |c| {
                c.epoch = 2;
                c.closed = vec![Closed {
                    epoch: 1,
                    size: 5,
                    root: [1; 32],
                }];
            },
            KEYS,
            &[],
            None,
        ),
        (
            "new root keys, signed by the old ones too",
            |c| c.root = vec![public(3), public(4)],
            Keys {
                root: &[1, 2, 3, 4],
                ..KEYS
            },
            &[],
            None,
        ),
        (
            "new root keys, signed by themselves only",
            |c| c.root = vec![public(3), public(4)],
            Keys {
                root: &[3, 4],
                ..KEYS
            },
            &[],
            key,
        ),
        (
            "one stolen root key",
            |c| {
                c.root = vec![public(1)];
                c.threshold = 1;
            },
            Keys { root: &[1], ..KEYS },
            &[],
            key,
        ),
        ("a gap", |c| c.version = 3, KEYS, &[], key),
        (
            "a wrong prev",
            |c| c.prev = Some(Digest::for_bytes(b"x")),
            KEYS,
            &[],
            key,
        ),
        (
            "another node",
            |c| c.node = Some(NodeId::for_text(b"x")),
            KEYS,
            &[],
            key,
        ),
        (
            "two epochs further",
            |c| {
                c.epoch = 3;
                c.closed = (1..=2)
                    .map(|epoch| Closed {
                        epoch,
                        size: 5,
                        root: [1; 32],
                    })
                    .collect();
            },
            KEYS,
            &[],
            key,
        ),
        (
            "a log key that was given up",
            |c| c.log = vec![public(12)],
            Keys { log: &[12], ..KEYS },
            &[12],
            key,
        ),
        (
            "a former root as a witness",
            |c| c.witness = vec![public(9)],
            Keys {
                witness: &[9],
                ..KEYS
            },
            &[9],
            key,
        ),
        (
            "a root as a log key",
            |c| c.log = vec![public(2)],
            Keys { log: &[2], ..KEYS },
            &[],
            key,
        ),
    ];
    for (what, change, keys, ever, expected) in checks {
        assert_eq!(code_of_second(change, keys, ever), expected, "{what}");
    }
}

#[test]
fn a_revoked_key_and_a_closed_epoch_stay_so() {
    let held = first();
    let mut content = second_content(&held);
    content.log = vec![public(11)];
    content.revoked = vec![revoked(10)];
    content.epoch = 2;
    content.closed = vec![Closed {
        epoch: 1,
        size: 5,
        root: [1; 32],
    }];
    let keys = Keys { log: &[11], ..KEYS };
    let second = held
        .next(sign(&content, keys).as_bytes(), &HashSet::new())
        .unwrap();
    let third = |change: fn(&mut Content), keys| {
        let mut next = content.clone();
        next.version = 3;
        next.prev = Some(*second.digest());
        change(&mut next);
        second
            .next(sign(&next, keys).as_bytes(), &HashSet::new())
            .err()
            .map(|fault| fault.code)
    };
    assert_eq!(third(|_| {}, keys), None);
    let back = |next: &mut Content| {
        next.log = vec![public(10)];
        next.revoked = vec![];
    };
    assert_eq!(third(back, KEYS), Some(FaultCode::Key));
    let reopened = |next: &mut Content| {
        if let Some(closed) = next.closed.first_mut() {
            closed.size = 6;
        }
    };
    assert_eq!(third(reopened, keys), Some(FaultCode::Key));
}

#[test]
fn a_key_that_was_revoked_before_it_was_ever_listed_never_comes() {
    let held = first();
    let mut content = second_content(&held);
    content.revoked = vec![revoked(11)];
    let second = held
        .next(sign(&content, KEYS).as_bytes(), &HashSet::new())
        .unwrap();
    let mut ever: HashSet<_> = held.listed_or_revoked().collect();
    ever.extend(second.listed_or_revoked());
    content.version = 3;
    content.prev = Some(*second.digest());
    content.revoked = vec![];
    let third = second.next(sign(&content, KEYS).as_bytes(), &ever).unwrap();
    content.version = 4;
    content.prev = Some(*third.digest());
    content.log = vec![public(11)];
    let keys = Keys { log: &[11], ..KEYS };
    let refused = third
        .next(sign(&content, keys).as_bytes(), &ever)
        .unwrap_err();
    assert_eq!(refused.code, FaultCode::Key);
}

#[test]
fn versions_and_keys_of_all_versions_are_bounded() {
    let held = first();
    for (version, expected) in [
        (MAX_VERSION, FaultCode::Key),
        (MAX_VERSION + 1, FaultCode::Malformed),
    ] {
        let mut content = second_content(&held);
        content.version = version;
        let note = sign(&content, KEYS);
        // Up to the bound it is read, and does not follow the one held.
        let fault = held.next(note.as_bytes(), &HashSet::new()).unwrap_err();
        assert_eq!(fault.code, expected, "{version}");
        assert_eq!(
            NodeDocument::claimed(note.as_bytes()).is_ok(),
            version == MAX_VERSION
        );
    }
    let seen = |count: usize| -> HashSet<[u8; 32]> {
        let others = (0_u32..).map(|n| *Digest::for_bytes(&n.to_be_bytes()).as_bytes());
        held.listed_or_revoked().chain(others).take(count).collect()
    };
    let mut content = second_content(&held);
    content.revoked = vec![revoked(30), revoked(31)];
    let note = sign(&content, KEYS);
    for (count, is_good) in [(MAX_KEYS - 2, true), (MAX_KEYS - 1, false)] {
        let next = held.next(note.as_bytes(), &seen(count));
        let code = next.err().map(|fault| fault.code);
        let expected = (!is_good).then_some(FaultCode::Malformed);
        assert_eq!(code, expected, "{count}");
    }
}

#[test]
fn an_expired_document_is_stale_for_90_days_and_then_of_no_use() {
    let held = first();
    let days = |days: u64| at(0).plus(Duration::from_secs(days * 24 * 3600));
    for (day, expected) in [
        (0, Validity::Good),
        (400, Validity::Good),
        (401, Validity::Stale),
        (490, Validity::Stale),
        (491, Validity::Expired),
    ] {
        assert_eq!(held.validity(days(day)), expected, "day {day}");
    }
}

proptest! {
    #[test]
    fn no_flipped_bit_is_accepted(position in 0..10_000_usize, bit in 0..8_u32) {
        let content = first_content();
        let mut note = sign(&content, KEYS).into_bytes();
        let length = note.len();
        note[position % length] ^= 1 << bit;
        prop_assert!(NodeDocument::first(&note, &node_of(&content)).is_err());
    }

    #[test]
    fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = NodeDocument::claimed(&bytes);
    }
}
