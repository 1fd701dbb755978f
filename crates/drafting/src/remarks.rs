//! What there is to say at once about what was saved: the values that were typed and cannot be published as they are.
//!
//! What is missing is none of it, since its author may still come to it. [`crate::check`] finds the faults.

use domain::Outline;

use crate::{
    check::{Checked, FILE, Place},
    content::Content,
    form::Section,
    state::State,
};

/// What may identify a patient, and needs the reason of an approver to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The kind of data, as reasons name it.
    pub kind: &'static str,
    /// What people call it, as part of a sentence.
    pub label: &'static str,
    /// Where it is, with its value masked.
    pub place: Place,
}

impl Checked {
    /// Returns where there are warnings.
    pub fn warned(&self) -> impl Iterator<Item = &Place> {
        self.warnings.iter().map(|warning| &warning.place)
    }

    /// Adds what would make it better, and takes the sections that it is about for not done.
    pub fn advise(&mut self, places: Vec<Place>) {
        for (section, state) in &mut self.states {
            let is_about = places.iter().any(|place| place.section == section.name);
            if is_about && *state == State::Done {
                *state = State::Started;
            }
        }
        self.advice.splice(0..0, places);
    }
}

/// Returns the faults of what was typed into a section, or of everything for [`FILE`].
#[must_use]
pub fn remarks(
    checked: &Checked,
    content: &Content,
    section: &str,
    outline: Outline,
) -> Vec<Place> {
    let sections = content.form().map(|form| form.sections).unwrap_or_default();
    let is_shown = |held: &&Section| section == FILE || held.name == section;
    let typed: Vec<String> = sections
        .iter()
        .filter(is_shown)
        .flat_map(|section| content.section(section, outline).unwrap_or_default())
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, _)| name)
        .collect();
    let is_typed = |place: &&Place| match place.section {
        // What no field has was typed into the file.
        FILE => section == FILE,
        _ => typed.contains(&place.field),
    };
    checked.faults.iter().filter(is_typed).cloned().collect()
}
