//! Polls: who may poll which peer, and how a poll ended.
//!
//! A poll holds a lease. Whatever it writes is checked against the lease, so that a poll which took too long cannot
//! undo what the next one found.
//!
//! Clocks are set back, by a day too. What was calculated from the time before means nothing then: a peer that was claimed
//! later than now is due, and free to be claimed, without regard to the rest of its row.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use ledger::{FaultCode, PeerFault};
use wire::{NodeId, Timestamp};

use crate::{
    Peer, StoreError,
    engine::{Db, Store, values},
    peer,
};

/// The right to poll one peer for a while.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The peer as it was when it was claimed.
    pub peer: Peer,
    /// Who polls.
    pub holder: String,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// Until when no other process may poll it.
    pub until: Timestamp,
}

/// How a poll ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollSuccess {
    /// When it is polled next.
    pub next: NextPoll,
    /// Time of the freshest checkpoint seen, when it was fresh.
    pub fresh: Option<Timestamp>,
    /// Whether it is flagged as stale.
    pub stale: bool,
    /// ETag of the node document held.
    pub node_etag: Option<String>,
    /// ETag of the checkpoint held.
    pub checkpoint_etag: Option<String>,
}

/// When a peer is polled next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextPoll {
    /// When it is due.
    pub due: Timestamp,
    /// The earliest time to which a nudge can bring it forward.
    pub not_before: Timestamp,
}

impl NextPoll {
    /// Returns a poll that a nudge can bring forward to now.
    #[must_use]
    pub const fn at(due: Timestamp) -> Self {
        Self {
            due,
            not_before: Timestamp::from_millis(0),
        }
    }

    /// Returns when it is due after a nudge at `now`.
    fn nudged(self, now: Timestamp) -> Timestamp {
        self.due.min(self.not_before.max(now))
    }
}

/// A nudge brings a poll forward at most once in this time.
pub const NUDGE_EVERY: Duration = Duration::from_secs(30);

/// Whether a peer has answered its last poll. Those that have keep some polls to themselves, so that any number of others
/// that hang does not delay them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has.
    Answering,
    /// It has not, or was never polled.
    Unproven,
}

/// Of two that claim or nudge at once, the first to write may have read the clock last, and machines that share a
/// database differ a little. A time further ahead than this is from before the clock was set back.
const SET_BACK: Duration = Duration::from_secs(60);

mod sql {
    use crate::engine::statements;

