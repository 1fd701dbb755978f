//! Every structure of the protocol against the bytes of a second implementation (`vectors/feed-v1.json`), and against
//! the crates `signed_note` and `tlog_tiles`, which share no code with this one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail it"
)]

use ledger::{
    FaultCode, Origin, PublicKey, SecretKey, SignatureType,
    checkpoint::{self, Checkpoint, KnownKeys, Signer, Witness},
    key_id,
    leaf::{self, Entry},
    node::{Content, NodeDocument, SigningKeys},
    note::Note,
    proof, root_name,
    seen::SeenLine,
    tile::{self, TileKind},
    tree::{self, Frontier},
    witness_name,
};
use serde_json::Value;
use wire::{Digest, NodeId, Timestamp, base64};

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/feed-v1.json")).unwrap()
}

fn text<'a>(vectors: &'a Value, path: &str) -> &'a str {
    vectors.pointer(path).and_then(Value::as_str).unwrap()
}

fn unhex(hex: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn key(vectors: &Value, role: &str) -> SecretKey {
    let seed = unhex(text(vectors, &format!("/keys/{role}/seed_hex")));
    SecretKey::from_seed(seed.try_into().unwrap())
}

fn node(vectors: &Value) -> NodeId {
    NodeId::parse(text(vectors, "/node_document/node_id")).unwrap()
}

fn origin(vectors: &Value) -> Origin {
    Origin {
        node: node(vectors),
        epoch: 1,
    }
}

fn known(vectors: &Value) -> KnownKeys {
    KnownKeys {
        origin: origin(vectors),
        log: vec![key(vectors, "log").public()],
        witness: vec![key(vectors, "witness").public()],
    }
}

fn reader(vectors: &Value) -> NodeId {
    let name = text(vectors, "/key_names/reader");
    let node = name.strip_prefix("wardround.v1/").unwrap();
    NodeId::parse(node.strip_suffix("/witness").unwrap()).unwrap()
}

#[test]
fn keys_names_and_ids_are_derived_alike() {
    let v = vectors();
    let id = |name: &str, kind, role: &str| hex(&key_id(name, kind, &key(&v, role).public()));
    for role in ["root", "log", "witness", "reader"] {
        let public = text(&v, &format!("/keys/{role}/pub"));
        assert_eq!(key(&v, role).public().to_string(), public, "{role}");
        assert_eq!(
            PublicKey::parse_text(public).unwrap(),
            key(&v, role).public()
        );
    }
    let witness = witness_name(&node(&v));
    let origin = origin(&v).to_string();
    let root = root_name(&key(&v, "root").public());
    assert_eq!(root, text(&v, "/key_names/root"));
    assert_eq!(origin, text(&v, "/key_names/log"));
    assert_eq!(witness, text(&v, "/key_names/witness"));
    let reader_name = witness_name(&reader(&v));
    for (name, kind, role, expected) in [
        (&root, SignatureType::Plain, "root", "root"),
        (&origin, SignatureType::Plain, "log", "log"),
        (
            &witness,
            SignatureType::Timestamped,
            "witness",
            "witness_as_cosigner",
        ),
        (
            &witness,
            SignatureType::Plain,
            "witness",
            "witness_on_node_document",
        ),
        (&reader_name, SignatureType::Timestamped, "reader", "reader"),
    ] {
        assert_eq!(
            id(name, kind, role),
            text(&v, &format!("/key_ids_hex/{expected}")),
            "{expected}"
        );
    }
}

#[test]
fn a_node_document_is_written_and_read_alike() {
    let v = vectors();
    let note = text(&v, "/node_document/note");
    let document = NodeDocument::first(note.as_bytes(), &node(&v)).unwrap();
    assert_eq!(
        document.digest().to_string(),
        text(&v, "/node_document/digest")
    );
    assert_eq!(document.node(), &node(&v));
    let content = Content {
        version: 1,
        node: None,
        prev: None,
        issued: Timestamp::parse("2026-09-21T13:00:00Z").unwrap(),
        expires: Timestamp::parse("2027-09-21T13:00:00Z").unwrap(),
        ods: Some("ZZ1".to_owned()),
        name: "Northmoor Teaching Hospitals NHS Trust".to_owned(),
        base: "https://exchange.northmoor.example/feed/v1".to_owned(),
        contact: "mailto:digital@northmoor.example".to_owned(),
        threshold: 1,
        root: vec![key(&v, "root").public()],
        epoch: 1,
        log: vec![key(&v, "log").public()],
        closed: vec![],
        witness: vec![key(&v, "witness").public()],
        revoked: vec![],
        left: false,
        successor: None,
    };
    assert_eq!(document.content(), &content);
    assert_eq!(content.text(), text(&v, "/node_document/text"));
    let keys = SigningKeys {
        root: &[key(&v, "root")],
        log: &[key(&v, "log")],
        witness: &[key(&v, "witness")],
    };
    assert_eq!(content.sign(keys), note);
    let unproven = text(&v, "/wrong/node document without proof of possession");
    let fault = NodeDocument::first(unproven.as_bytes(), &node(&v)).unwrap_err();
    assert_eq!(fault.code, FaultCode::Key);
}

#[test]
fn leaves_bundles_tiles_and_roots_are_alike() {
    let v = vectors();
    let mut frontier = Frontier::new();
    assert_eq!(hex(&frontier.root()), text(&v, "/roots_hex/0"));
    let mut level_0 = Vec::new();
    let bundle = unhex(text(&v, "/entry_bundle_hex"));
    let entries = tile::decode_bundle(&bundle).unwrap();
    for (n, entry) in entries.iter().enumerate() {
        assert_eq!(*entry, text(&v, &format!("/leaves/{n}/json")).as_bytes());
        let Entry::Leaf(read) = leaf::read(entry) else {
            panic!("leaf {n}")
        };
        assert_eq!(read.encode(), *entry);
        let hash = tree::leaf_hash(entry);
        assert_eq!(hex(&hash), text(&v, &format!("/leaves/{n}/leaf_hash_hex")));
        frontier.push(hash);
        level_0.extend(hash);
        assert_eq!(
            hex(&frontier.root()),
            text(&v, &format!("/roots_hex/{}", n + 1))
        );
    }
    assert_eq!(entries.len(), 3);
    assert_eq!(hex(&level_0), text(&v, "/level_0_tile_hex"));
    for n in 0..2 {
        let body = text(&v, &format!("/bodies/{n}/json"));
        assert_eq!(
            Digest::for_bytes(body.as_bytes()).to_string(),
            text(&v, &format!("/bodies/{n}/digest"))
        );
    }
}

#[test]
fn checkpoints_are_signed_and_verified_alike() {
    let v = vectors();
    let signer = Signer::new(origin(&v), key(&v, "log"), key(&v, "witness"));
    for n in 0..2 {
        let at = |field: &str| format!("/checkpoints/{n}/{field}");
        let note = text(&v, &at("note"));
        let time = Timestamp::from_secs(v.pointer(&at("time")).and_then(Value::as_i64).unwrap());
        let signed = checkpoint::verify(note.as_bytes(), &known(&v)).unwrap();
        assert_eq!(signed.timestamp(), Some(time));
        let Checkpoint { size, root, .. } = signed.checkpoint();
        assert_eq!(signed.checkpoint().text(), text(&v, &at("text")));
        assert_eq!(signer.sign(*size, root, time), note);
        let mut earlier = known(&v);
        earlier.origin.epoch = 2;
        assert_eq!(
            checkpoint::verify(note.as_bytes(), &earlier)
                .unwrap_err()
                .code,
            FaultCode::Malformed
        );
    }
    let flipped = text(
        &v,
        "/wrong/same text, one bit of the log's signature flipped",
    );
    assert_eq!(
        checkpoint::verify(flipped.as_bytes(), &known(&v))
            .unwrap_err()
            .code,
        FaultCode::Key
    );
}

#[test]
fn a_line_of_seen_is_written_and_read_alike() {
    let v = vectors();
    let line = text(&v, "/seen_line").trim_end();
    let seen = SeenLine::parse(line.as_bytes()).unwrap();
    assert_eq!(seen.origin, origin(&v));
    assert_eq!(seen.encode().trim_end(), line);
    let note = text(&v, "/checkpoints/1/note");
    let signed = checkpoint::verify(note.as_bytes(), &known(&v)).unwrap();
    let witness = Witness::new(&reader(&v), key(&v, "reader"));
    let parsed = Note::parse(seen.applied.as_bytes()).unwrap();
    let time = u64::from_be_bytes(parsed.lines[2].signature[..8].try_into().unwrap());
    let time = Timestamp::from_secs(i64::try_from(time).unwrap());
    assert_eq!(witness.cosign(&signed, time), seen.applied);
}

/// `signed_note` derives key ids and verifies plain Ed25519 signatures.
#[test]
fn another_implementation_of_notes_agrees() {
    use signed_note::{Note as OtherNote, StandardVerifier, VerifierList};
    let v = vectors();
    let note = text(&v, "/checkpoints/1/note");
    let other = OtherNote::from_bytes(note.as_bytes()).unwrap();
    let name = origin(&v).to_string();
    let public = key(&v, "log").public();
    let id = hex(&key_id(&name, SignatureType::Plain, &public));
    let typed: Vec<u8> = [1].iter().chain(public.as_bytes()).copied().collect();
    let vkey = format!("{name}+{id}+{}", base64::encode_std(&typed));
    let verifiers = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap())]);
    let (verified, unverified) = other.verify(&verifiers).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 1));
    assert_eq!(
        other.text(),
        Note::parse(note.as_bytes()).unwrap().text.as_bytes()
    );
}

