//! This node and the nodes it follows: who they are.

use ledger::FaultCode;
use sqlx::FromRow;
use wire::{NodeId, Timestamp};

use crate::{
    NodeDocumentRecord, PeerState, StoreError, changes,
    engine::{Db, Store, node_id, unsigned, values},
    node_documents,
};

/// A node as the provenance of its documents shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The node's number.
    pub node_seq: i64,
    /// Its identity.
    pub node: NodeId,
    /// Its short local name.
    pub handle: String,
    /// Whether it is this node.
    pub own: bool,
    /// ODS code of its organisation.
    pub ods: Option<String>,
    /// Name of its organisation.
    pub name: String,
    /// Base address of its feed.
    pub base: String,
    /// How to reach its operator, as its node document says.
    pub contact: Option<String>,
    /// Whether it has left the exchange.
    pub left: bool,
    /// When the held node document expires.
    pub expires: Option<Timestamp>,
    /// Whether and how it is polled; `None` for this node.
    pub state: Option<PeerState>,
    /// Whether its checkpoint or node document is older than it should be.
    pub stale: bool,
    /// When its log was last known to be current.
    pub last_fresh: Option<Timestamp>,
    /// The code of its fault.
    pub fault: Option<FaultCode>,
}

/// Every node, and how far the documents have come.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// This node first.
    pub list: Vec<Source>,
    /// The number of the last change; compare with the index's progress.
    pub last_change: u64,
}

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
        SOURCES = "SELECT n.seq, n.node, n.handle, n.own, n.ods, n.name, n.base, n.contact, n.status, n.expires, p.state, p.stale, p.last_fresh,
                p.fault_code, (SELECT change_seq FROM heads) AS last_change
            FROM nodes n LEFT JOIN peers p ON p.node_seq = n.seq WHERE n.own OR p.node_seq IS NOT NULL ORDER BY n.seq";
        NEXT_NODE_SEQ = "SELECT COALESCE(MAX(seq), 1) + 1 FROM nodes";
        INSERT_NODE = "INSERT INTO nodes (seq, node, handle, own, ods, name, base, contact, status, version, epoch, added_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', 0, 0, $9) ON CONFLICT DO NOTHING";
        RESET = "UPDATE nodes SET handle = 'removed-' || CAST(seq AS TEXT), version = 0, epoch = 0, expires = NULL, contact = NULL,
            successor = NULL, status = 'active' WHERE seq = $1";
        RENAME = "UPDATE nodes SET handle = $2 WHERE seq = $1";
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
struct SourceRow {
    seq: i64,
    node: String,
    handle: String,
    own: bool,
    ods: Option<String>,
    name: String,
    base: String,
    contact: Option<String>,
    status: String,
    expires: Option<i64>,
    state: Option<String>,
    stale: Option<bool>,
    last_fresh: Option<i64>,
    fault_code: Option<String>,
    last_change: i64,
}

impl SourceRow {
    fn read(self) -> Result<Source, StoreError> {
        Ok(Source {
            node_seq: self.seq,
            node: node_id(&self.node)?,
            handle: self.handle,
            own: self.own,
            ods: self.ods,
            name: self.name,
            base: self.base,
            contact: self.contact,
            left: self.status == "left",
            expires: self.expires.map(Timestamp::from_millis),
            state: self.state.as_deref().map(PeerState::read).transpose()?,
            stale: self.stale.unwrap_or(false),
            last_fresh: self.last_fresh.map(Timestamp::from_millis),
            fault: self.fault_code.as_deref().and_then(FaultCode::parse),
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
        node_documents::accept(&mut db, OWN, record, now).await?;
        crate::log::ensure(&mut db, OWN, 0, "").await?;
        db.commit().await
    }

    /// Returns this node, once it has an identity.
    pub async fn own_node(&self) -> Result<Option<Node>, StoreError> {
        self.node_by_seq(OWN).await
    }

    /// Returns all nodes, this one first.
    pub async fn nodes(&self) -> Result<Vec<Node>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<NodeRow>(sql::NODES, values![])
            .await?;
        rows.into_iter().map(NodeRow::read).collect()
    }

    /// Returns all nodes as the provenance of their documents shows them, this one first. One small query, for every
    /// page.
    pub async fn sources(&self) -> Result<Sources, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<SourceRow>(sql::SOURCES, values![])
            .await?;
        Ok(Sources {
            last_change: rows.first().map_or(0, |row| unsigned(row.last_change)),
            list: rows
                .into_iter()
                .map(SourceRow::read)
                .collect::<Result<_, _>>()?,
        })
    }

    /// Returns a node by its number.
    pub async fn node_by_seq(&self, seq: i64) -> Result<Option<Node>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<NodeRow>(sql::NODE_BY_SEQ, values![seq])
            .await?;
        row.map(NodeRow::read).transpose()
    }

    /// Returns a node by its identity.
    pub async fn node(&self, node: &NodeId) -> Result<Option<Node>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<NodeRow>(sql::NODE_BY_ID, values![node])
            .await?;
        row.map(NodeRow::read).transpose()
    }

    /// Returns a node by its short local name.
    pub async fn node_by_handle(&self, handle: &str) -> Result<Option<Node>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<NodeRow>(sql::NODE_BY_HANDLE, values![handle])
            .await?;
        row.map(NodeRow::read).transpose()
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
    node_documents::forget(db, node_seq).await?;
    db.run(sql::RESET, values![node_seq]).await?;
    Ok(())
}

/// Returns a node by its number, inside a transaction.
pub(crate) async fn node(db: &mut Db, node_seq: i64) -> Result<Node, StoreError> {
    db.one::<NodeRow>(sql::NODE_BY_SEQ, values![node_seq])
        .await?
        .read()
}
