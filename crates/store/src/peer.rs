//! A peer as it is stored: its row, with its node and its log.

use std::time::Duration;

use ::audit::{Act, By, Entry, Object};
use async_recursion::async_recursion as boxed;
use ledger::{FaultCode, Stated};
use wire::{NodeId, Timestamp};

use crate::{
    StoreError, audit,
    engine::{Db, values},
    peer_state::PeerState,
    record::{Column as _, records},
};

/// A fault that a peer has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFault {
    /// Its code.
    pub code: FaultCode,
    /// What was found.
    pub text: String,
    /// Since when.
    pub since: Timestamp,
}

/// The node that a peer which has left names to carry on its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Its identity.
    pub node: NodeId,
    /// Its short name and the name of its organisation, if it is followed here or is this node.
    pub known: Option<(String, String)>,
}

/// A peer with all that is known of polling it.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The node's number.
    pub node_seq: i64,
    /// Its identity.
    pub node: NodeId,
    /// Its short local name.
    pub handle: String,
    /// ODS code of its organisation.
    pub ods: Option<String>,
    /// Name of its organisation.
    pub name: String,
    /// Epoch of its current log; 0 before its node document is held.
    pub epoch: u64,
    /// Version of the node document held; 0 when none is.
    pub version: u64,
    /// Address to poll.
    pub base: String,
    /// How to reach its operator.
    pub contact: Option<String>,
    /// What its node document states, while some of it differs from what is shown and waits for the operator.
    pub stated: Option<Stated>,
    /// What the stated name or code resembles: filled by [`Store::compare_stated`](crate::Store::compare_stated) alone.
    pub resembles: Option<String>,
    /// Who carries on its work, if it has left and says so.
    pub successor: Option<Successor>,
    /// Whether and how it is polled.
    pub state: PeerState,
    /// Address ranges that it may lie in.
    pub allow_cidr: String,
    /// Its own interval between polls.
    pub interval: Option<Duration>,
    /// Size up to which the operator has agreed to take its log at first contact.
    pub agreed_size: Option<u64>,
    /// Failed polls in a row.
    pub failures: u32,
    /// When it is polled next.
    pub next_due: Timestamp,
    /// When it last answered.
    pub last_contact: Option<Timestamp>,
    /// When its log was last known to be current.
    pub last_fresh: Option<Timestamp>,
    /// Whether its checkpoint or node document is older than it should be.
    pub stale: bool,
    /// Its fault.
    pub fault: Option<StoredFault>,
    /// ETag of the node document held.
    pub node_etag: Option<String>,
    /// ETag of the checkpoint held.
    pub checkpoint_etag: Option<String>,
    /// Entries applied of its current log.
    pub size: u64,
    /// The time that its held checkpoint states.
    pub checkpoint_at: Option<Timestamp>,
    /// Leaves and documents of it that are quarantined.
    pub quarantined: u64,
    /// Documents of it whose bodies could not be had.
    pub unavailable: u64,
    /// When it was configured.
    pub added_at: Timestamp,
}

mod sql {
    use crate::engine::statements;

    macro_rules! select_peers {
        () => {
            "SELECT p.node_seq, n.node, n.handle, n.ods, n.name, n.contact, n.epoch, n.version, n.stated_name, n.stated_ods, n.stated_base,
                n.stated_contact, n.successor, s.handle AS successor_handle, s.name AS successor_name, p.base, p.state, p.allow_cidr,
                p.interval_secs, p.agreed_size, p.failures, p.next_due, p.last_contact, p.last_fresh, p.stale, p.fault_code,
                p.fault_text, p.fault_since, p.node_etag, p.checkpoint_etag, n.added_at,
                COALESCE((SELECT l.size FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch), 0) AS size,
                (SELECT l.timestamp FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch) AS checkpoint_at,
                (SELECT COUNT(*) FROM quarantine q JOIN logs l ON l.seq = q.log_seq WHERE l.node_seq = p.node_seq)
                    + (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state IN ('unavailable', 'quarantined')
                        AND d.state = 'quarantined') AS quarantined,
                (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state IN ('unavailable', 'quarantined')
                    AND d.state = 'unavailable') AS unavailable
            FROM peers p JOIN nodes n ON n.seq = p.node_seq
            LEFT JOIN nodes s ON s.node = n.successor AND (s.own OR EXISTS (SELECT 1 FROM peers f WHERE f.node_seq = s.seq)) "
        };
    }

    statements! {
        PEERS = concat!(select_peers!(), "ORDER BY n.name, p.node_seq");
        NODE_ID = "SELECT node FROM nodes WHERE seq = $1";
        PEER = concat!(select_peers!(), "WHERE p.node_seq = $1");
    }
}
pub(crate) use sql::ALL as STATEMENTS;

