//! Keeping the database: making erased mean erased, backups, and checks.
//!
//! Here the two engines differ, so each has its own statements, outside the list of portable ones.

use std::{fs, path::Path, time::Duration};

use async_recursion::async_recursion as boxed;
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::{StoreError, engine::Store};

/// How often the write-ahead log is tried to be emptied, and how long between: readers hold it for moments only.
const CHECKPOINT_TRIES: u32 = 50;
const CHECKPOINT_PAUSE: Duration = Duration::from_millis(100);
/// How often tables are vacuumed, and how long between, before what holds dead rows is taken to be no matter of moments.
const VACUUM_TRIES: u32 = 5;
const VACUUM_PAUSE: Duration = Duration::from_millis(100);
/// The longest wait for a page in use, such as an open cursor. What was done until then need not be done again.
const VACUUM_TIMEOUT: &str = "20s";

impl Store {
    /// Makes words that were erased leave the files too. On SQLite deleted bytes are overwritten as they are deleted;
    /// what is left of them lies in the write-ahead log, which is emptied here. On PostgreSQL dead rows are removed; the
    /// pages that held them are reused and not overwritten (docs/OPERATING.md §5).
    ///
    /// # Errors
    /// [`StoreError::Locked`] when readers held on to the log for five seconds, or when some transaction can still see
    /// dead rows, such as that of a `pg_dump`: try again.
    #[boxed]
    pub async fn erase(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(pools) => {
                for _ in 0..CHECKPOINT_TRIES {
                    let mut lent = pools.writer.lend().await?;
                    let mut statement = lent.statement()?;
                    let done = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
                        .fetch_one(statement.connection())
                        .await;
                    let (busy, _, _): (i64, i64, i64) = statement.ended(done)?;
                    drop(lent);
                    if busy == 0 {
                        return Ok(());
                    }
                    tokio::time::sleep(CHECKPOINT_PAUSE).await;
                }
                Err(StoreError::Locked)
            }
            Self::Postgres(pool) => vacuum(pool).await,
        }
    }

    /// Gives the space of erased words back. It rewrites the whole file (and holds the writer meanwhile): call it seldom.
    ///
    /// # Errors
    /// [`StoreError::Full`] when there is no room for the copy; nothing is lost then.
    #[boxed]
    pub async fn compact(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(pools) => {
                let mut lent = pools.writer.lend().await?;
                for sql in UNREFERENCED.iter().chain(&["VACUUM"]) {
                    lent.execute(sql).await?;
                }
                drop(lent);
                self.erase().await
            }
            Self::Postgres(_) => self.erase().await,
        }
    }

    /// Checks the database's own structure; returns what is wrong with it, nothing if it is sound.
    #[boxed]
    pub async fn check_integrity(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(pools) => {
                let mut lent = pools.readers.lend().await?;
                let mut statement = lent.statement()?;
                let done = sqlx::query_as("PRAGMA integrity_check")
                    .fetch_all(statement.connection())
                    .await;
                let rows: Vec<(String,)> = statement.ended(done)?;
                Ok(rows
                    .into_iter()
                    .map(|(text,)| text)
                    .filter(|text| text != "ok")
                    .collect())
            }
            // PostgreSQL checks its pages itself; amcheck is the administrator's tool.
            Self::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Returns how many bytes the database uses, with its write-ahead log on SQLite.
    #[boxed]
    pub async fn size_bytes(&self) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(_) => {
                let Some(file) = self.file() else {
                    return Ok(0);
                };
                let mut log = file.as_os_str().to_owned();
                log.push("-wal");
                let bytes = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
                Ok(bytes(file) + bytes(Path::new(&log)))
            }
            Self::Postgres(pool) => {
                let (bytes,): (i64,) = sqlx::query_as(DATABASE_SIZE).fetch_one(pool).await?;
                Ok(u64::try_from(bytes).unwrap_or(0))
            }
        }
    }

    /// Refreshes the query planner's statistics, after a bulk load.
    #[boxed]
    pub async fn analyse(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(pools) => {
                let mut lent = pools.writer.lend().await?;
                lent.execute("PRAGMA optimize").await?;
            }
            Self::Postgres(pool) => {
                sqlx::raw_sql("ANALYZE").execute(pool).await?;
            }
        }
        Ok(())
    }
}

