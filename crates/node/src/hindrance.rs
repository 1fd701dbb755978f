//! Why a node signs nothing, with what ends it.

use std::fmt;

use store::RecordedHindrance;

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
        /// Which kind of reason it was.
        code: Code,
        /// The peer that had shown it, if it is known.
        peer: Option<String>,
        /// What was recorded of it.
        reason: String,
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

/// The kind of a hindrance, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// [`Hindrance::Behind`].
    Behind,
    /// [`Hindrance::OlderDocument`].
    OlderDocument,
    /// [`Hindrance::Forked`].
    Forked,
    /// [`Hindrance::OtherDocument`].
    OtherDocument,
    /// [`Hindrance::Unconfirmed`].
    Unconfirmed,
    /// [`Hindrance::OtherProcess`].
    OtherProcess,
    /// [`Hindrance::Keys`].
    Keys,
    /// [`Hindrance::ReadOnly`].
    ReadOnly,
    /// One that this program does not know: nothing is signed until the operator decides.
    Unknown,
}

impl Code {
    const ALL: [Self; 9] = [
        Self::Behind,
        Self::OlderDocument,
        Self::Forked,
        Self::OtherDocument,
        Self::Unconfirmed,
        Self::OtherProcess,
        Self::Keys,
        Self::ReadOnly,
        Self::Unknown,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::OlderDocument => "older-document",
            Self::Forked => "forked",
            Self::OtherDocument => "other-document",
            Self::Unconfirmed => "unconfirmed",
            Self::OtherProcess => "other-process",
            Self::Keys => "keys",
            Self::ReadOnly => "read-only",
            Self::Unknown => "unknown",
        }
    }
}

impl Hindrance {
    /// Returns what a peer has shown of this node that the database does not have, if that is the reason.
    #[must_use]
    pub const fn evidence(&self) -> Option<Code> {
        match self.code() {
            code @ (Code::Behind
            | Code::OlderDocument
            | Code::Forked
            | Code::OtherDocument
            | Code::Unknown) => Some(code),
            Code::Unconfirmed | Code::OtherProcess | Code::Keys | Code::ReadOnly => None,
        }
    }

    /// Returns, of what several peers have shown, what counts: another or a later node document before entries that the
    /// database does not have, these before another history, and of two alike the one that shows more. It does not depend on
    /// which peer answered first.
    pub(crate) fn heaviest(found: impl IntoIterator<Item = Self>) -> Option<Self> {
        found.into_iter().min_by_key(|hindrance| match hindrance {
            Self::OtherDocument { version, .. } => (0, *version),
            Self::OlderDocument { theirs, .. } => (1, u64::MAX - theirs),
            Self::Behind { theirs, .. } => (2, u64::MAX - theirs),
            Self::Forked { size, .. } => (3, *size),
            Self::Recorded { .. }
            | Self::Unconfirmed
            | Self::OtherProcess { .. }
            | Self::Keys(_)
            | Self::ReadOnly => (4, 0),
        })
    }

    const fn code(&self) -> Code {
        match self {
            Self::Behind { .. } => Code::Behind,
            Self::OlderDocument { .. } => Code::OlderDocument,
            Self::Forked { .. } => Code::Forked,
            Self::OtherDocument { .. } => Code::OtherDocument,
            Self::Recorded { code, .. } => *code,
            Self::Unconfirmed => Code::Unconfirmed,
            Self::OtherProcess { .. } => Code::OtherProcess,
            Self::Keys(_) => Code::Keys,
            Self::ReadOnly => Code::ReadOnly,
        }
    }

    /// Returns it as it is recorded for the next process.
    pub(crate) fn to_record(&self) -> RecordedHindrance {
        let peer = match self {
            Self::Behind { peer, .. }
            | Self::OlderDocument { peer, .. }
            | Self::Forked { peer, .. }
            | Self::OtherDocument { peer, .. } => Some(peer.clone()),
            Self::Recorded { peer, .. } => peer.clone(),
            Self::Unconfirmed | Self::OtherProcess { .. } | Self::Keys(_) | Self::ReadOnly => None,
        };
        RecordedHindrance {
            code: self.code().as_str().to_owned(),
            peer,
            reason: self.to_string(),
            fix: self.fix().to_owned(),
        }
    }

