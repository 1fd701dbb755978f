//! One-time links: to the first administrator, to accept an invitation, to set a new password.
//!
//! Invariant: a link does its work once, in the transaction that marks it as used.

use ::audit::{Act, By};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, Timestamp};

use super::{NewAccount, on, stored};
use crate::{
    StoreError, audit, changes,
    engine::{Db, Store, values},
    record::{records, words},
};

words! {
    /// What a one-time link is for.
    pub enum LinkPurpose as "purpose of a link" {
        /// Makes the first account, an administrator.
        First = "first",
        /// Sets the first password of an account.
        Invitation = "invitation",
        /// Sets a new password of an account.
        Reset = "reset",
    }
}

records! {
    /// A one-time link.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Link from LinkRow {
        /// What it is for.
        pub purpose: LinkPurpose,
        /// The account that it is for; `None` for the first one.
        pub account: Option<AccountId>,
        /// When it expires.
        pub expires_at: Timestamp,
        /// When it was used.
        pub used_at: Option<Timestamp>,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        COUNT_OPEN = "SELECT COUNT(*) FROM account_links WHERE account = $1 AND used_at IS NULL AND expires_at > $2";
        DELETE = "DELETE FROM account_links WHERE digest = $1 AND used_at IS NULL";
        LINK = "SELECT purpose, account, expires_at, used_at FROM account_links WHERE digest = $1";
        ADD = "INSERT INTO account_links (digest, purpose, account, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
        DELETE_OPEN = "DELETE FROM account_links WHERE account = $1 AND used_at IS NULL";
        DELETE_ALL = "DELETE FROM account_links WHERE account = $1";
        DELETE_FIRST = "DELETE FROM account_links WHERE purpose = 'first'";
        USE = "UPDATE account_links SET used_at = $2 WHERE digest = $1 AND purpose <> 'first' AND used_at IS NULL
            AND expires_at > $2 RETURNING account";
        USE_FIRST = "UPDATE account_links SET used_at = $2 WHERE digest = $1 AND purpose = 'first' AND used_at IS NULL
            AND expires_at > $2";
        DELETE_OLD = "DELETE FROM account_links WHERE expires_at <= $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

/// Links that an account may have and has not used, when someone who has not signed in asks for one more.
const MAX_OPEN_LINKS: i64 = 5;

impl Store {
    /// Stores a link for an account; returns whether it did. A link that someone makes who may is instead of those that the
    /// account has not used yet. One that anyone can ask for leaves them as they are, and there are up to `MAX_OPEN_LINKS`.
    #[boxed]
    pub async fn add_link(
        &self,
        secret: &[u8],
        purpose: LinkPurpose,
        account: AccountId,
        by: &By,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        if matches!(by, By::Unknown) {
            let (open,) = db
                .one::<(i64,)>(sql::COUNT_OPEN, values![account, now])
                .await?;
            if open >= MAX_OPEN_LINKS {
                return Ok(false);
            }
        } else {
            db.run(sql::DELETE_OPEN, values![account]).await?;
        }
        let row = values![&stored(secret), purpose.as_str(), account, now, expires_at];
        db.run(sql::ADD, row).await?;
        let entry = on(account, by, Act::LinkMade, now).with_detail(purpose.as_str());
        audit::append(&mut db, &[entry]).await?;
        db.commit().await?;
        Ok(true)
    }

    /// Deletes a link that was not used, since it reached no one.
    #[boxed]
    pub async fn delete_link(&self, secret: &[u8]) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::DELETE, values![&stored(secret)]).await?;
        Ok(db.commit().await?)
    }

    /// Stores the link that makes the first administrator, instead of an earlier one; returns whether there is no
    /// account yet, without which there is no link.
    #[boxed]
    pub async fn add_first_link(
        &self,
        secret: &[u8],
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        db.run(sql::DELETE_FIRST, values![]).await?;
        let is_first = !super::has_any(&mut db).await?;
        if is_first {
            let purpose = LinkPurpose::First.as_str();
            let row = values![&stored(secret), purpose, None::<AccountId>, now, expires_at];
            db.run(sql::ADD, row).await?;
        }
        db.commit().await?;
        Ok(is_first)
    }

    /// Returns a link, also one that was used or has expired.
    #[boxed]
    pub async fn link(&self, secret: &[u8]) -> Result<Option<Link>, StoreError> {
        self.read()
            .await?
            .record(sql::LINK, values![&stored(secret)])
            .await
    }

    /// Uses a link to set the password of its account, and ends the sessions of the account; returns the account, or
    /// `None` if the link is not valid (any more).
    #[boxed]
    pub async fn use_link(
        &self,
        secret: &[u8],
        password_hash: &str,
        now: Timestamp,
    ) -> Result<Option<AccountId>, StoreError> {
        let mut db = self.write().await?;
        let used = db
            .row::<(Option<String>,)>(sql::USE, values![&stored(secret), now])
            .await?;
        let Some(id) = used.and_then(|(id,)| AccountId::parse(&id?)) else {
            return Ok(None);
        };
        super::set_password(&mut db, id, password_hash).await?;
        let by = By::Account(id);
        audit::append(&mut db, &[on(id, &by, Act::PasswordSet, now)]).await?;
        db.commit().await?;
        Ok(Some(id))
    }

    /// Uses the link that makes the first account; returns whether it was valid and there was no account yet.
    #[boxed]
    pub async fn use_first_link(
        &self,
        secret: &[u8],
        new: &NewAccount,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let is_valid = db
            .run(sql::USE_FIRST, values![&stored(secret), now])
            .await?
            > 0;
        if !is_valid || super::has_any(&mut db).await? {
            return Ok(false);
        }
        super::add(&mut db, new, now).await?;
        super::set_password(&mut db, new.id, password_hash).await?;
        audit::append(&mut db, &[super::added(new, &By::Unknown, now)]).await?;
        db.commit().await?;
        Ok(true)
    }

    /// Deletes links that expired before a time.
    #[boxed]
    pub async fn delete_old_links(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let deleted = db.run(sql::DELETE_OLD, values![before]).await?;
        db.commit().await?;
        Ok(deleted)
    }
}

pub(super) async fn delete_all(db: &mut Db, account: AccountId) -> Result<(), StoreError> {
    db.run(sql::DELETE_ALL, values![account]).await?;
    Ok(())
}

pub(super) async fn delete_open(db: &mut Db, account: AccountId) -> Result<(), StoreError> {
    db.run(sql::DELETE_OPEN, values![account]).await?;
    Ok(())
}
