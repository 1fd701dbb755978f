//! Keeps one index in step with the database: applies the queue of changes, and builds the index again where that is
//! needed.

use std::sync::{Arc, PoisonError};

use search::{Index, IndexError};
use store::Store;
use tokio::task::spawn_blocking;

use crate::{COMMIT_CHANGES, IndexerError, Now, Progress, batch::Batch, searchables::Searchables};

/// After this many changes, segments are merged.
const MANY_CHANGES: u64 = 2_000;

/// Which documents an index has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Those of all nodes that everyone may read.
    Public,
    /// Those of this node that are not for everyone.
    Restricted,
}

/// Keeps one index in step with one database. One call at a time.
pub(super) struct Follower {
    store: Store,
    pub(super) index: Arc<Index>,
    held: Held,
    now: Now,
    searchables: Arc<Searchables>,
    /// How far an index is that is built from the start.
    building: std::sync::Mutex<Option<Progress>>,
}

impl Follower {
    pub(super) fn new(
        store: Store,
        index: Arc<Index>,
        held: Held,
        now: Now,
        searchables: Arc<Searchables>,
    ) -> Self {
        Self {
            store,
            index,
            held,
            now,
            searchables,
            building: std::sync::Mutex::new(None),
        }
    }

    /// Applies all changes that the index lacks, after a check of its files where they may be damaged. A damaged index is
    /// built again.
    pub(super) async fn follow(&self, suspect: bool) -> Result<(), IndexerError> {
        let verified = if suspect {
            self.blocking(Index::verify).await
        } else {
            Ok(())
        };
        if let Err(error) = verified {
            tracing::error!(%error, "the search index is damaged and is being rebuilt");
            return self.rebuild(|_| {}).await;
        }
        match self.catch_up(|_| {}).await {
            Err(IndexerError::Index(error)) if error.needs_rebuild() => {
                tracing::error!(%error, "the search index is damaged and is being rebuilt");
                self.rebuild(|_| {}).await
            }
            other => other,
        }
    }

    /// Builds a new index from the database while the current one serves.
    pub(super) async fn rebuild(&self, each: impl FnMut(Progress)) -> Result<(), IndexerError> {
        let replacement = self.blocking(Index::create_replacement).await?;
        self.replace(replacement, each).await
    }

    /// Catches up, then removes the words of every document that may not be found any more from the files. Returns
    /// whether they are gone.
    pub(super) async fn erase(&self) -> Result<bool, IndexerError> {
        self.catch_up(|_| {}).await?;
        Ok(self.blocking(Index::erase).await?.complete)
    }

    /// Returns how far the index is that is being built from the start; `None` if none is.
    pub(super) fn building(&self) -> Option<Progress> {
        *self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies all changes that the index lacks.
    pub(super) async fn catch_up(
        &self,
        mut each: impl FnMut(Progress),
    ) -> Result<(), IndexerError> {
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
            return self.rebuild(each).await;
        }
        let written = if from == 0 {
            self.build(&self.index, goal, &mut each).await?
        } else {
            self.fill(&self.index, from, goal, &mut each).await?
        };
        if written >= MANY_CHANGES {
            self.blocking(Index::compact).await?;
        }
        self.complete().await
    }

    /// The index has everything, also after a build whose last attempt ended in the middle: whatever was moved aside as
    /// damaged has been replaced.
    async fn complete(&self) -> Result<(), IndexerError> {
        self.blocking(Index::remove_aside).await?;
        self.set_building(None);
        Ok(())
    }

    /// Builds an index of the present format while the one of an earlier format serves. Continues an
    /// attempt that was cut off.
    async fn replace_earlier(&self, each: impl FnMut(Progress)) -> Result<(), IndexerError> {
        let goal = self.store.last_change().await?;
        let mut replacement = self.blocking(Index::resume_replacement).await?;
        if replacement.progress() > goal {
            // The attempt was made from a later database than this one.
            drop(replacement);
            replacement = self.blocking(Index::create_replacement).await?;
        }
        self.replace(replacement, each).await
    }

    /// Fills `replacement` from where it is, and puts it in the place of the index that serves.
    async fn replace(
        &self,
        replacement: Index,
        mut each: impl FnMut(Progress),
    ) -> Result<(), IndexerError> {
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
    ) -> Result<u64, IndexerError> {
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
    ) -> Result<T, IndexerError> {
        let index = Arc::clone(&self.index);
        Ok(spawn_blocking(move || work(&index)).await??)
    }

    /// Applies everything after `from`; reads and prepares one batch while the one before is added. Changes that the index
    /// has nothing of are not committed. Returns how many others there were.
    async fn fill(
        &self,
        index: &Arc<Index>,
        from: u64,
        goal: u64,
        each: &mut impl FnMut(Progress),
    ) -> Result<u64, IndexerError> {
        let (mut done, mut committed, mut written) = (0_u64, 0_u64, 0_u64);
        let (mut at, mut is_open) = (from, false);
        let mut next = self.next_batch(from).await?;
        while let Some(batch) = next {
            at = batch.last;
            done += u64::try_from(batch.changes.len()).unwrap_or(u64::MAX);
            let adding = {
                let index = Arc::clone(index);
                spawn_blocking(move || index.add(&batch.changes))
            };
            let (added, following) = tokio::join!(adding, self.next_batch(at));
            let added = added??;
            written += added;
            is_open |= added > 0;
            next = following?;
            // The end of the queue, or enough for a commit.
            if next.is_none() || done - committed >= COMMIT_CHANGES {
                if std::mem::take(&mut is_open) {
                    let index = Arc::clone(index);
                    spawn_blocking(move || index.commit(at)).await??;
                }
                committed = done;
                each(Progress {
                    done,
                    at,
                    goal: goal.max(at),
                });
            }
        }
        // What is left up to there is not for this index.
        index.pass(at.max(goal));
        Ok(written)
    }

    async fn next_batch(&self, after: u64) -> Result<Option<Batch>, IndexerError> {
        let now = (self.now)();
        Batch::read(&self.store, self.held, &self.searchables, after, now).await
    }
}
