//! The two engines of the database, and its connections and transactions.

use std::path::Path;

use async_recursion::async_recursion as boxed;
use sql::{connection::Db, postgres::Server, sqlite::SqlitePools};

use crate::{StoreError, open::writer, postgres::reach};

/// An open database. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub enum Database {
    /// One file, with one writer at a time and several readers.
    Sqlite(SqlitePools),
    /// A server, shared with other processes.
    Postgres(Server),
}

impl Database {
    /// Says whether the database is on a server, where several processes may use it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Takes a connection for reading.
    #[boxed]
    pub async fn read(&self) -> Result<Db, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Db::sqlite(pools.readers.lend().await?),
            Self::Postgres(pool) => Db::postgres(reach(pool, pool.acquire()).await?),
        })
    }

    /// Begins a transaction that sees one state of the database and writes nothing.
    #[boxed]
    pub async fn snapshot(&self) -> Result<Db, StoreError> {
        const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(match self {
            Self::Sqlite(pools) => {
                let mut lent = pools.readers.lend().await?;
                lent.begin("BEGIN").await?;
                Db::sqlite(lent)
            }
            Self::Postgres(pool) => {
                Db::postgres_transaction(reach(pool, pool.begin_with(SNAPSHOT)).await?)
            }
        })
    }

    /// Takes a connection for statements of which each is a transaction of its own.
    #[boxed]
    pub async fn write_alone(&self) -> Result<Db, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Db::sqlite(writer(pools).await?),
            Self::Postgres(pool) => Db::postgres(reach(pool, pool.acquire()).await?),
        })
    }

    /// Begins a writing transaction. On SQLite it holds the write lock from here on.
    #[boxed]
    pub async fn write(&self) -> Result<Db, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => {
                let mut lent = writer(pools).await?;
                lent.begin("BEGIN IMMEDIATE").await?;
                Db::sqlite(lent)
            }
            Self::Postgres(pool) => Db::postgres_transaction(reach(pool, pool.begin()).await?),
        })
    }

    /// Returns the file of an SQLite database.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(pools) => pools.file(),
            Self::Postgres(_) => None,
        }
    }
}
