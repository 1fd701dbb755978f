//! The page that says what is known about what was searched for, if it is one topic or one product.

use std::{collections::HashMap, sync::LazyLock};

use domain::{
    FacetGroup,
    vocabulary::{Term as _, Topic},
};
use node::{
    flows::search::{FoundValue, SearchParams, SearchResults},
    urls,
};

use crate::{link::Link, words};

/// The stems of the names of each topic.
static TOPICS: LazyLock<HashMap<Vec<String>, Topic>> = LazyLock::new(|| {
    let names =
        |topic: &Topic| [topic.as_str(), topic.label()].map(|name| (search::stems(name), *topic));
    Topic::ALL.iter().flat_map(names).collect()
});

/// Returns the page about the only topic and the only product that are chosen, or about what was named; its words are what it
/// is about.
pub(super) fn known(results: &SearchResults) -> Option<Link> {
    let params = &results.params;
    // What was typed, with its spelling corrected.
    let typed = results.corrected.as_deref().unwrap_or(&params.q);
    let of_system = results
        .facets
        .iter()
        .find(|facet| facet.group == FacetGroup::System);
    let products = of_system.map_or(&[][..], |facet| &facet.values);
    known_of(params, typed, products)
}

fn known_of(params: &SearchParams, typed: &str, products: &[FoundValue]) -> Option<Link> {
    let only = |group| match params.filters.get(&group) {
        Some(values) if values.len() == 1 => values.iter().next().map(String::as_str),
        _ => None,
    };
    let stems = search::stems(typed);
    let named = || TOPICS.get(&stems).copied();
    let topic = only(FacetGroup::Topic)
        .and_then(Topic::parse)
        .or_else(named);
    let initial = |text: &str| text.chars().find_map(|c| c.to_lowercase().next());
    let is_named = |product: &&FoundValue| {
        initial(typed) == initial(&product.label) && search::stems(&product.label) == stems
    };
    let product = only(FacetGroup::System).or_else(|| {
        let named = products.iter().find(is_named);
        named.map(|product| product.value.as_str())
    });
    let named = topic.map(|topic| words::lower_first_word(topic.label()));
    let (about, href) = match (topic.zip(named), product) {
        (Some((topic, named)), Some(product)) => (
            format!("{} and {named}", markdown::visible(product)),
            urls::topic_and_product(topic.as_str(), product),
        ),
        (Some((topic, named)), None) => (named, urls::topic(topic.as_str())),
        (None, Some(product)) => (
            markdown::visible(product).into_owned(),
            urls::product(product),
        ),
        (None, None) => return None,
    };
    Some(Link::new(about, href))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_topic_or_product_leads_to_what_is_known_about_it() {
        let products = [FoundValue {
            value: "Hearsay Notes".to_owned(),
            label: "Hearsay Notes".to_owned(),
            count: 2,
            selected: false,
        }];
        for (query, expected) in [
            ("q=Voice+Recognition", Some("/topics/voice-recognition")),
            (
                "q=voice-recognition&result=worked",
                Some("/topics/voice-recognition"),
            ),
            ("q=voices", None),
            ("q=virtual+ward", Some("/topics/virtual-wards")),
            ("q=hearsay+notes", Some("/products/Hearsay%20Notes")),
            ("q=hearsay", None),
            ("q=", None),
            ("topic=voice-recognition", Some("/topics/voice-recognition")),
            ("topic=voice-recognition&topic=epma", None),
            ("system=Hearsay+Notes", Some("/products/Hearsay%20Notes")),
            (
                "system=Hearsay+Notes&topic=voice-recognition",
                Some("/topics/voice-recognition/Hearsay%20Notes"),
            ),
        ] {
            let (params, _) = SearchParams::parse(query);
            let link = known_of(&params, &params.q, &products);
            assert_eq!(
                link.as_ref().map(|link| link.href.as_str()),
                expected,
                "{query}"
            );
        }
    }
}
