//! What makes an import idempotent: which file became which document or draft, and the drafts themselves.

use sqlx::FromRow;
use wire::{Digest, DocumentId, Timestamp};

use crate::{
    StoreError,
    engine::{Db, Store, digest, document_id, values},
};

/// The file that a revision was imported from; it is recorded in the transaction that publishes the revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportMark {
    /// The tree that was imported, as the operator named it.
    pub source: String,
    /// Path inside the tree.
    pub path: String,
    /// Digest of the file.
    pub digest: Digest,
}

/// What an earlier import made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Path inside the tree; `None` once the document is withdrawn.
    pub path: Option<String>,
    /// Digest of the file, as it was then.
    pub digest: Digest,
    /// The document that it became.
    pub document: Option<DocumentId>,
    /// The draft that it became.
    pub draft: Option<DocumentId>,
}

/// What could be read of a file and not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: DocumentId,
    /// The tree that it came from.
    pub source: String,
    /// Path inside the tree.
    pub path: String,
    /// Kind, as far as could be told.
    pub kind: String,
    /// Title, as far as could be told.
    pub title: String,
    /// The whole text.
    pub text: String,
    /// What is missing, as JSON.
    pub faults: String,
    /// First made.
    pub created: Timestamp,
    /// Last changed.
    pub updated: Timestamp,
}

/// Most drafts that one call returns.
pub const MOST_DRAFTS: u32 = 1000;

mod sql {
    use crate::engine::statements;

    statements! {
        IMPORTED = "SELECT path, digest, document, draft FROM imported WHERE key = $1";
        ALL_IMPORTED = "SELECT path, digest, document, draft FROM imported WHERE source = $1 ORDER BY path";
        RECORD = "INSERT INTO imported (at, key, source, path, digest, document, draft) VALUES {($1, #, #, #, #, #, #)}
            ON CONFLICT (key) DO UPDATE SET at = excluded.at, path = excluded.path, digest = excluded.digest,
                document = excluded.document, draft = excluded.draft";
        DROP_DRAFTS = "DELETE FROM drafts WHERE id IN (SELECT draft FROM imported WHERE key IN ({#}))";
        DROP_DRAFT = "DELETE FROM drafts WHERE id = $1";
        UNLINK_DRAFT = "DELETE FROM imported WHERE draft = $1 AND document IS NULL";
        FORGET_DOCUMENT = "UPDATE imported SET path = NULL WHERE document = $1";
        FORGET_FILE = "DELETE FROM imported WHERE key = $1";
        SAVE_DRAFT = "INSERT INTO drafts (id, source, path, kind, title, text, faults, created, updated)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, text = excluded.text,
                faults = excluded.faults, updated = excluded.updated";
        DRAFTS = "SELECT id, source, path, kind, title, text, faults, created, updated FROM drafts
            WHERE id > $1 ORDER BY id LIMIT $2";
        DRAFT = "SELECT id, source, path, kind, title, text, faults, created, updated FROM drafts WHERE id = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

#[derive(FromRow)]
struct ImportedRow {
    path: Option<String>,
    digest: Vec<u8>,
    document: Option<String>,
    draft: Option<String>,
}

impl ImportedRow {
    fn read(self) -> Result<Imported, StoreError> {
        Ok(Imported {
            path: self.path,
            digest: digest(&self.digest)?,
            document: self.document.as_deref().map(document_id).transpose()?,
            draft: self.draft.as_deref().map(document_id).transpose()?,
        })
    }
}

#[derive(FromRow)]
struct DraftRow {
    id: String,
    source: String,
    path: String,
    kind: String,
    title: String,
    text: String,
    faults: String,
    created: i64,
    updated: i64,
}

impl DraftRow {
    fn read(self) -> Result<Draft, StoreError> {
        Ok(Draft {
            id: document_id(&self.id)?,
            source: self.source,
            path: self.path,
            kind: self.kind,
            title: self.title,
            text: self.text,
            faults: self.faults,
            created: Timestamp::from_millis(self.created),
            updated: Timestamp::from_millis(self.updated),
        })
    }
}

impl Store {
    /// Returns what an earlier import made of a file, also after its document was withdrawn.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn imported(&self, source: &str, path: &str) -> Result<Option<Imported>, StoreError> {
        let values = values![&key(source, path)];
        let row = self
            .read()
            .await?
            .row::<ImportedRow>(sql::IMPORTED, values)
            .await?;
        row.map(ImportedRow::read).transpose()
    }

    /// Returns what earlier imports made of every file of a tree, by path.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn imported_from(&self, source: &str) -> Result<Vec<Imported>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<ImportedRow>(sql::ALL_IMPORTED, values![source])
            .await?;
        rows.into_iter().map(ImportedRow::read).collect()
    }

