//! Keys at the top of a file that nothing closes, however many they are.

use crate::{
    keys::word,
    letters::folded,
    lines::{has_key, key_and_value},
    words::{Meaning, Word, meaning},
};

/// Lines of keys that are looked at if nothing closes them.
const MAX_LINES: usize = 1_000;

/// Returns the number and the words of the first line of such keys that restricts who may read the file; `lines` begin
/// with the line `first_line`.
pub(crate) fn restricting(
    first_line: u32,
    lines: impl Iterator<Item = String>,
) -> Option<(u32, String)> {
    let keys = lines.take(MAX_LINES).take_while(|line| is_of_keys(line));
    (first_line..).zip(keys).find_map(|(number, line)| {
        let folded = folded(&line);
        let (key, value) = key_and_value(&folded)?;
        let word = word(key).filter(|word| word.is_certain() || *word == Word::State)?;
        (meaning(word, value) == Meaning::Restricted).then(|| (number, line.trim().to_owned()))
    })
}

/// Returns whether a line can be one of front matter.
fn is_of_keys(line: &str) -> bool {
    line.trim().is_empty()
        || line.starts_with([' ', '\t', '-', '#', '}', ']', '"'])
        || has_key(line)
}
