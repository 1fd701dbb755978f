//! Whose name it is: that of a patient, or of staff, by the words near it.

use super::{Name, clinical, role::is_staff};
use crate::{
    labels,
    lexicon::{
        BEHIND_PERSON, CONDITION, COUNTED, EVENT, GIVEN_NAME, PATIENT, PEOPLE, PERSON, PROJECT,
        SERVICE, STAFF, STAFF_TITLE, THING, TITLE, WEAK_CONDITION,
    },
    sentences,
    tokens::Tokens,
};

/// Tokens behind a name in which it is said as what someone comes.
const MAX_AS: usize = 5;
/// Tokens around a name in which a word for a patient is near.
const MAX_NEAR: usize = 40;

/// Whether a name is that of a patient, by what is near it.
pub(super) fn is_patient(tokens: &Tokens, name: Name) -> bool {
    if names_place(tokens, name) {
        return false;
    }
    if is_called_patient(tokens, name) || is_below_patient(tokens, name) {
        return true;
    }
    // Staff are patients, too: `Mr Ellis, a bank manager, was admitted`, `Dr Ellis was diagnosed with sepsis`.
    if name.is_staff_title || is_staff(tokens, name) {
        return is_admitted(tokens, name);
    }
    has_event(tokens, name) || clinical::is_patient(tokens, name) || is_near_patient(tokens, name)
}

/// Whether the bearer, also behind an apposition, is taken in with a condition or dies.
fn is_admitted(tokens: &Tokens, name: Name) -> bool {
    /// Tokens of an apposition, and of what is said behind it.
    const MAX_PART: usize = 10;
    let mut comma = (name.end + 1..name.end + MAX_PART).filter(|at| tokens.at(*at).is_mark(','));
    let begins = tokens.at(name.end).is_mark(',');
    let at = if begins {
        comma.next().map(|at| at + 1)
    } else {
        None
    };
    let at = at.unwrap_or(name.end);
    let verb = if matches!(tokens.word(at), "was" | "is") {
        tokens.word(at + 1)
    } else {
        ""
    };
    let is_taken = matches!(
        verb,
        "admitted"
            | "readmitted"
            | "diagnosed"
            | "hospitalised"
            | "sectioned"
            | "intubated"
            | "transferred"
    );
    let words = || (at..at + MAX_PART).take_while(|at| !sentences::ends(tokens, *at));
    let has_condition = words().any(|at| tokens.at(at).is(CONDITION))
        && words().any(|at| matches!(tokens.word(at), "with" | "for" | "after"));
    // `Mr Ellis, a teacher, has sepsis`
    let has = matches!(tokens.word(at), "has" | "had")
        && (at + 1..at + 4)
            .any(|at| tokens.at(at).is(CONDITION) && !super::spoken::is_compound(tokens, at));
    has || (is_taken && has_condition)
}

/// Whether a name is that of a ward or of a thing: `Lady Ellis unit`, `Miss Ellis's kiosk`.
fn names_place(tokens: &Tokens, name: Name) -> bool {
    let next = tokens.at(name.end);
    let is_owner = tokens
        .text(tokens.at(name.end.saturating_sub(1)))
        .ends_with("'s");
    let is_place = matches!(
        tokens.text(next),
        "unit"
            | "ward"
            | "wing"
            | "suite"
            | "centre"
            | "hospital"
            | "hospice"
            | "trust"
            | "building"
            | "street"
            | "road"
    );
    let is_paper = matches!(
        tokens.text(next),
        "slides" | "poster" | "email" | "question" | "comment" | "spreadsheet"
    );
    let is_work = next.is(PROJECT | THING) && !next.is(PATIENT | EVENT);
    is_place || (is_owner && (is_work || is_paper))
}

/// Whether the name is in a column of patients.
fn is_below_patient(tokens: &Tokens, name: Name) -> bool {
    let head = tokens.at(name.first).head;
    head & (PATIENT | COUNTED) != 0 && head & PERSON != 0 && head & (STAFF | PROJECT | SERVICE) == 0
}

/// Whether a word for a patient is said of a person, and not of what is for patients: `patient safety`.
pub(super) fn is_person_word(tokens: &Tokens, index: usize) -> bool {
    let (token, next) = (tokens.at(index), tokens.at(index + 1));
    if !token.is(PATIENT) {
        return false;
    }
    if tokens.text(token).ends_with("'s") || next.is_structure() {
        return true;
    }
    if !next.is_word() {
        return !next.is_mark('-') || !next.is_glued();
    }
    next.is(TITLE | STAFF_TITLE | EVENT | GIVEN_NAME | BEHIND_PERSON)
}

