//! Later versions of the node document: what an operator changes, and the proposal that root keys sign.
//!
//! The root keys are never read here. A proposal goes to them, on a machine without a network if the operator wants, and
//! comes back signed (`wardround node sign`).

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use ledger::{
    PublicKey, SecretKey,
    limits::MAX_DOCUMENT_VALIDITY,
    node::{Closed, Content, NodeDocument, Proposal, Revoked},
};
use serde::{Deserialize, Serialize};
use store::OWN;
use url::Url;
use wire::{NodeId, Timestamp};

pub use super::acceptance::accept;
use super::{
    IdentityError, introduction,
    key_files::{self, KEYS, LOG, WITNESS},
};
use crate::{error::NodeError, hindrance::Hindrance, node::Node};

/// Days that a node document may be valid.
pub const MAX_DAYS: u64 = MAX_DOCUMENT_VALIDITY.as_secs() / 86_400;
/// Below this many days of validity the operator is warned.
pub const WARN_DAYS: u64 = 60;
/// Below this many days the document counts as a fault.
pub const FAULT_DAYS: u64 = 14;

/// What an operator changes of a node document; what is not named stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Name of the organisation.
    pub name: Option<String>,
    /// ODS code; an empty one means none.
    pub ods: Option<String>,
    /// Address of the site.
    pub base_url: Option<Url>,
    /// How to reach the operator; an empty one means none.
    pub contact: Option<String>,
    /// Days until it expires, at most 400; 400 when it is not named.
    pub days: Option<u64>,
    /// Root keys to add, as text.
    pub add_root: Vec<String>,
    /// Root keys to remove, as text.
    pub remove_root: Vec<String>,
    /// How many root keys have to sign the next version.
    pub threshold: Option<usize>,
    /// Online keys to replace.
    pub rotate: Vec<Online>,
    /// Why the keys that are replaced or removed are revoked; they only end without a reason.
    pub revoke: Option<String>,
    /// Whether the node leaves the exchange.
    pub leave: bool,
    /// The node that carries on its work.
    pub successor: Option<String>,
    /// Whether a new log begins, after a loss.
    pub new_epoch: bool,
    /// Whether it begins although a peer that answers holds what this one has lost.
    pub despite_peers: bool,
}

/// A key that the node needs to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Online {
    /// Signs the log.
    Log,
    /// Cosigns logs.
    Witness,
}

impl Online {
    /// Returns the name of its file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Log => LOG,
            Self::Witness => WITNESS,
        }
    }
}

/// How long a node document is still valid, for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Longer than 60 days.
    Far,
    /// Not longer than 60 days.
    Soon,
    /// Not longer than 14 days, or expired.
    Due,
}

/// Says how long a node document is still valid.
#[must_use]
pub fn expiry(expires: Timestamp, now: Timestamp) -> Expiry {
    let days = |days: u64| now.plus(Duration::from_secs(days * 86_400));
    if expires > days(WARN_DAYS) {
        Expiry::Far
    } else if expires > days(FAULT_DAYS) {
        Expiry::Soon
    } else {
        Expiry::Due
    }
}

pub(super) fn refused(field: &'static str, text: impl Into<String>) -> IdentityError {
    introduction::refused(field, text)
}

/// Proposes the next version of the node document, signed by the log and witness keys that it lists. New keys wait in the
/// directory of keys until the version is accepted.
///
/// # Errors
/// [`IdentityError::Refused`] for what peers would refuse; [`IdentityError::LeavesOut`]; of the disk and the database.
#[boxed]
pub async fn propose(node: &Node, change: &Change) -> Result<Proposal, IdentityError> {
    let held = held(node).await?;
    if change.new_epoch {
        check_proposed_epoch(node, change, held.content()).await?;
    }
    // Before anyone goes to where the root keys are.
    node.may_sign_document(change.new_epoch).await?;
    let mut content = held.content().clone();
    let before = content.clone();
    let now = Timestamp::from_secs(node.now().secs());

    // The chain, and what the operator names.
    content.version += 1;
    content.node = Some(held.node().clone());
    content.prev = Some(*held.digest());
    content.issued = now;
    let days = change.days.unwrap_or(MAX_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(refused("--days", "give 1 to 400"));
    }
    content.expires = now.plus(Duration::from_secs(days * 86_400));
    set_organisation(&mut content, change)?;
    set_roots(&mut content, change)?;

    // The keys that sign it, of which new ones are made.
    let data = &node.settings.data;
    let mut secrets: Vec<SecretKey> = Vec::new();
    for online in [Online::Log, Online::Witness] {
        let listed = match online {
            Online::Log => &mut content.log,
            Online::Witness => &mut content.witness,
        };
        let key = if change.rotate.contains(&online) {
            let key = key_files::make_waiting(data, online.name())?;
            *listed = vec![key.public()];
            key
        } else {
            let present = key_files::read_present(&data.join(KEYS), online.name(), listed)?;
            // After a loss the log goes on with the keys that are here.
            match present.unlisted.filter(|_| !change.new_epoch) {
                Some(file) => return Err(IdentityError::Key(file)),
                None => present.key,
            }
        };
        // Every listed key has to sign, and only one of each is here.
        *listed = vec![key.public()];
        secrets.push(key);
    }
    if let Some(why) = &change.revoke {
        revoke_gone(&before, &mut content, why, now)?;
    }
    if change.new_epoch {
        close_epoch(node, &mut content).await?;
    }
    let [log, witness] = secrets.as_slice() else {
        return Err(refused("keys", "a log key and a witness key are needed"));
    };
    let (log, witness) = (std::slice::from_ref(log), std::slice::from_ref(witness));
    Proposal::new(&content, log, witness).map_err(|fault| refused("the node document", fault.text))
}

