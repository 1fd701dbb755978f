//! Who may sign for this node: one process at a time, by a lease, and no restored copy before a peer has confirmed it.
//!
//! The lock of `heads` orders all signatures in one database, so that two processes cannot fork a log there. The lease
//! makes one of them the signer, so that both do not sign with different keys or renew each other's checkpoints.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use wire::Timestamp;

use crate::{
    StoreError,
    engine::{Store, values},
    record::records,
};

/// A lease that ends later than this is of a wrong clock: no lease is longer than one minute, and the clocks of two machines
/// may differ by another.
const MAX_AHEAD: Duration = Duration::from_secs(120);

records! {
    /// The process that signs.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub struct SigningLease from SigningLeaseRow {
        /// The name of the process; `None` when no one signs.
        pub holder: Option<String>,
        /// Until when it may sign without asking again.
        pub held_until: Option<Timestamp>,
        /// Since when the database is a restored copy that no peer has confirmed.
        pub restored_at: Option<Timestamp>,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        TAKE = "UPDATE own_signing SET holder = $1, held_until = $2
            WHERE id = 1 AND (holder IS NULL OR holder = $1 OR held_until <= $3 OR held_until > $4)";
        HOLDER = "SELECT holder, held_until, restored_at FROM own_signing WHERE id = 1";
        RELEASE = "UPDATE own_signing SET holder = NULL, held_until = NULL WHERE id = 1 AND holder = $1";
        MARK_RESTORED = "UPDATE own_signing SET restored_at = $1, holder = NULL, held_until = NULL WHERE id = 1";
        RELEASE_PEERS = "UPDATE peers SET lease_holder = NULL, lease_until = NULL";
        HINDRANCE = "SELECT hindrance, fix FROM own_signing WHERE id = 1";
        RECORD_HINDRANCE = "UPDATE own_signing SET hindrance = $1, fix = $2 WHERE id = 1";
        CONFIRM = "UPDATE own_signing SET restored_at = NULL WHERE id = 1";
    }
}

/// The statements of modules that keep this node's own log from being lost.
pub(crate) const MODULES: &[(&str, &[(&str, &str)])] = &[
    ("signing", sql::ALL),
    ("mirror", crate::mirror::STATEMENTS),
    ("recovery", crate::recovery::STATEMENTS),
];

impl Store {
    /// Takes or prolongs the lease on signing, for so long; `None` when it is taken, otherwise who has it. A lease that
    /// ends in more than two minutes is the work of a clock that was wrong, and counts for nothing.
    #[boxed]
    pub async fn take_signing_lease(
        &self,
        holder: &str,
        now: Timestamp,
        length: Duration,
    ) -> Result<Option<SigningLease>, StoreError> {
        let mut db = self.write().await?;
        let taken = values![holder, now.plus(length), now, now.plus(MAX_AHEAD)];
        if db.run(sql::TAKE, taken).await? == 1 {
            db.commit().await?;
            return Ok(None);
        }
        db.record(sql::HOLDER, values![]).await
    }

    /// Returns which process has the lease on signing, as it was last written.
    #[boxed]
    pub async fn signing_lease(&self) -> Result<SigningLease, StoreError> {
        let mut db = self.read().await?;
        Ok(db.record(sql::HOLDER, values![]).await?.unwrap_or_default())
    }

    /// Gives the lease back, if this process has it.
    #[boxed]
    pub async fn release_signing_lease(&self, holder: &str) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::RELEASE, values![holder]).await?;
        Ok(db.commit().await?)
    }

    /// Records why the process that holds the lease signs nothing, and what to do; nothing when it signs.
    #[boxed]
    pub async fn record_hindrance(&self, reason: Option<(&str, &str)>) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let values = values![reason.map(|reason| reason.0), reason.map(|reason| reason.1)];
        db.run(sql::RECORD_HINDRANCE, values).await?;
        Ok(db.commit().await?)
    }

    /// Returns why nothing is signed, and what to do, as it was last found.
    #[boxed]
    pub async fn hindrance(&self) -> Result<Option<(String, String)>, StoreError> {
        let mut db = self.read().await?;
        let row: (Option<String>, Option<String>) = db.one(sql::HINDRANCE, values![]).await?;
        Ok(row.0.zip(row.1))
    }

    /// Returns since when this database is a restored copy that no peer has confirmed.
    #[boxed]
    pub async fn restored_at(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.signing_lease().await?.restored_at)
    }

    /// Marks this database as a restored copy, and voids the leases that are in it.
    #[boxed]
    pub async fn mark_restored(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::MARK_RESTORED, values![now]).await?;
        db.run(sql::RELEASE_PEERS, values![]).await?;
        Ok(db.commit().await?)
    }

    /// Marks this database as one that is not behind, if it was a restored copy until now.
    #[boxed]
    pub async fn confirm_not_behind_if(&self, restored: bool) -> Result<(), StoreError> {
        if !restored {
            return Ok(());
        }
        let mut db = self.write().await?;
        db.run(sql::CONFIRM, values![]).await?;
        Ok(db.commit().await?)
    }
}
