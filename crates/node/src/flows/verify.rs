//! Checking that what the database holds is what was signed: node documents, logs, and every document that is shown.
//!
//! It only reads, and may run beside the node: what changes meanwhile is left to the next time.

use std::collections::HashMap;

use ledger::{
    checkpoint,
    leaf::{self, Entry, Held, Leaf, Verdict},
    node::NodeDocument,
    tile::decode_bundle,
    tree::{Frontier, leaf_hash},
};
use serde::Serialize;
use store::{
    BUNDLE_ENTRIES, ChangeKind, DocumentState, EpochHead, LogHead, Node, Store, StoreError,
};
use wire::{Digest, DocumentId};

/// Changes read at a time.
const READ: u32 = 250;

/// What was checked, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Nodes: this one and its peers.
    pub nodes: u64,
    /// Entries of their logs.
    pub entries: u64,
    /// Documents that are shown.
    pub documents: u64,
    /// What is not as it was signed, in words.
    pub faults: Vec<String>,
}

/// What a log says of a document.
#[derive(Clone, Copy)]
struct Said {
    held: Held,
    digest: Option<Digest>,
}

/// Checks the database. `each` is told how many entries and documents are done.
///
/// # Errors
/// Of the database itself; what is found in it is in the report.
pub async fn verify(store: &Store, mut each: impl FnMut(u64)) -> Result<Verified, StoreError> {
    let mut report = Verified {
        faults: store.check_integrity().await?,
        ..Verified::default()
    };
    // What changes after this is not looked at: the logs read below may be ahead of it, and never behind.
    let last_change = store.last_change().await?;
    let mut said = HashMap::new();
    for node in store.nodes().await? {
        report.nodes += 1;
        let known = verify_node_documents(store, &node, &mut report).await?;
        let mut of_node = HashMap::new();
        for EpochHead { epoch, .. } in store.epochs(node.seq).await? {
            new_epoch(&mut of_node);
            let head = store.log_head(node.seq, epoch).await?;
            verify_log(store, &node, &head, &mut of_node, &mut report, &mut each).await?;
            let of_epoch = |document: &&NodeDocument| document.content().epoch == epoch;
            let documents: Vec<_> = known.iter().filter(of_epoch).collect();
            if !documents.is_empty() {
                verify_checkpoint(&node, &head, &documents, &mut report);
            }
        }
        said.insert(node.seq, of_node);
    }
    verify_documents(store, &said, last_change, &mut report, &mut each).await?;
    Ok(report)
}

/// Checks the chain of a node's documents; returns those that are good, the newest last.
async fn verify_node_documents(
    store: &Store,
    node: &Node,
    report: &mut Verified,
) -> Result<Vec<NodeDocument>, StoreError> {
    let mut held: Vec<NodeDocument> = Vec::new();
    for version in 1..=node.version {
        let Some(stored) = store.node_document(node.seq, version).await? else {
            report.faults.push(format!(
                "`{}`: its node document {version} is missing",
                node.handle
            ));
            return Ok(held);
        };
        let read = match held.last() {
            None => NodeDocument::first(stored.note.as_bytes(), &node.node),
            // That no key returns was checked when the version came; the chain and the signatures are checked again.
            Some(before) => before.next(stored.note.as_bytes(), &[]),
        };
        match read {
            Ok(document) => held.push(document),
            Err(fault) => {
                let text = format!("`{}`: its node document {version}: {fault}", node.handle);
                report.faults.push(text);
                return Ok(held);
            }
        }
    }
    Ok(held)
}

