//! The index queue: every change of a document takes the next number of one sequence.
//!
//! The number lies in the document's row, so the queue holds each document once, at its last change, and can be
//! replayed from any place. The row of `heads` is updated first in every transaction that touches documents: numbers
//! are therefore given in the order of commits, and a reader that has seen `n` has seen all below it.

use async_recursion::async_recursion as boxed;
use wire::{Date, Digest, DocumentId, DocumentRef, Timestamp, Visibility};

use crate::{
    StoreError,
    documents::{DocumentState, Owner},
    engine::{Db, Store, Value, signed, unsigned, values},
    record::records,
};

/// A document as every index should know it from here on.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its place in the sequence.
    pub change_seq: u64,
    /// The node whose document it is.
    pub node_seq: i64,
    /// The document.
    pub id: DocumentId,
    /// What to do.
    pub kind: ChangeKind,
}

/// What happened to a document.
#[derive(Debug, Clone)]
pub enum ChangeKind {
    /// It is live (or kept here only): replace the entry. Look at the visibility.
    Put(Box<ChangedDocument>),
    /// It is not to be found any more: delete the entry, if there is one.
    Delete,
}

/// All that an index needs of a document.
#[derive(Debug, Clone)]
pub struct ChangedDocument {
    /// Whose it is.
    pub owner: Owner,
    /// Revision.
    pub rev: u64,
    /// `live`, or `local` for what is in no log.
    pub state: DocumentState,
    /// Who it is for.
    pub visibility: Visibility,
    /// Last part of its address.
    pub slug: String,
    /// The card, as it was given.
    pub card: String,
    /// Digest of the body.
    pub digest: Option<Digest>,
    /// Body, the JSON of docs/FEED.md §5.
    pub body: Vec<u8>,
    /// First published at its origin.
    pub published: Option<Timestamp>,
    /// Last updated, as its author says.
    pub updated: Option<Timestamp>,
    /// Last reviewed as a whole, as its author says.
    pub reviewed: Option<Timestamp>,
    /// To be reviewed by then.
    pub review_by: Option<Date>,
    /// First held here.
    pub first_seen: Timestamp,
    /// What lists are sorted by: the lesser of `updated` and `first_seen`.
    pub sort_at: Timestamp,
    /// How many other nodes publicly say that they have tried what it describes.
    pub tried: u64,
}

mod sql {
    use crate::{documents::owner_columns, engine::statements, viewing::clause};

    /// `CROSS JOIN` keeps SQLite from beginning with the nodes and sorting all that they have.
    macro_rules! queued {
        ($text:literal, $those:literal) => {
            concat!("SELECT ", owner_columns!("d.node_seq"), ", d.change_seq, d.id, d.rev, d.state, d.visibility, d.digest, t.slug, t.card,
                    d.published, d.updated, d.reviewed, d.review_by, d.first_seen, d.sort_at, t.body,
                    ", clause!(any tried), " AS tried
                FROM documents d CROSS JOIN nodes n LEFT JOIN document_texts t ON ", $text, "
                WHERE ", $those, " AND d.change_seq > $1 ORDER BY d.change_seq LIMIT $2")
        };
    }

    statements! {
        LOCK = "UPDATE heads SET change_seq = change_seq WHERE id = 1";
        TAKE = "UPDATE heads SET change_seq = change_seq + $1, text_seq = text_seq + $2 WHERE id = 1 RETURNING change_seq, text_seq";
        HEAD = "SELECT change_seq FROM heads WHERE id = 1";
        TOUCH_NODE = "UPDATE documents SET change_seq = $2 + numbered.position
            FROM (SELECT d.id AS touched, ROW_NUMBER() OVER (ORDER BY d.id) AS position FROM documents d
                WHERE d.node_seq = $1 AND d.state IN ('live', 'local')) AS numbered
            WHERE documents.node_seq = $1 AND documents.id = numbered.touched";
        COUNT_SHOWN = "SELECT COUNT(*) FROM documents WHERE node_seq = $1 AND state IN ('live', 'local')";
        TARGETS = "WITH wanted (node, id) AS (VALUES {(CAST(# AS TEXT), CAST(# AS TEXT))})
            SELECT DISTINCT d.node_seq, d.id FROM wanted w JOIN nodes n ON n.node = w.node JOIN documents d ON d.node_seq = n.seq AND d.id = w.id
            WHERE d.state = 'live' AND d.change_seq IS NOT NULL AND d.node_seq <> $1";
        TOUCH = "WITH touched (node_seq, id, change_seq) AS (VALUES {(CAST(# AS BIGINT), CAST(# AS TEXT), CAST(# AS BIGINT))})
            UPDATE documents SET change_seq = touched.change_seq FROM touched
            WHERE documents.node_seq = touched.node_seq AND documents.id = touched.id";
        AFTER = queued!("t.seq = d.text_seq", "n.seq = d.node_seq");
        /// Only the texts of those that are not for everyone are read. The sign keeps SQLite from sorting all that the node has.
        RESTRICTED_AFTER = queued!("t.seq = d.text_seq AND d.visibility <> 'public'", "n.seq = d.node_seq AND +d.node_seq = 1");
    }
}
pub(crate) use sql::ALL as STATEMENTS;

records! {
    /// A document that another one speaks of.
    #[derive(PartialEq, Eq)]
    struct Touched from TouchedRow {
        pub node_seq: i64,
        pub id: DocumentId,
    }

    /// A place of the queue, with the document as it is now.
    struct Queued from QueuedRow with owner: Owner {
        pub change_seq: u64,
        pub id: DocumentId,
        pub rev: u64,
        pub state: DocumentState,
        pub visibility: Option<Visibility>,
        pub digest: Option<Digest>,
        pub slug: Option<String>,
        pub card: Option<String>,
        pub published: Option<Timestamp>,
        pub updated: Option<Timestamp>,
        pub reviewed: Option<Timestamp>,
        pub review_by: Option<Date>,
        pub first_seen: Timestamp,
        pub sort_at: Option<Timestamp>,
        pub body: Option<Vec<u8>>,
        pub tried: u64,
    }
}

impl From<Queued> for Change {
    fn from(queued: Queued) -> Self {
        Self {
            change_seq: queued.change_seq,
            node_seq: queued.owner.node_seq,
            id: queued.id,
            kind: queued
                .put()
                .map_or(ChangeKind::Delete, |put| ChangeKind::Put(Box::new(put))),
        }
    }
}

impl Queued {
    /// Returns what an index needs of the document, if it has words.
    fn put(self) -> Option<ChangedDocument> {
        Some(ChangedDocument {
            visibility: self.visibility?,
            slug: self.slug?,
            card: self.card?,
            digest: self.digest,
            body: self.body?,
            sort_at: self.sort_at?,
            tried: self.tried,
            owner: self.owner,
            rev: self.rev,
            state: self.state,
            published: self.published,
            updated: self.updated,
            reviewed: self.reviewed,
            review_by: self.review_by,
            first_seen: self.first_seen,
        })
    }
}

/// Changes in their order.
type Changes = Result<Vec<Change>, StoreError>;

impl Store {
    /// Says whether the database takes a write: takes the lock of a writer, commits, and changes nothing.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`], [`StoreError::Full`], [`StoreError::Locked`], [`StoreError::Unavailable`].
    #[boxed]
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        lock(&mut db).await?;
        Ok(db.commit().await?)
    }