/// `tlog_tiles` hashes trees and checks inclusion proofs.
#[test]
fn another_implementation_of_trees_agrees() {
    use tlog_tiles::tlog;
    let entries: Vec<Vec<u8>> = (0..300_u32).map(|n| n.to_be_bytes().to_vec()).collect();
    for size in [1_u64, 2, 255, 256, 300] {
        let mut frontier = Frontier::new();
        let mut hashes = Vec::new();
        for entry in entries.iter().take(usize::try_from(size).unwrap()) {
            assert_eq!(tree::leaf_hash(entry), tlog::record_hash(entry).0);
            frontier.push(tree::leaf_hash(entry));
            hashes.push(tree::leaf_hash(entry));
        }
        let tiles: Vec<Vec<u8>> = hashes.chunks(256).map(<[_]>::concat).collect();
        let level_1 = {
            let mut frontier = Frontier::new();
            hashes
                .iter()
                .take(256)
                .for_each(|hash| frontier.push(*hash));
            frontier.root()
        };
        for index in [0, size / 2, size - 1] {
            let proof = proof::prove(index, size, |path| match path.kind {
                TileKind::Hashes { level: 0 } => tiles
                    .get(usize::try_from(path.n).unwrap())
                    .map(Vec::as_slice),
                _ => Some(&level_1),
            })
            .unwrap();
            let theirs = proof.into_iter().map(tlog::Hash).collect();
            let leaf = tlog::Hash(hashes[usize::try_from(index).unwrap()]);
            tlog::check_record(&theirs, size, tlog::Hash(frontier.root()), index, leaf).unwrap();
        }
    }
}
