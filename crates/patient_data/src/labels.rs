//! Labels: the words that say what the value next to them is.

use crate::{
    lexicon::{self, CHANGE, GIVEN_NAME, HOSPITAL, NUMBER_WORD, PROJECT, SURNAME},
    name_label,
    tokens::{Gap, Shape, Token, Tokens},
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
    /// Whether it can count what it names: `patient numbers`.
    pub(crate) is_count: bool,
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

/// Finds all labels once: most words begin none.
pub(crate) fn mark(tokens: &mut Tokens) {
    let may_begin = |token: &Token| token.is(lexicon::LABEL) || token.len() == 1;
    let labels: Vec<usize> = tokens
        .words()
        .filter(|(index, token)| may_begin(token) && find(tokens, *index).is_some())
        .map(|(index, _)| index)
        .collect();
    for index in labels {
        tokens.set_label(index);
    }
}

/// Returns the label that begins at a position.
pub(crate) fn at(tokens: &Tokens, index: usize) -> Option<Label> {
    tokens.at(index).is_label.then(|| find(tokens, index))?
}

fn find(tokens: &Tokens, index: usize) -> Option<Label> {
    let token = tokens.at(index);
    let word = tokens.text(token);
    let label = |sort, end| {
        Some(Label {
            sort,
            end,
            is_plural: false,
            is_count: false,
        })
    };
    match word {
        "dob" | "dobs" | "bday" | "patientdob" | "ptdob" | "dateofbirth" | "birthdate"
        | "birthday" | "birthdates" | "birthtime" => {
            return label(LabelSort::DateOfBirth, index + 1);
        }
        "born" | "geboren" | "nacido" | "nacida" | "nato" | "nata" | "ganwyd" | "anwyd" => {
            return label(LabelSort::Born, index + 1);
        }
        // `né le 3 mars`
        "ne" | "nee" if tokens.word(index + 1) == "le" => {
            return label(LabelSort::Born, index + 2);
        }
        "geburtsdatum" | "geburtstag" | "geboortedatum" => {
            return label(LabelSort::DateOfBirth, index + 1);
        }
        "geb" if tokens.at(index + 1).is_any_mark(".:") => {
            return label(LabelSort::DateOfBirth, index + 1);
        }
        // The process of a computer has one, too.
        "pid" if tokens.at(index + 1).is_any_mark(":=#") || is_of_patient(tokens, index) => {
            return label(LabelSort::HospitalNumber, index + 1);
        }
        "mrn" | "mrns" | "hospitalnumber" | "hospitalno" | "patientid" | "hospitalid"
        | "patientnumber" | "casenote" | "crn" | "hospno" | "hospnumber" | "hospid" | "mrnno"
        | "patientno" | "ptid" | "ptno" => {
            let end = behind_number_words(tokens, index + 1).map_or(index + 1, |(end, _)| end);
            let is_plural = word == "mrns";
            return (word != "casenote" || end > index + 1).then_some(Label {
                sort: LabelSort::HospitalNumber,
                end,
                is_plural,
                is_count: false,
            });
        }
        "nhsnumber" | "nhsno" | "nhsid" => return label(LabelSort::NhsNumber, index + 1),
        "patientname" => return label(LabelSort::PatientName, index + 1),
        _ => {}
    }
    letters(tokens, index)
        .or_else(|| of_birth(tokens, index))
        .or_else(|| without_number_word(tokens, index))
        .or_else(|| numbered(tokens, index))
        .or_else(|| name_label::at(tokens, index))
}

/// Reads `D.O.B.`, `D/O/B`, `d o b`, `b.`, `M.R.N.`
fn letters(tokens: &Tokens, index: usize) -> Option<Label> {
    let mut spelled = String::new();
    let mut at = index;
    while spelled.len() < 3 {
        let token = tokens.at(at);
        // A 0 that a scan has read for the letter: `D0B`.
        let is_scanned = spelled == "d" && token.is_glued() && tokens.text(token) == "0";
        if token.len() != 1 || !(token.is_word() || is_scanned) {
            break;
        }
        spelled.push_str(if is_scanned { "o" } else { tokens.text(token) });
        at += 1;
        if tokens.at(at).is_any_mark("./-") && tokens.at(at).is_glued() {
            at += 1;
        }
    }
    let sort = match spelled.as_str() {
        "dob" => LabelSort::DateOfBirth,
        "mrn" => LabelSort::HospitalNumber,
        "b" if tokens.at(index + 1).is_mark('.')
            && may_precede_born(tokens, index)
            && !is_second_item(tokens, index) =>
        {
            LabelSort::Born
        }
        _ => return None,
    };
    Some(Label {
        sort,
        end: at,
        is_plural: false,
        is_count: false,
    })
}

/// Whether the word before `b.` allows it to mean "born": a name does, but not before a capital, which is an initial.
fn may_precede_born(tokens: &Tokens, index: usize) -> bool {
    let before = tokens.before(index);
    let is_small = tokens.at(index).shape == Shape::Lower;
    before.class == 0 || is_small && before.is(GIVEN_NAME | SURNAME)
}

/// Whether `b.` is the letter of an item: the one before it begins with `a.`
fn is_second_item(tokens: &Tokens, index: usize) -> bool {
    /// Tokens of an item.
    const MAX_ITEM: usize = 200;
    let begins = |at: usize| {
        let before = tokens.before(at);
        tokens.at(at).gap == Gap::Line || before.is_structure() || before.is_mark(';')
    };
    // `A. Smith` and, below it, `b. 3 May 1951` are no items.
    let shape = tokens.at(index).shape;
    let is_first = |at: usize| {
        tokens.word(at) == "a"
            && tokens.at(at).shape == shape
            && tokens.at(at + 1).is_mark('.')
            && begins(at)
    };
    begins(index) && (index.saturating_sub(MAX_ITEM)..index).rev().any(is_first)
}

/// Whether a label has other meanings: projects have initiation documents, companies and networks of research numbers.
pub(crate) fn is_weak(tokens: &Tokens, index: usize) -> bool {
    matches!(tokens.word(index), "pid" | "crn")
}

/// Whether `birth` is the name of a field: `Birth: 3 May 1951`, but not `place of birth:`.
fn is_field(tokens: &Tokens, index: usize) -> bool {
    let before = tokens.before(index);
    tokens.at(index + 1).is_mark(':') && tokens.at(index + 1).is_glued() && !before.is_word()
}

/// Whether what follows `PID` has letters and digits, as no process has.
fn is_of_patient(tokens: &Tokens, index: usize) -> bool {
    let (letters, digits) = (tokens.at(index + 1), tokens.at(index + 2));
    tokens.at(index).shape == Shape::Upper
        && letters.is_word()
        && letters.len() <= 2
        && digits.is_number()
        && digits.is_glued()
}

/// Returns the word that is `count` words behind a position, and its position. Words of a label are separated by spaces or
/// by hyphens.
fn nth(tokens: &Tokens, index: usize, count: usize) -> (&str, usize) {
    let mut at = index;
    for _ in 0..count {
        at += 1;
        let mark = tokens.at(at);
        at += usize::from(mark.is_mark('-') && mark.is_glued() && tokens.at(at + 1).is_glued());
    }
    (tokens.word(at), at)
}

/// Reads `date of birth`, `birth date`, `birth day`.
fn of_birth(tokens: &Tokens, index: usize) -> Option<Label> {
    let word = |count| nth(tokens, index, count).0;
    let last = match (word(0), word(1), word(2)) {
        (
            "date" | "dates" | "day",
            "of",
            "birth" | "births" | "bith" | "brith" | "brth" | "birh" | "blrth",
        ) => 2,
        ("birth", "date" | "dates" | "day", _) | ("date", "birth", _) => 1,
        ("birth", ..) if is_field(tokens, index) => 0,
        ("date", "de", "naissance")
        | ("fecha", "de", "nacimiento")
        | ("data", "di", "nascita")
        | ("data", "de", "nascimento") => 2,
        ("data", "urodzenia" | "nasterii", _) | ("dyddiad", "geni", _) | ("dogum", "tarihi", _) => {
            1
        }
        _ => return None,
    };
    Some(Label {
        sort: LabelSort::DateOfBirth,
        end: nth(tokens, index, last).1 + 1,
        is_plural: word(0) == "dates" || word(1) == "dates",
        is_count: false,
    })
}

/// Reads `H/N`, and `rhif ysbyty`, which is Welsh for hospital number. Neither needs a word for a number behind it.
fn without_number_word(tokens: &Tokens, index: usize) -> Option<Label> {
    let is_h_n = tokens.word(index) == "h"
        && tokens.at(index + 1).is_any_mark("/.")
        && tokens.word(index + 2) == "n";
    let (second, behind) = nth(tokens, index, 1);
    let is_welsh = tokens.word(index) == "rhif" && second == "ysbyty";
    (is_h_n || is_welsh).then_some(Label {
        sort: LabelSort::HospitalNumber,
        end: if is_h_n { index + 3 } else { behind + 1 },
        is_plural: false,
        is_count: true,
    })
}

/// Reads `NHS number`, `hospital no.`, `patient ID`, `medical record number`.
fn numbered(tokens: &Tokens, index: usize) -> Option<Label> {
    let first = tokens.at(index);
    let (second, behind) = nth(tokens, index, 1);
    let (sort, at) = match (tokens.text(first), second) {
        ("nhs", _) => (LabelSort::NhsNumber, index + 1),
        ("k" | "trust" | "ed" | "encounter" | "spell" | "episode" | "lcr" | "casenote", _) => {
            (LabelSort::HospitalNumber, index + 1)
        }
        ("case", "note" | "notes") | ("local", "patient") => {
            (LabelSort::HospitalNumber, behind + 1)
        }
        ("medical" | "health" | "clinical" | "hospital" | "patient", "record" | "records") => {
            (LabelSort::HospitalNumber, behind + 1)
        }
        // Health and Care numbers of Northern Ireland, and CHI numbers of Scotland, which need no word for a number.
        ("h", _) if tokens.at(index + 1).is_mark('&') && tokens.word(index + 2) == "c" => {
            (LabelSort::HospitalNumber, index + 3)
        }
        ("chi", _) if has_ten_digits(tokens, index + 1) => {
            return Some(Label {
                sort: LabelSort::HospitalNumber,
                end: index + 1,
                is_plural: false,
                is_count: false,
            });
        }
        ("hospital" | "patient", "registration" | "reg" | "attendance") => {
            (LabelSort::HospitalNumber, behind + 1)
        }
        _ if first.is(HOSPITAL) => (LabelSort::HospitalNumber, index + 1),
        _ => return None,
    };
    let at = skip(tokens, at, |token| {
        token.is_any_mark(".'-") && token.is_glued()
    });
    let (end, is_plural) = behind_number_words(tokens, at)?;
    let counts = matches!(tokens.word(at), "numbers" | "number" | "no" | "nos" | "num");
    let is_count = match tokens.text(first) {
        "patient" | "pt" | "hospital" | "inpatient" | "outpatient" => is_plural && counts,
        // Only what has the form of an identifier is one: trusts and episodes are counted, too.
        "k" | "trust" | "ed" | "encounter" | "spell" | "episode" | "lcr" => true,
        _ => false,
    };
    Some(Label {
        sort,
        end,
        is_plural,
        is_count,
    })
}

/// Whether ten digits follow, behind a colon or alone.
fn has_ten_digits(tokens: &Tokens, index: usize) -> bool {
    let at = skip(tokens, index, |token| token.is_any_mark(":=#"));
    tokens.at(at).is_number() && tokens.at(at).len() == 10
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
    // `03/04/1956 DOB`
    if let Some(label) = at(tokens, last + 1)
        && !first.is_structure()
    {
        let behind = tokens.at(label.end);
        return label.sort == sort && (behind.is_structure() || behind.is_any_mark(").,;]"));
    }
    let is_verb = matches!(tokens.text(first), "is" | "was");
    let begins = first.is_any_mark("(=[")
        || matches!(tokens.text(first), "is" | "was" | "as")
        || first.is_mark('-');
    if !begins {
        return false;
    }
    let at_label = skip(tokens, last + 2, |token| {
        // `patient ID` begins with a word that can also be before a label.
        if token.is_label {
            return false;
        }
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
                | "not"
                | "valid"
                | "an"
                | "invalid"
        ) || token.is_any_mark("->")
    });
    at(tokens, at_label).is_some_and(|label| {
        let behind = tokens.at(label.end);
        let is_end = behind.is_structure() || behind.is_any_mark(").,;]");
        // `is the date of birth check` speaks of another date.
        let is_said = is_verb && !behind.is(CHANGE | PROJECT);
        label.sort == sort && (is_end || is_said)
    })
}
