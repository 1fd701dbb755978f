//! The groups of keys inside a case study: systems, scale, cost, measures and clinical safety.

use super::{LONG, SHORT};
use crate::{
    amount::Range,
    figures::{better, grouped, shown},
    reader::Fields,
    terms::Figure,
    vocabulary::{CostBand, Direction, SafetyStatus, Unit},
};
use wire::Date;

/// A smaller count of patients could identify a person.
const MIN_PATIENTS: u64 = 8;

/// The baseline of what was not measured before.
pub(super) const NOT_MEASURED: &str = "not-measured";

/// A product in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// What sort of system.
    pub category: String,
    /// Who makes it.
    pub supplier: String,
    /// What it is called.
    pub product: String,
    /// Its version.
    pub version: Option<String>,
}

/// How large the work is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scale {
    /// Sites.
    pub sites: Option<u64>,
    /// Staff who use it.
    pub staff_users: Option<u64>,
    /// Beds.
    pub beds: Option<u64>,
    /// Patients a year, never 1..=7.
    pub patients_per_year: Option<u64>,
}

/// What it cost.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cost {
    /// About how much; nothing where its author did not say.
    pub band: Option<CostBand>,
    /// Pounds, once.
    pub one_off_gbp: Option<u64>,
    /// Pounds a year.
    pub yearly_gbp: Option<u64>,
    /// Whole-time equivalents of staff.
    pub staff_wte: Option<f64>,
    /// Where the money came from.
    pub funding: Option<String>,
}

impl Cost {
    /// Returns about how much it cost, for lists and filters: what no one said is not known.
    #[must_use]
    pub fn band(&self) -> CostBand {
        self.band.unwrap_or(CostBand::NotKnown)
    }

    /// Returns what it cost once and in its first year: the sum of its amounts, and where there is none its band. Where the
    /// two do not agree it is all from the one to the other, so that no one finds more under "up to" than a page says.
    pub(crate) fn spend(&self) -> Option<Range> {
        let amounts = [self.one_off_gbp, self.yearly_gbp].into_iter().flatten();
        let sum = amounts.reduce(u64::saturating_add);
        let sum = sum.map(|pounds| Range::pounds(pounds, Some(pounds)));
        match (sum, range_of(self.band())) {
            (Some(sum), Some(band)) if !band.has(sum) => Some(band.and(sum)),
            (sum, band) => sum.or(band),
        }
    }

    /// Returns how many people it took.
    pub(crate) fn effort(&self) -> Option<Range> {
        self.staff_wte.and_then(Range::people)
    }
}

/// Returns the amounts of a cost band.
fn range_of(band: CostBand) -> Option<Range> {
    Some(match band {
        CostBand::None => Range::pounds(0, Some(0)),
        CostBand::Under10k => Range::pounds(0, Some(10_000)),
        CostBand::From10kTo50k => Range::pounds(10_000, Some(50_000)),
        CostBand::From50kTo250k => Range::pounds(50_000, Some(250_000)),
        CostBand::From250kTo1m => Range::pounds(250_000, Some(1_000_000)),
        CostBand::Over1m => Range::pounds(1_000_000, None),
        CostBand::NotKnown => return None,
    })
}

/// Returns the band of an amount, in pounds.
fn band_of(pounds: u64) -> CostBand {
    match pounds {
        0 => CostBand::None,
        1..=10_000 => CostBand::Under10k,
        10_001..=50_000 => CostBand::From10kTo50k,
        50_001..=250_000 => CostBand::From50kTo250k,
        250_001..=1_000_000 => CostBand::From250kTo1m,
        _ => CostBand::Over1m,
    }
}

/// A figure before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What was measured.
    pub name: String,
    /// In what unit.
    pub unit: Unit,
    /// Which way is better.
    pub direction: Direction,
    /// Before; nothing if no one measured it then.
    pub baseline: Option<f64>,
    /// After.
    pub result: f64,
    /// What was expected of it beforehand.
    pub expected: Option<f64>,
    /// When the figure before was taken.
    pub baseline_period: Option<String>,
    /// When the figure after was taken.
    pub result_period: Option<String>,
    /// How many were measured.
    pub n: Option<u64>,
    /// How.
    pub method: Option<String>,
}

/// A result that the authors promise to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What they will report.
    pub what: String,
    /// By when.
    pub by: Date,
}

impl Measure {
    /// Returns whether the result is better than the baseline; `None` if they are equal or there is no baseline.
    #[must_use]
    pub fn better(&self) -> Option<bool> {
        better(self.direction, self.baseline?, self.result)
    }

    /// Returns a value with its unit, as a page shows it: `52%`, `£1,200`, `7 minutes`.
    #[must_use]
    pub fn shown(&self, value: f64) -> String {
        shown(self.unit, value)
    }

    /// Returns the change as one phrase: `52 → 7 minutes`, or the result alone where nothing was measured before.
    #[must_use]
    pub fn change(&self) -> String {
        let after = self.shown(self.result);
        let Some(baseline) = self.baseline else {
            return after;
        };
        match self.unit {
            Unit::Seconds | Unit::Minutes | Unit::Hours | Unit::Days | Unit::Months => {
                format!("{} → {after}", grouped(baseline))
            }
            Unit::PerThousand => format!("{} → {after}", grouped(baseline)),
            Unit::Percent | Unit::Count | Unit::Gbp | Unit::Score | Unit::Other => {
                format!("{} → {after}", self.shown(baseline))
            }
        }
    }

    /// Returns the figures alone, as they are put next to those of other documents.
    #[must_use]
    pub fn figure(&self) -> Figure {
        Figure {
            name: self.name.clone(),
            unit: self.unit,
            direction: self.direction,
            before: self.baseline,
            after: self.result,
            expected: self.expected,
        }
    }
}