/// Removes all rows of words that were deleted before, and makes sure of it.
async fn vacuum(pool: &PgPool) -> Result<(), StoreError> {
    let connect = (*pool.connect_options())
        .clone()
        .options([("statement_timeout", VACUUM_TIMEOUT)]);
    let mut connection = PgConnection::connect_with(&connect)
        .await
        .map_err(StoreError::Unavailable)?;
    let (next,): (String,) = sqlx::query_as(NEXT_TRANSACTION)
        .fetch_one(&mut connection)
        .await?;
    for _ in 0..VACUUM_TRIES {
        for table in VACUUMED {
            sqlx::raw_sql(*table).execute(&mut connection).await?;
        }
        let (kept,): (i64,) = sqlx::query_as(NOT_FROZEN)
            .bind(&next)
            .fetch_one(&mut connection)
            .await?;
        if kept == 0 {
            connection.close().await?;
            return Ok(());
        }
        tokio::time::sleep(VACUUM_PAUSE).await;
    }
    Err(StoreError::Locked)
}

const DATABASE_SIZE: &str = "SELECT pg_database_size(current_database())";
const UNREFERENCED: &[&str] = &[
    "DELETE FROM document_texts WHERE seq NOT IN (SELECT text_seq FROM documents WHERE text_seq IS NOT NULL)
        AND seq NOT IN (SELECT text_seq FROM revisions WHERE text_seq IS NOT NULL)",
    "DELETE FROM draft_texts WHERE seq NOT IN (SELECT text_seq FROM drafts)",
    "DELETE FROM attachment_bytes WHERE seq NOT IN (SELECT bytes_seq FROM attachment_files)",
    "DELETE FROM attachment_words WHERE seq NOT IN (SELECT words_seq FROM draft_attachments)",
    "DELETE FROM written_texts WHERE seq NOT IN (SELECT text_seq FROM written_drafts WHERE text_seq IS NOT NULL)
        AND seq NOT IN (SELECT reviewed_seq FROM written_drafts WHERE reviewed_seq IS NOT NULL)
        AND seq NOT IN (SELECT notes_seq FROM written_drafts WHERE notes_seq IS NOT NULL)",
    "DELETE FROM file_paths WHERE seq NOT IN (SELECT path_seq FROM imported WHERE path_seq IS NOT NULL)",
];
/// `VACUUM` says nothing of dead rows that it keeps, because an older transaction, a prepared one or a replication slot
/// can still see them, or because their page is in use. With `FREEZE` it waits for pages in use, and it moves
/// `relfrozenxid` up to the oldest transaction that anybody can still see: where that is past all transactions that had
/// begun before, none of what they deleted is left. Rows of words never change, so that each is frozen
/// once; only those of drafts do.
/// <https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND>
const VACUUMED: &[&str] = &[
    "VACUUM (FREEZE) document_texts",
    "VACUUM (FREEZE) draft_texts",
    "VACUUM (FREEZE) attachment_bytes",
    "VACUUM (FREEZE) attachment_words",
    "VACUUM (FREEZE) written_texts",
    "VACUUM (FREEZE) file_paths",
];
/// The number of the transaction that begins next: everything deleted so far has a lower one.
const NEXT_TRANSACTION: &str = "SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT)";
/// Counts the vacuumed tables that may hold rows which were deleted before a transaction. Long values lie in tables
/// of their own.
const NOT_FROZEN: &str = "SELECT COUNT(*) FROM pg_class words LEFT JOIN pg_class long ON long.oid = words.reltoastrelid
    WHERE words.oid IN ('document_texts'::regclass, 'draft_texts'::regclass, 'written_texts'::regclass, 'file_paths'::regclass,
            'attachment_bytes'::regclass, 'attachment_words'::regclass)
        AND GREATEST(age(words.relfrozenxid), age(long.relfrozenxid)) > age(CAST(CAST($1 AS xid8) AS xid))";
