//! Erases withdrawn words from the files of the index and of the database.
//!
//! A withdrawal commits first; its words leave the files soon after, in the background. The database does not record
//! that an erasure is due: each start begins with one, in case the process was killed during the last.
//!
//! What is erased in the database is overwritten, and keeps its space. Once that is much of the file, the file is rewritten:
//! otherwise a peer that revises a long document again and again would fill the disk with what nothing refers to.

use std::{
    path::PathBuf,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_recursion::async_recursion as boxed;
use disk_space::reserve::Reserve;
use store::{Store, StoreError};
use tokio::{
    sync::{Mutex, Notify},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use indexer::Indexer;

use crate::{disk, error::NodeError, renderings::Renderings};

/// Wait before the next attempt, doubled each time from `MIN_PAUSE` to `MAX_PAUSE`. Words have to be erased within 60 s
/// (docs/FEED.md §7 step 8), so a reader that keeps a file open for a moment may delay this by seconds only.
const MIN_PAUSE: Duration = Duration::from_millis(250);
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// Attempts of one [`Eraser::settle`]: they take about a minute.
const MAX_ATTEMPTS: u32 = 15;
/// How long superseded words may stay in the files, so that many revisions cost one rewrite of the index.
const MAX_SUPERSEDED_AGE: Duration = Duration::from_secs(45);

/// How many bytes must have been erased for the database file to be rewritten, and how many times as many it may have then.
/// So each byte that is erased costs the writing of less than five others, and the file has at most a quarter more than its words.
const MIN_ERASED: u64 = 1 << 20;
const FILE_TIMES: u64 = 5;
/// How many times the file there must be free on the disk: its copy, and the log from which the copy is taken over.
const FREE_TIMES: u64 = 2;

/// Why words may still be in some file. The next attempt may succeed.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The index could not be brought up to date or rewritten, or the database could not erase, for example because a
    /// reader holds its log.
    #[error(transparent)]
    Node(NodeError),
    /// A search still reads from an old file of the index.
    #[error("a search still uses an old file of the index")]
    InUse,
}

impl<E: Into<NodeError>> From<E> for EraseError {
    fn from(error: E) -> Self {
        Self::Node(error.into())
    }
}

/// Runs one erasure at a time; requests that arrive during one are served together by the next.
pub struct Eraser {
    store: Store,
    /// The directory of the database file.
    data: PathBuf,
    indexer: Arc<Indexer>,
    renderings: Arc<Renderings>,
    /// Space for withdrawals and erasures on a full disk.
    pub reserve: Arc<Reserve>,
    /// How many bytes were erased when the disk had no room for a copy: it is not tried again before as many have come again.
    had_no_room_at: AtomicU64,
    /// Number of the latest request.
    requested: AtomicU64,
    /// Number of the latest request that is done.
    erased: AtomicU64,
    /// Transactions in progress that may need an erasure.
    holds: AtomicU64,
    /// When superseded words have to be erased at the latest.
    superseded_due: std::sync::Mutex<Option<Instant>>,
    wake: Notify,
    /// Held during an erasure.
    running: Mutex<()>,
}

/// What a transaction has removed from what readers can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// No words.
    Nothing,
    /// Words of a revision that a newer one has replaced.
    Superseded,
    /// Words that were withdrawn.
    Withdrawn,
}

/// Keeps [`Eraser::is_settled`] false during a transaction that may withdraw something. If it is dropped without
/// [`Hold::end`], an erasure is requested, because the transaction may still have committed.
pub struct Hold<'a> {
    eraser: &'a Eraser,
    removed: Removed,
}

