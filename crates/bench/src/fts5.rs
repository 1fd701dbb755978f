//! SQLite's own full-text search, as a measure that anyone can repeat: the same documents and
//! queries, ranked by bm25, with snippets, without facets.
//!
//! The only SQL of queries outside `store`: it belongs to the peer that is measured, not to this program.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};

use super::document::Document;
use super::measure::{Stopwatch, Took};

/// Rows inserted in one transaction.
const BATCH: usize = 1_000;

mod sql {
    pub(super) const CREATE: &str = "CREATE VIRTUAL TABLE documents USING fts5(title, summary, body, tokenize = 'porter unicode61')";
    pub(super) const INSERT: &str =
        "INSERT INTO documents (title, summary, body) VALUES ($1, $2, $3)";
    pub(super) const BEGIN: &str = "BEGIN";
    pub(super) const COMMIT: &str = "COMMIT";
    pub(super) const SEARCH: &str = "SELECT rowid, title, snippet(documents, 2, '<mark>', '</mark>', '…', 32) \
        FROM documents WHERE documents MATCH $1 ORDER BY rank LIMIT 10";
}

/// What the peer took.
pub(crate) struct Measured {
    pub(crate) index: Took,
    pub(crate) search: Vec<Duration>,
}

/// Loads and searches the documents in a database in `scratch`.
pub(crate) async fn measure(
    scratch: &Path,
    documents: &[Document],
    queries: &[String],
) -> anyhow::Result<Measured> {
    let mut connection = SqliteConnectOptions::new()
        .filename(scratch.join("fts5.sqlite"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .connect()
        .await?;
    sqlx::query(sql::CREATE).execute(&mut connection).await?;
    let stopwatch = Stopwatch::start();
    for batch in documents.chunks(BATCH) {
        sqlx::query(sql::BEGIN).execute(&mut connection).await?;
        for document in batch {
            sqlx::query(sql::INSERT)
                .bind(&document.title)
                .bind(&document.summary)
                .bind(&document.text)
                .execute(&mut connection)
                .await?;
        }
        sqlx::query(sql::COMMIT).execute(&mut connection).await?;
    }
    let index = stopwatch.stop();
    let mut search = Vec::with_capacity(queries.len());
    for round in 0..2 {
        for query in queries {
            let words: Vec<&str> = query.split(' ').collect();
            let stopwatch = Stopwatch::start();
            let _: Vec<(i64, String, String)> = sqlx::query_as(sql::SEARCH)
                .bind(words.join(" OR "))
                .fetch_all(&mut connection)
                .await?;
            // The first round fills the caches.
            if round > 0 {
                search.push(stopwatch.stop().cpu);
            }
        }
    }
    connection.close().await?;
    Ok(Measured { index, search })
}
