//! The content of a draft: typed values and parts of the text, or one file as it was typed.
//!
//! Invariant: what was typed is kept until its author replaces it. A section that another person has saved since `base` is
//! never overwritten: [`PutError::Conflict`].

mod adapting;
mod converted;
mod fields;
mod keys;
mod lines;
mod title_line;

use std::collections::BTreeMap;

pub use adapting::BASED_ON;
pub use converted::Converted;
use domain::{Document, Fault, Kind, Outline, front_matter, title, value::Value};

use crate::{
    file,
    form::{Field, Fold, Form, Input, Section},
    raw::{self, Pairs},
};

pub(crate) use fields::Fields;
use fields::split;
use title_line::has_title;
pub(crate) use title_line::titled;

/// Largest stored draft, in bytes: twice the largest body that can be published.
pub const MAX_CONTENT_BYTES: usize = 512 * 1024;
/// The text before the first heading of the form, which only a file can have.
pub(crate) static BEFORE: Field = Field {
    name: "text.before",
    label: "Text before the first heading",
    hint: "Move it to where it belongs, or leave it: it comes first on the page.",
    input: Input::Text(None),
    missing: None,
    fold: Fold::Open,
    chars: None,
    depends: false,
};
/// Keys that a new revision gets again.
const SET_ON_PUBLISHING: [&str; 2] = ["kind", "updated"];

/// What a draft says.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    pub(crate) kind: Kind,
    pub(crate) text: Text,
    /// The version of the draft in which each section was last changed.
    pub(crate) versions: BTreeMap<String, u64>,
    pub(crate) keeps_private: bool,
    /// What came of the file that it began with.
    pub(crate) converted: Option<Converted>,
}

/// The last view in which something was typed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Text {
    Fields(Fields),
    File(String),
}

/// What saving did.
#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    /// The draft says the same already.
    Unchanged,
    /// What it says now.
    Changed(Box<Content>),
}

/// Why something was not saved.
#[derive(Debug, Clone, PartialEq)]
pub enum PutError {
    /// Someone else has changed the same section since.
    Conflict,
    /// The front matter of the file cannot be read, so that no section of it can be changed.
    Unreadable(Fault),
    /// The draft would be longer than [`MAX_CONTENT_BYTES`].
    TooLong,
}

/// The values that are saved, and what they were made from.
#[derive(Debug, Clone, Copy)]
pub struct Put<'a> {
    /// The version of the draft that the author saw.
    pub base: u64,
    /// The version that the draft gets.
    pub next: u64,
    /// The names and values of the form.
    pub pairs: &'a [(String, String)],
}

