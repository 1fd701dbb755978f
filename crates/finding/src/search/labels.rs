//! What people read for the groups and values of a search.

use std::borrow::Cow;

use domain::{FacetGroup, amount::Range};
use indexer::organisation_value;
use search::{Facet, Query};
use store::Publisher;

use super::{FoundFacet, FoundValue, SearchParams};

/// Returns what people read for a value; the value itself where there is nothing better.
fn value_label(group: FacetGroup, value: &str, publishers: &[Publisher]) -> String {
    if group == FacetGroup::Organisation
        && let Some(publisher) = publisher_of(value, publishers)
    {
        return publisher.name.clone();
    }
    let label = group.value_label(value);
    label.map_or_else(|| value.to_owned(), Cow::into_owned)
}

/// Returns the node that a value names: by its handle, or else by the one ODS code that is shown for it. The index knows
/// handles only, so that no node can put its documents among those of another.
pub(super) fn publisher_of<'a>(value: &str, publishers: &'a [Publisher]) -> Option<&'a Publisher> {
    let has_handle = |publisher: &&Publisher| publisher.handle.eq_ignore_ascii_case(value);
    let has_code = |publisher: &&Publisher| {
        let ods = publisher.ods.as_deref();
        ods.is_some_and(|ods| ods.eq_ignore_ascii_case(value))
    };
    publishers
        .iter()
        .find(has_handle)
        .or_else(|| publishers.iter().find(has_code))
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
    // Ranges come in the order of their amounts, and not the most frequent first.
    if group.scale().is_some() {
        values.sort_by_cached_key(|held| Range::parse(&held.value));
    }
    // Neither do costs, or results: a reader looks for them in their own order.
    if values.iter().any(|held| group.place(&held.value).is_some()) {
        values.sort_by_key(|held| group.place(&held.value).unwrap_or(usize::MAX));
    }
    FoundFacet {
        group,
        label: group.label(),
        values,
    }
}

/// Returns the value of the index that a value means; `None` for an organisation of which there is nothing here.
pub(super) fn indexed_value(
    group: FacetGroup,
    value: &str,
    publishers: &[Publisher],
) -> Option<String> {
    if group != FacetGroup::Organisation {
        return Some(value.to_owned());
    }
    publisher_of(value, publishers).map(|publisher| organisation_value(&publisher.handle))
}

/// Returns the search with each organisation by its value in the index. One that is not known here stays, finds nothing,
/// and gets a note.
pub(super) fn with_indexed_organisations(
    params: &SearchParams,
    publishers: &[Publisher],
) -> SearchParams {
    let mut params = params.clone();
    if let Some(values) = params.filters.get_mut(&FacetGroup::Organisation) {
        for value in values.iter_mut() {
            if let Some(indexed) = indexed_value(FacetGroup::Organisation, value, publishers) {
                *value = indexed;
            }
        }
        values.sort_unstable();
        values.dedup();
    }
    params
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
        .filter(|value| publisher_of(value, publishers).is_none())
        .map(|value| format!("There is no organisation “{value}” here."))
        .collect()
}

/// Says what a filter by a product means, where one was typed and nothing is found.
pub(super) fn unknown_products(query: &Query, total: u64) -> Vec<String> {
    let typed = query
        .fields
        .iter()
        .filter(|(group, _)| total == 0 && *group == FacetGroup::System);
    let note = |value: &String| {
        format!(
            "No page here names a product “{value}”. The filter takes its whole name, in quotes if that has a space."
        )
    };
    typed.map(|(_, value)| note(value)).collect()
}
