//! Reading one document: whatever is held of it, its references and its history.
//!
//! Of a document that the viewer cannot read, no word is returned. A tombstone has nothing but what docs/FEED.md §10 keeps.

use sqlx::FromRow;
use wire::{Date, DocumentId, Timestamp, Viewer};

use crate::{
    Document, DocumentState, DocumentText, Provenance, Reference, Relation, Revision, StoreError,
    engine::{Store, digest, document_id, node_id, unsigned, values, visibility},
    viewing,
};

mod sql {
    use crate::{engine::statements, viewing::statements_for_viewers};

    statements_for_viewers! {
        /// `$3` is the first epoch that counts: 0 is what was kept here.
        HISTORY = "SELECT r.rev, l.epoch, r.leaf_index, r.digest, r.at, r.text_seq IS NOT NULL AS held FROM documents d
            JOIN logs l ON l.node_seq = d.node_seq AND l.epoch >= $3 JOIN revisions r ON r.log_seq = l.seq AND r.id = d.id
            WHERE d.node_seq = $1 AND d.id = $2 AND " [readable] " ORDER BY l.epoch DESC, r.rev DESC";
    }

    statements! {
        DOCUMENT = "SELECT d.node_seq, n.node, n.handle, n.own, n.status, n.ods, n.name, n.base, d.id, d.rev, d.state, d.kind,
                d.visibility, t.title, t.slug, t.summary, t.card, d.lang, d.licence, d.published, d.updated, d.reviewed,
                d.review_by, d.first_seen, d.changed_at, d.why, d.fault, t.private, d.leaf_index, d.digest, t.body,
                l.seq AS log_seq, l.epoch, l.origin, l.size, l.timestamp
            FROM documents d JOIN nodes n ON n.seq = d.node_seq
            LEFT JOIN logs l ON l.seq = d.log_seq
            LEFT JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = $1 AND d.id = $2";
        REFERENCES = "SELECT relation, target_node, target_id FROM document_references WHERE node_seq = $1 AND id = $2
            ORDER BY relation, target_node, target_id";
        REVISION_BODY = "SELECT t.body FROM revisions r JOIN logs l ON l.seq = r.log_seq JOIN document_texts t ON t.seq = r.text_seq
            WHERE l.node_seq = $1 AND l.epoch = $2 AND r.id = $3 AND r.rev = $4";
    }
}
pub(crate) use sql::{ALL as STATEMENTS, FOR_VIEWERS};

#[derive(FromRow)]
struct DocumentRow {
    node_seq: i64,
    node: String,
    handle: String,
    own: bool,
    status: String,
    ods: Option<String>,
    name: String,
    base: String,
    id: String,
    rev: i64,
    state: String,
    kind: Option<String>,
    visibility: Option<String>,
    title: Option<String>,
    slug: Option<String>,
    summary: Option<String>,
    card: Option<String>,
    lang: Option<String>,
    licence: Option<String>,
    published: Option<i64>,
    updated: Option<i64>,
    reviewed: Option<i64>,
    review_by: Option<String>,
    first_seen: i64,
    changed_at: i64,
    why: Option<String>,
    fault: Option<String>,
    private: Option<String>,
    leaf_index: Option<i64>,
    digest: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
    log_seq: Option<i64>,
    epoch: Option<i64>,
    origin: Option<String>,
    size: Option<i64>,
    timestamp: Option<i64>,
}

