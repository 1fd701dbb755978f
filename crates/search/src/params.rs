//! A search as the query of an address. Parsing never fails: a part that is not understood is left out, and a note says
//! so.
//!
//! One search has one written form, so that links, feeds and caches agree on it.

mod amounts;
mod reader;
mod written;

use std::{borrow::Cow, collections::BTreeMap};

use domain::FacetGroup;
use url::form_urlencoded;
use wire::Date;

pub use amounts::{RefusedAmount, refused_amounts, without_empty_amounts};

use crate::{Likeness, MAX_REACHABLE_HITS, Sort};
use reader::Reader;
use written::cut;

/// Results on a page unless the address says otherwise.
pub const PER_PAGE: u32 = 10;

/// Bytes of an address's query that are read: every filter of every group ticked stays below it.
const MAX_BYTES: usize = 16 << 10;
/// Parameters that are read.
const MAX_PARAMETERS: usize = 400;
/// Values of one group that are used.
const MAX_VALUES: usize = 50;
/// Filters that are used in total, and the bytes that they may take in an address, so that the address of a search can be
/// parsed again.
const MAX_FILTERS: usize = 300;
const MAX_FILTER_BYTES: usize = 12 << 10;
/// Bytes of a filter's value: product names are the longest.
const MAX_VALUE_BYTES: usize = 200;
/// Notes on one search; more would repeat each other.
const MAX_NOTES: usize = 10;
/// What follows the name of a facet in that of the field for an amount.
const TYPED_SUFFIX: &str = "-typed";
/// The parameter that says whether spelling is corrected.
pub const CORRECT: &str = "correct";
/// The parameter that says whether abbreviations and words of one meaning are searched for too.
pub const EXPAND: &str = "expand";
/// The parameter that asks for documents that are nearly the same as each other.
pub const LIKE: &str = "like";
/// The parameter that asks for documents of organisations that are like this node's.
pub const LIKE_OURS: &str = "like_ours";
/// The parameter that asks for this node's own documents that are not for everyone.
pub const STAFF_ONLY: &str = "staff_only";
/// The parameter that asks for documents that are new since a day.
pub const SINCE: &str = "since";
/// The value of a parameter that is switched on.
pub const ON: &str = "yes";
/// The value of one that is switched off.
pub const OFF: &str = "no";
/// The last page that can be reached, with one result on each.
const MAX_PAGE: u32 = MAX_REACHABLE_HITS;

/// A search: its words, its filters, its order and its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchParams {
    /// The words of the search box.
    pub q: String,
    /// The page, from 1.
    pub page: u32,
    /// Results on a page, `1..=100`.
    pub per_page: u32,
    /// The order.
    pub sort: Sort,
    /// Whether the spelling of words that occur nowhere is corrected.
    pub corrects: bool,
    /// Whether abbreviations and words of one meaning are searched for too.
    pub expands: bool,
    /// Only documents with this likeness.
    pub like: Option<Likeness>,
    /// Only documents of organisations that are like this node's.
    pub like_ours: bool,
    /// Only this node's own documents that are not for everyone.
    pub staff_only: bool,
    /// Only documents that are new since this day.
    pub since: Option<Date>,
    /// The filters: a document has one value of each group that is listed. No list is empty.
    pub filters: BTreeMap<FacetGroup, Vec<String>>,
}

impl Default for SearchParams {
    fn default() -> Self {
        Self {
            q: String::new(),
            page: 1,
            per_page: PER_PAGE,
            sort: Sort::default(),
            corrects: true,
            expands: true,
            like: None,
            like_ours: false,
            staff_only: false,
            since: None,
            filters: BTreeMap::new(),
        }
    }
}

impl SearchParams {
    /// Reads the query of an address, and returns notes on what was ignored or read differently.
    #[must_use]
    pub fn parse(query_string: &str) -> (Self, Vec<String>) {
        let kept = cut(query_string, MAX_BYTES);
        let mut reader = Reader::default();
        if kept.len() < query_string.len() {
            reader.note(format!(
                "Only the first {MAX_BYTES} characters of the address were read."
            ));
        }
        let mut pairs = form_urlencoded::parse(kept.as_bytes());
        for (name, value) in pairs.by_ref().take(MAX_PARAMETERS) {
            reader.read(&name, &value);
        }
        if pairs.next().is_some() {
            reader.note(format!(
                "Only the first {MAX_PARAMETERS} parameters were read."
            ));
        }
        reader.finish()
    }

