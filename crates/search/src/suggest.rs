//! Titles that complete what is being typed. Words alone are not offered: they say nothing of what would be found.
//!
//! Only what the reader may see is suggested.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tantivy::query::{
    BooleanQuery, FuzzyTermQuery, Occur, Query as Matcher, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{Searcher, TantivyDocument, Term};
use wire::Viewer;

use crate::analyzer;
use crate::best::{Best, BestOfEach, By, Ranked};
use crate::entry::Key;
use crate::error::IndexError;
use crate::index::Index;
use crate::matching::visible;
use crate::query::MAX_QUERY_BYTES;
use crate::schema::{Fields, SORT_AT, cut};
use crate::turns;
use crate::vocabulary::{MIN_CORRECTED_LETTERS, scan};

/// The most suggestions in one answer.
pub const MAX_SUGGESTIONS: usize = 10;

/// Dictionary entries read per segment for one prefix: bounds the time of a single letter.
const MAX_SCANNED: usize = 5_000;

/// Of those, how many are used by each of two measures: the most frequent, and the shortest, so that no one can hide a word
/// from those who have nearly typed it by inventing many.
const MAX_EXPANSIONS: usize = 64;

/// Words of the input that are used, the last ones.
const MAX_WORDS: usize = 8;

/// For each word that was typed, those of which a title has to have one.
type Wanted = Vec<Vec<String>>;

/// A title that has the words typed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedTitle {
    /// Which document.
    pub key: Key,
    /// Plain text.
    pub title: String,
}

impl Index {
    /// Returns up to `limit` titles that have every word typed, the last one as a beginning; the newest first, of each node
    /// no more than its share, and of those that are nearly the same one. Where there is none, words that no title has are
    /// taken for misspelt ones. Nothing for an empty input.
    ///
    /// # Errors
    /// As for [`Index::search`].
    pub fn suggest(
        &self,
        typed: &str,
        limit: usize,
        viewer: Viewer,
    ) -> Result<Vec<SuggestedTitle>, IndexError> {
        let found = self.suggest_as_typed(typed, limit, viewer)?;
        match found.is_empty() {
            true => self.suggest_misspelt(typed, limit, viewer),
            false => Ok(found),
        }
    }

    /// Returns titles that have words which are spelled like those that no title has.
    ///
    /// # Errors
    /// As for [`Index::search`].
    pub fn suggest_misspelt(
        &self,
        typed: &str,
        limit: usize,
        viewer: Viewer,
    ) -> Result<Vec<SuggestedTitle>, IndexError> {
        self.suggest_of(typed, limit, viewer, misspelt)
    }

    /// Returns titles as [`Index::suggest`] does, and none for words that may be misspelt.
    ///
    /// # Errors
    /// As for [`Index::search`].
    pub fn suggest_as_typed(
        &self,
        typed: &str,
        limit: usize,
        viewer: Viewer,
    ) -> Result<Vec<SuggestedTitle>, IndexError> {
        self.suggest_of(typed, limit, viewer, as_typed)
    }

    /// Returns titles that have one of the words at each place; `wanted` makes those of what was typed.
    fn suggest_of(
        &self,
        typed: &str,
        limit: usize,
        viewer: Viewer,
        wanted: fn(&Searcher, Field, &[String]) -> tantivy::Result<Wanted>,
    ) -> Result<Vec<SuggestedTitle>, IndexError> {
        let live = self.live();
        let limit = limit.min(MAX_SUGGESTIONS);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let run = AssertUnwindSafe(|| {
            let (searcher, fields) = (live.reader.searcher(), &live.fields);
            let wanted = wanted(&searcher, fields.title_vocab, &words_of(typed))?;
            titles(&searcher, fields, &wanted, limit, viewer)
        });
        catch_unwind(run)
            .map_err(|_| self.damaged("a suggestion panicked"))?
            .map_err(|error| IndexError::from_tantivy(self.directory(), error))
    }
}

/// Returns the words that were typed, the last ones; the last of all may be unfinished.
fn words_of(typed: &str) -> Vec<String> {
    let typed = cut(typed, MAX_QUERY_BYTES);
    let tokens = analyzer::tokens(&mut analyzer::parts(), typed).into_iter();
    let mut words: Vec<String> = tokens.map(|(_, word)| word).collect();
    words.drain(..words.len().saturating_sub(MAX_WORDS));
    words
}

/// Returns the words as they are, and for the last one those that begin with it.
fn as_typed(searcher: &Searcher, vocabulary: Field, words: &[String]) -> tantivy::Result<Wanted> {
    let Some((prefix, whole)) = words.split_last() else {
        return Ok(Vec::new());
    };
    let mut wanted: Wanted = whole.iter().map(|word| vec![word.clone()]).collect();
    wanted.push(expansions(searcher, vocabulary, prefix)?);
    Ok(wanted)
}

