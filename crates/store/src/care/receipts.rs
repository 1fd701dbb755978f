//! How much of this node's log each peer has applied, as its own signature says.

use async_recursion::async_recursion as boxed;
use wire::Timestamp;

use crate::{
    StoreError,
    engine::{Store, values},
    record::records,
};

records! {
    /// What a peer has applied of a log of this node.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Receipt from ReceiptRow {
        /// Number of the peer.
        pub node_seq: i64,
        /// Epoch of the log.
        pub epoch: u64,
        /// Entries of it that the peer has applied.
        pub size: u64,
        /// When the peer signed that.
        pub at: Timestamp,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        RECORD = "INSERT INTO receipts (node_seq, epoch, size, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (node_seq, epoch) DO UPDATE SET size = excluded.size, at = excluded.at
            WHERE excluded.size > receipts.size";
        ALL_RECEIPTS = "SELECT node_seq, epoch, size, at FROM receipts ORDER BY node_seq, epoch";
        LAST_MISSING = "SELECT MAX(d.changed_at) FROM documents d CROSS JOIN logs l CROSS JOIN peers p
            WHERE l.seq = d.log_seq AND +d.node_seq = 1 AND d.state = 'withdrawn' AND l.epoch = $2 AND d.leaf_index IS NOT NULL
                AND p.state IN ('new', 'active') AND d.changed_at >= $1
                AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.node_seq = p.node_seq AND r.epoch = l.epoch AND r.size > d.leaf_index)";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Records what a peer has applied; less than is recorded changes nothing, since a withdrawal is never undone.
    #[boxed]
    pub async fn record_receipt(&self, receipt: &Receipt) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let row = values![receipt.node_seq, receipt.epoch, receipt.size, receipt.at];
        db.run(sql::RECORD, row).await?;
        Ok(db.commit().await?)
    }

    /// Returns what peers have applied.
    #[boxed]
    pub async fn receipts(&self) -> Result<Vec<Receipt>, StoreError> {
        self.read()
            .await?
            .records(sql::ALL_RECEIPTS, values![])
            .await
    }

    /// Returns when the last document was withdrawn from the log of `epoch` of which a peer that is polled has sent no
    /// receipt; `None` if none is missing since `since`.
    #[boxed]
    pub async fn last_without_receipt(
        &self,
        epoch: u64,
        since: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut db = self.read().await?;
        let values = values![since, epoch];
        let (at,) = db.one::<(Option<i64>,)>(sql::LAST_MISSING, values).await?;
        Ok(at.map(Timestamp::from_millis))
    }
}
