//! Documents whose own part this version does not read: kinds of a later version, and known kinds
//! whose `meta` does not fit. Their `meta` is kept as it came and their text is shown as it was written.

use super::{Beginning, ContactRule, Part, Rules, nothing, page};
use metadata::value::Map;

use crate::writer::Writer;

/// What a document of such a kind has.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    /// The kind, as written.
    pub kind: String,
    /// Its `meta`, unread.
    pub meta: Map,
}

/// A kind that only peers write. A file of this kind is read like a page, for its draft, and refused.
const fn from_peers(name: &'static str, label: &'static str, folder: &'static str) -> Rules {
    Rules {
        name,
        label,
        folder,
        keys: &[],
        title: page::TITLE,
        summary: page::SUMMARY,
        is_called_by_its_text: false,
        contact: ContactRule::Optional,
        is_lenient: false,
        has_measures: false,
        begins_with: Beginning::Nothing,
        is_reviewed: false,
        read: None,
        faults: nothing,
        advice: nothing,
        assumed: &[],
    }
}

pub(super) const ASK: Rules = from_peers("ask", "Question to peers", "asks");
pub(super) const ANSWER: Rules = from_peers("answer", "Answer", "answers");
/// Any kind without a name here.
pub(super) const UNKNOWN: Rules = from_peers("", "", "others");

impl Part for Unread {
    fn write(&self, out: &mut Writer) {
        out.0.extend(self.meta.iter().cloned());
    }
}
