//! Keeps the index in step with the database: applies the queue of changes, and rebuilds a damaged index.
//!
//! The database is the truth. Each commit of the index holds the number of the last change that it has applied, and this
//! is recorded nowhere else: a node that was killed continues from the last commit. Each replica of a node has its own
//! index.
//!
//! Only public documents are in it. Its scores follow from all that it holds, so anything else would change what a
//! stranger's search shows.

mod batch;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_recursion::async_recursion as boxed;
use domain::searchable::Searchable;
use search::{Index, IndexError};
use store::{Store, StoreError};
use tokio::sync::{Mutex, Notify};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::Digest;

use batch::Batch;
pub use batch::organisation_value;

use crate::{clock::Clock, error::NodeError, searchables::Searchables};

/// Changes of one commit. A commit waits for the disk several times, and makes a segment that is merged with others
/// later.
const COMMIT_CHANGES: u64 = 4_000;

/// How long changes are collected for one commit while many come in, and so how long one of them may wait to be found.
const GATHER: Duration = Duration::from_secs(1);

/// How often the queue is read without a wake-up, since other replicas write to the same database.
const LOOK: Duration = Duration::from_secs(1);

/// How long to wait after a failure, doubled each time from `MIN_PAUSE` to `MAX_PAUSE`.
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// From this many changes at once, more are expected soon: those of an import or a pull.
const MIN_BULK_CHANGES: u64 = 200;

/// After this many changes, segments are merged.
const MANY_CHANGES: u64 = 2_000;

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

/// Keeps one index in step with one database.
pub struct Indexer {
    store: Store,
    index: Arc<Index>,
    clock: Clock,
    /// What is already known of bodies that come next.
    searchables: Arc<Searchables>,
    wake: Notify,
    suspect: AtomicBool,
    /// One catching up, rebuild or erasure at a time.
    busy: Mutex<()>,
    fault: std::sync::Mutex<Option<String>>,
    /// How far an index is that is built from the start.
    building: std::sync::Mutex<Option<Progress>>,
}

impl Indexer {
    /// Returns the indexer of `index`, idle until [`Indexer::run`] or another method is called.
    pub fn new(store: Store, index: Arc<Index>, clock: Clock) -> Self {
        Self {
            store,
            index,
            clock,
            searchables: Arc::default(),
            wake: Notify::new(),
            suspect: AtomicBool::new(false),
            busy: Mutex::new(()),
            fault: std::sync::Mutex::new(None),
            building: std::sync::Mutex::new(None),
        }
    }

    /// Takes the searchable text of a body that is about to be written, so that it is not made again from the body.
    pub(crate) fn expect_body(&self, body: Digest, searchable: Searchable) {
        self.searchables.put(body, searchable);
    }

    /// Says that the database has changed. Cheap; call it after each commit.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Says that a search found the index damaged: it is verified, and rebuilt if that is so.
    pub fn suspect(&self) {
        self.suspect.store(true, Ordering::Release);
        self.wake();
    }

    /// Returns how many changes the index has yet to apply: 0 when every commit can be found.
    ///
    /// # Errors
    /// Only those of the database.
    #[boxed]
    pub async fn lag(&self) -> Result<u64, StoreError> {
        Ok(self
            .store
            .last_change()
            .await?
            .saturating_sub(self.index.progress()))
    }

