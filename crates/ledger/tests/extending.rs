//! Checkpoints and extensions: each lie of docs/FEED.md §7, steps 3 to 6, by itself.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail it"
)]

use ledger::{
    FaultCode, Origin, PeerFault, SecretKey,
    checkpoint::{self, Checkpoint, KnownKeys, SignedCheckpoint, Signer},
    extend::{Extension, HeldLog, SecondLog, Verified},
    tree::{self, Frontier},
};
use proptest::prelude::*;
use wire::{NodeId, Timestamp};

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 + secs)
}

fn origin() -> Origin {
    Origin {
        node: NodeId::for_text(b"northmoor"),
        epoch: 1,
    }
}

fn signer(log: u8, witness: u8) -> Signer {
    let key = |n| SecretKey::from_seed([n; 32]);
    Signer::new(origin(), key(log), key(witness))
}

fn known_keys() -> KnownKeys {
    let key = |n| SecretKey::from_seed([n; 32]).public();
    KnownKeys {
        origin: origin(),
        log: vec![key(1)],
        witness: vec![key(2)],
    }
}

fn entries(count: u64) -> Vec<Vec<u8>> {
    (0..count)
        .map(|n| format!("entry {n}").into_bytes())
        .collect()
}

fn frontier(entries: &[Vec<u8>]) -> Frontier {
    let mut frontier = Frontier::new();
    entries
        .iter()
        .for_each(|entry| frontier.push(tree::leaf_hash(entry)));
    frontier
}

fn bundle(entries: &[Vec<u8>], n: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries.chunks(256).nth(n).unwrap_or_default() {
        bytes.extend(u16::try_from(entry.len()).unwrap().to_be_bytes());
        bytes.extend(entry);
    }
    bytes
}

/// What is held after the first `size` of the entries.
fn held(entries: &[Vec<u8>], size: usize) -> HeldLog {
    let entries = &entries[..size];
    let frontier = frontier(entries);
    let tail = entries.len() / 256 * 256;
    HeldLog {
        root: frontier.root(),
        frontier,
        timestamp: Some(at(0)),
        tail_hashes: entries[tail..]
            .iter()
            .map(|entry| tree::leaf_hash(entry))
            .collect(),
    }
}

fn offer(entries: &[Vec<u8>], now: Timestamp) -> SignedCheckpoint {
    let frontier = frontier(entries);
    let note = signer(1, 2).sign(frontier.size(), &frontier.root(), now);
    checkpoint::verify(note.as_bytes(), &known_keys()).unwrap()
}

fn extend(
    known: HeldLog,
    all: &[Vec<u8>],
    change: impl Fn(usize, Vec<u8>) -> Vec<u8>,
) -> Result<Verified, PeerFault> {
    let mut extension = Extension::begin(known, offer(all, at(10)), None, at(10))?;
    while let Some(wanted) = extension.wanted() {
        let n = usize::try_from(wanted.n).unwrap();
        extension.push_bundle(&change(n, bundle(all, n)))?;
    }
    extension.finish()
}

#[test]
fn a_log_is_extended_from_any_size_to_any_size() {
    let all = entries(700);
    for (from, to) in [
        (0, 0),
        (0, 1),
        (0, 256),
        (0, 700),
        (1, 2),
        (100, 256),
        (256, 257),
        (255, 700),
        (512, 600),
        (700, 700),
    ] {
        let verified = extend(held(&all, from), &all[..to], |_, bundle| bundle).unwrap();
        assert_eq!(verified.from(), from as u64);
        assert_eq!(verified.frontier(), &frontier(&all[..to]), "{from} to {to}");
        assert_eq!(verified.frontier().root(), verified.checkpoint().root);
        for (n, chunk) in all[..to].chunks(256).enumerate() {
            let hashes: Vec<u8> = chunk
                .iter()
                .flat_map(|entry| tree::leaf_hash(entry))
                .collect();
            let given = from < to && n >= from / 256;
            let chunk: Vec<&[u8]> = chunk.iter().map(|entry| &entry[..]).collect();
            assert_eq!(
                verified.bundle_hashes(n as u64, &chunk),
                given.then_some(hashes),
                "{from} to {to}: {n}"
            );
            let mut other = chunk.clone();
            other[0] = b"another";
            assert_eq!(verified.bundle_hashes(n as u64, &other), None);
            assert_eq!(verified.bundle_hashes(n as u64, &chunk[1..]), None);
        }
    }
}

