//! Peers: how each is polled, and what came of it. All of it is columns, so that a restart loses nothing.
//!
//! A poll holds a lease. Whatever it writes is checked against the lease, so that a poll which took too long cannot
//! undo what the next one found.

use std::time::Duration;

use ledger::{FaultCode, PeerFault};
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

    fn read(text: &str) -> Result<Self, StoreError> {
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
    /// Leaves and documents of it that are quarantined.
    pub quarantined: u64,
    /// Documents of it whose bodies could not be had.
    pub unavailable: u64,
    /// When it was configured.
    pub added_at: Timestamp,
}

/// The right to poll one peer for a while.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The peer as it was when it was claimed.
    pub peer: Peer,
    /// Who polls.
    pub holder: String,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// Until when nobody else may poll it.
    pub until: Timestamp,
}

/// How a poll ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollSuccess {
    /// When it is to be polled next; a nudge that came during the poll makes it now.
    pub next_due: Timestamp,
    /// Time of the freshest checkpoint seen, when it was fresh.
    pub fresh: Option<Timestamp>,
    /// Whether it is flagged as stale.
    pub stale: bool,
    /// ETag of the node document held.
    pub node_etag: Option<String>,
    /// ETag of the checkpoint held.
    pub checkpoint_etag: Option<String>,
}

/// A nudge brings a poll forward at most once in this time.
pub const NUDGE_EVERY: Duration = Duration::from_secs(30);

mod sql {
    use crate::engine::statements;

