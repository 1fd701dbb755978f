//! Writing this node's own documents: publish, keep to oneself, and renew the checkpoint.
//!
//! What a document becomes and the signed checkpoint that says so commit in one transaction. Many documents may share
//! one, with a single signature. The cost of one does not depend on how many there are.

use std::collections::HashMap;

use async_recursion::async_recursion as boxed;
use ledger::{checkpoint::Signer, leaf::Leaf, limits::MAX_CLOCK_AHEAD, tree};
use wire::{DocumentId, Kept, Timestamp};

use crate::{
    StoreError,
    append::Appender,
    changes,
    documents::DocumentState,
    engine::{Db, Store, unsigned, values},
    log::{self, Head},
    nodes::OWN,
    record::records,
    revisions::{NewRevision, Published, Written, write_all},
    withdraw,
};

/// What is held of an own document, to know what its next revision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Its state.
    pub state: DocumentState,
    /// Its last revision.
    pub rev: u64,
    /// Where that revision is.
    pub kept: Kept,
}

impl Held {
    /// Returns the number of the next revision that is kept there.
    #[must_use]
    pub fn next_rev(held: Option<Self>, kept: Kept) -> u64 {
        held.filter(|held| held.kept == kept)
            .map_or(1, |held| held.rev + 1)
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        HELD = "SELECT d.id, d.state, d.rev, d.log_seq, l.epoch, d.leaf_index, d.why, d.changed_at FROM documents d
            LEFT JOIN logs l ON l.seq = d.log_seq WHERE d.node_seq = 1 AND d.id IN ({#})";
        OWN_EPOCH = "SELECT epoch FROM nodes WHERE seq = 1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

records! {
    /// The row of an own document, as far as its next revision or withdrawal depends on it.
    pub(crate) struct HeldDocument from HeldRow {
        pub id: DocumentId,
        pub state: DocumentState,
        pub rev: u64,
        pub log_seq: Option<i64>,
        pub epoch: Option<u64>,
        pub leaf_index: Option<u64>,
        pub why: Option<String>,
        pub changed_at: Timestamp,
    }
}

impl HeldDocument {
    pub(crate) fn held(&self, current: i64) -> Held {
        let is_logged = self.log_seq == Some(current) && self.epoch.is_some_and(|epoch| epoch > 0);
        Held {
            state: self.state,
            rev: self.rev,
            kept: if is_logged {
                Kept::InLog
            } else {
                Kept::HereOnly
            },
        }
    }
}

impl Store {
    /// Returns what is held of own documents, to number their next revisions.
    ///
    /// # Errors
    /// [`StoreError::NotInitialised`] when this node has no identity.
    #[boxed]
    pub async fn held(&self, ids: &[DocumentId]) -> Result<HashMap<DocumentId, Held>, StoreError> {
        let mut db = self.snapshot().await?;
        let log = current_log(&mut db).await?;
        let rows = held_rows(&mut db, ids).await?;
        Ok(rows
            .into_iter()
            .map(|(id, row)| (id, row.held(log.seq)))
            .collect())
    }

    /// Publishes revisions: leaf, tree, signed checkpoint, body, document row and place in the index queue, all in
    /// one transaction. When it returns they are durable and in the checkpoint, in the given order. What one of them
    /// succeeds is withdrawn in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when a revision is not the next one, [`StoreError::Withdrawn`] for an id that is
    /// withdrawn, [`StoreError::DuplicateInBatch`] for an id given twice,
    /// [`StoreError::WrongVisibility`] for what is for this organisation only; nothing is written then.
    #[boxed]
    pub async fn publish(
        &self,
        revisions: Vec<NewRevision>,
        signer: &Signer,
        now: Timestamp,
    ) -> Result<Vec<Published>, StoreError> {
        if revisions.is_empty() {
            return Ok(Vec::new());
        }
        let mut db = self.write().await?;
        let taken = changes::take(&mut db, revisions.len(), revisions.len()).await?;
        withdraw::withdraw_replaced(&mut db, &revisions, signer, now).await?;
        let mut head = current_log(&mut db).await?;
        let replaced = check_all(&mut db, &revisions, head.seq, Kept::InLog).await?;
        let mut appender = Appender::begin(&mut db, head.seq, head.size).await?;
        let mut published = Vec::with_capacity(revisions.len());
        for revision in &revisions {
            let digest = revision.body.digest();
            let leaf = Leaf::Put {
                id: revision.id,
                rev: revision.rev,
                t: now,
                doc: digest,
                len: revision.body.len(),
            };
            let leaf_index = append(&mut head, &mut appender, &leaf);
            published.push(Published {
                id: revision.id,
                rev: revision.rev,
                leaf_index: Some(leaf_index),
                digest,
            });
            if appender.is_full() {
                appender.flush(&mut db).await?;
            }
        }
        appender.flush(&mut db).await?;
        write_all(
            &mut db,
            &revisions,
            &published,
            &replaced,
            &Written {
                log_seq: head.seq,
                state: DocumentState::Live,
                taken,
                now,
            },
        )
        .await?;
        sign(&mut db, &mut head, signer, now).await?;
        db.commit().await?;
        Ok(published)
    }

    /// Keeps revisions here, in no log: those of visibility `organisation`. What one of them succeeds is withdrawn in the
    /// same transaction, in the log where it is in one.
    ///
    /// # Errors
    /// As [`Store::publish`]; and [`StoreError::AlreadyPublished`] for a document that the log has.
    #[boxed]
    pub async fn keep_local(
        &self,
        revisions: Vec<NewRevision>,
        signer: &Signer,
        now: Timestamp,
    ) -> Result<Vec<Published>, StoreError> {
        if revisions.is_empty() {
            return Ok(Vec::new());
        }
        let mut db = self.write().await?;
        let taken = changes::take(&mut db, revisions.len(), revisions.len()).await?;
        withdraw::withdraw_replaced(&mut db, &revisions, signer, now).await?;
        let unlogged = log::head(&mut db, OWN, 0)
            .await?
            .ok_or(StoreError::NotInitialised)?;
        let replaced = check_all(&mut db, &revisions, unlogged.seq, Kept::HereOnly).await?;
        let published: Vec<_> = revisions
            .iter()
            .map(|revision| Published {
                id: revision.id,
                rev: revision.rev,
                leaf_index: None,
                digest: revision.body.digest(),
            })
            .collect();
        let written = Written {
            log_seq: unlogged.seq,
            state: DocumentState::Local,
            taken,
            now,
        };
        write_all(&mut db, &revisions, &published, &replaced, &written).await?;
        db.commit().await?;
        Ok(published)
    }

    /// Signs the current head again, with the time `now`, or that of the head where it is a little later. Returns the note.
    ///
    /// # Errors
    /// [`StoreError::NotInitialised`] when this node has no identity.
    #[boxed]
    pub async fn renew_checkpoint(
        &self,
        signer: &Signer,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let epoch = own_epoch(&mut db).await?;
        let origin = signer.origin().to_string();
        let head = log::ensure(&mut db, OWN, epoch, &origin).await?;
        let time = signing_time(head.timestamp, now);
        let note = signer.sign(head.size, &head.root, time);
        log::renew(&mut db, head.seq, &note, time).await?;
        db.commit().await?;
        Ok(note)
    }
}

/// Appends a leaf to the tree and to the stored log; returns its index.
pub(crate) fn append(head: &mut Head, appender: &mut Appender, leaf: &Leaf) -> u64 {
    let bytes = leaf.encode();
    let hash = tree::leaf_hash(&bytes);
    let index = appender.next_index();
    appender.push(&bytes, &hash);
    head.frontier.push(hash);
    head.size = appender.next_index();
    index
}

pub(crate) async fn sign(
    db: &mut Db,
    head: &mut Head,
    signer: &Signer,
    now: Timestamp,
) -> Result<(), StoreError> {
    let origin = signer.origin().to_string();
    if head.origin != origin {
        return Err(StoreError::Stale {
            what: origin,
            held: head.epoch,
        });
    }
    let time = signing_time(head.timestamp, now);
    head.root = head.frontier.root();
    head.note = Some(signer.sign(head.size, &head.root, time));
    head.timestamp = Some(time);
    log::save_head(db, head).await
}

/// Returns the time to sign at. A peer refuses one before that which it holds (docs/FEED.md §7 step 5), and `now` is taken
/// before the writer's lock, so that another process may have signed at a later time meanwhile. A head that is signed further
/// ahead than peers take is the work of a clock that was wrong: no peer with a right clock holds it, so `now` serves all.
fn signing_time(held: Option<Timestamp>, now: Timestamp) -> Timestamp {
    held.filter(|held| *held > now && *held <= now.plus(MAX_CLOCK_AHEAD))
        .unwrap_or(now)
}

async fn own_epoch(db: &mut Db) -> Result<u64, StoreError> {
    let row = db.row::<(i64,)>(sql::OWN_EPOCH, values![]).await?;
    row.map(|(epoch,)| unsigned(epoch))
        .ok_or(StoreError::NotInitialised)
}

pub(crate) async fn current_log(db: &mut Db) -> Result<Head, StoreError> {
    let epoch = own_epoch(db).await?;
    log::head(db, OWN, epoch)
        .await?
        .ok_or(StoreError::NotInitialised)
}

pub(crate) async fn held_rows(
    db: &mut Db,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, HeldDocument>, StoreError> {
    let keys = ids.iter().map(|id| values![*id]).collect();
    let rows: Vec<HeldDocument> = db.records_of_many(sql::HELD, &[], keys).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Refuses what is not the next revision of each document. Returns those documents that are held already.
async fn check_all(
    db: &mut Db,
    revisions: &[NewRevision],
    log_seq: i64,
    kept: Kept,
) -> Result<Vec<DocumentId>, StoreError> {
    let ids: Vec<_> = revisions.iter().map(|revision| revision.id).collect();
    let held = held_rows(db, &ids).await?;
    let mut seen = std::collections::HashSet::with_capacity(ids.len());
    for revision in revisions {
        if !seen.insert(revision.id) {
            return Err(StoreError::DuplicateInBatch(revision.id));
        }
        if revision.fields.visibility.kept() != kept {
            return Err(StoreError::WrongVisibility(revision.id));
        }
        let mut before = None;
        if let Some(row) = held.get(&revision.id) {
            let known = row.held(log_seq);
            if known.state == DocumentState::Withdrawn {
                return Err(StoreError::Withdrawn(revision.id));
            }
            if kept == Kept::HereOnly && known.state == DocumentState::Live {
                return Err(StoreError::AlreadyPublished(revision.id));
            }
            // What is kept in the other place, or in a closed log, has numbers of its own.
            before = Some(known).filter(|_| row.log_seq == Some(log_seq));
        }
        let held = before.map_or(0, |held| held.rev);
        if held + 1 != revision.rev {
            return Err(StoreError::Stale {
                what: revision.id.to_string(),
                held,
            });
        }
    }
    Ok(held.into_keys().collect())
}
