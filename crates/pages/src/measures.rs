//! Measures before and after: two bars, the size of the change, and what was expected.
//!
//! The bars only repeat the figures next to them. Their widths are attributes, since the policy forbids inline styles.

use domain::{Content, Figure, Measure, grouped, vocabulary::Unit};

use crate::words::{self, lower_first_word};

/// The width of the longest bar, in pixels: a bar and its figure fit on a phone.
const MAX_WIDTH: f64 = 150.0;
/// The width of a bar that has any length.
const MIN_WIDTH: f64 = 2.0;
/// A relative change above this is left out: from next to nothing, any change is large.
const MAX_RELATIVE: f64 = 999.0;

/// A measure before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureRow {
    /// What was measured.
    pub name: String,
    /// How, and of how many.
    pub note: String,
    /// Before, after, and what was expected.
    pub bars: Vec<Bar>,
    /// `Better`, `Worse`, `No change` or `No figure before`.
    pub verdict: &'static str,
    /// The size of the change: `down 17 minutes (41%)`.
    pub change: String,
    /// How it compares with what was expected.
    pub expected: String,
}

/// One figure as a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// When: `Before`, `After`, `Expected`.
    pub label: &'static str,
    /// The last part of the class names.
    pub class: &'static str,
    /// The width in pixels; 0 for no bar.
    pub width: u32,
    /// The figure with its unit.
    pub value: String,
    /// The period.
    pub when: String,
}

/// Returns the rows of a document's measures.
#[must_use]
pub fn for_content(content: &Content) -> Vec<MeasureRow> {
    match content {
        Content::CaseStudy(study) => rows(&study.measures),
        Content::Page(_) | Content::Observation(_) | Content::Adoption(_) | Content::Other(_) => {
            Vec::new()
        }
    }
}

/// Returns the rows of a case study's measures.
#[must_use]
pub fn rows(measures: &[Measure]) -> Vec<MeasureRow> {
    measures.iter().map(row).collect()
}

fn row(measure: &Measure) -> MeasureRow {
    let figure = measure.figure();
    MeasureRow {
        name: markdown::visible(&measure.name).into_owned(),
        note: note(measure),
        bars: bars(measure, &figure),
        verdict: match figure.better() {
            Some(true) => "Better",
            Some(false) => "Worse",
            None if figure.before.is_none() => "No figure before",
            None => "No change",
        },
        change: change(&figure),
        expected: against_expected(&figure).unwrap_or_default(),
    }
}

/// Returns how it was measured, in brackets.
fn note(measure: &Measure) -> String {
    let mut notes: Vec<String> = Vec::new();
    if matches!(measure.unit, Unit::Score) {
        notes.push("score".to_owned());
    }
    let method = measure.method.as_deref().map(str::trim).unwrap_or_default();
    if !method.is_empty() {
        notes.push(lower_first_word(method.trim_end_matches('.')));
    }
    notes.extend(measure.n.map(|n| format!("{} measured", words::number(n))));
    if notes.is_empty() {
        return String::new();
    }
    markdown::visible(&format!("({})", notes.join("; "))).into_owned()
}

fn bars(measure: &Measure, figure: &Figure) -> Vec<Bar> {
    let shown =
        |text: &Option<String>| markdown::visible(text.as_deref().unwrap_or_default()).into_owned();
    let figures = [figure.before, Some(figure.after), figure.expected];
    // Shares are shares of a whole, also where there is one figure only.
    let whole = if figure.unit == Unit::Percent {
        100.0
    } else {
        0.0
    };
    let longest = figures.into_iter().flatten().fold(whole, f64::max);
    let has_negative = figures.into_iter().flatten().any(|value| value < 0.0);
    let bar = |label, class, value: f64, when: String| Bar {
        label,
        class,
        width: if has_negative {
            0
        } else {
            width(value, longest)
        },
        value: figure.shown(value),
        when,
    };
    let before = match figure.before {
        Some(before) => bar("Before", "before", before, shown(&measure.baseline_period)),
        None => Bar {
            label: "Before",
            class: "before",
            width: 0,
            value: "Not measured".to_owned(),
            when: String::new(),
        },
    };
    // What got better and still fell short of what was expected is neither good nor bad.
    let class = match (figure.better(), figure.better_than_expected()) {
        (Some(false), _) => "worse",
        (Some(true), Some(true) | None) => "better",
        (Some(true), Some(false)) | (None, _) => "after",
    };
    let mut bars = vec![
        before,
        bar("After", class, figure.after, shown(&measure.result_period)),
    ];
    bars.extend(
        figure
            .expected
            .map(|expected| bar("Expected", "expected", expected, String::new())),
    );
    bars
}

