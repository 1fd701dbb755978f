//! A node document that was served, until its signatures are checked.

use std::collections::HashSet;

use wire::{Digest, json};

use super::{
    NodeDocument,
    content::{Content, HEADER},
    reading,
};
use crate::{FaultCode, Origin, PeerFault, PublicKey, note::Note, root_name, witness_name};

/// A document with a good form, of which nothing is believed yet.
pub(super) struct Candidate<'a> {
    pub(super) note: Note<'a>,
    pub(super) content: Content,
    bytes: &'a [u8],
}

impl<'a> Candidate<'a> {
    /// Reads a document; checks its form only.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, PeerFault> {
        let note = Note::parse(bytes)?;
        let line = note
            .text
            .strip_prefix(HEADER)
            .and_then(|text| text.strip_suffix('\n'))
            .filter(|line| !line.contains('\n'))
            .ok_or_else(|| {
                reading::malformed("a node document without its two lines".to_owned())
            })?;
        let object = json::parse(line.as_bytes())
            .map_err(|fault| reading::malformed(format!("a node document: {fault}")))?;
        let content = reading::read(&object)?;
        Ok(Self {
            note,
            content,
            bytes,
        })
    }

    /// Checks the keys among themselves and every signature that the document needs on its own.
    pub(super) fn signed(self) -> Result<NodeDocument, PeerFault> {
        let content = &self.content;
        let mut seen = HashSet::new();
        for (_, key) in content.listed() {
            if !seen.insert(*key.as_bytes()) {
                return Err(FaultCode::Key.fault(format!("the key {key} is listed twice")));
            }
            if content
                .revoked
                .iter()
                .any(|revoked| revoked.key == *key.as_bytes())
            {
                return Err(FaultCode::Key.fault(format!("the key {key} is revoked")));
            }
        }
        let roots = self.root_signatures(&content.root);
        if roots < content.threshold {
            return Err(FaultCode::Key.fault(format!(
                "signed by {roots} of its root keys, not {}",
                content.threshold
            )));
        }
        let node = content.node_id(self.note.text);
        let origin = Origin {
            node: node.clone(),
            epoch: content.epoch,
        }
        .to_string();
        let witness = witness_name(&node);
        for (name, keys) in [(&origin, &content.log), (&witness, &content.witness)] {
            if let Some(key) = keys.iter().find(|key| !self.note.verifies(name, key)) {
                return Err(FaultCode::Key.fault(format!(
                    "the key {key} has not signed the document that lists it"
                )));
            }
        }
        Ok(NodeDocument {
            digest: Digest::for_bytes(self.note.text.as_bytes()),
            note: String::from_utf8_lossy(self.bytes).into_owned(),
            node,
            content: self.content,
        })
    }

    /// Returns how many of these root keys have signed it.
    pub(super) fn root_signatures(&self, keys: &[PublicKey]) -> usize {
        keys.iter()
            .filter(|key| self.note.verifies(&root_name(key), key))
            .count()
    }
}
