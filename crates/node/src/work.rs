//! The permit of a request: one of a small number of places for work on the index and on pages at a time.
//!
//! A permit is kept until the last part of the work has ended, also on a thread that cannot be interrupted. So a client
//! that goes away does not make room for more work than the number of permits. Whoever admits requests gives the permits;
//! this module does not know the rules. Work outside a request has no permit and is not limited here.

use std::sync::{Arc, Mutex, PoisonError};

use async_recursion::async_recursion as boxed;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
};

tokio::task_local! {
    static HELD: Arc<Permit>;
}

/// A place among the works that run at a time. It is empty while the work waits for something other than a processor.
#[derive(Debug)]
pub struct Permit {
    places: Arc<Semaphore>,
    place: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Permit {
    /// Waits for a place. Those who came first are first.
    #[boxed]
    pub async fn wait(places: &Arc<Semaphore>) -> Self {
        Self {
            places: Arc::clone(places),
            place: Mutex::new(take(places).await),
        }
    }

    fn put(&self, place: Option<OwnedSemaphorePermit>) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }
}

/// Returns a place; `None` after the semaphore was closed, which no one does.
async fn take(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    Arc::clone(places).acquire_owned().await.ok()
}

/// Does work that holds a permit.
pub async fn with_permit<F: Future>(permit: Permit, work: F) -> F::Output {
    HELD.scope(Arc::new(permit), work).await
}

/// Runs work on a thread that may block. It keeps the permit of its caller until it ends, even if the caller goes away.
pub fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    let permit = HELD.try_with(Arc::clone).ok();
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    })
}

/// Waits for something that needs no processor, and lets others work meanwhile.
pub async fn without_permit<F: Future>(waiting: F) -> F::Output {
    let Ok(permit) = HELD.try_with(Arc::clone) else {
        return waiting.await;
    };
    permit.put(None);
    let done = waiting.await;
    permit.put(take(&permit.places).await);
    done
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_permit_outlives_its_request_until_the_blocking_work_ends() {
        let places = Arc::new(Semaphore::new(1));
        let (go, may_go) = mpsc::channel::<()>();
        let (began, has_begun) = oneshot::channel();
        let permit = Permit::wait(&places).await;
        let request = with_permit(permit, async {
            // The client goes away here.
            drop(spawn_blocking(move || {
                let _ = began.send(());
                may_go.recv()
            }));
        });
        request.await;
        has_begun.await.unwrap();
        assert_eq!(places.available_permits(), 0);
        go.send(()).unwrap();
        assert!(take(&places).await.is_some());
    }

    #[tokio::test]
    async fn others_work_while_one_waits() {
        let places = Arc::new(Semaphore::new(1));
        let permit = Permit::wait(&places).await;
        let waiting = with_permit(permit, async {
            without_permit(async { assert_eq!(places.available_permits(), 1) }).await;
            assert_eq!(places.available_permits(), 0);
        });
        waiting.await;
        assert_eq!(places.available_permits(), 1);
    }
}
