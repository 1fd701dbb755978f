//! What several documents say together: how strong the evidence is, whether they agree, and figures next to each other.
//!
//! Only what documents declare is counted, by rules that pages state in words. Figures of different units, and of
//! different names, are never put into one number.

mod spreads;

pub use spreads::{in_words, points_in_words};

use std::collections::BTreeSet;

use crate::{
    outline::is_alike,
    terms::Figure,
    vocabulary::{Direction, Evidence, Outcome, Unit},
};

/// Organisations that measured, from which on evidence is moderate, and strong.
const MODERATE_ORGANISATIONS: usize = 2;
const STRONG_ORGANISATIONS: usize = 3;
/// Values from which on a median says more than the values themselves.
const MIN_FOR_MEDIAN: usize = 3;

/// What one document declares about its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// A number for the organisation that published it.
    pub organisation: i64,
    /// How it went.
    pub result: Outcome,
    /// How the result is known; nothing for an observation.
    pub evidence: Option<Evidence>,
}

/// How strong the evidence on a subject is, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// No document says how it went.
    Nothing,
    /// No one measured.
    Opinion,
    /// One organisation measured.
    Limited,
    /// Two organisations measured.
    Moderate,
    /// Three organisations measured, and one of them compared.
    Strong,
}

impl Strength {
    /// Every strength, the weakest first.
    pub const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Opinion,
        Self::Limited,
        Self::Moderate,
        Self::Strong,
    ];

    /// Applies the rule to what documents declare. A document that says it is too early does not count.
    #[must_use]
    pub fn for_declared(declared: &[Declared]) -> Self {
        let decided = || {
            declared
                .iter()
                .filter(|one| one.result != Outcome::TooEarly)
        };
        let measured = decided().filter(|one| one.evidence >= Some(Evidence::BeforeAfter));
        let organisations: BTreeSet<i64> = measured.map(|one| one.organisation).collect();
        let has_comparison = decided().any(|one| one.evidence >= Some(Evidence::Comparison));
        match organisations.len() {
            0 if decided().next().is_none() => Self::Nothing,
            0 => Self::Opinion,
            count if count >= STRONG_ORGANISATIONS && has_comparison => Self::Strong,
            count if count >= MODERATE_ORGANISATIONS => Self::Moderate,
            _ => Self::Limited,
        }
    }

    /// Returns the strength as it is written for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Opinion => "opinion",
            Self::Limited => "limited",
            Self::Moderate => "moderate",
            Self::Strong => "strong",
        }
    }

    /// Returns what people read: how well a subject was measured. It does not say that something works, which readers
    /// take "strong evidence" to mean.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Nothing => "Nothing yet",
            Self::Opinion => "Opinion only",
            Self::Limited => "Little measured",
            Self::Moderate => "Fairly well measured",
            Self::Strong => "Well measured",
        }
    }

    /// Returns the rule in words.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Nothing => "No one has said yet whether it worked.",
            Self::Opinion => "What people saw or heard. No one measured before and after.",
            Self::Limited => "One organisation measured before and after, or compared.",
            Self::Moderate => "Two or more organisations measured before and after, or compared.",
            Self::Strong => {
                "Three or more organisations measured before and after, and at least one of them compared with others or was \
                 evaluated independently."
            }
        }
    }
}

/// Whether documents agree on how it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Fewer than two say how it went.
    TooFew,
    /// All say the same.
    Agree,
    /// At least three quarters say the same.
    Mostly,
    /// They differ.
    Differ,
}

impl Agreement {
    /// Applies the rule to the number of documents of each result. What is too early does not count.
    #[must_use]
    pub fn for_counts(counts: &[(Outcome, u64)]) -> Self {
        let decided = || {
            counts
                .iter()
                .filter(|(result, _)| *result != Outcome::TooEarly)
        };
        let all: u64 = decided().map(|(_, count)| count).sum();
        let most = decided().map(|(_, count)| *count).max().unwrap_or(0);
        match (all, most) {
            (0 | 1, _) => Self::TooFew,
            (all, most) if most == all => Self::Agree,
            (all, most) if most.saturating_mul(4) >= all.saturating_mul(3) => Self::Mostly,
            _ => Self::Differ,
        }
    }

    /// Returns the agreement as it is written for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooFew => "too-few",
            Self::Agree => "agree",
            Self::Mostly => "mostly-agree",
            Self::Differ => "differ",
        }
    }

    /// Returns what people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::TooFew => "Too few results to compare",
            Self::Agree => "All results agree",
            Self::Mostly => "Most results agree",
            Self::Differ => "Results differ",
        }
    }
}

