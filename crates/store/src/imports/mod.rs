//! What makes an import idempotent: which file became which document or draft, and the drafts themselves.

mod recording;

use std::collections::HashMap;

use async_recursion::async_recursion as boxed;
use wire::{Digest, DocumentId, Timestamp};

pub(crate) use self::recording::record_published;
use self::recording::{drop_drafts, erase_paths, save_draft};
use crate::{
    StoreError, changes,
    engine::{Db, Store, values},
    record::records,
    texts::{self, Words},
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

/// A file, and the revision that holds its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The file.
    pub mark: ImportMark,
    /// The document that it became.
    pub document: DocumentId,
    /// The revision of that document.
    pub rev: u64,
}

records! {
    /// What an earlier import made of a file.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Imported from ImportedRow {
        /// Path inside the tree; `None` once the document is withdrawn.
        pub path: Option<String>,
        /// Digest of the file, as it was then.
        pub digest: Digest,
        /// The document that it became.
        pub document: Option<DocumentId>,
        /// The revision of that document; `None` for what a program recorded that did not keep it.
        pub rev: Option<u64>,
        /// The draft that it became.
        pub draft: Option<DocumentId>,
    }
}

records! {
    /// What could be read of a file and not published.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Draft from DraftRow {
        /// Its id.
        pub id: DocumentId,
        /// The tree that it came from.
        pub source: String,
        /// Path inside the tree.
        pub path: String,
        /// Kind, as far as it could be read.
        pub kind: String,
        /// Title, as far as it could be read.
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

    /// A file of an earlier import, with the key that it is found by.
    struct File from FileRow with imported: Imported {
        pub key: Digest,
        pub path_seq: Option<i64>,
    }

    /// What an import of one of several sources made of a file.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SourceFile from SourceFileRow with imported: Imported {
        /// The tree that was imported.
        pub source: String,
    }

    /// A file whose document is withdrawn.
    struct WithdrawnFile from WithdrawnFileRow {
        pub digest: Digest,
        pub document: DocumentId,
    }
}

/// Most drafts that one call returns.
pub const MAX_DRAFTS: u32 = 1000;

mod sql {
    use crate::engine::statements;

    macro_rules! select_imported {
        () => {
            "SELECT i.key, p.path, i.path_seq, i.digest, i.document, i.rev, i.draft FROM imported i
                LEFT JOIN file_paths p ON p.seq = i.path_seq "
        };
    }

    macro_rules! select_source_files {
        () => {
            "SELECT i.source, p.path, i.digest, i.document, i.rev, i.draft FROM imported i
                LEFT JOIN file_paths p ON p.seq = i.path_seq "
        };
    }

    macro_rules! select_drafts {
        () => {
            "SELECT d.id, d.source, t.path, d.kind, t.title, t.text, t.faults, d.created, d.updated FROM drafts d
                JOIN draft_texts t ON t.seq = d.text_seq "
        };
    }

    statements! {
        IMPORTED = concat!(select_imported!(), "WHERE i.key IN ({#})");
        WITH_DIGEST = concat!(
            select_source_files!(),
            "WHERE i.document IN (SELECT s.document FROM imported s WHERE s.digest = $1) ORDER BY i.source, p.path"
        );
        OF_DOCUMENT = concat!(select_source_files!(), "WHERE i.document = $1 ORDER BY i.source, p.path");
        ALL_IMPORTED = concat!(select_imported!(), "WHERE i.source = $1 ORDER BY p.path");
        /// `CROSS JOIN` and `+` make SQLite begin with what is withdrawn, which is little, and not with all files or all own
        /// documents.
        WITHDRAWN = "SELECT i.digest, i.document FROM documents d CROSS JOIN imported i
            WHERE +d.node_seq = 1 AND d.state = 'withdrawn' AND i.document = d.id ORDER BY i.document";
        /// From one source to the next by the index: there are few, with many files each.
        SOURCES = "WITH RECURSIVE sources (source) AS (
                SELECT MIN(source) FROM imported
                UNION ALL
                SELECT (SELECT MIN(i.source) FROM imported i WHERE i.source > s.source) FROM sources s WHERE s.source IS NOT NULL
            ) SELECT source FROM sources WHERE source IS NOT NULL ORDER BY source";
        RECORD = "INSERT INTO imported (at, key, source, path_seq, digest, document, rev, draft) VALUES {($1, #, #, #, #, #, #, #)}
            ON CONFLICT (key) DO UPDATE SET at = excluded.at, path_seq = excluded.path_seq, digest = excluded.digest,
                document = excluded.document, rev = excluded.rev, draft = excluded.draft";
        DRAFT_TEXTS = "SELECT text_seq FROM drafts WHERE id IN ({#})";
        DELETE_DRAFTS = "DELETE FROM drafts WHERE id IN ({#})";
        PATHS_OF_DRAFT = "SELECT path_seq FROM imported WHERE draft = $1 AND document IS NULL AND path_seq IS NOT NULL";
        UNLINK_DRAFT = "DELETE FROM imported WHERE draft = $1 AND document IS NULL";
        PATHS_OF_DOCUMENT = "SELECT path_seq FROM imported WHERE document = $1 AND path_seq IS NOT NULL";
        DRAFTS_OF_DOCUMENT = "SELECT draft FROM imported WHERE document = $1 AND draft IS NOT NULL";
        FORGET_DOCUMENT = "UPDATE imported SET path_seq = NULL, draft = NULL WHERE document = $1";
        FORGET_FILE = "DELETE FROM imported WHERE key = $1";
        SAVE_DRAFT = "INSERT INTO drafts (id, source, kind, text_seq, created, updated) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, text_seq = excluded.text_seq, updated = excluded.updated";
        DRAFTS = concat!(select_drafts!(), "WHERE d.id > $1 ORDER BY d.id LIMIT $2");
        DRAFT = concat!(select_drafts!(), "WHERE d.id = $1");
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Returns what an earlier import made of a file, also after its document was withdrawn.
    #[boxed]
    pub async fn imported(&self, source: &str, path: &str) -> Result<Option<Imported>, StoreError> {
        let mut db = self.read().await?;
        let found = find(&mut db, vec![key(source, path)]).await?.pop();
        Ok(found.map(|file| file.imported))
    }

