//! Words that are written as one, with a hyphen or as two: each of these forms is read as the same.
//!
//! No list says which words these are. Two words are one where most pages that have them next to each other write them as
//! one or with a hyphen, as `follow-up`; and what no page writes as one is two, as `wardround`. Of other pairs, such as `set
//! up` and `setup`, each form stays what was typed, and the others are found too.

use tantivy::query::{BooleanQuery, EnableScoring, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, TERMINATED, Term};

use crate::sought::{Alternative, Rules};
use crate::splitting::MIN_ELECTRONIC_LETTERS;
use crate::typed::{MAX_JOINED_BYTES, TypedWord, Typing};
use crate::vocabulary::Vocabulary;
use crate::words::is_phrasal_pair;

/// The shortest word that is parted.
const MIN_PARTED_BYTES: usize = 4;

/// Letters of a part that is found alone, too: shorter ones are in too many words.
const MIN_FAMILY_LETTERS: usize = 5;

/// The two words of one that is also written as two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Their stems, one after the other; the second is `None` for a stop word, which has no place in the index.
    pub(crate) stems: (String, Option<String>),
    /// Stems that are found like words of its family: `prescrib` of `e-prescribing`, `log` of `login`.
    pub(crate) family: Vec<String>,
}

/// How pages write two words that are next to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// No page has them next to each other, nor as one.
    Nowhere,
    /// Most pages write them as one.
    AsOne,
    /// Most pages write them as two, and some as one.
    AsTwo,
    /// No page writes them as one.
    OnlyAsTwo,
}

