//! What a text has that belongs into an answer.

use super::Place;
use crate::{content::Fields, form::Form};

/// Returns the texts that have what belongs into an answer: a file of Word brings it along under its heading.
pub(super) fn in_texts(form: &'static Form, fields: &Fields) -> Vec<Place> {
    let mut found = Vec::new();
    for section in form.sections {
        for field in section.fields {
            let text = fields.part(field).map_or("", |part| part.text.as_str());
            found.extend(text.lines().filter_map(answer_of).map(|(heading, answer)| Place {
                section: section.name,
                title: section.title,
                field: field.name.to_owned(),
                line: None,
                text: format!(
                    "This text has a heading “{heading}”: everyone can read what is below it. Move it to “{answer}”"
                ),
            }));
        }
    }
    found
}

/// Returns the heading of a line and the section that asks for it, if it is one that people write in a file.
fn answer_of(line: &str) -> Option<(&str, &'static str)> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    match heading.to_lowercase().trim_end_matches(':') {
        "cost" | "costs" => Some((heading, "Cost, time and size")),
        "contact" | "contacts" | "contact details" => Some((heading, "Who to ask")),
        _ => None,
    }
}
