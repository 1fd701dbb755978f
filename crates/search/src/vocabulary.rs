//! What the dictionaries of the index know: whether a word occurs, words that are spelled like it, and words of its
//! family.
//!
//! The index holds public documents only, so no answer gives away a word of any other. A dictionary keeps the words of
//! deleted documents until their segment is rewritten; a word is proposed only if a document that still exists has it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use tantivy::query::{BooleanQuery, EnableScoring, FuzzyTermQuery, Query as _, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet as _, Searcher, TERMINATED, Term};
use wire::Viewer;

use crate::english;
use crate::families::{Families, Family};
use crate::matching::visible;
use crate::schema::Fields;
use crate::statistics::Statistics;
use crate::words::is_phrasal_pair;

/// Words with fewer letters are not corrected: too many are one letter away.
pub(crate) const MIN_CORRECTED_LETTERS: usize = 4;
/// Words with so few letters keep their first one, if it has not changed places with the second.
const MAX_LETTERS_OF_SAME_FIRST: usize = 4;
/// Letters from which on two mistakes are corrected.
const MIN_LETTERS_FOR_TWO: usize = 8;
/// Letters of words of which one may have moved by more than a place: such a word is two letters away, and hardly another.
const LETTERS_OF_MOVED: usize = 7;
/// Words of the dictionary that are compared for one correction, in each segment.
pub(crate) const MAX_COMPARED: usize = 2_000;
/// A word in no more documents may be a mistake that its authors made, too.
const MAX_DOCUMENTS_OF_MISTAKE: u64 = 2;
/// How many times as many documents must have the word that is meant instead.
const TIMES_AS_MANY: u64 = 30;

/// Corrections of one word that are used.
pub(crate) const MAX_CORRECTIONS: usize = 3;
/// Proposals that are looked up in documents, to find one that still exists.
const MAX_LOOKED_UP: usize = 12;

/// What another first letter counts: it is rarely the mistake.
const OTHER_FIRST_LETTER: f32 = 0.5;
/// What a wrong or an extra letter counts. Letters that changed places, one that is missing and one that is doubled are the
/// mistakes that people make most, and can happen in fewer ways to one word.
const RARE_MISTAKE: f32 = 0.25;
/// What a word gains by being frequent.
const FREQUENCY: f32 = 0.12;

/// Letters that words of one family begin with. Shorter stems have no family: too many words begin like them.
const FAMILY_PREFIX: usize = 5;
/// How alike two stems of a family are at least: the letters of their common beginning, as a share of all.
const MIN_ALIKE: f32 = 0.7;
/// Words of a family that are used, the most similar ones.
const MAX_FAMILY: usize = 8;
/// Words with the beginning of a family that are compared, in each segment.
const MAX_FAMILY_COMPARED: usize = 500;

/// The dictionaries of an index.
pub(crate) struct Vocabulary<'a> {
    pub(crate) searcher: &'a Searcher,
    pub(crate) statistics: &'a Statistics<'a>,
    pub(crate) fields: &'a Fields,
    pub(crate) families: &'a Families,
    /// Who may read the documents that words are proposed from.
    pub(crate) viewer: Viewer,
}

/// A word of the index that may be meant by one that does not occur.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Correction {
    /// The word as documents write it.
    pub(crate) word: String,
    /// How many letters differ, 1 or 2.
    pub(crate) distance: u8,
    /// Lower is more likely.
    rank: f32,
}

