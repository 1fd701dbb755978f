//! Accounts: the people who can sign in to this node, their roles and passwords.
//!
//! Invariants: a change of role or password and a disabled account end all sessions of the account in the same
//! transaction, and all of its access tokens but for a role that may have them; there is always an enabled administrator, once
//! there was one.

mod identities;
pub(crate) mod links;
pub(crate) mod sessions;
pub(crate) mod tokens;

pub use identities::ProviderIdentity;
use tokens::MIN_TOKEN_ROLE;

use ::audit::{Act, By, Entry, Object};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, Digest, Role, Timestamp};

use crate::{
    StoreError, audit, changes,
    engine::{Db, Store, unsigned, values},
    record::records,
};

records! {
    /// A person who can sign in.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Account from AccountRow {
        /// Its id.
        pub id: AccountId,
        /// The address that the person signs in with, in lower case.
        pub email: String,
        /// Name, as others see it.
        pub name: String,
        /// What the person may do.
        pub role: Role,
        /// Whether the person can sign in with a password.
        pub has_password: bool,
        /// First made.
        pub created_at: Timestamp,
        /// Last signed in.
        pub signed_in_at: Option<Timestamp>,
        /// Since when the person cannot sign in.
        pub disabled_at: Option<Timestamp>,
    }

    /// An account with its password hash. It has no `Debug`, so that the hash is in no log.
    pub struct Credentials from CredentialsRow with account: Account {
        /// The hash, if the person can sign in with a password.
        pub password: Option<String>,
    }
}

impl Account {
    /// Whether its name and address were erased; its id is in the place of the address then.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.email == self.id.to_string()
    }
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// The address that the person signs in with, in lower case.
    pub email: String,
    /// Name, as others see it.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

/// The name of an account whose own was erased.
const ERASED_NAME: &str = "Someone who has left";

/// Accounts on one page of a list.
pub const MAX_ACCOUNTS: u32 = 100;

mod sql {
    use crate::engine::statements;

    macro_rules! account {
        ($rest:literal) => {
            concat!(
                "SELECT a.id, a.email, a.name, a.role, a.password IS NOT NULL AS has_password, a.created_at,
                    a.signed_in_at, a.disabled_at FROM accounts a ",
                $rest
            )
        };
    }

    statements! {
        BY_ID = account!("WHERE a.id = $1");
        BY_EMAIL = account!("WHERE a.email = $1");
        BY_IDENTITY = account!("JOIN account_identities i ON i.account = a.id WHERE i.issuer = $1 AND i.subject = $2");
        FIRST_ADMINISTRATOR = account!("WHERE a.role = 'administrator' AND a.disabled_at IS NULL ORDER BY a.created_at, a.id LIMIT 1");
        REVIEWERS = account!("WHERE a.role IN ('editor', 'administrator') AND a.disabled_at IS NULL ORDER BY a.created_at, a.id LIMIT $1");
        PAGE = account!("WHERE a.email <> a.id ORDER BY a.name, a.id LIMIT $1 OFFSET $2");
        COUNT = "SELECT COUNT(*) FROM accounts a WHERE a.email <> a.id";
        ANY = "SELECT id FROM accounts LIMIT 1";
        CREDENTIALS = "SELECT a.id, a.email, a.name, a.role, a.password IS NOT NULL AS has_password, a.created_at,
            a.signed_in_at, a.disabled_at, a.password FROM accounts a WHERE a.email = $1";
        PASSWORD = "SELECT password FROM accounts WHERE id = $1";
        ADD = "INSERT INTO accounts (id, email, name, role, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (email) DO NOTHING";
        SET_ROLE = "UPDATE accounts SET role = $2 WHERE id = $1 AND role <> $2";
        SET_PASSWORD = "UPDATE accounts SET password = $2 WHERE id = $1";
        DISABLE = "UPDATE accounts SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
        ENABLE = "UPDATE accounts SET disabled_at = NULL WHERE id = $1 AND email <> id";
        ERASE = "UPDATE accounts SET email = id, name = $2, role = 'reader', password = NULL, signed_in_at = NULL
            WHERE id = $1 AND email <> id AND disabled_at IS NOT NULL";
        OTHER_ADMINISTRATOR = "SELECT id FROM accounts WHERE role = 'administrator' AND disabled_at IS NULL AND id <> $1 LIMIT 1";
    }
}

