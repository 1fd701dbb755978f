//! The keys that only a case study has: read from front matter or from a body's `meta`, and written to both.

use crate::{
    document::{CaseStudy, Cost, Measure, Month, Safety, Scale, System},
    reader::Fields,
    value::{Map, Value},
    vocabulary::{Evidence, Outcome, Term as _, WouldRepeat},
};

/// The version of the shape of `meta`.
pub(crate) const SCHEMA: u64 = 1;

const MAX_SYSTEMS: usize = 20;
const MAX_MEASURES: usize = 8;
/// Short texts: names, periods, roles.
const SHORT: std::ops::RangeInclusive<usize> = 1..=200;
/// Texts of a few sentences.
const LONG: std::ops::RangeInclusive<usize> = 1..=2000;
/// Below this a count of patients could point at a person.
const LEAST_PATIENTS: u64 = 8;

/// Reads all keys; faults are in the fields' report, and then there may be no case study.
pub(crate) fn read(fields: &mut Fields<'_, '_>) -> Option<CaseStudy> {
    let before = fields.report.faults.len();
    let study_type = fields.required_term("type");
    let result = fields.required_term("result");
    let stage = fields.required_term("stage");
    let would_repeat = would_repeat(fields);
    let priority = fields.required_term("priority");
    let wgll = fields.required_terms("wgll", 3);
    let care_setting = fields.required_terms("care_setting", 10);
    let topics = fields.required_terms("topics", 4);
    let systems = fields.groups("systems", MAX_SYSTEMS, system);
    let audience = fields.terms("audience", 26);
    let (started, live) = months(fields);
    let scale = fields.group("scale", scale);
    let cost = fields.group("cost", cost);
    let measures = fields.groups("measures", MAX_MEASURES, measure);
    let evidence = fields.term("evidence").unwrap_or(Evidence::Opinion);
    let barriers = barriers(fields, result);
    let partners = fields.text("partners", LONG);
    let site = fields.text("site", SHORT);
    let safety = fields.group("safety", safety);
    let interests = fields.required_text(
        "interests",
        LONG,
        "supplier sponsorship and the like, or `none`",
    );
    if fields.report.faults.len() > before {
        return None;
    }
    Some(CaseStudy {
        study_type: study_type?,
        result: result?,
        stage: stage?,
        would_repeat: would_repeat?,
        priority: priority?,
        wgll,
        care_setting,
        topics,
        systems,
        audience,
        started,
        live,
        scale,
        cost: cost.unwrap_or_default(),
        measures,
        evidence,
        barriers,
        partners,
        site,
        safety,
        interests: interests?,
    })
}

/// YAML 1.1 turns an unquoted yes and no into truth values, and so do many authors.
fn would_repeat(fields: &mut Fields<'_, '_>) -> Option<WouldRepeat> {
    match fields
        .node("would_repeat")
        .and_then(|node| node.value.as_bool())
    {
        Some(true) => Some(WouldRepeat::Yes),
        Some(false) => Some(WouldRepeat::No),
        None => fields.required_term("would_repeat"),
    }
}

fn months(fields: &mut Fields<'_, '_>) -> (Option<Month>, Option<Month>) {
    let started = fields.month("started");
    let live = fields.month("live");
    if let (Some(started), Some(live)) = (started, live)
        && live < started
    {
        fields.fault(
            "live",
            format!("`live` ({live}) is before `started` ({started}); mend one of them"),
        );
    }
    (started, live)
}

fn barriers(
    fields: &mut Fields<'_, '_>,
    result: Option<Outcome>,
) -> Vec<crate::vocabulary::Barrier> {
    if result.is_some_and(Outcome::fell_short) {
        fields.required_terms("barriers", 15)
    } else {
        fields.terms("barriers", 15)
    }
}

fn system(fields: &mut Fields<'_, '_>) -> Option<System> {
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

fn scale(fields: &mut Fields<'_, '_>) -> Option<Scale> {
    let scale = Scale {
        sites: fields.integer("sites"),
        staff_users: fields.integer("staff_users"),
        beds: fields.integer("beds"),
        patients_per_year: fields.integer("patients_per_year"),
    };
    if scale
        .patients_per_year
        .is_some_and(|count| (1..LEAST_PATIENTS).contains(&count))
    {
        let text =
            "`scale.patients_per_year` is under 8, which could point at a person; leave it out";
        fields.fault("patients_per_year", text);
    }
    (scale != Scale::default()).then_some(scale)
}

fn cost(fields: &mut Fields<'_, '_>) -> Option<Cost> {
    Some(Cost {
        band: fields.term("band").unwrap_or(Cost::default().band),
        one_off_gbp: fields.integer("one_off_gbp"),
        yearly_gbp: fields.integer("yearly_gbp"),
        staff_wte: fields.number("staff_wte"),
        funding: fields.text("funding", LONG),
    })
}

fn measure(fields: &mut Fields<'_, '_>) -> Option<Measure> {
    let name = fields.required_text("name", SHORT, "what was measured");
    let unit = fields.required_term("unit");
    let direction = fields.required_term("direction");
    let baseline = fields.required_number("baseline");
    let result = fields.required_number("result");
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
        baseline_period,
        result_period,
        n,
        method,
    })
}

