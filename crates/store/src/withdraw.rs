//! Withdrawing this node's own documents: the leaf, and the end of the words; alone, or with the revision of what replaces it.

use ::audit::{Act, By, Entry, Object};
use async_recursion::async_recursion as boxed;
use ledger::{
    checkpoint::Signer,
    leaf::{Leaf, Why},
};
use wire::{DocumentId, Kept, Timestamp};

use crate::{
    Held, NewDraft, StoreError,
    append::Appender,
    attachments, audit, care, changes,
    documents::DocumentState,
    drafts,
    engine::{Db, Store, values},
    imports,
    log::Head,
    nodes::OWN,
    publish::{self, HeldDocument},
    revisions::{NewRevision, Occasion},
    texts::{self, Words},
};

/// A withdrawal that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// The document.
    pub id: DocumentId,
    /// The revision that the withdrawal is.
    pub rev: u64,
    /// Index of its leaf; `None` for what was in no log.
    pub leaf_index: Option<u64>,
    /// Why.
    pub why: String,
    /// When.
    pub at: Timestamp,
    /// Whether it was withdrawn before; nothing was written then.
    pub again: bool,
}

/// The text of a document that is kept as a draft when the document is withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptText {
    /// The revision that the text is of.
    pub rev: u64,
    /// The draft that has it, of another document.
    pub draft: NewDraft,
}

/// A document that a new revision of another one replaces: both or neither are in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The document that is withdrawn.
    pub replaced: DocumentId,
    /// Why.
    pub why: Why,
    /// Its text, if that is kept.
    pub kept: Option<KeptText>,
}

mod sql {
    use crate::engine::statements;

