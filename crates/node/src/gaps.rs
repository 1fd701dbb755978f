//! Gaps in the content: what people searched for on several days, and no page has all the words of.
//!
//! Nothing says who searched. What was searched for on fewer than [`MIN_DAYS`] days is kept as a number made with a secret
//! of this process, in memory only: a restart forgets it. The words themselves are written from then on.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, PoisonError},
};

use store::Gap;
use wire::Timestamp;

/// Days on which something was searched for before it counts as a gap: no single search is ever shown.
pub const MIN_DAYS: u32 = 3;

/// Days between two searches after which the first is forgotten.
const MAX_PAUSE_DAYS: i64 = 60;
/// Searches that are counted at a time; each takes 32 bytes.
const MAX_COUNTED: usize = 20_000;
/// Gaps that become known in one day, so that one person's program cannot replace all others.
const MAX_NEW_A_DAY: usize = 50;

const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;

/// Counts searches without results.
#[derive(Debug, Default)]
pub struct Gaps {
    secret: RandomState,
    counting: Mutex<Counting>,
}

#[derive(Debug, Default)]
struct Counting {
    seen: HashMap<u64, Seen>,
    /// What will be written next.
    waiting: Waiting,
    /// The day of the last new gap, and how many there were on it.
    last_new: (i64, usize),
    /// The last day whose own searches left no room for others.
    full_on: Option<i64>,
}

/// Gaps that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// Those that have become known.
    pub(crate) new: Vec<Gap>,
    /// One more day of those that are known.
    pub(crate) again: Vec<Gap>,
}

/// On which days something was searched for.
#[derive(Debug, Clone, Copy)]
struct Seen {
    first: i64,
    last: i64,
    days: u32,
    /// Whether it is known as a gap.
    is_gap: bool,
}

impl Gaps {
    /// Counts a search for words that no page has all of.
    pub(crate) fn count(&self, words: &str, now: Timestamp) {
        let hash = self.secret.hash_one(words);
        let mut counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        counting.count(hash, words, now.millis().div_euclid(DAY_MILLIS));
    }

    pub(crate) fn take(&self) -> Waiting {
        let mut counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut counting.waiting)
    }
}

impl Counting {
    fn count(&mut self, hash: u64, words: &str, today: i64) {
        if self.seen.len() >= MAX_COUNTED && !self.seen.contains_key(&hash) {
            if self.full_on == Some(today) {
                return;
            }
            // Those of the longest ago make room; if all are of today, this one is not counted.
            let oldest = self.seen.values().map(|seen| seen.last).min();
            let oldest = oldest.unwrap_or(today);
            self.seen
                .retain(|_, seen| seen.last > oldest || seen.last >= today);
            if self.seen.len() >= MAX_COUNTED {
                self.full_on = Some(today);
                return;
            }
        }
        let new = Seen {
            first: today,
            last: today,
            days: 1,
            is_gap: false,
        };
        let seen = self.seen.entry(hash).or_insert(new);
        if today - seen.last > MAX_PAUSE_DAYS || today < seen.last {
            *seen = new;
        }
        if seen.last < today {
            seen.last = today;
            seen.days += 1;
            self.grow(hash, words, today);
        }
    }

    /// Writes a day of something that has enough of them.
    fn grow(&mut self, hash: u64, words: &str, today: i64) {
        let Some(seen) = self.seen.get_mut(&hash) else {
            return;
        };
        if seen.days < MIN_DAYS {
            return;
        }
        let at = |day: i64| Timestamp::from_millis(day * DAY_MILLIS);
        let gap = |days: u32| Gap {
            words: words.to_owned(),
            days: u64::from(days),
            first_at: at(seen.first),
            last_at: at(today),
        };
        if seen.is_gap {
            self.waiting.again.push(gap(1));
            return;
        }
        // What has no room today may become known on another day.
        let of_today = if self.last_new.0 == today {
            self.last_new.1
        } else {
            0
        };
        if of_today < MAX_NEW_A_DAY {
            self.last_new = (today, of_today + 1);
            self.waiting.new.push(gap(seen.days));
            seen.is_gap = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(counting: &mut Counting, words: &str, days: &[i64]) -> Vec<(u64, i64, i64)> {
        let hash = RandomState::new().hash_one(words);
        for day in days {
            counting.count(hash, words, *day);
        }
        let Waiting { new, again } = std::mem::take(&mut counting.waiting);
        let day = |at: Timestamp| at.millis() / DAY_MILLIS;
        new.into_iter()
            .chain(again)
            .map(|gap| (gap.days, day(gap.first_at), day(gap.last_at)))
            .collect()
    }

    #[test]
    fn what_was_searched_for_on_three_days_is_a_gap() {
        for (days, expected) in [
            (&[1][..], &[][..]),
            (&[1, 1, 1, 1], &[]),
            (&[1, 2], &[]),
            (&[1, 2, 2, 4], &[(3, 1, 4)]),
            (&[1, 2, 4, 4, 5, 9], &[(3, 1, 4), (1, 1, 5), (1, 1, 9)]),
            // Too long between.
            (&[1, 2, 63, 64], &[]),
            (&[1, 61, 121], &[(3, 1, 121)]),
            // The clock was set back.
            (&[5, 6, 1, 2], &[]),
        ] {
            let found = count(&mut Counting::default(), "dental waterlines", days);
            assert_eq!(found, expected, "{days:?}");
        }
    }

    #[test]
    fn a_program_that_searches_for_much_does_not_fill_memory_or_the_list() {
        let mut counting = Counting::default();
        for (day, new, again) in [(1, 0, 0), (2, 0, 0), (3, 50, 0), (4, 50, 50), (5, 50, 100)] {
            for number in 0..30_000 {
                counting.count(number, "words", day);
            }
            assert!(counting.seen.len() <= MAX_COUNTED);
            let waiting = std::mem::take(&mut counting.waiting);
            assert_eq!(
                (waiting.new.len(), waiting.again.len()),
                (new, again),
                "{day}"
            );
        }
        // What comes later makes room.
        counting.count(1_000_000, "words", 9);
        assert!(counting.seen.contains_key(&1_000_000));
    }
}
