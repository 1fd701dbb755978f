//! Reads the parameters of an address one by one, and notes what it does not understand.

use domain::FacetGroup;
use wire::Date;

use super::{
    CORRECT, EXPAND, LIKE, LIKE_OURS, MAX_FILTER_BYTES, MAX_FILTERS, MAX_NOTES, MAX_PAGE,
    MAX_VALUES, OFF, ON, PER_PAGE, SINCE, STAFF_ONLY, SearchParams, filter_value, group_of,
    written::{MAX_QUOTED_CHARS, cut, number, quoted},
};
use crate::{Likeness, MAX_PER_PAGE, MAX_QUERY_BYTES, Sort};

/// What has been read so far.
#[derive(Default)]
pub(super) struct Reader {
    params: SearchParams,
    q_seen: bool,
    filter_count: usize,
    filter_bytes: usize,
    notes: Vec<String>,
}

impl Reader {
    pub(super) fn read(&mut self, name: &str, value: &str) {
        match name {
            "q" => self.q(value),
            // A form sends its empty fields too, and what is ticked for a comparison.
            _ if name == "d" || value.trim().is_empty() => {}
            "page" => self.page(value),
            "per_page" => self.per_page(value),
            "sort" => self.sort(value),
            LIKE => self.like(value),
            SINCE => self.since(value),
            CORRECT => self.params.corrects = self.is_on(CORRECT, value, true),
            EXPAND => self.params.expands = self.is_on(EXPAND, value, true),
            LIKE_OURS => self.params.like_ours = self.is_on(LIKE_OURS, value, false),
            STAFF_ONLY => self.params.staff_only = self.is_on(STAFF_ONLY, value, false),
            name => match group_of(name) {
                Some(group) => self.filter(group, value),
                None => self.unknown(name),
            },
        }
    }

    fn q(&mut self, value: &str) {
        if self.q_seen {
            if !value.trim().is_empty() {
                self.note("The address has more than one search. We used the first.".to_owned());
            }
            return;
        }
        self.q_seen = true;
        let spaced = value.replace(|c: char| c.is_control(), " ");
        let trimmed = spaced.trim();
        let kept = cut(trimmed, MAX_QUERY_BYTES);
        if kept.len() < trimmed.len() {
            self.note(format!(
                "We used only the first {MAX_QUERY_BYTES} characters of your search."
            ));
        }
        kept.trim_end().clone_into(&mut self.params.q);
    }

    fn page(&mut self, value: &str) {
        match number(value) {
            Some(0) | None => {
                self.note(format!(
                    "There is no page “{}”, so this is page 1.",
                    quoted(value)
                ));
            }
            Some(page) => self.params.page = page.min(MAX_PAGE),
        }
    }

    fn per_page(&mut self, value: &str) {
        match number(value) {
            Some(0) | None => self.note(format!(
                "“{}” is not a number of results, so there are {PER_PAGE} on this page.",
                quoted(value)
            )),
            Some(per_page) if per_page > MAX_PER_PAGE => {
                self.note(format!("A page has at most {MAX_PER_PAGE} results."));
                self.params.per_page = MAX_PER_PAGE;
            }
            Some(per_page) => self.params.per_page = per_page,
        }
    }

    fn sort(&mut self, value: &str) {
        match Sort::parse(&value.trim().to_ascii_lowercase()) {
            Some(sort) => self.params.sort = sort,
            None => self.note(format!(
                "We cannot sort by “{}”. You can sort by {}.",
                quoted(value),
                Sort::ALL.map(Sort::as_str).join(", ")
            )),
        }
    }

    fn like(&mut self, value: &str) {
        self.params.like = Likeness::parse(value.trim());
        if self.params.like.is_none() {
            self.note(format!(
                "“{}” does not name pages that are nearly the same.",
                quoted(value)
            ));
        }
    }

    fn since(&mut self, value: &str) {
        self.params.since = Date::parse(value.trim());
        if self.params.since.is_none() {
            self.note(format!(
                "“{}” is not a day. You can say 2026-11-30.",
                quoted(value)
            ));
        }
    }

    fn is_on(&mut self, name: &str, value: &str, default: bool) -> bool {
        match value.trim() {
            OFF => false,
            ON => true,
            other => {
                self.note(format!(
                    "“{}” is not a value of “{name}”. You can say {ON} or {OFF}.",
                    quoted(other)
                ));
                default
            }
        }
    }

    fn filter(&mut self, group: FacetGroup, value: &str) {
        let Some(value) = filter_value(group, value) else {
            self.note(refusal(group, value));
            return;
        };
        let values = self.params.filters.entry(group).or_default();
        if values.contains(&value) {
            return;
        }
        if values.len() >= MAX_VALUES {
            self.note(format!(
                "We used only the first {MAX_VALUES} values of “{group}”."
            ));
            return;
        }
        // Each byte takes up to three when it is written, and the name and two signs are added.
        let bytes = self.filter_bytes + value.len() * 3 + group.as_str().len() + 2;
        if self.filter_count >= MAX_FILTERS || bytes > MAX_FILTER_BYTES {
            self.note("There are too many filters. We used only the first ones.".to_owned());
            return;
        }
        self.filter_count += 1;
        self.filter_bytes = bytes;
        values.push(value);
    }

    fn unknown(&mut self, name: &str) {
        let own = ["q", "page", "per_page", "sort", CORRECT, EXPAND, LIKE];
        let known = own.into_iter().chain([LIKE_OURS, STAFF_ONLY, SINCE]);
        let known = known.chain(FacetGroup::ALL.map(FacetGroup::as_str));
        let nearest = known
            .map(|known| {
                (
                    strsim::damerau_levenshtein(known, cut(name, MAX_QUOTED_CHARS)),
                    known,
                )
            })
            .min()
            .filter(|(distance, known)| *distance <= 2 && *distance < known.len())
            .map(|(_, known)| format!(" Did you mean “{known}”?"));
        self.note(format!(
            "We ignored “{}”, which is not part of a search.{}",
            quoted(name),
            nearest.as_deref().unwrap_or_default()
        ));
    }

    pub(super) fn note(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn finish(mut self) -> (SearchParams, Vec<String>) {
        self.params.filters.retain(|_, values| !values.is_empty());
        for (group, values) in &mut self.params.filters {
            group.sort_values(values);
        }
        (self.params, self.notes)
    }
}

/// Returns what is wrong with a value that no document can have.
pub(super) fn refusal(group: FacetGroup, value: &str) -> String {
    let expected = match group.scale() {
        Some(_) => "it is not an amount. You can say 30,000, up to 30k or 10k to 50k".to_owned(),
        None => format!("it is not a value of “{group}”"),
    };
    format!("We ignored the filter “{}”: {expected}.", quoted(value))
}
