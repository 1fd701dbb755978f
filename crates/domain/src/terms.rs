//! What a document is found and counted by, and the measure that its card shows.
//!
//! A kind fills them in; the card and the index read them.

use serde::{Deserialize, Serialize};

use crate::{
    amount::Range,
    facet::FacetGroup,
    figures,
    vocabulary::{Direction, Term, Unit},
};

/// Facets of a document with their values, and the words that people read for them.
#[derive(Default)]
pub(crate) struct Terms {
    pub(crate) labels: Vec<String>,
    pub(crate) facets: Vec<(FacetGroup, Vec<String>)>,
}

impl Terms {
    /// Adds values of a vocabulary, with their labels.
    pub(crate) fn terms<T: Term>(&mut self, group: FacetGroup, terms: &[T]) {
        let labels = terms.iter().map(|term| term.label().to_owned());
        self.labels.extend(labels);
        let values = terms.iter().map(|term| term.as_str().to_owned());
        self.facet(group, values.collect());
    }

    /// Adds an amount to a facet of amounts.
    pub(crate) fn amount(&mut self, group: FacetGroup, said: Option<Range>) {
        if let (Some(scale), Some(said)) = (group.scale(), said) {
            self.facet(group, scale.values(said));
        }
    }

    /// Adds values as they are.
    pub(crate) fn facet(&mut self, group: FacetGroup, values: Vec<String>) {
        if !values.is_empty() {
            self.facets.push((group, values));
        }
    }
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

/// A measure without how and when it was measured, as it is put next to those of other documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// In what unit.
    pub unit: Unit,
    /// Which way is better.
    pub direction: Direction,
    /// Before; nothing if no one measured it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<f64>,
    /// After.
    pub after: f64,
    /// What was expected of it beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
}

impl Figure {
    /// Returns whether it got better; `None` if it did not change or was not measured before.
    #[must_use]
    pub fn better(&self) -> Option<bool> {
        figures::better(self.direction, self.before?, self.after)
    }

    /// Returns whether it is better than what was expected; `None` if nothing was expected, or just this.
    #[must_use]
    pub fn better_than_expected(&self) -> Option<bool> {
        figures::better(self.direction, self.expected?, self.after)
    }

    /// Returns a value with its unit: `52%`, `£1,200`, `7 minutes`.
    #[must_use]
    pub fn shown(&self, value: f64) -> String {
        figures::shown(self.unit, value)
    }
}
