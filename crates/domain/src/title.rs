//! The title of a text whose front matter has none: the heading that it begins with, or its first words.
//!
//! Each way in uses these: a form, a file that is typed or handed in, and files that are checked, published or imported.

use crate::{
    front_matter::shorten_title,
    kinds::Kind,
    outline::{HEADINGS, is_alike},
};

/// Returns the title in a heading of the first level with which a text begins, and the text behind it. A heading of the kind is
/// none.
#[must_use]
pub fn heading<'t>(kind: &Kind, body_md: &'t str) -> Option<(String, &'t str)> {
    let written = body_md.trim_start();
    let (first, rest) = written.split_once('\n').unwrap_or((written, ""));
    let said = first.trim_end().strip_prefix("# ")?.trim();
    let title = without_marks(without_end(said));
    let is_section = *kind != Kind::Page && HEADINGS.iter().any(|known| is_alike(known, &title));
    let is_title = !title.is_empty() && !is_section;
    is_title.then(|| (title, rest.trim_start_matches(['\r', '\n'])))
}

/// Returns the heading without the marks that close it, and without the id that several systems write behind it.
fn without_end(heading: &str) -> &str {
    let said = match heading.rsplit_once("{#") {
        Some((said, id)) if id.ends_with('}') => said.trim_end(),
        Some(_) | None => heading,
    };
    match said.rsplit_once(' ') {
        Some((said, end)) if end.chars().all(|c| c == '#') => said.trim_end(),
        Some(_) | None => said,
    }
}

/// Returns the first sentence of a text as a title, without its marks; empty for a text that has none but headings.
#[must_use]
pub fn first_words(body_md: &str) -> String {
    let mut lines = body_md.lines();
    let first = lines.find(|line| !line.trim().is_empty() && !is_heading(line));
    let line = first.unwrap_or_default().trim();
    let words = without_marks(without_number(
        line.trim_start_matches(['-', '*', '+', '>', ' ']),
    ));
    let sentence = words.split_once(". ").map_or(&*words, |(first, _)| first);
    shorten_title(sentence.trim_end_matches('.'))
}

fn is_heading(line: &str) -> bool {
    let behind = line.trim_start().trim_start_matches('#');
    behind.len() < line.trim_start().len() && (behind.is_empty() || behind.starts_with(' '))
}

/// Returns a line without the number of a list.
fn without_number(line: &str) -> &str {
    match line.split_once(". ") {
        Some((number, rest)) if number.parse::<u16>().is_ok() => rest,
        Some(_) | None => line,
    }
}

/// Returns words of Markdown without their marks, as a title has none: `**34** [wards](x)` is `34 wards`.
fn without_marks(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let is_mark = match c {
            '`' | '[' | ']' => true,
            '!' => next == '[',
            '~' => before == '~' || next == '~',
            '\\' => next.is_ascii_punctuation(),
            // `snake_case` and `2 * 3` are no marks.
            '*' | '_' => {
                let is_inside = before.is_alphanumeric() && next.is_alphanumeric();
                let is_apart = before.is_whitespace() && next.is_whitespace();
                !is_inside && !is_apart
            }
            _ => false,
        };
        if c == ']' && next == '(' {
            // The address of a link.
            rest.by_ref().take_while(|c| *c != ')').for_each(drop);
        } else if !is_mark {
            words.push(c);
        } else if c == '\\' {
            words.extend(rest.next());
        }
        before = c;
    }
    words.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_made_of_the_text_has_no_marks() {
        for (line, expected) in [
            (
                "**34 wards** lost their readers",
                "34 wards lost their readers",
            ),
            (
                "__Short__ and _italic_ and *both*",
                "Short and italic and both",
            ),
            ("## A heading\n\nWords. More.", "Words"),
            ("#1 on the list", "#1 on the list"),
            ("- a point", "a point"),
            ("1. first thing", "first thing"),
            ("> said", "said"),
            (
                "[A link](https://example.org/x) and more",
                "A link and more",
            ),
            ("![a picture](attachment:x.png) shown", "a picture shown"),
            (
                "`code` of snake_case and 2 * 3",
                "code of snake_case and 2 * 3",
            ),
            ("First, 5\\_6", "First, 5_6"),
            ("Beds ran out. No one noticed.", "Beds ran out"),
            ("~~old~~ new ~ about", "old new ~ about"),
            ("a [open", "a open"),
            ("", ""),
        ] {
            assert_eq!(first_words(line), expected, "{line}");
        }
    }

    #[test]
    fn a_heading_is_the_title_of_the_text_that_it_begins() {
        for (kind, text, expected) in [
            (
                Kind::Page,
                "\n# Bed **rails**\r\n\r\nWords.",
                Some(("Bed rails", "Words.")),
            ),
            (Kind::Page, "# C# in wards #", Some(("C# in wards", ""))),
            (
                Kind::Page,
                "# 1. First {#first}\nWords.",
                Some(("1. First", "Words.")),
            ),
            (
                Kind::Page,
                "# Situation\n\nWords.",
                Some(("Situation", "Words.")),
            ),
            (Kind::CaseStudy, "# Situation\n\nWords.", None),
            (Kind::Observation, "# What happened?\n\nWords.", None),
            (
                Kind::CaseStudy,
                "# Beds\n## Situation",
                Some(("Beds", "## Situation")),
            ),
            (Kind::Page, "Words.\n\n# Beds", None),
            (Kind::Page, "## Beds\n", None),
            (Kind::Page, "#Beds\n", None),
            (Kind::Page, "# \nWords.", None),
            (Kind::Page, "", None),
        ] {
            let found = heading(&kind, text);
            let found = found.as_ref().map(|(title, rest)| (title.as_str(), *rest));
            assert_eq!(found, expected, "{text}");
        }
    }
}