/// Clinical safety.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safety {
    /// Whether clinical risk management under DCB0160 was done.
    pub dcb0160: SafetyStatus,
    /// Hazards worth knowing.
    pub hazards: Option<String>,
}

pub(super) fn read_system(fields: &mut Fields<'_, '_>) -> Option<System> {
    let category = fields.required_text("category", SHORT, "what sort of system it is");
    let supplier = fields.required_text("supplier", SHORT, "who makes it");
    let product = fields.required_text("product", SHORT, "what it is called");
    let version = fields.text("version", SHORT);
    Some(System {
        category: category?,
        supplier: supplier?,
        product: product?,
        version,
    })
}

pub(super) fn read_scale(fields: &mut Fields<'_, '_>) -> Option<Scale> {
    let scale = Scale {
        sites: fields.integer("sites"),
        staff_users: fields.integer("staff_users"),
        beds: fields.integer("beds"),
        patients_per_year: fields.integer("patients_per_year"),
    };
    if scale
        .patients_per_year
        .is_some_and(|count| (1..MIN_PATIENTS).contains(&count))
    {
        let text =
            "`scale.patients_per_year` is under 8, which could point at a person; leave it out";
        fields.fault("patients_per_year", text);
    }
    (scale != Scale::default()).then_some(scale)
}

pub(super) fn read_cost(fields: &mut Fields<'_, '_>) -> Option<Cost> {
    let (one_off_gbp, yearly_gbp) = (fields.integer("one_off_gbp"), fields.integer("yearly_gbp"));
    let amounts = [one_off_gbp, yearly_gbp].into_iter().flatten();
    let sum = amounts.reduce(u64::saturating_add);
    // Who says what it cost has said the band, too.
    Some(Cost {
        band: fields.term("band").or_else(|| sum.map(band_of)),
        one_off_gbp,
        yearly_gbp,
        staff_wte: fields.number("staff_wte"),
        funding: fields.text("funding", LONG),
    })
}

pub(super) fn read_measure(fields: &mut Fields<'_, '_>) -> Option<Measure> {
    let name = fields.required_text("name", SHORT, "what was measured");
    let unit = fields.required_term("unit");
    let direction = fields.required_term("direction");
    let baseline = read_baseline(fields);
    let result = fields.required_number("result");
    let expected = fields.number("expected");
    let baseline_period = fields.text("baseline_period", SHORT);
    let result_period = fields.text("result_period", SHORT);
    let n = fields.integer("n");
    let method = fields.text("method", LONG);
    Some(Measure {
        name: name?,
        unit: unit?,
        direction: direction?,
        baseline: baseline?,
        result: result?,
        expected,
        baseline_period,
        result_period,
        n,
        method,
    })
}

/// Reads the figure before: a number, or the words that there is none, so that no one leaves it out by mistake.
fn read_baseline(fields: &mut Fields<'_, '_>) -> Option<Option<f64>> {
    let node = fields.node("baseline");
    let words = node.and_then(|node| node.value.as_text());
    let is_not_measured = |words: &str| {
        words
            .replace([' ', '_'], "-")
            .eq_ignore_ascii_case(NOT_MEASURED)
    };
    if words.is_some_and(|words| is_not_measured(words.trim())) {
        return Some(None);
    }
    fields.required_number("baseline").map(Some)
}

pub(super) fn read_expected(fields: &mut Fields<'_, '_>) -> Option<Expected> {
    let what = fields.required_text("what", LONG, "what you will report");
    let by = fields.required_date("by", "write the day by which you will report it");
    Some(Expected {
        what: what?,
        by: by?,
    })
}

pub(super) fn read_safety(fields: &mut Fields<'_, '_>) -> Option<Safety> {
    let dcb0160 = fields.required_term("dcb0160");
    let hazards = fields.text("hazards", LONG);
    Some(Safety {
        dcb0160: dcb0160?,
        hazards,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_reads_as_people_write_it() {
        let measure = |unit, baseline, result| Measure {
            name: "Log-in time".to_owned(),
            unit,
            direction: Direction::DownGood,
            baseline,
            result,
            expected: None,
            baseline_period: None,
            result_period: None,
            n: None,
            method: None,
        };
        for (unit, baseline, result, expected, better) in [
            (Unit::Minutes, 52.0, 7.5, "52 → 7.5 minutes", Some(true)),
            (Unit::Hours, 3.0, 1.0, "3 → 1 hour", Some(true)),
            (Unit::Percent, 41.0, 68.0, "41% → 68%", Some(false)),
            (
                Unit::Gbp,
                1_234_567.0,
                -1200.0,
                "£1,234,567 → -£1,200",
                Some(true),
            ),
            (Unit::Count, 999.0, 999.0, "999 → 999", None),
            (Unit::Seconds, 52.0, 9.0, "52 → 9 seconds", Some(true)),
            (Unit::Months, 18.0, 1.0, "18 → 1 month", Some(true)),
            (Unit::PerThousand, 6.6, 4.0, "6.6 → 4 per 1,000", Some(true)),
            (Unit::Gbp, 1.9, 3.4, "£1.90 → £3.40", Some(false)),
            (Unit::Gbp, 64.0, -0.5, "£64 → -£0.50", Some(true)),
        ] {
            let measure = measure(unit, Some(baseline), result);
            assert_eq!(
                (measure.change().as_str(), measure.better()),
                (expected, better)
            );
        }
        let unmeasured = measure(Unit::Percent, None, 11.0);
        assert_eq!(
            (unmeasured.change().as_str(), unmeasured.better()),
            ("11%", None)
        );
    }
}
