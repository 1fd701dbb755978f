//! Headings and lines that keep a part of a text from publication, wherever in the file:
//! `## Internal notes (not for publication)`, `Do not publish below this line`.
//!
//! A file is published as a whole, so such a section keeps all of it back.

use crate::{marks::is_banner, places::closes_what_follows};

/// Returns the number and the words of the first heading that says that its section is not for everyone, or of the line that
/// says so of what is below it. `text` begins on the line `first_line`.
pub(crate) fn restricting(text: &str, first_line: u32) -> Option<(u32, String)> {
    let mut fence: Option<&str> = None;
    let mut lines = text.lines().zip(first_line..).peekable();
    while let Some((line, number)) = lines.next() {
        let inner = line.trim_start_matches([' ', '\t', '>']).trim_end();
        match fence {
            Some(open) if inner.starts_with(open) => fence = None,
            Some(_) => {}
            None => {
                fence = ["```", "~~~"]
                    .into_iter()
                    .find(|mark| inner.starts_with(mark))
            }
        }
        if fence.is_some() || inner.is_empty() || line.starts_with("    ") || line.starts_with('\t')
        {
            continue;
        }
        let underline = |next: &str| {
            let next = next.trim_start_matches([' ', '>']).trim_end();
            next.len() > 1
                && (next.trim_matches('=').is_empty() || next.trim_matches('-').is_empty())
        };
        let is_heading =
            inner.starts_with('#') || lines.peek().is_some_and(|(next, _)| underline(next));
        if is_heading && is_marked(inner) || closes_what_follows(inner) {
            return Some((number, inner.to_owned()));
        }
    }
    None
}

/// Returns whether a heading is an order such as `Do not publish`, or ends with one in brackets.
fn is_marked(heading: &str) -> bool {
    let words = heading.trim_matches(|c: char| c == '#' || c.is_whitespace());
    let in_brackets = [('(', ')'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| {
            words
                .strip_suffix(close)
                .and_then(|rest| rest.rsplit_once(open))
        });
    let parts = [Some(words), in_brackets.map(|(_, last)| last)];
    parts
        .into_iter()
        .flatten()
        .any(|part| is_banner(&format!("# {part}"), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_can_keep_its_section_from_publication() {
        let text = |heading: &str| format!("Words.\n\n{heading}\n\nMore words.\n");
        for heading in [
            "## Internal notes (not for publication)",
            "### Notes [do not share]",
            "## Do not publish",
            "> ## NOT FOR PUBLICATION",
            "Not for onward sharing\n---",
            "# For internal use only #",
        ] {
            let found = restricting(&text(heading), 10);
            assert_eq!(found.map(|(line, _)| line), Some(12), "{heading}");
        }
        for heading in [
            "## Internal notes",
            "## What not to do",
            "## What we did not publish before 2020",
            "## Sharing (with other trusts)",
            "## Members only",
            "## Publication",
            "```\n# do not publish\n```",
            "    # do not publish",
            "Do not publish names of patients.",
        ] {
            assert_eq!(restricting(&text(heading), 10), None, "{heading}");
        }
        // However far down.
        let far = format!("{}# Do not share\n", "words\n\n".repeat(200));
        assert_eq!(restricting(&far, 1).map(|(line, _)| line), Some(401));
    }
}
