//! Copies of all tables of a schema, from an SQLite file to a PostgreSQL database or back.
//!
//! Tables and columns are those of the schema, read from the SQLite file, so that a new table is in the next copy by
//! itself. The portable subset of `migrations/README.md` has four types of column, and a copy knows these only.

use std::path::Path;

use futures_util::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, Row, SqliteConnection,
    postgres::PgConnectOptions, sqlite::SqliteConnectOptions,
};

/// Why tables could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The server cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// A database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A column has a type that no copy knows.
    #[error("a column `{table}.{column}` of the type `{kind}`")]
    Column {
        /// The name of its table.
        table: String,
        /// Its name.
        column: String,
        /// Its type.
        kind: String,
    },
}

/// Rows that one statement inserts, at most.
const MAX_ROWS: usize = 200;
/// Parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535.
const MAX_PARAMETERS: usize = 30_000;
/// Bytes of text that wait in memory for one statement.
const MAX_BYTES: usize = 8 << 20;

/// The migrator's own table: the copy has its own.
const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations' ORDER BY rowid";
const COLUMNS: &str = "SELECT name, type FROM pragma_table_info($1) ORDER BY cid";
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A table of the schema, with its columns in order.
struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Text,
    Bytes,
    Bool,
}

/// A value on its way from one engine to the other.
enum Cell {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Bool(Option<bool>),
}

/// Inserts rows on either engine: the queries of the two have nothing in common that can be named.
macro_rules! insert {
    ($connection:expr, $table:expr, $rows:expr) => {{
        let rows = $rows;
        if !rows.is_empty() {
            let text = $table.insert(rows.len());
            let mut query = sqlx::query(AssertSqlSafe(text));
            for cell in rows.into_iter().flatten() {
                query = match cell {
                    Cell::Int(value) => query.bind(value),
                    Cell::Text(value) => query.bind(value),
                    Cell::Bytes(value) => query.bind(value),
                    Cell::Bool(value) => query.bind(value),
                };
            }
            query.execute($connection).await?;
        }
    }};
}

/// Copies every table of a PostgreSQL database, as of one moment, to a file that has the schema. Both connections are of
/// its own: one that is dropped in the middle ends its transaction with it.
///
/// # Errors
/// [`CopyError`]; what was written until then stays.
pub async fn copy_postgres(from: &PgConnectOptions, to: &Path) -> Result<(), CopyError> {
    let mut copy = connect(to).await?;
    let tables = tables(&mut copy).await?;
    let mut source = PgConnection::connect_with(from)
        .await
        .map_err(CopyError::Unreachable)?;
    sqlx::query(SNAPSHOT).execute(&mut source).await?;
    sqlx::query("BEGIN").execute(&mut copy).await?;
    for table in &tables {
        sqlx::query(AssertSqlSafe(table.clear()))
            .execute(&mut copy)
            .await?;
        let mut rows = sqlx::query(AssertSqlSafe(table.select())).fetch(&mut source);
        let mut batch = Batch::default();
        while let Some(row) = rows.try_next().await? {
            batch.push(table.read(&row)?);
            if batch.is_full() {
                insert!(&mut copy, table, batch.take());
            }
        }
        insert!(&mut copy, table, batch.take());
    }
    sqlx::query("COMMIT").execute(&mut copy).await?;
    copy.close().await?;
    source.close().await?;
    Ok(())
}

/// Fills a PostgreSQL database that has the schema with every table of a file, in one transaction.
///
/// # Errors
/// [`CopyError`]; nothing is changed then.
pub async fn fill_postgres(to: &PgConnectOptions, from: &Path) -> Result<(), CopyError> {
    let mut copy = connect(from).await?;
    let tables = tables(&mut copy).await?;
    let mut target = PgConnection::connect_with(to)
        .await
        .map_err(CopyError::Unreachable)?;
    sqlx::query("BEGIN").execute(&mut target).await?;
    // Migrations have inserted rows, too.
    for table in tables.iter().rev() {
        sqlx::query(AssertSqlSafe(table.clear()))
            .execute(&mut target)
            .await?;
    }
    for table in &tables {
        let mut rows = sqlx::query(AssertSqlSafe(table.select())).fetch(&mut copy);
        let mut batch = Batch::default();
        while let Some(row) = rows.try_next().await? {
            batch.push(table.read(&row)?);
            if batch.is_full() {
                insert!(&mut target, table, batch.take());
            }
        }
        insert!(&mut target, table, batch.take());
    }
    sqlx::query("COMMIT").execute(&mut target).await?;
    copy.close().await?;
    target.close().await?;
    Ok(())
}

