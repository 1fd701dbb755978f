//! Links by mail: those that someone asks for who cannot sign in, and invitations.
//!
//! Invariant: a request takes the same time whether or not there is an account, since it only joins a queue; the work is
//! done in the background.

use accounts::{
    EmailAddress, OneTimeSecret,
    mail::Mail,
    throttle::{FOR_ACCOUNT, FOR_ADDRESS, Key},
};
use async_recursion::async_recursion as boxed;
use store::Account;

use super::{AccountError, MadeLink, links::drop_link, make_link};
use node::{Node, audit::By, queue::LinkRequest};

/// Queues a request for a new link; returns whether it may be made now.
pub fn request_link(node: &Node, request: LinkRequest, client: &str) -> bool {
    let (LinkRequest::ByEmail(of) | LinkRequest::ByLink(of)) = &request;
    let keys = [
        (
            Key::for_account(&format!("mail {}", of.trim().to_ascii_lowercase())),
            FOR_ACCOUNT,
        ),
        (Key::for_address(client), FOR_ADDRESS),
    ];
    let may = node.accounts.throttle.attempt(&keys, node.now()).is_ok();
    // A full queue loses requests; people ask again.
    may && node.link_requests.send(request)
}

/// Does what was requested: mails a link to a person who can sign in with a password.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn answer_request(node: &Node, request: &LinkRequest) -> Result<(), AccountError> {
    let account = match request {
        LinkRequest::ByEmail(email) => {
            let Some(email) = EmailAddress::parse(email) else {
                return Ok(());
            };
            node.store.account_by_email(email.as_str()).await?
        }
        LinkRequest::ByLink(key) => account_of_link(node, key).await?,
    };
    // A person of a provider has no password, and gets none by asking; one who was invited has a link coming.
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        return Ok(());
    };
    if !account.has_password && node.store.has_identity(account.id).await? {
        return Ok(());
    }
    let made = match make_link(node, &By::Unknown, account.id).await {
        Ok(made) => made,
        // Those that were mailed before still work.
        Err(AccountError::TooOften) => return Ok(()),
        Err(error) => return Err(error),
    };
    if !mail_link(node, &made).await {
        drop_link(node, &made).await?;
    }
    Ok(())
}

async fn account_of_link(node: &Node, key: &str) -> Result<Option<Account>, AccountError> {
    let Some(secret) = OneTimeSecret::parse(key) else {
        return Ok(None);
    };
    let link = node.store.link(secret.expose().as_bytes()).await?;
    // A link that was used has done its work: whoever finds it later gets no mail sent by it.
    match link
        .filter(|link| link.used_at.is_none())
        .and_then(|link| link.account)
    {
        Some(id) => Ok(node.store.account(id).await?),
        None => Ok(None),
    }
}

/// Mails a link to its person; returns whether the server has taken it.
#[boxed]
pub async fn mail_link(node: &Node, made: &MadeLink) -> bool {
    let Some(mailer) = &node.accounts.mailer else {
        return false;
    };
    let settings = node.current();
    let site = &settings.site.name;
    let (subject, what, how_long) = if made.is_invitation {
        (
            format!("Your account on {site}"),
            "choose a password and sign in",
            "7 days",
        )
    } else {
        (
            format!("A new password for {site}"),
            "choose a new password",
            "a day",
        )
    };
    let text = format!(
        "Hello {},\n\nYou can {what} with this link:\n\n{}\n\nIt works once, within {how_long}. Do not give it to anyone else.\n\nIf you did not expect this, you do not need to do anything.\n",
        made.name, made.url
    );
    let mail = Mail {
        to: made.email.clone(),
        subject,
        text,
    };
    match mailer.send(&mail).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, account = %made.account, "a link could not be mailed");
            node.read_authorities_after_failure().await;
            false
        }
    }
}
