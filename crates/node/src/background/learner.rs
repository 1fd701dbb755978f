//! Learns which documents are about the same, off the serving path, and again when much has changed.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use async_recursion::async_recursion as boxed;
use search::{Index, Learnt};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use wire::Timestamp;

use crate::node::Node;

/// Time between two looks whether there is something to learn.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Learning begins again once one in this many documents has changed.
const CHANGED_SHARE: u64 = 10;
/// Fewer changes are learnt from after this time.
const LEARN_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// After each part, learning pauses for as long as the part took, but no longer than this: others have more than half of
/// the processor.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Learns when there is a reason to, until `stop`.
#[boxed]
pub async fn run(node: &Arc<Node>, stop: &CancellationToken) {
    if !node.settings.search.related {
        forget(node).await;
        return;
    }
    let mut last: Option<Timestamp> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        // An index that is being built or brought up to date will have changed at the end.
        let lag = node.indexer.lag().await.unwrap_or(u64::MAX);
        let is_quiet = lag == 0 && node.indexer.building().is_none();
        let is_late = last.is_none_or(|last| node.now() >= last.plus(LEARN_EVERY));
        let (changes, documents) = (node.index.progress(), node.index.documents());
        if is_quiet && is_due(&node.index.learnt(), changes, documents, is_late) {
            last = Some(node.now());
            learn(node, stop).await;
        }
    }
}

/// Says whether there is enough to learn from that is not known yet.
fn is_due(learnt: &Learnt, changes: u64, documents: u64, is_late: bool) -> bool {
    if documents < search::MIN_LEARNT_DOCUMENTS {
        return false;
    }
    match learnt {
        Learnt::Nothing | Learnt::Unusable(_) => true,
        Learnt::Vectors { progress, .. } => {
            let changed = changes.saturating_sub(*progress);
            changed > documents / CHANGED_SHARE || (is_late && changed > 0)
        }
    }
}

/// Learns now.
#[boxed]
pub async fn learn(node: &Arc<Node>, stop: &CancellationToken) {
    if let Learnt::Unusable(fault) = node.index.learnt() {
        tracing::warn!(%fault, "related documents are not known until they are learnt again");
    }
    let is_stopped = Arc::new(AtomicBool::new(false));
    let (index, flag) = (Arc::clone(&node.index), Arc::clone(&is_stopped));
    let work = spawn_blocking(move || learn_slowly(&index, &flag));
    tokio::pin!(work);
    let done = tokio::select! {
        done = &mut work => done,
        () = stop.cancelled() => {
            is_stopped.store(true, Ordering::Release);
            work.await
        }
    };
    match done {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "related documents could not be learnt"),
        Err(error) => tracing::warn!(%error, "related documents could not be learnt"),
    }
}

/// Learns with pauses, so that searches do not wait.
fn learn_slowly(index: &Index, is_stopped: &AtomicBool) -> Result<(), search::IndexError> {
    let began = Cell::new(Instant::now());
    index.learn(&|| {
        std::thread::sleep(began.get().elapsed().min(MAX_PAUSE));
        began.set(Instant::now());
        !is_stopped.load(Ordering::Acquire)
    })
}

async fn forget(node: &Arc<Node>) {
    let index = Arc::clone(&node.index);
    if let Ok(Err(error)) = spawn_blocking(move || index.forget()).await {
        tracing::warn!(%error, "what was learnt of related documents could not be removed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learning_begins_when_much_has_changed_or_a_day_is_over() {
        let at = |progress| Learnt::Vectors {
            documents: 1_000,
            progress,
        };
        for (learnt, changes, documents, is_late, expected) in [
            (Learnt::Nothing, 600, 499, true, false),
            (Learnt::Nothing, 600, 500, false, true),
            (Learnt::Unusable(String::new()), 600, 500, false, true),
            (at(1_000), 1_000, 1_000, true, false),
            (at(1_000), 1_050, 1_000, false, false),
            (at(1_000), 1_050, 1_000, true, true),
            (at(1_000), 1_101, 1_000, false, true),
        ] {
            let due = is_due(&learnt, changes, documents, is_late);
            assert_eq!(due, expected, "{learnt:?} {changes}");
        }
    }
}
