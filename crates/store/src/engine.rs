//! The two engines behind one set of primitives.
//!
//! What differs between SQLite and PostgreSQL is here and in `maintenance`. The other modules hand over constant SQL
//! texts and get rows back. A transaction rolls back when it is dropped before [`Db::commit`], also when cancelled.

use std::borrow::Cow;

pub(crate) use sql::values::{Value, Values, signed, unsigned};
use sql::{
    repetition::{Parameters, expand, step, wide},
    sqlite::{Lent, SqlitePools},
};
pub(crate) use sql::{statements, values};
use sqlx::{
    AssertSqlSafe, FromRow, PgPool, Postgres, Transaction, pool::PoolConnection, postgres::PgRow,
    sqlite::SqliteRow,
};

use crate::{StoreError, open::writer, postgres::reach, record::Record};

/// An open database. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub enum Store {
    /// One file, with one writer at a time and several readers.
    Sqlite(SqlitePools),
    /// A server, shared with other processes.
    Postgres(PgPool),
}

/// A connection, or a transaction, on either engine.
pub(crate) enum Db {
    Sqlite(Lent),
    Postgres(PoolConnection<Postgres>),
    PostgresTransaction(Transaction<'static, Postgres>),
}

/// Runs one statement in plain sqlx on whichever engine it is.
macro_rules! on {
    ($db:expr, |$connection:ident| $body:expr) => {
        match $db {
            Db::Sqlite(lent) => {
                let mut statement = lent.statement()?;
                let $connection = statement.connection();
                let done = $body;
                statement.ended(done)
            }
            Db::Postgres(inner) => {
                let $connection = &mut **inner;
                $body
            }
            Db::PostgresTransaction(inner) => {
                let $connection = &mut **inner;
                $body
            }
        }
    };
}

/// Binds parameters one by one; a macro since the two engines' queries have nothing in common that can be named.
macro_rules! bind {
    ($query:ident, $values:expr) => {
        for value in $values {
            $query = match value {
                Value::Int(value) => $query.bind(value),
                Value::Text(value) => $query.bind(value.map(Cow::into_owned)),
                Value::Bytes(value) => $query.bind(value.map(Cow::into_owned)),
                Value::Bool(value) => $query.bind(value),
            };
        }
    };
}

// After the macros, which it uses.
mod upgrading;

/// A row type that both engines can fill.
pub(crate) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

impl Store {
    /// Takes a connection for reading.
    pub(crate) async fn read(&self) -> Result<Db, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Db::Sqlite(pools.readers.lend().await?),
            Self::Postgres(pool) => Db::Postgres(reach(pool, pool.acquire()).await?),
        })
    }

    /// Begins a transaction that sees one state of the database and writes nothing.
    pub(crate) async fn snapshot(&self) -> Result<Db, StoreError> {
        const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(match self {
            Self::Sqlite(pools) => {
                let mut lent = pools.readers.lend().await?;
                lent.begin("BEGIN").await?;
                Db::Sqlite(lent)
            }
            Self::Postgres(pool) => {
                Db::PostgresTransaction(reach(pool, pool.begin_with(SNAPSHOT)).await?)
            }
        })
    }

    /// Takes a connection for statements of which each is a transaction of its own.
    pub(crate) async fn write_alone(&self) -> Result<Db, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Db::Sqlite(writer(pools).await?),
            Self::Postgres(pool) => Db::Postgres(reach(pool, pool.acquire()).await?),
        })
    }

    /// Begins a writing transaction. On SQLite it holds the write lock from here on.
    pub(crate) async fn write(&self) -> Result<Db, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => {
                let mut lent = writer(pools).await?;
                lent.begin("BEGIN IMMEDIATE").await?;
                Db::Sqlite(lent)
            }
            Self::Postgres(pool) => Db::PostgresTransaction(reach(pool, pool.begin()).await?),
        })
    }
}

