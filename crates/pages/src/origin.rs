//! Where a document comes from, in words and with an icon, never by colour alone.
//!
//! The words say what was checked, and never that the content is good: not "trusted", not "approved".

use wire::Timestamp;

use crate::words;
use node::flows::reading::{Provenance, ProvenanceState};

/// The origin of a document as its card or its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The last part of the class names: `own`, `verified`, `stale`.
    pub class: &'static str,
    /// The icon.
    pub icon: &'static str,
    /// What was checked.
    pub words: String,
    /// The same in one or two words, for a line with other words; empty where something needs a line of its own.
    pub short: &'static str,
    /// When its origin was last reached; empty for this node's own.
    pub when: String,
}

impl Origin {
    /// Puts the provenance of a document into words.
    #[must_use]
    pub fn new(provenance: &Provenance, now: Timestamp) -> Self {
        let ago = provenance.pulled.map(|at| words::ago(now, at));
        match provenance.state {
            ProvenanceState::Own => Self {
                class: "own",
                icon: "home",
                words: "Published here".to_owned(),
                short: "Published here",
                when: String::new(),
            },
            ProvenanceState::Verified => Self {
                class: "verified",
                icon: "shield",
                words: "Signature verified".to_owned(),
                short: "Verified",
                when: ago.map_or_else(String::new, |ago| format!("Up to date ({ago})")),
            },
            ProvenanceState::Stale => Self {
                class: "stale",
                icon: "clock",
                words: "Signature verified, may be out of date".to_owned(),
                short: "",
                when: ago.map_or_else(String::new, |ago| format!("Last checked {ago}")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn words_say_what_was_checked_and_when() {
        let now = Timestamp::from_secs(1_800_000_000);
        let pulled = |hours: u64| Some(now.minus(Duration::from_secs(hours * 3_600)));
        for (state, pulled, words, when) in [
            (ProvenanceState::Own, None, "Published here", ""),
            (
                ProvenanceState::Verified,
                pulled(1),
                "Signature verified",
                "Up to date (1 hour ago)",
            ),
            (ProvenanceState::Verified, None, "Signature verified", ""),
            (
                ProvenanceState::Stale,
                pulled(26),
                "Signature verified, may be out of date",
                "Last checked 26 hours ago",
            ),
        ] {
            let origin = Origin::new(&Provenance { state, pulled }, now);
            assert_eq!((origin.words.as_str(), origin.when.as_str()), (words, when));
        }
    }
}