    statements! {
        INSERT = "INSERT INTO peers (node_seq, base, state, allow_cidr, interval_secs, failures, next_due, stale)
            VALUES ($1, $2, 'new', $3, $4, 0, $5, FALSE)";
        REVIVE = "UPDATE nodes SET handle = $2, base = $3 WHERE seq = $1";
        PEERS = "SELECT p.node_seq, n.node, n.handle, n.ods, n.name, n.epoch, n.version, p.base, p.state, p.allow_cidr,
                p.interval_secs, p.agreed_size, p.failures, p.next_due, p.last_contact, p.last_fresh, p.stale, p.fault_code,
                p.fault_text, p.fault_since, p.node_etag, p.checkpoint_etag, n.added_at,
                COALESCE((SELECT l.size FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch), 0) AS size,
                (SELECT COUNT(*) FROM quarantine q JOIN logs l ON l.seq = q.log_seq WHERE l.node_seq = p.node_seq)
                    + (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state = 'quarantined') AS quarantined,
                (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state = 'unavailable') AS unavailable
            FROM peers p JOIN nodes n ON n.seq = p.node_seq ORDER BY n.name, p.node_seq";
        PEER = "SELECT p.node_seq, n.node, n.handle, n.ods, n.name, n.epoch, n.version, p.base, p.state, p.allow_cidr,
                p.interval_secs, p.agreed_size, p.failures, p.next_due, p.last_contact, p.last_fresh, p.stale, p.fault_code,
                p.fault_text, p.fault_since, p.node_etag, p.checkpoint_etag, n.added_at,
                COALESCE((SELECT l.size FROM logs l WHERE l.node_seq = p.node_seq AND l.epoch = n.epoch), 0) AS size,
                (SELECT COUNT(*) FROM quarantine q JOIN logs l ON l.seq = q.log_seq WHERE l.node_seq = p.node_seq)
                    + (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state = 'quarantined') AS quarantined,
                (SELECT COUNT(*) FROM documents d WHERE d.node_seq = p.node_seq AND d.state = 'unavailable') AS unavailable
            FROM peers p JOIN nodes n ON n.seq = p.node_seq WHERE p.node_seq = $1";
        FIND = "SELECT p.node_seq FROM peers p JOIN nodes n ON n.seq = p.node_seq WHERE n.node = $1 OR n.handle = $1";
        SET_STATE = "UPDATE peers SET state = $2, next_due = $3, fault_code = CASE WHEN $4 THEN NULL ELSE fault_code END,
                fault_text = CASE WHEN $4 THEN NULL ELSE fault_text END,
                fault_since = CASE WHEN $4 THEN NULL ELSE fault_since END WHERE node_seq = $1";
        SETTLE = "UPDATE peers SET base = $2, allow_cidr = $3, interval_secs = $4, agreed_size = $5 WHERE node_seq = $1";
        DELETE = "DELETE FROM peers WHERE node_seq = $1";
        CLAIM_DUE = "UPDATE peers SET lease_holder = $2, lease_until = $3
            WHERE node_seq IN (SELECT node_seq FROM peers WHERE next_due <= $1 AND state IN ('new', 'active')
                    AND (lease_until IS NULL OR lease_until <= $1) ORDER BY next_due, node_seq LIMIT $4)
                AND (lease_until IS NULL OR lease_until <= $1) RETURNING node_seq";
        CLAIM = "UPDATE peers SET lease_holder = $3, lease_until = $4
            WHERE node_seq = $1 AND state IN ('new', 'active') AND (lease_until IS NULL OR lease_until <= $2) RETURNING node_seq";
        HOLD = "UPDATE peers SET lease_until = lease_until WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        CONTACT = "UPDATE peers SET last_contact = $4 WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        SUCCESS = "UPDATE peers SET lease_holder = NULL, lease_until = NULL, state = CASE WHEN state = 'new' THEN 'active' ELSE state END,
                failures = 0, last_contact = $4, last_fresh = COALESCE($5, last_fresh), stale = $6, fault_code = NULL,
                fault_text = NULL, fault_since = NULL, node_etag = $7, checkpoint_etag = $8,
                next_due = CASE WHEN nudged_at > $9 THEN CAST($4 AS BIGINT) ELSE CAST($10 AS BIGINT) END
            WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        FAULT = "UPDATE peers SET lease_holder = NULL, lease_until = NULL, failures = failures + 1,
                state = CASE WHEN $4 THEN 'halted' ELSE state END,
                fault_since = CASE WHEN fault_code = $5 THEN fault_since ELSE CAST($7 AS BIGINT) END,
                fault_code = $5, fault_text = $6, next_due = $8, node_etag = NULL, checkpoint_etag = NULL
            WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        RELEASE = "UPDATE peers SET lease_holder = NULL, lease_until = NULL, next_due = $4
            WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        NUDGE = "UPDATE peers SET next_due = CASE WHEN next_due > $2 THEN CAST($2 AS BIGINT) ELSE next_due END, nudged_at = $2
            WHERE node_seq = (SELECT seq FROM nodes WHERE node = $1) AND state IN ('new', 'active')
                AND (nudged_at IS NULL OR nudged_at <= $3)";
        HURRY = "UPDATE peers SET next_due = $2, nudged_at = $2 WHERE node_seq = $1 AND state IN ('new', 'active')";
        NEXT_DUE = "SELECT MIN(CASE WHEN lease_until IS NOT NULL AND lease_until > next_due THEN lease_until ELSE next_due END)
            FROM peers WHERE state IN ('new', 'active')";
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
        Ok(Peer {
            node_seq: self.node_seq,
            node: node_id(&self.node)?,
            handle: self.handle,
            ods: self.ods,
            name: self.name,
            epoch: unsigned(self.epoch),
            version: unsigned(self.version),
            base: self.base,
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
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<PeerRow>(sql::PEERS, values![])
            .await?;
        rows.into_iter().map(PeerRow::read).collect()
    }

    /// Returns a peer by its handle or its node id.
    ///
    /// # Errors
    /// Only those of the database itself.
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
    ///
    /// # Errors
    /// Only those of the database itself.
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

    /// Changes how a peer is polled.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn settle_peer(
        &self,
        node_seq: i64,
        base: &str,
        allow_cidr: &str,
        interval: Option<Duration>,
        agreed_size: Option<u64>,
    ) -> Result<(), StoreError> {
        let interval = interval.map(|interval| interval.as_secs());
        let mut db = self.write().await?;
        db.run(
            sql::SETTLE,
            values![node_seq, base, allow_cidr, interval, agreed_size],
        )
        .await?;
        db.commit().await
    }

    /// Stops polling a peer until [`Store::resume_peer`].
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn pause_peer(&self, node_seq: i64, now: Timestamp) -> Result<(), StoreError> {
        self.set_state(node_seq, PeerState::Paused, false, now)
            .await
    }

    /// Polls a paused or halted peer again, at once; its fault is cleared.
    ///
    /// # Errors
    /// Only those of the database itself.
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
    ///
    /// # Errors
    /// Only those of the database itself.
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

    /// Claims peers that are due, the longest waiting first. A claim is given exactly once.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn claim_due_peers(
        &self,
        now: Timestamp,
        holder: &str,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let until = now.plus(lease);
        let mut db = self.write().await?;
        let values = values![now, holder, until, i64::from(limit)];
        let claimed = db.rows::<(i64,)>(sql::CLAIM_DUE, values).await?;
        let mut claims = Vec::with_capacity(claimed.len());
        for (node_seq,) in claimed {
            claims.push(claim(&mut db, node_seq, holder, now, until).await?);
        }
        db.commit().await?;
        Ok(claims)
    }

