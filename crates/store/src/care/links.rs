//! One-time links with which a person says that a document is still true.
//!
//! Invariant: a link is for one revision and works once.

use async_recursion::async_recursion as boxed;
use wire::{AccountId, Digest, DocumentId, Timestamp};

use crate::{
    StoreError,
    engine::{Store, values},
    record::records,
};

records! {
    /// A link of a reminder.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ReviewLink from ReviewLinkRow {
        /// The document.
        pub document: DocumentId,
        /// The revision that the person was asked about.
        pub rev: u64,
        /// The person.
        pub account: AccountId,
        /// When the person was asked.
        pub created_at: Timestamp,
        /// When it expires.
        pub expires_at: Timestamp,
        /// When it was used.
        pub used_at: Option<Timestamp>,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        ADD = "INSERT INTO review_links (digest, document, rev, account, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
        LINK = "SELECT document, rev, account, created_at, expires_at, used_at FROM review_links WHERE digest = $1";
        USE = "UPDATE review_links SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND expires_at > $2";
        DROP = "DELETE FROM review_links WHERE digest = $1";
        RELEASE = "UPDATE review_links SET used_at = NULL WHERE digest = $1";
        DELETE_OLD = "DELETE FROM review_links WHERE expires_at <= $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Stores a link, by the digest of its secret part.
    #[boxed]
    pub async fn add_review_link(
        &self,
        secret: &[u8],
        link: &ReviewLink,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let digest = Digest::for_bytes(secret);
        let row = values![
            &digest,
            link.document,
            link.rev,
            link.account,
            link.created_at,
            link.expires_at
        ];
        db.run(sql::ADD, row).await?;
        Ok(db.commit().await?)
    }

    /// Returns a link, also one that was used or has expired.
    #[boxed]
    pub async fn review_link(&self, secret: &[u8]) -> Result<Option<ReviewLink>, StoreError> {
        let digest = Digest::for_bytes(secret);
        self.read().await?.record(sql::LINK, values![&digest]).await
    }

    /// Uses a link; returns whether it was valid until now.
    #[boxed]
    pub async fn use_review_link(&self, secret: &[u8], now: Timestamp) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let digest = Digest::for_bytes(secret);
        let used = db.run(sql::USE, values![&digest, now]).await? > 0;
        db.commit().await?;
        Ok(used)
    }

    /// Makes a link valid again whose use came to nothing.
    #[boxed]
    pub async fn release_review_link(&self, secret: &[u8]) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let digest = Digest::for_bytes(secret);
        db.run(sql::RELEASE, values![&digest]).await?;
        Ok(db.commit().await?)
    }

    /// Deletes a link that reached no one.
    #[boxed]
    pub async fn drop_review_link(&self, secret: &[u8]) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let digest = Digest::for_bytes(secret);
        db.run(sql::DROP, values![&digest]).await?;
        Ok(db.commit().await?)
    }

    /// Deletes links that expired before a time.
    #[boxed]
    pub async fn delete_old_review_links(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let deleted = db.run(sql::DELETE_OLD, values![before]).await?;
        db.commit().await?;
        Ok(deleted)
    }
}
