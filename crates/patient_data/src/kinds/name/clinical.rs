//! What is said of patients and hardly of staff, next to a name: `had a stroke`, `thank you for referring`.

use super::{Name, aged, spoken};
use crate::{
    labels,
    lexicon::{
        CLINICAL, CONDITION, EVENT, HAPPENED, PATIENT, PEOPLE, PERSON, PROJECT, RELATIVE, STATE,
        TITLE, TREATMENT, WEAK_CONDITION,
    },
    sentences,
    tokens::{Shape, Tokens},
};

/// Tokens behind a name in which a condition is that of its bearer.
const MAX_BEHIND: usize = 14;
/// Tokens of a letter in which its subject is said.
const MAX_LETTER: usize = 30;

/// Whether a name is that of a patient by what is said next to it.
pub(super) fn is_patient(tokens: &Tokens, name: Name) -> bool {
    has_own(tokens, name)
        || spoken::is_patient(tokens, name)
        || (!speaks_of_work(tokens, name)
            && (is_object(tokens, name)
                || aged::has_age(tokens, name)
                || has_condition(tokens, name)
                || is_of_letter(tokens, name)))
}

/// Whether a sentence goes on about a project, a system or a form, with which staff do what patients do as well: develop,
/// wait, recover.
pub(super) fn speaks_of_work(tokens: &Tokens, name: Name) -> bool {
    let mut words =
        (name.end..name.end + MAX_BEHIND).take_while(|at| !sentences::ends(tokens, *at));
    words.any(|at| is_work(tokens, at))
}

/// Whether a word is what projects and services do or are, and is not said of care.
pub(super) fn is_work(tokens: &Tokens, index: usize) -> bool {
    let token = tokens.at(index);
    let is_of_care = || {
        matches!(
            tokens.text(token),
            "ward"
                | "wards"
                | "unit"
                | "clinic"
                | "clinics"
                | "scanner"
                | "lounge"
                | "moved"
                | "reviewed"
                | "review"
                | "role"
                | "by"
                | "nurses"
                | "doctors"
                | "staff"
                | "team"
                | "led"
                | "started"
                | "week"
                | "wave"
                | "screening"
                | "tested"
                | "calls"
                | "act"
        )
    };
    token.is(PROJECT) && !token.is(PERSON | CONDITION) && !is_of_care()
}

/// Whether what happens to patients happens to the bearer, from a position behind the name on.
pub(super) fn has_verb(tokens: &Tokens, at: usize) -> bool {
    let word = |offset: usize| tokens.word(at + offset);
    match word(0) {
        _ if tokens.at(at).is(HAPPENED) => true,
        "lives" | "lived" => word(1) == "alone",
        "went" => word(1) == "home" || (word(1) == "to" && word(2) == "theatre"),
        "gave" => word(1) == "birth",
        "took" => word(1) == "an" && word(2) == "overdose",
        "became" => has_state(tokens, at + 1),
        "tested" => matches!(word(1), "positive" | "negative"),
        "complained" => word(1) == "of",
        "attended" => {
            word(1) == "a"
                || matches!(
                    word(1),
                    "ed" | "clinic" | "with" | "hospital" | "twice" | "resus"
                )
        }
        "broke" | "lost" => {
            matches!(
                word(1),
                "her" | "his" | "consciousness" | "weight" | "blood"
            ) || tokens.at(at + 1).is_number()
        }
        "required" | "sustained" | "suffered" | "caught" | "declined" | "pulled" | "did"
        | "didn't" | "missed" | "needed" | "needs" | "refused" | "received" | "had" | "has" => {
            (at + 1..at + 7)
                .take_while(|at| !sentences::ends(tokens, *at) && !tokens.at(*at).is(PEOPLE))
                .any(|at| {
                    is_treatment(tokens, at)
                        || tokens.at(at).is(STATE)
                        || tokens.at(at).is(CONDITION | WEAK_CONDITION)
                            && !tokens.at(at + 1).is(PROJECT)
                })
        }
        "could" | "cannot" | "couldn't" | "can't" => (at + 1..at + 3).any(|at| {
            matches!(
                tokens.word(at),
                "swallow" | "walk" | "breathe" | "eat" | "stand" | "speak" | "move"
            )
        }),
        "rang" => {
            word(1) == "to"
                && (at..at + 8)
                    .any(|at| matches!(tokens.word(at), "his" | "her" | "wound" | "appointment"))
        }
        _ => false,
    }
}

