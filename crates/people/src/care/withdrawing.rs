//! Withdrawing a document in the browser, with its text kept as a new draft where that is allowed.

use async_recursion::async_recursion as boxed;
use drafting::Content;
use ledger::leaf::Why;
use node::{
    Node, NodeError,
    audit::By,
    flows::{publish::new_id, withdraw},
};
use store::{Cared, KeptText, NewDraft, StoreError, Succession, WithdrawalRequest};
use wire::{DocumentId, Timestamp};

use super::successor::{Replaced, replace};
use crate::drafts::{MAX_LISTED, Person, outline, own_document};

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
    /// The document of this node that replaces it, where one is named: a version of that says so, or nothing is withdrawn.
    pub successor: Option<DocumentId>,
}

/// What happened to a withdrawal.
#[derive(Debug, Clone)]
pub enum WithdrawOutcome {
    /// It is withdrawn, with the draft that has its text.
    Withdrawn(Option<DocumentId>),
    /// It, or what replaces it, was changed meanwhile; it is still there.
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
    let kept = match withdrawal.kept {
        Kept::AsDraft if may_keep(why) => kept_text(node, person, id).await?,
        Kept::AsDraft | Kept::Nothing => None,
    };
    let draft = kept.as_ref().map(|kept| kept.draft.id);
    if let Some(successor) = withdrawal.successor {
        let kept = kept.clone();
        let succession = Succession {
            replaced: id,
            why,
            kept,
        };
        match replace(node, &by, successor, succession).await {
            Ok(Replaced::Done) => return Ok(WithdrawOutcome::Withdrawn(draft)),
            Ok(Replaced::Refused(why)) => return Ok(WithdrawOutcome::Refused(why)),
            // It follows alone.
            Ok(Replaced::Said) => {}
            // Someone else has withdrawn it meanwhile, as is found below.
            Err(NodeError::Store(StoreError::Withdrawn(gone))) if gone == id => {}
            Err(error) => return changed_or(error),
        }
    }
    let withdrawn = match &kept {
        Some(kept) => withdraw::withdraw_keeping(node, id, why, kept, &by).await,
        None => withdraw::withdraw(node, id, why, &by).await,
    };
    match withdrawn {
        // Of what someone else has withdrawn meanwhile, nothing was kept.
        Ok(Some(withdrawn)) => Ok(WithdrawOutcome::Withdrawn(
            draft.filter(|_| !withdrawn.again),
        )),
        Ok(None) => Ok(WithdrawOutcome::Missing),
        Err(error) => changed_or(error),
    }
}

/// Returns the outcome for what someone else has changed meanwhile, and any other error as it is.
fn changed_or(error: NodeError) -> Result<WithdrawOutcome, NodeError> {
    match error {
        NodeError::Store(
            StoreError::Stale { .. } | StoreError::Withdrawn(_) | StoreError::AlreadyPublished(_),
        ) => Ok(WithdrawOutcome::Changed),
        error => Err(error),
    }
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
