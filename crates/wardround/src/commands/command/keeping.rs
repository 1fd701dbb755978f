//! Commands that keep a node for years, in the form in which they cross the control socket.

use std::path::PathBuf;

use node::identity::change::Change;
use serde::{Deserialize, Serialize};

/// What keeps a node for years: backups, its node document, its keys, and recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "keep", rename_all = "kebab-case")]
pub(crate) enum Keeping {
    /// Make a backup.
    Backup {
        /// A directory, or a file that is not there yet.
        to: PathBuf,
        /// Whether the keys and the configuration are in it.
        with_keys: bool,
        /// Print JSON.
        json: bool,
    },
    /// Show the node document.
    NodeShow {
        /// Print JSON.
        json: bool,
    },
    /// Propose the next version of the node document; the answer is one line of JSON with its note.
    NodePropose(Box<Change>),
    /// Accept a version that root keys have signed.
    NodeAccept {
        /// The signed note.
        note: String,
        /// Print JSON.
        json: bool,
    },
    /// Show the keys.
    KeyShow {
        /// Print JSON.
        json: bool,
    },
    /// Recover after a loss.
    Recover {
        /// How.
        action: RecoverAction,
        /// Print JSON.
        json: bool,
    },
}

/// How to recover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RecoverAction {
    /// Refill the log from peers.
    FromPeers,
    /// Take the operator's word that the database is the newest.
    Confirm {
        /// Whether also of peers that have shown that it is not, and do not answer any more.
        despite_peers: bool,
    },
}
