//! Warnings of the check for patient data that a person accepted, and why.

use async_recursion::async_recursion as boxed;
use wire::{DocumentId, Timestamp};

use crate::{
    StoreError,
    engine::{Db, Store, values},
    record::records,
};

/// Rows that one call returns.
pub const MAX_ACCEPTED_WARNINGS: u32 = 1_000;

/// The reason for which the warnings of one kind were accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningReason {
    /// The kind, as it is written.
    pub kind: String,
    /// The reason.
    pub reason: String,
}

records! {
    /// Warnings of one kind that were accepted for a revision.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AcceptedWarning from AcceptedWarningRow {
        /// The document.
        pub id: DocumentId,
        /// Its revision.
        pub rev: u64,
        /// The kind, as it is written.
        pub kind: String,
        /// The reason.
        pub reason: String,
        /// When the revision was published.
        pub at: Timestamp,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        ACCEPT = "INSERT INTO accepted_warnings (at, id, rev, kind, reason) VALUES {($1, #, #, #, #)}
            ON CONFLICT (id, rev, kind) DO UPDATE SET reason = excluded.reason, at = excluded.at";
        ACCEPTED = "SELECT id, rev, kind, reason, at FROM accepted_warnings ORDER BY at DESC, id, rev, kind LIMIT $1";
        ACCEPTED_OF = "SELECT id, rev, kind, reason, at FROM accepted_warnings WHERE id = $1 AND rev = $2 ORDER BY kind";
        COUNT_ACCEPTED = "SELECT COUNT(*) FROM accepted_warnings";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns accepted warnings, the latest first; at most [`MAX_ACCEPTED_WARNINGS`].
    #[boxed]
    pub async fn accepted_warnings(&self, limit: u32) -> Result<Vec<AcceptedWarning>, StoreError> {
        let values = values![i64::from(limit.min(MAX_ACCEPTED_WARNINGS))];
        self.read().await?.records(sql::ACCEPTED, values).await
    }

    /// Returns the warnings that were accepted for a revision.
    #[boxed]
    pub async fn accepted_warnings_of(
        &self,
        id: DocumentId,
        rev: u64,
    ) -> Result<Vec<AcceptedWarning>, StoreError> {
        let mut db = self.read().await?;
        db.records(sql::ACCEPTED_OF, values![id, rev]).await
    }

    /// Returns how many accepted warnings are recorded.
    #[boxed]
    pub async fn count_accepted_warnings(&self) -> Result<u64, StoreError> {
        let row = self
            .read()
            .await?
            .row::<(i64,)>(sql::COUNT_ACCEPTED, values![])
            .await?;
        Ok(row.map_or(0, |(count,)| u64::try_from(count).unwrap_or(0)))
    }
}

/// An accepted warning with the revision that is published despite it.
pub(crate) struct NewWarning<'a> {
    pub(crate) id: DocumentId,
    pub(crate) rev: u64,
    pub(crate) reason: &'a WarningReason,
}

/// Records the warnings that were accepted for new revisions.
pub(crate) async fn record(
    db: &mut Db,
    accepted: &[NewWarning<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = accepted.iter().map(|new| {
        let WarningReason { kind, reason } = new.reason;
        values![new.id, new.rev, kind.as_str(), reason.as_str()]
    });
    let rows = rows.collect();
    db.run_many(sql::ACCEPT, &[now.into()], rows).await?;
    Ok(())
}
