//! The database whose tables this crate reads and writes, and what every statement needs.

use std::{ops::Deref, path::Path};

use async_recursion::async_recursion as boxed;
use database::{Database, Options};
use sql::tables::fill_postgres;
pub(crate) use sql::{
    connection::{Db, Record},
    statements, values,
    values::{Value, Values, signed, unsigned},
};

use crate::StoreError;

/// An open database. Cheap to clone; all clones share the connections. It has the methods of [`Database`], too.
#[derive(Debug, Clone)]
pub struct Store(Database);

impl Deref for Store {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.0
    }
}

impl Store {
    /// Opens the database as [`Database::open`] does.
    ///
    /// # Errors
    /// As [`Database::open`].
    #[boxed]
    pub async fn open(options: &Options) -> Result<Self, StoreError> {
        Database::open(options).await.map(Self)
    }

    /// Opens the database as [`Database::open_on_a_thread`] does.
    ///
    /// # Errors
    /// As [`Database::open`].
    #[boxed]
    pub async fn open_on_a_thread(options: Options) -> Result<Self, StoreError> {
        Database::open_on_a_thread(options).await.map(Self)
    }

    /// Opens the database as [`Database::connect`] does, without migrating it.
    ///
    /// # Errors
    /// As [`Database::connect`].
    #[boxed]
    pub async fn connect(options: &Options) -> Result<Self, StoreError> {
        Database::connect(options).await.map(Self)
    }

    /// Opens the database for reading only, as [`Database::connect_read_only`] does.
    ///
    /// # Errors
    /// As [`Database::connect_read_only`].
    #[boxed]
    pub async fn connect_read_only(options: &Options) -> Result<Self, StoreError> {
        Database::connect_read_only(options).await.map(Self)
    }

    /// Fills this database, which holds nothing yet, with what a copy has, in one transaction. The copy must be at the
    /// migration of this program: [`Store::open`] brings an older one there.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when this database has an identity or an account; nothing is changed then.
    #[boxed]
    pub async fn fill_from(&self, file: &Path) -> Result<(), StoreError> {
        if self.own_node().await?.is_some() || self.has_accounts().await? {
            return Err(StoreError::Duplicate("the database".to_owned()));
        }
        let Database::Postgres(pool) = &self.0 else {
            // An SQLite database is the copy itself.
            return Err(StoreError::Duplicate("an SQLite database".to_owned()));
        };
        let options = pool.connect_options().as_ref().clone();
        Ok(fill_postgres(&options, file).await?)
    }
}
