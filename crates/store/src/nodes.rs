//! This node and the nodes it follows: who they are.

use async_recursion::async_recursion as boxed;
use ledger::FaultCode;
use wire::{NodeId, Timestamp};

use crate::{
    PeerState, StoreError, changes,
    engine::{Db, Store, values},
    record::records,
};

records! {
    /// A node whose documents are held here, as their provenance shows it: this node, or one that it follows.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Publisher from PublisherRow {
        /// Number of the node in this database.
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
        /// The name that was shown before, if it was renamed.
        pub former_name: Option<String>,
        /// Base address of its feed: the one that is polled, whatever its node document states.
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

    /// A publisher, with the number of the last change.
    struct PublisherNow from PublisherNowRow with publisher: Publisher {
        pub last_change: u64,
    }
}

/// Every publisher, and how far the documents have come.
#[derive(Debug, Clone, Default)]
pub struct Publishers {
    /// This node first.
    pub list: Vec<Publisher>,
    /// The number of the last change; compare with the index's progress.
    pub last_change: u64,
}

/// The `node_seq` of this node itself.
pub const OWN: i64 = 1;

records! {
    /// A node, as it is shown here.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Node from NodeRow {
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
        /// Base address of its feed: the one that is polled, whatever its node document states.
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
}

mod sql {
    use crate::engine::statements;

    macro_rules! select_nodes {
        () => {
            "SELECT seq, node, handle, own, ods, name, base, contact, status = 'left' AS \"left\", successor, version, epoch,
                expires, added_at FROM nodes "
        };
    }

    statements! {
        NODES = concat!(select_nodes!(), "WHERE own OR EXISTS (SELECT 1 FROM peers WHERE node_seq = nodes.seq) ORDER BY seq");
        NODE_BY_SEQ = concat!(select_nodes!(), "WHERE seq = $1");
        NODE_BY_ID = concat!(select_nodes!(), "WHERE node = $1");
        NODE_BY_HANDLE = concat!(select_nodes!(), "WHERE handle = $1");
        PUBLISHERS = "SELECT n.seq AS node_seq, n.node, n.handle, n.own, n.ods, n.name, n.former_name, n.base, n.contact, n.status = 'left' AS \"left\",
                n.expires, p.state, COALESCE(p.stale, FALSE) AS stale, p.last_fresh, p.fault_code AS fault,
                (SELECT change_seq FROM heads) AS last_change
            FROM nodes n LEFT JOIN peers p ON p.node_seq = n.seq WHERE n.own OR p.node_seq IS NOT NULL ORDER BY n.seq";
        NEXT_NODE_SEQ = "SELECT COALESCE(MAX(seq), 1) + 1 FROM nodes";
        INSERT_NODE = "INSERT INTO nodes (seq, node, handle, own, ods, name, base, contact, status, version, epoch, added_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', 0, 0, $9) ON CONFLICT DO NOTHING";
        RESET = "UPDATE nodes SET handle = 'removed-' || CAST(seq AS TEXT), version = 0, epoch = 0, expires = NULL, contact = NULL,
            stated_name = NULL, stated_ods = NULL, stated_base = NULL, stated_contact = NULL, successor = NULL, former_name = NULL, status = 'active' WHERE seq = $1";
        RENAME = "UPDATE nodes SET handle = $2 WHERE seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

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
    /// Returns this node, once it has an identity.
    #[boxed]
    pub async fn own_node(&self) -> Result<Option<Node>, StoreError> {
        self.node_by_seq(OWN).await
    }

    /// Returns all nodes, this one first.
    #[boxed]
    pub async fn nodes(&self) -> Result<Vec<Node>, StoreError> {
        self.read().await?.records(sql::NODES, values![]).await
    }

    /// Returns every node whose documents are held, this one first. One small query, for every page.
    #[boxed]
    pub async fn publishers(&self) -> Result<Publishers, StoreError> {
        let found: Vec<PublisherNow> = self
            .read()
            .await?
            .records(sql::PUBLISHERS, values![])
            .await?;
        Ok(Publishers {
            last_change: found.first().map_or(0, |first| first.last_change),
            list: found.into_iter().map(|now| now.publisher).collect(),
        })
    }

    /// Returns a node by its number.
    #[boxed]
    pub async fn node_by_seq(&self, seq: i64) -> Result<Option<Node>, StoreError> {
        self.read()
            .await?
            .record(sql::NODE_BY_SEQ, values![seq])
            .await
    }

    /// Returns a node by its identity.
    #[boxed]
    pub async fn node(&self, node: &NodeId) -> Result<Option<Node>, StoreError> {
        self.read()
            .await?
            .record(sql::NODE_BY_ID, values![node])
            .await
    }

    /// Gives a node another short local name.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when another node has it.
    #[boxed]
    pub async fn rename_node(&self, node_seq: i64, handle: &str) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let taken = find_handle(&mut db, handle).await?;
        if taken.is_some_and(|other| other != node_seq) {
            return Err(StoreError::Duplicate(handle.to_owned()));
        }
        db.run(sql::RENAME, values![node_seq, handle]).await?;
        changes::touch_node(&mut db, node_seq).await?;
        Ok(db.commit().await?)
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

/// Returns this node and every peer, inside a transaction.
pub(crate) async fn followed(db: &mut Db) -> Result<Vec<Node>, StoreError> {
    db.records(sql::NODES, values![]).await
}

/// Returns the number of a node that is known.
pub(crate) async fn find(db: &mut Db, node: &NodeId) -> Result<Option<i64>, StoreError> {
    let found: Option<Node> = db.record(sql::NODE_BY_ID, values![node]).await?;
    Ok(found.map(|found| found.seq))
}

/// Returns the number of the node that has a handle.
pub(crate) async fn find_handle(db: &mut Db, handle: &str) -> Result<Option<i64>, StoreError> {
    let found: Option<Node> = db.record(sql::NODE_BY_HANDLE, values![handle]).await?;
    Ok(found.map(|found| found.seq))
}

/// Returns the number for the next node.
pub(crate) async fn next_seq(db: &mut Db) -> Result<i64, StoreError> {
    Ok(db.one::<(i64,)>(sql::NEXT_NODE_SEQ, values![]).await?.0)
}

/// Forgets what a node said of itself, once nothing else refers to it.
pub(crate) async fn forget(db: &mut Db, node_seq: i64) -> Result<(), StoreError> {
    db.run(sql::RESET, values![node_seq]).await?;
    Ok(())
}

/// Returns a node by its number, inside a transaction.
pub(crate) async fn node(db: &mut Db, node_seq: i64) -> Result<Node, StoreError> {
    db.record(sql::NODE_BY_SEQ, values![node_seq])
        .await?
        .ok_or(StoreError::Other(sqlx::Error::RowNotFound))
}
