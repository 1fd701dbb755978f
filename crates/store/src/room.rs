//! How much room a peer may still use on disk, and how much a pull needs.

use crate::StoreError;

/// Bytes that an entry takes on disk, about: its leaf, its hashes and the row of its document.
pub const ENTRY_BYTES: u64 = 1_000;
/// Bytes that a document takes on disk, about, apart from its entry and its body.
pub const DOCUMENT_BYTES: u64 = 1_000;
/// How often a body is on disk at most, about: as text in pages that are not full, and in the search index, which takes
/// four to five times a text in which no word occurs twice, and half of one that people write. While parts of the index are
/// merged, they are there twice: that came to 6.8 times such texts. A body of nothing but links to documents has a row for
/// each as well: counted seven times, such bodies took 1.3 times the quota, and more than 1.2 is too much.
pub const BODY_TIMES: u64 = 9;

/// What a peer may use in addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Documents.
    pub documents: u64,
    /// Bytes that they take on disk, about.
    pub bytes: u64,
}

/// What a pull adds to what a peer uses; withdrawals make it less.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Added {
    pub(crate) documents: i64,
    pub(crate) body_bytes: i64,
}

impl Added {
    /// Counts a document that had a body of `before` bytes, if it was held, and has one of `after` bytes now.
    pub(crate) fn count(&mut self, before: Option<u64>, after: Option<u64>) {
        let signed =
            |bytes: Option<u64>| bytes.map_or(0, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        self.documents += i64::from(after.is_some()) - i64::from(before.is_some());
        self.body_bytes = self
            .body_bytes
            .saturating_add(signed(after) - signed(before));
    }

    /// Checks that there will be room for it after `rest` more entries, of which each may withdraw a document.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`].
    pub(crate) fn check_before(self, rest: u64, room: Room) -> Result<(), StoreError> {
        let least = i128::from(self.documents) - i128::from(rest);
        if least <= i128::from(room.documents) {
            return Ok(());
        }
        self.check(room)
    }

    /// Checks that there is room for it.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`].
    pub(crate) fn check(self, room: Room) -> Result<(), StoreError> {
        let documents = i128::from(self.documents);
        let bytes = i128::from(self.body_bytes) * i128::from(BODY_TIMES)
            + documents * i128::from(DOCUMENT_BYTES);
        let is_within = documents <= i128::from(room.documents) && bytes <= i128::from(room.bytes);
        // What makes the peer smaller is taken even when it is over its quota.
        if is_within || (documents <= 0 && bytes <= 0) {
            return Ok(());
        }
        Err(StoreError::NoRoom {
            documents: u64::try_from(documents).unwrap_or(0),
            bytes: u64::try_from(bytes).unwrap_or(0),
        })
    }
}
