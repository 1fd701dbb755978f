//! The only place where the program reads the clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use wire::Timestamp;

/// The system's clock, which a test can move. Clones move together.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Returns the system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// Returns the time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let ms = millis(since).saturating_add(self.ahead_ms.load(Ordering::Acquire));
        Timestamp::from_millis(ms)
    }

    /// Returns what reads this clock.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }

    /// Moves the clock forward, so that a test need not wait.
    pub fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(millis(by), Ordering::AcqRel);
    }

    /// Moves the clock back, as an operator does who finds it wrong; for tests.
    pub fn set_back(&self, by: Duration) {
        self.ahead_ms.fetch_sub(millis(by), Ordering::AcqRel);
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_clock_move_together() {
        let clock = Clock::system();
        let before = clock.clone().now();
        clock.clone().advance(Duration::from_secs(86_400));
        assert!(clock.now().since(before) >= Duration::from_secs(86_400));
        clock.clone().set_back(Duration::from_secs(2 * 86_400));
        assert!(clock.now() < before);
    }
}
