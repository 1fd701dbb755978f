//! A document: the attributes that every kind has, and what its own kind adds.

use metadata::Fault;
use wire::Date;

use crate::{
    attributes::{Common, Private},
    kinds::{Content, Kind, Page},
};

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
