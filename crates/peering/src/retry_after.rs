//! The `Retry-After` header (RFC 9110 §10.2.3): seconds or an HTTP date. What cannot be read is ignored.

use std::time::{Duration, UNIX_EPOCH};

use wire::Timestamp;

/// The longest wait (docs/FEED.md §8).
const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// When a peer asks to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After this time.
    In(Duration),
    /// At this time.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads the header; unreadable or negative is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // A number too large to read means "long": the cap below applies.
            return Some(Self::In(Duration::from_secs(
                text.parse().unwrap_or(u64::MAX),
            )));
        }
        let since = httpdate::parse_http_date(text)
            .ok()?
            .duration_since(UNIX_EPOCH)
            .ok()?;
        Some(Self::At(Timestamp::from_millis(0).plus(since)))
    }

    /// Returns how long to wait from `now`, at most 24 hours; a time that is past is `None`.
    #[must_use]
    pub fn delay(self, now: Timestamp) -> Option<Duration> {
        let delay = match self {
            Self::In(delay) => delay,
            Self::At(at) => at.since(now),
        };
        (delay > Duration::ZERO).then(|| delay.min(MAX_WAIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_values_are_ignored_and_long_ones_are_capped() {
        let now = Timestamp::parse("2026-11-22T05:17:11Z").unwrap();
        for (text, secs) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("86399", Some(86_399)),
            ("86401", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("Sun, 22 Nov 2026 05:18:11 GMT", Some(60)),
            ("Sunday, 22-Nov-26 05:18:11 GMT", Some(60)),
            ("Sun Nov 22 05:18:11 2026", Some(60)),
            ("Fri, 22 Nov 2030 05:18:11 GMT", Some(86_400)),
            ("Sun, 22 Nov 2026 05:17:11 GMT", None),
            ("Sat, 21 Nov 2026 05:18:11 GMT", None),
            ("Thu, 01 Jan 1970 00:00:00 GMT", None),
            ("0", None),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("1e3", None),
            ("0x10", None),
            ("soon", None),
            ("", None),
            ("12 seconds", None),
            ("2026-11-22T05:18:11Z", None),
        ] {
            let delay = RetryAfter::parse(text).and_then(|asked| asked.delay(now));
            assert_eq!(delay, secs.map(Duration::from_secs), "{text}");
        }
    }
}
