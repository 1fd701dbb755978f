//! Which section of a case study a heading means.

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

/// Phrases by their section, as headings of reports, posters, quality improvement and SBAR have them. A phrase with the
/// plural is another one: a challenge comes first, challenges are met on the way.
const PHRASES: [&[&str]; 10] = [
    &[
        "situation",
        "background",
        "context",
        "introduction",
        "problem",
        "the problem",
        "problem statement",
        "challenge",
        "the challenge",
        "our challenge",
        "the issue",
        "issue",
        "why",
        "why we did it",
        "why we did this",
        "why it matters",
        "case for change",
        "the case for change",
        "rationale",
        "the need",
        "need",
        "aim",
        "aims",
        "objective",
        "objectives",
        "goal",
        "goals",
        "purpose",
        "where we started",
        "where we were",
        "starting point",
        "before",
        "setting",
        "what was the problem",
        "drivers",
        "scope",
        "assessment",
        "current state",
    ],
    &[
        "what we did",
        "approach",
        "our approach",
        "the approach",
        "method",
        "methods",
        "methodology",
        "intervention",
        "interventions",
        "solution",
        "the solution",
        "our solution",
        "implementation",
        "action",
        "actions",
        "actions taken",
        "action taken",
        "what was done",
        "how we did it",
        "how we did this",
        "how it was done",
        "delivery",
        "design",
        "process",
        "project",
        "the project",
        "roll out",
        "rollout",
        "roll-out",
        "plan",
        "the plan",
        "task",
        "what we changed",
        "changes made",
        "deployment",
        "steps",
        "steps taken",
        "how it works",
        "activities",
        "innovation",
        "the innovation",
        "strategy for change",
        "pdsa",
        "pdsa cycles",
        "change ideas",
        "development",
    ],
    &[
        "what happened",
        "result",
        "results",
        "our results",
        "outcome",
        "outcomes",
        "impact",
        "the impact",
        "benefit",
        "benefits",
        "findings",
        "evaluation",
        "measures",
        "measurement",
        "measurement of improvement",
        "evidence",
        "what changed",
        "what went well",
        "successes",
        "effect",
        "effects",
        "effects of changes",
        "achievements",
        "what we found",
        "what was achieved",
        "what we achieved",
        "after",
        "return on investment",
        "savings",
        "benefits realised",
        "impact and outcomes",
    ],
    &[
        "what we would do differently",
        "what would we do differently",
        "what we'd do differently",
        "what we would do next time",
        "what we'd do next time",
        "next time",
        "lesson",
        "lessons",
        "lessons learned",
        "lessons learnt",
        "lesson learnt",
        "lesson learned",
        "learning",
        "key learning",
        "our learning",
        "what we learned",
        "what we learnt",
        "learning points",
        "reflection",
        "reflections",
        "challenges",
        "challenges faced",
        "the challenges",
        "barriers",
        "obstacles",
        "difficulties",
        "problems",
        "problems encountered",
        "what did not work",
        "what didn't work",
        "what went wrong",
        "what we would change",
        "what could be better",
        "even better if",
        "limitations",
        "discussion",
        "barriers and enablers",
        "issues",
    ],
    &[
        "advice to the next trust",
        "advice",
        "advice to others",
        "advice for others",
        "our advice",
        "recommendation",
        "recommendations",
        "next steps",
        "next step",
        "conclusion",
        "conclusions",
        "top tips",
        "tips",
        "key messages",
        "message for others",
        "messages for others",
        "take home messages",
        "take-home messages",
        "takeaways",
        "key takeaways",
        "what next",
        "what's next",
        "the future",
        "future",
        "future plans",
        "future work",
        "spread",
        "sustainability",
        "spread and sustainability",
        "adoption and spread",
        "sharing",
    ],
    &[
        "safety and risks",
        "safety",
        "clinical safety",
        "patient safety",
        "risk",
        "risks",
        "risks and issues",
        "hazards",
        "risk management",
        "dcb0160",
        "information governance",
        "risks and mitigations",
        "safety case",
    ],
    &[
        "documents",
        "document",
        "reference",
        "references",
        "bibliography",
        "further reading",
        "further information",
        "resources",
        "appendix",
        "appendices",
        "links",
        "attachments",
        "supporting documents",
        "sources",
        "more information",
    ],
    &[
        "summary",
        "executive summary",
        "project summary",
        "abstract",
        "overview",
        "synopsis",
        "at a glance",
        "in brief",
        "headline",
    ],
    &[
        "cost",
        "costs",
        "the cost",
        "the costs",
        "our costs",
        "project cost",
        "project costs",
        "what it cost",
        "what did it cost",
        "how much it cost",
        "budget",
        "funding",
        "finance",
        "finances",
        "cost and time",
        "costs and time",
        "cost and funding",
        "costs and funding",
    ],
    &[
        "contact",
        "contacts",
        "contact us",
        "contact details",
        "contact information",
        "key contact",
        "key contacts",
        "lead contact",
        "who to ask",
        "who to contact",
        "project lead",
        "project team",
        "author",
        "authors",
    ],
];

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
