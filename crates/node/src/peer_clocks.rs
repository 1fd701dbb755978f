//! Whose clock is wrong (docs/FEED.md §8): when half of the peers, and at least some, seem shifted by about the same time,
//! it is this node's.
//!
//! Kept in memory only: after a restart it takes one round of polls to know again.

use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use wire::Timestamp;

/// With fewer peers nothing can be told.
const FEWEST: usize = 4;
/// Checkpoints of well kept nodes are up to 15 minutes old, and as much apart from each other.
const ALIKE: u64 = 20 * 60 * 1000;
/// A good time: up to 15 minutes old and a little, and no further ahead than is taken (docs/FEED.md §7.5).
const GOOD: RangeInclusive<i64> = -16 * 60 * 1000..=5 * 60 * 1000;
/// What was seen longer ago says nothing about the clock now.
const RECENT: Duration = Duration::from_secs(60 * 60);

/// What the times on peers' checkpoints say about this node's clock.
#[derive(Debug, Default)]
pub struct PeerClocks(Mutex<HashMap<i64, Seen>>);

/// How far a peer's time was from ours, in milliseconds, and when that was.
#[derive(Debug, Clone, Copy)]
struct Seen {
    ahead_ms: i64,
    at: Instant,
}

impl PeerClocks {
    /// Notes the time on a peer's checkpoint, as seen at `now`.
    pub fn note(&self, node_seq: i64, time: Timestamp, now: Timestamp) {
        let seen = Seen {
            ahead_ms: time.millis() - now.millis(),
            at: Instant::now(),
        };
        let mut all = self.lock();
        all.retain(|_, seen| seen.at.elapsed() < RECENT);
        all.insert(node_seq, seen);
    }

    /// Says whether a checkpoint whose time is so odd at `now` speaks against this node's clock rather than the peer's.
    pub fn are_ours(&self, time: Timestamp, now: Timestamp) -> bool {
        let ahead_ms = time.millis() - now.millis();
        let all = self.lock();
        let recent = all.values().filter(|seen| seen.at.elapsed() < RECENT);
        let (mut peers, mut alike) = (0, 0);
        for seen in recent {
            peers += 1;
            // One whose own time is good speaks for this clock, however near it is to the odd one.
            let is_odd = !GOOD.contains(&seen.ahead_ms);
            alike += usize::from(is_odd && seen.ahead_ms.abs_diff(ahead_ms) <= ALIKE);
        }
        peers >= FEWEST && alike * 2 >= peers
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn half_of_four_peers_shifted_alike_speak_against_this_clock() {
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
                clocks.note(node_seq, *time, now);
            }
            assert_eq!(clocks.are_ours(times[0], now), expected, "{times:?}");
        }
    }
}