    /// Returns the query of an address in its canonical form, without the parts that have their default.
    /// [`SearchParams::parse`] returns the same search for it.
    #[must_use]
    pub fn to_query_string(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            out.append_pair("q", &self.q);
        }
        for (group, values) in &self.filters {
            let mut values = values.clone();
            group.sort_values(&mut values);
            for value in values {
                out.append_pair(group.as_str(), &value);
            }
        }
        if let Some(like) = self.like {
            out.append_pair(LIKE, &like.to_string());
        }
        if self.like_ours {
            out.append_pair(LIKE_OURS, ON);
        }
        if self.staff_only {
            out.append_pair(STAFF_ONLY, ON);
        }
        if let Some(since) = self.since {
            out.append_pair(SINCE, &since.to_string());
        }
        if self.sort != Sort::default() {
            out.append_pair("sort", self.sort.as_str());
        }
        for (name, is_on) in [(CORRECT, self.corrects), (EXPAND, self.expands)] {
            if !is_on {
                out.append_pair(name, OFF);
            }
        }
        if self.per_page != PER_PAGE {
            out.append_pair("per_page", &self.per_page.to_string());
        }
        if self.page > 1 {
            out.append_pair("page", &self.page.to_string());
        }
        out.finish()
    }

    /// Returns the search with one more value ticked, from its first page.
    #[must_use]
    pub fn with(&self, group: FacetGroup, value: &str) -> Self {
        let mut params = self.with_page(1);
        let values = params.filters.entry(group).or_default();
        if !values.iter().any(|held| held == value) {
            values.push(value.to_owned());
            group.sort_values(values);
        }
        params
    }

    /// Returns the search with one value no longer ticked, from its first page.
    #[must_use]
    pub fn without(&self, group: FacetGroup, value: &str) -> Self {
        let mut params = self.with_page(1);
        if let Some(values) = params.filters.get_mut(&group) {
            values.retain(|held| held != value);
            if values.is_empty() {
                params.filters.remove(&group);
            }
        }
        params
    }

    /// Returns the search with nothing ticked, from its first page.
    #[must_use]
    pub fn unfiltered(&self) -> Self {
        Self {
            filters: BTreeMap::new(),
            like: None,
            like_ours: false,
            staff_only: false,
            since: None,
            ..self.with_page(1)
        }
    }

    /// Returns another page of the search.
    #[must_use]
    pub fn with_page(&self, page: u32) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    /// Says whether a value is ticked.
    #[must_use]
    pub fn selects(&self, group: FacetGroup, value: &str) -> bool {
        self.filters
            .get(&group)
            .is_some_and(|values| values.iter().any(|held| held == value))
    }
}

/// Returns the facet that a parameter filters by. A form has a field of its own name for an amount that is typed.
fn group_of(name: &str) -> Option<FacetGroup> {
    let typed = name.strip_suffix(TYPED_SUFFIX);
    let group = FacetGroup::parse(typed.unwrap_or(name))?;
    (typed.is_none() || group.scale().is_some()).then_some(group)
}

