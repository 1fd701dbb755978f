//! Labels: the words that say what the value next to them is.

use crate::{
    lexicon::{self, HOSPITAL, NUMBER_WORD, PATIENT},
    tokens::{Token, Tokens},
};

/// What a label says of the value next to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LabelSort {
    NhsNumber,
    DateOfBirth,
    /// `born`, `b.`: a date follows directly.
    Born,
    HospitalNumber,
    PatientName,
}

/// A label, and the position behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) sort: LabelSort,
    pub(crate) end: usize,
    /// Whether it speaks of several values.
    pub(crate) is_plural: bool,
}

impl LabelSort {
    /// Returns the bit by which a column carries the label.
    pub(crate) const fn bit(self) -> u64 {
        match self {
            Self::NhsNumber => lexicon::HEAD_NHS,
            Self::DateOfBirth => lexicon::HEAD_BIRTH,
            Self::Born => lexicon::HEAD_BORN,
            Self::HospitalNumber => lexicon::HEAD_HOSPITAL,
            Self::PatientName => lexicon::HEAD_NAME,
        }
    }
}

/// Returns the label that begins at a position.
pub(crate) fn at(tokens: &Tokens, index: usize) -> Option<Label> {
    let token = tokens.at(index);
    if !token.is_word() || !(token.is(lexicon::LABEL) || token.len() == 1) {
        return None;
    }
    let word = tokens.text(token);
    let label = |sort, end| {
        Some(Label {
            sort,
            end,
            is_plural: false,
        })
    };
    match word {
        "dob" | "dobs" | "dateofbirth" | "birthdate" | "birthday" | "birthdates" => {
            return label(LabelSort::DateOfBirth, index + 1);
        }
        "born" => return label(LabelSort::Born, index + 1),
        "mrn" | "mrns" | "hospitalnumber" | "hospitalno" | "patientid" | "hospitalid"
        | "patientnumber" | "casenote" | "crn" => {
            let end = behind_number_words(tokens, index + 1).map_or(index + 1, |(end, _)| end);
            let is_plural = word == "mrns";
            return (word != "casenote" || end > index + 1).then_some(Label {
                sort: LabelSort::HospitalNumber,
                end,
                is_plural,
            });
        }
        "nhsnumber" | "nhsno" | "nhsid" => return label(LabelSort::NhsNumber, index + 1),
        "patientname" => return label(LabelSort::PatientName, index + 1),
        _ => {}
    }
    letters(tokens, index)
        .or_else(|| of_birth(tokens, index))
        .or_else(|| numbered(tokens, index))
        .or_else(|| patient_name(tokens, index))
}

/// Reads `D.O.B.`, `D/O/B`, `d o b`, `b.`, `M.R.N.`
fn letters(tokens: &Tokens, index: usize) -> Option<Label> {
    let mut spelled = String::new();
    let mut at = index;
    while spelled.len() < 4 {
        let token = tokens.at(at);
        if !token.is_word() || token.len() != 1 {
            break;
        }
        spelled.push_str(tokens.text(token));
        at += 1;
        if tokens.at(at).is_any_mark("./-") && tokens.at(at).is_glued() {
            at += 1;
        }
    }
    let sort = match spelled.as_str() {
        "dob" => LabelSort::DateOfBirth,
        "mrn" => LabelSort::HospitalNumber,
        "b" if tokens.at(index + 1).is_mark('.') && tokens.before(index).class == 0 => {
            LabelSort::Born
        }
        _ => return None,
    };
    Some(Label {
        sort,
        end: at,
        is_plural: false,
    })
}

/// Reads `date of birth`, `birth date`, `birth day`.
fn of_birth(tokens: &Tokens, index: usize) -> Option<Label> {
    let word = |offset| tokens.word(index + offset);
    let length = match (word(0), word(1), word(2)) {
        ("date" | "dates" | "day", "of", "birth" | "births") => 3,
        ("birth", "date" | "dates" | "day", _) | ("date", "birth", _) => 2,
        _ => return None,
    };
    Some(Label {
        sort: LabelSort::DateOfBirth,
        end: index + length,
        is_plural: word(0) == "dates" || word(1) == "dates",
    })
}

