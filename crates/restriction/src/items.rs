//! Lines that are one word or one item: what marks a text, and what only lists or repeats words.

use crate::{letters::folded, marks::is_banner};

/// Returns whether a line is an item of a list.
pub(crate) fn is_item(text: &str) -> bool {
    let figures = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = figures.len() < text.len() && figures.starts_with([')', '.']);
    is_numbered || ["- ", "* ", "+ "].iter().any(|mark| text.starts_with(mark))
}

/// Returns whether an item is the first of several words, such as those of a workflow: `- Draft`, `- Final`.
pub(crate) fn is_list_of_words(item: &str, below: &[String]) -> bool {
    let next = below
        .iter()
        .map(|line| line.trim())
        .find(|line| !line.is_empty());
    let Some(next) = next.filter(|next| is_item(next)) else {
        return false;
    };
    !is_banner(item, false) || !next.chars().any(char::is_lowercase)
}

/// Returns whether a line of one word, not in capitals, is a word of the title that is a quality of what that is about.
pub(crate) fn repeats_title(plain: &str, title: &str) -> bool {
    let word = plain.trim_matches(|c: char| !c.is_alphanumeric());
    word.chars().any(char::is_lowercase)
        && folded(word) == "sensitive"
        && title
            .split(|c: char| !c.is_alphanumeric())
            .any(|one| one == "sensitive")
}
