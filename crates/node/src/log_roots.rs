//! Roots of logs as they were at an earlier size, from the hashes of the entries that are held.

use ledger::{
    limits::BUNDLE_ENTRIES,
    tree::{Frontier, Hash},
};
use store::{Store, StoreError};

/// Returns the root that the first `size` entries of a log have; `None` when fewer are held.
///
/// # Errors
/// Of the database.
pub async fn root_at(
    store: &Store,
    node_seq: i64,
    epoch: u64,
    size: u64,
) -> Result<Option<Hash>, StoreError> {
    let mut frontier = Frontier::new();
    for n in 0..size.div_ceil(BUNDLE_ENTRIES) {
        let Some(bundle) = store.stored_bundle(node_seq, epoch, n).await? else {
            return Ok(None);
        };
        let left = usize::try_from(size - frontier.size()).unwrap_or(usize::MAX);
        for hash in bundle.hashes.chunks_exact(32).take(left) {
            frontier.push(hash.try_into().unwrap_or_default());
        }
    }
    Ok((frontier.size() == size).then(|| frontier.root()))
}
