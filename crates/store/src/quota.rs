//! What a peer uses here, what it may still use, and its withdrawals once it may use no more.

use std::collections::HashSet;

use async_recursion::async_recursion as boxed;
use ledger::{
    extend::Verified,
    leaf::{Entry, Leaf},
};
use wire::{DocumentId, Timestamp};

use crate::{
    Claim, StoreError, changes,
    engine::{Db, Store, unsigned, values},
    log, polls,
    record::records,
    taking::{PullOutcome, Taking},
};

/// Withdrawals that are worked through at a time, as many as the entries of a stretch of a pull.
const STRETCH: usize = 4096;

records! {
    /// What a peer uses here.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Usage from UsageRow {
        /// Documents that are live or whose bodies are still to come.
        pub documents: u64,
        /// Bytes of their bodies.
        pub bytes: u64,
        /// Entries of all its logs.
        pub entries: u64,
    }

    struct HeldId from HeldIdRow {
        pub id: DocumentId,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        USAGE = "SELECT COUNT(*) AS documents, COALESCE(CAST(SUM(len) AS BIGINT), 0) AS bytes,
                (SELECT COALESCE(CAST(SUM(size) AS BIGINT), 0) FROM logs WHERE node_seq = $1) AS entries
            FROM documents WHERE node_seq = $1 AND state IN ('live', 'pending', 'unavailable')";
        HELD_IDS = "SELECT id FROM documents WHERE node_seq = $1 AND state IN ('live', 'pending', 'unavailable', 'quarantined')";
        ENTRIES = "SELECT COALESCE(CAST(SUM(size) AS BIGINT), 0) FROM logs WHERE node_seq = $1";
        LAST_LOG = "SELECT MAX(seq) FROM logs WHERE node_seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns the number of entries of all logs of a peer.
    #[boxed]
    pub async fn entries(&self, node_seq: i64) -> Result<u64, StoreError> {
        let mut db = self.read().await?;
        let (entries,) = db.one::<(i64,)>(sql::ENTRIES, values![node_seq]).await?;
        Ok(unsigned(entries))
    }

    /// Returns what a peer uses here. It reads all rows of the peer.
    #[boxed]
    pub async fn usage(&self, node_seq: i64) -> Result<Usage, StoreError> {
        let mut db = self.read().await?;
        let usage = db.record(sql::USAGE, values![node_seq]).await?;
        usage.ok_or_else(|| StoreError::Corrupt("no count of documents".to_owned()))
    }

    /// Returns the ids of a peer's documents that a withdrawal would remove.
    #[boxed]
    pub async fn held_ids(&self, node_seq: i64) -> Result<HashSet<DocumentId>, StoreError> {
        let mut db = self.read().await?;
        let held: Vec<HeldId> = db.records(sql::HELD_IDS, values![node_seq]).await?;
        Ok(held.into_iter().map(|held| held.id).collect())
    }

    /// Applies withdrawals among the entries of a verified extension, and nothing else of it: the log stays as it is
    /// held, so that a later pull takes the whole extension.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over, [`StoreError::Stale`] when the log has moved on
    /// since the extension began.
    #[boxed]
    pub async fn record_withdrawals(
        &self,
        claim: &Claim,
        epoch: u64,
        verified: &Verified,
        withdrawals: Vec<(u64, Leaf)>,
        now: Timestamp,
    ) -> Result<PullOutcome, StoreError> {
        let node_seq = claim.peer.node_seq;
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        polls::hold(&mut db, claim).await?;
        let head = log::head(&mut db, node_seq, epoch).await?;
        let held = head.as_ref().map_or(0, |head| head.size);
        if held != verified.from() {
            let what = verified.checkpoint().origin.to_string();
            return Err(StoreError::Stale { what, held });
        }
        let log_seq = match head {
            Some(head) => head.seq,
            None => last_log(&mut db, node_seq).await?,
        };
        let mut taking = Taking::new(node_seq, log_seq, now);
        let mut rest = withdrawals.into_iter().peekable();
        while rest.peek().is_some() {
            let stretch = rest.by_ref().take(STRETCH);
            let leaves = stretch
                .map(|(index, leaf)| (index, Entry::Leaf(leaf)))
                .collect();
            taking.apply(&mut db, leaves).await?;
        }
        db.commit().await?;
        Ok(taking.outcome)
    }
}

/// Returns the newest log of a node: its documents came from one, and the present one may not have begun here.
async fn last_log(db: &mut Db, node_seq: i64) -> Result<i64, StoreError> {
    let (last,) = db
        .one::<(Option<i64>,)>(sql::LAST_LOG, values![node_seq])
        .await?;
    last.ok_or_else(|| StoreError::Corrupt("documents without a log".to_owned()))
}
