//! Node documents whose signatures were checked, by the digest of their bytes: those that are held are read at every poll and
//! before every cosignature, and their signatures take a third of a millisecond.
//!
//! What is kept was verified by this process, so nothing else is trusted than without it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use ledger::{PeerFault, node::NodeDocument};
use wire::Digest;

/// Documents that are kept, of a few kilobytes each: twice as many as a node may follow peers.
const MAX_KEPT: usize = 512;

/// The node documents that were verified last.
#[derive(Debug, Default)]
pub(crate) struct VerifiedDocuments(Mutex<HashMap<Digest, NodeDocument>>);

impl VerifiedDocuments {
    /// Does what [`NodeDocument::stored`] does, for the same bytes once.
    ///
    /// # Errors
    /// As [`NodeDocument::stored`], each time.
    pub(crate) fn stored(&self, note: &str) -> Result<NodeDocument, PeerFault> {
        let digest = Digest::for_bytes(note.as_bytes());
        if let Some(kept) = self.kept().get(&digest) {
            return Ok(kept.clone());
        }
        let document = NodeDocument::stored(note)?;
        let mut kept = self.kept();
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(digest, document.clone());
        Ok(document)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, NodeDocument>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
