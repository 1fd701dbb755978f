//! Peers as the operator configures and sees them. All that is known of polling one is columns of its row.

use std::time::Duration;

use ledger::FaultCode;
use sqlx::FromRow;
use wire::{NodeId, Timestamp};

use crate::{
    StoreError, changes,
    engine::{Db, Store, node_id, unsigned, values},
    log, nodes, texts,
};

/// Whether and how a peer is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerState {
    /// Never polled with success.
    New,
    /// Polled.
    Active,
    /// Not polled, by the operator's wish.
    Paused,
    /// Not polled until an operator acts: it has shown two histories.
    Halted,
    /// It has left the exchange.
    Left,
}

impl PeerState {
    /// Returns the state as it is stored and shown in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Halted => "halted",
            Self::Left => "left",
        }
    }

    pub(crate) fn read(text: &str) -> Result<Self, StoreError> {
        [
            Self::New,
            Self::Active,
            Self::Paused,
            Self::Halted,
            Self::Left,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| StoreError::Damaged(format!("the peer state `{text}`")))
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
    /// Its name until its node document says it.
    pub name: String,
    /// ODS code until its node document says it.
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
    /// Address that its node document states and that is not polled: it broke a rule, or does not serve the same
    /// document. Version 1 only repeats what the operator gave.
    pub stated_base: Option<String>,
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
    /// When it is to be polled next.
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

    statements! {
        INSERT = "INSERT INTO peers (node_seq, base, state, allow_cidr, interval_secs, failures, next_due, claimed_at, stale)
            VALUES ($1, $2, 'new', $3, $4, 0, $5, $5, FALSE)";
        REVIVE = "UPDATE nodes SET handle = $2, base = $3 WHERE seq = $1";
        PEERS = "SELECT p.node_seq, n.node, n.handle, n.ods, n.name, n.epoch, n.version, n.base AS stated_base, p.base, p.state, p.allow_cidr,
                p.interval_secs, p.agreed_size, p.failures, p.next_due, p.last_contact, p.last_fresh, p.stale, p.fault_code,
                p.fault_text, p.fault_since, p.node_etag, p.checkpoint_etag, n.added_at,
                COALESCE((SELECT l.size FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch), 0) AS size,
                (SELECT l.timestamp FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch) AS checkpoint_at,
                (SELECT COUNT(*) FROM quarantine q JOIN logs l ON l.seq = q.log_seq WHERE l.node_seq = p.node_seq)
                    + (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state IN ('unavailable', 'quarantined')
                        AND d.state = 'quarantined') AS quarantined,
                (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state IN ('unavailable', 'quarantined')
                    AND d.state = 'unavailable') AS unavailable
            FROM peers p JOIN nodes n ON n.seq = p.node_seq ORDER BY n.name, p.node_seq";
        PEER = "SELECT p.node_seq, n.node, n.handle, n.ods, n.name, n.epoch, n.version, n.base AS stated_base, p.base, p.state, p.allow_cidr,
                p.interval_secs, p.agreed_size, p.failures, p.next_due, p.last_contact, p.last_fresh, p.stale, p.fault_code,
                p.fault_text, p.fault_since, p.node_etag, p.checkpoint_etag, n.added_at,
                COALESCE((SELECT l.size FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch), 0) AS size,
                (SELECT l.timestamp FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch) AS checkpoint_at,
                (SELECT COUNT(*) FROM quarantine q JOIN logs l ON l.seq = q.log_seq WHERE l.node_seq = p.node_seq)
                    + (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state IN ('unavailable', 'quarantined')
                        AND d.state = 'quarantined') AS quarantined,
                (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state IN ('unavailable', 'quarantined')
                    AND d.state = 'unavailable') AS unavailable
            FROM peers p JOIN nodes n ON n.seq = p.node_seq WHERE p.node_seq = $1";
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

#[derive(FromRow)]
struct PeerRow {
    node_seq: i64,
    node: String,
    handle: String,
    ods: Option<String>,
    name: String,
    epoch: i64,
    version: i64,
    stated_base: String,
    base: String,
    state: String,
    allow_cidr: String,
    interval_secs: Option<i64>,
    agreed_size: Option<i64>,
    failures: i64,
    next_due: i64,
    last_contact: Option<i64>,
    last_fresh: Option<i64>,
    stale: bool,
    fault_code: Option<String>,
    fault_text: Option<String>,
    fault_since: Option<i64>,
    node_etag: Option<String>,
    checkpoint_etag: Option<String>,
    added_at: i64,
    size: i64,
    checkpoint_at: Option<i64>,
    quarantined: i64,
    unavailable: i64,
}

impl PeerRow {
    fn read(self) -> Result<Peer, StoreError> {
        let fault = match (self.fault_code, self.fault_text, self.fault_since) {
            (Some(code), Some(text), Some(since)) => Some(StoredFault {
                code: FaultCode::parse(&code)
                    .ok_or_else(|| StoreError::Damaged(format!("the fault code `{code}`")))?,
                text,
                since: Timestamp::from_millis(since),
            }),
            _ => None,
        };
        let is_elsewhere = self.version > 1 && self.stated_base.trim_end_matches('/') != self.base;
        Ok(Peer {
            node_seq: self.node_seq,
            node: node_id(&self.node)?,
            handle: self.handle,
            ods: self.ods,
            name: self.name,
            epoch: unsigned(self.epoch),
            version: unsigned(self.version),
            base: self.base,
            stated_base: is_elsewhere.then_some(self.stated_base),
            state: PeerState::read(&self.state)?,
            allow_cidr: self.allow_cidr,
            interval: self
                .interval_secs
                .map(|secs| Duration::from_secs(unsigned(secs))),
            agreed_size: self.agreed_size.map(unsigned),
            failures: u32::try_from(self.failures).unwrap_or(u32::MAX),
            next_due: Timestamp::from_millis(self.next_due),
            last_contact: self.last_contact.map(Timestamp::from_millis),
            last_fresh: self.last_fresh.map(Timestamp::from_millis),
            stale: self.stale,
            fault,
            node_etag: self.node_etag,
            checkpoint_etag: self.checkpoint_etag,
            size: unsigned(self.size),
            checkpoint_at: self.checkpoint_at.map(Timestamp::from_millis),
            quarantined: unsigned(self.quarantined),
            unavailable: unsigned(self.unavailable),
            added_at: Timestamp::from_millis(self.added_at),
        })
    }
}

impl Store {
    /// Adds a peer; it is due at once. A peer that was removed before keeps its number.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the node is a peer already (or is this node), or the handle is taken.
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
                let node = nodes::NewNode {
                    seq,
                    node: &new.node,
                    handle: &new.handle,
                    ods: new.ods.as_deref(),
                    name: &new.name,
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
        let peer: PeerRow = db.one(sql::PEER, values![node_seq]).await?;
        db.commit().await?;
        peer.read()
    }

    /// Returns all peers, by name.
    pub async fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<PeerRow>(sql::PEERS, values![])
            .await?;
        rows.into_iter().map(PeerRow::read).collect()
    }

    /// Returns a peer by its handle or its node id.
    pub async fn peer(&self, handle_or_node: &str) -> Result<Option<Peer>, StoreError> {
        let mut db = self.read().await?;
        let Some((node_seq,)) = db.row::<(i64,)>(sql::FIND, values![handle_or_node]).await? else {
            return Ok(None);
        };
        db.row::<PeerRow>(sql::PEER, values![node_seq])
            .await?
            .map(PeerRow::read)
            .transpose()
    }

    /// Returns every address to nudge, with the ranges that it may lie in.
    pub async fn peer_bases(&self) -> Result<Vec<(NodeId, String, String)>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<(String, String, String)>(sql::BASES, values![])
            .await?;
        rows.into_iter()
            .map(|(node, base, allow)| Ok((node_id(&node)?, base, allow)))
            .collect()
    }

    /// Notes up to which size the operator has agreed to take a peer's log at first contact.
    pub async fn agree_to_size(&self, node_seq: i64, size: u64) -> Result<(), StoreError> {
        let mut db = self.write_alone().await?;
        db.run(sql::AGREE, values![node_seq, size]).await?;
        Ok(())
    }

    /// Stops polling a peer until [`Store::resume_peer`].
    pub async fn pause_peer(&self, node_seq: i64, now: Timestamp) -> Result<(), StoreError> {
        self.set_state(node_seq, PeerState::Paused, false, now)
            .await
    }

    /// Polls a paused or halted peer again, at once; its fault is cleared.
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
        nodes::forget(&mut db, node_seq).await?;
        db.commit().await
    }
}

/// Returns a peer by its number, inside a transaction.
pub(crate) async fn peer(db: &mut Db, node_seq: i64) -> Result<Peer, StoreError> {
    db.one::<PeerRow>(sql::PEER, values![node_seq])
        .await?
        .read()
}
