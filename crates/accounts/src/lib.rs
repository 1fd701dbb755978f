//! What signing in needs and knows nothing of a database or a page: passwords, one-time secrets, limits of attempts,
//! mail, and OpenID providers.
//!
//! `people::accounts` joins this with `store`. Nothing here logs a secret, an address or a name.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use wire::Timestamp;

pub mod email;
pub mod mail;
pub mod oidc;
pub mod password;
mod roots;
pub mod secret;
pub mod throttle;

pub use email::EmailAddress;
use mail::Mailer;
use oidc::Provider;
pub use password::{Busy, Hasher, Password, PasswordFault};
pub use roots::Roots;
pub use secret::OneTimeSecret;
pub use throttle::Throttle;

/// What signing in needs while a node runs.
#[derive(Debug, Default)]
pub struct Accounts {
    /// OpenID providers, in the order of their names.
    pub providers: Vec<Provider>,
    /// Sends mail, if a server is configured.
    pub mailer: Option<Mailer>,
    /// Computes and checks password hashes.
    pub hasher: Hasher,
    /// Counts attempts to sign in.
    pub throttle: Throttle,
    /// When the authorities were read again last because a server could not be reached.
    read_again_at: Mutex<Option<Timestamp>>,
}

/// The shortest time between two readings of the authorities because a server could not be reached.
const MIN_BETWEEN_READINGS: Duration = Duration::from_secs(300);

impl Accounts {
    /// Returns what signing in needs with these providers and this server.
    #[must_use]
    pub fn new(providers: Vec<Provider>, mailer: Option<Mailer>) -> Self {
        Self {
            providers,
            mailer,
            ..Self::default()
        }
    }

    /// Says whether people can be sent mail.
    #[must_use]
    pub const fn can_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Returns whether the authorities should be read again, since the mail server or a provider could not be reached: its
    /// certificate may be of a new one. It says so to one caller, and not again within five minutes.
    #[must_use]
    pub fn should_read_authorities(&self, now: Timestamp) -> bool {
        let mut read_at = self
            .read_again_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if read_at.is_some_and(|at| at <= now && now < at.plus(MIN_BETWEEN_READINGS)) {
            return false;
        }
        *read_at = Some(now);
        true
    }

    /// Trusts these authorities for mail and for providers from now on, and those that the system has now.
    ///
    /// # Errors
    /// What is wrong with them, in words for the operator.
    pub fn trust(&self, roots: &Roots) -> Result<(), String> {
        if let Some(mailer) = &self.mailer {
            mailer.trust(roots)?;
        }
        for provider in &self.providers {
            provider.trust(roots).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}
