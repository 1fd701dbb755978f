//! How often the pages of this node's documents were read, by day. Counts only: no reader and no search is in them.

use async_recursion::async_recursion as boxed;
use wire::{Date, DocumentId};

use crate::{
    StoreError,
    engine::{Store, values},
    record::records,
};

/// Documents and days that one call returns.
pub const MAX_READ_DAYS: u32 = 50_000;

records! {
    /// How often a document was read on a day.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ReadsOfDay from ReadsOfDayRow {
        /// The document.
        pub id: DocumentId,
        /// The day.
        pub day: Date,
        /// How often its page was read.
        pub reads: u64,
        /// How often a reader came to it from a page of results.
        pub from_search: u64,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        ADD = "INSERT INTO document_reads (id, day, reads, from_search) VALUES {(#, #, #, #)}
            ON CONFLICT (id, day) DO UPDATE SET reads = document_reads.reads + excluded.reads,
                from_search = document_reads.from_search + excluded.from_search";
        SINCE = "SELECT id, day, reads, from_search FROM document_reads WHERE day >= $1 AND id IN ({#}) ORDER BY day, id";
        FORGET = "DELETE FROM document_reads WHERE day < $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Adds counts to those of their days. A document is in `counts` once for each day.
    #[boxed]
    pub async fn add_reads(&self, counts: &[ReadsOfDay]) -> Result<(), StoreError> {
        if counts.is_empty() {
            return Ok(());
        }
        let rows = counts.iter().map(|count| {
            values![
                count.id,
                count.day.to_string(),
                count.reads,
                count.from_search
            ]
        });
        let mut db = self.write().await?;
        db.run_many(sql::ADD, &[], rows.collect()).await?;
        Ok(db.commit().await?)
    }

    /// Returns how often these documents were read on each day from `since`, the earliest day first; at most
    /// [`MAX_READ_DAYS`].
    #[boxed]
    pub async fn reads_since(
        &self,
        ids: &[DocumentId],
        since: Date,
    ) -> Result<Vec<ReadsOfDay>, StoreError> {
        let wanted = ids.iter().map(|id| values![*id]).collect();
        let reads = self
            .read()
            .await?
            .records_of_many(sql::SINCE, &[since.to_string().into()], wanted)
            .await?;
        let max = usize::try_from(MAX_READ_DAYS).unwrap_or(usize::MAX);
        Ok(earliest(reads, max))
    }

    /// Forgets what was counted before a day.
    #[boxed]
    pub async fn forget_reads(&self, before: Date) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::FORGET, values![before.to_string()]).await?;
        Ok(db.commit().await?)
    }
}

/// Returns the earliest counts, in the order of their days. Each statement asks for some of the documents, so the counts
/// come in the order of the statements.
fn earliest(mut reads: Vec<ReadsOfDay>, max: usize) -> Vec<ReadsOfDay> {
    reads.sort_by_key(|count| (count.day, count.id));
    reads.truncate(max);
    reads
}

#[cfg(test)]
mod tests {
    use wire::Timestamp;

    use super::*;

    #[test]
    fn the_latest_counts_are_left_out() {
        let on = |day| ReadsOfDay {
            id: DocumentId::generate(Timestamp::from_secs(1_790_000_000), [7; 10]),
            day: Date::parse(day).unwrap(),
            reads: 1,
            from_search: 0,
        };
        let reads = vec![on("2026-03-02"), on("2026-03-03"), on("2026-03-01")];
        let days = earliest(reads, 2).into_iter().map(|count| count.day);
        let days: Vec<String> = days.map(|day| day.to_string()).collect();
        assert_eq!(days, ["2026-03-01", "2026-03-02"]);
    }
}
