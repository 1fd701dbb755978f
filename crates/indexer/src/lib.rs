//! Keeps the indexes in step with the database: applies the queue of changes, and rebuilds a damaged index.
//!
//! The database is the truth. Each commit of the index holds the number of the last change that it has applied, and this
//! is recorded nowhere else: a node that was killed continues from the last commit. Each replica of a node has its own
//! indexes.
//!
//! There are two. The scores of an index follow from all that it has, so one has public documents only: anything else would
//! change what a stranger's search shows. What this node's own documents have that are not for everyone is in the other,
//! which only its staff can ask.

mod batch;
mod error;
mod follower;
mod searchables;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_recursion::async_recursion as boxed;
use disk_space::reserve::OfFullDisk as _;
use domain::searchable::Searchable;
use search::Index;
use store::{Store, StoreError};
use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::{Digest, Timestamp};

pub use batch::organisation_value;
pub use error::IndexerError;
use follower::{Follower, Held};
use searchables::Searchables;

/// Says what time it is.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The directories of the indexes of public and of restricted documents, in the data directory.
pub const DIRECTORIES: [&str; 2] = ["index", "restricted-index"];

/// Changes of one commit. A commit waits for the disk several times, and makes a segment that is merged with others
/// later.
const COMMIT_CHANGES: u64 = 4_000;

/// How long changes are collected for one commit while many come in, and so how long one of them may wait to be found.
const GATHER: Duration = Duration::from_secs(1);

/// How often the queue is read without a wake-up, since other replicas write to the same database.
const LOOK: Duration = Duration::from_secs(1);

/// How long to wait after a failure, doubled each time up to [`max_pause`].
const MIN_PAUSE: Duration = Duration::from_secs(1);

/// From this many changes at once, more are expected soon: those of an import or a pull.
const MIN_BULK_CHANGES: u64 = 200;

/// Progress of a catch-up or a rebuild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Changes applied so far.
    pub done: u64,
    /// The number of the last change applied.
    pub at: u64,
    /// The number of the last change there was when it began.
    pub goal: u64,
}

impl Progress {
    /// Returns how much is done, `0..=99`: a complete index is no longer in progress.
    pub fn percent(self) -> u64 {
        (self.at.saturating_mul(100) / self.goal.max(1)).min(99)
    }
}

/// Keeps the indexes in step with one database.
pub struct Indexer {
    store: Store,
    public: Follower,
    restricted: Follower,
    /// What is already known of bodies that come next.
    searchables: Arc<Searchables>,
    wake: Notify,
    suspect: AtomicBool,
    /// One catching up, rebuild or erasure at a time.
    busy: Mutex<()>,
    fault: std::sync::Mutex<Option<String>>,
}

impl Indexer {
    /// Returns the indexer of the indexes of public and of restricted documents, idle until [`Indexer::run`] or another
    /// method is called.
    pub fn new(store: Store, public: Arc<Index>, restricted: Arc<Index>, now: Now) -> Self {
        let searchables = Arc::<Searchables>::default();
        let follower = |index, held| {
            let searchables = Arc::clone(&searchables);
            Follower::new(store.clone(), index, held, Arc::clone(&now), searchables)
        };
        Self {
            public: follower(public, Held::Public),
            restricted: follower(restricted, Held::Restricted),
            store,
            searchables,
            wake: Notify::new(),
            suspect: AtomicBool::new(false),
            busy: Mutex::new(()),
            fault: std::sync::Mutex::new(None),
        }
    }

    /// Takes the searchable text of a body that is about to be written, so that it is not made again from the body.
    pub fn expect_body(&self, body: Digest, searchable: Searchable) {
        self.searchables.put(body, searchable);
    }

    /// Says that the database has changed. Cheap; call it after each commit.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Says that a search found an index damaged: both are verified, and rebuilt if that is so.
    pub fn suspect(&self) {
        self.suspect.store(true, Ordering::Release);
        self.wake();
    }

