//! The searchable texts of bodies that this process has just written, so that the indexer does not read, parse and
//! render them again.
//!
//! A text depends on the body alone, so it is right for every document with the same body. Any of them may be
//! forgotten at any time: it is then made from the body in the database.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::Searchable;
use wire::Digest;

/// Bytes that are remembered, usually those of the documents of one commit of the index.
const MAX_BYTES: usize = 24 << 20;
/// What an entry takes in addition to its texts, about.
const ENTRY_BYTES: usize = 1 << 10;
/// How long an entry waits for its document. It is there before the document is written, and a large write takes seconds;
/// what waits longer belongs to a write that failed.
const MAX_AGE: Duration = Duration::from_secs(60);

/// Searchable texts by the digest of their body.
#[derive(Debug, Default)]
pub(crate) struct Searchables(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    by_body: HashMap<Digest, Entry>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    searchable: Searchable,
    since: Instant,
}

impl Searchables {
    /// Remembers the searchable text of a body, unless the memory is full: earlier ones are needed first.
    pub(crate) fn put(&self, body: Digest, searchable: Searchable) {
        let bytes = size(&searchable);
        let since = Instant::now();
        let mut remembered = self.lock();
        if remembered.bytes + bytes <= MAX_BYTES
            && remembered
                .by_body
                .insert(body, Entry { searchable, since })
                .is_none()
        {
            remembered.bytes += bytes;
        }
    }

    /// Forgets what has waited too long. Called when the index has all changes; what is about to be written stays.
    pub(crate) fn forget_old(&self, now: Instant) {
        let remembered = &mut *self.lock();
        let mut forgotten = 0;
        remembered.by_body.retain(|_, entry| {
            let stays = now.saturating_duration_since(entry.since) <= MAX_AGE;
            forgotten += if stays { 0 } else { size(&entry.searchable) };
            stays
        });
        remembered.bytes = remembered.bytes.saturating_sub(forgotten);
        if remembered.by_body.is_empty() {
            remembered.by_body = HashMap::new();
        }
    }

    /// Returns the searchable text of a body, and forgets it.
    pub(crate) fn take(&self, body: &Digest) -> Option<Searchable> {
        let mut remembered = self.lock();
        let Entry { searchable, .. } = remembered.by_body.remove(body)?;
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
        let now = Instant::now();
        searchables.forget_old(now);
        assert!(
            searchables.take(&Digest::for_bytes(&[1])).is_some(),
            "its document may be about to be written"
        );
        searchables.forget_old(now + 2 * MAX_AGE);
        assert!(searchables.take(&Digest::for_bytes(&[2])).is_none());
        assert_eq!(searchables.lock().bytes, 0);
    }
}
