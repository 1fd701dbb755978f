//! This node and the nodes it follows: who they are, their signed node documents, and their keys.

use sqlx::FromRow;
use wire::{Digest, NodeId, Timestamp};

use crate::{
    StoreError, changes,
    engine::{Db, Store, digest, node_id, unsigned, values},
};

/// The `node_seq` of this node itself.
pub const OWN: i64 = 1;

/// A node, as it last described itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The number under which the database knows it; 1 is this node itself.
    pub seq: i64,
    /// Its identity.
    pub node: NodeId,
    /// Its short local name in addresses.
    pub handle: String,
    /// Whether it is this node.
    pub own: bool,
    /// ODS code of its organisation.
    pub ods: Option<String>,
    /// Name of its organisation.
    pub name: String,
    /// Base address of its feed, as its node document says (for polling see [`crate::Peer::base`]).
    pub base: String,
    /// How to reach its operator.
    pub contact: Option<String>,
    /// Whether it has left the exchange: its documents stay, it is polled no more.
    pub left: bool,
    /// The node that carries on its work; only shown.
    pub successor: Option<NodeId>,
    /// Version of the node document held; 0 when none is.
    pub version: u64,
    /// Epoch of its current log; 0 when no node document is held.
    pub epoch: u64,
    /// When the held node document expires.
    pub expires: Option<Timestamp>,
    /// When it was configured here.
    pub added_at: Timestamp,
}

/// One accepted version of a node document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNodeDocument {
    /// Its version, from 1.
    pub version: u64,
    /// Digest of its text.
    pub digest: Digest,
    /// The signed note, byte for byte.
    pub note: String,
    /// When it was accepted here.
    pub accepted_at: Timestamp,
}

/// A node document that was verified, as the database keeps it.
#[derive(Debug, Clone)]
pub struct NodeDocumentRecord {
    /// Its version, from 1.
    pub version: u64,
    /// Digest of its text.
    pub digest: Digest,
    /// The signed note, byte for byte.
    pub note: String,
    /// ODS code of the organisation.
    pub ods: Option<String>,
    /// Name of the organisation.
    pub name: String,
    /// Base address of the feed.
    pub base: String,
    /// How to reach the operator.
    pub contact: Option<String>,
    /// Whether the node has left the exchange.
    pub left: bool,
    /// The node that carries on its work.
    pub successor: Option<NodeId>,
    /// Epoch of the current log.
    pub epoch: u64,
    /// When the document expires.
    pub expires: Timestamp,
    /// Every key that it lists, revoked ones included.
    pub keys: Vec<NodeKey>,
}

/// A public key of a node, in its one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeKey {
    /// The raw 32 bytes.
    pub public_key: [u8; 32],
    /// What it signs; `None` for a revoked key whose role is not known any more.
    pub role: Option<KeyRole>,
    /// Whether it may never be accepted again.
    pub revoked: bool,
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// Node documents.
    Root,
    /// Checkpoints.
    Log,
    /// Cosignatures.
    Witness,
}

