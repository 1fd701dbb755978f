//! Files that are attached to drafts and to this node's documents: each is kept once, by its digest.
//!
//! A file is kept while a draft that is still written or a live document of this node has it attached. Its bytes and the
//! names that drafts give it are in tables of text: appended, and erased in place.

mod erasing;
pub(crate) mod of_drafts;

use async_recursion::async_recursion as boxed;
use wire::{Digest, DocumentId, Timestamp, Viewer};

use self::erasing::{erase_files, forget_drafts, unused};
pub use self::of_drafts::{FileChanges, NamedFile};
use crate::{
    StoreError, changes,
    engine::{Db, Store, values},
    record::{Column as _, records},
};

records! {
    /// A file that a draft has attached.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DraftAttachment from DraftAttachmentRow {
        /// Digest of its bytes.
        pub digest: Digest,
        /// Its kind, as the word that the caller gave.
        pub kind: String,
        /// Its size in bytes.
        pub len: u64,
        /// Its name in this draft.
        pub name: String,
        /// What a picture shows; empty until the author says it.
        pub alt: String,
    }

    /// Where a file is.
    struct File from FileRow {
        pub kind: String,
        pub bytes_seq: i64,
    }

    /// A file in a draft that is written no more.
    struct Forgotten from ForgottenRow {
        pub draft: DocumentId,
        pub digest: Digest,
        pub words_seq: i64,
    }

    /// A file that nothing has attached.
    struct Unused from UnusedRow {
        pub digest: Digest,
        pub bytes_seq: i64,
    }

    /// A file in a draft.
    struct Held from HeldRow {
        pub words_seq: i64,
    }
}

/// Later than any file was added, also when the clock was set back since.
const ANY_TIME: Timestamp = Timestamp::from_millis(i64::MAX);

/// A file to be attached to a draft.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its kind.
    pub kind: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub alt: String,
}

/// The outcome of attaching a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    /// It is attached.
    Added,
    /// It was attached before, under the name that it has.
    Held,
    /// The draft has as many as it may have.
    Full,
    /// The draft was submitted or published since: what is attached to it is what a reviewer reads.
    Submitted,
}

/// A file as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    /// Its kind.
    pub kind: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

mod sql {
    use crate::{engine::statements, viewing::statements_for_viewers};

    statements! {
        ADD_FILE = "INSERT INTO attachment_files (digest, kind, len, bytes_seq, added_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (digest) DO UPDATE SET added_at = excluded.added_at";
        FILE = "SELECT kind, bytes_seq FROM attachment_files WHERE digest = $1";
        ADD_BYTES = "INSERT INTO attachment_bytes (seq, content) VALUES ($1, $2)";
        BYTES = "SELECT content FROM attachment_bytes WHERE seq = $1";
        ADD_WORDS = "INSERT INTO attachment_words (seq, name, alt) VALUES ($1, $2, $3)";
        ADD_USE = "INSERT INTO draft_attachments (draft, digest, position, words_seq) VALUES ($1, $2, $3, $4)";
        USES = "SELECT u.digest, f.kind, f.len, w.name, w.alt FROM draft_attachments u JOIN attachment_files f ON f.digest = u.digest
            JOIN attachment_words w ON w.seq = u.words_seq WHERE u.draft = $1 ORDER BY u.position";
        LAST_POSITION = "SELECT COALESCE(MAX(position), -1), COUNT(*) FROM draft_attachments WHERE draft = $1";
        COUNT_SUBMITTED = "SELECT COUNT(*) FROM written_drafts WHERE id = $1 AND state IN ('submitted', 'published')";
        USE = "SELECT words_seq FROM draft_attachments WHERE draft = $1 AND digest = $2";
        SET_WORDS = "UPDATE draft_attachments SET words_seq = $3 WHERE draft = $1 AND digest = $2";
        /// What someone else changes raises the version: the author of the draft submits what they have seen.
        WRITTEN = "UPDATE written_drafts SET version = version + CASE WHEN author = $2 THEN 0 ELSE 1 END,
            changed_by = CASE WHEN author = $2 THEN changed_by ELSE $2 END,
            writers = CASE WHEN writers LIKE '%' || $2 || '%' THEN writers ELSE writers || ' ' || $2 END WHERE id = $1";
        REMOVE_USE = "DELETE FROM draft_attachments WHERE draft = $1 AND digest = $2";
        FORGOTTEN = "SELECT draft, digest, words_seq FROM draft_attachments u
            WHERE NOT EXISTS (SELECT 1 FROM written_drafts d WHERE d.id = u.draft AND d.text_seq IS NOT NULL)";
        UNUSED = "SELECT f.digest, f.bytes_seq FROM attachment_files f WHERE f.added_at < $1
            AND NOT EXISTS (SELECT 1 FROM draft_attachments u WHERE u.digest = f.digest)
            AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.digest = f.digest AND a.node_seq = 1)";
        ADD_ORIGINAL = "INSERT INTO attachment_originals (original, digest) VALUES ($1, $2)
            ON CONFLICT (original) DO UPDATE SET digest = excluded.digest";
        OF_ORIGINAL = "SELECT digest FROM attachment_originals WHERE original = $1";
        OF_DOCUMENT = "SELECT digest FROM attachments WHERE node_seq = 1 AND id = $1 ORDER BY position";
        REMOVE_ORIGINALS = "DELETE FROM attachment_originals WHERE digest = $1";
        REMOVE_FILE = "DELETE FROM attachment_files WHERE digest = $1";
    }

    statements_for_viewers! {
        READABLE = "SELECT f.kind, f.bytes_seq FROM attachments a JOIN attachment_files f ON f.digest = a.digest
            JOIN documents d ON d.node_seq = a.node_seq AND d.id = a.id
            WHERE a.node_seq = 1 AND a.digest = $1 AND " [readable] " LIMIT 1";
    }
}
pub(crate) use sql::{ALL as STATEMENTS, FOR_VIEWERS};

