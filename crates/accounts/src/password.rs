//! Passwords: what is accepted as one, and argon2id.
//!
//! Invariants: hashes are computed on threads that may block, a bounded number at a time; checking the password of
//! an account that does not exist takes as long as checking one that does.

use std::{fmt, sync::Arc, time::Duration};

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Characters of a password. NIST SP 800-63B asks for 8, and recommends more where there is no second factor.
pub const MIN_CHARACTERS: usize = 12;
/// Bytes of a password: a long sentence.
pub const MAX_BYTES: usize = 512;
/// Different characters: fewer are a pattern.
const MIN_DIFFERENT: usize = 5;
/// Hashes at a time. Each takes 19 MiB and about 20 ms of a processor.
const MAX_HASHES: usize = 2;
/// Requests that wait for their turn: beyond that, and after [`MAX_WAIT`], they are refused.
const MAX_WAITING: usize = 64;
/// How long one waits.
const MAX_WAIT: Duration = Duration::from_secs(3);

/// What people choose who have to choose something long; in lower case.
const COMMON: [&str; 14] = [
    "password",
    "passw0rd",
    "qwerty",
    "letmein",
    "welcome",
    "wardround",
    "123456",
    "abcdef",
    "abc123",
    "iloveyou",
    "changeme",
    "administrator",
    "hospital",
    "nhsnhs",
];

/// The hash of no password, with the usual parameters: what is checked for an account that does not exist.
const NO_ONES: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBubyBvbmU$3pL2l4Yv7Yq0b0ZrRzVh0l0b3y4yq3o2n1M0kQ5W8xE";

/// A password as it was typed, in Unicode's composed form, so that it is the same from every keyboard.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Why a password is not accepted, for the person who chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Too short.
    #[error(
        "Your password must have at least {MIN_CHARACTERS} characters. Three random words are a good password"
    )]
    Short,
    /// Too long.
    #[error("Your password is too long. Use at most {MAX_BYTES} characters")]
    Long,
    /// Few different characters, or words that everyone tries.
    #[error("This password is too easy to guess. Three random words are a good password")]
    Common,
    /// The name or the address of the person.
    #[error("Your password must not contain your name or your email address")]
    Personal,
}

impl Password {
    /// Takes what someone has typed to sign in; `None` if no password is so long.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        (text.len() <= MAX_BYTES).then(|| Self(Zeroizing::new(text.nfc().collect())))
    }

    /// Reads a password that someone chooses; `personal` is what it must not contain.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn choose(text: &str, personal: &[&str]) -> Result<Self, PasswordFault> {
        let password = Self::typed(text).ok_or(PasswordFault::Long)?;
        if password.0.chars().count() < MIN_CHARACTERS {
            return Err(PasswordFault::Short);
        }
        let lower = Zeroizing::new(password.0.to_lowercase());
        let mut different: Vec<char> = lower.chars().collect();
        different.sort_unstable();
        different.dedup();
        // What is left without the words that everyone tries has to be half of a password at least.
        let mut rest = lower.to_string();
        for common in COMMON {
            rest = rest.replace(common, "");
        }
        let is_left = rest.chars().filter(|c| c.is_alphabetic()).count();
        if different.len() < MIN_DIFFERENT || (rest != *lower && is_left < MIN_CHARACTERS / 2) {
            return Err(PasswordFault::Common);
        }
        let parts = personal.iter().flat_map(|text| text.split(['@', ' ', '.']));
        let is_personal =
            |part: &str| part.chars().count() >= 5 && lower.contains(&part.to_lowercase());
        // A part of an address that is a short word may be in a password by chance.
        let whole: usize = parts.filter(|part| is_personal(part)).map(str::len).sum();
        if whole * 2 >= lower.len() {
            return Err(PasswordFault::Personal);
        }
        Ok(password)
    }
}

/// There are too many sign-ins at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many people are signing in at the moment; try again in a few seconds")]
pub struct Busy;

/// Computes and checks hashes.
#[derive(Debug)]
pub struct Hasher {
    places: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MAX_HASHES)),
            waiting: Semaphore::new(MAX_WAITING),
        }
    }
}