impl Db {
    /// Says which engine it is, for the few statements that differ.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Makes everything since [`Store::write`] durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lent) => lent.commit().await?,
            Self::PostgresTransaction(transaction) => transaction.commit().await?,
            Self::Postgres(_) => {}
        }
        Ok(())
    }

    /// Executes a statement and returns the number of rows it touched.
    pub(crate) async fn run(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<u64, StoreError> {
        Ok(on!(self, |connection| {
            let mut query = sqlx::query(sql);
            bind!(query, values);
            query
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
        })?)
    }

    /// Returns all rows of a query.
    pub(crate) async fn rows<T: Row>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<T>, StoreError> {
        Ok(on!(self, |connection| {
            let mut query = sqlx::query_as(sql);
            bind!(query, values);
            query.fetch_all(connection).await
        })?)
    }

    /// Returns the first row of a query.
    pub(crate) async fn row<T: Row>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Returns the only row of a query that always has one.
    pub(crate) async fn one<T: Row>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<T, StoreError> {
        self.row(sql, values)
            .await?
            .ok_or(StoreError::Other(sqlx::Error::RowNotFound))
    }

    /// Returns the records of a query.
    pub(crate) async fn records<T: Record>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.rows(sql, values).await?;
        rows.into_iter().map(T::read).collect()
    }

    /// Returns the record of a query's first row.
    pub(crate) async fn record<T: Record>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Option<T>, StoreError> {
        self.row(sql, values).await?.map(T::read).transpose()
    }

    /// Executes a statement with a repeated part (see [`expand`]) for all `rows`, in as few round trips as pay.
    pub(crate) async fn run_many(
        &mut self,
        sql: &'static str,
        shared: &[Value<'_>],
        rows: Vec<Values<'_>>,
    ) -> Result<u64, StoreError> {
        let mut touched = 0;
        let mut rows = rows.into_iter();
        while let Some(take) = step(rows.len()) {
            let text = expand(sql, shared.len(), take, self.parameters());
            let values = self.in_order(shared, rows.by_ref().take(take).flatten());
            touched += on!(self, |connection| {
                let mut query = sqlx::query(AssertSqlSafe(text));
                bind!(query, values);
                query
                    .execute(connection)
                    .await
                    .map(|done| done.rows_affected())
            })?;
        }
        Ok(touched)
    }

    /// Returns the rows of a query with a repeated part, asked for all `keys`. The list is filled up with nulls, so that
    /// any few keys are one round trip: a key is only ever compared for equality, which nothing is with a null.
    pub(crate) async fn rows_of_many<T: Row>(
        &mut self,
        sql: &'static str,
        shared: &[Value<'_>],
        keys: Vec<Values<'_>>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        let mut keys = keys.into_iter();
        while let Some(width) = wide(keys.len()) {
            let mut chunk: Vec<Values<'_>> = keys.by_ref().take(width).collect();
            if let Some(last) = chunk.last() {
                let nothing: Values<'_> = last.iter().map(Value::null).collect();
                chunk.resize(width, nothing);
            }
            let text = expand(sql, shared.len(), width, self.parameters());
            let values = self.in_order(shared, chunk.into_iter().flatten());
            found.extend(on!(self, |connection| {
                let mut query = sqlx::query_as(AssertSqlSafe(text));
                bind!(query, values);
                query.fetch_all(connection).await
            })?);
        }
        Ok(found)
    }
}

impl Db {
    /// Returns the records of a query with a repeated part, as [`Db::rows_of_many`].
    pub(crate) async fn records_of_many<T: Record>(
        &mut self,
        sql: &'static str,
        shared: &[Value<'_>],
        keys: Vec<Values<'_>>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.rows_of_many(sql, shared, keys).await?;
        rows.into_iter().map(T::read).collect()
    }

    fn parameters(&self) -> Parameters {
        if self.is_sqlite() {
            Parameters::Anonymous
        } else {
            Parameters::Numbered
        }
    }

    /// Puts the values of an expanded statement in the order of its parameters.
    fn in_order<'a>(
        &self,
        shared: &[Value<'a>],
        repeated: impl Iterator<Item = Value<'a>>,
    ) -> Values<'a> {
        if self.is_sqlite() {
            repeated.chain(shared.iter().cloned()).collect()
        } else {
            shared.iter().cloned().chain(repeated).collect()
        }
    }
}
