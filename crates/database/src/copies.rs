//! Copies of the whole database, taken while it is in use: always an SQLite file, whichever engine the node has.

use std::path::Path;

use async_recursion::async_recursion as boxed;
use sql::tables::copy_postgres;
use sqlx::Connection as _;

use crate::{Options, StoreError, engine::Database};

impl Database {
    /// Opens a database as [`Database::open`] does, for a caller whose future must be `Send`: that of the migrator cannot be
    /// shown to be.
    ///
    /// # Errors
    /// As [`Database::open`].
    #[boxed]
    pub async fn open_on_a_thread(options: Options) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Handle::current();
        let opened = tokio::task::spawn_blocking(move || runtime.block_on(Self::open(&options)));
        opened
            .await
            .map_err(|error| StoreError::Unavailable(sqlx::Error::Io(error.into())))?
    }

    /// Writes a copy of the database, as of one moment, to an SQLite file that is not there yet. Others read and write
    /// meanwhile. Erased words are not in it. The file is durable only after its caller has synced it.
    ///
    /// # Errors
    /// [`StoreError::Full`] when there is no room; what was written until then stays.
    #[boxed]
    pub async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(pools) => {
                let mut connection = pools.connect_alone().await?;
                sqlx::query("VACUUM INTO $1")
                    .bind(file.display().to_string())
                    .execute(&mut connection)
                    .await?;
                connection.close().await?;
                Ok(())
            }
            Self::Postgres(pool) => {
                let made = Self::open_on_a_thread(file_options(file)).await?;
                made.close().await;
                let options = pool.connect_options().as_ref().clone();
                Ok(copy_postgres(&options, file).await?)
            }
        }
    }
}

/// Returns the options for a database that is one file.
#[must_use]
pub fn file_options(file: &Path) -> Options {
    Options {
        connections: 1,
        ..Options::new(format!("sqlite:{}", file.display()))
    }
}