/// The statements of all modules here.
pub(crate) const MODULES: &[(&str, &[(&str, &str)])] = &[
    ("accounts", sql::ALL),
    ("accounts::identities", identities::STATEMENTS),
    ("accounts::links", links::STATEMENTS),
    ("accounts::sessions", sessions::STATEMENTS),
    ("accounts::tokens", tokens::STATEMENTS),
];

impl Store {
    /// Says whether there is any account.
    #[boxed]
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        has_any(&mut self.read().await?).await
    }

    /// Returns an account.
    #[boxed]
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.read().await?.record(sql::BY_ID, values![id]).await
    }

    /// Returns the account of an address, which is given in lower case.
    #[boxed]
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        self.read()
            .await?
            .record(sql::BY_EMAIL, values![email])
            .await
    }

    /// Returns the administrator who has been here longest and can sign in.
    #[boxed]
    pub async fn first_administrator(&self) -> Result<Option<Account>, StoreError> {
        let mut db = self.read().await?;
        db.record(sql::FIRST_ADMINISTRATOR, values![]).await
    }

    /// Returns the accounts that review and can sign in, those that have been here longest first.
    #[boxed]
    pub async fn reviewers(&self, limit: u32) -> Result<Vec<Account>, StoreError> {
        let mut db = self.read().await?;
        db.records(sql::REVIEWERS, values![i64::from(limit)]).await
    }

    /// Returns the account of a person of an OpenID provider.
    #[boxed]
    pub async fn account_by_identity(
        &self,
        identity: &ProviderIdentity,
    ) -> Result<Option<Account>, StoreError> {
        let values = values![&identity.issuer, &identity.subject];
        self.read().await?.record(sql::BY_IDENTITY, values).await
    }

    /// Returns the accounts that were not erased and whose name or address contains some words, by name, and how many there are in all; at most
    /// [`MAX_ACCOUNTS`] of them, after the first `skip`.
    #[boxed]
    pub async fn accounts(
        &self,
        words: &str,
        skip: u64,
    ) -> Result<(Vec<Account>, u64), StoreError> {
        let mut db = self.snapshot().await?;
        if words.is_empty() {
            let page = values![i64::from(MAX_ACCOUNTS), skip];
            let (count,) = db.one::<(i64,)>(sql::COUNT, values![]).await?;
            return Ok((db.records(sql::PAGE, page).await?, unsigned(count)));
        }
        // Engines differ in which letters are the same in capitals, so the names are compared here.
        let words = words.to_lowercase();
        let has = |name: &str| name.to_lowercase().contains(&words);
        let mut accounts: Vec<Account> = db.records(sql::PAGE, values![i64::MAX, 0_i64]).await?;
        accounts.retain(|account| has(&account.name) || has(&account.email));
        let count = u64::try_from(accounts.len()).unwrap_or(u64::MAX);
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let limit = usize::try_from(MAX_ACCOUNTS).unwrap_or(usize::MAX);
        Ok((accounts.into_iter().skip(skip).take(limit).collect(), count))
    }

    /// Returns the password hash of an account that has one.
    #[boxed]
    pub async fn password_hash(&self, id: AccountId) -> Result<Option<String>, StoreError> {
        let mut db = self.read().await?;
        let found: Option<(Option<String>,)> = db.row(sql::PASSWORD, values![id]).await?;
        Ok(found.and_then(|(password,)| password))
    }

    /// Returns the account of an address, which is given in lower case, with its password hash.
    #[boxed]
    pub async fn credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        let mut db = self.read().await?;
        db.record(sql::CREDENTIALS, values![email]).await
    }

    /// Adds an account without a password.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when there is one with this address.
    #[boxed]
    pub async fn add_account(
        &self,
        new: &NewAccount,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        add(&mut db, new, now).await?;
        audit::append(&mut db, &[added(new, by, now)]).await?;
        Ok(db.commit().await?)
    }

    /// Gives an account another role, and ends its sessions, and its access tokens unless the role may have them; returns
    /// whether the role has changed.
    ///
    /// # Errors
    /// [`StoreError::LastAdministrator`].
    #[boxed]
    pub async fn set_role(
        &self,
        id: AccountId,
        role: Role,
        by: &By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        if role != Role::Administrator {
            keep_an_administrator(&mut db, id).await?;
        }
        let changed = db.run(sql::SET_ROLE, values![id, role]).await? > 0;
        if changed {
            sessions::end_all(&mut db, id).await?;
            if role < MIN_TOKEN_ROLE {
                tokens::delete_all(&mut db, id).await?;
            }
            let entry = on(id, by, Act::RoleChanged, now).with_detail(role.as_str());
            audit::append(&mut db, &[entry]).await?;
        }
        db.commit().await?;
        Ok(changed)
    }

    /// Sets the password of an account, and ends its sessions, links and access tokens.
    #[boxed]
    pub async fn set_password(
        &self,
        id: AccountId,
        hash: &str,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        set_password(&mut db, id, hash).await?;
        audit::append(&mut db, &[on(id, by, Act::PasswordSet, now)]).await?;
        Ok(db.commit().await?)
    }

    /// Keeps a person from signing in, and ends their sessions, links and access tokens; returns whether they could sign
    /// in until now.
    ///
    /// # Errors
    /// [`StoreError::LastAdministrator`].
    #[boxed]
    pub async fn disable_account(
        &self,
        id: AccountId,
        by: &By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        keep_an_administrator(&mut db, id).await?;
        let changed = db.run(sql::DISABLE, values![id, now]).await? > 0;
        sessions::end_all(&mut db, id).await?;
        links::delete_open(&mut db, id).await?;
        tokens::delete_all(&mut db, id).await?;
        if changed {
            audit::append(&mut db, &[on(id, by, Act::AccountDisabled, now)]).await?;
        }
        db.commit().await?;
        Ok(changed)
    }

    /// Lets a person sign in again; returns whether they can: not if the account was erased.
    #[boxed]
    pub async fn enable_account(
        &self,
        id: AccountId,
        by: &By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let changed = db.run(sql::ENABLE, values![id]).await? > 0;
        if changed {
            audit::append(&mut db, &[on(id, by, Act::AccountEnabled, now)]).await?;
        }
        db.commit().await?;
        Ok(changed)
    }

    /// Erases the name, the address and the sign-ins of an account that is disabled; returns whether it was. What the
    /// person wrote and approved stays, and so do the rows of the audit, which have the name of that time.
    #[boxed]
    pub async fn erase_account(
        &self,
        id: AccountId,
        by: &By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let erased = db.run(sql::ERASE, values![id, ERASED_NAME]).await? > 0;
        if erased {
            identities::delete_all(&mut db, id).await?;
            links::delete_all(&mut db, id).await?;
            audit::append(&mut db, &[on(id, by, Act::AccountErased, now)]).await?;
        }
        db.commit().await?;
        Ok(erased)
    }
}

