//! Words: document texts, draft texts and file paths, and the references, mentions and attachments of documents.
//!
//! Erased must mean erased from the file as well. SQLite's `secure_delete` overwrites what is deleted, but when pages
//! are split or merged it leaves copies of *moved* rows in their free space, and a later deletion does not find those
//! (measured: 2 of 6,000 erased texts stayed in a file that had seen much churn). So on SQLite words are only ever
//! appended, which moves nothing, and erasing overwrites them in place with as many other bytes. `heads.erased_bytes`
//! counts these: the space comes back when the file is compacted. PostgreSQL deletes the rows and vacuums.

use wire::{DocumentId, DocumentRef, NodeId, Relation};

use crate::{
    Fields, StoreError, changes,
    engine::{Db, Value, Values, values},
    record::records,
};

records! {
    /// A document that another one referred to.
    struct Referred from ReferredRow {
        pub relation: Relation,
        pub target_node: NodeId,
        pub target_id: DocumentId,
    }
}

mod sql {
    use crate::engine::statements;

    statements! {
        ADD_DOCUMENTS = "INSERT INTO document_texts (seq, title, slug, summary, card, private, body) VALUES {(#, #, #, #, #, #, #)}";
        ADD_DRAFT = "INSERT INTO draft_texts (seq, path, title, faults, text) VALUES ($1, $2, $3, $4, $5)";
        ADD_PATHS = "INSERT INTO file_paths (seq, path) VALUES {(#, #)}";
        DELETE_DOCUMENTS = "DELETE FROM document_texts WHERE seq IN ({#})";
        DELETE_OF_NODE = "DELETE FROM document_texts WHERE seq IN (SELECT text_seq FROM documents WHERE node_seq = $1)";
        DELETE_DRAFTS = "DELETE FROM draft_texts WHERE seq IN ({#})";
        DELETE_WRITTEN = "DELETE FROM written_texts WHERE seq IN ({#})";
        DELETE_PATHS = "DELETE FROM file_paths WHERE seq IN ({#})";
        DELETE_FILES = "DELETE FROM attachment_bytes WHERE seq IN ({#})";
        DELETE_FILE_NAMES = "DELETE FROM attachment_words WHERE seq IN ({#})";
        FORGET_REFERENCES = "DELETE FROM document_references WHERE node_seq = $1 AND id IN ({#})
            RETURNING relation, target_node, target_id";
        FORGET_REFERENCES_OF_NODE = "DELETE FROM document_references WHERE node_seq = $1 RETURNING relation, target_node, target_id";
        FORGET_MENTIONS = "DELETE FROM document_mentions WHERE node_seq = $1 AND id IN ({#})";
        FORGET_ATTACHMENTS = "DELETE FROM attachments WHERE node_seq = $1 AND id IN ({#})";
        REFER = "INSERT INTO document_references (node_seq, id, relation, target_node, target_id, tried) VALUES {($1, #, #, #, #, #)}
            ON CONFLICT DO NOTHING";
        MENTION = "INSERT INTO document_mentions (node_seq, id, target_node, target_id) VALUES {($1, #, #, #)} ON CONFLICT DO NOTHING";
        ATTACH = "INSERT INTO attachments (node_seq, id, position, digest, len) VALUES {($1, #, #, #, #)}";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

/// The same size in bytes, so that the row stays where it is: SQLite then writes over it.
mod sqlite {
    use crate::engine::statements;

    statements! {
        COUNT_DOCUMENTS = "UPDATE heads SET erased_bytes = erased_bytes + (SELECT COALESCE(SUM(octet_length(card) + octet_length(body)), 0)
            FROM document_texts WHERE seq IN ({#})) WHERE id = 1";
        COUNT_OF_NODE = "UPDATE heads SET erased_bytes = erased_bytes + (SELECT COALESCE(SUM(octet_length(card) + octet_length(body)), 0)
            FROM document_texts WHERE seq IN (SELECT text_seq FROM documents WHERE node_seq = $1)) WHERE id = 1";
        COUNT_DRAFTS = "UPDATE heads SET erased_bytes = erased_bytes + (SELECT COALESCE(SUM(octet_length(text)), 0)
            FROM draft_texts WHERE seq IN ({#})) WHERE id = 1";
        COUNT_WRITTEN = "UPDATE heads SET erased_bytes = erased_bytes + (SELECT COALESCE(SUM(octet_length(content)), 0)
            FROM written_texts WHERE seq IN ({#})) WHERE id = 1";
        COUNT_PATHS = "UPDATE heads SET erased_bytes = erased_bytes + (SELECT COALESCE(SUM(octet_length(path)), 0)
            FROM file_paths WHERE seq IN ({#})) WHERE id = 1";
        COUNT_FILES = "UPDATE heads SET erased_bytes = erased_bytes + (SELECT COALESCE(SUM(octet_length(content)), 0)
            FROM attachment_bytes WHERE seq IN ({#})) WHERE id = 1";
        COUNT_FILE_NAMES = "UPDATE heads SET erased_bytes = erased_bytes + (SELECT COALESCE(SUM(octet_length(name)), 0)
            FROM attachment_words WHERE seq IN ({#})) WHERE id = 1";
        OVERWRITE_DOCUMENTS = "UPDATE document_texts SET
                title = substr(hex(zeroblob(octet_length(title))), 1, octet_length(title)),
                slug = substr(hex(zeroblob(octet_length(slug))), 1, octet_length(slug)),
                summary = substr(hex(zeroblob(octet_length(summary))), 1, octet_length(summary)),
                card = substr(hex(zeroblob(octet_length(card))), 1, octet_length(card)),
                private = substr(hex(zeroblob(octet_length(private))), 1, octet_length(private)),
                body = zeroblob(octet_length(body))
            WHERE seq IN ({#})";
        OVERWRITE_OF_NODE = "UPDATE document_texts SET
                title = substr(hex(zeroblob(octet_length(title))), 1, octet_length(title)),
                slug = substr(hex(zeroblob(octet_length(slug))), 1, octet_length(slug)),
                summary = substr(hex(zeroblob(octet_length(summary))), 1, octet_length(summary)),
                card = substr(hex(zeroblob(octet_length(card))), 1, octet_length(card)),
                private = substr(hex(zeroblob(octet_length(private))), 1, octet_length(private)),
                body = zeroblob(octet_length(body))
            WHERE seq IN (SELECT text_seq FROM documents WHERE node_seq = $1)";
        OVERWRITE_DRAFTS = "UPDATE draft_texts SET
                path = substr(hex(zeroblob(octet_length(path))), 1, octet_length(path)),
                title = substr(hex(zeroblob(octet_length(title))), 1, octet_length(title)),
                faults = substr(hex(zeroblob(octet_length(faults))), 1, octet_length(faults)),
                text = substr(hex(zeroblob(octet_length(text))), 1, octet_length(text))
            WHERE seq IN ({#})";
        OVERWRITE_WRITTEN = "UPDATE written_texts SET content = zeroblob(octet_length(content)) WHERE seq IN ({#})";
        OVERWRITE_PATHS = "UPDATE file_paths SET path = substr(hex(zeroblob(octet_length(path))), 1, octet_length(path))
            WHERE seq IN ({#})";
        OVERWRITE_FILES = "UPDATE attachment_bytes SET content = zeroblob(octet_length(content)) WHERE seq IN ({#})";
        OVERWRITE_FILE_NAMES = "UPDATE attachment_words SET
                name = substr(hex(zeroblob(octet_length(name))), 1, octet_length(name)),
                alt = substr(hex(zeroblob(octet_length(alt))), 1, octet_length(alt))
            WHERE seq IN ({#})";
    }
}
pub(crate) use sqlite::ALL as SQLITE_STATEMENTS;

/// Words of which kind.
#[derive(Clone, Copy)]
pub(crate) enum Words {
    Documents,
    Drafts,
    Written,
    Paths,
    /// The bytes of attached files.
    Files,
    /// The names and descriptions of attached files.
    FileNames,
}

impl Words {
    /// Returns the statement that deletes such rows.
    fn delete(self) -> &'static str {
        match self {
            Self::Documents => sql::DELETE_DOCUMENTS,
            Self::Drafts => sql::DELETE_DRAFTS,
            Self::Written => sql::DELETE_WRITTEN,
            Self::Paths => sql::DELETE_PATHS,
            Self::Files => sql::DELETE_FILES,
            Self::FileNames => sql::DELETE_FILE_NAMES,
        }
    }

    /// Returns the statements that count the bytes of such rows and overwrite them.
    fn count_and_overwrite(self) -> [&'static str; 2] {
        match self {
            Self::Documents => [sqlite::COUNT_DOCUMENTS, sqlite::OVERWRITE_DOCUMENTS],
            Self::Drafts => [sqlite::COUNT_DRAFTS, sqlite::OVERWRITE_DRAFTS],
            Self::Written => [sqlite::COUNT_WRITTEN, sqlite::OVERWRITE_WRITTEN],
            Self::Paths => [sqlite::COUNT_PATHS, sqlite::OVERWRITE_PATHS],
            Self::Files => [sqlite::COUNT_FILES, sqlite::OVERWRITE_FILES],
            Self::FileNames => [sqlite::COUNT_FILE_NAMES, sqlite::OVERWRITE_FILE_NAMES],
        }
    }
}

/// Returns a row for [`add_documents`].
pub(crate) fn document_row<'a>(
    seq: i64,
    fields: &'a Fields,
    private: Option<&'a str>,
    body: &'a [u8],
) -> Values<'a> {
    values![
        seq,
        &fields.title,
        &fields.slug,
        fields.summary.as_deref(),
        &fields.card,
        private,
        body
    ]
}

/// Returns a row for [`add_documents`] of a document without a private part.
pub(crate) fn owned_document_row(seq: i64, fields: Fields, body: Vec<u8>) -> Values<'static> {
    values![
        seq,
        fields.title,
        fields.slug,
        fields.summary,
        fields.card,
        None::<String>,
        body
    ]
}

/// Appends document texts, each made by [`document_row`].
pub(crate) async fn add_documents(db: &mut Db, rows: Vec<Values<'_>>) -> Result<(), StoreError> {
    db.run_many(sql::ADD_DOCUMENTS, &[], rows).await?;
    Ok(())
}

/// Appends a draft's text: (seq, path, title, faults, text).
pub(crate) async fn add_draft(db: &mut Db, row: Values<'_>) -> Result<(), StoreError> {
    db.run(sql::ADD_DRAFT, row).await?;
    Ok(())
}

/// Appends file paths: (seq, path).
pub(crate) async fn add_paths(db: &mut Db, rows: Vec<Values<'_>>) -> Result<(), StoreError> {
    db.run_many(sql::ADD_PATHS, &[], rows).await?;
    Ok(())
}

/// Erases words.
pub(crate) async fn erase(db: &mut Db, words: Words, seqs: &[i64]) -> Result<(), StoreError> {
    let rows: Vec<Values<'_>> = seqs.iter().map(|seq| values![*seq]).collect();
    if !db.is_sqlite() {
        db.run_many(words.delete(), &[], rows).await?;
        return Ok(());
    }
    for statement in words.count_and_overwrite() {
        db.run_many(statement, &[], rows.clone()).await?;
    }
    Ok(())
}

/// Erases the words of all documents of a node.
pub(crate) async fn erase_node(db: &mut Db, node_seq: i64) -> Result<(), StoreError> {
    let statements: &[&str] = match db.is_sqlite() {
        true => &[sqlite::COUNT_OF_NODE, sqlite::OVERWRITE_OF_NODE],
        false => &[sql::DELETE_OF_NODE],
    };
    for statement in statements {
        db.run(statement, values![node_seq]).await?;
    }
    Ok(())
}

/// Forgets the references, mentions and attachments of documents.
pub(crate) async fn unlink(
    db: &mut Db,
    node_seq: i64,
    ids: Vec<Values<'_>>,
) -> Result<(), StoreError> {
    let forgotten: Vec<Referred> = db
        .records_of_many(
            sql::FORGET_REFERENCES,
            &[Value::from(node_seq)],
            ids.clone(),
        )
        .await?;
    changes::touch_targets(db, node_seq, &about(forgotten)).await?;
    db.run_many(sql::FORGET_MENTIONS, &[Value::from(node_seq)], ids.clone())
        .await?;
    db.run_many(sql::FORGET_ATTACHMENTS, &[Value::from(node_seq)], ids)
        .await?;
    Ok(())
}

/// Forgets what all documents of a node refer to.
pub(crate) async fn forget_references_of_node(
    db: &mut Db,
    node_seq: i64,
) -> Result<(), StoreError> {
    let forgotten: Vec<Referred> = db
        .records(sql::FORGET_REFERENCES_OF_NODE, values![node_seq])
        .await?;
    changes::touch_targets(db, node_seq, &about(forgotten)).await
}

/// Returns the documents that something spoke of.
fn about(referred: Vec<Referred>) -> Vec<DocumentRef> {
    let about = referred
        .into_iter()
        .filter(|referred| referred.relation == Relation::About);
    about
        .map(|referred| DocumentRef {
            node: referred.target_node,
            id: referred.target_id,
        })
        .collect()
}

/// Writes the references, mentions and attachments of documents that have none yet.
pub(crate) async fn link<'a>(
    db: &mut Db,
    node_seq: i64,
    documents: impl Iterator<Item = (DocumentId, &'a Fields)>,
) -> Result<(), StoreError> {
    let mut references = Vec::new();
    let mut spoken_of = Vec::new();
    let mut mentions = Vec::new();
    let mut attachments = Vec::new();
    for (id, fields) in documents {
        for reference in &fields.references {
            references.push(values![
                id,
                reference.relation.as_str(),
                &reference.node,
                reference.id,
                reference.tried
            ]);
            if reference.relation == Relation::About {
                spoken_of.push(DocumentRef {
                    node: reference.node.clone(),
                    id: reference.id,
                });
            }
        }
        for other in &fields.mentions {
            mentions.push(values![id, &other.node, other.id]);
        }
        for (position, attachment) in (0_i64..).zip(&fields.attachments) {
            attachments.push(values![id, position, &attachment.digest, attachment.len]);
        }
    }
    db.run_many(sql::REFER, &[Value::from(node_seq)], references)
        .await?;
    changes::touch_targets(db, node_seq, &spoken_of).await?;
    db.run_many(sql::MENTION, &[Value::from(node_seq)], mentions)
        .await?;
    db.run_many(sql::ATTACH, &[Value::from(node_seq)], attachments)
        .await?;
    Ok(())
}
