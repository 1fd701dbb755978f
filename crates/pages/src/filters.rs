//! The filter panel: which groups it has, and which values of each.

use domain::{FacetGroup, facet::Values};

use crate::words;
use finding::search::FoundFacet;

/// Values of a group that are shown at once; the others open with "More".
const FIRST_VALUES: usize = 5;
/// Values of a group that are offered at all.
const MAX_VALUES: usize = 60;
/// Of products: there are as many as there are case studies, and most have one document.
const MAX_PRODUCTS: usize = 12;

/// One group of filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name in the address.
    pub name: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// Whether it is open from the start.
    pub open: bool,
    /// The values that are shown at once.
    pub first: Vec<Value>,
    /// The values that open with "More".
    pub more: Vec<Value>,
    /// The field for a range of amounts of their own.
    pub own: Option<OwnAmount>,
}

/// A field for an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAmount {
    /// What people read next to it.
    pub label: &'static str,
    /// What was typed into it and is no amount.
    pub typed: String,
    /// What is wrong with that.
    pub fault: Option<String>,
}

/// One filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The value in the address.
    pub value: String,
    /// The value for people.
    pub label: String,
    /// How many results have it.
    pub count: String,
    /// Whether it is ticked.
    pub selected: bool,
}

/// Returns whether the panel has a group.
#[must_use]
pub fn is_listed(group: FacetGroup) -> bool {
    group.row().panel.is_some()
}

/// Makes the panel. Ticked values are always shown; a single value that is not ticked would narrow nothing.
#[must_use]
pub fn groups(facets: &[FoundFacet]) -> Vec<Group> {
    FacetGroup::in_panel()
        .into_iter()
        .filter_map(|(group, panel)| {
            let facet = facets.iter().find(|facet| facet.group == group)?;
            let scale = group.scale();
            let most = match group.row().values {
                Values::Products => MAX_PRODUCTS,
                Values::Closed(_)
                | Values::Kinds
                | Values::Organisations
                | Values::Years
                | Values::Amounts(_) => MAX_VALUES,
            };
            let mut values: Vec<_> = facet.values.iter().take(most).collect();
            values.extend(
                facet
                    .values
                    .iter()
                    .skip(most)
                    .filter(|value| value.selected),
            );
            let selected = values.iter().any(|value| value.selected);
            // A range narrows also where it is the only one that anything is in.
            if values.is_empty() || (values.len() == 1 && !selected && scale.is_none()) {
                return None;
            }
            let mut first = Vec::new();
            let mut more = Vec::new();
            for (place, value) in values.into_iter().enumerate() {
                let list = if place < FIRST_VALUES || value.selected || scale.is_some() {
                    &mut first
                } else {
                    &mut more
                };
                list.push(Value {
                    value: value.value.clone(),
                    label: value.label.clone(),
                    count: words::number(value.count),
                    selected: value.selected,
                });
            }
            Some(Group {
                name: group.as_str(),
                label: facet.label,
                open: panel.open || selected,
                first,
                more,
                own: scale.map(|scale| OwnAmount {
                    label: scale.own,
                    typed: String::new(),
                    fault: None,
                }),
            })
        })
        .collect()
}
