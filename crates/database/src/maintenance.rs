//! Keeping the database: making erased mean erased, backups, and checks.
//!
//! Here the two engines differ, so each has its own statements, outside the list of portable ones.

use std::{fs, path::Path};

use ::sql::{vacuum, values, values::unsigned};
use async_recursion::async_recursion as boxed;

use crate::{StoreError, engine::Database};

mod sql {
    use ::sql::statements;

    statements! {
        ERASED_BYTES = "SELECT erased_bytes FROM heads WHERE id = 1";
        NONE_ERASED = "UPDATE heads SET erased_bytes = 0 WHERE id = 1";
    }
}

/// Every statement of this module.
pub const STATEMENTS: &[(&str, &str)] = sql::ALL;

impl Database {
    /// Makes words that were erased leave the files too. On SQLite deleted bytes are overwritten as they are deleted;
    /// what is left of them lies in the write-ahead log, which is emptied here. On PostgreSQL dead rows are removed; the
    /// pages that held them are reused and not overwritten (docs/OPERATING.md §5).
    ///
    /// # Errors
    /// [`StoreError::Locked`] when readers held on to the log for five seconds, or when some transaction can still see
    /// dead rows, such as that of a `pg_dump`: try again.
    #[boxed]
    pub async fn erase(&self) -> Result<(), StoreError> {
        let is_gone = match self {
            Self::Sqlite(pools) => vacuum::empty_log(pools).await?,
            Self::Postgres(pool) => {
                let connection = vacuum::connect(pool).await;
                vacuum::vacuum(connection.map_err(StoreError::Unavailable)?, OF_WORDS).await?
            }
        };
        is_gone.then_some(()).ok_or(StoreError::Locked)
    }

    /// Returns how many bytes of erased words the database file still has, about: what [`Database::compact`] gives back.
    /// PostgreSQL uses their space again by itself.
    #[boxed]
    pub async fn erased_bytes(&self) -> Result<u64, StoreError> {
        let mut db = self.read().await?;
        let (bytes,) = db.one::<(i64,)>(sql::ERASED_BYTES, values![]).await?;
        Ok(unsigned(bytes))
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
                // Deleting moves rows that stay, and leaves copies of them, which are gone once the file is rewritten: what is
                // counted as erased stays counted until then, so that it is tried again.
                let steps = UNREFERENCED.iter().chain(&["VACUUM", sql::NONE_ERASED]);
                let done = async {
                    // The copy of the whole file is not kept in memory.
                    lent.execute("PRAGMA temp_store = FILE").await?;
                    for sql in steps {
                        lent.execute(sql).await?;
                    }
                    Ok::<_, StoreError>(())
                }
                .await;
                lent.execute("PRAGMA temp_store = MEMORY").await?;
                drop(lent);
                done?;
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
                let (bytes,): (i64,) = sqlx::query_as(DATABASE_SIZE).fetch_one(&**pool).await?;
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
                sqlx::raw_sql("ANALYZE").execute(&**pool).await?;
            }
        }
        Ok(())
    }
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
/// The tables of words. Their rows never change, so that each is frozen once; only those of drafts do.
const OF_WORDS: &[&str] = &[
    "document_texts",
    "draft_texts",
    "attachment_bytes",
    "attachment_words",
    "written_texts",
    "file_paths",
];