/// Returns the width of a bar in pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and MAX_WIDTH"
)]
fn width(value: f64, longest: f64) -> u32 {
    if value <= 0.0 || longest <= 0.0 {
        return 0;
    }
    (value / longest * MAX_WIDTH)
        .clamp(MIN_WIDTH, MAX_WIDTH)
        .round() as u32
}

/// Returns the size of a change in words: `down 17 minutes (41%)`; nothing if there is none.
#[must_use]
pub fn change(figure: &Figure) -> String {
    let Some(before) = figure.before.filter(|before| *before != figure.after) else {
        return String::new();
    };
    let difference = rounded((figure.after - before).abs());
    let way = if figure.after > before { "up" } else { "down" };
    if figure.unit == Unit::Percent {
        let points = if difference == 1.0 { "point" } else { "points" };
        return format!("{way} {} percentage {points}", grouped(difference));
    }
    let relative = (difference / before.abs() * 100.0).round();
    let size = figure.shown(difference);
    if before == 0.0 || !(1.0..=MAX_RELATIVE).contains(&relative) {
        return format!("{way} {size}");
    }
    format!("{way} {size} ({relative}%)")
}

/// Returns a number with two decimals at most; differences of floats have many more.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn against_expected(figure: &Figure) -> Option<String> {
    let expected = figure.shown(figure.expected?);
    Some(match figure.better_than_expected() {
        Some(true) => format!("Better than the {expected} they expected"),
        Some(false) => format!("Not as good as the {expected} they expected"),
        None => "As they expected".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use domain::vocabulary::Direction;

    use super::*;

    fn figure(unit: Unit, before: Option<f64>, after: f64, expected: Option<f64>) -> Figure {
        Figure {
            name: "Wait".to_owned(),
            unit,
            direction: Direction::DownGood,
            before,
            after,
            expected,
        }
    }

    #[test]
    fn the_size_of_a_change_is_in_words() {
        for (unit, before, after, words) in [
            (Unit::Minutes, Some(41.0), 24.0, "down 17 minutes (41%)"),
            (Unit::Hours, Some(2.0), 3.0, "up 1 hour (50%)"),
            (Unit::Percent, Some(6.1), 4.0, "down 2.1 percentage points"),
            (Unit::Percent, Some(3.0), 4.0, "up 1 percentage point"),
            (Unit::Gbp, Some(1.9), 3.4, "up £1.50 (79%)"),
            (Unit::Count, Some(0.0), 640.0, "up 640"),
            (Unit::Count, Some(1.0), 640.0, "up 639"),
            (Unit::Count, Some(9_000.0), 9_001.0, "up 1"),
            (Unit::Days, Some(7.0), 7.0, ""),
            (Unit::Days, None, 7.0, ""),
        ] {
            assert_eq!(change(&figure(unit, before, after, None)), words);
        }
    }

    #[test]
    fn a_figure_is_compared_with_what_was_expected() {
        for (after, expected, words) in [
            (9.0, Some(12.0), "Better than the 12 days they expected"),
            (15.0, Some(12.0), "Not as good as the 12 days they expected"),
            (12.0, Some(12.0), "As they expected"),
            (12.0, None, ""),
        ] {
            let found = against_expected(&figure(Unit::Days, Some(20.0), after, expected));
            assert_eq!(found.unwrap_or_default(), words);
        }
    }

    fn measured() -> Measure {
        Measure {
            name: "Arrivals checked in at a kiosk".to_owned(),
            unit: Unit::Percent,
            direction: Direction::UpGood,
            baseline: Some(0.0),
            result: 23.0,
            expected: Some(70.0),
            baseline_period: None,
            result_period: Some("2024".to_owned()),
            n: Some(198_000),
            method: Some("Counted by the kiosks.".to_owned()),
        }
    }

    #[test]
    fn what_got_better_and_fell_short_is_not_shown_as_a_success() {
        let row = row(&measured());
        let bars: Vec<_> = row
            .bars
            .iter()
            .map(|bar| (bar.label, bar.class, bar.width))
            .collect();
        assert_eq!(
            bars,
            [
                ("Before", "before", 0),
                ("After", "after", 35),
                ("Expected", "expected", 105)
            ]
        );
        assert_eq!(row.verdict, "Better");
        assert_eq!(row.expected, "Not as good as the 70% they expected");
        let unmeasured = super::row(&Measure {
            baseline: None,
            result: -3.0,
            ..measured()
        });
        assert_eq!(unmeasured.verdict, "No figure before");
        assert!(unmeasured.bars.iter().all(|bar| bar.width == 0));
    }

    #[test]
    fn the_method_of_a_measurement_is_in_brackets() {
        assert_eq!(
            note(&measured()),
            "(counted by the kiosks; 198,000 measured)"
        );
        let bare = Measure {
            n: None,
            method: None,
            ..measured()
        };
        assert_eq!(note(&bare), "");
    }
}