/// Returns what the audit says of an act on an account.
fn on(id: AccountId, by: &By, act: Act, now: Timestamp) -> Entry {
    Entry::new(by, act, Object::Account(id), now)
}

/// Returns what the audit says of a new account.
fn added(new: &NewAccount, by: &By, now: Timestamp) -> Entry {
    on(new.id, by, Act::AccountAdded, now).with_detail(new.role.as_str())
}

async fn has_any(db: &mut Db) -> Result<bool, StoreError> {
    let found = db.row::<(String,)>(sql::ANY, values![]).await?;
    Ok(found.is_some())
}

async fn add(db: &mut Db, new: &NewAccount, now: Timestamp) -> Result<(), StoreError> {
    let row = values![new.id, &new.email, &new.name, new.role, now];
    match db.run(sql::ADD, row).await? {
        0 => Err(StoreError::Duplicate(new.email.clone())),
        _ => Ok(()),
    }
}

async fn set_password(db: &mut Db, id: AccountId, hash: &str) -> Result<(), StoreError> {
    db.run(sql::SET_PASSWORD, values![id, hash]).await?;
    sessions::end_all(db, id).await?;
    tokens::delete_all(db, id).await?;
    links::delete_open(db, id).await
}

/// Refuses to take the rights of the only administrator. The caller holds the lock of `heads`, so that two
/// administrators cannot do it to each other at the same time.
async fn keep_an_administrator(db: &mut Db, id: AccountId) -> Result<(), StoreError> {
    let account: Option<Account> = db.record(sql::BY_ID, values![id]).await?;
    let is_one = account.is_some_and(|account| {
        account.role == Role::Administrator && account.disabled_at.is_none()
    });
    if !is_one {
        return Ok(());
    }
    match db
        .row::<(String,)>(sql::OTHER_ADMINISTRATOR, values![id])
        .await?
    {
        Some(_) => Ok(()),
        None => Err(StoreError::LastAdministrator),
    }
}

/// Returns the digest that a secret is stored as.
fn stored(secret: &[u8]) -> Digest {
    Digest::for_bytes(secret)
}
