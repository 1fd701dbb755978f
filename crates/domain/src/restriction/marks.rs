//! Lines and titles that mark a file as a whole: banners, hashtags, `DRAFT: a plan`.

use super::{
    letters::folded,
    words::{LABELS, Meaning, Word, is_restricted, labelled, lists},
};

lists! {
    /// Words that mark a text, and that a heading in capitals has for no other reason.
    MARKS = "draft|confidential|confidence|private|internal|secret|restricted|sensitive|embargoed";
    /// Words that mark a text without capitals, too, if they are above it.
    ALONE = "draft|wip|confidential|private|internal|embargoed|unpublished|sensitive|circulation|sharing|share";
}

/// Returns whether a line of its own is a marking such as `DRAFT - DO NOT SHARE`: in capitals, or as an order.
///
/// At the top of a file, above all text, it needs neither.
pub(super) fn is_banner(line: &str, is_at_top: bool) -> bool {
    let is_heading = line.starts_with('#');
    // `!!! warning "Internal only"`, `:::danger Internal`.
    let noted = ["!!!", "???", ":::"]
        .iter()
        .find_map(|mark| line.strip_prefix(mark));
    let noted = noted.and_then(|rest| rest.trim_start().split_once(' '));
    let line = noted.map_or(line, |(_, title)| title);
    let line = line.trim_matches(|c: char| !c.is_alphanumeric());
    let folded = folded(line);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "is" | "a" | "an" | "it"))
        .collect();
    let in_capitals = line.chars().any(char::is_uppercase) && !line.chars().any(char::is_lowercase);
    let has_pair = |pair: [&str; 2]| words.windows(2).any(|two| two == pair);
    let is_order =
        has_pair(["do", "not"]) || has_pair(["not", "for"]) || words.ends_with(&["only"]);
    // A heading such as `FUTURE` begins a part of the text.
    let is_marked = !is_heading || words.iter().any(|word| MARKS.contains(word));
    let is_alone = is_at_top
        && !is_heading
        && !line.contains([':', '=', '|'])
        && words.iter().any(|word| ALONE.contains(word));
    ((in_capitals && is_marked) || is_order || is_alone) && is_restricted(Word::State, &words)
}

/// Returns whether a line has nothing but hashtags, and one of them says that the file is not for everyone.
pub(super) fn is_hashtags(line: &str) -> bool {
    let line = folded(line);
    let mut tags = line.split_whitespace();
    let are_tags = tags.clone().all(|tag| {
        let name = tag.strip_prefix('#').unwrap_or_default();
        name.starts_with(char::is_alphanumeric)
    });
    are_tags && tags.any(|tag| labelled(tag) == Meaning::Restricted)
}

/// Returns whether a title is marked: `DRAFT: a plan`, `[Draft] A plan`, `A plan (draft)`.
pub(super) fn is_marked_title(title: &str) -> bool {
    let title = title.trim_matches(|c: char| c.is_whitespace() || "#*_=".contains(c));
    let is_mark = |word: &str| {
        let letters: String = folded(word)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect();
        LABELS.contains(letters.as_str()) || MARKS.contains(letters.as_str())
    };
    let is_draft = |word: &str| matches!(folded(word).trim(), "draft" | "wip");
    let bracketed = |open: char, close: char| {
        let first = title
            .strip_prefix(open)
            .and_then(|rest| rest.split_once(close));
        let last = title
            .strip_suffix(close)
            .and_then(|rest| rest.rsplit_once(open));
        first.is_some_and(|(word, _)| is_mark(word)) || last.is_some_and(|(_, word)| is_mark(word))
    };
    let in_capitals = |word: &str| is_mark(word) && !word.chars().any(char::is_lowercase);
    let separated = [":", " - ", " – ", " — "].into_iter().any(|separator| {
        let first = title.split_once(separator);
        let last = title.rsplit_once(separator);
        first.is_some_and(|(word, _)| in_capitals(word) || is_draft(word))
            || last.is_some_and(|(_, word)| in_capitals(word))
    });
    bracketed('[', ']') || bracketed('(', ')') || separated
}
