//! One act, before it has its place in the chain.

use wire::{AccountId, DocumentId, Timestamp};

use crate::{Act, By};

/// Characters of a reason: as long as that of an accepted warning.
pub const MAX_WHY_CHARS: usize = 1_000;
/// Characters of what this program adds.
pub const MAX_DETAIL_CHARS: usize = 500;

/// What an act was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Nothing in particular.
    Nothing,
    /// An account of this node.
    Account(AccountId),
    /// A document of this node.
    Document(DocumentId),
    /// A draft.
    Draft(DocumentId),
    /// A peer, by its node id; or this node.
    Node(String),
    /// A key, by its name or its public part.
    Key(String),
    /// A file, a directory or a setting, by its name.
    Named(String),
}

impl Object {
    /// Returns the sort of object, as rows have it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Account(_) => "account",
            Self::Document(_) => "document",
            Self::Draft(_) => "draft",
            Self::Node(_) => "node",
            Self::Key(_) => "key",
            Self::Named(_) => "named",
        }
    }

    /// Returns the id of the object, or nothing.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Account(id) => id.to_string(),
            Self::Document(id) | Self::Draft(id) => id.to_string(),
            Self::Node(name) | Self::Key(name) | Self::Named(name) => name.clone(),
        }
    }
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who did it.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub act: Act,
    /// To what.
    pub object: Object,
    /// What this program adds: a role, a revision, a count.
    pub detail: String,
    /// Why, as a person has stated it.
    pub why: String,
}

impl Entry {
    /// Returns an act without detail and reason.
    #[must_use]
    pub fn new(by: &By, act: Act, object: Object, at: Timestamp) -> Self {
        Self {
            by: by.clone(),
            at,
            act,
            object,
            detail: String::new(),
            why: String::new(),
        }
    }

    /// Adds what this program knows of it, shortened to [`MAX_DETAIL_CHARS`].
    #[must_use]
    pub fn with_detail(mut self, detail: &str) -> Self {
        self.detail = shortened(detail, MAX_DETAIL_CHARS);
        self
    }

    /// Adds the reason, shortened to [`MAX_WHY_CHARS`].
    #[must_use]
    pub fn with_why(mut self, why: &str) -> Self {
        self.why = shortened(why, MAX_WHY_CHARS);
        self
    }
}

/// Returns the beginning of a text without NUL, which PostgreSQL does not store.
fn shortened(text: &str, max: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(max).collect()
}
