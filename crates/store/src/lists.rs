//! Lists: cards of hits, the newest documents, back-links, organisations, counts.
//!
//! Only what the viewer can read is returned, even where a search index says otherwise.

use std::collections::HashMap;

use async_recursion::async_recursion as boxed;
use wire::{DocumentId, DocumentRef, NodeId, Relation, Timestamp, Viewer};

use crate::{
    Card, Listed, Owner, Place, StoreError,
    engine::{Store, Value, values},
    record::records,
    viewing,
};

records! {
    /// An organisation with the number of its documents that the viewer can read.
    #[derive(Debug, Clone)]
    pub struct Organisation from OrganisationRow with owner: Owner {
        /// Whether the node has left the exchange.
        pub left: bool,
        /// Documents that the viewer can read.
        pub documents: u64,
        /// When the newest of them was published.
        pub newest: Option<Timestamp>,
    }

    /// A withdrawn document, as feeds show it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct WithdrawnDocument from WithdrawnRow {
        /// Number of the node in this database.
        pub node_seq: i64,
        /// The node's identity.
        pub node: NodeId,
        /// The document.
        pub id: DocumentId,
        /// When the withdrawal was taken in here.
        pub at: Timestamp,
    }

    /// Where an own document is found.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Address from AddressRow {
        /// The document.
        pub id: DocumentId,
        /// Last part of its address.
        pub slug: String,
        /// When this revision was published.
        pub changed_at: Timestamp,
    }

    /// Figures for the status page.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Counts from CountsRow {
        /// Documents of all nodes that the viewer can read.
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
}

/// A document that refers to another, with how.
#[derive(Debug, Clone)]
pub struct BackLink {
    /// How it is related.
    pub relation: Relation,
    /// The document that refers.
    pub card: Card,
    /// How many documents of the same node refer in this way; some are not returned.
    pub of_node: u64,
}

/// Most documents of one node that [`Store::back_links`] returns for each relation: anyone can refer to anything.
pub const MAX_BACK_LINKS_OF_NODE: u32 = 3;

/// Most documents of one node that [`Store::mentions`] returns: anyone can link to anything.
pub const MAX_MENTIONS_OF_NODE: u32 = 5;

/// Most cards that one call returns.
pub const MAX_CARDS: u32 = 1000;

mod sql {
    use crate::{documents::owner_columns, engine::statements, viewing::statements_for_viewers};

    /// The columns of an organisation that do not depend on the viewer.
    macro_rules! organisation_columns {
        () => {
            concat!(owner_columns!("n.seq"), ", n.status = 'left' AS \"left\", ")
        };
    }

    /// The columns of a card.
    macro_rules! card_columns {
        () => {
            concat!(
                owner_columns!("d.node_seq"),
                ", d.id, d.rev, d.kind, t.slug, t.title, t.summary, t.card, d.published, d.updated, d.reviewed, d.review_by,
                d.first_seen, d.changed_at, d.sort_at, ",
                crate::viewing::clause!(any tried),
                " AS tried"
            )
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
        BACK_LINKS = "SELECT relation, node_seq, id, of_node FROM (
                SELECT r.relation, d.node_seq, d.id, d.sort_at, COUNT(*) OVER (PARTITION BY r.relation, r.tried, d.node_seq) AS of_node,
                    ROW_NUMBER() OVER (PARTITION BY r.relation, r.tried, d.node_seq ORDER BY d.sort_at DESC, d.id DESC) AS position
                FROM document_references r JOIN documents d ON d.node_seq = r.node_seq AND d.id = r.id AND " [readable]
                " WHERE r.target_node = $1 AND r.target_id = $2) AS numbered
            WHERE position <= $4 ORDER BY position, sort_at DESC, node_seq, id LIMIT $3";
        MENTIONS = "SELECT node_seq, id FROM (
                SELECT d.node_seq, d.id, d.sort_at,
                    ROW_NUMBER() OVER (PARTITION BY d.node_seq ORDER BY d.sort_at DESC, d.id DESC) AS position
                FROM document_mentions m CROSS JOIN documents d
                WHERE m.target_node = $1 AND m.target_id = $2 AND d.node_seq = m.node_seq AND d.id = m.id AND " [readable]
                ") AS numbered WHERE position <= $4 ORDER BY position, sort_at DESC, node_seq, id LIMIT $3";
        COUNT_MENTIONS = "SELECT COUNT(*) FROM document_mentions m CROSS JOIN documents d
            WHERE m.target_node = $1 AND m.target_id = $2 AND d.node_seq = m.node_seq AND d.id = m.id AND " [readable];
        ORGANISATIONS = "SELECT " [text organisation_columns] "" [count "d.node_seq = n.seq AND "] " AS documents, " [newest "d.node_seq = n.seq AND "] " AS newest
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
        WITHDRAWN = "SELECT d.node_seq, n.node, d.id, d.changed_at AS at FROM documents d CROSS JOIN nodes n CROSS JOIN logs l
            WHERE n.seq = d.node_seq AND l.seq = d.log_seq AND l.epoch >= $2 AND d.state = 'withdrawn'
            ORDER BY d.changed_at DESC, d.node_seq DESC, d.id DESC LIMIT $1";
    }
}
pub(crate) use sql::{ALL as STATEMENTS, FOR_VIEWERS};

records! {
    /// What refers to a document.
    struct BackLinkKey from BackLinkRow {
        pub relation: Relation,
        pub node_seq: i64,
        pub id: DocumentId,
        pub of_node: u64,
    }

    /// A document whose text links to another.
    struct MentionKey from MentionRow {
        pub node_seq: i64,
        pub id: DocumentId,
    }
}

impl Store {
    /// Returns those of `keys` (node and id) that the viewer can read, in the order of `keys`.
    #[boxed]
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
        let cards = self
            .read()
            .await?
            .records_of_many::<Card>(sql::CARDS.text(viewer), &[], parameters)
            .await?;
        let mut found: HashMap<_, _> = cards
            .into_iter()
            .map(|card| ((card.owner.node_seq, card.id), card))
            .collect();
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }

