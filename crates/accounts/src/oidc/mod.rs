//! Signing in through an OpenID provider: the authorisation code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636,
//! RFC 9700).
//!
//! A provider is configured by the operator, but may be wrong or taken over: everything that it states is checked,
//! and a false statement is refused with a plain sentence.

mod id_token;
mod person;
mod provider;
mod published;
mod settings;
#[cfg(test)]
mod tests;

pub use person::{NoEmail, Person};
pub use provider::{Begun, Callback, Provider};
pub use settings::ProviderSettings;

/// What a provider got wrong. Nothing of what it said is used then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lie {
    /// The token is too large.
    #[error("its answer is too large")]
    Size,
    /// The token is none, or not of the form that the standard asks for.
    #[error("its answer is not of the right form")]
    Form,
    /// The algorithm is not accepted.
    #[error("it signed its answer in a way that we do not accept")]
    Algorithm,
    /// No key fits.
    #[error("it signed its answer with a key that it does not publish")]
    Key,
    /// The signature is wrong.
    #[error("the signature of its answer is wrong")]
    Signature,
    /// Another provider.
    #[error("its answer comes from another provider")]
    Issuer,
    /// Another site.
    #[error("its answer is for another site")]
    Audience,
    /// Another sign-in.
    #[error("its answer belongs to another attempt to sign in")]
    Nonce,
    /// Too old, too new, or without a time.
    #[error("its answer is too old or too new; one of the clocks is wrong")]
    Time,
    /// Addresses of the provider are not those of its own.
    #[error("its settings name addresses that we cannot use")]
    Address,
}

/// Why someone could not sign in through a provider.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// The provider cannot be reached, or answers with an error; the cause is for the operator.
    #[error("the provider does not answer: {0}")]
    Unreachable(String),
    /// The person said no, or the provider did.
    #[error("the provider did not sign you in")]
    Denied,
    /// The answer does not belong to a sign-in of this browser.
    #[error("the sign-in was not begun in this browser, or too long ago")]
    State,
    /// What the provider says is wrong.
    #[error("the provider's answer cannot be used: {0}")]
    Lie(#[from] Lie),
}