impl KeyRole {
    /// Returns the role as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Log => "log",
            Self::Witness => "witness",
        }
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        NODES = "SELECT seq, node, handle, own, ods, name, base, contact, status, successor, version, epoch, expires, added_at
            FROM nodes WHERE own OR EXISTS (SELECT 1 FROM peers WHERE node_seq = nodes.seq) ORDER BY seq";
        NODE_BY_SEQ = "SELECT seq, node, handle, own, ods, name, base, contact, status, successor, version, epoch, expires, added_at
            FROM nodes WHERE seq = $1";
        NODE_BY_ID = "SELECT seq, node, handle, own, ods, name, base, contact, status, successor, version, epoch, expires, added_at
            FROM nodes WHERE node = $1";
        NODE_BY_HANDLE = "SELECT seq, node, handle, own, ods, name, base, contact, status, successor, version, epoch, expires, added_at
            FROM nodes WHERE handle = $1";
        NEXT_NODE_SEQ = "SELECT COALESCE(MAX(seq), 1) + 1 FROM nodes";
        INSERT_NODE = "INSERT INTO nodes (seq, node, handle, own, ods, name, base, contact, status, version, epoch, added_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', 0, 0, $9) ON CONFLICT DO NOTHING";
        RESET = "UPDATE nodes SET handle = 'removed-' || CAST(seq AS TEXT), version = 0, epoch = 0, expires = NULL, contact = NULL,
            successor = NULL, status = 'active' WHERE seq = $1";
        DESCRIBE = "UPDATE nodes SET ods = $2, name = $3, base = $4, contact = $5, status = $6, successor = $7, version = $8,
            epoch = $9, expires = $10 WHERE seq = $1 AND version < $8";
        RENAME = "UPDATE nodes SET handle = $2 WHERE seq = $1";
        DOCUMENT = "SELECT version, digest, note, accepted_at FROM node_documents WHERE node_seq = $1 AND version = $2";
        NEWEST_DOCUMENT = "SELECT version, digest, note, accepted_at FROM node_documents WHERE node_seq = $1
            ORDER BY version DESC LIMIT 1";
        INSERT_DOCUMENT = "INSERT INTO node_documents (node_seq, version, digest, note, accepted_at) VALUES ($1, $2, $3, $4, $5)";
        KEY = "SELECT n.node, n.seq, k.role FROM node_keys k JOIN nodes n ON n.seq = k.node_seq WHERE k.public_key = $1";
        UPSERT_KEY = "INSERT INTO node_keys (public_key, node_seq, role, revoked) VALUES ($1, $2, $3, $4)
            ON CONFLICT (public_key) DO UPDATE SET revoked = excluded.revoked";
        REVOKE_KEY = "UPDATE node_keys SET revoked = $3 WHERE public_key = $1 AND node_seq = $2";
        KEYS = "SELECT public_key, role, revoked FROM node_keys WHERE node_seq = $1 ORDER BY public_key";
        DELETE_KEYS = "DELETE FROM node_keys WHERE node_seq = $1";
        DELETE_DOCUMENTS = "DELETE FROM node_documents WHERE node_seq = $1";
        PEER_BASE = "UPDATE peers SET base = $2 WHERE node_seq = $1";
        PEER_LEFT = "UPDATE peers SET state = 'left' WHERE node_seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

#[derive(FromRow)]
struct NodeRow {
    seq: i64,
    node: String,
    handle: String,
    own: bool,
    ods: Option<String>,
    name: String,
    base: String,
    contact: Option<String>,
    status: String,
    successor: Option<String>,
    version: i64,
    epoch: i64,
    expires: Option<i64>,
    added_at: i64,
}

impl NodeRow {
    fn read(self) -> Result<Node, StoreError> {
        Ok(Node {
            seq: self.seq,
            node: node_id(&self.node)?,
            handle: self.handle,
            own: self.own,
            ods: self.ods,
            name: self.name,
            base: self.base,
            contact: self.contact,
            left: self.status == "left",
            successor: self.successor.as_deref().map(node_id).transpose()?,
            version: unsigned(self.version),
            epoch: unsigned(self.epoch),
            expires: self.expires.map(Timestamp::from_millis),
            added_at: Timestamp::from_millis(self.added_at),
        })
    }
}

#[derive(FromRow)]
struct DocumentRow {
    version: i64,
    digest: Vec<u8>,
    note: String,
    accepted_at: i64,
}

impl DocumentRow {
    fn read(self) -> Result<StoredNodeDocument, StoreError> {
        Ok(StoredNodeDocument {
            version: unsigned(self.version),
            digest: digest(&self.digest)?,
            note: self.note,
            accepted_at: Timestamp::from_millis(self.accepted_at),
        })
    }
}

/// What is inserted for a node that is not known yet.
pub(crate) struct NewNode<'a> {
    pub(crate) seq: i64,
    pub(crate) node: &'a NodeId,
    pub(crate) handle: &'a str,
    pub(crate) ods: Option<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) base: &'a str,
    pub(crate) now: Timestamp,
}

