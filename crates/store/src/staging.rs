//! Staging: bundles of a peer's log that are fetched and not yet covered by a checked root.
//!
//! They survive the poll that fetched them, have no effect, and are dropped whole when the root does not match.

use crate::{
    Claim, StoreError, changes,
    engine::{Db, Store, Value, unsigned, values},
    log, polls,
    record::records,
};
use async_recursion::async_recursion as boxed;

records! {
    /// A bundle that was fetched and is not yet covered by a checked root.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct StagedBundle from StagedBundleRow {
        /// Its number.
        pub n: u64,
        /// Its entries, in the wire's form.
        pub entries: Vec<u8>,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        STAGE = "INSERT INTO staged_bundles (log_seq, n, entries) VALUES {($1, #, #)}
            ON CONFLICT (log_seq, n) DO UPDATE SET entries = excluded.entries";
        STAGED_BYTES = "SELECT COALESCE(CAST(SUM(LENGTH(entries)) AS BIGINT), 0) FROM staged_bundles
            WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        DROP_STAGED = "DELETE FROM staged_bundles WHERE log_seq = $1";
        DROP_STAGED_OF = "DELETE FROM staged_bundles WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = $1)";
        STAGED = "SELECT n, entries FROM staged_bundles WHERE log_seq = $1 AND n >= $2 AND n < $3 ORDER BY n";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Stages bundles that were fetched and are not yet covered by a checked root.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    #[boxed]
    pub async fn stage_bundles(
        &self,
        claim: &Claim,
        epoch: u64,
        origin: &str,
        bundles: Vec<(u64, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        // The first bundle gives the log its number: one more than the greatest, which two must not read at once.
        changes::lock(&mut db).await?;
        polls::hold(&mut db, claim).await?;
        let head = log::ensure(&mut db, claim.peer.node_seq, epoch, origin).await?;
        let rows = bundles
            .into_iter()
            .map(|(n, entries)| values![n, entries])
            .collect();
        db.run_many(sql::STAGE, &[Value::from(head.seq)], rows)
            .await?;
        Ok(db.commit().await?)
    }

    /// Returns staged bundles from number `first` on, at most `limit`, in order.
    #[boxed]
    pub async fn staged_bundles(
        &self,
        node_seq: i64,
        epoch: u64,
        first: u64,
        limit: u64,
    ) -> Result<Vec<StagedBundle>, StoreError> {
        let mut db = self.read().await?;
        let Some(head) = log::head(&mut db, node_seq, epoch).await? else {
            return Ok(Vec::new());
        };
        staged(&mut db, head.seq, first, first.saturating_add(limit)).await
    }

    /// Returns how many bytes of all logs of a peer wait in staging.
    #[boxed]
    pub async fn staged_bytes(&self, node_seq: i64) -> Result<u64, StoreError> {
        let mut db = self.read().await?;
        let (bytes,) = db
            .one::<(i64,)>(sql::STAGED_BYTES, values![node_seq])
            .await?;
        Ok(unsigned(bytes))
    }

    /// Drops all that is staged of a log: its root did not match.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    #[boxed]
    pub async fn drop_staged(&self, claim: &Claim, epoch: u64) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        polls::hold(&mut db, claim).await?;
        if let Some(head) = log::head(&mut db, claim.peer.node_seq, epoch).await? {
            drop_all(&mut db, head.seq).await?;
        }
        Ok(db.commit().await?)
    }

    /// Drops all that is staged of all logs of a peer: it is too much.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over.
    #[boxed]
    pub async fn drop_all_staged(&self, claim: &Claim) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        polls::hold(&mut db, claim).await?;
        db.run(sql::DROP_STAGED_OF, values![claim.peer.node_seq])
            .await?;
        Ok(db.commit().await?)
    }
}

/// Returns staged bundles from number `first` up to, and without, `end`.
pub(crate) async fn staged(
    db: &mut Db,
    log_seq: i64,
    first: u64,
    end: u64,
) -> Result<Vec<StagedBundle>, StoreError> {
    db.records(sql::STAGED, values![log_seq, first, end]).await
}

/// Drops all that is staged of a log.
pub(crate) async fn drop_all(db: &mut Db, log_seq: i64) -> Result<(), StoreError> {
    db.run(sql::DROP_STAGED, values![log_seq]).await?;
    Ok(())
}
