//! The heading of the results.

use finding::search::SearchResults;
use search::Query;

use super::only_studies;
use crate::words;

/// Characters of what was typed: the results are to be seen without scrolling.
const MAX_TYPED_CHARACTERS: usize = 40;

/// Returns the heading of the results: `38 case studies for “e-prescribing”`.
pub(super) fn heading(results: &SearchResults) -> String {
    let (one, many) = if only_studies(results) {
        ("case study", "case studies")
    } else {
        ("result", "results")
    };
    let found = match results.with_all {
        0 => format!("No {many}"),
        total => words::counted(total, one, many),
    };
    if !results.narrowed {
        return found;
    }
    // Below it are those that have some of the words. The search box has the words themselves.
    if results.with_all == 0 && results.total > 0 {
        let others = words::number(results.total);
        return match has_several_words(results) {
            true => format!("{found} with all your words, {others} with some of them"),
            false => format!("{found} with your word, {others} with similar words"),
        };
    }
    format!("{found} for “{}”", query_in_words(results))
}

/// Returns what was typed, as far as a heading has room for it.
pub(super) fn query_in_words(results: &SearchResults) -> String {
    let query = markdown::visible(results.params.q.trim());
    words::cut(&query, MAX_TYPED_CHARACTERS)
}

/// Returns whether more than one word was typed. A search for one word finds, after those that have it, what has a word
/// like it.
pub(super) fn has_several_words(results: &SearchResults) -> bool {
    let query = Query::parse(&results.params.q);
    query.words.len() + query.phrases.len() + query.in_title.len() > 1
}
