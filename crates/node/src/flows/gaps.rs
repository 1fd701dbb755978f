//! Which searches count as a gap in the content, and when gaps are written.
//!
//! A search that looks as if it held data of a person is not counted.

use std::time::Duration;

use async_recursion::async_recursion as boxed;
use patient_data::Part;
use search::{Query, params::SearchParams};
use tokio_util::sync::CancellationToken;

use crate::{gaps::Waiting, node::Node};

/// More words are a question, which hardly anyone asks again in the same words.
const MAX_WORDS: usize = 6;
const MAX_WORD_CHARS: usize = 30;
/// Digits of a search that is counted: `office 365`, and no number of a person.
const MAX_DIGITS: usize = 3;

/// How often new gaps are written.
const WRITE_EVERY: Duration = Duration::from_secs(60);

/// Counts a search for words of which no page has all, if nothing in it looks like data of a person.
pub fn note(node: &Node, params: &SearchParams) {
    let is_narrowed = [
        params.like.is_some(),
        params.like_ours,
        params.staff_only,
        params.since.is_some(),
    ];
    let is_narrowed = is_narrowed.contains(&true) || !params.filters.is_empty();
    // What is searched for word by word is not what is counted, which leaves words of a question out.
    let is_plain = params.page == 1 && params.expands && !is_narrowed;
    // An index that is not complete says nothing of what is missing.
    let is_complete = !node.index.is_earlier() && node.indexer.building().is_none();
    if !node.settings.search.gaps || !is_plain || !is_complete {
        return;
    }
    // An address of a person would be taken apart.
    let query = Query::parse(&params.q);
    let has_exclusions = !query.excluded.is_empty() || !query.excluded_in_title.is_empty();
    if params.q.contains('@') || !query.fields.is_empty() || has_exclusions {
        return;
    }
    let words = query.subject();
    if is_countable(&words) {
        node.gaps.count(&words, node.now());
    }
}

/// Returns whether words may be counted: they are few, and nothing in them looks like data of a person.
fn is_countable(words: &str) -> bool {
    /// Words that a name or a number of a person follows.
    const BEFORE_PERSONS: [&str; 14] = [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sister",
        "dob",
        "nhsno",
        "mrn",
        "pt",
        "patient",
    ];
    let each: Vec<&str> = words.split(' ').collect();
    let digits = words.chars().filter(|c| c.is_numeric()).count();
    let is_short = (1..=MAX_WORDS).contains(&each.len())
        && each.iter().all(|word| {
            let letters = word.chars().count();
            // `opcs 4`, and no single letter.
            let is_number = word.starts_with(|first: char| first.is_ascii_digit());
            letters <= MAX_WORD_CHARS && (letters > 1 || is_number)
        });
    if !is_short || digits > MAX_DIGITS {
        return false;
    }
    let first = each.first().copied().unwrap_or_default();
    if BEFORE_PERSONS.contains(&first) && each.len() > 1 && first != "patient" {
        return false;
    }
    // As it is, and as a name that is written as one: people type names in small letters.
    let capitals = each.iter().map(|word| with_capital(word));
    let capitals = capitals.collect::<Vec<_>>().join(" ");
    let as_name = format!("Patient {capitals}");
    let parts = [
        Part::body(words, 1),
        Part::body(&capitals, 1),
        Part::body(&as_name, 1),
    ];
    patient_data::check(&parts).is_empty()
}

fn with_capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Writes new gaps until `stop`, and once more at the end. If gaps are not to be counted, removes those that were.
#[boxed]
pub async fn run(node: &Node, stop: &CancellationToken) {
    if !node.settings.search.gaps
        && let Err(error) = node.store.remove_gaps().await
    {
        tracing::warn!(%error, "what was searched for could not be removed");
    }
    loop {
        let is_last = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(WRITE_EVERY) => false,
        };
        write(node).await;
        if is_last {
            return;
        }
    }
}

/// Writes new gaps.
#[boxed]
pub async fn write(node: &Node) {
    let Waiting { new, again } = node.gaps.take();
    if new.is_empty() && again.is_empty() {
        return;
    }
    if let Err(error) = node.store.add_gaps(&new, &again, node.now()).await {
        tracing::warn!(%error, "what people searched for and did not find could not be counted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_that_may_name_a_person_is_not_counted() {
        for (words, expected) in [
            ("dental waterlines", true),
            ("virtual ward wearables", true),
            ("office 365", true),
            ("nhs 111", true),
            ("opcs 4", true),
            ("patient flow board", true),
            ("看護 護師", true),
            ("bed sensors falls dementia wards night", true),
            ("", false),
            ("x", false),
            ("one two three four five six seven", false),
            ("943 476 5919", false),
            ("9434765919", false),
            ("12 03 1961", false),
            ("1234 notes", false),
            ("mr smith", false),
            ("dr okafor", false),
            ("mrs ellis ward", false),
            ("dob smith", false),
            ("john smith", false),
            ("sarah jones", false),
            ("mohammed khan", false),
            ("pneumonoultramicroscopicsilicovolcanoconiosis", false),
        ] {
            assert_eq!(is_countable(words), expected, "{words:?}");
        }
    }
}
