//! What the engines' own error codes mean.

use sqlx::error::DatabaseError;

/// Says whether a statement failed because its table does not exist. SQLite has no code of its own for that.
#[must_use]
pub fn is_missing_table(error: &dyn DatabaseError) -> bool {
    match error.code().as_deref() {
        Some("42P01") => true,
        Some("1") => error.message().starts_with("no such table"),
        _ => false,
    }
}

/// No room for the shared memory of the write-ahead log: a full disk when a file is opened.
const IOERR_SHMSIZE: i32 = 10 | 19 << 8;

/// What a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Another writer held the database for too long, or a transaction lost to another one.
    Locked,
    /// The database may not be written.
    ReadOnly,
    /// No space is left.
    Full,
    /// The server, or the disk under the file, does not answer.
    Unavailable,
    /// The file is no database, or damaged.
    NotADatabase,
}

/// Names a database's own error code: SQLite's numbers (extended; the low byte is the family), PostgreSQL's SQLSTATE.
#[must_use]
pub fn named(error: &dyn DatabaseError) -> Option<Named> {
    let code = error.code()?;
    if error
        .try_downcast_ref::<sqlx::sqlite::SqliteError>()
        .is_some()
    {
        // https://www.sqlite.org/rescode.html
        let code = code.parse::<i32>().ok()?;
        if code == IOERR_SHMSIZE {
            return Some(Named::Full);
        }
        return match code & 0xFF {
            5 | 6 => Some(Named::Locked),
            8 => Some(Named::ReadOnly),
            13 => Some(Named::Full),
            10 | 14 => Some(Named::Unavailable),
            11 | 26 => Some(Named::NotADatabase),
            _ => None,
        };
    }
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    match code.as_ref() {
        "53100" => Some(Named::Full),
        "25006" => Some(Named::ReadOnly),
        // Lock not available, lost to another transaction twice, and a time limit for a statement.
        "55P03" | "40001" | "40P01" | "57014" => Some(Named::Locked),
        code if code.starts_with("08") || code.starts_with("57P") || code == "53300" => {
            Some(Named::Unavailable)
        }
        _ => None,
    }
}