    /// Returns the documents that the viewer can read, the newest first, after a place in the list; at most [`MAX_CARDS`].
    #[boxed]
    pub async fn newest(
        &self,
        viewer: Viewer,
        listed: Listed,
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
        };
        values.push(Value::from(i64::from(limit.min(MAX_CARDS))));
        self.read().await?.records(sql.text(viewer), values).await
    }

    /// Returns the documents that refer to a document and that the viewer can read: of each node and relation the newest, at
    /// most [`MAX_BACK_LINKS_OF_NODE`]. The newest of every node come first, then the second of every node.
    #[boxed]
    pub async fn back_links(
        &self,
        viewer: Viewer,
        node: &NodeId,
        id: DocumentId,
        limit: u32,
    ) -> Result<Vec<BackLink>, StoreError> {
        let values = values![
            node,
            id,
            i64::from(limit.min(MAX_CARDS)),
            i64::from(MAX_BACK_LINKS_OF_NODE)
        ];
        let keys: Vec<BackLinkKey> = self
            .read()
            .await?
            .records(sql::BACK_LINKS.text(viewer), values)
            .await?;
        let wanted: Vec<_> = keys.iter().map(|key| (key.node_seq, key.id)).collect();
        let cards = self.cards(viewer, &wanted).await?;
        let links = keys.into_iter().filter_map(|key| {
            let card = cards
                .iter()
                .find(|card| (card.owner.node_seq, card.id) == (key.node_seq, key.id))?;
            Some(BackLink {
                relation: key.relation,
                card: card.clone(),
                of_node: key.of_node,
            })
        });
        Ok(links.collect())
    }

    /// Returns the documents whose text links to a document and that the viewer can read: of each node the newest, at most
    /// [`MAX_MENTIONS_OF_NODE`]. The newest of every node come first, then the second of every node.
    #[boxed]
    pub async fn mentions(
        &self,
        viewer: Viewer,
        target: &DocumentRef,
        limit: u32,
    ) -> Result<Vec<Card>, StoreError> {
        let values = values![
            &target.node,
            target.id,
            i64::from(limit.min(MAX_CARDS)),
            i64::from(MAX_MENTIONS_OF_NODE)
        ];
        let sql = sql::MENTIONS.text(viewer);
        let keys: Vec<MentionKey> = self.read().await?.records(sql, values).await?;
        let wanted: Vec<_> = keys.iter().map(|key| (key.node_seq, key.id)).collect();
        self.cards(viewer, &wanted).await
    }

    /// Returns how many documents that the viewer can read link to a document in their text.
    #[boxed]
    pub async fn count_mentions(
        &self,
        viewer: Viewer,
        target: &DocumentRef,
    ) -> Result<u64, StoreError> {
        let values = values![&target.node, target.id];
        let sql = sql::COUNT_MENTIONS.text(viewer);
        let row = self.read().await?.row::<(i64,)>(sql, values).await?;
        Ok(row.map_or(0, |(count,)| u64::try_from(count).unwrap_or(0)))
    }

    /// Returns every node's organisation with the number of its documents that the viewer can read, by name.
    #[boxed]
    pub async fn organisations(&self, viewer: Viewer) -> Result<Vec<Organisation>, StoreError> {
        self.read()
            .await?
            .records(sql::ORGANISATIONS.text(viewer), values![])
            .await
    }

    /// Returns what was withdrawn last, the newest first; at most [`MAX_CARDS`]. A log says to everyone what was withdrawn
    /// from it; what was kept here was never known to any but this node's staff.
    #[boxed]
    pub async fn withdrawn(
        &self,
        viewer: Viewer,
        limit: u32,
    ) -> Result<Vec<WithdrawnDocument>, StoreError> {
        let first_epoch = viewing::first_epoch(viewer);
        let values = values![i64::from(limit.min(MAX_CARDS)), first_epoch];
        self.read().await?.records(sql::WITHDRAWN, values).await
    }

    /// Returns where the documents of this node that the viewer can read are found, the oldest first: at most `limit`,
    /// after the first `skip`.
    #[boxed]
    pub async fn own_addresses(
        &self,
        viewer: Viewer,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<Address>, StoreError> {
        let values = values![i64::from(limit), skip];
        self.read()
            .await?
            .records(sql::OWN_ADDRESSES.text(viewer), values)
            .await
    }

    /// Returns the figures of the status page: of documents, those that the viewer can read. Counting grows with the documents: keep the answer for a while.
    #[boxed]
    pub async fn counts(&self, viewer: Viewer) -> Result<Counts, StoreError> {
        let counts = self
            .read()
            .await?
            .record(sql::COUNTS.text(viewer), values![])
            .await?;
        counts.ok_or(StoreError::Other(sqlx::Error::RowNotFound))
    }
}