/// Reads a value of a filter in the form in which the index holds it; `None` for what no document
/// can have.
pub fn filter_value(group: FacetGroup, value: &str) -> Option<String> {
    let value = value.trim();
    if value.len() > MAX_VALUE_BYTES || value.chars().any(char::is_control) {
        return None;
    }
    group.parse_value(value).map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(query: &str, canonical: &str, notes: &[&str]) {
        let (params, found) = SearchParams::parse(query);
        assert_eq!(params.to_query_string(), canonical, "{query}");
        assert_eq!(found, notes, "{query}");
    }

    #[test]
    fn an_address_is_read_and_written_in_one_form() {
        check("", "", &[]);
        check(
            "q=tap+and%20go&page=1&per_page=10&sort=relevance",
            "q=tap+and+go",
            &[],
        );
        check("q=%09a%00b%0A", "q=a+b", &[]);
        check(
            "year=2026&topic=epr&q=x&topic=ai&topic=epr&page=3&sort=Newest&per_page=50",
            "q=x&topic=ai&topic=epr&year=2026&sort=newest&per_page=50&page=3",
            &[],
        );
        check(
            "care-setting=Mental+health&organisation=rx1",
            "care_setting=mental-health&organisation=RX1",
            &[],
        );
        check(
            "expand=no&q=EPR&correct=no&sort=newest",
            "q=EPR&sort=newest&correct=no&expand=no",
            &[],
        );
        check("correct=yes&expand=yes&like_ours=no", "", &[]);
        check(
            "like_ours=yes&topic=epr&page=2",
            "topic=epr&like_ours=yes&page=2",
            &[],
        );
        check(
            "like_ours=ours",
            "",
            &["“ours” is not a value of “like_ours”. You can say yes or no."],
        );
        check(
            "licence=ogl-uk-3.0&system=Acme+EPR%2F2&kind=Other",
            "kind=other&system=Acme+EPR%2F2&licence=OGL-UK-3.0",
            &[],
        );
        check("q=&topic=&page=&sort=&nothing=", "", &[]);
        check(
            "effort=up+to+1+person&spend=%C2%A310k&spend=up-to-50000&spend=1m%2B",
            "spend=from-1000000&spend=up-to-50000&effort=up-to-1",
            &[],
        );
        check("spend-typed=10k&effort-typed=", "spend=up-to-10000", &[]);
        check(
            "spend=lots&spend=",
            "",
            &[
                "We ignored the filter “lots”: it is not an amount. You can say 30,000, up to 30k or 10k to 50k.",
            ],
        );
        check("q=%ff%fe", "q=%EF%BF%BD%EF%BF%BD", &[]);
    }

    #[test]
    fn what_is_wrong_becomes_a_note() {
        check(
            "priority=purple",
            "",
            &["We ignored the filter “purple”: it is not a value of “priority”."],
        );
        check(
            "kind=novelty",
            "",
            &["We ignored the filter “novelty”: it is not a value of “kind”."],
        );
        check(
            "year=now",
            "",
            &["We ignored the filter “now”: it is not a value of “year”."],
        );
        check(
            "topics=epr",
            "",
            &["We ignored “topics”, which is not part of a search. Did you mean “topic”?"],
        );
        check(
            "utm_source=x",
            "",
            &["We ignored “utm_source”, which is not part of a search."],
        );
        check("page=0", "", &["There is no page “0”, so this is page 1."]);
        check(
            "page=-1",
            "",
            &["There is no page “-1”, so this is page 1."],
        );
        check("page=99999999999999", "page=10000", &[]);
        check(
            "per_page=1000",
            "per_page=100",
            &["A page has at most 100 results."],
        );
        check(
            "correct=maybe",
            "",
            &["“maybe” is not a value of “correct”. You can say yes or no."],
        );
        check(
            "sort=best",
            "",
            &["We cannot sort by “best”. You can sort by relevance, newest, adopted, reviewed."],
        );
        check(
            "q=a&q=b",
            "q=a",
            &["The address has more than one search. We used the first."],
        );
        let long = format!("q={}", "é".repeat(5_000));
        let (params, notes) = SearchParams::parse(&long);
        assert_eq!((params.q.len(), notes.len()), (512, 1));
        let many = "nothing=x&".repeat(1_000) + &"w=1&".repeat(5_000);
        let (params, notes) = SearchParams::parse(&many);
        assert_eq!(params, SearchParams::default());
        assert!(notes.len() <= MAX_NOTES, "{notes:?}");
    }

    #[test]
    fn links_add_and_take_away_one_thing() {
        let (params, _) = SearchParams::parse("q=x&topic=epr&page=7");
        let query = |params: SearchParams| params.to_query_string();
        assert_eq!(
            query(params.with(FacetGroup::Topic, "ai")),
            "q=x&topic=ai&topic=epr"
        );
        assert_eq!(
            query(params.with(FacetGroup::Topic, "epr")),
            "q=x&topic=epr"
        );
        assert_eq!(query(params.without(FacetGroup::Topic, "epr")), "q=x");
        assert_eq!(query(params.with_page(2)), "q=x&topic=epr&page=2");
        assert_eq!(query(params.unfiltered()), "q=x");
        assert!(
            params.selects(FacetGroup::Topic, "epr") && !params.selects(FacetGroup::Year, "epr")
        );
    }

    proptest! {
        #[test]
        fn whatever_is_read_reads_back_the_same(query in "(\\PC|[&=%+?#\\x00-\\x20]|%[0-9a-f]{2}|(q|topic|year|system|page|per_page|sort|kind|organisation)=){0,60}") {
            let (params, _) = SearchParams::parse(&query);
            let written = params.to_query_string();
            let (again, notes) = SearchParams::parse(&written);
            prop_assert_eq!(&again, &params);
            prop_assert_eq!(again.to_query_string(), written);
            prop_assert!(notes.is_empty(), "{:?}", notes);
        }

        #[test]
        fn a_search_made_by_hand_reads_back(
            q in "[\\PC&=%+#]{0,40}", page in 1_u32..10_000, per_page in 1_u32..=100, sort in 0_usize..4,
            systems in proptest::collection::btree_set("[a-zA-Z&= %+]{0,10}[a-z]", 0..4),
        ) {
            let q = q.trim().to_owned();
            let mut filters = BTreeMap::new();
            let systems: std::collections::BTreeSet<_> = systems.iter().map(|s| s.trim().to_owned()).collect();
            if !systems.is_empty() {
                filters.insert(FacetGroup::System, systems.into_iter().collect());
            }
            let params = SearchParams { q, page, per_page, sort: Sort::ALL[sort], filters, ..SearchParams::default() };
            let (again, notes) = SearchParams::parse(&params.to_query_string());
            prop_assert_eq!(again, params);
            prop_assert!(notes.is_empty(), "{:?}", notes);
        }
    }
}