    /// Returns what earlier imports made of some files of a tree, in the order of `paths`, also after their documents
    /// were withdrawn.
    #[boxed]
    pub async fn imported_files(
        &self,
        source: &str,
        paths: &[&str],
    ) -> Result<Vec<Option<Imported>>, StoreError> {
        let keys: Vec<Digest> = paths.iter().map(|path| key(source, path)).collect();
        let mut found = HashMap::with_capacity(keys.len());
        for file in find(&mut self.read().await?, keys.clone()).await? {
            found.insert(file.key, file.imported);
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }

    /// Returns what earlier imports made of every file of a tree, by path.
    #[boxed]
    pub async fn imported_from(&self, source: &str) -> Result<Vec<Imported>, StoreError> {
        self.read()
            .await?
            .records(sql::ALL_IMPORTED, values![source])
            .await
    }

    /// Returns the files that became `document`, or without one those of all documents that a file with `digest` became, by
    /// source and path.
    #[boxed]
    pub async fn imported_as(
        &self,
        document: Option<DocumentId>,
        digest: &Digest,
    ) -> Result<Vec<SourceFile>, StoreError> {
        let mut db = self.read().await?;
        match document {
            Some(document) => db.records(sql::OF_DOCUMENT, values![document]).await,
            None => db.records(sql::WITH_DIGEST, values![digest]).await,
        }
    }

    /// Returns the digests of files whose documents are withdrawn, and those documents: the same text is not to be
    /// published again under another name.
    #[boxed]
    pub async fn withdrawn_files(&self) -> Result<HashMap<Digest, DocumentId>, StoreError> {
        let files: Vec<WithdrawnFile> = self
            .read()
            .await?
            .records(sql::WITHDRAWN, values![])
            .await?;
        Ok(files
            .into_iter()
            .map(|file| (file.digest, file.document))
            .collect())
    }

    /// Returns the trees that files were imported from, by name.
    #[boxed]
    pub async fn import_sources(&self) -> Result<Vec<String>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<(String,)>(sql::SOURCES, values![])
            .await?;
        Ok(rows.into_iter().map(|(source,)| source).collect())
    }

    /// Records that files are documents that already exist, unchanged.
    #[boxed]
    pub async fn record_import(
        &self,
        marks: Vec<Marked>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        record_published(&mut db, marks, now).await?;
        Ok(db.commit().await?)
    }

    /// Forgets a file: its next import is its first.
    #[boxed]
    pub async fn forget_import(&self, source: &str, path: &str) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let key = key(source, path);
        let found = find(&mut db, vec![key]).await?;
        let paths: Vec<i64> = found.into_iter().filter_map(|row| row.path_seq).collect();
        texts::erase(&mut db, Words::Paths, &paths).await?;
        db.run(sql::FORGET_FILE, values![&key]).await?;
        Ok(db.commit().await?)
    }

    /// Saves drafts, each with the digest of its file. The draft of a file that has one already is replaced: give it
    /// the same id.
    #[boxed]
    pub async fn save_drafts(&self, drafts: &[(Draft, Digest)]) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        for (draft, digest) in drafts {
            save_draft(&mut db, draft, digest).await?;
        }
        Ok(db.commit().await?)
    }

    /// Returns drafts in the order of their ids, after one of them; at most [`MAX_DRAFTS`].
    #[boxed]
    pub async fn drafts(
        &self,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<Draft>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let values = values![after, i64::from(limit.min(MAX_DRAFTS))];
        self.read().await?.records(sql::DRAFTS, values).await
    }

    /// Returns one draft.
    #[boxed]
    pub async fn draft(&self, id: DocumentId) -> Result<Option<Draft>, StoreError> {
        self.read().await?.record(sql::DRAFT, values![id]).await
    }

    /// Deletes a draft; its file counts as never imported.
    #[boxed]
    pub async fn delete_draft(&self, id: DocumentId) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        drop_drafts(&mut db, &[id.to_string()]).await?;
        erase_paths(&mut db, sql::PATHS_OF_DRAFT, id).await?;
        db.run(sql::UNLINK_DRAFT, values![id]).await?;
        Ok(db.commit().await?)
    }
}

/// Forgets the paths that became a document, and the drafts of its next revision: both can hold what was withdrawn.
pub(crate) async fn forget_document(db: &mut Db, id: DocumentId) -> Result<(), StoreError> {
    let drafts = db
        .rows::<(String,)>(sql::DRAFTS_OF_DOCUMENT, values![id])
        .await?;
    let mut drafts: Vec<String> = drafts.into_iter().map(|(draft,)| draft).collect();
    drafts.push(id.to_string());
    drop_drafts(db, &drafts).await?;
    erase_paths(db, sql::PATHS_OF_DOCUMENT, id).await?;
    db.run(sql::FORGET_DOCUMENT, values![id]).await?;
    Ok(())
}

async fn find(db: &mut Db, keys: Vec<Digest>) -> Result<Vec<File>, StoreError> {
    let keys = keys.iter().map(|key| values![key]).collect();
    db.records_of_many(sql::IMPORTED, &[], keys).await
}

fn key(source: &str, path: &str) -> Digest {
    Digest::for_bytes(format!("{source}\0{path}").as_bytes())
}
