//! What a document is found and counted by, and the measure that its card shows.
//!
//! A kind fills them in; the card and the index read them.

use serde::{Deserialize, Serialize};

use crate::{facet::FacetGroup, vocabulary::Term};

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
