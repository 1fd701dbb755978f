//! What drafts have attached, which changes only while they are written.

use async_recursion::async_recursion as boxed;
use wire::{Digest, DocumentId, Timestamp};

use super::{
    ANY_TIME, Attached, AttachedFile, DraftAttachment, File, Held, NewAttachment, add_file,
    erasing::{erase_files, unused},
    sql, with_bytes,
};
use crate::{
    StoreError, changes,
    engine::{Db, Store, unsigned, values},
    texts::{self, Words},
};

impl Store {
    /// Attaches a file to a draft that may have `max`.
    #[boxed]
    pub async fn attach(
        &self,
        draft: DocumentId,
        file: &NewAttachment,
        max: u64,
        now: Timestamp,
    ) -> Result<Attached, StoreError> {
        let mut db = self.write().await?;
        let text_seq = changes::take(&mut db, 0, 2).await?.text_seq;
        if is_submitted(&mut db, draft).await? {
            return Ok(Attached::Submitted);
        }
        if db
            .row::<(i64,)>(sql::USE, values![draft, &file.digest])
            .await?
            .is_some()
        {
            return Ok(Attached::Held);
        }
        let (last, count) = db
            .one::<(i64, i64)>(sql::LAST_POSITION, values![draft])
            .await?;
        if unsigned(count) >= max {
            return Ok(Attached::Full);
        }
        add_file(&mut db, text_seq, file, now).await?;
        db.run(sql::ADD_WORDS, values![text_seq + 1, &file.name, &file.alt])
            .await?;
        db.run(
            sql::ADD_USE,
            values![draft, &file.digest, last + 1, text_seq + 1],
        )
        .await?;
        db.commit().await?;
        Ok(Attached::Added)
    }

    /// Attaches a file that is held already to a draft, such as one of the document that it changes. `false` if it is not
    /// held, or attached already.
    #[boxed]
    pub async fn attach_held(
        &self,
        draft: DocumentId,
        digest: &Digest,
        name: &str,
        alt: &str,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let text_seq = changes::take(&mut db, 0, 1).await?.text_seq;
        let is_held = db
            .record::<File>(sql::FILE, values![digest])
            .await?
            .is_some();
        let is_attached = db
            .record::<Held>(sql::USE, values![draft, digest])
            .await?
            .is_some();
        if !is_held || is_attached {
            return Ok(false);
        }
        let (last, _) = db
            .one::<(i64, i64)>(sql::LAST_POSITION, values![draft])
            .await?;
        db.run(sql::ADD_WORDS, values![text_seq, name, alt]).await?;
        db.run(sql::ADD_USE, values![draft, digest, last + 1, text_seq])
            .await?;
        db.commit().await?;
        Ok(true)
    }

    /// Returns what a draft has attached, in the order in which it was attached.
    #[boxed]
    pub async fn draft_attachments(
        &self,
        draft: DocumentId,
    ) -> Result<Vec<DraftAttachment>, StoreError> {
        self.read().await?.records(sql::USES, values![draft]).await
    }

    /// Changes the name of a draft's attachment and what it shows. `false` if the draft has no such attachment, or was
    /// submitted since.
    #[boxed]
    pub async fn describe_attachment(
        &self,
        draft: DocumentId,
        digest: &Digest,
        name: &str,
        alt: &str,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let text_seq = changes::take(&mut db, 0, 1).await?.text_seq;
        if is_submitted(&mut db, draft).await? {
            return Ok(false);
        }
        let Some(held) = db.record::<Held>(sql::USE, values![draft, digest]).await? else {
            return Ok(false);
        };
        // A row of text is never resized: the old one is erased.
        db.run(sql::ADD_WORDS, values![text_seq, name, alt]).await?;
        db.run(sql::SET_WORDS, values![draft, digest, text_seq])
            .await?;
        texts::erase(&mut db, Words::FileNames, &[held.words_seq]).await?;
        db.commit().await?;
        Ok(true)
    }

    /// Takes an attachment off a draft, and erases the file if nothing else has it. `false` if the draft has no such
    /// attachment, or was submitted since.
    #[boxed]
    pub async fn detach(&self, draft: DocumentId, digest: &Digest) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        if is_submitted(&mut db, draft).await? {
            return Ok(false);
        }
        let Some(held) = db.record::<Held>(sql::USE, values![draft, digest]).await? else {
            return Ok(false);
        };
        db.run(sql::REMOVE_USE, values![draft, digest]).await?;
        texts::erase(&mut db, Words::FileNames, &[held.words_seq]).await?;
        let mut unused = unused(&mut db, ANY_TIME).await?;
        unused.retain(|file| file.digest == *digest);
        erase_files(&mut db, unused).await?;
        db.commit().await?;
        Ok(true)
    }

    /// Returns a file that a draft has attached; the caller decides who may see the draft.
    #[boxed]
    pub async fn attachment_of_draft(
        &self,
        draft: DocumentId,
        digest: &Digest,
    ) -> Result<Option<AttachedFile>, StoreError> {
        let mut db = self.read().await?;
        if db
            .record::<Held>(sql::USE, values![draft, digest])
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let file = db.record::<File>(sql::FILE, values![digest]).await?;
        with_bytes(&mut db, file).await
    }
}

/// Returns whether a draft is with a reviewer, or published. Asked behind the lock that submitting takes first, so that it
/// stays true until the transaction ends.
async fn is_submitted(db: &mut Db, draft: DocumentId) -> Result<bool, StoreError> {
    let (count,) = db
        .one::<(i64,)>(sql::COUNT_SUBMITTED, values![draft])
        .await?;
    Ok(count > 0)
}
