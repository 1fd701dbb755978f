//! Values that are levels or labels: how sensitive a file is, and what it is sorted by.

use crate::{
    orders::forbids,
    words::{LABELS, Meaning, Word, is_restricted, lists, restricted_if},
};

lists! {
    /// Levels at which everyone may read.
    LOW = "low|none|white|clear|0|1|public|no|unclassified";
}

/// Most words of a level; more are a sentence about it.
const MAX_LEVEL_WORDS: usize = 6;

/// Returns what a level of sensitivity says: only a low one is public.
pub(crate) fn level(value: &str, whole: &str, words: &[&str]) -> Meaning {
    // `Sensitivity: 0.92`, of a test.
    let is_figure = value.starts_with(|c: char| c.is_ascii_digit()) && whole.contains(['.', '%']);
    if is_figure {
        return Meaning::Public;
    }
    if value.is_empty() || words.len() > MAX_LEVEL_WORDS {
        return Meaning::Unclear;
    }
    restricted_if(!LOW.contains(value))
}

/// Returns what tags and the like say: `a, draft`, or `status/draft` as Obsidian has it.
pub(crate) fn labelled(value: &str) -> Meaning {
    let is_label = |item: &str| {
        let name = item.rsplit('/').next().unwrap_or(item);
        let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let parts = name.split(|c: char| !c.is_alphanumeric());
        let words: Vec<&str> = parts.filter(|word| !word.is_empty()).collect();
        // `draft-v0.3`, `not-for-circulation`
        let is_joined = words.len() > 1
            && !name.contains(' ')
            && (forbids(&words)
                || words
                    .iter()
                    .any(|word| LABELS.contains(word) || *word == "official")
                    && is_restricted(Word::State, &words));
        LABELS.contains(letters.as_str())
            || is_joined
            || item.split('/').any(|part| LABELS.contains(part.trim()))
    };
    if tlp(value) || value.split([',', ':']).any(is_label) {
        Meaning::Restricted
    } else {
        Meaning::Public
    }
}

/// Most words of a line that is a colour of the traffic light protocol.
const MAX_TLP_WORDS: usize = 4;

/// Returns whether a short text has a colour of the traffic light protocol that does not allow publication: `TLP:AMBER`.
/// Source: FIRST, TLP version 2.0, by which GREEN may not be shared in public either.
pub(crate) fn tlp(text: &str) -> bool {
    if !text.contains("tlp") && !text.contains("protocol") {
        return false;
    }
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.len() <= MAX_TLP_WORDS
        && words
            .windows(2)
            .any(|two| matches!(two, ["tlp" | "protocol", "red" | "amber" | "green"]))
}