/// Reads a log from its first entry: hashes, root, and what it says of each document.
async fn verify_log(
    store: &Store,
    node: &Node,
    head: &LogHead,
    said: &mut HashMap<DocumentId, Said>,
    report: &mut Verified,
    each: &mut impl FnMut(u64),
) -> Result<(), StoreError> {
    let name = format!("the log of `{}`, epoch {}", node.handle, head.epoch);
    let mut frontier = Frontier::new();
    for n in 0..head.size.div_ceil(BUNDLE_ENTRIES) {
        let Some(bundle) = store.stored_bundle(node.seq, head.epoch, n).await? else {
            report.faults.push(format!("{name}: bundle {n} is missing"));
            return Ok(());
        };
        let Ok(entries) = decode_bundle(&bundle.entries) else {
            report
                .faults
                .push(format!("{name}: bundle {n} cannot be read"));
            return Ok(());
        };
        let wanted = usize::try_from((head.size - frontier.size()).min(BUNDLE_ENTRIES))
            .unwrap_or(usize::MAX);
        for (entry, stored) in entries
            .iter()
            .zip(bundle.hashes.chunks_exact(32))
            .take(wanted)
        {
            let hash = leaf_hash(entry);
            if hash != stored {
                report.faults.push(format!(
                    "{name}: entry {} is not what was hashed",
                    frontier.size()
                ));
            }
            frontier.push(hash);
            if let Entry::Leaf(leaf) = leaf::read(entry) {
                hear(said, &leaf);
            }
        }
        report.entries += u64::try_from(entries.len().min(wanted)).unwrap_or(u64::MAX);
        each(report.entries + report.documents);
    }
    if frontier.size() != head.size || frontier.root() != head.root {
        report.faults.push(format!(
            "{name}: its entries do not make the root that is stored"
        ));
    }
    Ok(())
}

/// Takes in what a leaf says.
fn hear(said: &mut HashMap<DocumentId, Said>, leaf: &Leaf) {
    let held = said.get(&leaf.id()).map_or(Held::Never, |said| said.held);
    let now = match (leaf::judge(held, leaf), leaf) {
        (Verdict::Put, Leaf::Put { rev, doc, .. }) => Said {
            held: Held::Live { rev: *rev },
            digest: Some(*doc),
        },
        (Verdict::Withdraw, _) => Said {
            held: Held::Withdrawn { rev: leaf.rev() },
            digest: None,
        },
        _ => return,
    };
    said.insert(leaf.id(), now);
}

/// A new epoch counts revisions anew; what was withdrawn stays so (docs/FEED.md §6).
fn new_epoch(said: &mut HashMap<DocumentId, Said>) {
    for said in said.values_mut() {
        if matches!(said.held, Held::Live { .. }) {
            said.held = Held::Never;
        }
    }
}

/// Checks a held checkpoint by the keys that were in force when it was taken: those of the newest node document of its
/// epoch or, when nothing was taken since, of an earlier one.
fn verify_checkpoint(
    node: &Node,
    head: &LogHead,
    documents: &[&NodeDocument],
    report: &mut Verified,
) {
    let Some(note) = &head.note else {
        if head.size > 0 {
            report.faults.push(format!(
                "the log of `{}` has entries and no checkpoint",
                node.handle
            ));
        }
        return;
    };
    let mut verified = documents
        .iter()
        .rev()
        .map(|document| checkpoint::verify(note.as_bytes(), &document.known_keys()))
        .peekable();
    let by_newest = verified
        .peek()
        .and_then(|newest| newest.as_ref().err())
        .cloned();
    match verified.find_map(Result::ok) {
        None => report
            .faults
            .extend(by_newest.map(|fault| format!("the checkpoint of `{}`: {fault}", node.handle))),
        Some(signed) => {
            let signed = signed.checkpoint();
            if signed.size != head.size || signed.root != head.root {
                let text = format!(
                    "the checkpoint of `{}` is of another log than the one stored",
                    node.handle
                );
                report.faults.push(text);
            }
        }
    }
}

/// Checks that each document that is shown has the body that its log promises.
async fn verify_documents(
    store: &Store,
    said: &HashMap<i64, HashMap<DocumentId, Said>>,
    last_change: u64,
    report: &mut Verified,
    each: &mut impl FnMut(u64),
) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let changes = store.changes_after(after, READ).await?;
        let Some(last) = changes.last() else {
            return Ok(());
        };
        after = last.change_seq;
        for change in changes {
            let ChangeKind::Put(document) = &change.kind else {
                continue;
            };
            if document.state != DocumentState::Live || change.change_seq > last_change {
                continue;
            }
            report.documents += 1;
            let promised = said
                .get(&change.node_seq)
                .and_then(|of_node| of_node.get(&change.id))
                .and_then(|said| said.digest);
            let place = format!("`{}` of `{}`", change.id, document.owner.handle);
            match promised {
                None => report
                    .faults
                    .push(format!("{place} is shown, but its log does not have it")),
                Some(promised) if promised != Digest::for_bytes(&document.body) => {
                    report
                        .faults
                        .push(format!("{place} is not what its log has signed"));
                }
                Some(_) => {}
            }
        }
        each(report.entries + report.documents);
        if after >= last_change {
            return Ok(());
        }
    }
}
