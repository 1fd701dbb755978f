//! The page that says what is known about what was searched for, if it is one topic or one product.

use finding::{
    known::{Subject, mostly_about},
    search::SearchResults,
};

use crate::{
    known::{name_in_sentence, path_of},
    link::Link,
};

/// Returns the page that says what is known about what was searched for, or about what most of the results are about; its
/// words are what it is about.
pub(super) fn known(results: &SearchResults, searched_for: Option<&Subject>) -> Option<Link> {
    let subject = searched_for.cloned().or_else(|| mostly_about(results))?;
    Some(Link::new(name_in_sentence(&subject), path_of(&subject)))
}
