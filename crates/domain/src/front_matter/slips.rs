//! Slips that would publish what was to stay in the house. What they concern is held back, never guessed.

use crate::{fault::Fault, foreign, value::Map};

/// Returns the line that says who may read a file, if it stands where front matter was meant to be: after
/// an empty line, indented, never closed. What was to stay in the house must not go out as text.
pub(super) fn missed_front_matter(text: &str) -> Option<u32> {
    /// More than any front matter has lines before its text begins.
    const LINES: usize = 60;
    let begins = text.trim_start();
    if !["---", "+++", "{"]
        .iter()
        .any(|fence| begins.starts_with(fence))
    {
        return None;
    }
    let skipped = text.len() - begins.len();
    let before = text
        .get(..skipped)
        .map_or(0, |before| before.lines().count());
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let marks = [' ', '\t', '{', ',', '"', '\''];
    let says = |line: &str| {
        let line = line.trim_start_matches(marks);
        line.split_once([':', '=']).is_some_and(|(key, _)| {
            foreign::says_who_may_read(key.trim_end().trim_end_matches(['"', '\'']))
        })
    };
    let line = text.lines().take(before + LINES).position(says)?;
    u32::try_from(line + 1).ok()
}

/// A key of another kind that is misspelt or left empty costs a value. This one would cost a secret.
pub(super) fn unclear_visibility(map: &Map) -> Option<Fault> {
    const KEY: &str = "visibility";
    let unclear = |key: &str, empty: bool| match key {
        KEY => empty,
        key => !empty && foreign::likely_meant(key) == Some(KEY),
    };
    let (key, node) = map
        .iter()
        .find(|(key, node)| unclear(key, node.value.is_null()))?;
    let text = if key == KEY {
        "is empty; write who may read the file, or remove the line if everyone may".to_owned()
    } else {
        format!("`{key}` is not a known key; if it says who may read, write `visibility`")
    };
    Some(Fault::new(KEY, node.line, text))
}
