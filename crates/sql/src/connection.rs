//! A connection to either engine, behind one set of primitives.
//!
//! Callers hand over constant SQL texts and get rows back. A transaction rolls back when it is dropped before
//! [`Db::commit`], also when cancelled.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, FromRow, Postgres, Transaction,
    migrate::{MigrateError, Migrator},
    pool::PoolConnection,
    postgres::PgRow,
    sqlite::SqliteRow,
};

use crate::{
    repetition::{Parameters, expand, step, wide},
    sqlite::Lent,
    values::{Value, Values},
};

/// A connection, or a transaction, on either engine.
pub struct Db {
    engine: Engine,
    after_commit: Vec<AfterCommit>,
}

/// What is done once a transaction is durable.
type AfterCommit = Box<dyn FnOnce() + Send>;

enum Engine {
    Sqlite(Lent),
    Postgres(PoolConnection<Postgres>),
    PostgresTransaction(Transaction<'static, Postgres>),
}

/// Runs one statement in plain sqlx on whichever engine it is.
macro_rules! on {
    ($db:expr, |$connection:ident| $body:expr) => {
        match &mut $db.engine {
            Engine::Sqlite(lent) => {
                let mut statement = lent.statement()?;
                let $connection = statement.connection();
                let done = $body;
                statement.ended(done)
            }
            Engine::Postgres(inner) => {
                let $connection = &mut **inner;
                $body
            }
            Engine::PostgresTransaction(inner) => {
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

/// A row type that both engines can fill.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

/// What a query returns, made of one of its rows.
pub trait Record: Sized {
    /// The row as the engines fill it.
    type Row: Row;

    /// What goes wrong with a query, or with a value that the program cannot have written.
    type Error: From<sqlx::Error>;

    /// Reads a row.
    ///
    /// # Errors
    /// For a value that the program cannot have written.
    fn read(row: Self::Row) -> Result<Self, Self::Error>;
}

impl Db {
    /// Uses a file's connection, with or without a transaction.
    pub fn sqlite(lent: Lent) -> Self {
        Self::on(Engine::Sqlite(lent))
    }

    /// Uses a server's connection, of which each statement is a transaction.
    pub fn postgres(connection: PoolConnection<Postgres>) -> Self {
        Self::on(Engine::Postgres(connection))
    }

    /// Uses a transaction of a server.
    pub fn postgres_transaction(transaction: Transaction<'static, Postgres>) -> Self {
        Self::on(Engine::PostgresTransaction(transaction))
    }

    fn on(engine: Engine) -> Self {
        Self {
            engine,
            after_commit: Vec::new(),
        }
    }

    /// Says which engine it is, for the few statements that differ.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// Does something once the transaction is durable, and not at all if it is undone: what others are shown of rows, such
    /// as a line of the log, must never be of rows that do not exist. What it does must be short.
    pub fn after_commit(&mut self, action: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(action));
    }

    /// Makes everything since the transaction began durable, and then does what waits for that, in its order.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self.engine {
            Engine::Sqlite(lent) => lent.commit().await?,
            Engine::PostgresTransaction(transaction) => transaction.commit().await?,
            Engine::Postgres(_) => {}
        }
        for action in self.after_commit {
            action();
        }
        Ok(())
    }

    /// Executes a statement and returns the number of rows it touched.
    pub async fn run(&mut self, sql: &'static str, values: Values<'_>) -> Result<u64, sqlx::Error> {
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
    pub async fn rows<T: Row>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<T>, sqlx::Error> {
        Ok(on!(self, |connection| {
            let mut query = sqlx::query_as(sql);
            bind!(query, values);
            query.fetch_all(connection).await
        })?)
    }

    /// Returns the first row of a query.
    pub async fn row<T: Row>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Option<T>, sqlx::Error> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Returns the only row of a query that always has one.
    pub async fn one<T: Row>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<T, sqlx::Error> {
        self.row(sql, values).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Executes a statement with a repeated part (see [`expand`]) for all `rows`, in as few round trips as pay.
    pub async fn run_many(
        &mut self,
        sql: &'static str,
        shared: &[Value<'_>],
        rows: Vec<Values<'_>>,
    ) -> Result<u64, sqlx::Error> {
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
    pub async fn rows_of_many<T: Row>(
        &mut self,
        sql: &'static str,
        shared: &[Value<'_>],
        keys: Vec<Values<'_>>,
    ) -> Result<Vec<T>, sqlx::Error> {
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

    /// Runs the migrations that the database does not have yet, within its transaction.
    pub async fn migrate(&mut self, migrator: &Migrator) -> Result<(), MigrateError> {
        on!(self, |connection| migrator
            .run_direct(None, connection, false)
            .await)
    }

    /// Counts the rows of a table of the schema.
    pub async fn count(&mut self, table: &str) -> Result<i64, sqlx::Error> {
        let text = format!("SELECT COUNT(*) FROM \"{table}\"");
        let (count,): (i64,) = on!(self, |connection| {
            sqlx::query_as(AssertSqlSafe(text))
                .fetch_one(connection)
                .await
        })?;
        Ok(count)
    }

    /// Returns the records of a query.
    pub async fn records<T: Record>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<T>, T::Error> {
        let rows = self.rows(sql, values).await?;
        rows.into_iter().map(T::read).collect()
    }

    /// Returns the record of a query's first row.
    pub async fn record<T: Record>(
        &mut self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Option<T>, T::Error> {
        let row = self.row(sql, values).await?;
        row.map(T::read).transpose()
    }

    /// Returns the records of a query with a repeated part, as [`Db::rows_of_many`].
    pub async fn records_of_many<T: Record>(
        &mut self,
        sql: &'static str,
        shared: &[Value<'_>],
        keys: Vec<Values<'_>>,
    ) -> Result<Vec<T>, T::Error> {
        let rows = self.rows_of_many(sql, shared, keys).await?;
        rows.into_iter().map(T::read).collect()
    }
}
