//! What an answer holds, before it is written as XML.

use wire::Timestamp;

use crate::fault::Fault;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Who serves.
    Identify(Repository),
    /// The forms of records: always the one.
    Formats,
    /// The sets.
    Sets(Vec<Set>),
    /// Headers of records.
    Identifiers(Page<Header>),
    /// Records.
    Records(Page<Record>),
    /// One record.
    Record(Record),
    /// What is wrong with the request; at least one.
    Faults(Vec<Fault>),
}

/// Who serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its name.
    pub name: String,
    /// An e-mail address of the people who run it.
    pub email: String,
    /// No record has an earlier time.
    pub earliest: Timestamp,
}

/// A set of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// As programs name it.
    pub spec: String,
    /// As people read it.
    pub name: String,
}

/// One answer of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What it holds.
    pub items: Vec<T>,
    /// How the list continues; `None` for a list in one answer.
    pub resumption: Option<Resumption>,
}

/// How a list continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumption {
    /// The token of the next answer; `None` in the last one.
    pub token: Option<String>,
    /// How many items came before this answer.
    pub cursor: u64,
}

/// What every record has, also one that was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its identifier, a URI.
    pub identifier: String,
    /// When it last changed here.
    pub at: Timestamp,
    /// The sets that it is in.
    pub sets: Vec<String>,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its header.
    pub header: Header,
    /// What it says; `None` for one that was deleted.
    pub metadata: Option<DublinCore>,
}

/// The elements of Dublin Core that records have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Who made it.
    Creator,
    /// When.
    Date,
    /// What it says, in short.
    Description,
    /// Its media type.
    Format,
    /// Where it is, and what it is called.
    Identifier,
    /// Its language.
    Language,
    /// Who published it.
    Publisher,
    /// What may be done with it.
    Rights,
    /// What it is about.
    Subject,
    /// Its title.
    Title,
    /// What it is.
    Type,
}

impl Element {
    /// Returns the name of the element.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Date => "date",
            Self::Description => "description",
            Self::Format => "format",
            Self::Identifier => "identifier",
            Self::Language => "language",
            Self::Publisher => "publisher",
            Self::Rights => "rights",
            Self::Subject => "subject",
            Self::Title => "title",
            Self::Type => "type",
        }
    }
}

/// What a record says, as unqualified Dublin Core. Elements may be repeated; an empty one is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DublinCore(pub Vec<(Element, String)>);

impl DublinCore {
    /// Adds an element.
    pub fn push(&mut self, element: Element, text: impl Into<String>) {
        self.0.push((element, text.into()));
    }
}
