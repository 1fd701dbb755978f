//! The attributes that documents of every kind have: title, summary, authors, dates, licence, text, and what is kept
//! private.
//!
//! Knows no kind of document. The limits are those of docs/DOCUMENTS.md.

use metadata::value::{Map, Value};
use serde::{Deserialize, Serialize};
use wire::{Date, Digest, DocumentId, DocumentRef, NodeId, Reference, Relation, Timestamp};

use crate::{
    vocabulary::{Licence, OpenTo, Visibility},
    writer::Writer,
};

/// The language of a document that names none.
pub const DEFAULT_LANG: &str = "en-GB";
/// Largest number of tags.
pub(crate) const MAX_TAGS: usize = 32;
/// Longest tag, in characters.
pub(crate) const MAX_TAG: usize = 60;
/// Largest number of authors.
pub(crate) const MAX_AUTHORS: usize = 50;
/// Longest name or role of an author, in characters.
pub(crate) const MAX_AUTHOR: usize = 200;
/// Largest number of documents that one replaces, and of those that it builds on.
pub const MAX_REFERENCES: usize = 32;
/// Longest role of who can be asked, in characters.
pub(crate) const MAX_ROLE: usize = 200;
/// Longest name of a kind, in bytes.
pub(crate) const MAX_KIND: usize = 40;
/// Longest name of a licence, in characters.
pub(crate) const MAX_LICENCE: usize = 40;
/// Longest name or media type of an attachment, in characters.
pub(crate) const MAX_ATTACHMENT_NAME: usize = 200;
/// Longest title, in characters.
pub(crate) const MAX_TITLE: usize = 200;
/// Longest summary, in characters.
pub(crate) const MAX_SUMMARY: usize = 1000;

/// What every kind of document has.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// 1..=200 characters; of a case study 10..=90.
    pub title: String,
    /// Empty, or at most 1,000 characters; of a case study 60..=280.
    pub summary: String,
    /// At most 32.
    pub tags: Vec<String>,
    /// A language tag, `en-GB` unless the author says otherwise.
    pub lang: String,
    /// The licence of the text.
    pub licence: Licence,
    /// Who may read it.
    pub visibility: Visibility,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// When it was first written, according to its author.
    pub created: Option<Timestamp>,
    /// When it was last changed, according to its author.
    pub updated: Option<Timestamp>,
    /// When it was last reviewed as a whole.
    pub reviewed: Option<Date>,
    /// When its next review is due.
    pub review_by: Option<Date>,
    /// Documents of the same node that it replaces.
    pub replaces: Vec<DocumentId>,
    /// Documents of any node that it builds on.
    pub based_on: Vec<DocumentRef>,
    /// Files that belong to it; at most 16.
    pub attachments: Vec<Attachment>,
    /// Who can be asked, as everyone may know it.
    pub contact: Option<PublicContact>,
    /// The text, markdown.
    pub body_md: String,
}

/// What never appears in a body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Private {
    /// Who can be asked; used by the introduction form.
    pub contact: Option<Contact>,
    /// Keys that this version does not know and values that it could not read, each with its path
    /// (`["cost", "colour"]`, `["measures", "[0]", "colour"]`), so that a file keeps them.
    pub unknown: Vec<(Vec<String>, Value)>,
}

/// A file that belongs to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Bytes, at most 8 MiB.
    pub len: u64,
    /// Media type.
    pub media_type: String,
    /// File name, for people.
    pub name: String,
    /// Text for readers who cannot see it.
    pub alt: String,
}

/// Who wrote a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The person, if they agreed to be named.
    pub name: Option<String>,
    /// What they do.
    pub role: Option<String>,
}

/// Returns whether a text is a language tag: parts of letters and digits, 35 characters at most (BCP 47 §4.4.1).
pub(crate) fn is_language_tag(text: &str) -> bool {
    (2..=35).contains(&text.len())
        && text.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

impl Author {
    /// Writes the keys of an author, for files and bodies alike.
    pub(crate) fn write(&self) -> Map {
        let mut out = Writer::default();
        out.optional("name", self.name.as_deref());
        out.optional("role", self.role.as_deref());
        out.0
    }
}

/// Who can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Their role.
    pub role: String,
    /// A shared mailbox; an observation and an adoption may have none.
    pub mailbox: Option<String>,
    /// A person, if they agreed to be named.
    pub name: Option<String>,
    /// What they offer.
    pub open_to: Vec<OpenTo>,
}

/// Who can be asked, without a person and without an address: what readers may know of a [`Contact`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicContact {
    /// Their role, 1..=200 characters.
    pub role: String,
    /// What they offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_to: Vec<OpenTo>,
}

impl PublicContact {
    /// Writes the keys, for files and bodies alike.
    pub(crate) fn write(&self) -> Map {
        let mut out = Writer::default();
        out.text("role", &self.role);
        out.texts("open_to", &self.open_to);
        out.0
    }
}

impl Contact {
    /// Returns what everyone may know of it.
    #[must_use]
    pub fn public(&self) -> PublicContact {
        PublicContact {
            role: self.role.clone(),
            open_to: self.open_to.clone(),
        }
    }

    /// Writes the keys of a contact, for files and the private part alike.
    pub(crate) fn write(&self) -> Map {
        let mut out = Writer::default();
        out.text("role", &self.role);
        out.optional("mailbox", self.mailbox.as_deref());
        out.optional("name", self.name.as_deref());
        out.texts("open_to", &self.open_to);
        out.0
    }
}

impl Common {
    /// Returns a title and a text with the defaults for all else.
    #[must_use]
    pub fn new(title: impl Into<String>, body_md: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            summary: String::new(),
            tags: Vec::new(),
            lang: DEFAULT_LANG.to_owned(),
            licence: Licence::OglUk3,
            visibility: Visibility::Public,
            authors: Vec::new(),
            created: None,
            updated: None,
            reviewed: None,
            review_by: None,
            replaces: Vec::new(),
            based_on: Vec::new(),
            attachments: Vec::new(),
            contact: None,
            body_md: body_md.into(),
        }
    }

    /// Returns the documents that every kind can refer to, for a document of `node`.
    pub(crate) fn references(&self, node: &NodeId) -> Vec<Reference> {
        let replaced = self.replaces.iter().map(|id| Reference {
            relation: Relation::Replaces,
            node: node.clone(),
            id: *id,
            tried: false,
        });
        let based_on = self.based_on.iter().map(|base| Reference {
            relation: Relation::BasedOn,
            node: base.node.clone(),
            id: base.id,
            tried: false,
        });
        replaced.chain(based_on).collect()
    }
}
