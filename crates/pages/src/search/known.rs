//! The page that says what is known about what was searched for, if it is one topic or one product.

use domain::{
    FacetGroup,
    vocabulary::{Term as _, Topic},
};
use node::{flows::search::SearchParams, urls};

use crate::{link::Link, words};

/// Returns the page about the only topic and the only product that are chosen, or about the topic whose name was typed; its words
/// are what it is about.
pub(super) fn known(params: &SearchParams) -> Option<Link> {
    let only = |group| match params.filters.get(&group) {
        Some(values) if values.len() == 1 => values.iter().next().map(String::as_str),
        _ => None,
    };
    let typed = || {
        Topic::ALL
            .iter()
            .copied()
            .find(|topic| is_name(*topic, &params.q))
    };
    let topic = only(FacetGroup::Topic)
        .and_then(Topic::parse)
        .or_else(typed);
    let named = topic.map(|topic| words::lower_first_word(topic.label()));
    let (about, href) = match (topic.zip(named), only(FacetGroup::System)) {
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

/// Returns whether a text is the name of a topic, in any case and with spaces or hyphens.
fn is_name(topic: Topic, text: &str) -> bool {
    let plain = |text: &str| text.trim().to_lowercase().replace('-', " ");
    let text = plain(text);
    [topic.as_str(), topic.label()]
        .iter()
        .any(|name| plain(name) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_topic_or_product_leads_to_what_is_known_about_it() {
        for (query, expected) in [
            ("q=Voice+Recognition", Some("/topics/voice-recognition")),
            (
                "q=voice-recognition&result=worked",
                Some("/topics/voice-recognition"),
            ),
            ("q=voices", None),
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
            let link = known(&params);
            assert_eq!(
                link.as_ref().map(|link| link.href.as_str()),
                expected,
                "{query}"
            );
        }
    }
}
