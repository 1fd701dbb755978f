//! What people write here until it is published, and who wrote and approved what was.
//!
//! Every change names the version that it was made from and is refused if another one is held: nothing is overwritten. What a
//! draft becomes when it is published is written in the transaction that publishes it.

mod counting;
mod mail;
mod records;
mod submitting;
mod words;

use ::audit::{Act, By, Entry, Object};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, DocumentId, Timestamp};

use crate::{
    StoreError,
    attachments::{FileChanges, of_drafts::change_files},
    audit, changes,
    engine::{Db, Store, Values, values},
    record::parsed,
};

pub use records::{
    Approval, DraftChange, DraftState, DraftWords, GivenBack, NewDraft, WrittenDraft,
};
use records::{Line, Seqs};

mod sql {
    use crate::engine::statements;

    macro_rules! columns {
        () => {
            "w.id, w.document, w.base, w.kind, w.author, w.state, w.version, w.created_at, w.changed_at, w.changed_by, w.submitted_at,
                w.submitted_by, w.returned_at, w.returned_by, w.published_at, w.published_rev, w.approved_by, w.reason, w.declined, w.writers"
        };
    }

    macro_rules! with_words {
        () => {
            concat!(
                "SELECT ",
                columns!(),
                ", SUBSTR(t.content, 1, 2048) AS content FROM written_drafts w LEFT JOIN written_texts t ON t.seq = w.text_seq "
            )
        };
    }

    statements! {
        CREATE = "INSERT INTO written_drafts (id, document, base, kind, author, state, version, text_seq, created_at, changed_at, changed_by)
            VALUES ($1, $2, $3, $4, $5, 'writing', 1, $6, $7, $7, $5)";
        DRAFT = concat!("SELECT ", columns!(), " FROM written_drafts w WHERE w.id = $1");
        SEQS = "SELECT text_seq, reviewed_seq, notes_seq FROM written_drafts WHERE id = $1";
        SEQS_OF_DOCUMENT = "SELECT text_seq, reviewed_seq, notes_seq FROM written_drafts WHERE document = $1";
        LOCK = "UPDATE written_drafts SET version = version + 1 WHERE id = $1 AND version = $2 AND state <> 'published'";
        SAVE = "UPDATE written_drafts SET kind = $2, text_seq = $3, changed_at = $4, changed_by = $5, writers = CASE WHEN writers LIKE '%' || $5 || '%' THEN writers ELSE writers || ' ' || $5 END WHERE id = $1";
        REBASE = "UPDATE written_drafts SET base = $2, changed_at = $3, changed_by = $4, writers = CASE WHEN writers LIKE '%' || $4 || '%' THEN writers ELSE writers || ' ' || $4 END WHERE id = $1";
        TAKE_BACK = "UPDATE written_drafts SET state = 'writing' WHERE id = $1";
        RETURN = "UPDATE written_drafts SET state = 'returned', reviewed_seq = $2, notes_seq = $3, returned_at = $4, returned_by = $5, declined = $6,
            mail_since = $4 WHERE id = $1";
        PUBLISH = "UPDATE written_drafts SET state = 'published', text_seq = NULL, reviewed_seq = NULL, notes_seq = NULL,
            published_at = $2, published_rev = $3, approved_by = $4, reason = $6, mail_since = $2, version = version + 1
            WHERE id = $1 AND version = $5 AND state = 'submitted'";
        DELETE = "DELETE FROM written_drafts WHERE id = $1";
        DELETE_OF_DOCUMENT = "DELETE FROM written_drafts WHERE document = $1 AND state <> 'published'";
        BY_AUTHOR = concat!(with_words!(), "WHERE w.author = $1 ORDER BY w.changed_at DESC LIMIT $2");
        WAITING = concat!(with_words!(), "WHERE w.state = 'submitted' ORDER BY w.submitted_at LIMIT $1");
        OPEN_OF_DOCUMENT = concat!("SELECT ", columns!(), " FROM written_drafts w WHERE w.document = $1 AND w.state <> 'published'
            ORDER BY w.created_at LIMIT $2");
        OWN_OPEN = "SELECT id FROM written_drafts WHERE document = $1 AND author = $2 AND state <> 'published' AND declined = FALSE ORDER BY created_at LIMIT 1";
        PUBLISHED_AS = concat!("SELECT ", columns!(), " FROM written_drafts w WHERE w.document = $1 AND w.state = 'published'
            ORDER BY w.published_at DESC LIMIT $2");
    }
}

/// The statements of all modules here.
pub(crate) const MODULES: &[(&str, &[(&str, &str)])] = &[
    ("drafts", sql::ALL),
    ("drafts::counting", counting::STATEMENTS),
    ("drafts::mail", mail::STATEMENTS),
    ("drafts::submitting", submitting::STATEMENTS),
    ("drafts::words", words::STATEMENTS),
];

impl Store {
    /// Begins a draft and returns its id; an author who has an open draft of this document that no one declined gets its id.
    ///
    /// # Errors
    /// [`StoreError::Withdrawn`] when the document that it changes was withdrawn since its text was read.
    #[boxed]
    pub async fn create_draft(
        &self,
        new: &NewDraft,
        now: Timestamp,
    ) -> Result<DocumentId, StoreError> {
        let mut db = self.write().await?;
        // The lock keeps the two requests of a double click from beginning two.
        changes::lock(&mut db).await?;
        let own = values![new.document, new.author];
        if let Some((open,)) = db.row::<(String,)>(sql::OWN_OPEN, own).await? {
            return parsed(DocumentId::parse(&open), "id of a draft", &open);
        }
        if new.base.is_some() && !counting::is_held(&mut db, new.document).await? {
            return Err(StoreError::Withdrawn(new.document));
        }
        create(&mut db, new, now).await?;
        db.commit().await?;
        Ok(new.id)
    }

    /// Returns a draft with its words.
    #[boxed]
    pub async fn draft_words(&self, id: DocumentId) -> Result<Option<DraftWords>, StoreError> {
        let mut db = self.snapshot().await?;
        let Some(draft) = draft_of(&mut db, id).await? else {
            return Ok(None);
        };
        let seqs = seqs_of(&mut db, id).await?;
        Ok(Some(DraftWords {
            draft,
            content: words::read(&mut db, seqs.text_seq).await?,
            reviewed: words::read(&mut db, seqs.reviewed_seq).await?,
            notes: words::read(&mut db, seqs.notes_seq).await?,
        }))
    }

    /// Saves what a draft says; returns its new version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when another version is held, or none.
    #[boxed]
    pub async fn save_draft(
        &self,
        change: DraftChange,
        kind: &str,
        content: &[u8],
    ) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let seqs = lock(&mut db, change).await?;
        let seq = words::put(&mut db, seqs.text_seq, content).await?;
        let row = values![change.id, kind, seq, change.now, change.by];
        db.run(sql::SAVE, row).await?;
        db.commit().await?;
        Ok(change.version + 1)
    }

    /// Gives a draft the revision that it has been merged with, and what was published of its files since; returns its new
    /// version.
    ///
    /// # Errors
    /// As [`Store::save_draft`].
    #[boxed]
    pub async fn rebase_draft(
        &self,
        change: DraftChange,
        base: u64,
        files: &FileChanges,
    ) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        lock(&mut db, change).await?;
        change_files(&mut db, change.id, files).await?;
        let row = values![change.id, base, change.now, change.by];
        db.run(sql::REBASE, row).await?;
        let entry = change.entry(Act::DraftRebased);
        let detail = format!("version {base} of the page");
        audit::append(&mut db, &[entry.with_detail(&detail)]).await?;
        db.commit().await?;
        Ok(change.version + 1)
    }

