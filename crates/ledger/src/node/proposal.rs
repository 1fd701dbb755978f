//! A node document that its root keys have not signed yet: what goes to a machine without a network, and comes back.

use super::{
    candidate::Candidate,
    content::{Content, SigningKeys},
};
use crate::{PeerFault, SecretKey, note, root_name};

/// A node document with the signatures of its log and witness keys, to which root keys add theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    content: Content,
    note: String,
}

impl Proposal {
    /// Makes one, signed by every log and witness key that it lists.
    ///
    /// # Errors
    /// `malformed` for a content that no one could read.
    pub fn new(
        content: &Content,
        log: &[SecretKey],
        witness: &[SecretKey],
    ) -> Result<Self, PeerFault> {
        let note = content.sign(SigningKeys {
            root: &[],
            log,
            witness,
        });
        Self::parse(note.as_bytes())
    }

    /// Reads one. Nothing in it is believed: what is accepted is decided by the node that made it, and by its peers.
    ///
    /// # Errors
    /// `malformed`.
    pub fn parse(bytes: &[u8]) -> Result<Self, PeerFault> {
        let candidate = Candidate::parse(bytes)?;
        let note = String::from_utf8_lossy(bytes).into_owned();
        Ok(Self {
            content: candidate.content,
            note,
        })
    }

    /// Returns what it says.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// Returns the note with the signatures so far.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Adds the signature of a root key. A second one of the same key changes nothing.
    pub fn sign(&mut self, root: &SecretKey) {
        let line = note::sign(&self.content.text(), &root_name(&root.public()), root);
        if !self.note.ends_with(&line) && !self.note.contains(&format!("\n{line}")) {
            self.note.push_str(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::Timestamp;

    use super::*;
    use crate::node::NodeDocument;

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed([seed; 32])
    }

    #[test]
    fn a_proposal_is_a_node_document_once_enough_root_keys_have_signed_it() {
        let issued = Timestamp::from_secs(1_790_000_000);
        let content = Content {
            version: 1,
            node: None,
            prev: None,
            issued,
            expires: issued.plus(crate::limits::MAX_DOCUMENT_VALIDITY),
            ods: None,
            name: "Northmoor".to_owned(),
            base: "https://a.example/feed/v1".to_owned(),
            contact: String::new(),
            threshold: 2,
            root: vec![key(1).public(), key(2).public(), key(3).public()],
            epoch: 1,
            log: vec![key(4).public()],
            closed: Vec::new(),
            witness: vec![key(5).public()],
            revoked: Vec::new(),
            left: false,
            successor: None,
        };
        let mut proposal = Proposal::new(&content, &[key(4)], &[key(5)]).unwrap();
        let accepted = |proposal: &Proposal| NodeDocument::stored(proposal.note()).is_ok();
        assert!(!accepted(&proposal));
        proposal.sign(&key(3));
        proposal.sign(&key(3));
        assert!(!accepted(&proposal));
        let mut returned = Proposal::parse(proposal.note().as_bytes()).unwrap();
        returned.sign(&key(9));
        assert!(!accepted(&returned));
        returned.sign(&key(1));
        assert!(accepted(&returned));
        assert_eq!(returned.content(), &content);
        assert!(Proposal::parse(b"anything\n\n").is_err());
    }
}