/// Returns words that are spelled like those which no title has; nothing where titles have all of them.
fn misspelt(searcher: &Searcher, vocabulary: Field, words: &[String]) -> tantivy::Result<Wanted> {
    let mut wanted = Vec::with_capacity(words.len());
    let mut is_any_else = false;
    for (place, word) in words.iter().enumerate() {
        let is_last = place + 1 == words.len();
        let mut known = match is_last {
            true => expansions(searcher, vocabulary, word)?,
            false => {
                let term = Term::from_field_text(vocabulary, word);
                let is_known = searcher.doc_freq(&term)? > 0;
                is_known.then(|| word.clone()).into_iter().collect()
            }
        };
        if known.is_empty() {
            known = spelled_like(searcher, vocabulary, word, is_last)?;
            is_any_else = true;
        }
        wanted.push(known);
    }
    Ok(match is_any_else {
        true => wanted,
        false => Vec::new(),
    })
}

/// Titles that hold one of the words at each place; the newest first, and nodes take turns.
fn titles(
    searcher: &Searcher,
    fields: &Fields,
    wanted: &[Vec<String>],
    limit: usize,
    viewer: Viewer,
) -> tantivy::Result<Vec<SuggestedTitle>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut clauses: Vec<(Occur, Box<dyn Matcher>)> = vec![(Occur::Must, visible(fields, viewer))];
    for words in wanted {
        let term = |word: &String| Term::from_field_text(fields.title_vocab, word);
        let any: Box<dyn Matcher> = match words.as_slice() {
            [] => return Ok(Vec::new()),
            [word] => Box::new(TermQuery::new(term(word), IndexRecordOption::Basic)),
            several => Box::new(TermSetQuery::new(several.iter().map(term))),
        };
        clauses.push((Occur::Must, any));
    }
    let matcher = BooleanQuery::new(clauses);
    let mut found = Vec::new();
    for (_, _, address) in newest(searcher, fields, &matcher, limit)? {
        let document: TantivyDocument = searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str());
        if let (Some(key), Some(title)) = (
            text(fields.key).and_then(Key::parse),
            text(fields.title_text),
        ) {
            found.push(SuggestedTitle {
                key,
                title: title.to_owned(),
            });
        }
    }
    Ok(found)
}

/// Returns the newest documents, of which nodes take turns where the index says whose they are.
fn newest(
    searcher: &Searcher,
    fields: &Fields,
    matcher: &dyn Matcher,
    limit: usize,
) -> tantivy::Result<Vec<Ranked>> {
    let by: &[&str] = &[SORT_AT];
    if !fields.has_likeness() {
        let by = By::Values(by);
        return searcher.search(matcher, &Best { by, limit });
    }
    let candidates = searcher.search(matcher, &BestOfEach { by, limit })?;
    let turns = turns::take(&candidates, limit, limit).into_iter();
    Ok(turns.map(|turn| turn.ranked).collect())
}

/// Returns words of `field` that are spelled nearly like `typed`, those of the most documents; of a word that is not finished
/// those that begin nearly so. Words with the same first letter only, which is rarely the mistake.
fn spelled_like(
    searcher: &Searcher,
    field: Field,
    typed: &str,
    is_beginning: bool,
) -> tantivy::Result<Vec<String>> {
    let letters = typed.chars().count();
    if letters < MIN_CORRECTED_LETTERS || typed.bytes().any(|byte| byte.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let term = Term::from_field_text(field, typed);
    let query = match is_beginning {
        true => FuzzyTermQuery::new_prefix(term, 1, true),
        false => FuzzyTermQuery::new(term, 1, true),
    };
    let automaton = query.automaton()?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut stream = index.terms().search(&automaton).into_stream()?;
        let mut scanned = 0;
        while scanned < MAX_SCANNED && stream.advance() {
            scanned += 1;
            if let Ok(word) = std::str::from_utf8(stream.key())
                && word.chars().next() == typed.chars().next()
            {
                *counts.entry(word.to_owned()).or_default() += u64::from(stream.value().doc_freq);
            }
        }
    }
    let mut words: Vec<(String, u64)> = counts.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(MAX_EXPANSIONS);
    Ok(words.into_iter().map(|(word, _)| word).collect())
}

/// Returns words of `field` that begin with `prefix`: those of the most documents, then the shortest of the others.
fn expansions(searcher: &Searcher, field: Field, prefix: &str) -> tantivy::Result<Vec<String>> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut scanned = 0;
        scan(index.terms(), prefix, |word, documents| {
            *counts.entry(word.to_owned()).or_default() += documents;
            scanned += 1;
            scanned < MAX_SCANNED
        })?;
    }
    let mut words: Vec<(String, u64)> = counts.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if let Some(rarer) = words.get_mut(MAX_EXPANSIONS..) {
        rarer.sort_by_key(|(word, _)| word.len());
    }
    words.truncate(2 * MAX_EXPANSIONS);
    Ok(words.into_iter().map(|(word, _)| word).collect())
}
