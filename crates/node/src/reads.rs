//! Counts how often the pages of this node's documents are read, in memory, until they are written in a batch.
//!
//! Counts only: it knows no reader, no address and no search. What was counted since the last batch is lost with the process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use store::ReadsOfDay;
use wire::{Date, DocumentId};

/// Documents and days that are counted between two batches. Only pages that this node has published are counted, so that a
/// stranger cannot fill it.
const MAX_COUNTED: usize = 100_000;

/// The counts since the last batch.
#[derive(Debug, Default)]
pub struct Reads(Mutex<HashMap<(DocumentId, Date), Count>>);

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    reads: u64,
    from_search: u64,
}

impl Reads {
    /// Counts a reader of a document, who may have come from a page of results.
    pub fn count(&self, id: DocumentId, day: Date, from_search: bool) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MAX_COUNTED && !counts.contains_key(&(id, day)) {
            return;
        }
        let count = counts.entry((id, day)).or_default();
        count.reads += 1;
        count.from_search += u64::from(from_search);
    }

    /// Takes what was counted.
    #[must_use]
    pub fn take(&self) -> Vec<ReadsOfDay> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let of_day = |((id, day), count): ((DocumentId, Date), Count)| ReadsOfDay {
            id,
            day,
            reads: count.reads,
            from_search: count.from_search,
        };
        taken.into_iter().map(of_day).collect()
    }
}

#[cfg(test)]
mod tests {
    use wire::Timestamp;

    use super::*;

    #[test]
    fn readers_are_counted_by_document_and_day() {
        let id = |number| DocumentId::generate(Timestamp::from_secs(1_790_000_000), [number; 10]);
        let day = |text| Date::parse(text).unwrap();
        let reads = Reads::default();
        for (number, on, from_search) in [
            (1, "2026-11-28", false),
            (1, "2026-11-28", true),
            (1, "2026-11-29", false),
            (2, "2026-11-28", true),
        ] {
            reads.count(id(number), day(on), from_search);
        }
        let mut taken = reads.take();
        taken.sort_by_key(|count| (count.id, count.day));
        let counts: Vec<(u64, u64)> = taken
            .iter()
            .map(|count| (count.reads, count.from_search))
            .collect();
        assert_eq!(counts, [(2, 1), (1, 0), (1, 1)]);
        assert_eq!(reads.take(), []);
    }
}
