//! What attributes say of how an element looks, where that changes what is read: struck out, raised, lowered, not seen.

use super::{elements::Kind, tokens::Tag};

/// Styles of what is not seen.
const HIDING: [&str; 7] = [
    "display:none",
    "visibility:hidden",
    "visibility:collapse",
    "opacity:0;",
    "font-size:0;",
    "font-size:0px;",
    "content-visibility:hidden",
];

/// Returns whether a style hides what has it.
pub(crate) fn hides(style: &str) -> bool {
    let style = compact(style);
    HIDING.iter().any(|hidden| style.contains(hidden))
}

/// Returns a style in lower case, without spaces, each part with its end.
fn compact(style: &str) -> String {
    let kept = style.chars().filter(|c| !c.is_whitespace());
    kept.collect::<String>().to_ascii_lowercase() + ";"
}

impl Tag {
    /// Returns the mark that is written for the way an element looks, unless that is its own.
    pub(crate) fn mark_of_style(&self) -> Option<&'static str> {
        let is_line = !self.element.kind.has_lines();
        let style = self.attribute("style").map(compact);
        let struck = style
            .as_ref()
            .filter(|style| style.contains("line-through"))
            .map(|_| "del");
        let placed = || style.as_deref().and_then(raised_or_lowered);
        let named = || self.attribute("class").and_then(class_of_script);
        let mark = struck.or_else(|| is_line.then(|| placed().or_else(named)).flatten())?;
        (self.element.kind != Kind::Mark(mark)).then_some(mark)
    }

    /// Returns whether the element has content of its own.
    pub(crate) fn has_content(&self) -> bool {
        !matches!(
            self.element.kind,
            Kind::Image | Kind::Input | Kind::Source | Kind::Media(_)
        ) && !matches!(self.element.name, "link" | "meta" | "br" | "hr" | "wbr")
    }

    /// Returns whether the content is meant not to be seen.
    pub(crate) fn hides(&self) -> bool {
        self.element.name == "template"
            || self.attributes.iter().any(|(name, _)| name == "hidden")
            || self.attribute("style").is_some_and(hides)
    }
}

/// Returns the mark of what a style raises or lowers in its line.
fn raised_or_lowered(style: &str) -> Option<&'static str> {
    let value = |name: &str| {
        let part = style.split(';').find_map(|part| part.strip_prefix(name));
        part.and_then(|part| part.strip_prefix(':'))
    };
    let sign = |value: &str| {
        let is_zero = !value.contains(|c: char| c.is_ascii_digit() && c != '0');
        (!is_zero).then_some(value.starts_with('-'))
    };
    match value("vertical-align") {
        Some("super" | "text-top") => return Some("sup"),
        Some("sub" | "text-bottom") => return Some("sub"),
        Some("top") if value("font-size").is_some() => return Some("sup"),
        Some("bottom") if value("font-size").is_some() => return Some("sub"),
        Some(length)
            if length.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '+')) =>
        {
            return sign(length).map(|lowers| if lowers { "sub" } else { "sup" });
        }
        _ => {}
    }
    if let Some(lowers) = value("mso-text-raise").and_then(sign) {
        return Some(if lowers { "sub" } else { "sup" });
    }
    if value("position") != Some("relative") {
        return None;
    }
    let up = value("top").and_then(sign);
    let raises = up.or_else(|| value("bottom").and_then(sign).map(|down| !down))?;
    Some(if raises { "sup" } else { "sub" })
}

/// Returns the mark that a class is usually named for.
fn class_of_script(classes: &str) -> Option<&'static str> {
    classes
        .split_whitespace()
        .find_map(|class| match class.to_ascii_lowercase().as_str() {
            "sup" | "super" | "superscript" => Some("sup"),
            "sub" | "subscript" => Some("sub"),
            _ => None,
        })
}
