//! Ranges of amounts: what a search asks for ("up to £10,000"), and what a document says.
//!
//! A document is in a range if all of what it says is in it: one that says only "£10,000 to £50,000" is in "up to
//! £50,000", and not in "up to £30,000".

use std::fmt;

use crate::{figures::grouped, numerals};

/// Amounts are kept in hundredths, so that they are compared without rounding.
const HUNDREDTHS: u64 = 100;
/// Digits of a number that are read; a larger number is no amount of money and no number of people.
const MAX_DIGITS: usize = 15;
/// The end of a range that has none.
const OPEN: u64 = u64::MAX;
/// A million in hundredths.
const MILLION: u64 = 1_000_000 * HUNDREDTHS;

/// What people write before the greatest amount that they ask for.
const UP_TO: [&str; 12] = [
    "up to",
    "upto",
    "at most",
    "no more than",
    "less than",
    "under",
    "below",
    "max",
    "<=",
    "≤",
    "<",
    "to",
];
/// What people write before the least one.
const FROM: [&str; 11] = [
    "from",
    "at least",
    "more than",
    "no less than",
    "over",
    "above",
    "between",
    "min",
    ">=",
    "≥",
    ">",
];
/// What people write after it.
const OR_MORE: [&str; 3] = ["or more", "and more", "+"];
/// What people write after the greatest one.
const OR_LESS: [&str; 3] = ["or less", "or under", "or fewer"];
/// What people write between the two.
const BETWEEN: [&str; 4] = [" to ", " and ", "..", "-"];
/// What numbers may be multiplied by.
const FACTORS: [(&str, u64); 6] = [
    ("million", 1_000_000),
    ("thousand", 1_000),
    ("mn", 1_000_000),
    ("m", 1_000_000),
    ("k", 1_000),
    ("", 1),
];
/// Words and signs that say what is counted, and change nothing.
const UNITS: [&str; 12] = [
    "whole-time equivalents",
    "whole-time equivalent",
    "full-time",
    "pounds",
    "people",
    "person",
    "staff",
    "gbp",
    "wte",
    "fte",
    "£",
    ",",
];

/// The amounts of one facet: what they count, and the ranges that are offered.
pub struct Scale {
    /// What they count.
    pub unit: Unit,
    /// The greatest amounts of the ranges that are offered, in hundredths, the smallest first; the last one is also the
    /// least amount of the range without an end.
    pub steps: &'static [u64],
    /// What people read next to the field for a range of their own.
    pub own: &'static str,
}

/// What amounts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Pounds sterling.
    Pounds,
    /// People who work full time.
    People,
}

/// A range of amounts, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// In hundredths, as the other end.
    least: u64,
    most: u64,
}

impl Scale {
    /// Returns the ranges that are offered, the smallest first.
    pub fn ranges(&self) -> impl Iterator<Item = Range> + '_ {
        let up_to = self.steps.iter().map(|most| Range::new(0, *most));
        let from = self.steps.last().map(|least| Range::new(*least, OPEN));
        up_to.chain(from)
    }

    /// Returns the values by which a document is counted and found: the offered ranges that it is in, and its two ends,
    /// for other ranges.
    #[must_use]
    pub fn values(&self, said: Range) -> Vec<String> {
        let offered = self.ranges().filter(|range| range.has(said));
        let offered = offered.map(|range| range.to_string());
        offered.chain(said.ends()).collect()
    }

    /// Returns what people read for a range: "Up to £10,000".
    pub(crate) fn words(&self, range: Range) -> String {
        let Range { least, most } = range;
        match (self.unit, least, most) {
            (Unit::Pounds, 0, 0) => "No cost".to_owned(),
            (Unit::People, 0, 0) => "No staff".to_owned(),
            (unit, least, OPEN) => format!("{} or more", unit.words(least)),
            (unit, 0, most) => format!("Up to {}", unit.words(most)),
            (unit, least, most) if least == most => unit.words(least),
            (Unit::Pounds, least, most) => {
                format!(
                    "{} to {}",
                    Unit::Pounds.words(least),
                    Unit::Pounds.words(most)
                )
            }
            (Unit::People, least, most) => {
                format!("{} to {}", number(least), Unit::People.words(most))
            }
        }
    }
}

