//! A parsed query and its filters as tantivy queries.
//!
//! Results are of two tiers: documents that have all the words, in any of their forms, and documents that have some of
//! them. User text never reaches tantivy's own parser. What the reader may see is the first clause of every query this
//! module makes, whatever was typed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use domain::FacetGroup;
use tantivy::query::{BooleanQuery, EmptyQuery, Occur, Query as Matcher, RangeQuery};
use tantivy::{Searcher, Term};
use wire::Timestamp;

use crate::clauses::{AnyOf, Builder, Words};
use crate::filter::Filter;
use crate::live::Live;
use crate::matching::{exactly, unscored, visible, within};
use crate::request::SearchRequest;
use crate::schema::Fields;
use crate::sought::Corrected;
use crate::statistics::Statistics;
use crate::stepwise::Stepwise;

/// Which documents a query is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    /// Those that have all the words.
    All,
    /// Those that have some of the words, but not all.
    Some,
}

/// A range of amounts that a reader asked for, and that the index does not count.
pub(crate) struct OwnRange {
    pub(crate) group: FacetGroup,
    pub(crate) value: String,
    pub(crate) documents: Filter,
}

/// A query ready to run, as a whole or without the filter of one group.
pub(crate) struct Plan {
    readable: Box<dyn Matcher>,
    /// Phrases, and words in titles: every result has each of them.
    phrases: Vec<Box<dyn Matcher>>,
    pub(crate) words: Option<Words>,
    excluded: Vec<Box<dyn Matcher>>,
    filters: BTreeMap<FacetGroup, Box<dyn Matcher>>,
    /// Ranges of the reader's own that were ticked: the index counts them only where they are asked for.
    pub(crate) ranges: Vec<OwnRange>,
    /// The documents that are nearly the same as each other, if only those are wanted.
    like: Option<Box<dyn Matcher>>,
    /// The documents that are new enough.
    since: Option<Box<dyn Matcher>>,
    /// The documents of some organisations, if only those are wanted.
    organisations: Option<Box<dyn Matcher>>,
    /// Whether one of the filters was typed as `name:value`.
    typed_filter: bool,
    /// The stems of what the query is about.
    pub(crate) subject: Vec<String>,
    /// Words that were typed next to each other.
    pub(crate) pairs: Vec<(String, String)>,
    /// The analysed words to mark in titles and snippets.
    pub(crate) highlights: BTreeSet<String>,
    /// Spellings that were corrected.
    pub(crate) corrected: Vec<Corrected>,
    /// Words that may have been meant, and that were not searched for.
    pub(crate) offered: Vec<Corrected>,
    /// Other words that were searched for in place of those that were corrected.
    pub(crate) also_meant: Vec<String>,
    /// Words that occur nowhere.
    pub(crate) unknown: Vec<String>,
    /// Other forms that were searched for.
    pub(crate) also: Vec<String>,
    /// Other forms of which no page has the words.
    pub(crate) also_in_vain: Vec<String>,
    /// What was ignored, in plain English.
    pub(crate) notes: Vec<String>,
}

impl Plan {
    pub(crate) fn new(
        request: &SearchRequest,
        searcher: &Searcher,
        statistics: &Statistics<'_>,
        live: &Live,
    ) -> tantivy::Result<Self> {
        let (query, fields) = (&request.query, &live.fields);
        let mut builder = Builder::new(query, searcher, statistics, live);
        let mut highlights = BTreeSet::new();
        let phrases = builder.phrases(query, &mut highlights);
        let sought = builder.sought(request)?;
        highlights.extend(sought.highlights());
        let mut unknown = sought.unknown.clone();
        unknown.extend(builder.unknown_in_phrases(query, &sought.unknown)?);
        let words = builder.words(&sought.words, request)?;
        let (phrases, words) = builder.or_nothing(query, &sought, phrases, words);
        let mut excluded = builder.excluded(query);
        excluded.extend(
            query
                .excluded_fields
                .iter()
                .map(|(group, value)| any_of(fields, *group, [value])),
        );
        Ok(Self {
            readable: visible(fields, request.viewer),
            phrases,
            words,
            excluded,
            filters: filters(request, fields),
            ranges: own_ranges(request, fields),
            like: request
                .like
                .and_then(|like| fields.like(like))
                .map(|term| unscored(vec![exactly(term)])),
            since: request
                .since
                .map(|since| unscored(vec![from(fields, since)])),
            organisations: request
                .organisations
                .as_ref()
                .map(|values| any_of(fields, FacetGroup::Organisation, values)),
            typed_filter: !query.fields.is_empty(),
            subject: sought.subject(),
            pairs: sought.pairs,
            highlights,
            corrected: sought.corrected,
            offered: sought.offered,
            also_meant: sought.also_meant,
            unknown,
            also: sought.also,
            also_in_vain: sought.also_in_vain,
            notes: builder.notes,
        })
    }

