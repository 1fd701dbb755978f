//! A second log: entries that hash to a signed root, of which the first do not hash to the root that was held.
//!
//! Entries that do not continue the held log may be a fault of a server on the way, or of one bundle. That their node has signed
//! two logs is proven only by all entries of the offered one, from the first.

use wire::base64;

use super::{Extension, HeldLog, MissingBundle};
use crate::{
    FaultCode, PeerFault,
    limits::BUNDLE_ENTRIES,
    tile,
    tree::{Frontier, Hash, leaf_hash},
};

/// The offered log, read from its first entry.
#[derive(Debug)]
pub struct SecondLog {
    extension: Extension,
    held_size: u64,
    held_root: Hash,
    /// Root of as many of its entries as are held of the other one.
    root_at_held: Option<Hash>,
}

impl SecondLog {
    /// Begins to read the log whose entries did not continue the held one.
    #[must_use]
    pub fn begin(extension: &Extension) -> Self {
        let frontier = Frontier::new();
        let nothing = HeldLog {
            root: frontier.root(),
            frontier,
            timestamp: None,
            tail_hashes: Vec::new(),
        };
        let (head, signed) = (extension.head.clone(), extension.signed.clone());
        Self {
            extension: Extension::from_held(nothing, head, signed),
            held_size: extension.from,
            held_root: extension.held_root,
            root_at_held: None,
        }
    }

    /// Returns the extension of nothing that the log is; what it wants is to be pushed here.
    #[must_use]
    pub const fn extension(&self) -> &Extension {
        &self.extension
    }

    /// Returns the signed note of the offered head; `None` for that of a closed epoch.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.extension.signed.as_ref().map(|it| it.note.as_str())
    }

    /// Adds the next bundle.
    ///
    /// # Errors
    /// `inconsistent`: nothing is proven then.
    pub fn push_bundle(&mut self, bytes: &[u8]) -> Result<(), PeerFault> {
        let first = self.extension.frontier.size();
        let reaches = first < self.held_size && self.held_size <= first + BUNDLE_ENTRIES;
        let before = reaches.then(|| self.extension.frontier.clone());
        self.extension.push_bundle(bytes)?;
        if let Some(mut frontier) = before {
            let entries = tile::decode_bundle(bytes)
                .map_err(|fault| FaultCode::Inconsistent.fault(fault.to_string()))?;
            let mut missing = self.held_size - first;
            for entry in entries {
                if missing == 0 {
                    break;
                }
                frontier.push(leaf_hash(entry));
                missing -= 1;
            }
            self.root_at_held = Some(frontier.root());
        }
        Ok(())
    }

    /// Returns the bundle to push next; `None` when all were pushed.
    #[must_use]
    pub fn wanted(&self) -> Option<MissingBundle> {
        self.extension.wanted()
    }

    /// Returns `equivocation` with the sizes and roots of both logs, if all entries show that there are two.
    #[must_use]
    pub fn proven(self) -> Option<PeerFault> {
        let (held_size, held_root) = (self.held_size, self.held_root);
        let root_at_held = self.root_at_held.filter(|root| *root != held_root)?;
        let head = self.extension.head.clone();
        self.extension.finish().ok()?;
        let [held, offered, at_held] =
            [held_root, head.root, root_at_held].map(|root| base64::encode_std(&root));
        Some(FaultCode::Equivocation.fault(format!(
            "a second log: {held_size} entries with the root {held} were shown before, and now {} with the signed root {offered}, of which the first {held_size} have the root {at_held}",
            head.size
        )))
    }
}
