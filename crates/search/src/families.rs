//! The families of words that searches have asked for, until documents come or go: to find one reads all words of the index
//! that begin alike.

use std::sync::{Mutex, PoisonError};

use foldhash::HashMap;
use tantivy::Searcher;

/// Most families that are kept: a megabyte or two. Beyond it the memory begins again.
const MAX_KEPT: usize = 1 << 13;

/// The stems of a family, each with how alike it is.
pub(crate) type Family = Vec<(String, f32)>;

/// The families that are known of one state of the index.
#[derive(Default)]
pub(crate) struct Families(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The state of the index.
    generation: u64,
    families: HashMap<Box<str>, Family>,
}

impl Families {
    /// Returns the family of a stem in the index that `searcher` reads; `find` finds one that is not known.
    pub(crate) fn family(
        &self,
        searcher: &Searcher,
        stem: &str,
        find: impl FnOnce() -> tantivy::Result<Family>,
    ) -> tantivy::Result<Family> {
        let generation = searcher.generation().generation_id();
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = kept().get(generation, stem) {
            return Ok(family);
        }
        // Found without the lock, so that no search waits for another.
        let family = find()?;
        kept().keep(generation, stem, &family);
        Ok(family)
    }
}

impl Kept {
    fn get(&self, generation: u64, stem: &str) -> Option<Family> {
        let is_current = self.generation == generation;
        is_current.then(|| self.families.get(stem).cloned())?
    }

    fn keep(&mut self, generation: u64, stem: &str, family: &Family) {
        // A search that began before the last change knows families of an earlier state.
        if generation < self.generation {
            return;
        }
        if generation > self.generation || self.families.len() >= MAX_KEPT {
            self.families.clear();
            self.generation = generation;
        }
        self.families.insert(stem.into(), family.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_of_an_earlier_state_are_forgotten() {
        let mut kept = Kept::default();
        let family = |word: &str| vec![(word.to_owned(), 0.8)];
        kept.keep(1, "polarograph", &family("polarographi"));
        assert_eq!(kept.get(1, "polarograph"), Some(family("polarographi")));
        assert_eq!(kept.get(2, "polarograph"), None);
        kept.keep(2, "ward", &family("warden"));
        kept.keep(1, "nurs", &family("nurseri"));
        assert_eq!(kept.get(2, "ward"), Some(family("warden")));
        for word in ["polarograph", "nurs"] {
            assert_eq!(
                (kept.get(1, word), kept.get(2, word)),
                (None, None),
                "{word}"
            );
        }
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut kept = Kept::default();
        for number in 0..=MAX_KEPT {
            kept.keep(0, &format!("w{number}"), &Vec::new());
        }
        assert!(kept.families.len() <= MAX_KEPT);
    }
}
