//! Personal access tokens, with which a program hands in drafts for its owner.

use ::audit::{Act, By};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, Digest, Role, Timestamp};

use super::{Account, on, stored};
use crate::{
    StoreError, audit,
    engine::{Db, Store, values},
    record::records,
};

records! {
    /// An access token, without the token.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AccessToken from AccessTokenRow {
        /// Digest of the token.
        pub digest: Digest,
        /// What its owner calls it.
        pub name: String,
        /// First made.
        pub created_at: Timestamp,
        /// When it expires.
        pub expires_at: Timestamp,
        /// Last used, to about an hour.
        pub used_at: Option<Timestamp>,
    }
}

/// The least role that has access tokens: they hand in drafts.
pub const MIN_TOKEN_ROLE: Role = Role::Contributor;

/// Access tokens of one account.
pub const MAX_ACCESS_TOKENS: u32 = 20;

mod sql {
    use crate::engine::statements;

    statements! {
        OF_ACCOUNT = "SELECT digest, name, created_at, expires_at, used_at FROM access_tokens WHERE account = $1
            ORDER BY created_at, digest";
        OWNER = "SELECT a.id, a.email, a.name, a.role, a.password IS NOT NULL AS has_password, a.created_at, a.signed_in_at,
                a.disabled_at FROM access_tokens t JOIN accounts a ON a.id = t.account
            WHERE t.digest = $1 AND t.expires_at > $2 AND a.disabled_at IS NULL";
        ADD = "INSERT INTO access_tokens (digest, account, name, created_at, expires_at)
            SELECT $1, a.id, $3, $4, $5 FROM accounts a WHERE a.id = $2 AND a.disabled_at IS NULL
                AND (SELECT COUNT(*) FROM access_tokens t WHERE t.account = a.id) < $6";
        TOUCH = "UPDATE access_tokens SET used_at = $2 WHERE digest = $1 AND (used_at IS NULL OR used_at < $3)";
        DELETE = "DELETE FROM access_tokens WHERE digest = $1 AND account = $2";
        DELETE_ALL = "DELETE FROM access_tokens WHERE account = $1";
        DELETE_EVERY = "DELETE FROM access_tokens";
        DELETE_EXPIRED = "DELETE FROM access_tokens WHERE expires_at <= $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Stores an access token; returns whether the account may have one more.
    #[boxed]
    pub async fn add_access_token(
        &self,
        token: &[u8],
        account: AccountId,
        name: &str,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let max = i64::from(MAX_ACCESS_TOKENS);
        let row = values![&stored(token), account, name, now, expires_at, max];
        let added = db.run(sql::ADD, row).await? > 0;
        if added {
            let by = By::Account(account);
            audit::append(&mut db, &[on(account, &by, Act::TokenMade, now)]).await?;
        }
        db.commit().await?;
        Ok(added)
    }

    /// Returns the access tokens of an account, the oldest first.
    #[boxed]
    pub async fn access_tokens(&self, account: AccountId) -> Result<Vec<AccessToken>, StoreError> {
        self.read()
            .await?
            .records(sql::OF_ACCOUNT, values![account])
            .await
    }

    /// Returns the account of an access token that is valid `now`.
    #[boxed]
    pub async fn account_of_token(
        &self,
        token: &[u8],
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let mut db = self.read().await?;
        db.record(sql::OWNER, values![&stored(token), now]).await
    }

    /// Records that an access token is used, unless that is recorded since `recently`.
    #[boxed]
    pub async fn touch_access_token(
        &self,
        token: &[u8],
        now: Timestamp,
        recently: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::TOUCH, values![&stored(token), now, recently])
            .await?;
        Ok(db.commit().await?)
    }

    /// Deletes an access token of an account; returns whether it had this token.
    #[boxed]
    pub async fn delete_access_token(
        &self,
        account: AccountId,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let deleted = db.run(sql::DELETE, values![digest, account]).await? > 0;
        if deleted {
            let by = By::Account(account);
            audit::append(&mut db, &[on(account, &by, Act::TokenRevoked, now)]).await?;
        }
        db.commit().await?;
        Ok(deleted)
    }

    /// Deletes access tokens that have expired.
    #[boxed]
    pub async fn delete_expired_access_tokens(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let deleted = db.run(sql::DELETE_EXPIRED, values![now]).await?;
        db.commit().await?;
        Ok(deleted)
    }
}

pub(super) async fn delete_every(db: &mut Db) -> Result<(), StoreError> {
    db.run(sql::DELETE_EVERY, values![]).await?;
    Ok(())
}

pub(super) async fn delete_all(db: &mut Db, account: AccountId) -> Result<(), StoreError> {
    db.run(sql::DELETE_ALL, values![account]).await?;
    Ok(())
}
