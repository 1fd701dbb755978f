//! The persons of OpenID providers who have an account here.

use ::audit::{Act, By};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, Timestamp};

use super::{NewAccount, add, added, on};
use crate::{
    StoreError, audit,
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
        LINK_IDENTITY = "INSERT INTO account_identities (issuer, subject, account, linked_at) VALUES ($1, $2, $3, $4)
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
    /// [`StoreError::Duplicate`] when there is one with this address.
    #[boxed]
    pub async fn add_account_of_identity(
        &self,
        new: &NewAccount,
        identity: &ProviderIdentity,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        add(&mut db, new, now).await?;
        link_identity(&mut db, identity, new.id, now).await?;
        let by = By::Account(new.id);
        audit::append(&mut db, &[added(new, &by, now)]).await?;
        Ok(db.commit().await?)
    }

    /// Lets a person of an OpenID provider sign in to an account. One who has an account already keeps it.
    #[boxed]
    pub async fn link_identity(
        &self,
        identity: &ProviderIdentity,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        link_identity(&mut db, identity, account, now).await?;
        let by = By::Account(account);
        audit::append(&mut db, &[on(account, &by, Act::IdentityLinked, now)]).await?;
        Ok(db.commit().await?)
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
) -> Result<(), StoreError> {
    let row = values![&identity.issuer, &identity.subject, account, now];
    db.run(sql::LINK_IDENTITY, row).await?;
    Ok(())
}