    /// Takes a draft back from review, so that it can be changed; returns its new version.
    ///
    /// # Errors
    /// As [`Store::save_draft`].
    #[boxed]
    pub async fn take_draft_back(&self, change: DraftChange) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        lock(&mut db, change).await?;
        db.run(sql::TAKE_BACK, values![change.id]).await?;
        audit::append(&mut db, &[change.entry(Act::DraftTakenBack)]).await?;
        db.commit().await?;
        Ok(change.version + 1)
    }

    /// Returns a draft to its author, declines it or takes it back to edit it, with what the reviewer said; returns its new
    /// version.
    ///
    /// # Errors
    /// As [`Store::save_draft`].
    #[boxed]
    pub async fn return_draft(
        &self,
        change: DraftChange,
        notes: &[u8],
        how: GivenBack,
        detail: &str,
    ) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let seqs = lock(&mut db, change).await?;
        let content = words::read(&mut db, seqs.text_seq).await?;
        let content = content.unwrap_or_default();
        let reviewed = words::put(&mut db, seqs.reviewed_seq, &content).await?;
        let notes = words::put(&mut db, seqs.notes_seq, notes).await?;
        let declined = how == GivenBack::Declined;
        let row = values![change.id, reviewed, notes, change.now, change.by, declined];
        db.run(sql::RETURN, row).await?;
        audit::append(&mut db, &[change.given_back(how).with_detail(detail)]).await?;
        db.commit().await?;
        Ok(change.version + 1)
    }

    /// Deletes a draft and its words, which leave the database's files with the next `erase`.
    ///
    /// # Errors
    /// As [`Store::save_draft`].
    #[boxed]
    pub async fn delete_written_draft(&self, change: DraftChange) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let seqs = lock(&mut db, change).await?;
        erase(&mut db, &[seqs]).await?;
        db.run(sql::DELETE, values![change.id]).await?;
        audit::append(&mut db, &[change.entry(Act::DraftDeleted)]).await?;
        Ok(db.commit().await?)
    }

    /// Returns an author's drafts with the first 2,048 bytes of what they say, those that were changed last first.
    #[boxed]
    pub async fn drafts_by(
        &self,
        author: AccountId,
        limit: u32,
    ) -> Result<Vec<(WrittenDraft, Option<Vec<u8>>)>, StoreError> {
        let mut db = self.read().await?;
        let values = values![author, i64::from(limit)];
        lines(&mut db, sql::BY_AUTHOR, values).await
    }

    /// Returns the drafts that wait for review with the first 2,048 bytes of what they say, those that have waited longest first.
    #[boxed]
    pub async fn waiting_drafts(
        &self,
        limit: u32,
    ) -> Result<Vec<(WrittenDraft, Option<Vec<u8>>)>, StoreError> {
        let mut db = self.read().await?;
        lines(&mut db, sql::WAITING, values![i64::from(limit)]).await
    }

    /// Returns the drafts of a document that are not published yet, the oldest first.
    #[boxed]
    pub async fn open_drafts_of(
        &self,
        document: DocumentId,
        limit: u32,
    ) -> Result<Vec<WrittenDraft>, StoreError> {
        let values = values![document, i64::from(limit)];
        let mut db = self.read().await?;
        db.records(sql::OPEN_OF_DOCUMENT, values).await
    }

    /// Returns the drafts that a document was published from, the latest first.
    #[boxed]
    pub async fn published_drafts_of(
        &self,
        document: DocumentId,
        limit: u32,
    ) -> Result<Vec<WrittenDraft>, StoreError> {
        let values = values![document, i64::from(limit)];
        let mut db = self.read().await?;
        db.records(sql::PUBLISHED_AS, values).await
    }
}

