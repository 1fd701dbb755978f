//! Withdrawing a document in the browser, with its text kept as a new draft where that is allowed.

use async_recursion::async_recursion as boxed;
use drafting::Content;
use ledger::leaf::Why;
use node::{
    Node, NodeError,
    audit::By,
    flows::{publish::new_id, withdraw},
};
use store::{Cared, KeptText, NewDraft, StoreError, WithdrawalRequest, Withdrawn};
use wire::{DocumentId, Timestamp};

use super::successor::{Says, say};
use crate::drafts::{MAX_LISTED, Person, outline, own_document};

/// Attempts to withdraw a document whose successor says so already, while others change it.
const MAX_ATTEMPTS: u32 = 5;

/// Whether the text of a withdrawn document is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// No: it is erased.
    Nothing,
    /// As a draft of a new document that replaces the withdrawn one.
    AsDraft,
}

/// What a person has decided about a document.
#[derive(Debug, Clone, Copy)]
pub struct Withdrawal {
    /// The document.
    pub id: DocumentId,
    /// Why it is withdrawn.
    pub why: Why,
    /// Whether its text is kept.
    pub kept: Kept,
    /// The document of this node that replaces it, where one is named: a version of that says so first.
    pub successor: Option<DocumentId>,
}

/// What happened to a withdrawal.
#[derive(Debug, Clone)]
pub enum WithdrawOutcome {
    /// It is withdrawn, with the draft that has its text.
    Withdrawn(Box<Withdrawn>, Option<DocumentId>),
    /// It was changed while its text was kept; it is still there.
    Changed,
    /// The document that replaces it cannot say so, and why; it is still there.
    Refused(String),
    /// There is no such document.
    Missing,
}

/// Withdraws a document. Its text is never kept where it could identify a person, or where a law forbids it.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn withdraw(
    node: &Node,
    person: Person,
    withdrawal: Withdrawal,
) -> Result<WithdrawOutcome, NodeError> {
    let Withdrawal { id, why, .. } = withdrawal;
    let by = By::Account(person.id);
    // Before the withdrawal, which cannot be undone; a version that says it twice is never made.
    if let Some(successor) = withdrawal.successor
        && let Says::Refused(why) = say(node, &by, successor, id).await?
    {
        return Ok(WithdrawOutcome::Refused(why));
    }
    // Once the page that replaces it says so, the withdrawal follows: with the text of this moment, if someone changes that.
    let attempts = match withdrawal.successor {
        Some(_) => MAX_ATTEMPTS,
        None => 1,
    };
    for _ in 0..attempts {
        let kept = match withdrawal.kept {
            Kept::AsDraft if may_keep(why) => kept_text(node, person, id).await?,
            Kept::AsDraft | Kept::Nothing => None,
        };
        let withdrawn = match &kept {
            Some(kept) => withdraw::withdraw_keeping(node, id, why, kept, &by).await,
            None => withdraw::withdraw(node, id, why, &by).await,
        };
        return Ok(match withdrawn {
            Ok(Some(withdrawn)) => {
                // Of what someone else has withdrawn meanwhile, nothing was kept.
                let kept = kept.filter(|_| !withdrawn.again);
                let draft = kept.map(|kept| kept.draft.id);
                WithdrawOutcome::Withdrawn(Box::new(withdrawn), draft)
            }
            Ok(None) => WithdrawOutcome::Missing,
            Err(NodeError::Store(StoreError::Stale { .. })) => continue,
            Err(error) => return Err(error),
        });
    }
    Ok(WithdrawOutcome::Changed)
}

/// Returns whether the text of a document that is withdrawn for this reason may be kept.
#[must_use]
pub fn may_keep(why: Why) -> bool {
    match why {
        Why::Privacy | Why::Legal => false,
        Why::Error | Why::Superseded | Why::Other => true,
    }
}

/// Returns the text of a document as a draft under a new id, which replaces it.
async fn kept_text(
    node: &Node,
    person: Person,
    id: DocumentId,
) -> Result<Option<KeptText>, NodeError> {
    let Some((mut document, rev)) = own_document(node, id).await? else {
        return Ok(None);
    };
    document.common.replaces = vec![id];
    // Its files are erased with it; the text shows where they were.
    document.common.attachments = Vec::new();
    let content = Content::from_document(&document, false, outline);
    let now = node.now();
    let draft = NewDraft {
        id: new_id(now)?,
        document: new_id(now)?,
        base: None,
        kind: content.kind().as_str().to_owned(),
        author: person.id,
        content: content.to_bytes(),
    };
    Ok(Some(KeptText { rev, draft }))
}

/// What an author asks of the editors.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The document to withdraw.
    pub id: DocumentId,
    /// Why.
    pub why: Why,
    /// The document of this node that replaces it, where one is named.
    pub successor: Option<DocumentId>,
}

/// Returns the request to withdraw a document that waits.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn waiting(node: &Node, id: DocumentId) -> Result<Option<WithdrawalRequest>, NodeError> {
    let request = node.store.withdrawal_request(id).await?;
    Ok(request.filter(|request| request.kept_at.is_none()))
}

/// Asks the editors to withdraw a document. `seen` is when the request was made that the person was shown, if one waits: it takes
/// the place of that one, and of no other. Returns whether it was made.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn request(
    node: &Node,
    person: Person,
    asked: Asked,
    seen: Option<Timestamp>,
) -> Result<bool, NodeError> {
    let request = WithdrawalRequest {
        document: asked.id,
        account: person.id,
        why: asked.why.as_str().to_owned(),
        at: node.now(),
        successor: asked.successor,
        kept_at: None,
    };
    let is_made = node.store.request_withdrawal(&request, seen).await?;
    if is_made {
        node.wakers.mailer.notify_one();
    }
    Ok(is_made)
}

/// Keeps a document that someone has asked to withdraw, who is sent mail about it. `seen` is when the request was made that the
/// person was shown; returns whether that one still waited.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn decline(
    node: &Node,
    person: Person,
    id: DocumentId,
    seen: Timestamp,
) -> Result<bool, NodeError> {
    let by = By::Account(person.id);
    let is_kept = node.store.keep_requested(id, seen, &by, node.now()).await?;
    if is_kept {
        node.wakers.mailer.notify_one();
    }
    Ok(is_kept)
}

/// Returns what authors have asked to withdraw, the oldest first.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn requests(node: &Node) -> Result<Vec<(WithdrawalRequest, Cared)>, NodeError> {
    let mut open = Vec::new();
    for request in node.store.withdrawal_requests(MAX_LISTED).await? {
        // One that was withdrawn since has no request any more.
        if let Some(cared) = node.store.cared(request.document).await? {
            open.push((request, cared));
        }
    }
    Ok(open)
}
