//! What may still be taken of a peer: its quota, and the disk of this node.
//!
//! The quota is judged before anything is written, for an extension of a log as a whole: it is taken or not. What was
//! taken before stays, and withdrawals apply in any case.

use std::collections::HashSet;

use futures_util::{StreamExt as _, stream};
use ledger::{
    FaultCode, PeerFault,
    extend::Extension,
    leaf::{self, Entry, Leaf},
    limits::{BUNDLE_ENTRIES, MAX_BODY_BYTES, MAX_BUNDLES_IN_FLIGHT},
    tile,
};
use store::{BODY_TIMES, DOCUMENT_BYTES, ENTRY_BYTES, PullOutcome, Room, Usage};
use wire::DocumentId;

use super::{
    Poll, PollReport, Step,
    entries::{fetch_bundle, wanted_bundles},
};
use crate::eraser::Removed;
use settings::Federation;

/// Entries of a peer for each document that it may have: most documents are revised a few times.
const MAX_ENTRIES_PER_DOCUMENT: u64 = 20;

/// Why nothing but withdrawals is taken.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The peer has more than its quota.
    Quota(PeerFault),
    /// Too little of the disk is free.
    LowDisk,
}

impl Poll<'_> {
    /// Returns what an extension may add, or why it is not taken.
    pub(super) async fn room(&self, extension: &Extension) -> Step<Result<Room, Refusal>> {
        let (held, size) = (extension.held_size(), extension.checkpoint().size);
        let new = size.saturating_sub(held);
        // The head that is held, signed again, adds nothing.
        if new == 0 {
            return Ok(Ok(Room {
                documents: 0,
                bytes: 0,
            }));
        }
        if self.node.disk_brake.is_on(&self.node.current()) {
            return Ok(Err(Refusal::LowDisk));
        }
        let settings = self.node.current();
        let (store, quota) = (&self.node.store, &settings.federation);
        let node_seq = self.claim.peer.node_seq;
        // Most peers are so small that their documents need not be counted.
        if is_within(store.entries(node_seq).await?.saturating_add(new), quota) {
            return Ok(Ok(Room {
                documents: u64::MAX,
                bytes: u64::MAX,
            }));
        }
        let usage = store.usage(node_seq).await?;
        let room = room(usage, new, quota);
        Ok(room.map_err(Refusal::Quota))
    }

    /// Reads an extension that is not taken to its end, and applies its withdrawals. Nothing is staged: of the entries
    /// only the withdrawals of documents that are held wait in memory. Returns whether the poll had the time for all.
    pub(super) async fn apply_withdrawals(
        &self,
        epoch: u64,
        mut extension: Extension,
        report: &mut PollReport,
    ) -> Step<bool> {
        let Self {
            node, claim, now, ..
        } = *self;
        let mut held = node.store.held_ids(claim.peer.node_seq).await?;
        let mut withdrawals = Vec::new();
        let first = extension.held_size();
        let mut bundles = stream::iter(wanted_bundles(&extension))
            .map(|wanted| fetch_bundle(&self.client, epoch, wanted))
            .buffered(MAX_BUNDLES_IN_FLIGHT);
        while !held.is_empty()
            && let Some(fetched) = bundles.next().await
        {
            let (wanted, bytes) = fetched?;
            extension.push_bundle(&bytes)?;
            let from = wanted.n * BUNDLE_ENTRIES;
            take_withdrawals(&bytes, from, first, &mut held, &mut withdrawals);
            if self.is_over() {
                // The next poll would not come further, so it need not follow at once.
                return Ok(false);
            }
        }
        if withdrawals.is_empty() {
            return Ok(true);
        }
        // Every document that is held may be withdrawn by now; the root still has to be the checkpoint's.
        while let Some(fetched) = bundles.next().await {
            let (_, bytes) = fetched?;
            extension.push_bundle(&bytes)?;
            if self.is_over() {
                return Ok(false);
            }
        }
        let verified = extension.finish()?;
        let hold = node.eraser.hold();
        let recording = || {
            let withdrawals = withdrawals.clone();
            node.store
                .record_withdrawals(claim, epoch, &verified, withdrawals, now)
        };
        let outcome = node.eraser.reserve.with_room(recording).await?;
        hold.end(match outcome {
            PullOutcome { withdrawn: 1.., .. } => Removed::Withdrawn,
            _ => Removed::Nothing,
        });
        report.withdrawn += outcome.withdrawn;
        node.indexer.wake();
        Ok(true)
    }
}

