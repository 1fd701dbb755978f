//! Ages of 90 or more, which few people have. A band such as "90 and over" is no age of a person.

mod sex;

use super::between;
use crate::{
    check::Found,
    finding::{Kind, Severity},
    lexicon::{
        AGE, BAND, DIGIT_WORD, NINETY, PATIENT, PEOPLE, PERSON, STAFF_TITLE, THING, TITLE, UNIT,
    },
    sentences,
    tokens::{Sort, Tokens},
};
use sex::{is_alone, is_case, is_sex, with_sex};

const MIN_AGE: u32 = 90;
/// The oldest person known lived to 122.
const MAX_AGE: u32 = 125;

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    for &index in tokens.starts() {
        let token = tokens.at(index);
        if !token.is_number() && !token.is_word() {
            continue;
        }
        if !(token.is_number()
            || token.is(NINETY)
            || matches!(
                tokens.text(token),
                "hundred" | "nonagenarian" | "centenarian" | "nineties"
            ))
        {
            continue;
        }
        if let Some(end) = age(tokens, index) {
            let last = tokens.at(end.saturating_sub(1));
            found.push(between(Kind::Age, Severity::Warn, token, last));
        }
    }
}

/// Returns the position behind an age that begins at a position, with the words that make it one.
fn age(tokens: &Tokens, index: usize) -> Option<usize> {
    let word = tokens.word(index);
    if matches!(word, "nonagenarian" | "centenarian") {
        let is_group = matches!(
            tokens.word(index + 1),
            "population" | "populations" | "study" | "studies" | "cohort" | "people" | "clinic"
        );
        return (!is_group).then_some(index + 1);
    }
    if word == "nineties" || is_decade(tokens, index) {
        // `in her nineties`
        let owner = tokens.word(index.saturating_sub(1));
        // `patients in their nineties`
        if owner == "their" && tokens.at(index.wrapping_sub(3)).is(PEOPLE) {
            return None;
        }
        let is_person = matches!(owner, "her" | "his" | "their" | "my")
            || matches!(owner, "late" | "mid" | "early");
        return is_person.then_some(index + 1 + usize::from(word != "nineties"));
    }
    let end = number(tokens, index)?;
    if is_part(tokens, index, end) {
        return None;
    }
    old(tokens, end)
        .filter(|end| !is_thing(tokens, index, *end) && !is_range(tokens, index))
        .or_else(|| aged(tokens, index, end))
        .or_else(|| is_person(tokens, index, end).then_some(end))
        .or_else(|| with_sex(tokens, index, end))
        .or_else(|| birthday(tokens, index, end))
}

/// `90s`
fn is_decade(tokens: &Tokens, index: usize) -> bool {
    let s = tokens.at(index + 1);
    tokens
        .value(index)
        .is_some_and(|value| value == 90 || value == 100)
        && tokens.word(index + 1) == "s"
        && s.is_glued()
}

/// Returns the position behind a number from 90 to 125.
fn number(tokens: &Tokens, index: usize) -> Option<usize> {
    if let Some(value) = tokens.value(index) {
        return (MIN_AGE..=MAX_AGE).contains(&value).then_some(index + 1);
    }
    if tokens.at(index).is(NINETY) {
        let hyphen = usize::from(tokens.at(index + 1).is_mark('-'));
        let is_more = tokens.at(index + 1 + hyphen).is(DIGIT_WORD);
        return Some(if is_more {
            index + 2 + hyphen
        } else {
            index + 1
        });
    }
    // `a hundred and two`
    let is_hundred = tokens.word(index) == "hundred"
        && matches!(tokens.word(index.saturating_sub(1)), "a" | "one");
    let is_more = tokens.word(index + 1) == "and" && tokens.at(index + 2).is(DIGIT_WORD);
    is_hundred.then_some(if is_more { index + 3 } else { index + 1 })
}