    /// Records that files are documents that already exist, unchanged.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn record_import(
        &self,
        marks: Vec<(ImportMark, DocumentId)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        record_published(&mut db, marks, now).await?;
        db.commit().await
    }

    /// Forgets a file: its next import is its first.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn forget_import(&self, source: &str, path: &str) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::FORGET_FILE, values![&key(source, path)])
            .await?;
        db.commit().await
    }

    /// Saves drafts, each with the digest of its file. The draft of a file that has one already is replaced: give it
    /// the same id.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn save_drafts(&self, drafts: &[(Draft, Digest)]) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        for (draft, digest) in drafts {
            let key = key(&draft.source, &draft.path);
            let row = db.row::<ImportedRow>(sql::IMPORTED, values![&key]).await?;
            let document = row.and_then(|row| row.document);
            let values = values![
                draft.id,
                draft.source.as_str(),
                draft.path.as_str(),
                draft.kind.as_str(),
                draft.title.as_str(),
                draft.text.as_str(),
                draft.faults.as_str(),
                draft.created,
                draft.updated
            ];
            db.run(sql::SAVE_DRAFT, values).await?;
            let mark = values![
                &key,
                draft.source.as_str(),
                draft.path.as_str(),
                digest,
                document,
                draft.id
            ];
            db.run_many(sql::RECORD, &[draft.updated.into()], vec![mark])
                .await?;
        }
        db.commit().await
    }

    /// Returns drafts in the order of their ids, after one of them; at most [`MOST_DRAFTS`].
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn drafts(
        &self,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<Draft>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let values = values![after, i64::from(limit.min(MOST_DRAFTS))];
        let rows = self
            .read()
            .await?
            .rows::<DraftRow>(sql::DRAFTS, values)
            .await?;
        rows.into_iter().map(DraftRow::read).collect()
    }

    /// Returns one draft.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn draft(&self, id: DocumentId) -> Result<Option<Draft>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<DraftRow>(sql::DRAFT, values![id])
            .await?;
        row.map(DraftRow::read).transpose()
    }

    /// Deletes a draft; its file counts as never imported.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn delete_draft(&self, id: DocumentId) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::DROP_DRAFT, values![id]).await?;
        db.run(sql::UNLINK_DRAFT, values![id]).await?;
        db.commit().await
    }
}

/// Records which files became which documents; their drafts are done with.
pub(crate) async fn record_published(
    db: &mut Db,
    marks: Vec<(ImportMark, DocumentId)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let keys = marks
        .iter()
        .map(|(mark, _)| values![&key(&mark.source, &mark.path)])
        .collect();
    db.run_many(sql::DROP_DRAFTS, &[], keys).await?;
    let rows = marks
        .into_iter()
        .map(|(mark, id)| {
            let key = key(&mark.source, &mark.path);
            values![
                &key,
                mark.source,
                mark.path,
                &mark.digest,
                id,
                None::<DocumentId>
            ]
        })
        .collect();
    db.run_many(sql::RECORD, &[now.into()], rows)
        .await
        .map(|_| ())
}

/// Forgets the paths that became a document: a file name can hold what was withdrawn.
pub(crate) async fn forget_document(db: &mut Db, id: DocumentId) -> Result<(), StoreError> {
    db.run(sql::FORGET_DOCUMENT, values![id]).await.map(|_| ())
}

fn key(source: &str, path: &str) -> Digest {
    Digest::of(format!("{source}\0{path}").as_bytes())
}
