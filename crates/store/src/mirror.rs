//! What this node serves of the logs of others, as it holds them (docs/FEED.md §11): for a node that has lost its own.

use async_recursion::async_recursion as boxed;
use wire::Digest;

use crate::{
    LeafBody, StoreError,
    engine::{Store, values},
    feed,
    log::{self, BUNDLE_ENTRIES},
};

mod sql {
    use crate::engine::statements;

    statements! {
        DOCS = "SELECT d.leaf_index, t.body FROM documents d JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = $1 AND d.log_seq = $2 AND d.leaf_index >= $3 AND d.leaf_index < $4
                AND d.state = 'live' AND d.visibility = 'public' ORDER BY d.leaf_index LIMIT $5";
        DOC = "SELECT t.body FROM documents d JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = $1 AND d.digest = $2 AND d.state = 'live' AND d.visibility = 'public' LIMIT 1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns the body of a live public document of a node by its digest.
    #[boxed]
    pub async fn mirrored_doc(
        &self,
        node_seq: i64,
        digest: &Digest,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut db = self.read().await?;
        let row = db
            .row::<(Vec<u8>,)>(sql::DOC, values![node_seq, digest])
            .await?;
        Ok(row.map(|(body,)| body))
    }

    /// Returns the live public bodies of the entries of bundle `n` of a node's log after the leaf `after`, ascending: as
    /// many as fit in `most_bytes` with a line feed each, and at least one. `None` when no such log is held.
    #[boxed]
    pub async fn mirrored_docs(
        &self,
        node_seq: i64,
        epoch: u64,
        n: u64,
        after: Option<u64>,
        most_bytes: usize,
    ) -> Result<Option<Vec<LeafBody>>, StoreError> {
        let mut db = self.snapshot().await?;
        let Some(head) = log::head(&mut db, node_seq, epoch).await? else {
            return Ok(None);
        };
        let start = n.saturating_mul(BUNDLE_ENTRIES);
        let end = start.saturating_add(BUNDLE_ENTRIES);
        let next = after.map_or(start, |after| after.saturating_add(1).max(start));
        let first = [node_seq, head.seq];
        let bodies = feed::bodies(&mut db, sql::DOCS, &first, next..end, most_bytes);
        bodies.await.map(Some)
    }
}
