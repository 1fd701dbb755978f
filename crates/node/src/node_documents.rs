//! Node documents as the database keeps them.

use ledger::{
    Stated,
    node::{NodeDocument, Role},
};
use store::{KeyRole, NodeDocumentRecord, NodeKey};

/// Returns a verified node document as the database keeps it.
#[must_use]
pub fn record(document: &NodeDocument) -> NodeDocumentRecord {
    let content = document.content();
    let listed = document.keys().map(|(role, key)| NodeKey {
        public_key: *key.as_bytes(),
        role: Some(match role {
            Role::Root => KeyRole::Root,
            Role::Log => KeyRole::Log,
            Role::Witness => KeyRole::Witness,
        }),
        revoked: false,
    });
    let revoked = content.revoked.iter().map(|revoked| NodeKey {
        public_key: revoked.key,
        role: None,
        revoked: true,
    });
    NodeDocumentRecord {
        version: content.version,
        digest: *document.digest(),
        note: document.note().to_owned(),
        stated: Stated::new(
            &content.name,
            content.ods.as_deref(),
            &content.base,
            &content.contact,
        ),
        left: content.left,
        successor: content.successor.clone(),
        epoch: content.epoch,
        expires: content.expires,
        keys: listed.chain(revoked).collect(),
    }
}
