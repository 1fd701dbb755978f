//! Definitions of links that are comments: `[//]: # (note)`, and those that nothing refers to and that say something,
//! `[ring Jo first]: https://…` or `[a]: https://… "note"`.

use std::collections::HashSet;

/// How much of a text is read for a note.
const MAX_NOTE_BYTES: usize = 2_000;
/// The longest label that the parser reads.
const MAX_LABEL_BYTES: usize = 999;
/// The destinations of definitions that only hold a note.
const NOWHERE: [&str; 2] = ["#", "<>"];

/// How the labels of such definitions begin, if they have words.
const NOTE_LABELS: [&str; 12] = [
    "//", "comment", "_comment", "note", "todo", "hidden", "private", "internal", "draft", "fixme",
    "secret", "wip",
];

/// Returns the length of a definition that only holds a note: `[//]: # (note)`, `[comment]: <> "note"`. A note may have
/// several lines.
pub(super) fn note_end(text: &str) -> Option<usize> {
    let text = text
        .get(..text.floor_char_boundary(MAX_NOTE_BYTES))
        .unwrap_or(text);
    let line = text.split(['\n', '\r']).next()?;
    let (label, _) = line.strip_prefix('[')?.split_once("]:")?;
    if !is_note_label(label) {
        return None;
    }
    let after = text.get(label.len() + 3..)?;
    let note = after_nowhere(after)?.trim_start();
    let close = match note.chars().next()? {
        '(' => ')',
        quote @ ('"' | '\'') => quote,
        _ => return None,
    };
    let mut end = text.len() - note.len();
    for (index, line) in note.split_inclusive('\n').enumerate() {
        let inner = line.trim_end();
        // A note ends with its paragraph at the latest, and before the next one.
        let words = inner.trim_start_matches([' ', '\t', '>']);
        if words.is_empty() || index > 0 && words.starts_with('[') && words.contains("]:") {
            return None;
        }
        if inner.ends_with(close) && (index > 0 || inner.len() > 1) {
            return Some(end + inner.len());
        }
        end += line.len();
    }
    None
}

/// Returns what is behind a destination that is none.
pub(super) fn after_nowhere(text: &str) -> Option<&str> {
    let text = text.trim_start();
    NOWHERE
        .iter()
        .find_map(|nowhere| text.strip_prefix(nowhere))
}

/// Returns whether a label is none that a link would have: `//`, `#`, `comment-1`.
fn is_note_label(label: &str) -> bool {
    let lower = label.to_ascii_lowercase();
    let has_word = label.contains(char::is_alphanumeric);
    !label.contains('[') && (!has_word || NOTE_LABELS.iter().any(|word| lower.starts_with(word)))
}

/// The labels that a text refers to.
pub(super) struct References(HashSet<String>);

impl References {
    /// Finds all that may be a reference: what is in brackets, anywhere but at the beginning of a definition.
    pub(super) fn read(md: &str) -> Self {
        let mut found = HashSet::new();
        let mut open = None;
        for (at, bracket) in md.match_indices(['[', ']']) {
            if bracket == "[" {
                open = Some(at);
                continue;
            }
            let Some(start) = open.take() else { continue };
            let is_defined = md.get(at + 1..).is_some_and(|rest| rest.starts_with(':'))
                && super::begins_line(md, start);
            let label = md.get(start + 1..at).unwrap_or_default();
            if !is_defined && label.len() <= MAX_LABEL_BYTES {
                found.insert(folded(label));
            }
        }
        Self(found)
    }
}

/// Returns a label as the parser compares it.
fn folded(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Returns the length of a definition at a place that nothing refers to and that has words of its own, in its label or in
/// a title on its line.
pub(super) fn unused_end<'r>(
    md: &str,
    at: usize,
    references: impl FnOnce() -> &'r References,
) -> Option<usize> {
    let line = md.get(at..)?.split(['\n', '\r']).next()?;
    let (label, after) = line.strip_prefix('[')?.split_once("]:")?;
    if label.starts_with('^') || label.contains(['[', ']', '\\']) || label.trim().is_empty() {
        return None;
    }
    let mut parts = after.trim().splitn(2, char::is_whitespace);
    let (destination, title) = (parts.next()?, parts.next().map(str::trim));
    let is_title = |title: &str| {
        let marks = [('(', ')'), ('"', '"'), ('\'', '\'')];
        let ends =
            |(open, close)| title.len() > 1 && title.starts_with(open) && title.ends_with(close);
        marks.into_iter().any(ends)
    };
    let says_something = title.is_some() || label.trim().contains(char::is_whitespace);
    if destination.is_empty() || !title.is_none_or(is_title) || !says_something {
        return None;
    }
    // Within a paragraph it is text.
    let before = md
        .get(..at)?
        .rsplit_once('\n')
        .map_or("", |(before, _)| before);
    let last = before.rsplit('\n').next().unwrap_or_default();
    let last = last.trim_matches(|c: char| c.is_whitespace() || c == '>');
    let begins = last.is_empty() || last.starts_with('[') && last.contains("]:");
    (begins && !references().0.contains(&folded(label))).then_some(line.trim_end().len())
}