/// Whether what is done to patients is done to the bearer, or the bearer is as patients are, behind `was`.
pub(super) fn has_state(tokens: &Tokens, at: usize) -> bool {
    let word = |offset: usize| tokens.word(at + offset);
    match word(0) {
        _ if tokens.at(at).is(STATE) => true,
        "taken" | "brought" | "rushed" | "moved" | "wheeled" => (at + 1..at + 4).any(|at| {
            matches!(
                tokens.word(at),
                "hospital"
                    | "ed"
                    | "theatre"
                    | "resus"
                    | "ambulance"
                    | "icu"
                    | "itu"
                    | "hdu"
                    | "ward"
            )
        }),
        "put" => {
            let mut behind = (at + 2..at + 6).map(|at| tokens.at(at));
            is_treatment(tokens, at + 2)
                || (word(1) == "on" && behind.any(|token| token.is(CONDITION)))
        }
        "left" | "kept" => (at + 1..at + 5).any(|at| is_treatment(tokens, at)),
        "nil" => word(1) == "by",
        "found" => matches!(
            word(1),
            "on" | "collapsed" | "unresponsive" | "dead" | "by" | "in"
        ),
        "seen" => matches!(word(1), "in" | "by" | "at" | "on"),
        "sent" => matches!(word(1), "home" | "to" | "back"),
        "fitted" => word(1) == "with",
        // `was informed she had cancer`
        _ if matches!(word(1), "she" | "he") => {
            (at + 2..at + 7).any(|at| tokens.at(at).is(CONDITION | WEAK_CONDITION))
        }
        "given" => (at + 1..at + 6).any(|at| is_treatment(tokens, at)),
        "in" => matches!(
            word(1),
            "ed" | "resus" | "hospital" | "bed" | "icu" | "itu" | "theatre" | "pain"
        ),
        "on" => is_treatment(tokens, at + 1),
        _ => false,
    }
}

/// Whether a verb says of the bearer what is said of patients only, whatever else the sentence is about.
pub(super) fn has_phrase(tokens: &Tokens, at: usize) -> bool {
    let word = |offset: usize| tokens.word(at + offset);
    match word(0) {
        "arrived" | "moved" => {
            matches!(word(1), "in" | "on" | "at" | "to")
                && (at + 2..at + 5).any(|at| is_care_place(tokens.word(at)))
        }
        "attended" => matches!(word(1), "outpatients" | "resus" | "ed"),
        "fell" => {
            matches!(
                word(1),
                "overnight" | "on" | "from" | "out" | "twice" | "again" | "while"
            ) || sentences::ends(tokens, at + 1)
        }
        "put" => {
            let mut behind = (at + 2..at + 6).map(|at| tokens.at(at));
            word(1) == "on" && behind.any(|token| token.is(CONDITION))
        }
        "known" => {
            word(1) == "to"
                && matches!(
                    word(2),
                    "mental" | "social" | "crisis" | "palliative" | "camhs" | "oncology"
                )
        }
        _ => false,
    }
}

/// Whether a word is a place where patients are.
fn is_care_place(word: &str) -> bool {
    matches!(
        word,
        "ed" | "resus"
            | "hospital"
            | "theatre"
            | "icu"
            | "itu"
            | "hdu"
            | "ward"
            | "bay"
            | "triage"
            | "maternity"
    )
}

/// Whether a word is what patients get: a drug, a procedure, a sample of theirs.
fn is_treatment(tokens: &Tokens, index: usize) -> bool {
    tokens.at(index).is(TREATMENT)
}

/// Whether what the bearer owns is what patients own: `Mrs Ellis's discharge`, `Mr Ellis's family`.
fn has_own(tokens: &Tokens, name: Name) -> bool {
    let last = tokens.at(name.end.saturating_sub(1));
    let is_owner = tokens.text(last).ends_with("'s") || tokens.at(name.end).is_mark('\'');
    is_owner
        && (name.end..name.end + 3).any(|at| {
            let token = tokens.at(at);
            let is_score = tokens.text(token) == "news" && token.shape == Shape::Upper;
            ((is_treatment(tokens, at) || token.is(CLINICAL)) && !spoken::is_compound(tokens, at))
                || token.is(RELATIVE)
                || is_score
                || matches!(
                    tokens.text(token),
                    "referral"
                        | "admission"
                        | "death"
                        | "fall"
                        | "condition"
                        | "diagnosis"
                        | "results"
                        | "treatment"
                        | "stay"
                        | "care"
                        | "carers"
                )
        })
}

