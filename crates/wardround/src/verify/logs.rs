//! Checks each log: its entries against their hashes, its root against the checkpoint or, once it is closed, against the node
//! document.

use std::collections::HashMap;

use ledger::{
    checkpoint,
    leaf::{self, Entry, Held, Leaf, Verdict},
    node::{Closed, NodeDocument},
    tile::decode_bundle,
    tree::{Frontier, leaf_hash},
};
use node::log_roots::root_at;
use store::{BUNDLE_ENTRIES, EpochHead, LogHead, Node, OWN, Store, StoreError};
use wire::{Digest, DocumentId};

use super::Verified;

/// What a log says about a document.
#[derive(Clone, Copy)]
pub(super) struct Promise {
    /// Its newest revision.
    pub(super) held: Held,
    /// The digest of its body, if it is live.
    pub(super) digest: Option<Digest>,
}

/// Checks the logs of a node, by its node documents; returns what they promise about each document.
pub(super) async fn verify(
    store: &Store,
    node: &Node,
    known: &[NodeDocument],
    report: &mut Verified,
    progress: &mut impl FnMut(u64),
) -> Result<HashMap<DocumentId, Promise>, StoreError> {
    let mut promises = HashMap::new();
    let newest = known.last().map(NodeDocument::content);
    let closed = newest.map_or(&[][..], |content| content.closed.as_slice());
    let held = store.epochs(node.seq).await?;
    for EpochHead { epoch, .. } in &held {
        let epoch = *epoch;
        begin_epoch(&mut promises);
        let head = store.log_head(node.seq, epoch).await?;
        verify_log(store, node, &head, &mut promises, report, progress).await?;
        let closed = closed.iter().find(|closed| closed.epoch == epoch);
        // The end of a closed log comes without a checkpoint: the root keys have signed it.
        if let Some(closed) = closed.filter(|closed| closed.size <= head.size) {
            verify_end(store, node, closed, report).await?;
            continue;
        }
        if let Some(closed) = closed.filter(|_| node.seq == OWN) {
            report.incomplete.push(incomplete(closed, head.size));
        }
        let of_epoch = |document: &&NodeDocument| document.content().epoch == epoch;
        let documents: Vec<_> = known.iter().filter(of_epoch).collect();
        if !documents.is_empty() {
            verify_checkpoint(node, &head, &documents, report);
        }
    }
    // A closed log of this node of which nothing is held.
    let is_held = |epoch: u64| held.iter().any(|one| one.epoch == epoch);
    let missing = closed
        .iter()
        .filter(|closed| node.seq == OWN && closed.size > 0 && !is_held(closed.epoch));
    report
        .incomplete
        .extend(missing.map(|closed| incomplete(closed, 0)));
    Ok(promises)
}

/// Says what of a closed log of this node is held.
fn incomplete(closed: &Closed, held: u64) -> String {
    let Closed { epoch, size, .. } = closed;
    format!(
        "epoch {epoch} of the log of this node was closed with {size} entries, and {held} are held: run `wardround recover --from-peers`"
    )
}

/// Checks a log from its first entry: hashes and root. Collects what it promises about each document.
async fn verify_log(
    store: &Store,
    node: &Node,
    head: &LogHead,
    promises: &mut HashMap<DocumentId, Promise>,
    report: &mut Verified,
    progress: &mut impl FnMut(u64),
) -> Result<(), StoreError> {
    let name = format!("the log of `{}`, epoch {}", node.handle, head.epoch);
    let mut frontier = Frontier::new();
    // The entries have to give the hashes that are stored, and those the root.
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
                apply(promises, &leaf);
            }
        }
        report.entries += u64::try_from(entries.len().min(wanted)).unwrap_or(u64::MAX);
        progress(report.entries + report.documents);
    }
    if frontier.size() != head.size || frontier.root() != head.root {
        report.faults.push(format!(
            "{name}: its entries do not make the root that is stored"
        ));
    }
    Ok(())
}

/// Applies a leaf by the same rules as a pull.
fn apply(promises: &mut HashMap<DocumentId, Promise>, leaf: &Leaf) {
    let held = promises
        .get(&leaf.id())
        .map_or(Held::Never, |promise| promise.held);
    let now = match (leaf::judge(held, leaf), leaf) {
        (Verdict::Put, Leaf::Put { rev, doc, .. }) => Promise {
            held: Held::Live { rev: *rev },
            digest: Some(*doc),
        },
        (Verdict::Withdraw, _) => Promise {
            held: Held::Withdrawn { rev: leaf.rev() },
            digest: None,
        },
        _ => return,
    };
    promises.insert(leaf.id(), now);
}

/// Begins an epoch: revisions start again, and withdrawn documents stay withdrawn (docs/FEED.md §6).
fn begin_epoch(promises: &mut HashMap<DocumentId, Promise>) {
    for promise in promises.values_mut() {
        if matches!(promise.held, Held::Live { .. }) {
            promise.held = Held::Never;
        }
    }
}

/// Checks that a closed log has the root at its end that the node document states.
async fn verify_end(
    store: &Store,
    node: &Node,
    closed: &Closed,
    report: &mut Verified,
) -> Result<(), StoreError> {
    let Closed { epoch, size, root } = closed;
    if root_at(store, node.seq, *epoch, *size).await? != Some(*root) {
        report.faults.push(format!(
            "the log of `{}`, epoch {epoch}, has another root at {size} entries than the one that it was closed with",
            node.handle
        ));
    }
    Ok(())
}

/// Checks a held checkpoint by the keys that were valid when it was accepted: those of the newest node document of its
/// epoch or, when no checkpoint was accepted since, of an earlier one.
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
