//! Notes above the text that speak of it: `> **Note:** This document is a working draft.`

use crate::{
    letters::folded,
    marks::is_banner,
    orders::forbids,
    pieces::SELF_MARKS,
    places::words_of,
    sentences::is_denial,
    tags::without_tags,
    words::{Word, is_restricted, lists},
    wrappers,
};

lists! {
    /// What a text calls itself.
    TEXTS = "document|page|paper|draft|report|note|file|text|version|guidance|policy|article|post|plan|content|work|information|\
    site|wiki|entry|section|material|copy";
    /// Words between the verb and what is said.
    BETWEEN = "a|an|the|still|currently|visible|available|open|meant|intended";
}

/// Words behind the verb of such a sentence.
const MAX_WORDS: usize = 7;

/// Returns whether a line begins a quotation or a note.
pub(crate) fn begins(line: &str) -> bool {
    [">", "!!!", "???", ":::", "```{", "<div", "<aside", ".. "]
        .iter()
        .any(|begin| line.starts_with(begin))
}

/// Returns whether a line of a note marks the text: `> **Note:** This document is a working draft.`
pub(crate) fn is_mark(line: &str) -> bool {
    let plain = without_tags(wrappers::inner(line));
    let plain = plain.trim_matches(|c: char| c.is_whitespace() || "*_~`>|".contains(c));
    let rest = plain.split_once(':').map_or(plain, |(call, rest)| {
        if words_of(call).len() == 1 {
            rest
        } else {
            plain
        }
    });
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || "*_".contains(c));
    is_banner(rest, true) || speaks_of_itself(rest)
}

/// Returns whether a sentence says of its own text that it is not for everyone: `This page is visible to staff only`.
fn speaks_of_itself(sentence: &str) -> bool {
    let folded = folded(sentence);
    let words = words_of(&folded);
    let ["this" | "the", rest @ ..] = words.as_slice() else {
        return false;
    };
    let kinds = rest
        .iter()
        .take_while(|word| TEXTS.contains(**word))
        .count();
    let Some((verb, tail)) = rest.get(kinds..).and_then(<[&str]>::split_first) else {
        return false;
    };
    let is_short = tail.len() <= MAX_WORDS;
    let is_said = matches!(
        *verb,
        "is" | "remains" | "must" | "should" | "may" | "has" | "cannot"
    );
    let rest: Vec<&str> = tail
        .iter()
        .filter(|word| !BETWEEN.contains(**word))
        .copied()
        .collect();
    is_said
        && is_short
        && !is_denial(&words)
        && (is_restricted(Word::Audience, &rest)
            && rest
                .iter()
                .any(|word| *word == "only" || SELF_MARKS.contains(word))
            || forbids(&rest))
}
