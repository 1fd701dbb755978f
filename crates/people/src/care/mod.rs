//! Life after publishing: who looks after a document, that it is still true, and its withdrawal.
//!
//! Whoever has looked after a document and has left is followed by the lead of the site, or by an administrator: no document is
//! without someone.

mod caring;
pub mod mails;
pub mod receipts;
pub mod reminders;
mod successor;
mod withdrawing;

use async_recursion::async_recursion as boxed;
use domain::Document;
use node::{
    Node, NodeError,
    audit::{self, Act, By, Entry, Object},
    flows::publish::{self, Change, Refusal, Submission},
};
use patient_data::{Acceptance, Cleared, Kind};
use store::{Account, Cared, Occasion};
use wire::{DocumentId, Role};

use crate::drafts::{Person, own_document};

pub use caring::{Caring, caring};
pub use successor::{NotNamed, successor};
pub use withdrawing::{
    Asked, Kept, WithdrawOutcome, Withdrawal, decline, may_keep, request, requests, waiting,
    withdraw,
};

/// Months until the next review of a document that was confirmed.
const REVIEW_MONTHS: i32 = 12;

/// Returns a document of this node, and who looks after it; `None` if there is no such document.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn find(
    node: &Node,
    id: DocumentId,
) -> Result<Option<(Cared, Option<Account>)>, NodeError> {
    let Some(cared) = node.store.cared(id).await? else {
        return Ok(None);
    };
    let carer = carer_of(node, &cared).await?;
    Ok(Some((cared, carer)))
}

/// Returns who looks after a document: the person it was given to, else who wrote its first version, else the lead of the site, else the
/// administrator who has been here longest. One who cannot sign in or
/// cannot write any more does not count.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn carer_of(node: &Node, cared: &Cared) -> Result<Option<Account>, NodeError> {
    for id in [cared.owner, cared.author].into_iter().flatten() {
        let account = node.store.account(id).await?;
        if let Some(account) = account.filter(can_write) {
            return Ok(Some(account));
        }
    }
    let settings = node.current();
    if let Some(lead) = &settings.publishing.lead {
        let account = node.store.account_by_email(lead).await?;
        if let Some(account) = account.filter(can_write) {
            return Ok(Some(account));
        }
    }
    Ok(node.store.first_administrator().await?)
}

/// Returns whether a person may look after a document: an editor, who looks after it, or who has written it.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn may_care(node: &Node, person: Person, cared: &Cared) -> Result<bool, NodeError> {
    if person.reviews() {
        return Ok(true);
    }
    if person.role < Role::Contributor {
        return Ok(false);
    }
    let carer = carer_of(node, cared).await?;
    if carer.is_some_and(|carer| carer.id == person.id) {
        return Ok(true);
    }
    Ok(node.store.has_authored(cared.id, person.id).await?)
}

/// What happened to the statement that a document is still true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// A new revision says so.
    Done,
    /// It was changed since the person was asked.
    Changed,
    /// It was withdrawn, or there never was one.
    Missing,
    /// The rules of today refuse it as it is, and say why.
    Refused(String),
}

/// Publishes the text of a revision again, with today as the day of its review; no one has to approve that.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn confirm(
    node: &Node,
    by: &By,
    id: DocumentId,
    rev: u64,
) -> Result<Confirmed, NodeError> {
    let Some((mut document, held)) = own_document(node, id).await? else {
        return Ok(Confirmed::Missing);
    };
    if held != rev {
        return Ok(Confirmed::Changed);
    }
    let today = node.now().date();
    document.common.reviewed = Some(today);
    document.common.review_by = Some(today.add_months(REVIEW_MONTHS));
    let acceptance = acceptance_of(node, id, rev).await?;
    let submission = submission(id, rev, document, acceptance, by);
    let published = publish::publish_for(node, submission, Occasion::Confirmation).await?;
    Ok(match published {
        Ok(accepted) => {
            if accepted.change == Change::Unchanged {
                // It was reviewed today already: there is no new revision, but someone else may say the same.
                let entry = Entry::new(by, Act::ReviewConfirmed, Object::Document(id), node.now());
                let detail = format!("revision {rev} is still true");
                audit::record(node, entry.with_detail(&detail)).await;
            }
            Confirmed::Done
        }
        Err(refused) => refused_as(refused.refusal),
    })
}

/// Returns what a refusal to publish the same text again means for who confirms it.
fn refused_as(refusal: Refusal) -> Confirmed {
    match &refusal {
        Refusal::Stale(_) => Confirmed::Changed,
        Refusal::Withdrawn(_) => Confirmed::Missing,
        Refusal::Faults(_) | Refusal::PatientData(_) => Confirmed::Refused(reasons(&refusal)),
    }
}

