//! Links of a wiki, `[[Title]]` and `[[Title|words]]`, which an author writes without knowing an address.

use std::ops::Range;

use crate::{scanner::Scanner, tex};

/// The longest title with its words, in bytes.
const MAX_BYTES: usize = 400;

/// A link of a wiki.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WikiLink {
    /// Where it is, with its marks.
    pub bytes: Range<usize>,
    /// The title that it names, without spaces around it.
    pub title: String,
    /// What readers see.
    pub words: String,
}

/// Returns the links of a wiki in a text, in their order. Code and formulas, and what is behind a backslash, have none.
#[must_use]
pub fn wiki_links(md: &str) -> Vec<WikiLink> {
    if !md.contains("[[") {
        return Vec::new();
    }
    let formulas = tex::formulas(md);
    let mut scanner = Scanner::new(md);
    let mut links = Vec::new();
    loop {
        if scanner.line_start {
            scanner.line_start = false;
            if scanner.skip_fence() {
                continue;
            }
        }
        let Some(byte) = scanner.byte(scanner.at) else {
            return links;
        };
        match byte {
            b'\n' => {
                scanner.at += 1;
                scanner.line_start = true;
            }
            b'\\' => scanner.at = scanner.past_escape(scanner.at),
            b'`' => scanner.skip_code(),
            b'[' => match tex::end_around(&formulas, scanner.at)
                .is_none()
                .then(|| wiki_link(md, scanner.at))
                .flatten()
            {
                Some(link) => {
                    scanner.at = link.bytes.end;
                    links.push(link);
                }
                None => scanner.at += 1,
            },
            _ => scanner.at += 1,
        }
    }
}

/// Reads the link that begins here.
fn wiki_link(md: &str, at: usize) -> Option<WikiLink> {
    let rest = md.get(at..)?.strip_prefix("[[")?;
    // Not further than a link can be long, so that each bracket costs no more.
    let near = rest.as_bytes().iter().take(MAX_BYTES);
    let end = near
        .clone()
        .zip(near.skip(1))
        .position(|two| two == (&b']', &b']'))?;
    let inner = rest.get(..end).filter(|inner| !inner.contains('\n'))?;
    let (title, words) = inner.split_once('|').unwrap_or((inner, inner));
    let (title, words) = (title.trim(), words.trim());
    // A backslash at the end would escape the bracket that is written behind the words.
    let is_link = !title.is_empty()
        && !words.is_empty()
        && !words.ends_with('\\')
        && !inner.contains(['[', ']']);
    is_link.then(|| WikiLink {
        bytes: at..at + end + 4,
        title: title.to_owned(),
        words: words.to_owned(),
    })
}

/// Writes links of a wiki as links with an address, where `address` has one for the title. Every other byte stays as it is.
#[must_use]
pub fn replace_wiki_links(md: &str, mut address: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(md.len());
    let mut copied = 0;
    for link in wiki_links(md) {
        let Some(address) = address(&link.title) else {
            continue;
        };
        out.push_str(md.get(copied..link.bytes.start).unwrap_or_default());
        out.push_str(&format!("[{}]({address})", link.words));
        copied = link.bytes.end;
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_links_outside_code_only() {
        let known = |title: &str| (title == "Beds").then(|| "/d/1".to_owned());
        for (md, expected) in [
            ("see [[Beds]].", "see [Beds](/d/1)."),
            ("[[ Beds | all beds ]]", "[all beds](/d/1)"),
            ("[[Other]] and [[Beds]]", "[[Other]] and [Beds](/d/1)"),
            ("`[[Beds]]` \\[[Beds]]", "`[[Beds]]` \\[[Beds]]"),
            ("```\n[[Beds]]\n```\n", "```\n[[Beds]]\n```\n"),
            (
                "[[Be\nds]] [[]] [[|x]] [[a[b]]",
                "[[Be\nds]] [[]] [[|x]] [[a[b]]",
            ),
            ("[[[Beds]]]", "[[Beds](/d/1)]"),
            ("[[Beds", "[[Beds"),
            ("[[Beds|beds\\]]", "[[Beds|beds\\]]"),
            ("- [[Beds]]\n> [[Beds]]", "- [Beds](/d/1)\n> [Beds](/d/1)"),
        ] {
            assert_eq!(replace_wiki_links(md, known), expected, "{md}");
        }
    }

    #[test]
    fn many_open_brackets_cost_no_more_than_their_bytes() {
        let md = "[[".repeat(100_000);
        assert_eq!(wiki_links(&md), []);
        let md = format!("{}]]", "[[a ".repeat(50_000));
        assert_eq!(wiki_links(&md).len(), 1);
    }
}
