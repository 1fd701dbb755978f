//! What the text of a document says about itself: its title and its headings.
//!
//! This crate parses no markdown. The headings come from the renderer, by a function that the caller
//! passes in, so that advice and titles agree with what a reader sees.

use std::{cell::OnceCell, ops::RangeInclusive};

use metadata::Fault;

/// A heading of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Plain text.
    pub text: String,
    /// The lines of the text that it takes, from 1.
    pub lines: RangeInclusive<usize>,
}

/// Returns the headings of a markdown text in their order.
pub(crate) type FindHeadings<'a> = &'a dyn Fn(&str) -> Vec<Heading>;

/// A function that returns the headings of a markdown text in their order.
pub type Outline = fn(&str) -> Vec<Heading>;

/// The text of a file. Its headings are looked for once, and only if they are asked for.
pub(crate) struct Text<'a> {
    pub(crate) body_md: &'a str,
    /// The line of the file that the text begins on, from 1.
    pub(crate) first_line: u32,
    outline: FindHeadings<'a>,
    headings: OnceCell<Vec<Heading>>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(body_md: &'a str, first_line: u32, outline: FindHeadings<'a>) -> Self {
        Self {
            body_md,
            first_line,
            outline,
            headings: OnceCell::new(),
        }
    }

    pub(crate) fn headings(&self) -> &[Heading] {
        self.headings.get_or_init(|| (self.outline)(self.body_md))
    }

    /// Returns the first heading.
    pub(crate) fn title(&self) -> Option<String> {
        let heading = self.headings().first()?;
        // Several systems write the id of a heading behind it: `Set-up {#setup}`.
        let text = match heading.text.rsplit_once("{#") {
            Some((text, id)) if id.ends_with('}') => text.trim_end(),
            Some(_) | None => &heading.text,
        };
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }

    /// Returns the line of the file that a heading is on.
    fn line_of(&self, heading: &Heading) -> Option<u32> {
        let before = u32::try_from(heading.lines.start().saturating_sub(1)).ok()?;
        self.first_line.checked_add(before)
    }
}

/// The headings of a case study, in their order; the last two may be left out.
pub const HEADINGS: [&str; 7] = [
    "Situation",
    "What we did",
    "What happened",
    "What we would do differently",
    "Advice to the next trust",
    "Safety and risks",
    "Documents",
];
const REQUIRED_HEADINGS: usize = 5;

/// Makes a title of a file's name, or for the index of a folder of the folder's.
pub(crate) fn title_of_path(path: &str) -> String {
    let mut parts = path.rsplit(['/', '\\']).filter(|part| !part.is_empty());
    let file = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    // Some site generators name the file of `guide.html` so: `guide.html.md`.
    let stem = stem.strip_suffix(".html").unwrap_or(stem);
    let index = matches!(
        stem.to_ascii_lowercase().as_str(),
        "readme" | "index" | "_index" | ""
    );
    let name = if index {
        parts.next().unwrap_or(stem)
    } else {
        stem
    };
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '_'))
        .filter(|w| !w.is_empty())
        .collect();
    let name = words.join(" ");
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => "Untitled".to_owned(),
    }
}

/// Returns what is wrong with the headings of a case study.
pub(crate) fn heading_advice(text: &Text<'_>) -> Vec<Fault> {
    let mut advice = Vec::new();
    let found: Vec<(usize, &Heading)> = text
        .headings()
        .iter()
        .filter_map(|heading| {
            let mut known = HEADINGS.iter();
            let place = known.position(|known| is_alike(known, &heading.text))?;
            Some((place, heading))
        })
        .collect();
    for (place, name) in HEADINGS.iter().enumerate().take(REQUIRED_HEADINGS) {
        if !found.iter().any(|(held, _)| *held == place) {
            advice.push(missing(name, text));
        }
    }
    for pair in found.windows(2) {
        if let [(before, _), (place, heading)] = pair
            && place < before
        {
            let name = HEADINGS.get(*place).copied().unwrap_or_default();
            let after = HEADINGS.get(*before).copied().unwrap_or_default();
            let says = format!("`{name}` comes after `{after}`; move it before");
            advice.push(Fault::new("body", text.line_of(heading), says));
        }
    }
    advice
}

fn missing(name: &str, text: &Text<'_>) -> Fault {
    let says = format!("the heading `{name}` is missing; add `## {name}` and its text");
    Fault::new("body", Some(text.first_line), says)
}

