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
    let said = without_end(first.trim_end().strip_prefix("# ")?.trim());
    if has_hidden(said) {
        return None;
    }
    let title = without_marks(said);
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

/// Returns the first sentence of a text as a title, without its marks; empty for a text that has none but headings, and where
/// something in the line or above it may be hidden from readers, as a comment is.
#[must_use]
pub fn first_words(body_md: &str) -> String {
    let mut lines = body_md.lines().peekable();
    while let Some(line) = lines.next() {
        if has_hidden(line) {
            break;
        }
        let is_underlined = lines.peek().is_some_and(|next| is_underline(next));
        let is_section = HEADINGS.iter().any(|known| is_alike(known, line.trim()));
        if line.trim().is_empty()
            || is_heading(line)
            || is_underlined
            || is_underline(line)
            || is_section
        {
            continue;
        }
        let line = line.trim().trim_start_matches(['-', '*', '+', '>', ' ']);
        let words = without_marks(without_number(line));
        return shorten_title(first_sentence(&words).trim_end_matches('.'));
    }
    String::new()
}

/// Returns whether a line has marks of what readers do not see, or see otherwise: comments, tags, entities, templates, footnotes
/// and names of links.
fn has_hidden(line: &str) -> bool {
    const MARKS: [&str; 8] = ["%%", "-->", "{", "[^", "][", "]:", "*/", "</"];
    let is_tag = |(at, _): (usize, &str)| {
        let next = line.get(at + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '!' | '?' | '%'))
    };
    let is_entity = |(at, _): (usize, &str)| {
        let name = line.get(at + 1..).and_then(|rest| rest.split_once(';'));
        name.is_some_and(|(name, _)| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '#';
            !name.is_empty() && name.chars().all(is_part)
        })
    };
    MARKS.iter().any(|mark| line.contains(mark))
        || line.match_indices('<').any(is_tag)
        || line.match_indices('&').any(is_entity)
}

/// Returns whether a line underlines the heading above it.
fn is_underline(line: &str) -> bool {
    let line = line.trim();
    let is_of = |mark: char| line.chars().all(|c| c == mark);
    !line.is_empty() && (is_of('=') || is_of('-'))
}

/// Returns the first sentence; a full stop after a few characters is that of an abbreviation.
fn first_sentence(words: &str) -> &str {
    const MIN_CHARS: usize = 10;
    let ends = words.match_indices(". ").map(|(at, _)| at);
    let sentences = ends.filter_map(|at| words.get(..at));
    let mut sentences = sentences.filter(|sentence| sentence.chars().count() >= MIN_CHARS);
    sentences.next().unwrap_or(words)
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
            ("## A heading\n\nWords. More.", "Words. More"),
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
            (
                "What happened\n-----\n\nBeds ran out at night.",
                "Beds ran out at night",
            ),
            (
                "At approx. 40 beds we stopped. Then more.",
                "At approx. 40 beds we stopped",
            ),
            // What readers do not see, or see otherwise, makes no title.
            ("<!-- Jane says so -->\n\nBeds ran out.", ""),
            ("<!--\nJane says so\n-->\nBeds ran out.", ""),
            ("## Situation <!-- ask\nJane first\n-->\nBeds ran out.", ""),
            ("%% ask Jane %%\nBeds ran out.", ""),
            ("[//]: # (Jane says so)\nBeds ran out.", ""),
            ("{/* ask Jane */}\nBeds ran out.", ""),
            ("Beds {>>Jane<<} ran out.", ""),
            ("Q&amp;A on the wards", ""),
            ("Wards[^1] and [the plan][1]", ""),
            ("A&E has <10 beds & more", "A&E has <10 beds & more"),
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
            (
                Kind::CaseStudy,
                "# Beds on ward nine <!-- ask Jane -->",
                None,
            ),
            (Kind::Page, "# Beds <!-- ask\nJane -->\nWords.", None),
            (Kind::Page, "# Q&amp;A", None),
            (Kind::Page, "", None),
        ] {
            let found = heading(&kind, text);
            let found = found.as_ref().map(|(title, rest)| (title.as_str(), *rest));
            assert_eq!(found, expected, "{text}");
        }
    }
}
