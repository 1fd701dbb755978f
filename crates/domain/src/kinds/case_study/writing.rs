//! The groups of keys inside a case study as they are written.

use super::parts::{Cost, Expected, Measure, NOT_MEASURED, Safety, Scale, System};
use metadata::value::Map;

use crate::{
    vocabulary::{CostBand, Term as _},
    writer::Writer,
};

pub(super) fn write_system(system: &System) -> Map {
    let mut out = Writer::default();
    out.text("category", &system.category);
    out.text("supplier", &system.supplier);
    out.text("product", &system.product);
    out.optional("version", system.version.as_deref());
    out.0
}

pub(super) fn write_scale(scale: &Scale) -> Map {
    let mut out = Writer::default();
    out.number("sites", scale.sites);
    out.number("staff_users", scale.staff_users);
    out.number("beds", scale.beds);
    out.number("patients_per_year", scale.patients_per_year);
    out.0
}

pub(super) fn write_cost(cost: &Cost) -> Map {
    let mut out = Writer::default();
    out.optional("band", cost.band.map(CostBand::as_str));
    out.number("one_off_gbp", cost.one_off_gbp);
    out.number("yearly_gbp", cost.yearly_gbp);
    out.number("staff_wte", cost.staff_wte);
    out.optional("funding", cost.funding.as_deref());
    out.0
}

pub(super) fn write_measure(measure: &Measure) -> Map {
    let mut out = Writer::default();
    out.text("name", &measure.name);
    out.text("unit", measure.unit.as_str());
    out.text("direction", measure.direction.as_str());
    match measure.baseline {
        Some(baseline) => out.number("baseline", Some(baseline)),
        None => out.text("baseline", NOT_MEASURED),
    }
    out.number("result", Some(measure.result));
    out.number("expected", measure.expected);
    out.optional("baseline_period", measure.baseline_period.as_deref());
    out.optional("result_period", measure.result_period.as_deref());
    out.number("n", measure.n);
    out.optional("method", measure.method.as_deref());
    out.0
}

pub(super) fn write_expected(expected: &Expected) -> Map {
    let mut out = Writer::default();
    out.text("what", &expected.what);
    out.text("by", &expected.by.to_string());
    out.0
}

pub(super) fn write_safety(safety: &Safety) -> Map {
    let mut out = Writer::default();
    out.text("dcb0160", safety.dcb0160.as_str());
    out.optional("hazards", safety.hazards.as_deref());
    out.0
}