/// One measure of several documents: the same name and the same unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared<'a, D> {
    /// What was measured, as the first document calls it.
    pub name: &'a str,
    /// In what unit.
    pub unit: Unit,
    /// Which way is better.
    pub direction: Direction,
    /// Each document with its figure, in the order in which they came.
    pub figures: Vec<(D, &'a Figure)>,
    /// How the changes of those that were measured before lie.
    pub change: Option<Spread>,
    /// How the results lie.
    pub after: Spread,
}

/// How values lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// How many there are.
    pub count: usize,
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
    /// The median, of three or more.
    pub median: Option<f64>,
}

impl Spread {
    fn new(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (lowest, highest) = (*values.first()?, *values.last()?);
        let at = |index: usize| values.get(index).copied();
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) {
            at(middle.saturating_sub(1))
                .zip(at(middle))
                .map(|(low, high)| f64::midpoint(low, high))
        } else {
            at(middle)
        };
        Some(Self {
            count: values.len(),
            lowest,
            highest,
            median: median.filter(|_| values.len() >= MIN_FOR_MEDIAN),
        })
    }
}

/// Puts figures next to each other that two documents or more have under one name, in one unit and one direction. A
/// document counts once in each.
#[must_use]
pub fn compared<'a, D: Copy + PartialEq>(figures: &[(D, &'a Figure)]) -> Vec<Compared<'a, D>> {
    let mut groups: Vec<Vec<(D, &'a Figure)>> = Vec::new();
    for (document, figure) in figures {
        let is_same = |group: &&mut Vec<(D, &Figure)>| {
            group.first().is_some_and(|(_, first)| {
                (first.unit, first.direction) == (figure.unit, figure.direction)
                    && is_alike(&first.name, &figure.name)
            })
        };
        match groups.iter_mut().find(is_same) {
            Some(group) if group.iter().any(|(held, _)| held == document) => {}
            Some(group) => group.push((*document, figure)),
            None => groups.push(vec![(*document, figure)]),
        }
    }
    let groups = groups.into_iter().filter(|group| group.len() > 1);
    groups.filter_map(side_by_side).collect()
}

/// Says whether two names are of one product: letter case, spaces, punctuation and marks such as ® do not matter. A plus
/// sign and a number sign do, since there are products that differ in nothing else.
#[must_use]
pub fn is_same_product(one: &str, other: &str) -> bool {
    one == other || product_key(one).is_some_and(|key| product_key(other) == Some(key))
}

/// Returns what names of one product have in common; `None` for a name without letters or digits.
#[must_use]
pub fn product_key(name: &str) -> Option<String> {
    let letters = name.chars().flat_map(char::to_lowercase);
    let key: String = letters
        .filter(|c| c.is_alphanumeric() || matches!(c, '+' | '#'))
        .collect();
    key.chars().any(char::is_alphanumeric).then_some(key)
}