    statements! {
        CLAIM_DUE = "UPDATE peers SET lease_holder = $2, lease_until = $3, claimed_at = $1
            WHERE node_seq IN (SELECT node_seq FROM peers WHERE state IN ('new', 'active')
                    AND (failures = 0 AND last_contact IS NOT NULL) = $6 AND (claimed_at > $5 OR (next_due <= $1 AND (lease_until IS NULL OR lease_until <= $1)))
                    ORDER BY next_due, node_seq LIMIT $4)
                AND (claimed_at > $5 OR lease_until IS NULL OR lease_until <= $1) RETURNING node_seq";
        CLAIM = "UPDATE peers SET lease_holder = $3, lease_until = $4, claimed_at = $2
            WHERE node_seq = $1 AND state IN ('new', 'active') AND (claimed_at > $5 OR lease_until IS NULL OR lease_until <= $2)
            RETURNING node_seq";
        HOLD = "UPDATE peers SET lease_until = lease_until WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        CONTACT = "UPDATE peers SET last_contact = $4 WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        SUCCESS = "UPDATE peers SET lease_holder = NULL, lease_until = NULL, state = CASE WHEN state = 'new' THEN 'active' ELSE state END,
                failures = 0, last_contact = $4, last_fresh = COALESCE($5, last_fresh), stale = $6, fault_code = NULL,
                fault_text = NULL, fault_since = NULL, node_etag = $7, checkpoint_etag = $8,
                next_due = CASE WHEN nudged_at > $9 AND nudged_at <= $11 THEN CAST($12 AS BIGINT) ELSE CAST($10 AS BIGINT) END,
                not_before = $13
            WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        FAULT = "UPDATE peers SET lease_holder = NULL, lease_until = NULL, failures = failures + 1,
                state = CASE WHEN $4 THEN 'halted' ELSE state END,
                fault_since = CASE WHEN fault_code = $5 THEN fault_since ELSE CAST($7 AS BIGINT) END,
                fault_code = $5, fault_text = $6,
                next_due = CASE WHEN nudged_at > $9 AND nudged_at <= $10 THEN CAST($11 AS BIGINT) ELSE CAST($8 AS BIGINT) END,
                not_before = $12, last_contact = COALESCE($13, last_contact), node_etag = NULL, checkpoint_etag = NULL
            WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        RELEASE = "UPDATE peers SET lease_holder = NULL, lease_until = NULL, next_due = $4, not_before = $5
            WHERE node_seq = $1 AND lease_holder = $2 AND lease_until = $3";
        RELEASE_ALL = "UPDATE peers SET lease_holder = NULL, lease_until = NULL, next_due = CASE WHEN next_due > $2 THEN CAST($2 AS BIGINT)
            ELSE next_due END WHERE lease_holder = $1";
        NUDGE = "UPDATE peers SET nudged_at = $2,
                next_due = CASE WHEN next_due <= $2 THEN next_due WHEN COALESCE(not_before, 0) <= $2 THEN CAST($2 AS BIGINT)
                    WHEN not_before < next_due THEN not_before ELSE next_due END
            WHERE node_seq = (SELECT seq FROM nodes WHERE node = $1) AND state IN ('new', 'active')
                AND (nudged_at IS NULL OR nudged_at <= $3 OR nudged_at > $4)";
        SPREAD = "UPDATE peers SET next_due = $1 + $2 * (SELECT COUNT(*) FROM peers earlier
                WHERE earlier.node_seq < peers.node_seq AND earlier.state IN ('new', 'active'))
            WHERE state IN ('new', 'active') AND COALESCE(not_before, 0) <= $1";
        NEXT_DUE = "SELECT MIN(CASE WHEN claimed_at > $2 THEN CAST($1 AS BIGINT)
                WHEN lease_until IS NOT NULL AND lease_until > next_due THEN lease_until ELSE next_due END)
            FROM peers WHERE state IN ('new', 'active')";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Claims peers of a standing that are due, the longest waiting first. A claim is given exactly once.
    #[boxed]
    pub async fn claim_due_peers(
        &self,
        standing: Standing,
        now: Timestamp,
        holder: &str,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let until = now.plus(lease);
        let mut db = self.write().await?;
        let values = values![
            now,
            holder,
            until,
            i64::from(limit),
            now.plus(SET_BACK),
            standing == Standing::Answering
        ];
        let claimed = db.rows::<(i64,)>(sql::CLAIM_DUE, values).await?;
        let mut claims = Vec::with_capacity(claimed.len());
        for (node_seq,) in claimed {
            claims.push(claim(&mut db, node_seq, holder, now, until).await?);
        }
        db.commit().await?;
        Ok(claims)
    }

    /// Claims one peer whether or not it is due; `None` when it is being polled, paused or halted.
    #[boxed]
    pub async fn claim_peer(
        &self,
        node_seq: i64,
        now: Timestamp,
        holder: &str,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        let until = now.plus(lease);
        let mut db = self.write_alone().await?;
        let values = values![node_seq, now, holder, until, now.plus(SET_BACK)];
        let claimed = match db.row::<(i64,)>(sql::CLAIM, values).await? {
            Some((node_seq,)) => Some(claim(&mut db, node_seq, holder, now, until).await?),
            None => None,
        };
        Ok(claimed)
    }

    /// Returns when the next peer is due, for a ticker that would rather sleep.
    #[boxed]
    pub async fn next_due(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let (due,) = self
            .read()
            .await?
            .one::<(Option<i64>,)>(sql::NEXT_DUE, values![now, now.plus(SET_BACK)])
            .await?;
        Ok(due.map(Timestamp::from_millis))
    }

    /// Brings a known peer's next poll forward, at most once in [`NUDGE_EVERY`], and to [`NextPoll::not_before`] at the
    /// earliest. Says whether it was recorded.
    #[boxed]
    pub async fn nudge(&self, node: &NodeId, now: Timestamp) -> Result<bool, StoreError> {
        let mut db = self.write_alone().await?;
        let before = now.minus(NUDGE_EVERY);
        let values = values![node, now, before, now.plus(SET_BACK)];
        Ok(db.run(sql::NUDGE, values).await? > 0)
    }

    /// Makes every peer due that is polled, one `step` after the other, whenever it was due before; those that have asked to be
    /// polled later stay as they are.
    #[boxed]
    pub async fn spread_polls(&self, from: Timestamp, step: Duration) -> Result<(), StoreError> {
        let step = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
        let mut db = self.write_alone().await?;
        db.run(sql::SPREAD, values![from, step]).await?;
        Ok(())
    }

    /// Records that a peer has answered, while its poll continues.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    #[boxed]
    pub async fn record_contact(&self, claim: &Claim, now: Timestamp) -> Result<(), StoreError> {
        let mut db = self.write_alone().await?;
        let (node_seq, holder, until) = lease(claim);
        let touched = db
            .run(sql::CONTACT, values![node_seq, holder, until, now])
            .await?;
        held(claim, touched)
    }

    /// Ends a poll that went well: no failures, no fault.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    #[boxed]
    pub async fn record_success(
        &self,
        claim: &Claim,
        success: &PollSuccess,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write_alone().await?;
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
            success.next.due,
            now.plus(SET_BACK),
            success.next.nudged(now),
            success.next.not_before
        ];
        held(claim, db.run(sql::SUCCESS, values).await?)
    }

    /// Ends a poll that found a fault, of a peer that has answered at `contacted_at`, if it has. `equivocation` halts the
    /// peer; the ETags are dropped, so that the next poll reads everything again. A nudge that came during this poll counts
    /// for the next one.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    #[boxed]
    pub async fn record_fault(
        &self,
        claim: &Claim,
        fault: &PeerFault,
        contacted_at: Option<Timestamp>,
        next: NextPoll,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write_alone().await?;
        let (node_seq, holder, until) = lease(claim);
        let values = values![
            node_seq,
            holder,
            until,
            fault.code == FaultCode::Equivocation,
            fault.code.as_str(),
            fault.text.as_str(),
            now,
            next.due,
            claim.claimed_at,
            now.plus(SET_BACK),
            next.nudged(now),
            next.not_before,
            contacted_at
        ];
        held(claim, db.run(sql::FAULT, values).await?)
    }

    /// Ends a poll that was cut or stopped without fault of the peer.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    #[boxed]
    pub async fn release_claim(&self, claim: &Claim, next: NextPoll) -> Result<(), StoreError> {
        let mut db = self.write_alone().await?;
        let (node_seq, holder, until) = lease(claim);
        let values = values![node_seq, holder, until, next.due, next.not_before];
        held(claim, db.run(sql::RELEASE, values).await?)
    }

    /// Releases every claim of a holder that has ended without doing so itself, such as a process that was killed: the
    /// peers are due at once. Returns how many there were.
    #[boxed]
    pub async fn release_claims(&self, holder: &str, now: Timestamp) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let released = db.run(sql::RELEASE_ALL, values![holder, now]).await?;
        db.commit().await?;
        Ok(released)
    }
}

async fn claim(
    db: &mut Db,
    node_seq: i64,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Claim, StoreError> {
    Ok(Claim {
        peer: peer::peer(db, node_seq).await?,
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
