//! Completions of what is being typed: topics, organisations, products and titles, each with where it leads.
//!
//! Bare words are not offered, and nothing that others have searched for.

use std::borrow::Cow;

use domain::{FacetGroup, Term as _, together::product_key, vocabulary::Topic};
use indexer::organisation_value;
use search::{Index, SearchRequest, SuggestedTitle};
use wire::Viewer;

use super::{FoundValue, SearchParams, ask, blocking, labels, settle};
use crate::known::topic_named;
use node::{Node, NodeError, flows::reading, urls};

/// The groups whose values are offered, in their order, and how many of each.
const OFFERED: [(FacetGroup, SuggestionKind, usize); 3] = [
    (FacetGroup::Topic, SuggestionKind::Topic, 2),
    (FacetGroup::Organisation, SuggestionKind::Organisation, 1),
    (FacetGroup::System, SuggestionKind::Product, 2),
];

/// Other forms of an abbreviation that are looked for.
const MAX_FORMS: usize = 4;

/// Letters that have to be typed before values are offered: fewer are the beginning of too many.
const MIN_LETTERS: usize = 2;

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionKind {
    /// A topic.
    Topic,
    /// An organisation that publishes.
    Organisation,
    /// A product.
    Product,
    /// A document, by its title.
    Document,
}

impl SuggestionKind {
    /// Returns its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Organisation => "organisation",
            Self::Product => "product",
            Self::Document => "document",
        }
    }
}

/// A completion of what is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is.
    pub kind: SuggestionKind,
    /// What people read.
    pub text: String,
    /// How many results it leads to; `None` for a document.
    pub count: Option<u64>,
    /// How it went, of a document that has a result: the label.
    pub result: Option<String>,
    /// Its address on this site.
    pub path: String,
}

/// Returns up to `limit` completions of what is being typed: values that documents have, then titles.
///
/// # Errors
/// As [`super::search()`].
pub async fn suggest(
    node: &Node,
    viewer: Viewer,
    typed: &str,
    limit: usize,
) -> Result<Vec<Suggestion>, NodeError> {
    settle(node, &node.index, node.store.last_change().await?).await;
    let mut found = values(node, viewer, typed).await?;
    found.truncate(limit);
    let room = limit - found.len();
    let mut titles = titles(node, viewer, typed, room).await?;
    let mut is_form = false;
    if titles.is_empty() {
        // No title begins with the words: they may be an abbreviation, or the long form of one.
        let mut forms: Vec<&str> = node.expansions.others(typed).collect();
        let others: Vec<&str> = forms
            .iter()
            .flat_map(|form| node.expansions.others(form))
            .collect();
        forms.extend(others);
        is_form = !forms.is_empty();
        for form in forms.into_iter().take(MAX_FORMS) {
            let more = self::titles(node, viewer, form, room - titles.len()).await?;
            let is_new = |title: &SuggestedTitle| titles.iter().all(|known| known.key != title.key);
            let more: Vec<_> = more.into_iter().filter(is_new).collect();
            titles.extend(more);
        }
    }
    // A word of the list is not misspelt.
    if titles.is_empty() && !is_form {
        let typed = typed.to_owned();
        let suggest = move |index: &Index| index.suggest_misspelt(&typed, room, viewer);
        titles = blocking(node, &node.index, suggest).await?;
    }
    let keys: Vec<_> = titles
        .iter()
        .map(|title| (title.key.node_seq, title.key.id))
        .collect();
    for card in node.store.cards(viewer, &keys).await? {
        let Some(shown) = reading::card_of(node, viewer, &card).await? else {
            continue;
        };
        let result = shown.values(FacetGroup::Result).first();
        let label = |value: &String| FacetGroup::Result.value_label(value).map(Cow::into_owned);
        found.push(Suggestion {
            kind: SuggestionKind::Document,
            path: urls::card(&card),
            text: card.title,
            count: None,
            result: result.and_then(label),
        });
    }
    Ok(found)
}

