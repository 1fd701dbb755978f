//! A parsed query and its filters as one tantivy query.
//!
//! User text never reaches tantivy's own parser. What the reader may see is the first clause of
//! every query this module makes, whatever was typed.

use std::collections::{BTreeMap, BTreeSet};

use domain::FacetGroup;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EmptyQuery, Occur, PhraseQuery, Query as Matcher, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::tokenizer::TextAnalyzer;
use wire::Viewer;

use crate::analyzer;
use crate::filter::Filter;
use crate::query::{MAX_QUERY_TOKENS, Query};
use crate::schema::Fields;
use crate::stepwise::Stepwise;

/// What a word in the title adds to the same word in the concatenated text; measured, and small.
const TITLE_WEIGHT: f32 = 0.3;

/// A query ready to run, as a whole or without the filter of one group.
pub(crate) struct Plan {
    readable: Box<dyn Matcher>,
    matching: Option<Box<dyn Matcher>>,
    excluded: Vec<Box<dyn Matcher>>,
    filters: BTreeMap<FacetGroup, Box<dyn Matcher>>,
    /// Whether one of the filters was typed as `name:value`.
    typed_filter: bool,
    /// The analysed words to mark in titles and snippets.
    pub(crate) highlights: BTreeSet<String>,
    /// What was ignored, in plain English.
    pub(crate) notes: Vec<String>,
}

impl Plan {
    pub(crate) fn new(
        query: &Query,
        filters: &BTreeMap<FacetGroup, Vec<String>>,
        viewer: Viewer,
        fields: &Fields,
    ) -> Self {
        let mut builder = Builder {
            fields,
            analyzer: analyzer::english(),
            room: MAX_QUERY_TOKENS,
            notes: query.notes.clone(),
        };
        let mut highlights = BTreeSet::new();
        let matching = builder.matching(query, &mut highlights);
        let mut excluded = builder.excluded(&query.excluded);
        excluded.extend(
            query
                .excluded_fields
                .iter()
                .map(|(group, value)| any_of(fields, *group, [value])),
        );
        let mut values: BTreeMap<FacetGroup, BTreeSet<&String>> = BTreeMap::new();
        for (group, wanted) in filters {
            values.entry(*group).or_default().extend(wanted);
        }
        for (group, wanted) in &query.fields {
            values.entry(*group).or_default().insert(wanted);
        }
        values.retain(|_, wanted| !wanted.is_empty());
        Self {
            readable: visible(fields, viewer),
            matching,
            excluded,
            filters: values
                .into_iter()
                .map(|(group, wanted)| (group, any_of(fields, group, wanted)))
                .collect(),
            typed_filter: !query.fields.is_empty(),
            highlights,
            notes: builder.notes,
        }
    }

    /// Returns whether the query has words that rank one document above another.
    pub(crate) fn ranks(&self) -> bool {
        self.matching.is_some()
    }

    /// Returns whether the text of the query, without the request's filters, leaves out documents.
    pub(crate) fn narrows(&self) -> bool {
        self.ranks() || self.typed_filter || !self.excluded.is_empty()
    }

    /// Returns the groups that a filter narrows.
    pub(crate) fn filtered(&self) -> impl Iterator<Item = FacetGroup> + '_ {
        self.filters.keys().copied()
    }

    /// Returns the whole query, without the filter of the group `left_out`.
    pub(crate) fn matcher(&self, left_out: Option<FacetGroup>) -> BooleanQuery {
        let mut clauses = vec![(Occur::Must, self.readable.box_clone())];
        let filters = self
            .filters
            .iter()
            .filter(|(group, _)| Some(**group) != left_out);
        clauses.extend(filters.map(|(_, filter)| (Occur::Must, filter.box_clone())));
        if let Some(matching) = &self.matching {
            clauses.push((Occur::Must, matching.box_clone()));
        }
        clauses.extend(
            self.excluded
                .iter()
                .map(|query| (Occur::MustNot, query.box_clone())),
        );
        BooleanQuery::new(clauses)
    }
}

/// Matches the documents that a viewer can read: each visibility is named, so that nothing is seen by omission.
pub(crate) fn visible(fields: &Fields, viewer: Viewer) -> Box<dyn Matcher> {
    let terms = viewer
        .visibilities()
        .iter()
        .map(|visibility| Term::from_field_text(fields.visibility, visibility.as_str()));
    unscored(terms.collect())
}

fn any_of<'a>(
    fields: &Fields,
    group: FacetGroup,
    values: impl IntoIterator<Item = &'a String>,
) -> Box<dyn Matcher> {
    let terms = values.into_iter().map(|value| fields.facet(group, value));
    unscored(terms.collect())
}

