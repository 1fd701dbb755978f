//! Node documents: who a node is, its keys, and the chain in which each version is signed by the one before
//! (docs/FEED.md §3).
//!
//! Invariant: a [`NodeDocument`] has passed key intake, its limits and its signatures, and is the pinned first version
//! or follows the held one.

mod candidate;
mod content;
mod proposal;
mod reading;

use std::collections::HashSet;

use wire::{Digest, NodeId, Timestamp};

use crate::{
    FaultCode, Origin, PeerFault, PublicKey,
    checkpoint::KnownKeys,
    limits::{EXPIRY_GRACE, MAX_KEYS},
};

use candidate::Candidate;
pub use content::{Closed, Content, Revoked, Role, SigningKeys};
pub use proposal::Proposal;

/// A verified node document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeDocument {
    content: Content,
    node: NodeId,
    digest: Digest,
    note: String,
}

impl NodeDocument {
    /// Accepts version 1 of a node: its text hashes to the pinned identity, and it is well signed.
    ///
    /// # Errors
    /// `malformed` for a bad form, `key` for another node's document, keys or signatures that cannot be trusted.
    pub fn first(bytes: &[u8], pinned: &NodeId) -> Result<Self, PeerFault> {
        let candidate = Candidate::parse(bytes)?;
        if candidate.content.version != 1 {
            return Err(FaultCode::Key.fault(format!(
                "version {} where version 1 was asked for",
                candidate.content.version
            )));
        }
        let document = candidate.signed()?;
        if document.node != *pinned {
            return Err(FaultCode::Key.fault(format!(
                "the first node document is that of {}",
                document.node
            )));
        }
        Ok(document)
    }

    /// Accepts the version after this one. `ever` holds every key that any version of this node has listed or revoked.
    ///
    /// # Errors
    /// `malformed` for a bad form, `key` for a chain, keys or signatures that cannot be trusted.
    pub fn next(&self, bytes: &[u8], ever: &HashSet<[u8; 32]>) -> Result<Self, PeerFault> {
        let candidate = Candidate::parse(bytes)?;
        self.check_chain(&candidate.content)?;
        self.check_keys(&candidate.content, ever)?;
        let root_before = candidate.root_signatures(&self.content.root);
        if root_before < self.content.threshold {
            return Err(FaultCode::Key.fault(format!(
                "signed by {root_before} of the root keys held, not {}",
                self.content.threshold
            )));
        }
        candidate.signed()
    }

    /// Reads a document that was verified before it was stored.
    ///
    /// # Errors
    /// As [`NodeDocument::first`], when what is stored is not what was verified.
    pub fn stored(note: &str) -> Result<Self, PeerFault> {
        Candidate::parse(note.as_bytes())?.signed()
    }

    /// Returns the version that a served document claims, before anything else in it is trusted, and the digest of
    /// its text.
    ///
    /// # Errors
    /// `malformed`.
    pub fn claimed(bytes: &[u8]) -> Result<(u64, Digest), PeerFault> {
        let candidate = Candidate::parse(bytes)?;
        Ok((
            candidate.content.version,
            Digest::for_bytes(candidate.note.text.as_bytes()),
        ))
    }

    /// Returns what it says.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// Returns the node.
    #[must_use]
    pub const fn node(&self) -> &NodeId {
        &self.node
    }

    /// Returns the digest of its text.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns the signed note, byte for byte.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Returns the listed keys with their roles.
    pub fn keys(&self) -> impl Iterator<Item = (Role, &PublicKey)> {
        self.content.listed()
    }

    /// Returns every key that it lists or revokes. A later version may list one of them only if every version between
    /// has listed it (§3).
    pub fn listed_or_revoked(&self) -> impl Iterator<Item = [u8; 32]> {
        self.content.listed_or_revoked()
    }

    /// Returns the keys whose signatures on the current checkpoint count.
    #[must_use]
    pub fn known_keys(&self) -> KnownKeys {
        KnownKeys {
            origin: Origin {
                node: self.node.clone(),
                epoch: self.content.epoch,
            },
            log: self.content.log.clone(),
            witness: self.content.witness.clone(),
        }
    }

    /// Says how far the document can be relied on at `now` (§7 step 1).
    #[must_use]
    pub fn validity(&self, now: Timestamp) -> Validity {
        let expires = self.content.expires;
        if now <= expires {
            Validity::Good
        } else if now <= expires.plus(EXPIRY_GRACE) {
            Validity::Stale
        } else {
            Validity::Expired
        }
    }

    fn check_chain(&self, next: &Content) -> Result<(), PeerFault> {
        let broken = |text: String| Err(FaultCode::Key.fault(text));
        let held = &self.content;
        if Some(next.version) != held.version.checked_add(1) {
            return broken(format!("version {} after {}", next.version, held.version));
        }
        if next.node.as_ref() != Some(&self.node) {
            return broken("a node document of another node".to_owned());
        }
        if next.prev.as_ref() != Some(&self.digest) {
            return broken("a node document that does not follow the one held".to_owned());
        }
        if next.epoch != held.epoch && Some(next.epoch) != held.epoch.checked_add(1) {
            return broken(format!("epoch {} after {}", next.epoch, held.epoch));
        }
        if !next.closed.starts_with(&held.closed) {
            return broken("a node document that changes a closed epoch".to_owned());
        }
        Ok(())
    }

    /// A key stays as long as it is listed in its role; once gone or revoked it never comes back in any, and there are only so
    /// many (§3).
    fn check_keys(&self, next: &Content, ever: &HashSet<[u8; 32]>) -> Result<(), PeerFault> {
        let held: HashSet<_> = self.content.listed().collect();
        let mut new: HashSet<[u8; 32]> = self.listed_or_revoked().collect();
        for listed in next.listed() {
            let key = listed.1.as_bytes();
            if !held.contains(&listed) && (ever.contains(key) || new.contains(key)) {
                return Err(
                    FaultCode::Key.fault(format!("the key {} was given up before", listed.1))
                );
            }
        }
        new.extend(next.listed_or_revoked());
        new.retain(|key| !ever.contains(key));
        let count = ever.len().saturating_add(new.len());
        if count > MAX_KEYS {
            let text = format!("{count} keys in all versions, more than {MAX_KEYS}");
            return Err(reading::malformed(text));
        }
        Ok(())
    }
}

/// How far a node document can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It has not expired.
    Good,
    /// It has expired: flagged, and its entries still apply.
    Stale,
    /// It expired more than 90 days ago: no entries apply.
    Expired,
}
