//! Reading documents: one with its body and provenance, cards for lists and hits, history, counts.
//!
//! Only live and public rows leave as cards. A tombstone leaves with nothing but what PROTOCOL §10 lets stay.

use sqlx::FromRow;
use wire::{Date, Digest, DocumentId, NodeId, Timestamp};

use crate::{
    StoreError,
    engine::{Store, Value, digest, document_id, node_id, unsigned, values},
};

/// What is held under (node, id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentState {
    /// Shown to those who may see it.
    Live,
    /// Kept here only, and in no log.
    Local,
    /// Its leaf is known and its body is on its way.
    Pending,
    /// Its body could not be had yet.
    Unavailable,
    /// Its body broke a rule.
    Quarantined,
    /// Withdrawn: only the tombstone is left.
    Withdrawn,
    /// Of a peer that was removed here.
    Removed,
}

impl DocumentState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Live,
        Self::Local,
        Self::Pending,
        Self::Unavailable,
        Self::Quarantined,
        Self::Withdrawn,
        Self::Removed,
    ];

    /// Returns the state as it is stored and shown in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Local => "local",
            Self::Pending => "pending",
            Self::Unavailable => "unavailable",
            Self::Quarantined => "quarantined",
            Self::Withdrawn => "withdrawn",
            Self::Removed => "removed",
        }
    }

    pub(crate) fn read(text: &str) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| StoreError::Damaged(format!("the document state `{text}`")))
    }
}

/// What the database keeps of a document beside its body. The card is JSON that only its writer understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// `case-study`, `page`, …
    pub kind: String,
    /// `public`, `network` or `organisation`.
    pub visibility: String,
    /// Title.
    pub title: String,
    /// Last part of its address.
    pub slug: String,
    /// Summary.
    pub summary: Option<String>,
    /// What a result card shows, as JSON.
    pub card: String,
    /// Language.
    pub lang: Option<String>,
    /// Licence.
    pub licence: Option<String>,
    /// Last updated, as its author says.
    pub updated: Option<Timestamp>,
    /// Last reviewed as a whole, as its author says.
    pub reviewed: Option<Timestamp>,
    /// To be reviewed by then.
    pub review_by: Option<Date>,
    /// The documents it refers to.
    pub references: Vec<Reference>,
    /// The files it says it has attached.
    pub attachments: Vec<Attachment>,
}

/// A reference from one document to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// How they are related.
    pub relation: Relation,
    /// The other document's node.
    pub node: NodeId,
    /// The other document.
    pub id: DocumentId,
}

/// How one document is related to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// It takes the place of the other, of the same node.
    Replaces,
    /// It was adapted from the other.
    BasedOn,
    /// It speaks of the other: an adoption, an answer.
    About,
}

impl Relation {
    /// Returns the relation as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replaces => "replaces",
            Self::BasedOn => "based-on",
            Self::About => "about",
        }
    }

    fn read(text: &str) -> Result<Self, StoreError> {
        [Self::Replaces, Self::BasedOn, Self::About]
            .into_iter()
            .find(|relation| relation.as_str() == text)
            .ok_or_else(|| StoreError::Damaged(format!("the relation `{text}`")))
    }
}

/// A file that a document says it has attached; its name is in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub len: u64,
}

/// A live and public document, as lists and hits show it.
#[derive(Debug, Clone)]
pub struct Card {
    /// The node's number.
    pub node_seq: i64,
    /// The node's identity.
    pub node: NodeId,
    /// The node's short local name.
    pub handle: String,
    /// Whether it is a document of this node.
    pub own: bool,
    /// ODS code of the node's organisation.
    pub ods: Option<String>,
    /// Name of the node's organisation.
    pub organisation: String,
    /// The document.
    pub id: DocumentId,
    /// Revision.
    pub rev: u64,
    /// Kind.
    pub kind: String,
    /// Last part of its address.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: Option<String>,
    /// What a result card shows, as JSON.
    pub card: String,
    /// First published at its origin.
    pub published: Option<Timestamp>,
    /// Last updated, as its author says.
    pub updated: Option<Timestamp>,
    /// Last reviewed as a whole.
    pub reviewed: Option<Timestamp>,
    /// To be reviewed by then.
    pub review_by: Option<Date>,
    /// First held here.
    pub first_seen: Timestamp,
    /// When this revision was taken in here.
    pub changed_at: Timestamp,
    /// What lists are sorted by.
    pub sort_at: Timestamp,
}

