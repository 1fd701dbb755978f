//! What is said of patients in the sentence of a name: a condition, a drug, pain. It is said of the bearer unless the sentence
//! goes on about work before.

use super::{
    Name,
    clinical::{is_of_others, is_work},
};
use crate::{
    lexicon::{
        CLINICAL, CONDITION, HAPPENED, PEOPLE, PROJECT, RELATIVE, STRONG_EVENT, TITLE, TREATMENT,
        WEAK_CONDITION,
    },
    sentences,
    tokens::{Shape, Tokens},
};

/// Tokens of a sentence on either side of a name.
const MAX_TOKENS: usize = 20;

/// Whether the sentence of a name says of its bearer what is said of patients.
pub(super) fn is_patient(tokens: &Tokens, name: Name) -> bool {
    has_behind(tokens, name) || has_before(tokens, name) || is_with_family(tokens, name)
}

/// `The nurse gave Mr Ellis the wrong dose`, `Mrs Ellis could not use the kiosk because she is blind`
fn has_behind(tokens: &Tokens, name: Name) -> bool {
    let mut is_of_work = false;
    for at in name.end..name.end + MAX_TOKENS {
        let token = tokens.at(at);
        if sentences::ends(tokens, at) {
            return false;
        }
        // `patients with sepsis` are others.
        if is_of_others(tokens, at) {
            return false;
        }
        is_of_work &= !matches!(tokens.text(token), "she" | "he" | "her" | "his");
        let is_of_one = !is_of_others(tokens, at + 1);
        if is_clinical(tokens, at) && is_of_one && (!is_of_work || is_owned(tokens, name, at)) {
            return true;
        }
        is_of_work |= is_work(tokens, at);
    }
    false
}

/// `The wrong wristband was put on Mrs Ellis`, `scan for Mr Ellis`
fn has_before(tokens: &Tokens, name: Name) -> bool {
    let is_led = matches!(
        tokens.word(name.first.wrapping_sub(1)),
        "on" | "for" | "of" | "to" | "from" | "about" | "gave" | "given" | "with" | "in"
    );
    if !is_led {
        return false;
    }
    let begin = sentences::begin(tokens, name.first, MAX_TOKENS);
    let words = || begin..name.first;
    words().any(|at| is_clinical(tokens, at))
        && !words().any(|at| is_work(tokens, at) || tokens.at(at).is(PEOPLE))
}

/// `We apologised to Mrs Ellis and her family`
fn is_with_family(tokens: &Tokens, name: Name) -> bool {
    let is_owner = matches!(tokens.word(name.end + 1), "her" | "his" | "their");
    tokens.word(name.end) == "and" && is_owner && tokens.at(name.end + 2).is(RELATIVE)
}

/// Whether a word is said of one patient, and is no part of the name of a project.
fn is_clinical(tokens: &Tokens, index: usize) -> bool {
    let (token, next) = (tokens.at(index), tokens.at(index + 1));
    // `wrong ward`, `missed appointment`
    let is_mistake = matches!(tokens.text(token), "wrong" | "missed" | "cancelled")
        && matches!(
            tokens.text(next),
            "appointment" | "clinic" | "ward" | "bed" | "address" | "blood" | "patient" | "notes"
        );
    if is_mistake {
        return true;
    }
    if token.class == 0 || token.is(TITLE) || is_compound(tokens, index) {
        return false;
    }
    let is_drug = token.is(TREATMENT)
        && !matches!(
            tokens.text(token),
            "side"
                | "bed"
                | "discharge"
                | "appointment"
                | "surgery"
                | "medicine"
                | "medicines"
                | "operation"
        );
    let is_weak = token.is(WEAK_CONDITION) && is_led(tokens, index);
    // `when she collapsed`
    let is_event = token.is(HAPPENED | STRONG_EVENT)
        && matches!(tokens.word(index.wrapping_sub(1)), "she" | "he");
    is_drug || is_weak || is_event || token.is(CLINICAL | CONDITION)
}

/// Whether a condition is someone's: `has a chest infection`, `with heart failure`.
fn is_led(tokens: &Tokens, index: usize) -> bool {
    let mut before = (index.saturating_sub(4)..index).map(|at| tokens.word(at));
    before.any(|word| matches!(word, "has" | "had" | "with" | "got"))
}

/// Whether a condition behind words of work is the bearer's: `joined the virtual ward with sepsis`.
fn is_owned(tokens: &Tokens, name: Name, index: usize) -> bool {
    let begin = index.saturating_sub(2).max(name.end);
    let mut before = (begin..index).map(|at| tokens.word(at));
    tokens.at(index).is(CONDITION | WEAK_CONDITION)
        && before.any(|word| matches!(word, "with" | "has" | "had"))
}

/// Whether a word names what a project is about: `sepsis alert`, `wristband printer`.
pub(super) fn is_compound(tokens: &Tokens, index: usize) -> bool {
    let next = tokens.at(index + 1);
    let is_thing = |at: usize| {
        tokens.at(at).is(PROJECT)
            || matches!(
                tokens.word(at),
                "printer"
                    | "printers"
                    | "label"
                    | "labels"
                    | "chart"
                    | "charts"
                    | "screen"
                    | "screens"
                    | "summary"
                    | "summaries"
                    | "letter"
                    | "letters"
                    | "day"
                    | "awareness"
                    | "score"
                    | "records"
                    | "list"
                    | "lists"
                    | "codes"
                    | "data"
                    | "uk"
                    | "alarm"
                    | "alarms"
                    | "warning"
                    | "warnings"
                    | "interface"
                    | "table"
                    | "tables"
                    | "field"
                    | "fields"
                    | "slides"
                    | "care"
                    | "course"
                    | "feed"
                    | "messages"
                    | "orders"
                    | "sheet"
                    | "fridge"
            )
    };
    // `SEPSIS The ward` is no compound: nothing is capitalised within one.
    let joins = next.shape == Shape::Lower || tokens.at(index).shape != Shape::Lower;
    joins
        && (is_thing(index + 1)
            || (next.is(CONDITION | WEAK_CONDITION | CLINICAL) && is_thing(index + 2)))
}