pub(super) async fn held(node: &Node) -> Result<NodeDocument, IdentityError> {
    let stored = node.store.newest_node_document(OWN).await?;
    let stored = stored.ok_or(NodeError::NotInitialised)?;
    NodeDocument::stored(&stored.note).map_err(IdentityError::Document)
}

fn set_organisation(content: &mut Content, change: &Change) -> Result<(), IdentityError> {
    if let Some(name) = &change.name {
        content.name = introduction::name(name)?;
    }
    if let Some(ods) = &change.ods {
        content.ods = match ods.trim() {
            "" => None,
            ods => Some(introduction::ods_code(ods)?),
        };
    }
    if let Some(base_url) = &change.base_url {
        content.base = introduction::feed_base(base_url)?;
    }
    if let Some(contact) = &change.contact {
        content.contact = introduction::contact(contact)?;
    }
    content.left |= change.leave;
    if let Some(successor) = &change.successor {
        let id = NodeId::parse(successor)
            .ok_or_else(|| refused("--successor", "give the node id of the successor"))?;
        content.successor = Some(id);
    }
    Ok(())
}

fn set_roots(content: &mut Content, change: &Change) -> Result<(), IdentityError> {
    let parse = |field, text: &str| {
        PublicKey::parse_text(text).map_err(|fault| refused(field, format!("`{text}`: {fault}")))
    };
    for text in &change.remove_root {
        let key = parse("--remove-root", text)?;
        if !content.root.contains(&key) {
            return Err(refused("--remove-root", format!("`{text}` is no root key")));
        }
        content.root.retain(|listed| *listed != key);
    }
    for text in &change.add_root {
        content.root.push(parse("--add-root", text)?);
    }
    content.threshold = change.threshold.unwrap_or(content.threshold);
    let count = content.root.len();
    if !(1..=ledger::limits::MAX_ROOT_KEYS).contains(&count) {
        return Err(refused("root keys", "a node has 1 to 5"));
    }
    if !(1..=count).contains(&content.threshold) {
        let text = format!("give 1 to {count}, the number of root keys");
        return Err(refused("--threshold", text));
    }
    Ok(())
}

/// Revokes the keys that the version before lists and this one does not.
fn revoke_gone(
    before: &Content,
    content: &mut Content,
    why: &str,
    now: Timestamp,
) -> Result<(), IdentityError> {
    const MAX_CHARACTERS: usize = 40;
    if why.is_empty() || why.chars().count() > MAX_CHARACTERS || why.chars().any(char::is_control) {
        return Err(refused(
            "--why",
            "give a word or two, at most 40 characters",
        ));
    }
    let stays = |key: &PublicKey| {
        let listed = [&content.root, &content.log, &content.witness];
        listed.iter().any(|listed| listed.contains(key))
    };
    let all = [&before.root, &before.log, &before.witness];
    let gone: Vec<_> = all
        .into_iter()
        .flatten()
        .filter(|key| !stays(key))
        .collect();
    for key in gone {
        content.revoked.push(Revoked {
            key: *key.as_bytes(),
            at: now,
            why: why.to_owned(),
        });
    }
    Ok(())
}

/// Refuses a new log that would leave out what a peer holds, unless the operator insists, and one that would end nothing.
async fn check_proposed_epoch(
    node: &Node,
    change: &Change,
    content: &Content,
) -> Result<(), IdentityError> {
    if !change.despite_peers {
        check_peers(node).await?;
    }
    check_new_epoch(node, content).await
}

/// Refuses a new log that would leave out what a peer holds.
async fn check_peers(node: &Node) -> Result<(), IdentityError> {
    match node.shown_by_peers().await {
        Ok(Some(hindrance @ Hindrance::Behind { .. })) => Err(IdentityError::LeavesOut(hindrance)),
        // Whether this process may sign a node document is asked next.
        Ok(_) | Err(NodeError::MayNotSign(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Refuses a new log in the place of a new one that has no entries, unless a peer has seen some: it would end nothing.
pub(super) async fn check_new_epoch(node: &Node, content: &Content) -> Result<(), IdentityError> {
    let head = node.store.log_head(OWN, content.epoch).await?;
    if head.size > 0 || content.epoch == 1 {
        return Ok(());
    }
    let is_wanted = match node.signer().await {
        Err(NodeError::MayNotSign(hindrance)) => {
            hindrance.evidence().is_some() || matches!(hindrance, Hindrance::Keys(_))
        }
        Err(error) => return Err(error.into()),
        Ok(_) => false,
    };
    if is_wanted {
        return Ok(());
    }
    let text = format!(
        "log {} has no entries yet, and no peer has shown any of it: there is nothing to close, and nothing was changed",
        content.epoch
    );
    Err(refused("--new-epoch", text))
}

/// Closes the log where the database has it, and begins the next epoch.
async fn close_epoch(node: &Node, content: &mut Content) -> Result<(), IdentityError> {
    let head = node.store.log_head(OWN, content.epoch).await?;
    content.closed.push(Closed {
        epoch: content.epoch,
        size: head.size,
        root: head.root,
    });
    content.epoch += 1;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_document_that_expires_is_a_warning_and_then_a_fault() {
        let now = Timestamp::from_secs(1_790_000_000);
        let day = |days: u64| now.plus(Duration::from_secs(days * 86_400));
        for (expires, expected) in [
            (day(400), Expiry::Far),
            (day(61), Expiry::Far),
            (day(60), Expiry::Soon),
            (day(15), Expiry::Soon),
            (day(14), Expiry::Due),
            (now, Expiry::Due),
            (now.minus(Duration::from_secs(86_400 * 500)), Expiry::Due),
        ] {
            assert_eq!(expiry(expires, now), expected, "{expires}");
        }
    }
}