/// Reads `NHS number`, `hospital no.`, `patient ID`, `medical record number`.
fn numbered(tokens: &Tokens, index: usize) -> Option<Label> {
    let first = tokens.at(index);
    let (sort, at) = match (tokens.text(first), tokens.word(index + 1)) {
        ("nhs", _) => (LabelSort::NhsNumber, index + 1),
        ("case", "note" | "notes") => (LabelSort::HospitalNumber, index + 2),
        ("medical" | "health" | "clinical" | "hospital" | "patient", "record" | "records") => {
            (LabelSort::HospitalNumber, index + 2)
        }
        ("local", "patient") => (LabelSort::HospitalNumber, index + 2),
        _ if first.is(HOSPITAL) => (LabelSort::HospitalNumber, index + 1),
        _ => return None,
    };
    let at = skip(tokens, at, |token| token.is_any_mark(".'"));
    let (end, is_plural) = behind_number_words(tokens, at)?;
    Some(Label {
        sort,
        end,
        is_plural,
    })
}

/// Returns the position behind `number`, `no.`, `ID no`, `#`, and whether they are a plural.
fn behind_number_words(tokens: &Tokens, mut index: usize) -> Option<(usize, bool)> {
    let begin = index;
    let mut is_plural = false;
    // `identification number (no.)` is as long as it gets.
    while index < begin + 6 {
        let token = tokens.at(index);
        if token.is(NUMBER_WORD) {
            is_plural |= matches!(
                tokens.text(token),
                "numbers" | "nos" | "ids" | "identifiers"
            );
        } else if !(token.is_mark('#') || (index > begin && token.is_mark('.') && token.is_glued()))
        {
            break;
        }
        index += 1;
    }
    (index > begin).then_some((index, is_plural))
}

/// Reads `patient name`, `patient's name`, `name of the patient`.
fn patient_name(tokens: &Tokens, index: usize) -> Option<Label> {
    let word = |offset| tokens.word(index + offset);
    let is_patient = |offset| tokens.at(index + offset).is(PATIENT);
    let end = match (word(0), word(1), word(2)) {
        (_, "name", _) if is_patient(0) => 2,
        (_, "full" | "first" | "last" | "family" | "given", "name") if is_patient(0) => 3,
        (_, "surname" | "forename", _) if is_patient(0) => 2,
        ("name", "of", _) if is_patient(2) => 3,
        ("name", "of", "the") if is_patient(3) => 4,
        _ => return None,
    };
    Some(Label {
        sort: LabelSort::PatientName,
        end: index + end,
        is_plural: false,
    })
}

/// Returns the first position from `index` on whose token does not pass.
pub(crate) fn skip(tokens: &Tokens, mut index: usize, passes: impl Fn(Token) -> bool) -> usize {
    /// Tokens between a label and its value.
    const MAX_SKIPPED: usize = 24;
    let last = index + MAX_SKIPPED;
    while index < last && passes(tokens.at(index)) {
        index += 1;
    }
    index
}

/// Returns whether a label follows a value and says what it is: `(DOB)`, `is her date of birth`.
pub(crate) fn follows(tokens: &Tokens, last: usize, sort: LabelSort) -> bool {
    let first = tokens.at(last + 1);
    let begins = first.is_any_mark("(=[")
        || matches!(tokens.text(first), "is" | "was" | "as")
        || first.is_mark('-');
    if !begins {
        return false;
    }
    let at_label = skip(tokens, last + 2, |token| {
        matches!(
            tokens.text(token),
            "the"
                | "a"
                | "his"
                | "her"
                | "their"
                | "patient"
                | "patient's"
                | "my"
                | "given"
                | "recorded"
                | "as"
                | "correct"
        ) || token.is_any_mark("->")
    });
    at(tokens, at_label).is_some_and(|label| {
        let behind = tokens.at(label.end);
        label.sort == sort && (behind.is_structure() || behind.is_any_mark(").,;]"))
    })
}
