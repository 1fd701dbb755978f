//! The front matter of an invented case study: every key that docs/DOCUMENTS.md knows.

use domain::{
    Term,
    vocabulary::{
        Audience, Barrier, CareSetting, CostBand, Evidence, Outcome, Priority, Region, Stage,
        StudyType, Topic, Wgll, WouldRepeat,
    },
};
use wire::NodeId;

use super::{Writer, id, word};

/// One in so many case studies is based on another.
const BASED_ON: usize = 4;
/// One in so many replaces another.
const REPLACES: usize = 16;
const CATEGORIES: [&str; 4] = [
    "EPR",
    "Electronic prescribing",
    "Wireless network",
    "Portal",
];
const ROLES: [&str; 4] = [
    "Digital lead",
    "Lead nurse",
    "Clinical safety officer",
    "Project manager",
];
const UNITS: [&str; 3] = ["minutes", "percent", "count"];

/// Writes the front matter with its two lines of dashes.
pub(super) fn write(writer: &mut Writer<'_>, number: u64) {
    writer.line(format_args!("---\nkind: case-study"));
    let title = writer.words_up_to(60);
    writer.line(format_args!("title: Study {number} of {title}"));
    let summary = writer.words_up_to(150);
    writer.line(format_args!(
        "summary: We changed how the {summary}, and it took less time"
    ));
    classification(writer);
    systems(writer);
    some::<Audience>(writer, "audience", 3);
    scale_and_cost(writer);
    measures(writer);
    one::<Evidence>(writer, "evidence");
    some::<Barrier>(writer, "barriers", 2);
    people(writer);
    references(writer, number);
    let hazards = writer.phrase(8);
    writer.line(format_args!(
        "safety: {{dcb0160: done, hazards: {hazards}}}"
    ));
    let interests = if writer.one_in(4) {
        format!("The supplier paid for {}", writer.phrase(5))
    } else {
        "none".to_owned()
    };
    writer.line(format_args!("interests: {interests}"));
    dates(writer);
    writer.line(format_args!("licence: OGL-UK-3.0\nvisibility: public"));
    writer.line(format_args!("lang: en-GB\n---\n"));
}

fn classification(writer: &mut Writer<'_>) {
    one::<StudyType>(writer, "type");
    one::<Outcome>(writer, "result");
    one::<Stage>(writer, "stage");
    one::<WouldRepeat>(writer, "would_repeat");
    one::<Priority>(writer, "priority");
    some::<Wgll>(writer, "wgll", 2);
    some::<CareSetting>(writer, "care_setting", 2);
    some::<Topic>(writer, "topics", 4);
    let tags = [writer.word(), writer.word(), writer.word()].join(", ");
    writer.line(format_args!("tags: [{tags}]"));
}

fn systems(writer: &mut Writer<'_>) {
    writer.line(format_args!("systems:"));
    for _ in 0..=writer.random.below(2) {
        let category = writer.random.pick(&CATEGORIES).unwrap_or_default();
        let product = word(200 + writer.random.below(120));
        let version = 1 + writer.random.below(9);
        writer.line(format_args!(
            "  - {{category: {category}, supplier: Example {product}, product: Example {product}, \
             version: \"{version}\"}}"
        ));
    }
}

fn scale_and_cost(writer: &mut Writer<'_>) {
    let sites = 1 + writer.random.below(4);
    let staff = sites * (100 + writer.random.below(900));
    let beds = sites * (50 + writer.random.below(400));
    let patients = sites * (1_000 + writer.random.below(50_000));
    writer.line(format_args!(
        "scale: {{sites: {sites}, staff_users: {staff}, beds: {beds}, patients_per_year: {patients}}}"
    ));
    let band = term::<CostBand>(writer);
    let one_off = 500 * writer.random.below(400);
    let yearly = 250 * writer.random.below(100);
    let staff = writer.random.below(4);
    let funding = writer.phrase(4);
    writer.line(format_args!(
        "cost: {{band: {band}, one_off_gbp: {one_off}, yearly_gbp: {yearly}, staff_wte: {staff}.5, \
         funding: Money for {funding}}}"
    ));
}

fn measures(writer: &mut Writer<'_>) {
    writer.line(format_args!("measures:"));
    for _ in 0..=writer.random.below(2) {
        let (name, method) = (writer.phrase(5), writer.phrase(6));
        let unit = writer.random.pick(&UNITS).unwrap_or_default();
        let result = 5 + writer.random.below(55);
        let (baseline, n) = (result + 12, 20 + writer.random.below(900));
        writer.line(format_args!(
            "  - {{name: Change of {name}, unit: {unit}, direction: down-good, baseline: {baseline}, \
             result: {result}, baseline_period: October 2024, result_period: April 2025, n: {n}, \
             method: Counted {method}}}"
        ));
    }
}

fn people(writer: &mut Writer<'_>) {
    let role = writer.random.pick(&ROLES).unwrap_or_default();
    writer.line(format_args!(
        "contact: {{role: {role}, mailbox: digital@bench.example, open_to: [call, documents]}}"
    ));
    writer.line(format_args!(
        "authors:\n  - role: {role}\n  - role: Project manager"
    ));
    let partners = writer.phrase(4);
    writer.line(format_args!("partners: The team of {partners}"));
    let site = writer.word();
    writer.line(format_args!("site: Hospital of {site}"));
    one::<Region>(writer, "region");
}

fn references(writer: &mut Writer<'_>, number: u64) {
    let reference = writer.random.below(1_000_000);
    let other = u64::try_from(reference).unwrap_or(number);
    if writer.one_in(BASED_ON) {
        let node = NodeId::for_text(b"bench");
        writer.line(format_args!("based_on: [{node}/{}]", id(other)));
    }
    if writer.one_in(REPLACES) {
        // Of a number that no case study has.
        writer.line(format_args!("replaces: [{}]", id(other + (1 << 40))));
    }
}

fn dates(writer: &mut Writer<'_>) {
    let (year, month) = (2019 + writer.random.below(6), 1 + writer.random.below(12));
    writer.line(format_args!(
        "started: {year}-{month:02}\nlive: {}-{month:02}",
        year + 1
    ));
    writer.line(format_args!("created: {}-{month:02}-11", year + 1));
    writer.line(format_args!("updated: {}-{month:02}-14", year + 1));
    writer.line(format_args!("reviewed: {}-{month:02}-14", year + 1));
    // A day that has passed stays valid in every later run.
    writer.line(format_args!("review_by: {}-{month:02}-28", year + 2));
}

fn term<T: Term>(writer: &mut Writer<'_>) -> &'static str {
    writer.random.pick(T::ALL).map_or("", Term::as_str)
}

fn one<T: Term>(writer: &mut Writer<'_>, key: &str) {
    let value = term::<T>(writer);
    writer.line(format_args!("{key}: {value}"));
}

fn some<T: Term>(writer: &mut Writer<'_>, key: &str, most: usize) {
    let count = 1 + writer.random.below(most);
    let mut values: Vec<&str> = (0..count).map(|_| term::<T>(writer)).collect();
    values.sort_unstable();
    values.dedup();
    writer.line(format_args!("{key}: [{}]", values.join(", ")));
}
