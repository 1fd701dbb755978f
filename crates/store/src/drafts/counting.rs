//! How many drafts there are.

use async_recursion::async_recursion as boxed;
use wire::{AccountId, DocumentId};

use crate::{
    StoreError,
    engine::{Db, Store, Values, values},
};

mod sql {
    use crate::engine::statements;

    statements! {
        COUNT_WAITING = "SELECT COUNT(*) FROM written_drafts WHERE state = 'submitted'";
        COUNT_OPEN = "SELECT COUNT(*) FROM written_drafts WHERE author = $1 AND state <> 'published'";
        HELD = "SELECT COUNT(*) FROM documents WHERE node_seq = 1 AND id = $1 AND state IN ('live', 'local')";
        AUTHORED = "SELECT COUNT(*) FROM written_drafts WHERE document = $1 AND author = $2 AND state = 'published'";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns how many drafts wait for review.
    #[boxed]
    pub async fn count_waiting_drafts(&self) -> Result<u64, StoreError> {
        count(&mut self.read().await?, sql::COUNT_WAITING, values![]).await
    }

    /// Returns how many drafts of an author are not published yet.
    #[boxed]
    pub async fn count_open_drafts(&self, author: AccountId) -> Result<u64, StoreError> {
        count(&mut self.read().await?, sql::COUNT_OPEN, values![author]).await
    }

    /// Returns whether an account has written a published revision of a document.
    #[boxed]
    pub async fn has_authored(
        &self,
        document: DocumentId,
        author: AccountId,
    ) -> Result<bool, StoreError> {
        let mut db = self.read().await?;
        let count = count(&mut db, sql::AUTHORED, values![document, author]).await?;
        Ok(count > 0)
    }
}

/// Returns whether a document of this node is still there.
pub(super) async fn is_held(db: &mut Db, document: DocumentId) -> Result<bool, StoreError> {
    Ok(count(db, sql::HELD, values![document]).await? > 0)
}

async fn count(db: &mut Db, sql: &'static str, values: Values<'_>) -> Result<u64, StoreError> {
    let (count,) = db.one::<(i64,)>(sql, values).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}