/// Returns a fault for each of these headings that is missing or has no text.
pub(crate) fn missing_sections(text: &Text<'_>, names: &[&str]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for name in names {
        let is_wanted = |heading: &Heading| is_alike(&heading.text, name);
        let mut following = text.headings().iter().skip_while(|held| !is_wanted(held));
        let Some(heading) = following.next() else {
            faults.push(missing(name, text));
            continue;
        };
        // Headings of its writer are within the section.
        let is_section = |held: &&Heading| {
            let mut known = names.iter().chain(&HEADINGS);
            known.any(|name| is_alike(&held.text, name))
        };
        let end = following
            .find(is_section)
            .map_or(usize::MAX, |next| *next.lines.start() - 1);
        let mut lines = text.body_md.lines().take(end).skip(*heading.lines.end());
        if lines.all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            let says = format!("there is no text under `{name}`; write a sentence or two");
            faults.push(Fault::new("body", text.line_of(heading), says));
        }
    }
    faults
}

/// Returns whether two headings or names are the same but for letter case and the mark at their end.
pub(crate) fn is_alike(one: &str, other: &str) -> bool {
    let end: &[char] = &[':', '.', '?'];
    let (one, other) = (one.trim_end_matches(end), other.trim_end_matches(end));
    let is_ascii = || one.is_ascii() && other.is_ascii();
    one.eq_ignore_ascii_case(other) || (!is_ascii() && one.to_lowercase() == other.to_lowercase())
}

/// Says what would make a title easier to find.
pub(crate) fn title_advice(title: &str) -> Option<String> {
    const OPENINGS: [&str; 7] = [
        "an initiative to",
        "a project to",
        "implementation of",
        "implementing",
        "the implementation of",
        "introduction of",
        "our journey",
    ];
    let lower = title.to_lowercase();
    let opening = OPENINGS
        .into_iter()
        .find(|opening| lower.starts_with(opening))?;
    Some(format!(
        "`title` begins with `{opening}`; begin with the subject"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finds headings of the simplest form, for texts of these tests.
    fn outline(md: &str) -> Vec<Heading> {
        let lines = md.lines().zip(1..);
        let heading = |(line, number): (&str, usize)| {
            let text = line.strip_prefix("## ")?.to_owned();
            Some(Heading {
                text,
                lines: number..=number,
            })
        };
        lines.filter_map(heading).collect()
    }

    #[test]
    fn a_title_is_the_first_heading_without_its_id() {
        for (text, title) in [
            ("text\n\n## Set-up\n## More\n", Some("Set-up")),
            ("## Set-up {#setup}\n", Some("Set-up")),
            ("## {#setup}\n", None),
            ("## A {#b} c\n", Some("A {#b} c")),
            ("text\n", None),
        ] {
            assert_eq!(
                Text::new(text, 1, &outline).title().as_deref(),
                title,
                "{text}"
            );
        }
    }

    #[test]
    fn a_title_is_made_of_a_path() {
        for (path, made) in [
            ("guides/first-steps_now.md", "First steps now"),
            ("guides/README.md", "Guides"),
            ("README.md", "README"),
            ("a/_index.md", "A"),
            ("", "Untitled"),
            ("---.md", "Untitled"),
            ("x.y.markdown", "X.y"),
            ("guides/index.html.md", "Guides"),
            ("guides/ward.html.md", "Ward"),
        ] {
            assert_eq!(title_of_path(path), made, "{path:?}");
        }
    }

    #[test]
    fn headings_are_wanted_in_their_order() {
        let whole: String = HEADINGS
            .iter()
            .map(|name| format!("## {name}\n\ntext\n\n"))
            .collect();
        assert_eq!(heading_advice(&Text::new(&whole, 1, &outline)), []);
        let text = Text::new("## What we did\n\n## Situation\n", 10, &outline);
        let advice = heading_advice(&text);
        let lines: Vec<_> = advice.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(10), Some(10), Some(10), Some(12)]);
    }

    #[test]
    fn a_section_needs_a_heading_and_a_text() {
        let faults = |md: &str| {
            let text = Text::new(md, 10, &outline);
            let faults = missing_sections(&text, &["One", "Two"]);
            faults
                .into_iter()
                .map(|fault| fault.line.unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(faults("## One\n\nx\n\n## Two:\n\ny"), [0; 0]);
        assert_eq!(faults("## One\n\n\n## Two\n"), [10, 13]);
        assert_eq!(faults("x\n## Two\ny"), [10]);
    }
}