/// Returns why a page of this site was refused as it is, as part of a sentence.
fn reasons(refusal: &Refusal) -> String {
    let texts: Vec<String> = match refusal {
        Refusal::Stale(_) => vec!["it was changed at this moment".to_owned()],
        Refusal::Withdrawn(_) => vec!["it was withdrawn".to_owned()],
        Refusal::Faults(faults) => faults.iter().map(|fault| fault.text.clone()).collect(),
        Refusal::PatientData(findings) => findings.iter().map(|finding| finding.text()).collect(),
    };
    texts.join("; ")
}

fn submission(
    id: DocumentId,
    rev: u64,
    document: Document,
    acceptance: Acceptance,
    by: &By,
) -> Submission {
    Submission {
        id: Some(id),
        base: Some(rev),
        document,
        extract: None,
        import: None,
        acceptance,
        cleared: Cleared::default(),
        by: by.clone(),
    }
}

/// Returns the reasons for which a revision was published despite warnings: they count for the same text again.
async fn acceptance_of(node: &Node, id: DocumentId, rev: u64) -> Result<Acceptance, NodeError> {
    let mut acceptance = Acceptance::default();
    for warning in node.store.accepted_warnings_of(id, rev).await? {
        if let Some(kind) = Kind::parse(&warning.kind)
            && let Err(fault) = acceptance.add_reason(Some(kind), &warning.reason)
        {
            tracing::debug!(%fault, "a reason that was accepted once is not any more");
        }
    }
    Ok(acceptance)
}

/// What came of handing pages over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// So many documents have someone else who looks after them.
    Done(u64),
    /// The document is not there any more.
    NoSuchDocument,
    /// There is no account of the person who looks after them now.
    NoSuchPerson,
    /// The person who takes over cannot sign in or cannot write.
    CannotWrite,
    /// It is one person: nothing would change.
    Same,
}

/// Makes a person look after a document.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn set_owner(
    node: &Node,
    by: &By,
    id: DocumentId,
    email: &str,
) -> Result<Handed, NodeError> {
    let Some(cared) = node.store.cared(id).await? else {
        return Ok(Handed::NoSuchDocument);
    };
    let Some(account) = writer(node, email).await? else {
        return Ok(Handed::CannotWrite);
    };
    if cared.owner.or(cared.author) == Some(account.id) {
        return Ok(Handed::Same);
    }
    node.store.set_owner(id, account.id, by, node.now()).await?;
    node.wakers.mailer.notify_one();
    Ok(Handed::Done(1))
}

/// What handing over everything that a person looks after would do.
#[derive(Debug, Clone)]
pub struct HandingOver {
    /// Who looks after it now.
    pub from: Account,
    /// Who would look after it.
    pub to: Account,
    /// How many documents that are.
    pub count: u64,
}

/// Returns what handing over everything from one person to another would do; `None` where it would be refused.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn handing_over(
    node: &Node,
    from: &str,
    to: &str,
) -> Result<Option<HandingOver>, NodeError> {
    let from = node.store.account_by_email(&lower(from)).await?;
    let (Some(from), Some(to)) = (from, writer(node, to).await?) else {
        return Ok(None);
    };
    if from.id == to.id {
        return Ok(None);
    }
    let count = node.store.count_looked_after(from.id).await?;
    Ok(Some(HandingOver { from, to, count }))
}

/// Makes one person look after everything that another one looks after.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn hand_over(node: &Node, by: &By, from: &str, to: &str) -> Result<Handed, NodeError> {
    let Some(from) = node.store.account_by_email(&lower(from)).await? else {
        return Ok(Handed::NoSuchPerson);
    };
    let Some(to) = writer(node, to).await? else {
        return Ok(Handed::CannotWrite);
    };
    if from.id == to.id {
        return Ok(Handed::Same);
    }
    let now = node.now();
    let count = node.store.hand_over(from.id, to.id, by, now).await?;
    node.wakers.mailer.notify_one();
    Ok(Handed::Done(count))
}

/// Returns the account of a person who can sign in and write.
async fn writer(node: &Node, email: &str) -> Result<Option<Account>, NodeError> {
    let account = node.store.account_by_email(&lower(email)).await?;
    Ok(account.filter(can_write))
}

/// Returns whether a person can sign in and write.
fn can_write(account: &Account) -> bool {
    account.disabled_at.is_none() && account.role >= Role::Contributor
}

fn lower(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}
