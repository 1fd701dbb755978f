//! Reading one document in any state, and its history.
//!
//! A document that the viewer cannot read does not exist for them. A tombstone has nothing but what docs/FEED.md §10 keeps.

use async_recursion::async_recursion as boxed;
use wire::{Digest, DocumentId, Timestamp, Viewer, Visibility};

use crate::{
    Document, DocumentState, DocumentText, Owner, Provenance, Revision, StoreError,
    engine::{Store, values},
    record::records,
    viewing,
};

mod sql {
    use crate::{engine::statements, viewing::statements_for_viewers};

    statements_for_viewers! {
        /// `$3` is the first epoch that counts: 0 is what was kept here. What the viewer may not know of is left out before
        /// anything of it is read, so that it takes no longer than what does not exist. Nor with `IN` of a list: SQLite makes a table
        /// of that when it finds a row, which takes 8 µs.
        DOCUMENT = "SELECT d.node_seq, n.node, n.handle, n.own, n.ods, n.name AS organisation, n.status = 'left' AS \"left\",
                n.base, d.id, d.rev, d.state, d.visibility, t.title, t.slug, d.published, d.first_seen, d.changed_at, d.why,
                d.fault, d.leaf_index, d.digest, t.body, l.seq AS log_seq, l.epoch, l.origin, l.size, l.timestamp
            FROM documents d JOIN nodes n ON n.seq = d.node_seq LEFT JOIN logs l ON l.seq = d.log_seq
            LEFT JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = $1 AND d.id = $2 AND (" [readable]
                " OR d.state = 'pending' OR d.state = 'unavailable' OR d.state = 'quarantined' OR d.state = 'removed'
                OR d.state = 'withdrawn' AND (SELECT w.epoch FROM logs w WHERE w.seq = d.log_seq) >= $3)";
        HISTORY = "SELECT r.rev, l.epoch, r.leaf_index, r.digest, r.at, r.text_seq IS NOT NULL AS held FROM documents d
            JOIN logs l ON l.node_seq = d.node_seq AND l.epoch >= $3 JOIN revisions r ON r.log_seq = l.seq AND r.id = d.id
            WHERE d.node_seq = $1 AND d.id = $2 AND " [readable] " ORDER BY l.epoch DESC, r.rev DESC";
    }

    statements! {
        REVISION_BODY = "SELECT t.body FROM revisions r JOIN document_texts t ON t.seq = r.text_seq
            WHERE r.digest = $2 AND r.id = $1 LIMIT 1";
    }
}
pub(crate) use sql::{ALL as STATEMENTS, FOR_VIEWERS};

records! {
    /// A document's row, with its log and its words.
    struct Stored from StoredRow with owner: Owner {
        pub left: bool,
        pub base: String,
        pub id: DocumentId,
        pub rev: u64,
        pub state: DocumentState,
        pub visibility: Option<Visibility>,
        pub title: Option<String>,
        pub slug: Option<String>,
        pub published: Option<Timestamp>,
        pub first_seen: Timestamp,
        pub changed_at: Timestamp,
        pub why: Option<String>,
        pub fault: Option<String>,
        pub leaf_index: Option<u64>,
        pub digest: Option<Digest>,
        pub body: Option<Vec<u8>>,
        pub log_seq: Option<i64>,
        pub epoch: Option<u64>,
        pub origin: Option<String>,
        pub size: Option<u64>,
        pub timestamp: Option<Timestamp>,
    }
}

impl Stored {
    /// Returns the document, with its words where the viewer can read them.
    fn for_viewer(mut self, viewer: Viewer) -> Document {
        Document {
            provenance: self.provenance(),
            text: self.text(viewer),
            owner: self.owner,
            left: self.left,
            base: self.base,
            id: self.id,
            rev: self.rev,
            state: self.state,
            published: self.published,
            first_seen: self.first_seen,
            changed_at: self.changed_at,
            why: self.why,
            fault: self.fault,
        }
    }

    fn text(&mut self, viewer: Viewer) -> Option<DocumentText> {
        let readable = |of: &Visibility| viewing::can_read(viewer, self.state, *of);
        self.visibility.filter(readable)?;
        Some(DocumentText {
            title: self.title.take()?,
            slug: self.slug.take()?,
            body: self.body.take()?,
        })
    }

    fn provenance(&mut self) -> Option<Provenance> {
        Some(Provenance {
            log_seq: self.log_seq?,
            epoch: self.epoch?,
            origin: self.origin.take()?,
            leaf_index: self.leaf_index?,
            digest: self.digest,
            log_size: self.size?,
            checkpoint_at: self.timestamp,
        })
    }
}

impl Store {
    /// Returns what is held under (node, id) and the viewer may know of: a document that they can read, with its words, or
    /// what a log says of one without a text.
    #[boxed]
    pub async fn document(
        &self,
        viewer: Viewer,
        node_seq: i64,
        id: DocumentId,
    ) -> Result<Option<Document>, StoreError> {
        let values = values![node_seq, id, viewing::first_epoch(viewer)];
        let mut db = self.read().await?;
        let stored: Option<Stored> = db.record(sql::DOCUMENT.text(viewer), values).await?;
        Ok(stored.map(|stored| stored.for_viewer(viewer)))
    }

    /// Returns the body of a revision of one of this node's own documents, by its digest, while it is held. Who may read it is
    /// for the caller to decide.
    #[boxed]
    pub async fn revision_body(
        &self,
        id: DocumentId,
        digest: &Digest,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut db = self.read().await?;
        let found = db
            .row::<(Vec<u8>,)>(sql::REVISION_BODY, values![id, digest])
            .await?;
        Ok(found.map(|(body,)| body))
    }

    /// Returns the history of an own document that the viewer can read, the newest first; what it was before it was
    /// published, to this node's staff only. Others' documents have no history here.
    #[boxed]
    pub async fn revisions(
        &self,
        viewer: Viewer,
        node_seq: i64,
        id: DocumentId,
    ) -> Result<Vec<Revision>, StoreError> {
        let values = values![node_seq, id, viewing::first_epoch(viewer)];
        self.read()
            .await?
            .records(sql::HISTORY.text(viewer), values)
            .await
    }
}
