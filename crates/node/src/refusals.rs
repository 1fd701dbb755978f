//! Limits how many refusals the audit records: each costs a row, and anyone can cause them.

use std::sync::{Mutex, PoisonError};

use wire::Timestamp;

/// Refusals that are recorded one by one in a minute: about 6 MB a day at the most.
const MAX_REFUSALS: u64 = 20;
const MINUTE_MS: i64 = 60_000;

/// The refusals of the current minute.
#[derive(Debug, Default)]
pub struct Refusals {
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    minute: i64,
    count: u64,
}

/// Whether a refusal is recorded.
pub(crate) struct Admitted {
    pub(crate) is_recorded: bool,
    /// Refusals of an earlier minute that were not recorded.
    pub(crate) skipped: u64,
}

impl Refusals {
    /// Counts a refusal; says whether it is recorded.
    pub(crate) fn admit(&self, now: Timestamp) -> Admitted {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let skipped = counted.begin(now);
        counted.count += 1;
        Admitted {
            is_recorded: counted.count <= MAX_REFUSALS,
            skipped,
        }
    }

    /// Returns how many refusals of minutes that are over were not recorded, once.
    pub(crate) fn take_skipped(&self, now: Timestamp) -> u64 {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.begin(now)
    }
}

impl Counted {
    /// Begins a new minute if it is one; returns how many refusals of the last one were not recorded.
    fn begin(&mut self, now: Timestamp) -> u64 {
        let minute = now.millis().div_euclid(MINUTE_MS);
        if minute == self.minute {
            return 0;
        }
        let skipped = self.count.saturating_sub(MAX_REFUSALS);
        *self = Self { minute, count: 0 };
        skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_many_refusals_become_one_number() {
        let refusals = Refusals::default();
        let at = Timestamp::from_secs(1_790_000_000);
        let recorded = (0..1000).filter(|_| refusals.admit(at).is_recorded).count();
        assert_eq!(u64::try_from(recorded).unwrap(), MAX_REFUSALS);
        let later = Timestamp::from_secs(1_790_000_100);
        assert_eq!(refusals.take_skipped(later), 1000 - MAX_REFUSALS);
        assert_eq!(refusals.take_skipped(later), 0);
        let admitted = refusals.admit(later);
        assert!(admitted.is_recorded && admitted.skipped == 0);
    }
}