fn side_by_side<'a, D>(figures: Vec<(D, &'a Figure)>) -> Option<Compared<'a, D>> {
    let (_, first) = figures.first()?;
    let changes = figures
        .iter()
        .filter_map(|(_, figure)| Some(figure.after - figure.before?));
    Some(Compared {
        name: &first.name,
        unit: first.unit,
        direction: first.direction,
        change: Spread::new(changes.collect()).filter(|change| change.count > 1),
        after: Spread::new(figures.iter().map(|(_, figure)| figure.after).collect())?,
        figures,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_known_by_its_letters_and_digits() {
        for (one, other, expected) in [
            ("Dragon Medical One", "dragon-medical one", true),
            ("Dragon Medical One", "DragonMedicalOne®", true),
            ("Epic", "EPIC.", true),
            ("Écran 2", "écran2", true),
            ("SystmOne", "SystemOne", false),
            ("Care", "Care+", false),
            ("Care 1", "Care 11", false),
            ("–", "–", true),
            ("–", "…", false),
            ("", "-", false),
        ] {
            assert_eq!(is_same_product(one, other), expected, "{one} {other}");
            assert_eq!(is_same_product(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn the_strength_of_evidence_follows_a_stated_rule() {
        use Evidence::{BeforeAfter, Comparison, IndependentEvaluation, Opinion, StaffFeedback};
        use Outcome::{DidNotWork, Partly, TooEarly, Worked};
        for (declared, expected) in [
            (vec![], Strength::Nothing),
            (
                vec![(1, TooEarly, Some(IndependentEvaluation))],
                Strength::Nothing,
            ),
            (vec![(1, Worked, None)], Strength::Opinion),
            (
                vec![
                    (1, Worked, Some(Opinion)),
                    (2, Worked, Some(StaffFeedback)),
                    (3, Worked, None),
                ],
                Strength::Opinion,
            ),
            (vec![(1, Worked, Some(BeforeAfter))], Strength::Limited),
            // Two documents of one organisation are one voice.
            (
                vec![
                    (1, Worked, Some(BeforeAfter)),
                    (1, Partly, Some(Comparison)),
                ],
                Strength::Limited,
            ),
            (
                vec![
                    (1, Worked, Some(BeforeAfter)),
                    (2, DidNotWork, Some(BeforeAfter)),
                ],
                Strength::Moderate,
            ),
            (
                vec![
                    (1, Worked, Some(BeforeAfter)),
                    (2, TooEarly, Some(BeforeAfter)),
                ],
                Strength::Limited,
            ),
            (
                vec![
                    (1, Worked, Some(BeforeAfter)),
                    (2, Partly, Some(BeforeAfter)),
                    (3, Worked, Some(BeforeAfter)),
                ],
                Strength::Moderate,
            ),
            (
                vec![
                    (1, Worked, Some(BeforeAfter)),
                    (2, Partly, Some(BeforeAfter)),
                    (3, Worked, Some(Comparison)),
                ],
                Strength::Strong,
            ),
            (
                vec![
                    (1, Worked, Some(BeforeAfter)),
                    (2, Partly, Some(BeforeAfter)),
                    (3, TooEarly, Some(Comparison)),
                ],
                Strength::Moderate,
            ),
        ] {
            let declared: Vec<Declared> = declared
                .into_iter()
                .map(|(organisation, result, evidence)| Declared {
                    organisation,
                    result,
                    evidence,
                })
                .collect();
            assert_eq!(Strength::for_declared(&declared), expected, "{declared:?}");
        }
    }

    #[test]
    fn agreement_is_on_what_is_decided() {
        use Outcome::{DidNotWork, Partly, TooEarly, Worked};
        for (counts, expected) in [
            (vec![], Agreement::TooFew),
            (vec![(Worked, 1), (TooEarly, 9)], Agreement::TooFew),
            (vec![(Worked, 2), (TooEarly, 1)], Agreement::Agree),
            (vec![(DidNotWork, 5)], Agreement::Agree),
            (vec![(Worked, 3), (Partly, 1)], Agreement::Mostly),
            (vec![(Worked, 2), (Partly, 1)], Agreement::Differ),
            (
                vec![(Worked, 2), (Partly, 0), (DidNotWork, 2)],
                Agreement::Differ,
            ),
            (vec![(Worked, u64::MAX / 2), (Partly, 1)], Agreement::Mostly),
        ] {
            assert_eq!(Agreement::for_counts(&counts), expected, "{counts:?}");
        }
    }

    fn figure(name: &str, unit: Unit, before: Option<f64>, after: f64) -> Figure {
        Figure {
            name: name.to_owned(),
            unit,
            direction: Direction::DownGood,
            before,
            after,
            expected: None,
        }
    }

    #[test]
    fn figures_are_compared_by_name_and_unit_only() {
        let figures = [
            figure("Time to sign in", Unit::Seconds, Some(52.0), 9.0),
            figure("Time to sign in", Unit::Minutes, Some(1.0), 0.5),
            figure("time to sign in.", Unit::Seconds, Some(44.0), 31.0),
            figure("Time to sign in", Unit::Seconds, None, 20.0),
            figure("Time to sign in", Unit::Seconds, Some(10.0), 1.0),
            figure("Errors", Unit::Percent, None, 4.0),
            figure("Errors", Unit::Percent, None, 11.0),
            figure("Alone", Unit::Count, Some(1.0), 2.0),
        ];
        let documents = [1, 1, 2, 3, 3, 1, 2, 4];
        let all: Vec<(i32, &Figure)> = documents.into_iter().zip(&figures).collect();
        let found = compared(&all);
        let names: Vec<_> = found
            .iter()
            .map(|group| (group.name, group.unit, group.figures.len()))
            .collect();
        // The second figure of the third document does not count again.
        assert_eq!(
            names,
            [
                ("Time to sign in", Unit::Seconds, 3),
                ("Errors", Unit::Percent, 2)
            ]
        );
        let [times, errors] = found.as_slice() else {
            unreachable!("there are two groups")
        };
        assert_eq!(
            times.change,
            Some(Spread {
                count: 2,
                lowest: -43.0,
                highest: -13.0,
                median: None
            })
        );
        assert_eq!(
            times.after,
            Spread {
                count: 3,
                lowest: 9.0,
                highest: 31.0,
                median: Some(20.0)
            }
        );
        assert_eq!(errors.change, None);
        let four = Spread::new(vec![4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!(
            (four.median, four.lowest, four.highest),
            (Some(2.5), 1.0, 4.0)
        );
    }

    #[test]
    fn every_strength_has_words_of_its_own() {
        let words: BTreeSet<_> = Strength::ALL
            .iter()
            .map(|one| (one.as_str(), one.label(), one.rule()))
            .collect();
        assert_eq!(words.len(), Strength::ALL.len());
    }
}
