//! What a document is: the part that all kinds have in common, and what a case study and a page add.

use wire::{Date, Digest, DocumentId, DocumentRef, Timestamp};

use crate::{
    fault::Fault,
    kinds::{Content, Kind, Page},
    value::{Map, Value},
    vocabulary::{Licence, OpenTo, Visibility},
    writer::Writer,
};

/// The language of a document that names none.
pub const DEFAULT_LANG: &str = "en-GB";
/// Largest number of tags.
pub(crate) const MAX_TAGS: usize = 32;
/// Longest title, in characters.
pub(crate) const MAX_TITLE: usize = 200;
/// Longest summary, in characters.
pub(crate) const MAX_SUMMARY: usize = 1000;
/// A case study without its own date is due for review after this many months.
const REVIEW_MONTHS: i32 = 12;
/// The next review may be at most this many months ahead.
const MAX_REVIEW_MONTHS: i32 = 24;

/// A document without its id, revision and salt, which its node sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What every kind has.
    pub common: Common,
    /// What its kind adds.
    pub content: Content,
    /// What is never shown and never leaves the node.
    pub private: Private,
}

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
    /// A shared mailbox; an observation may have none.
    pub mailbox: Option<String>,
    /// A person, if they agreed to be named.
    pub name: Option<String>,
    /// What they offer.
    pub open_to: Vec<OpenTo>,
}

impl Contact {
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

/// A calendar month, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Reads `YYYY-MM`, and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = (text.len() == 7).then(|| Date::parse(&format!("{text}-01")))??;
        Some(Self {
            year: date.year(),
            month: date.month(),
        })
    }

    /// Returns the year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// Returns the month, `1..=12`.
    #[must_use]
    pub fn month(self) -> i8 {
        self.month
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Document {
    /// Returns a page with a title and a text, and the defaults for all else.
    #[must_use]
    pub fn page(title: impl Into<String>, body_md: impl Into<String>) -> Self {
        Self {
            common: Common::new(title, body_md),
            content: Content::Page(Page::default()),
            private: Private::default(),
        }
    }

    /// Returns its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.content.kind()
    }

    /// Sets the date of the next review, if the kind needs one and the author gave none.
    pub fn complete(&mut self, today: Date) {
        if self.kind().rules().is_reviewed && self.common.review_by.is_none() {
            self.common.review_by = Some(today.add_months(REVIEW_MONTHS));
        }
    }

    /// Returns the faults that depend on the day.
    #[must_use]
    pub fn faults_on(&self, today: Date) -> Vec<Fault> {
        let latest = today.add_months(MAX_REVIEW_MONTHS);
        let late = self.common.review_by.filter(|date| *date > latest);
        late.map(|date| {
            let text = format!("`review_by` is {date}; choose a day up to {latest}");
            Fault::new("review_by", None, text)
        })
        .into_iter()
        .collect()
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
            body_md: body_md.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_one_form() {
        assert_eq!(
            Month::parse("2026-11")
                .map(|month| month.to_string())
                .as_deref(),
            Some("2026-11")
        );
        for wrong in ["2026", "2026-13", "2026-1", "2026-11-01", "11-2026", ""] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }
}
