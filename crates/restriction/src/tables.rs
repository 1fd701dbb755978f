//! Tables that say something of the file: a head and one row, at its top, as templates of documents have.

use crate::{
    keys::word,
    letters::folded,
    words::{Meaning, Word, meaning},
};

/// Most columns that are looked at.
const MAX_COLUMNS: usize = 20;

/// Returns the only row of a table whose head is `head`, if one of its cells restricts who may read the file; `below` are
/// the lines below the head.
pub(crate) fn restricting<'a>(head: &str, below: &'a [String]) -> Option<&'a str> {
    let [rule, row, after @ ..] = below else {
        return None;
    };
    let is_rule = is_row(rule) && !rule.chars().any(char::is_alphanumeric);
    let is_alone = !after.first().is_some_and(|line| is_row(line));
    if !is_rule || !is_row(row) || !is_alone {
        return None;
    }
    let pairs = cells(head).zip(cells(row)).take(MAX_COLUMNS);
    let mut said = pairs.map(|(key, value)| match word(key) {
        Some(
            word @ (Word::State | Word::Marking | Word::Intended | Word::Audience | Word::Level),
        ) => meaning(word, &folded(value)) == Meaning::Restricted,
        _ => false,
    });
    said.any(|restricts| restricts).then_some(row.trim())
}

fn is_row(line: &str) -> bool {
    line.contains('|')
}

fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.trim().trim_matches('|').split('|').map(str::trim)
}
