//! Signed node documents, version by version, and the keys they list.
//!
//! Whether a document is well signed is not decided here. That a public key has one role at one node is: it takes
//! looking at all nodes.

use ::audit::Entry;
use async_recursion::async_recursion as boxed;
use ledger::{Stated, checkpoint::Signer};
use wire::{Digest, NodeId, Timestamp};

use crate::{
    StoreError, audit, changes,
    engine::{Db, Store, values},
    nodes, organisations, publish,
    record::{Column as _, records},
};

records! {
    /// One accepted version of a node document.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct StoredNodeDocument from StoredNodeDocumentRow {
        /// Its version, from 1.
        pub version: u64,
        /// Digest of its text.
        pub digest: Digest,
        /// The signed note, byte for byte.
        pub note: String,
    }
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
    /// What it states about its organisation.
    pub stated: Stated,
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
    /// What it signs; `None` for a revoked key whose role is not known.
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
        ADVANCE = "UPDATE nodes SET status = $2, successor = $3, version = $4, epoch = $5, expires = $6
            WHERE seq = $1 AND version < $4";
        DOCUMENT = "SELECT version, digest, note FROM node_documents WHERE node_seq = $1 AND version = $2";
        NEWEST_DOCUMENT = "SELECT version, digest, note FROM node_documents WHERE node_seq = $1
            ORDER BY version DESC LIMIT 1";
        INSERT_DOCUMENT = "INSERT INTO node_documents (node_seq, version, digest, note, accepted_at) VALUES ($1, $2, $3, $4, $5)";
        KEY = "SELECT n.node, n.seq, k.role FROM node_keys k JOIN nodes n ON n.seq = k.node_seq WHERE k.public_key = $1";
        LIST_KEY = "INSERT INTO node_keys (public_key, node_seq, role, revoked) VALUES ($1, $2, $3, FALSE)
            ON CONFLICT (public_key) DO NOTHING";
        REVOKE_KEY = "UPDATE node_keys SET revoked = TRUE WHERE node_seq = $1 AND public_key = $2";
        KEEP_REVOKED = "INSERT INTO revoked_keys (node_seq, public_key) VALUES ($1, $2) ON CONFLICT (node_seq, public_key) DO NOTHING";
        KEYS = "SELECT public_key, role, revoked FROM node_keys WHERE node_seq = $1
            UNION ALL SELECT public_key, CAST(NULL AS TEXT), TRUE FROM revoked_keys WHERE node_seq = $1
                AND public_key NOT IN (SELECT public_key FROM node_keys WHERE node_seq = $1)";
        COSIGN_AGAIN = "UPDATE logs SET applied_at = 0 WHERE applied_at IS NOT NULL";
        DELETE_KEYS = "DELETE FROM node_keys WHERE node_seq = $1";
        DELETE_REVOKED = "DELETE FROM revoked_keys WHERE node_seq = $1";
        DELETE_DOCUMENTS = "DELETE FROM node_documents WHERE node_seq = $1";
        PEER_LEFT = "UPDATE peers SET state = 'left' WHERE node_seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Gives this node its identity, from version 1 of its node document. Its log is empty and not yet signed:
    /// [`Store::renew_checkpoint`] does that.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when it has one already.
    #[boxed]
    pub async fn init_own_node(
        &self,
        node: &NodeId,
        handle: &str,
        record: &NodeDocumentRecord,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let new = nodes::NewNode {
            seq: nodes::OWN,
            node,
            handle,
            ods: record.stated.ods.as_deref(),
            name: &record.stated.name,
            base: &record.stated.base,
            now,
        };
        nodes::insert(&mut db, &new).await?;
        accept(&mut db, nodes::OWN, record, now).await?;
        crate::log::ensure(&mut db, nodes::OWN, 0, "").await?;
        Ok(db.commit().await?)
    }

    /// Returns the newest node document held of a node.
    #[boxed]
    pub async fn newest_node_document(
        &self,
        node_seq: i64,
    ) -> Result<Option<StoredNodeDocument>, StoreError> {
        self.read()
            .await?
            .record(sql::NEWEST_DOCUMENT, values![node_seq])
            .await
    }

    /// Returns one version of the node document of a node.
    #[boxed]
    pub async fn node_document(
        &self,
        node_seq: i64,
        version: u64,
    ) -> Result<Option<StoredNodeDocument>, StoreError> {
        self.read()
            .await?
            .record(sql::DOCUMENT, values![node_seq, version])
            .await
    }

    /// Accepts the next version of a node document, on its own: later faults of the same poll do not undo it.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when one of its keys has another role or belongs to another node; nothing is
    /// written then. [`StoreError::Stale`] when that version or a later one is held already.
    #[boxed]
    pub async fn record_node_document(
        &self,
        node_seq: i64,
        record: &NodeDocumentRecord,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        accept(&mut db, node_seq, record, now).await?;
        if record.left {
            db.run(sql::PEER_LEFT, values![node_seq]).await?;
        }
        Ok(db.commit().await?)
    }

    /// Accepts the next version of this node's own document, and signs the head of its log with its keys, in one
    /// transaction with `act` in the audit: peers find both or neither. A new epoch begins empty. Every line of `/seen` is due
    /// again, since the witness key may be another one.
    ///
    /// # Errors
    /// As [`Store::record_node_document`].
    #[boxed]
    pub async fn record_own_document(
        &self,
        record: &NodeDocumentRecord,
        signer: &Signer,
        act: &Entry,
    ) -> Result<(), StoreError> {
        let now = act.at;
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        accept(&mut db, nodes::OWN, record, now).await?;
        let origin = signer.origin().to_string();
        let mut head = crate::log::ensure(&mut db, nodes::OWN, record.epoch, &origin).await?;
        publish::sign(&mut db, &mut head, signer, now).await?;
        db.run(sql::COSIGN_AGAIN, values![]).await?;
        audit::append(&mut db, std::slice::from_ref(act)).await?;
        Ok(db.commit().await?)
    }

    /// Returns every key that a node has ever listed or revoked, in no particular order.
    #[boxed]
    pub async fn node_keys(&self, node_seq: i64) -> Result<Vec<NodeKey>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<(Vec<u8>, Option<String>, bool)>(sql::KEYS, values![node_seq])
            .await?;
        rows.into_iter()
            .map(|(key, role, revoked)| {
                let role = [KeyRole::Root, KeyRole::Log, KeyRole::Witness]
                    .into_iter()
                    .find(|known| role.as_deref() == Some(known.as_str()));
                Ok(NodeKey {
                    public_key: *Digest::read(key)?.as_bytes(),
                    role,
                    revoked,
                })
            })
            .collect()
    }
}

