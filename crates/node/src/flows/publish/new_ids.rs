//! New ids for many documents at once.

use wire::{DocumentId, Timestamp};

use super::random;
use crate::error::NodeError;

/// The bits of an id below its variant, which hold random bits only.
const LOW_BITS: u32 = 62;
/// The first id leaves half of the range to those after it: enough for two million of the largest steps.
const START_BITS: u32 = LOW_BITS - 1;

/// Makes new ids in ascending order, each unpredictable from the one before.
///
/// Ids of one moment that are drawn one by one come in random order, and each row then goes to another page of every
/// table and index that is ordered by id. Ascending ids are appended.
#[derive(Debug)]
pub struct NewIds {
    now: Timestamp,
    high: [u8; 2],
    low: u64,
}

impl NewIds {
    /// Begins at a random id of the moment `now`.
    ///
    /// # Errors
    /// [`NodeError::Random`].
    pub fn new(now: Timestamp) -> Result<Self, NodeError> {
        let low = u64::from_be_bytes(random()?) >> (u64::BITS - START_BITS);
        Ok(Self {
            now,
            high: random()?,
            low,
        })
    }

    /// Returns the next id.
    ///
    /// # Errors
    /// [`NodeError::Random`].
    pub fn next_id(&mut self) -> Result<DocumentId, NodeError> {
        let [a, b, c, d, e]: [u8; 5] = random()?;
        let step = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]) + 1;
        self.low += step;
        if self.low >> LOW_BITS > 0 {
            *self = Self::new(self.now)?;
        }
        let low = self.low.to_be_bytes();
        let mut bytes = [0; 10];
        for (place, byte) in bytes.iter_mut().zip(self.high.into_iter().chain(low)) {
            *place = byte;
        }
        Ok(DocumentId::generate(self.now, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_ascend_and_differ_between_series() {
        let now = Timestamp::from_millis(1_764_000_000_000);
        let series = || {
            let mut ids = NewIds::new(now).unwrap();
            (0..2_000)
                .map(|_| ids.next_id().unwrap())
                .collect::<Vec<_>>()
        };
        let (one, other) = (series(), series());
        assert!(one.is_sorted_by(|a, b| a < b));
        assert!(
            one.is_sorted_by_key(ToString::to_string),
            "as the database sorts them"
        );
        assert!(one.iter().all(|id| !other.contains(id)));
        for id in &one {
            assert_eq!(DocumentId::parse(&id.to_string()), Some(*id));
        }
    }

    #[test]
    fn a_series_that_reaches_its_end_begins_again() {
        let now = Timestamp::from_millis(0);
        let mut ids = NewIds::new(now).unwrap();
        ids.low = (1 << LOW_BITS) - 1;
        let last = ids.next_id().unwrap();
        assert_ne!(ids.next_id().unwrap(), last);
        assert!(ids.low >> LOW_BITS == 0);
    }
}
