//! Finds out whether this node's own clock is wrong (docs/FEED.md §8): it is when at least half of the peers differ from
//! it by about the same time.
//!
//! In memory only: after a restart one round of polls is needed to know again.

use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use wire::Timestamp;

/// With fewer peers nothing can be concluded.
const MIN_PEERS: usize = 4;
/// Two peers with the same clock may differ by this much, since a checkpoint is up to 15 minutes old. Milliseconds.
const MAX_DIFFERENCE: u64 = 20 * 60 * 1000;
/// How far a correct checkpoint may be ahead, in milliseconds: up to 15 minutes old and a little, and no further ahead
/// than is accepted (docs/FEED.md §7 step 5).
const PLAUSIBLE: RangeInclusive<i64> = -16 * 60 * 1000..=5 * 60 * 1000;
/// Older observations say nothing about the clock now.
const MAX_AGE: Duration = Duration::from_secs(60 * 60);

/// The times on peers' latest checkpoints, compared with this node's clock.
#[derive(Debug, Default)]
pub struct PeerClocks(Mutex<HashMap<i64, Observation>>);

/// How far a peer's time was ahead of this node's clock, and when that was seen.
#[derive(Debug, Clone, Copy)]
struct Observation {
    ahead_ms: i64,
    seen_at: Instant,
}

impl PeerClocks {
    /// Records the time on a peer's checkpoint, seen at `now`. It replaces the peer's earlier one.
    pub fn record(&self, node_seq: i64, time: Timestamp, now: Timestamp) {
        let observation = Observation {
            ahead_ms: time.millis() - now.millis(),
            seen_at: Instant::now(),
        };
        let mut all = self.lock();
        all.retain(|_, seen| seen.seen_at.elapsed() < MAX_AGE);
        all.insert(node_seq, observation);
    }

    /// Says whether a checkpoint whose time is implausible at `now` means that this node's clock is wrong, and not the
    /// peer's.
    pub fn is_own_clock_wrong(&self, time: Timestamp, now: Timestamp) -> bool {
        let ahead_ms = time.millis() - now.millis();
        let all = self.lock();
        let recent = all.values().filter(|seen| seen.seen_at.elapsed() < MAX_AGE);
        let (mut peers, mut alike) = (0, 0);
        for seen in recent {
            peers += 1;
            // A peer with a plausible time confirms this clock, however near it is to the implausible one.
            let is_implausible = !PLAUSIBLE.contains(&seen.ahead_ms);
            alike +=
                usize::from(is_implausible && seen.ahead_ms.abs_diff(ahead_ms) <= MAX_DIFFERENCE);
        }
        peers >= MIN_PEERS && alike * 2 >= peers
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Observation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn half_of_four_peers_with_the_same_difference_mean_that_this_clock_is_wrong() {
        let now = Timestamp::from_secs(1_790_000_000);
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let (shifted, good) = (now.plus(hours(2)), now.minus(minutes(3)));
        for (times, expected) in [
            (vec![shifted, shifted, shifted], false),
            (vec![shifted, good, good, good], false),
            (vec![shifted, shifted.minus(minutes(14)), good, good], true),
            (vec![shifted, now.plus(hours(3)), good, good], false),
            (vec![shifted; 9], true),
            // Only a little ahead, and no other is.
            (vec![now.plus(minutes(10)), now, now, now, now], false),
            (
                vec![now.plus(minutes(10)), now.plus(minutes(7)), now, now],
                true,
            ),
        ] {
            let clocks = PeerClocks::default();
            for (node_seq, time) in (2..).zip(&times) {
                clocks.record(node_seq, *time, now);
            }
            assert_eq!(
                clocks.is_own_clock_wrong(times[0], now),
                expected,
                "{times:?}"
            );
        }
    }
}
