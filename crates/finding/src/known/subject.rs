//! The topic or product that a search is about, if it is one.

use std::{collections::HashMap, sync::LazyLock};

use domain::{
    FacetGroup,
    vocabulary::{Term as _, Topic},
};
use search::{Expansions, Query};

use node::{Node, NodeError};

use super::{Subject, matrix};
use crate::search::{FoundFacet, FoundValue, SearchParams, SearchResults};

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

/// Returns the only topic and the only product that are chosen, or what was named.
#[must_use]
pub fn subject(results: &SearchResults) -> Option<Subject> {
    let params = &results.params;
    let typed = typed_words(results);
    let of_system = results
        .facets
        .iter()
        .find(|facet| facet.group == FacetGroup::System);
    let products = of_system.map_or(&[][..], |facet| &facet.values);
    subject_of(params, typed, products)
}

/// Returns what is chosen or named, by all that was typed or by what is left of it without words that are asked of anything:
/// *did virtual wards work* names the topic as *virtual wards* does.
fn subject_of(params: &SearchParams, typed: &str, products: &[FoundValue]) -> Option<Subject> {
    known_of(params, typed, products).or_else(|| {
        let named = Query::parse(typed).named_among_others()?;
        known_of(params, &named, products)
    })
}

/// Returns the topic or product that a search is for. A topic that the words name by another word for it counts only if it is
/// what the pages with the words are about, and those are most of its own.
///
/// # Errors
/// As a search.
pub async fn searched_for(
    node: &Node,
    results: &SearchResults,
) -> Result<Option<Subject>, NodeError> {
    let Some(subject) = subject(results) else {
        return Ok(None);
    };
    let Some(topic) = loosely_named(results, &subject) else {
        return Ok(Some(subject));
    };
    let found = results.values(FacetGroup::Topic);
    let found = found.filter(|value| value.value == topic.as_str());
    let found: u64 = found.map(|value| value.count).sum();
    let matrix = matrix(node).await?;
    let rows = matrix.iter().filter(|(of, _)| *of == topic);
    let all: u64 = rows
        .flat_map(|(_, cells)| cells)
        .map(|(_, count)| count)
        .sum();
    let is_of_most = found * 2 > results.with_all && found * 2 > all;
    // Where no page has the words, the topic is the nearest that there is.
    Ok((results.with_all == 0 || is_of_most).then_some(subject))
}

/// Returns the topic of a subject if the words of a search name it by another word for it, which may be narrower: *ambient
/// scribe* for voice recognition. A part of the topic's own name is sure.
fn loosely_named(results: &SearchResults, subject: &Subject) -> Option<Topic> {
    let topic = subject.topic.filter(|_| subject.product.is_none())?;
    if results.params.filters.contains_key(&FacetGroup::Topic) {
        return None;
    }
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let typed = typed_words(results);
    let among_others = Query::parse(typed).named_among_others();
    let typed = letters(among_others.as_deref().unwrap_or(typed));
    let names = [topic.as_str(), topic.label()];
    let is_own = names.iter().any(|name| letters(name).contains(&typed));
    (!is_own).then_some(topic)
}

/// Returns what was typed, with its spelling corrected.
fn typed_words(results: &SearchResults) -> &str {
    results.corrected.as_deref().unwrap_or(&results.params.q)
}

/// Returns whether a search is for all documents about its subject: no filter leaves some of them out.
#[must_use]
pub fn is_for_all(params: &SearchParams) -> bool {
    let is_of_subject =
        |group: &FacetGroup| matches!(group, FacetGroup::Topic | FacetGroup::System);
    !params.like_ours && !params.staff_only && params.filters.keys().all(is_of_subject)
}

/// Returns the topic that two thirds of the results with all the words have, if one is not of every project; `None` where as
/// many have another, so that neither is sure.
#[must_use]
pub fn mostly_about(results: &SearchResults) -> Option<Subject> {
    let is_of_words = results.ranked && results.params.filters.is_empty();
    if !is_of_words || results.with_all < MIN_ABOUT_ONE {
        return None;
    }
    let of_topic = |facet: &&FoundFacet| facet.group == FacetGroup::Topic;
    let topics = &results.facets.iter().find(of_topic)?.values;
    let is_of_most = |value: &&FoundValue| value.count * 3 >= results.with_all * 2;
    let of_most = topics.iter().filter(is_of_most);
    let mut of_most = of_most.filter_map(|value| {
        let topic = Topic::parse(&value.value)?;
        (!topic.is_of_every_project()).then_some((topic, value.count))
    });
    let (topic, count) = of_most.next()?;
    if of_most.next().is_some_and(|(_, other)| other == count) {
        return None;
    }
    Some(Subject {
        topic: Some(topic),
        product: None,
    })
}

fn known_of(params: &SearchParams, typed: &str, products: &[FoundValue]) -> Option<Subject> {
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
    let product = product.map(str::to_owned);
    (topic.is_some() || product.is_some()).then_some(Subject { topic, product })
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
            (
                "q=Voice+Recognition",
                Some((Some("voice-recognition"), None)),
            ),
            (
                "q=voice-recognition&result=worked",
                Some((Some("voice-recognition"), None)),
            ),
            ("q=voices", None),
            ("q=virtual+ward", Some((Some("virtual-wards"), None))),
            ("q=hearsay+notes", Some((None, Some("Hearsay Notes")))),
            (
                "q=did+virtual+wards+work",
                Some((Some("virtual-wards"), None)),
            ),
            (
                "q=is+voice+recognition+worth+it",
                Some((Some("voice-recognition"), None)),
            ),
            (
                "q=voice+recognition+cost",
                Some((Some("voice-recognition"), None)),
            ),
            (
                "q=hearsay+notes+problems",
                Some((None, Some("Hearsay Notes"))),
            ),
            ("q=did+virtual+wards+work+-beds", None),
            ("q=did+it+work", None),
            ("q=hearsay", None),
            ("q=", None),
            (
                "topic=voice-recognition",
                Some((Some("voice-recognition"), None)),
            ),
            ("topic=voice-recognition&topic=epma", None),
            ("system=Hearsay+Notes", Some((None, Some("Hearsay Notes")))),
            (
                "system=Hearsay+Notes&topic=voice-recognition",
                Some((Some("voice-recognition"), Some("Hearsay Notes"))),
            ),
        ] {
            let (params, _) = SearchParams::parse(query);
            let subject = subject_of(&params, &params.q, &products);
            let found = subject.map(|subject| {
                let topic = subject.topic.map(Topic::as_str);
                (topic, subject.product)
            });
            let found = found
                .as_ref()
                .map(|(topic, product)| (*topic, product.as_deref()));
            assert_eq!(found, expected, "{query}");
        }
    }
}
