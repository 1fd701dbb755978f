//! Why an identity could not be opened or created, in words that say what to do.

use std::{io, path::PathBuf};

use ledger::PeerFault;
use wire::NodeId;

use crate::{error::NodeError, hindrance::Hindrance};

/// Why an identity could not be opened or created.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// It is made once.
    #[error(
        "this node is `{0}` already, with another name, code, address or contact; `wardround node show` shows them, and `wardround node set` changes them"
    )]
    Exists(NodeId),
    /// Keys without the identity that they belong to.
    #[error(
        "`{}` holds keys, but the database has no identity; see that the address of the database reaches this program (`wardround config show`), restore the database that they belong to, or move the keys to another directory to start again", .0.display()
    )]
    Orphaned(PathBuf),
    /// What the operator said cannot be published.
    #[error("`{field}`: {text}")]
    Refused {
        /// Which part.
        field: &'static str,
        /// What is wrong with it.
        text: String,
    },
    /// A new log would leave out what a peer holds.
    #[error(
        "{0}; a new log would leave out what that peer holds, its withdrawals too, so that what was withdrawn would be public again: run `wardround recover --from-peers` first; only if that does not bring it back, `wardround recover --new-epoch --despite-peers`"
    )]
    LeavesOut(Hindrance),
    /// A key file is missing or cannot be read or written.
    #[error("the key file `{}` cannot be used: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A key file holds something else.
    #[error("`{}` holds no key of this node; restore it from a backup", .0.display())]
    Key(PathBuf),
    /// The stored node document does not verify.
    #[error("the stored node document does not verify; run `wardround verify`")]
    Document(#[source] PeerFault),
    /// The node cannot open or create an identity now.
    #[error(transparent)]
    Node(NodeError),
}

impl<E: Into<NodeError>> From<E> for IdentityError {
    fn from(error: E) -> Self {
        Self::Node(error.into())
    }
}
