//! Lists: cards of hits, the newest documents, back-links, organisations, counts.
//!
//! Only what the viewer can read is returned, whatever a search index says.

use std::collections::HashMap;

use sqlx::FromRow;
use wire::{Date, DocumentId, NodeId, Timestamp, Viewer};

use crate::{
    Address, Card, Counts, Listed, Organisation, Place, Relation, StoreError, WithdrawnDocument,
    engine::{Store, Value, document_id, node_id, unsigned, values},
};

/// Most cards that one call returns.
pub const MOST_CARDS: u32 = 1000;

mod sql {
    use crate::{engine::statements, viewing::statements_for_viewers};

    /// The columns of a card.
    macro_rules! card_columns {
        () => {
            "d.node_seq, n.node, n.handle, n.own, n.ods, n.name, d.id, d.rev, d.kind, t.slug, t.title, t.summary, t.card,
                d.published, d.updated, d.reviewed, d.review_by, d.first_seen, d.changed_at, d.sort_at"
        };
    }

    /// `CROSS JOIN` keeps SQLite from beginning with the nodes and sorting all that they have; so in the lists below.
    macro_rules! select_newest {
        () => {
            concat!(
                "SELECT ",
                card_columns!(),
                " FROM documents d CROSS JOIN nodes n CROSS JOIN document_texts t
                WHERE n.seq = d.node_seq AND t.seq = d.text_seq AND (d.sort_at, d.node_seq, d.id) < ($1, $2, $3) AND "
            )
        };
    }

    statements_for_viewers! {
        CARDS = "WITH wanted (node_seq, id) AS (VALUES {(CAST(# AS BIGINT), CAST(# AS TEXT))}) SELECT " [text card_columns]
            " FROM wanted w CROSS JOIN documents d JOIN nodes n ON n.seq = d.node_seq JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = w.node_seq AND d.id = w.id AND " [readable];
        NEWEST = "" [both select_newest ""] " ORDER BY sort_at DESC, node_seq DESC, id DESC LIMIT $4";
        NEWEST_OF_NODE = "" [both select_newest " AND d.node_seq = $4"] " ORDER BY sort_at DESC, id DESC LIMIT $5";
        NEWEST_OF_KIND = "" [both select_newest " AND d.kind = $4"]
            " ORDER BY sort_at DESC, node_seq DESC, id DESC LIMIT $5";
        BACK_LINKS = "SELECT r.relation, d.node_seq, d.id FROM document_references r
            JOIN documents d ON d.node_seq = r.node_seq AND d.id = r.id AND " [readable]
            " WHERE r.target_node = $1 AND r.target_id = $2 ORDER BY d.sort_at DESC LIMIT $3";
        ORGANISATIONS = "SELECT n.seq, n.node, n.handle, n.own, n.status, n.ods, n.name, "
            [count "d.node_seq = n.seq AND "] " AS documents, " [newest "d.node_seq = n.seq AND "] " AS newest
            FROM nodes n WHERE n.own OR EXISTS (SELECT 1 FROM peers p WHERE p.node_seq = n.seq) ORDER BY n.name, n.seq";
        OWN_ADDRESSES = "SELECT d.id, t.slug, d.changed_at FROM documents d JOIN document_texts t ON t.seq = d.text_seq
            WHERE d.node_seq = 1 AND " [readable] " ORDER BY d.id LIMIT $1 OFFSET $2";
        COUNTS = "SELECT " [count ""] " AS documents, " [count "d.node_seq = 1 AND "] " AS own_documents,
                (SELECT COUNT(*) FROM peers) AS peers,
                COALESCE((SELECT l.size FROM logs l JOIN nodes n ON n.seq = l.node_seq WHERE n.own AND l.epoch = n.epoch), 0) AS log_size,
                (SELECT change_seq FROM heads) AS last_change,
                (SELECT COUNT(*) FROM drafts) AS drafts";
    }