impl Vocabulary<'_> {
    /// Returns in how many documents a stem occurs; deleted ones are left out where a segment has few of them.
    pub(crate) fn documents(&self, stem: &str) -> tantivy::Result<u64> {
        self.statistics
            .frequency(&Term::from_field_text(self.fields.all, stem))
    }

    /// Returns how much a stem says, as BM25 has it: more of a rare one.
    pub(crate) fn idf(&self, stem: &str) -> tantivy::Result<f32> {
        self.statistics
            .idf(&Term::from_field_text(self.fields.all, stem))
    }

    /// Returns whether a document that still exists has the word, as it is written.
    pub(crate) fn is_written(&self, word: &str) -> tantivy::Result<bool> {
        self.is_live(&Term::from_field_text(self.fields.vocab, word))
    }

    fn is_live(&self, term: &Term) -> tantivy::Result<bool> {
        if self.searcher.doc_freq(term)? == 0 {
            return Ok(false);
        }
        let term = TermQuery::new(term.clone(), IndexRecordOption::Basic);
        let readable = visible(self.fields, self.viewer);
        let both = BooleanQuery::intersection(vec![Box::new(term), readable]);
        let weight = both.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        for segment in self.searcher.segment_readers() {
            let mut documents = weight.scorer(segment, 1.0)?;
            let alive = segment.alive_bitset();
            while documents.doc() != TERMINATED {
                if alive.is_none_or(|alive| alive.is_alive(documents.doc())) {
                    return Ok(true);
                }
                documents.advance();
            }
        }
        Ok(false)
    }

    /// Returns the words that are most likely meant by `word`, which does not occur; the best first.
    pub(crate) fn corrections(&self, word: &str) -> tantivy::Result<Vec<Correction>> {
        let letters = word.chars().count();
        if letters < MIN_CORRECTED_LETTERS || word.bytes().any(|byte| byte.is_ascii_digit()) {
            return Ok(Vec::new());
        }
        // Nearer words are better whatever else they are, so those two letters away are looked for only where there is none.
        let furthest = if letters < MIN_LETTERS_FOR_TWO { 1 } else { 2 };
        let mut found = Vec::new();
        for distance in 1..=furthest {
            found = self.within(word, distance)?;
            if !found.is_empty() {
                break;
            }
        }
        if found.is_empty() && letters == LETTERS_OF_MOVED {
            found = self.within(word, 2)?;
            found.retain(|correction| has_moved_letter(word, &correction.word));
        }
        found.sort_by(|a, b| a.rank.total_cmp(&b.rank).then_with(|| a.word.cmp(&b.word)));
        if letters <= MAX_LETTERS_OF_SAME_FIRST {
            found.retain(|correction| begin_alike(word, &correction.word));
        }
        // The dictionaries count deleted documents.
        found.truncate(MAX_LOOKED_UP);
        for correction in &mut found {
            let term = Term::from_field_text(self.fields.vocab, &correction.word);
            correction.rank = rank(word, &correction.word, self.statistics.frequency(&term)?);
        }
        found.sort_by(|a, b| a.rank.total_cmp(&b.rank).then_with(|| a.word.cmp(&b.word)));
        let mut live = Vec::new();
        for correction in found {
            if live.len() < MAX_CORRECTIONS && self.is_written(&correction.word)? {
                live.push(correction);
            }
        }
        Ok(live)
    }

    /// Returns the word that is probably meant by one that hardly any document has; `None` if it is no mistake.
    pub(crate) fn meant_by_rare(&self, word: &str) -> tantivy::Result<Option<String>> {
        let letters = word.chars().count();
        let is_right = word.bytes().any(|byte| byte.is_ascii_digit()) || english::is_word(word);
        if letters < MIN_CORRECTED_LETTERS || is_right {
            return Ok(None);
        }
        let of_word = |word: &str| {
            let term = Term::from_field_text(self.fields.vocab, word);
            self.searcher.doc_freq(&term)
        };
        let documents = of_word(word)?;
        if !(1..=MAX_DOCUMENTS_OF_MISTAKE).contains(&documents) {
            return Ok(None);
        }
        let mut found = self.within(word, 1)?;
        found.retain(|correction| correction.word != word);
        found.sort_by(|a, b| a.rank.total_cmp(&b.rank).then_with(|| a.word.cmp(&b.word)));
        let Some(best) = found.into_iter().next() else {
            return Ok(None);
        };
        let is_meant = of_word(&best.word)? >= documents * TIMES_AS_MANY;
        Ok(is_meant.then_some(best.word))
    }

    /// Returns the words of the dictionary that differ in this number of letters; two that changed places count as one.
    fn within(&self, word: &str, distance: u8) -> tantivy::Result<Vec<Correction>> {
        let term = Term::from_field_text(self.fields.vocab, word);
        let automaton = FuzzyTermQuery::new(term, distance, true).automaton()?;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.vocab)?;
            let mut stream = index.terms().search(&automaton).into_stream()?;
            let mut compared = 0;
            while compared < MAX_COMPARED && stream.advance() {
                compared += 1;
                if let Ok(found) = std::str::from_utf8(stream.key()) {
                    *counts.entry(found.to_owned()).or_default() +=
                        u64::from(stream.value().doc_freq);
                }
            }
        }
        let corrections = counts.into_iter().map(|(found, documents)| Correction {
            rank: rank(word, &found, documents),
            word: found,
            distance,
        });
        Ok(corrections.collect())
    }

    /// Returns the stems that begin like `stem` and are nearly it, such as `polarograph` for `polarographi`, each with how
    /// alike it is, `0..1`; the most similar first.
    pub(crate) fn family(&self, stem: &str) -> tantivy::Result<Family> {
        let find = || self.found_family(stem);
        self.families.family(self.searcher, stem, find)
    }

    fn found_family(&self, stem: &str) -> tantivy::Result<Family> {
        let mut found: BTreeMap<String, f32> = BTreeMap::new();
        let Some(prefix) = stem.get(..FAMILY_PREFIX) else {
            return Ok(Vec::new());
        };
        if !stem.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Ok(Vec::new());
        }
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.all)?;
            let mut compared = 0;
            scan(index.terms(), prefix, |other, _| {
                compared += 1;
                let alike = alike(stem, other);
                if other != stem && alike >= MIN_ALIKE {
                    found.insert(other.to_owned(), alike);
                }
                compared < MAX_FAMILY_COMPARED
            })?;
        }
        let mut found: Vec<(String, f32)> = found.into_iter().collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(MAX_FAMILY);
        Ok(found)
    }

    /// Returns the pairs of words that a word written as one may be: `wi` and `fi` of `wifi`, `covid` and `19` of `covid19`.
    /// Both occur, or are a verb and its particle.
    pub(crate) fn parts(&self, word: &str) -> tantivy::Result<Vec<(String, String)>> {
        let letters = word.bytes().take_while(u8::is_ascii_lowercase).count();
        let is_code =
            letters < word.len() && word.bytes().skip(letters).all(|byte| byte.is_ascii_digit());
        let places = match letters {
            0 => 0..0,
            _ if is_code => letters..letters + 1,
            all if all == word.len() => 1..all,
            _ => 0..0,
        };
        let mut found = Vec::new();
        for at in places {
            let (first, second) = word.split_at(at);
            let both = || (first.to_owned(), second.to_owned());
            if is_phrasal_pair(first, second) {
                return Ok(vec![both()]);
            }
            // One letter at the end is rarely a word: most are the letter of a plural.
            let is_part = is_code || second.len() > 1;
            // The `e` of `e-prescribing` is in no dictionary.
            let occurs = |part: &str| {
                Ok::<_, tantivy::TantivyError>(part == "e" || self.has(self.fields.vocab, part)?)
            };
            if is_part && occurs(first)? && occurs(second)? {
                found.push(both());
            }
        }
        Ok(found)
    }

    fn has(&self, field: Field, word: &str) -> tantivy::Result<bool> {
        let term = Term::from_field_text(field, word);
        Ok(self.searcher.doc_freq(&term)? > 0)
    }
}

