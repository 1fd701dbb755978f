//! Node documents: who a node is, its keys, and the chain in which each version is signed by the one before
//! (docs/FEED.md §3).
//!
//! Invariant: a [`NodeDocument`] has passed key intake, its limits and its signatures, and is the pinned first version
//! or follows the held one.

mod proposal;
mod reading;

use std::collections::HashSet;

use serde_json::json;
use wire::{Digest, NodeId, Timestamp, base64, json};

use crate::{
    FaultCode, Origin, PeerFault, PublicKey, SecretKey,
    checkpoint::KnownKeys,
    limits::EXPIRY_GRACE,
    note::{self, Note},
    root_name,
    tree::Hash,
    witness_name,
};

pub use proposal::Proposal;

const HEADER: &str = "wardround.v1/node\n";

/// What a node states about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// From 1, without gaps.
    pub version: u64,
    /// The node; `None` in version 1, whose digest it is.
    pub node: Option<NodeId>,
    /// Digest of the text of the version before; `None` in version 1.
    pub prev: Option<Digest>,
    /// When it was signed.
    pub issued: Timestamp,
    /// When it stops being valid: at most 400 days after `issued`.
    pub expires: Timestamp,
    /// ODS code of the organisation: an attribute, never an identity.
    pub ods: Option<String>,
    /// Name of the organisation.
    pub name: String,
    /// Base address of the feed.
    pub base: String,
    /// How to reach the operator; may be empty.
    pub contact: String,
    /// How many root keys have to sign, `1..=root keys`.
    pub threshold: usize,
    /// Root keys, 1 to 5.
    pub root: Vec<PublicKey>,
    /// Epoch of the current log, from 1.
    pub epoch: u64,
    /// Log keys, 1 to 4.
    pub log: Vec<PublicKey>,
    /// The last accepted heads of the epochs before, in order.
    pub closed: Vec<Closed>,
    /// Witness keys, 1 to 4.
    pub witness: Vec<PublicKey>,
    /// Keys that must never be accepted again.
    pub revoked: Vec<Revoked>,
    /// Whether the node has left the exchange.
    pub left: bool,
    /// The node that succeeds it; only shown to readers.
    pub successor: Option<NodeId>,
}

/// The last accepted head of a closed epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The epoch.
    pub epoch: u64,
    /// Its last size.
    pub size: u64,
    /// Its root at that size.
    pub root: Hash,
}

/// A key that must not be accepted any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The raw 32 bytes; it need not be a good key.
    pub key: [u8; 32],
    /// Since when.
    pub at: Timestamp,
    /// Why, in a word.
    pub why: String,
}

/// The secret keys that sign a node document.
#[derive(Clone, Copy, Debug)]
pub struct SigningKeys<'a> {
    /// Root keys: as many as the threshold asks for, of this version and of the one before.
    pub root: &'a [SecretKey],
    /// Every log key that is listed.
    pub log: &'a [SecretKey],
    /// Every witness key that is listed.
    pub witness: &'a [SecretKey],
}

impl Content {
    /// Returns the text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let keys = |keys: &[PublicKey]| keys.iter().map(PublicKey::to_string).collect::<Vec<_>>();
        let mut object = serde_json::Map::new();
        object.insert("version".to_owned(), self.version.into());
        if let Some(node) = &self.node {
            object.insert("node".to_owned(), node.as_str().into());
        }
        if let Some(prev) = &self.prev {
            object.insert("prev".to_owned(), prev.to_string().into());
        }
        let closed: Vec<_> = self
            .closed
            .iter()
            .map(|closed| json!({"epoch": closed.epoch, "size": closed.size, "root": base64::encode_url(&closed.root)}))
            .collect();
        let revoked: Vec<_> = self
            .revoked
            .iter()
            .map(|revoked| json!({"key": base64::encode_url(&revoked.key), "at": revoked.at.to_string(), "why": revoked.why}))
            .collect();
        for (key, value) in [
            ("issued", json!(self.issued.to_string())),
            ("expires", json!(self.expires.to_string())),
            ("ods", json!(self.ods)),
            ("name", json!(self.name)),
            ("base", json!(self.base)),
            ("contact", json!(self.contact)),
            (
                "root",
                json!({"threshold": self.threshold, "keys": keys(&self.root)}),
            ),
            (
                "log",
                json!({"epoch": self.epoch, "keys": keys(&self.log), "closed": closed}),
            ),
            ("witness", json!(keys(&self.witness))),
            ("revoked", json!(revoked)),
            ("status", json!(if self.left { "left" } else { "active" })),
            (
                "successor",
                json!(self.successor.as_ref().map(NodeId::as_str)),
            ),
        ] {
            object.insert(key.to_owned(), value);
        }
        format!("{HEADER}{}\n", serde_json::Value::Object(object))
    }

    /// Signs it; returns the note. Does not check that these keys are enough: verification does.
    #[must_use]
    pub fn sign(&self, keys: SigningKeys<'_>) -> String {
        let text = self.text();
        let node = self.node_of(&text);
        let origin = Origin {
            node,
            epoch: self.epoch,
        };
        let mut note = format!("{text}\n");
        for key in keys.root {
            note += &note::sign(&text, &root_name(&key.public()), key);
        }
        for key in keys.log {
            note += &note::sign(&text, &origin.to_string(), key);
        }
        for key in keys.witness {
            note += &note::sign(&text, &witness_name(&origin.node), key);
        }
        note
    }

    /// Returns the node: what the document says, or the digest of version 1.
    fn node_of(&self, text: &str) -> NodeId {
        self.node
            .clone()
            .unwrap_or_else(|| NodeId::for_text(text.as_bytes()))
    }

    fn listed(&self) -> impl Iterator<Item = (Role, &PublicKey)> {
        let root = self.root.iter().map(|key| (Role::Root, key));
        let log = self.log.iter().map(|key| (Role::Log, key));
        let witness = self.witness.iter().map(|key| (Role::Witness, key));
        root.chain(log).chain(witness)
    }
}

