//! Opening a database: connections, their settings, and migrations.
//!
//! A database that a newer program has written is refused before anything is changed in it.

use async_recursion::async_recursion as boxed;
use std::{
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

use sql::{
    postgres::{Server, try_connection},
    sqlite::{Lent, PREPARED_STATEMENTS, SqlitePools},
    values,
};
use sqlx::{
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::SqliteConnectOptions,
};

use crate::{StoreError, engine::Database};

/// Where the database is and how it is used.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections for reading on SQLite, connections in all on PostgreSQL.
    pub connections: u32,
}

impl Options {
    /// Returns the usual settings for `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connections: 8,
        }
    }

    /// Returns the file of an SQLite database.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        self.url.strip_prefix("sqlite:")?;
        let options = SqliteConnectOptions::from_str(&self.url).ok()?;
        Some(options.get_filename().to_path_buf())
    }
}

/// The schema of a database and that of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaVersion {
    /// Newest migration in the database; 0 when it is empty.
    pub found: i64,
    /// Newest migration of this program.
    pub known: i64,
}

/// Lists migrations: the version, the name and the file of each.
macro_rules! migrations {
    ($($version:literal $name:literal $file:literal)*) => {
        &[$(($version, $name, include_str!(concat!("../../../migrations/", $file)))),*]
    };
}

pub(crate) const MIGRATIONS: &[(i64, &str, &str)] = migrations! {
    1 "core" "0001_core.sql"
    2 "peer_claims" "0002_peer_claims.sql"
    3 "revoked_keys" "0003_revoked_keys.sql"
    4 "protected_lists" "0004_protected_lists.sql"
    5 "imported_revision" "0005_imported_revision.sql"
    6 "stated" "0006_stated.sql"
    7 "not_before" "0007_not_before.sql"
    8 "accounts" "0008_accounts.sql"
    9 "drafts" "0009_drafts.sql"
    10 "attachments" "0010_attachments.sql"
    11 "accepted_warnings" "0011_accepted_warnings.sql"
    12 "unread_indexes" "0012_unread_indexes.sql"
    14 "audit" "0014_audit.sql"
    18 "own_signing" "0018_own_signing.sql"
    19 "reads_and_mentions" "0019_reads_and_mentions.sql"
    21 "search_gaps" "0021_search_gaps.sql"
    22 "care" "0022_care.sql"
    23 "imported_digest" "0023_imported_digest.sql"
    24 "attachment_originals" "0024_attachment_originals.sql"
    25 "public_until" "0025_public_until.sql"
    26 "mail_due" "0026_mail_due.sql"
    27 "tried" "0027_tried.sql"
    28 "care_mail" "0028_care_mail.sql"
    29 "draft_writers" "0029_draft_writers.sql"
    30 "erased_bytes" "0030_erased_bytes.sql"
    31 "successor_named" "0031_successor_named.sql"
    33 "request_kept" "0033_request_kept.sql"
    34 "former_name" "0034_former_name.sql"
    35 "hindrance_code" "0035_hindrance_code.sql"
    36 "mirrored" "0036_mirrored.sql"
};

/// How long a caller waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// A write-ahead log of SQLite that is no longer than its header has no changes (<https://www.sqlite.org/fileformat2.html>).
const WAL_HEADER_BYTES: u64 = 32;

/// The table belongs to sqlx's migrator.
const NEWEST_MIGRATION: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";

/// Returns the newest migration of this program.
pub(crate) fn known() -> i64 {
    let versions = MIGRATIONS.iter().map(|(version, ..)| *version);
    versions.max().unwrap_or(0)
}

