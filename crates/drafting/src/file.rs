//! The text of a draft: its parts under the headings of the form, and the one text of a file.

use domain::Heading;

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The lines of its heading as they were typed; `None` for the text before the first.
    pub(crate) heading: Option<String>,
    /// What was typed below it.
    pub(crate) text: String,
}

impl Part {
    /// Returns whether it is the part under this heading of the form.
    pub(crate) fn is_under(&self, heading: Option<&str>) -> bool {
        match (&self.heading, heading) {
            (None, None) => true,
            (Some(held), Some(wanted)) => fold(held) == fold(wanted),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

/// Splits a text at the first heading of each name in `known`.
pub(crate) fn split(body: &str, known: &[&str], headings: &[Heading]) -> Vec<Part> {
    let lines: Vec<&str> = body.split_inclusive('\n').collect();
    let mut parts = vec![Part {
        heading: None,
        text: String::new(),
    }];
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    for heading in headings {
        let (start, end) = (
            heading.lines.start().saturating_sub(1),
            *heading.lines.end(),
        );
        let name = fold(&heading.text);
        let typed = lines.get(start..end).unwrap_or_default().concat();
        let is_wanted = known.iter().any(|known| fold(known) == name);
        // A heading inside a quotation or a list begins no part of the text.
        let is_outside = typed.trim_start_matches(' ').starts_with('#') || end > start + 1;
        if !is_wanted || !is_outside || start < at || found.contains(&name) {
            continue;
        }
        push_text(&mut parts, lines.get(at..start).unwrap_or_default());
        parts.push(Part {
            heading: Some(typed.trim_end().to_owned()),
            text: String::new(),
        });
        found.push(name);
        at = end;
    }
    push_text(&mut parts, lines.get(at..).unwrap_or_default());
    parts.retain(|part| part.heading.is_some() || !part.text.is_empty());
    parts
}

fn push_text(parts: &mut [Part], lines: &[&str]) {
    if let Some(last) = parts.last_mut() {
        last.text = lines.concat().trim_matches(['\n', '\r']).to_owned();
    }
}

/// Joins the parts to the text of a file. Returns also the line on which the text of each part begins, from 1.
pub(crate) fn join(parts: &[Part]) -> (String, Vec<usize>) {
    let mut body = String::new();
    let mut lines = Vec::with_capacity(parts.len());
    for part in parts {
        if let Some(heading) = &part.heading {
            body.push_str(heading);
            body.push_str("\n\n");
        }
        lines.push(body.matches('\n').count() + 1);
        let text = part.text.trim_matches('\n');
        if !text.is_empty() {
            body.push_str(text);
            body.push_str("\n\n");
        }
    }
    body.truncate(body.trim_end_matches('\n').len());
    if !body.is_empty() {
        body.push('\n');
    }
    (body, lines)
}

/// Returns a heading as it is compared: without its marks and in lower case.
pub(crate) fn fold(heading: &str) -> String {
    let first = heading.lines().next().unwrap_or_default();
    let text = first.trim().trim_matches('#').trim();
    let text = match text.rsplit_once("{#") {
        Some((text, id)) if id.ends_with('}') => text.trim_end(),
        Some(_) | None => text,
    };
    text.trim_end_matches([':', '.', '?']).to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: [&str; 3] = ["Situation", "What we did", "What happened"];

    fn headings(body: &str) -> Vec<Heading> {
        let written = markdown::outline(body);
        let heading = |heading: markdown::WrittenHeading| Heading {
            text: heading.text,
            lines: heading.lines,
        };
        written.into_iter().map(heading).collect()
    }

    fn split_all(body: &str) -> Vec<Part> {
        split(body, &KNOWN, &headings(body))
    }

    #[test]
    fn a_text_is_split_at_the_headings_of_the_form_and_joined_as_it_was() {
        for (body, parts) in [
            ("", 0),
            ("no heading at all\n", 1),
            ("## Situation\n\na\n\n## What we did\n\nb\n", 2),
            ("before\n\n## situation:\n\na\n\n### Sub\n\nc\n", 2),
            ("## What happened\n\na\n\n## Situation\n\nb\n", 2),
            ("## Situation\n\na\n\n## Situation\n\nb\n", 1),
            ("```\n## Situation\n```\n", 1),
            ("> ## Situation\n> a\n", 1),
            ("Situation\n---------\n\na\n", 1),
        ] {
            let split = split_all(body);
            assert_eq!(split.len(), parts, "{body}: {split:?}");
            assert_eq!(join(&split).0, body);
        }
    }

    #[test]
    fn each_part_says_on_which_line_it_begins() {
        let body = "x\n\n## Situation\n\na\nb\n\n## What we did\n\nc\n";
        assert_eq!(join(&split_all(body)).1, [1, 5, 10]);
    }

    proptest! {
        #[test]
        fn no_word_of_any_text_is_lost(body in "(## Situation\n|## What we did\n|a\n|\n|- b\n|> ## Situation\n|```\n|=+\n| {1,5}c\n){0,20}") {
            let joined = join(&split_all(&body)).0;
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&joined), words(&body));
        }
    }
}
