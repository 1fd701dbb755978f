//! Withdraws this node's own documents. They leave pages and search with the commit, and the files soon after.

use async_recursion::async_recursion as boxed;
use ledger::leaf::Why;
use store::Withdrawn;
use wire::DocumentId;

use crate::{
    audit::By, eraser::Removed, error::NodeError, flows::publish::nudge_peers, node::Node,
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
    let identity = node.signer().await?;
    // The hold begins before the commit: no checkpoint of a peer is cosigned between the commit and the erasure.
    let hold = node.eraser.hold();
    let withdrawn = node
        .store
        .withdraw(id, why, &identity.signer, by, node.now())
        .await?;
    if withdrawn.as_ref().is_some_and(|withdrawn| !withdrawn.again) {
        tracing::info!(document = %id, why = why.as_str(), "document withdrawn");
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