/// Returns the documents with any of the terms, all with score 0.
fn unscored(terms: Vec<Term>) -> Box<dyn Matcher> {
    let mut queries: Vec<Box<dyn Matcher>> = terms
        .into_iter()
        .map(|term| Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Matcher>)
        .collect();
    let query = match (queries.pop(), queries.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            queries.push(last);
            Box::new(BooleanQuery::union(queries))
        }
        (None, _) => Box::new(AllQuery),
    };
    Box::new(Filter(query))
}

struct Builder<'a> {
    fields: &'a Fields,
    analyzer: TextAnalyzer,
    /// How many more terms the query may have.
    room: usize,
    /// What was ignored, each once.
    notes: Vec<String>,
}

impl Builder<'_> {
    fn matching(
        &mut self,
        query: &Query,
        highlights: &mut BTreeSet<String>,
    ) -> Option<Box<dyn Matcher>> {
        let mut clauses: Vec<(Occur, Box<dyn Matcher>)> = Vec::new();
        let asked = [&query.phrases, &query.in_title, &query.words]
            .iter()
            .any(|list| !list.is_empty());
        for (field, texts) in [
            (self.fields.all, &query.phrases),
            (self.fields.title, &query.in_title),
        ] {
            for text in texts {
                highlights.extend(self.analysed(text).into_iter().map(|(_, token)| token));
                let phrase = if self.is_too_long(text) {
                    Some(Box::new(EmptyQuery) as Box<dyn Matcher>)
                } else {
                    self.in_order(field, text)
                };
                clauses.extend(phrase.map(|phrase| (Occur::Must, phrase)));
            }
        }
        for (token, count) in self.counted(&query.words) {
            let title = self.term(self.fields.title, &token, TITLE_WEIGHT * count);
            let all = self.term(self.fields.all, &token, count);
            clauses.extend([(Occur::Should, all), (Occur::Should, title)]);
            highlights.insert(token);
        }
        if clauses.is_empty() {
            if self.is_too_long(&query.words.join(" ")) {
                return Some(Box::new(EmptyQuery));
            }
            if asked {
                self.note(
                    "The search held only very common words; everything is shown, newest first.",
                );
            }
            return None;
        }
        Some(Box::new(BooleanQuery::new(clauses)))
    }

    fn excluded(&mut self, texts: &[String]) -> Vec<Box<dyn Matcher>> {
        let mut excluded: Vec<Box<dyn Matcher>> = Vec::new();
        for text in texts {
            // The index holds no word that long, so such an exclusion excludes nothing.
            if !self.is_too_long(text)
                && let Some(phrase) = self.in_order(self.fields.all, text)
            {
                excluded.push(Box::new(Stepwise(phrase)));
            }
        }
        excluded
    }

    /// Returns the terms of the words and how often each was typed, as many as there is room for.
    fn counted(&mut self, words: &[String]) -> Vec<(String, f32)> {
        let mut counts: Vec<(String, f32)> = Vec::new();
        for (_, token) in self.analysed(&words.join(" ")) {
            if let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == token) {
                *count += 1.0;
            } else if counts.len() < self.room {
                counts.push((token, 1.0));
            } else {
                self.note_too_many();
                break;
            }
        }
        counts
    }

    /// Returns the documents that hold the words of `text` one after the other, or `None` where
    /// analysis leaves nothing of it or there is no room for any of it.
    fn in_order(&mut self, field: Field, text: &str) -> Option<Box<dyn Matcher>> {
        let mut tokens = self.analysed(text);
        if tokens.len() > self.room {
            self.note_too_many();
            tokens.truncate(self.room);
        }
        self.room -= tokens.len();
        let mut terms: Vec<(usize, Term)> = tokens
            .iter()
            .map(|(position, token)| (*position, Term::from_field_text(field, token)))
            .collect();
        if terms.len() > 1 {
            return Some(Box::new(PhraseQuery::new_with_offset(terms)));
        }
        let (_, term) = terms.pop()?;
        Some(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
    }

    /// Returns whether analysis leaves nothing of a text because its words are too long for the index; notes it if so.
    fn is_too_long(&mut self, text: &str) -> bool {
        let too_long = self.analysed(text).is_empty() && analyzer::holds_a_long_word(text);
        if too_long {
            self.note("One of your words is too long to search for.");
        }
        too_long
    }

    fn note_too_many(&mut self) {
        self.note(&format!(
            "We used only the first {MAX_QUERY_TOKENS} words of your search."
        ));
    }

    fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|known| known == note) {
            self.notes.push(note.to_owned());
        }
    }

    fn analysed(&mut self, text: &str) -> Vec<(usize, String)> {
        analyzer::tokens(&mut self.analyzer, text)
    }

    fn term(&self, field: Field, token: &str, weight: f32) -> Box<dyn Matcher> {
        let term = Term::from_field_text(field, token);
        let query = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
        if (weight - 1.0).abs() < f32::EPSILON {
            return query;
        }
        Box::new(BoostQuery::new(query, weight))
    }
}