    statements! {
        /// `$2` is the first epoch that counts: 0 is what was kept here.
        WITHDRAWN = "SELECT d.node_seq, n.node, d.id, d.changed_at FROM documents d CROSS JOIN nodes n CROSS JOIN logs l
            WHERE n.seq = d.node_seq AND l.seq = d.log_seq AND l.epoch >= $2 AND d.state = 'withdrawn'
            ORDER BY d.changed_at DESC, d.node_seq DESC, d.id DESC LIMIT $1";
    }
}
pub(crate) use sql::{ALL as STATEMENTS, FOR_VIEWERS};

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
    /// Returns those of `keys` (node and id) that the viewer can read, in the order of `keys`.
    pub async fn cards(
        &self,
        viewer: Viewer,
        keys: &[(i64, DocumentId)],
    ) -> Result<Vec<Card>, StoreError> {
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
            .rows_of_many::<CardRow>(sql::CARDS.text(viewer), &[], parameters)
            .await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            let card = row.read()?;
            found.insert((card.node_seq, card.id), card);
        }
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }

    /// Returns the documents that the viewer can read, the newest first, after a place in the list; at most [`MOST_CARDS`].
    pub async fn newest(
        &self,
        viewer: Viewer,
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
        let rows = self
            .read()
            .await?
            .rows::<CardRow>(sql.text(viewer), values)
            .await?;
        rows.into_iter().map(CardRow::read).collect()
    }

    /// Returns the documents that refer to a document and that the viewer can read, the newest first.
    pub async fn back_links(
        &self,
        viewer: Viewer,
        node: &NodeId,
        id: DocumentId,
        limit: u32,
    ) -> Result<Vec<(Relation, Card)>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<(String, i64, String)>(
                sql::BACK_LINKS.text(viewer),
                values![node, id, i64::from(limit.min(MOST_CARDS))],
            )
            .await?;
        let mut keys = Vec::with_capacity(rows.len());
        for (relation, node_seq, id) in &rows {
            keys.push((Relation::read(relation)?, (*node_seq, document_id(id)?)));
        }
        let wanted: Vec<_> = keys.iter().map(|(_, key)| *key).collect();
        let cards = self.cards(viewer, &wanted).await?;
        Ok(keys
            .into_iter()
            .filter_map(|(relation, key)| {
                let card = cards.iter().find(|card| (card.node_seq, card.id) == key)?;
                Some((relation, card.clone()))
            })
            .collect())
    }

    /// Returns every node's organisation with the number of its documents that the viewer can read, by name.
    pub async fn organisations(&self, viewer: Viewer) -> Result<Vec<Organisation>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<OrganisationRow>(sql::ORGANISATIONS.text(viewer), values![])
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

    /// Returns what was withdrawn last, the newest first; at most [`MOST_CARDS`]. A log says to everyone what was withdrawn
    /// from it; what was kept here was never known to any but this node's staff.
    pub async fn withdrawn(
        &self,
        viewer: Viewer,
        limit: u32,
    ) -> Result<Vec<WithdrawnDocument>, StoreError> {
        let first_epoch = match viewer {
            Viewer::Public | Viewer::Peer => 1_i64,
            Viewer::Staff => 0,
        };
        let rows = self
            .read()
            .await?
            .rows::<(i64, String, String, i64)>(
                sql::WITHDRAWN,
                values![i64::from(limit.min(MOST_CARDS)), first_epoch],
            )
            .await?;
        rows.into_iter()
            .map(|(node_seq, node, id, at)| {
                Ok(WithdrawnDocument {
                    node_seq,
                    node: node_id(&node)?,
                    id: document_id(&id)?,
                    at: Timestamp::from_millis(at),
                })
            })
            .collect()
    }

    /// Returns where the documents of this node that the viewer can read are found, the oldest first: at most `limit`,
    /// after the first `skip`.
    pub async fn own_addresses(
        &self,
        viewer: Viewer,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<Address>, StoreError> {
        let rows = self
            .read()
            .await?
            .rows::<(String, String, i64)>(
                sql::OWN_ADDRESSES.text(viewer),
                values![i64::from(limit), skip],
            )
            .await?;
        rows.into_iter()
            .map(|(id, slug, changed_at)| {
                Ok(Address {
                    id: document_id(&id)?,
                    slug,
                    changed_at: Timestamp::from_millis(changed_at),
                })
            })
            .collect()
    }

    /// Returns the figures of the status page: of documents, those that the viewer can read. Counting grows with the documents: keep the answer for a while.
    pub async fn counts(&self, viewer: Viewer) -> Result<Counts, StoreError> {
        let row: CountsRow = self
            .read()
            .await?
            .one(sql::COUNTS.text(viewer), values![])
            .await?;
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