/// What a listed key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Node documents.
    Root,
    /// Checkpoints.
    Log,
    /// Cosignatures.
    Witness,
}

/// A verified node document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeDocument {
    content: Content,
    node: NodeId,
    digest: Digest,
    note: String,
}

impl NodeDocument {
    /// Accepts version 1 of a node: its text hashes to the pinned identity, and it is well signed.
    ///
    /// # Errors
    /// `malformed` for a bad form, `key` for another node's document, keys or signatures that cannot be trusted.
    pub fn first(bytes: &[u8], pinned: &NodeId) -> Result<Self, PeerFault> {
        let candidate = Candidate::parse(bytes)?;
        if candidate.content.version != 1 {
            return Err(FaultCode::Key.fault(format!(
                "version {} where version 1 was asked for",
                candidate.content.version
            )));
        }
        let document = candidate.signed()?;
        if document.node != *pinned {
            return Err(FaultCode::Key.fault(format!(
                "the first node document is that of {}",
                document.node
            )));
        }
        Ok(document)
    }

    /// Accepts the version after this one. `ever` holds every key that any version of this node has listed or revoked.
    ///
    /// # Errors
    /// `malformed` for a bad form, `key` for a chain, keys or signatures that cannot be trusted.
    pub fn next(&self, bytes: &[u8], ever: &[[u8; 32]]) -> Result<Self, PeerFault> {
        let candidate = Candidate::parse(bytes)?;
        self.check_chain(&candidate.content)?;
        self.check_keys(&candidate.content, ever)?;
        let root_before = candidate.root_signatures(&self.content.root);
        if root_before < self.content.threshold {
            return Err(FaultCode::Key.fault(format!(
                "signed by {root_before} of the root keys held, not {}",
                self.content.threshold
            )));
        }
        candidate.signed()
    }

    /// Reads a document that was verified before it was stored.
    ///
    /// # Errors
    /// As [`NodeDocument::first`], when what is stored is not what was verified.
    pub fn stored(note: &str) -> Result<Self, PeerFault> {
        Candidate::parse(note.as_bytes())?.signed()
    }

    /// Returns the version that a served document claims, before anything else in it is trusted, and the digest of
    /// its text.
    ///
    /// # Errors
    /// `malformed`.
    pub fn claimed(bytes: &[u8]) -> Result<(u64, Digest), PeerFault> {
        let candidate = Candidate::parse(bytes)?;
        Ok((
            candidate.content.version,
            Digest::for_bytes(candidate.note.text.as_bytes()),
        ))
    }

    /// Returns what it says.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// Returns the node.
    #[must_use]
    pub const fn node(&self) -> &NodeId {
        &self.node
    }

    /// Returns the digest of its text.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns the signed note, byte for byte.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Returns the listed keys with their roles.
    pub fn keys(&self) -> impl Iterator<Item = (Role, &PublicKey)> {
        self.content.listed()
    }

    /// Returns every key that it lists or revokes. Of them only those that go on being listed are accepted later (§3).
    pub fn listed_or_revoked(&self) -> impl Iterator<Item = [u8; 32]> {
        let listed = self.content.listed().map(|(_, key)| *key.as_bytes());
        listed.chain(self.content.revoked.iter().map(|revoked| revoked.key))
    }

    /// Returns the keys whose signatures on the current checkpoint count.
    #[must_use]
    pub fn known_keys(&self) -> KnownKeys {
        KnownKeys {
            origin: Origin {
                node: self.node.clone(),
                epoch: self.content.epoch,
            },
            log: self.content.log.clone(),
            witness: self.content.witness.clone(),
        }
    }

