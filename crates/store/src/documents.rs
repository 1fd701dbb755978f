//! What a document is to the database: its state, the fields kept next to its body, and the forms in which it is read.
//!
//! Cards are JSON that only their writer understands, and bodies are bytes.

use wire::{Date, Digest, DocumentId, DocumentRef, NodeId, Reference, Timestamp, Visibility};

use crate::record::{records, words};

words! {
    /// What is held under (node, id).
    pub enum DocumentState as "document state" {
        /// Shown to those who may see it.
        Live = "live",
        /// Kept here only, and in no log.
        Local = "local",
        /// Its leaf is known and its body is on its way.
        Pending = "pending",
        /// Its body could not be had yet.
        Unavailable = "unavailable",
        /// Its body broke a rule.
        Quarantined = "quarantined",
        /// Withdrawn: only the tombstone is left.
        Withdrawn = "withdrawn",
        /// Of a peer that was removed here.
        Removed = "removed",
    }
}

/// The fields that the database keeps next to a document's body. The card is JSON that only its writer understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// `case-study`, `page`, …
    pub kind: String,
    /// Who it is for.
    pub visibility: Visibility,
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
    /// A result is promised by then; kept for this node's own documents only.
    pub expected_by: Option<Date>,
    /// The documents it refers to.
    pub references: Vec<Reference>,
    /// The documents to which its text links.
    pub mentions: Vec<DocumentRef>,
    /// The files it says it has attached.
    pub attachments: Vec<Attachment>,
}

impl Fields {
    /// Returns what lists are sorted by, for a document that came at `now`: an author's date in the future counts as now.
    pub(crate) fn sort_at(&self, now: Timestamp) -> Timestamp {
        self.updated.map_or(now, |updated| updated.min(now))
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

records! {
    /// The node whose document it is, and its organisation.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Owner from OwnerRow {
        /// Number of the node in this database.
        pub node_seq: i64,
        /// The node's identity.
        pub node: NodeId,
        /// The node's short local name.
        pub handle: String,
        /// Whether it is this node.
        pub own: bool,
        /// ODS code of the organisation.
        pub ods: Option<String>,
        /// Name of the organisation.
        pub organisation: String,
    }

    /// A document that the viewer can read, as lists and hits show it.
    #[derive(Debug, Clone)]
    pub struct Card from CardRow with owner: Owner {
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
        /// How many other nodes publicly say that they have tried what it describes.
        pub tried: u64,
    }
}

/// The columns of an [`Owner`]; the number is of the document where there is one, since lists are in its order.
macro_rules! owner_columns {
    ($node_seq:literal) => {
        concat!(
            $node_seq,
            " AS node_seq, n.node, n.handle, n.own, n.ods, n.name AS organisation"
        )
    };
}
pub(crate) use owner_columns;

impl Card {
    /// Returns the place of this card in a list, to continue after it.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            sort_at: self.sort_at,
            node_seq: self.owner.node_seq,
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
pub enum Listed {
    /// Those of every node.
    All,
    /// Those of one node.
    OfNode(i64),
}

/// All that is held of one document, in any state.
#[derive(Debug, Clone)]
pub struct Document {
    /// Whose it is.
    pub owner: Owner,
    /// Whether the node has left the exchange.
    pub left: bool,
    /// Base address of the node's feed.
    pub base: String,
    /// The document.
    pub id: DocumentId,
    /// Revision.
    pub rev: u64,
    /// Its state: what may be shown depends on it.
    pub state: DocumentState,
    /// Its words; `None` where there are none, or none that the viewer can read.
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

/// The words of a document that is live or kept here.
#[derive(Debug, Clone)]
pub struct DocumentText {
    /// Title.
    pub title: String,
    /// Last part of its address.
    pub slug: String,
    /// Body, the JSON of docs/FEED.md §5, byte for byte.
    pub body: Vec<u8>,
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

records! {
    /// One revision in a document's history.
    #[derive(Debug, Clone)]
    pub struct Revision from RevisionRow {
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
}