impl Hasher {
    /// Computes the hash of a password, in PHC form, with a salt of its own.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn hash(&self, password: Password) -> Result<String, Busy> {
        let place = self.place().await?;
        let hashed = spawn_blocking(move || {
            let hashed = Argon2::default().hash_password(password.0.as_bytes());
            drop(place);
            hashed.map(|hash| hash.to_string())
        });
        match hashed.await {
            Ok(Ok(hash)) => Ok(hash),
            Ok(Err(error)) => {
                tracing::error!(%error, "a password could not be hashed");
                Err(Busy)
            }
            Err(_) => Err(Busy),
        }
    }

    /// Says whether a password is the one of a hash. Without a hash it is not, after the same time.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn is_right(&self, password: Password, hash: Option<String>) -> Result<bool, Busy> {
        let place = self.place().await?;
        let checked = spawn_blocking(move || {
            let has_one = hash.is_some();
            let text = hash.unwrap_or_else(|| NO_ONES.to_owned());
            let is_right = PasswordHash::new(&text).is_ok_and(|hash| {
                let argon2 = Argon2::default();
                argon2.verify_password(password.0.as_bytes(), &hash).is_ok()
            });
            drop(place);
            has_one && is_right
        });
        checked.await.map_err(|_| Busy)
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, Busy> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Busy)?;
        let place = Arc::clone(&self.places).acquire_owned();
        match timeout(MAX_WAIT, place).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Busy),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_not_what_everyone_tries() {
        use PasswordFault::{Common, Long, Personal, Short};
        for (text, fault) in [
            ("correct horse battery", None),
            ("wickerlanternplum", None),
            ("Zzyzx-road-99-km", None),
            ("🦊🐢🐝🐙🦀🐌🦋🐞🐜🦗🕷🦂", None),
            ("", Some(Short)),
            ("elevenchars", Some(Short)),
            ("aaaaaaaaaaaaaaaa", Some(Common)),
            ("121212121212121212", Some(Common)),
            ("Password123456", Some(Common)),
            ("password-password", Some(Common)),
            ("wardround2026!", Some(Common)),
            ("ada.okafor2026", Some(Personal)),
            ("northmoor-okafor", Some(Personal)),
            (
                "a very long sentence about an okafor and nothing else",
                None,
            ),
        ] {
            let chosen = Password::choose(text, &["ada.okafor@northmoor.example", "Ada Okafor"]);
            assert_eq!(chosen.err(), fault, "{text}");
        }
        assert_eq!(Password::choose(&"ab c".repeat(200), &[]).err(), Some(Long));
        assert!(Password::typed(&"x".repeat(MAX_BYTES + 1)).is_none());
    }

    #[tokio::test]
    async fn only_the_same_password_is_right_whatever_keyboard_it_was_typed_on() {
        let hasher = Hasher::default();
        let typed = |text: &str| Password::typed(text).unwrap();
        let hash = hasher
            .hash(typed("caf\u{e9} au lait please"))
            .await
            .unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        for (text, hash, expected) in [
            ("caf\u{e9} au lait please", Some(hash.clone()), true),
            ("cafe\u{301} au lait please", Some(hash.clone()), true),
            ("cafe au lait please", Some(hash), false),
            ("", None, false),
            ("x", Some("rubbish".to_owned()), false),
        ] {
            assert_eq!(
                hasher.is_right(typed(text), hash).await,
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn an_account_that_does_not_exist_costs_the_same_parameters() {
        let no_ones = PasswordHash::new(NO_ONES).unwrap();
        let usual = Argon2::default().hash_password(b"x").unwrap();
        assert_eq!(no_ones.params.to_string(), usual.params.to_string());
        assert_eq!(no_ones.algorithm, usual.algorithm);
        assert_eq!(no_ones.hash.unwrap().len(), usual.hash.unwrap().len());
        assert_eq!(no_ones.version, usual.version);
    }

    #[tokio::test]
    async fn beyond_a_number_of_waiting_requests_others_are_refused_at_once() {
        let hasher = Hasher::default();
        let _places = hasher.places.acquire_many(2).await.unwrap();
        let _waiting = hasher.waiting.acquire_many(64).await.unwrap();
        let refused = hasher.hash(Password::typed("x").unwrap()).await;
        assert_eq!(refused, Err(Busy));
    }
}
