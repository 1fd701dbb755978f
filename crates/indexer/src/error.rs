//! Why the indexes cannot follow the database now.

use disk_space::reserve::OfFullDisk;
use search::IndexError;
use store::StoreError;
use tokio::task::JoinError;

/// Why the indexes cannot follow the database now. What they had before can still be searched.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An index failed; one that is damaged is rebuilt from the database.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A task of this program ended early.
    #[error("a task of this program ended early")]
    Task(#[from] JoinError),
}

impl OfFullDisk for IndexerError {
    fn is_of_full_disk(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Full) | Self::Index(IndexError::Full { .. })
        )
    }
}
