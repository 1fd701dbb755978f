//! Gaps: what people searched for on several days, and no page has all the words of. Nothing says who searched.

use std::time::Duration;

use ::audit::{Act, By, Entry, Object};
use async_recursion::async_recursion as boxed;
use wire::Timestamp;

use crate::{
    StoreError, audit,
    engine::{Store, values},
    record::records,
};

/// Gaps that are kept, the last ones that were searched for.
pub const MAX_GAPS: u32 = 1_000;

/// How long a gap is kept after it was last searched for.
pub const MAX_GAP_AGE: Duration = Duration::from_secs(180 * 24 * 3_600);

records! {
    /// What people searched for, and found no page with all the words.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Gap from GapRow {
        /// The words, in lower case.
        pub words: String,
        /// On how many days it was searched for.
        pub days: u64,
        /// The first of them.
        pub first_at: Timestamp,
        /// The last of them.
        pub last_at: Timestamp,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        ADD = "INSERT INTO search_gaps (words, days, first_at, last_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (words) DO UPDATE SET days = search_gaps.days + excluded.days, last_at = excluded.last_at";
        COUNT_AGAIN = "UPDATE search_gaps SET days = days + $2, last_at = $3 WHERE words = $1";
        REMOVE_OLD = "DELETE FROM search_gaps WHERE last_at < $1";
        REMOVE_LEAST = "DELETE FROM search_gaps WHERE words IN
            (SELECT words FROM search_gaps ORDER BY last_at DESC, words LIMIT 1000 OFFSET $1)";
        LIST = "SELECT words, days, first_at, last_at FROM search_gaps ORDER BY days DESC, last_at DESC, words LIMIT $1";
        REMOVE = "DELETE FROM search_gaps WHERE words = $1";
        REMOVE_ALL = "DELETE FROM search_gaps";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Adds `new` gaps, adds the days of `again` to those that are still there, and removes those that are too old or too
    /// many.
    #[boxed]
    pub async fn add_gaps(
        &self,
        new: &[Gap],
        again: &[Gap],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::REMOVE_OLD, values![now.minus(MAX_GAP_AGE)])
            .await?;
        for gap in new {
            let values = values![gap.words.as_str(), gap.days, gap.first_at, gap.last_at];
            db.run(sql::ADD, values).await?;
        }
        for gap in again {
            let values = values![gap.words.as_str(), gap.days, gap.last_at];
            db.run(sql::COUNT_AGAIN, values).await?;
        }
        db.run(sql::REMOVE_LEAST, values![i64::from(MAX_GAPS)])
            .await?;
        Ok(db.commit().await?)
    }

    /// Returns the gaps that were searched for on the most days, at most [`MAX_GAPS`].
    #[boxed]
    pub async fn gaps(&self, limit: u32) -> Result<Vec<Gap>, StoreError> {
        let values = values![i64::from(limit.min(MAX_GAPS))];
        self.read().await?.records(sql::LIST, values).await
    }

    /// Removes one gap; returns whether there was one.
    #[boxed]
    pub async fn remove_gap(
        &self,
        words: &str,
        by: &By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let removed = db.run(sql::REMOVE, values![words]).await? > 0;
        if removed {
            // Without its words: the audit never forgets, and they may be why it was removed.
            let entry = Entry::new(by, Act::GapRemoved, Object::Nothing, now);
            audit::append(&mut db, &[entry]).await?;
        }
        db.commit().await?;
        Ok(removed)
    }

    /// Removes all gaps.
    #[boxed]
    pub async fn remove_gaps(&self) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::REMOVE_ALL, values![]).await?;
        Ok(db.commit().await?)
    }
}