/// Returns titles that complete what is being typed.
async fn titles(
    node: &Node,
    viewer: Viewer,
    typed: &str,
    limit: usize,
) -> Result<Vec<SuggestedTitle>, NodeError> {
    let typed = typed.to_owned();
    let suggest = move |index: &Index| index.suggest_as_typed(&typed, limit, viewer);
    blocking(node, &node.index, suggest).await
}

/// Returns the topics, organisations and products whose names have the words that were typed, and the organisation whose
/// code was typed.
async fn values(node: &Node, viewer: Viewer, typed: &str) -> Result<Vec<Suggestion>, NodeError> {
    let words = words(typed);
    if words.iter().map(String::len).sum::<usize>() < MIN_LETTERS {
        return Ok(Vec::new());
    }
    let request = SearchRequest {
        facets: OFFERED.map(|(group, _, _)| group).into(),
        viewer,
        per_page: 1,
        marks: false,
        ..SearchRequest::default()
    };
    let publishers = node.store.publishers().await?;
    let page = ask(node, &node.index, &request).await?;
    let facets = labels::facets(&page.facets, &SearchParams::default(), &publishers.list);
    let has_code = |group, value: &FoundValue| {
        group == FacetGroup::Organisation
            && labels::publisher_of(typed.trim(), &publishers.list)
                .is_some_and(|publisher| organisation_value(&publisher.handle) == value.value)
    };
    let mut found = Vec::new();
    for (group, kind, most) in OFFERED {
        let values = facets
            .iter()
            .filter(|facet| facet.group == group)
            .flat_map(|facet| &facet.values)
            .filter(|value| has_words(&value.label, &words) || has_code(group, value));
        // The values come the most frequent first.
        found.extend(values.take(most).map(|value| of_value(group, kind, value)));
    }
    // Nothing begins with the words: they may be another name of a topic.
    if found.is_empty()
        && let Some(topic) = topic_named(typed)
    {
        let topics = facets
            .iter()
            .filter(|facet| facet.group == FacetGroup::Topic);
        let mut values = topics.flat_map(|facet| &facet.values);
        let value = values.find(|value| value.value == topic.as_str());
        found.extend(value.map(|value| of_value(FacetGroup::Topic, SuggestionKind::Topic, value)));
    }
    Ok(found)
}

fn of_value(group: FacetGroup, kind: SuggestionKind, value: &FoundValue) -> Suggestion {
    Suggestion {
        kind,
        text: value.label.clone(),
        count: Some(value.count),
        result: None,
        path: path_of(group, &value.value),
    }
}

/// Returns where a value leads: to what is known about a topic or a product, and of others to what has the value.
fn path_of(group: FacetGroup, value: &str) -> String {
    match group {
        FacetGroup::Topic if Topic::parse(value).is_some() => urls::topic(value),
        FacetGroup::System if product_key(value).is_some() => urls::product(value),
        _ => {
            let params = SearchParams::default().with(group, value);
            urls::with_query(urls::SEARCH, &params.to_query_string())
        }
    }
}

/// Returns whether a name has every word, each as the beginning of one of its own. Names with a hyphen are known joined too.
fn has_words(name: &str, typed: &[String]) -> bool {
    let mut known = words(name);
    known.extend(words(&name.replace('-', "")));
    typed
        .iter()
        .all(|word| known.iter().any(|known| known.starts_with(word.as_str())))
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words() {
        for (name, typed, expected) in [
            ("Electronic patient record (EPR)", "epr", true),
            ("Electronic patient record (EPR)", "patient rec", true),
            ("Electronic patient record (EPR)", "cord", false),
            ("Networks and Wi-Fi", "wifi", true),
            ("Networks and Wi-Fi", "wi-f", true),
            ("Networks and Wi-Fi", "", true),
        ] {
            assert_eq!(has_words(name, &words(typed)), expected, "{typed}");
        }
    }
}
