//! What the text of a document says about itself: its title, and the headings of a case study.

use crate::fault::Fault;

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

/// A heading in a text.
struct Heading {
    text: String,
    /// From 0.
    line: usize,
}

/// Returns the first heading, without its markup.
pub(crate) fn title(body_md: &str) -> Option<String> {
    headings(body_md).next().map(|heading| heading.text)
}

fn headings(body_md: &str) -> impl Iterator<Item = Heading> {
    let mut fence: Option<(char, usize)> = None;
    let mut before: Option<&str> = None;
    body_md
        .lines()
        .enumerate()
        .filter_map(move |(index, line)| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            let text = line.trim();
            if let Some((mark, count)) = fence {
                if text.chars().all(|c| c == mark) && text.len() >= count {
                    fence = None;
                }
                return None;
            }
            let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'));
            if let Some(mark) = mark
                && let count = text.chars().take_while(|c| *c == mark).count()
                && count >= 3
            {
                fence = Some((mark, count));
                before = None;
                return None;
            }
            let above = before.take();
            if indent > 3 {
                return None;
            }
            let level = text.chars().take_while(|c| *c == '#').count();
            let rest = text.get(level..).unwrap_or_default();
            if (1..=6).contains(&level) && rest.starts_with([' ', '\t']) {
                let text = plain(rest.trim().trim_end_matches('#').trim_end());
                return (!text.is_empty()).then_some(Heading { text, line: index });
            }
            let underline = !text.is_empty()
                && (text.bytes().all(|b| b == b'=')
                    || text.len() > 2 && text.bytes().all(|b| b == b'-'));
            if let Some(above) = above
                && underline
            {
                return Some(Heading {
                    text: plain(above),
                    line: index.saturating_sub(1),
                });
            }
            let paragraph = !text.is_empty()
                && !text.starts_with(['>', '-', '*', '+', '|', '<', '!'])
                && !text.starts_with(|c: char| c.is_ascii_digit());
            before = paragraph.then_some(text);
            None
        })
}

/// Takes the markup off a heading.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\\' => {
                if let Some(next) = rest.chars().next() {
                    out.push(next);
                    rest = rest.get(next.len_utf8()..).unwrap_or_default();
                }
            }
            '*' | '`' | '[' => {}
            ']' => {
                // The destination of a link follows its text.
                if let Some((_, after)) = rest
                    .strip_prefix('(')
                    .and_then(|destination| destination.split_once(')'))
                {
                    rest = after;
                }
            }
            '{' if rest.starts_with('#') && rest.ends_with('}') => break,
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// Makes a title of a file's name, or for the index of a folder of the folder's.
pub(crate) fn title_of_path(path: &str) -> String {
    let mut parts = path.rsplit(['/', '\\']).filter(|part| !part.is_empty());
    let file = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
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

/// Says what is wrong with the headings of a case study.
pub(crate) fn heading_advice(body_md: &str, body_line: u32) -> Vec<Fault> {
    let mut advice = Vec::new();
    let found: Vec<(usize, usize)> = headings(body_md)
        .filter_map(|heading| {
            let wanted = fold(&heading.text);
            let place = HEADINGS.iter().position(|known| fold(known) == wanted)?;
            Some((place, heading.line))
        })
        .collect();
    for (place, name) in HEADINGS.iter().enumerate().take(REQUIRED_HEADINGS) {
        if !found.iter().any(|(held, _)| *held == place) {
            let text = format!("the heading `{name}` is missing; add `## {name}` and its text");
            advice.push(Fault::new("body", Some(body_line), text));
        }
    }
    for pair in found.windows(2) {
        if let [(before, _), (place, line)] = pair
            && place < before
        {
            let line = u32::try_from(*line)
                .ok()
                .and_then(|line| body_line.checked_add(line));
            let name = HEADINGS.get(*place).copied().unwrap_or_default();
            let after = HEADINGS.get(*before).copied().unwrap_or_default();
            let text = format!("`{name}` comes after `{after}`; move it before");
            advice.push(Fault::new("body", line, text));
        }
    }
    advice
}

/// Says which of these headings are missing, or have no text.
pub(crate) fn missing_sections(body_md: &str, body_line: u32, names: &[&str]) -> Vec<Fault> {
    let found: Vec<Heading> = headings(body_md).collect();
    let mut faults = Vec::new();
    for name in names {
        let wanted = fold(name);
        let place = found.iter().position(|held| fold(&held.text) == wanted);
        let Some((place, heading)) = place.and_then(|place| Some((place, found.get(place)?)))
        else {
            let text = format!("the heading `{name}` is missing; add `## {name}` and its text");
            faults.push(Fault::new("body", Some(body_line), text));
            continue;
        };
        let end = found.get(place + 1).map_or(usize::MAX, |next| next.line);
        let mut lines = body_md.lines().take(end).skip(heading.line + 1);
        // The line below a heading may be its underline.
        if !lines.any(|line| line.contains(|c: char| !c.is_whitespace() && c != '=' && c != '-')) {
            let line = u32::try_from(heading.line).ok();
            let line = line.and_then(|line| body_line.checked_add(line));
            let text = format!("there is no text under `{name}`; write a sentence or two");
            faults.push(Fault::new("body", line, text));
        }
    }
    faults
}

pub(crate) fn fold(text: &str) -> String {
    text.trim_end_matches([':', '.', '?']).to_lowercase()
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

    #[test]
    fn a_title_is_found_or_made() {
        for (body, title_found) in [
            ("# Wi-Fi survey\n\ntext", Some("Wi-Fi survey")),
            (
                "text\n\n### *Deep* `one` [link](x.md) ###\n",
                Some("Deep one link"),
            ),
            ("Title\n=====\n", Some("Title")),
            ("```\n# not this\n```\n## this\n", Some("this")),
            ("- item\n---\n# after\n", Some("after")),
            ("#hashtag\n", None),
            ("    # code\n", None),
            ("## Setup {#setup}\n", Some("Setup")),
            ("", None),
        ] {
            assert_eq!(title(body).as_deref(), title_found, "{body:?}");
        }
        for (path, made) in [
            ("guides/first-steps_now.md", "First steps now"),
            ("guides/README.md", "Guides"),
            ("README.md", "README"),
            ("a/_index.md", "A"),
            ("", "Untitled"),
            ("---.md", "Untitled"),
            ("x.y.markdown", "X.y"),
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
        assert_eq!(heading_advice(&whole, 1), []);
        let advice = heading_advice("## What we did\n\n## Situation\n", 10);
        let lines: Vec<_> = advice.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(10), Some(10), Some(10), Some(12)]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,200}", marks in "[#=\\-`~*\\[\\]()\\\\ {}\\na]{0,80}") {
            let _ = (title(&text), title(&marks), title_of_path(&text), title_of_path(&marks));
            let _ = heading_advice(&marks, 1);
        }
    }
}
