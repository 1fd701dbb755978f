//! What a component of MDX that is named like an element of HTML says in its attributes: `<Details summary="Not 5">`.

use super::elements::{Element, Kind};

/// Words that an element of HTML would not show.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    /// Words that are written before it, since it holds only parts.
    Before(String),
    /// Words that are written in an element of this name, first in it.
    Line(&'static str, String),
    /// Words that begin its own.
    Within(String),
}

/// Attributes that are words to a reader.
const WORDS: [&str; 11] = [
    "title",
    "heading",
    "header",
    "summary",
    "caption",
    "label",
    "text",
    "message",
    "description",
    "content",
    "legend",
];

/// Returns what the attributes of a tag say.
pub(super) fn by_attributes(
    element: Element,
    written: &str,
    attributes: &[(String, String)],
) -> Said {
    let is_details = element.kind == Kind::Part("details");
    let is_component = is_component(written);
    if !is_component && !is_details {
        return Said::Nothing;
    }
    let is_said = |name: &str| {
        if is_component {
            let has_alt = matches!(element.kind, Kind::Image | Kind::Input);
            WORDS.contains(&name) || name == "alt" && !has_alt
        } else {
            name == "summary"
        }
    };
    let mut said: Vec<String> = Vec::new();
    for (name, value) in attributes {
        let value = unquoted(value);
        if value.is_empty() {
            continue;
        }
        // Data in braces is shown as it is written.
        if is_component && value.starts_with(['{', '[']) && !value.contains("=>") {
            said.push(format!("{name}={value}"));
        } else if is_said(name) {
            said.push(value.to_owned());
        }
    }
    let words = said.join(" ");
    if words.is_empty() {
        return Said::Nothing;
    }
    placed(element.kind, words)
}

/// Returns where words are written that belong to an element.
fn placed(kind: Kind, words: String) -> Said {
    match kind {
        Kind::Part("details") => Said::Line("summary", words),
        Kind::Block | Kind::Part(_) | Kind::Quote => Said::Line("p", words),
        Kind::List
        | Kind::Numbered
        | Kind::Definitions
        | Kind::Table
        | Kind::Row
        | Kind::Image
        | Kind::Media(_)
        | Kind::Rule
        | Kind::Preformatted => Said::Before(words),
        Kind::Mark(_)
        | Kind::Anchor
        | Kind::Paragraph
        | Kind::Heading(_)
        | Kind::Item
        | Kind::Line(_)
        | Kind::Cell(_)
        | Kind::Break
        | Kind::Input
        | Kind::Source
        | Kind::Hidden
        | Kind::Plain => Said::Within(words),
    }
}

/// Returns whether a tag is named as components are: `<Details>`, and neither `<details>` nor the `<DETAILS>` of old HTML.
fn is_component(written: &str) -> bool {
    let mut letters = written
        .chars()
        .skip(1)
        .take_while(char::is_ascii_alphanumeric);
    letters.next().is_some_and(|c| c.is_ascii_uppercase())
        && letters.any(|c| c.is_ascii_lowercase())
}

/// Returns a value without the braces and quotation marks of a text in MDX: `{"Not 5"}`.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = value
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'));
    let inner = inner.map(str::trim).unwrap_or_default();
    for quote in ['"', '\'', '`'] {
        let text = inner
            .strip_prefix(quote)
            .and_then(|text| text.strip_suffix(quote));
        if let Some(text) = text.filter(|text| !text.contains(quote)) {
            return text;
        }
    }
    value
}
