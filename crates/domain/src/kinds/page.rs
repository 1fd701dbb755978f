//! The wiki page: free text under a title. It can be published although one of its values could not be read,
//! so that files written for another system need no changes.

use super::{Beginning, ContactRule, Content, Part, Rules, TextRule, nothing};
use crate::{
    attributes::{MAX_SUMMARY, MAX_TITLE},
    reader::Fields,
    vocabulary::Topic,
    writer::Writer,
};

/// A page may have no more topics than a case study.
const MAX_TOPICS: usize = 4;

pub(super) const TITLE: TextRule = TextRule {
    chars: 1..=MAX_TITLE,
    required: None,
};
pub(super) const SUMMARY: TextRule = TextRule {
    chars: 0..=MAX_SUMMARY,
    required: None,
};

pub(super) const RULES: Rules = Rules {
    name: "page",
    label: "Page",
    folder: "pages",
    keys: &["topics"],
    title: TITLE,
    summary: SUMMARY,
    is_called_by_its_text: false,
    contact: ContactRule::Optional,
    is_lenient: true,
    has_measures: false,
    begins_with: Beginning::Nothing,
    is_reviewed: false,
    read: Some(read),
    faults: nothing,
    advice: nothing,
    assumed: &[],
};

/// A wiki page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its subjects.
    pub topics: Vec<Topic>,
}

/// Reads the keys of a page. It always returns one.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every kind is read by a function of this shape"
)]
pub(crate) fn read(fields: &mut Fields<'_, '_>) -> Option<Content> {
    let topics = fields.terms("topics", MAX_TOPICS);
    Some(Content::Page(Page { topics }))
}

impl Part for Page {
    fn write(&self, out: &mut Writer) {
        out.texts("topics", &self.topics);
    }

    fn topics(&self) -> &[Topic] {
        &self.topics
    }
}
