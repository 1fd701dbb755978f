//! What this node serves to its peers, as stored: checkpoint, bundles, tiles, bodies, and its lines for `/seen`.
//!
//! Everything here is committed; nothing is computed from documents at the time of asking. Only this node's own logs
//! are served.

use std::ops::Range;

use async_recursion::async_recursion as boxed;
use ledger::tile;
use wire::{Digest, Timestamp, Viewer};

use crate::{
    StoreError,
    engine::{Db, Store, Value, values},
    log::{self, BUNDLE_ENTRIES, StoredBundle},
    nodes::OWN,
    record::records,
};

/// What is known of a digest, as far as the viewer may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyByDigest {
    /// The body of a live document that the viewer can read.
    Live(Vec<u8>),
    /// There is a live document, and the viewer cannot read it.
    Protected,
    /// A leaf names it, and it is superseded or withdrawn.
    Gone,
    /// No leaf names it.
    Unknown,
}

records! {
    /// The body of a leaf.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct LeafBody from LeafBodyRow {
        /// Index of the leaf.
        pub leaf_index: u64,
        /// The body, byte for byte.
        pub body: Vec<u8>,
    }

    /// This node's own line for `/seen` about one log.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SeenLog from SeenLogRow {
        /// Origin line of the log.
        pub origin: String,
        /// The cosigned note.
        pub note: String,
    }

    /// A peer's log whose checkpoint this node is to cosign.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct LogToCosign from LogToCosignRow {
        /// Number of the node in this database.
        pub node_seq: i64,
        /// Epoch of the log.
        pub epoch: u64,
        /// The note to cosign.
        pub note: String,
    }

    /// What one leaf of a digest leads to.
    struct Found from FoundRow {
        pub live: bool,
        pub body: Option<Vec<u8>>,
    }
}

mod sql {
    use crate::{engine::statements, viewing::statements_for_viewers};

    statements_for_viewers! {
        BODIES = "SELECT r.leaf_index, t.body FROM revisions r
            JOIN documents d ON d.node_seq = 1 AND d.id = r.id AND d.rev = r.rev AND d.log_seq = r.log_seq AND " [readable]
            " JOIN document_texts t ON t.seq = d.text_seq
            WHERE r.log_seq = $1 AND r.leaf_index IS NOT NULL AND r.leaf_index >= $2 AND r.leaf_index < $3
            ORDER BY r.leaf_index LIMIT $4";
        BY_DIGEST = "SELECT d.id IS NOT NULL AS live, t.body FROM revisions r
            LEFT JOIN documents d ON d.node_seq = 1 AND d.id = r.id AND d.rev = r.rev AND d.log_seq = r.log_seq AND d.state = 'live'
            LEFT JOIN document_texts t ON t.seq = d.text_seq AND " [readable]
            " WHERE r.digest = $1 AND r.leaf_index IS NOT NULL";
    }

    statements! {
        CHECKPOINT = "SELECT note FROM logs WHERE node_seq = 1 AND epoch = $1 AND note IS NOT NULL";
        SEEN = "SELECT l.origin, l.applied_note AS note FROM logs l JOIN nodes n ON n.seq = l.node_seq
            WHERE NOT n.own AND l.applied_note IS NOT NULL ORDER BY l.origin";
        COSIGN = "UPDATE logs SET applied_note = $3, applied_size = $4, applied_at = $5 WHERE node_seq = $1 AND epoch = $2";
        TO_COSIGN = "SELECT l.node_seq, l.epoch, l.note FROM logs l JOIN nodes n ON n.seq = l.node_seq
            WHERE NOT n.own AND l.note IS NOT NULL
                AND (l.applied_size IS NULL OR l.applied_size <> l.size OR l.applied_at <= $1)";
    }
}
pub(crate) use sql::{ALL as STATEMENTS, FOR_VIEWERS};

/// Bodies read at a time while an answer is filled: at most 8 MiB of them at the protocol's greatest body.
const BODIES_AT_A_TIME: i64 = 32;

