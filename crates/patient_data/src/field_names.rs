//! Names of fields in programs, whose words are joined by capitals: `patientDateOfBirth`, `unitNumber`.

use std::ops::Range;

use crate::{
    labels::{self, Label, LabelSort},
    lexicon::{self, PATIENT, PERSON},
    tokens::{Gap, Tokens},
};

/// The longest name, in bytes.
const MAX_NAME: usize = 64;

/// Returns where the words of a name of ASCII letters are, if they end in a label. A name that is a word of its own is one.
pub(crate) fn words(name: &str) -> Option<Vec<Range<usize>>> {
    let bytes = name.as_bytes();
    let is_joined = bytes.iter().skip(1).any(u8::is_ascii_uppercase)
        && bytes.iter().any(u8::is_ascii_lowercase);
    if !is_joined || name.len() > MAX_NAME || lexicon::class(&name.to_ascii_lowercase()) != 0 {
        return None;
    }
    let words = split(bytes);
    ends_in_label(name, &words).then_some(words)
}

/// Splits a name before each capital that is behind a small letter, or before one.
fn split(name: &[u8]) -> Vec<Range<usize>> {
    let is =
        |at: Option<usize>, test: fn(&u8) -> bool| at.and_then(|at| name.get(at)).is_some_and(test);
    let begins = |at: &usize| {
        is(Some(*at), u8::is_ascii_uppercase)
            && (is(at.checked_sub(1), u8::is_ascii_lowercase)
                || is(Some(at + 1), u8::is_ascii_lowercase))
    };
    let mut words = Vec::new();
    let mut begin = 0;
    for end in (1..name.len()).filter(begins).chain([name.len()]) {
        words.push(begin..end);
        begin = end;
    }
    words
}

fn ends_in_label(name: &str, words: &[Range<usize>]) -> bool {
    let mut tokens = Tokens::default();
    for word in words {
        let text = name.get(word.clone()).unwrap_or_default();
        tokens.push_word(Gap::Space, false, text, false, word.clone());
    }
    tokens.classify(lexicon::class);
    labels::mark(&mut tokens);
    (0..words.len()).any(|index| {
        labels::at(&tokens, index)
            .is_some_and(|label| label.end == words.len() && is_of_patient(&tokens, index, label))
    })
}

/// Whether a label is one of a patient, by what is in the name: `unitId` and `orgUnitNumber` are those of an organisation.
fn is_of_patient(tokens: &Tokens, index: usize, label: Label) -> bool {
    match label.sort {
        LabelSort::DateOfBirth | LabelSort::NhsNumber => true,
        LabelSort::Born => false,
        LabelSort::HospitalNumber | LabelSort::PatientName => {
            let is_owner = |at: usize| {
                tokens.at(at).is(PERSON)
                    || matches!(tokens.word(at), "local" | "current" | "subject" | "client")
            };
            let is_record = |at: usize| {
                tokens.at(at).is(PATIENT)
                    || matches!(
                        tokens.word(at),
                        "medical" | "health" | "clinical" | "casenote" | "mrn"
                    )
            };
            let is_number = matches!(
                tokens.word(label.end.saturating_sub(1)),
                "number" | "numbers" | "no" | "num"
            );
            (0..index).all(is_owner) && (is_number || (index..label.end).any(is_record))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_if_its_words_end_in_a_label() {
        for (name, expected) in [
            ("patientDateOfBirth", "patient Date Of Birth"),
            ("PersonBirthDate", "Person Birth Date"),
            ("employeeDOB", "employee DOB"),
            ("patientNHSNumber", "patient NHS Number"),
            ("LocalPatientIdentifier", "Local Patient Identifier"),
            ("medicalRecordNumber", "medical Record Number"),
            ("unitNumber", "unit Number"),
            ("patientSurname", "patient Surname"),
            ("unitId", ""),
            ("orgUnitNumber", ""),
            ("hospitalSiteId", ""),
            ("patientDateOfBirthIsValid", ""),
            ("dateOfBirth", ""),
            ("SystmOne", ""),
            ("McDonald", ""),
            ("NUMBER", ""),
            ("number", ""),
        ] {
            let words = words(name).unwrap_or_default();
            let words: Vec<&str> = words
                .into_iter()
                .map(|word| name.get(word).unwrap())
                .collect();
            assert_eq!(words.join(" "), expected, "{name}");
        }
    }
}
