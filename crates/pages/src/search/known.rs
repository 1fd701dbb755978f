//! The page that says what is known about what was searched for, if it is one topic or one product.

use std::{collections::HashMap, sync::LazyLock};

use domain::{
    FacetGroup,
    vocabulary::{Term as _, Topic},
};
use search::Expansions;

use finding::search::{FoundValue, SearchParams, SearchResults};
use node::urls;

use crate::{link::Link, words};

/// Results with all the words, from which on most of them can be about one topic.
const MIN_ABOUT_ONE: u64 = 3;

/// The stems of the names of each topic: of `Electronic prescribing (ePMA)` also those of each of its two parts.
static TOPICS: LazyLock<HashMap<Vec<String>, Topic>> = LazyLock::new(|| {
    let names = |topic: &Topic| {
        let (topic, label) = (*topic, topic.label());
        let parts = label.split(['(', ')']);
        let parts = parts.map(str::trim).filter(|part| !part.is_empty());
        let names = parts.chain([topic.as_str(), label]);
        let names = names.chain(topic.also().iter().copied());
        let stems = names.map(|name| (search::stems(name), topic));
        stems.collect::<Vec<_>>()
    };
    Topic::ALL.iter().flat_map(names).collect()
});

/// Returns the topic that a text names: by its short name, its label, a part of that, or another word for one of these.
#[must_use]
pub fn topic_named(text: &str) -> Option<Topic> {
    let named = |name: &str| TOPICS.get(&search::stems(name)).copied();
    let known = Topic::parse_loosely(text).or_else(|| named(text));
    known.or_else(|| Expansions::built_in().others(text).find_map(named))
}

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
    known_of(params, typed, products).or_else(|| mostly_about(results))
}

/// Returns the page about the topic that two thirds of the results with all the words have, if one is not of every project.
fn mostly_about(results: &SearchResults) -> Option<Link> {
    let is_of_words = results.ranked && results.params.filters.is_empty();
    if !is_of_words || results.with_all < MIN_ABOUT_ONE {
        return None;
    }
    let of_topic = |facet: &&finding::search::FoundFacet| facet.group == FacetGroup::Topic;
    let topics = &results.facets.iter().find(of_topic)?.values;
    let is_of_most = |value: &&FoundValue| value.count * 3 >= results.with_all * 2;
    let topic = topics
        .iter()
        .filter(is_of_most)
        .filter_map(|value| Topic::parse(&value.value))
        .find(|topic| !topic.is_of_every_project())?;
    let words = words::lower_first_word(topic.label());
    Some(Link::new(words, urls::topic(topic.as_str())))
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
    fn a_topic_is_known_by_each_of_its_names() {
        for (text, expected) in [
            ("epma", Some(Topic::Epma)),
            ("ePMA", Some(Topic::Epma)),
            ("Electronic prescribing (ePMA)", Some(Topic::Epma)),
            ("electronic prescribing", Some(Topic::Epma)),
            ("e-prescribing", Some(Topic::Epma)),
            ("virtual ward", Some(Topic::VirtualWards)),
            ("hospital at home", Some(Topic::VirtualWards)),
            ("Speech recognition", Some(Topic::VoiceRecognition)),
            ("EPR", Some(Topic::Epr)),
            ("wifi", Some(Topic::NetworkWifi)),
            ("ambient scribe", Some(Topic::VoiceRecognition)),
            ("AVT", Some(Topic::VoiceRecognition)),
            ("SSO", Some(Topic::SingleSignOnIdentity)),
            ("NHS app", Some(Topic::PatientPortalNhsApp)),
            ("e-rostering", Some(Topic::ERosteringWorkforce)),
            ("voices", None),
            ("", None),
        ] {
            assert_eq!(topic_named(text), expected, "{text}");
        }
    }

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
