//! Work that a node does by itself for its people: mails links to those who ask for one, writes down how often their pages are
//! read, and deletes what has expired or is not used any more.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use node::Node;
use store::MailsDue;
use tokio_util::sync::CancellationToken;

use crate::{accounts, attachments, care, review_mails, work};

/// Time between two deletions of what has expired. It is not valid before that either.
const DELETE_EVERY: Duration = Duration::from_secs(600);

/// Does all background work for people until `stop`; returns when every task has ended.
#[boxed]
pub async fn run(node: &Node, stop: &CancellationToken) {
    tokio::join!(
        keep_accounts(node, stop),
        clean_attachments(node, stop),
        keep_reads(node, stop),
        look_after(node, stop),
        mail_about_pages(node, stop)
    );
}

async fn keep_accounts(node: &Node, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(request) = node.link_requests.next() => {
                if let Err(error) = accounts::answer_request(node, &request).await {
                    tracing::warn!(%error, "a link that was asked for could not be made");
                }
            }
            () = tokio::time::sleep(DELETE_EVERY) => {
                if let Err(error) = accounts::delete_expired(node).await {
                    tracing::warn!(%error, "expired sessions could not be deleted; trying again");
                }
            }
        }
    }
}

/// Writes down how often pages are read, one batch every half minute and one at the end.
async fn keep_reads(node: &Node, stop: &CancellationToken) {
    const WRITE_EVERY: Duration = Duration::from_secs(30);
    loop {
        let stopped = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(WRITE_EVERY) => false,
        };
        if let Err(error) = work::write_reads(node).await {
            tracing::warn!(%error, "the readers of some pages could not be counted");
        }
        if stopped {
            return;
        }
    }
}

/// Sends reminders of reviews, and asks peers for the receipts of withdrawals.
async fn look_after(node: &Node, stop: &CancellationToken) {
    /// Time between two requests for receipts while any is missing.
    const ASK_EVERY: Duration = Duration::from_secs(60);
    /// Rounds from one search for due reminders to the next: one hour.
    const REMIND_EVERY: u32 = 60;
    let mut round = 0_u32;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ASK_EVERY) => {}
        }
        if let Err(error) = care::receipts::ask_for_missing(node).await {
            tracing::warn!(%error, "peers could not be asked for receipts; trying again");
        }
        if round.is_multiple_of(REMIND_EVERY)
            && let Err(error) = care::reminders::send_due(node).await
        {
            tracing::warn!(%error, "reminders of reviews could not be sent; trying again");
        }
        round = round.wrapping_add(1);
    }
}

/// Sends mails about drafts and published pages: at once what this process has recorded, soon what another one has that shares the
/// database, and again what the mail server did not take.
async fn mail_about_pages(node: &Node, stop: &CancellationToken) {
    const TRY_AGAIN_EVERY: Duration = Duration::from_secs(300);
    loop {
        // Read before they are sent: what is recorded meanwhile is not among them.
        let before = due(node).await;
        let (drafts, pages) = tokio::select! {
            () = stop.cancelled() => return,
            sent = async { (review_mails::send_due(node).await, care::mails::send_due(node).await) } => sent,
        };
        for error in [drafts.err(), pages.err()].into_iter().flatten() {
            tracing::warn!(%error, "mails about drafts and pages could not be sent; trying again");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = node.wakers.mailer.notified() => {}
            () = recorded_by_another(node, before) => {}
            () = tokio::time::sleep(TRY_AGAIN_EVERY) => {}
        }
    }
}

/// Waits until other mails are due than before, where other processes share the database: one of them may have recorded it.
async fn recorded_by_another(node: &Node, before: Option<MailsDue>) {
    /// Time between two looks; each is one query of a few rows.
    const LOOK_EVERY: Duration = Duration::from_secs(20);
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = due(node).await;
        if now.is_some_and(|now| now.mails > 0) && now != before {
            return;
        }
    }
}

/// Returns what mails are due, where another process may record some. A fault of the database is reported where they are sent.
async fn due(node: &Node) -> Option<MailsDue> {
    match node.store.is_shared() {
        true => node.store.mails_due().await.ok(),
        false => None,
    }
}

/// Erases attached files that no draft and no document has any more.
async fn clean_attachments(node: &Node, stop: &CancellationToken) {
    const CLEAN_EVERY: Duration = Duration::from_secs(600);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CLEAN_EVERY) => {}
        }
        if let Err(error) = attachments::clean(node).await {
            tracing::error!(%error, "unused attachments could not be erased; trying again");
        }
    }
}
