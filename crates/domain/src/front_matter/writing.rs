//! Writing a document as a file: the front matter in the order of the schema, with the values that were
//! kept in their places.

use std::{collections::HashSet, sync::LazyLock};

use metadata::{
    value::{Map, Value, map_to_json},
    yaml,
};
use serde_json::{Map as JsonMap, Value as Json};
use wire::DocumentId;

use super::FOREIGN_ID;
use crate::{
    attributes::{Author, Contact, DEFAULT_LANG, PublicContact},
    document::Document,
    vocabulary::{self, Term as _},
    writer::Writer,
};

/// Writes a document as a file that [`super::parse_file`] reads back as the same document.
#[must_use]
pub fn write_file(document: &Document, id: Option<DocumentId>) -> String {
    write_parts(&front_matter(document, id), &document.common.body_md)
}

/// Writes keys and a text as a file, whatever the values are.
#[must_use]
pub fn write_parts(map: &Map, body_md: &str) -> String {
    let yaml = yaml::write(map);
    format!("---\n{yaml}---\n\n{body_md}")
}

/// Returns the keys of such a file, with their values.
#[must_use]
pub fn keys(document: &Document) -> Map {
    front_matter(document, None)
}

/// Returns the front matter of such a file as JSON.
#[must_use]
pub fn to_json(document: &Document, id: DocumentId) -> JsonMap<String, Json> {
    map_to_json(&front_matter(document, Some(id)))
}

/// The values of the vocabularies that are words only: no one wrote them, and no figure is in them.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let values = vocabulary::values().into_iter();
    values.filter(|value| is_of_letters(value)).collect()
});

fn is_of_letters(value: &str) -> bool {
    value.bytes().all(|byte| !byte.is_ascii_digit())
}

/// Returns every text of such front matter that someone wrote, whatever its depth, with its path: `measures[0].name`.
/// Words of a vocabulary, of which a case study has about thirty, are none.
#[must_use]
pub fn values(document: &Document) -> Vec<(String, String)> {
    let mut out = Vec::new();
    add_values(front_matter(document, None), &mut String::new(), &mut out);
    out
}

fn add_values(map: Map, path: &mut String, out: &mut Vec<(String, String)>) {
    let length = path.len();
    for (key, node) in map {
        if length > 0 {
            path.push('.');
        }
        path.push_str(&key);
        add_value(node.value, path, out);
        path.truncate(length);
    }
}

/// Adds the texts of a value. Files bound how deep values are nested.
fn add_value(value: Value, path: &mut String, out: &mut Vec<(String, String)>) {
    match value {
        Value::Plain(text) | Value::Text(text) => {
            if !WORDS.contains(text.as_str()) {
                out.push((path.clone(), text));
            }
        }
        Value::List(nodes) => {
            let length = path.len();
            for (index, node) in nodes.into_iter().enumerate() {
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
                add_value(node.value, path, out);
                path.truncate(length);
            }
        }
        Value::Map(map) => add_values(map, path, out),
    }
}

fn front_matter(document: &Document, id: Option<DocumentId>) -> Map {
    let common = &document.common;
    let mut out = Writer::default();
    out.text("kind", document.kind().as_str());
    out.optional("id", id.map(|id| id.to_string()));
    out.text("title", &common.title);
    out.optional(
        "summary",
        Some(&common.summary).filter(|text| !text.is_empty()),
    );
    document.content.part().write(&mut out);
    out.texts("tags", &common.tags);
    // A copy of another organisation's document has no more than what everyone may know.
    let private = document.private.contact.as_ref().map(Contact::write);
    let public = || common.contact.as_ref().map(PublicContact::write);
    out.map("contact", private.or_else(public).unwrap_or_default());
    out.maps("authors", common.authors.iter().map(Author::write));
    out.texts("replaces", &common.replaces);
    out.texts("based_on", &common.based_on);
    out.optional(
        "lang",
        Some(&common.lang).filter(|lang| *lang != DEFAULT_LANG),
    );
    out.text("licence", common.licence.as_str());
    out.text("visibility", common.visibility.as_str());
    out.optional("created", common.created.map(|at| at.to_string()));
    out.optional("updated", common.updated.map(|at| at.to_string()));
    out.optional("reviewed", common.reviewed.map(|day| day.to_string()));
    out.optional("review_by", common.review_by.map(|day| day.to_string()));
    for (path, value) in &document.private.unknown {
        // An `id` of another system never takes the place of ours.
        match path.as_slice() {
            [key] if key == "id" => put(&mut out.0, &[FOREIGN_ID.to_owned()], value),
            path => put(&mut out.0, path, value),
        }
    }
    out.0
}

/// Puts a value that was kept back in its place.
fn put(map: &mut Map, path: &[String], value: &Value) {
    let Some((key, rest)) = path.split_first() else {
        return;
    };
    let held = map.iter_mut().position(|(held, _)| held == key);
    let index = held.unwrap_or_else(|| {
        let empty = if rest.is_empty() {
            value.clone()
        } else {
            Value::Map(Map::new())
        };
        map.push((key.clone(), empty.into()));
        map.len() - 1
    });
    if let Some((_, node)) = map.get_mut(index) {
        put_in(&mut node.value, rest, value);
    }
}

fn put_in(target: &mut Value, path: &[String], value: &Value) {
    let Some(part) = path.first() else {
        *target = value.clone();
        return;
    };
    match target {
        Value::Map(map) => put(map, path, value),
        Value::List(nodes) => {
            let index = part.trim_matches(['[', ']']).parse::<usize>().ok();
            if let Some(node) = index.and_then(|index| nodes.get_mut(index)) {
                put_in(&mut node.value, path.get(1..).unwrap_or_default(), value);
            }
        }
        Value::Plain(_) | Value::Text(_) => {}
    }
}