impl Unit {
    fn words(self, amount: u64) -> String {
        match self {
            Self::Pounds if amount >= MILLION && amount.is_multiple_of(MILLION / 100) => {
                format!("£{} million", number(amount / 1_000_000))
            }
            Self::Pounds => format!("£{}", grouped(number(amount))),
            Self::People if amount == HUNDREDTHS / 2 => "half a full-time person".to_owned(),
            Self::People if amount == HUNDREDTHS => "1 full-time person".to_owned(),
            Self::People => format!("{} full-time people", grouped(number(amount))),
        }
    }
}

impl Range {
    /// Returns the range between two amounts in hundredths, whichever is the greater one.
    #[must_use]
    pub fn new(one: u64, other: u64) -> Self {
        Self {
            least: one.min(other),
            most: one.max(other),
        }
    }

    /// Returns the range between two amounts in pounds; without a second one it has no end.
    #[must_use]
    pub fn pounds(least: u64, most: Option<u64>) -> Self {
        let hundredths = |pounds: u64| pounds.saturating_mul(HUNDREDTHS).min(OPEN - 1);
        Self::new(hundredths(least), most.map_or(OPEN, hundredths))
    }

    /// Returns a number of people; `None` for what is no number of people.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number is between 0 and a billion"
    )]
    pub(crate) fn people(count: f64) -> Option<Self> {
        let hundredths = (count * 100.0).round();
        let is_number = (0.0..=1e11).contains(&hundredths);
        is_number.then(|| Self::new(hundredths as u64, hundredths as u64))
    }

    /// Returns the smallest range that has both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self::new(self.least.min(other.least), self.most.max(other.most))
    }

    /// Returns whether all of `other` is in it.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.least <= other.least && other.most <= self.most
    }

    /// Reads a range as people type it: `10k`, `up to £10,000`, `£5,000 to £20,000`, `1m+`. A number alone is the greatest
    /// amount.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = plain(text);
        let (text, is_from) = without(&text, &FROM, &OR_MORE);
        let (text, is_up_to) = without(text, &UP_TO, &OR_LESS);
        let pair = BETWEEN.iter().find_map(|sign| {
            let (one, other) = text.split_once(sign)?;
            // `10 to 50k` is in thousands, both of them.
            let (least, own) = amount(one)?;
            let (most, factor) = amount(other)?;
            let scaled = least.saturating_mul(factor);
            let least = if own == 1 && scaled <= most {
                scaled
            } else {
                least
            };
            Some(Self::new(least, most))
        });
        if pair.is_some() {
            return pair.filter(|_| !is_up_to);
        }
        let (amount, _) = amount(text)?;
        match (is_from, is_up_to) {
            (true, true) => None,
            (true, false) => Some(Self::new(amount, OPEN)),
            (false, _) => Some(Self::new(0, amount)),
        }
    }

    /// Returns the two ends in forms that are in the order of the amounts.
    fn ends(self) -> [String; 2] {
        [least_end(self.least), most_end(self.most)]
    }

    /// Returns the first and the last of the least ends that documents in this range can have, and of their greatest ends.
    #[must_use]
    pub fn ends_in_it(self) -> [(String, String); 2] {
        [
            (least_end(self.least), least_end(OPEN)),
            (most_end(0), most_end(self.most)),
        ]
    }
}

/// Returns whether a value is one of the two ends of what a document says: such values are not counted.
pub(crate) fn is_end(value: &str) -> bool {
    value.starts_with(['<', '>'])
}

fn least_end(amount: u64) -> String {
    format!(">{amount:020}")
}

fn most_end(amount: u64) -> String {
    format!("<{amount:020}")
}

/// Joins ranges that overlap. They are alternatives, so that nothing else is found.
pub(crate) fn joined(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut out: Vec<Range> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut() {
            // A document that spans the place where two ranges only touch is in neither of them.
            Some(last) if last.has(range) || range.has(*last) => *last = last.and(range),
            Some(_) | None => out.push(range),
        }
    }
    out
}

