//! Checks that the database holds what was signed: node documents, logs, and every document that is shown.
//!
//! It only reads, and may run while the node serves; later changes are not checked.

mod logs;

use std::collections::{HashMap, HashSet};

use ledger::{leaf::Held, node::NodeDocument};
use node::audit::{Chain, Head};
use serde::Serialize;
use store::{AuditFilter, ChangeKind, DocumentState, Node, OWN, Store, StoreError};
use wire::{Digest, DocumentId};

use self::logs::Promise;

/// Changes, and rows of the audit, that are read at a time.
const MAX_BATCH: u32 = 250;
/// Documents that are looked up at a time.
const MAX_ASKED: usize = 100;
/// Faults after which those of single rows of the audit are not listed.
const MAX_AUDIT_FAULTS: usize = 1_000;

/// What was checked, and the faults that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// This node and its peers.
    pub nodes: u64,
    /// Entries of their logs.
    pub entries: u64,
    /// Documents that are live.
    pub documents: u64,
    /// Rows of the audit.
    pub audit_rows: u64,
    /// The end of the audit, to be noted outside the database.
    pub audit_head: String,
    /// What differs from what was signed, in words.
    pub faults: Vec<String>,
    /// Logs of this node that were signed with more entries than are held, in words. What is held of them is as it was signed.
    pub incomplete: Vec<String>,
}

/// A head of the audit that was noted outside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedHead {
    /// Where, in words.
    pub place: String,
    /// The head.
    pub head: Head,
}

/// Checks the database, and that the audit still has the heads that were `noted` outside it. `progress` gets the number of entries and documents that are checked so far.
///
/// # Errors
/// When the database cannot be read; what is wrong in it is in the report.
pub async fn verify(
    store: &Store,
    noted: &[NotedHead],
    mut progress: impl FnMut(u64),
) -> Result<Verified, StoreError> {
    let mut report = Verified {
        faults: store.check_integrity().await?,
        ..Verified::default()
    };
    // Later changes are not checked: the logs that are read below may be ahead of this number, and never behind.
    let last_change = store.last_change().await?;
    let mut promises = HashMap::new();
    for node in store.nodes().await? {
        report.nodes += 1;
        let known = verify_node_documents(store, &node, &mut report).await?;
        let of_node = logs::verify(store, &node, &known, &mut report, &mut progress).await?;
        promises.insert(node.seq, of_node);
    }
    verify_documents(store, &promises, last_change, &mut report, &mut progress).await?;
    verify_audit(store, noted, &mut report).await?;
    Ok(report)
}

/// Checks the chain of a node's documents; returns the valid ones, the newest last.
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
            // That no key comes back was checked when the version was accepted, and is not checked again.
            Some(before) => before.next(stored.note.as_bytes(), &HashSet::new()),
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

/// Checks that each live document has the body that its log promises.
async fn verify_documents(
    store: &Store,
    promises: &HashMap<i64, HashMap<DocumentId, Promise>>,
    last_change: u64,
    report: &mut Verified,
    progress: &mut impl FnMut(u64),
) -> Result<(), StoreError> {
    let mut after = 0;
    // Our own documents that the log has and the database was not seen to have.
    let own = promises.get(&OWN).into_iter().flatten();
    let mut unseen: HashSet<DocumentId> = own
        .filter(|(_, promise)| matches!(promise.held, Held::Live { .. }))
        .map(|(id, _)| *id)
        .collect();
    loop {
        let changes = store.changes_after(after, MAX_BATCH).await?;
        let Some(last) = changes.last() else {
            break;
        };
        after = last.change_seq;
        for change in changes {
            let ChangeKind::Put(document) = &change.kind else {
                continue;
            };
            if change.node_seq == OWN {
                unseen.remove(&change.id);
            }
            if document.state != DocumentState::Live || change.change_seq > last_change {
                continue;
            }
            report.documents += 1;
            let promised = promises
                .get(&change.node_seq)
                .and_then(|of_node| of_node.get(&change.id))
                .and_then(|promise| promise.digest);
            let name = format!("`{}` of `{}`", change.id, document.owner.handle);
            match promised {
                None => report
                    .faults
                    .push(format!("{name} is shown, but its log does not have it")),
                Some(promised) if promised != Digest::for_bytes(&document.body) => {
                    report
                        .faults
                        .push(format!("{name} is not what its log has signed"));
                }
                Some(_) => {}
            }
        }
        progress(report.entries + report.documents);
        if after >= last_change {
            break;
        }
    }
    report_missing(store, unseen, report).await
}

/// Reports our own documents that the log has and the database has not. One that was published since the check began has a
/// later change.
async fn report_missing(
    store: &Store,
    unseen: HashSet<DocumentId>,
    report: &mut Verified,
) -> Result<(), StoreError> {
    let mut unseen: Vec<DocumentId> = unseen.into_iter().collect();
    unseen.sort_unstable();
    for ids in unseen.chunks(MAX_ASKED) {
        let held = store.own_documents(ids).await?;
        let missing = ids.iter().filter(|id| !held.contains_key(id));
        report.faults.extend(missing.map(|id| {
            format!("`{id}` is in the log of this node, and its document is missing: restore a backup, or run `wardround recover --from-peers`")
        }));
    }
    Ok(())
}

/// Checks the audit from its first row: hashes, places, its end, and the heads that were noted.
async fn verify_audit(
    store: &Store,
    noted: &[NotedHead],
    report: &mut Verified,
) -> Result<(), StoreError> {
    // The head is read first: rows that are appended meanwhile come after it.
    let head = store.audit_head().await?;
    let everything = AuditFilter::default();
    let mut chain = Chain::default();
    let mut at_head = Head::EMPTY;
    loop {
        let after = chain.head().seq;
        let rows = store.audit_after(after, &everything, MAX_BATCH).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            if report.faults.len() < MAX_AUDIT_FAULTS {
                report.faults.extend(chain.check(row).err());
            } else {
                // The rest is still read, for its end.
                let _ = chain.check(row);
            }
            if row.seq == head.seq {
                at_head = chain.head();
            }
            let differs =
                |noted: &&NotedHead| noted.head.seq == row.seq && noted.head.hash != row.hash;
            report
                .faults
                .extend(noted.iter().filter(differs).map(|noted| {
                    format!(
                        "row {} of the audit is not the one that {} has",
                        row.seq, noted.place
                    )
                }));
        }
    }
    if at_head != head {
        report.faults.push(format!(
            "the audit does not end in the row {} that its head names: rows were removed at its end",
            head.seq
        ));
    }
    let end = chain.head().seq;
    let is_cut = |noted: &&NotedHead| noted.head.seq > end;
    report.faults.extend(noted.iter().filter(is_cut).map(|noted| {
        format!(
            "the audit ends at row {end}, and {} has row {}: its end was cut off, or an older copy of the database was restored",
            noted.place, noted.head.seq
        )
    }));
    report.audit_rows = head.seq;
    report.audit_head = head.as_text();
    Ok(())
}
