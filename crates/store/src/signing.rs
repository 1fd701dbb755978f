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

    /// Why the process that holds the lease signs nothing.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RecordedHindrance from RecordedHindranceRow {
        /// Which kind of reason, by which a program knows it again.
        pub code: String,
        /// The peer that has shown it.
        pub peer: Option<String>,
        /// The reason for people, in the words of the program that recorded it.
        pub reason: String,
        /// What ends it, likewise.
        pub fix: String,
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
        HINDRANCE = "SELECT COALESCE(hindrance_code, 'unknown') AS code, hindrance_peer AS peer, hindrance AS reason,
                COALESCE(fix, '') AS fix
            FROM own_signing WHERE id = 1 AND hindrance IS NOT NULL";
        RECORD_HINDRANCE = "UPDATE own_signing SET hindrance_code = $1, hindrance_peer = $2, hindrance = $3, fix = $4 WHERE id = 1";
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

    /// Records why the process that holds the lease signs nothing; nothing when it signs.
    #[boxed]
    pub async fn record_hindrance(
        &self,
        found: Option<&RecordedHindrance>,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let values = values![
            found.map(|found| found.code.as_str()),
            found.and_then(|found| found.peer.as_deref()),
            found.map(|found| found.reason.as_str()),
            found.map(|found| found.fix.as_str())
        ];
        db.run(sql::RECORD_HINDRANCE, values).await?;
        Ok(db.commit().await?)
    }

    /// Returns why nothing is signed, as it was last found.
    #[boxed]
    pub async fn hindrance(&self) -> Result<Option<RecordedHindrance>, StoreError> {
        self.read().await?.record(sql::HINDRANCE, values![]).await
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

    /// Marks this database as one that is not behind.
    #[boxed]
    pub async fn confirm_not_behind(&self) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::CONFIRM, values![]).await?;
        Ok(db.commit().await?)
    }
}
