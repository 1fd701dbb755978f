//! Peers as the operator configures and sees them. All that is known of polling one is columns of its row.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use ledger::{FaultCode, Stated};
use wire::{NodeId, Timestamp};

use crate::{
    StoreError, changes,
    engine::{Db, Store, values},
    log, node_documents, nodes, organisations,
    peer_state::PeerState,
    record::{Column, parsed, records},
    texts,
};

impl Column for FaultCode {
    type Stored = String;

    fn read(text: String) -> Result<Self, StoreError> {
        parsed(Self::parse(&text), "fault code", &text)
    }
}

/// A peer as the operator configures it. The node id is the pin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPeer {
    /// Its identity.
    pub node: NodeId,
    /// Its short local name.
    pub handle: String,
    /// Address to poll.
    pub base: String,
    /// Its name until its node document is held; not shown if another node is called that.
    pub name: String,
    /// Its ODS code until its node document is held; not shown if another node has it.
    pub ods: Option<String>,
    /// Address ranges that it may lie in, though they are not public; separated by commas.
    pub allow_cidr: String,
    /// Its own interval between polls.
    pub interval: Option<Duration>,
}

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
                n.stated_contact, p.base, p.state, p.allow_cidr,
                p.interval_secs, p.agreed_size, p.failures, p.next_due, p.last_contact, p.last_fresh, p.stale, p.fault_code,
                p.fault_text, p.fault_since, p.node_etag, p.checkpoint_etag, n.added_at,
                COALESCE((SELECT l.size FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch), 0) AS size,
                (SELECT l.timestamp FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch) AS checkpoint_at,
                (SELECT COUNT(*) FROM quarantine q JOIN logs l ON l.seq = q.log_seq WHERE l.node_seq = p.node_seq)
                    + (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state IN ('unavailable', 'quarantined')
                        AND d.state = 'quarantined') AS quarantined,
                (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state IN ('unavailable', 'quarantined')
                    AND d.state = 'unavailable') AS unavailable
            FROM peers p JOIN nodes n ON n.seq = p.node_seq "
        };
    }

    statements! {
        INSERT = "INSERT INTO peers (node_seq, base, state, allow_cidr, interval_secs, failures, next_due, claimed_at, stale)
            VALUES ($1, $2, 'new', $3, $4, 0, $5, $5, FALSE)";
        REVIVE = "UPDATE nodes SET handle = $2, base = $3 WHERE seq = $1";
        PEERS = concat!(select_peers!(), "ORDER BY n.name, p.node_seq");
        PEER = concat!(select_peers!(), "WHERE p.node_seq = $1");
        FIND = "SELECT p.node_seq FROM peers p JOIN nodes n ON n.seq = p.node_seq WHERE n.node = $1 OR n.handle = $1";
        SET_STATE = "UPDATE peers SET state = $2, next_due = $3, fault_code = CASE WHEN $4 THEN NULL ELSE fault_code END,
                fault_text = CASE WHEN $4 THEN NULL ELSE fault_text END,
                fault_since = CASE WHEN $4 THEN NULL ELSE fault_since END WHERE node_seq = $1";
        AGREE = "UPDATE peers SET agreed_size = $2 WHERE node_seq = $1";
        DELETE = "DELETE FROM peers WHERE node_seq = $1";
        BASES = "SELECT n.node, p.base, p.allow_cidr FROM peers p JOIN nodes n ON n.seq = p.node_seq
            WHERE p.state IN ('new', 'active') ORDER BY p.node_seq";
        ERASE_DOCUMENTS = "UPDATE documents SET state = 'removed', log_seq = NULL, leaf_index = NULL, digest = NULL, len = NULL,
                text_seq = NULL, kind = NULL, visibility = NULL, lang = NULL, licence = NULL, published = NULL, updated = NULL,
                reviewed = NULL, review_by = NULL, sort_at = NULL, why = NULL, fault = NULL, next_try = NULL
            WHERE node_seq = $1";
        ERASE_REFERENCES = "DELETE FROM document_references WHERE node_seq = $1";
        ERASE_ATTACHMENTS = "DELETE FROM attachments WHERE node_seq = $1";
        IS_PEER = "SELECT node_seq FROM peers WHERE node_seq = $1";
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

    /// An address to nudge.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PeerBase from PeerBaseRow {
        /// The peer's identity.
        pub node: NodeId,
        /// Address to poll.
        pub base: String,
        /// Address ranges that it may lie in.
        pub allow_cidr: String,
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

impl Store {
    /// Adds a peer; it is due at once. A peer that was removed before keeps its number.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the node is a peer already (or is this node), or the handle is taken.
    #[boxed]
    pub async fn add_peer(&self, new: &NewPeer, now: Timestamp) -> Result<Peer, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let known = nodes::find(&mut db, &new.node).await?;
        let taken = nodes::find_handle(&mut db, &new.handle).await?;
        if taken.is_some_and(|other| Some(other) != known) {
            return Err(StoreError::Duplicate(new.handle.clone()));
        }
        let node_seq = match known {
            Some(node_seq) => {
                let peer = db.row::<(i64,)>(sql::IS_PEER, values![node_seq]).await?;
                if node_seq == nodes::OWN || peer.is_some() {
                    return Err(StoreError::Duplicate(new.node.to_string()));
                }
                db.run(
                    sql::REVIVE,
                    values![node_seq, new.handle.as_str(), new.base.as_str()],
                )
                .await?;
                node_seq
            }
            None => {
                let seq = nodes::next_seq(&mut db).await?;
                let claimed = Stated::new(&new.name, new.ods.as_deref(), &new.base, "");
                let unique = organisations::unique(&mut db, seq, &claimed).await?;
                let node = nodes::NewNode {
                    seq,
                    node: &new.node,
                    handle: &new.handle,
                    ods: unique.ods.as_deref(),
                    name: unique.name.as_deref().unwrap_or(&new.handle),
                    base: &new.base,
                    now,
                };
                nodes::insert(&mut db, &node).await?;
                seq
            }
        };
        let interval = new.interval.map(|interval| interval.as_secs());
        let values = values![
            node_seq,
            new.base.as_str(),
            new.allow_cidr.as_str(),
            interval,
            now
        ];
        db.run(sql::INSERT, values).await?;
        let added = peer(&mut db, node_seq).await?;
        db.commit().await?;
        Ok(added)
    }

    /// Returns all peers, by name.
    #[boxed]
    pub async fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        let peers: Vec<Stored> = self.read().await?.records(sql::PEERS, values![]).await?;
        Ok(peers.into_iter().map(Peer::from).collect())
    }

    /// Returns a peer by its handle or its node id.
    #[boxed]
    pub async fn peer(&self, handle_or_node: &str) -> Result<Option<Peer>, StoreError> {
        let mut db = self.read().await?;
        let Some((node_seq,)) = db.row::<(i64,)>(sql::FIND, values![handle_or_node]).await? else {
            return Ok(None);
        };
        let peer: Option<Stored> = db.record(sql::PEER, values![node_seq]).await?;
        Ok(peer.map(Peer::from))
    }

    /// Returns every address to nudge, with the ranges that it may lie in.
    #[boxed]
    pub async fn peer_bases(&self) -> Result<Vec<PeerBase>, StoreError> {
        self.read().await?.records(sql::BASES, values![]).await
    }

    /// Notes up to which size the operator has agreed to take a peer's log at first contact.
    #[boxed]
    pub async fn agree_to_size(&self, node_seq: i64, size: u64) -> Result<(), StoreError> {
        let mut db = self.write_alone().await?;
        db.run(sql::AGREE, values![node_seq, size]).await?;
        Ok(())
    }

    /// Stops polling a peer until [`Store::resume_peer`].
    #[boxed]
    pub async fn pause_peer(&self, node_seq: i64, now: Timestamp) -> Result<(), StoreError> {
        self.set_state(node_seq, PeerState::Paused, false, now)
            .await
    }

    /// Polls a paused or halted peer again, at once; its fault is cleared.
    #[boxed]
    pub async fn resume_peer(&self, node_seq: i64, now: Timestamp) -> Result<(), StoreError> {
        self.set_state(node_seq, PeerState::Active, true, now).await
    }

    async fn set_state(
        &self,
        node_seq: i64,
        state: PeerState,
        clear: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(
            sql::SET_STATE,
            values![node_seq, state.as_str(), now, clear],
        )
        .await?;
        db.commit().await
    }

    /// Removes a peer with all that it said. Its documents' rows keep the id and nothing else, so that every index
    /// drops them; [`Store::erase`] then clears the files.
    #[boxed]
    pub async fn remove_peer(&self, node_seq: i64) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        if db.run(sql::DELETE, values![node_seq]).await? == 0 {
            return Ok(());
        }
        changes::touch_node(&mut db, node_seq).await?;
        texts::erase_node(&mut db, node_seq).await?;
        db.run(sql::ERASE_REFERENCES, values![node_seq]).await?;
        db.run(sql::ERASE_ATTACHMENTS, values![node_seq]).await?;
        db.run(sql::ERASE_DOCUMENTS, values![node_seq]).await?;
        log::forget(&mut db, node_seq).await?;
        node_documents::forget(&mut db, node_seq).await?;
        nodes::forget(&mut db, node_seq).await?;
        db.commit().await
    }
}

/// Returns a peer by its number, inside a transaction.
pub(crate) async fn peer(db: &mut Db, node_seq: i64) -> Result<Peer, StoreError> {
    let peer: Option<Stored> = db.record(sql::PEER, values![node_seq]).await?;
    peer.map(Peer::from)
        .ok_or(StoreError::Other(sqlx::Error::RowNotFound))
}