    /// Waits until the transactions on documents that are under way have ended, also those whose callers have gone.
    /// Writes nothing, so that it can be done on a full disk.
    #[boxed]
    pub async fn settle_writes(&self) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        if !db.is_sqlite() {
            lock(&mut db).await?;
        }
        Ok(())
    }

    /// Returns the changes after `change_seq`, in order, at most `limit`. A rebuild begins at 0.
    #[boxed]
    pub async fn changes_after(&self, change_seq: u64, limit: u32) -> Changes {
        self.queued(sql::AFTER, change_seq, limit).await
    }

    /// As [`Store::changes_after`], of this node's own documents: one that is for everyone is to be deleted.
    #[boxed]
    pub async fn restricted_after(&self, change_seq: u64, limit: u32) -> Changes {
        self.queued(sql::RESTRICTED_AFTER, change_seq, limit).await
    }

    async fn queued(&self, statement: &'static str, after: u64, limit: u32) -> Changes {
        let asked = values![after, i64::from(limit)];
        let queued: Vec<Queued> = self.read().await?.records(statement, asked).await?;
        Ok(queued.into_iter().map(Change::from).collect())
    }

    /// Returns the number of the last change; an index that has applied it is up to date.
    #[boxed]
    pub async fn last_change(&self) -> Result<u64, StoreError> {
        Ok(unsigned(
            self.read()
                .await?
                .one::<(i64,)>(sql::HEAD, values![])
                .await?
                .0,
        ))
    }
}

/// Takes the lock that orders all transactions that touch documents or nodes.
pub(crate) async fn lock(db: &mut Db) -> Result<(), StoreError> {
    db.run(sql::LOCK, values![]).await?;
    Ok(())
}

/// The first numbers that a transaction was given.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) change_seq: i64,
    pub(crate) text_seq: i64,
}

/// Takes the next numbers for changes and for texts, and the lock that orders them.
pub(crate) async fn take(db: &mut Db, changes: usize, texts: usize) -> Result<Taken, StoreError> {
    let number = |count| signed(u64::try_from(count).unwrap_or(u64::MAX));
    let (changes, texts) = (number(changes), number(texts));
    let (change_seq, text_seq) = db
        .one::<(i64, i64)>(sql::TAKE, values![changes, texts])
        .await?;
    Ok(Taken {
        change_seq: change_seq - changes + 1,
        text_seq: text_seq - texts + 1,
    })
}

/// Gives documents that documents of `by` speak of a new number, since an index counts who does. Those of `by` itself keep
/// theirs: what a node says of its own documents is not counted. The caller holds the lock.
pub(crate) async fn touch_targets(
    db: &mut Db,
    by: i64,
    targets: &[DocumentRef],
) -> Result<(), StoreError> {
    let wanted: Vec<_> = targets
        .iter()
        .map(|target| values![&target.node, target.id])
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut found: Vec<Touched> = db
        .records_of_many(sql::TARGETS, &[Value::from(by)], wanted)
        .await?;
    // Many documents may speak of one, in several of the statements that the values were divided into.
    found.sort_unstable_by_key(|touched| (touched.node_seq, touched.id));
    found.dedup();
    let first = take(db, found.len(), 0).await?.change_seq;
    let rows = (first..)
        .zip(found)
        .map(|(change_seq, touched)| values![touched.node_seq, touched.id, change_seq])
        .collect();
    db.run_many(sql::TOUCH, &[], rows).await?;
    Ok(())
}

/// Gives every shown document of a node a new number, since what an index holds of the node has changed.
pub(crate) async fn touch_node(db: &mut Db, node_seq: i64) -> Result<(), StoreError> {
    let (count,) = db
        .one::<(i64,)>(sql::COUNT_SHOWN, values![node_seq])
        .await?;
    let taken = take(db, usize::try_from(count).unwrap_or(0), 0).await?;
    db.run(sql::TOUCH_NODE, values![node_seq, taken.change_seq - 1])
        .await?;
    Ok(())
}