    statements! {
        TOMBSTONE = "UPDATE documents SET log_seq = $2, state = 'withdrawn', rev = $3, leaf_index = $4, why = $5, changed_at = $6,
                change_seq = $7, text_seq = NULL, digest = NULL, len = NULL, kind = NULL, visibility = NULL, lang = NULL,
                licence = NULL, updated = NULL, reviewed = NULL, review_by = NULL, expected_by = NULL, sort_at = NULL, fault = NULL, next_try = NULL
            WHERE node_seq = 1 AND id = $1";
        TEXTS = "SELECT text_seq FROM revisions WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = 1) AND id = $1
            AND text_seq IS NOT NULL";
        ATTACHED = "SELECT digest FROM attachments WHERE node_seq = 1 AND id = $1";
        ERASE_REVISIONS = "UPDATE revisions SET text_seq = NULL
            WHERE log_seq IN (SELECT seq FROM logs WHERE node_seq = 1) AND id = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Withdraws an own document, for good: its words leave the database's rows with this transaction, and its files
    /// with the next `erase`. `None` when there is no such document. A second withdrawal only erases drafts of it
    /// once more.
    ///
    /// # Errors
    /// [`StoreError::NotInitialised`] when this node has no identity.
    #[boxed]
    pub async fn withdraw(
        &self,
        id: DocumentId,
        why: Why,
        signer: &Signer,
        by: &By,
        now: Timestamp,
    ) -> Result<Option<Withdrawn>, StoreError> {
        self.withdraw_and_keep((id, why), None, signer, by, now)
            .await
    }

    /// Withdraws an own document as [`Store::withdraw`] does, and begins a draft with its text, if this withdraws it.
    ///
    /// # Errors
    /// As [`Store::withdraw`]; [`StoreError::Stale`] when the text is not of the revision that is held: nothing is withdrawn.
    #[boxed]
    pub async fn withdraw_keeping(
        &self,
        withdrawal: (DocumentId, Why),
        kept: &KeptText,
        signer: &Signer,
        by: &By,
        now: Timestamp,
    ) -> Result<Option<Withdrawn>, StoreError> {
        self.withdraw_and_keep(withdrawal, Some(kept), signer, by, now)
            .await
    }

    async fn withdraw_and_keep(
        &self,
        (id, why): (DocumentId, Why),
        kept: Option<&KeptText>,
        signer: &Signer,
        by: &By,
        now: Timestamp,
    ) -> Result<Option<Withdrawn>, StoreError> {
        // Lock the store, and look up what is held.
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let head = publish::current_log(&mut db).await?;
        let Some(row) = publish::held_rows(&mut db, &[id]).await?.remove(&id) else {
            return Ok(None);
        };
        let held = row.held(head.seq);
        if held.state == DocumentState::Withdrawn {
            drafts::forget_document(&mut db, id).await?;
            db.commit().await?;
            return Ok(Some(Withdrawn {
                id,
                rev: held.rev,
                leaf_index: row.leaf_index,
                why: row.why.unwrap_or_default(),
                at: row.changed_at,
                again: true,
            }));
        }
        let end = take_back(&mut db, (head, &row), (id, why), kept, signer, now).await?;
        record(&mut db, id, why, by, now).await?;
        db.commit().await?;
        Ok(Some(Withdrawn {
            id,
            rev: end.rev,
            leaf_index: end.leaf_index,
            why: why.as_str().to_owned(),
            at: now,
            again: false,
        }))
    }
}

/// Withdraws what new revisions succeed, in the transaction that publishes them and records this.
///
/// # Errors
/// [`StoreError::Withdrawn`] when it is not there any more; [`StoreError::Stale`] as [`Store::withdraw_keeping`].
pub(crate) async fn withdraw_replaced(
    db: &mut Db,
    revisions: &[NewRevision],
    signer: &Signer,
    now: Timestamp,
) -> Result<(), StoreError> {
    for revision in revisions {
        let Occasion::Succession(succession) = &revision.occasion else {
            continue;
        };
        let (id, why) = (succession.replaced, succession.why);
        let head = publish::current_log(db).await?;
        let row = publish::held_rows(db, &[id]).await?.remove(&id);
        let row = row.filter(|row| row.state != DocumentState::Withdrawn);
        let row = row.ok_or(StoreError::Withdrawn(id))?;
        let kept = succession.kept.as_ref();
        take_back(db, (head, &row), (id, why), kept, signer, now).await?;
    }
    Ok(())
}

/// Appends the leaf of a withdrawal, leaves a tombstone, and erases the words of all revisions but those that are kept.
async fn take_back(
    db: &mut Db,
    (head, row): (Head, &HeldDocument),
    (id, why): (DocumentId, Why),
    kept: Option<&KeptText>,
    signer: &Signer,
    now: Timestamp,
) -> Result<End, StoreError> {
    let held = row.held(head.seq);
    if let Some(kept) = kept.filter(|kept| kept.rev != held.rev) {
        return Err(StoreError::Stale {
            what: format!("{id}, of which revision {} was read", kept.rev),
            held: held.rev,
        });
    }
    let end = end_of(db, head, row, (id, why), signer, now).await?;
    let change_seq = changes::take(db, 1, 0).await?.change_seq;
    let End {
        log_seq,
        rev,
        leaf_index,
    } = end;
    let tombstone = values![id, log_seq, rev, leaf_index, why.as_str(), now, change_seq];
    db.run(sql::TOMBSTONE, tombstone).await?;
    forget(db, id).await?;
    if let Some(kept) = kept {
        drafts::create(db, &kept.draft, now).await?;
    }
    Ok(end)
}

/// Erases the words of all revisions of a document, and what this node keeps about it.
pub(crate) async fn forget(db: &mut Db, id: DocumentId) -> Result<(), StoreError> {
    let attached = db.rows::<(Vec<u8>,)>(sql::ATTACHED, values![id]).await?;
    erase_words(db, id).await?;
    imports::forget_document(db, id).await?;
    drafts::forget_document(db, id).await?;
    care::forget_document(db, id).await?;
    // After the drafts, whose attachments go with them.
    attachments::erase_after(db, attached).await
}

/// Where a withdrawal is in the log.
#[derive(Clone, Copy)]
struct End {
    log_seq: Option<i64>,
    rev: u64,
    leaf_index: Option<u64>,
}

/// Appends the leaf of a withdrawal; what was kept here only has none.
async fn end_of(
    db: &mut Db,
    head: Head,
    row: &HeldDocument,
    (id, why): (DocumentId, Why),
    signer: &Signer,
    now: Timestamp,
) -> Result<End, StoreError> {
    let held = row.held(head.seq);
    if held.state == DocumentState::Local {
        return Ok(End {
            log_seq: row.log_seq,
            rev: held.rev,
            leaf_index: None,
        });
    }
    let (log_seq, rev) = (Some(head.seq), Held::next_rev(Some(held), Kept::InLog));
    let leaf = Leaf::Withdraw {
        id,
        rev,
        t: now,
        why,
    };
    let leaf_index = append_signed(db, head, &leaf, signer, now).await?;
    Ok(End {
        log_seq,
        rev,
        leaf_index: Some(leaf_index),
    })
}

/// Records a withdrawal in the audit.
async fn record(
    db: &mut Db,
    id: DocumentId,
    why: Why,
    by: &By,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entry = Entry::new(by, Act::Withdrawn, Object::Document(id), now);
    audit::append(db, &[entry.with_why(why.as_str())]).await
}

/// Appends one leaf to the current log and signs the new head; returns the leaf's index.
async fn append_signed(
    db: &mut Db,
    mut head: Head,
    leaf: &Leaf,
    signer: &Signer,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut appender = Appender::begin(db, head.seq, head.size).await?;
    let leaf_index = publish::append(&mut head, &mut appender, leaf);
    appender.flush(db).await?;
    publish::sign(db, &mut head, signer, now).await?;
    Ok(leaf_index)
}

/// Erases the words of every revision of an own document, and what refers from it to others.
async fn erase_words(db: &mut Db, id: DocumentId) -> Result<(), StoreError> {
    let words = db.rows::<(i64,)>(sql::TEXTS, values![id]).await?;
    let words: Vec<i64> = words.into_iter().map(|(seq,)| seq).collect();
    texts::erase(db, Words::Documents, &words).await?;
    db.run(sql::ERASE_REVISIONS, values![id]).await?;
    texts::unlink(db, OWN, vec![values![id]]).await
}
