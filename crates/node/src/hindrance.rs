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
    /// A peer holds another node document of this node than the database, of the same version.
    OtherDocument {
        /// The peer.
        peer: String,
        /// The first version that differs.
        version: u64,
    },
    /// Peers had shown such a thing before the start, and none has answered since.
    Recorded {
        /// What was recorded of it.
        reason: String,
        /// What it shows.
        evidence: Evidence,
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

/// What a peer has shown of this node that the database does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// More entries of its log.
    Entries,
    /// A later node document.
    LaterDocument,
    /// Another history of its log.
    OtherLog,
    /// Another node document of the same version.
    OtherDocument,
}

impl Hindrance {
    /// Returns what a peer has shown, if that is the reason.
    #[must_use]
    pub const fn evidence(&self) -> Option<Evidence> {
        match self {
            Self::Behind { .. } => Some(Evidence::Entries),
            Self::OlderDocument { .. } => Some(Evidence::LaterDocument),
            Self::Forked { .. } => Some(Evidence::OtherLog),
            Self::OtherDocument { .. } => Some(Evidence::OtherDocument),
            Self::Recorded { evidence, .. } => Some(*evidence),
            Self::Unconfirmed | Self::OtherProcess { .. } | Self::Keys(_) | Self::ReadOnly => None,
        }
    }

    /// Returns whether the database is an older copy, or may be one.
    #[must_use]
    pub const fn is_of_copy(&self) -> bool {
        match self {
            Self::Behind { .. }
            | Self::OlderDocument { .. }
            | Self::Forked { .. }
            | Self::OtherDocument { .. }
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
            Self::Behind { .. } => Evidence::Entries.fix(),
            Self::OlderDocument { .. } => Evidence::LaterDocument.fix(),
            Self::Forked { .. } => Evidence::OtherLog.fix(),
            Self::OtherDocument { .. } => Evidence::OtherDocument.fix(),
            Self::Recorded { evidence, .. } => evidence.fix(),
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

impl Evidence {
    const fn fix(self) -> &'static str {
        match self {
            Self::Entries | Self::LaterDocument => {
                "put the newest copy back, or run `wardround recover --from-peers`; if no peer holds what is missing, `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Self::OtherLog => {
                "put the newest copy back, or run `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Self::OtherDocument => {
                "two node documents of one version were signed: put back a copy of before that version, and run `wardround recover --from-peers` there; if this copy is the right one, ask the operators of peers that hold the other one for `wardround peer remove` and `wardround peer add` (docs/RECOVERY.md)"
            }
        }
    }

    /// What the text of a reason has.
    const fn mark(self) -> &'static str {
        match self {
            Self::Entries => " entries of this node's log, and the database has ",
            Self::LaterDocument => " of this node's document, and the database has ",
            Self::OtherLog => " has seen another history of this node's log",
            Self::OtherDocument => " of this node's document than the database",
        }
    }
}

/// Returns what peers had shown, from what an earlier process has recorded; `None` if it was something else.
#[must_use]
pub(crate) fn recorded(reason: String) -> Option<Hindrance> {
    let evidence = [
        Evidence::Entries,
        Evidence::LaterDocument,
        Evidence::OtherLog,
        Evidence::OtherDocument,
    ];
    let evidence = evidence
        .into_iter()
        .find(|evidence| reason.contains(evidence.mark()))?;
    Some(Hindrance::Recorded { reason, evidence })
}

/// Returns whether a recorded reason is what this peer had shown: it begins with the peer.
#[must_use]
pub(crate) fn is_of(reason: &str, peer: &str) -> bool {
    reason.starts_with(&format!("`{peer}` "))
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind { peer, theirs, own } => write!(
                f,
                "`{peer}` has seen {theirs}{}{own}",
                Evidence::Entries.mark()
            ),
            Self::OlderDocument { peer, theirs, own } => write!(
                f,
                "`{peer}` holds version {theirs}{}{own}",
                Evidence::LaterDocument.mark()
            ),
            Self::Forked { peer, size } => write!(
                f,
                "`{peer}`{}, which differs within its first {size} entries",
                Evidence::OtherLog.mark()
            ),
            Self::OtherDocument { peer, version } => write!(
                f,
                "`{peer}` holds another version {version}{}",
                Evidence::OtherDocument.mark()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_has_shown_is_known_again_from_its_text() {
        let peer = || "zz2".to_owned();
        for shown in [
            Hindrance::Behind {
                peer: peer(),
                theirs: 9,
                own: 7,
            },
            Hindrance::OlderDocument {
                peer: peer(),
                theirs: 3,
                own: 2,
            },
            Hindrance::Forked {
                peer: peer(),
                size: 7,
            },
            Hindrance::OtherDocument {
                peer: peer(),
                version: 2,
            },
        ] {
            let text = shown.to_string();
            let again = recorded(text.clone()).unwrap();
            assert_eq!(again.evidence(), shown.evidence(), "{text}");
            assert_eq!((again.to_string(), again.fix()), (text, shown.fix()));
            assert!(is_of(&again.to_string(), "zz2"));
        }
        for other in [
            Hindrance::Unconfirmed,
            Hindrance::Keys("the node document does not list the key".to_owned()),
            Hindrance::ReadOnly,
        ] {
            assert_eq!(recorded(other.to_string()), None, "{other}");
        }
    }
}
