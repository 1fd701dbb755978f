//! Which section of a case study a heading means.

mod phrases;

use phrases::PHRASES;

/// The headings of a case study in their order: those of `domain`, which a test compares.
pub const SECTIONS: [&str; 7] = [
    "Situation",
    "What we did",
    "What happened",
    "What we would do differently",
    "Advice to the next trust",
    "Safety and risks",
    "Documents",
];

/// A heading that means the summary of a case study, which is no part of its text.
pub const SUMMARY: &str = "Summary";
/// A heading that means what it cost.
pub const COST: &str = "Cost";
/// A heading that means who can be asked.
pub const CONTACT: &str = "Contact";
/// What headings mean that are no part of the text.
pub const ANSWERS: [&str; 3] = [SUMMARY, COST, CONTACT];

/// The place of the first of [`ANSWERS`], behind those of [`SECTIONS`].
pub(crate) const FIRST_ANSWER: usize = SECTIONS.len();

/// The longest heading that is compared with parts of phrases, in characters.
const MAX_LOOSE_CHARS: usize = 60;

/// A section that a heading means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its place in [`SECTIONS`], and then in [`ANSWERS`].
    pub(crate) place: usize,
    /// Whether the heading says only this.
    pub(crate) exact: bool,
}

/// Returns the place of a heading that means an answer and no part of the text.
pub(crate) fn is_answer(place: usize) -> bool {
    place >= FIRST_ANSWER
}

/// Returns what a place is called.
pub(crate) fn name_of(place: usize) -> &'static str {
    let names = SECTIONS.iter().chain(&ANSWERS);
    names.copied().nth(place).unwrap_or_default()
}

/// Returns the section or the answer that a heading means.
pub(crate) fn section_of(heading: &str) -> Option<Found> {
    let folded = fold(heading);
    if folded.is_empty() {
        return None;
    }
    if let Some(place) = exactly(&folded) {
        return Some(Found { place, exact: true });
    }
    if folded.chars().count() > MAX_LOOSE_CHARS {
        return None;
    }
    // Several at once: the first that is known decides ("Background and aims").
    let parts = folded
        .split([',', '/', '–', ':', '-'])
        .flat_map(|part| part.split(" and "));
    let mut places = parts.map(str::trim).filter_map(exactly);
    // "Costs and benefits" is a part of the text.
    let first = places.clone().find(|place| !is_answer(*place));
    if let Some(place) = first.or_else(|| places.next()) {
        return Some(Found {
            place,
            exact: false,
        });
    }
    // A phrase at an end: "Results so far", "Background to the project". One at the beginning decides, then the longest.
    let mut best: Option<((bool, usize), usize)> = None;
    for (place, phrases) in PHRASES.iter().enumerate() {
        for phrase in *phrases {
            let starts = folded
                .strip_prefix(phrase)
                .is_some_and(|rest| rest.starts_with(' '));
            let ends = folded
                .strip_suffix(phrase)
                .is_some_and(|rest| rest.ends_with(' '));
            // "Cost of the project" is one; "A summary of results" and "Staff costs" may be any part of the text.
            let ends = ends && !is_answer(place);
            let starts = starts && place != FIRST_ANSWER;
            let weight = (starts, phrase.len());
            if (starts || ends)
                && (phrase.len() >= 5 || is_answer(place))
                && best.is_none_or(|(most, _)| weight > most)
            {
                best = Some((weight, place));
            }
        }
    }
    best.map(|(_, place)| Found {
        place,
        exact: false,
    })
}

fn exactly(folded: &str) -> Option<usize> {
    PHRASES.iter().position(|phrases| phrases.contains(&folded))
}

/// Returns a heading in lower case, without its number and without signs at its end.
fn fold(heading: &str) -> String {
    let lower = heading
        .to_lowercase()
        .replace('’', "'")
        .replace('&', " and ");
    let words = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '.' | ')' | '(' | ' ' | '\t' | ':' | '-' | '–')
    });
    let words = match words.split_once([')', '.']) {
        // "a) Background", "iv. Results"
        Some((label, rest))
            if label.len() <= 4
                && label
                    .chars()
                    .all(|c| matches!(c, 'a'..='h' | 'i' | 'v' | 'x')) =>
        {
            rest
        }
        Some(_) | None => words,
    };
    let words = words.strip_prefix("section ").map_or(words, |rest| {
        rest.trim_start_matches(|c: char| {
            c.is_ascii_digit() || matches!(c, ':' | ' ' | '.' | '-' | '–')
        })
    });
    words
        .trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | '.' | '?' | '!' | '-' | '–' | '*')
        })
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_reports_mean_sections() {
        for (heading, wanted) in [
            ("Situation", Some(0)),
            ("1. Background", Some(0)),
            ("2.1 BACKGROUND & AIMS", Some(0)),
            ("Background to the project", Some(0)),
            ("The challenge", Some(0)),
            ("What was the problem?", Some(0)),
            ("Our approach:", Some(1)),
            ("Methods", Some(1)),
            ("a) Implementation", Some(1)),
            ("How we did it", Some(1)),
            ("Results so far", Some(2)),
            ("Impact and outcomes", Some(2)),
            ("Section 3: Findings", Some(2)),
            ("Lessons learnt", Some(3)),
            ("Challenges", Some(3)),
            ("What we’d do next time", Some(3)),
            ("What went well", Some(2)),
            ("Summary", Some(7)),
            ("Executive summary:", Some(7)),
            ("Summary of results", Some(2)),
            ("Summary and background", Some(0)),
            ("Cost", Some(8)),
            ("4. Costs", Some(8)),
            ("Cost of the project", Some(8)),
            ("Costs and benefits", Some(2)),
            ("Staff costs", None),
            ("Contact", Some(9)),
            ("Contact details", Some(9)),
            ("Project lead", Some(9)),
            ("Next steps", Some(4)),
            ("Recommendations for other trusts", Some(4)),
            ("Conclusion", Some(4)),
            ("Clinical safety", Some(5)),
            ("References", Some(6)),
            ("Ward 12", None),
            ("Timeline", None),
            ("", None),
            ("12.", None),
        ] {
            assert_eq!(
                section_of(heading).map(|found| found.place),
                wanted,
                "{heading}"
            );
        }
    }

    #[test]
    fn the_sections_are_those_of_a_case_study() {
        assert_eq!(SECTIONS, domain::HEADINGS);
    }
}
