//! Reminders by mail: 30 days before the review of a document is due, on its day, and 30 days after it, once each; and on the
//! day of a result that was promised.
//!
//! A reminder of a review has a link with which the person says in two clicks that the document is still true. A person gets
//! one mail for all documents, and one reminder of each review: the latest one that is due.

mod links;

use async_recursion::async_recursion as boxed;
use std::{collections::BTreeMap, time::Duration};

use accounts::{OneTimeSecret, mail::Mail};
use domain::month_name;
use node::{Node, NodeError, urls};
use store::{Account, Cared, ReminderStep, ReviewLink, ValidClaims};
use wire::{AccountId, Date, Role, Timestamp};

use super::carer_of;

pub use links::{LinkState, open_link, use_link};

const DAY: Duration = Duration::from_secs(86_400);
/// Days before the day of the review, and after it, on which a reminder is sent.
const DAYS: u32 = 30;
/// A link works until the last reminder, and a while longer.
const LINK_LIFETIME: Duration = DAY.saturating_mul(90);
/// How long a link is kept after it has expired, so that its page can say so; also a reminder of a day that is over.
const MAX_AGE_EXPIRED: Duration = DAY.saturating_mul(30);
/// After this time a reminder that was not sent is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(3_600);
/// Documents that are read at a time.
const MAX_BATCH: u32 = 100;
/// Documents of which one run reminds for each step; the next run continues, since these are reminded then.
const MAX_DOCUMENTS: usize = 1_000;
/// Documents in one mail.
const MAX_IN_MAIL: usize = 20;

/// A reminder that is claimed.
struct Due {
    cared: Cared,
    date: Date,
    step: ReminderStep,
}

type ByPerson = BTreeMap<AccountId, (Account, Vec<Due>)>;

/// Sends the reminders that are due; returns how many mails were sent. Without a mail server nothing is sent and nothing is
/// recorded.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn send_due(node: &Node) -> Result<u64, NodeError> {
    if node.accounts.mailer.is_none() || node.identity().is_none() {
        return Ok(0);
    }
    let now = node.now();
    // Step 1: claim what is due, for the person who looks after each document.
    let mut by_person = ByPerson::new();
    for step in ReminderStep::ALL {
        claim_all(node, step, now, &mut by_person).await?;
    }
    // Step 2: one mail to each person. Those who see all reviews on a page get no second one for the rest.
    let mut sent = 0;
    for (account, due) in by_person.into_values() {
        let in_mail = match account.role {
            Role::Editor | Role::Administrator => due.len(),
            Role::Reader | Role::Contributor => MAX_IN_MAIL,
        };
        for part in due.chunks(in_mail.max(1)) {
            sent += u64::from(send(node, &account, part, now).await?);
        }
    }
    // Step 3: what is of no use any more.
    let old = now.minus(MAX_AGE_EXPIRED);
    node.store.delete_old_review_links(old).await?;
    node.store.delete_old_reminders(old).await?;
    Ok(sent)
}

/// Claims the reminders of one step that were not sent yet.
async fn claim_all(
    node: &Node,
    step: ReminderStep,
    now: Timestamp,
    by_person: &mut ByPerson,
) -> Result<(), NodeError> {
    let valid = ValidClaims {
        after: now.minus(RETRY_AFTER),
        before: now.plus(RETRY_AFTER),
    };
    let days = days_of(step, now);
    let mut seen = 0;
    while seen < MAX_DOCUMENTS {
        // What is claimed is in no later batch.
        let batch = node.store.to_remind(step, days, valid, MAX_BATCH).await?;
        if batch.is_empty() {
            break;
        }
        seen += batch.len();
        for cared in batch {
            let day = match step {
                ReminderStep::Before | ReminderStep::Due | ReminderStep::After => cared.review_by,
                ReminderStep::Promised => cared.expected_by,
            };
            // No one at all has an account: there is nothing to claim, in this batch or a later one.
            let (Some(date), Some(account)) = (day, carer_of(node, &cared).await?) else {
                return Ok(());
            };
            let reminder = (cared.id, date, step);
            let claimed = node
                .store
                .claim_reminder(reminder, account.id, now, valid)
                .await?;
            if claimed {
                let of_person = by_person.entry(account.id);
                let (_, list) = of_person.or_insert_with(|| (account, Vec::new()));
                list.push(Due { cared, date, step });
            }
        }
    }
    Ok(())
}

/// Returns the days for which a reminder is sent now: after the first one and up to the second.
fn days_of(step: ReminderStep, now: Timestamp) -> (Option<Date>, Date) {
    let (today, month) = (now.date(), DAY * DAYS);
    let (earlier, later) = (now.minus(month).date(), now.plus(month).date());
    match step {
        ReminderStep::Before => (Some(today), later),
        ReminderStep::Due => (Some(earlier), today),
        ReminderStep::After => (None, earlier),
        ReminderStep::Promised => (None, today),
    }
}

