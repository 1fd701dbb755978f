//! What is left in a draft for its author to sort out: both versions of what two people changed, and text that belongs to no
//! section.

use domain::Outline;

use super::Place;
use crate::{
    content::{BEFORE, Content, Fields},
    form::{Field, Form, Section},
    merge::has_both,
    raw,
};

/// Says that text is above the first heading of the form, as a file can have left it there: it would be published there.
pub(super) fn before_sections(content: &Content, fields: &Fields, outline: Outline) -> Vec<Place> {
    let mut parts = fields.parts.iter();
    if !parts.any(|part| part.heading.is_none() && !part.text.trim().is_empty()) {
        return Vec::new();
    }
    let sections = content.form().map(|form| form.sections).unwrap_or_default();
    let is_its_own = |section: &&'static Section| {
        let fields = content.fields_of(section, outline).unwrap_or_default();
        fields.iter().any(|field| field.name == BEFORE.name)
    };
    let place = |section: &'static Section| {
        Place {
        section: section.name,
        title: section.title,
        field: BEFORE.name.to_owned(),
        line: None,
        text: "Readers would see “Text before the first heading” first, as it is: move its parts to where they belong, or remove them".to_owned(),
    }
    };
    sections
        .iter()
        .find(is_its_own)
        .map(place)
        .into_iter()
        .collect()
}

/// Returns the fields in which two people's changes of the same lines are still next to each other.
pub(super) fn with_both_versions(form: &'static Form, fields: &Fields) -> Vec<Place> {
    let has_both = |field: &&Field| {
        let mut front = Vec::new();
        raw::read_field(&fields.front, field, "", &mut front);
        let part = fields.part(field).map(|part| part.text.as_str());
        let mut texts = front.iter().map(|(_, text)| text.as_str()).chain(part);
        texts.any(has_both)
    };
    let of_section = |section: &'static Section| {
        let both = section.fields.iter().filter(has_both);
        both.map(|field| Place {
            section: section.name,
            title: section.title,
            field: field.name.to_owned(),
            line: None,
            text: "Keep one of the two versions, and remove the lines “Saved by” and “Yours”"
                .to_owned(),
        })
    };
    form.sections.iter().flat_map(of_section).collect()
}
