//! What time it is by the clocks of peers' servers: the header `Date` of their answers (RFC 9110 §6.6.1).
//!
//! A checkpoint says when it was signed, which may be hours ago; an answer says what time it is now. So one peer is enough
//! to notice that a clock is wrong, although not whose. In memory only: the next poll knows it again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use reqwest::{Response, header};
use tokio::time::Instant;
use wire::Timestamp;

/// Hosts whose times are remembered.
const MAX_HOSTS: usize = 1_000;
/// Older answers say nothing about the clock now.
const MAX_AGE: Duration = Duration::from_secs(60 * 60);
/// A larger difference is a fault: peers refuse what is signed five minutes ahead of their clocks.
const MAX_DIFFERENCE: Duration = Duration::from_secs(120);

/// The latest time of each server, by host and port.
#[derive(Debug, Default)]
pub(crate) struct Dates(Mutex<HashMap<String, (Timestamp, Instant)>>);

/// How far a clock is from those of most servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockDifference {
    /// Milliseconds; positive where this clock is ahead.
    pub ahead_ms: i64,
    /// Servers from which it differs.
    pub from: usize,
    /// Servers that have said what time it is.
    pub of: usize,
}

impl Dates {
    /// Records the time of an answer.
    pub(crate) fn record(&self, host: &str, response: &Response) {
        let date = response.headers().get(header::DATE);
        let date = date.and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        let since = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok());
        if let Some(secs) = since.and_then(|since| i64::try_from(since.as_secs()).ok()) {
            self.record_time(host, Timestamp::from_secs(secs));
        }
    }

    fn record_time(&self, host: &str, time: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, seen_at)| seen_at.elapsed() < MAX_AGE);
        if all.len() < MAX_HOSTS || all.contains_key(host) {
            all.insert(host.to_owned(), (time, Instant::now()));
        }
    }

    /// Returns whether a server has said lately what time it is.
    pub(crate) fn has_any(&self) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().any(|(_, at)| at.elapsed() < MAX_AGE)
    }

    /// Compares a clock with those of the servers; nothing while more than half of them agree with it.
    pub(crate) fn difference(&self, now: Timestamp) -> Option<ClockDifference> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = all.values().filter(|(_, at)| at.elapsed() < MAX_AGE);
        let ahead: Vec<i64> = recent
            .map(|(time, seen_at)| now.millis() - time.plus(seen_at.elapsed()).millis())
            .collect();
        let limit = i64::try_from(MAX_DIFFERENCE.as_millis()).unwrap_or(i64::MAX);
        // Ahead of them, or behind.
        for sign in [1, -1] {
            let mut alike: Vec<_> = ahead.iter().filter(|ms| **ms * sign > limit).collect();
            alike.sort_unstable();
            if let Some(middle) = alike.get(alike.len() / 2)
                && alike.len() * 2 > ahead.len()
            {
                return Some(ClockDifference {
                    ahead_ms: **middle,
                    from: alike.len(),
                    of: ahead.len(),
                });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clock_is_doubted_when_it_differs_from_more_than_half_of_the_servers() {
        let now = Timestamp::from_secs(1_790_000_000);
        for (ahead, expected) in [
            (vec![], None),
            (vec![0], None),
            (vec![119], None),
            (vec![121], Some((121, 1))),
            (vec![-86_400], Some((-86_400, 1))),
            (vec![3_600, 0], None),
            (vec![3_600, 3_605, 0], Some((3_605, 2))),
            (vec![3_600, -3_600, 0], None),
        ] {
            let dates = Dates::default();
            for (number, secs) in ahead.iter().enumerate() {
                let time = Timestamp::from_secs(now.secs() - secs);
                dates.record_time(&format!("{number}:443"), time);
            }
            let found = dates.difference(now);
            let found = found.map(|found| (found.ahead_ms / 1000, found.from));
            assert_eq!(found, expected, "{ahead:?}");
        }
    }
}
