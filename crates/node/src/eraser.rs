//! Erasing: what was withdrawn leaves the files too, of the index and of the database.
//!
//! A withdrawal commits first; its words leave the files here, soon after, in the background. Nothing records that an
//! erasure is due: each start begins with one, so that whatever a kill cut short is taken up again.

use std::{
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use store::{Store, StoreError};
use tokio::{
    sync::{Mutex, Notify},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    indexer::{IndexFault, Indexer},
    renderings::Renderings,
};

/// How long to wait before trying again: doubled each time, up to the second. Erased within 60 s is the promise
/// (docs/FEED.md §7.8), so that a reader who holds on to a file for moments must not cost more than seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Attempts of one [`Eraser::settle`]: about a minute.
const ATTEMPTS: u32 = 15;
/// How long words that are only superseded may wait, so that many revisions cost one rewriting of the index.
const SUPERSEDED_WAITS: Duration = Duration::from_secs(45);

/// Why words are still in some file. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexFault),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A search still reads from an old file of the index.
    #[error("a search still uses an old file of the index")]
    InUse,
}

/// Erases, one erasure at a time; requests that come meanwhile are served together by the next.
pub struct Eraser {
    store: Store,
    indexer: Arc<Indexer>,
    renderings: Arc<Renderings>,
    requested: AtomicU64,
    erased: AtomicU64,
    /// Transactions under way that may turn out to ask for an erasure.
    holds: AtomicU64,
    /// When superseded words have to go.
    superseded: std::sync::Mutex<Option<Instant>>,
    wake: Notify,
    busy: Mutex<()>,
}

/// What a transaction has taken from readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// No words at all.
    Nothing,
    /// Words that others have taken the place of.
    Superseded,
    /// Words that were withdrawn.
    Withdrawn,
}

/// Keeps [`Eraser::is_settled`] from being true while a transaction that may withdraw something is under way. One that
/// is dropped before [`Hold::end`] asks for an erasure: its transaction may have committed all the same.
pub struct Hold<'a> {
    eraser: &'a Eraser,
    taken: Taken,
}

impl Hold<'_> {
    /// Ends with what the transaction did, and asks for the erasure that this needs.
    pub fn end(mut self, taken: Taken) {
        self.taken = taken;
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        match self.taken {
            Taken::Nothing => {}
            Taken::Superseded => self.eraser.request_soon(),
            Taken::Withdrawn => self.eraser.request(),
        }
        self.eraser.holds.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Eraser {
    /// Returns an eraser with one erasure due: the one that an earlier run may not have finished.
    #[must_use]
    pub fn new(store: Store, indexer: Arc<Indexer>, renderings: Arc<Renderings>) -> Self {
        Self {
            store,
            indexer,
            renderings,
            requested: AtomicU64::new(1),
            erased: AtomicU64::new(0),
            holds: AtomicU64::new(0),
            superseded: std::sync::Mutex::new(None),
            wake: Notify::new(),
            busy: Mutex::new(()),
        }
    }

    /// Asks for an erasure. Cheap.
    fn request(&self) {
        self.requested.fetch_add(1, Ordering::AcqRel);
        self.wake.notify_one();
    }

    /// Asks for an erasure within a minute, after words were superseded and nothing was withdrawn.
    fn request_soon(&self) {
        let due = Instant::now() + SUPERSEDED_WAITS;
        self.superseded().get_or_insert(due);
        self.wake.notify_one();
    }

    /// Begins a transaction that may take words from readers.
    pub fn hold(&self) -> Hold<'_> {
        self.holds.fetch_add(1, Ordering::AcqRel);
        Hold {
            eraser: self,
            taken: Taken::Withdrawn,
        }
    }

    /// Says whether every withdrawal that is committed is erased. A withdrawal that was read before the call counts.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.holds.load(Ordering::Acquire) == 0 && !self.is_due()
    }

    /// Says whether an erasure is due or under way.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.erased.load(Ordering::Acquire) < self.requested.load(Ordering::Acquire)
    }

    /// Erases until `stop`, whenever it is asked to, beginning with what an earlier run left.
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
            let superseded = *self.superseded();
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.notified() => {}
                () = sleep_until(superseded) => self.request(),
            }
        }
    }

    /// Erases what was asked for until now. When it returns, no word of it is in any file.
    ///
    /// # Errors
    /// The last of about a minute's attempts.
    pub async fn settle(&self) -> Result<(), EraseError> {
        let _busy = self.busy.lock().await;
        let goal = self.requested.load(Ordering::Acquire);
        if self.erased.load(Ordering::Acquire) >= goal {
            return Ok(());
        }
        let mut pause = FIRST_PAUSE;
        let mut attempt = 1;
        loop {
            // What is superseded from here on is not sure to be erased by this one.
            let superseded = self.superseded().take();
            match self.erase().await {
                Ok(()) => {
                    self.erased.fetch_max(goal, Ordering::AcqRel);
                    return Ok(());
                }
                Err(error) if attempt >= ATTEMPTS => return Err(error),
                Err(error) => tracing::debug!(%error, attempt, "erasing is tried again"),
            }
            if let Some(due) = superseded {
                self.superseded().get_or_insert(due);
            }
            attempt += 1;
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn superseded(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.superseded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn erase(&self) -> Result<(), EraseError> {
        // A commit whose caller has gone may still be under way, and what it withdraws is erased with the rest.
        self.store.settle_writes().await?;
        self.renderings.clear();
        if !self.indexer.erase().await? {
            return Err(EraseError::InUse);
        }
        Ok(self.store.erase().await?)
    }
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
    async fn a_transaction_under_way_and_a_withdrawal_keep_it_from_being_settled_and_a_supersession_does_not()
     {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("node.db").display());
        let store = Store::open(&Options::new(url)).await.unwrap();
        let index = Index::open_or_replace(&directory.path().join("index")).unwrap();
        let indexer = Arc::new(Indexer::new(
            store.clone(),
            Arc::new(index.index),
            Clock::system(),
        ));
        let eraser = Eraser::new(store.clone(), indexer, Arc::default());
        assert!(
            !eraser.is_settled(),
            "an earlier run may have left something"
        );
        eraser.settle().await.unwrap();
        assert!(eraser.is_settled());
        for (taken, settled) in [
            (Some(Taken::Nothing), true),
            (Some(Taken::Withdrawn), false),
            // Cut off: nobody knows whether it has committed.
            (None, false),
            (Some(Taken::Superseded), true),
        ] {
            let hold = eraser.hold();
            assert!(!eraser.is_settled());
            match taken {
                Some(taken) => hold.end(taken),
                None => drop(hold),
            }
            assert_eq!(eraser.is_settled(), settled, "{taken:?}");
            if !settled {
                eraser.settle().await.unwrap();
            }
        }
        assert!(eraser.superseded().is_some());
        eraser.hold().end(Taken::Withdrawn);
        eraser.settle().await.unwrap();
        assert!(eraser.superseded().is_none(), "one erasure serves all");
        store.close().await;
    }
}
