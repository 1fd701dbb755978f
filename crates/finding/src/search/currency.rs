//! How current the index is: a search waits for the last few changes, and says if the index lacks more.

use std::time::{Duration, Instant};

use indexer::Progress;
use node::{Node, work::without_permit};
use search::Index;

/// A search waits for the index if it lacks at most this many changes, so that a document published a moment ago is found.
/// A larger backlog is a bulk import, which takes longer than a reader waits.
const MAX_AWAITED_CHANGES: u64 = 20;

/// How long a search waits for the index. A commit usually takes a tenth of a second; on a busy disk it takes longer.
const MAX_INDEX_WAIT: Duration = Duration::from_millis(800);
/// How often a search that waits looks at the index.
const WAIT_STEP: Duration = Duration::from_millis(5);

/// If the index lacks more changes than this, the page says that results may be missing.
const MANY_CHANGES: u64 = 500;

/// Waits until the index has the last few changes; returns how many it lacks after that.
pub(super) async fn settle(node: &Node, index: &Index, last_change: u64) -> u64 {
    let behind = || last_change.saturating_sub(index.progress());
    // Waiting does not help while the index cannot follow the database at all.
    let follows = node.indexer.fault().is_none() && !index.is_earlier();
    if !(1..=MAX_AWAITED_CHANGES).contains(&behind()) || !follows {
        return behind();
    }
    node.indexer.wake();
    let started = Instant::now();
    without_permit(async {
        while behind() > 0 && started.elapsed() < MAX_INDEX_WAIT {
            tokio::time::sleep(WAIT_STEP).await;
        }
    })
    .await;
    behind()
}

/// Returns what readers must know if the index lacks something.
pub(super) fn incomplete(node: &Node, index: &Index, behind: u64) -> Option<String> {
    let building = node.indexer.building();
    if index.is_earlier() {
        let percent = building.map_or(0, Progress::percent);
        return Some(format!(
            "We are preparing a new version of the search: {percent}% is done. Until then, pages that are new or have changed may be missing."
        ));
    }
    if behind <= MANY_CHANGES {
        return None;
    }
    // Before the indexer begins, an empty index shows that it will be built.
    let at = index.progress();
    let percent = match building {
        Some(building) => building.percent(),
        None if at == 0 => 0,
        None => {
            let note =
                "We are still adding new pages to the search. There may be more results soon.";
            return Some(note.to_owned());
        }
    };
    Some(format!(
        "We are building the search: {percent}% is done. There may be more results soon."
    ))
}
