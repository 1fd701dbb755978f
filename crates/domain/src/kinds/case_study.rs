//! The case study: what was tried, and how it went.

mod parts;
mod writing;

pub use parts::{Cost, Expected, Measure, Safety, Scale, System};
use parts::{read_cost, read_expected, read_measure, read_safety, read_scale, read_system};
use writing::{write_cost, write_expected, write_measure, write_safety, write_scale, write_system};

use super::{Beginning, ContactRule, Content, Part, Rules, TextRule, title_advice};
use crate::{
    attributes::Common,
    facet::FacetGroup,
    outline::{self, Text},
    reader::Fields,
    terms::{Figure, Headline, Terms},
    vocabulary::{
        Audience, Barrier, CareSetting, Evidence, Outcome, Priority, Region, Stage, StudyType,
        Term as _, Topic, Wgll, WouldRepeat,
    },
    writer::Writer,
};
use metadata::{Fault, times::Month};
use wire::Date;

const MAX_WGLL: usize = 3;
const MAX_TOPICS: usize = 4;
const MAX_SYSTEMS: usize = 20;
const MAX_MEASURES: usize = 8;
/// Short texts: names, periods, roles.
const SHORT: std::ops::RangeInclusive<usize> = 1..=200;
/// Texts of a few sentences.
const LONG: std::ops::RangeInclusive<usize> = 1..=2000;

pub(super) const RULES: Rules = Rules {
    name: "case-study",
    label: "Case study",
    folder: "case-studies",
    keys: &[
        "type",
        "result",
        "stage",
        "would_repeat",
        "priority",
        "wgll",
        "care_setting",
        "region",
        "topics",
        "systems",
        "audience",
        "started",
        "live",
        "scale",
        "cost",
        "measures",
        "expected",
        "evidence",
        "barriers",
        "partners",
        "site",
        "safety",
        "interests",
    ],
    title: TextRule {
        chars: 10..=90,
        required: Some("what it is about, the subject first"),
    },
    summary: TextRule {
        chars: 60..=280,
        required: Some("what changed, and the result"),
    },
    is_called_by_its_text: false,
    contact: ContactRule::Required,
    is_lenient: false,
    has_measures: true,
    begins_with: Beginning::Nothing,
    is_reviewed: true,
    read: Some(read),
    faults,
    advice,
    assumed: &[(
        "evidence",
        "`evidence` is missing; say how you know: without it the page says nothing of it",
    )],
};

/// A case study: what was tried, and how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseStudy {
    /// What sort it is.
    pub study_type: StudyType,
    /// How it went.
    pub result: Outcome,
    /// The stage of the work.
    pub stage: Stage,
    /// The verdict.
    pub would_repeat: WouldRepeat,
    /// The national priority it serves.
    pub priority: Priority,
    /// 1..=3 measures of What Good Looks Like.
    pub wgll: Vec<Wgll>,
    /// At least one.
    pub care_setting: Vec<CareSetting>,
    /// Where in England.
    pub region: Option<Region>,
    /// 1..=4.
    pub topics: Vec<Topic>,
    /// Products that were used.
    pub systems: Vec<System>,
    /// The readers that it is written for.
    pub audience: Vec<Audience>,
    /// When the work began.
    pub started: Option<Month>,
    /// When it went live.
    pub live: Option<Month>,
    /// How large it is.
    pub scale: Option<Scale>,
    /// What it cost.
    pub cost: Cost,
    /// At most 8.
    pub measures: Vec<Measure>,
    /// A result that is promised and not reported yet.
    pub expected: Option<Expected>,
    /// How the result is known; nothing where its author did not say.
    pub evidence: Option<Evidence>,
    /// What got in the way; at least one if it did not fully work.
    pub barriers: Vec<Barrier>,
    /// Who else took part.
    pub partners: Option<String>,
    /// Where.
    pub site: Option<String>,
    /// Clinical safety.
    pub safety: Option<Safety>,
    /// Interests to declare, or "none".
    pub interests: String,
}

/// Reads all keys; faults are in the fields' report, and then there may be no case study.
fn read(fields: &mut Fields<'_, '_>) -> Option<Content> {
    let before = fields.report.faults.len();
    let study_type = fields.required_term("type");
    let result = fields.required_term("result");
    let stage = fields.required_term("stage");
    let would_repeat = would_repeat(fields);
    let priority = fields.required_term("priority");
    let wgll = fields.required_terms("wgll", MAX_WGLL);
    let care_setting = fields.required_terms("care_setting", CareSetting::ALL.len());
    let region = fields.term("region");
    let topics = fields.required_terms("topics", MAX_TOPICS);
    let systems = fields.groups("systems", MAX_SYSTEMS, read_system);
    let audience = fields.terms("audience", Audience::ALL.len());
    let (started, live) = months(fields);
    let scale = fields.group("scale", read_scale);
    let cost = fields.group("cost", read_cost);
    let measures = fields.groups("measures", MAX_MEASURES, read_measure);
    let expected = fields.group("expected", read_expected);
    let evidence = fields.term("evidence");
    let barriers = barriers(fields, result);
    let partners = fields.text("partners", LONG);
    let site = fields.text("site", SHORT);
    let safety = fields.group("safety", read_safety);
    let interests = fields.required_text(
        "interests",
        LONG,
        "supplier sponsorship and the like, or `none`",
    );
    if fields.report.faults.len() > before {
        return None;
    }
    let study = CaseStudy {
        study_type: study_type?,
        result: result?,
        stage: stage?,
        would_repeat: would_repeat?,
        priority: priority?,
        wgll,
        care_setting,
        region,
        topics,
        systems,
        audience,
        started,
        live,
        scale,
        cost: cost.unwrap_or_default(),
        measures,
        expected,
        evidence,
        barriers,
        partners,
        site,
        safety,
        interests: interests?,
    };
    Some(Content::CaseStudy(Box::new(study)))
}

