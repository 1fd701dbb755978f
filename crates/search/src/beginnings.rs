//! Words that are not finished: which of the words that begin so are meant.
//!
//! The words next to it say that, and only without that how many pages have each. A word that is one itself is
//! read so, and as the beginning of another only where pages have that one next to the word before: *heart fail*.

use std::collections::BTreeMap;

use tantivy::Score;

use crate::english;
use crate::instead::stem_of_subject;
use crate::nearby::Neighbour;
use crate::sought::{Alternative, Rules, Sought};
use crate::typed::{TypedWord, Typing};
use crate::vocabulary::{MAX_COMPARED, MAX_CORRECTIONS, Vocabulary, scan};

/// Words with fewer letters are not taken for the beginning of another, but for the last word, which may not be finished.
const MIN_BEGUN_LETTERS: usize = 4;
const MIN_LAST_BEGUN_LETTERS: usize = 3;

/// Words that begin with one of which each is compared with its neighbours, the most frequent.
const MAX_COMPLETIONS: usize = 16;

/// What a word with its completion counts, as a share of the word itself.
const COMPLETED: f32 = 0.8;
/// How many times as many pages must have the completion next to the word before.
const TIMES_AS_MANY: u32 = 3;

/// Endings that a word has in other forms.
const INFLECTIONS: [&str; 6] = ["", "s", "es", "d", "ed", "ing"];

/// A word that begins with one that was typed.
pub(crate) struct Completion {
    pub(crate) word: String,
    pub(crate) stem: String,
    /// How much its neighbours say for it.
    score: Score,
    /// How many pages have it next to a neighbour.
    pub(crate) next: u32,
}

impl Vocabulary<'_> {
    /// Returns the words that begin with `word`, the most frequent first, those of deleted documents included.
    fn beginning_with(&self, word: &str, min_letters: usize) -> tantivy::Result<Vec<String>> {
        if word.len() < min_letters || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Ok(Vec::new());
        }
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.vocab)?;
            let mut compared = 0;
            scan(index.terms(), word, |found, documents| {
                compared += 1;
                *counts.entry(found.to_owned()).or_default() += documents;
                compared < MAX_COMPARED
            })?;
        }
        let mut found: Vec<(String, u64)> = counts.into_iter().collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(found.into_iter().map(|(word, _)| word).collect())
    }
}