impl Content {
    /// Returns an empty draft.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            text: Text::Fields(Fields::default()),
            versions: BTreeMap::new(),
            keeps_private: false,
            converted: None,
        }
    }

    /// Returns a draft that says what a published document says. With `keeps_private` it has none of the private part, and
    /// the published one stays as it is.
    #[must_use]
    pub fn from_document(document: &Document, keeps_private: bool, outline: Outline) -> Self {
        let mut document = document.clone();
        if keeps_private {
            document.private = domain::Private::default();
        }
        let mut front = front_matter::keys(&document);
        front.retain(|(key, _)| !SET_ON_PUBLISHING.contains(&key.as_str()));
        let kind = document.kind();
        let parts = split(&kind, &document.common.body_md, outline);
        Self {
            kind,
            text: Text::Fields(Fields { front, parts }),
            versions: BTreeMap::new(),
            keeps_private,
            converted: None,
        }
    }

    /// Returns a draft of a file; its kind is `kind` unless the file names one.
    #[must_use]
    pub fn from_file(text: &str, kind: Kind) -> Self {
        let text = one_kind_of_line_end(text);
        Self {
            kind: kind_named(&text).unwrap_or(kind),
            text: Text::File(text),
            versions: BTreeMap::new(),
            keeps_private: false,
            converted: None,
        }
    }

    /// Returns the kind that it will be published as.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Returns the form of its kind.
    #[must_use]
    pub fn form(&self) -> Option<&'static Form> {
        Form::for_kind(&self.kind)
    }

    /// Returns whether the private part of the published document stays as it is.
    #[must_use]
    pub fn keeps_private(&self) -> bool {
        self.keeps_private
    }

    /// Returns the title as far as there is one.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.text {
            Text::Fields(fields) => fields.title(),
            Text::File(text) => match titled(&self.kind, text) {
                Ok((front, _)) if has_title(&front) => {
                    raw::get(&front, "title").map_or_else(String::new, raw::text_of)
                }
                Ok((_, body)) if self.kind == Kind::Observation => title::first_words(body),
                Ok(_) | Err(_) => String::new(),
            },
        }
    }

    /// Returns whether its author has written a title.
    #[must_use]
    pub fn has_title(&self) -> bool {
        match &self.text {
            Text::Fields(fields) => fields.has_title(),
            Text::File(text) => titled(&self.kind, text).is_ok_and(|(front, _)| has_title(&front)),
        }
    }

    /// Returns it as one Markdown file.
    #[must_use]
    pub fn file(&self) -> String {
        match &self.text {
            Text::File(text) => text.clone(),
            Text::Fields(fields) => {
                let front = fields.front_of(&self.kind);
                front_matter::write_parts(&front, &file::join(&fields.parts).0)
            }
        }
    }

    /// Returns the text, without the front matter.
    #[must_use]
    pub fn text(&self, outline: Outline) -> String {
        match self.fields(outline) {
            Ok(fields) => file::join(&fields.parts).0,
            Err(_) => self.file(),
        }
    }

    /// Returns whether it was last typed as one file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        matches!(self.text, Text::File(_))
    }

    /// Returns the version of the draft in which a section was last changed.
    #[must_use]
    pub fn version_of(&self, section: &str) -> u64 {
        self.versions.get(section).copied().unwrap_or(0)
    }

    /// Returns the fields of a section; with the text before the first heading where there is one.
    ///
    /// # Errors
    /// Why the front matter of the file cannot be read.
    pub fn fields_of(
        &self,
        section: &'static Section,
        outline: Outline,
    ) -> Result<Vec<&'static Field>, Fault> {
        let fields = self.fields(outline)?;
        let begins = section.fields.iter().any(|field| field.heading().is_some())
            && self.form().is_some_and(|form| {
                let mut with_text = form.sections.iter();
                let first =
                    with_text.find(|section| section.fields.iter().any(|f| f.heading().is_some()));
                first.is_some_and(|first| first.name == section.name)
            });
        let before = fields.parts.iter().any(|part| part.heading.is_none());
        let extra = (begins && before).then_some(&BEFORE);
        Ok(extra.into_iter().chain(section.fields).collect())
    }

    /// Returns what was typed into a section.
    ///
    /// # Errors
    /// As [`Content::fields_of`].
    pub fn section(&self, section: &'static Section, outline: Outline) -> Result<Pairs, Fault> {
        let fields = self.fields(outline)?;
        let names = self.fields_of(section, outline)?;
        let mut pairs = Pairs::new();
        for field in names {
            raw::read_field(&fields.front, field, "", &mut pairs);
            if let Some(part) = fields.part(field) {
                pairs.push((field.name.to_owned(), part.text.clone()));
            }
        }
        Ok(pairs)
    }

    /// Saves what was typed into a section.
    ///
    /// # Errors
    /// [`PutError`].
    pub fn put_section(
        &self,
        section: &'static Section,
        put: Put<'_>,
        outline: Outline,
    ) -> Result<Saved, PutError> {
        let mut fields = self.fields(outline).map_err(PutError::Unreadable)?;
        let before = fields.clone();
        let names = self
            .fields_of(section, outline)
            .map_err(PutError::Unreadable)?;
        let typed = put.pairs.iter();
        let typed: Pairs = typed
            .map(|(name, value)| (name.clone(), one_kind_of_line_end(value)))
            .collect();
        for field in names {
            raw::write_field(&mut fields.front, field, "", &typed);
            if field.is_text() {
                let text = typed.iter().find(|(name, _)| name == field.name);
                fields.put_part(&self.kind, field, text.map_or("", |(_, text)| text));
            }
        }
        if fields == before {
            return Ok(Saved::Unchanged);
        }
        if put.base < self.version_of(section.name) {
            return Err(PutError::Conflict);
        }
        let mut changed = Self {
            text: Text::Fields(fields),
            ..self.clone()
        };
        changed.versions.insert(section.name.to_owned(), put.next);
        changed.bounded()
    }

    /// Saves the whole draft as one file, which was made from version `base` of the draft, now `version`.
    ///
    /// # Errors
    /// [`PutError`].
    pub fn put_file(
        &self,
        text: &str,
        base: u64,
        version: u64,
        outline: Outline,
    ) -> Result<Saved, PutError> {
        let text = one_kind_of_line_end(text);
        if text == self.file() {
            return Ok(Saved::Unchanged);
        }
        if base != version {
            return Err(PutError::Conflict);
        }
        let mut changed = Self {
            kind: kind_named(&text).unwrap_or_else(|| self.kind.clone()),
            text: Text::File(text),
            ..self.clone()
        };
        // The sections whose values are other ones than before were changed in this version.
        let sections = changed.form().map(|form| form.sections).unwrap_or_default();
        for section in sections {
            if changed.section(section, outline) != self.section(section, outline) {
                changed
                    .versions
                    .insert(section.name.to_owned(), version + 1);
            }
        }
        changed.bounded()
    }

    /// Returns the draft of a case study that an observation has grown into.
    #[must_use]
    pub fn grown(&self, outline: Outline) -> Option<Self> {
        let mut fields = self.fields(outline).ok()?;
        let title = fields.title();
        if !title.is_empty() {
            raw::set(&mut fields.front, "title", Some(Value::text(title)));
        }
        (self.kind == Kind::Observation).then(|| Self {
            kind: Kind::CaseStudy,
            text: Text::Fields(fields),
            versions: BTreeMap::new(),
            keeps_private: self.keeps_private,
            converted: None,
        })
    }

    fn bounded(self) -> Result<Saved, PutError> {
        if self.to_bytes().len() > MAX_CONTENT_BYTES {
            return Err(PutError::TooLong);
        }
        Ok(Saved::Changed(Box::new(self)))
    }

    /// Returns the values and the parts, read from the file if it was last typed as one.
    pub(crate) fn fields(&self, outline: Outline) -> Result<Fields, Fault> {
        match &self.text {
            Text::Fields(fields) => Ok(fields.clone()),
            Text::File(text) => {
                let (mut front, body) = titled(&self.kind, text)?;
                front.retain(|(key, _)| key != "kind");
                let sections = self.form().map(|form| form.sections).unwrap_or_default();
                let each: Vec<&Field> = sections.iter().flat_map(|one| one.fields).collect();
                raw::settle(&mut front, &each);
                let parts = split(&self.kind, body, outline);
                Ok(Fields { front, parts })
            }
        }
    }
}

/// Returns the kind that a file names, if it is one that can be written here.
fn kind_named(text: &str) -> Option<Kind> {
    let (map, _) = front_matter::read_parts(text).ok()?;
    let name = raw::get(&map, "kind").map(raw::text_of)?;
    let kind = Kind::parse(&name.trim().to_lowercase().replace([' ', '_'], "-"));
    Form::for_kind(&kind).map(|form| form.kind.clone())
}

fn one_kind_of_line_end(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests;
