//! The filters in use, each with the same search without it.

use std::borrow::Cow;

use domain::FacetGroup;
use node::flows::search::SearchResults;

use super::link;

/// A filter in use, and the same search without it.
#[derive(Clone)]
pub(super) struct Chip {
    pub(super) group: FacetGroup,
    pub(super) value: String,
    pub(super) words: String,
    pub(super) href: String,
}

/// Returns a chip for each filter in use.
pub(super) fn chips(results: &SearchResults) -> Vec<Chip> {
    let params = &results.params;
    let mut out = Vec::new();
    for (group, values) in &params.filters {
        for value in values {
            let words = results
                .facets
                .iter()
                .filter(|facet| facet.group == *group)
                .flat_map(|facet| facet.values.iter())
                .find(|found| found.value == *value)
                .map(|found| found.label.clone())
                .or_else(|| group.value_label(value).map(Cow::into_owned))
                .unwrap_or_else(|| markdown::visible(value).into_owned());
            out.push(Chip {
                group: *group,
                value: value.clone(),
                words,
                href: link(&params.without(*group, value)),
            });
        }
    }
    out
}
