//! The links of reminders: each is for one person and one revision, and works once.

use accounts::OneTimeSecret;
use async_recursion::async_recursion as boxed;
use node::{Node, NodeError, audit::By};
use store::{Cared, ReviewLink};
use wire::AccountId;

use super::super::{Confirmed, confirm, may_care};
use crate::drafts::Person;

/// What a link of a reminder is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// It confirms this revision of this document.
    Open(ReviewLink, Box<Cared>),
    /// It was used.
    Used,
    /// It has expired.
    Expired,
    /// The document was changed or reviewed since.
    Changed(Box<Cared>),
    /// Someone else has signed in than the person it is for.
    OfAnother,
    /// The document is gone, the person does not look after it any more, or there never was such a link.
    Unknown,
}

/// Returns what a link of a reminder is good for. `signed_in` is who has signed in, if anyone.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn open_link(
    node: &Node,
    key: &str,
    signed_in: Option<AccountId>,
) -> Result<LinkState, NodeError> {
    let Some(secret) = OneTimeSecret::parse(key) else {
        return Ok(LinkState::Unknown);
    };
    let link = node.store.review_link(secret.expose().as_bytes()).await?;
    let Some(link) = link else {
        return Ok(LinkState::Unknown);
    };
    // A mail that was forwarded acts in no one else's name.
    if signed_in.is_some_and(|id| id != link.account) {
        return Ok(LinkState::OfAnother);
    }
    let account = node.store.account(link.account).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    let cared = node.store.cared(link.document).await?;
    let Some((account, cared)) = account.zip(cared) else {
        return Ok(LinkState::Unknown);
    };
    let person = Person {
        id: account.id,
        role: account.role,
    };
    if !may_care(node, person, &cared).await? {
        return Ok(LinkState::Unknown);
    }
    Ok(if link.used_at.is_some() {
        LinkState::Used
    } else if link.expires_at <= node.now() {
        LinkState::Expired
    } else if cared.rev != link.rev {
        LinkState::Changed(Box::new(cared))
    } else {
        LinkState::Open(link, Box::new(cared))
    })
}

/// Confirms by a link that a document is still true, in the name of its person.
///
/// # Errors
/// Of the database; the link is valid then as before.
#[boxed]
pub async fn use_link(
    node: &Node,
    key: &str,
    signed_in: Option<AccountId>,
) -> Result<Confirmed, NodeError> {
    let LinkState::Open(link, _) = open_link(node, key, signed_in).await? else {
        return Ok(Confirmed::Changed);
    };
    let secret = key.as_bytes();
    if !node.store.use_review_link(secret, node.now()).await? {
        return Ok(Confirmed::Changed);
    }
    let by = By::Account(link.account);
    let confirmed = confirm(node, &by, link.document, link.rev).await;
    if !matches!(confirmed, Ok(Confirmed::Done)) {
        node.store.release_review_link(secret).await?;
    }
    confirmed
}