/// Whether the number is part of another one: a decimal, a percentage, a time, money.
fn is_part(tokens: &Tokens, index: usize, end: usize) -> bool {
    let (before, behind) = (tokens.before(index), tokens.at(end));
    let is_money = before.is_any_mark("£$€#.:/+");
    let joins = behind.is_any_mark(".,:/")
        && behind.is_glued()
        && tokens.at(end + 1).is_number()
        && tokens.at(end + 1).is_glued();
    // `M/92`
    let is_behind_sex = before.is_mark('/') && is_sex(tokens, index.saturating_sub(2));
    (is_money
        && !is_behind_sex
        && tokens.at(index).is_glued()
        && !(before.is_mark(':') && tokens.at(index.saturating_sub(2)).is(AGE)))
        || (behind.is_mark('%') || joins)
}

/// Returns the position behind `-year-old`, `years old`, `yo`, `y/o`, `years of age`.
fn old(tokens: &Tokens, end: usize) -> Option<usize> {
    let hyphen = |at: usize| at + usize::from(tokens.at(at).is_mark('-'));
    let mut at = hyphen(end);
    match tokens.word(at) {
        "yo" | "yro" | "yrold" => return Some(at + 1),
        "y" => {
            let mark = usize::from(tokens.at(at + 1).is_any_mark("/.-"));
            let is_old = matches!(tokens.word(at + 1 + mark), "o" | "old");
            let is_short = tokens.at(at).is_glued() && is_case(tokens, at + 1);
            let is_short = is_short || is_alone(tokens, end.saturating_sub(1), at);
            return is_old
                .then_some(at + 2 + mark)
                .or_else(|| is_short.then_some(at + 1));
        }
        // `94 yrs fell`
        "yrs" if is_case(tokens, at + 1) || is_alone(tokens, end.saturating_sub(1), at) => {
            return Some(at + 1);
        }
        "year" | "years" | "yr" | "yrs" => at += 1,
        _ => return None,
    }
    at += usize::from(tokens.at(at).is_mark('.'));
    at = hyphen(at);
    match tokens.word(at) {
        "old" | "olds" | "old's" => Some(at + 1),
        "of" if tokens.word(at + 1) == "age" => Some(at + 2),
        _ => None,
    }
}

/// Whether what has the age that begins and ends at these positions is a thing: `94-year-old hospital building`, `the trust
/// is 94 years old`. A word for a thing elsewhere says nothing of the age.
fn is_thing(tokens: &Tokens, index: usize, end: usize) -> bool {
    let is = |at: usize| tokens.at(at).is(THING) && !tokens.at(at).is(PERSON);
    let is_person = |at: usize| tokens.at(at).is(PERSON | PATIENT);
    // `94-year-old ward patient`
    let is_behind = is(end) && !is_person(end + 1) && !is_person(end + 2);
    let is_described = is(end + 1)
        && !is_person(end)
        && !is_person(end + 2)
        && !matches!(
            tokens.word(end),
            "" | "in"
                | "on"
                | "at"
                | "from"
                | "to"
                | "with"
                | "of"
                | "and"
                | "who"
                | "was"
                | "is"
                | "has"
                | "had"
                | "by"
                | "for"
                | "fell"
                | "found"
                | "left"
                | "using"
        );
    let band = tokens.word(end) == "and" && tokens.at(end + 1).is(BAND)
        || tokens.at(end).is(BAND)
            && !matches!(
                tokens.word(end),
                "to" | "from" | "between" | "group" | "than"
            );
    is_behind
        || is_described
        || band
        || tokens.at(end).is_mark('+')
        || is_said_of_thing(tokens, index)
}

