//! Logs as they are stored: bundles of 256 entries with their hashes, tiles above them, and the head.
//!
//! The same form serves this node's log and those of its peers. Appending one entry rewrites one row of at most 256
//! entries, at any size of the log. Nothing here decides whether an entry may be appended.

use async_recursion::async_recursion as boxed;
use ledger::{
    extend::Verified,
    tree::{Frontier, Hash},
};
use wire::{Digest, Timestamp};

pub(crate) use database::BUNDLE_ENTRIES;

use crate::{
    StoreError,
    engine::{Db, Store, values},
    record::records,
};

/// Bytes of a hash.
pub(crate) const HASH: usize = 32;

/// The head of a log, with what is needed to extend it.
#[derive(Debug, Clone)]
pub struct LogHead {
    /// Number of the log; `None` while nothing of it is stored.
    pub log_seq: Option<i64>,
    /// Epoch.
    pub epoch: u64,
    /// Entries applied.
    pub size: u64,
    /// Root at that size.
    pub root: Hash,
    /// Right edge of the tree at that size.
    pub frontier: Frontier,
    /// Signed checkpoint at that size.
    pub note: Option<String>,
    /// Time of that checkpoint.
    pub timestamp: Option<Timestamp>,
    /// Leaf hashes of the last partial bundle, oldest first.
    pub tail_hashes: Vec<Hash>,
}

mod sql {
    use crate::engine::statements;

    macro_rules! select_heads {
        () => {
            "SELECT seq, epoch, origin, size, root, frontier, note, timestamp FROM logs WHERE node_seq = $1 "
        };
    }

    statements! {
        ENSURE = "INSERT INTO logs (seq, node_seq, epoch, origin, size, root, frontier)
            VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM logs), $1, $2, $3, 0, $4, $5) ON CONFLICT (node_seq, epoch) DO NOTHING";
        HEAD = concat!(select_heads!(), "AND epoch = $2");
        HEADS = concat!(select_heads!(), "ORDER BY epoch");
        SAVE_HEAD = "UPDATE logs SET size = $2, root = $3, frontier = $4, note = $5, timestamp = $6 WHERE seq = $1";
        RENEW = "UPDATE logs SET note = $2, timestamp = $3 WHERE seq = $1";
        BUNDLE = "SELECT entries, hashes FROM log_bundles WHERE log_seq = $1 AND n = $2";
        BUNDLE_HASHES = "SELECT hashes FROM log_bundles WHERE log_seq = $1 AND n = $2";
        TILE = "SELECT hashes FROM log_tiles WHERE log_seq = $1 AND level = $2 AND n = $3";
        DELETE_BUNDLES = "DELETE FROM log_bundles WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DELETE_TILES = "DELETE FROM log_tiles WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DELETE_STAGED = "DELETE FROM staged_bundles WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DELETE_QUARANTINE = "DELETE FROM quarantine WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DELETE_LOGS = "DELETE FROM logs WHERE node_seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

records! {
    /// A log's row.
    struct Stored from StoredRow {
        pub seq: i64,
        pub epoch: u64,
        pub origin: String,
        pub size: u64,
        pub root: Digest,
        pub frontier: Vec<u8>,
        pub note: Option<String>,
        pub timestamp: Option<Timestamp>,
    }

    /// Entries of a log as they are stored.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct StoredBundle from StoredBundleRow {
        /// The entries as they are served.
        pub entries: Vec<u8>,
        /// The hashes of their leaves, 32 bytes each.
        pub hashes: Vec<u8>,
    }
}

/// The end of a log of one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochHead {
    /// Epoch, from 1.
    pub epoch: u64,
    /// Entries.
    pub size: u64,
    /// Root at that size.
    pub root: Hash,
}

/// A log inside a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) epoch: u64,
    pub(crate) origin: String,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) frontier: Frontier,
    pub(crate) note: Option<String>,
    pub(crate) timestamp: Option<Timestamp>,
}

impl Stored {
    fn head(self) -> Result<Head, StoreError> {
        let damaged =
            || StoreError::Corrupt(format!("a damaged head of the log `{}`", self.origin));
        let frontier = Frontier::from_bytes(&self.frontier).ok_or_else(damaged)?;
        if frontier.size() != self.size {
            return Err(damaged());
        }
        Ok(Head {
            seq: self.seq,
            epoch: self.epoch,
            size: self.size,
            root: *self.root.as_bytes(),
            frontier,
            origin: self.origin,
            note: self.note,
            timestamp: self.timestamp,
        })
    }
}

impl Head {
    /// Moves to the end of an extension. A note that it does not come with is kept.
    pub(crate) fn move_to(&mut self, verified: &Verified) {
        self.size = verified.checkpoint().size;
        self.root = verified.checkpoint().root;
        self.frontier = verified.frontier().clone();
        if let Some((note, timestamp)) = verified.signed() {
            self.note = Some(note.to_owned());
            self.timestamp = Some(timestamp);
        }
    }
}

