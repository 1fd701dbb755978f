//! A draft that begins with a document of another organisation, and says what it is based on.

use std::collections::BTreeMap;

use domain::{Outline, value::Value};
use wire::DocumentRef;

use super::{Content, Text};
use crate::raw;

/// The key that names the documents which one is based on.
pub(super) const BASED_ON: &str = "based_on";
/// Keys that a document keeps when another organisation adapts it.
const ADAPTED_KEYS: [&str; 13] = [
    "title",
    "summary",
    "type",
    "tags",
    "lang",
    "licence",
    "priority",
    "wgll",
    "care_setting",
    "topics",
    "systems",
    "audience",
    // What only staff may read stays so.
    "visibility",
];

impl Content {
    /// Returns a draft that begins with a document of any organisation: its text, and what it is filed under. What only its
    /// authors can say (results, figures, costs, people) is left out. `None` for a kind that is not written here.
    #[must_use]
    pub fn adapted(&self, origin: &DocumentRef) -> Option<Self> {
        let Text::Fields(fields) = &self.text else {
            return None;
        };
        self.form()?;
        let mut fields = fields.clone();
        fields
            .front
            .retain(|(key, _)| ADAPTED_KEYS.contains(&key.as_str()));
        let origin = Value::texts([origin.to_string()]);
        raw::set(&mut fields.front, BASED_ON, Some(origin));
        Some(Self {
            kind: self.kind.clone(),
            text: Text::Fields(fields),
            versions: BTreeMap::new(),
            keeps_private: false,
        })
    }

    /// Returns the document that it says first that it is based on.
    #[must_use]
    pub fn based_on(&self, outline: Outline) -> Option<DocumentRef> {
        let fields = self.fields(outline).ok()?;
        let value = raw::get(&fields.front, BASED_ON)?;
        let text = raw::text_of(value);
        DocumentRef::parse(text.split(',').next()?.trim())
    }
}
