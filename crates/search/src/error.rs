//! What can go wrong with an index, by what the caller does about it.

use std::io;
use std::path::{Path, PathBuf};

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// Why an index could not be opened, changed or read.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is no index: create one and fill it from the start.
    #[error("no search index in `{}`", path.display())]
    Missing {
        /// The directory of the index.
        path: PathBuf,
    },
    /// Files are missing or do not hold what they should: move the directory aside and rebuild.
    #[error("the search index in `{}` is damaged: {detail}; `wardround reindex` rebuilds it", path.display())]
    Damaged {
        /// The directory of the index.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// Another version of this program, or another program, wrote it: move it aside and rebuild.
    #[error("the search index in `{}` has format {found}, this program writes {known}; `wardround reindex` rebuilds it", path.display())]
    Foreign {
        /// The directory of the index.
        path: PathBuf,
        /// What the directory says.
        found: String,
        /// What this program writes.
        known: u32,
    },
    /// Another process has this index open for writing.
    #[error("the search index in `{}` is in use by another process", path.display())]
    Locked {
        /// The directory of the index.
        path: PathBuf,
    },
    /// The disk is full; nothing was lost, and the same change can be applied again later.
    #[error("no space is left on the disk for the search index in `{}`; free some, and the index follows by itself", path.display())]
    Full {
        /// The directory of the index.
        path: PathBuf,
    },
    /// Anything else, such as a failing disk.
    #[error("the search index in `{}` failed", path.display())]
    Other {
        /// The directory of the index.
        path: PathBuf,
        /// The cause.
        #[source]
        source: Box<TantivyError>,
    },
}

impl IndexError {
    /// Returns whether the remedy is to move the directory aside and to build a new index.
    pub fn needs_rebuild(&self) -> bool {
        matches!(
            self,
            Self::Missing { .. } | Self::Damaged { .. } | Self::Foreign { .. }
        )
    }

    pub(crate) fn from_tantivy(path: &Path, error: TantivyError) -> Self {
        let path = path.to_owned();
        match &error {
            error if is_full(error) => Self::Full { path },
            // The lock is a file of the directory: if it cannot be made, the directory is gone.
            TantivyError::LockFailure(LockError::IoError(io_error), _)
                if io_error.kind() == io::ErrorKind::NotFound =>
            {
                Self::Missing { path }
            }
            TantivyError::LockFailure(LockError::LockBusy, _) => Self::Locked { path },
            TantivyError::OpenDirectoryError(OpenDirectoryError::DoesNotExist(_)) => {
                Self::Missing { path }
            }
            TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::OpenReadError(
                OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_),
            )
            | TantivyError::SchemaError(_)
            | TantivyError::InternalError(_)
            | TantivyError::DeserializeError(_) => Self::Damaged {
                path,
                detail: error.to_string(),
            },
            TantivyError::IoError(io_error)
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. })
                if matches!(
                    io_error.kind(),
                    io::ErrorKind::InvalidData
                        | io::ErrorKind::UnexpectedEof
                        | io::ErrorKind::NotFound
                ) =>
            {
                Self::Damaged {
                    path,
                    detail: error.to_string(),
                }
            }
            _ => Self::Other {
                path,
                source: Box::new(error),
            },
        }
    }

    pub(crate) fn from_io(path: &Path, error: io::Error) -> Self {
        Self::from_tantivy(path, TantivyError::from(error))
    }
}

/// How texts of the system end that say that there is no space, or no quota, left.
const FULL: [&str; 2] = ["(os error 28)", "(os error 122)"];

/// Returns whether an error says that the disk, or what the user may have of it, is full.
fn is_full(error: &TantivyError) -> bool {
    let is_full = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
    };
    match error {
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. })
        | TantivyError::LockFailure(LockError::IoError(io_error), _) => is_full(io_error),
        // A temporary file, a buffer and a thread of the writer pass on what they met as a text.
        TantivyError::IoError(_)
        | TantivyError::ErrorInThread(_)
        | TantivyError::SystemError(_) => {
            let text = error.to_string();
            FULL.iter().any(|code| text.contains(code))
        }
        _ => false,
    }
}
