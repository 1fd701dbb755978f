//! How the figures of several documents lie, in words.

use super::{Compared, Spread};
use crate::{grouped, vocabulary::Unit};

/// Returns how the figures lie, in words: `Both fell by 17 minutes`, `All 3 rose, by 2 to 9 minutes`.
#[must_use]
pub fn in_words<D>(compared: &Compared<'_, D>) -> String {
    let Some((_, figure)) = compared.figures.first() else {
        return String::new();
    };
    let size = |value: f64| match (compared.unit, rounded(value)) {
        (Unit::Percent, points) => points_in_words(points),
        (_, value) => figure.shown(value),
    };
    let plain = |value: f64| figure.shown(rounded(value));
    match &compared.change {
        Some(change) => spread_of_changes(change, compared.figures.len(), &size),
        None if compared.after.lowest == compared.after.highest => {
            format!(
                "{} {}",
                all_of(compared.after.count),
                plain(compared.after.lowest)
            )
        }
        None => {
            let Spread {
                lowest, highest, ..
            } = compared.after;
            let range = format!("Between {} and {}", plain(lowest), plain(highest));
            with_median(range, compared.after.median.map(plain))
        }
    }
}

/// Returns how changes lie, of so many figures; those without a figure before have none.
fn spread_of_changes(change: &Spread, figures: usize, size: &dyn Fn(f64) -> String) -> String {
    let Spread {
        lowest,
        highest,
        median,
        count,
    } = *change;
    let who = || match count < figures {
        true => format!("{count} of {figures}"),
        false => all_of(count),
    };
    let signed = |value: f64| match value {
        value if value < 0.0 => format!("down {}", size(-value)),
        value if value > 0.0 => format!("up {}", size(value)),
        _ => "no change".to_owned(),
    };
    // Where all went one way, that is said once, and the smallest change first.
    let (verb, least, most) = match (lowest, highest) {
        (lowest, highest) if highest < 0.0 => ("fell", -highest, -lowest),
        (lowest, highest) if lowest > 0.0 => ("rose", lowest, highest),
        (0.0, 0.0) => return format!("{} stayed the same", who()),
        _ => {
            let between = match count < figures {
                true => format!("{}: between", who()),
                false => "Between".to_owned(),
            };
            let range = format!("{between} {} and {}", signed(lowest), signed(highest));
            return with_median(range, median.map(signed));
        }
    };
    let (least, most) = (size(least), size(most));
    if least == most {
        return format!("{} {verb} by {least}", who());
    }
    // The unit is said once.
    let least = least.split_once(' ').map_or(&*least, |(number, _)| number);
    let range = format!("{} {verb}, by {least} to {most}", who());
    with_median(range, median.map(|median| size(median.abs())))
}

fn all_of(count: usize) -> String {
    match count {
        2 => "Both".to_owned(),
        count => format!("All {count}"),
    }
}

fn with_median(range: String, median: Option<String>) -> String {
    match median {
        Some(median) => format!("{range}, median {median}"),
        None => range,
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Writes a difference of percentages: `2.1 percentage points`.
#[must_use]
pub fn points_in_words(difference: f64) -> String {
    let points = if difference == 1.0 { "point" } else { "points" };
    format!("{} percentage {points}", grouped(difference))
}

#[cfg(test)]
mod tests {
    use crate::vocabulary::Direction;

    use super::*;
    use crate::Figure;

    #[test]
    fn the_spread_of_figures_is_a_sentence() {
        let of_unit = |unit, before, after| Figure {
            name: "Wait".to_owned(),
            unit,
            direction: Direction::DownGood,
            before,
            after,
            expected: None,
        };
        let figure = |before, after| of_unit(Unit::Minutes, before, after);
        for (figures, words) in [
            (
                vec![
                    of_unit(Unit::Percent, Some(1.1), 2.2),
                    of_unit(Unit::Percent, Some(1.4), 1.9),
                ],
                "Both rose, by 0.5 to 1.1 percentage points",
            ),
            (
                vec![figure(Some(41.0), 24.0), figure(Some(38.0), 21.0)],
                "Both fell by 17 minutes",
            ),
            (
                vec![figure(Some(41.0), 24.0), figure(Some(9.0), 11.0)],
                "Between down 17 minutes and up 2 minutes",
            ),
            (
                vec![
                    figure(Some(41.0), 24.0),
                    figure(Some(9.0), 9.0),
                    figure(Some(9.0), 8.0),
                ],
                "Between down 17 minutes and no change, median down 1 minute",
            ),
            (
                vec![
                    figure(Some(41.0), 24.0),
                    figure(Some(9.0), 8.0),
                    figure(Some(9.0), 4.0),
                ],
                "All 3 fell, by 1 to 17 minutes, median 5 minutes",
            ),
            (
                vec![figure(Some(9.0), 9.0), figure(Some(8.0), 8.0)],
                "Both stayed the same",
            ),
            (
                vec![
                    figure(Some(52.0), 35.0),
                    figure(Some(40.0), 30.0),
                    figure(None, 12.0),
                ],
                "2 of 3 fell, by 10 to 17 minutes",
            ),
            (
                vec![
                    figure(Some(41.0), 24.0),
                    figure(Some(9.0), 11.0),
                    figure(None, 12.0),
                ],
                "2 of 3: between down 17 minutes and up 2 minutes",
            ),
            (vec![figure(None, 4.0), figure(None, 4.0)], "Both 4 minutes"),
            (
                vec![figure(None, 24.0), figure(None, 11.5)],
                "Between 11.5 minutes and 24 minutes",
            ),
        ] {
            let all: Vec<(usize, &Figure)> = figures.iter().enumerate().collect();
            let compared = super::super::compared(&all);
            assert_eq!(in_words(compared.first().unwrap()), words);
        }
    }
}