impl Rules<'_> {
    /// Returns the words that were typed, with those that are one word as one.
    pub(crate) fn compounds(
        &self,
        words: &[TypedWord],
        typing: &mut Typing,
    ) -> tantivy::Result<Vec<TypedWord>> {
        let mut found = Vec::with_capacity(words.len());
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let next = words.get(at + 1);
            if let Some(one) = next
                .map(|next| self.as_one(word, next, typing))
                .transpose()?
                .flatten()
            {
                found.push(one);
                at += 2;
                continue;
            }
            at += 1;
            if next.is_some_and(|next| next.is_reading) || word.is_reading {
                found.push(word.clone());
            } else {
                found.extend(self.as_two(word, typing)?);
            }
        }
        Ok(found)
    }

    /// Returns two words that were typed next to each other as one, if they are.
    fn as_one(
        &self,
        word: &TypedWord,
        next: &TypedWord,
        typing: &mut Typing,
    ) -> tantivy::Result<Option<TypedWord>> {
        // `e-prescribing` is typed as one, with another reading after it.
        let (plain, second) = match next.is_reading {
            true => (Some(word.plain.clone()), next),
            false => (word.joined(next), next),
        };
        let is_of_question = word.is_of_question() || next.is_of_question();
        let Some(plain) = plain.filter(|_| !is_of_question && !word.is_reading) else {
            return Ok(None);
        };
        let one = |stem: String, parts| TypedWord {
            plain,
            stem: Some(stem),
            parts: Some(parts),
            is_reading: false,
            is_capitals: word.is_capitals && next.is_capitals,
            piece: word.piece,
            role: word.role,
        };
        let first = if next.is_reading { "e" } else { &word.plain };
        if is_phrasal_pair(first, &second.plain) {
            let parts = phrasal(first, typing);
            return Ok(typing
                .stem(&format!("{first}{}", second.plain))
                .zip(parts)
                .map(|(stem, parts)| one(stem, parts)));
        }
        let joined = format!("{first}{}", second.plain);
        let Some(stem) = typing.stem(&joined) else {
            return Ok(None);
        };
        // Most words that are next to each other are one nowhere: then how many pages have both need not be counted.
        let as_one = self.vocabulary.documents(&stem)?;
        if as_one == 0 {
            return Ok(None);
        }
        let whole = (stem.as_str(), as_one);
        let Some((parts, written)) = self.parts_of(whole, first, &second.plain, typing)? else {
            return Ok(None);
        };
        let is_one = match written {
            Written::AsOne => true,
            // What was typed with `e-` stays that, if there is a page that has it.
            Written::AsTwo => next.is_reading,
            Written::OnlyAsTwo | Written::Nowhere => false,
        };
        Ok(is_one.then(|| one(stem, parts)))
    }

    /// Returns a word that was typed as one: with its parts, or as two words if no page writes it as one.
    fn as_two(&self, word: &TypedWord, typing: &mut Typing) -> tantivy::Result<Vec<TypedWord>> {
        let mut word = word.clone();
        let (Some(stem), true) = (
            word.stem.clone(),
            (MIN_PARTED_BYTES..=MAX_JOINED_BYTES).contains(&word.plain.len()),
        ) else {
            return Ok(vec![word]);
        };
        let as_one = self.vocabulary.documents(&stem)?;
        for (first, second) in self.vocabulary.parts(&word.plain)? {
            if is_phrasal_pair(&first, &second) {
                word.parts = phrasal(&first, typing);
                return Ok(vec![word]);
            }
            let whole = (stem.as_str(), as_one);
            let Some((parts, written)) = self.parts_of(whole, &first, &second, typing)? else {
                continue;
            };
            match written {
                Written::OnlyAsTwo => {
                    let two = [first, second].map(|plain| TypedWord {
                        stem: typing.stem(&plain),
                        plain,
                        parts: None,
                        ..word.clone()
                    });
                    return Ok(two.into());
                }
                Written::AsOne | Written::AsTwo if word.parts.is_none() => word.parts = Some(parts),
                Written::AsOne | Written::AsTwo | Written::Nowhere => {}
            }
        }
        Ok(vec![word])
    }

    /// Returns the parts of a word, of which the stem and how many pages have it are given, and how pages write them;
    /// `None` where one is a stop word.
    fn parts_of(
        &self,
        (joined, as_one): (&str, u64),
        first: &str,
        second: &str,
        typing: &mut Typing,
    ) -> tantivy::Result<Option<(Parts, Written)>> {
        let (Some(one), Some(other)) = (typing.stem(first), typing.stem(second)) else {
            return Ok(None);
        };
        let (with_one, with_other) = (
            self.vocabulary.documents(&one)?,
            self.vocabulary.documents(&other)?,
        );
        // Where fewer pages have a part than the whole, the count decides nothing: it is enough to know of one page.
        let most = match with_one.min(with_other) {
            fewest if fewest < as_one => 1,
            _ => as_one.saturating_add(1),
        };
        let as_two = self
            .vocabulary
            .next_to_each_other(&one, &other, joined, most)?;
        // `e-prescribing` is in the index joined, with its second part in the same place, and without its first.
        let is_electronic = first == "e" && second.len() >= MIN_ELECTRONIC_LETTERS;
        let in_same_place = if is_electronic { &other } else { &one };
        let has_parts = as_two > 0 || self.vocabulary.is_in_same_place(joined, in_same_place)?;
        let is_long =
            |part: &&String| part.len() >= MIN_FAMILY_LETTERS || (is_electronic && **part == other);
        let family = [&one, &other]
            .into_iter()
            .filter(is_long)
            .filter(|_| has_parts);
        let family = family.cloned().collect();
        let written = match (as_one, as_two) {
            (0, 0) => Written::Nowhere,
            (0, _) => Written::OnlyAsTwo,
            (as_one, as_two) if as_one > as_two => Written::AsOne,
            _ => Written::AsTwo,
        };
        let stems = (one, Some(other));
        Ok(Some((Parts { stems, family }, written)))
    }

    /// Adds the word that this one makes with the word before or after it: `wifi` for `wi fi`.
    pub(crate) fn join(
        &self,
        words: &[TypedWord],
        at: usize,
        typing: &mut Typing,
        alternatives: &mut Vec<Alternative>,
    ) -> tantivy::Result<()> {
        for first in [at.checked_sub(1), Some(at)].into_iter().flatten() {
            let (Some(first), Some(second)) = (words.get(first), words.get(first + 1)) else {
                continue;
            };
            if let Some(joined) = first.joined(second)
                && self.vocabulary.is_written(&joined)?
                && let Some(stem) = typing.stem(&joined)
            {
                add(alternatives, vec![(0, stem)]);
            }
        }
        Ok(())
    }

    /// Adds the two words that this one may be written as: `wi fi` for `wifi`.
    pub(crate) fn part(
        &self,
        word: &TypedWord,
        occurs: bool,
        alternatives: &mut Vec<Alternative>,
    ) -> tantivy::Result<()> {
        match word.parts.as_ref().map(|parts| &parts.stems) {
            Some((first, Some(second))) => {
                add(alternatives, vec![(0, first.clone()), (1, second.clone())]);
            }
            // Where no page has the verb with its particle, the verb is what is left.
            Some((verb, None))
                if !occurs && alternatives.is_empty() && self.vocabulary.documents(verb)? > 0 =>
            {
                add(alternatives, vec![(0, verb.clone())]);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Adds an alternative of full weight, unless it is there.
fn add(alternatives: &mut Vec<Alternative>, terms: Vec<(usize, String)>) {
    if !alternatives.iter().any(|known| known.terms == terms) {
        alternatives.push(Alternative::new(terms));
    }
}

/// Returns the parts of a verb with its particle, which is a stop word.
fn phrasal(verb: &str, typing: &mut Typing) -> Option<Parts> {
    let verb = typing.stem(verb)?;
    Some(Parts {
        family: vec![verb.clone()],
        stems: (verb, None),
    })
}

impl Vocabulary<'_> {
    /// Returns how many documents have two stems next to each other, and not joined; no more than `most` are counted.
    fn next_to_each_other(
        &self,
        first: &str,
        second: &str,
        joined: &str,
        most: u64,
    ) -> tantivy::Result<u64> {
        let term = |stem: &str| Term::from_field_text(self.fields.all, stem);
        let phrase = PhraseQuery::new(vec![term(first), term(second)]);
        let joined = TermQuery::new(term(joined), IndexRecordOption::Basic);
        let query = BooleanQuery::new(vec![
            (Occur::Must, Box::new(phrase)),
            (Occur::MustNot, Box::new(joined)),
        ]);
        self.count(&query, most)
    }

    /// Returns whether a document has two stems in one place, as two readings of one word.
    fn is_in_same_place(&self, one: &str, other: &str) -> tantivy::Result<bool> {
        let term = |stem: &str| Term::from_field_text(self.fields.all, stem);
        let both = PhraseQuery::new_with_offset(vec![(0, term(one)), (0, term(other))]);
        Ok(self.count(&both, 1)? > 0)
    }

    /// Counts the documents that match, up to `most`.
    fn count(&self, query: &dyn Query, most: u64) -> tantivy::Result<u64> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        let mut count = 0;
        for segment in self.searcher.segment_readers() {
            let mut documents = weight.scorer(segment, 1.0)?;
            let alive = segment.alive_bitset();
            while documents.doc() != TERMINATED && count < most {
                if alive.is_none_or(|alive| alive.is_alive(documents.doc())) {
                    count += 1;
                }
                documents.advance();
            }
        }
        Ok(count)
    }
}
