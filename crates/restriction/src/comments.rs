//! Looks at the comments of front matter. No reader sees them, but their author meant them for someone.

use crate::{
    keys::word,
    letters::folded,
    lines::key_and_value,
    marks::is_banner,
    words::{Meaning, Word, meaning},
};

/// Returns the index and the words of the first line whose comment says that the file is not for everyone: `# DO NOT
/// PUBLISH`, `# visibility: internal`, `title: A plan # draft`.
pub(crate) fn restricting(front: &str) -> Option<(usize, &str)> {
    if !front.contains('#') {
        return None;
    }
    front.lines().enumerate().find_map(|(index, line)| {
        let (before, comment) = split(line)?;
        restricts(before.trim(), comment).then_some((index, line))
    })
}

/// Splits a line before its comment: a `#` at its beginning or behind a space, outside quotation marks.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') if previous.is_whitespace() => {
                return Some((line.get(..at)?, line.get(at + 1..)?));
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        previous = c;
    }
    None
}

fn restricts(before: &str, comment: &str) -> bool {
    // A comment behind one of these keys explains its values.
    let key = before.split([':', '=']).next().unwrap_or_default();
    if word(key).is_some() {
        return false;
    }
    let comment = comment.trim_start_matches('#').trim();
    if is_banner(comment, true) {
        return true;
    }
    let line = folded(comment);
    let Some((key, value)) = key_and_value(&line).filter(|_| before.is_empty()) else {
        return false;
    };
    let lists_values = value.contains(['|', '/', ',']) || value.contains(" or ");
    let is_of_file = matches!(
        word(key),
        Some(
            Word::Audience
                | Word::Withheld
                | Word::Released
                | Word::State
                | Word::Marking
                | Word::Intended
                | Word::Level
        )
    );
    !lists_values
        && is_of_file
        && word(key).is_some_and(|word| meaning(word, value) == Meaning::Restricted)
}
