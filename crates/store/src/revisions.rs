//! The rows of new revisions of own documents: the document, its history, its words, what it refers to.
//!
//! It neither numbers nor checks a revision, and signs nothing; `publish` does.

use ::audit::{Act, By, Entry, Object};
use wire::{Digest, DocumentId, Timestamp};

use crate::{
    Fields, StoreError, audit, changes,
    documents::DocumentState,
    drafts::{self, Approval},
    engine::{Db, Value, Values, values},
    imports::{self, ImportMark, Marked},
    nodes::OWN,
    texts,
    warnings::{self, NewWarning, WarningReason},
    withdraw::Succession,
};

/// The bytes of a body with their digest, which is computed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedBody {
    bytes: Vec<u8>,
    digest: Digest,
}

impl HashedBody {
    /// Computes the digest of a body.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let digest = Digest::for_bytes(&bytes);
        Self { bytes, digest }
    }

    /// Returns the body.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns its length in bytes.
    pub(crate) fn len(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }
}

/// What led to a revision; it is recorded in the transaction that publishes the revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Occasion {
    /// Someone published it.
    #[default]
    Submission,
    /// The draft that it was written in was approved.
    Approval(Approval),
    /// Someone said that the revision before it is still true.
    Confirmation,
    /// It replaces a document, which is withdrawn with it.
    Succession(Succession),
}

/// A revision of an own document, ready to be written.
#[derive(Debug, Clone)]
pub struct NewRevision {
    /// The document.
    pub id: DocumentId,
    /// Its revision: what [`crate::Store::held`] says is next.
    pub rev: u64,
    /// Its body, the JSON of docs/FEED.md §5, which names the same id and revision.
    pub body: HashedBody,
    /// The fields kept next to the body.
    pub fields: Fields,
    /// What is never shown or sent: contact, unknown keys.
    pub private: Option<String>,
    /// The file that it was imported from.
    pub import: Option<ImportMark>,
    /// Warnings about patient data that a person accepted.
    pub accepted: Vec<WarningReason>,
    /// What led to it.
    pub occasion: Occasion,
    /// Who publishes it.
    pub by: By,
}

/// A revision that is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The document.
    pub id: DocumentId,
    /// Its revision.
    pub rev: u64,
    /// Index of its leaf; `None` for what is kept here only.
    pub leaf_index: Option<u64>,
    /// Digest of its body.
    pub digest: Digest,
}

mod sql {
    use crate::engine::statements;

    statements! {
        PUT = "INSERT INTO documents (node_seq, log_seq, state, first_seen, changed_at, tries, id, rev, leaf_index, digest, len,
                change_seq, text_seq, kind, visibility, lang, licence, published, updated, reviewed, review_by, expected_by,
                sort_at)
            VALUES {(1, $1, $2, $3, $3, 0, #, #, #, #, #, #, #, #, #, #, #, $3, #, #, #, #, #)}
            ON CONFLICT (node_seq, id) DO UPDATE SET log_seq = excluded.log_seq, state = excluded.state,
                changed_at = excluded.changed_at, rev = excluded.rev, leaf_index = excluded.leaf_index, digest = excluded.digest,
                len = excluded.len, change_seq = excluded.change_seq, text_seq = excluded.text_seq, kind = excluded.kind,
                visibility = excluded.visibility, lang = excluded.lang, licence = excluded.licence,
                published = COALESCE(documents.published, excluded.published), updated = excluded.updated,
                reviewed = excluded.reviewed, review_by = excluded.review_by, expected_by = excluded.expected_by,
                sort_at = CASE WHEN excluded.sort_at < documents.first_seen THEN excluded.sort_at ELSE documents.first_seen END,
                public_until = CASE WHEN documents.visibility = 'public' THEN excluded.changed_at ELSE documents.public_until END,
                why = NULL, fault = NULL, next_try = NULL, tries = 0";
        PUT_REVISION = "INSERT INTO revisions (log_seq, at, id, rev, leaf_index, digest, text_seq) VALUES {($1, $2, #, #, #, #, #)}";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

/// What all revisions of one transaction share.
pub(crate) struct Written {
    pub(crate) log_seq: i64,
    pub(crate) state: DocumentState,
    pub(crate) taken: changes::Taken,
    pub(crate) now: Timestamp,
}

/// A revision on its way into the tables.
struct Row<'a> {
    revision: &'a NewRevision,
    published: &'a Published,
    change_seq: i64,
    text_seq: i64,
    now: Timestamp,
}

impl Row<'_> {
    /// Returns the repeated values of [`sql::PUT`].
    fn put(&self) -> Values<'_> {
        let fields = &self.revision.fields;
        values![
            self.published.id,
            self.published.rev,
            self.published.leaf_index,
            &self.published.digest,
            self.revision.body.len(),
            self.change_seq,
            self.text_seq,
            &fields.kind,
            fields.visibility,
            fields.lang.as_deref(),
            fields.licence.as_deref(),
            fields.updated,
            fields.reviewed,
            fields.review_by,
            fields.expected_by,
            fields.sort_at(self.now)
        ]
    }

