//! The searchable texts of bodies that this process has just written, so that the indexer does not read, parse and
//! render them again.
//!
//! A text depends on the body alone, so it is right for every document with the same body. Any of them may be
//! forgotten at any time: it is then made from the body in the database.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::Searchable;
use wire::Digest;

/// Bytes that are remembered, usually those of the documents of one commit of the index.
const MAX_BYTES: usize = 24 << 20;
/// What an entry takes in addition to its texts, about.
const ENTRY_BYTES: usize = 1 << 10;

/// Searchable texts by the digest of their body.
#[derive(Debug, Default)]
pub(crate) struct Searchables(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    by_body: HashMap<Digest, Searchable>,
    bytes: usize,
}

impl Searchables {
    /// Remembers the searchable text of a body, unless the memory is full: earlier ones are needed first.
    pub(crate) fn put(&self, body: Digest, searchable: Searchable) {
        let bytes = size(&searchable);
        let mut remembered = self.lock();
        if remembered.bytes + bytes <= MAX_BYTES
            && remembered.by_body.insert(body, searchable).is_none()
        {
            remembered.bytes += bytes;
        }
    }

    /// Forgets everything: the index has all changes, so nothing that is left will be asked for.
    pub(crate) fn clear(&self) {
        *self.lock() = Remembered::default();
    }

    /// Returns the searchable text of a body, and forgets it.
    pub(crate) fn take(&self, body: &Digest) -> Option<Searchable> {
        let mut remembered = self.lock();
        let searchable = remembered.by_body.remove(body)?;
        remembered.bytes = remembered.bytes.saturating_sub(size(&searchable));
        Some(searchable)
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(searchable: &Searchable) -> usize {
    ENTRY_BYTES + searchable.summary.len() + searchable.body_text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searchable(text: &str) -> Searchable {
        Searchable {
            title: String::new(),
            summary: String::new(),
            body_text: text.to_owned(),
            tags: Vec::new(),
            labels: Vec::new(),
            facets: Vec::new(),
        }
    }

    #[test]
    fn an_entry_is_taken_once_and_only_for_its_body() {
        let searchables = Searchables::default();
        assert_eq!(searchables.take(&Digest::for_bytes(b"one")), None);
        searchables.put(Digest::for_bytes(b"one"), searchable("text"));
        assert_eq!(searchables.take(&Digest::for_bytes(b"other")), None);
        assert_eq!(
            searchables.take(&Digest::for_bytes(b"one")),
            Some(searchable("text"))
        );
        assert_eq!(searchables.take(&Digest::for_bytes(b"one")), None);
        assert_eq!(searchables.lock().bytes, 0);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let searchables = Searchables::default();
        let text = "x".repeat(1 << 20);
        for number in 0..100_u8 {
            searchables.put(Digest::for_bytes(&[number]), searchable(&text));
            assert!(searchables.lock().bytes <= MAX_BYTES);
        }
        assert!(searchables.take(&Digest::for_bytes(&[0])).is_some());
        assert!(
            searchables.take(&Digest::for_bytes(&[99])).is_none(),
            "too much"
        );
        searchables.clear();
        assert!(searchables.take(&Digest::for_bytes(&[1])).is_none());
        assert_eq!(searchables.lock().bytes, 0);
    }
}