async fn connect(file: &Path) -> Result<SqliteConnection, CopyError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        // Rows come in the order of the tables' creation; what refers to a later row of its own table is no mistake here.
        .foreign_keys(false);
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// Returns the tables in the order of their creation, in which a table refers to earlier ones only.
async fn tables(copy: &mut SqliteConnection) -> Result<Vec<Table>, CopyError> {
    let names: Vec<(String,)> = sqlx::query_as(TABLES).fetch_all(&mut *copy).await?;
    let mut tables = Vec::with_capacity(names.len());
    for (name,) in names {
        let columns: Vec<(String, String)> = sqlx::query_as(COLUMNS)
            .bind(&name)
            .fetch_all(&mut *copy)
            .await?;
        let columns = columns.into_iter().map(|(column, kind)| {
            let kind = match kind.as_str() {
                "BIGINT" | "INTEGER" => Kind::Int,
                "TEXT" => Kind::Text,
                "BYTEA" => Kind::Bytes,
                "BOOLEAN" => Kind::Bool,
                other => {
                    return Err(CopyError::Column {
                        table: name.clone(),
                        kind: other.to_owned(),
                        column,
                    });
                }
            };
            Ok((column, kind))
        });
        let columns = columns.collect::<Result<_, _>>()?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

impl Table {
    /// Returns the statement that reads all rows, in the order of the table of text's numbers, where it has any.
    fn select(&self) -> String {
        let columns = self.columns.iter().map(|(name, kind)| match kind {
            // PostgreSQL's INTEGER has 32 bits.
            Kind::Int => format!("CAST(\"{name}\" AS BIGINT) AS \"{name}\""),
            Kind::Text | Kind::Bytes | Kind::Bool => format!("\"{name}\""),
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        let order = match self.columns.first() {
            Some((first, _)) if first == "seq" => " ORDER BY \"seq\"",
            _ => "",
        };
        format!("SELECT {columns} FROM \"{}\"{order}", self.name)
    }

    /// Returns the statement that removes all rows.
    fn clear(&self) -> String {
        format!("DELETE FROM \"{}\"", self.name)
    }

    /// Returns the statement that inserts this number of rows.
    fn insert(&self, rows: usize) -> String {
        let names = self.columns.iter().map(|(name, _)| format!("\"{name}\""));
        let names = names.collect::<Vec<_>>().join(", ");
        let width = self.columns.len();
        let row = |row: usize| {
            let places = (1..=width).map(|column| format!("${}", row * width + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        };
        let rows = (0..rows).map(row).collect::<Vec<_>>().join(", ");
        format!("INSERT INTO \"{}\" ({names}) VALUES {rows}", self.name)
    }

    /// Reads a row of either engine.
    fn read<R: Row>(&self, row: &R) -> Result<Vec<Cell>, CopyError>
    where
        usize: sqlx::ColumnIndex<R>,
        for<'r> Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        for<'r> Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        for<'r> Option<Vec<u8>>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        for<'r> Option<bool>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    {
        let cells = self.columns.iter().enumerate().map(|(index, (_, kind))| {
            Ok(match kind {
                Kind::Int => Cell::Int(row.try_get(index)?),
                Kind::Text => Cell::Text(row.try_get(index)?),
                Kind::Bytes => Cell::Bytes(row.try_get(index)?),
                Kind::Bool => Cell::Bool(row.try_get(index)?),
            })
        });
        cells.collect()
    }
}

/// Rows that wait to be inserted together.
#[derive(Default)]
struct Batch {
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

impl Batch {
    fn push(&mut self, row: Vec<Cell>) {
        self.bytes += row.iter().map(Cell::bytes).sum::<usize>();
        self.rows.push(row);
    }

    fn is_full(&self) -> bool {
        let width = self.rows.first().map_or(0, Vec::len);
        self.rows.len() == MAX_ROWS
            || (self.rows.len() + 1) * width > MAX_PARAMETERS
            || self.bytes > MAX_BYTES
    }

    fn take(&mut self) -> Vec<Vec<Cell>> {
        self.bytes = 0;
        std::mem::take(&mut self.rows)
    }
}

impl Cell {
    fn bytes(&self) -> usize {
        match self {
            Self::Int(_) | Self::Bool(_) => 8,
            Self::Text(text) => text.as_ref().map_or(0, String::len),
            Self::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
        }
    }
}
