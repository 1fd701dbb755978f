//! The topics that are nearest to a search that finds nothing.

use std::cmp::Reverse;

use domain::{
    FacetGroup,
    vocabulary::{Term as _, Topic},
};
use search::Query;

use super::topic_named;
use crate::search::{FoundValue, SearchResults};

/// Letters that two words begin with if one is like the other.
const MIN_LIKE_LETTERS: usize = 4;
/// Words of a topic that are like those of another form of what was typed: one alone, such as *patient*, says nothing.
const MIN_LIKE_WORDS: usize = 2;

/// Whether a topic is named, how many of its words are like those that were typed and like those of another form, and how
/// many pages about the same declare it.
type Nearness = (bool, usize, usize, usize);

/// What says that a topic is near.
struct Near {
    /// What was typed, without words that are asked of anything.
    typed: String,
    /// Abbreviations, long forms and words of one meaning.
    forms: Vec<String>,
    /// The topics that one of these names.
    named: Vec<Topic>,
    /// The topics of pages that are about the same, one of each page.
    related: Vec<Topic>,
}

/// Returns those of some topics that are near a search: that its words or their other forms name, whose names are like them,
/// or which pages about the same declare. The nearest come first, and others in the order in which they are given.
#[must_use]
pub fn topics_near<'a>(results: &SearchResults, topics: &[&'a FoundValue]) -> Vec<&'a FoundValue> {
    let near = Near::new(results);
    let with_nearness = topics.iter().map(|topic| (near.nearness(topic), *topic));
    let is_near = |(nearness, _): &(Nearness, &FoundValue)| *nearness != Nearness::default();
    let mut found: Vec<_> = with_nearness.filter(is_near).collect();
    found.sort_by_key(|(nearness, _)| Reverse(*nearness));
    found.into_iter().map(|(_, topic)| topic).collect()
}

impl Near {
    fn new(results: &SearchResults) -> Self {
        let typed = results.corrected.as_deref().unwrap_or(&results.params.q);
        let hits = results.related.iter();
        let related = hits.flat_map(|hit| hit.shown.terms::<Topic>(FacetGroup::Topic));
        Self::of_words(
            Query::parse(typed).naming(),
            results.also.clone(),
            related.collect(),
        )
    }

    fn of_words(typed: String, forms: Vec<String>, related: Vec<Topic>) -> Self {
        let names = forms.iter().map(String::as_str);
        let names = names.chain(typed.split(' ')).chain([typed.as_str()]);
        let names = names.filter(|name| !name.is_empty());
        Self {
            named: names.filter_map(topic_named).collect(),
            typed,
            forms,
            related,
        }
    }

    fn nearness(&self, topic: &FoundValue) -> Nearness {
        let is_it = |known: &&Topic| known.as_str() == topic.value;
        let of_forms = self.forms.iter().map(|form| alike(form, &topic.label));
        let of_forms = of_forms.filter(|count| *count >= MIN_LIKE_WORDS).max();
        (
            self.named.iter().any(|known| is_it(&known)),
            alike(&self.typed, &topic.label),
            of_forms.unwrap_or_default(),
            self.related.iter().filter(is_it).count(),
        )
    }
}

/// Returns how many words of a label begin like a word of a text.
fn alike(text: &str, label: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        let words = text.to_lowercase();
        let words = words.split(|c: char| !c.is_alphanumeric());
        words.map(str::to_owned).collect()
    };
    let of_text = words(text);
    let is_like = |word: &String| {
        let same = |other: &String| {
            let same = word.chars().zip(other.chars()).take_while(|(a, b)| a == b);
            same.count() >= MIN_LIKE_LETTERS
        };
        of_text.iter().any(same)
    };
    words(label).iter().filter(|word| is_like(word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_near_by_its_name_by_other_forms_and_by_pages_about_the_same() {
        let related = [Topic::VirtualWards];
        for (typed, forms, related, near) in [
            (
                "oximeters",
                &["pulse oximetry"][..],
                &related[..],
                "virtual-wards",
            ),
            ("hospital at home", &[], &[], "virtual-wards"),
            ("prescription charts", &[], &[], "epma"),
            ("zzyx", &["electronic patient record"], &[], "epr"),
            ("zzyx", &["hospital at home"], &[], "virtual-wards"),
            // One word such as *patient* is none.
            ("zzyx", &["patient tracking list"], &[], ""),
            ("zzyx", &[], &[], ""),
            ("", &[], &[], ""),
        ] {
            let also = forms.iter().map(|&form| form.into()).collect();
            let near_by = Near::of_words(typed.to_owned(), also, related.to_vec());
            let value = |topic: &Topic| FoundValue {
                value: topic.as_str().to_owned(),
                label: topic.label().to_owned(),
                count: 1,
                selected: false,
            };
            let mut topics: Vec<_> = [Topic::Epr, Topic::VirtualWards, Topic::Epma]
                .iter()
                .map(value)
                .map(|value| (near_by.nearness(&value), value.value))
                .filter(|(nearness, _)| *nearness != Nearness::default())
                .collect();
            topics.sort_by_key(|(nearness, _)| Reverse(*nearness));
            let first = topics.first().map(|(_, value)| value.as_str());
            assert_eq!(first.unwrap_or_default(), near, "{typed} {forms:?}");
        }
    }
}
