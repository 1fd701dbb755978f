//! What an upgrade needs of an engine: the file of a database, its migrations, and the sizes of its tables.

use std::path::Path;

use sqlx::{
    AssertSqlSafe,
    migrate::{MigrateError, Migrator},
};

use super::{Db, Store};
use crate::StoreError;

impl Store {
    /// Returns the file of an SQLite database.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(pools) => pools.file(),
            Self::Postgres(_) => None,
        }
    }
}

impl Db {
    /// Runs the migrations that the database does not have yet, within its transaction.
    pub(crate) async fn migrate(&mut self, migrator: &Migrator) -> Result<(), MigrateError> {
        on!(self, |connection| migrator
            .run_direct(None, connection, false)
            .await)
    }

    /// Counts the rows of a table of the schema.
    pub(crate) async fn count(&mut self, table: &str) -> Result<i64, StoreError> {
        let text = format!("SELECT COUNT(*) FROM \"{table}\"");
        let (count,): (i64,) = on!(self, |connection| {
            sqlx::query_as(AssertSqlSafe(text))
                .fetch_one(connection)
                .await
        })?;
        Ok(count)
    }
}
