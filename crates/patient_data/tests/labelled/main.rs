//! The labelled sets: texts with patient data in every written form, and texts that only look like it.
//!
//! Both are made by seeded generators whose templates can be read here, so that each run checks the same texts. The test
//! prints recall and precision of each kind and fails below the promised figures. `second` is written without a look at
//! the rules, as someone else would write them, and `third` and `fourth` have the forms that such people found missing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::panic,
    reason = "a test may panic"
)]

mod clean;
mod fourth;
mod negatives;
mod positives;
mod random;
mod second;
mod third;

use std::collections::BTreeMap;

use patient_data::{Kind, Part, Severity, check};

/// A text, and the kind that it holds; `None` for a text without patient data.
pub(crate) struct Case {
    pub(crate) kind: Option<Kind>,
    pub(crate) text: String,
}

impl Case {
    pub(crate) fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self {
            kind: Some(kind),
            text: text.into(),
        }
    }

    pub(crate) fn clean(text: impl Into<String>) -> Self {
        Self {
            kind: None,
            text: text.into(),
        }
    }
}

/// The promised figures of a kind: recall and precision.
fn promise(kind: Kind) -> (f64, f64) {
    match kind {
        Kind::NhsNumber => (0.99, 0.95),
        Kind::EMail | Kind::Telephone | Kind::Postcode => (0.98, 0.95),
        Kind::DateOfBirth | Kind::HospitalNumber => (0.95, 0.95),
        Kind::PersonName | Kind::Age | Kind::DatedCondition | Kind::SmallCount | Kind::Image => {
            (0.9, 0.9)
        }
    }
}

#[derive(Default)]
struct Score {
    positives: usize,
    found: usize,
    false_alarms: usize,
    missed: Vec<String>,
    alarms: Vec<String>,
}

/// Examples of each sort that are printed.
const MAX_SHOWN: usize = 12;

fn score(cases: &[Case]) -> BTreeMap<Kind, Score> {
    let mut scores: BTreeMap<Kind, Score> = Kind::ALL
        .iter()
        .map(|kind| (*kind, Score::default()))
        .collect();
    for case in cases {
        let findings = check(&[Part::body(&case.text, 1)]);
        if let Some(kind) = case.kind {
            let score = scores.get_mut(&kind).unwrap();
            score.positives += 1;
            if findings.iter().any(|finding| finding.kind == kind) {
                score.found += 1;
            } else {
                score.missed.push(case.text.clone());
            }
        } else {
            for kind in Kind::ALL {
                if findings.iter().any(|finding| finding.kind == *kind) {
                    let score = scores.get_mut(kind).unwrap();
                    score.false_alarms += 1;
                    score.alarms.push(case.text.clone());
                }
            }
        }
    }
    scores
}

fn gate(name: &str, cases: &[Case]) {
    let positives = cases.iter().filter(|case| case.kind.is_some()).count();
    println!(
        "{name}: {positives} positives, {} negatives",
        cases.len() - positives
    );
    println!("| kind | positives | recall | false alarms | precision |\n|---|---|---|---|---|");
    let mut broken = Vec::new();
    let ratio = |part: usize, whole: usize| {
        if whole == 0 {
            1.0
        } else {
            part as f64 / whole as f64
        }
    };
    for (kind, score) in score(cases) {
        let recall = ratio(score.found, score.positives);
        let precision = ratio(score.found, score.found + score.false_alarms);
        println!(
            "| {kind} | {} | {recall:.4} | {} | {precision:.4} |",
            score.positives, score.false_alarms
        );
        for missed in score.missed.iter().take(MAX_SHOWN) {
            println!("  missed {kind}: {missed:?}");
        }
        for alarm in score.alarms.iter().take(MAX_SHOWN) {
            println!("  false {kind}: {alarm:?}");
        }
        let (least_recall, least_precision) = promise(kind);
        if recall < least_recall || precision < least_precision {
            broken.push(kind);
        }
    }
    assert!(broken.is_empty(), "{name}: below the promise: {broken:?}");
}

#[test]
fn the_labelled_set_keeps_the_promised_figures() {
    let mut cases = positives::cases();
    assert!(cases.len() >= 1_000, "{}", cases.len());
    let negatives = negatives::cases();
    assert!(negatives.len() >= 5_000, "{}", negatives.len());
    cases.extend(negatives);
    gate("labelled set", &cases);
}

#[test]
fn the_second_set_keeps_the_promised_figures() {
    gate("second set", &second::cases());
}

#[test]
fn the_third_set_keeps_the_promised_figures() {
    gate("third set", &third::cases());
}

#[test]
fn the_fourth_set_keeps_the_promised_figures() {
    gate("fourth set", &fourth::cases());
}

#[test]
fn clean_studies_and_paragraphs_raise_no_alarm() {
    // At most one false alarm in 20 clean studies, and false blocks in at most 0.5 % of clean paragraphs.
    let studies = clean::studies();
    let alarmed: Vec<_> = studies
        .iter()
        .filter_map(|(name, text)| {
            let found: Vec<_> = check(&[Part::body(text, 1)])
                .iter()
                .map(|finding| format!("{} line {:?}", finding.kind, finding.place.line))
                .collect();
            (!found.is_empty()).then(|| format!("{name}: {found:?}"))
        })
        .collect();
    let paragraphs = clean::paragraphs();
    let (mut blocked, mut warned) = (Vec::new(), Vec::new());
    for paragraph in &paragraphs {
        let findings = check(&[Part::body(paragraph, 1)]);
        if findings
            .iter()
            .any(|finding| finding.severity == Severity::Block)
        {
            blocked.push(paragraph);
        } else if !findings.is_empty() {
            let kinds: Vec<_> = findings
                .iter()
                .map(|finding| finding.kind.as_str())
                .collect();
            warned.push(format!("{kinds:?} {paragraph}"));
        }
    }
    println!(
        "{} clean studies: {} with an alarm {alarmed:#?}",
        studies.len(),
        alarmed.len()
    );
    println!(
        "{} clean paragraphs: {} blocked {blocked:#?}, {} warned {warned:#?}",
        paragraphs.len(),
        blocked.len(),
        warned.len()
    );
    assert!(studies.len() >= 20 && paragraphs.len() >= 300);
    assert!(alarmed.len() * 20 <= studies.len(), "{alarmed:#?}");
    assert!(blocked.len() * 200 <= paragraphs.len(), "{blocked:#?}");
    assert!(warned.len() * 50 <= paragraphs.len(), "{warned:#?}");
}