    /// Returns what peers had shown, from what an earlier process has recorded; `None` if it was something that every
    /// process finds by itself.
    pub(crate) fn from_record(recorded: RecordedHindrance) -> Option<Self> {
        let mut codes = Code::ALL.into_iter();
        let code = codes.find(|code| code.as_str() == recorded.code);
        match code.unwrap_or(Code::Unknown) {
            Code::Unconfirmed | Code::OtherProcess | Code::Keys | Code::ReadOnly => None,
            code @ (Code::Behind
            | Code::OlderDocument
            | Code::Forked
            | Code::OtherDocument
            | Code::Unknown) => Some(Self::Recorded {
                code,
                peer: recorded.peer,
                reason: recorded.reason,
            }),
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
        match self.code() {
            Code::Behind | Code::OlderDocument => {
                "put the newest copy back, or run `wardround recover --from-peers`; if no peer holds what is missing, `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Code::Forked => {
                "put the newest copy back, or run `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Code::OtherDocument => {
                "two node documents of one version were signed: put back a copy of before that version, and run `wardround recover --from-peers` there; if this copy is the right one, ask the operators of peers that hold the other one for `peer remove` and `peer add` (docs/RECOVERY.md)"
            }
            Code::Unconfirmed => {
                "wait for a peer that is away, or run `wardround recover --confirm` if you know that this copy is the newest (docs/RECOVERY.md)"
            }
            Code::OtherProcess => {
                "this process waits as its standby: it serves readers, and signs when the other one ends; if that is not what you want, stop one of them"
            }
            Code::Keys => {
                "put the keys that belong to the node document into `keys` and start the node again; if the database is the older of the two, run `wardround recover --from-peers`, and if no peer holds a later node document, `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Code::ReadOnly => {
                "set `server.read_only` to false, and run `systemctl reload wardround`"
            }
            Code::Unknown => {
                "run `wardround recover --from-peers`, or `wardround recover --confirm` if you know that this database is the newest (docs/RECOVERY.md)"
            }
        }
    }
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind { peer, theirs, own } => write!(
                f,
                "`{peer}` has seen {theirs} entries of this node's log, and the database has {own}"
            ),
            Self::OlderDocument { peer, theirs, own } => write!(
                f,
                "`{peer}` holds version {theirs} of this node's document, and the database has {own}"
            ),
            Self::Forked { peer, size } => write!(
                f,
                "`{peer}` has seen another history of this node's log, which differs within its first {size} entries"
            ),
            Self::OtherDocument { peer, version } => write!(
                f,
                "`{peer}` holds another version {version} of this node's document than the database"
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
    fn of_what_peers_show_the_heaviest_counts_in_any_order() {
        let peer = || "zz2".to_owned();
        let behind = |theirs| Hindrance::Behind {
            peer: peer(),
            theirs,
            own: 7,
        };
        let mut all = vec![
            Hindrance::OtherDocument {
                peer: peer(),
                version: 2,
            },
            Hindrance::OlderDocument {
                peer: peer(),
                theirs: 3,
                own: 2,
            },
            behind(11),
            behind(9),
            Hindrance::Forked {
                peer: peer(),
                size: 7,
            },
        ];
        while let Some(first) = all.first().cloned() {
            let reversed = all.iter().rev().cloned();
            assert_eq!(Hindrance::heaviest(reversed), Some(first.clone()));
            assert_eq!(Hindrance::heaviest(all.clone()), Some(first));
            all.remove(0);
        }
        assert_eq!(Hindrance::heaviest([]), None);
    }

    #[test]
    fn what_a_peer_has_shown_is_known_again_from_its_record() {
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
            let again = Hindrance::from_record(shown.to_record()).unwrap();
            assert_eq!(again.evidence(), shown.evidence(), "{text}");
            assert_eq!((again.to_string(), again.fix()), (text, shown.fix()));
            assert!(
                matches!(&again, Hindrance::Recorded { peer: Some(peer), .. } if peer == "zz2"),
                "{again:?}"
            );
        }
        for other in [
            Hindrance::Unconfirmed,
            Hindrance::Keys("the node document does not list the key".to_owned()),
            Hindrance::ReadOnly,
        ] {
            assert_eq!(Hindrance::from_record(other.to_record()), None, "{other}");
        }
    }
}