/// Takes the withdrawals of held documents out of a bundle: the first of each document, among the entries from `first` on.
fn take_withdrawals(
    bundle: &[u8],
    from: u64,
    first: u64,
    held: &mut HashSet<DocumentId>,
    withdrawals: &mut Vec<(u64, Leaf)>,
) {
    // Its form has been checked when it was pushed.
    let entries = tile::decode_bundle(bundle).unwrap_or_default();
    for (index, entry) in (from..).zip(entries) {
        if index >= first
            && let Entry::Leaf(leaf @ Leaf::Withdraw { id, .. }) = leaf::read(entry)
            && held.remove(&id)
        {
            withdrawals.push((index, leaf));
        }
    }
}

/// Says whether this many entries are within the quota even if each has a document with the longest body.
fn is_within(entries: u64, quota: &Federation) -> bool {
    const MAX_BYTES: u64 = ENTRY_BYTES + DOCUMENT_BYTES + BODY_TIMES * MAX_BODY_BYTES as u64;
    entries <= quota.quota_documents && entries.saturating_mul(MAX_BYTES) <= quota.quota_bytes
}

/// Returns what `new` entries may add to what a peer uses.
fn room(usage: Usage, new: u64, quota: &Federation) -> Result<Room, PeerFault> {
    let entries = usage.entries.saturating_add(new);
    let max_entries = quota
        .quota_documents
        .saturating_mul(MAX_ENTRIES_PER_DOCUMENT);
    if entries > max_entries {
        return Err(over(format!(
            "{entries} entries, more than {MAX_ENTRIES_PER_DOCUMENT} for each of the {} of `federation.quota_documents`",
            quota.quota_documents
        )));
    }
    let bytes = usage
        .bytes
        .saturating_mul(BODY_TIMES)
        .saturating_add(entries.saturating_mul(ENTRY_BYTES))
        .saturating_add(usage.documents.saturating_mul(DOCUMENT_BYTES));
    if bytes > quota.quota_bytes {
        return Err(over_bytes(bytes, quota));
    }
    Ok(Room {
        documents: quota.quota_documents.saturating_sub(usage.documents),
        bytes: quota.quota_bytes - bytes,
    })
}

/// Returns the fault of a peer that would add more than there is room for.
pub(super) fn beyond(room: Room, documents: u64, bytes: u64, quota: &Federation) -> PeerFault {
    if documents > room.documents {
        let all = quota
            .quota_documents
            .saturating_add(documents - room.documents);
        return over(format!(
            "{all} documents, more than the {} of `federation.quota_documents`",
            quota.quota_documents
        ));
    }
    let all = quota
        .quota_bytes
        .saturating_add(bytes.saturating_sub(room.bytes));
    over_bytes(all, quota)
}

fn over_bytes(bytes: u64, quota: &Federation) -> PeerFault {
    over(format!(
        "about {bytes} bytes, more than the {} of `federation.quota_bytes`",
        quota.quota_bytes
    ))
}

fn over(what: String) -> PeerFault {
    FaultCode::Quota.fault(format!(
        "it has {what}; what was taken stays, withdrawals apply, and the rest is taken when you have raised the setting"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use settings::Settings;

    #[test]
    fn room_ends_at_documents_bytes_and_entries() {
        let mut quota = Settings::default().federation;
        quota.quota_documents = 10;
        quota.quota_bytes = 100_000;
        let usage = |documents, bytes, entries| Usage {
            documents,
            bytes,
            entries,
        };
        for (usage, new, expected) in [
            (usage(0, 0, 0), 1, Ok((10, 99_000))),
            (usage(9, 1_000, 19), 1, Ok((1, 62_000))),
            (usage(11, 0, 0), 0, Ok((0, 89_000))),
            (usage(0, 5_000, 55), 0, Ok((10, 0))),
            (usage(0, 5_001, 55), 0, Err("100009 bytes")),
            (usage(0, 0, 100), 101, Err("201 entries")),
            (usage(0, 0, u64::MAX), u64::MAX, Err("entries")),
        ] {
            match (room(usage, new, &quota), expected) {
                (Ok(room), Ok(expected)) => assert_eq!((room.documents, room.bytes), expected),
                (Err(fault), Err(text)) => assert!(fault.text.contains(text), "{fault}"),
                (found, _) => panic!("{usage:?} {new}: {found:?}"),
            }
        }
    }
}
