//! What a search index needs of a document: texts, and values to filter and count by.

use crate::{body::Body, vocabulary::Term};

/// The input of the index for one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searchable {
    /// Title.
    pub title: String,
    /// Summary, or nothing.
    pub summary: String,
    /// The body as plain text; nothing if the licence does not allow it.
    pub body_text: String,
    /// Free tags.
    pub tags: Vec<String>,
    /// What people read for its vocabulary values, and names of products, partners and places.
    pub labels: Vec<String>,
    /// Values by the name of their filter: `kind`, `type`, `result`, `stage`, `would_repeat`,
    /// `priority`, `wgll`, `care_setting`, `topic`, `audience`, `organisation`, `cost`, `system`,
    /// `evidence`, `barrier`, `licence`. `year` is the store's to say.
    pub facets: Vec<(&'static str, Vec<String>)>,
}

impl Searchable {
    /// Makes the input of the index. `plain_text` is the body without markup; it is left out where
    /// the licence allows others no more than title and summary.
    #[must_use]
    pub fn of(body: &Body, plain_text: impl FnOnce(&str) -> String) -> Self {
        let common = body.common();
        let allowed = common.licence.allows_text();
        let mut out = Self {
            title: common.title.clone(),
            summary: common.summary.clone(),
            body_text: if allowed {
                plain_text(&common.body_md)
            } else {
                String::new()
            },
            tags: common.tags.clone(),
            labels: Vec::new(),
            facets: Vec::new(),
        };
        out.facet("kind", vec![body.kind.as_str().to_owned()]);
        if body.kind.is_read() {
            out.labels.push(body.kind.label().to_owned());
        }
        out.terms("topic", body.document.topics());
        out.facet("licence", vec![common.licence.as_str().to_owned()]);
        if let Some(organisation) = &body.stamp.organisation {
            out.labels.push(organisation.name.clone());
            out.facet("organisation", organisation.ods.iter().cloned().collect());
        }
        body.document.content.part().index(&mut out);
        out
    }

    pub(crate) fn terms<T: Term>(&mut self, name: &'static str, terms: &[T]) {
        self.labels
            .extend(terms.iter().map(|term| term.label().to_owned()));
        self.facet(
            name,
            terms.iter().map(|term| term.as_str().to_owned()).collect(),
        );
    }

    pub(crate) fn facet(&mut self, name: &'static str, values: Vec<String>) {
        if !values.is_empty() {
            self.facets.push((name, values));
        }
    }
}
