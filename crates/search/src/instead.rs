//! What is searched for in place of a word that occurs nowhere: words that begin with it, or that are spelled like it.
//!
//! A word of English is spelt right. One that is it with two letters in turned order, and that pages have next to the other
//! words, is offered. Others are searched for in its place only where pages have them next to the other words, and are
//! offered otherwise.

use crate::asking::is_of_question;
use crate::beginnings::Completion;
use crate::english;
use crate::sought::{Alternative, Corrected, Rules, Sought};
use crate::typed::{TypedWord, Typing};
use crate::vocabulary::{MAX_CORRECTIONS, begins_otherwise};
use crate::words::is_phrasal_pair;

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
        if is_right && let Some(turned) = self.turned(words, at, typing, found)? {
            found.offer(word, turned);
            return Ok(Vec::new());
        }
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
            found.offer(word, best.word.clone());
            return Ok(Vec::new());
        }
        Ok(in_place_of(word, meant, found))
    }

    /// Returns the word that the one at `at` is with two letters in turned order, if pages have that next to a word that was
    /// typed next to this one: *sign on* for *sing on*. It is more probably meant than a word that begins so.
    fn turned(
        &self,
        words: &[TypedWord],
        at: usize,
        typing: &mut Typing,
        found: &Sought,
    ) -> tantivy::Result<Option<String>> {
        let Some(word) = words.get(at) else {
            return Ok(None);
        };
        let neighbours = self.neighbours(words, at, found)?;
        for turned in turns(&word.plain) {
            if !self.vocabulary.is_written(&turned)? {
                continue;
            }
            let Some(stem) = stem_of_subject(&turned, typing) else {
                continue;
            };
            // A particle has no place of its own: pages have the verb and it as one word, too.
            if let Some(next) = words.get(at + 1)
                && is_phrasal_pair(&turned, &next.plain)
                && let Some(joined) = typing.stem(&format!("{turned}{}", next.plain))
                && self.vocabulary.documents(&joined)? > 0
            {
                return Ok(Some(turned));
            }
            for neighbour in neighbours.iter().filter(|near| near.gap.is_some()) {
                if self.vocabulary.together(neighbour, &stem)?.next > 0 {
                    return Ok(Some(turned));
                }
            }
        }
        Ok(None)
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

/// Returns a word with each two of its neighbouring letters in turned order.
fn turns(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let turned = (1..letters.len()).map(|at| {
        let mut turned = letters.clone();
        turned.swap(at - 1, at);
        turned
    });
    let others = turned.filter(|turned| *turned != letters);
    others.map(|turned| turned.into_iter().collect()).collect()
}

impl Sought {
    /// Offers a word that may have been meant, and that is not searched for.
    fn offer(&mut self, word: &TypedWord, meant: String) {
        self.offered.push(Corrected {
            typed: word.plain.clone(),
            word: meant,
        });
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
