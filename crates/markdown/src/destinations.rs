//! The links of a text that lead to some pages, where it can be without parsing the text.

use crate::reading::Reading;

/// Returns the destinations of links and images that begin with `prefix`, in their order.
#[must_use]
pub fn destinations(md: &str, prefix: &str) -> Vec<String> {
    if !md.contains(prefix) {
        return Vec::new();
    }
    in_prose(md, prefix).unwrap_or_else(|| {
        let links = Reading::new(md).links.into_iter().map(|link| link.url);
        links.filter(|url| url.starts_with(prefix)).collect()
    })
}

/// Finds the destinations in a text that is nothing but prose; `None` if a parser must say what is a link. The parser
/// takes a hundred times as long, and few texts need it for that.
fn in_prose(md: &str, prefix: &str) -> Option<Vec<String>> {
    /// What code, HTML, formulas, tables, attributes, comments and notes are written with.
    const MARKS: &[char] = &[
        '`', '<', '\\', '$', '|', '{', '%', '~', '^', '&', '\t', '\r',
    ];
    if md.contains(MARKS)
        || ["]:", ":::", ":-", "-:", "    "]
            .iter()
            .any(|mark| md.contains(mark))
    {
        return None;
    }
    let mut found = Vec::new();
    for (at, _) in md.match_indices(prefix) {
        let (before, rest) = md.split_at_checked(at)?;
        is_label_end(before)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "/.-_#".contains(c)))?;
        let (destination, behind) = rest.split_at_checked(end)?;
        behind.starts_with(')').then_some(())?;
        found.push(destination.to_owned());
    }
    Some(found)
}

/// Says whether a text ends with `[words](`, where nothing else can claim the brackets.
fn is_label_end(before: &str) -> Option<()> {
    let before = before.strip_suffix("](")?;
    let open = before.rfind(['[', ']'])?;
    let (outside, label) = before.split_at_checked(open)?;
    let label = label.strip_prefix('[')?;
    let outside = outside.strip_suffix('!').unwrap_or(outside);
    // An address that was written as it is could go on to here.
    let is_free = outside.is_empty() || outside.ends_with([' ', '\n']);
    // Lines that begin with letters are those of one paragraph.
    let line = outside.rsplit('\n').next().unwrap_or_default();
    let goes_on = |line: &str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    let mut more = label.split('\n').skip(1);
    let is_paragraph = !label.contains('\n') || (goes_on(line) && more.all(goes_on));
    (is_free && is_paragraph).then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_parser(md: &str) -> Vec<String> {
        let links = Reading::new(md).links.into_iter().map(|link| link.url);
        links.filter(|url| url.starts_with("/d/")).collect()
    }

    #[test]
    fn prose_is_not_parsed() {
        for (md, found) in [
            (
                "## Before\n\nSee [a](/d/x) and ![b\nc](/d/y#z).\n\n- *Or* [d](/d/x)\n",
                vec!["/d/x", "/d/y#z", "/d/x"],
            ),
            ("[a](/e/x)", vec![]),
        ] {
            assert_eq!(in_prose(md, "/d/").unwrap(), found, "{md}");
        }
        for md in ["`[a](/d/x)`", "/d/x", "[a](/d/x \"t\")", "# [a\nb](/d/x)"] {
            assert_eq!(in_prose(md, "/d/"), None, "{md}");
        }
    }

    proptest! {
        #[test]
        fn what_prose_has_is_what_the_parser_finds(
            parts in prop::collection::vec(prop::sample::select(vec![
                "[a](/d/x)", " [b\nc](/d/y) ", "[a *b*](/d/x#z)", "![", "[", "](/d/z", ")", "/d/w", "# ", "\n", "\n\n", "> ",
                "- ", "1. ", "**", "_", "http://e.example/", "www.e.example/", "a", " ", "---\n", "===\n", "!!! note", "?",
                "[[", "]]", "(", "\"", "'", ":", "=", "==", "++", "    ", "é", "\u{a0}", "`", "|",
            ]), 0..12),
        ) {
            let md = parts.concat();
            if let Some(found) = in_prose(&md, "/d/") {
                prop_assert_eq!(found, by_parser(&md), "{}", md);
            }
        }
    }
}
