//! What is still wrong with a draft, each fault with the section and the field that it is about.
//!
//! `domain::front_matter` finds the faults: what has none here can be published.

mod answers;
mod left;

use domain::{
    Document, Fault, Outline,
    front_matter::{self, Parsed},
};
use wire::Date;

use crate::{
    content::{Content, Fields, Text, titled},
    file,
    form::{Field, Form, Section},
    raw,
    remarks::Warning,
    state::State,
    wording,
};

pub use left::promise;

/// The name of the view of the whole draft as one file.
pub const FILE: &str = "file";

/// What a check found.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The document, if nothing is wrong with it.
    pub document: Option<Document>,
    /// What has to be put right before it can be published, in the order of the form.
    pub faults: Vec<Place>,
    /// What would make it better.
    pub advice: Vec<Place>,
    /// What may identify a patient, and needs the reason of an approver to be published. Filled by the one who looks.
    pub warnings: Vec<Warning>,
    /// The state of each section, in the order of the form.
    pub states: Vec<(&'static Section, State)>,
}

/// A fault or a piece of advice, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the section; [`FILE`] for what no section has.
    pub section: &'static str,
    /// What people call the section.
    pub title: &'static str,
    /// The name of the field in the form; empty for the whole section.
    pub field: String,
    /// The line, from 1: of the text of its field for what may identify a patient, and else of the file, if the draft was last typed
    /// as one.
    pub line: Option<u32>,
    /// What to do, as a sentence without a full stop.
    pub text: String,
}

/// What a fault is about, before it has words for people.
struct Found<'a> {
    fault: &'a Fault,
    field: Option<(&'static Section, &'static Field)>,
    name: String,
}

/// Checks a draft as it would be published on `today`.
#[must_use]
pub fn check(content: &Content, today: Date, outline: Outline) -> Checked {
    let Some(form) = content.form() else {
        return unreadable(
            &Fault::new("kind", None, "this kind cannot be written here"),
            &[],
        );
    };
    let fields = match content.fields(outline) {
        Ok(fields) => fields,
        Err(fault) => return unreadable(&fault, form.sections),
    };
    let parsed = parse(content, &fields, outline);
    let later = parsed.as_ref().and_then(|parsed| parsed.held_on(today));
    let mut faults: Vec<Fault> = later.cloned().into_iter().collect();
    faults.extend(late_promise(&fields, today));
    let mut advice = Vec::new();
    let mut document = None;
    if let Some(parsed) = parsed {
        advice = parsed.advice;
        match parsed.document {
            Ok(read) => {
                faults.extend(read.faults_on(today));
                document = Some(read);
            }
            Err(found) => faults.extend(found),
        }
    }
    // A line is of use only where the draft is seen as a file.
    if !content.is_file() {
        let both = faults.iter_mut().chain(&mut advice);
        both.for_each(|fault| fault.line = None);
    }
    let places = Places {
        form,
        fields: &fields,
        is_file: content.is_file(),
    };
    let mut faults = places.faults(&faults);
    places.add_missing(&mut faults);
    places.sort(&mut faults);
    let mut advice = places.advice(&advice, &faults);
    places.sort(&mut advice);
    let states = form.sections.iter();
    let mut checked = Checked {
        document: document.filter(|_| faults.is_empty()),
        states: states
            .map(|section| (section, places.state(section, &faults)))
            .collect(),
        faults,
        advice,
        warnings: Vec::new(),
    };
    checked.refuse(left::with_both_versions(form, &fields));
    checked.advise(answers::in_texts(form, &fields));
    checked.advise(left::before_sections(content, &fields, outline));
    checked
}

impl Checked {
    /// Adds a fault of the whole document, which keeps it from being published.
    pub fn refuse_fault(&mut self, content: &Content, fault: &Fault, outline: Outline) {
        let (Some(form), Ok(fields)) = (content.form(), content.fields(outline)) else {
            return;
        };
        let places = Places {
            form,
            fields: &fields,
            is_file: content.is_file(),
        };
        let found = places.find(fault);
        self.refuse(vec![places.place(&found)]);
    }

