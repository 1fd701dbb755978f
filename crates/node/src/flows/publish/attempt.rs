//! One attempt to write what has no outcome yet: reads what is held, plans, and writes.

use std::{collections::HashMap, sync::Arc};

use domain::Organisation;
use store::{Marked, NewRevision, OwnDocument, Published};
use tokio::task::spawn_blocking;
use wire::{DocumentId, Timestamp};

use super::{
    Accepted, Change, Item, Outcome, Refused,
    plan::{Plan, Planned, Planner},
};
use crate::{error::NodeError, identity::Identity, node::Node};

/// An attempt, at one time.
pub(super) struct Attempt<'a> {
    pub(super) node: &'a Node,
    pub(super) identity: &'a Identity,
    pub(super) now: Timestamp,
}

/// A revision to write, with the index of its item.
struct Write {
    index: usize,
    change: Change,
    revision: NewRevision,
}

/// What one attempt writes.
#[derive(Default)]
struct Batch {
    /// Into the log.
    logged: Vec<Write>,
    /// Outside the log.
    local: Vec<Write>,
    /// Files of unchanged documents.
    marks: Vec<Marked>,
}

impl Attempt<'_> {
    /// Plans and writes the `waiting` items, and sets their outcomes.
    pub(super) async fn run(
        &self,
        items: &Arc<Vec<Item>>,
        waiting: Vec<usize>,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<(), NodeError> {
        let store = &self.node.store;
        // What is held is read without a lock: if it changes before it is written, the transaction fails as stale.
        let ids: Vec<DocumentId> = waiting
            .iter()
            .filter_map(|index| Some(items.get(*index)?.id))
            .collect();
        let held = store.held(&ids).await?;
        let held_ids: Vec<DocumentId> = held.keys().copied().collect();
        let texts = store.own_texts_of(&held_ids).await?;
        let own = store.own_documents(&held_ids).await?;

        // Planning is pure and takes most of the time: checking, encoding and reading back.
        let planner = Planner {
            held,
            texts,
            node: self.identity.node.clone(),
            organisation: Organisation {
                ods: self.identity.ods.clone(),
                name: self.identity.name.clone(),
            },
            now: self.now,
        };
        let shared = Arc::clone(items);
        let plans = spawn_blocking(move || planner.plans(&shared, &waiting)).await?;
        let batch = self.sort(plans, items, &own, outcomes);
        self.write(batch, outcomes).await
    }

    /// Sorts plans into what has to be written; sets the outcomes of all others.
    fn sort(
        &self,
        plans: Vec<(usize, Plan)>,
        items: &[Item],
        own: &HashMap<DocumentId, OwnDocument>,
        outcomes: &mut [Option<Outcome>],
    ) -> Batch {
        let mut batch = Batch::default();
        for (index, plan) in plans {
            let Some(item) = items.get(index) else {
                continue;
            };
            match plan {
                Plan::Refuse(refusal) => {
                    let id = item.id;
                    set(outcomes, index, Err(Refused { id, refusal }));
                }
                Plan::Keep => {
                    let accepted = self.unchanged(item.id, own.get(&item.id));
                    batch.marks.extend(item.import.clone().map(|mark| Marked {
                        mark,
                        document: item.id,
                        rev: accepted.rev,
                    }));
                    set(outcomes, index, Ok(accepted));
                }
                Plan::Log(planned, change) => batch.logged.push(Write {
                    index,
                    change,
                    revision: self.hand_over(*planned),
                }),
                Plan::Local(planned, change) => batch.local.push(Write {
                    index,
                    change,
                    revision: self.hand_over(*planned),
                }),
            }
        }
        batch
    }

    /// Gives the searchable text of a revision to the indexer, before it can look for the revision.
    fn hand_over(&self, planned: Planned) -> NewRevision {
        let body = planned.revision.body.digest();
        self.node.indexer.expect_body(body, planned.searchable);
        planned.revision
    }

    async fn write(&self, batch: Batch, outcomes: &mut [Option<Outcome>]) -> Result<(), NodeError> {
        let store = &self.node.store;
        if !batch.marks.is_empty() {
            store.record_import(batch.marks, self.now).await?;
        }
        let (revisions, written) = split(batch.logged);
        // The time is read again: the checkpoint states when it was signed, not when planning began.
        let published = store
            .publish(revisions, &self.identity.signer, self.node.now())
            .await?;
        self.set_written(outcomes, written, published);
        let (revisions, written) = split(batch.local);
        let published = store
            .keep_local(revisions, &self.identity.signer, self.now)
            .await?;
        self.set_written(outcomes, written, published);
        Ok(())
    }

    fn unchanged(&self, id: DocumentId, own: Option<&OwnDocument>) -> Accepted {
        let slug = own.and_then(|own| own.slug.as_deref()).unwrap_or_default();
        Accepted {
            id,
            rev: own.map_or(1, |own| own.rev),
            index: own.and_then(|own| own.leaf_index),
            url: self.identity.document_url(id, slug),
            change: Change::Unchanged,
        }
    }

    fn set_written(
        &self,
        outcomes: &mut [Option<Outcome>],
        written: Vec<(usize, Change, String)>,
        published: Vec<Published>,
    ) {
        for ((index, change, slug), published) in written.into_iter().zip(published) {
            let accepted = Accepted {
                id: published.id,
                rev: published.rev,
                index: published.leaf_index,
                url: self.identity.document_url(published.id, &slug),
                change,
            };
            set(outcomes, index, Ok(accepted));
        }
    }
}

fn set(outcomes: &mut [Option<Outcome>], index: usize, outcome: Outcome) {
    if let Some(slot) = outcomes.get_mut(index) {
        *slot = Some(outcome);
    }
}

/// Separates the revisions, which go to the database, from what their outcomes need.
fn split(writes: Vec<Write>) -> (Vec<NewRevision>, Vec<(usize, Change, String)>) {
    writes
        .into_iter()
        .map(|write| {
            let slug = write.revision.fields.slug.clone();
            (write.revision, (write.index, write.change, slug))
        })
        .unzip()
}
