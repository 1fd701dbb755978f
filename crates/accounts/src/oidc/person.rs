//! The person that a token is about, as this site sees them.

use serde_json::{Map, Value};
use wire::Role;

use super::ProviderSettings;
use crate::EmailAddress;

/// Characters of a name that are kept.
const MAX_NAME: usize = 80;

/// Why a person has no address that may sign in, in words for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoEmail {
    /// The token has none.
    #[error("the token has no claim `email`; look at the scopes and claims of this client")]
    Missing,
    /// The provider does not say that it is that of the person.
    #[error(
        "the token does not say that the address is verified (`email_verified`); see `trust_email` for a provider that never says so"
    )]
    Unverified,
    /// It is of a domain whose people may not sign in.
    #[error("the domain of the address is not one of `domains`")]
    OtherDomain,
}

/// A person that a provider has identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The provider.
    pub issuer: String,
    /// The person there, forever.
    pub subject: String,
    /// The address, if it is verified and of a domain that may sign in.
    pub email: Result<EmailAddress, NoEmail>,
    /// Name, as the provider has it; empty if it has none.
    pub name: String,
    /// The role that the claim gives, or else the usual one; `None` if they may not sign in.
    pub role: Option<Role>,
    /// Whether the role comes from the claim, so that it is that of each sign-in.
    pub role_is_claimed: bool,
}

impl Person {
    /// Reads the claims of a token that was checked.
    pub(super) fn read(claims: &Map<String, Value>, settings: &ProviderSettings) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let claimed = claimed_role(claims, settings);
        Self {
            issuer: text("iss").to_owned(),
            subject: text("sub").to_owned(),
            email: email(claims, settings),
            name: name(text("name")),
            role: claimed.or(settings.default_role),
            role_is_claimed: settings.role_claim.is_some(),
        }
    }
}

fn name(text: &str) -> String {
    let is_visible = |c: &char| !c.is_control() && !('\u{200b}'..='\u{206f}').contains(c);
    let visible: String = text.chars().filter(is_visible).take(MAX_NAME).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn email(
    claims: &Map<String, Value>,
    settings: &ProviderSettings,
) -> Result<EmailAddress, NoEmail> {
    let verified = match claims.get("email_verified") {
        Some(Value::Bool(verified)) => *verified,
        Some(Value::String(text)) => text == "true",
        Some(_) => false,
        // Entra says nothing about it; an explicit `false` is never overruled.
        None => settings.trust_email,
    };
    let written = claims.get("email").and_then(Value::as_str);
    let email = written
        .and_then(EmailAddress::parse)
        .ok_or(NoEmail::Missing)?;
    let may = settings
        .domains
        .iter()
        .any(|domain| domain.eq_ignore_ascii_case(email.domain()));
    match (verified, may) {
        (true, true) => Ok(email),
        (false, _) => Err(NoEmail::Unverified),
        (true, false) => Err(NoEmail::OtherDomain),
    }
}

/// Returns the highest role that the claim gives.
fn claimed_role(claims: &Map<String, Value>, settings: &ProviderSettings) -> Option<Role> {
    let claim = settings.role_claim.as_deref()?;
    // A claim may have points in its name, such as an address.
    let value = claims.get(claim).or_else(|| {
        let mut parts = claim.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    })?;
    let role = |text: &str| match settings.roles.get(text) {
        Some(role) => Some(*role),
        None if settings.roles.is_empty() => Role::parse(text),
        None => None,
    };
    match value {
        Value::String(text) => role(text),
        Value::Array(all) => all.iter().filter_map(Value::as_str).filter_map(role).max(),
        _ => None,
    }
}
