//! What is kept of searches that many pages would make again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::vocabulary::Topic;

use super::{Matrix, Newest, Products, Works};
use crate::flows::search::LikeOurs;

/// What many pages show and no page should search for again: the matrix, the work of each organisation, the newest
/// documents of each topic, which organisations are like ours, and how many documents name each product. Public documents
/// only, and only while no document at all has changed.
#[derive(Debug, Default)]
pub(crate) struct TopicCache(Mutex<Cached>);

#[derive(Debug, Default)]
pub(super) struct Cached {
    change: u64,
    pub(super) matrix: Option<Arc<Matrix>>,
    pub(super) works: Option<Arc<Works>>,
    pub(super) newest: HashMap<Topic, Arc<Newest>>,
    pub(super) like_ours: Option<Arc<LikeOurs>>,
    pub(super) products: Option<Arc<Products>>,
}

impl TopicCache {
    /// Removes everything.
    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Cached::default();
    }

    pub(crate) fn like_ours(&self, change: u64) -> Option<Arc<LikeOurs>> {
        self.read(change, |cached| cached.like_ours.clone())
    }

    pub(crate) fn keep_like_ours(&self, change: u64, found: &Arc<LikeOurs>) {
        self.write(change, |cached| cached.like_ours = Some(Arc::clone(found)));
    }

    pub(super) fn read<T>(
        &self,
        change: u64,
        read: impl FnOnce(&Cached) -> Option<T>,
    ) -> Option<T> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (cached.change == change).then(|| read(&cached)).flatten()
    }

    pub(super) fn write(&self, change: u64, write: impl FnOnce(&mut Cached)) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.change != change {
            *cached = Cached {
                change,
                ..Cached::default()
            };
        }
        write(&mut cached);
    }
}
