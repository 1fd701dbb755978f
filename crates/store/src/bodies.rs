//! Bodies of peers' documents: which are missing, and the outcome of fetching them.
//!
//! A body counts only while its leaf is the last one of its document: one that comes late for a withdrawn or superseded
//! revision is discarded here, inside the transaction.

use std::{collections::HashMap, time::Duration};

use async_recursion::async_recursion as boxed;
use wire::{Digest, DocumentId, Timestamp};

use crate::{
    Fields, StoreError, changes,
    engine::{Db, Store, Value, Values, values},
    nodes,
    record::records,
    texts,
};

records! {
    /// A body that a leaf promises and that is not held.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct MissingBody from MissingRow {
        /// The document.
        pub id: DocumentId,
        /// Its revision.
        pub rev: u64,
        /// Epoch of the log.
        pub epoch: u64,
        /// Index of the leaf.
        pub leaf_index: u64,
        /// Digest of the body.
        pub digest: Digest,
        /// Its size in bytes.
        pub len: u64,
        /// Failed tries so far.
        pub tries: u32,
    }

    /// A body that is still waited for.
    struct Wanted from WantedRow {
        pub id: DocumentId,
        pub rev: u64,
        pub digest: Digest,
    }
}

/// A body whose length, digest, id and revision were checked against its leaf.
#[derive(Debug, Clone)]
pub struct AcceptedBody {
    /// The document.
    pub id: DocumentId,
    /// Its revision.
    pub rev: u64,
    /// Digest of the body.
    pub digest: Digest,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// The fields kept next to the body.
    pub fields: Fields,
}

/// A body that could not be had, or that broke a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedBody {
    /// The document.
    pub id: DocumentId,
    /// Its revision.
    pub rev: u64,
    /// What was found, without any word of the body.
    pub reason: String,
}

/// The longest wait for a body (docs/FEED.md §8): a later time is from before the clock was set back.
const MAX_WAIT: Duration = Duration::from_secs(60 * 60);

mod sql {
    use crate::engine::statements;

    // `public_until` moves on with the body: until that is here no list says that the document is public no more, so that
    // who lists changes from a time on does not miss it.

