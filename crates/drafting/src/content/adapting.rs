//! A draft that begins with a document of another organisation: it says what it is based on, or what it is about.

use std::collections::BTreeMap;

use domain::{About, Kind, Outline, front_matter::shorten_title, value::Value};
use wire::DocumentRef;

use super::{Content, Fields, Text};
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

/// Keys of a document that a draft takes over which says that another organisation tried it too.
const TRIED_KEYS: [&str; 2] = ["topics", "visibility"];

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

    /// Returns a draft that says that this organisation tried what a document of another one describes: the address of its
    /// page, its title, its topics, and who may read it.
    #[must_use]
    pub fn tried(&self, address: &str) -> Option<Self> {
        let Text::Fields(fields) = &self.text else {
            return None;
        };
        let mut front = fields.front.clone();
        front.retain(|(key, _)| TRIED_KEYS.contains(&key.as_str()));
        let title = shorten_title(&format!("We tried: {}", fields.title()));
        raw::set(&mut front, "title", Some(Value::text(title)));
        raw::set(&mut front, "about", Some(Value::text(address)));
        Some(Self {
            kind: Kind::Adoption,
            text: Text::Fields(Fields {
                front,
                parts: Vec::new(),
            }),
            versions: BTreeMap::new(),
            keeps_private: false,
        })
    }

    /// Returns what an adoption is about; `None` for a draft of another kind, and while it names no document.
    #[must_use]
    pub fn about(&self, outline: Outline) -> Option<About> {
        let fields = self.fields(outline).ok()?;
        let value = raw::get(&fields.front, "about")?;
        (*self.kind() == Kind::Adoption)
            .then(|| About::parse(raw::text_of(value).trim()))
            .flatten()
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
