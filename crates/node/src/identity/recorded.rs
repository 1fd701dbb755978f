//! What the audit says of a later version of the node document.

use ::audit::{Act, By, Entry, Object};
use ledger::node::{Content, NodeDocument};
use wire::Timestamp;

/// Returns the row of the audit for the version that follows another one.
pub(super) fn entry(by: &By, before: &NodeDocument, after: &NodeDocument, now: Timestamp) -> Entry {
    let act = match before.keys().eq(after.keys()) {
        true => Act::NodeChanged,
        false => Act::KeyChanged,
    };
    let mut what = vec![format!("version {}", after.content().version)];
    what.extend(key_changes(before.content(), after.content()));
    Entry::new(by, act, Object::Nothing, now).with_detail(&what.join(", "))
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
