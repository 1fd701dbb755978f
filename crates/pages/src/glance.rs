//! "At a glance": what else a reader asks about a case study, as rows of a list.

use domain::{
    Adoption, Author, CaseStudy, Content, Cost, FacetGroup, Scale, System,
    vocabulary::{CostBand, SafetyStatus, Term as _, Topic},
};

use crate::{link::Link, search_links::filter_link, words};

/// One row: a question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The question.
    pub label: &'static str,
    /// The answer.
    pub text: String,
    /// Links that are the answer, or follow it.
    pub links: Vec<Link>,
}

/// The part of a document's page that its kind adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    /// The rows that let a reader judge it in half a minute.
    pub rows: Vec<Row>,
    /// The other rows.
    pub about: Vec<Row>,
}

impl Glance {
    /// Returns what the panel of answers and the measures leave out.
    #[must_use]
    pub fn new(content: &Content) -> Self {
        let topics = |topics: &[Topic]| {
            let mut about = Rows(Vec::new());
            about.links(topics, FacetGroup::Topic);
            Self {
                about: about.0,
                ..Self::default()
            }
        };
        match content {
            Content::CaseStudy(study) => Self {
                rows: rows(study),
                about: about(study),
            },
            Content::Page(page) => topics(&page.topics),
            Content::Observation(observation) => topics(&observation.topics),
            Content::Adoption(adoption) => Self {
                rows: rows_of_adoption(adoption),
                ..topics(&adoption.topics)
            },
            Content::Other(_) => Self::default(),
        }
    }
}

fn rows(study: &CaseStudy) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    rows.text("What got in the way", labels(&study.barriers));
    rows.text("Setting", setting(study));
    rows.text("When", when(study));
    rows.text("Systems", systems(&study.systems));
    let funding = study.cost.funding.as_deref().unwrap_or_default();
    rows.text("Paid from", words::sentence(funding.trim()));
    rows.text(
        "Interests declared",
        words::sentence(study.interests.trim()),
    );
    rows.0
}

fn rows_of_adoption(adoption: &Adoption) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    rows.text("What got in the way", labels(&adoption.reasons));
    let changed = adoption.changed.as_deref().unwrap_or_default();
    rows.text("What they changed", words::sentence(changed.trim()));
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
    rows.0
}

struct Rows(Vec<Row>);

impl Rows {
    fn text(&mut self, label: &'static str, text: impl Into<String>) {
        let text = text.into();
        let text = markdown::visible(&text).into_owned();
        if !text.is_empty() {
            self.0.push(Row {
                label,
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
            text: String::new(),
            links: terms.iter().map(link).collect(),
        });
    }
}

/// Joins labels into one phrase: the first keeps its capital, abbreviations theirs.
#[must_use]
pub fn labels<T: domain::Term>(terms: &[T]) -> String {
    let mut out = Vec::with_capacity(terms.len());
    for (index, term) in terms.iter().enumerate() {
        let label = term.label();
        let abbreviation = label.chars().nth(1).is_some_and(char::is_uppercase);
        out.push(if index == 0 || abbreviation {
            label.to_owned()
        } else {
            words::lower_first(label)
        });
    }
    words::joined(&out)
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

/// Returns the figures in pounds; nothing if there are none.
#[must_use]
pub fn pounds(cost: &Cost) -> String {
    let figures = [cost.one_off_gbp, cost.yearly_gbp];
    // "£0 one-off" reads as a mistake.
    if cost.band() == CostBand::None
        && figures.contains(&Some(0))
        && figures.into_iter().flatten().all(|pounds| pounds == 0)
    {
        return cost.band().label().to_owned();
    }
    let one_off = cost
        .one_off_gbp
        .map(|n| format!("£{} one-off", words::number(n)));
    let yearly = cost
        .yearly_gbp
        .map(|n| format!("£{} a year", words::number(n)));
    one_off
        .into_iter()
        .chain(yearly)
        .collect::<Vec<_>>()
        .join(", ")
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
            words::lower_first(&system.category),
            system.supplier
        )
    };
    systems.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Returns the authors of a document in words.
#[must_use]
pub fn authors(authors: &[Author]) -> String {
    let one = |author: &Author| match (&author.name, &author.role) {
        (Some(name), Some(role)) => Some(format!("{name}, {}", words::lower_first_word(role))),
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
    use domain::{Content, front_matter};

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
        let glance = Glance::new(&document.content);
        let text: String = glance.about.into_iter().map(|row| row.text).collect();
        assert!(text.contains("Jo ⟨U+202E⟩elpmaxE"), "{text}");
    }

    #[test]
    fn a_case_study_answers_in_words() {
        let file = include_str!("../../domain/tests/golden/case-study.md");
        let document = front_matter::parse_file(file, "case-study.md", |_| Vec::new())
            .document
            .unwrap();
        let glance = Glance::new(&document.content);
        let text: Vec<String> = glance
            .rows
            .into_iter()
            .chain(glance.about)
            .map(|row| {
                let links: Vec<_> = row.links.iter().map(|link| link.words.as_str()).collect();
                let answer = format!("{}{}", row.text, links.join(" | "));
                format!("{}: {}", row.label, answer.trim_end())
            })
            .collect();
        insta::assert_snapshot!(text.join("\n"));
    }
}
