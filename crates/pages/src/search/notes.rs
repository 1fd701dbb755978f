//! What the page says of words that no page has.

use crate::words;

/// Words that no page has and that a note names.
const MAX_NAMED_WORDS: usize = 3;

/// Returns what the page says of words that no page has. A word that was corrected is in what the page says of that.
pub(super) fn unknown_words(unknown: &[String], corrected: Option<&str>) -> Option<String> {
    let kept = |word: &&String| {
        corrected.is_none_or(|corrected| {
            let mut words = corrected.split(|c: char| !c.is_alphanumeric());
            words.any(|one| one.to_lowercase() == word.to_lowercase())
        })
    };
    let mut quoted: Vec<String> = unknown
        .iter()
        .filter(kept)
        .map(|word| format!("“{}”", words::cut(&markdown::visible(word), 24)))
        .collect();
    let more = quoted.len().saturating_sub(MAX_NAMED_WORDS);
    if more > 0 {
        quoted.truncate(MAX_NAMED_WORDS);
        quoted.push(format!("{more} more"));
    }
    let (last, others) = quoted.split_last()?;
    Some(if others.is_empty() {
        format!("No page has the word {last}.")
    } else {
        format!("No page has the words {} or {last}.", others.join(", "))
    })
}
