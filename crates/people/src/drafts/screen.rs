//! Looks for patient data in a draft, field by field, as it was typed.
//!
//! What blocks is a fault of its field. What warns is shown, and published only with the reason of the one who approves.

use drafting::{Checked, Content, Place, Warning, check};
use patient_data::{Finding, Kind, Part, Severity, Values};

use super::outline;

/// A value that was typed, and where.
struct Typed {
    section: &'static str,
    title: &'static str,
    field: String,
    text: String,
    is_text: bool,
}

/// Adds what looks like patient data to what a check found.
pub(super) fn screen(content: &Content, checked: &mut Checked) {
    let mut blocks = Vec::new();
    for Found {
        severity,
        kind,
        place,
    } in find(content)
    {
        match severity {
            Severity::Block => blocks.push(place),
            Severity::Warn => checked.warnings.push(warning(kind, place)),
        }
    }
    checked.refuse(blocks);
}

/// Returns what looks like patient data.
pub(super) fn findings(content: &Content) -> Vec<Place> {
    find(content).into_iter().map(|found| found.place).collect()
}

/// Gives places in the text of a section the lines of the whole file, for someone who sees that.
#[must_use]
pub fn in_file(content: &Content, mut places: Vec<Place>) -> Vec<Place> {
    for place in &mut places {
        if let Some(line) = place.line.filter(|_| place.section != check::FILE) {
            place.line = content.line_in_file(&place.field, line, outline);
        }
    }
    places
}

/// Returns what needs a reason for its kind.
pub(crate) fn warning(kind: Kind, place: Place) -> Warning {
    Warning {
        kind: kind.as_str(),
        label: kind.label(),
        place,
    }
}

/// What was found in a field.
struct Found {
    severity: Severity,
    kind: Kind,
    place: Place,
}

fn find(content: &Content) -> Vec<Found> {
    let typed = typed(content);
    let parts: Vec<Part<'_>> = typed.iter().map(part).collect();
    let findings = patient_data::check(&parts);
    let is_in_field = |finding: &Finding| {
        let held =
            |other: &&Finding| other.severity == finding.severity && other.text() == finding.text();
        let in_field = |other: &&Finding| !is_file(typed.get(other.place.index));
        findings.iter().filter(in_field).any(|other| held(&other))
    };
    let found = |finding: &Finding| {
        let from = typed.get(finding.place.index);
        // The whole file is looked at for the keys that no field has. What a field has too is named there, once.
        if is_file(from) && is_in_field(finding) {
            return None;
        }
        Some(Found {
            severity: finding.severity,
            kind: finding.kind,
            place: place(from?, finding)?,
        })
    };
    findings.iter().filter_map(found).collect()
}

/// Returns the values of what looks like patient data.
pub(crate) fn values(content: &Content) -> Values {
    let typed = typed(content);
    let parts: Vec<Part<'_>> = typed.iter().map(part).collect();
    Values::new(&parts, &patient_data::check(&parts))
}

fn is_file(typed: Option<&Typed>) -> bool {
    typed.is_some_and(|typed| typed.section == check::FILE)
}

fn part(typed: &Typed) -> Part<'_> {
    if typed.is_text {
        return Part {
            first_line: Some(1),
            ..Part::body(&typed.text, 1)
        };
    }
    Part::value(typed.field.clone(), &typed.text, None)
}

/// Returns everything that was typed; a file that cannot be read is one text, and so is what no field has.
fn typed(content: &Content) -> Vec<Typed> {
    let mut all = Vec::new();
    let sections = content.form().map(|form| form.sections).unwrap_or_default();
    for section in sections {
        let (Ok(pairs), Ok(fields)) = (
            content.section(section, outline),
            content.fields_of(section, outline),
        ) else {
            return vec![whole(content)];
        };
        all.extend(pairs.into_iter().map(|(name, text)| {
            Typed {
                section: section.name,
                title: section.title,
                is_text: fields
                    .iter()
                    .any(|field| field.is_text() && field.name == name),
                field: name,
                text,
            }
        }));
    }
    if content
        .other_keys(outline)
        .is_none_or(|keys| !keys.is_empty())
    {
        all.push(whole(content));
    }
    all
}

fn whole(content: &Content) -> Typed {
    Typed {
        section: check::FILE,
        title: "The file",
        field: String::new(),
        text: content.file(),
        is_text: true,
    }
}

fn place(typed: &Typed, finding: &Finding) -> Option<Place> {
    Some(Place {
        section: typed.section,
        title: typed.title,
        field: typed.field.clone(),
        line: finding.place.line.filter(|_| typed.is_text),
        text: drafting::sentence(&finding.text_in_draft()),
    })
}
