//! How long to wait before a peer or a body is asked for again (docs/FEED.md §8). Pure, apart from [`chance`].
//!
//! `chance` is a random number from 0 up to 1, drawn by the caller: polls that failed together must not be repeated
//! together.

use std::time::Duration;

use ledger::FaultCode;

/// Wait after the first failure.
const FIRST: Duration = Duration::from_secs(15);
const HOUR: Duration = Duration::from_secs(60 * 60);
const SIX_HOURS: Duration = Duration::from_secs(6 * 60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A peer that has not answered for longer is polled every six hours.
const SILENT_AFTER: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// 15 s doubled eight times is more than an hour.
const MAX_DOUBLINGS: u32 = 8;

/// What the time of the next poll depends on after a failed one.
#[derive(Debug, Clone, Copy)]
pub struct Failed {
    /// Code of the fault that ended it.
    pub code: FaultCode,
    /// Failed polls in a row before this one.
    pub failures: u32,
    /// Time since the peer last answered.
    pub silent: Duration,
    /// What the peer asked for with `Retry-After`.
    pub asked: Option<Duration>,
}

/// Returns how long to wait after a failed poll.
#[must_use]
pub fn after_fault(failed: Failed, chance: f64) -> Duration {
    let mut delay = match failed.code {
        FaultCode::Transport => transport_delay(failed.failures, chance),
        _ => HOUR,
    };
    if failed.silent > SILENT_AFTER {
        delay = delay.max(SIX_HOURS);
    }
    failed
        .asked
        .map_or(delay, |asked| delay.max(asked.min(DAY)))
}

/// Returns the part of the delay after a failed poll that a nudge cannot shorten. Anyone can send a nudge, so it halves
/// the delay of a peer that could not be reached, and never shortens what the peer asked for, nor the delay of any other
/// fault.
#[must_use]
pub fn shortest_after_fault(failed: Failed, delay: Duration) -> Duration {
    match failed.code {
        FaultCode::Transport => failed
            .asked
            .map_or(delay / 2, |asked| asked.clamp(delay / 2, delay)),
        _ => delay,
    }
}

/// Returns how long to wait after a successful poll.
#[must_use]
pub fn after_success(interval: Duration, chance: f64) -> Duration {
    interval.mul_f64(0.9 + 0.2 * chance)
}

/// Returns how long to wait before an unavailable body is asked for again, after `tries` failures.
#[must_use]
pub fn after_missing(tries: u32, chance: f64) -> Duration {
    transport_delay(tries, chance)
}

/// `min(1 h, 15 s × 2^failures) × U(0.5, 1.0)`.
fn transport_delay(failures: u32, chance: f64) -> Duration {
    let doubled = FIRST * 2_u32.pow(failures.min(MAX_DOUBLINGS));
    doubled.min(HOUR).mul_f64(0.5 + 0.5 * chance)
}

/// Draws a number from 0 up to 1.
#[must_use]
pub fn chance() -> f64 {
    // Without randomness only the spread is lost.
    let drawn = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(drawn) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_an_hour_and_spread_by_half() {
        for (failures, chance, secs) in [
            (0, 0.0, 7.5),
            (0, 1.0, 15.0),
            (1, 1.0, 30.0),
            (2, 0.5, 45.0),
            (7, 1.0, 1920.0),
            (8, 1.0, 3600.0),
            (8, 0.0, 1800.0),
            (u32::MAX, 1.0, 3600.0),
        ] {
            let failed = Failed {
                code: FaultCode::Transport,
                failures,
                silent: Duration::ZERO,
                asked: None,
            };
            let delay = after_fault(failed, chance).as_secs_f64();
            assert!((delay - secs).abs() < 0.001, "{failures} {chance}: {delay}");
        }
    }

    #[test]
    fn a_request_to_wait_is_honoured_up_to_a_day_and_silence_and_faults_make_polls_rare() {
        let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        for (code, silent, asked, secs) in [
            (
                FaultCode::Transport,
                days(0),
                Some(Duration::from_secs(1)),
                15,
            ),
            (
                FaultCode::Transport,
                days(0),
                Some(Duration::from_secs(100)),
                100,
            ),
            (FaultCode::Transport, days(0), Some(days(9)), 24 * 3600),
            (FaultCode::Transport, days(14), None, 15),
            (FaultCode::Transport, days(15), None, 6 * 3600),
            (FaultCode::Transport, days(15), Some(days(1)), 24 * 3600),
            (FaultCode::Key, days(0), None, 3600),
            (FaultCode::Inconsistent, days(0), None, 3600),
            (FaultCode::Equivocation, days(15), None, 6 * 3600),
        ] {
            let failed = Failed {
                code,
                failures: 0,
                silent,
                asked,
            };
            let delay = after_fault(failed, 1.0);
            assert_eq!(delay, Duration::from_secs(secs), "{failed:?}");
        }
    }

    #[test]
    fn successful_polls_are_repeated_about_every_interval() {
        let interval = Duration::from_secs(300);
        assert_eq!(after_success(interval, 0.0), Duration::from_secs(270));
        assert_eq!(after_success(interval, 1.0), Duration::from_secs(330));
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&chance()));
        }
    }
}
