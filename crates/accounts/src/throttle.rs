//! How often a sign-in may be tried: for each account and for each address, with the time as an argument.
//!
//! An attempt counts before its password is checked, so that attempts at the same time count too. It is taken back when
//! the password was right. In memory: a restart begins with nothing, and each process of a node counts by itself.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use wire::{Digest, Timestamp};

/// Keys that are remembered, at about 60 bytes each. Beyond that those that would be free first are forgotten.
const MAX_KEYS: usize = 50_000;

/// How many attempts there may be at once, and the period in which one more is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Attempts at once.
    pub burst: u32,
    /// After which one more is allowed.
    pub period: Duration,
}

/// Wrong passwords for one account. A guesser has about 1,450 guesses a day.
pub const FOR_ACCOUNT: Allowance = Allowance {
    burst: 10,
    period: Duration::from_secs(60),
};

/// Attempts from one address that failed. All staff of a hospital may share one.
pub const FOR_ADDRESS: Allowance = Allowance {
    burst: 60,
    period: Duration::from_secs(10),
};

/// Sign-ins through a provider that begin from one address: all staff of a hospital may begin within some minutes. One that ends
/// well is taken back.
pub const FOR_BEGINNING: Allowance = Allowance {
    burst: 300,
    period: Duration::from_secs(1),
};

/// What attempts are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(Digest);

impl Key {
    /// Returns the key of an account, by the address that was typed: it need not exist.
    #[must_use]
    pub fn for_account(email: &str) -> Self {
        Self(Digest::for_bytes(format!("account\0{email}").as_bytes()))
    }

    /// Returns the key of a client by its address, for what it begins at providers: this counts apart from what fails.
    #[must_use]
    pub fn for_beginning(address: &str) -> Self {
        Self(Digest::for_bytes(
            format!("beginning\0{address}").as_bytes(),
        ))
    }

    /// Returns the key of a client by its address.
    #[must_use]
    pub fn for_address(address: &str) -> Self {
        Self(Digest::for_bytes(format!("address\0{address}").as_bytes()))
    }
}

/// Counts attempts.
#[derive(Debug, Default)]
pub struct Throttle {
    /// For each key the time at which all its attempts are forgotten.
    free_at: Mutex<HashMap<Key, Timestamp>>,
}

impl Throttle {
    /// Counts an attempt for each key.
    ///
    /// # Errors
    /// How long to wait, when one of them has no attempt left; then none is counted.
    pub fn attempt(&self, keys: &[(Key, Allowance)], now: Timestamp) -> Result<(), Duration> {
        let mut free_at = self.lock();
        let mut longest = Duration::ZERO;
        for (key, allowance) in keys {
            let full = allowance.period * allowance.burst;
            let Some(held) = free_at.get_mut(key) else {
                continue;
            };
            // A later time is from before the clock was set back: no one waits longer than after a full burst.
            *held = (*held).min(now.plus(full));
            let wait = (held.since(now) + allowance.period).saturating_sub(full);
            longest = longest.max(wait);
        }
        if longest > Duration::ZERO {
            return Err(longest);
        }
        for (key, allowance) in keys {
            let held = free_at.get(key).copied().unwrap_or(now).max(now);
            free_at.insert(*key, held.plus(allowance.period));
        }
        make_room(&mut free_at, now);
        Ok(())
    }

    /// Takes an attempt back, which was right.
    pub fn take_back(&self, key: Key, allowance: Allowance) {
        if let Some(held) = self.lock().get_mut(&key) {
            *held = held.minus(allowance.period);
        }
    }

    /// Forgets all attempts for a key.
    pub fn forget(&self, key: Key) {
        self.lock().remove(&key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Timestamp>> {
        self.free_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets keys that are free, and if there are still too many, the half that would be free first.
fn make_room(free_at: &mut HashMap<Key, Timestamp>, now: Timestamp) {
    if free_at.len() <= MAX_KEYS {
        return;
    }
    free_at.retain(|_, free_at| *free_at > now);
    if free_at.len() > MAX_KEYS {
        let mut times: Vec<Timestamp> = free_at.values().copied().collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        free_at.retain(|_, free_at| *free_at > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: Allowance = Allowance {
        burst: 3,
        period: Duration::from_secs(60),
    };

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_790_000_000 + secs)
    }

    #[test]
    fn after_a_burst_there_is_one_attempt_in_each_period() {
        let throttle = Throttle::default();
        let key = Key::for_account("a@b.example");
        let attempt = |secs| throttle.attempt(&[(key, THREE)], at(secs));
        for secs in [0, 0, 1] {
            assert_eq!(attempt(secs), Ok(()));
        }
        assert_eq!(attempt(1), Err(Duration::from_secs(59)));
        assert_eq!(attempt(59), Err(Duration::from_secs(1)));
        assert_eq!(attempt(60), Ok(()));
        assert_eq!(attempt(60), Err(Duration::from_secs(60)));
        throttle.take_back(key, THREE);
        assert_eq!(attempt(60), Ok(()));
        throttle.forget(key);
        assert_eq!(attempt(60), Ok(()));
        // The clock is set back by a day.
        assert_eq!(attempt(-86_400), Err(THREE.period));
        assert_eq!(attempt(-86_400 + 59), Err(Duration::from_secs(1)));
        assert_eq!(attempt(-86_400 + 60), Ok(()));
        assert_eq!(attempt(-86_400 + 60), Err(THREE.period));
    }

    #[test]
    fn one_key_without_attempts_left_refuses_and_costs_the_others_nothing() {
        let throttle = Throttle::default();
        let (account, address) = (Key::for_account("x"), Key::for_address("x"));
        assert_ne!(account, address);
        for _ in 0..3 {
            assert!(throttle.attempt(&[(account, THREE)], at(0)).is_ok());
        }
        for _ in 0..5 {
            let both = [(account, THREE), (address, THREE)];
            assert!(throttle.attempt(&both, at(0)).is_err());
        }
        for _ in 0..3 {
            assert!(throttle.attempt(&[(address, THREE)], at(0)).is_ok());
        }
    }

    #[test]
    fn the_memory_has_a_bound_and_those_who_tried_most_are_kept() {
        let throttle = Throttle::default();
        let worst = Key::for_account("worst");
        for _ in 0..3 {
            throttle.attempt(&[(worst, THREE)], at(0)).unwrap();
        }
        for number in 0..MAX_KEYS + 10 {
            let key = Key::for_account(&number.to_string());
            throttle.attempt(&[(key, THREE)], at(0)).unwrap();
        }
        assert!(throttle.lock().len() <= MAX_KEYS);
        assert!(throttle.attempt(&[(worst, THREE)], at(0)).is_err());
    }
}