    /// Returns whether something was quoted or wanted in titles: such a search means its words, and not their subject.
    pub(crate) fn has_phrases(&self) -> bool {
        !self.phrases.is_empty()
    }

    /// Returns whether the query has words that rank one document above another.
    pub(crate) fn ranks(&self) -> bool {
        self.words.is_some() || !self.phrases.is_empty()
    }

    /// Returns whether the text of the query, without the request's filters, leaves out documents.
    pub(crate) fn narrows(&self) -> bool {
        self.ranks() || self.typed_filter || !self.excluded.is_empty()
    }

    /// Returns whether there may be documents with some of the words only.
    pub(crate) fn has_partial(&self) -> bool {
        self.words.as_ref().is_some_and(|words| {
            !self.phrases.is_empty() || words.required.len() > 1 || !words.families.is_empty()
        })
    }

    /// Returns the groups that a filter narrows.
    pub(crate) fn filtered(&self) -> impl Iterator<Item = FacetGroup> + '_ {
        self.filters.keys().copied()
    }

    /// Returns whether documents of more than one node are wanted, so that nodes take turns.
    pub(crate) fn is_of_all_nodes(&self) -> bool {
        self.like.is_none() && !self.filters.contains_key(&FacetGroup::Organisation)
    }

    /// Returns the documents that have none of the words and that a reader may see, with the filters and exclusions of the
    /// query.
    pub(crate) fn without_words(&self) -> BooleanQuery {
        let mut clauses = vec![(Occur::Must, self.readable.box_clone())];
        let filters = self.filters.values();
        clauses.extend(filters.map(|filter| (Occur::Must, filter.box_clone())));
        clauses.extend(cloned(Occur::Must, self.like.as_slice()));
        clauses.extend(cloned(Occur::Must, self.since.as_slice()));
        clauses.extend(cloned(Occur::Must, self.organisations.as_slice()));
        clauses.extend(cloned(Occur::MustNot, &self.excluded));
        for tier in [Tier::All, Tier::Some] {
            let found: Box<dyn Matcher> = Box::new(self.matcher(tier, None));
            clauses.push((Occur::MustNot, Box::new(Stepwise(found))));
        }
        BooleanQuery::new(clauses)
    }

    /// Returns the whole query for one tier, without the filter of the group `left_out`.
    pub(crate) fn matcher(&self, tier: Tier, left_out: Option<FacetGroup>) -> BooleanQuery {
        let mut clauses = self.clauses_of_both_tiers(left_out);
        if let Some(words) = &self.words {
            let bonus = each(Occur::Should, &words.bonus);
            let families = each(Occur::Should, &words.families);
            match tier {
                // No document has more than a relative of the words.
                Tier::All if words.required.is_empty() => {
                    clauses.push((Occur::Must, Box::new(EmptyQuery)));
                }
                Tier::All => {
                    clauses.extend(each(Occur::Must, &words.required));
                    clauses.extend(families.chain(bonus));
                }
                Tier::Some => {
                    let any = each(Occur::Should, &words.required).chain(families);
                    if self.phrases.is_empty() {
                        let any: Vec<_> = any.collect();
                        clauses.push((Occur::Must, Box::new(BooleanQuery::new(any))));
                        clauses.extend(bonus);
                    } else {
                        clauses.extend(any.chain(bonus));
                    }
                    clauses.extend(words.all().map(|all| (Occur::MustNot, all)));
                }
            }
        }
        BooleanQuery::new(clauses)
    }

    /// Returns what every result has to be, whatever words it has, and that it has none of the terms `without`.
    pub(crate) fn gate(&self, without: &[Term]) -> BooleanQuery {
        let mut clauses = self.clauses_of_both_tiers(None);
        let excluded = without.iter().cloned().map(exactly);
        clauses.extend(excluded.map(|term| (Occur::MustNot, term)));
        BooleanQuery::new(clauses)
    }

    /// Returns what both tiers ask of a document, without the filter of the group `left_out`.
    fn clauses_of_both_tiers(
        &self,
        left_out: Option<FacetGroup>,
    ) -> Vec<(Occur, Box<dyn Matcher>)> {
        let mut clauses = vec![(Occur::Must, self.readable.box_clone())];
        let filters = self
            .filters
            .iter()
            .filter(|(group, _)| Some(**group) != left_out);
        clauses.extend(filters.map(|(_, filter)| (Occur::Must, filter.box_clone())));
        clauses.extend(cloned(Occur::Must, self.like.as_slice()));
        clauses.extend(cloned(Occur::Must, self.since.as_slice()));
        clauses.extend(cloned(Occur::Must, self.organisations.as_slice()));
        clauses.extend(cloned(Occur::Must, &self.phrases));
        clauses.extend(cloned(Occur::MustNot, &self.excluded));
        clauses
    }
}

