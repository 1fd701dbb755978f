//! Appending entries to the stored form of a log.
//!
//! Only the last bundle and the right edge of the tiles are read and rewritten. Nothing here decides whether an entry
//! may be appended.

use ledger::tree::{Frontier, Hash};

use crate::{
    StoreError,
    engine::{Db, Value, Values, values},
    log::{self, BUNDLE_ENTRIES, HASH},
};

const BUNDLE: usize = 256;

/// Complete bundles that wait in memory: at most 16 MiB at the protocol's greatest bundle.
const BUNDLES_IN_MEMORY: usize = 64;

mod sql {
    use crate::engine::statements;

    statements! {
        SAVE_BUNDLES = "INSERT INTO log_bundles (log_seq, n, entries, hashes) VALUES {($1, #, #, #)}
            ON CONFLICT (log_seq, n) DO UPDATE SET entries = excluded.entries, hashes = excluded.hashes";
        SAVE_TILES = "INSERT INTO log_tiles (log_seq, level, n, hashes) VALUES {($1, #, #, #)}
            ON CONFLICT (log_seq, level, n) DO UPDATE SET hashes = excluded.hashes";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

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
            let bundle = log::bundle(db, log_seq, size / BUNDLE_ENTRIES)
                .await?
                .ok_or_else(|| StoreError::Corrupt(format!("no bundle for entry {size}")))?;
            (bundle.entries, bundle.hashes)
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

    /// Takes a whole bundle, as it came, in place of the partial one, and moves the size on.
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
                log::tile_hashes(db, log_seq, level, n)
                    .await?
                    .filter(|hashes| hashes.len() == held)
                    .ok_or_else(|| StoreError::Corrupt(format!("no tile {level}/{n}")))?
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
