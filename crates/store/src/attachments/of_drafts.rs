//! What drafts have attached, which changes only while they are written.

use async_recursion::async_recursion as boxed;
use wire::{AccountId, Digest, DocumentId, Timestamp};

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

/// A file of a draft, with what its document says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub alt: String,
}

/// What others have published of the files of a document since a draft of it was begun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChanges {
    /// Files that the draft gets.
    pub added: Vec<NamedFile>,
    /// Files that it has under another name or description from now on.
    pub described: Vec<NamedFile>,
    /// Files that it loses.
    pub removed: Vec<Digest>,
}

impl Store {
    /// Attaches a file to a draft that may have `max`. Whoever does it is one of its writers from then on.
    #[boxed]
    pub async fn attach(
        &self,
        draft: DocumentId,
        file: &NewAttachment,
        max: u64,
        by: AccountId,
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
        db.run(sql::WRITTEN, values![draft, by]).await?;
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
        let file = NamedFile {
            digest: *digest,
            name: name.to_owned(),
            alt: alt.to_owned(),
        };
        let is_added = add_held(&mut db, draft, &file).await?;
        db.commit().await?;
        Ok(is_added)
    }

    /// Returns what a draft has attached, in the order in which it was attached.
    #[boxed]
    pub async fn draft_attachments(
        &self,
        draft: DocumentId,
    ) -> Result<Vec<DraftAttachment>, StoreError> {
        attached(&mut self.read().await?, draft).await
    }

    /// Changes the name of a draft's attachment and what it shows. `false` if the draft has no such attachment, or was
    /// submitted since. Whoever does it is one of the writers of the draft from then on.
    #[boxed]
    pub async fn describe_attachment(
        &self,
        draft: DocumentId,
        file: &NamedFile,
        by: AccountId,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        if is_submitted(&mut db, draft).await? {
            return Ok(false);
        }
        if !describe(&mut db, draft, file).await? {
            return Ok(false);
        }
        db.run(sql::WRITTEN, values![draft, by]).await?;
        db.commit().await?;
        Ok(true)
    }

    /// Takes an attachment off a draft, and erases the file if nothing else has it. `false` if the draft has no such
    /// attachment, or was submitted since. Whoever does it is one of the writers of the draft from then on.
    #[boxed]
    pub async fn detach(
        &self,
        draft: DocumentId,
        digest: &Digest,
        by: AccountId,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        if is_submitted(&mut db, draft).await? {
            return Ok(false);
        }
        if !remove(&mut db, draft, digest).await? {
            return Ok(false);
        }
        db.run(sql::WRITTEN, values![draft, by]).await?;
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

/// Returns what a draft has attached, in the order in which it was attached.
pub(crate) async fn attached(
    db: &mut Db,
    draft: DocumentId,
) -> Result<Vec<DraftAttachment>, StoreError> {
    db.records(sql::USES, values![draft]).await
}

/// Gives a draft what others have published of the files of its document, in the transaction that rebases it.
pub(crate) async fn change_files(
    db: &mut Db,
    draft: DocumentId,
    changes: &FileChanges,
) -> Result<(), StoreError> {
    for digest in &changes.removed {
        remove(db, draft, digest).await?;
    }
    for file in &changes.described {
        describe(db, draft, file).await?;
    }
    for file in &changes.added {
        add_held(db, draft, file).await?;
    }
    Ok(())
}

/// Attaches a file that is held already. `false` if it is not held, or attached already.
async fn add_held(db: &mut Db, draft: DocumentId, file: &NamedFile) -> Result<bool, StoreError> {
    let text_seq = changes::take(db, 0, 1).await?.text_seq;
    let held = db.record::<File>(sql::FILE, values![&file.digest]).await?;
    let attached = db
        .record::<Held>(sql::USE, values![draft, &file.digest])
        .await?;
    if held.is_none() || attached.is_some() {
        return Ok(false);
    }
    let (last, _) = db
        .one::<(i64, i64)>(sql::LAST_POSITION, values![draft])
        .await?;
    db.run(sql::ADD_WORDS, values![text_seq, &file.name, &file.alt])
        .await?;
    db.run(
        sql::ADD_USE,
        values![draft, &file.digest, last + 1, text_seq],
    )
    .await?;
    Ok(true)
}

async fn describe(db: &mut Db, draft: DocumentId, file: &NamedFile) -> Result<bool, StoreError> {
    let text_seq = changes::take(db, 0, 1).await?.text_seq;
    let key = values![draft, &file.digest];
    let Some(held) = db.record::<Held>(sql::USE, key).await? else {
        return Ok(false);
    };
    // A row of text is never resized: the old one is erased.
    db.run(sql::ADD_WORDS, values![text_seq, &file.name, &file.alt])
        .await?;
    db.run(sql::SET_WORDS, values![draft, &file.digest, text_seq])
        .await?;
    texts::erase(db, Words::FileNames, &[held.words_seq]).await?;
    Ok(true)
}

async fn remove(db: &mut Db, draft: DocumentId, digest: &Digest) -> Result<bool, StoreError> {
    let Some(held) = db.record::<Held>(sql::USE, values![draft, digest]).await? else {
        return Ok(false);
    };
    db.run(sql::REMOVE_USE, values![draft, digest]).await?;
    texts::erase(db, Words::FileNames, &[held.words_seq]).await?;
    let mut unused = unused(db, ANY_TIME).await?;
    unused.retain(|file| file.digest == *digest);
    erase_files(db, unused).await?;
    Ok(true)
}

/// Returns whether a draft is with a reviewer, or published. Asked behind the lock that submitting takes first, so that it
/// stays true until the transaction ends.
async fn is_submitted(db: &mut Db, draft: DocumentId) -> Result<bool, StoreError> {
    let (count,) = db
        .one::<(i64,)>(sql::COUNT_SUBMITTED, values![draft])
        .await?;
    Ok(count > 0)
}