/// Gives the words of a dictionary that begin with `prefix`, each with its number of documents, until `each` returns
/// `false`.
pub(crate) fn scan(
    terms: &tantivy::termdict::TermDictionary,
    prefix: &str,
    mut each: impl FnMut(&str, u64) -> bool,
) -> tantivy::Result<()> {
    let mut stream = terms.range().ge(prefix.as_bytes()).into_stream()?;
    while stream.advance() {
        let Ok(word) = std::str::from_utf8(stream.key()) else {
            continue;
        };
        if !word.starts_with(prefix) || !each(word, u64::from(stream.value().doc_freq)) {
            break;
        }
    }
    Ok(())
}

/// Returns how unlikely it is that `typed` was meant to be a word that a number of documents have.
fn rank(typed: &str, meant: &str, documents: u64) -> f32 {
    let other_first = typed.chars().next() != meant.chars().next();
    let penalty = if other_first { OTHER_FIRST_LETTER } else { 0.0 };
    penalty + mistake(typed, meant) - FREQUENCY * float(documents + 1).ln()
}

/// Returns what the mistake counts that made `typed` of `meant`.
fn mistake(typed: &str, meant: &str) -> f32 {
    let (typed, meant): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
    let is_common = match typed.len().cmp(&meant.len()) {
        Ordering::Less => true,
        // A letter that changed places with the next differs in two places.
        Ordering::Equal => typed.iter().zip(&meant).filter(|(a, b)| a != b).count() == 2,
        Ordering::Greater => {
            let mut rest = typed.clone();
            rest.dedup();
            let mut once = meant;
            once.dedup();
            rest == once
        }
    };
    if is_common { 0.0 } else { RARE_MISTAKE }
}

