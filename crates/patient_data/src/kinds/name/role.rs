//! Whether the bearer of a name is staff: by the work that is said in apposition, by what staff do, and by the line in which
//! authors are named. A word for staff elsewhere in a sentence speaks of someone else.

use super::Name;
use crate::{
    lexicon::{EVENT, HAPPENED, PATIENT, RELATIVE, STAFF, STAFF_ACT, STATE, STRONG_EVENT, TITLE},
    sentences,
    tokens::{Token, Tokens},
};

/// Tokens next to a name in which its bearer's work is said.
const MAX_APPOSITION: usize = 10;

/// Whether the bearer of a name is staff: `Mr Jones, consultant surgeon`, `our lead nurse Mrs Khan`.
pub(super) fn is_staff(tokens: &Tokens, name: Name) -> bool {
    has_role_behind(tokens, name)
        || has_role_before(tokens, name)
        || owns_patients(tokens, name)
        || acts(tokens, name)
        || is_in_byline(tokens, name)
}

/// `Mr Jones, consultant surgeon`, `Mrs Khan is our lead nurse`, `Ms Bell (ward manager)`
fn has_role_behind(tokens: &Tokens, name: Name) -> bool {
    let behind = tokens.at(name.end);
    let begins = behind.is_any_mark(",(-")
        || matches!(
            tokens.text(behind),
            "is" | "was" | "as" | "who" | "our" | "the"
        );
    if !begins {
        return false;
    }
    for at in name.end + 1..name.end + MAX_APPOSITION {
        let token = tokens.at(at);
        // The apposition ends, or goes on with what someone does: `was seen by the consultant`.
        let is_patient = token.is(PATIENT) && super::bearer::is_person_word(tokens, at);
        let is_verb = token.is(EVENT | STRONG_EVENT | STATE | HAPPENED)
            || matches!(
                tokens.text(token),
                // A retired nurse is a patient like others.
                "retired"
                    | "former"
                    | "under"
                    | "on"
                    | "in"
                    | "at"
                    | "after"
                    | "when"
                    | "while"
                    | "by"
                    | "with"
                    | "to"
                    | "that"
                    | "has"
                    | "had"
                    | "said"
                    | "asked"
                    | "rang"
                    | "needs"
                    | "needed"
                    | "given"
                    | "put"
                    | "sent"
                    | "found"
                    | "moved"
                    | "she"
                    | "he"
            );
        if token.is_structure() || token.is_any_mark(",.;)") || is_patient {
            return false;
        }
        // `the consultant's list` speaks of someone else.
        // `the daughter of our matron` is no matron.
        let is_owner = tokens.text(token).ends_with("'s") || token.is(RELATIVE);
        if token.is(STAFF) && !token.is(PATIENT) && !is_owner {
            return true;
        }
        if is_verb || is_owner {
            return false;
        }
    }
    false
}

/// `our lead nurse Mrs Khan`, `the chief nurse, Ms Patel, and`, `Chair: Mr Jones`
fn has_role_before(tokens: &Tokens, name: Name) -> bool {
    let Some(last) = name.first.checked_sub(1) else {
        return false;
    };
    let mark = tokens.at(last);
    let is_comma = mark.is_mark(',');
    let is_passed = is_comma || mark.is_any_mark("(:") || tokens.text(mark) == "called";
    let at = last.saturating_sub(usize::from(is_passed));
    let role = tokens.at(at);
    let is_apposed = !is_comma || tokens.at(name.end).is_any_mark(",.)") || {
        let behind = tokens.at(name.end);
        behind.is_structure() || matches!(tokens.text(behind), "and" | "who")
    };
    let is_role = |token: Token| token.is(STAFF) && !token.is(TITLE | PATIENT);
    is_apposed && (is_role(role) || role_of(tokens, at).is_some_and(is_role))
}

/// Returns the word before `of` or `for` in a role that ends at a position: `director of digital nursing`.
fn role_of(tokens: &Tokens, last: usize) -> Option<Token> {
    /// Words of a role behind `of`.
    const MAX_ROLE: usize = 3;
    for at in (last.saturating_sub(MAX_ROLE)..last).rev() {
        let token = tokens.at(at);
        if matches!(tokens.text(token), "of" | "for") {
            return at.checked_sub(1).map(|at| tokens.at(at));
        }
        let is_noun = |token: Token| {
            token.is_word() && !token.is(EVENT | STRONG_EVENT | STATE | HAPPENED | PATIENT)
        };
        if !is_noun(token) || !is_noun(tokens.at(last)) {
            return None;
        }
    }
    None
}

/// `Mr Smith's patients`, `Mrs Carter's team`
fn owns_patients(tokens: &Tokens, name: Name) -> bool {
    let last = tokens.at(name.end.saturating_sub(1));
    let mut behind = (name.end..name.end + 3).map(|at| tokens.word(at));
    tokens.text(last).ends_with("'s")
        && behind.any(|word| {
            matches!(
                word,
                "patients" | "patient" | "list" | "clinic" | "team" | "firm" | "ward"
            )
        })
}

/// What staff do and patients do not: `Mr Smith operated`, `Mr Lee, who built the board`.
fn acts(tokens: &Tokens, name: Name) -> bool {
    let at = behind_who(tokens, name.end);
    let (verb, next) = (tokens.at(at), tokens.at(at + 1));
    // Patients ask staff, and ask for what they need.
    if tokens.text(verb) == "asked" {
        let asked = tokens.at(at + 2);
        let is_of_patient = tokens.text(next) == "for" || next.is(STAFF) || asked.is(STAFF);
        return !is_of_patient;
    }
    // `Mr Ali discharged the patient`, but not `Mr Ali discharged himself`.
    let is_active = matches!(
        tokens.text(verb),
        "discharged" | "admitted" | "transferred" | "treated" | "reported" | "checked" | "tested"
    ) && (matches!(
        tokens.text(next),
        "the" | "a" | "each" | "every" | "no" | "all"
    ) || next.is(PATIENT));
    verb.is(STAFF_ACT) || is_active
}

/// Returns the position behind `, who`.
fn behind_who(tokens: &Tokens, index: usize) -> usize {
    let at = index + usize::from(tokens.at(index).is_mark(','));
    if tokens.word(at) == "who" {
        return at + 1;
    }
    index
}

/// `led by Mr Jones`, `thanks to Mrs Khan`, `Apologies: Ms Bell`, `Mrs Hill v the trust`
fn is_in_byline(tokens: &Tokens, name: Name) -> bool {
    let before = |back: usize| tokens.word(name.first.wrapping_sub(back));
    let is_case = |word: &str| matches!(word, "v" | "vs" | "versus");
    let begin = sentences::begin(tokens, name.first, MAX_APPOSITION);
    let is_listed = matches!(
        tokens.word(begin),
        "apologies" | "present" | "attendees" | "author" | "authors" | "signed" | "thanks"
    );
    let is_thanked = before(1) == "to" && matches!(before(2), "thanks" | "grateful" | "you");
    let is_law = (name.first..name.end).any(|at| tokens.word(at) == "justice");
    let is_of_patient = matches!(
        before(2),
        "complaint"
            | "complaints"
            | "fall"
            | "concern"
            | "request"
            | "story"
            | "overdose"
            | "question"
    );
    // `Thanks to Mr Ellis, who came with sepsis`
    let goes_on = tokens.word(name.end + 1) == "who";
    (before(1) == "by" && !is_of_patient)
        || is_case(before(1))
        || is_case(tokens.word(name.end))
        || tokens.word(name.end) == "et"
        || ((is_thanked || is_listed) && !goes_on)
        || is_law
}
