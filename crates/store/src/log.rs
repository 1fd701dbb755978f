//! Logs as they are stored: bundles of 256 entries with their hashes, tiles above them, and the head.
//!
//! The same form serves this node's log and those of its peers. Appending one entry rewrites one row of at most 256
//! entries, whatever the size of the log. Nothing here decides whether an entry may be appended.

use ledger::tree::{Frontier, Hash};
use sqlx::FromRow;
use wire::Timestamp;

use crate::{
    StoreError,
    engine::{Db, Store, Value, Values, digest, unsigned, values},
};

/// Entries in a full bundle, and hashes in a full tile.
pub const BUNDLE_ENTRIES: u64 = 256;
const BUNDLE: usize = 256;
const HASH: usize = 32;

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

    statements! {
        ENSURE = "INSERT INTO logs (seq, node_seq, epoch, origin, size, root, frontier)
            SELECT (SELECT COALESCE(MAX(seq), 0) + 1 FROM logs), CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), 0,
                CAST($4 AS BYTEA), CAST($5 AS BYTEA)
            WHERE NOT EXISTS (SELECT 1 FROM logs WHERE node_seq = $1 AND epoch = $2)";
        HEAD = "SELECT seq, epoch, origin, size, root, frontier, note, timestamp FROM logs WHERE node_seq = $1 AND epoch = $2";
        HEADS = "SELECT seq, epoch, origin, size, root, frontier, note, timestamp FROM logs WHERE node_seq = $1 ORDER BY epoch";
        SAVE_HEAD = "UPDATE logs SET size = $2, root = $3, frontier = $4, note = $5, timestamp = $6 WHERE seq = $1";
        RENEW = "UPDATE logs SET note = $2, timestamp = $3 WHERE seq = $1";
        BUNDLE = "SELECT entries, hashes FROM log_bundles WHERE log_seq = $1 AND n = $2";
        BUNDLE_HASHES = "SELECT hashes FROM log_bundles WHERE log_seq = $1 AND n = $2";
        SAVE_BUNDLES = "INSERT INTO log_bundles (log_seq, n, entries, hashes) VALUES {($1, #, #, #)}
            ON CONFLICT (log_seq, n) DO UPDATE SET entries = excluded.entries, hashes = excluded.hashes";
        TILE = "SELECT hashes FROM log_tiles WHERE log_seq = $1 AND level = $2 AND n = $3";
        SAVE_TILES = "INSERT INTO log_tiles (log_seq, level, n, hashes) VALUES {($1, #, #, #)}
            ON CONFLICT (log_seq, level, n) DO UPDATE SET hashes = excluded.hashes";
        DELETE_BUNDLES = "DELETE FROM log_bundles WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DELETE_TILES = "DELETE FROM log_tiles WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DELETE_STAGED = "DELETE FROM staged_bundles WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DELETE_QUARANTINE = "DELETE FROM quarantine WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DELETE_LOGS = "DELETE FROM logs WHERE node_seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

#[derive(FromRow)]
struct HeadRow {
    seq: i64,
    epoch: i64,
    origin: String,
    size: i64,
    root: Vec<u8>,
    frontier: Vec<u8>,
    note: Option<String>,
    timestamp: Option<i64>,
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

impl HeadRow {
    fn read(self) -> Result<Head, StoreError> {
        let damaged =
            || StoreError::Damaged(format!("a damaged head of the log `{}`", self.origin));
        let frontier = Frontier::from_bytes(&self.frontier).ok_or_else(damaged)?;
        let size = unsigned(self.size);
        if frontier.size() != size {
            return Err(damaged());
        }
        Ok(Head {
            seq: self.seq,
            epoch: unsigned(self.epoch),
            size,
            root: *digest(&self.root)?.as_bytes(),
            frontier,
            origin: self.origin,
            note: self.note,
            timestamp: self.timestamp.map(Timestamp::from_millis),
        })
    }
}

/// Makes sure that a log has its row, and returns its head.
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
        .ok_or_else(|| StoreError::Damaged(format!("no log `{origin}`")))
}