/// Returns whether a word of some letters has another first letter in place of its own, and is the same otherwise: it is more
/// probably another word than a mistake.
pub(crate) fn begins_otherwise(typed: &str, meant: &str) -> bool {
    let rest = |word: &str| word.chars().skip(1).collect::<String>();
    // A letter of another script that looks like the right one is a mistake.
    let of_latin = typed.chars().next().filter(char::is_ascii_alphabetic);
    typed.chars().count() < MIN_LETTERS_FOR_TWO
        && of_latin.is_some()
        && of_latin != meant.chars().next()
        && rest(typed) == rest(meant)
}

/// Returns whether two words are the same without one letter, which is at another place in each.
fn has_moved_letter(typed: &str, meant: &str) -> bool {
    let (typed, meant): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
    let without = |letters: &[char], at: usize| {
        let mut letters = letters.to_vec();
        letters.remove(at);
        letters
    };
    let is_moved = |from: usize, to: usize| {
        typed.get(from) == meant.get(to) && without(&typed, from) == without(&meant, to)
    };
    typed.len() == meant.len()
        && (0..typed.len()).any(|from| (0..meant.len()).any(|to| is_moved(from, to)))
}

/// Returns whether two words have the same first letter, or their first two in turned order.
fn begin_alike(typed: &str, meant: &str) -> bool {
    let first_two = |word: &str| {
        let mut letters = word.chars();
        (letters.next(), letters.next())
    };
    let (typed, meant) = (first_two(typed), first_two(meant));
    typed.0 == meant.0 || (typed.0 == meant.1 && typed.1 == meant.0)
}

fn alike(a: &str, b: &str) -> f32 {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    2.0 * float(same) / float(a.len() + b.len())
}

fn float(count: impl TryInto<u16>) -> f32 {
    f32::from(count.try_into().unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_can_have_moved() {
        for (typed, meant, is_moved) in [
            ("viurtal", "virtual", true),
            ("amebint", "ambient", true),
            ("lvirtua", "virtual", true),
            ("viurtal", "virtues", false),
            ("amebent", "ambient", false),
            ("virtula", "virtual", true),
            ("vitual", "virtual", false),
        ] {
            assert_eq!(has_moved_letter(typed, meant), is_moved, "{typed} {meant}");
        }
    }

    #[test]
    fn mistakes_that_people_make_most_count_less() {
        for (typed, meant, is_common) in [
            ("worsm", "worms", true),
            ("statn", "statin", true),
            ("occassion", "occasion", true),
            ("wardd", "ward", true),
            ("statn", "state", false),
            ("statn", "stat", false),
            ("beter", "beer", false),
            ("dedect", "detect", false),
        ] {
            let counts = mistake(typed, meant);
            assert_eq!(counts == 0.0, is_common, "{typed} {meant}");
        }
    }
}
