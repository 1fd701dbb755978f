//! Front-matter mistakes that would make a private file public. Such a file becomes a draft; its author's
//! intention is never guessed.

use crate::{fault::Fault, foreign, value::Map};

/// Returns the line that says who may read a file, if it is in front matter that was not read as such: it
/// begins after an empty line, is indented, or has no end. The private file would be published as text.
pub(super) fn missed_front_matter(text: &str) -> Option<u32> {
    /// Front matter has no more lines than this.
    const MAX_LINES: usize = 60;
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
    let line = text.lines().take(before + MAX_LINES).position(says)?;
    u32::try_from(line + 1).ok()
}

/// Returns a fault if `visibility` is empty or looks misspelt. Another key would cost a value; this one would
/// make a private document public.
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
        "`visibility` is empty; write who may read the document, or remove the line to publish it for everyone".to_owned()
    } else {
        format!("`{key}` is not a known key; if it says who may read, write `visibility`")
    };
    Some(Fault::new(KEY, node.line, text))
}