impl Card {
    /// Returns the place of this card in a list, to go on after it.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            sort_at: self.sort_at,
            node_seq: self.node_seq,
            id: self.id,
        }
    }
}

/// A place in a list that is sorted by the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Sort time of the last document seen.
    pub sort_at: Timestamp,
    /// Its node.
    pub node_seq: i64,
    /// Its id.
    pub id: DocumentId,
}

/// Which documents a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed<'a> {
    /// Those of every node.
    All,
    /// Those of one node.
    OfNode(i64),
    /// Those of one kind.
    OfKind(&'a str),
}

/// All that is held of one document, whatever its state.
#[derive(Debug, Clone)]
pub struct Document {
    /// The node's number.
    pub node_seq: i64,
    /// The node's identity.
    pub node: NodeId,
    /// The node's short local name.
    pub handle: String,
    /// Whether it is a document of this node.
    pub own: bool,
    /// Whether the node has left the exchange.
    pub left: bool,
    /// ODS code of the node's organisation.
    pub ods: Option<String>,
    /// Name of the node's organisation.
    pub organisation: String,
    /// Base address of the node's feed.
    pub base: String,
    /// The document.
    pub id: DocumentId,
    /// Revision.
    pub rev: u64,
    /// Its state: what may be shown depends on it.
    pub state: DocumentState,
    /// What is kept beside the body; `None` unless live or local.
    pub text: Option<DocumentText>,
    /// First published at its origin.
    pub published: Option<Timestamp>,
    /// First held here.
    pub first_seen: Timestamp,
    /// When this revision (or the withdrawal) was taken in here.
    pub changed_at: Timestamp,
    /// Why it was withdrawn.
    pub why: Option<String>,
    /// Why it is quarantined or unavailable, for the operator.
    pub fault: Option<String>,
    /// Where it is in its node's log; `None` for what is in no log.
    pub provenance: Option<Provenance>,
}

impl Document {
    /// Says whether anybody may read it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.state == DocumentState::Live
            && self
                .text
                .as_ref()
                .is_some_and(|text| text.visibility == "public")
    }
}

/// The words of a live document.
#[derive(Debug, Clone)]
pub struct DocumentText {
    /// Kind.
    pub kind: String,
    /// `public`, `network` or `organisation`.
    pub visibility: String,
    /// Title.
    pub title: String,
    /// Last part of its address.
    pub slug: String,
    /// Summary.
    pub summary: Option<String>,
    /// What a result card shows, as JSON.
    pub card: String,
    /// Language.
    pub lang: Option<String>,
    /// Licence.
    pub licence: Option<String>,
    /// Last updated, as its author says.
    pub updated: Option<Timestamp>,
    /// Last reviewed as a whole.
    pub reviewed: Option<Timestamp>,
    /// To be reviewed by then.
    pub review_by: Option<Date>,
    /// Body, the JSON of PROTOCOL §5, byte for byte.
    pub body: Vec<u8>,
    /// Own documents only: contact and other parts that are never shown or sent.
    pub private: Option<String>,
}

/// The proof of where a document comes from.
#[derive(Debug, Clone)]
pub struct Provenance {
    /// Number of the log.
    pub log_seq: i64,
    /// Epoch of the log.
    pub epoch: u64,
    /// Origin line of the log.
    pub origin: String,
    /// Index of the leaf, from 0.
    pub leaf_index: u64,
    /// Digest of the body, as the leaf commits to it; `None` for a withdrawal.
    pub digest: Option<Digest>,
    /// Size of the log when it was last verified.
    pub log_size: u64,
    /// Time of the newest checkpoint held.
    pub checkpoint_at: Option<Timestamp>,
}

/// One revision in a document's history.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Revision.
    pub rev: u64,
    /// Epoch of its log; 0 for one that is in no log.
    pub epoch: u64,
    /// Index of its leaf.
    pub leaf_index: Option<u64>,
    /// Digest of its body.
    pub digest: Digest,
    /// When it was made, or taken in.
    pub at: Timestamp,
    /// Whether its body is still held.
    pub held: bool,
}

