//! Names that are the same but for one letter, or for a number behind them.

use super::MIN_CORE;

/// Letters of a name of which one can differ; in a shorter one, one letter makes another name.
const MIN_FORGIVING: usize = 8;

/// Returns a name without the number behind it: `Northmoor Hospitals 2`.
pub(super) fn without_number(name: &str) -> &str {
    let name = name.trim();
    let short = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_word = short.len() < name.len() && short.ends_with([' ', '-', '_']);
    let short = short.trim_end_matches([' ', '-', '_']);
    if is_word && short.chars().count() > MIN_CORE {
        short
    } else {
        name
    }
}

/// Returns whether two names are the same but for one letter. Letters of a script that the name is not written in can be any
/// letter.
pub(super) fn is_nearly(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let is_latin = |name: &[char]| {
        let count = name.iter().filter(|c| c.is_ascii()).count();
        count * 2 > name.len()
    };
    let is_foreign = |c: &char| !c.is_ascii() && c.is_alphabetic();
    let are_same = |(a, b): (&char, &char)| a == b || is_foreign(a) || is_foreign(b);
    if !(is_latin(&one) && is_latin(&other)) {
        return false;
    }
    let (short, long) = if one.len() <= other.len() {
        (&one, &other)
    } else {
        (&other, &one)
    };
    let ahead = short
        .iter()
        .zip(long.iter())
        .take_while(|pair| are_same(*pair));
    let ahead = ahead.count();
    let behind = short.iter().rev().zip(long.iter().rev());
    let behind = behind.take_while(|pair| are_same(*pair)).count();
    let (left, more) = (
        short.len().saturating_sub(ahead + behind),
        long.len() - short.len(),
    );
    if left == 0 && more == 0 {
        return true;
    }
    let middle = |name: &[char]| -> Vec<char> {
        let end = name
            .len()
            .saturating_sub(behind.min(name.len().saturating_sub(ahead)));
        name.get(ahead..end).unwrap_or_default().to_vec()
    };
    let (of_short, of_long) = (middle(short), middle(long));
    let is_one_letter = of_short.len().max(of_long.len()) <= 1;
    // The skeleton of `m` is two letters.
    let sorted = |letters: &[char]| {
        let mut letters = letters.to_vec();
        letters.sort_unstable();
        letters
    };
    let is_swapped = of_short.len() <= 3 && sorted(&of_short) == sorted(&of_long);
    short.len() >= MIN_FORGIVING && (is_one_letter || is_swapped)
}