/// Mails reminders to a person; returns whether the server has taken the mail. What it has not taken is tried again later.
async fn send(
    node: &Node,
    account: &Account,
    due: &[Due],
    now: Timestamp,
) -> Result<bool, NodeError> {
    let (Some(mailer), Some(identity)) = (&node.accounts.mailer, node.identity()) else {
        return Ok(false);
    };
    // Step 1: a link for each review.
    let listed = due.get(..MAX_IN_MAIL).unwrap_or(due);
    let mut secrets = Vec::with_capacity(listed.len());
    for one in listed {
        secrets.push(link_for(node, account, one, now).await?);
    }
    // Step 2: the mail.
    let settings = node.current();
    let site = &settings.site.name;
    let address = |path: &str| identity.absolute(path);
    let mail = Mail {
        to: account.email.clone(),
        subject: format!("Pages to review on {site}"),
        text: text(site, &account.name, due, &secrets, address),
    };
    if let Err(error) = mailer.send(&mail).await {
        tracing::warn!(%error, account = %account.id, "a reminder could not be mailed; trying again in an hour");
        node.read_authorities_after_failure().await;
        for secret in secrets.iter().flatten() {
            let bytes = secret.expose().as_bytes();
            node.store.drop_review_link(bytes).await?;
        }
        return Ok(false);
    }
    // Step 3: it is not sent again.
    for one in due {
        let reminder = (one.cared.id, one.date, one.step);
        node.store.reminder_sent(reminder, now).await?;
    }
    Ok(true)
}

/// Makes the link with which a person says that a document is still true; a promised result is answered by a new version.
async fn link_for(
    node: &Node,
    account: &Account,
    due: &Due,
    now: Timestamp,
) -> Result<Option<OneTimeSecret>, NodeError> {
    if due.step == ReminderStep::Promised {
        return Ok(None);
    }
    let link = ReviewLink {
        document: due.cared.id,
        rev: due.cared.rev,
        account: account.id,
        created_at: now,
        expires_at: now.plus(LINK_LIFETIME),
        used_at: None,
    };
    let secret = OneTimeSecret::for_link()?;
    let bytes = secret.expose().as_bytes();
    node.store.add_review_link(bytes, &link).await?;
    Ok(Some(secret))
}

/// Writes a day as people in Britain do.
fn written(date: Date) -> String {
    let month = month_name(date.month());
    format!("{} {month} {}", date.day(), date.year())
}

/// Writes the mail: each page that has a link, and how many more there are.
fn text(
    site: &str,
    name: &str,
    due: &[Due],
    secrets: &[Option<OneTimeSecret>],
    address: impl Fn(&str) -> String,
) -> String {
    let mut text = format!(
        "Hello {name},\n\nYou look after these pages on {site}. Please say whether they are still true.\n"
    );
    for (one, secret) in due.iter().zip(secrets) {
        let when = match one.step {
            ReminderStep::Before => "Its review is due on",
            ReminderStep::Due => "Its review was due on",
            ReminderStep::After => "Its review has been overdue since",
            ReminderStep::Promised => "It promises a result by",
        };
        let title = markdown::visible(&one.cared.title);
        text.push_str(&format!("\n{title}\n{when} {}.\n", written(one.date)));
        let change = address(&urls::change(one.cared.id));
        text.push_str(&match secret {
            Some(secret) => format!(
                "Still true: {}\nChange or withdraw it: {}\n",
                address(&urls::still_true(secret.expose())),
                address(&urls::care(one.cared.id)),
            ),
            None => format!("Report the result, or say when you will: {change}\n"),
        });
    }
    let more = due.len().saturating_sub(secrets.len());
    if more > 0 {
        let list = address(urls::CARE);
        text.push_str(&format!("\nAnd {more} more, which are listed on {list}\n"));
    }
    text.push_str("\nA link works once. Do not give it to anyone else: what you say with it is in your name.\n");
    text
}

#[cfg(test)]
mod tests {
    use store::ReminderStep;
    use wire::{Date, Timestamp};

    use super::days_of;

    #[test]
    fn the_latest_reminder_that_is_due_is_sent() {
        let date = |text| Date::parse(text).unwrap();
        let due = date("2027-01-31");
        for (today, expected) in [
            ("2026-12-31", "none"),
            ("2027-01-01", "before"),
            ("2027-01-30", "before"),
            ("2027-01-31", "due"),
            ("2027-03-01", "due"),
            ("2027-03-02", "after"),
            ("2028-01-31", "after"),
        ] {
            let now: Timestamp = date(today).start();
            let is_in = |step: &ReminderStep| {
                let (after, until) = days_of(*step, now);
                *step != ReminderStep::Promised
                    && after.is_none_or(|after| due > after)
                    && due <= until
            };
            let found: Vec<&str> = ReminderStep::ALL
                .iter()
                .filter(|step| is_in(step))
                .map(|step| step.as_str())
                .collect();
            let expected: Vec<&str> = [expected]
                .into_iter()
                .filter(|one| *one != "none")
                .collect();
            assert_eq!(found, expected, "{today}");
        }
    }
}
