//! Removing what was deleted from the files of a database: until then, its bytes are still there.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use tokio::time::sleep;

use crate::sqlite::SqlitePools;

/// How often the write-ahead log is tried to be emptied, and how long between: readers hold it for moments only.
const CHECKPOINT_TRIES: u32 = 50;
const CHECKPOINT_PAUSE: Duration = Duration::from_millis(100);
/// How often tables are vacuumed, and how long between, before what holds dead rows is taken to be no matter of moments.
const VACUUM_TRIES: u32 = 5;
const VACUUM_PAUSE: Duration = Duration::from_millis(100);
/// The longest wait for a page in use, such as an open cursor. What was done until then need not be done again.
const VACUUM_TIMEOUT: &str = "20s";

/// The number of the transaction that begins next: everything deleted so far has a lower one.
const NEXT_TRANSACTION: &str = "SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT)";
/// Counts the tables that may hold rows which were deleted before a transaction. Long values lie in tables of their own.
const NOT_FROZEN: &str = "SELECT COUNT(*) FROM pg_class words LEFT JOIN pg_class long ON long.oid = words.reltoastrelid
    WHERE words.oid = ANY($2::regclass[])
        AND GREATEST(age(words.relfrozenxid), age(long.relfrozenxid)) > age(CAST(CAST($1 AS xid8) AS xid))";

/// Empties the write-ahead log of an SQLite file, in which deleted bytes are left; returns whether readers let it.
///
/// # Errors
/// Of the database.
pub async fn empty_log(pools: &SqlitePools) -> Result<bool, sqlx::Error> {
    for _ in 0..CHECKPOINT_TRIES {
        let mut lent = pools.writer.lend().await?;
        let mut statement = lent.statement()?;
        let done = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(statement.connection())
            .await;
        let (busy, _, _): (i64, i64, i64) = statement.ended(done)?;
        drop(lent);
        if busy == 0 {
            return Ok(true);
        }
        sleep(CHECKPOINT_PAUSE).await;
    }
    Ok(false)
}

/// Opens a connection for [`vacuum`], which takes longer than other statements may.
///
/// # Errors
/// When the server cannot be reached.
pub async fn connect(pool: &PgPool) -> Result<PgConnection, sqlx::Error> {
    let options = (*pool.connect_options()).clone();
    PgConnection::connect_with(&options.options([("statement_timeout", VACUUM_TIMEOUT)])).await
}

/// Removes the dead rows of tables on PostgreSQL, and makes sure of it; returns whether none is left that was deleted before.
///
/// `VACUUM` says nothing of dead rows that it keeps, because an older transaction, a prepared one or a replication slot
/// can still see them, or because their page is in use. With `FREEZE` it waits for pages in use, and it moves
/// `relfrozenxid` up to the oldest transaction that anyone can still see: where that is past all transactions that had
/// begun before, none of what they deleted is left.
/// <https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND>
///
/// # Errors
/// Of the database.
pub async fn vacuum(mut connection: PgConnection, tables: &[&str]) -> Result<bool, sqlx::Error> {
    let (next,): (String,) = sqlx::query_as(NEXT_TRANSACTION)
        .fetch_one(&mut connection)
        .await?;
    for _ in 0..VACUUM_TRIES {
        for table in tables {
            let statement = AssertSqlSafe(format!("VACUUM (FREEZE) {table}"));
            sqlx::raw_sql(statement).execute(&mut connection).await?;
        }
        let (kept,): (i64,) = sqlx::query_as(NOT_FROZEN)
            .bind(&next)
            .bind(tables)
            .fetch_one(&mut connection)
            .await?;
        if kept == 0 {
            connection.close().await?;
            return Ok(true);
        }
        sleep(VACUUM_PAUSE).await;
    }
    Ok(false)
}
