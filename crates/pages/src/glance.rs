//! "At a glance": the answers of a case study as rows of a list, in the order in which readers ask.

use domain::{
    Author, CaseStudy, Content, Cost, FacetGroup, Measure, Scale, System, Term as _,
    vocabulary::{Outcome, SafetyStatus, Unit},
};

use crate::{link::Link, result_card::Tag, search::filter_link, words};

/// One row: a question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The question.
    pub label: &'static str,
    /// A tag before the answer.
    pub tag: Option<Tag>,
    /// The answer.
    pub text: String,
    /// Links that are the answer, or follow it.
    pub links: Vec<Link>,
}

/// A measure before and after, as a row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureRow {
    /// What was measured.
    pub name: String,
    /// How, and of how many.
    pub note: String,
    /// Before.
    pub before: String,
    /// When.
    pub before_when: String,
    /// After.
    pub after: String,
    /// When.
    pub after_when: String,
    /// `Better`, `Worse` or `No change`.
    pub change: &'static str,
}

/// The part of a document's page that its kind adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    /// The rows that let a reader judge it in half a minute.
    pub rows: Vec<Row>,
    /// The measures before and after.
    pub measures: Vec<MeasureRow>,
    /// The other rows.
    pub about: Vec<Row>,
}

impl Glance {
    /// Returns the overview. `differently` is the id of the heading under which the authors say what they would do
    /// differently.
    #[must_use]
    pub fn new(content: &Content, differently: Option<&str>, contact: Option<Row>) -> Self {
        match content {
            Content::CaseStudy(study) => Self {
                rows: rows(study, differently, contact),
                measures: study.measures.iter().map(measure).collect(),
                about: about(study),
            },
            Content::Page(page) => {
                let mut about = Rows(Vec::new());
                about.links(&page.topics, FacetGroup::Topic);
                Self {
                    about: about.0,
                    ..Self::default()
                }
            }
            Content::Observation(observation) => {
                let mut rows = Rows(Vec::new());
                rows.result(observation.result);
                rows.text(
                    "What this is",
                    "What one team saw, in a few sentences. It is no case study",
                );
                rows.0.extend(contact);
                let mut about = Rows(Vec::new());
                about.links(&observation.topics, FacetGroup::Topic);
                Self {
                    rows: rows.0,
                    about: about.0,
                    ..Self::default()
                }
            }
            Content::Other(_) => Self::default(),
        }
    }
}

fn rows(study: &CaseStudy, differently: Option<&str>, contact: Option<Row>) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    rows.result(study.result);
    rows.text(FacetGroup::Stage.label(), study.stage.label());
    rows.text(FacetGroup::Cost.label(), cost(&study.cost));
    let funding = study.cost.funding.as_deref().unwrap_or_default();
    rows.text("Paid from", words::sentence(funding.trim()));
    rows.0.push(Row {
        label: "Would they do it again?",
        tag: None,
        text: study.would_repeat.label().to_owned(),
        links: differently
            .map(|id| Link::new("What they would do differently", format!("#{id}")))
            .into_iter()
            .collect(),
    });
    rows.text(FacetGroup::Evidence.label(), study.evidence.label());
    rows.text("What got in the way", labels(&study.barriers));
    rows.0.extend(contact);
    rows.text("Setting", setting(study));
    rows.text("When", when(study));
    rows.text("Systems", systems(&study.systems));
    rows.0
}

fn about(study: &CaseStudy) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    rows.links(&[study.priority], FacetGroup::Priority);
    rows.links(&study.wgll, FacetGroup::Wgll);
    rows.links(&study.topics, FacetGroup::Topic);
    rows.links(study.region.as_slice(), FacetGroup::Region);
    rows.text(FacetGroup::Audience.label(), labels(&study.audience));
    rows.text("Partners", study.partners.clone().unwrap_or_default());
    rows.text("Clinical safety", safety(study));
    rows.text(
        "Interests declared",
        words::sentence(study.interests.trim()),
    );
    rows.0
}

struct Rows(Vec<Row>);

impl Rows {
    fn result(&mut self, result: Outcome) {
        self.0.push(Row {
            label: FacetGroup::Result.label(),
            tag: Some(Tag::for_result(result)),
            text: String::new(),
            links: Vec::new(),
        });
    }

    fn text(&mut self, label: &'static str, text: impl Into<String>) {
        let text = text.into();
        let text = markdown::visible(&text).into_owned();
        if !text.is_empty() {
            self.0.push(Row {
                label,
                tag: None,
                text,
                links: Vec::new(),
            });
        }
    }

