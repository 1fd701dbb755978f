//! Proofs that an entry is in a log, from what is stored of it: of this node's logs and of its peers'.

use std::collections::HashMap;

use async_recursion::async_recursion as boxed;
use ledger::{
    checkpoint::Checkpoint,
    note::Note,
    proof,
    tile::{self, TileKind, TilePath},
    tree::Hash,
};

use crate::{
    StoreError,
    engine::{Db, Store},
    log::{self, BUNDLE_ENTRIES, HASH},
};

/// An entry with the proof that it is in its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The entry, byte for byte.
    pub entry: Vec<u8>,
    /// Its inclusion proof, the lowest hash first.
    pub proof: Vec<Hash>,
    /// The signed checkpoint that the proof leads to.
    pub note: String,
}

impl Store {
    /// Returns an entry of a log with the proof that the newest checkpoint held covers it; `None` when there is no such
    /// entry, or no checkpoint that covers it: the end of a closed log comes without one.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when tiles or entries that the log should have are missing, or the checkpoint cannot be read.
    #[boxed]
    pub async fn inclusion(
        &self,
        node_seq: i64,
        epoch: u64,
        leaf_index: u64,
    ) -> Result<Option<Inclusion>, StoreError> {
        let mut db = self.snapshot().await?;
        let Some(head) = log::head(&mut db, node_seq, epoch).await? else {
            return Ok(None);
        };
        let Some(note) = head.note else {
            return Ok(None);
        };
        let size = signed_size(&note)
            .ok_or_else(|| StoreError::Corrupt(format!("the checkpoint of `{}`", head.origin)))?;
        if leaf_index >= size {
            return Ok(None);
        }
        let missing =
            || StoreError::Corrupt(format!("too little of `{}` for a proof", head.origin));
        let mut tiles = HashMap::new();
        for path in proof::tiles(leaf_index, size) {
            let hashes = tile_of(&mut db, head.seq, path)
                .await?
                .ok_or_else(missing)?;
            tiles.insert(path, hashes);
        }
        let proof = proof::prove(leaf_index, size, |path| tiles.get(&path).map(Vec::as_slice))
            .ok_or_else(missing)?;
        let entry = entry(&mut db, head.seq, leaf_index)
            .await?
            .ok_or_else(missing)?;
        Ok(Some(Inclusion { entry, proof, note }))
    }
}

/// Returns the size that a checkpoint states. It may be smaller than that of the log, if that was closed since.
fn signed_size(note: &str) -> Option<u64> {
    let note = Note::parse(note.as_bytes()).ok()?;
    Some(Checkpoint::parse(note.text)?.size)
}

/// Returns the hashes of a tile, as many as its path says.
async fn tile_of(db: &mut Db, log_seq: i64, path: TilePath) -> Result<Option<Vec<u8>>, StoreError> {
    let TileKind::Hashes { level } = path.kind else {
        return Ok(None);
    };
    let width = path.width.map_or(BUNDLE_ENTRIES, u64::from);
    let bytes = usize::try_from(width)
        .unwrap_or(usize::MAX)
        .saturating_mul(HASH);
    let hashes = log::tile_hashes(db, log_seq, level, path.n).await?;
    Ok(hashes.and_then(|hashes| hashes.get(..bytes).map(<[u8]>::to_vec)))
}

async fn entry(db: &mut Db, log_seq: i64, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let n = index / BUNDLE_ENTRIES;
    let Some(bundle) = log::bundle(db, log_seq, n).await? else {
        return Ok(None);
    };
    let entries = tile::decode_bundle(&bundle.entries)
        .map_err(|_| StoreError::Corrupt(format!("a damaged bundle {n}")))?;
    let at = usize::try_from(index % BUNDLE_ENTRIES).unwrap_or(usize::MAX);
    Ok(entries.get(at).map(|entry| entry.to_vec()))
}