    /// Returns how many changes the index that is behind the most has yet to apply: 0 when every commit can be found.
    ///
    /// # Errors
    /// Only those of the database.
    #[boxed]
    pub async fn lag(&self) -> Result<u64, StoreError> {
        let (public, restricted) = (&self.public.index, &self.restricted.index);
        let at = public.progress().min(restricted.progress());
        Ok(self.store.last_change().await?.saturating_sub(at))
    }

    /// Returns why an index does not follow the database at the moment, if so, for the operator.
    pub fn fault(&self) -> Option<String> {
        self.fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns how far the index of public documents is that is being built from the start; `None` if none is.
    pub fn building(&self) -> Option<Progress> {
        self.public.building()
    }

    /// Follows the database until `stop`: after each [`Indexer::wake`], and every second.
    #[boxed]
    pub async fn run(&self, stop: &CancellationToken) {
        let mut pause = MIN_PAUSE;
        loop {
            let before = self.public.index.progress();
            let wait = match self.follow().await {
                Ok(()) => {
                    self.note(None);
                    pause = MIN_PAUSE;
                    if self.public.index.progress().saturating_sub(before) >= MIN_BULK_CHANGES
                        && self.gather(stop).await.is_break()
                    {
                        return;
                    }
                    LOOK
                }
                Err(fault) => {
                    let text = telemetry::chain(&fault);
                    tracing::error!(fault = %text, "the search index is not up to date with the database");
                    self.note(Some(text));
                    let wait = pause;
                    pause = (pause * 2).min(max_pause(&fault));
                    wait
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Applies all changes that the indexes lack. When it returns, what was committed before the
    /// call can be found.
    ///
    /// # Errors
    /// Of the database or an index; what was applied until then stays applied.
    pub async fn catch_up(&self, each: impl FnMut(Progress)) -> Result<(), IndexerError> {
        let _busy = self.busy.lock().await;
        let public = self.public.catch_up(each).await;
        let restricted = self.restricted.catch_up(|_| {}).await;
        self.searchables.forget_old(std::time::Instant::now());
        public.and(restricted)
    }

    /// Builds new indexes from the database while the current ones serve.
    ///
    /// # Errors
    /// Of the database or the disk; the current index then continues to serve.
    pub async fn rebuild(&self, each: impl FnMut(Progress)) -> Result<(), IndexerError> {
        let _busy = self.busy.lock().await;
        self.public.rebuild(each).await?;
        self.restricted.rebuild(|_| {}).await
    }

    /// Catches up, then removes the words of every document that may not be found any more from the
    /// files of the indexes. Returns whether they are gone; if not, a search still uses an old file.
    ///
    /// # Errors
    /// Of the database or the index.
    #[boxed]
    pub async fn erase(&self) -> Result<bool, IndexerError> {
        let _busy = self.busy.lock().await;
        let public = self.public.erase().await?;
        Ok(self.restricted.erase().await? && public)
    }

    /// Waits until a commit is worth it in the middle of a bulk of changes: there are enough of them, or they have
    /// waited long enough. Breaks when `stop` is cancelled.
    async fn gather(&self, stop: &CancellationToken) -> ControlFlow<()> {
        let until = Instant::now() + GATHER;
        while !self.has_commit_waiting().await {
            tokio::select! {
                () = stop.cancelled() => return ControlFlow::Break(()),
                () = self.wake.notified() => {}
                () = tokio::time::sleep_until(until) => break,
            }
        }
        ControlFlow::Continue(())
    }

    /// Returns whether as many changes wait as one commit takes, or their number is unknown.
    #[boxed]
    pub async fn has_commit_waiting(&self) -> bool {
        self.lag().await.map_or(true, |lag| lag >= COMMIT_CHANGES)
    }

    async fn follow(&self) -> Result<(), IndexerError> {
        let suspect = self.suspect.swap(false, Ordering::AcqRel);
        let _busy = self.busy.lock().await;
        let public = self.public.follow(suspect).await;
        let restricted = self.restricted.follow(suspect).await;
        self.searchables.forget_old(std::time::Instant::now());
        public.and(restricted)
    }

    fn note(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

/// Returns the longest wait after a failure. A disk may have room again at any moment.
fn max_pause(fault: &IndexerError) -> Duration {
    Duration::from_secs(if fault.is_of_full_disk() { 5 } else { 60 })
}
