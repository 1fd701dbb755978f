//! What a line says without the tags of HTML and the macros of Confluence.

use std::{borrow::Cow, fmt::Write as _};

/// Returns a line without its tags; of a tag `<meta name="…" content="…">` the name and the content, as key and value, and
/// the two cells of a row as well.
pub(crate) fn without_tags(text: &str) -> Cow<'_, str> {
    if let Some((_, row)) = text.split_once('|').filter(|_| text.starts_with('|')) {
        return Cow::Owned(row.trim_end_matches('|').replacen('|', ":", 1));
    }
    if let Some(text) = without_macros(text) {
        return Cow::Owned(text);
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
        // Of a macro of Confluence, only its title is words.
        let is_other = |name: String| name != "title";
        if tag.starts_with("ac:parameter") && attribute(tag, "ac:name").is_some_and(is_other) {
            continue;
        }
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

/// Macros of Confluence that mark a text or a part of it.
const MACROS: [&str; 6] = ["panel", "info", "note", "warning", "tip", "status"];

/// Returns a line without macros of Confluence, each replaced by its title; `None` if it has none:
/// `{panel:title=Internal|borderStyle=solid}`, `{status:colour=Red|title=DRAFT}`, `{warning}Internal only{warning}`.
fn without_macros(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut has_macro = false;
    while let Some((before, after)) = rest.split_once('{') {
        let macro_of = |name: &&str| {
            after
                .strip_prefix(*name)
                .filter(|end| end.starts_with([':', '}']))
        };
        let inner = MACROS
            .iter()
            .find_map(macro_of)
            .and_then(|end| end.split_once('}'));
        out.push_str(before);
        let Some((parameters, next)) = inner else {
            out.push('{');
            rest = after;
            continue;
        };
        let mut each = parameters.trim_start_matches(':').split('|');
        out.push_str(
            each.find_map(|one| one.strip_prefix("title="))
                .unwrap_or_default(),
        );
        has_macro = true;
        rest = next;
    }
    out.push_str(rest);
    has_macro.then_some(out)
}

/// Returns the attributes of a tag that say something to programs: `data-visibility="internal"`.
fn data_attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = tag.split_whitespace();
    let data = parts.filter_map(|part| part.strip_prefix("data-")?.split_once('='));
    data.map(|(key, value)| (key, value.trim_matches(['"', '\'', '/'])))
}