#[test]
fn entries_that_are_not_the_signed_ones_are_inconsistent() {
    let all = entries(600);
    let swap =
        |n: usize| move |at: usize, bundle: Vec<u8>| if at == n { Vec::new() } else { bundle };
    let cut = |_: usize, mut bundle: Vec<u8>| {
        bundle.pop();
        bundle
    };
    let trailing = |_: usize, mut bundle: Vec<u8>| {
        bundle.push(0);
        bundle
    };
    let extra = |_: usize, mut bundle: Vec<u8>| {
        bundle.extend([0, 1, b'x']);
        bundle
    };
    let codes = [
        extend(held(&all, 300), &all, swap(1)).unwrap_err().code,
        extend(held(&all, 300), &all, cut).unwrap_err().code,
        extend(held(&all, 300), &all, trailing).unwrap_err().code,
        extend(held(&all, 300), &all, extra).unwrap_err().code,
    ];
    assert_eq!(codes, [FaultCode::Inconsistent; 4]);
    // Another entry below what is held, and one beyond it: the first is found at once, the second at the root.
    for changed in [260, 400] {
        let mut other = all.clone();
        other[changed] = b"another".to_vec();
        let fault = extend(held(&all, 300), &all, |n, _| bundle(&other, n)).unwrap_err();
        assert_eq!(fault.code, FaultCode::Inconsistent, "{changed}");
    }
    // A history that leaves the one held before its last bundle.
    let mut other = all.clone();
    other[10] = b"another".to_vec();
    let fault = extend(held(&all, 300), &other, |_, bundle| bundle).unwrap_err();
    assert_eq!(fault.code, FaultCode::Inconsistent);
    let unfinished = Extension::begin(held(&all, 300), offer(&all, at(10)), None, at(10)).unwrap();
    assert_eq!(
        unfinished.finish().unwrap_err().code,
        FaultCode::Inconsistent
    );
}

fn begin(
    size: u64,
    root: tree::Hash,
    time: Timestamp,
    held_size: usize,
    agreed: Option<u64>,
) -> Option<FaultCode> {
    let note = signer(1, 2).sign(size, &root, time);
    let signed = checkpoint::verify(note.as_bytes(), &known_keys()).unwrap();
    Extension::begin(held(&entries(10), held_size), signed, agreed, at(10))
        .err()
        .map(|fault| fault.code)
}

#[test]
fn size_root_and_time_are_judged_before_anything_is_fetched() {
    let root = frontier(&entries(10)).root();
    for (size, root, held, agreed, expected) in [
        (10, root, 10, None, None),
        (9, root, 10, None, Some(FaultCode::Rollback)),
        (10, [9; 32], 10, None, Some(FaultCode::Equivocation)),
        (1_000_010, root, 10, None, None),
        (1_000_011, root, 10, None, Some(FaultCode::Implausible)),
        (
            1_000_011,
            root,
            10,
            Some(2_000_000),
            Some(FaultCode::Implausible),
        ),
        (100_000, root, 0, None, None),
        (100_001, root, 0, None, Some(FaultCode::Implausible)),
        (100_001, root, 0, Some(100_001), None),
        (1 << 62, root, 10, None, Some(FaultCode::Implausible)),
        (
            u64::MAX,
            root,
            0,
            Some(5_000_000),
            Some(FaultCode::Implausible),
        ),
    ] {
        assert_eq!(
            begin(size, root, at(10), held, agreed),
            expected,
            "{size} after {held}"
        );
    }
    for (time, expected) in [
        (0, None),
        (-1, Some(FaultCode::Timestamp)),
        (310, None),
        (311, Some(FaultCode::Timestamp)),
        (i64::from(u32::MAX) * 100, Some(FaultCode::Timestamp)),
    ] {
        assert_eq!(begin(10, root, at(time), 10, None), expected, "time {time}");
    }
}

/// Puts a note together from the lines of others.
fn note_of(lines: &[&str]) -> Vec<u8> {
    let text = checkpoint_of(3).text();
    format!("{text}\n{}", lines.concat()).into_bytes()
}

fn checkpoint_of(size: u64) -> Checkpoint {
    Checkpoint {
        origin: origin(),
        size,
        root: [5; 32],
    }
}

fn lines(log: u8, witness: u8, secs: i64) -> [String; 2] {
    let note = signer(log, witness).sign(3, &[5; 32], at(secs));
    let mut lines = note.split_inclusive('\n').skip(4).map(str::to_owned);
    [lines.next().unwrap(), lines.next().unwrap()]
}

