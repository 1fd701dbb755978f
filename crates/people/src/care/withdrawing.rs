//! Withdrawing a document in the browser, with its text kept as a new draft where that is allowed.

use drafting::Content;
use ledger::leaf::Why;
use node::{
    Node, NodeError,
    audit::{self, Act, By, Entry, Object},
    flows::{publish::new_id, withdraw},
};
use store::{NewDraft, WithdrawalRequest, Withdrawn};
use wire::DocumentId;

use crate::drafts::{self, MAX_LISTED, Person, outline, own_document};

/// The version of a draft that was just begun.
const FIRST_VERSION: u64 = 1;

/// Whether the text of a withdrawn document is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// No: it is erased.
    Nothing,
    /// As a draft of a new document that replaces the withdrawn one.
    AsDraft,
}

/// What became of a withdrawal.
#[derive(Debug, Clone)]
pub enum WithdrawOutcome {
    /// It is withdrawn, with the draft that has its text.
    Withdrawn(Box<Withdrawn>, Option<DocumentId>),
    /// There is no such document.
    Missing,
}

/// Withdraws a document. Its text is never kept where it could identify a person, or where a law forbids it.
///
/// # Errors
/// Of the database.
pub async fn withdraw(
    node: &Node,
    person: Person,
    id: DocumentId,
    why: Why,
    kept: Kept,
) -> Result<WithdrawOutcome, NodeError> {
    // The draft comes first: after the withdrawal there is no text any more.
    let draft = match kept {
        Kept::AsDraft if may_keep(why) => keep(node, person, id).await?,
        Kept::AsDraft | Kept::Nothing => None,
    };
    let by = By::Account(person.id);
    let withdrawn = withdraw::withdraw(node, id, why, &by).await?;
    let Some(withdrawn) = withdrawn else {
        return Ok(WithdrawOutcome::Missing);
    };
    // Someone else was quicker, with a reason for which no text is kept.
    let is_kept = !withdrawn.again || Why::parse(&withdrawn.why).is_some_and(may_keep);
    if let Some(draft) = draft.filter(|_| !is_kept) {
        drafts::delete(node, person, draft, FIRST_VERSION).await?;
        return Ok(WithdrawOutcome::Withdrawn(Box::new(withdrawn), None));
    }
    Ok(WithdrawOutcome::Withdrawn(Box::new(withdrawn), draft))
}

/// Returns whether the text of a document that is withdrawn for this reason may be kept.
#[must_use]
pub fn may_keep(why: Why) -> bool {
    match why {
        Why::Privacy | Why::Legal => false,
        Why::Error | Why::Superseded | Why::Other => true,
    }
}

/// Begins a draft with the text of a document, under a new id that replaces it.
async fn keep(
    node: &Node,
    person: Person,
    id: DocumentId,
) -> Result<Option<DocumentId>, NodeError> {
    let Some((mut document, _)) = own_document(node, id).await? else {
        return Ok(None);
    };
    document.common.replaces = vec![id];
    // Its files are erased with it; the text shows where they were.
    document.common.attachments = Vec::new();
    let content = Content::from_document(&document, false, outline);
    let now = node.now();
    let draft = new_id(now)?;
    let new = NewDraft {
        id: draft,
        document: new_id(now)?,
        base: None,
        kind: content.kind().as_str().to_owned(),
        author: person.id,
        content: content.to_bytes(),
    };
    node.store.create_draft(&new, now).await?;
    Ok(Some(draft))
}

/// Asks the editors to withdraw a document.
///
/// # Errors
/// Of the database.
pub async fn request(
    node: &Node,
    person: Person,
    id: DocumentId,
    why: Why,
) -> Result<(), NodeError> {
    let request = WithdrawalRequest {
        document: id,
        account: person.id,
        why: why.as_str().to_owned(),
        at: node.now(),
    };
    node.store.request_withdrawal(&request).await?;
    record(node, person, Act::WithdrawalRequested, id).await;
    Ok(())
}

/// Keeps a document that someone has asked to withdraw.
///
/// # Errors
/// Of the database.
pub async fn decline(node: &Node, person: Person, id: DocumentId) -> Result<(), NodeError> {
    if node.store.end_withdrawal_request(id).await? {
        record(node, person, Act::WithdrawalDeclined, id).await;
    }
    Ok(())
}

async fn record(node: &Node, person: Person, act: Act, id: DocumentId) {
    let by = By::Account(person.id);
    let entry = Entry::new(&by, act, Object::Document(id), node.now());
    audit::record(node, entry).await;
}

/// Returns what authors have asked to withdraw, the oldest first.
///
/// # Errors
/// Of the database.
pub async fn requests(node: &Node) -> Result<Vec<WithdrawalRequest>, NodeError> {
    Ok(node.store.withdrawal_requests(MAX_LISTED).await?)
}