/// The form of addresses: `up-to-10000`, `from-1000000`, `5000-to-20000`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (number(self.least), number(self.most));
        match (self.least, self.most) {
            (_, OPEN) => write!(f, "from-{least}"),
            (0, _) => write!(f, "up-to-{most}"),
            (_, _) => write!(f, "{least}-to-{most}"),
        }
    }
}

/// Writes an amount without noughts that say nothing.
fn number(amount: u64) -> String {
    let (whole, rest) = (amount / HUNDREDTHS, amount % HUNDREDTHS);
    match rest {
        0 => whole.to_string(),
        rest if rest.is_multiple_of(10) => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    }
}

/// Returns a text with one form for each sign, and without what only says what is counted.
fn plain(text: &str) -> String {
    let mut plain = text.trim().to_lowercase().replace(['–', '—', '−'], "-");
    for unit in UNITS {
        if plain.contains(unit) {
            plain = plain.replace(unit, "");
        }
    }
    for (written, plainly) in [("up-to-", "up to "), ("from-", "from "), ("-to-", " to ")] {
        plain = plain.replace(written, plainly);
    }
    numerals::in_digits(plain.replace('_', " ").trim())
}

/// Removes a word before or after a text; says whether it was there.
fn without<'a>(text: &'a str, before: &[&str], after: &[&str]) -> (&'a str, bool) {
    let text = text.trim();
    let rest = before.iter().find_map(|word| text.strip_prefix(word));
    let rest = rest.or_else(|| after.iter().find_map(|word| text.strip_suffix(word)));
    (rest.unwrap_or(text).trim(), rest.is_some())
}

