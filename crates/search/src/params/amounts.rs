//! The fields of a form in which an amount is typed: what of it was refused, and addresses without those that were left empty.

use domain::FacetGroup;
use url::form_urlencoded;

use super::{
    MAX_BYTES, MAX_PARAMETERS, TYPED_SUFFIX, filter_value, group_of,
    reader::refusal,
    written::{MAX_QUOTED_CHARS, cut},
};

/// An amount that was typed into its field and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedAmount {
    /// What it was to filter by.
    pub group: FacetGroup,
    /// What was typed, as far as its field has room.
    pub typed: String,
    /// What is wrong with it: one of the notes of the search.
    pub note: String,
}

/// Returns what was typed into the fields for amounts and is no amount, the first of each field.
#[must_use]
pub fn refused_amounts(query_string: &str) -> Vec<RefusedAmount> {
    let mut refused: Vec<RefusedAmount> = Vec::new();
    let pairs = form_urlencoded::parse(cut(query_string, MAX_BYTES).as_bytes());
    for (name, value) in pairs.take(MAX_PARAMETERS) {
        let Some(group) = typed_group(&name) else {
            continue;
        };
        let typed = value.trim();
        let is_known = refused.iter().any(|one| one.group == group);
        if is_known || typed.is_empty() || filter_value(group, typed).is_some() {
            continue;
        }
        refused.push(RefusedAmount {
            group,
            typed: typed.chars().take(MAX_QUOTED_CHARS).collect(),
            note: refusal(group, &value),
        });
    }
    refused
}

/// Returns the query of an address without the fields for amounts that were left empty, which a form sends too; `None` if it
/// has none.
#[must_use]
pub fn without_empty_amounts(query_string: &str) -> Option<String> {
    let is_empty_field = |pair: &str| {
        let name = pair.strip_suffix('=').unwrap_or(pair);
        typed_group(name).is_some()
    };
    let mut pairs = query_string.split('&');
    if !pairs.any(is_empty_field) {
        return None;
    }
    let pairs = query_string.split('&');
    let kept: Vec<&str> = pairs.filter(|pair| !is_empty_field(pair)).collect();
    Some(kept.join("&"))
}

/// Returns what an amount is typed for in a field of this name.
fn typed_group(name: &str) -> Option<FacetGroup> {
    group_of(name).filter(|_| name.ends_with(TYPED_SUFFIX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::SearchParams;

    #[test]
    fn an_amount_that_is_none_is_kept_with_what_is_wrong_with_it() {
        let query = "q=x&spend-typed=+abc+&effort-typed=10&spend=lots&spend-typed=z&topic-typed=y";
        let refused = refused_amounts(query);
        let found: Vec<_> = refused
            .iter()
            .map(|one| (one.group.as_str(), one.typed.as_str()))
            .collect();
        assert_eq!(found, [("spend", "abc")]);
        // The same words as in the notes of the search, which has them for programs.
        let (_, notes) = SearchParams::parse(query);
        assert!(notes.contains(&refused[0].note), "{notes:?}");
        let long = format!("effort-typed={}", "é".repeat(9_000));
        assert_eq!(refused_amounts(&long)[0].typed.chars().count(), 40);
        assert!(refused_amounts("spend-typed=10k&spend-typed=&q=abc").is_empty());
    }

    #[test]
    fn fields_for_amounts_that_were_left_empty_are_in_no_address() {
        for (query, expected) in [
            ("", None),
            ("q=&topic=epma", None),
            ("q=x&spend-typed=abc", None),
            (
                "q=a%20b&spend-typed=&topic=&effort-typed=&d=zz1%2F1",
                Some("q=a%20b&topic=&d=zz1%2F1"),
            ),
            ("spend-typed", Some("")),
            ("spend-typed=&effort-typed=10", Some("effort-typed=10")),
        ] {
            let left = without_empty_amounts(query);
            assert_eq!(left.as_deref(), expected, "{query}");
            assert_eq!(left.and_then(|left| without_empty_amounts(&left)), None);
        }
    }
}
