//! What attributes say of how an element looks, where that changes what is read: struck out, raised, lowered, not seen.

use super::{elements::Kind, tokens::Tag};

/// Returns whether a style hides what has it.
pub(crate) fn hides(style: &str) -> bool {
    let style = compact(style);
    let is = |name: &str, wanted: &[&str]| {
        value(&style, name).is_some_and(|value| wanted.contains(&value))
    };
    let is_zero = |name: &str| {
        value(&style, name).is_some_and(|value| {
            let figures = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
            figures
                .parse::<f64>()
                .is_ok_and(|number| number.abs() < f64::EPSILON)
        })
    };
    let is_far_out = |name: &str| {
        /// Further than any page is wide.
        const FAR: f64 = -500.0;
        value(&style, name).is_some_and(|value| {
            let figures = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
            figures.parse::<f64>().is_ok_and(|number| number < FAR)
        })
    };
    is("display", &["none"])
        || is("visibility", &["hidden", "collapse"])
        || is("content-visibility", &["hidden"])
        || is("mso-hide", &["all"])
        || is("color", &["transparent"])
        || ["opacity", "font-size", "max-height", "max-width"]
            .into_iter()
            .any(is_zero)
        || ["left", "top", "right", "text-indent", "margin-left"]
            .into_iter()
            .any(is_far_out)
}

/// Returns a style in lower case, without spaces and comments, each part with its end.
fn compact(style: &str) -> String {
    let mut kept = String::with_capacity(style.len() + 1);
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.retain(|c| !c.is_whitespace());
    kept.to_ascii_lowercase().replace("!important", "") + ";"
}

/// What keeps an element apart from the words before and behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Apart {
    /// A space.
    Word,
    /// A line of its own.
    Line,
}

/// Returns the mark that is written for the way that something looks: struck out, and within a line raised or lowered.
pub(crate) fn mark_of(
    style: Option<&str>,
    class: Option<&str>,
    is_line: bool,
) -> Option<&'static str> {
    let style = style.map(compact);
    let by_style = style.as_deref().and_then(is_struck);
    if by_style.unwrap_or_else(|| class.is_some_and(strikes)) {
        return Some("del");
    }
    let placed = || style.as_deref().and_then(raised_or_lowered);
    let named = || class.and_then(class_of_script);
    is_line.then(|| placed().or_else(named)).flatten()
}

/// Returns the type that a style gives a list, as `list-style-type` calls it.
pub(super) fn list_style(style: &str) -> Option<String> {
    let style = compact(style);
    let named = value(&style, "list-style-type").or_else(|| value(&style, "list-style"));
    named.map(str::to_owned)
}

impl Tag {
    /// Returns the mark that is written for the way an element looks, unless that is its own.
    pub(crate) fn mark_of_style(&self) -> Option<&'static str> {
        // `vertical-align` of cells and rows is about the height of the row.
        let is_line = !self.element.kind.has_lines()
            && !matches!(
                self.element.name,
                "tbody"
                    | "thead"
                    | "tfoot"
                    | "colgroup"
                    | "col"
                    | "button"
                    | "label"
                    | "select"
                    | "textarea"
            );
        let mark = mark_of(self.attribute("style"), self.attribute("class"), is_line)?;
        (self.element.kind != Kind::Mark(mark)).then_some(mark)
    }

    /// Returns what keeps an element apart that is within a line by its name.
    pub(super) fn apart(&self) -> Option<Apart> {
        let by_name = matches!(
            self.element.name,
            "button" | "label" | "select" | "textarea" | "output" | "meter" | "progress" | "input"
        );
        let by_name = by_name.then_some(Apart::Word);
        let style = self.attribute("style").map(compact);
        by_name.max(style.as_deref().and_then(apart_by_style))
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
        let has = |wanted: &str| self.attributes.iter().any(|(name, _)| name == wanted);
        self.element.name == "template"
            // Without any attribute it may be a word, and hides nothing that a page of ours would not show.
            || self.element.name == "dialog" && !self.attributes.is_empty() && !has("open")
            || has("hidden")
            || self.attribute("style").is_some_and(hides)
    }
}