#[test]
fn a_signature_counts_only_under_its_derived_name_and_id() {
    let [log, time] = lines(1, 2, 0);
    let [_, later] = lines(1, 2, 50);
    let [other_log, other_time] = lines(8, 9, 0);
    let wrong_text = signer(1, 2).sign(4, &[5; 32], at(0));
    let failing_log = wrong_text.split_inclusive('\n').nth(4).unwrap();
    let failing_time = wrong_text.split_inclusive('\n').nth(5).unwrap();
    let renamed = log.replace("wardround.v1/", "wardround.v9/");
    // The id of the known key before another's signature.
    let collision = {
        let id = wire::base64::decode_std(log.trim_end().rsplit(' ').next().unwrap()).unwrap();
        let other =
            wire::base64::decode_std(other_log.trim_end().rsplit(' ').next().unwrap()).unwrap();
        let mixed = [&id[..4], &other[4..]].concat();
        let name = log.rsplit_once(' ').unwrap().0;
        format!("{name} {}\n", wire::base64::encode_std(&mixed))
    };
    let key = Err(FaultCode::Key);
    for (what, note, expected) in [
        ("both", vec![&*log, &*time], Ok(Some(at(0)))),
        ("in the other order", vec![&*time, &*log], Ok(Some(at(0)))),
        ("two times", vec![&*log, &*later, &*time], Ok(Some(at(50)))),
        ("no time", vec![&*log], Ok(None)),
        ("another's time", vec![&*log, &*other_time], Ok(None)),
        (
            "unknown keys next to a good one",
            vec![&*other_log, &*log, &*other_time, &*time],
            Ok(Some(at(0))),
        ),
        (
            "under a wrong name next to a good one",
            vec![&*renamed, &*log, &*time],
            Ok(Some(at(0))),
        ),
        ("unknown keys only", vec![&*other_log, &*other_time], key),
        ("a time only", vec![&*time], key),
        ("under a wrong name only", vec![&*renamed, &*time], key),
        (
            "a failing line next to a good one",
            vec![&*log, failing_log, &*time],
            key,
        ),
        (
            "a failing time next to a good one",
            vec![&*log, failing_time, &*time],
            key,
        ),
        ("a colliding id", vec![&*collision, &*time], key),
    ] {
        let verified = checkpoint::verify(&note_of(&note), &known_keys());
        let found = verified
            .map(|signed| signed.timestamp())
            .map_err(|fault| fault.code);
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn a_checkpoint_is_read_only_in_its_one_form() {
    let good = checkpoint_of(3).text();
    assert_eq!(Checkpoint::parse(&good), Some(checkpoint_of(3)));
    for (from, to) in [
        ("\n3\n", "\n03\n"),
        ("\n3\n", "\n+3\n"),
        ("\n3\n", "\n-3\n"),
        ("\n3\n", "\n18446744073709551616\n"),
        ("\n3\n", "\n\n"),
        ("BQU=\n", "BQU\n"),
        ("BQU=\n", "BQV=\n"),
        ("BQU=\n", "BQU=\nextension\n"),
        ("BQU=\n", "BQU="),
        ("BQUFBQ", "BQ"),
        ("wardround.v1/", "wardround.v2/"),
    ] {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good, "{from}");
        assert_eq!(Checkpoint::parse(&wrong), None, "{from} -> {to}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_flipped_bit_of_a_note_is_accepted_with_another_meaning(position in 0..1000_usize, bit in 0..8_u32) {
        let [log, time] = lines(1, 2, 0);
        let mut note = note_of(&[&log, &time]);
        let length = note.len();
        note[position % length] ^= 1 << bit;
        // A flip in the name or the id of a line makes it someone else's, which is ignored; never anything else.
        if let Ok(signed) = checkpoint::verify(&note, &known_keys()) {
            prop_assert_eq!(signed.checkpoint(), &checkpoint_of(3));
            prop_assert_eq!(signed.timestamp(), None);
        }
    }

    #[test]
    fn no_flipped_bit_of_an_entry_is_accepted(position in any::<prop::sample::Index>(), bit in 0..8_u32, from in 0..300_usize) {
        let all = entries(300);
        let target = from / 256;
        let flipped = extend(held(&all, from), &all, |n, mut bundle| {
            if n == target {
                let at = position.index(bundle.len());
                bundle[at] ^= 1 << bit;
            }
            bundle
        });
        prop_assert_eq!(flipped.unwrap_err().code, FaultCode::Inconsistent);
    }
}

#[test]
fn a_second_log_is_proven_wherever_it_parts_from_the_first() {
    // How many entries are held, which one is another, and how many are offered.
    for (size, other, offered, is_second) in [
        (3, 1, 7, true),
        (3, 2, 4, true),
        (3, 3, 7, false),
        (255, 254, 256, true),
        (256, 0, 300, true),
        (256, 255, 600, true),
        (256, 256, 600, false),
        (300, 299, 301, true),
        (300, 10, 900, true),
        (300, 300, 900, false),
        (600, 511, 601, true),
    ] {
        let name = format!("{size} {other} {offered}");
        let first = entries(size);
        let mut second = entries(offered);
        second[other] = b"another".to_vec();
        let begun = Extension::begin(
            held(&first, first.len()),
            offer(&second, at(1)),
            None,
            at(2),
        );
        let extension = begun.unwrap();
        let read = |all: &[Vec<u8>]| {
            let mut log = SecondLog::begin(&extension);
            while let Some(wanted) = log.wanted() {
                log.push_bundle(&bundle(all, usize::try_from(wanted.n).unwrap()))?;
            }
            Ok::<_, PeerFault>(log.proven())
        };
        let fault = read(&second).unwrap();
        assert_eq!(fault.is_some(), is_second, "{name}");
        if let Some(fault) = fault {
            assert_eq!(fault.code, FaultCode::Equivocation, "{name}");
            assert!(fault.text.contains(&format!("{size} entries")), "{name}");
        }
        // Entries that do not hash to the signed root prove nothing.
        let mut damaged = second;
        damaged[usize::from(other == 0)] = b"damage".to_vec();
        assert!(read(&damaged).unwrap().is_none(), "{name}");
    }
}
