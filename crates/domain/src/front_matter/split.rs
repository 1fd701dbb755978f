//! Splits a file at the fences of its front matter.

/// A file, split into its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split<'a> {
    /// The YAML between the lines of dashes, which begins on line 2.
    pub yaml: Option<&'a str>,
    /// The text.
    pub body: &'a str,
    /// The line that the text begins on, from 1.
    pub body_line: u32,
}

/// Splits a file into front matter and text. A line of dashes that no keys follow is not front matter.
#[must_use]
pub fn split(text: &str) -> Split<'_> {
    let whole = Split {
        yaml: None,
        body: text,
        body_line: 1,
    };
    let Some(first) = text.split_inclusive('\n').next() else {
        return whole;
    };
    if first.trim_end() != "---" || first.len() == text.len() {
        return whole;
    }
    let mut at = first.len();
    let mut line = 1_u32;
    for next in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        line = line.saturating_add(1);
        if matches!(next.trim_end(), "---" | "...") {
            let yaml = text.get(first.len()..at).unwrap_or_default();
            if !looks_like_keys(yaml) {
                return whole;
            }
            let body = text.get(at + next.len()..).unwrap_or_default();
            // One empty line between front matter and text belongs to neither.
            let (body, skipped) = match body
                .strip_prefix('\n')
                .or_else(|| body.strip_prefix("\r\n"))
            {
                Some(rest) => (rest, 1),
                None => (body, 0),
            };
            return Split {
                yaml: Some(yaml),
                body,
                body_line: line.saturating_add(1 + skipped),
            };
        }
        at += next.len();
    }
    whole
}

/// Two lines of dashes around prose are horizontal rules, not front matter.
fn looks_like_keys(yaml: &str) -> bool {
    let mut lines = yaml.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    let Some(first) = lines.next() else {
        return true;
    };
    first.starts_with(['{', '"', '\'']) && first.contains(':')
        || first.split_once(':').is_some_and(|(key, rest)| {
            (rest.is_empty() || rest.starts_with([' ', '\t', '\r']))
                && key.len() <= 60
                && !key.trim_start_matches(' ').starts_with(['-', '*'])
                && !key.starts_with("    ")
                && !key.contains(". ")
        })
}