fn safety(fields: &mut Fields<'_, '_>) -> Option<Safety> {
    let dcb0160 = fields.required_term("dcb0160");
    let hazards = fields.text("hazards", LONG);
    Some(Safety {
        dcb0160: dcb0160?,
        hazards,
    })
}

/// Writes all keys in the order of the schema; what is empty or a default without meaning is left out.
pub(crate) fn write(study: &CaseStudy) -> Map {
    let mut out = Writer::default();
    out.text("type", study.study_type.as_str());
    out.text("result", study.result.as_str());
    out.text("stage", study.stage.as_str());
    out.text("would_repeat", study.would_repeat.as_str());
    out.text("priority", study.priority.as_str());
    out.texts("wgll", &study.wgll);
    out.texts("care_setting", &study.care_setting);
    out.texts("topics", &study.topics);
    out.maps("systems", study.systems.iter().map(write_system));
    out.texts("audience", &study.audience);
    out.optional("started", study.started.map(|month| month.to_string()));
    out.optional("live", study.live.map(|month| month.to_string()));
    out.map(
        "scale",
        study.scale.as_ref().map(write_scale).unwrap_or_default(),
    );
    out.map("cost", write_cost(&study.cost));
    out.maps("measures", study.measures.iter().map(write_measure));
    out.text("evidence", study.evidence.as_str());
    out.texts("barriers", &study.barriers);
    out.optional("partners", study.partners.as_deref());
    out.optional("site", study.site.as_deref());
    out.map(
        "safety",
        study.safety.as_ref().map(write_safety).unwrap_or_default(),
    );
    out.text("interests", &study.interests);
    out.0
}

fn write_system(system: &System) -> Map {
    let mut out = Writer::default();
    out.text("category", &system.category);
    out.text("supplier", &system.supplier);
    out.text("product", &system.product);
    out.optional("version", system.version.as_deref());
    out.0
}

fn write_scale(scale: &Scale) -> Map {
    let mut out = Writer::default();
    out.number("sites", scale.sites);
    out.number("staff_users", scale.staff_users);
    out.number("beds", scale.beds);
    out.number("patients_per_year", scale.patients_per_year);
    out.0
}

fn write_cost(cost: &Cost) -> Map {
    let mut out = Writer::default();
    out.text("band", cost.band.as_str());
    out.number("one_off_gbp", cost.one_off_gbp);
    out.number("yearly_gbp", cost.yearly_gbp);
    out.number("staff_wte", cost.staff_wte);
    out.optional("funding", cost.funding.as_deref());
    out.0
}

fn write_measure(measure: &Measure) -> Map {
    let mut out = Writer::default();
    out.text("name", &measure.name);
    out.text("unit", measure.unit.as_str());
    out.text("direction", measure.direction.as_str());
    out.number("baseline", Some(measure.baseline));
    out.number("result", Some(measure.result));
    out.optional("baseline_period", measure.baseline_period.as_deref());
    out.optional("result_period", measure.result_period.as_deref());
    out.number("n", measure.n);
    out.optional("method", measure.method.as_deref());
    out.0
}

fn write_safety(safety: &Safety) -> Map {
    let mut out = Writer::default();
    out.text("dcb0160", safety.dcb0160.as_str());
    out.optional("hazards", safety.hazards.as_deref());
    out.0
}

/// A map in the making; what is empty is left out.
#[derive(Default)]
pub(crate) struct Writer(pub(crate) Map);

impl Writer {
    pub(crate) fn value(&mut self, key: &str, value: Value) {
        self.0.push((key.to_owned(), value.into()));
    }

    pub(crate) fn text(&mut self, key: &str, text: &str) {
        self.value(key, Value::text(text));
    }

    pub(crate) fn optional(&mut self, key: &str, text: Option<impl Into<String>>) {
        if let Some(text) = text {
            self.value(key, Value::text(text));
        }
    }

    pub(crate) fn number(&mut self, key: &str, number: Option<impl ToString>) {
        if let Some(number) = number {
            self.value(key, Value::plain(number));
        }
    }

    pub(crate) fn texts<T: std::fmt::Display>(&mut self, key: &str, texts: &[T]) {
        if !texts.is_empty() {
            self.value(key, Value::texts(texts));
        }
    }

    pub(crate) fn map(&mut self, key: &str, map: Map) {
        if !map.is_empty() {
            self.value(key, Value::Map(map));
        }
    }

    pub(crate) fn maps(&mut self, key: &str, maps: impl Iterator<Item = Map>) {
        let nodes: Vec<_> = maps.map(|map| Value::Map(map).into()).collect();
        if !nodes.is_empty() {
            self.value(key, Value::List(nodes));
        }
    }
}
