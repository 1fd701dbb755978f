//! Ages next to the sex of a person, as staff write them: `92F with a fall`.

use crate::{
    lexicon::{AGE, CLINICAL, CONDITION, EVENT, HAPPENED, STATE, STRONG_EVENT, WEAK_CONDITION},
    tokens::Tokens,
};

/// Returns the position behind an age next to the sex of a person: `92F with a fall`, `M/92`, `Female 92, from home`.
pub(super) fn with_sex(tokens: &Tokens, index: usize, end: usize) -> Option<usize> {
    let is_place = matches!(
        tokens.word(index.wrapping_sub(1)),
        "room"
            | "bay"
            | "bed"
            | "ward"
            | "zone"
            | "form"
            | "code"
            | "version"
            | "flat"
            | "floor"
            | "seat"
            | "desk"
            | "rack"
    );
    if tokens.before(index).is_any_mark("£$€") || !tokens.at(index).is_number() || is_place {
        return None;
    }
    // Behind the number: `92F`, `92/F`, `92 year F`, `92 F`.
    let mut at = end;
    at += usize::from(tokens.at(at).is_any_mark("/-"));
    let has_unit = matches!(tokens.word(at), "year" | "yr" | "y" | "yo");
    at += usize::from(has_unit);
    if is_sex(tokens, at) {
        let is_near = tokens.at(at).is_glued() || has_unit || !is_measured(tokens, index);
        let is_labelled = tokens.at(index).head & AGE != 0 || is_behind_age(tokens, index);
        let is_glued = tokens.at(at).is_glued() && tokens.at(end).is_glued();
        let is_said = if is_glued || has_unit {
            has_unit || is_case(tokens, at + 1) || is_alone(tokens, index, at)
        } else {
            is_illness(tokens, at + 1) || is_comma(tokens, at + 1) || acts(tokens, at + 1)
        };
        return (is_near && (is_said || is_labelled)).then_some(at + 1);
    }
    // Before it: `F92`, `M/92`, `Male 92`, `M 92 y`.
    let slash = usize::from(tokens.before(index).is_any_mark("/,"));
    let sex = index.checked_sub(1 + slash)?;
    let has_unit = matches!(tokens.word(end), "y" | "yr" | "yrs" | "yo");
    let behind = end + usize::from(has_unit);
    let is_known =
        is_sex(tokens, sex) && !(tokens.at(sex).is_glued() && tokens.before(sex).is_word());
    // `F95` is a room or a code as well.
    let is_code = tokens.at(index).is_glued() && slash == 0;
    let is_said = has_unit
        || is_illness(tokens, behind)
        || (!is_code && (is_case(tokens, behind) || is_alone(tokens, sex, index)))
        || (is_code && tokens.word(behind) == "could");
    (is_known && is_said).then_some(behind)
}

/// Whether a word or a mark says the sex of a person.
pub(super) fn is_sex(tokens: &Tokens, index: usize) -> bool {
    let token = tokens.at(index);
    match tokens.text(token) {
        "f" | "m" => token.is_word() && token.is_capitalised(),
        "female" | "male" => true,
        _ => token.is_any_mark("♀♂"),
    }
}

/// Whether a number is a temperature in Fahrenheit or the like.
fn is_measured(tokens: &Tokens, index: usize) -> bool {
    matches!(
        tokens.word(index.saturating_sub(1)),
        "of" | "to"
            | "at"
            | "temp"
            | "temperature"
            | "was"
            | "is"
            | "above"
            | "over"
            | "below"
            | "under"
    )
}

/// `Age/sex: 92/F`
fn is_behind_age(tokens: &Tokens, index: usize) -> bool {
    (index.saturating_sub(5)..index).any(|at| tokens.at(at).is(AGE))
}

/// Whether what happened to a person follows an age.
pub(super) fn is_case(tokens: &Tokens, index: usize) -> bool {
    is_illness(tokens, index)
        || is_comma(tokens, index)
        || acts(tokens, index)
        || matches!(tokens.word(index), "with" | "who" | "from" | "found")
}

/// Whether a verb follows whose subject is a person.
fn acts(tokens: &Tokens, index: usize) -> bool {
    matches!(
        tokens.word(index),
        "was"
            | "had"
            | "could"
            | "did"
            | "who"
            | "needs"
            | "needed"
            | "used"
            | "lives"
            | "came"
            | "went"
            | "got"
            | "said"
            | "asked"
            | "rang"
            | "fell"
    )
}

/// Whether an age is all that a block, a cell, a bracket or the value of a key says.
pub(super) fn is_alone(tokens: &Tokens, first: usize, last: usize) -> bool {
    let (before, behind) = (tokens.before(first), tokens.at(last + 1));
    let is_measure =
        tokens.at(first.wrapping_sub(2)).is_number() || tokens.word(first.wrapping_sub(2)) == "c";
    ((before.is_structure() || before.is_mark(':')) && behind.is_structure())
        || (before.is_mark('(') && behind.is_mark(')') && !is_measure)
}

/// Whether a condition or the like follows.
fn is_illness(tokens: &Tokens, index: usize) -> bool {
    let is_of_patient = |at: usize| {
        tokens.at(at).is(CONDITION
            | WEAK_CONDITION
            | EVENT
            | STRONG_EVENT
            | STATE
            | HAPPENED
            | CLINICAL)
    };
    let is_with = tokens.word(index) == "with" && (index + 1..index + 4).any(is_of_patient);
    is_with
        || is_of_patient(index)
        || matches!(
            tokens.word(index),
            "presenting" | "collapse" | "confusion" | "faller" | "off"
        )
}

/// Whether a comma follows that no figure comes behind: `100 F, 38 C`.
fn is_comma(tokens: &Tokens, index: usize) -> bool {
    tokens.at(index).is_mark(',') && !tokens.at(index + 1).is_number()
}
