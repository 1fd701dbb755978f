//! Mails about review: to those who review that a draft waits, and to its author what became of it.
//!
//! A mail has no word of a draft, since no one may have read it for patient data yet. It is lost if the program ends before it is
//! sent; the queue of reviews and each person's own page say the same.

use accounts::mail::Mail;
use node::{Node, NodeError, urls};
use store::{Account, DraftState, WrittenDraft};
use wire::DocumentId;

use crate::review::is_second_person;

/// Reviewers who are sent mail.
const MAX_REVIEWERS: u32 = 50;

/// Lets the people of a draft be sent mail: it was submitted, returned, declined or published.
pub(crate) fn announce(node: &Node, draft: DocumentId) {
    if node.accounts.can_mail() && !node.reviewed_drafts.send(draft) {
        tracing::warn!(%draft, "too many mails wait; none is sent about a draft");
    }
}

/// Sends the mails about a draft; returns how many.
///
/// # Errors
/// Of the database.
pub async fn send(node: &Node, draft: DocumentId) -> Result<u64, NodeError> {
    let (Some(mailer), Some(words)) = (&node.accounts.mailer, node.store.draft_words(draft).await?)
    else {
        return Ok(0);
    };
    let draft = words.draft;
    let mut sent = 0;
    for person in people_of(node, &draft).await? {
        let Some(mail) = mail(node, &draft, &person).await? else {
            continue;
        };
        match mailer.send(&mail).await {
            Ok(()) => sent += 1,
            Err(error) => {
                tracing::warn!(%error, draft = %draft.id, account = %person.id, "a mail about a draft could not be sent");
            }
        }
    }
    Ok(sent)
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
                "a draft by {author} waits for review on {site}. Every editor has this mail; whoever is first reads it:"
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
