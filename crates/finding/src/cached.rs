//! Answers of searches that many pages show: made once for each state of the database.

use store::StoreError;

use std::sync::Arc;

use node::{Node, answers::Answer};

/// An answer that all who ask share.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The cached answers of one state of the database.
pub(crate) struct CachedAnswers<'a> {
    node: &'a Node,
    /// The last change of any document.
    change: u64,
    /// How often the cache was cleared before the answer is made.
    clears: u64,
}

impl<'a> CachedAnswers<'a> {
    /// Returns the answers of the database as it is now; call it before an answer is made.
    pub(crate) async fn now(node: &'a Node) -> Result<Self, StoreError> {
        let clears = node.renderings.clears();
        let change = node.store.last_change().await?;
        Ok(Self {
            node,
            change,
            clears,
        })
    }

    /// Returns the answers of what the index has, without a query of the database.
    pub(crate) fn indexed(node: &'a Node) -> Self {
        Self {
            node,
            change: node.index.progress(),
            clears: node.renderings.clears(),
        }
    }

    /// Reads from the cached answer of a type.
    pub(crate) fn read<A: Answer, T>(&self, read: impl FnOnce(&A) -> Option<T>) -> Option<T> {
        self.node.renderings.answers.read(self.change, read)
    }

    /// Returns the cached answer of a type.
    pub(crate) fn get<T>(&self) -> Option<Arc<T>>
    where
        Shared<T>: Answer,
    {
        self.read(|answer: &Shared<T>| Some(Arc::clone(&answer.0)))
    }

    /// Caches an answer that was made since, or a part of it, if the index has all changes: an index that lacks some
    /// would keep its earlier answer until the next change. Nothing that was withdrawn meanwhile comes back into memory.
    pub(crate) fn update<A: Answer + Default>(&self, update: impl FnOnce(&mut A)) {
        let is_current = self.node.index.progress() >= self.change;
        if is_current && self.node.renderings.clears() == self.clears {
            self.node.renderings.answers.update(self.change, update);
        }
    }

    /// Caches an answer, as [`CachedAnswers::update`] does.
    pub(crate) fn set<T>(&self, answer: &Arc<T>)
    where
        Shared<T>: Answer + Default,
    {
        self.update(|cached| *cached = Shared(Arc::clone(answer)));
    }
}
