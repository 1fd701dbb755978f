//! Mails about review: to those who review that a draft waits, and to its author what happened to it.
//!
//! A mail has no word of a draft, since no one may have read it for patient data yet. That one is due is recorded with what became
//! of the draft, and that it was sent afterwards: it is sent once, or again where the program ended in between.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use accounts::mail::{Mail, Mailer};
use drafting::Notes;
use node::{Node, NodeError, urls};
use store::{Account, DraftState, WrittenDraft};
use wire::Timestamp;

use crate::review::is_second_person;

/// Reviewers who are sent mail.
const MAX_REVIEWERS: u32 = 50;
/// Drafts whose mails are sent in one round.
const MAX_BATCH: u32 = 50;
/// A mail that could not be sent for so long is of no use any more: the pages say the same.
const MAX_AGE: Duration = Duration::from_secs(3 * 86_400);

/// Sends the mails that are due; returns how many. Those of a draft of which the server took none wait for the next round.
/// Without a mail server nothing is sent, and not later either: whoever switches mail on is not sent what is past.
/// A process that does not sign leaves all of them to the one that does.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn send_due(node: &Node) -> Result<u64, NodeError> {
    if node.leaves_work_to_another().await? {
        return Ok(0);
    }
    let Some(mailer) = &node.accounts.mailer else {
        node.store.forget_draft_mails().await?;
        return Ok(0);
    };
    let mut sent = 0;
    for draft in node.store.drafts_to_mail(MAX_BATCH).await? {
        let round = match is_too_old(&draft, node.now()) {
            true => Round::default(),
            false => send(node, mailer, &draft).await?,
        };
        sent += round.sent;
        if round.sent > 0 || round.to_try_again == 0 {
            node.store.draft_mailed(draft.id, draft.version).await?;
        }
    }
    Ok(sent)
}

/// What happened to the mails about one draft.
#[derive(Default)]
struct Round {
    sent: u64,
    to_try_again: u64,
}

/// Sends the mails about a draft.
async fn send(node: &Node, mailer: &Mailer, draft: &WrittenDraft) -> Result<Round, NodeError> {
    let mut round = Round::default();
    for person in people_of(node, draft).await? {
        let Some(mail) = mail(node, draft, &person).await? else {
            continue;
        };
        match mailer.send(&mail).await {
            Ok(()) => round.sent += 1,
            Err(error) => {
                tracing::warn!(%error, draft = %draft.id, account = %person.id, "a mail about a draft could not be sent");
                round.to_try_again += u64::from(!error.is_final());
                node.read_authorities_after_failure().await;
            }
        }
    }
    Ok(round)
}

/// Returns whether what happened to a draft is long ago.
fn is_too_old(draft: &WrittenDraft, now: Timestamp) -> bool {
    let at = match draft.state {
        DraftState::Writing => None,
        DraftState::Submitted => draft.submitted_at,
        DraftState::Returned => draft.returned_at,
        DraftState::Published => draft.published_at,
    };
    at.is_none_or(|at| now.since(at) >= MAX_AGE)
}

/// Returns who is sent mail about a draft as it is now: those who can sign in, and have not done it themselves.
async fn people_of(node: &Node, draft: &WrittenDraft) -> Result<Vec<Account>, NodeError> {
    let by = match draft.state {
        DraftState::Writing => return Ok(Vec::new()),
        DraftState::Submitted => {
            let reviewers = node.store.reviewers(MAX_REVIEWERS).await?.into_iter();
            return Ok(reviewers
                .filter(|account| is_second_person(account.id, draft))
                .collect());
        }
        DraftState::Returned => draft.returned_by,
        DraftState::Published => draft.approved_by,
    };
    if by == Some(draft.author) {
        return Ok(Vec::new());
    }
    let author = node.store.account(draft.author).await?;
    let author = author.filter(|account| account.disabled_at.is_none());
    Ok(author.into_iter().collect())
}

/// Returns whether a reviewer took a draft back to edit it.
async fn is_taken_back(node: &Node, draft: &WrittenDraft) -> Result<bool, NodeError> {
    let words = node.store.draft_words(draft.id).await?;
    let notes = words.and_then(|words| Notes::read(&words.notes?));
    Ok(notes.is_some_and(|notes| notes.is_empty()))
}

/// Writes what is sent to a person about a draft.
async fn mail(
    node: &Node,
    draft: &WrittenDraft,
    person: &Account,
) -> Result<Option<Mail>, NodeError> {
    let Some(identity) = node.identity() else {
        return Ok(None);
    };
    let settings = node.current();
    let site = &settings.site.name;
    let (subject, what, path) = match draft.state {
        DraftState::Writing => return Ok(None),
        DraftState::Submitted => {
            let author = node.store.account(draft.author).await?;
            let author = author.map_or_else(|| "someone".to_owned(), |author| author.name);
            let what = format!(
                "a draft by {author} waits for review on {site}. All editors are sent this mail; the first who has time reads it:"
            );
            (
                format!("A draft to review on {site}"),
                what,
                urls::review(draft.id),
            )
        }
        DraftState::Returned => {
            let what = match draft.declined {
                true => "a reviewer has declined the change that you proposed, and says why:",
                false if is_taken_back(node, draft).await? => {
                    "a reviewer has taken your draft back to edit it:"
                }
                false => "a reviewer has read your draft and returned it with comments:",
            };
            (
                format!("Your draft on {site}"),
                what.to_owned(),
                urls::draft(draft.id),
            )
        }
        DraftState::Published => {
            let path = urls::document_by_id(&identity.handle, draft.document);
            let what = "what you have written is approved and published:".to_owned();
            (format!("Published on {site}"), what, path)
        }
    };
    Ok(Some(Mail {
        to: person.email.clone(),
        subject,
        text: format!(
            "Hello {},\n\n{what}\n\n{}\n",
            person.name,
            identity.absolute(&path)
        ),
    }))
}
