//! What is left in a draft for its author to sort out: both versions of what two people changed, text that belongs to no
//! section, and the promise of a result that may be reported by now.

use domain::Outline;

use super::Place;
use crate::{
    content::{BEFORE, Content, Fields},
    form::{Field, Form, Section},
    merge::has_both,
    raw::{self, Pairs},
};

/// What a promise of a result consists of.
const PROMISE: [&str; 2] = ["expected.what", "expected.by"];
/// The fields besides the texts that report a result.
const REPORTS: [&str; 2] = ["result", "measures"];

/// Says that a result is promised as it was when the page was published, although its texts or figures have changed.
#[must_use]
pub fn promise(published: &Content, content: &Content, outline: Outline) -> Option<Place> {
    let form = content.form()?;
    let (before, now) = (
        published.fields(outline).ok()?,
        content.fields(outline).ok()?,
    );
    let promised =
        |fields: &Fields| PROMISE.map(|key| raw::get(&fields.front, key).map(raw::text_of));
    let held = promised(&now);
    if held.iter().all(Option::is_none) || held != promised(&before) {
        return None;
    }
    let values = |fields: &Fields, field: &Field| {
        let mut pairs = Pairs::new();
        raw::read_field(&fields.front, field, "", &mut pairs);
        let text = fields.part(field).map(|part| part.text.trim().to_owned());
        (pairs, text)
    };
    let all = form.sections.iter().flat_map(|section| section.fields);
    let mut reports = all.filter(|field| field.is_text() || REPORTS.contains(&field.name));
    let is_reported = reports.any(|field| values(&before, field) != values(&now, field));
    let (section, field) = form.field("expected.what").filter(|_| is_reported)?;
    Some(Place {
        section: section.name,
        title: section.title,
        field: field.name.to_owned(),
        line: None,
        text: "The promise of a result is still there: if you report the result with this, remove what you still expect and its day".to_owned(),
    })
}

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