records! {
    /// A peer's row, with its node and its log.
    struct Stored from StoredRow {
        pub node_seq: i64,
        pub node: NodeId,
        pub handle: String,
        pub ods: Option<String>,
        pub name: String,
        pub epoch: u64,
        pub version: u64,
        pub contact: Option<String>,
        pub stated_name: Option<String>,
        pub stated_ods: Option<String>,
        pub stated_base: Option<String>,
        pub stated_contact: Option<String>,
        pub successor: Option<NodeId>,
        pub successor_handle: Option<String>,
        pub successor_name: Option<String>,
        pub base: String,
        pub state: PeerState,
        pub allow_cidr: String,
        pub interval_secs: Option<u64>,
        pub agreed_size: Option<u64>,
        pub failures: u32,
        pub next_due: Timestamp,
        pub last_contact: Option<Timestamp>,
        pub last_fresh: Option<Timestamp>,
        pub stale: bool,
        pub fault_code: Option<FaultCode>,
        pub fault_text: Option<String>,
        pub fault_since: Option<Timestamp>,
        pub node_etag: Option<String>,
        pub checkpoint_etag: Option<String>,
        pub added_at: Timestamp,
        pub size: u64,
        pub checkpoint_at: Option<Timestamp>,
        pub quarantined: u64,
        pub unavailable: u64,
    }
}

impl From<Stored> for Peer {
    fn from(stored: Stored) -> Self {
        let fault = match (stored.fault_code, stored.fault_text, stored.fault_since) {
            (Some(code), Some(text), Some(since)) => Some(StoredFault { code, text, since }),
            _ => None,
        };
        let waiting = stored.stated_name.zip(stored.stated_base);
        let waiting = waiting.map(|(name, base)| Stated {
            name,
            ods: stored.stated_ods,
            base,
            contact: stored.stated_contact,
        });
        Self {
            node_seq: stored.node_seq,
            node: stored.node,
            handle: stored.handle,
            ods: stored.ods,
            name: stored.name,
            epoch: stored.epoch,
            version: stored.version,
            base: stored.base,
            contact: stored.contact,
            stated: waiting,
            resembles: None,
            successor: stored.successor.map(|node| Successor {
                node,
                known: stored.successor_handle.zip(stored.successor_name),
            }),
            state: stored.state,
            allow_cidr: stored.allow_cidr,
            interval: stored.interval_secs.map(Duration::from_secs),
            agreed_size: stored.agreed_size,
            failures: stored.failures,
            next_due: stored.next_due,
            last_contact: stored.last_contact,
            last_fresh: stored.last_fresh,
            stale: stored.stale,
            fault,
            node_etag: stored.node_etag,
            checkpoint_etag: stored.checkpoint_etag,
            size: stored.size,
            checkpoint_at: stored.checkpoint_at,
            quarantined: stored.quarantined,
            unavailable: stored.unavailable,
            added_at: stored.added_at,
        }
    }
}

/// Returns all peers, by name.
#[boxed]
pub(crate) async fn all(db: &mut Db) -> Result<Vec<Peer>, StoreError> {
    let peers: Vec<Stored> = db.records(sql::PEERS, values![]).await?;
    Ok(peers.into_iter().map(Peer::from).collect())
}

/// Returns a peer by its number, if there is one.
#[boxed]
pub(crate) async fn find(db: &mut Db, node_seq: i64) -> Result<Option<Peer>, StoreError> {
    let peer: Option<Stored> = db.record(sql::PEER, values![node_seq]).await?;
    Ok(peer.map(Peer::from))
}

/// Returns a peer by its number, inside a transaction.
#[boxed]
pub(crate) async fn peer(db: &mut Db, node_seq: i64) -> Result<Peer, StoreError> {
    let found = find(db, node_seq).await?;
    found.ok_or(StoreError::Other(sqlx::Error::RowNotFound))
}

/// Returns what the audit says of an act on a peer.
pub(crate) fn act_on(node: &NodeId, by: &By, act: Act, now: Timestamp) -> Entry {
    Entry::new(by, act, Object::Node(node.to_string()), now)
}

/// Records an act on a peer in the audit.
pub(crate) async fn record(
    db: &mut Db,
    node_seq: i64,
    by: &By,
    act: Act,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (node,) = db.one::<(String,)>(sql::NODE_ID, values![node_seq]).await?;
    let entry = act_on(&NodeId::read(node)?, by, act, now).with_detail(detail);
    audit::append(db, &[entry]).await
}