/// Returns whether a style strikes out; `None` if it does not say. The last of its lines counts.
fn is_struck(style: &str) -> Option<bool> {
    let mut parts = style.split(';').rev();
    let decoration = parts.find_map(|part| {
        let rest = part.strip_prefix("text-decoration")?;
        rest.strip_prefix(':').or(rest.strip_prefix("-line:"))
    })?;
    Some(decoration.contains("line-through"))
}

/// Returns the value of a property: the last one counts.
fn value<'a>(style: &'a str, name: &str) -> Option<&'a str> {
    let parts = style.split(';').rev();
    parts
        .filter_map(|part| part.strip_prefix(name)?.strip_prefix(':'))
        .next()
}

fn apart_by_style(style: &str) -> Option<Apart> {
    match value(style, "display") {
        Some(
            "block" | "flex" | "grid" | "table" | "list-item" | "flow-root" | "table-row"
            | "table-caption" | "-webkit-box",
        ) => return Some(Apart::Line),
        Some(
            "inline-block" | "inline-flex" | "inline-grid" | "inline-table" | "table-cell"
            | "table-column",
        ) => return Some(Apart::Word),
        _ => {}
    }
    let floats = matches!(value(style, "float"), Some("left" | "right"));
    let is_placed = matches!(value(style, "position"), Some("absolute" | "fixed"));
    let sides = ["margin", "margin-left", "margin-right", "margin-inline"]
        .into_iter()
        .chain(["padding", "padding-left", "padding-right", "padding-inline"]);
    let has_space = sides
        .filter_map(|side| value(style, side))
        .any(is_as_wide_as_a_space);
    (floats || is_placed || has_space).then_some(Apart::Word)
}

fn is_as_wide_as_a_space(length: &str) -> bool {
    /// About a quarter of an em: the width of a space.
    const MIN_POINTS: f64 = 3.0;
    const POINTS_OF_AN_EM: f64 = 12.0;
    let end = length
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(length.len());
    let (number, unit) = length.split_at(end);
    let is_relative = unit.starts_with("em") || unit.starts_with("rem") || unit.starts_with("ch");
    number
        .parse::<f64>()
        .is_ok_and(|number| number * if is_relative { POINTS_OF_AN_EM } else { 1.0 } >= MIN_POINTS)
}

/// Returns the mark of what a style raises or lowers in its line.
fn raised_or_lowered(style: &str) -> Option<&'static str> {
    let value = |name: &str| value(style, name);
    let sign = |value: &str| {
        let is_zero = !value.contains(|c: char| c.is_ascii_digit() && c != '0');
        (!is_zero).then_some(value.starts_with('-'))
    };
    let is_length = |value: &str| {
        value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '+'))
    };
    let names = [
        "font-variant-position",
        "font-variant",
        "baseline-shift",
        "vertical-align",
    ];
    for said in names.into_iter().filter_map(value) {
        match said {
            "super" | "text-top" | "top" => return Some("sup"),
            "sub" | "text-bottom" | "bottom" => return Some("sub"),
            length if is_length(length) => {
                if let Some(lowers) = sign(length) {
                    return Some(if lowers { "sub" } else { "sup" });
                }
            }
            _ => {}
        }
    }
    match value("font-feature-settings") {
        Some(features) if features.contains("sups") => return Some("sup"),
        Some(features) if features.contains("subs") || features.contains("sinf") => {
            return Some("sub");
        }
        _ => {}
    }
    if let Some(lowers) = value("mso-text-raise").and_then(sign) {
        return Some(if lowers { "sub" } else { "sup" });
    }
    let moved = value("transform").and_then(|moved| {
        let inner = moved.strip_prefix("translatey(")?;
        sign(inner).map(|up| !up)
    });
    if let Some(lowers) = moved {
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

/// Returns whether a class is usually named for what is struck out.
fn strikes(classes: &str) -> bool {
    const NAMES: [&str; 10] = [
        "crossed-out",
        "del",
        "deleted",
        "line-through",
        "strike",
        "strike-through",
        "strikethrough",
        "struck",
        "text-decoration-line-through",
        "text-strike",
    ];
    // Programs that colour code name so what a change takes out of it.
    let is_of_code = classes.split_whitespace().any(|class| class == "token");
    let mut names = classes.split_whitespace();
    !is_of_code && names.any(|class| NAMES.contains(&class.to_ascii_lowercase().as_str()))
}