/// Whether a verb before an age has a thing as its subject: `the hospital in Harle is 94 years old`.
fn is_said_of_thing(tokens: &Tokens, index: usize) -> bool {
    /// Tokens before a verb in which its subject is.
    const MAX_SUBJECT: usize = 12;
    let is_passed = matches!(
        tokens.word(index.wrapping_sub(1)),
        "about" | "over" | "nearly" | "almost" | "now" | "already" | "some"
    );
    let verb = index.wrapping_sub(1 + usize::from(is_passed));
    let is_verb = matches!(
        tokens.word(verb),
        "is" | "was" | "are" | "were" | "turned" | "turns" | "turning" | "became"
    );
    if !is_verb {
        return false;
    }
    let begin = sentences::begin(tokens, verb, MAX_SUBJECT);
    let mut nouns = (begin..verb).rev().map(|at| tokens.at(at));
    nouns
        .find(|token| token.is(THING | PERSON | TITLE))
        .is_some_and(|token| !token.is(PERSON | TITLE))
}

/// `18-94 years old`, `over 90 years old`
fn is_range(tokens: &Tokens, index: usize) -> bool {
    let before = tokens.before(index);
    let is_number = index
        .checked_sub(2)
        .is_some_and(|at| tokens.at(at).is_number());
    (before.is_mark('-') && is_number)
        || before.is_any_mark(">≥<≤")
        || (before.is(BAND) && tokens.text(before) != "than")
        || tokens.text(before) == "than"
        || (tokens.text(before) == "and" && is_number)
}

/// `aged 94`, `age: 94`, `at the age of 94`, a column with the head `Age`
fn aged(tokens: &Tokens, index: usize, end: usize) -> Option<usize> {
    let mut at = index;
    for _ in 0..4 {
        let token = tokens.before(at);
        let passes = token.is_any_mark(":=-(\"")
            || matches!(
                tokens.text(token),
                "of" | "was" | "is" | "years" | "year" | "yrs" | "about" | "approximately"
            )
            || token.is_mark(')');
        if !passes {
            break;
        }
        at = at.saturating_sub(1);
    }
    // `aged one hundred`
    if tokens.word(index) == "hundred" && matches!(tokens.word(at.saturating_sub(1)), "a" | "one") {
        at = at.saturating_sub(1);
        at -= usize::from(tokens.word(at.saturating_sub(1)) == "of");
    }
    let label = tokens.before(at);
    // `a hospital aged 94`
    let owner = tokens.at(at.wrapping_sub(2));
    if label.is(AGE) && owner.is(THING) && !owner.is(PERSON) {
        let begin = sentences::begin(tokens, at.wrapping_sub(2), 12);
        if !(begin..at).any(|at| tokens.at(at).is(PERSON | PATIENT | TITLE)) {
            return None;
        }
    }
    // `mean age 90`
    if matches!(
        tokens.word(at.wrapping_sub(2)),
        "mean" | "median" | "average" | "maximum" | "minimum" | "max" | "min"
    ) {
        return None;
    }
    let cell = label.sort == Sort::Cell
        && at == index
        && at.checked_sub(2).is_some_and(|at| tokens.at(at).is(AGE));
    let is_column = tokens.at(index).head & AGE != 0 && tokens.at(index).head & BAND == 0;
    if !(label.is(AGE) || cell || is_column) {
        return None;
    }
    let behind = tokens.at(end);
    let unit =
        behind.is(UNIT) && !matches!(tokens.text(behind), "years" | "year") && !behind.is(PERSON);
    let is_open =
        behind.is_any_mark("+>") || (behind.is_mark('-') && tokens.at(end + 1).is_number());
    let is_band = behind.is(BAND) && !matches!(tokens.text(behind), "from" | "group")
        || (matches!(tokens.text(behind), "and" | "or" | "years") && tokens.at(end + 1).is(BAND))
        || (tokens.text(behind) == "years"
            && matches!(tokens.word(end + 1), "and" | "or")
            && tokens.at(end + 2).is(BAND));
    // `ages 65 to 94`, `aged over 90`
    let is_behind_band = tokens.before(index).is(BAND) && !label.is(AGE);
    (!unit && !is_open && !is_band && !is_behind_band && !is_range_word(tokens, index))
        .then_some(end)
}

