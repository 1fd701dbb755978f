//! What a document is: the part that all kinds have in common, and what a case study and a page add.

use wire::{Date, Digest, DocumentId, DocumentRef, Timestamp};

use crate::{
    value::{Map, Value},
    vocabulary::{
        Audience, Barrier, CareSetting, CostBand, Direction, Evidence, Kind, Licence, OpenTo,
        Outcome, Priority, SafetyStatus, Stage, StudyType, Term as _, Topic, Unit, Visibility,
        Wgll, WouldRepeat,
    },
};

/// The language of a document that names none.
pub const DEFAULT_LANG: &str = "en-GB";

/// A document without what its node gives it (id, revision, salt).
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What every kind has.
    pub common: Common,
    /// What its kind adds.
    pub content: Content,
    /// What is never shown and never leaves the node.
    pub private: Private,
}

/// What every kind of document has.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// 1..=200 characters; of a case study 10..=90.
    pub title: String,
    /// Empty, or at most 1,000 characters; of a case study 60..=280.
    pub summary: String,
    /// At most 32.
    pub tags: Vec<String>,
    /// A language tag, `en-GB` unless the author says otherwise.
    pub lang: String,
    /// The licence of the text.
    pub licence: Licence,
    /// Who may read it.
    pub visibility: Visibility,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// When it was first written, as the author says.
    pub created: Option<Timestamp>,
    /// When it was last changed, as the author says.
    pub updated: Option<Timestamp>,
    /// When it was last reviewed as a whole.
    pub reviewed: Option<Date>,
    /// When it is to be reviewed.
    pub review_by: Option<Date>,
    /// Documents of the same node that it replaces.
    pub replaces: Vec<DocumentId>,
    /// Documents of any node that it builds on.
    pub based_on: Vec<DocumentRef>,
    /// Files that belong to it; at most 16.
    pub attachments: Vec<Attachment>,
    /// The text, markdown.
    pub body_md: String,
}

/// What a kind adds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A case study.
    CaseStudy(Box<CaseStudy>),
    /// A wiki page.
    Page(Page),
    /// Another kind, or one whose `meta` is not in its kind's shape: shown as plain text.
    Other {
        /// The kind, as written.
        kind: String,
        /// What it brought along, unread.
        meta: Map,
    },
}

/// What never appears in a body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Private {
    /// Whom to ask; used by the introduction form.
    pub contact: Option<Contact>,
    /// Keys that this version does not know and values that it could not read, each with its path
    /// (`["cost", "colour"]`, `["measures", "[0]", "colour"]`), so that a file keeps them.
    pub unknown: Vec<(Vec<String>, Value)>,
}

/// A file that belongs to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Bytes, at most 8 MiB.
    pub len: u64,
    /// Media type.
    pub media_type: String,
    /// File name, for people.
    pub name: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
}

/// Who wrote a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The person, if they agreed to be named.
    pub name: Option<String>,
    /// What they do.
    pub role: Option<String>,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Their role.
    pub role: String,
    /// A shared mailbox.
    pub mailbox: String,
    /// A person, if they agreed to be named.
    pub name: Option<String>,
    /// What they offer.
    pub open_to: Vec<OpenTo>,
}

/// A wiki page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its subjects.
    pub topics: Vec<Topic>,
}

/// A case study: what was tried, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseStudy {
    /// What sort it is.
    pub study_type: StudyType,
    /// How it went.
    pub result: Outcome,
    /// How far it had come.
    pub stage: Stage,
    /// The verdict.
    pub would_repeat: WouldRepeat,
    /// The national priority it serves.
    pub priority: Priority,
    /// 1..=3 measures of What Good Looks Like.
    pub wgll: Vec<Wgll>,
    /// At least one.
    pub care_setting: Vec<CareSetting>,
    /// 1..=4.
    pub topics: Vec<Topic>,
    /// Products that were used.
    pub systems: Vec<System>,
    /// Whom it is written for.
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
    /// How the result is known.
    pub evidence: Evidence,
    /// What stood in the way; at least one if it fell short.
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
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// About how much.
    pub band: CostBand,
    /// Pounds, once.
    pub one_off_gbp: Option<u64>,
    /// Pounds a year.
    pub yearly_gbp: Option<u64>,
    /// Whole-time equivalents of staff.
    pub staff_wte: Option<f64>,
    /// Where the money came from.
    pub funding: Option<String>,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            band: CostBand::NotKnown,
            one_off_gbp: None,
            yearly_gbp: None,
            staff_wte: None,
            funding: None,
        }
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
    /// Before.
    pub baseline: f64,
    /// After.
    pub result: f64,
    /// When the figure before was taken.
    pub baseline_period: Option<String>,
    /// When the figure after was taken.
    pub result_period: Option<String>,
    /// How many were measured.
    pub n: Option<u64>,
    /// How.
    pub method: Option<String>,
}

