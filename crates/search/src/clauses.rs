//! The clauses of a query: each word, phrase and exclusion as a tantivy query.

use std::collections::BTreeSet;

use domain::{FacetGroup, amount::Range};
use tantivy::query::{
    BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, PhraseQuery, Query as Matcher,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use crate::analyzer;
use crate::asking;
use crate::families::Families;
use crate::live::Live;
use crate::matching::{exactly, within};
use crate::query::{MAX_QUERY_TOKENS, Query};
use crate::request::SearchRequest;
use crate::schema::Fields;
use crate::sought::{Alternative, Rules, Sought, SoughtWord};
use crate::statistics::Statistics;
use crate::stepwise::Stepwise;
use crate::typed::Typing;
use crate::vocabulary::Vocabulary;

/// What a word in the title adds to the same word in the concatenated text; measured, and small.
const TITLE_WEIGHT: f32 = 0.25;

/// What it counts that an organisation which the words name has published a document, times how much that says: more than
/// that a document of another one repeats its name.
const NAMED_WEIGHT: f32 = 2.0;

/// What it counts that a document declares the topic that the words name, times how much that says: more than that another
/// one repeats the words.
const TOPIC_WEIGHT: f32 = 1.0;

/// The words of a query as clauses.
pub(crate) struct Words {
    /// One for each word that a result with all the words has.
    pub(crate) required: Vec<AnyOf>,
    /// What else shows that a document is about the words: their families.
    pub(crate) families: Vec<AnyOf>,
    /// What only adds to the score: titles, and words of a question.
    pub(crate) bonus: Vec<AnyOf>,
}

/// Clauses for one thing, at least one: a document counts the best that it matches.
pub(crate) struct AnyOf(pub(crate) Vec<Box<dyn Matcher>>);

impl AnyOf {
    /// Returns them as one clause.
    pub(crate) fn query(&self) -> Box<dyn Matcher> {
        match self.0.as_slice() {
            [only] => only.box_clone(),
            several => {
                let several = several.iter().map(|query| query.box_clone());
                Box::new(DisjunctionMaxQuery::new(several.collect()))
            }
        }
    }
}

/// Makes the clauses of one query.
pub(crate) struct Builder<'a> {
    fields: &'a Fields,
    families: &'a Families,
    searcher: &'a Searcher,
    statistics: &'a Statistics<'a>,
    typing: Typing,
    /// How many more terms the query may have.
    room: usize,
    /// What was ignored, each once.
    pub(crate) notes: Vec<String>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(
        query: &Query,
        searcher: &'a Searcher,
        statistics: &'a Statistics<'a>,
        live: &'a Live,
    ) -> Self {
        Self {
            fields: &live.fields,
            families: &live.families,
            searcher,
            statistics,
            typing: Typing::new(),
            room: MAX_QUERY_TOKENS,
            notes: query.notes.clone(),
        }
    }

    /// Returns the phrases and the words in titles.
    pub(crate) fn phrases(
        &mut self,
        query: &Query,
        highlights: &mut BTreeSet<String>,
    ) -> Vec<Box<dyn Matcher>> {
        let mut found = Vec::new();
        for (field, texts) in [
            (self.fields.all, &query.phrases),
            (self.fields.title, &query.in_title),
        ] {
            for text in texts {
                let analysed = self.typing.analysed(text);
                highlights.extend(analysed.into_iter().map(|(_, token)| token));
                if self.is_too_long(text) {
                    found.push(Box::new(EmptyQuery) as Box<dyn Matcher>);
                } else {
                    found.extend(self.in_order(field, text));
                }
            }
        }
        found
    }

    /// Finds what documents may have in place of the words.
    pub(crate) fn sought(&mut self, request: &SearchRequest) -> tantivy::Result<Sought> {
        let words = self.typing.words(&request.query.words);
        let rules = Rules {
            vocabulary: Vocabulary {
                searcher: self.searcher,
                statistics: self.statistics,
                fields: self.fields,
                families: self.families,
                viewer: request.viewer,
            },
            expansions: request.expansions.as_deref(),
            corrects: request.corrects,
            names_topic: !request.topics.is_empty(),
            room: self.room,
        };
        let sought = rules.sought(&words, &mut self.typing)?;
        self.room = self.room.saturating_sub(sought.words.len());
        if sought.is_cut {
            self.note_too_many();
        }
        if let Some(note) = asking::note(&sought.left_out) {
            self.note(&note);
        }
        Ok(sought)
    }

    /// Returns the words of phrases, and of what was wanted in titles, that no document has.
    pub(crate) fn unknown_in_phrases(
        &mut self,
        query: &Query,
        known: &[String],
    ) -> tantivy::Result<Vec<String>> {
        let mut unknown: Vec<String> = Vec::new();
        for text in query.phrases.iter().chain(&query.in_title) {
            for word in self.typing.words(std::slice::from_ref(text)) {
                let Some(stem) = word.stem.filter(|_| !word.is_reading) else {
                    continue;
                };
                let term = Term::from_field_text(self.fields.all, &stem);
                let is_new = !known.contains(&word.plain) && !unknown.contains(&word.plain);
                if is_new && self.statistics.frequency(&term)? == 0 {
                    unknown.push(word.plain);
                }
            }
        }
        Ok(unknown)
    }

    /// Returns the clauses of the words; documents of the organisations and on the topics that they name count more.
    pub(crate) fn words(
        &self,
        sought: &[SoughtWord],
        request: &SearchRequest,
    ) -> tantivy::Result<Option<Words>> {
        let mut words = Words {
            required: Vec::new(),
            families: Vec::new(),
            bonus: Vec::new(),
        };
        for word in sought {
            if !word.alternatives.is_empty() || word.is_of_cost {
                let any = self.any_of(word)?;
                if word.is_required {
                    words.required.push(any);
                } else {
                    words.bonus.push(any);
                }
            }
            let family: Vec<Box<dyn Matcher>> = word
                .family
                .iter()
                .map(|(stem, weight)| weighed(self.term(self.fields.all, stem), *weight))
                .collect();
            if !family.is_empty() {
                words.families.push(AnyOf(family));
            }
            words.bonus.push(self.in_title(word));
        }
        // Words of a question alone ask for nothing.
        let asks = |word: &SoughtWord| {
            word.is_required || (word.alternatives.is_empty() && !word.is_of_cost)
        };
        if !sought.iter().any(asks) {
            return Ok(None);
        }
        for (group, values, weight) in [
            (FacetGroup::Organisation, &request.named, NAMED_WEIGHT),
            (FacetGroup::Topic, &request.topics, TOPIC_WEIGHT),
        ] {
            for value in values {
                let term = self.fields.facet(group, value);
                let weight = weight * self.statistics.idf(&term)?;
                let declared = ConstScoreQuery::new(exactly(term), weight);
                words.bonus.push(AnyOf(vec![Box::new(declared)]));
            }
        }
        Ok(Some(words))
    }

    fn any_of(&self, word: &SoughtWord) -> tantivy::Result<AnyOf> {
        let each = word.alternatives.iter().map(|alternative| {
            let query = self.alternative(self.fields.all, alternative);
            weighed(query, alternative.weight * word.weight)
        });
        let mut any: Vec<Box<dyn Matcher>> = each.collect();
        if word.is_of_cost {
            // A document that declares what it cost counts like one that has the word once.
            let declared = within(self.fields, FacetGroup::Spend, Range::pounds(0, None));
            let term = Term::from_field_text(self.fields.all, asking::COST);
            let weight = self.statistics.idf(&term)? * word.weight;
            any.push(Box::new(ConstScoreQuery::new(declared, weight)));
        }
        Ok(AnyOf(any))
    }

    /// Returns the title with the word, or with what is sought in its place.
    fn in_title(&self, word: &SoughtWord) -> AnyOf {
        let weight = TITLE_WEIGHT * word.weight;
        let own = weighed(self.term(self.fields.title, &word.stem), weight);
        let is_own = |alternative: &&Alternative| matches!(alternative.terms.as_slice(), [(_, term)] if *term == word.stem);
        let others = word.alternatives.iter().filter(|other| !is_own(other));
        let others = others.map(|other| {
            let query = self.alternative(self.fields.title, other);
            weighed(query, weight * other.weight)
        });
        AnyOf(std::iter::once(own).chain(others).collect())
    }

    fn alternative(&self, field: Field, alternative: &Alternative) -> Box<dyn Matcher> {
        match alternative.terms.as_slice() {
            [(_, term)] => self.term(field, term),
            terms => {
                let terms = terms
                    .iter()
                    .map(|(position, term)| (*position, Term::from_field_text(field, term)));
                let phrase = PhraseQuery::new_with_offset(terms.collect());
                Box::new(Stepwise(Box::new(phrase)))
            }
        }
    }

    /// Returns the clauses, or what takes their place where something was asked for and nothing of it can be found.
    pub(crate) fn or_nothing(
        &mut self,
        query: &Query,
        sought: &Sought,
        phrases: Vec<Box<dyn Matcher>>,
        words: Option<Words>,
    ) -> (Vec<Box<dyn Matcher>>, Option<Words>) {
        if !phrases.is_empty() || words.is_some() {
            return (phrases, words);
        }
        let is_too_long = self.is_too_long(&query.words.join(" "));
        if is_too_long || !sought.unknown.is_empty() {
            return (vec![Box::new(EmptyQuery)], None);
        }
        let asked = [&query.phrases, &query.in_title, &query.words];
        if asked.iter().any(|list| !list.is_empty()) {
            self.note("The search held only very common words; everything is shown, newest first.");
        }
        (phrases, words)
    }

    /// Returns the documents that are left out.
    pub(crate) fn excluded(&mut self, query: &Query) -> Vec<Box<dyn Matcher>> {
        let mut excluded: Vec<Box<dyn Matcher>> = Vec::new();
        let anywhere = query.excluded.iter().map(|text| (self.fields.all, text));
        let in_title = query.excluded_in_title.iter();
        let in_title = in_title.map(|text| (self.fields.title, text));
        for (field, text) in anywhere.chain(in_title).collect::<Vec<_>>() {
            // The index holds no word that long, so such an exclusion excludes nothing.
            if !self.is_too_long(text)
                && let Some(phrase) = self.in_order(field, text)
            {
                excluded.push(Box::new(Stepwise(phrase)));
            }
        }
        excluded
    }

    /// Returns the documents that hold the words of `text` one after the other, or `None` where
    /// analysis leaves nothing of it or there is no room for any of it.
    fn in_order(&mut self, field: Field, text: &str) -> Option<Box<dyn Matcher>> {
        let mut tokens = self.typing.analysed(text);
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
        let too_long = self.typing.analysed(text).is_empty() && analyzer::holds_a_long_word(text);
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

    fn term(&self, field: Field, token: &str) -> Box<dyn Matcher> {
        let term = Term::from_field_text(field, token);
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    }
}

fn weighed(query: Box<dyn Matcher>, weight: f32) -> Box<dyn Matcher> {
    if (weight - 1.0).abs() < f32::EPSILON {
        return query;
    }
    Box::new(BoostQuery::new(query, weight))
}
