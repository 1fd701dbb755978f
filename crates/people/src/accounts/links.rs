//! One-time links: to make the first administrator, to accept an invitation, to set a new password.
//!
//! Invariant: whoever has a link can use it once, so it is shown or mailed once and stored as a digest.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use accounts::{OneTimeSecret, Password};
use store::{Account, LinkPurpose, NewAccount};
use wire::{AccountId, Role};

use super::{AccountError, Person, new_id};
use node::{
    Node, NodeError,
    audit::{self, Act, By, Object},
    urls,
    work::without_permit,
};

const DAY: Duration = Duration::from_secs(86_400);
/// An invitation may arrive on a day off.
const INVITATION_LIFETIME: Duration = DAY.saturating_mul(7);
/// Someone waits for it.
const RESET_LIFETIME: Duration = DAY;
/// How long a link is kept after it has expired, so that its page can say so.
const KEPT_AFTER_EXPIRY: Duration = DAY.saturating_mul(30);

/// A link that was made, to be mailed or shown once.
pub struct MadeLink {
    /// The account that it is for.
    pub account: AccountId,
    /// The name of the person.
    pub name: String,
    /// The address of the person.
    pub email: String,
    /// The link.
    pub url: String,
    /// Whether the person has no password yet.
    pub is_invitation: bool,
    /// Its secret part.
    secret: OneTimeSecret,
}

/// What a link is good for.
#[derive(Debug)]
pub enum LinkState {
    /// It makes the first administrator.
    First,
    /// It sets the password of this account.
    Open(Account),
    /// It was used.
    Used,
    /// It has expired.
    Expired,
    /// It never was one, or a later one has replaced it.
    Unknown,
}

/// Makes a link with which the person of an account sets a password; earlier ones are not valid any more, but where someone
/// asks for it who has not signed in.
///
/// # Errors
/// `Unknown`, `Disabled`; `TooOften` where someone asks who has not signed in.
#[boxed]
pub async fn make_link(node: &Node, by: &By, id: AccountId) -> Result<MadeLink, AccountError> {
    let identity = node.identity().ok_or(NodeError::NotInitialised)?;
    let account = super::account(node, id).await?;
    if account.disabled_at.is_some() {
        return Err(AccountError::Disabled);
    }
    let (purpose, lifetime) = if account.has_password {
        (LinkPurpose::Reset, RESET_LIFETIME)
    } else {
        (LinkPurpose::Invitation, INVITATION_LIFETIME)
    };
    let secret = OneTimeSecret::for_link()?;
    let now = node.now();
    let bytes = secret.expose().as_bytes();
    let added = node
        .store
        .add_link(bytes, purpose, id, by, now, now.plus(lifetime))
        .await?;
    if !added {
        return Err(AccountError::TooOften);
    }
    let path = urls::sign_in_link(secret.expose());
    Ok(MadeLink {
        account: id,
        is_invitation: !account.has_password,
        name: account.name,
        email: account.email,
        url: identity.absolute(&path),
        secret,
    })
}

/// Drops a link that reached no one.
///
/// # Errors
/// Of the database.
pub(super) async fn drop_link(node: &Node, made: &MadeLink) -> Result<(), AccountError> {
    let bytes = made.secret.expose().as_bytes();
    Ok(node.store.delete_link(bytes).await?)
}

/// Makes the link that makes the first administrator; `None` if there is an account, or no identity.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn first_link(node: &Node) -> Result<Option<String>, AccountError> {
    let Some(identity) = node.identity() else {
        return Ok(None);
    };
    if node.store.has_accounts().await? {
        return Ok(None);
    }
    let secret = OneTimeSecret::for_link()?;
    let now = node.now();
    let bytes = secret.expose().as_bytes();
    let is_first = node
        .store
        .add_first_link(bytes, now, now.plus(RESET_LIFETIME))
        .await?;
    let path = urls::sign_in_link(secret.expose());
    Ok(is_first.then(|| identity.absolute(&path)))
}

/// Returns what a link is good for.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn open_link(node: &Node, key: &str) -> Result<LinkState, AccountError> {
    let Some(secret) = OneTimeSecret::parse(key) else {
        return Ok(LinkState::Unknown);
    };
    let Some(link) = node.store.link(secret.expose().as_bytes()).await? else {
        return Ok(LinkState::Unknown);
    };
    if link.used_at.is_some() {
        return Ok(LinkState::Used);
    }
    if link.expires_at <= node.now() {
        return Ok(LinkState::Expired);
    }
    let Some(id) = link.account else {
        let is_first = !node.store.has_accounts().await?;
        return Ok(if is_first {
            LinkState::First
        } else {
            LinkState::Used
        });
    };
    Ok(match node.store.account(id).await? {
        Some(account) if account.disabled_at.is_none() => LinkState::Open(account),
        _ => LinkState::Unknown,
    })
}

/// Sets a password by a link, and ends the sessions of its account.
///
/// # Errors
/// `Link`, `Password`, `Busy`.
#[boxed]
pub async fn use_link(node: &Node, key: &str, password: &str) -> Result<Account, AccountError> {
    let LinkState::Open(account) = open_link(node, key).await? else {
        audit::record_refusal(node, &By::Unknown, Act::LinkRefused, Object::Nothing).await;
        return Err(AccountError::Link);
    };
    let chosen = Password::choose(password, &[&account.email, &account.name])?;
    let hash = without_permit(node.accounts.hasher.hash(chosen)).await?;
    let used = node
        .store
        .use_link(key.as_bytes(), &hash, node.now())
        .await?;
    if used != Some(account.id) {
        audit::record_refusal(node, &By::Unknown, Act::LinkRefused, Object::Nothing).await;
        return Err(AccountError::Link);
    }
    signed_in(node, account.id).await
}

/// Makes the first administrator by the link for that.
///
/// # Errors
/// `Link`, `Email`, `Name`, `Password`, `Busy`.
#[boxed]
pub async fn use_first_link(
    node: &Node,
    key: &str,
    person: &Person<'_>,
    password: &str,
) -> Result<Account, AccountError> {
    let LinkState::First = open_link(node, key).await? else {
        audit::record_refusal(node, &By::Unknown, Act::LinkRefused, Object::Nothing).await;
        return Err(AccountError::Link);
    };
    let (email, name) = person.parse()?;
    let chosen = Password::choose(password, &[email.as_str(), &name])?;
    let hash = without_permit(node.accounts.hasher.hash(chosen)).await?;
    let new = NewAccount {
        id: new_id(node.now())?,
        email: email.as_str().to_owned(),
        name,
        role: Role::Administrator,
    };
    let done = node
        .store
        .use_first_link(key.as_bytes(), &new, &hash, node.now())
        .await?;
    if !done {
        return Err(AccountError::Link);
    }
    signed_in(node, new.id).await
}

/// Records that a person has signed in by a link.
async fn signed_in(node: &Node, id: AccountId) -> Result<Account, AccountError> {
    if !node.store.record_sign_in(id, node.now()).await? {
        return Err(AccountError::Link);
    }
    super::account(node, id).await
}

/// Deletes sessions, access tokens and links that have expired.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn delete_expired(node: &Node) -> Result<(), AccountError> {
    let now = node.now();
    let used_after = now.minus(node.current().accounts.session_idle);
    node.store.delete_expired_sessions(now, used_after).await?;
    node.store.delete_expired_access_tokens(now).await?;
    node.store
        .delete_old_links(now.minus(KEPT_AFTER_EXPIRY))
        .await?;
    Ok(())
}