    fn links<T: domain::Term>(&mut self, terms: &[T], group: FacetGroup) {
        if terms.is_empty() {
            return;
        }
        let link = |term: &T| {
            let term = *term;
            Link::new(term.label(), filter_link(group, term.as_str()))
        };
        self.0.push(Row {
            label: group.label(),
            tag: None,
            text: String::new(),
            links: terms.iter().map(link).collect(),
        });
    }
}

fn measure(measure: &Measure) -> MeasureRow {
    let mut notes: Vec<String> = Vec::new();
    if matches!(measure.unit, Unit::Score) {
        notes.push("score".to_owned());
    }
    let method = measure.method.as_deref().map(str::trim).unwrap_or_default();
    if !method.is_empty() {
        notes.push(lower_first_word(method.trim_end_matches('.')));
    }
    notes.extend(measure.n.map(|n| format!("{} measured", words::number(n))));
    let shown = |text: &str| markdown::visible(text).into_owned();
    let period = |text: Option<&str>| text.map(shown).unwrap_or_default();
    MeasureRow {
        name: shown(&measure.name),
        note: if notes.is_empty() {
            String::new()
        } else {
            shown(&format!("({})", notes.join("; ")))
        },
        before: measure.shown(measure.baseline),
        before_when: period(measure.baseline_period.as_deref()),
        after: measure.shown(measure.result),
        after_when: period(measure.result_period.as_deref()),
        change: match measure.better() {
            Some(true) => "Better",
            Some(false) => "Worse",
            None => "No change",
        },
    }
}

