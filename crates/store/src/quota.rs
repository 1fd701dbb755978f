//! What a peer takes up here, what it may still take up, and its withdrawals once it may take up no more.

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

/// Bytes that an entry takes on disk, about: its leaf, its hashes and the row of its document.
pub const ENTRY_BYTES: u64 = 1_000;
/// Bytes that a document takes on disk, about, apart from its entry and its body.
pub const DOCUMENT_BYTES: u64 = 1_000;
/// How often a body is on disk at most, about: as text in pages that are not full, and in the search index, which takes
/// four to five times a text in which no word occurs twice, and half of one that people write. While parts of the index are
/// merged, they are there twice: that came to 6.8 times such texts.
pub const BODY_TIMES: u64 = 7;
/// Withdrawals that are worked through at a time, as many as the entries of a stretch of a pull.
const STRETCH: usize = 4096;

records! {
    /// What a peer takes up here.
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

/// What a peer may take up in addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Documents.
    pub documents: u64,
    /// Bytes that they take on disk, about.
    pub bytes: u64,
}

/// What a pull adds to what a peer takes up; withdrawals make it less.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Added {
    pub(crate) documents: i64,
    pub(crate) body_bytes: i64,
}

impl Added {
    /// Counts a document that had a body of `before` bytes, if it was held, and has one of `after` bytes now.
    pub(crate) fn count(&mut self, before: Option<u64>, after: Option<u64>) {
        let signed =
            |bytes: Option<u64>| bytes.map_or(0, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        self.documents += i64::from(after.is_some()) - i64::from(before.is_some());
        self.body_bytes = self
            .body_bytes
            .saturating_add(signed(after) - signed(before));
    }

    /// Checks that there will be room for it after `rest` more entries, of which each may withdraw a document.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`].
    pub(crate) fn check_before(self, rest: u64, room: Room) -> Result<(), StoreError> {
        let least = i128::from(self.documents) - i128::from(rest);
        if least <= i128::from(room.documents) {
            return Ok(());
        }
        self.check(room)
    }

    /// Checks that there is room for it.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`].
    pub(crate) fn check(self, room: Room) -> Result<(), StoreError> {
        let documents = i128::from(self.documents);
        let bytes = i128::from(self.body_bytes) * i128::from(BODY_TIMES)
            + documents * i128::from(DOCUMENT_BYTES);
        let is_within = documents <= i128::from(room.documents) && bytes <= i128::from(room.bytes);
        // What makes the peer smaller is taken even when it is over its quota.
        if is_within || (documents <= 0 && bytes <= 0) {
            return Ok(());
        }
        Err(StoreError::NoRoom {
            documents: u64::try_from(documents).unwrap_or(0),
            bytes: u64::try_from(bytes).unwrap_or(0),
        })
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

    /// Returns what a peer takes up here. It reads all rows of the peer.
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
