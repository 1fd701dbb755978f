//! Who a document is published for, and who reads it: one type each, for every crate.
//!
//! A viewer never defaults to more than the public. Nothing here knows accounts: signing in gives a [`Viewer`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who a document is published for (docs/FEED.md §5, `visibility`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everyone.
    Public,
    /// Signed-in staff of this node and of other nodes.
    Network,
    /// Signed-in staff of this node only: such a document is in no log and is sent to no one.
    Organisation,
}

impl Visibility {
    /// Every visibility, the widest first.
    pub const ALL: [Self; 3] = [Self::Public, Self::Network, Self::Organisation];

    /// Returns the visibility as it is written in files, bodies and addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Network => "network",
            Self::Organisation => "organisation",
        }
    }

    /// Returns where a revision of this visibility is kept.
    #[must_use]
    pub const fn kept(self) -> Kept {
        match self {
            Self::Organisation => Kept::HereOnly,
            Self::Public | Self::Network => Kept::InLog,
        }
    }

    /// Reads the form that [`Visibility::as_str`] writes, and no other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|visibility| visibility.as_str() == text)
    }
}

/// Where a revision is kept by the node that publishes it. The two are numbered apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the log: others read it, too.
    InLog,
    /// On this node only.
    HereOnly,
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who reads. Every method that reads for a reader takes one, and nothing in a query can widen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Anyone without an account.
    Public,
    /// Another node, on behalf of its signed-in staff.
    Peer,
    /// A signed-in person of this node.
    Staff,
}

impl Viewer {
    /// Every viewer, the one who sees least first.
    pub const ALL: [Self; 3] = [Self::Public, Self::Peer, Self::Staff];

    /// Returns the visibilities that this viewer can read.
    #[must_use]
    pub const fn visibilities(self) -> &'static [Visibility] {
        match self {
            Self::Public => &[Visibility::Public],
            Self::Peer => &[Visibility::Public, Visibility::Network],
            Self::Staff => &Visibility::ALL,
        }
    }

    /// Says whether this viewer can read a document of that visibility.
    #[must_use]
    pub fn can_read(self, visibility: Visibility) -> bool {
        self.visibilities().contains(&visibility)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_viewer_reads_what_the_one_before_reads_and_one_more() {
        for (viewer, readable) in Viewer::ALL.into_iter().zip(1..) {
            for (visibility, place) in Visibility::ALL.into_iter().zip(1..) {
                let expected = place <= readable;
                assert_eq!(
                    viewer.can_read(visibility),
                    expected,
                    "{viewer:?} {visibility}"
                );
            }
        }
    }

    #[test]
    fn a_visibility_has_one_written_form() {
        for visibility in Visibility::ALL {
            assert_eq!(Visibility::parse(visibility.as_str()), Some(visibility));
            let json = serde_json::to_string(&visibility).unwrap();
            assert_eq!(json, format!("\"{visibility}\""));
        }
        for wrong in ["", "Public", "network ", "organization", "all"] {
            assert_eq!(Visibility::parse(wrong), None, "{wrong}");
        }
    }
}