/// An organisation with the number of its public documents.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// The node's number.
    pub node_seq: i64,
    /// The node's identity.
    pub node: NodeId,
    /// The node's short local name.
    pub handle: String,
    /// Whether it is this node's.
    pub own: bool,
    /// Whether the node has left the exchange.
    pub left: bool,
    /// ODS code.
    pub ods: Option<String>,
    /// Name.
    pub name: String,
    /// Live and public documents.
    pub documents: u64,
    /// The newest of them.
    pub newest: Option<Timestamp>,
}

/// Figures for the status page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Live and public documents of all nodes.
    pub documents: u64,
    /// Those of this node.
    pub own_documents: u64,
    /// Peers configured.
    pub peers: u64,
    /// Size of this node's log.
    pub log_size: u64,
    /// Number of the last change; compare with the index's progress.
    pub last_change: u64,
    /// Drafts waiting.
    pub drafts: u64,
}

/// Most cards that one call returns.
pub const MOST_CARDS: u32 = 1000;

mod sql {
    use crate::engine::statements;

    statements! {
        DOCUMENT = "SELECT d.node_seq, n.node, n.handle, n.own, n.status, n.ods, n.name, n.base, d.id, d.rev, d.state, d.kind,
                d.visibility, t.title, t.slug, t.summary, t.card, d.lang, d.licence, d.published, d.updated, d.reviewed,
                d.review_by, d.first_seen, d.changed_at, d.why, d.fault, t.private, d.leaf_index, d.digest, t.body,
                l.seq AS log_seq, l.epoch, l.origin, l.size, l.timestamp
            FROM documents d JOIN nodes n ON n.seq = d.node_seq
            LEFT JOIN logs l ON l.seq = d.log_seq
            LEFT JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = $1 AND d.id = $2";
        CARDS = "SELECT d.node_seq, n.node, n.handle, n.own, n.ods, n.name, d.id, d.rev, d.kind, t.slug, t.title, t.summary,
                t.card, d.published, d.updated, d.reviewed, d.review_by, d.first_seen, d.changed_at, d.sort_at
            FROM documents d JOIN nodes n ON n.seq = d.node_seq JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.state = 'live' AND d.visibility = 'public'
                AND (d.node_seq, d.id) IN (VALUES {(CAST(# AS BIGINT), CAST(# AS TEXT))})";
        NEWEST = "SELECT d.node_seq, n.node, n.handle, n.own, n.ods, n.name, d.id, d.rev, d.kind, t.slug, t.title, t.summary,
                t.card, d.published, d.updated, d.reviewed, d.review_by, d.first_seen, d.changed_at, d.sort_at
            FROM documents d JOIN nodes n ON n.seq = d.node_seq JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.state = 'live' AND d.visibility = 'public' AND (d.sort_at, d.node_seq, d.id) < ($1, $2, $3)
            ORDER BY d.sort_at DESC, d.node_seq DESC, d.id DESC LIMIT $4";
        NEWEST_OF_NODE = "SELECT d.node_seq, n.node, n.handle, n.own, n.ods, n.name, d.id, d.rev, d.kind, t.slug, t.title,
                t.summary, t.card, d.published, d.updated, d.reviewed, d.review_by, d.first_seen, d.changed_at, d.sort_at
            FROM documents d JOIN nodes n ON n.seq = d.node_seq JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.state = 'live' AND d.visibility = 'public' AND d.node_seq = $4 AND (d.sort_at, d.node_seq, d.id) < ($1, $2, $3)
            ORDER BY d.sort_at DESC, d.id DESC LIMIT $5";
        NEWEST_OF_KIND = "SELECT d.node_seq, n.node, n.handle, n.own, n.ods, n.name, d.id, d.rev, d.kind, t.slug, t.title,
                t.summary, t.card, d.published, d.updated, d.reviewed, d.review_by, d.first_seen, d.changed_at, d.sort_at
            FROM documents d JOIN nodes n ON n.seq = d.node_seq JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.state = 'live' AND d.visibility = 'public' AND d.kind = $4 AND (d.sort_at, d.node_seq, d.id) < ($1, $2, $3)
            ORDER BY d.sort_at DESC, d.node_seq DESC, d.id DESC LIMIT $5";
        BACK_LINKS = "SELECT r.relation, d.node_seq, d.id FROM document_references r
            JOIN documents d ON d.node_seq = r.node_seq AND d.id = r.id AND d.state = 'live' AND d.visibility = 'public'
            WHERE r.target_node = $1 AND r.target_id = $2 ORDER BY d.sort_at DESC LIMIT $3";
        REFERENCES = "SELECT relation, target_node, target_id FROM document_references WHERE node_seq = $1 AND id = $2
            ORDER BY relation, target_node, target_id";
        HISTORY = "SELECT r.rev, l.epoch, r.leaf_index, r.digest, r.at, r.text_seq IS NOT NULL AS held FROM revisions r
            JOIN logs l ON l.seq = r.log_seq WHERE l.node_seq = $1 AND r.id = $2 ORDER BY l.epoch DESC, r.rev DESC";
        REVISION_BODY = "SELECT t.body FROM revisions r JOIN logs l ON l.seq = r.log_seq JOIN document_texts t ON t.seq = r.text_seq
            WHERE l.node_seq = $1 AND l.epoch = $2 AND r.id = $3 AND r.rev = $4";
        ORGANISATIONS = "SELECT n.seq, n.node, n.handle, n.own, n.status, n.ods, n.name,
                (SELECT COUNT(*) FROM documents d WHERE d.node_seq = n.seq AND d.state = 'live' AND d.visibility = 'public') AS documents,
                (SELECT MAX(d.sort_at) FROM documents d WHERE d.node_seq = n.seq AND d.state = 'live' AND d.visibility = 'public') AS newest
            FROM nodes n WHERE n.own OR EXISTS (SELECT 1 FROM peers p WHERE p.node_seq = n.seq) ORDER BY n.name, n.seq";
        COUNTS = "SELECT
                (SELECT COUNT(*) FROM documents WHERE state = 'live' AND visibility = 'public') AS documents,
                (SELECT COUNT(*) FROM documents WHERE node_seq = 1 AND state = 'live' AND visibility = 'public') AS own_documents,
                (SELECT COUNT(*) FROM peers) AS peers,
                COALESCE((SELECT l.size FROM logs l JOIN nodes n ON n.seq = l.node_seq WHERE n.own AND l.epoch = n.epoch), 0) AS log_size,
                (SELECT change_seq FROM heads) AS last_change,
                (SELECT COUNT(*) FROM drafts) AS drafts";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

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
    fn read(self) -> Result<Document, StoreError> {
        let text = match (
            self.kind,
            self.visibility,
            self.title,
            self.slug,
            self.card,
            self.body,
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
            state: DocumentState::read(&self.state)?,
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
struct CardRow {
    node_seq: i64,
    node: String,
    handle: String,
    own: bool,
    ods: Option<String>,
    name: String,
    id: String,
    rev: i64,
    kind: String,
    slug: String,
    title: String,
    summary: Option<String>,
    card: String,
    published: Option<i64>,
    updated: Option<i64>,
    reviewed: Option<i64>,
    review_by: Option<String>,
    first_seen: i64,
    changed_at: i64,
    sort_at: i64,
}

impl CardRow {
    fn read(self) -> Result<Card, StoreError> {
        Ok(Card {
            node_seq: self.node_seq,
            node: node_id(&self.node)?,
            handle: self.handle,
            own: self.own,
            ods: self.ods,
            organisation: self.name,
            id: document_id(&self.id)?,
            rev: unsigned(self.rev),
            kind: self.kind,
            slug: self.slug,
            title: self.title,
            summary: self.summary,
            card: self.card,
            published: self.published.map(Timestamp::from_millis),
            updated: self.updated.map(Timestamp::from_millis),
            reviewed: self.reviewed.map(Timestamp::from_millis),
            review_by: self.review_by.as_deref().and_then(Date::parse),
            first_seen: Timestamp::from_millis(self.first_seen),
            changed_at: Timestamp::from_millis(self.changed_at),
            sort_at: Timestamp::from_millis(self.sort_at),
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

#[derive(FromRow)]
struct OrganisationRow {
    seq: i64,
    node: String,
    handle: String,
    own: bool,
    status: String,
    ods: Option<String>,
    name: String,
    documents: i64,
    newest: Option<i64>,
}

#[derive(FromRow)]
struct CountsRow {
    documents: i64,
    own_documents: i64,
    peers: i64,
    log_size: i64,
    last_change: i64,
    drafts: i64,
}

impl Store {
    /// Returns all that is held under (node, id), in any state; the caller decides what may be shown.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn document(
        &self,
        node_seq: i64,
        id: DocumentId,
    ) -> Result<Option<Document>, StoreError> {
        let row = self
            .read()
            .await?
            .row::<DocumentRow>(sql::DOCUMENT, values![node_seq, id])
            .await?;
        row.map(DocumentRow::read).transpose()
    }

    /// Returns the live and public ones among `keys` (node and id), in the order of `keys`.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn cards(&self, keys: &[(i64, DocumentId)]) -> Result<Vec<Card>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let parameters = keys
            .iter()
            .map(|(node_seq, id)| values![*node_seq, *id])
            .collect();
        let rows = self
            .read()
            .await?
            .rows_of_many::<CardRow>(sql::CARDS, &[], parameters)
            .await?;
        let mut found = std::collections::HashMap::with_capacity(rows.len());
        for row in rows {
            let card = row.read()?;
            found.insert((card.node_seq, card.id), card);
        }
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }

    /// Returns live and public documents, the newest first, after a place in the list; at most [`MOST_CARDS`].
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn newest(
        &self,
        listed: Listed<'_>,
        after: Option<Place>,
        limit: u32,
    ) -> Result<Vec<Card>, StoreError> {
        // Later than any time, and greater than any id (hexadecimal digits and hyphens) in any collation.
        let (sort_at, node_seq, id) = after.map_or((i64::MAX, i64::MAX, "g".to_owned()), |place| {
            (place.sort_at.millis(), place.node_seq, place.id.to_string())
        });
        let mut values = values![sort_at, node_seq, id];
        let sql = match listed {
            Listed::All => sql::NEWEST,
            Listed::OfNode(node_seq) => {
                values.push(Value::from(node_seq));
                sql::NEWEST_OF_NODE
            }
            Listed::OfKind(kind) => {
                values.push(Value::from(kind));
                sql::NEWEST_OF_KIND
            }
        };
        values.push(Value::from(i64::from(limit.min(MOST_CARDS))));
        let rows = self.read().await?.rows::<CardRow>(sql, values).await?;
        rows.into_iter().map(CardRow::read).collect()
    }

    /// Returns the documents that a document says it refers to.
    ///
    /// # Errors
    /// Only those of the database itself.
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

    /// Returns the live and public documents that refer to a document, the newest first.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn back_links(
        &self,
        node: &NodeId,
        id: DocumentId,
        limit: u32,
    ) -> Result<Vec<(Relation, Card)>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<(String, i64, String)>(
                sql::BACK_LINKS,
                values![node, id, i64::from(limit.min(MOST_CARDS))],
            )
            .await?;
        let mut keys = Vec::with_capacity(rows.len());
        for (relation, node_seq, id) in &rows {
            keys.push((Relation::read(relation)?, (*node_seq, document_id(id)?)));
        }
        let wanted: Vec<_> = keys.iter().map(|(_, key)| *key).collect();
        let cards = self.cards(&wanted).await?;
        Ok(keys
            .into_iter()
            .filter_map(|(relation, key)| {
                let card = cards.iter().find(|card| (card.node_seq, card.id) == key)?;
                Some((relation, card.clone()))
            })
            .collect())
    }

    /// Returns the history of an own document, the newest first. Others' documents have none here.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn revisions(
        &self,
        node_seq: i64,
        id: DocumentId,
    ) -> Result<Vec<Revision>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<RevisionRow>(sql::HISTORY, values![node_seq, id])
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
    ///
    /// # Errors
    /// Only those of the database itself.
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

    /// Returns every node's organisation with the number of its public documents, by name.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<OrganisationRow>(sql::ORGANISATIONS, values![])
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Organisation {
                    node_seq: row.seq,
                    node: node_id(&row.node)?,
                    handle: row.handle,
                    own: row.own,
                    left: row.status == "left",
                    ods: row.ods,
                    name: row.name,
                    documents: unsigned(row.documents),
                    newest: row.newest.map(Timestamp::from_millis),
                })
            })
            .collect()
    }

    /// Returns the figures of the status page. Counting grows with the documents: keep the answer for a while.
    ///
    /// # Errors
    /// Only those of the database itself.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let row: CountsRow = self.read().await?.one(sql::COUNTS, values![]).await?;
        Ok(Counts {
            documents: unsigned(row.documents),
            own_documents: unsigned(row.own_documents),
            peers: unsigned(row.peers),
            log_size: unsigned(row.log_size),
            last_change: unsigned(row.last_change),
            drafts: unsigned(row.drafts),
        })
    }
}
