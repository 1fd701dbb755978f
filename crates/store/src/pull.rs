//! Taking in a peer's log: staging what is not yet covered by a checked root, then one transaction for all of it.
//!
//! Only a [`Verified`] extension gets in, and each entry is hashed once more against it, so that nothing that was
//! staged can differ from what was verified. Entries are worked through in stretches of [`STRETCH`] bundles: memory
//! does not grow with the log. In each stretch erasures come first.

use std::collections::HashMap;

use async_recursion::async_recursion as boxed;
use ledger::{
    extend::Verified,
    leaf::{self, Entry},
    tile,
};
use wire::Timestamp;

use crate::{
    Claim, StoreError,
    append::Appender,
    changes,
    engine::{Db, Store, values},
    log::{self, BUNDLE_ENTRIES, Head},
    polls,
    room::Room,
    staging,
    taking::{PullOutcome, Taking},
};

/// Bundles that are worked through at a time: 4,096 entries.
const STRETCH: u64 = 16;

mod sql {
    use crate::engine::statements;

    statements! {
        HAS_DOCUMENTS = "SELECT node_seq FROM documents WHERE node_seq = $1 LIMIT 1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Takes a verified extension in, all of it or nothing: entries, head, checkpoint, document rows. `tail` holds the
    /// bundles that are not staged, in any order.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another poll has taken over, [`StoreError::Stale`] when the log has moved on
    /// since the extension began, [`StoreError::NoRoom`] when there is no `room` for it, [`StoreError::Corrupt`] when the bundles are not the verified ones.
    #[boxed]
    pub async fn record_pull(
        &self,
        claim: &Claim,
        epoch: u64,
        verified: &Verified,
        tail: &[(u64, Vec<u8>)],
        room: Room,
        now: Timestamp,
    ) -> Result<PullOutcome, StoreError> {
        let node_seq = claim.peer.node_seq;
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        polls::hold(&mut db, claim).await?;
        let origin = verified.checkpoint().origin.to_string();
        let mut head = log::ensure(&mut db, node_seq, epoch, &origin).await?;
        if head.size != verified.from() {
            return Err(StoreError::Stale {
                what: origin,
                held: head.size,
            });
        }
        let mut taking = Taking::new(node_seq, head.seq, now);
        taking.fresh = db
            .row::<(i64,)>(sql::HAS_DOCUMENTS, values![node_seq])
            .await?
            .is_none();
        extend(&mut db, &head, verified, tail, room, &mut taking).await?;
        taking.added.check(room)?;
        staging::drop_all(&mut db, head.seq).await?;
        head.move_to(verified);
        log::save_head(&mut db, &head).await?;
        db.commit().await?;
        Ok(taking.outcome)
    }
}

/// Appends the bundles of a verified extension to the stored log, and takes in what its entries say.
pub(crate) async fn extend(
    db: &mut Db,
    head: &Head,
    verified: &Verified,
    tail: &[(u64, Vec<u8>)],
    room: Room,
    taking: &mut Taking,
) -> Result<(), StoreError> {
    let size = verified.checkpoint().size;
    if size == head.size {
        // The same head, signed again: only its note and its time are new.
        return Ok(());
    }
    let mut appender = Appender::begin(db, head.seq, head.size).await?;
    let end = size.div_ceil(BUNDLE_ENTRIES);
    let mut first = head.size / BUNDLE_ENTRIES;
    while first < end {
        let stop = end.min(first + STRETCH);
        // Of each stretch, the bundles that were staged, and those that were not.
        let mut bundles: HashMap<u64, Vec<u8>> = staging::staged(db, head.seq, first, stop)
            .await?
            .into_iter()
            .map(|bundle| (bundle.n, bundle.entries))
            .collect();
        for (n, entries) in tail.iter().filter(|(n, _)| (first..stop).contains(n)) {
            bundles.insert(*n, entries.clone());
        }
        // Compare them with what was verified, and keep the new entries.
        let mut leaves = Vec::new();
        for n in first..stop {
            let entries = bundles.remove(&n).ok_or_else(|| missing(n))?;
            let hashes = read_bundle(n, &entries, verified, head.size, &mut leaves)?;
            appender.replace_bundle(n, &entries, &hashes);
        }
        appender.flush(db).await?;
        taking.apply(db, leaves).await?;
        // What can no longer be within the quota is not written to its end.
        let rest = size.saturating_sub(stop.saturating_mul(BUNDLE_ENTRIES));
        taking.added.check_before(rest, room)?;
        first = stop;
    }
    if appender.next_index() != size {
        return Err(StoreError::Corrupt(format!(
            "{} entries where {size} were verified",
            appender.next_index()
        )));
    }
    Ok(())
}

/// Reads the entries of one bundle that are new, after comparing all of them with the verified ones; returns their
/// hashes.
fn read_bundle(
    n: u64,
    bytes: &[u8],
    verified: &Verified,
    from: u64,
    leaves: &mut Vec<(u64, Entry)>,
) -> Result<Vec<u8>, StoreError> {
    let differs = || StoreError::Corrupt(format!("other entries in bundle {n} than were verified"));
    let entries = tile::decode_bundle(bytes).map_err(|_| differs())?;
    let hashes = verified.bundle_hashes(n, &entries).ok_or_else(differs)?;
    let first = n * BUNDLE_ENTRIES;
    let new = (first..).zip(entries).filter(|(index, _)| *index >= from);
    leaves.extend(new.map(|(index, entry)| (index, leaf::read(entry))));
    Ok(hashes)
}

fn missing(n: u64) -> StoreError {
    StoreError::Corrupt(format!("no bundle {n} of a verified extension"))
}