/// Whether something is done to the bearer: `thank you for referring Mr Ellis`, `the operation on Mrs Ellis`.
fn is_object(tokens: &Tokens, name: Name) -> bool {
    let before = |back: usize| tokens.word(name.first.wrapping_sub(back));
    let is_led = matches!(before(1), "on" | "for" | "of" | "to" | "about" | "from");
    let noun = if is_led { before(2) } else { before(1) };
    match noun {
        "referring" | "seeing" | "readmitted" | "resuscitated" => true,
        "family" | "notes" | "relatives" | "death" | "treatment" | "admission" | "bloods"
        | "operation" | "surgery" | "summary" | "ecg" | "scan" | "wristband" | "procedure"
        | "prescription" => is_led,
        "started" | "performed" | "operated" => is_led && before(1) == "on",
        "admitted" | "discharged" => !is_led,
        "sent" | "transferred" => {
            !is_led && behind_has(tokens, name, &["home", "to", "with", "without"])
        }
        "reviewed" | "saw" | "assessed" | "examined" => {
            !is_led
                && matches!(tokens.word(name.end), "in" | "on" | "at")
                && matches!(
                    tokens.word(name.end + 1),
                    "clinic" | "ward" | "ed" | "resus" | "theatre" | "home" | "the"
                )
        }
        "complaint" => is_led,
        // `Staff found Mr Ellis on the floor`
        "found" | "left" => {
            let words = [1, 2, 3].map(|next| tokens.word(name.end - 1 + next));
            matches!(words, ["on", "the", "floor"] | ["on", "floor", _])
                || matches!(
                    words,
                    ["dead" | "collapsed" | "unresponsive" | "unwell", ..]
                )
        }
        "apologised" | "apologise" | "apology" => is_led,
        "gave" | "given" => behind_treatment(tokens, name),
        _ => is_in_bed(tokens, name),
    }
}

fn behind_has(tokens: &Tokens, name: Name, words: &[&str]) -> bool {
    words.contains(&tokens.word(name.end))
}

fn behind_treatment(tokens: &Tokens, name: Name) -> bool {
    (name.end..name.end + 5).any(|at| is_treatment(tokens, at))
}

/// `bed 4: Mr Ellis`, `Mr Ellis in bed 12`
fn is_in_bed(tokens: &Tokens, name: Name) -> bool {
    let is_bed = |at: usize| tokens.word(at) == "bed" && tokens.at(at + 1).is_number();
    let begin = name.first.saturating_sub(4);
    (begin..name.first).any(is_bed) || (name.end..name.end + 2).any(is_bed)
}

/// Whether a condition behind the name in its sentence is that of its bearer: `Mr Ellis with epilepsy`, `Mr Ellis, sepsis`.
fn has_condition(tokens: &Tokens, name: Name) -> bool {
    (name.end..name.end + MAX_BEHIND)
        .take_while(|at| !sentences::ends(tokens, *at) && !is_of_others(tokens, *at))
        .any(|at| {
            let token = tokens.at(at);
            // `Ms` is a title as well.
            if !token.is(CONDITION | WEAK_CONDITION)
                || token.is(TITLE)
                || tokens.at(at + 1).is(PROJECT)
            {
                return false;
            }
            let before = tokens.before(at);
            let is_weak = !token.is(CONDITION);
            let is_own = matches!(
                tokens.text(before),
                "with"
                    | "has"
                    | "had"
                    | "about"
                    | "for"
                    | "suspected"
                    | "possible"
                    | "of"
                    | "from"
                    | "severe"
                    | "acute"
                    | "a"
            );
            let is_listed = before.is_any_mark(",:-(");
            let near = at <= name.end + 2;
            if is_weak {
                near && is_listed
            } else {
                is_own || (near && is_listed)
            }
        })
}

/// Whether a word is for several people, whose condition is said behind it: `patients with asthma`.
pub(super) fn is_of_others(tokens: &Tokens, index: usize) -> bool {
    let token = tokens.at(index);
    token.is(PEOPLE) && !token.is(PERSON) && tokens.text(token) != "outpatients"
}

/// Whether a letter is to the bearer or about them: `Re: Mrs Ellis`, `Dear Mrs Ellis`.
fn is_of_letter(tokens: &Tokens, name: Name) -> bool {
    let before = tokens.before(name.first);
    let behind = || name.end..name.end + MAX_LETTER;
    if tokens.text(before) == "dear" {
        return behind().any(|at| {
            tokens.word(at) == "your"
                && (is_treatment(tokens, at + 1)
                    || matches!(
                        tokens.word(at + 1),
                        "admission" | "treatment" | "stay" | "results" | "test"
                    ))
        });
    }
    let word = if before.is_mark(':') {
        tokens.word(name.first.wrapping_sub(2))
    } else {
        ""
    };
    matches!(
        word,
        "re" | "regarding" | "concerning" | "incident" | "situation"
    ) && behind().any(|at| {
        let token = tokens.at(at);
        token.is(CONDITION | WEAK_CONDITION | EVENT)
            || (token.is(PATIENT) && !tokens.at(at + 1).is(PROJECT))
            || (token.is(PERSON) && !matches!(tokens.text(token), "who"))
            || labels::at(tokens, at).is_some()
            || is_treatment(tokens, at)
    })
}
