//! The values and the parts of a draft, by section.

use domain::{
    Kind, Outline, title,
    value::{Map, Value},
};

use crate::{
    file::{self, Part},
    form::{Field, Form, Input},
    raw,
};

/// Values and text by section.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fields {
    pub(crate) front: Map,
    pub(crate) parts: Vec<Part>,
}

impl Fields {
    /// Returns the keys of the file, the kind first. An observation without a title is called by its first words.
    pub(crate) fn front_of(&self, kind: &Kind) -> Map {
        let mut front = self.front.clone();
        if *kind == Kind::Observation && raw::get(&front, "title").is_none() {
            let title = self.title();
            if !title.is_empty() {
                front.insert(0, ("title".to_owned(), Value::text(title).into()));
            }
        }
        front.insert(0, ("kind".to_owned(), Value::text(kind.as_str()).into()));
        front
    }

    /// Returns the title, or the first words of the text.
    pub(crate) fn title(&self) -> String {
        if let Some(title) = raw::get(&self.front, "title") {
            return raw::text_of(title);
        }
        title::first_words(&file::join(&self.parts).0)
    }

    pub(crate) fn has_title(&self) -> bool {
        super::title_line::has_title(&self.front)
    }

    /// Returns the part of the text that a field is.
    pub(crate) fn part(&self, field: &Field) -> Option<&Part> {
        let Input::Text(heading) = field.input else {
            return None;
        };
        self.parts.iter().find(|part| part.is_under(heading))
    }

    /// Puts a text into its part. A part that is empty is removed, with its heading.
    pub(super) fn put_part(&mut self, kind: &Kind, field: &Field, text: &str) {
        let Input::Text(heading) = field.input else {
            return;
        };
        let held = self.parts.iter().position(|part| part.is_under(heading));
        let is_empty = text.trim().is_empty();
        match held.and_then(|index| self.parts.get_mut(index)) {
            Some(part) if !is_empty => part.text = text.to_owned(),
            Some(_) => self.parts.retain(|part| !part.is_under(heading)),
            None if is_empty => {}
            None => {
                let part = Part {
                    heading: heading.map(|heading| format!("## {heading}")),
                    text: text.to_owned(),
                };
                let at = self.place_of(kind, heading);
                self.parts.insert(at, part);
            }
        }
    }

    /// Returns the index at which a new part belongs: behind all parts that come before it in the form.
    fn place_of(&self, kind: &Kind, heading: Option<&str>) -> usize {
        let Some(form) = Form::for_kind(kind) else {
            return self.parts.len();
        };
        let earlier: Vec<&str> = form
            .headings()
            .take_while(|name| Some(*name) != heading)
            .collect();
        let is_earlier = |part: &Part| {
            part.heading.is_none() || earlier.iter().any(|name| part.is_under(Some(name)))
        };
        let last = self.parts.iter().rposition(is_earlier);
        match (heading, last) {
            (None, _) | (Some(_), None) => 0,
            (Some(_), Some(last)) => last + 1,
        }
    }
}

pub(super) fn split(kind: &Kind, body: &str, outline: Outline) -> Vec<Part> {
    let known: Vec<&str> = Form::for_kind(kind)
        .map(|form| form.headings().collect())
        .unwrap_or_default();
    let headings = if known.is_empty() {
        Vec::new()
    } else {
        outline(body)
    };
    file::split(body, &known, &headings)
}