impl DocumentRow {
    fn read(self, viewer: Viewer) -> Result<Document, StoreError> {
        let state = DocumentState::read(&self.state)?;
        let stored = self.visibility.as_deref().map(visibility).transpose()?;
        let readable = stored.filter(|stored| viewing::can_read(viewer, state, *stored));
        let text = match (
            self.kind, readable, self.title, self.slug, self.card, self.body,
        ) {
            (Some(kind), Some(visibility), Some(title), Some(slug), Some(card), Some(body)) => {
                Some(DocumentText {
                    kind,
                    visibility,
                    title,
                    slug,
                    summary: self.summary,
                    card,
                    lang: self.lang,
                    licence: self.licence,
                    updated: self.updated.map(Timestamp::from_millis),
                    reviewed: self.reviewed.map(Timestamp::from_millis),
                    review_by: self.review_by.as_deref().and_then(Date::parse),
                    body,
                    private: self.private,
                })
            }
            _ => None,
        };
        let provenance = match (
            self.log_seq,
            self.epoch,
            self.origin,
            self.size,
            self.leaf_index,
        ) {
            (Some(log_seq), Some(epoch), Some(origin), Some(size), Some(leaf_index)) => {
                Some(Provenance {
                    log_seq,
                    epoch: unsigned(epoch),
                    origin,
                    leaf_index: unsigned(leaf_index),
                    digest: self.digest.as_deref().map(digest).transpose()?,
                    log_size: unsigned(size),
                    checkpoint_at: self.timestamp.map(Timestamp::from_millis),
                })
            }
            _ => None,
        };
        Ok(Document {
            node_seq: self.node_seq,
            node: node_id(&self.node)?,
            handle: self.handle,
            own: self.own,
            left: self.status == "left",
            ods: self.ods,
            organisation: self.name,
            base: self.base,
            id: document_id(&self.id)?,
            rev: unsigned(self.rev),
            state,
            text,
            published: self.published.map(Timestamp::from_millis),
            first_seen: Timestamp::from_millis(self.first_seen),
            changed_at: Timestamp::from_millis(self.changed_at),
            why: self.why,
            fault: self.fault,
            provenance,
        })
    }
}

#[derive(FromRow)]
struct RevisionRow {
    rev: i64,
    epoch: i64,
    leaf_index: Option<i64>,
    digest: Vec<u8>,
    at: i64,
    held: bool,
}

impl Store {
    /// Returns all that is held under (node, id), in any state: its words where the viewer can read them.
    pub async fn document(
        &self,
        viewer: Viewer,
        node_seq: i64,
        id: DocumentId,
    ) -> Result<Option<Document>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<DocumentRow>(sql::DOCUMENT, values![node_seq, id])
            .await?;
        row.map(|row| row.read(viewer)).transpose()
    }

    /// Returns the documents that a document says it refers to.
    pub async fn references(
        &self,
        node_seq: i64,
        id: DocumentId,
    ) -> Result<Vec<Reference>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<(String, String, String)>(sql::REFERENCES, values![node_seq, id])
            .await?;
        rows.into_iter()
            .map(|(relation, node, id)| {
                Ok(Reference {
                    relation: Relation::read(&relation)?,
                    node: node_id(&node)?,
                    id: document_id(&id)?,
                })
            })
            .collect()
    }

    /// Returns the history of an own document that the viewer can read, the newest first; what it was before it was
    /// published, to this node's staff only. Others' documents have no history here.
    pub async fn revisions(
        &self,
        viewer: Viewer,
        node_seq: i64,
        id: DocumentId,
    ) -> Result<Vec<Revision>, StoreError> {
        let first_epoch = match viewer {
            Viewer::Public | Viewer::Peer => 1_i64,
            Viewer::Staff => 0,
        };
        let values = values![node_seq, id, first_epoch];
        let rows = self
            .read()
            .await?
            .rows::<RevisionRow>(sql::HISTORY.text(viewer), values)
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Revision {
                    rev: unsigned(row.rev),
                    epoch: unsigned(row.epoch),
                    leaf_index: row.leaf_index.map(unsigned),
                    digest: digest(&row.digest)?,
                    at: Timestamp::from_millis(row.at),
                    held: row.held,
                })
            })
            .collect()
    }

    /// Returns the body of one revision, if it is still held.
    pub async fn revision_body(
        &self,
        node_seq: i64,
        id: DocumentId,
        epoch: u64,
        rev: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<(Vec<u8>,)>(sql::REVISION_BODY, values![node_seq, epoch, id, rev])
            .await?;
        Ok(row.map(|(body,)| body))
    }
}