    /// Returns the repeated values of [`sql::PUT_REVISION`].
    fn put_revision(&self) -> Values<'_> {
        values![
            self.published.id,
            self.published.rev,
            self.published.leaf_index,
            &self.published.digest,
            self.text_seq
        ]
    }

    /// Returns its words, for [`texts::add_documents`].
    fn words(&self) -> Values<'_> {
        let NewRevision {
            fields,
            private,
            body,
            ..
        } = self.revision;
        texts::document_row(self.text_seq, fields, private.as_deref(), body.bytes())
    }
}

/// Writes the rows, the words, the links and the import marks of `revisions`; `published` has one for each, in order.
/// `replaced` are the documents among them that had a revision before.
pub(crate) async fn write_all(
    db: &mut Db,
    revisions: &[NewRevision],
    published: &[Published],
    replaced: &[DocumentId],
    written: &Written,
) -> Result<(), StoreError> {
    let (taken, now) = (written.taken, written.now);
    let both = revisions.iter().zip(published);
    // One row for each, with the numbers that were taken for it.
    let rows: Vec<Row<'_>> = (taken.change_seq..)
        .zip(taken.text_seq..)
        .zip(both)
        .map(|((change_seq, text_seq), (revision, published))| Row {
            revision,
            published,
            change_seq,
            text_seq,
            now,
        })
        .collect();
    // The links of the revision before are replaced, its words are kept.
    let ids = replaced.iter().map(|id| values![*id]).collect();
    texts::unlink(db, OWN, ids).await?;
    let words = rows.iter().map(Row::words).collect();
    texts::add_documents(db, words).await?;
    // The document as it is now, and its history.
    let (log_seq, at) = (Value::from(written.log_seq), Value::from(now));
    let shared = [log_seq.clone(), written.state.as_str().into(), at.clone()];
    let documents = rows.iter().map(Row::put).collect();
    db.run_many(sql::PUT, &shared, documents).await?;
    let history = rows.iter().map(Row::put_revision).collect();
    db.run_many(sql::PUT_REVISION, &[log_seq, at], history)
        .await?;
    // What it refers to, the file that it was imported from, and the draft that it was written in.
    let linked = revisions.iter().map(|one| (one.id, &one.fields));
    texts::link(db, OWN, linked).await?;
    let marked = revisions.iter().filter_map(|one| {
        Some(Marked {
            mark: one.import.clone()?,
            document: one.id,
            rev: one.rev,
        })
    });
    imports::record_published(db, marked.collect(), now).await?;
    for (revision, published) in revisions.iter().zip(published) {
        if let Occasion::Approval(approval) = &revision.occasion {
            drafts::record_published(db, approval, published.rev, now).await?;
        }
    }
    let mut accepted = Vec::new();
    for one in revisions {
        let (id, rev) = (one.id, one.rev);
        let each = one.accepted.iter();
        accepted.extend(each.map(|reason| NewWarning { id, rev, reason }));
    }
    warnings::record(db, &accepted, now).await?;
    let acts: Vec<Entry> = revisions.iter().flat_map(|one| one.acts(now)).collect();
    audit::append(db, &acts).await
}

impl NewRevision {
    /// Returns what the audit says of its publication.
    fn acts(&self, now: Timestamp) -> impl Iterator<Item = Entry> {
        let document = Object::Document(self.id);
        let revision = format!("revision {}", self.rev);
        let occasion = match &self.occasion {
            Occasion::Submission => None,
            Occasion::Approval(approval) => {
                let draft = Object::Draft(approval.draft);
                let detail = format!("version {} of the draft of {}", approval.version, self.id);
                Some(Entry::new(&self.by, Act::DraftApproved, draft, now).with_detail(&detail))
            }
            Occasion::Confirmation => {
                let detail = format!("revision {} is still true", self.rev.saturating_sub(1));
                let confirmed = Entry::new(&self.by, Act::ReviewConfirmed, document.clone(), now);
                Some(confirmed.with_detail(&detail))
            }
            Occasion::Succession(succession) => {
                let replaced = Object::Document(succession.replaced);
                let withdrawn = Entry::new(&self.by, Act::Withdrawn, replaced, now);
                Some(withdrawn.with_why(succession.why.as_str()))
            }
        };
        let published = Entry::new(&self.by, Act::Published, document.clone(), now);
        let published = published.with_detail(&revision);
        let overridden = self.accepted.iter().map(move |warning| {
            let detail = format!("{} in {revision}", warning.kind);
            Entry::new(&self.by, Act::WarningOverridden, document.clone(), now)
                .with_detail(&detail)
                .with_why(&warning.reason)
        });
        occasion.into_iter().chain([published]).chain(overridden)
    }
}