    /// Says how far the document can be relied on at `now` (§7 step 1).
    #[must_use]
    pub fn validity(&self, now: Timestamp) -> Validity {
        let expires = self.content.expires;
        if now <= expires {
            Validity::Good
        } else if now <= expires.plus(EXPIRY_GRACE) {
            Validity::Stale
        } else {
            Validity::Expired
        }
    }

    fn check_chain(&self, next: &Content) -> Result<(), PeerFault> {
        let broken = |text: String| Err(FaultCode::Key.fault(text));
        let held = &self.content;
        if Some(next.version) != held.version.checked_add(1) {
            return broken(format!("version {} after {}", next.version, held.version));
        }
        if next.node.as_ref() != Some(&self.node) {
            return broken("a node document of another node".to_owned());
        }
        if next.prev.as_ref() != Some(&self.digest) {
            return broken("a node document that does not follow the one held".to_owned());
        }
        if next.epoch != held.epoch && Some(next.epoch) != held.epoch.checked_add(1) {
            return broken(format!("epoch {} after {}", next.epoch, held.epoch));
        }
        if !next.closed.starts_with(&held.closed) {
            return broken("a node document that changes a closed epoch".to_owned());
        }
        Ok(())
    }

    /// A key stays as long as it is listed in its role; once gone or revoked it never comes back in any (§3).
    fn check_keys(&self, next: &Content, ever: &[[u8; 32]]) -> Result<(), PeerFault> {
        let held: HashSet<_> = self.content.listed().collect();
        let gone: HashSet<[u8; 32]> = ever
            .iter()
            .copied()
            .chain(self.listed_or_revoked())
            .collect();
        for listed in next.listed() {
            if !held.contains(&listed) && gone.contains(listed.1.as_bytes()) {
                return Err(
                    FaultCode::Key.fault(format!("the key {} was given up before", listed.1))
                );
            }
        }
        Ok(())
    }
}

/// How far a node document can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It has not expired.
    Good,
    /// It has expired: flagged, and its entries still apply.
    Stale,
    /// It expired more than 90 days ago: no entries apply.
    Expired,
}

/// A document with a good form, of which nothing is believed yet.
struct Candidate<'a> {
    note: Note<'a>,
    content: Content,
    bytes: &'a [u8],
}

impl<'a> Candidate<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, PeerFault> {
        let note = Note::parse(bytes)?;
        let line = note
            .text
            .strip_prefix(HEADER)
            .and_then(|text| text.strip_suffix('\n'))
            .filter(|line| !line.contains('\n'))
            .ok_or_else(|| {
                reading::malformed("a node document without its two lines".to_owned())
            })?;
        let object = json::parse(line.as_bytes())
            .map_err(|fault| reading::malformed(format!("a node document: {fault}")))?;
        let content = reading::read(&object)?;
        Ok(Self {
            note,
            content,
            bytes,
        })
    }

    /// Checks the keys among themselves and every signature that the document needs on its own.
    fn signed(self) -> Result<NodeDocument, PeerFault> {
        let content = &self.content;
        let mut seen = HashSet::new();
        for (_, key) in content.listed() {
            if !seen.insert(*key.as_bytes()) {
                return Err(FaultCode::Key.fault(format!("the key {key} is listed twice")));
            }
            if content
                .revoked
                .iter()
                .any(|revoked| revoked.key == *key.as_bytes())
            {
                return Err(FaultCode::Key.fault(format!("the key {key} is revoked")));
            }
        }
        let roots = self.root_signatures(&content.root);
        if roots < content.threshold {
            return Err(FaultCode::Key.fault(format!(
                "signed by {roots} of its root keys, not {}",
                content.threshold
            )));
        }
        let node = content.node_of(self.note.text);
        let origin = Origin {
            node: node.clone(),
            epoch: content.epoch,
        }
        .to_string();
        let witness = witness_name(&node);
        for (name, keys) in [(&origin, &content.log), (&witness, &content.witness)] {
            if let Some(key) = keys.iter().find(|key| !self.note.verifies(name, key)) {
                return Err(FaultCode::Key.fault(format!(
                    "the key {key} has not signed the document that lists it"
                )));
            }
        }
        Ok(NodeDocument {
            digest: Digest::for_bytes(self.note.text.as_bytes()),
            note: String::from_utf8_lossy(self.bytes).into_owned(),
            node,
            content: self.content,
        })
    }

    fn root_signatures(&self, keys: &[PublicKey]) -> usize {
        keys.iter()
            .filter(|key| self.note.verifies(&root_name(key), key))
            .count()
    }
}
