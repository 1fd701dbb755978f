//! What is searched for in place of a word that occurs nowhere: words that begin with it, or that are spelled like it.

use crate::sought::{Alternative, Corrected, Rules, Sought};
use crate::typed::{TypedWord, Typing, is_of_question};
use crate::vocabulary::MAX_CORRECTIONS;

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
fn stem_of_subject(word: &str, typing: &mut Typing) -> Option<String> {
    let is_of_question = is_of_question(word);
    typing.stem(word).filter(|_| !is_of_question)
}

impl Rules<'_> {
    /// Returns the words that were probably meant by one that does not occur: those that begin with it, or else those that
    /// are spelled like it.
    pub(crate) fn instead(
        &self,
        word: &TypedWord,
        is_last: bool,
        typing: &mut Typing,
        found: &mut Sought,
    ) -> tantivy::Result<Vec<Alternative>> {
        let stem = word.stem.as_deref().unwrap_or_default();
        let is_listed = self.expansions.is_some_and(|list| list.knows(stem));
        if !self.corrects || is_listed || found.looked_up >= MAX_CORRECTED_WORDS {
            return Ok(Vec::new());
        }
        found.looked_up += 1;
        let mut meant = Vec::new();
        // An abbreviation is the beginning of no word.
        if !word.is_capitals {
            meant = self.begun(&word.plain, is_last, typing)?;
        }
        if meant.is_empty() {
            meant = self.spelled_like(&word.plain, typing)?;
        }
        let mut meant = meant.into_iter();
        let Some(best) = meant.next() else {
            return Ok(Vec::new());
        };
        let mut alternatives = vec![Alternative {
            terms: vec![(0, best.stem)],
            weight: best.weight,
        }];
        for other in meant {
            alternatives.push(Alternative {
                terms: vec![(0, other.stem)],
                weight: other.weight,
            });
            if !found.also_meant.contains(&other.word) {
                found.also_meant.push(other.word);
            }
        }
        let corrected = Corrected {
            typed: word.plain.clone(),
            word: best.word,
        };
        if !found.corrected.contains(&corrected) {
            found.corrected.push(corrected);
        }
        Ok(alternatives)
    }

    /// Returns the words that begin with one, the most frequent first. Each counts as much as that.
    fn begun(
        &self,
        plain: &str,
        is_last: bool,
        typing: &mut Typing,
    ) -> tantivy::Result<Vec<Meant>> {
        let mut meant: Vec<Meant> = Vec::new();
        let mut most_frequent = None;
        for word in self.vocabulary.beginning_with(plain, is_last)? {
            let Some(stem) = stem_of_subject(&word, typing) else {
                continue;
            };
            if meant.len() < MAX_CORRECTIONS && meant.iter().all(|known| known.stem != stem) {
                let idf = self.vocabulary.idf(&stem)?;
                let goal = *most_frequent.get_or_insert(idf);
                let weight = (goal / idf.max(f32::MIN_POSITIVE)).min(1.0);
                meant.push(Meant { word, stem, weight });
            }
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