impl Store {
    /// Returns the signed checkpoint of an own log.
    #[boxed]
    pub async fn checkpoint(&self, epoch: u64) -> Result<Option<String>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<(String,)>(sql::CHECKPOINT, values![epoch])
            .await?;
        Ok(row.map(|(note,)| note))
    }

    /// Returns an entry bundle of an own log: the full one, or the first `width` entries.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the stored bundle cannot be read.
    #[boxed]
    pub async fn bundle(
        &self,
        epoch: u64,
        n: u64,
        width: Option<u8>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.bundle_of(OWN, epoch, n, width).await
    }

    /// Returns an entry bundle of the log of any node, as [`Store::bundle`] does.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the stored bundle cannot be read.
    #[boxed]
    pub async fn bundle_of(
        &self,
        node_seq: i64,
        epoch: u64,
        n: u64,
        width: Option<u8>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut db = self.read().await?;
        let Some(head) = log::head(&mut db, node_seq, epoch).await? else {
            return Ok(None);
        };
        let Some(StoredBundle { entries, hashes }) = log::bundle(&mut db, head.seq, n).await?
        else {
            return Ok(None);
        };
        let held = hashes.len() / 32;
        let wanted = width.map_or(usize::try_from(BUNDLE_ENTRIES).unwrap_or(256), usize::from);
        if wanted == held {
            return Ok(Some(entries));
        }
        if wanted > held {
            return Ok(None);
        }
        let decoded = tile::decode_bundle(&entries)
            .map_err(|_| StoreError::Corrupt(format!("a damaged bundle {n}")))?;
        let bytes = decoded
            .iter()
            .take(wanted)
            .map(|entry| entry.len() + 2)
            .sum();
        Ok(entries.get(..bytes).map(<[u8]>::to_vec))
    }

    /// Returns the hashes of a tile of an own log: of the full one, or the first `width`.
    #[boxed]
    pub async fn tile(
        &self,
        epoch: u64,
        level: u8,
        n: u64,
        width: Option<u8>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut db = self.read().await?;
        let Some(head) = log::head(&mut db, OWN, epoch).await? else {
            return Ok(None);
        };
        let Some(mut hashes) = log::tile_hashes(&mut db, head.seq, level, n).await? else {
            return Ok(None);
        };
        let wanted = 32 * width.map_or(usize::try_from(BUNDLE_ENTRIES).unwrap_or(256), usize::from);
        if wanted > hashes.len() {
            return Ok(None);
        }
        hashes.truncate(wanted);
        Ok(Some(hashes))
    }

    /// Returns the live bodies that the viewer can read of the entries of bundle `n` after the leaf `after`, ascending: as
    /// many as fit in `most_bytes` with a line feed each, and at least one. `None` when there is no
    /// such log.
    #[boxed]
    pub async fn docs(
        &self,
        viewer: Viewer,
        epoch: u64,
        n: u64,
        after: Option<u64>,
        most_bytes: usize,
    ) -> Result<Option<Vec<LeafBody>>, StoreError> {
        let mut db = self.snapshot().await?;
        let Some(head) = log::head(&mut db, OWN, epoch).await? else {
            return Ok(None);
        };
        let start = n.saturating_mul(BUNDLE_ENTRIES);
        let end = start.saturating_add(BUNDLE_ENTRIES);
        let next = after.map_or(start, |after| after.saturating_add(1).max(start));
        let (sql, first) = (sql::BODIES.text(viewer), [head.seq]);
        let bodies = bodies(&mut db, sql, &first, next..end, most_bytes);
        bodies.await.map(Some)
    }

    /// Returns what is known of a body's digest in this node's logs.
    #[boxed]
    pub async fn body_by_digest(
        &self,
        viewer: Viewer,
        digest: &Digest,
    ) -> Result<BodyByDigest, StoreError> {
        let leaves: Vec<Found> = self
            .read()
            .await?
            .records(sql::BY_DIGEST.text(viewer), values![digest])
            .await?;
        let known = !leaves.is_empty();
        let live = leaves.into_iter().find(|leaf| leaf.live);
        Ok(match live.map(|leaf| leaf.body) {
            Some(Some(body)) => BodyByDigest::Live(body),
            Some(None) => BodyByDigest::Protected,
            None if known => BodyByDigest::Gone,
            None => BodyByDigest::Unknown,
        })
    }

    /// Returns this node's lines for `/seen`, one per followed log.
    #[boxed]
    pub async fn seen(&self) -> Result<Vec<SeenLog>, StoreError> {
        self.read().await?.records(sql::SEEN, values![]).await
    }

    /// Stores this node's own line for `/seen`: all entries to `size` are verified and every withdrawal in them erased.
    #[boxed]
    pub async fn save_cosignature(
        &self,
        node_seq: i64,
        epoch: u64,
        size: u64,
        note: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::COSIGN, values![node_seq, epoch, note, size, now])
            .await?;
        Ok(db.commit().await?)
    }

    /// Returns the peers' logs whose line in `/seen` is missing, of another size, or not younger than `renewed_before`.
    #[boxed]
    pub async fn logs_to_cosign(
        &self,
        renewed_before: Timestamp,
    ) -> Result<Vec<LogToCosign>, StoreError> {
        self.read()
            .await?
            .records(sql::TO_COSIGN, values![renewed_before])
            .await
    }
}

/// Returns the bodies of these leaves, ascending: as many as fit in `most_bytes` with a line feed each, and at least one.
/// The parameters of `sql` are `first`, the bounds of the leaves, and how many bodies are read at a time.
pub(crate) async fn bodies(
    db: &mut Db,
    sql: &'static str,
    first: &[i64],
    leaves: Range<u64>,
    most_bytes: usize,
) -> Result<Vec<LeafBody>, StoreError> {
    let (mut bodies, mut bytes) = (Vec::new(), 0);
    let mut next = leaves.start;
    while next < leaves.end {
        let mut values: Vec<Value<'_>> = first.iter().map(|seq| Value::from(*seq)).collect();
        values.extend(values![next, leaves.end, BODIES_AT_A_TIME]);
        let found: Vec<LeafBody> = db.records(sql, values).await?;
        let Some(last) = found.last() else { break };
        next = last.leaf_index + 1;
        for found in found {
            bytes += found.body.len() + 1;
            if bytes > most_bytes && !bodies.is_empty() {
                return Ok(bodies);
            }
            bodies.push(found);
        }
    }
    Ok(bodies)
}
