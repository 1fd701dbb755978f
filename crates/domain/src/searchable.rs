//! What a search index needs of a document: texts, and values to filter and count by.

use crate::{body::Body, facet::FacetGroup, terms::Terms, vocabulary::Term as _};

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
    /// Values to filter and count by, each facet at most once. Only the store knows the organisation and the year.
    pub facets: Vec<(FacetGroup, Vec<String>)>,
}

impl Searchable {
    /// Makes the input of the index. `plain_text` is the body without markup; it is left out where
    /// the licence allows others no more than title and summary.
    #[must_use]
    pub fn new(body: &Body, plain_text: impl FnOnce(&str) -> String) -> Self {
        let common = body.common();
        let mut terms = Terms::default();
        terms.facet(FacetGroup::Kind, vec![body.kind.facet_value().to_owned()]);
        if body.kind.is_read() {
            terms.labels.push(body.kind.label().to_owned());
        }
        terms.facet(
            FacetGroup::Licence,
            vec![common.licence.as_str().to_owned()],
        );
        body.document.content.index(&mut terms);
        Self {
            title: common.title.clone(),
            summary: common.summary.clone(),
            body_text: if common.licence.allows_text() {
                plain_text(&common.body_md)
            } else {
                String::new()
            },
            tags: common.tags.clone(),
            labels: terms.labels,
            facets: terms.facets,
        }
    }
}
