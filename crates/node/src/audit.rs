//! What people did to accounts and could not do, one line of the program's log for each act.
//!
//! A line has ids and never a name, an address or a secret.

use std::fmt;

use wire::{AccountId, Role};

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The operator, at the command line.
    Operator,
    /// A person who has signed in.
    Account(AccountId),
    /// Someone who has not signed in.
    Unknown,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("operator"),
            Self::Account(id) => id.fmt(f),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// What someone did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Added an account.
    AccountAdded(Role),
    /// Gave an account another role.
    RoleChanged(Role),
    /// Disabled an account.
    AccountDisabled,
    /// Enabled an account.
    AccountEnabled,
    /// Made a link with which a password can be set.
    LinkMade,
    /// Tried a link that is not valid.
    LinkRefused,
    /// Set a password.
    PasswordSet,
    /// Signed in.
    SignedIn,
    /// Could not sign in.
    SignInFailed,
    /// Could not try to sign in again so soon.
    SignInTooOften,
    /// Signed out.
    SignedOut,
    /// Ended sessions, so many.
    SessionsEnded(u64),
    /// Linked a person of a provider to an account.
    IdentityLinked,
    /// What a provider said was refused.
    ProviderRefused,
    /// Made an access token.
    TokenMade,
    /// Revoked an access token.
    TokenRevoked,
    /// May not use an address.
    Refused,
}

impl Act {
    /// Returns the name of the act.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::AccountAdded(_) => "account-added",
            Self::RoleChanged(_) => "role-changed",
            Self::AccountDisabled => "account-disabled",
            Self::AccountEnabled => "account-enabled",
            Self::LinkMade => "link-made",
            Self::LinkRefused => "link-refused",
            Self::PasswordSet => "password-set",
            Self::SignedIn => "signed-in",
            Self::SignInFailed => "sign-in-failed",
            Self::SignInTooOften => "sign-in-too-often",
            Self::SignedOut => "signed-out",
            Self::SessionsEnded(_) => "sessions-ended",
            Self::IdentityLinked => "identity-linked",
            Self::ProviderRefused => "provider-refused",
            Self::TokenMade => "token-made",
            Self::TokenRevoked => "token-revoked",
            Self::Refused => "refused",
        }
    }
}

/// Records an act on an account, if it is on one.
pub fn audit(by: By, act: &Act, account: Option<AccountId>) {
    let account = account.map(tracing::field::display);
    let role = match act {
        Act::AccountAdded(role) | Act::RoleChanged(role) => Some(role.as_str()),
        _ => None,
    };
    let count = match act {
        Act::SessionsEnded(count) => Some(*count),
        _ => None,
    };
    tracing::info!(%by, act = act.as_str(), account, role, count, "audit");
}