    /// Adds what must not be published, whatever else is right.
    pub fn refuse(&mut self, places: Vec<Place>) {
        if places.is_empty() {
            return;
        }
        self.document = None;
        for (section, state) in &mut self.states {
            if places.iter().any(|place| place.section == section.name) {
                *state = State::Problem;
            }
        }
        self.faults.splice(0..0, places);
    }
}

/// Says that a result is promised by a day that has come: readers could only see that the promise was not kept.
fn late_promise(fields: &Fields, today: Date) -> Option<Fault> {
    let by = raw::text_of(raw::get(&fields.front, "expected.by")?);
    let by = metadata::times::date(&by)?;
    (by <= today).then(|| {
        let text = "`expected.by` has come; write a day after today, or report the result and leave the promise out";
        Fault::new("expected.by", None, text)
    })
}

/// Reads the draft as the file that it is.
fn parse(content: &Content, fields: &Fields, outline: Outline) -> Option<Parsed> {
    let (front, body, line) = match &content.text {
        Text::Fields(_) => {
            let front = fields.front_of(&content.kind);
            (front, file::join(&fields.parts).0, 1)
        }
        Text::File(text) => {
            let (mut front, body) = titled(&content.kind, text).ok()?;
            if raw::get(&front, "kind").is_none() {
                front = Fields {
                    front,
                    parts: fields.parts.clone(),
                }
                .front_of(&content.kind);
            }
            let before = text.len().checked_sub(body.len())?;
            let lines = text.get(..before)?.matches('\n').count() + 1;
            (front, body.to_owned(), u32::try_from(lines).ok()?)
        }
    };
    Some(front_matter::parse_parts(&front, &body, line, "", outline))
}

/// Reports a file whose front matter cannot be read, so that no section can be shown.
fn unreadable(fault: &Fault, sections: &'static [Section]) -> Checked {
    Checked {
        document: None,
        faults: vec![Place {
            section: FILE,
            title: "The file",
            field: String::new(),
            line: fault.line,
            text: wording::sentence(&fault.text),
        }],
        advice: Vec::new(),
        warnings: Vec::new(),
        states: sections
            .iter()
            .map(|section| (section, State::NotStarted))
            .collect(),
    }
}

/// Finds where on the form a fault is.
struct Places<'a> {
    form: &'static Form,
    fields: &'a Fields,
    /// Whether the draft was last typed as one file.
    is_file: bool,
}

