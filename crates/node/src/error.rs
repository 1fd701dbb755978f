//! Why the node cannot do something now, for any flow.
//!
//! A mistake in a request is an error or an outcome of its own flow. A misbehaving peer is data.

use disk_space::reserve::OfFullDisk;
use indexer::IndexerError;
use search::IndexError;
use store::StoreError;
use tokio::task::JoinError;

use crate::hindrance::Hindrance;

/// Says that there is no identity, without what to do: that differs by who reads it.
pub const NO_IDENTITY: &str = "this node has no identity yet";

/// Why the node cannot do something now. Nothing that was accepted before is lost.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// This node has no identity.
    #[error("{}; run `wardround init`", NO_IDENTITY)]
    NotInitialised,
    /// The node must not sign now.
    #[error("this node signs nothing now: {0}; {fix}", fix = .0.fix())]
    MayNotSign(Hindrance),
    /// The node has left the exchange: nothing that it publishes would reach anyone.
    #[error(
        "this node has left the exchange and publishes nothing any more, since no other node would take it; what it has can still be read, withdrawn and exported. To publish again, `wardround export` its documents, begin a node with `wardround init` in a new data directory, and `wardround import` them there; or hand them to the node that carries on the work"
    )]
    HasLeft,
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
    /// The search index failed; one that is damaged is rebuilt from the database.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The search took longer than it may.
    #[error("search took too long; try again in a moment")]
    SearchTimeout,
    /// The operating system gave no random bytes.
    #[error("the operating system does not provide random bytes")]
    Random(#[from] getrandom::Error),
    /// No process could be started for the work on a file.
    #[error("the file cannot be read at the moment; try again")]
    File(#[from] std::io::Error),
    /// A task of this program ended early.
    #[error("a task of this program ended early")]
    Task(#[from] JoinError),
}

impl OfFullDisk for NodeError {
    fn is_of_full_disk(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Full) | Self::Index(IndexError::Full { .. })
        )
    }
}

impl From<StoreError> for NodeError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotInitialised => Self::NotInitialised,
            error => Self::Store(error),
        }
    }
}

impl From<IndexerError> for NodeError {
    fn from(error: IndexerError) -> Self {
        match error {
            IndexerError::Store(error) => error.into(),
            IndexerError::Index(error) => error.into(),
            IndexerError::Task(error) => error.into(),
        }
    }
}
