//! What was searched for instead of what was typed, or too.

use finding::search::{SearchParams, SearchResults};

use crate::{link::Link, search_links::search_link, words};

/// Characters of what was searched for instead or too: the results are to be seen without scrolling.
const MAX_NOTE_CHARACTERS: usize = 40;
/// Where words that no page has are named in the same line.
const MAX_NOTE_NEXT_TO_ANOTHER: usize = 26;
/// Where there is no result.
const MAX_NOTE_ALONE: usize = 200;

/// What was searched for, and the same search without it.
pub(super) struct Instead {
    pub(super) words: String,
    /// Other words that were searched for in place of what was typed.
    pub(super) others: Option<String>,
    pub(super) href: String,
}

/// Returns the search with its spelling corrected; next to words that no page has it is shorter, so that both are one line.
pub(super) fn corrected(results: &SearchResults, has_unknown: bool) -> Option<Instead> {
    let max = match has_unknown {
        true => MAX_NOTE_NEXT_TO_ANOTHER,
        false => MAX_NOTE_CHARACTERS,
    };
    let corrected = results.corrected.as_deref()?;
    Some(Instead {
        words: words::cut(&markdown::visible(corrected), max),
        others: (!results.also_meant.is_empty()).then(|| {
            let others = words::joined(&results.also_meant);
            words::cut(&markdown::visible(&others), MAX_NOTE_CHARACTERS)
        }),
        href: without(&results.params, |params| params.corrects = false),
    })
}

/// Returns the search with words in it that may have been meant, if others were typed that no page has.
pub(super) fn offered(results: &SearchResults) -> Option<Link> {
    let offered = results.offered.as_deref()?;
    let words = words::cut(&markdown::visible(offered), MAX_NOTE_CHARACTERS);
    let href = without(&results.params, |params| offered.clone_into(&mut params.q));
    Some(Link::new(words, href))
}

/// Returns the search without what no page can have, if it is why nothing was found.
pub(super) fn without_unknown(results: &SearchResults) -> Option<Link> {
    let left = results.without_unknown.as_deref()?;
    let words = words::cut(&markdown::visible(left), MAX_NOTE_CHARACTERS);
    let href = without(&results.params, |params| left.clone_into(&mut params.q));
    Some(Link::new(words, href))
}

/// Returns the other forms that were looked for.
pub(super) fn also(results: &SearchResults) -> Option<Instead> {
    // Where nothing was found, there is room for all of it.
    let max = match results.total {
        0 => MAX_NOTE_ALONE,
        _ => MAX_NOTE_CHARACTERS,
    };
    (!results.also.is_empty()).then(|| Instead {
        words: fitting(&results.also, max),
        others: None,
        href: without(&results.params, |params| params.expands = false),
    })
}

/// Names the first forms that have room within `max` characters, whole, and says how many more there are.
fn fitting(forms: &[String], max: usize) -> String {
    let mut named = String::new();
    for (place, form) in forms.iter().enumerate() {
        let form = words::cut(&markdown::visible(form), max);
        let separator = if place == 0 { "" } else { ", " };
        let length = |text: &str| text.chars().count();
        if place > 0 && length(&named) + length(separator) + length(&form) > max {
            return format!("{named} and {} more", forms.len() - place);
        }
        named.push_str(separator);
        named.push_str(&form);
    }
    named
}

/// Returns the search that corrects spelling and looks for other forms, if this one does not, and what it leaves out.
pub(super) fn not_only_typed(params: &SearchParams) -> Option<Link> {
    let words = match (params.corrects, params.expands) {
        (true, true) => return None,
        (false, true) => "Spelling is not corrected.",
        (true, false) => "Other forms of your words are left out.",
        (false, false) => "Searching only for your words as you typed them.",
    };
    let href = without(params, |params| {
        params.corrects = true;
        params.expands = true;
    });
    Some(Link::new(words, href))
}

/// Returns the search for all pages, if this one is for those that are nearly the same.
pub(super) fn unlike(params: &SearchParams) -> Option<String> {
    let like = params.like;
    like.map(|_| without(params, |params| params.like = None))
}

/// Returns the address of the first page of a search, changed.
pub(super) fn without(params: &SearchParams, change: impl FnOnce(&mut SearchParams)) -> String {
    let mut params = params.with_page(1);
    change(&mut params);
    search_link(&params)
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn forms_are_named_whole_and_counted_where_there_is_no_room() {
        for (forms, expected) in [
            (&["VR"][..], "VR"),
            (&["VR", "speech recognition"], "VR, speech recognition"),
            (
                &["VR", "speech recognition", "dictation", "dictaphone"],
                "VR, speech recognition and 2 more",
            ),
            (
                &["electronic prescribing and administration"],
                "electronic prescribing…",
            ),
        ] {
            let forms: Vec<String> = forms.iter().map(|&form| form.into()).collect();
            assert_eq!(fitting(&forms, 26), expected);
        }
    }
}
