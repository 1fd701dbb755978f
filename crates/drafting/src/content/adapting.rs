//! A draft that begins with a document of another organisation: it says what it is based on, or what it is about.

use std::collections::BTreeMap;

use domain::{About, Kind, Outline, front_matter::shorten_title, value::Value};
use wire::DocumentRef;

use super::{Content, Fields, Text};
use crate::{
    form::{Field, Section},
    raw,
};

/// The key that names the documents which one is based on.
pub const BASED_ON: &str = "based_on";
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

/// Of those, the keys that say what one organisation did and used, and what came of it.
const CLAIMS: [&str; 3] = ["title", "summary", "systems"];
/// The parts of the text that do so.
const CLAIMED_PARTS: [&str; 3] = ["text.situation", "text.what-happened", "text.differently"];

/// Keys of a document that a draft takes over which says that another organisation tried it too.
const TRIED_KEYS: [&str; 2] = ["topics", "visibility"];

impl Content {
    /// Returns what a draft can be compared with that was adapted from this document: its text, and what it is filed under,
    /// without figures, costs and people. `None` for a kind that is not written here.
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
            converted: None,
        })
    }

    /// Returns a draft that begins with an adapted document, without what only its authors can say: what the problem was, what
    /// came of it, and what they used. A page of a wiki says what to do, so all of it is kept.
    #[must_use]
    pub fn without_claims(mut self) -> Self {
        let form = self.form().filter(|form| form.kind != Kind::Page);
        if let (Some(form), Text::Fields(fields)) = (form, &mut self.text) {
            let claimed = CLAIMED_PARTS.iter().filter_map(|name| form.field(name));
            let headings: Vec<_> = claimed.map(|(_, field)| field.heading()).collect();
            fields
                .front
                .retain(|(key, _)| !CLAIMS.contains(&key.as_str()));
            fields
                .parts
                .retain(|part| !headings.iter().any(|heading| part.is_under(*heading)));
        }
        self
    }

    /// Returns the fields whose text is still that of the document that this was adapted from.
    #[must_use]
    pub fn same_texts(
        &self,
        origin: &Self,
        outline: Outline,
    ) -> Vec<(&'static Section, &'static Field)> {
        let (Some(form), Ok(own), Ok(other)) =
            (self.form(), self.fields(outline), origin.fields(outline))
        else {
            return Vec::new();
        };
        let is_same = |field: &Field| {
            let (own, other) = (own.part(field), other.part(field));
            own.zip(other)
                .is_some_and(|(own, other)| own.text.trim() == other.text.trim())
        };
        let each = form.sections.iter().flat_map(|section| {
            let texts = section.fields.iter().filter(|field| field.is_text());
            texts.map(move |field| (section, field))
        });
        each.filter(|(_, field)| is_same(field)).collect()
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
            converted: None,
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