/// Reads the verdict. In YAML 1.1 an unquoted yes or no is a truth value, and many authors write one.
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
            format!("`live` ({live}) is before `started` ({started}); correct one of them"),
        );
    }
    (started, live)
}

fn barriers(fields: &mut Fields<'_, '_>, result: Option<Outcome>) -> Vec<Barrier> {
    if result.is_some_and(Outcome::fell_short) {
        fields.required_terms("barriers", Barrier::ALL.len())
    } else {
        fields.terms("barriers", Barrier::ALL.len())
    }
}

/// The headings may be missing; the text may not.
fn faults(_: &Common, text: &Text<'_>) -> Vec<Fault> {
    if text.body_md.trim().is_empty() {
        let says = "the text is empty; write what happened under the five headings";
        return vec![Fault::new("body", Some(text.first_line), says)];
    }
    Vec::new()
}

fn advice(common: &Common, text: &Text<'_>) -> Vec<Fault> {
    let mut advice = title_advice(common, text);
    advice.extend(outline::heading_advice(text));
    advice
}

impl Part for CaseStudy {
    fn write(&self, out: &mut Writer) {
        out.text("type", self.study_type.as_str());
        out.text("result", self.result.as_str());
        out.text("stage", self.stage.as_str());
        out.text("would_repeat", self.would_repeat.as_str());
        out.text("priority", self.priority.as_str());
        out.texts("wgll", &self.wgll);
        out.texts("care_setting", &self.care_setting);
        out.optional("region", self.region.map(Region::as_str));
        out.texts("topics", &self.topics);
        out.maps("systems", self.systems.iter().map(write_system));
        out.texts("audience", &self.audience);
        out.optional("started", self.started.map(|month| month.to_string()));
        out.optional("live", self.live.map(|month| month.to_string()));
        out.map(
            "scale",
            self.scale.as_ref().map(write_scale).unwrap_or_default(),
        );
        out.map("cost", write_cost(&self.cost));
        out.maps("measures", self.measures.iter().map(write_measure));
        out.map(
            "expected",
            self.expected
                .as_ref()
                .map(write_expected)
                .unwrap_or_default(),
        );
        out.optional("evidence", self.evidence.map(Evidence::as_str));
        out.texts("barriers", &self.barriers);
        out.optional("partners", self.partners.as_deref());
        out.optional("site", self.site.as_deref());
        out.map(
            "safety",
            self.safety.as_ref().map(write_safety).unwrap_or_default(),
        );
        out.text("interests", &self.interests);
    }

    fn schema(&self) -> Option<u64> {
        Some(1)
    }

    fn topics(&self) -> &[Topic] {
        &self.topics
    }

    fn index(&self, out: &mut Terms) {
        out.terms(FacetGroup::Type, &[self.study_type]);
        out.terms(FacetGroup::Result, &[self.result]);
        out.terms(FacetGroup::Stage, &[self.stage]);
        out.terms(FacetGroup::WouldRepeat, &[self.would_repeat]);
        out.terms(FacetGroup::Priority, &[self.priority]);
        out.terms(FacetGroup::Wgll, &self.wgll);
        out.terms(FacetGroup::CareSetting, &self.care_setting);
        out.terms(FacetGroup::Region, self.region.as_slice());
        out.terms(FacetGroup::Audience, &self.audience);
        out.terms(FacetGroup::Cost, &[self.cost.band()]);
        out.amount(FacetGroup::Spend, self.cost.spend());
        out.amount(FacetGroup::Effort, self.cost.effort());
        out.terms(FacetGroup::Evidence, self.evidence.as_slice());
        out.terms(FacetGroup::Barrier, &self.barriers);
        let mut systems = Vec::new();
        for system in &self.systems {
            out.labels
                .extend([&system.category, &system.supplier, &system.product].map(Clone::clone));
            if !systems.contains(&system.product) {
                systems.push(system.product.clone());
            }
        }
        out.facet(FacetGroup::System, systems);
        out.labels
            .extend(self.measures.iter().map(|measure| measure.name.clone()));
        out.labels
            .extend(self.partners.iter().chain(&self.site).cloned());
    }

    fn figures(&self) -> Vec<Figure> {
        self.measures.iter().map(Measure::figure).collect()
    }

    fn expected_by(&self) -> Option<Date> {
        self.expected.as_ref().map(|expected| expected.by)
    }

    /// The first measure. For work that failed it is the first that did not get better: an improvement
    /// next to "Did not work" would read as a success.
    fn headline(&self) -> Option<Headline> {
        let failed = self.result == Outcome::DidNotWork;
        let mut measures = self.measures.iter();
        let measure = measures.find(|measure| !failed || measure.better() != Some(true))?;
        Some(Headline {
            name: measure.name.clone(),
            change: measure.change(),
            better: measure.better(),
        })
    }
}
