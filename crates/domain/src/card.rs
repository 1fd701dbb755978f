//! What a result card and a list show of a document, in the form that the store keeps.

use serde::{Deserialize, Serialize};
use wire::{Date, Timestamp};

use crate::{
    body::Body,
    kinds::CaseStudy,
    organisation::Organisation,
    slug::Slug,
    vocabulary::{
        CareSetting, CostBand, Evidence, Licence, Outcome, Priority, Stage, StudyType, Topic,
        Visibility, Wgll, WouldRepeat,
    },
};

/// The version of the stored form. 2 chooses another headline for what did not work.
const VERSION: u32 = 2;

/// A result card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The version of this form.
    v: u32,
    /// The kind, as written.
    pub kind: String,
    /// Title.
    pub title: String,
    /// The last part of the address.
    pub slug: String,
    /// Summary, or nothing.
    pub summary: String,
    /// The language.
    pub lang: String,
    /// The licence.
    pub licence: Licence,
    /// Who may read it.
    pub visibility: Visibility,
    /// Free tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Subjects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Topic>,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Organisation>,
    /// First written, as the author says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Last changed, as the author says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// Last reviewed as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Date>,
    /// To be reviewed by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
    /// What a case study adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub study: Option<StudyCard>,
}

/// What the card of a case study adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyCard {
    /// What sort it is.
    #[serde(rename = "type")]
    pub study_type: StudyType,
    /// How it went.
    pub result: Outcome,
    /// How far it had come.
    pub stage: Stage,
    /// The verdict.
    pub would_repeat: WouldRepeat,
    /// What it cost.
    pub cost_band: CostBand,
    /// The national priority.
    pub priority: Priority,
    /// What Good Looks Like.
    pub wgll: Vec<Wgll>,
    /// Where care is given.
    pub care_settings: Vec<CareSetting>,
    /// How the result is known.
    pub evidence: Evidence,
    /// The measure that says how it went: of a failure one that did not improve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<Headline>,
}

/// The measure that a card shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// What was measured.
    pub name: String,
    /// The change as one phrase, `52 → 7 minutes`.
    pub change: String,
    /// Whether it got better; nothing if it did not change.
    pub better: Option<bool>,
}

impl Headline {
    /// Returns the first measure. For what did not work it is the first that did not get better: a rise beside
    /// "Did not work" reads as a success. Nothing if there is no such measure.
    fn of(study: &CaseStudy) -> Option<Self> {
        let failed = study.result == Outcome::DidNotWork;
        let measure = study
            .measures
            .iter()
            .find(|measure| !failed || measure.better() != Some(true))?;
        Some(Self {
            name: measure.name.clone(),
            change: measure.change(),
            better: measure.better(),
        })
    }
}

impl Card {
    /// Makes the card of a body.
    #[must_use]
    pub fn of(body: &Body) -> Self {
        let common = body.common();
        Self {
            v: VERSION,
            kind: body.kind.as_str().to_owned(),
            title: common.title.clone(),
            slug: Slug::of(&common.title).as_str().to_owned(),
            summary: common.summary.clone(),
            lang: common.lang.clone(),
            licence: common.licence,
            visibility: common.visibility,
            tags: common.tags.clone(),
            topics: body.document.topics().to_vec(),
            organisation: body.stamp.organisation.clone(),
            created: common.created,
            updated: common.updated,
            reviewed: common.reviewed,
            review_by: common.review_by,
            study: body.document.content.part().card(),
        }
    }

    /// Returns whether the day of its review has passed.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.review_by.is_some_and(|date| date < today)
    }

    /// Returns the card as it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored card. A card of an older version is `None`; it is made again from its body.
    #[must_use]
    pub fn of_json(text: &str) -> Option<Self> {
        serde_json::from_str(text)
            .ok()
            .filter(|card: &Self| card.v == VERSION)
    }
}

impl StudyCard {
    /// Makes the card's part of a case study.
    #[must_use]
    pub fn of(study: &CaseStudy) -> Self {
        Self {
            study_type: study.study_type,
            result: study.result,
            stage: study.stage,
            would_repeat: study.would_repeat,
            cost_band: study.cost.band,
            priority: study.priority,
            wgll: study.wgll.clone(),
            care_settings: study.care_setting.clone(),
            evidence: study.evidence,
            headline: Headline::of(study),
        }
    }
}
