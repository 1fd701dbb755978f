//! What the words of a search are about, and what of them is marked in results.

use std::collections::BTreeSet;

use crate::sought::Sought;

impl Sought {
    /// Returns the stems of what the search is about: of each word that a result has to have, in its first form.
    pub(crate) fn subject(&self) -> Vec<String> {
        let words = self.words.iter().filter(|sought| sought.is_required);
        let first = words.filter_map(|sought| sought.alternatives.first());
        let terms = first.flat_map(|alternative| &alternative.terms);
        terms.map(|(_, stem)| stem.clone()).collect()
    }

    /// Returns all terms that may be marked in a result. Several terms of one alternative are one text with spaces: `hospit
    /// home` means `virtual ward`, and `home` alone does not.
    pub(crate) fn highlights(&self) -> BTreeSet<String> {
        // Words of a question say nothing of the subject, unless there are no others: then they are required.
        let words = || {
            let words = self.words.iter();
            words.filter(|sought| sought.is_required || sought.alternatives.is_empty())
        };
        let alternatives = words().flat_map(|sought| &sought.alternatives);
        let families = words().flat_map(|sought| &sought.family);
        alternatives
            .map(|alternative| {
                let terms = alternative.terms.iter().map(|(_, term)| term.as_str());
                terms.collect::<Vec<_>>().join(" ")
            })
            .chain(families.map(|(term, _)| term.clone()))
            .collect()
    }
}