fn is_range_word(tokens: &Tokens, index: usize) -> bool {
    tokens.before(index).is(BAND)
}

/// `she is 94`, `Mrs Ellis (94)`, `a patient, 94,`, `a woman of 94`
fn is_person(tokens: &Tokens, index: usize, mut end: usize) -> bool {
    // `Mrs Ellis (94 years)`
    let has_unit = matches!(tokens.word(end), "years" | "yrs");
    if has_unit && (tokens.at(end + 1).is_any_mark("),") || tokens.at(end + 1).is_structure()) {
        end += 1;
    }
    let behind = tokens.at(end);
    // `at 99 she lives alone`
    let is_clause =
        tokens.word(index.saturating_sub(1)) == "at" && matches!(tokens.text(behind), "she" | "he");
    if is_clause && tokens.at(index).is_number() {
        return true;
    }
    if !ends_clause(tokens, end) || !tokens.at(index).is_number() {
        return false;
    }
    let before = tokens.before(index);
    if matches!(tokens.text(before), "turned" | "turning") {
        return !is_said_of_thing(tokens, index);
    }
    let person_at = |at: Option<usize>| at.is_some_and(|at| is_one_person(tokens, at));
    match tokens.text(before) {
        "is" | "was" | "turns" | "became" => {
            let subject = index.checked_sub(2);
            person_at(subject) && subject.is_some_and(|at| !is_any(tokens, at))
        }
        "she's" | "he's" => true,
        "of" => person_at(index.checked_sub(2)) && !behind.is_mark(')'),
        _ if before.is_mark('(') => {
            person_at(index.checked_sub(2)) && (behind.is_mark(')') || behind.is_mark(','))
        }
        _ if before.is_mark(',') => {
            person_at(index.checked_sub(2)) && (behind.is_mark(',') || behind.is_structure())
        }
        _ => false,
    }
}

/// Whether an age can end at a position: a mark, or a word that goes on with the sentence.
fn ends_clause(tokens: &Tokens, end: usize) -> bool {
    let behind = tokens.at(end);
    behind.is_structure()
        || behind.is_any_mark(".,;)")
        || matches!(
            tokens.text(behind),
            "and"
                | "who"
                | "with"
                | "when"
                | "but"
                | "now"
                | "at"
                | "in"
                | "on"
                | "last"
                | "this"
                | "next"
                | "today"
        )
}

/// Whether a person is none in particular: `the average patient is 92`.
fn is_any(tokens: &Tokens, index: usize) -> bool {
    matches!(
        tokens.word(index.wrapping_sub(1)),
        "average"
            | "typical"
            | "oldest"
            | "median"
            | "mean"
            | "each"
            | "every"
            | "any"
            | "no"
            | "per"
    )
}

/// Whether a token names one person: a word for one, or the surname behind a title.
fn is_one_person(tokens: &Tokens, index: usize) -> bool {
    let token = tokens.at(index);
    let is_titled = token.is_capitalised() && tokens.before(index).is(TITLE | STAFF_TITLE);
    // `F, 92, from a care home`
    let is_sex = matches!(tokens.text(token), "f" | "m")
        && token.is_capitalised()
        && !tokens.before(index).is_word();
    is_titled
        || is_sex
        || (token.is(PERSON) && !matches!(tokens.text(token), "his" | "her" | "him"))
}

/// `her 94th birthday`, `in her 94th year`
fn birthday(tokens: &Tokens, index: usize, end: usize) -> Option<usize> {
    let is_birthday = matches!(tokens.word(end), "th" | "st" | "nd" | "rd")
        && matches!(tokens.word(end + 1), "birthday" | "year");
    let mut before = (index.saturating_sub(4)..index).map(|at| tokens.at(at));
    (is_birthday && before.any(|token| token.is(PERSON))).then_some(end + 2)
}
