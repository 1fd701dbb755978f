//! The organisations that the words of a search name: *did virtual wards work at Northmoor* means pages of Northmoor first.

use domain::Term as _;
use indexer::organisation_value;
use search::Query;
use store::Publisher;

use crate::known::topic_named;

/// Words of many names, which distinguish no organisation from another.
pub(super) const WORDS_OF_MANY_NAMES: &str = "NHS trust foundation FT ICB university teaching general district hospital hospitals hospice \
    health healthcare care service services partnership community mental ambulance integrated board social enterprise group \
    organisation";

/// Those that stand between the words of a name.
pub(super) const SMALL: [&str; 5] = ["and", "for", "in", "of", "the"];

/// Letters that the words of a name have at least, together: shorter ones are too often something else.
const MIN_LETTERS: usize = 4;

/// Organisations that one search names.
const MAX_NAMED: usize = 4;

/// Returns the values of the organisations of whose names the search has every word that distinguishes them.
pub(super) fn named(typed: &str, publishers: &[Publisher]) -> Vec<String> {
    let typed = typed.to_lowercase();
    let words = naming_words(&typed);
    let is_named = |publisher: &&Publisher| has_name(&words, &publisher.name);
    publishers
        .iter()
        .filter(is_named)
        .take(MAX_NAMED)
        .map(|publisher| organisation_value(&publisher.handle))
        .collect()
}

/// Returns the words of a search that can name an organisation: a minus sign leaves out what has the word, and quotes mean the
/// words themselves.
fn naming_words(typed: &str) -> Vec<&str> {
    let unquoted = typed.split('"').step_by(2);
    let pieces = unquoted.flat_map(str::split_whitespace);
    let pieces = pieces.filter(|piece| !piece.starts_with('-') && !piece.contains(':'));
    pieces
        .flat_map(|piece| piece.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect()
}

/// Returns the topic that the words of a search name, all of them together.
pub(super) fn topics(typed: &str) -> Vec<String> {
    let subject = Query::parse(typed).naming();
    let topic = topic_named(&subject).filter(|_| !subject.is_empty());
    topic
        .map(|topic| topic.as_str().to_owned())
        .into_iter()
        .collect()
}

fn has_name(words: &[&str], name: &str) -> bool {
    let is_of_many = |word: &str| {
        let mut of_many = WORDS_OF_MANY_NAMES.split(' ').chain(SMALL);
        of_many.any(|known| known.eq_ignore_ascii_case(word))
    };
    let of_name = name.split(|c: char| !c.is_alphanumeric());
    let telling: Vec<&str> = of_name
        .filter(|word| !word.is_empty() && !is_of_many(word))
        .collect();
    // A name that is a topic would put its pages first in every search for that.
    if topic_named(&telling.join(" ")).is_some() {
        return false;
    }
    let mut letters = 0;
    for word in telling {
        let is_typed = |typed: &&str| {
            typed.eq_ignore_ascii_case(word) || (!word.is_ascii() && **typed == word.to_lowercase())
        };
        if !words.iter().any(is_typed) {
            return false;
        }
        letters += word.len();
    }
    letters >= MIN_LETTERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_by_all_the_words_that_only_it_has() {
        for (typed, name, expected) in [
            (
                "did it work at avonbridge",
                "Avonbridge Community and Mental Health NHS Trust",
                true,
            ),
            (
                "north vale bleeps",
                "North Vale Ambulance Service NHS Trust",
                true,
            ),
            (
                "bleeps in the north",
                "North Vale Ambulance Service NHS Trust",
                false,
            ),
            ("éirne wards", "Éirne NHS Trust", true),
            ("ox wards", "Ox NHS Trust", false),
            ("mental health nhs trust", "Mental Health NHS Trust", false),
            ("virtual wards", "Virtual Wards NHS Trust", false),
            (
                "\"wards at avonbridge hospital\"",
                "Avonbridge NHS Trust",
                false,
            ),
            (
                "-\"did avonbridge fail\" wards",
                "Avonbridge NHS Trust",
                false,
            ),
            ("\"wards\" avonbridge", "Avonbridge NHS Trust", true),
            ("wards -avonbridge", "Avonbridge NHS Trust", false),
        ] {
            let words = naming_words(typed);
            assert_eq!(has_name(&words, name), expected, "{typed}: {name}");
        }
    }
}
