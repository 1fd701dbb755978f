//! Labels of names: `patient name`, or `Name:` in a form with other fields of a patient.

use crate::{
    labels::{Label, LabelSort},
    lexicon::PATIENT,
    tokens::Tokens,
};

/// Reads `patient name`, `patient's name`, `name of the patient`.
pub(crate) fn at(tokens: &Tokens, index: usize) -> Option<Label> {
    let word = |offset| tokens.word(index + offset);
    let is_patient = |offset| tokens.at(index + offset).is(PATIENT);
    let end = match (word(0), word(1), word(2)) {
        (_, "name", _) if is_patient(0) => 2,
        (_, "full" | "first" | "last" | "family" | "given", "name") if is_patient(0) => 3,
        (_, "surname" | "forename", _) if is_patient(0) => 2,
        ("name", "of", _) if is_patient(2) => 3,
        ("name", "of", "the") if is_patient(3) => 4,
        ("enw'r", "claf", _) => 2,
        ("enw", "y", "claf") => 3,
        // `Name: Jane Ellis`, `Surname: Ellis Forename: Jane` with what else identifies a patient.
        ("name" | "surname" | "forename", ..)
            if tokens.at(index + 1).is_mark(':') && is_in_form(tokens, index + 2) =>
        {
            1
        }
        _ => return None,
    };
    Some(Label {
        sort: LabelSort::PatientName,
        end: index + end,
        is_plural: false,
        is_count: false,
    })
}

/// Whether another field of a patient follows within a few words: `Forename:`, `DOB:`, `Ward:`.
fn is_in_form(tokens: &Tokens, index: usize) -> bool {
    /// Tokens of a name before the next field.
    const MAX_NAME: usize = 5;
    (index + 1..index + MAX_NAME).any(|at| {
        let is_field = matches!(
            tokens.word(at),
            "surname" | "forename" | "dob" | "nhs" | "mrn" | "ward" | "bed" | "hospital"
        );
        is_field && (tokens.at(at + 1).is_mark(':') || tokens.at(at + 2).is_mark(':'))
    })
}
