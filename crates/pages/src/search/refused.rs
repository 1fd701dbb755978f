//! Amounts that were typed and are none.

use finding::search::{RefusedAmount, SearchResults};

use super::{SearchPage, fields};
use crate::filters;

/// What is said of an amount above the results.
pub(super) struct Refused {
    pub(super) note: String,
    /// The id of its field, if the page has it.
    pub(super) field: Option<String>,
}

impl SearchPage {
    /// Says what is wrong with amounts above the results and next to their fields, which keep them.
    pub(super) fn refuse(&mut self, refused: &[RefusedAmount], results: &SearchResults) {
        if refused.is_empty() {
            return;
        }
        let notes = &mut self.notes;
        notes.retain(|note| refused.iter().all(|one| one.note != *note));
        // Above a few results too, where the panel is left out otherwise.
        self.groups = filters::groups(&results.facets);
        for amount in refused {
            let mut groups = self.groups.iter_mut();
            let group = groups.find(|group| group.name == amount.group.as_str());
            let mut field = None;
            if let Some(group) = group
                && let Some(own) = &mut group.own
            {
                own.typed.clone_from(&amount.typed);
                own.fault = Some(amount.note.clone());
                group.open = true;
                field = Some(format!("{}-typed", group.name));
            }
            self.refused.push(Refused {
                note: amount.note.clone(),
                field,
            });
        }
        self.unlisted = fields::unlisted(&results.params, !self.groups.is_empty());
    }
}
