//! What a node document says, the text of it that is signed, and its signing.

use serde_json::json;
use wire::{Digest, NodeId, Timestamp, base64};

use crate::{Origin, PublicKey, SecretKey, note, root_name, tree::Hash, witness_name};

/// The first line of a node document.
pub(super) const HEADER: &str = "wardround.v1/node\n";

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
        let node = self.node_id(&text);
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
    pub(super) fn node_id(&self, text: &str) -> NodeId {
        self.node
            .clone()
            .unwrap_or_else(|| NodeId::for_text(text.as_bytes()))
    }

    /// Returns every key that it lists or revokes.
    pub(super) fn listed_or_revoked(&self) -> impl Iterator<Item = [u8; 32]> {
        let listed = self.listed().map(|(_, key)| *key.as_bytes());
        listed.chain(self.revoked.iter().map(|revoked| revoked.key))
    }

    /// Returns the listed keys with their roles.
    pub(super) fn listed(&self) -> impl Iterator<Item = (Role, &PublicKey)> {
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
