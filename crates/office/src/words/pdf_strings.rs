//! The strings of a PDF that are not on its pages: notes, forms, titles, addresses, and what it says about itself.

use std::collections::HashSet;

use lopdf::{Document, Object, decode_text_string};

use super::Collected;
use crate::{
    limits::{MAX_TEXT_BYTES, MAX_XML_BYTES},
    refusal::Refusal,
};

/// What a PDF has that is not read.
pub(super) const PICTURES: &str = "pictures within the PDF";
const FILES: &str = "files within the PDF";

/// The deepest nesting of dictionaries and lists that are looked through.
const MAX_OBJECT_DEPTH: usize = 30;

/// Adds the strings of all objects, whatever they are for, and says which files are within the file.
pub(super) fn strings(document: &Document, out: &mut Collected) -> Result<(), Refusal> {
    let mut text = String::new();
    let mut seen = HashSet::new();
    let info = document.trailer.get(b"Info").ok();
    for object in document.objects.values().chain(info) {
        let dictionary = match object {
            Object::Stream(stream) => {
                let kind = stream
                    .dict
                    .get(b"Type")
                    .and_then(Object::as_name)
                    .unwrap_or_default();
                if kind == b"Metadata" {
                    let data = stream
                        .get_plain_content_with_limit(MAX_XML_BYTES / 4)
                        .unwrap_or_default();
                    text.push_str(&without_tags(&String::from_utf8_lossy(&data)));
                    text.push('\n');
                }
                if kind == b"EmbeddedFile" {
                    out.unread(FILES);
                }
                let subtype = stream.dict.get_deref(b"Subtype", document);
                if subtype
                    .and_then(Object::as_name)
                    .is_ok_and(|is| is == b"Image")
                {
                    out.unread(PICTURES);
                }
                Object::Dictionary(stream.dict.clone())
            }
            other => other.clone(),
        };
        // A file is within the PDF by what refers to it: its own type may be left out (ISO 32000-1, table 45).
        if has_files(&dictionary, 0) {
            out.unread(FILES);
        }
        collect(&dictionary, 0, &mut seen, &mut text);
        if text.len() > MAX_TEXT_BYTES {
            return Err(Refusal::TooLarge);
        }
    }
    out.add("notes, forms and properties of the PDF", &text)
}

/// Adds the strings within an object that read as words.
fn collect(object: &Object, depth: usize, seen: &mut HashSet<Vec<u8>>, out: &mut String) {
    if depth > MAX_OBJECT_DEPTH {
        return;
    }
    match object {
        Object::String(bytes, _) => {
            let Ok(words) = decode_text_string(object) else {
                return;
            };
            let is_text = words
                .chars()
                .filter(|c| c.is_control() || *c == '\u{fffd}')
                .count()
                == 0;
            if is_text && words.trim().len() > 2 && seen.insert(bytes.clone()) {
                out.push_str(words.trim());
                out.push('\n');
            }
        }
        Object::Array(items) => items
            .iter()
            .for_each(|item| collect(item, depth + 1, seen, out)),
        Object::Dictionary(dictionary) => {
            for (key, value) in dictionary {
                // Numbers that identify a file, and how it is protected.
                if !matches!(
                    key.as_slice(),
                    b"ID" | b"O" | b"U" | b"OE" | b"UE" | b"Perms"
                ) {
                    collect(value, depth + 1, seen, out);
                }
            }
        }
        _ => {}
    }
}

/// Returns whether an object refers to a file within the PDF.
fn has_files(object: &Object, depth: usize) -> bool {
    if depth > MAX_OBJECT_DEPTH {
        return false;
    }
    match object {
        Object::Array(items) => items.iter().any(|item| has_files(item, depth + 1)),
        Object::Dictionary(dictionary) => {
            dictionary.has(b"EF")
                || dictionary
                    .iter()
                    .any(|(_, value)| has_files(value, depth + 1))
        }
        _ => false,
    }
}

/// Returns the text of XML, roughly: metadata is not worth a refusal.
fn without_tags(xml: &str) -> String {
    let mut out = String::new();
    for part in xml.split('<') {
        let words = part.split_once('>').map_or(part, |(_, words)| words).trim();
        if !words.is_empty() {
            out.push_str(words);
            out.push('\n');
        }
    }
    out
}