impl Rules<'_> {
    /// Returns the words that begin with the one at `at`, which occurs nowhere: those first that pages have with its
    /// neighbours, and only those if there are any; otherwise the most frequent first.
    pub(crate) fn begun(
        &self,
        words: &[TypedWord],
        at: usize,
        typing: &mut Typing,
        found: &Sought,
    ) -> tantivy::Result<Vec<Completion>> {
        let Some(word) = words.get(at).filter(|word| !word.is_capitals) else {
            // An abbreviation is the beginning of no word.
            return Ok(Vec::new());
        };
        let min_letters = match words.get(at + 1) {
            None => MIN_LAST_BEGUN_LETTERS,
            Some(_) => MIN_BEGUN_LETTERS,
        };
        let begun = self.vocabulary.beginning_with(&word.plain, min_letters)?;
        let completions = completions(&begun, "", typing);
        if completions.is_empty() {
            return Ok(completions);
        }
        let neighbours = self.neighbours(words, at, found)?;
        let completions = self.compared(completions, &neighbours)?;
        self.live(completions)
    }

    /// Returns what else the last word may mean, which occurs: it may be the beginning of another.
    pub(crate) fn unfinished(
        &self,
        words: &[TypedWord],
        at: usize,
        typing: &mut Typing,
        found: &mut Sought,
    ) -> tantivy::Result<Vec<Alternative>> {
        let last = words.get(at).filter(|_| at + 1 == words.len());
        let Some((word, own)) = last.and_then(|word| Some((word, word.stem.as_deref()?))) else {
            return Ok(Vec::new());
        };
        let is_listed = self.expansions.is_none_or(|list| list.knows(own));
        if !self.corrects || is_listed || word.is_capitals || word.is_of_question() {
            return Ok(Vec::new());
        }
        let begun = self
            .vocabulary
            .beginning_with(&word.plain, MIN_LAST_BEGUN_LETTERS)?;
        let completions = completions(&begun, own, typing);
        if completions.is_empty() {
            return Ok(Vec::new());
        }
        let is_form = |begun: &String| {
            let ending = begun.strip_prefix(word.plain.as_str());
            ending.is_some_and(|ending| INFLECTIONS.contains(&ending))
        };
        let neighbours = self.neighbours(words, at, found)?;
        if begun.iter().any(is_form) || english::is_word(&word.plain) {
            let before = neighbours.iter().find(|near| near.gap.is_some());
            return match before {
                Some(before) => self.completed(words, at, before, completions, found),
                None => Ok(Vec::new()),
            };
        }
        // Only its stem is that of a word: *onc* is neither *once* nor *oncology*.
        let completions = self.compared(completions, &neighbours)?;
        let live = self.live(completions)?.into_iter();
        let alternatives = live.map(|completion| {
            found.look_for_too(completion.word);
            Alternative::new(vec![(0, completion.stem)])
        });
        Ok(alternatives.collect())
    }

    /// Returns a word that is one itself with what it may be the beginning of, each next to the word before it, as pages
    /// have it far more often.
    fn completed(
        &self,
        words: &[TypedWord],
        at: usize,
        before: &Neighbour,
        completions: Vec<Completion>,
        found: &mut Sought,
    ) -> tantivy::Result<Vec<Alternative>> {
        let (Some(word), Some(gap)) = (words.get(at), before.gap) else {
            return Ok(Vec::new());
        };
        let (own, gap) = (word.stem.as_deref(), usize::try_from(gap).unwrap_or(1));
        let own = own.unwrap_or_default();
        let mut needed = None;
        let mut alternatives = Vec::new();
        for completion in completions {
            let next = self.vocabulary.together(before, &completion.stem)?.next;
            if next == 0 {
                continue;
            }
            let needed = match needed {
                Some(needed) => needed,
                None => {
                    let own = self.vocabulary.together(before, own)?.next;
                    *needed.insert(own.saturating_mul(TIMES_AS_MANY))
                }
            };
            if next < needed || alternatives.len() >= MAX_CORRECTIONS {
                continue;
            }
            let typed = words.get(at - gap..at).unwrap_or_default().iter();
            let mut text: Vec<&str> = typed.map(|word| word.plain.as_str()).collect();
            text.push(&completion.word);
            found.look_for_too(text.join(" "));
            alternatives.push(Alternative {
                terms: vec![(0, before.stem.clone()), (gap, completion.stem)],
                weight: COMPLETED,
            });
        }
        self.balance(&[(0, own.to_owned())], true, &mut alternatives)?;
        Ok(alternatives)
    }

    /// Orders words by what their neighbours say for each, if they say anything: those that are never with them are left
    /// out.
    fn compared(
        &self,
        mut completions: Vec<Completion>,
        neighbours: &[Neighbour],
    ) -> tantivy::Result<Vec<Completion>> {
        if neighbours.is_empty() {
            return Ok(completions);
        }
        for completion in &mut completions {
            let documents = self.vocabulary.documents(&completion.stem)?;
            for neighbour in neighbours {
                let together = self.vocabulary.together(neighbour, &completion.stem)?;
                completion.score += together.score(documents);
                completion.next = completion.next.saturating_add(together.next);
            }
        }
        if completions.iter().any(|completion| completion.score > 0.0) {
            let is_any_next = completions.iter().any(|completion| completion.next > 0);
            completions.retain(|completion| {
                completion.score > 0.0 && (completion.next > 0 || !is_any_next)
            });
            completions.sort_by(|a, b| b.score.total_cmp(&a.score));
        }
        Ok(completions)
    }

    /// Returns the first words that documents have which still exist.
    fn live(&self, completions: Vec<Completion>) -> tantivy::Result<Vec<Completion>> {
        let mut live = Vec::new();
        for completion in completions {
            if live.len() < MAX_CORRECTIONS && self.vocabulary.is_written(&completion.word)? {
                live.push(completion);
            }
        }
        Ok(live)
    }
}

/// Returns the first of some words whose stem is neither `own` nor that of one before.
fn completions(begun: &[String], own: &str, typing: &mut Typing) -> Vec<Completion> {
    let mut found: Vec<Completion> = Vec::new();
    for word in begun.iter().take(MAX_COMPLETIONS) {
        let Some(stem) = stem_of_subject(word, typing) else {
            continue;
        };
        if stem != own && found.iter().all(|known| known.stem != stem) {
            found.push(Completion {
                word: word.clone(),
                stem,
                score: 0.0,
                next: 0,
            });
        }
    }
    found
}