/// Returns the head of a log.
pub(crate) async fn head(
    db: &mut Db,
    node_seq: i64,
    epoch: u64,
) -> Result<Option<Head>, StoreError> {
    let row = db
        .row::<HeadRow>(sql::HEAD, values![node_seq, epoch])
        .await?;
    row.map(HeadRow::read).transpose()
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
    db.run(sql::SAVE_HEAD, values).await.map(|_| ())
}

/// Stores a renewed signature over an unchanged head.
pub(crate) async fn renew(
    db: &mut Db,
    log_seq: i64,
    note: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    db.run(sql::RENEW, values![log_seq, note, now])
        .await
        .map(|_| ())
}

/// Returns the raw bundle with its hashes.
pub(crate) async fn bundle(
    db: &mut Db,
    log_seq: i64,
    n: u64,
) -> Result<Option<(Vec<u8>, Vec<u8>)>, StoreError> {
    db.row(sql::BUNDLE, values![log_seq, n]).await
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

/// Appends entries to the stored form of a log, in memory, until [`Appender::flush`].
pub(crate) struct Appender {
    log_seq: i64,
    size: u64,
    /// The bundle that is being filled.
    entries: Vec<u8>,
    hashes: Vec<u8>,
    bundles: Vec<Values<'static>>,
    tiles: Tiles,
}

impl Appender {
    /// Begins at `size` entries of a log, of which the last partial bundle is read.
    pub(crate) async fn begin(db: &mut Db, log_seq: i64, size: u64) -> Result<Self, StoreError> {
        let (entries, hashes) = if size.is_multiple_of(BUNDLE_ENTRIES) {
            (Vec::new(), Vec::new())
        } else {
            bundle(db, log_seq, size / BUNDLE_ENTRIES)
                .await?
                .ok_or_else(|| StoreError::Damaged(format!("no bundle for entry {size}")))?
        };
        let tiles = Tiles::begin(db, log_seq, size).await?;
        Ok(Self {
            log_seq,
            size,
            entries,
            hashes,
            bundles: Vec::new(),
            tiles,
        })
    }

    /// Returns the index of the next entry.
    pub(crate) fn next_index(&self) -> u64 {
        self.size
    }

    /// Appends one entry.
    pub(crate) fn push(&mut self, entry: &[u8], hash: &Hash) {
        let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
        self.entries.extend_from_slice(&length.to_be_bytes());
        self.entries.extend_from_slice(entry);
        self.hashes.extend_from_slice(hash);
        self.size += 1;
        if self.size.is_multiple_of(BUNDLE_ENTRIES) {
            self.complete();
        }
    }

    /// Takes a whole bundle, as it came, in place of the partial one; returns nothing but moves the size on.
    pub(crate) fn replace_bundle(&mut self, n: u64, entries: &[u8], hashes: &[u8]) {
        self.entries = entries.to_vec();
        self.hashes = hashes.to_vec();
        self.size = n * BUNDLE_ENTRIES + u64::try_from(hashes.len() / HASH).unwrap_or(0);
        if self.size.is_multiple_of(BUNDLE_ENTRIES) {
            self.complete();
        }
    }

    fn complete(&mut self) {
        let n = self.size / BUNDLE_ENTRIES - 1;
        self.tiles.push(1, n, subtree(&self.hashes));
        let entries = std::mem::take(&mut self.entries);
        let hashes = std::mem::take(&mut self.hashes);
        self.bundles.push(values![n, entries, hashes]);
    }

    /// Says whether so much is waiting that it should be flushed.
    pub(crate) fn is_full(&self) -> bool {
        self.bundles.len() >= BUNDLES_IN_MEMORY
    }

    /// Writes what is waiting.
    pub(crate) async fn flush(&mut self, db: &mut Db) -> Result<(), StoreError> {
        let mut bundles = std::mem::take(&mut self.bundles);
        if !self.hashes.is_empty() {
            let n = self.size / BUNDLE_ENTRIES;
            bundles.push(values![n, self.entries.clone(), self.hashes.clone()]);
        }
        db.run_many(sql::SAVE_BUNDLES, &[Value::from(self.log_seq)], bundles)
            .await?;
        let tiles = self.tiles.changed();
        db.run_many(sql::SAVE_TILES, &[Value::from(self.log_seq)], tiles)
            .await?;
        Ok(())
    }
}

/// Complete bundles that wait in memory: at most 16 MiB at the protocol's greatest bundle.
const BUNDLES_IN_MEMORY: usize = 64;

/// The partial tiles above the bundles, from level 1.
struct Tiles {
    levels: Vec<PartialTile>,
    complete: Vec<Values<'static>>,
}

struct PartialTile {
    level: u8,
    n: u64,
    hashes: Vec<u8>,
    changed: bool,
}

impl Tiles {
    async fn begin(db: &mut Db, log_seq: i64, size: u64) -> Result<Self, StoreError> {
        let mut levels = Vec::new();
        let mut hashes_at_level = size / BUNDLE_ENTRIES;
        let mut level = 1;
        while hashes_at_level > 0 {
            let n = hashes_at_level / BUNDLE_ENTRIES;
            let held = usize::try_from(hashes_at_level % BUNDLE_ENTRIES).unwrap_or(0) * HASH;
            let hashes = if held == 0 {
                Vec::new()
            } else {
                tile_hashes(db, log_seq, level, n)
                    .await?
                    .filter(|hashes| hashes.len() == held)
                    .ok_or_else(|| StoreError::Damaged(format!("no tile {level}/{n}")))?
            };
            levels.push(PartialTile {
                level,
                n,
                hashes,
                changed: false,
            });
            hashes_at_level /= BUNDLE_ENTRIES;
            level += 1;
        }
        Ok(Self {
            levels,
            complete: Vec::new(),
        })
    }

    /// Appends the `index`-th hash of `level`, and those of the levels above that it completes.
    fn push(&mut self, level: u8, index: u64, hash: Hash) {
        let (mut level, mut index, mut hash) = (level, index, hash);
        loop {
            let position = usize::from(level) - 1;
            if self.levels.len() <= position {
                let n = index / BUNDLE_ENTRIES;
                self.levels.push(PartialTile {
                    level,
                    n,
                    hashes: Vec::new(),
                    changed: false,
                });
            }
            let Some(tile) = self.levels.get_mut(position) else {
                return;
            };
            tile.hashes.extend_from_slice(&hash);
            tile.changed = true;
            if tile.hashes.len() < BUNDLE * HASH {
                return;
            }
            hash = subtree(&tile.hashes);
            let full = std::mem::take(&mut tile.hashes);
            self.complete.push(values![i64::from(level), tile.n, full]);
            index = tile.n;
            tile.n += 1;
            tile.changed = false;
            level += 1;
        }
    }

    fn changed(&mut self) -> Vec<Values<'static>> {
        let mut rows = std::mem::take(&mut self.complete);
        for tile in &mut self.levels {
            if std::mem::take(&mut tile.changed) {
                rows.push(values![i64::from(tile.level), tile.n, tile.hashes.clone()]);
            }
        }
        rows
    }
}

/// Returns the root of a full subtree from its 32-byte hashes: the same steps as over leaves.
fn subtree(hashes: &[u8]) -> Hash {
    let mut frontier = Frontier::new();
    for hash in hashes.chunks_exact(HASH) {
        if let Ok(hash) = hash.try_into() {
            frontier.push(hash);
        }
    }
    frontier.root()
}

impl Store {
    /// Returns the head of a log; an empty one while nothing of it is stored.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the stored frontier does not belong to the stored size.
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

    /// Returns the heads of every log of a node, the oldest epoch first; epoch 0 is no log and left out.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a stored frontier does not belong to the stored size.
    pub async fn epochs(&self, node_seq: i64) -> Result<Vec<(u64, u64, Hash)>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<HeadRow>(sql::HEADS, values![node_seq])
            .await?;
        let mut epochs = Vec::with_capacity(rows.len());
        for row in rows.into_iter().filter(|row| row.epoch > 0) {
            let head = row.read()?;
            epochs.push((head.epoch, head.size, head.root));
        }
        Ok(epochs)
    }
}
