//! What libraries harvest: every change of a public document in the order of changes, withdrawals among them.
//!
//! The number of a change only grows, so that a list that is resumed after a number misses nothing that changed
//! meanwhile. Only public documents are listed, and what a log says was withdrawn from it.

use async_recursion::async_recursion as boxed;
use wire::{DocumentId, NodeId, Timestamp, Viewer};

use crate::{
    MAX_CARDS, StoreError,
    engine::{Store, values},
    record::records,
};

records! {
    /// A change of a document.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Harvested from HarvestedRow {
        /// The number of the change.
        pub change_seq: u64,
        /// Number of the node in this database.
        pub node_seq: i64,
        /// The node's identity.
        pub node: NodeId,
        /// The node's short local name; empty for one that is followed no more.
        pub handle: String,
        /// The document.
        pub id: DocumentId,
        /// When it was changed here, or when it was public no more.
        pub at: Timestamp,
        /// Whether it was withdrawn, or is public no more, or its node is followed no more.
        pub is_deleted: bool,
    }
}

/// Which changes are listed.
#[derive(Debug, Clone, Copy)]
pub struct Harvest<'a> {
    /// Those after this number.
    pub after: u64,
    /// Those at this time or later.
    pub from: Option<Timestamp>,
    /// Those before this time.
    pub before: Option<Timestamp>,
    /// Those of the documents of this node.
    pub node_seq: Option<i64>,
    /// Those of documents on whose card this word is a value; what is not public has no card here, and is listed always.
    pub word: Option<&'a str>,
}

mod sql {
    use crate::viewing::statements_for_viewers;

    /// What a harvest reads, up to the condition on the document. `CROSS JOIN` as in the other lists.
    macro_rules! select_harvested {
        () => {
            concat!("SELECT d.change_seq, d.node_seq, n.node, CASE WHEN d.state = 'removed' THEN '' ELSE n.handle END AS handle, d.id, ",
                changed_at!(), " AS at, (d.state <> 'live' OR d.visibility <> 'public') AS is_deleted
            FROM documents d CROSS JOIN nodes n LEFT JOIN logs l ON l.seq = d.log_seq
            LEFT JOIN document_texts t ON t.seq = d.text_seq WHERE n.seq = d.node_seq AND ")
        };
    }

    /// When a document changed, as far as the public may know: later changes of one that is public no more are not its business.
    macro_rules! changed_at {
        () => {
            "CASE WHEN d.state IN ('unavailable', 'quarantined') OR (d.state = 'live' AND d.visibility <> 'public')
                THEN d.public_until ELSE d.changed_at END"
        };
    }

    /// What is no longer there, and was in a log or was public. A peer does not give every text that is for fewer readers.
    macro_rules! deleted {
        () => {
            "(d.state = 'withdrawn' AND l.epoch > 0) OR d.state = 'removed'
                OR (d.public_until IS NOT NULL AND (d.state IN ('unavailable', 'quarantined')
                    OR (d.state = 'live' AND d.visibility <> 'public')))"
        };
    }

    statements_for_viewers! {
        LIST = "" [text select_harvested] "d.change_seq > $1 AND " [text changed_at] " >= $2 AND " [text changed_at] " < $3 AND ($4 = 0 OR d.node_seq = $4)
                AND ($5 = '' OR d.text_seq IS NULL OR d.visibility <> 'public' OR t.card LIKE $5) AND ((" [readable] ") OR " [text deleted] ")
            ORDER BY d.change_seq LIMIT $6";
        ONE = "" [text select_harvested] "d.node_seq = (SELECT seq FROM nodes WHERE node = $1) AND d.id = $2 AND d.change_seq IS NOT NULL AND ((" [readable] ") OR " [text deleted] ")";
        EARLIEST = "SELECT MIN(" [text changed_at] ") FROM documents d LEFT JOIN logs l ON l.seq = d.log_seq
            WHERE d.change_seq IS NOT NULL AND ((" [readable] ") OR " [text deleted] ")";
    }
}
pub(crate) use sql::FOR_VIEWERS;

impl Store {
    /// Returns the changes that everyone may know of, in their order; at most [`MAX_CARDS`].
    #[boxed]
    pub async fn harvest(
        &self,
        wanted: &Harvest<'_>,
        limit: u32,
    ) -> Result<Vec<Harvested>, StoreError> {
        let from = wanted.from.map_or(i64::MIN, Timestamp::millis);
        let before = wanted.before.map_or(i64::MAX, Timestamp::millis);
        let word = wanted.word.map(|word| format!("%\"{word}\"%"));
        let values = values![
            wanted.after,
            from,
            before,
            wanted.node_seq.unwrap_or(0),
            word.unwrap_or_default(),
            i64::from(limit.min(MAX_CARDS))
        ];
        let sql = sql::LIST.text(Viewer::Public);
        self.read().await?.records(sql, values).await
    }

    /// Returns the last change of a document; `None` for one that not everyone may know of.
    #[boxed]
    pub async fn harvested(
        &self,
        node: &NodeId,
        id: DocumentId,
    ) -> Result<Option<Harvested>, StoreError> {
        let sql = sql::ONE.text(Viewer::Public);
        self.read().await?.record(sql, values![node, id]).await
    }

    /// Returns the time of the earliest change that a harvest lists.
    #[boxed]
    pub async fn earliest_harvested(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = sql::EARLIEST.text(Viewer::Public);
        let mut db = self.read().await?;
        let row = db.row::<(Option<i64>,)>(sql, values![]).await?;
        Ok(row.and_then(|(millis,)| millis).map(Timestamp::from_millis))
    }
}
