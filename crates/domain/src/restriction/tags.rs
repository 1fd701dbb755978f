//! What a line of HTML says without its tags.

use std::{borrow::Cow, fmt::Write as _};

/// Returns a line without its tags; of a tag `<meta name="…" content="…">` the name and the content, as key and value, and
/// the two cells of a row as well.
pub(super) fn without_tags(text: &str) -> Cow<'_, str> {
    if let Some((_, row)) = text.split_once('|').filter(|_| text.starts_with('|')) {
        return Cow::Owned(row.trim_end_matches('|').replacen('|', ":", 1));
    }
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let attribute = |tag: &str, name: &str| -> Option<String> {
        let (_, rest) = tag.split_once(&format!("{name}="))?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => rest.get(1..)?.split(quote).next()?,
            None => rest.split([' ', '/', '>']).next()?,
        };
        Some(value.to_owned())
    };
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('<').enumerate() {
        let tag = part.split_once('>').filter(|(tag, _)| {
            index > 0 && tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        });
        // The cells of a row in one line are a key and its value.
        if tag.is_some_and(|(tag, _)| matches!(tag, "/td" | "/th")) {
            out.push_str(": ");
        }
        let Some((tag, rest)) = tag else {
            if index > 0 {
                out.push('<');
            }
            out.push_str(part);
            continue;
        };
        if let (Some(name), Some(content)) = (attribute(tag, "name"), attribute(tag, "content")) {
            // A page that search engines must not list is not for everyone.
            let is_unlisted = name == "robots" && content.contains("noindex");
            let said = if is_unlisted {
                "noindex: true".to_owned()
            } else {
                format!("{name}: {content}")
            };
            out.push_str(&said);
        }
        for (key, value) in data_attributes(tag) {
            let _ = write!(out, "{key}: {value}");
        }
        out.push_str(rest);
    }
    Cow::Owned(out)
}

/// Returns the attributes of a tag that say something to programs: `data-visibility="internal"`.
fn data_attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = tag.split_whitespace();
    let data = parts.filter_map(|part| part.strip_prefix("data-")?.split_once('='));
    data.map(|(key, value)| (key, value.trim_matches(['"', '\'', '/'])))
}
