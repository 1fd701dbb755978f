//! What can be wrong with a peer, as data: a fault is stored, shown to the operator and counted.

use std::fmt;

/// The fault codes of the protocol (§7). At most one is held against a peer at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// The peer could not be reached, or its answer broke the rules of transport.
    Transport,
    /// A note, checkpoint or node document has a bad form.
    Malformed,
    /// A signature, a key or the chain of node documents cannot be trusted.
    Key,
    /// The checkpoint's own time is missing, in the future or older than the one held.
    Timestamp,
    /// The log has become shorter.
    Rollback,
    /// Two histories of one log; the peer is halted until an operator acts.
    Equivocation,
    /// The entries do not hash to the signed root.
    Inconsistent,
    /// The log has grown more than is plausible.
    Implausible,
    /// The node document expired too long ago.
    Expired,
    /// It has more than this node takes of a peer.
    Quota,
}

impl FaultCode {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::Transport,
        Self::Malformed,
        Self::Key,
        Self::Timestamp,
        Self::Rollback,
        Self::Equivocation,
        Self::Inconsistent,
        Self::Implausible,
        Self::Expired,
        Self::Quota,
    ];

    /// Returns the word for it, as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Malformed => "malformed",
            Self::Key => "key",
            Self::Timestamp => "timestamp",
            Self::Rollback => "rollback",
            Self::Equivocation => "equivocation",
            Self::Inconsistent => "inconsistent",
            Self::Implausible => "implausible",
            Self::Expired => "expired",
            Self::Quota => "quota",
        }
    }

    /// Reads the word for it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// Makes a fault of this code; `text` says what was seen.
    pub fn fault(self, text: impl Into<String>) -> PeerFault {
        PeerFault {
            code: self,
            text: text.into(),
        }
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a peer did wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {text}")]
pub struct PeerFault {
    /// Which kind of fault.
    pub code: FaultCode,
    /// What was seen, for the operator.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_as_its_word() {
        for code in FaultCode::ALL {
            assert_eq!(FaultCode::parse(code.as_str()), Some(code));
        }
        assert_eq!(FaultCode::parse("Key"), None);
        assert_eq!(FaultCode::parse("stale"), None);
    }
}