/// Accepts a node document, inside a transaction.
pub(crate) async fn accept(
    db: &mut Db,
    node_seq: i64,
    record: &NodeDocumentRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    let before = nodes::node(db, node_seq).await?;
    for key in &record.keys {
        record_key(db, node_seq, key).await?;
    }
    let advanced = values![
        node_seq,
        if record.left { "left" } else { "active" },
        record.successor.as_ref(),
        record.version,
        record.epoch,
        record.expires
    ];
    if db.run(sql::ADVANCE, advanced).await? == 0 {
        return Err(StoreError::Stale {
            what: before.node.to_string(),
            held: before.version,
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
    organisations::state(db, &before, &record.stated).await
}

async fn record_key(db: &mut Db, node_seq: i64, key: &NodeKey) -> Result<(), StoreError> {
    let public_key = key.public_key.as_slice();
    let Some(role) = key.role.filter(|_| !key.revoked) else {
        // It concerns what this node may list, and no other: an entry for another's key means nothing to that one.
        db.run(sql::KEEP_REVOKED, values![node_seq, public_key])
            .await?;
        db.run(sql::REVOKE_KEY, values![node_seq, public_key])
            .await?;
        return Ok(());
    };
    let held = db
        .row::<(String, i64, String)>(sql::KEY, values![public_key])
        .await?;
    if let Some((node, seq, held_role)) = held
        && (seq != node_seq || held_role != role.as_str())
    {
        return Err(StoreError::KeyTaken(NodeId::read(node)?));
    }
    let values = values![public_key, node_seq, role.as_str()];
    db.run(sql::LIST_KEY, values).await?;
    Ok(())
}

/// Forgets the node documents and keys of a node.
pub(crate) async fn forget(db: &mut Db, node_seq: i64) -> Result<(), StoreError> {
    db.run(sql::DELETE_KEYS, values![node_seq]).await?;
    db.run(sql::DELETE_REVOKED, values![node_seq]).await?;
    db.run(sql::DELETE_DOCUMENTS, values![node_seq]).await?;
    Ok(())
}