    /// Claims one peer whether or not it is due; `None` when it is being polled, paused or halted.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn claim_peer(
        &self,
        node_seq: i64,
        now: Timestamp,
        holder: &str,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        let until = now.plus(lease);
        let mut db = self.write().await?;
        let values = values![node_seq, now, holder, until];
        let claimed = match db.row::<(i64,)>(sql::CLAIM, values).await? {
            Some((node_seq,)) => Some(claim(&mut db, node_seq, holder, now, until).await?),
            None => None,
        };
        db.commit().await?;
        Ok(claimed)
    }

    /// Returns when the next peer is due, for a ticker that would rather sleep.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let (due,) = self
            .read()
            .await?
            .one::<(Option<i64>,)>(sql::NEXT_DUE, values![])
            .await?;
        Ok(due.map(Timestamp::from_millis))
    }

    /// Brings a known peer's next poll forward, at most once in [`NUDGE_EVERY`]. Says whether it did.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn nudge(&self, node: &NodeId, now: Timestamp) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let touched = db
            .run(sql::NUDGE, values![node, now, now.minus(NUDGE_EVERY)])
            .await?;
        db.commit().await?;
        Ok(touched > 0)
    }

    /// Makes a peer due now: an operator's click, or a pull of it that came in.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn hurry_peer(&self, node_seq: i64, now: Timestamp) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::HURRY, values![node_seq, now]).await?;
        db.commit().await
    }

    /// Notes that a peer has answered, while its poll goes on.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    pub async fn record_contact(&self, claim: &Claim, now: Timestamp) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let (node_seq, holder, until) = lease(claim);
        let touched = db
            .run(sql::CONTACT, values![node_seq, holder, until, now])
            .await?;
        held(claim, touched)?;
        db.commit().await
    }

    /// Ends a poll that went well: no failures, no fault.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    pub async fn record_success(
        &self,
        claim: &Claim,
        success: &PollSuccess,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let (node_seq, holder, until) = lease(claim);
        let values = values![
            node_seq,
            holder,
            until,
            now,
            success.fresh,
            success.stale,
            success.node_etag.as_deref(),
            success.checkpoint_etag.as_deref(),
            claim.claimed_at,
            success.next_due
        ];
        held(claim, db.run(sql::SUCCESS, values).await?)?;
        db.commit().await
    }

    /// Ends a poll that found a fault. `equivocation` halts the peer; the ETags are dropped, so that the next poll
    /// reads everything anew.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    pub async fn record_fault(
        &self,
        claim: &Claim,
        fault: &PeerFault,
        next_due: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let (node_seq, holder, until) = lease(claim);
        let values = values![
            node_seq,
            holder,
            until,
            fault.code == FaultCode::Equivocation,
            fault.code.as_str(),
            fault.text.as_str(),
            now,
            next_due
        ];
        held(claim, db.run(sql::FAULT, values).await?)?;
        db.commit().await
    }

    /// Ends a poll that was cut or stopped without fault of the peer; it goes on at `next_due`.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    pub async fn release_claim(
        &self,
        claim: &Claim,
        next_due: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let (node_seq, holder, until) = lease(claim);
        held(
            claim,
            db.run(sql::RELEASE, values![node_seq, holder, until, next_due])
                .await?,
        )?;
        db.commit().await
    }
}

async fn claim(
    db: &mut Db,
    node_seq: i64,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Claim, StoreError> {
    let peer: PeerRow = db.one(sql::PEER, values![node_seq]).await?;
    Ok(Claim {
        peer: peer.read()?,
        holder: holder.to_owned(),
        claimed_at: now,
        until,
    })
}

/// Makes sure, inside a transaction, that a claim still holds.
pub(crate) async fn hold(db: &mut Db, claim: &Claim) -> Result<(), StoreError> {
    let (node_seq, holder, until) = lease(claim);
    held(
        claim,
        db.run(sql::HOLD, values![node_seq, holder, until]).await?,
    )
}

fn lease(claim: &Claim) -> (i64, &str, Timestamp) {
    (claim.peer.node_seq, &claim.holder, claim.until)
}

fn held(claim: &Claim, touched: u64) -> Result<(), StoreError> {
    if touched == 0 {
        Err(StoreError::LeaseLost(claim.peer.node.clone()))
    } else {
        Ok(())
    }
}
