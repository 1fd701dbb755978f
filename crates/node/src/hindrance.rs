//! Why a node signs nothing, with what ends it.

use std::fmt;

/// Why the node signs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// A peer has seen entries of this node's log that the database does not have.
    Behind {
        /// The peer.
        peer: String,
        /// Entries that it has seen.
        theirs: u64,
        /// Entries that the database has.
        own: u64,
    },
    /// A peer holds a later node document of this node.
    OlderDocument {
        /// The peer.
        peer: String,
        /// The version that it holds.
        theirs: u64,
        /// The version in the database.
        own: u64,
    },
    /// A peer has seen another history, signed by this node.
    Forked {
        /// The peer.
        peer: String,
        /// The size at which the roots differ.
        size: u64,
    },
    /// Peers had shown such a thing before the start, and none has answered since.
    Recorded {
        /// What was recorded of it.
        reason: String,
        /// Whether it was another history.
        is_fork: bool,
    },
    /// The database is a restored copy, and no peer has answered yet.
    Unconfirmed,
    /// Another process signs for this node.
    OtherProcess {
        /// Its name.
        holder: String,
    },
    /// The keys in the data directory are not those of the node document: of before it, or the database is the older.
    Keys(String),
    /// The operator has set it to be only read.
    ReadOnly,
}

impl Hindrance {
    /// Returns whether the database is an older copy, or may be one.
    #[must_use]
    pub const fn is_of_copy(&self) -> bool {
        match self {
            Self::Behind { .. }
            | Self::OlderDocument { .. }
            | Self::Forked { .. }
            | Self::Recorded { .. }
            | Self::Unconfirmed
            | Self::Keys(_) => true,
            Self::OtherProcess { .. } | Self::ReadOnly => false,
        }
    }

    /// Returns the command that ends it, or what to do.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self {
            Self::Behind { .. }
            | Self::OlderDocument { .. }
            | Self::Recorded { is_fork: false, .. } => {
                "put the newest copy back, or run `wardround recover --from-peers`; if no peer holds what is missing, `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Self::Forked { .. } | Self::Recorded { is_fork: true, .. } => {
                "put the newest copy back, or run `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Self::Unconfirmed => {
                "wait for a peer that is away, or run `wardround recover --confirm` if you know that this copy is the newest (docs/RECOVERY.md)"
            }
            Self::OtherProcess { .. } => {
                "this process waits as its standby: it serves readers, and signs when the other one ends; if that is not what you want, stop one of them"
            }
            Self::Keys(_) => {
                "put the keys that belong to the node document into `keys` and start the node again; if the database is the older of the two, run `wardround recover --from-peers`, and if no peer holds a later node document, `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Self::ReadOnly => {
                "set `server.read_only` to false, and run `systemctl reload wardround`"
            }
        }
    }
}

/// Returns what peers had shown, from what an earlier process has recorded; `None` if it was something else.
#[must_use]
pub(crate) fn recorded(reason: String, fix: &str) -> Option<Hindrance> {
    let each = [false, true].map(|is_fork| Hindrance::Recorded {
        reason: reason.clone(),
        is_fork,
    });
    each.into_iter().find(|hindrance| hindrance.fix() == fix)
}

/// Returns whether a recorded reason is what this peer had shown: it begins with the peer.
#[must_use]
pub(crate) fn is_of(reason: &str, peer: &str) -> bool {
    reason.starts_with(&format!("`{peer}` "))
}

/// Returns whether a recorded reason is that a peer holds a later node document.
#[must_use]
pub(crate) fn is_of_document(reason: &str) -> bool {
    reason.contains(OF_DOCUMENT)
}

/// What only the text of [`Hindrance::OlderDocument`] has.
const OF_DOCUMENT: &str = " of this node's document, and the database has ";

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind { peer, theirs, own } => write!(
                f,
                "`{peer}` has seen {theirs} entries of this node's log, and the database has {own}"
            ),
            Self::OlderDocument { peer, theirs, own } => write!(
                f,
                "`{peer}` holds version {theirs}{OF_DOCUMENT}{own}"
            ),
            Self::Forked { peer, size } => write!(
                f,
                "`{peer}` has seen another history of this node's log, which differs within its first {size} entries"
            ),
            Self::Unconfirmed => f.write_str(
                "the database is a restored copy, and no peer has answered yet whether it is the newest",
            ),
            Self::OtherProcess { holder } => write!(f, "another process signs for this node: {holder}"),
            Self::Recorded { reason, .. } => f.write_str(reason),
            Self::Keys(text) => f.write_str(text),
            Self::ReadOnly => f.write_str("`server.read_only` is set: this node is only read"),
        }
    }
}