/// Says whether files may be made in a directory.
fn is_writable(directory: &Path) -> bool {
    // The current directory has an empty name as the parent of a file.
    let directory = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    rustix::fs::access(directory, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Takes the connection of a file that writes.
///
/// # Errors
/// [`StoreError::Displaced`] when the file is not where it was opened.
pub(crate) async fn writer(pools: &SqlitePools) -> Result<Lent, StoreError> {
    match pools.displaced() {
        Some(path) => Err(StoreError::Displaced(path.display().to_string())),
        None => Ok(pools.writer.lend().await?),
    }
}

/// Maps an error of opening a file: any that has no name of its own says that the file cannot be opened.
fn unopened(file: &Path, error: sqlx::Error) -> StoreError {
    match error.into() {
        StoreError::Other(source) | StoreError::Unavailable(source) => StoreError::Unopened {
            file: file.to_owned(),
            source,
        },
        named => named,
    }
}

impl Database {
    /// Opens the database, creating and migrating it as needed.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program has written it, [`StoreError::NotUpgraded`] when a migration or the
    /// check after it failed; nothing is changed then.
    #[boxed]
    pub async fn open(options: &Options) -> Result<Self, StoreError> {
        let store = Self::connect(options).await?;
        let schema = store.schema_version().await?;
        if schema.found > schema.known {
            return Err(StoreError::Newer {
                found: schema.found,
                known: schema.known,
            });
        }
        if let Err(error) = store.upgrade(schema).await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    /// Opens the database without migrating it, for a look at [`Database::schema_version`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server cannot be reached, [`StoreError::Unopened`] for a file.
    #[boxed]
    pub async fn connect(options: &Options) -> Result<Self, StoreError> {
        if options.url.starts_with("sqlite:") {
            let connect =
                SqliteConnectOptions::from_str(&options.url).map_err(StoreError::Unavailable)?;
            let file = connect.get_filename().to_path_buf();
            let pools = SqlitePools::open(connect, options.connections).await;
            pools
                .map(Self::Sqlite)
                .map_err(|error| unopened(&file, error))
        } else {
            let connect = PgConnectOptions::from_str(&options.url)
                .map_err(StoreError::Unavailable)?
                .statement_cache_capacity(PREPARED_STATEMENTS);
            try_connection(&connect)
                .await
                .map_err(StoreError::Unavailable)?;
            let pool = PgPoolOptions::new()
                .max_connections(options.connections.max(2))
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_with(connect)
                .await?;
            Ok(Self::Postgres(Server::new(pool)))
        }
    }

    /// Opens the database for reading only: nothing is created, migrated or changed, not even on a disk that cannot be
    /// written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Unopened`]. [`StoreError::ReadOnly`] for an SQLite file where nothing
    /// can be written, whose last changes are still in its write-ahead log: copy both to another place.
    #[boxed]
    pub async fn connect_read_only(options: &Options) -> Result<Self, StoreError> {
        if !options.url.starts_with("sqlite:") {
            return Self::connect(options).await;
        }
        let connect =
            SqliteConnectOptions::from_str(&options.url).map_err(StoreError::Unavailable)?;
        let file = connect.get_filename().to_path_buf();
        let directory = file.parent().unwrap_or(&file);
        let is_fixed = !is_writable(directory);
        let mut log = file.clone().into_os_string();
        log.push("-wal");
        if is_fixed && std::fs::metadata(log).is_ok_and(|log| log.len() > WAL_HEADER_BYTES) {
            return Err(StoreError::ReadOnly);
        }
        let pools = SqlitePools::open_read_only(connect, is_fixed).await;
        pools
            .map(Self::Sqlite)
            .map_err(|error| unopened(&file, error))
    }

    /// Returns the newest migration of the database and of this program.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be reached.
    #[boxed]
    pub async fn schema_version(&self) -> Result<SchemaVersion, StoreError> {
        let known = known();
        let mut db = self.write_alone().await?;
        let found = match db.one::<(i64,)>(NEWEST_MIGRATION, values![]).await {
            Ok((found,)) => found,
            // A database without the migrator's table is an empty one.
            Err(sqlx::Error::Database(error)) if sql::errors::is_missing_table(error.as_ref()) => 0,
            Err(error) => return Err(error.into()),
        };
        Ok(SchemaVersion { found, known })
    }

    /// Closes all connections, after the transactions in progress.
    #[boxed]
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pools) => pools.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
