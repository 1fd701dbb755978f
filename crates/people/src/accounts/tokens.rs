//! Personal access tokens: with one, a program hands in drafts for its owner, and does nothing else.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use accounts::OneTimeSecret;
use store::{Account, MIN_TOKEN_ROLE};
use wire::{AccountId, Digest};

use super::{AccountError, MAX_NAME};
use node::Node;

const DAY: Duration = Duration::from_secs(86_400);
/// How long a token is valid at the longest: a program that is still used gets a new one.
pub const MAX_DAYS: u32 = 90;
/// Shortest time between two records of the use of a token.
const TOUCH_EVERY: Duration = Duration::from_secs(3_600);

/// Makes a token for a person, who sees it now and never again.
///
/// # Errors
/// `Name`, `NoTokens`, `TooManyTokens`.
#[boxed]
pub async fn make_token(
    node: &Node,
    id: AccountId,
    name: &str,
    days: u32,
) -> Result<OneTimeSecret, AccountError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_name =
        (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !is_name {
        return Err(AccountError::Name);
    }
    if super::account(node, id).await?.role < MIN_TOKEN_ROLE {
        return Err(AccountError::NoTokens);
    }
    let secret = OneTimeSecret::for_token()?;
    let now = node.now();
    let expires_at = now.plus(DAY * days.clamp(1, MAX_DAYS));
    let bytes = secret.expose().as_bytes();
    let added = node
        .store
        .add_access_token(bytes, id, &name, now, expires_at)
        .await?;
    if !added {
        return Err(AccountError::TooManyTokens);
    }
    Ok(secret)
}

/// Revokes a token of a person.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn revoke_token(node: &Node, id: AccountId, token: &Digest) -> Result<(), AccountError> {
    let now = node.now();
    node.store.delete_access_token(id, token, now).await?;
    Ok(())
}

/// Returns whose a token is; `None` if it is not valid (any more).
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn account_of_token(node: &Node, text: &str) -> Result<Option<Account>, AccountError> {
    let Some(token) = OneTimeSecret::parse(text).filter(OneTimeSecret::is_token) else {
        return Ok(None);
    };
    let (bytes, now) = (token.expose().as_bytes(), node.now());
    let found = node.store.account_of_token(bytes, now).await?;
    if found.is_some() {
        let touched = node
            .store
            .touch_access_token(bytes, now, now.minus(TOUCH_EVERY))
            .await;
        if let Err(error) = touched {
            tracing::debug!(%error, "the use of an access token could not be recorded");
        }
    }
    Ok(found)
}
