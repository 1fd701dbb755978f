//! A cache of answers that many pages show, such as the counts of all topics: one value of each type.
//!
//! All answers are of one state of the database. An answer is used until any document changes; what is cached was made
//! of public documents only.

use std::sync::{Mutex, PoisonError};

use http::Extensions;

/// A type of answer that is cached. Implementing it twice for one type does not compile, so no answer can overwrite
/// another one.
pub trait Answer: Clone + Send + Sync + 'static {}

/// The cached answers.
#[derive(Debug, Default)]
pub struct Answers(Mutex<Cached>);

#[derive(Debug, Default)]
struct Cached {
    /// The last change of any document when the answers were made.
    change: u64,
    by_type: Extensions,
}

impl Answers {
    /// Removes everything.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Cached::default();
    }

    /// Reads from the answer of a type, if `change` was the last change when it was made.
    pub fn read<A: Answer, T>(&self, change: u64, read: impl FnOnce(&A) -> Option<T>) -> Option<T> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.change != change {
            return None;
        }
        read(cached.by_type.get::<A>()?)
    }

    /// Changes the answer of a type, from its default if it is not cached. Answers of another change are dropped.
    pub fn update<A: Answer + Default>(&self, change: u64, update: impl FnOnce(&mut A)) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.change != change {
            *cached = Cached {
                change,
                by_type: Extensions::new(),
            };
        }
        update(cached.by_type.get_or_insert_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Default, PartialEq)]
    struct Count(u32);
    impl Answer for Count {}

    #[derive(Debug, Clone, Default)]
    struct Names(Vec<&'static str>);
    impl Answer for Names {}

    #[test]
    fn an_answer_is_used_until_any_document_changes() {
        let answers = Answers::default();
        let count = |change| answers.read(change, |count: &Count| Some(count.0));
        assert_eq!(count(0), None);
        answers.update(7, |count: &mut Count| count.0 = 3);
        answers.update(7, |names: &mut Names| names.0.push("beds"));
        assert_eq!((count(7), count(8)), (Some(3), None));
        answers.update(8, |names: &mut Names| names.0.push("wards"));
        let names = |names: &Names| Some(names.0.clone());
        assert_eq!(answers.read(8, names), Some(vec!["wards"]));
        assert_eq!((count(7), count(8)), (None, None));
        answers.clear();
        assert_eq!(answers.read(8, names), None);
    }
}
