//! Measures before and after: two bars, the size of the change, and what was expected.
//!
//! The bars only repeat the figures next to them. Their widths are attributes, since the policy forbids inline styles, and
//! shares of a track that all bars of a measure have in common: whatever the width of the screen, they keep their ratio.

use domain::{Content, Figure, Measure, vocabulary::Unit};

use crate::words::{self, lower_first_word};

/// The share of its track that a bar with any length has, in percent: a smaller one could not be seen.
const MIN_SHARE: f64 = 0.5;
/// A relative change above this is left out: from next to nothing, any change is large.
const MAX_RELATIVE: f64 = 999.0;

/// A measure before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureRow {
    /// What was measured.
    pub name: String,
    /// How, and of how many.
    pub note: String,
    /// When it was measured: before and after, or one of them.
    pub periods: Vec<String>,
    /// Whether the track of the bars is the whole of which its one figure is a share.
    pub of_whole: bool,
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
    /// The share of the track, such as `58.5%`; empty for no bar.
    pub share: String,
    /// The figure with its unit.
    pub value: String,
}

/// Returns whether any measure has a bar, so that its scale needs words.
#[must_use]
pub fn have_bars(rows: &[MeasureRow]) -> bool {
    rows.iter()
        .flat_map(|row| &row.bars)
        .any(|bar| !bar.share.is_empty())
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
        periods: periods(measure),
        of_whole: is_of_whole(&figure),
        bars: bars(&figure),
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

/// Returns when it was measured: one period if both are the same.
fn periods(measure: &Measure) -> Vec<String> {
    let periods = [&measure.baseline_period, &measure.result_period];
    let periods = periods
        .into_iter()
        .flatten()
        .map(|period| markdown::visible(period.trim()));
    let mut periods: Vec<String> = periods
        .filter(|period| !period.is_empty())
        .map(std::borrow::Cow::into_owned)
        .collect();
    periods.dedup();
    periods
}

/// Returns whether a figure is a share and the only one of its measure: it is compared with the whole.
fn is_of_whole(figure: &Figure) -> bool {
    figure.unit == Unit::Percent && figure.before.is_none() && figure.expected.is_none()
}

fn bars(figure: &Figure) -> Vec<Bar> {
    let figures = || {
        [figure.before, Some(figure.after), figure.expected]
            .into_iter()
            .flatten()
    };
    let whole = if is_of_whole(figure) { 100.0 } else { 0.0 };
    let longest = figures().fold(whole, f64::max);
    // A bar says how figures compare: one figure alone has none, and neither have figures below zero.
    let is_comparison = figures().count() > 1 || is_of_whole(figure);
    let has_bars = is_comparison && figures().all(|value| value >= 0.0);
    let bar = |label, class, value: f64| Bar {
        label,
        class,
        share: if has_bars {
            share(value, longest)
        } else {
            String::new()
        },
        value: figure.shown(value),
    };
    let before = match figure.before {
        Some(before) => bar("Before", "before", before),
        None => Bar {
            label: "Before",
            class: "before",
            share: String::new(),
            value: "Not measured".to_owned(),
        },
    };
    // What got better and still fell short of what was expected is neither good nor bad.
    let class = match (figure.better(), figure.better_than_expected()) {
        (Some(false), _) => "worse",
        (Some(true), Some(true) | None) => "better",
        (Some(true), Some(false)) | (None, _) => "after",
    };
    let mut bars = vec![before, bar("After", class, figure.after)];
    bars.extend(
        figure
            .expected
            .map(|expected| bar("Expected", "expected", expected)),
    );
    bars
}

/// Returns which share of the longest bar a figure has, in percent.
pub(crate) fn share(value: f64, longest: f64) -> String {
    if value <= 0.0 || longest <= 0.0 {
        return String::new();
    }
    let share = (value / longest * 100.0).clamp(MIN_SHARE, 100.0);
    format!("{}%", rounded(share))
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
        return format!("{way} {}", domain::together::points_in_words(difference));
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
            .map(|bar| (bar.label, bar.class, bar.share.as_str()))
            .collect();
        assert_eq!(
            bars,
            [
                ("Before", "before", ""),
                ("After", "after", "32.86%"),
                ("Expected", "expected", "100%")
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
        assert!(!have_bars(&[unmeasured]));
    }

    #[test]
    fn bars_begin_at_zero_and_the_longest_fills_the_track() {
        let unit = |unit, before, after, expected| figure(unit, before, after, expected);
        for (figure, shares, of_whole) in [
            // Shares have the scale that other units have.
            (
                unit(Unit::Percent, Some(3.2), 5.8, None),
                "55.17% 100%",
                false,
            ),
            (
                unit(Unit::Minutes, Some(41.0), 24.0, None),
                "100% 58.54%",
                false,
            ),
            (
                unit(Unit::Gbp, Some(270_000.0), 338_000.0, None),
                "79.88% 100%",
                false,
            ),
            (
                unit(Unit::Percent, None, 30.0, Some(60.0)),
                " 50% 100%",
                false,
            ),
            // A share alone is a share of the whole; any other figure alone has nothing to be compared with.
            (unit(Unit::Percent, None, 11.0, None), " 11%", true),
            (unit(Unit::Minutes, None, 24.0, None), " ", false),
            (
                unit(Unit::Count, Some(1.0), 9_000.0, None),
                "0.5% 100%",
                false,
            ),
            (unit(Unit::Score, Some(-3.0), 2.0, None), " ", false),
            (unit(Unit::Count, Some(0.0), 0.0, None), " ", false),
        ] {
            let bars = bars(&figure);
            let found: Vec<&str> = bars.iter().map(|bar| bar.share.as_str()).collect();
            assert_eq!(found.join(" "), shares, "{figure:?}");
            assert_eq!(is_of_whole(&figure), of_whole, "{figure:?}");
        }
    }

    #[test]
    fn the_periods_of_a_measure_are_said_once() {
        let of = |before: Option<&str>, after: Option<&str>| {
            let period = |text: Option<&str>| text.map(str::to_owned);
            periods(&Measure {
                baseline_period: period(before),
                result_period: period(after),
                ..measured()
            })
        };
        assert_eq!(
            of(Some("May 2026"), Some("June 2026")),
            ["May 2026", "June 2026"]
        );
        assert_eq!(of(Some("2026"), Some(" 2026 ")), ["2026"]);
        assert_eq!(of(None, Some("2026")), ["2026"]);
        assert!(of(None, Some(" ")).is_empty());
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
