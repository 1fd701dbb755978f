//! Style sheets in a text, as those of an export of Google Docs: what the rule of a class strikes out, raises or lowers is
//! read as the style of each element that has the class.

use std::collections::HashMap;

use super::{
    style::hides,
    tokens::{Tag, Token},
};

/// Rules that are read, and bytes of the styles that an element gets from them.
const MAX_RULES: usize = 2_000;
const MAX_STYLE_BYTES: usize = 1_000;
/// Properties that change what is read.
const PROPERTIES: [&str; 8] = [
    "text-decoration",
    "text-decoration-line",
    "vertical-align",
    "font-variant",
    "font-variant-position",
    "baseline-shift",
    "mso-text-raise",
    "list-style-type",
];

/// A rule of a class, in the order of the sheet.
struct Rule {
    element: Option<String>,
    style: String,
    at: usize,
}

/// Gives the tags of a text the styles of their classes.
pub(super) fn apply(css: &str, pieces: &mut [Vec<Token>]) {
    if css.is_empty() {
        return;
    }
    let rules = rules(css, meaningful);
    if rules.is_empty() {
        return;
    }
    for token in pieces.iter_mut().flatten() {
        if let Token::Tag(tag) = token
            && !tag.closes
            && let Some(style) = style_of(tag, &rules)
        {
            // The style of the element itself counts before that of its class.
            match tag.attributes.iter_mut().find(|(name, _)| name == "style") {
                Some((_, own)) => *own = format!("{style};{own}"),
                None => tag.attributes.push(("style".to_owned(), style)),
            }
        }
    }
}

fn style_of(tag: &Tag, rules: &HashMap<String, Vec<Rule>>) -> Option<String> {
    let classes = tag.attribute("class")?.split_whitespace();
    let mut found: Vec<&Rule> = classes
        .filter_map(|class| rules.get(class))
        .flatten()
        .filter(|rule| {
            rule.element
                .as_deref()
                .is_none_or(|name| name == tag.element.name)
        })
        .collect();
    found.sort_by_key(|rule| rule.at);
    let mut style = String::new();
    for rule in found {
        if style.len() + rule.style.len() > MAX_STYLE_BYTES {
            break;
        }
        style.push_str(&rule.style);
    }
    (!style.is_empty()).then_some(style)
}

/// The classes whose elements are meant not to be seen.
pub(super) struct Hiding(HashMap<String, Vec<Rule>>);

impl Hiding {
    pub(super) fn new(css: &str) -> Self {
        let kept = |block: &str| match hides(block) {
            true => "display:none;".to_owned(),
            false => String::new(),
        };
        Self(rules(css, kept))
    }

    pub(super) fn hides(&self, tag: &Tag) -> bool {
        style_of(tag, &self.0).is_some()
    }
}

/// Reads what is kept of the rules of classes, `.c3, span.c4 { vertical-align: super }`, by the class.
fn rules(css: &str, kept: impl Fn(&str) -> String) -> HashMap<String, Vec<Rule>> {
    let css = without_comments(css);
    let mut rules: HashMap<String, Vec<Rule>> = HashMap::new();
    let mut rest = css.as_str();
    let mut count = 0;
    while let Some((selectors, after)) = rest.split_once('{') {
        // What is before a rule of its own, such as `@import "x";`, ends with a semicolon.
        let selectors = selectors.rsplit([';', '}']).next().unwrap_or_default();
        if selectors.trim_start().starts_with('@') {
            rest = behind_block(after);
            continue;
        }
        let Some((block, after)) = after.split_once('}') else {
            break;
        };
        rest = after;
        let style = kept(block);
        if style.is_empty() {
            continue;
        }
        for selector in selectors.split(',') {
            let Some((element, class)) = class_of(selector) else {
                continue;
            };
            count += 1;
            if count > MAX_RULES {
                return rules;
            }
            rules.entry(class.to_owned()).or_default().push(Rule {
                element: (!element.is_empty()).then(|| element.to_ascii_lowercase()),
                style: style.clone(),
                at: count,
            });
        }
    }
    rules
}

fn without_comments(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// Returns what follows a block that may hold others.
fn behind_block(text: &str) -> &str {
    let mut open = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

/// Returns the declarations of a block that change what is read, each with its end.
fn meaningful(block: &str) -> String {
    let mut style = String::new();
    for declaration in block.split(';') {
        let name = declaration.split(':').next().unwrap_or_default().trim();
        if PROPERTIES.contains(&name.to_ascii_lowercase().as_str()) {
            style.push_str(declaration.trim());
            style.push(';');
        }
    }
    style
}

/// Returns the element, which may be empty, and the class of a simple selector.
fn class_of(selector: &str) -> Option<(&str, &str)> {
    let (element, class) = selector.trim().split_once('.')?;
    let is_name = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    (is_name(element) && is_name(class) && !class.is_empty()).then_some((element, class))
}
