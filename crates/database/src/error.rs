//! What can go wrong with the database: one variant for each thing that a caller acts on.
//!
//! Disk full, read-only, locked and unavailable have names because a server answers 507 or 503 to them and continues
//! reading. A misbehaving peer is never an error of this crate.

use std::path::PathBuf;

use disk_space::reserve::OfFullDisk;
use sql::{
    errors::{Named, named},
    tables::CopyError,
};
use wire::{DocumentId, NodeId};

/// What a caller of the store can tell apart.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database was written by a newer version of the program. Nothing was changed.
    #[error(
        "the database is at migration {found} and this program supports only {known}; start a newer `wardround`, or restore a backup"
    )]
    Newer {
        /// Newest migration in the database.
        found: i64,
        /// Newest migration of this program.
        known: i64,
    },
    /// Another writer held the database for longer than the time allowed, or a transaction lost to another one.
    #[error("the database is busy; try again")]
    Locked,
    /// The database may not be written.
    #[error("the database is read-only")]
    ReadOnly,
    /// No space is left on the disk of the database.
    #[error("no space is left for the database")]
    Full,
    /// The server of the database cannot be reached, or its address cannot be read.
    #[error("the database cannot be reached: {}", plain(.0))]
    Unavailable(#[source] sqlx::Error),
    /// The file of the database cannot be opened.
    #[error("the database `{}` cannot be opened: {source}", file.display())]
    Unopened {
        /// The file.
        file: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// The document or the log has moved on since the caller looked: read it again.
    #[error("`{what}` has changed in the meantime; it is at {held}")]
    Stale {
        /// The document's id, or the log's origin.
        what: String,
        /// The revision or size that is held.
        held: u64,
    },
    /// The draft was changed, or taken back, since it was approved; nothing was published.
    #[error("the draft `{0}` was changed since it was approved; read it again")]
    DraftChanged(DocumentId),
    /// The id is withdrawn, and a withdrawal is final.
    #[error("`{0}` is withdrawn permanently; publish the text under a new id that replaces it")]
    Withdrawn(DocumentId),
    /// The document is in the log already, so it cannot be kept from it.
    #[error("`{0}` is published; withdraw it, and keep the text under a new id")]
    AlreadyPublished(DocumentId),
    /// What is for this organisation only is in no log, and what is in the log is for others too.
    #[error(
        "`{0}` is for this organisation only and cannot be published, or is published and cannot be kept to this organisation"
    )]
    WrongVisibility(DocumentId),
    /// The id occurs twice in one call.
    #[error("`{0}` occurs twice in one transaction")]
    DuplicateInBatch(DocumentId),
    /// The lease on a peer has passed to another poll; nothing was written.
    #[error("the poll of `{0}` has taken too long and lost its lease")]
    LeaseLost(NodeId),
    /// A pull would use more than a peer has room for; nothing was written.
    #[error("a pull adds {documents} documents and {bytes} bytes, more than there is room for")]
    NoRoom {
        /// Documents that it would add.
        documents: u64,
        /// Bytes that it would add.
        bytes: u64,
    },
    /// Another node, or another role, holds this public key.
    #[error("a key of this node document already belongs to `{0}`, or has another role")]
    KeyTaken(NodeId),
    /// The node, its handle or its base is configured already.
    #[error("`{0}` is already configured")]
    Duplicate(String),
    /// Without this account there would be no administrator who can sign in.
    #[error("this is the only administrator; make another account an administrator first")]
    LastAdministrator,
    /// This node has no identity yet.
    #[error("the database holds no identity of this node yet")]
    NotInitialised,
    /// A stored value cannot be what this program wrote.
    #[error("the database holds {0}; run `wardround verify`")]
    Corrupt(String),
    /// The database's file was removed, or replaced by another.
    #[error(
        "the database file `{0}` was removed or replaced under the running node; stop the node, restore the right file, and start again"
    )]
    Displaced(String),
    /// The file is no database, or parts of it were overwritten.
    #[error(
        "the database file is damaged, or is not a database; stop the node, keep a copy of the file, and restore a backup"
    )]
    NotADatabase(#[source] sqlx::Error),
    /// Anything else, for the log.
    #[error("the database failed")]
    Other(#[source] sqlx::Error),
    /// The database could not be brought to the schema of this program; nothing was changed.
    #[error(
        "the database is at migration {found} and could not be upgraded to {known}; it is as it was, and the earlier `wardround` works with it: {why}"
    )]
    NotUpgraded {
        /// Newest migration in the database.
        found: i64,
        /// Newest migration of this program.
        known: i64,
        /// Why, and what to do if the operator can do something.
        why: String,
        /// What the migrator said, if it was a migration that failed.
        source: Option<Box<sqlx::migrate::MigrateError>>,
    },
}

impl StoreError {
    /// Says whether reading continues while writing does not: the caller answers 503 or 507.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Locked
                | Self::ReadOnly
                | Self::Full
                | Self::Displaced(_)
                | Self::Unavailable(_)
                | Self::Unopened { .. }
        )
    }
}

impl OfFullDisk for StoreError {
    fn is_of_full_disk(&self) -> bool {
        matches!(self, Self::Full)
    }
}

impl From<CopyError> for StoreError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Unreachable(error) => Self::Unavailable(error),
            CopyError::Database(error) => error.into(),
            CopyError::Column { .. } => Self::Corrupt(error.to_string()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Database(database) => match named(database.as_ref()) {
                Some(Named::Locked) => Self::Locked,
                Some(Named::ReadOnly) => Self::ReadOnly,
                Some(Named::Full) => Self::Full,
                Some(Named::Unavailable) => Self::Unavailable(error),
                Some(Named::NotADatabase) => Self::NotADatabase(error),
                None => Self::Other(error),
            },
            E::PoolTimedOut => Self::Locked,
            E::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => Self::Full,
            E::Io(_) | E::Tls(_) | E::Protocol(_) => Self::Unavailable(error),
            E::PoolClosed | E::WorkerCrashed => Self::Unavailable(error),
            _ => Self::Other(error),
        }
    }
}

/// Returns what an error says, without what the driver puts before it.
fn plain(error: &sqlx::Error) -> String {
    let said: &dyn std::fmt::Display = match error {
        sqlx::Error::Io(error) => error,
        error => error,
    };
    said.to_string()
}
