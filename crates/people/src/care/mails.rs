//! Mails about what is published: to editors that someone asks to withdraw a document, to who asked that it is kept, and to a person
//! that documents were handed over to them.
//!
//! A mail has no word of a document, whose text may be the reason for the request. That one is due is recorded with the act,
//! and that it was sent afterwards: it is sent once, or again where the program ended in between.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use accounts::mail::{Mail, Mailer};
use ledger::leaf::Why;
use node::{Node, NodeError, urls};
use store::{Account, HandedOver, WithdrawalRequest};
use wire::Timestamp;

/// Editors who are sent mail.
const MAX_EDITORS: u32 = 50;
/// Requests, and people who look after more than before, whose mails are sent in one round.
const MAX_BATCH: u32 = 50;
/// A mail that could not be sent for so long is of no use any more: the pages say the same.
const MAX_AGE: Duration = Duration::from_secs(3 * 86_400);

/// Sends the mails that are due; returns how many. Those of which the server took none wait for the next round. Without a mail
/// server nothing is sent, and not later either. A process that does not sign leaves all of them to the one that does.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn send_due(node: &Node) -> Result<u64, NodeError> {
    if node.leaves_work_to_another().await? {
        return Ok(0);
    }
    let Some(mailer) = &node.accounts.mailer else {
        node.store.forget_page_mails().await?;
        return Ok(0);
    };
    let mut sent = 0;
    for request in node.store.withdrawal_requests_to_mail(MAX_BATCH).await? {
        let since = request.kept_at.unwrap_or(request.at);
        let mails = match (is_too_old(node, since), request.kept_at) {
            (true, _) => Vec::new(),
            (false, Some(_)) => mail_that_it_is_kept(node, &request).await?,
            (false, None) => mails_about(node, &request).await?,
        };
        let round = send(node, mailer, &mails).await;
        sent += round.sent;
        if round.is_over() {
            let mailed = node
                .store
                .withdrawal_request_mailed(request.document, since);
            mailed.await?;
        }
    }
    for handed in node.store.handed_over_to_mail(MAX_BATCH).await? {
        let mails = match is_too_old(node, handed.at) {
            true => Vec::new(),
            false => mail_to_carer(node, &handed).await?,
        };
        let round = send(node, mailer, &mails).await;
        sent += round.sent;
        if round.is_over() {
            node.store.handed_over_mailed(&handed).await?;
        }
    }
    Ok(sent)
}

fn is_too_old(node: &Node, at: Timestamp) -> bool {
    node.now().since(at) >= MAX_AGE
}

/// What happened to the mails about one thing.
#[derive(Default)]
struct Round {
    sent: u64,
    to_try_again: u64,
}

impl Round {
    fn is_over(&self) -> bool {
        self.sent > 0 || self.to_try_again == 0
    }
}

async fn send(node: &Node, mailer: &Mailer, mails: &[(Account, Mail)]) -> Round {
    let mut round = Round::default();
    for (person, mail) in mails {
        match mailer.send(mail).await {
            Ok(()) => round.sent += 1,
            Err(error) => {
                tracing::warn!(%error, account = %person.id, "a mail about a published page could not be sent");
                round.to_try_again += u64::from(!error.is_final());
                node.read_authorities_after_failure().await;
            }
        }
    }
    round
}

/// Writes the mails to the editors, without the one who asks.
async fn mails_about(
    node: &Node,
    request: &WithdrawalRequest,
) -> Result<Vec<(Account, Mail)>, NodeError> {
    let Some(identity) = node.identity() else {
        return Ok(Vec::new());
    };
    let author = node.store.account(request.account).await?;
    let author = author.map_or_else(|| "someone".to_owned(), |author| author.name);
    let settings = node.current();
    let site = &settings.site.name;
    let reason = match Why::parse(&request.why) {
        Some(Why::Privacy) => " because it could identify a person. Please look at it now",
        Some(Why::Legal) => " for a legal reason. Please look at it now",
        Some(Why::Error | Why::Superseded | Why::Other) | None => "",
    };
    let link = identity.absolute(urls::CARE);
    let editors = node.store.reviewers(MAX_EDITORS).await?;
    let others = editors
        .into_iter()
        .filter(|editor| editor.id != request.account);
    let mail = |editor: Account| {
        let what = format!("{author} asks to withdraw a page of {site}{reason}.");
        let text = format!(
            "Hello {},\n\n{what} All editors are sent this mail; the first who has time withdraws the page or keeps it:\n\n{link}\n",
            editor.name
        );
        let mail = Mail {
            to: editor.email.clone(),
            subject: format!("A request to withdraw a page of {site}"),
            text,
        };
        (editor, mail)
    };
    Ok(others.map(mail).collect())
}

/// Writes the mail to who has asked to withdraw a document that an editor keeps, if they can sign in.
async fn mail_that_it_is_kept(
    node: &Node,
    request: &WithdrawalRequest,
) -> Result<Vec<(Account, Mail)>, NodeError> {
    let Some(identity) = node.identity() else {
        return Ok(Vec::new());
    };
    let account = node.store.account(request.account).await?;
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        return Ok(Vec::new());
    };
    let settings = node.current();
    let site = &settings.site.name;
    let link = identity.absolute(&urls::care(request.document));
    let mail = Mail {
        to: account.email.clone(),
        subject: format!("A page of {site} is kept"),
        text: format!(
            "Hello {},\n\nyou asked to withdraw a page of {site}. An editor has looked at it and keeps it published. If you do not agree, speak to the editors, or ask again and choose another reason:\n\n{link}\n",
            account.name
        ),
    };
    Ok(vec![(account, mail)])
}

/// Writes the mail to who looks after more documents now, if they can sign in.
async fn mail_to_carer(
    node: &Node,
    handed: &HandedOver,
) -> Result<Vec<(Account, Mail)>, NodeError> {
    let Some(identity) = node.identity() else {
        return Ok(Vec::new());
    };
    let account = node.store.account(handed.account).await?;
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        return Ok(Vec::new());
    };
    let settings = node.current();
    let site = &settings.site.name;
    let pages = match handed.documents {
        1 => "a page".to_owned(),
        count => format!("{count} pages"),
    };
    let it = if handed.documents == 1 { "it" } else { "them" };
    let link = identity.absolute(urls::ME);
    let mail = Mail {
        to: account.email.clone(),
        subject: format!("You look after {pages} of {site} now"),
        text: format!(
            "Hello {},\n\nyou look after {pages} of {site} now: someone has handed {it} over to you. You are sent mail when a review is due. Your own page lists {it}:\n\n{link}\n",
            account.name
        ),
    };
    Ok(vec![(account, mail)])
}
