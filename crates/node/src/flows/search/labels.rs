//! What people read for the groups and values of a search.

use domain::FacetGroup;
use search::Facet;
use store::Source;

use crate::flows::search::{FoundFacet, FoundValue, SearchParams};

/// Returns what people read for a value; the value itself where there is nothing better.
fn value_label(group: FacetGroup, value: &str, sources: &[Source]) -> String {
    if group == FacetGroup::Organisation
        && let Some(source) = source_of(value, sources)
    {
        return source.name.clone();
    }
    group.value_label(value).unwrap_or(value).to_owned()
}

/// Returns the node that the index means by an organisation: its ODS code, or its handle in capitals.
fn source_of<'a>(value: &str, sources: &'a [Source]) -> Option<&'a Source> {
    let named = |source: &&Source| {
        source
            .ods
            .as_deref()
            .is_some_and(|ods| ods.eq_ignore_ascii_case(value))
    };
    let handle =
        |source: &&Source| source.ods.is_none() && source.handle.eq_ignore_ascii_case(value);
    sources
        .iter()
        .find(named)
        .or_else(|| sources.iter().find(handle))
}

/// Returns the counts with what people read.
pub(super) fn facets(
    counted: &[Facet],
    params: &SearchParams,
    sources: &[Source],
) -> Vec<FoundFacet> {
    counted
        .iter()
        .map(|facet| found(facet, params, sources))
        .collect()
}

fn found(facet: &Facet, params: &SearchParams, sources: &[Source]) -> FoundFacet {
    let group = facet.group;
    let value = |value: &str, count| FoundValue {
        value: value.to_owned(),
        label: value_label(group, value, sources),
        count,
        selected: params.selects(group, value),
    };
    let mut values: Vec<_> = facet
        .values
        .iter()
        .map(|held| value(&held.value, held.count))
        .collect();
    // What is ticked can be unticked, though nothing has it.
    for ticked in params.filters.get(&group).into_iter().flatten() {
        if !values.iter().any(|held| held.value == *ticked) {
            values.push(value(ticked, 0));
        }
    }
    FoundFacet {
        group,
        label: group.label(),
        values,
    }
}

/// Returns whether a value names an organisation of which there is nothing here.
pub(super) fn is_unknown_organisation(group: FacetGroup, value: &str, sources: &[Source]) -> bool {
    group == FacetGroup::Organisation && source_of(value, sources).is_none()
}

/// Returns a note for each organisation that was ticked and is not known here.
pub(super) fn unknown_organisations(params: &SearchParams, sources: &[Source]) -> Vec<String> {
    let ticked = params
        .filters
        .get(&FacetGroup::Organisation)
        .into_iter()
        .flatten();
    ticked
        .filter(|value| is_unknown_organisation(FacetGroup::Organisation, value, sources))
        .map(|value| format!("There is no organisation “{value}” here."))
        .collect()
}
