//! What wraps the words of a line that marks a file: templates, notes, pictures, comments of markdown.

/// Returns the words that a line shows as its title, without what is around them: of `> [!warning] Internal only`,
/// `!!! note "Internal"`, `.. warning:: Internal`, `{{Confidential|reason=…}}`, `![WIP](wip.svg)`, `[//]: # (draft)`.
pub(crate) fn inner(line: &str) -> &str {
    let text = line.trim_start_matches(['>', ' ', '\t']).trim_end();
    block_comment(text)
        .or_else(|| note(text))
        .or_else(|| callout(text))
        .or_else(|| directive(text))
        .or_else(|| template(text))
        .or_else(|| included(text))
        .or_else(|| picture(text))
        .or_else(|| comment(text))
        .unwrap_or(line)
}

/// `!!! warning "Internal only"`, `:::danger Internal`.
fn note(text: &str) -> Option<&str> {
    let rest = ["!!!", "???", ":::"]
        .iter()
        .find_map(|mark| text.strip_prefix(mark))?;
    rest.trim_start().split_once(' ').map(|(_, title)| title)
}

/// `[!warning]- Internal only`; of `[!draft]`, its type.
fn callout(text: &str) -> Option<&str> {
    let (kind, title) = text.strip_prefix("[!")?.split_once(']')?;
    let title = title.trim_start_matches(['-', '+', ' ']);
    let is_kind = kind.chars().all(|c| c.is_alphanumeric() || c == '-');
    is_kind.then_some(if title.is_empty() { kind } else { title })
}

/// `.. warning:: Internal use only`, as in reStructuredText.
fn directive(text: &str) -> Option<&str> {
    let (_, title) = text.strip_prefix(".. ")?.split_once("::")?;
    Some(title).filter(|title| !title.trim().is_empty())
}

/// `{{Confidential|reason=board}}`, as in wikis.
fn template(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{{")?.strip_suffix("}}")?;
    inner.split('|').next()
}

/// `{% include draft.html %}`: what the included file is called.
fn included(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{%")?.strip_suffix("%}")?;
    let file = inner.trim_matches(['-', ' ']).strip_prefix("include")?;
    let file = file.trim_matches([' ', '"', '\'']);
    let name = file.rsplit('/').next()?;
    let (stem, ending) = name.split_once('.')?;
    matches!(ending, "html" | "md").then_some(stem)
}

/// `{% comment %}DRAFT{% endcomment %}`, `{::comment}DRAFT{:/comment}`: what is between the two.
fn block_comment(text: &str) -> Option<&str> {
    let begin = COMMENTS.iter().find(|begin| {
        let mark = text.get(..begin.len()).unwrap_or_default();
        mark.eq_ignore_ascii_case(begin)
    })?;
    let inner = text.get(begin.len()..)?;
    Some(inner.split_once('{').map_or(inner, |(inner, _)| inner))
}

/// Words that begin a comment of a program.
const COMMENTS: [&str; 8] = [
    "{% comment %}",
    "{%- comment -%}",
    "{%- comment %}",
    "{% comment -%}",
    "{::comment}",
    "{{< comment >}}",
    "{{% comment %}}",
    "{%comment%}",
];

/// Returns whether a line is nothing but the beginning or the end of a comment.
pub(crate) fn is_end_of_comment(text: &str) -> bool {
    let name = text.trim_matches(|c: char| !c.is_alphanumeric());
    text.starts_with('{') && text.ends_with('}') && matches!(name, "comment" | "endcomment")
}

/// A line that is one picture, with or without a link around it: what it shows.
fn picture(text: &str) -> Option<&str> {
    let text = text.strip_prefix('[').unwrap_or(text);
    let (shown, address) = text.strip_prefix("![")?.split_once("](")?;
    (address.ends_with(')') && !address.contains(' ')).then_some(shown)
}

/// `[//]: # (Do not publish)`, which markdown does not show.
fn comment(text: &str) -> Option<&str> {
    let (_, rest) = text.strip_prefix('[')?.split_once("]:")?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('#').or_else(|| rest.strip_prefix("<>"))?;
    Some(rest.trim())
}

/// Returns whether a line loads the class of a text in LaTeX as that of a draft, or marks each of its pages as one.
pub(crate) fn is_draft_of_latex(line: &str) -> bool {
    let options = |command: &str| {
        let (options, rest) = line.strip_prefix(command)?.split_once(']')?;
        rest.starts_with('{').then_some(options)
    };
    let is_draft = |options: &str| {
        let mut each = options.split(',');
        each.any(|option| matches!(option.trim(), "draft" | "draft=true"))
    };
    options("\\documentclass[").is_some_and(is_draft)
        || line.starts_with("\\usepackage") && line.contains("{draftwatermark}")
}

/// Returns the key and the value of a badge in a line: of `…/badge/status-draft-yellow`, `status` and `draft`.
pub(crate) fn badge(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = line.split_once("/badge/")?;
    let (key, rest) = rest.split_once('-')?;
    let value = rest.split(['-', '/', ')', '?', '.']).next()?;
    Some((key, value))
}
