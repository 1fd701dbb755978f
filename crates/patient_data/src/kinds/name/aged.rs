//! An age next to a name, as people say it of patients.

use super::Name;
use crate::tokens::Tokens;

/// The oldest person known lived to 122.
const MAX_AGE: u32 = 125;

/// Whether an age is said of the bearer: `Mr Ellis aged 84`, `Mrs Ellis, an 84-year-old woman`, `Mr Ellis, 84,`.
pub(super) fn has_age(tokens: &Tokens, name: Name) -> bool {
    let is_age = |at: usize| tokens.value(at).is_some_and(|value| value <= MAX_AGE);
    let is_apart = tokens.at(name.end).is_mark(',');
    let mut at = name.end + usize::from(is_apart);
    if tokens.word(at) == "aged" {
        return is_age(at + 1);
    }
    at += usize::from(matches!(tokens.word(at), "a" | "an" | "now"));
    if name.is_staff_title || !is_age(at) {
        return false;
    }
    let is_between = is_apart && tokens.at(at + 1).is_mark(',');
    let mut words = (at + 1..at + 5).filter(|at| tokens.at(*at).is_word());
    let is_unit = words
        .next()
        .is_some_and(|at| matches!(tokens.word(at), "year" | "years" | "yr" | "month" | "week"));
    let is_old = words.next().is_some_and(|at| tokens.word(at) == "old");
    is_between || (is_unit && is_old)
}
