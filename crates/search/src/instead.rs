//! What is searched for in place of a word that occurs nowhere: words that begin with it, or that are spelled like it.
//!
//! A word of English is spelt right. Others are searched for in its place only where pages have them next to the other words,
//! and are offered otherwise.

use crate::beginnings::Completion;
use crate::english;
use crate::sought::{Alternative, Corrected, Rules, Sought};
use crate::typed::{TypedWord, Typing, is_of_question};
use crate::vocabulary::{MAX_CORRECTIONS, begins_otherwise};

/// What the corrections of a word count, the most likely first, and how much less two letters apart count.
const CORRECTION_WEIGHTS: [f32; MAX_CORRECTIONS] = [1.0, 0.4, 0.2];
const SECOND_LETTER: f32 = 0.8;

/// Words that are looked up to be corrected in one search: each costs a walk through the dictionary.
const MAX_CORRECTED_WORDS: usize = 8;

/// A word that may be meant by one that was typed.
struct Meant {
    word: String,
    stem: String,
    weight: f32,
}

/// Returns the stem of a word that can be what a search is about: `what` is not what `whan` was meant to be.
pub(crate) fn stem_of_subject(word: &str, typing: &mut Typing) -> Option<String> {
    let is_of_question = is_of_question(word);
    typing.stem(word).filter(|_| !is_of_question)
}

impl Rules<'_> {
    /// Returns the words that were probably meant by the one at `at`, which does not occur: those that begin with it, or else
    /// those that are spelled like it.
    pub(crate) fn instead(
        &self,
        words: &[TypedWord],
        at: usize,
        typing: &mut Typing,
        found: &mut Sought,
    ) -> tantivy::Result<Vec<Alternative>> {
        let Some(word) = words.get(at) else {
            return Ok(Vec::new());
        };
        let stem = word.stem.as_deref().unwrap_or_default();
        let is_listed = self.expansions.is_some_and(|list| list.knows(stem));
        if !self.corrects || is_listed || found.looked_up >= MAX_CORRECTED_WORDS {
            return Ok(Vec::new());
        }
        found.looked_up += 1;
        let is_right = english::is_word(&word.plain);
        let begun = self.begun(words, at, typing, found)?;
        let is_begun = begun
            .first()
            .is_some_and(|first| !is_right || first.next > 0);
        let mut meant = self.weighed(begun)?;
        if meant.is_empty() {
            meant = self.spelled_like(&word.plain, typing)?;
        }
        if let Some(best) = meant.first()
            && !is_begun
            && (is_right || begins_otherwise(&word.plain, &best.word))
        {
            let offered = Corrected {
                typed: word.plain.clone(),
                word: best.word.clone(),
            };
            found.offered.push(offered);
            return Ok(Vec::new());
        }
        Ok(in_place_of(word, meant, found))
    }

    /// Returns words that begin with one, with what each counts: as much as the first.
    fn weighed(&self, begun: Vec<Completion>) -> tantivy::Result<Vec<Meant>> {
        let mut goal = None;
        let mut meant = Vec::with_capacity(begun.len());
        for Completion { word, stem, .. } in begun {
            let idf = self.vocabulary.idf(&stem)?;
            let goal = *goal.get_or_insert(idf);
            let weight = (goal / idf.max(f32::MIN_POSITIVE)).min(1.0);
            meant.push(Meant { word, stem, weight });
        }
        Ok(meant)
    }

    /// Returns the words that are spelled nearly like one, the most likely first.
    fn spelled_like(&self, plain: &str, typing: &mut Typing) -> tantivy::Result<Vec<Meant>> {
        let mut meant: Vec<Meant> = Vec::new();
        for correction in self.vocabulary.corrections(plain)? {
            let Some(stem) = stem_of_subject(&correction.word, typing) else {
                continue;
            };
            if meant.iter().any(|known| known.stem == stem) {
                continue;
            }
            let Some(weight) = CORRECTION_WEIGHTS.get(meant.len()) else {
                break;
            };
            let of_distance = if correction.distance > 1 {
                SECOND_LETTER
            } else {
                1.0
            };
            meant.push(Meant {
                word: correction.word,
                stem,
                weight: weight * of_distance,
            });
        }
        Ok(meant)
    }
}

/// Returns what is searched for in place of a word, and notes it.
fn in_place_of(word: &TypedWord, meant: Vec<Meant>, found: &mut Sought) -> Vec<Alternative> {
    let mut alternatives = Vec::with_capacity(meant.len());
    for (place, one) in meant.into_iter().enumerate() {
        if place == 0 {
            let corrected = Corrected {
                typed: word.plain.clone(),
                word: one.word,
            };
            if !found.corrected.contains(&corrected) {
                found.corrected.push(corrected);
            }
        } else if !found.also_meant.contains(&one.word) {
            found.also_meant.push(one.word);
        }
        alternatives.push(Alternative {
            terms: vec![(0, one.stem)],
            weight: one.weight,
        });
    }
    alternatives
}