/// Joins labels into one phrase: the first keeps its capital, abbreviations theirs.
fn labels<T: domain::Term>(terms: &[T]) -> String {
    let mut out = Vec::with_capacity(terms.len());
    for (index, term) in terms.iter().enumerate() {
        let label = term.label();
        let abbreviation = label.chars().nth(1).is_some_and(char::is_uppercase);
        out.push(if index == 0 || abbreviation {
            label.to_owned()
        } else {
            lower_first(label)
        });
    }
    words::joined(&out)
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn setting(study: &CaseStudy) -> String {
    let mut parts = vec![labels(&study.care_setting)];
    if let Some(scale) = &study.scale {
        parts.extend(scale_parts(scale));
    }
    parts.extend(study.site.clone());
    parts.join(", ")
}

fn scale_parts(scale: &Scale) -> Vec<String> {
    let Scale {
        sites,
        staff_users,
        beds,
        patients_per_year,
    } = scale;
    let mut parts = Vec::new();
    parts.extend(sites.map(|n| words::counted(n, "site", "sites")));
    parts.extend(beds.map(|n| words::counted(n, "bed", "beds")));
    parts.extend(staff_users.map(|n| words::counted(n, "member of staff", "staff")));
    parts.extend(patients_per_year.map(|n| format!("{} patients a year", words::number(n))));
    parts
}

fn when(study: &CaseStudy) -> String {
    let months = |month: domain::Month| i32::from(month.year()) * 12 + i32::from(month.month());
    match (study.started, study.live) {
        (Some(started), Some(live)) => {
            let took = u64::try_from(months(live) - months(started)).unwrap_or(0);
            let span = match took {
                0 => "within the month".to_owned(),
                took => words::counted(took, "month", "months"),
            };
            format!(
                "Began {}, live {} ({span})",
                words::month(started),
                words::month(live)
            )
        }
        (Some(started), None) => format!("Began {}", words::month(started)),
        (None, Some(live)) => format!("Live {}", words::month(live)),
        (None, None) => String::new(),
    }
}

/// Returns the figures, or the band if there are none, since it is less exact.
fn cost(cost: &Cost) -> String {
    let mut parts = Vec::new();
    parts.extend(
        cost.one_off_gbp
            .map(|n| format!("£{} one-off", words::number(n))),
    );
    parts.extend(
        cost.yearly_gbp
            .map(|n| format!("£{} a year", words::number(n))),
    );
    parts.extend(
        cost.staff_wte
            .map(|n| format!("{n} whole-time equivalent staff")),
    );
    if parts.is_empty() {
        cost.band.label().to_owned()
    } else {
        parts.join(", ")
    }
}

/// Leaves names and abbreviations as they are; a plain first word loses its capital.
fn lower_first_word(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let plain = first.chars().skip(1).all(char::is_lowercase);
    if plain && text.split_whitespace().count() > 1 {
        lower_first(text)
    } else {
        text.to_owned()
    }
}

fn systems(systems: &[System]) -> String {
    let one = |system: &System| {
        let version = system
            .version
            .as_ref()
            .map(|version| format!(" {version}"))
            .unwrap_or_default();
        format!(
            "{}{version} ({}, {})",
            system.product,
            lower_first(&system.category),
            system.supplier
        )
    };
    systems.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Returns the authors of a document in words.
#[must_use]
pub fn authors(authors: &[Author]) -> String {
    let one = |author: &Author| match (&author.name, &author.role) {
        (Some(name), Some(role)) => Some(format!("{name}, {}", lower_first_word(role))),
        (Some(name), None) => Some(name.clone()),
        (None, Some(role)) => Some(role.clone()),
        (None, None) => None,
    };
    let authors: Vec<_> = authors.iter().filter_map(one).collect();
    markdown::visible(&authors.join("; ")).into_owned()
}

fn safety(study: &CaseStudy) -> String {
    let Some(safety) = &study.safety else {
        return String::new();
    };
    let done = match safety.dcb0160 {
        SafetyStatus::Done => "Clinical risk management (DCB0160) was done",
        SafetyStatus::NotNeeded => "Clinical risk management (DCB0160) was not needed",
        SafetyStatus::Unknown => "Not known whether clinical risk management (DCB0160) was done",
    };
    match &safety.hazards {
        Some(hazards) => format!("{done}. Hazards: {hazards}"),
        None => done.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        Content, front_matter,
        vocabulary::{CostBand, Direction},
    };

    use super::*;

    #[test]
    fn no_value_turns_its_line_around() {
        let file = include_str!("../../domain/tests/golden/case-study.md");
        let mut document = front_matter::parse_file(file, "case-study.md", |_| Vec::new())
            .document
            .unwrap();
        let turned = "Jo \u{202e}elpmaxE".to_owned();
        let written = [Author {
            name: Some(turned.clone()),
            role: None,
        }];
        assert_eq!(authors(&written), "Jo ⟨U+202E⟩elpmaxE");
        let Content::CaseStudy(study) = &mut document.content else {
            unreachable!("the golden study is a case study")
        };
        study.partners = Some(turned);
        let glance = Glance::new(&document.content, None, None);
        let text: String = glance.about.into_iter().map(|row| row.text).collect();
        assert!(text.contains("Jo ⟨U+202E⟩elpmaxE"), "{text}");
    }

    #[test]
    fn a_cost_is_its_figures_and_else_its_band() {
        let figures = Cost {
            band: CostBand::From50kTo250k,
            one_off_gbp: Some(95_000),
            yearly_gbp: Some(60_000),
            staff_wte: Some(2.0),
            funding: None,
        };
        for (held, words) in [
            (
                figures.clone(),
                "£95,000 one-off, £60,000 a year, 2 whole-time equivalent staff",
            ),
            (
                Cost {
                    one_off_gbp: None,
                    yearly_gbp: None,
                    staff_wte: None,
                    ..figures
                },
                "£50,000 to £250,000",
            ),
            (Cost::default(), "Not known"),
        ] {
            assert_eq!(cost(&held), words);
        }
    }

    #[test]
    fn the_method_of_a_measurement_is_in_brackets() {
        let measured = Measure {
            name: "Arrivals checked in at a kiosk".to_owned(),
            unit: Unit::Percent,
            direction: Direction::UpGood,
            baseline: 0.0,
            result: 23.0,
            baseline_period: None,
            result_period: None,
            n: Some(198_000),
            method: Some("Business case assumed 70.".to_owned()),
        };
        assert_eq!(
            measure(&measured).note,
            "(business case assumed 70; 198,000 measured)"
        );
        let bare = Measure {
            n: None,
            method: None,
            ..measured
        };
        assert_eq!(measure(&bare).note, "");
    }

    #[test]
    fn a_case_study_answers_in_words() {
        let file = include_str!("../../domain/tests/golden/case-study.md");
        let document = front_matter::parse_file(file, "case-study.md", |_| Vec::new())
            .document
            .unwrap();
        let contact = Row {
            label: "Contact",
            tag: None,
            text: "lessons@northmoor.example".to_owned(),
            links: Vec::new(),
        };
        let glance = Glance::new(&document.content, Some("h-x"), Some(contact));
        let text: Vec<String> = glance
            .rows
            .into_iter()
            .chain(glance.about)
            .map(|row| {
                let tag = row
                    .tag
                    .map(|tag| format!("[{}] ", tag.words))
                    .unwrap_or_default();
                let links: Vec<_> = row.links.iter().map(|link| link.words.as_str()).collect();
                let answer = format!("{tag}{}{}", row.text, links.join(" | "));
                format!("{}: {}", row.label, answer.trim_end())
            })
            .collect();
        insta::assert_snapshot!(text.join("\n"));
    }
}