impl Places<'_> {
    fn faults(&self, faults: &[Fault]) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for fault in faults {
            // The title of an observation is made of its text. Where that is not written yet, it has a fault itself.
            let is_empty = self.makes_title() && self.fields.title().is_empty();
            let is_unwritten = is_empty && faults.iter().any(|other| other.field == "body");
            if fault.field == "title" && is_unwritten {
                continue;
            }
            let found = self.find(fault);
            let place = self.place(&found);
            // Two faults of one field with the same words are one for its author.
            let is_same = |held: &&Place| held.field == place.field && held.text == place.text;
            if !places.iter().any(|held| is_same(&held)) {
                places.push(place);
            }
        }
        places
    }

    /// Advice about what has a fault already would say the same twice.
    fn advice(&self, advice: &[Fault], faults: &[Place]) -> Vec<Place> {
        let each = self.faults(advice).into_iter();
        each.filter(|place| !faults.iter().any(|fault| fault.field == place.field))
            .collect()
    }

    fn find<'f>(&self, fault: &'f Fault) -> Found<'f> {
        let name = wording::form_name(&fault.field);
        let field = match wording::quoted_heading(fault) {
            Some(heading) => self.text_field(heading),
            None if fault.field == "body" => self.first_text(),
            None => self
                .form
                .field(&name)
                .or_else(|| self.first_of_group(&name)),
        };
        let name = match field {
            Some((_, field)) if field.is_text() => field.name.to_owned(),
            Some((_, field)) if !name.starts_with(field.name) => field.name.to_owned(),
            Some(_) | None => name,
        };
        Found { fault, field, name }
    }

    fn place(&self, found: &Found<'_>) -> Place {
        let fault = found.fault;
        let Some((section, field)) = found.field else {
            return Place {
                section: FILE,
                title: "The file",
                field: String::new(),
                line: fault.line,
                text: wording::sentence(&fault.text),
            };
        };
        let is_empty = self.is_empty(field);
        let text = match field.missing {
            Some(missing) if is_empty => missing.to_owned(),
            _ => wording::say(fault, field, &found.name, self.is_file),
        };
        Place {
            section: section.name,
            title: section.title,
            field: found.name.clone(),
            line: fault.line,
            text,
        }
    }

    fn text_field(&self, heading: &str) -> Option<(&'static Section, &'static Field)> {
        let mut each = self.all();
        each.find(|(_, field)| {
            field
                .heading()
                .is_some_and(|held| file::fold(held) == file::fold(heading))
        })
    }

    fn first_text(&self) -> Option<(&'static Section, &'static Field)> {
        self.all().find(|(_, field)| field.is_text())
    }

    /// Returns the first field of a group of keys that is missing as a whole.
    fn first_of_group(&self, name: &str) -> Option<(&'static Section, &'static Field)> {
        let inner = |held: &str| {
            held.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        self.all().find(|(_, field)| inner(field.name))
    }

    /// Returns whether a missing title is made of the text.
    fn makes_title(&self) -> bool {
        let (_, title) = self.form.field("title").unzip();
        title.is_some_and(|title| title.missing.is_none())
    }

    fn all(&self) -> impl Iterator<Item = (&'static Section, &'static Field)> {
        let sections = self.form.sections.iter();
        sections.flat_map(|section| section.fields.iter().map(move |field| (section, field)))
    }

    /// Adds what the form asks for and a file may leave out: a title of a page.
    fn add_missing(&self, faults: &mut Vec<Place>) {
        for (section, field) in self.all() {
            let Some(missing) = field.missing.filter(|_| self.is_empty(field)) else {
                continue;
            };
            let is_advice = field.is_text() && self.form.headings().count() > 2;
            if is_advice || faults.iter().any(|fault| fault.field == field.name) {
                continue;
            }
            faults.push(Place {
                section: section.name,
                title: section.title,
                field: field.name.to_owned(),
                line: None,
                text: missing.to_owned(),
            });
        }
    }

    fn is_empty(&self, field: &Field) -> bool {
        if field.is_text() {
            let part = self.fields.part(field);
            return part.is_none_or(|part| part.text.trim().is_empty());
        }
        raw::get(&self.fields.front, field.name).is_none()
    }

    /// Puts the faults in the order of the form.
    fn sort(&self, faults: &mut [Place]) {
        let names: Vec<&str> = self.all().map(|(_, field)| field.name).collect();
        faults.sort_by_key(|fault| {
            let held = self.form.field(&fault.field);
            let index =
                held.and_then(|(_, field)| names.iter().position(|name| *name == field.name));
            (index.unwrap_or(usize::MAX), fault.line)
        });
    }

    fn state(&self, section: &'static Section, faults: &[Place]) -> State {
        let is_empty = section.fields.iter().all(|field| self.is_empty(field));
        if is_empty {
            return if section.is_required() {
                State::NotStarted
            } else {
                State::Optional
            };
        }
        let mut own = faults.iter().filter(|fault| fault.section == section.name);
        let is_missing = |fault: &Place| {
            let field = self.form.field(&fault.field);
            field.is_some_and(|(_, field)| field.missing.is_some() && self.is_empty(field))
        };
        let unfilled = section
            .fields
            .iter()
            .any(|field| field.missing.is_some() && self.is_empty(field));
        if own.clone().any(|fault| !is_missing(fault)) {
            State::Problem
        } else if own.next().is_some() || unfilled {
            State::Started
        } else {
            State::Done
        }
    }
}

#[cfg(test)]
mod tests;
