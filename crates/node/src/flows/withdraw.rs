//! Withdraws this node's own documents. They leave pages and search with the commit, and the files soon after.

use async_recursion::async_recursion as boxed;
use ledger::leaf::Why;
use store::{KeptText, Occasion, Succession, Withdrawn};
use wire::DocumentId;

use crate::{
    audit::By,
    eraser::Removed,
    error::NodeError,
    flows::publish::{Change, Outcome, Submission, nudge_peers, publish_for},
    node::Node,
};

/// Withdraws an own document for good; `None` when there is none. When it returns, the tombstone is durable and in the
/// checkpoint, and no one is shown the document. Its words leave the files in the background, within a minute;
/// `node.eraser.settle()` waits for that. A second withdrawal changes nothing.
///
/// # Errors
/// [`NodeError::NotInitialised`]; of the database.
#[boxed]
pub async fn withdraw(
    node: &Node,
    id: DocumentId,
    why: Why,
    by: &By,
) -> Result<Option<Withdrawn>, NodeError> {
    end(node, || async {
        let identity = node.signer().await?;
        let signer = &identity.signer;
        let withdrawn = node.store.withdraw(id, why, signer, by, node.now()).await;
        Ok(withdrawn?)
    })
    .await
}

/// Withdraws an own document as [`withdraw`] does, and begins a draft with its text in the same transaction.
///
/// # Errors
/// As [`withdraw`]; [`store::StoreError::Stale`] when the document was changed since its text was read: it is not withdrawn.
#[boxed]
pub async fn withdraw_keeping(
    node: &Node,
    id: DocumentId,
    why: Why,
    kept: &KeptText,
    by: &By,
) -> Result<Option<Withdrawn>, NodeError> {
    end(node, || async {
        let identity = node.signer().await?;
        let (signer, now) = (&identity.signer, node.now());
        let withdrawing = node
            .store
            .withdraw_keeping((id, why), kept, signer, by, now);
        Ok(withdrawing.await?)
    })
    .await
}

/// Publishes what replaces an own document, and withdraws that one, in one transaction: [`withdraw`] says how. Nothing is
/// withdrawn where nothing is published, also if it says already what is submitted.
///
/// # Errors
/// As [`publish_for`].
#[boxed]
pub async fn withdraw_replaced(
    node: &Node,
    submission: Submission,
    succession: Succession,
) -> Result<Outcome, NodeError> {
    let Succession { replaced, why, .. } = succession;
    let occasion = Occasion::Succession(succession);
    let hold = node.eraser.hold();
    let publishing = || publish_for(node, submission.clone(), occasion.clone());
    let outcome = node.eraser.reserve.with_room(publishing).await?;
    let is_withdrawn = matches!(&outcome, Ok(accepted) if accepted.change != Change::Unchanged);
    if is_withdrawn {
        tracing::info!(document = %replaced, why = why.as_str(), "document withdrawn");
        // Also where what replaces it is in no log.
        nudge_peers(node);
    }
    hold.end(match is_withdrawn {
        true => Removed::Withdrawn,
        false => Removed::Nothing,
    });
    Ok(outcome)
}

/// Does a withdrawal, also on a full disk, and starts what follows it.
async fn end<F>(node: &Node, withdraw: impl Fn() -> F) -> Result<Option<Withdrawn>, NodeError>
where
    F: Future<Output = Result<Option<Withdrawn>, NodeError>>,
{
    // The hold begins before the commit: no checkpoint of a peer is cosigned between the commit and the erasure.
    let hold = node.eraser.hold();
    let withdrawn = node.eraser.reserve.with_room(withdraw).await?;
    if let Some(Withdrawn {
        id,
        why,
        again: false,
        ..
    }) = &withdrawn
    {
        tracing::info!(document = %id, why, "document withdrawn");
        node.indexer.wake();
        nudge_peers(node);
    }
    // A second withdrawal requests the erasure again, since the first may have failed.
    hold.end(if withdrawn.is_some() {
        Removed::Withdrawn
    } else {
        Removed::Nothing
    });
    Ok(withdrawn)
}