impl Store {
    /// Gives this node its identity, from version 1 of its node document. Its log is empty and not yet signed:
    /// [`Store::renew_checkpoint`] does that.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when it has one already.
    pub async fn init_own_node(
        &self,
        node: &NodeId,
        handle: &str,
        record: &NodeDocumentRecord,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let new = NewNode {
            seq: OWN,
            node,
            handle,
            ods: record.ods.as_deref(),
            name: &record.name,
            base: &record.base,
            now,
        };
        insert(&mut db, &new).await?;
        record_in(&mut db, OWN, record, now).await?;
        crate::log::ensure(&mut db, OWN, 0, "").await?;
        db.commit().await
    }

    /// Returns this node, once it has an identity.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn own_node(&self) -> Result<Option<Node>, StoreError> {
        self.node_by_seq(OWN).await
    }

    /// Returns all nodes, this one first.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn nodes(&self) -> Result<Vec<Node>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<NodeRow>(sql::NODES, values![])
            .await?;
        rows.into_iter().map(NodeRow::read).collect()
    }

    /// Returns a node by its number.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn node_by_seq(&self, seq: i64) -> Result<Option<Node>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<NodeRow>(sql::NODE_BY_SEQ, values![seq])
            .await?;
        row.map(NodeRow::read).transpose()
    }

    /// Returns a node by its identity.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn node(&self, node: &NodeId) -> Result<Option<Node>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<NodeRow>(sql::NODE_BY_ID, values![node])
            .await?;
        row.map(NodeRow::read).transpose()
    }

    /// Returns a node by its short local name.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn node_by_handle(&self, handle: &str) -> Result<Option<Node>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<NodeRow>(sql::NODE_BY_HANDLE, values![handle])
            .await?;
        row.map(NodeRow::read).transpose()
    }

    /// Returns the newest node document held of a node.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn newest_node_document(
        &self,
        node_seq: i64,
    ) -> Result<Option<StoredNodeDocument>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<DocumentRow>(sql::NEWEST_DOCUMENT, values![node_seq])
            .await?;
        row.map(DocumentRow::read).transpose()
    }

    /// Returns one version of the node document of a node.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn node_document(
        &self,
        node_seq: i64,
        version: u64,
    ) -> Result<Option<StoredNodeDocument>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<DocumentRow>(sql::DOCUMENT, values![node_seq, version])
            .await?;
        row.map(DocumentRow::read).transpose()
    }

    /// Accepts the next version of a node document, on its own: later faults of the same poll do not undo it.
    ///
    /// `poll_base` is the address to poll from now on, when the document's `base` passed the network rules.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when one of its keys has another role or belongs to another node; nothing is
    /// written then. [`StoreError::Stale`] when that version or a later one is held already.
    pub async fn record_node_document(
        &self,
        node_seq: i64,
        record: &NodeDocumentRecord,
        poll_base: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        record_in(&mut db, node_seq, record, now).await?;
        if let Some(base) = poll_base {
            db.run(sql::PEER_BASE, values![node_seq, base]).await?;
        }
        if record.left {
            db.run(sql::PEER_LEFT, values![node_seq]).await?;
        }
        db.commit().await
    }

    /// Gives a node another short local name.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when another node has it.
    pub async fn rename_node(&self, node_seq: i64, handle: &str) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let taken = db
            .row::<NodeRow>(sql::NODE_BY_HANDLE, values![handle])
            .await?;
        if taken.is_some_and(|other| other.seq != node_seq) {
            return Err(StoreError::Duplicate(handle.to_owned()));
        }
        db.run(sql::RENAME, values![node_seq, handle]).await?;
        changes::touch_node(&mut db, node_seq).await?;
        db.commit().await
    }

    /// Returns every key ever seen of a node.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn node_keys(&self, node_seq: i64) -> Result<Vec<NodeKey>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<(Vec<u8>, String, bool)>(sql::KEYS, values![node_seq])
            .await?;
        rows.into_iter()
            .map(|(key, role, revoked)| {
                let role = [KeyRole::Root, KeyRole::Log, KeyRole::Witness]
                    .into_iter()
                    .find(|known| known.as_str() == role);
                Ok(NodeKey {
                    public_key: *digest(&key)?.as_bytes(),
                    role,
                    revoked,
                })
            })
            .collect()
    }
}

