//! Work that a node does by itself for its people: mails links to those who ask for one, writes down how often their pages are
//! read, and deletes what has expired or is not used any more.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use node::Node;
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

/// Sends mails about drafts and published pages: at once, and again what the mail server did not take.
async fn mail_about_pages(node: &Node, stop: &CancellationToken) {
    const TRY_AGAIN_EVERY: Duration = Duration::from_secs(300);
    loop {
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
            () = tokio::time::sleep(TRY_AGAIN_EVERY) => {}
        }
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