impl DraftChange {
    /// Returns what the audit says of this change.
    fn entry(self, act: Act) -> Entry {
        Entry::new(&By::Account(self.by), act, Object::Draft(self.id), self.now)
    }
}

/// Begins a draft.
pub(crate) async fn create(db: &mut Db, new: &NewDraft, now: Timestamp) -> Result<(), StoreError> {
    let seq = words::add(db, &new.content).await?;
    let row = values![
        new.id,
        new.document,
        new.base,
        &new.kind,
        new.author,
        seq,
        now
    ];
    db.run(sql::CREATE, row).await?;
    Ok(())
}

/// Records that a revision was published from a draft, and erases the words of the draft: the revision has them.
pub(crate) async fn record_published(
    db: &mut Db,
    approval: &Approval,
    rev: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let seqs = seqs_of(db, approval.draft).await?;
    let row = values![
        approval.draft,
        now,
        rev,
        approval.by,
        approval.version,
        approval.reason.as_deref()
    ];
    if db.run(sql::PUBLISH, row).await? != 1 {
        return Err(StoreError::DraftChanged(approval.draft));
    }
    erase(db, &[seqs]).await
}

/// Erases all words that drafts have of a document which is withdrawn; those that are not published are deleted.
pub(crate) async fn forget_document(db: &mut Db, document: DocumentId) -> Result<(), StoreError> {
    let seqs: Vec<Seqs> = db.records(sql::SEQS_OF_DOCUMENT, values![document]).await?;
    erase(db, &seqs).await?;
    db.run(sql::DELETE_OF_DOCUMENT, values![document]).await?;
    Ok(())
}

/// Takes a draft at the version that the change was made from, and raises it.
async fn lock(db: &mut Db, change: DraftChange) -> Result<Seqs, StoreError> {
    let DraftChange { id, version, .. } = change;
    // First the lock that publishing takes first, too: on PostgreSQL two transactions never wait for each other.
    changes::lock(db).await?;
    if db.run(sql::LOCK, values![id, version]).await? == 1 {
        return seqs_of(db, id).await;
    }
    let held = draft_of(db, id).await?;
    Err(StoreError::Stale {
        what: id.to_string(),
        held: held.map_or(0, |draft| draft.version),
    })
}

async fn draft_of(db: &mut Db, id: DocumentId) -> Result<Option<WrittenDraft>, StoreError> {
    db.record(sql::DRAFT, values![id]).await
}

async fn seqs_of(db: &mut Db, id: DocumentId) -> Result<Seqs, StoreError> {
    let found = db.record(sql::SEQS, values![id]).await?;
    Ok(found.unwrap_or(Seqs {
        text_seq: None,
        reviewed_seq: None,
        notes_seq: None,
    }))
}

async fn erase(db: &mut Db, seqs: &[Seqs]) -> Result<(), StoreError> {
    let each = seqs
        .iter()
        .flat_map(|seqs| [seqs.text_seq, seqs.reviewed_seq, seqs.notes_seq]);
    let each: Vec<i64> = each.flatten().collect();
    words::erase(db, &each).await
}

async fn lines(
    db: &mut Db,
    sql: &'static str,
    values: Values<'_>,
) -> Result<Vec<(WrittenDraft, Option<Vec<u8>>)>, StoreError> {
    let lines: Vec<Line> = db.records(sql, values).await?;
    Ok(lines
        .into_iter()
        .map(|line| (line.draft, line.content))
        .collect())
}