/// Inserts a node that is not known yet.
pub(crate) async fn insert(db: &mut Db, new: &NewNode<'_>) -> Result<(), StoreError> {
    let values = values![
        new.seq,
        new.node,
        new.handle,
        new.seq == OWN,
        new.ods,
        new.name,
        new.base,
        None::<&str>,
        new.now
    ];
    if db.run(sql::INSERT_NODE, values).await? == 0 {
        return Err(StoreError::Duplicate(format!(
            "{} ({})",
            new.handle, new.node
        )));
    }
    Ok(())
}

/// Returns the number of a node that is known.
pub(crate) async fn find(db: &mut Db, node: &NodeId) -> Result<Option<i64>, StoreError> {
    Ok(db
        .row::<NodeRow>(sql::NODE_BY_ID, values![node])
        .await?
        .map(|row| row.seq))
}

/// Returns the number of the node that has a handle.
pub(crate) async fn find_handle(db: &mut Db, handle: &str) -> Result<Option<i64>, StoreError> {
    Ok(db
        .row::<NodeRow>(sql::NODE_BY_HANDLE, values![handle])
        .await?
        .map(|row| row.seq))
}

/// Returns the number for the next node.
pub(crate) async fn next_seq(db: &mut Db) -> Result<i64, StoreError> {
    Ok(db.one::<(i64,)>(sql::NEXT_NODE_SEQ, values![]).await?.0)
}

/// Forgets a node's identity, keys and node documents, once nothing else refers to it.
pub(crate) async fn forget(db: &mut Db, node_seq: i64) -> Result<(), StoreError> {
    db.run(sql::DELETE_KEYS, values![node_seq]).await?;
    db.run(sql::DELETE_DOCUMENTS, values![node_seq]).await?;
    db.run(sql::RESET, values![node_seq]).await?;
    Ok(())
}

async fn record_in(
    db: &mut Db,
    node_seq: i64,
    record: &NodeDocumentRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    let before: NodeRow = db.one(sql::NODE_BY_SEQ, values![node_seq]).await?;
    for key in &record.keys {
        record_key(db, node_seq, key).await?;
    }
    let described = values![
        node_seq,
        record.ods.as_deref(),
        record.name.as_str(),
        record.base.as_str(),
        record.contact.as_deref(),
        if record.left { "left" } else { "active" },
        record.successor.as_ref(),
        record.version,
        record.epoch,
        record.expires
    ];
    if db.run(sql::DESCRIBE, described).await? == 0 {
        return Err(StoreError::Stale {
            what: before.node,
            held: unsigned(before.version),
        });
    }
    let document = values![
        node_seq,
        record.version,
        &record.digest,
        record.note.as_str(),
        now
    ];
    db.run(sql::INSERT_DOCUMENT, document).await?;
    if before.version > 0 && (before.name != record.name || before.ods != record.ods) {
        // Every index holds the organisation's name and code with each document.
        changes::touch_node(db, node_seq).await?;
    }
    Ok(())
}

async fn record_key(db: &mut Db, node_seq: i64, key: &NodeKey) -> Result<(), StoreError> {
    let public_key = key.public_key.as_slice();
    let held = db
        .row::<(String, i64, String)>(sql::KEY, values![public_key])
        .await?;
    if let Some((node, seq, role)) = held {
        let same_role = key.role.is_none_or(|claimed| claimed.as_str() == role);
        // A revocation concerns this node's own keys only; an entry for another's key means nothing.
        if key.revoked && seq != node_seq {
            return Ok(());
        }
        if seq != node_seq || !same_role {
            return Err(StoreError::KeyTaken(node_id(&node)?));
        }
    }
    match key.role {
        Some(role) => {
            db.run(
                sql::UPSERT_KEY,
                values![public_key, node_seq, role.as_str(), key.revoked],
            )
            .await?
        }
        None => {
            db.run(sql::REVOKE_KEY, values![public_key, node_seq, key.revoked])
                .await?
        }
    };
    Ok(())
}
