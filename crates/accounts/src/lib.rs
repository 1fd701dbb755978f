//! What signing in needs and knows nothing of a database or a page: passwords, one-time secrets, limits of attempts,
//! mail, and OpenID providers.
//!
//! `people::accounts` joins this with `store`. Nothing here logs a secret, an address or a name.

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
}

impl Accounts {
    /// Says whether people can be sent mail.
    #[must_use]
    pub const fn can_mail(&self) -> bool {
        self.mailer.is_some()
    }
}
