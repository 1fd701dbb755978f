//! The text of a draft by paragraphs, each of which a reviewer can comment on.

use drafting::{Field, Note, Notes, paragraphs};
use people::drafts::{LinkNames, Opened, outline};

use crate::sent::Sent;

/// A part of the text with its paragraphs, each of which can be commented on.
#[derive(Debug, Clone)]
pub(crate) struct TextView {
    pub(crate) label: &'static str,
    pub(crate) html: String,
    pub(crate) paragraphs: Vec<ParagraphView>,
}

#[derive(Debug, Clone)]
pub(crate) struct ParagraphView {
    pub(crate) name: String,
    pub(crate) quote: String,
    pub(crate) comment: String,
}

/// Returns the comments that were typed, each with the first words of its paragraph.
pub(super) fn notes_of(opened: &Opened, sent: &Sent) -> Notes {
    let mut notes = Notes {
        comment: sent.get("comment").trim().to_owned(),
        notes: Vec::new(),
    };
    for (field, text) in texts(opened) {
        for (index, quote) in paragraphs(&text).into_iter().enumerate() {
            let comment = sent.get(&comment_name(field, index)).trim();
            if !comment.is_empty() {
                notes.notes.push(Note {
                    field: field.name.to_owned(),
                    quote,
                    text: comment.to_owned(),
                });
            }
        }
    }
    notes
}

fn comment_name(field: &Field, index: usize) -> String {
    format!("comment.{}.{index}", field.name)
}

/// Returns the parts of the text.
fn texts(opened: &Opened) -> Vec<(&'static Field, String)> {
    let content = &opened.content;
    let sections = content.form().map(|form| form.sections).unwrap_or_default();
    let mut texts = Vec::new();
    for section in sections {
        let fields = content.fields_of(section, outline).unwrap_or_default();
        let pairs = content.section(section, outline).unwrap_or_default();
        for field in fields.into_iter().filter(|field| field.is_text()) {
            let text = pairs.iter().find(|(name, _)| name == field.name);
            texts.extend(text.map(|(_, text)| (field, text.clone())));
        }
    }
    texts
}

/// Returns the parts of the text with what was typed about their paragraphs.
pub(super) fn text_views(opened: &Opened, sent: &Sent, names: &LinkNames) -> Vec<TextView> {
    let view = |(field, text): (&'static Field, String)| TextView {
        label: field.label,
        html: names.render(&text, None).html,
        paragraphs: paragraphs(&text)
            .into_iter()
            .enumerate()
            .map(|(index, quote)| {
                let name = comment_name(field, index);
                ParagraphView {
                    quote: markdown::visible(&quote).into_owned(),
                    comment: sent.get(&name).to_owned(),
                    name,
                }
            })
            .collect(),
    };
    texts(opened).into_iter().map(view).collect()
}