impl Store {
    /// Keeps a file for a document that is about to be published with it. Nothing has it attached until then, so it is
    /// erased if that does not happen before [`Store::erase_unused_attachments`]. `original` is the digest of the bytes that it
    /// was made from, which are other ones for a picture.
    #[boxed]
    pub async fn keep_attachment(
        &self,
        file: &NewAttachment,
        original: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let text_seq = changes::take(&mut db, 0, 1).await?.text_seq;
        add_file(&mut db, text_seq, file, now).await?;
        if *original != file.digest {
            db.run(sql::ADD_ORIGINAL, values![original, &file.digest])
                .await?;
        }
        Ok(db.commit().await?)
    }

    /// Returns the digest of the file that bytes with the digest `original` became when they were kept, or their own.
    #[boxed]
    pub async fn kept_from(&self, original: &Digest) -> Result<Digest, StoreError> {
        let mut db = self.read().await?;
        let kept = db
            .row::<(Vec<u8>,)>(sql::OF_ORIGINAL, values![original])
            .await?;
        kept.map_or(Ok(*original), |(bytes,)| Digest::read(bytes))
    }

    /// Returns the digests of the files that a document of this node has attached, in their order.
    #[boxed]
    pub async fn attached_to(&self, id: DocumentId) -> Result<Vec<Digest>, StoreError> {
        let mut db = self.read().await?;
        let rows = db.rows::<(Vec<u8>,)>(sql::OF_DOCUMENT, values![id]).await?;
        let digests = rows.into_iter().map(|(bytes,)| Digest::read(bytes));
        digests.collect()
    }

    /// Returns whether a file is held.
    #[boxed]
    pub async fn holds_attachment(&self, digest: &Digest) -> Result<bool, StoreError> {
        let mut db = self.read().await?;
        let file = db.record::<File>(sql::FILE, values![digest]).await?;
        Ok(file.is_some())
    }

    /// Returns a file that a document has attached which the viewer can read.
    #[boxed]
    pub async fn attachment(
        &self,
        viewer: Viewer,
        digest: &Digest,
    ) -> Result<Option<AttachedFile>, StoreError> {
        let mut db = self.read().await?;
        let file = db
            .record::<File>(sql::READABLE.text(viewer), values![digest])
            .await?;
        with_bytes(&mut db, file).await
    }

    /// Erases the files that nothing has attached and that were added before `before`, and what drafts said of them that
    /// are written no more. Returns how many files that were: their bytes leave the database's files with the next
    /// `erase`.
    #[boxed]
    pub async fn erase_unused_attachments(&self, before: Timestamp) -> Result<usize, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        forget_drafts(&mut db).await?;
        let unused = unused(&mut db, before).await?;
        let count = unused.len();
        erase_files(&mut db, unused).await?;
        db.commit().await?;
        Ok(count)
    }
}

/// Erases the files that only documents and drafts had attached which are gone, in the transaction that removes them.
pub(crate) async fn erase_after(db: &mut Db, digests: Vec<(Vec<u8>,)>) -> Result<(), StoreError> {
    let mut gone = digests
        .into_iter()
        .map(|(bytes,)| Digest::read(bytes))
        .collect::<Result<Vec<_>, _>>()?;
    gone.extend(forget_drafts(db).await?);
    if gone.is_empty() {
        return Ok(());
    }
    let mut unused = unused(db, ANY_TIME).await?;
    unused.retain(|file| gone.contains(&file.digest));
    erase_files(db, unused).await
}

async fn add_file(
    db: &mut Db,
    seq: i64,
    file: &NewAttachment,
    now: Timestamp,
) -> Result<(), StoreError> {
    let held = db.record::<File>(sql::FILE, values![&file.digest]).await?;
    if held.is_none() {
        db.run(sql::ADD_BYTES, values![seq, &file.bytes]).await?;
    }
    let seq = held.map_or(seq, |held| held.bytes_seq);
    let len = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    db.run(
        sql::ADD_FILE,
        values![&file.digest, &file.kind, len, seq, now],
    )
    .await?;
    Ok(())
}

async fn with_bytes(db: &mut Db, file: Option<File>) -> Result<Option<AttachedFile>, StoreError> {
    let Some(file) = file else { return Ok(None) };
    let bytes = db
        .row::<(Vec<u8>,)>(sql::BYTES, values![file.bytes_seq])
        .await?;
    Ok(bytes.map(|(bytes,)| AttachedFile {
        kind: file.kind,
        bytes,
    }))
}
