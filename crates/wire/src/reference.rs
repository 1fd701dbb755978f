//! How one document refers to another: one type for documents and for the database.

use crate::{DocumentId, NodeId};

/// A reference from one document to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// How they are related.
    pub relation: Relation,
    /// The other document's node.
    pub node: NodeId,
    /// The other document.
    pub id: DocumentId,
    /// Whether it says that its organisation has tried what the other describes.
    pub tried: bool,
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
    /// Every relation.
    pub const ALL: [Self; 3] = [Self::Replaces, Self::BasedOn, Self::About];

    /// Returns the relation as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replaces => "replaces",
            Self::BasedOn => "based-on",
            Self::About => "about",
        }
    }

    /// Reads the form that [`Relation::as_str`] writes, and no other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|relation| relation.as_str() == text)
    }
}