impl Hold<'_> {
    /// Ends the hold, and requests the erasure that the transaction makes necessary.
    pub fn end(mut self, removed: Removed) {
        self.removed = removed;
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        match self.removed {
            Removed::Nothing => {}
            Removed::Superseded => self.eraser.request_soon(),
            Removed::Withdrawn => self.eraser.request(),
        }
        self.eraser.holds.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Eraser {
    /// Returns an eraser with one erasure due, which an earlier process may not have finished.
    #[must_use]
    pub fn new(
        store: Store,
        data: PathBuf,
        indexer: Arc<Indexer>,
        renderings: Arc<Renderings>,
        reserve: Arc<Reserve>,
    ) -> Self {
        Self {
            store,
            data,
            indexer,
            renderings,
            reserve,
            had_no_room_at: AtomicU64::new(0),
            requested: AtomicU64::new(1),
            erased: AtomicU64::new(0),
            holds: AtomicU64::new(0),
            superseded_due: std::sync::Mutex::new(None),
            wake: Notify::new(),
            running: Mutex::new(()),
        }
    }

    /// Requests an erasure at once.
    fn request(&self) {
        self.requested.fetch_add(1, Ordering::AcqRel);
        self.wake.notify_one();
    }

    /// Requests an erasure within [`MAX_SUPERSEDED_AGE`], after words were superseded and none withdrawn.
    fn request_soon(&self) {
        let due = Instant::now() + MAX_SUPERSEDED_AGE;
        self.superseded_due().get_or_insert(due);
        self.wake.notify_one();
    }

    /// Begins a hold; call it before a transaction that may remove words from what readers can see.
    pub fn hold(&self) -> Hold<'_> {
        self.holds.fetch_add(1, Ordering::AcqRel);
        Hold {
            eraser: self,
            removed: Removed::Withdrawn,
        }
    }

    /// Says whether every committed withdrawal is erased, including any that the caller has read before the call.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.holds.load(Ordering::Acquire) == 0 && !self.is_due()
    }

    /// Says whether an erasure is due or running.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.erased.load(Ordering::Acquire) < self.requested.load(Ordering::Acquire)
    }

    /// Erases whenever it is requested, until `stop`; first what an earlier process may have left.
    #[boxed]
    pub async fn run(&self, stop: &CancellationToken) {
        loop {
            let done = tokio::select! {
                () = stop.cancelled() => return,
                done = self.settle() => done,
            };
            if let Err(error) = done {
                tracing::error!(%error, "withdrawn text is still in the database files; trying again");
                continue;
            }
            self.compact().await;
            let superseded = *self.superseded_due();
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.notified() => {}
                () = sleep_until(superseded) => self.request(),
            }
        }
    }

    /// Waits until everything that was requested before the call is erased: no file holds any word of it then.
    ///
    /// # Errors
    /// The error of the last attempt, after about a minute.
    #[boxed]
    pub async fn settle(&self) -> Result<(), EraseError> {
        let _running = self.running.lock().await;
        // Another caller may have done it while this one waited for the lock.
        let goal = self.requested.load(Ordering::Acquire);
        if self.erased.load(Ordering::Acquire) >= goal {
            return Ok(());
        }
        let mut pause = MIN_PAUSE;
        let mut attempt = 1;
        loop {
            // One erasure serves superseded words too. Those that are superseded from here on may come too late for it.
            let superseded = self.superseded_due().take();
            match self.erase().await {
                Ok(()) => {
                    self.erased.fetch_max(goal, Ordering::AcqRel);
                    return Ok(());
                }
                Err(error) if attempt >= MAX_ATTEMPTS => return Err(error),
                Err(error) => tracing::debug!(%error, attempt, "erasing failed; trying again"),
            }
            // It failed: the superseded words are due as before.
            if let Some(due) = superseded {
                self.superseded_due().get_or_insert(due);
            }
            attempt += 1;
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }

    fn superseded_due(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.superseded_due
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn erase(&self) -> Result<(), EraseError> {
        // A transaction whose caller has gone may still commit a withdrawal: wait for it, and erase that too.
        self.store.settle_writes().await?;
        // The words are in memory, in the index and in the database. They leave the database also where the disk has no room
        // to write the index without them.
        self.renderings.clear();
        let of_index = self.reserve.with_room(|| self.indexer.erase()).await;
        self.reserve.with_room(|| self.store.erase()).await?;
        // The database gives back what its log had of the disk: before others take it.
        self.reserve.refill();
        if !of_index? {
            return Err(EraseError::InUse);
        }
        Ok(())
    }

    /// Rewrites the database file if much of it was erased. A failure is logged: nothing is lost by it but space.
    async fn compact(&self) {
        if let Err(error) = self.compact_if_much().await {
            tracing::warn!(%error, "the space of erased texts is still in the database file");
        }
    }

    async fn compact_if_much(&self) -> Result<(), StoreError> {
        let erased = self.store.erased_bytes().await?;
        let before = self.store.size_bytes().await?;
        let had_no_room_at = self.had_no_room_at.load(Ordering::Relaxed);
        if !is_much(erased, before) || erased < had_no_room_at.saturating_mul(2) {
            return Ok(());
        }
        let free = disk::space(&self.data).map_or(u64::MAX, |(free, _)| free);
        if free < before.saturating_mul(FREE_TIMES) {
            self.had_no_room_at.store(erased, Ordering::Relaxed);
            return Err(StoreError::Full);
        }
        // One that fails after it has begun is tried again after the next erasure: it may have left copies of rows.
        let began = Instant::now();
        self.store.compact().await?;
        self.had_no_room_at.store(0, Ordering::Relaxed);
        let after = self.store.size_bytes().await?;
        let took = began.elapsed();
        tracing::info!(
            before,
            after,
            ?took,
            "the database file was rewritten without what was erased"
        );
        Ok(())
    }
}

/// Says whether so much of the file was erased that it is rewritten.
fn is_much(erased: u64, file: u64) -> bool {
    erased >= MIN_ERASED && erased.saturating_mul(FILE_TIMES) >= file
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use search::Index;
    use store::Options;

    use super::*;
    use crate::clock::Clock;

    #[tokio::test]
    async fn a_transaction_in_progress_and_a_withdrawal_prevent_settled_and_a_supersession_does_not()
     {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("node.db").display());
        let store = Store::open(&Options::new(url)).await.unwrap();
        let [public, restricted] = indexer::DIRECTORIES.map(|name| {
            let opened = Index::open_or_replace(&directory.path().join(name)).unwrap();
            Arc::new(opened.index)
        });
        let now = Clock::system().reader();
        let indexer = Arc::new(Indexer::new(store.clone(), public, restricted, now));
        let data = directory.path().to_owned();
        let eraser = Eraser::new(
            store.clone(),
            data,
            indexer,
            Arc::default(),
            Arc::new(Reserve::new(None)),
        );
        assert!(
            !eraser.is_settled(),
            "an earlier process may have left something"
        );
        eraser.settle().await.unwrap();
        assert!(eraser.is_settled());
        for (removed, settled) in [
            (Some(Removed::Nothing), true),
            (Some(Removed::Withdrawn), false),
            // Cancelled: it is unknown whether it has committed.
            (None, false),
            (Some(Removed::Superseded), true),
        ] {
            let hold = eraser.hold();
            assert!(!eraser.is_settled());
            match removed {
                Some(removed) => hold.end(removed),
                None => drop(hold),
            }
            assert_eq!(eraser.is_settled(), settled, "{removed:?}");
            if !settled {
                eraser.settle().await.unwrap();
            }
        }
        assert!(eraser.superseded_due().is_some());
        eraser.hold().end(Removed::Withdrawn);
        eraser.settle().await.unwrap();
        assert!(eraser.superseded_due().is_none(), "one erasure serves all");
        store.close().await;
    }
}