/// Makes sure that a log has its row, and returns its head. The caller holds [`crate::changes::lock`], which orders the
/// numbers of logs too.
pub(crate) async fn ensure(
    db: &mut Db,
    node_seq: i64,
    epoch: u64,
    origin: &str,
) -> Result<Head, StoreError> {
    let empty = Frontier::new();
    let values = values![node_seq, epoch, origin, empty.root(), empty.to_bytes()];
    db.run(sql::ENSURE, values).await?;
    head(db, node_seq, epoch)
        .await?
        .ok_or_else(|| StoreError::Corrupt(format!("no log `{origin}`")))
}

/// Returns the head of a log.
pub(crate) async fn head(
    db: &mut Db,
    node_seq: i64,
    epoch: u64,
) -> Result<Option<Head>, StoreError> {
    let stored: Option<Stored> = db.record(sql::HEAD, values![node_seq, epoch]).await?;
    stored.map(Stored::head).transpose()
}

/// Stores a head that has moved.
pub(crate) async fn save_head(db: &mut Db, head: &Head) -> Result<(), StoreError> {
    let values = values![
        head.seq,
        head.size,
        head.root,
        head.frontier.to_bytes(),
        head.note.as_deref(),
        head.timestamp
    ];
    db.run(sql::SAVE_HEAD, values).await?;
    Ok(())
}

/// Stores a renewed signature over an unchanged head.
pub(crate) async fn renew(
    db: &mut Db,
    log_seq: i64,
    note: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    db.run(sql::RENEW, values![log_seq, note, now]).await?;
    Ok(())
}

/// Returns the raw bundle with its hashes.
pub(crate) async fn bundle(
    db: &mut Db,
    log_seq: i64,
    n: u64,
) -> Result<Option<StoredBundle>, StoreError> {
    db.record(sql::BUNDLE, values![log_seq, n]).await
}

/// Returns the hashes of a tile: of level 0 those of the leaves.
pub(crate) async fn tile_hashes(
    db: &mut Db,
    log_seq: i64,
    level: u8,
    n: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = if level == 0 {
        db.row::<(Vec<u8>,)>(sql::BUNDLE_HASHES, values![log_seq, n])
            .await?
    } else {
        db.row::<(Vec<u8>,)>(sql::TILE, values![log_seq, i64::from(level), n])
            .await?
    };
    Ok(row.map(|(hashes,)| hashes))
}

/// Forgets all logs of a node.
pub(crate) async fn forget(db: &mut Db, node_seq: i64) -> Result<(), StoreError> {
    for sql in [
        sql::DELETE_BUNDLES,
        sql::DELETE_TILES,
        sql::DELETE_STAGED,
        sql::DELETE_QUARANTINE,
        sql::DELETE_LOGS,
    ] {
        db.run(sql, values![node_seq]).await?;
    }
    Ok(())
}

impl Store {
    /// Returns the head of a log; an empty one while nothing of it is stored.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the stored frontier does not belong to the stored size.
    #[boxed]
    pub async fn log_head(&self, node_seq: i64, epoch: u64) -> Result<LogHead, StoreError> {
        let mut db = self.snapshot().await?;
        let Some(head) = head(&mut db, node_seq, epoch).await? else {
            let frontier = Frontier::new();
            return Ok(LogHead {
                log_seq: None,
                epoch,
                size: 0,
                root: frontier.root(),
                frontier,
                note: None,
                timestamp: None,
                tail_hashes: Vec::new(),
            });
        };
        let tail = if head.size.is_multiple_of(BUNDLE_ENTRIES) {
            Vec::new()
        } else {
            tile_hashes(&mut db, head.seq, 0, head.size / BUNDLE_ENTRIES)
                .await?
                .unwrap_or_default()
        };
        Ok(LogHead {
            log_seq: Some(head.seq),
            epoch: head.epoch,
            size: head.size,
            root: head.root,
            frontier: head.frontier,
            note: head.note,
            timestamp: head.timestamp,
            tail_hashes: tail
                .chunks_exact(HASH)
                .filter_map(|hash| hash.try_into().ok())
                .collect(),
        })
    }

    /// Returns a stored bundle of any node's log, for checking. The last bundle grows while the node works.
    #[boxed]
    pub async fn stored_bundle(
        &self,
        node_seq: i64,
        epoch: u64,
        n: u64,
    ) -> Result<Option<StoredBundle>, StoreError> {
        let mut db = self.read().await?;
        match head(&mut db, node_seq, epoch).await? {
            Some(head) => bundle(&mut db, head.seq, n).await,
            None => Ok(None),
        }
    }

    /// Returns the heads of every log of a node, the oldest epoch first; epoch 0 is no log and left out.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a stored frontier does not belong to the stored size.
    #[boxed]
    pub async fn epochs(&self, node_seq: i64) -> Result<Vec<EpochHead>, StoreError> {
        let logs: Vec<Stored> = self
            .read()
            .await?
            .records(sql::HEADS, values![node_seq])
            .await?;
        let epoch = |head: Head| EpochHead {
            epoch: head.epoch,
            size: head.size,
            root: head.root,
        };
        logs.into_iter()
            .filter(|log| log.epoch > 0)
            .map(|log| log.head().map(epoch))
            .collect()
    }
}