impl Measure {
    /// Returns whether the result is better than the baseline; `None` if they are equal.
    #[must_use]
    pub fn better(&self) -> Option<bool> {
        let change = self.result.partial_cmp(&self.baseline)?;
        let rose = match change {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
        };
        Some(rose == (self.direction == Direction::UpGood))
    }

    /// Returns a value with its unit, as a page shows it: `52%`, `£1,200`, `7 minutes`.
    #[must_use]
    pub fn shown(&self, value: f64) -> String {
        let number = grouped(value);
        match self.unit {
            Unit::Percent => format!("{number}%"),
            Unit::Gbp => match number.strip_prefix('-') {
                Some(positive) => format!("-£{positive}"),
                None => format!("£{number}"),
            },
            Unit::Minutes | Unit::Hours | Unit::Days if value == 1.0 => {
                format!("1 {}", self.unit.label().trim_end_matches('s'))
            }
            Unit::Minutes | Unit::Hours | Unit::Days => format!("{number} {}", self.unit.label()),
            Unit::Count | Unit::Score | Unit::Other => number,
        }
    }

    /// Returns the change as one phrase: `52 → 7 minutes`.
    #[must_use]
    pub fn change(&self) -> String {
        match self.unit {
            Unit::Minutes | Unit::Hours | Unit::Days => {
                format!("{} → {}", grouped(self.baseline), self.shown(self.result))
            }
            _ => format!(
                "{} → {}",
                self.shown(self.baseline),
                self.shown(self.result)
            ),
        }
    }
}

/// Writes a number with commas between thousands.
fn grouped(value: f64) -> String {
    let text = value.to_string();
    let (sign, text) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Clinical safety.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safety {
    /// Whether clinical risk management under DCB0160 was done.
    pub dcb0160: SafetyStatus,
    /// Hazards worth knowing.
    pub hazards: Option<String>,
}

/// A calendar month, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Reads `YYYY-MM`, and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = (text.len() == 7).then(|| Date::parse(&format!("{text}-01")))??;
        Some(Self {
            year: date.year(),
            month: date.month(),
        })
    }

    /// Returns the year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// Returns the month, `1..=12`.
    #[must_use]
    pub fn month(self) -> i8 {
        self.month
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Document {
    /// Returns a page with a title and a text, and the defaults for all else.
    #[must_use]
    pub fn page(title: impl Into<String>, body_md: impl Into<String>) -> Self {
        Self {
            common: Common::new(title, body_md),
            content: Content::Page(Page::default()),
            private: Private::default(),
        }
    }

    /// Returns its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.content {
            Content::CaseStudy(_) => Kind::CaseStudy,
            Content::Page(_) => Kind::Page,
            Content::Other { kind, .. } => Kind::parse(kind),
        }
    }

    /// Returns the case study, if it is one.
    #[must_use]
    pub fn case_study(&self) -> Option<&CaseStudy> {
        match &self.content {
            Content::CaseStudy(study) => Some(study),
            _ => None,
        }
    }

    /// Returns its subjects.
    #[must_use]
    pub fn topics(&self) -> &[Topic] {
        match &self.content {
            Content::CaseStudy(study) => &study.topics,
            Content::Page(page) => &page.topics,
            Content::Other { .. } => &[],
        }
    }
}

impl Common {
    /// Returns a title and a text with the defaults for all else.
    #[must_use]
    pub fn new(title: impl Into<String>, body_md: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            summary: String::new(),
            tags: Vec::new(),
            lang: DEFAULT_LANG.to_owned(),
            licence: Licence::OglUk3,
            visibility: Visibility::Public,
            authors: Vec::new(),
            created: None,
            updated: None,
            reviewed: None,
            review_by: None,
            replaces: Vec::new(),
            based_on: Vec::new(),
            attachments: Vec::new(),
            body_md: body_md.into(),
        }
    }
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
        ] {
            let measure = measure(unit, baseline, result);
            assert_eq!(
                (measure.change().as_str(), measure.better()),
                (expected, better)
            );
        }
    }

    #[test]
    fn a_month_has_one_form() {
        assert_eq!(
            Month::parse("2026-11")
                .map(|month| month.to_string())
                .as_deref(),
            Some("2026-11")
        );
        for wrong in ["2026", "2026-13", "2026-1", "2026-11-01", "11-2026", ""] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }
}