/// Whether the name itself is called a patient: `the patient, Mrs Ellis`, `Mrs Ellis, a patient`, `Mrs Ellis (patient)`.
fn is_called_patient(tokens: &Tokens, name: Name) -> bool {
    let mut at = name.first;
    for _ in 0..3 {
        let token = tokens.before(at);
        if !(token.is_any_mark(",(:-")
            || matches!(tokens.text(token), "called" | "named" | "is" | "was"))
        {
            break;
        }
        at = at.saturating_sub(1);
    }
    let before = tokens.before(at);
    // `two patients (Mrs Ellis and another)`
    let is_listed = tokens.text(before) == "patients" && at < name.first;
    let is_client = tokens.text(before) == "client"
        || (tokens.text(before) == "user" && tokens.word(at.wrapping_sub(2)) == "service");
    if before.is(PATIENT) || is_listed || is_client || is_child(tokens, name) {
        return true;
    }
    // `was admitted as a patient`, `both attended as patients`
    let is_as_patient = (name.end..name.end + MAX_AS).any(|at| {
        let noun = at + 1 + usize::from(tokens.word(at + 1) == "a");
        tokens.word(at) == "as" && matches!(tokens.word(noun), "patient" | "patients" | "inpatient")
    });
    if is_as_patient {
        return true;
    }
    let at = labels::skip(tokens, name.end, |token| {
        token.is_any_mark(",(-")
            || matches!(
                tokens.text(token),
                "a" | "an"
                    | "the"
                    | "our"
                    | "another"
                    | "is"
                    | "was"
                    | "one"
                    | "of"
                    | "first"
                    | "former"
                    | "now"
            )
    });
    at > name.end
        && tokens.at(at).is(PATIENT | PEOPLE)
        && (is_person_word(tokens, at) || tokens.word(at) == "patients")
}

/// Whether a title is that of a child: `Master Tom Lee`.
fn is_child(tokens: &Tokens, name: Name) -> bool {
    tokens.word(name.first) == "master" && tokens.at(name.first + 1).is(GIVEN_NAME)
}

/// Whether what happens to patients happens to the name: `Mrs Ellis was admitted`.
fn has_event(tokens: &Tokens, name: Name) -> bool {
    let mut at = behind_age(tokens, name.end);
    let is_care = !clinical::speaks_of_work(tokens, name);
    if is_care && clinical::has_verb(tokens, at) {
        return true;
    }
    let is_passive = matches!(
        tokens.word(at),
        "was" | "is" | "had" | "has" | "been" | "being"
    );
    at += usize::from(is_passive);
    at += usize::from(matches!(
        tokens.word(at),
        "been" | "then" | "later" | "re" | "being" | "not" | "never" | "also" | "again"
    ));
    let word = tokens.word(at);
    if clinical::has_phrase(tokens, at)
        || (is_care && is_passive && clinical::has_state(tokens, at))
    {
        return true;
    }
    match word {
        "died" | "collapsed" | "deteriorated" | "relapsed" => true,
        "admitted" | "readmitted" | "discharged" | "diagnosed" | "transferred" | "sectioned"
        | "detained" | "intubated" | "ventilated" | "resuscitated" | "hospitalised" | "treated" => {
            is_passive
        }
        "passed" => tokens.word(at + 1) == "away",
        "suffered" | "underwent" => true,
        "a" | "an" => {
            is_passive && (at..at + 4).any(|at| tokens.at(at).is(CONDITION | WEAK_CONDITION))
        }
        _ => false,
    }
}

/// Returns the place behind the age that follows a name: `Mrs Ellis, aged 54,` and `Mrs Ellis (54)`; the same place if none does.
fn behind_age(tokens: &Tokens, from: usize) -> usize {
    let mut at = from + usize::from(tokens.at(from).is_any_mark(",("));
    at += usize::from(matches!(tokens.word(at), "aged" | "age"));
    let age = tokens.at(at);
    if !age.is_number() || !matches!(tokens.text(age).parse(), Ok(0_u8..=120)) {
        return behind_bed(tokens, from);
    }
    at += 1;
    while matches!(
        tokens.word(at),
        "years" | "year" | "yrs" | "old" | "of" | "age"
    ) {
        at += 1;
    }
    at + usize::from(tokens.at(at).is_any_mark(",)"))
}

/// Returns the place behind where a patient lies: `Mrs Ellis (bed 12)`, `Mrs Ellis in bay 2`; the same place if it is not said.
fn behind_bed(tokens: &Tokens, from: usize) -> usize {
    let first = tokens.at(from);
    let begins = first.is_mark('(') || matches!(tokens.text(first), "in" | "on");
    let is_bed = begins && matches!(tokens.word(from + 1), "bed" | "bay" | "ward" | "room");
    if !is_bed || !tokens.at(from + 2).is_number() {
        return from;
    }
    from + 3 + usize::from(tokens.at(from + 3).is_mark(')'))
}

/// Whether a patient is spoken of in the sentence of the name or next to it.
fn is_near_patient(tokens: &Tokens, name: Name) -> bool {
    let begin = sentences::begin(tokens, name.first, MAX_NEAR);
    let end = sentences::end(tokens, name.end, MAX_NEAR);
    // One sentence before and one behind, in the same block.
    let before = begin
        .checked_sub(1)
        .filter(|at| !tokens.at(*at).is_structure());
    let begin = before.map_or(begin, |at| sentences::begin(tokens, at, MAX_NEAR / 2));
    let end = if tokens.at(end).is_structure() {
        end
    } else {
        sentences::end(tokens, end + 1, MAX_NEAR / 2)
    };
    (begin..end).any(|at| is_person_word(tokens, at) && !is_other_person(tokens, at))
}

/// Whether the patient is someone else than the bearer of a name near it: any patient, no patient.
fn is_other_person(tokens: &Tokens, index: usize) -> bool {
    matches!(
        tokens.text(tokens.before(index)),
        "every" | "each" | "any" | "no" | "per" | "average" | "typical" | "another"
    )
}
