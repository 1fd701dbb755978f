//! Comments of MyST, which Sphinx and Jupyter Book read: lines that begin with `%`. In any other text they are words.

/// Directives by which a text is known as one of MyST. Cells of R Markdown and Quarto have the names of languages.
const DIRECTIVES: [&str; 45] = [
    "admonition",
    "attention",
    "bibliography",
    "card",
    "caution",
    "code",
    "code-block",
    "code-cell",
    "contents",
    "csv-table",
    "danger",
    "deprecated",
    "dropdown",
    "epigraph",
    "error",
    "eval-rst",
    "figure",
    "glossary",
    "grid",
    "hint",
    "image",
    "important",
    "include",
    "index",
    "list-table",
    "literalinclude",
    "margin",
    "math",
    "note",
    "only",
    "raw",
    "rubric",
    "seealso",
    "sidebar",
    "tab-item",
    "tab-set",
    "table",
    "tableofcontents",
    "tip",
    "toctree",
    "todo",
    "topic",
    "versionadded",
    "versionchanged",
    "warning",
];
/// Roles that lead from one text of MyST to another.
const ROLES: [&str; 5] = ["{ref}`", "{doc}`", "{numref}`", "{term}`", "{cite}`"];

/// Returns whether a text may have such comments.
pub(super) fn may_have(md: &str) -> bool {
    let begins = |line: &str| inner(line).starts_with('%');
    memchr::memchr(b'%', md.as_bytes()).is_some() && md.lines().any(begins) && is_myst(md)
}

/// Returns whether a text is one of MyST: it has a directive, a role or a target (`(name)=`) of it.
pub(super) fn is_myst(md: &str) -> bool {
    let has_role = || ROLES.iter().any(|role| md.contains(role));
    let is_of_myst = |line| is_directive(inner(line)) || is_target(inner(line));
    md.lines().any(is_of_myst) || has_role()
}

/// Returns the length of the comment that a text begins with: its line.
pub(super) fn line_end(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

fn inner(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>'])
}

fn is_directive(line: &str) -> bool {
    let info = line.trim_start_matches(['`', '~', ':']);
    let name = info
        .trim_start()
        .strip_prefix('{')
        .and_then(|rest| rest.split_once('}'));
    line.len() - info.len() >= 3 && name.is_some_and(|(name, _)| DIRECTIVES.contains(&name))
}

fn is_target(line: &str) -> bool {
    let name = line
        .strip_prefix('(')
        .and_then(|rest| rest.trim_end().strip_suffix(")="));
    name.is_some_and(|name| {
        !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "()[]".contains(c))
    })
}
