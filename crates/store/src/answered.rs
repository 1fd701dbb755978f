//! How long drafts waited for an answer.

use async_recursion::async_recursion as boxed;
use wire::Timestamp;

use crate::{
    StoreError,
    engine::{Store, values},
};

mod sql {
    use crate::engine::statements;

    statements! {
        ANSWERED = "SELECT submitted_at, CASE WHEN state = 'published' THEN published_at ELSE returned_at END AS answered_at
            FROM written_drafts WHERE state IN ('published', 'returned') AND submitted_at IS NOT NULL
            ORDER BY answered_at DESC LIMIT $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns when each of the latest drafts that were published or returned had been submitted, and when it was answered.
    #[boxed]
    pub async fn answered_drafts(
        &self,
        limit: u32,
    ) -> Result<Vec<(Timestamp, Timestamp)>, StoreError> {
        let mut db = self.read().await?;
        let rows: Vec<(i64, Option<i64>)> =
            db.rows(sql::ANSWERED, values![i64::from(limit)]).await?;
        let at = Timestamp::from_millis;
        let known =
            |(submitted, answered): (i64, Option<i64>)| Some((at(submitted), at(answered?)));
        Ok(rows.into_iter().filter_map(known).collect())
    }
}
