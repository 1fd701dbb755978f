//! Links without words, `[](page.md)`: MyST shows the title of what they lead to.

use crate::{code::Code, tex};

/// The longest destination of such a link, in bytes.
const MAX_BYTES: usize = 500;

/// Gives links without words those that `words` has for their destination. Every other byte stays as it is.
#[must_use]
pub fn fill_empty_links(md: &str, mut words: impl FnMut(&str) -> Option<String>) -> String {
    if !ends_of_brackets(md).any(|(start, _)| is_link(md, start)) {
        return md.to_owned();
    }
    let code = Code::read(md);
    let formulas = tex::formulas(md);
    let mut out = String::with_capacity(md.len());
    let mut copied = 0;
    for (start, end) in ends_of_brackets(md) {
        let is_literal = code.end_around(start).is_some()
            || code.html_end_around(start).is_some()
            || tex::end_around(&formulas, start).is_some();
        if is_literal || code.is_escaped(md, start) || !is_link(md, start) {
            continue;
        }
        let url = md.get(end + 2..).and_then(destination);
        let Some(words) = url.and_then(&mut words) else {
            continue;
        };
        out.push_str(md.get(copied..=start).unwrap_or_default());
        out.push_str(&literal(&words));
        copied = end;
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    out
}

/// Returns the places of brackets with nothing but spaces between them, before a parenthesis.
fn ends_of_brackets(md: &str) -> impl Iterator<Item = (usize, usize)> {
    md.match_indices("](").filter_map(|(end, _)| {
        let before = md.get(..end)?.trim_end_matches([' ', '\t']);
        before.ends_with('[').then(|| (before.len() - 1, end))
    })
}

/// Returns whether a bracket does not begin an image.
fn is_link(md: &str, start: usize) -> bool {
    md.get(..start).is_some_and(|before| !before.ends_with('!'))
}

/// Returns the destination that a text begins with.
fn destination(text: &str) -> Option<&str> {
    let text = text
        .get(..text.floor_char_boundary(MAX_BYTES))?
        .trim_start();
    if let Some(inner) = text.strip_prefix('<') {
        return inner.split_once('>').map(|(url, _)| url.trim());
    }
    let end = text.find(|c: char| c.is_whitespace() || c == ')')?;
    text.get(..end)
}

/// Writes words so that they mean nothing to markdown.
fn literal(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
    {
        if c.is_ascii_punctuation()
            && !matches!(
                c,
                ',' | ';' | ':' | '.' | '?' | '-' | '/' | '(' | ')' | '\'' | '"'
            )
        {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_without_words_get_those_of_what_they_lead_to() {
        for (md, expected) in [
            (
                "[](b.md) [ ](<b.md> \"t\")",
                "[B \\[1\\] \\*x\\*](b.md) [B \\[1\\] \\*x\\*](<b.md> \"t\")",
            ),
            (
                "[](c.md) ![](b.md) [x](b.md) \\[](b.md)",
                "[](c.md) ![](b.md) [x](b.md) \\[](b.md)",
            ),
            (
                "`[](b.md)` a[](b.md)",
                "`[](b.md)` a[B \\[1\\] \\*x\\*](b.md)",
            ),
            ("- [ ] (b.md)", "- [ ] (b.md)"),
        ] {
            let filled =
                fill_empty_links(md, |url| (url == "b.md").then(|| "B [1] *x*".to_owned()));
            assert_eq!(filled, expected);
        }
    }
}
