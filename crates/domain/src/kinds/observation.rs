//! The observation: what one team saw, and what it would tell the next trust. Written in three minutes.
//!
//! Its text has two of the headings of a case study, so that it can grow into one: add the other
//! headings and keys, change `kind`, and it keeps its id and its history.

use super::{Beginning, ContactRule, Content, Part, Rules, TextRule, title_advice};
use metadata::Fault;

use crate::{
    attributes::Common,
    facet::FacetGroup,
    outline::{self, Text},
    reader::Fields,
    terms::Terms,
    vocabulary::{Outcome, Term as _, Topic},
    writer::Writer,
};

const MAX_TOPICS: usize = 4;

/// The heading whose text a card shows.
const WHAT_HAPPENED: &str = "What happened";

/// The headings of the text, both required.
const HEADINGS: [&str; 2] = [WHAT_HAPPENED, "Advice to the next trust"];

pub(super) const RULES: Rules = Rules {
    name: "observation",
    label: "Observation",
    folder: "observations",
    keys: &["result", "topics"],
    title: TextRule {
        chars: 10..=90,
        required: Some("what it is about, the subject first"),
    },
    summary: TextRule {
        chars: 0..=280,
        required: None,
    },
    is_called_by_its_text: true,
    contact: ContactRule::Role,
    is_lenient: false,
    has_measures: false,
    begins_with: Beginning::Under(WHAT_HAPPENED),
    is_reviewed: false,
    read: Some(read),
    faults,
    advice: title_advice,
    assumed: &[],
};

/// An observation: what happened, and whether it worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// How it went.
    pub result: Outcome,
    /// 1..=4.
    pub topics: Vec<Topic>,
}

fn read(fields: &mut Fields<'_, '_>) -> Option<Content> {
    let result = fields.required_term("result");
    let topics = fields.required_terms("topics", MAX_TOPICS);
    let observation = Observation {
        result: result?,
        topics,
    };
    (!observation.topics.is_empty()).then_some(Content::Observation(observation))
}

fn faults(_: &Common, text: &Text<'_>) -> Vec<Fault> {
    outline::missing_sections(text, &HEADINGS)
}

impl Part for Observation {
    fn write(&self, out: &mut Writer) {
        out.text("result", self.result.as_str());
        out.texts("topics", &self.topics);
    }

    fn schema(&self) -> Option<u64> {
        Some(1)
    }

    fn topics(&self) -> &[Topic] {
        &self.topics
    }

    fn index(&self, out: &mut Terms) {
        out.terms(FacetGroup::Result, &[self.result]);
    }
}