/// Reads a number with what multiplies it, in hundredths.
fn amount(text: &str) -> Option<(u64, u64)> {
    let text = text.trim();
    let (digits, factor) = FACTORS.iter().find_map(|(name, factor)| {
        let digits = text.strip_suffix(name)?.trim_end();
        digits
            .ends_with(|c: char| c.is_ascii_digit())
            .then_some((digits, *factor))
    })?;
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number =
        |text: &str| text.len() <= MAX_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(rest) {
        return None;
    }
    // The places after the point, to hundredths of the smallest amount that the factor leaves.
    let mut value = u128::from(whole.parse::<u64>().ok()?) * u128::from(HUNDREDTHS * factor);
    if !rest.is_empty() {
        let tens = 10_u128.checked_pow(u32::try_from(rest.len()).ok()?)?;
        value += u128::from(rest.parse::<u64>().ok()?) * u128::from(HUNDREDTHS * factor) / tens;
    }
    let value = u64::try_from(value).unwrap_or(OPEN - 1).min(OPEN - 1);
    Some((value, factor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FacetGroup::{Effort, Spend};

    #[test]
    fn a_range_is_read_as_people_type_it_and_written_in_one_form() {
        for (group, typed, value, words) in [
            (Spend, "10000", "up-to-10000", "Up to £10,000"),
            (Spend, "up to £10,000", "up-to-10000", "Up to £10,000"),
            (Spend, " Under 10K ", "up-to-10000", "Up to £10,000"),
            (Spend, "£10,000 or less", "up-to-10000", "Up to £10,000"),
            (Spend, "<=10 thousand", "up-to-10000", "Up to £10,000"),
            (
                Spend,
                "under ten thousand pounds",
                "up-to-10000",
                "Up to £10,000",
            ),
            (
                Spend,
                "Between a hundred thousand and half a million",
                "100000-to-500000",
                "£100,000 to £500,000",
            ),
            (
                Spend,
                "two hundred and fifty thousand or more",
                "from-250000",
                "£250,000 or more",
            ),
            (Spend, "0", "up-to-0", "No cost"),
            (Spend, "99.5", "up-to-99.5", "Up to £99.5"),
            (Spend, "1.5m", "up-to-1500000", "Up to £1.5 million"),
            (Spend, "1m+", "from-1000000", "£1 million or more"),
            (
                Spend,
                "more than 2 million pounds",
                "from-2000000",
                "£2 million or more",
            ),
            (
                Spend,
                "from 5k to 20k",
                "5000-to-20000",
                "£5,000 to £20,000",
            ),
            (
                Spend,
                "between £5,000 and £20,000",
                "5000-to-20000",
                "£5,000 to £20,000",
            ),
            (Spend, "20k–5k", "5000-to-20000", "£5,000 to £20,000"),
            (Spend, "10-50k", "10000-to-50000", "£10,000 to £50,000"),
            (Spend, "10..50", "10-to-50", "£10 to £50"),
            (Spend, "7000 to 7000", "7000-to-7000", "£7,000"),
            (Effort, "half", "", ""),
            (
                Effort,
                "0.5 WTE",
                "up-to-0.5",
                "Up to half a full-time person",
            ),
            (Effort, "1 person", "up-to-1", "Up to 1 full-time person"),
            (
                Effort,
                "1.25 to 3 people",
                "1.25-to-3",
                "1.25 to 3 full-time people",
            ),
            (
                Effort,
                "10 fte or more",
                "from-10",
                "10 full-time people or more",
            ),
            (Effort, "two people", "up-to-2", "Up to 2 full-time people"),
            (Effort, "0", "up-to-0", "No staff"),
            (Spend, "", "", ""),
            (Spend, "-5", "", ""),
            (Spend, "k", "", ""),
            (Spend, "1e9", "", ""),
            (Spend, "10k to", "", ""),
            (Spend, "up to 5 or more", "", ""),
            (Spend, "1.2.3", "", ""),
            (Spend, "٣", "", ""),
            (Spend, "9999999999999999", "", ""),
        ] {
            let read = group.parse_value(typed);
            assert_eq!(read.as_deref().unwrap_or_default(), value, "{typed}");
            if !value.is_empty() {
                assert_eq!(group.value_label(value).as_deref(), Some(words), "{typed}");
                assert_eq!(group.parse_value(value).as_deref(), Some(value), "{typed}");
            }
        }
    }

    #[test]
    fn a_document_is_in_a_range_if_all_it_says_is_in_it() {
        let scale = Spend.scale().unwrap();
        let offered = |said| {
            let values = scale.values(said).into_iter();
            values
                .filter(|value| !is_end(value))
                .collect::<Vec<_>>()
                .join(" ")
        };
        for (said, expected) in [
            (
                Range::pounds(0, Some(0)),
                "up-to-0 up-to-10000 up-to-50000 up-to-250000 up-to-1000000",
            ),
            (
                Range::pounds(10_000, Some(10_000)),
                "up-to-10000 up-to-50000 up-to-250000 up-to-1000000",
            ),
            (
                Range::pounds(10_000, Some(50_000)),
                "up-to-50000 up-to-250000 up-to-1000000",
            ),
            (
                Range::pounds(32_000, Some(32_000)),
                "up-to-50000 up-to-250000 up-to-1000000",
            ),
            (Range::pounds(1_000_001, None), "from-1000000"),
            (Range::pounds(u64::MAX, Some(u64::MAX)), "from-1000000"),
            (Range::pounds(900_000, Some(2_000_000)), ""),
        ] {
            assert_eq!(offered(said), expected, "{said}");
        }
        for (count, said) in [
            (0.6, Some("0.6-to-0.6")),
            (0.004, Some("up-to-0")),
            (-1.0, None),
            (f64::NAN, None),
            (1e300, None),
        ] {
            let range = Range::people(count).map(|range| range.to_string());
            assert_eq!(range.as_deref(), said, "{count}");
        }
    }

    #[test]
    fn of_alternatives_that_are_in_others_none_remains() {
        for (values, expected) in [
            ("up-to-10000 up-to-50000", "up-to-50000"),
            (
                "5000-to-8000 up-to-10000 from-1000000",
                "from-1000000 up-to-10000",
            ),
            ("up-to-10000 5000-to-20000", "5000-to-20000 up-to-10000"),
            ("nonsense", ""),
        ] {
            let mut values: Vec<String> = values.split(' ').map(str::to_owned).collect();
            Spend.sort_values(&mut values);
            assert_eq!(values.join(" "), expected);
        }
    }
}