    statements! {
        OWN_WITHOUT = "SELECT COUNT(*) FROM documents WHERE node_seq = $1 AND state IN ('pending', 'unavailable')";
        MISSING = "SELECT d.id, d.rev, l.epoch, d.leaf_index, d.digest, d.len, d.tries FROM documents d JOIN logs l ON l.seq = d.log_seq
            WHERE d.node_seq = $1 AND d.state IN ('pending', 'unavailable') AND (d.next_try IS NULL OR d.next_try <= $2 OR d.next_try > $6)
                AND d.leaf_index >= $3 AND l.epoch = $4 ORDER BY d.leaf_index LIMIT $5";
        WANTED = "SELECT id, rev, digest FROM documents
            WHERE node_seq = $1 AND state IN ('pending', 'unavailable') AND id IN ({#})";
        ACCEPT = "INSERT INTO documents (node_seq, state, first_seen, changed_at, tries, id, rev, change_seq, text_seq, kind,
                visibility, lang, licence, updated, reviewed, review_by, sort_at)
            VALUES {($1, 'live', $2, $2, 0, #, #, #, #, #, #, #, #, #, #, #, #)}
            ON CONFLICT (node_seq, id) DO UPDATE SET state = 'live', changed_at = excluded.changed_at,
                change_seq = excluded.change_seq, text_seq = excluded.text_seq, kind = excluded.kind,
                visibility = excluded.visibility, lang = excluded.lang, licence = excluded.licence, updated = excluded.updated,
                reviewed = excluded.reviewed, review_by = excluded.review_by,
                public_until = CASE WHEN documents.public_until = documents.changed_at THEN excluded.changed_at
                    ELSE documents.public_until END,
                sort_at = CASE WHEN excluded.sort_at < documents.first_seen THEN excluded.sort_at ELSE documents.first_seen END,
                fault = NULL, next_try = NULL, tries = 0";
        UNAVAILABLE = "UPDATE documents SET state = 'unavailable', fault = $4, next_try = $5, tries = tries + 1
            WHERE node_seq = $1 AND id = $2 AND rev = $3 AND state IN ('pending', 'unavailable')";
        // The first condition is that of the index of such documents, so that the engines use it.
        RETRY = "UPDATE documents SET next_try = NULL
            WHERE node_seq = $1 AND state IN ('unavailable', 'quarantined') AND state = 'unavailable' AND next_try IS NOT NULL";
        QUARANTINE = "UPDATE documents SET state = 'quarantined', fault = $4, next_try = NULL
            WHERE node_seq = $1 AND id = $2 AND rev = $3 AND state IN ('pending', 'unavailable')";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns bodies of a peer's log that are missing and due, in the order of their leaves, from leaf `first` on.
    #[boxed]
    pub async fn missing_bodies(
        &self,
        node_seq: i64,
        epoch: u64,
        first: u64,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<MissingBody>, StoreError> {
        let latest = now.plus(MAX_WAIT);
        let values = values![node_seq, now, first, epoch, i64::from(limit), latest];
        self.read().await?.records(sql::MISSING, values).await
    }

    /// Makes documents live with their bodies, all in one transaction; returns how many were still wanted. Give each
    /// document at most once.
    #[boxed]
    pub async fn accept_bodies(
        &self,
        node_seq: i64,
        bodies: Vec<AcceptedBody>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        if bodies.is_empty() {
            return Ok(0);
        }
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let keys = bodies.iter().map(|body| values![body.id]).collect();
        let rows: Vec<Wanted> = db
            .records_of_many(sql::WANTED, &[Value::from(node_seq)], keys)
            .await?;
        let mut wanted: HashMap<_, _> = rows
            .into_iter()
            .map(|wanted| (wanted.id, (wanted.rev, wanted.digest)))
            .collect();
        let mut bodies = bodies;
        // Each document is wanted once, so one given twice is discarded the second time.
        bodies.retain(|body| {
            wanted.get(&body.id) == Some(&(body.rev, body.digest))
                && wanted.remove(&body.id).is_some()
        });
        let accepted = bodies.len();
        write_bodies(&mut db, node_seq, bodies, now).await?;
        db.commit().await?;
        Ok(accepted)
    }

    /// Records that a body could not be fetched; it is tried again at `next_try`.
    #[boxed]
    pub async fn mark_unavailable(
        &self,
        node_seq: i64,
        refused: &[(RefusedBody, Timestamp)],
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        for (RefusedBody { id, rev, reason }, next_try) in refused {
            let values = values![node_seq, *id, *rev, reason, *next_try];
            db.run(sql::UNAVAILABLE, values).await?;
        }
        Ok(db.commit().await?)
    }

    /// Counts the documents of this node whose bodies are not here: those of a log that was brought back from peers.
    #[boxed]
    pub async fn count_own_without_body(&self) -> Result<u64, StoreError> {
        let mut db = self.read().await?;
        let row = db
            .row::<(i64,)>(sql::OWN_WITHOUT, values![nodes::OWN])
            .await?;
        Ok(row.map_or(0, |(count,)| u64::try_from(count).unwrap_or(0)))
    }

    /// Makes bodies that could not be fetched due at once.
    #[boxed]
    pub async fn retry_bodies(&self, node_seq: i64) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        db.run(sql::RETRY, values![node_seq]).await?;
        Ok(db.commit().await?)
    }

    /// Records that bodies broke a rule; they are not fetched again. The next revision of the document may be in order.
    #[boxed]
    pub async fn quarantine_documents(
        &self,
        node_seq: i64,
        refused: &[RefusedBody],
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        for RefusedBody { id, rev, reason } in refused {
            db.run(sql::QUARANTINE, values![node_seq, *id, *rev, reason])
                .await?;
        }
        Ok(db.commit().await?)
    }
}

/// Returns the repeated values of [`sql::ACCEPT`].
fn row(accepted: &AcceptedBody, change_seq: i64, text_seq: i64, now: Timestamp) -> Values<'_> {
    let fields = &accepted.fields;
    values![
        accepted.id,
        accepted.rev,
        change_seq,
        text_seq,
        &fields.kind,
        fields.visibility,
        fields.lang.as_deref(),
        fields.licence.as_deref(),
        fields.updated,
        fields.reviewed,
        fields.review_by,
        fields.sort_at(now)
    ]
}

/// Writes the bodies with their rows. The words come last, as they are moved: a body is not copied on its way.
async fn write_bodies(
    db: &mut Db,
    node_seq: i64,
    bodies: Vec<AcceptedBody>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let taken = changes::take(db, bodies.len(), bodies.len()).await?;
    let documents = (taken.change_seq..)
        .zip(taken.text_seq..)
        .zip(&bodies)
        .map(|((change_seq, text_seq), accepted)| row(accepted, change_seq, text_seq, now))
        .collect();
    let shared = [Value::from(node_seq), Value::from(now)];
    db.run_many(sql::ACCEPT, &shared, documents).await?;
    let linked = bodies.iter().map(|one| (one.id, &one.fields));
    texts::link(db, node_seq, linked).await?;
    let words = (taken.text_seq..).zip(bodies).map(|(text_seq, accepted)| {
        let AcceptedBody { fields, body, .. } = accepted;
        texts::owned_document_row(text_seq, fields, body)
    });
    texts::add_documents(db, words.collect()).await
}
