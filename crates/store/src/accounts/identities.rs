//! The persons of OpenID providers who have an account here.

use ::audit::{Act, By};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, Timestamp};

use super::{NewAccount, add, added, on, sessions, tokens};
use crate::{
    StoreError, audit, changes,
    engine::{Db, Store, values},
};

/// A person as an OpenID provider knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderIdentity {
    /// The provider.
    pub issuer: String,
    /// The person; it never changes.
    pub subject: String,
}

mod sql {
    use crate::engine::statements;

    statements! {
        /// An account has one person of each provider: a second one with the same address is someone else.
        LINK_IDENTITY = "INSERT INTO account_identities (issuer, subject, account, linked_at)
            SELECT $1, $2, a.id, $4 FROM accounts a WHERE a.id = $3
                AND NOT EXISTS (SELECT 1 FROM account_identities i WHERE i.account = a.id AND i.issuer = $1)
            ON CONFLICT (issuer, subject) DO NOTHING";
        DELETE_ALL = "DELETE FROM account_identities WHERE account = $1";
        HAS_IDENTITY = "SELECT account FROM account_identities WHERE account = $1 LIMIT 1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Says whether a person of an OpenID provider has an account.
    #[boxed]
    pub async fn has_identity(&self, id: AccountId) -> Result<bool, StoreError> {
        let mut db = self.read().await?;
        let found = db.row::<(String,)>(sql::HAS_IDENTITY, values![id]).await?;
        Ok(found.is_some())
    }

    /// Adds the account of a person that an OpenID provider has identified.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when there is one with this address, or the person has one.
    #[boxed]
    pub async fn add_account_of_identity(
        &self,
        new: &NewAccount,
        identity: &ProviderIdentity,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        add(&mut db, new, now).await?;
        if !link_identity(&mut db, identity, new.id, now).await? {
            return Err(StoreError::Duplicate(new.email.clone()));
        }
        let by = By::Account(new.id);
        audit::append(&mut db, &[added(new, &by, now)]).await?;
        Ok(db.commit().await?)
    }

    /// Lets a person of an OpenID provider sign in to an account; returns whether they can. One who has an account already keeps
    /// it, and an account that a person of the same provider has stays theirs.
    #[boxed]
    pub async fn link_identity(
        &self,
        identity: &ProviderIdentity,
        account: AccountId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let is_linked = link_identity(&mut db, identity, account, now).await?;
        if is_linked {
            let by = By::Account(account);
            audit::append(&mut db, &[on(account, &by, Act::IdentityLinked, now)]).await?;
        }
        db.commit().await?;
        Ok(is_linked)
    }

    /// Removes the persons of OpenID providers from an account, and ends its sessions and access tokens; returns whether it
    /// had any.
    #[boxed]
    pub async fn unlink_identities(
        &self,
        account: AccountId,
        by: &By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let has_any = db.run(sql::DELETE_ALL, values![account]).await? > 0;
        if has_any {
            sessions::end_all(&mut db, account).await?;
            tokens::delete_all(&mut db, account).await?;
            audit::append(&mut db, &[on(account, by, Act::IdentityUnlinked, now)]).await?;
        }
        db.commit().await?;
        Ok(has_any)
    }
}

pub(super) async fn delete_all(db: &mut Db, account: AccountId) -> Result<(), StoreError> {
    db.run(sql::DELETE_ALL, values![account]).await?;
    Ok(())
}

async fn link_identity(
    db: &mut Db,
    identity: &ProviderIdentity,
    account: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = values![&identity.issuer, &identity.subject, account, now];
    Ok(db.run(sql::LINK_IDENTITY, row).await? > 0)
}