    /// Returns why the index does not follow the database at the moment, if so, for the operator.
    pub fn fault(&self) -> Option<String> {
        self.fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns how far the index is that is being built from the start; `None` if none is.
    pub fn building(&self) -> Option<Progress> {
        *self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the database until `stop`: after each [`Indexer::wake`], and every second.
    #[boxed]
    pub async fn run(&self, stop: &CancellationToken) {
        let mut pause = MIN_PAUSE;
        loop {
            let before = self.index.progress();
            let wait = match self.follow().await {
                Ok(()) => {
                    self.note(None);
                    pause = MIN_PAUSE;
                    if self.index.progress().saturating_sub(before) >= MIN_BULK_CHANGES
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
                    pause = (pause * 2).min(MAX_PAUSE);
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

    /// Applies all changes that the index lacks. When it returns, what was committed before the
    /// call can be found.
    ///
    /// # Errors
    /// Of the database or the index; what was applied until then stays applied.
    pub async fn catch_up(&self, each: impl FnMut(Progress)) -> Result<(), NodeError> {
        let _busy = self.busy.lock().await;
        self.catch_up_alone(each).await
    }

    /// Builds a new index from the database while the current one serves.
    ///
    /// # Errors
    /// Of the database or the disk; the current index then continues to serve.
    pub async fn rebuild(&self, each: impl FnMut(Progress)) -> Result<(), NodeError> {
        let _busy = self.busy.lock().await;
        let replacement = self.blocking(Index::create_replacement).await?;
        self.rebuild_alone(replacement, each).await
    }

    /// Catches up, then removes the words of every document that may not be found any more from the
    /// files of the index. Returns whether they are gone; if not, a search still uses an old file.
    ///
    /// # Errors
    /// Of the database or the index.
    #[boxed]
    pub async fn erase(&self) -> Result<bool, NodeError> {
        let _busy = self.busy.lock().await;
        self.catch_up_alone(|_| {}).await?;
        Ok(self.blocking(Index::erase).await?.complete)
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

    async fn follow(&self) -> Result<(), NodeError> {
        if self.suspect.swap(false, Ordering::AcqRel)
            && let Err(error) = self.blocking(Index::verify).await
        {
            tracing::error!(%error, "the search index is damaged and is being rebuilt");
            return self.rebuild(|_| {}).await;
        }
        match self.catch_up(|_| {}).await {
            Err(NodeError::Index(error)) if error.needs_rebuild() => {
                tracing::error!(%error, "the search index is damaged and is being rebuilt");
                self.rebuild(|_| {}).await
            }
            other => other,
        }
    }

    async fn catch_up_alone(&self, mut each: impl FnMut(Progress)) -> Result<(), NodeError> {
        if self.index.is_earlier() {
            return self.replace_earlier(each).await;
        }
        let from = self.index.progress();
        let goal = self.store.last_change().await?;
        if from == goal {
            return self.complete().await;
        }
        if from > goal {
            // The database is an older one than the index was made from, such as a restored backup.
            tracing::warn!(
                from,
                goal,
                "the search index is ahead of the database and is being rebuilt"
            );
            let replacement = self.blocking(Index::create_replacement).await?;
            return self.rebuild_alone(replacement, each).await;
        }
        let done = if from == 0 {
            self.build(&self.index, goal, &mut each).await?
        } else {
            self.fill(&self.index, from, goal, &mut each).await?
        };
        if done >= MANY_CHANGES {
            self.blocking(Index::compact).await?;
        }
        self.complete().await
    }

    /// The index has everything, also after a build whose last attempt ended in the middle: whatever was moved aside as
    /// damaged has been replaced.
    async fn complete(&self) -> Result<(), NodeError> {
        self.blocking(Index::remove_aside).await?;
        self.searchables.forget_old(std::time::Instant::now());
        self.set_building(None);
        Ok(())
    }

    /// Builds an index of the present format while the one of an earlier format serves. Continues an
    /// attempt that was cut off.
    async fn replace_earlier(&self, each: impl FnMut(Progress)) -> Result<(), NodeError> {
        let goal = self.store.last_change().await?;
        let mut replacement = self.blocking(Index::resume_replacement).await?;
        if replacement.progress() > goal {
            // The attempt was made from a later database than this one.
            drop(replacement);
            replacement = self.blocking(Index::create_replacement).await?;
        }
        self.rebuild_alone(replacement, each).await
    }

    /// Fills `replacement` from where it is, and puts it in the place of the index that serves.
    async fn rebuild_alone(
        &self,
        replacement: Index,
        mut each: impl FnMut(Progress),
    ) -> Result<(), NodeError> {
        let goal = self.store.last_change().await?;
        let replacement = Arc::new(replacement);
        self.build(&replacement, goal, &mut each).await?;
        self.blocking(move |index| {
            replacement.compact()?;
            match Arc::into_inner(replacement) {
                Some(replacement) => index.replace_with(replacement),
                // Every task that held it has ended by now; if not, the next attempt starts over.
                None => Ok(()),
            }
        })
        .await?;
        self.fill(&self.index, self.index.progress(), goal, &mut |_| {})
            .await?;
        self.complete().await
    }

    /// Fills an index from where it is, and lets others see how far it is. After a failure it counts as being built until
    /// the next attempt has ended.
    async fn build(
        &self,
        index: &Arc<Index>,
        goal: u64,
        each: &mut impl FnMut(Progress),
    ) -> Result<u64, NodeError> {
        let at = index.progress();
        self.set_building(Some(Progress { done: 0, at, goal }));
        let mut each = |progress| {
            self.set_building(Some(progress));
            each(progress);
        };
        self.fill(index, at, goal, &mut each).await
    }

    fn set_building(&self, progress: Option<Progress>) {
        *self.building.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Index) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, NodeError> {
        let index = Arc::clone(&self.index);
        Ok(spawn_blocking(move || work(&index)).await??)
    }

    /// Applies everything after `from`; reads and prepares one batch while the one before is added.
    /// Returns how many changes there were.
    async fn fill(
        &self,
        index: &Arc<Index>,
        from: u64,
        goal: u64,
        each: &mut impl FnMut(Progress),
    ) -> Result<u64, NodeError> {
        let (mut done, mut committed) = (0_u64, 0_u64);
        let mut next = self.next_batch(from).await?;
        while let Some(batch) = next {
            let last = batch.last;
            done += u64::try_from(batch.changes.len()).unwrap_or(u64::MAX);
            let adding = {
                let index = Arc::clone(index);
                spawn_blocking(move || index.add(&batch.changes))
            };
            let (added, following) = tokio::join!(adding, self.next_batch(last));
            added??;
            next = following?;
            // The end of the queue, or enough for a commit.
            if next.is_none() || done - committed >= COMMIT_CHANGES {
                let index = Arc::clone(index);
                spawn_blocking(move || index.commit(last)).await??;
                committed = done;
                each(Progress {
                    done,
                    at: last,
                    goal: goal.max(last),
                });
            }
        }
        Ok(done)
    }

    async fn next_batch(&self, after: u64) -> Result<Option<Batch>, NodeError> {
        Batch::read(&self.store, &self.searchables, after, self.clock.now()).await
    }

    fn note(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}