impl Words {
    /// Returns the documents that have all the words; `None` if there is no word that they have to have.
    fn all(&self) -> Option<Box<dyn Matcher>> {
        let required: Vec<_> = each(Occur::Must, &self.required).collect();
        let all = (!required.is_empty()).then(|| BooleanQuery::new(required))?;
        Some(Box::new(Stepwise(Box::new(all))))
    }
}

fn each(occur: Occur, words: &[AnyOf]) -> impl Iterator<Item = (Occur, Box<dyn Matcher>)> + '_ {
    words.iter().map(move |any| (occur, any.query()))
}

fn cloned<'a>(
    occur: Occur,
    queries: &'a [Box<dyn Matcher>],
) -> impl Iterator<Item = (Occur, Box<dyn Matcher>)> + 'a {
    queries.iter().map(move |query| (occur, query.box_clone()))
}

/// Returns the filters of a request, those that were ticked and those that were typed.
fn filters(request: &SearchRequest, fields: &Fields) -> BTreeMap<FacetGroup, Box<dyn Matcher>> {
    let mut values: BTreeMap<FacetGroup, BTreeSet<&String>> = BTreeMap::new();
    for (group, wanted) in &request.filters {
        values.entry(*group).or_default().extend(wanted);
    }
    for (group, wanted) in &request.query.fields {
        values.entry(*group).or_default().insert(wanted);
    }
    values.retain(|_, wanted| !wanted.is_empty());
    values
        .into_iter()
        .map(|(group, wanted)| (group, any_of(fields, group, wanted)))
        .collect()
}

fn any_of<'a>(
    fields: &Fields,
    group: FacetGroup,
    values: impl IntoIterator<Item = &'a String>,
) -> Box<dyn Matcher> {
    let each = values.into_iter().map(|value| {
        let range = group.range_of_own(value);
        range.map_or_else(
            || exactly(fields.facet(group, value)),
            |range| within(fields, group, range),
        )
    });
    unscored(each.collect())
}

/// Returns the documents that are new since a time.
fn from(fields: &Fields, since: Timestamp) -> Box<dyn Matcher> {
    let since = Term::from_field_i64(fields.sort_at, since.millis());
    let newer = RangeQuery::new(Bound::Included(since), Bound::Unbounded);
    Box::new(Stepwise(Box::new(newer)))
}

fn own_ranges(request: &SearchRequest, fields: &Fields) -> Vec<OwnRange> {
    let filters = request.filters.iter();
    let ranges = filters.flat_map(|(group, values)| {
        values.iter().filter_map(|value| {
            let range = group.range_of_own(value)?;
            Some(OwnRange {
                group: *group,
                value: value.clone(),
                documents: Filter(within(fields, *group, range)),
            })
        })
    });
    ranges.collect()
}
