//! Reads front matter whose only mistake is a colon in a text without quotation marks: `title: Falls: a year on`.

use metadata::{Fault, value::Map, yaml};

/// Returns the keys with such texts in quotation marks, and advice for each line. `None` if that does not make it YAML, or
/// if the text behind the colon could be a key that says who may read the file.
pub(super) fn with_quotes(front: &str) -> Option<(Map, Vec<Fault>)> {
    let mut advice = Vec::new();
    let mut repaired = String::with_capacity(front.len());
    for (line, number) in front.lines().zip(2_u32..) {
        match quoted(line) {
            Some((key, text)) => {
                if restriction::in_lines(text, 1).is_some() || names_restriction(text) {
                    return None;
                }
                let fixed = format!("{key}: {}", serde_json::Value::from(text));
                let says = format!(
                    "`{key}` has a colon in its text; put the text in quotation marks: `{fixed}`"
                );
                advice.push(Fault::new(key, Some(number), says));
                repaired.push_str(&fixed);
            }
            None => repaired.push_str(line),
        }
        repaired.push('\n');
    }
    if advice.is_empty() {
        return None;
    }
    Some((yaml::parse(&repaired, 2).ok()?, advice))
}

/// Returns key and text of an outermost line whose text has a colon and no quotation marks.
fn quoted(line: &str) -> Option<(&str, &str)> {
    let (key, text) = line.split_once(": ")?;
    let text = text.trim();
    let is_key = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    let has_colon = text.contains(": ") || text.ends_with(':');
    let is_plain =
        !text.starts_with(|c: char| "\"'[]{}|>&*!%@`#".contains(c)) && !text.contains(" #");
    (is_key && has_colon && is_plain).then_some((key, text))
}

/// Returns whether a word before a colon is a key that says who may read the file.
fn names_restriction(text: &str) -> bool {
    let mut before = text
        .split(':')
        .filter_map(|part| part.split_whitespace().next_back());
    before.any(restriction::is_key)
}
