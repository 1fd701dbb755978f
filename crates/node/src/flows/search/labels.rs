//! What people read for the groups and values of a search.

use domain::FacetGroup;
use search::Facet;
use store::Publisher;

use crate::flows::search::{FoundFacet, FoundValue, SearchParams};

/// Returns what people read for a value; the value itself where there is nothing better.
fn value_label(group: FacetGroup, value: &str, publishers: &[Publisher]) -> String {
    if group == FacetGroup::Organisation
        && let Some(publisher) = publisher_of(value, publishers)
    {
        return publisher.name.clone();
    }
    group.value_label(value).unwrap_or(value).to_owned()
}

/// Returns the node that the index means by an organisation: its ODS code, or its handle in capitals.
fn publisher_of<'a>(value: &str, publishers: &'a [Publisher]) -> Option<&'a Publisher> {
    let named = |publisher: &&Publisher| {
        publisher
            .ods
            .as_deref()
            .is_some_and(|ods| ods.eq_ignore_ascii_case(value))
    };
    let handle = |publisher: &&Publisher| {
        publisher.ods.is_none() && publisher.handle.eq_ignore_ascii_case(value)
    };
    publishers
        .iter()
        .find(named)
        .or_else(|| publishers.iter().find(handle))
}

/// Returns the counts with what people read.
pub(super) fn facets(
    counted: &[Facet],
    params: &SearchParams,
    publishers: &[Publisher],
) -> Vec<FoundFacet> {
    counted
        .iter()
        .map(|facet| found(facet, params, publishers))
        .collect()
}

fn found(facet: &Facet, params: &SearchParams, publishers: &[Publisher]) -> FoundFacet {
    let group = facet.group;
    let value = |value: &str, count| FoundValue {
        value: value.to_owned(),
        label: value_label(group, value, publishers),
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
pub(super) fn is_unknown_organisation(
    group: FacetGroup,
    value: &str,
    publishers: &[Publisher],
) -> bool {
    group == FacetGroup::Organisation && publisher_of(value, publishers).is_none()
}

/// Returns a note for each organisation that was ticked and is not known here.
pub(super) fn unknown_organisations(
    params: &SearchParams,
    publishers: &[Publisher],
) -> Vec<String> {
    let ticked = params
        .filters
        .get(&FacetGroup::Organisation)
        .into_iter()
        .flatten();
    ticked
        .filter(|value| is_unknown_organisation(FacetGroup::Organisation, value, publishers))
        .map(|value| format!("There is no organisation “{value}” here."))
        .collect()
}
