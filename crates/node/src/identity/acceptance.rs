//! Accepting a version of the node document that root keys have signed, with its row of the audit.

use std::sync::Arc;

use async_recursion::async_recursion as boxed;
use ledger::node::{Content, NodeDocument};
use store::{OWN, StoreError};
use wire::{Digest, Timestamp};

use super::{
    Identity, IdentityError,
    change::{check_new_epoch, held, refused},
    key_files::{self, KEYS, LOG, WITNESS},
};
use crate::{
    audit::{Act, By, Entry, Object},
    error::NodeError,
    flows::publish::nudge_peers,
    node::Node,
    node_documents,
};

/// Accepts a proposal that root keys have signed: from now on it is the node document, and the keys that it lists sign.
/// One that is the node document already changes nothing. The row of the audit is of the same transaction.
///
/// # Errors
/// [`IdentityError::Refused`] when it does not follow the present one, is not signed well, or the log has grown since a new
/// epoch was proposed; of the disk and the database.
#[boxed]
pub async fn accept(node: &Node, note: &str, by: &By) -> Result<Arc<Identity>, IdentityError> {
    let held = held(node).await?;
    let is_held = |(_, digest): (u64, Digest)| digest == *held.digest();
    if let (Some(identity), true) = (
        node.identity(),
        NodeDocument::claimed(note.as_bytes()).is_ok_and(is_held),
    ) {
        return Ok(identity);
    }
    let keys = node.store.node_keys(OWN).await?;
    let ever = keys.iter().map(|key| key.public_key).collect();
    let next = held
        .next(note.as_bytes(), &ever)
        .map_err(|fault| refused("the node document", fault.text))?;
    let (before, after) = (held.content(), next.content());
    let is_new_epoch = after.epoch != before.epoch;
    node.may_sign_document(is_new_epoch).await?;
    if is_new_epoch {
        check_closed(node, before, after).await?;
    }

    // Its keys have to be here before it counts.
    let directory = node.settings.data.join(KEYS);
    let log = key_files::find_listed(&directory, LOG, &after.log)?;
    let witness = key_files::find_listed(&directory, WITNESS, &after.witness)?;
    let handle = node.store.own_node().await?;
    let handle = handle.ok_or(NodeError::NotInitialised)?.handle;
    let identity = Identity::new(&next, handle, log, witness);
    let record = node_documents::record(&next);
    let act = act(by, &held, &next, node.now());
    let recorded = node
        .store
        .record_own_document(&record, &identity.signer, &act);
    recorded.await.map_err(|error| match error {
        StoreError::KeyTaken(_) => refused("the node document", error.to_string()),
        error => error.into(),
    })?;

    // What peers had seen beyond the log is in an epoch that is closed.
    if is_new_epoch {
        node.store.record_hindrance(None).await?;
    }

    // The keys get their places, and peers hear of it.
    let identity = node.reload_identity().await?;
    node.ask_peers_again().await;
    tracing::info!(
        version = after.version,
        epoch = after.epoch,
        "node document accepted"
    );
    nudge_peers(node);
    node.wakers.cosigner.notify_one();
    Ok(identity)
}

/// Refuses a new epoch that would end nothing, or that closes the log at another size than it has now.
async fn check_closed(node: &Node, before: &Content, after: &Content) -> Result<(), IdentityError> {
    check_new_epoch(node, before).await?;
    let head = node.store.log_head(OWN, before.epoch).await?;
    let closed = after.closed.last();
    if closed.is_none_or(|closed| (closed.size, closed.root) != (head.size, head.root)) {
        let text = "the log has changed since the new epoch was proposed; propose it again";
        return Err(refused("the node document", text));
    }
    Ok(())
}

/// Returns the row of the audit for a version of the node document.
fn act(by: &By, before: &NodeDocument, after: &NodeDocument, at: Timestamp) -> Entry {
    let act = if before.keys().eq(after.keys()) {
        Act::NodeChanged
    } else {
        Act::KeyChanged
    };
    let mut what = vec![format!("version {}", after.content().version)];
    what.extend(key_changes(before.content(), after.content()));
    Entry::new(by, act, Object::Nothing, at).with_detail(&what.join(", "))
}

/// Says in words which keys a version of the node document changes, and why those were revoked that it revokes.
fn key_changes(before: &Content, after: &Content) -> Vec<String> {
    let roles = [
        ("root", &before.root, &after.root),
        ("log", &before.log, &after.log),
        ("witness", &before.witness, &after.witness),
    ];
    let changed = roles
        .into_iter()
        .filter(|(_, before, after)| before != after);
    let said = changed.map(|(role, before, _)| {
        let mut revoked = after.revoked.iter();
        let revoked = revoked.find(|one| before.iter().any(|key| *key.as_bytes() == one.key));
        match revoked {
            Some(revoked) => format!("{role} key revoked: {}", revoked.why),
            None => format!("{role} keys changed"),
        }
    });
    said.collect()
}
