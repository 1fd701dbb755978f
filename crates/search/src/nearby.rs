//! How often words are on one page, and next to each other: which word is meant by one that is not finished is what its
//! neighbours say.

use std::cmp::Ordering;

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::query::EnableScoring;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet as _, Score, TERMINATED, Term};

use crate::matching::visible;
use crate::sought::{Rules, Sought};
use crate::typed::TypedWord;
use crate::vocabulary::Vocabulary;

/// Neighbours of one word that are looked at, the nearest first.
const MAX_NEIGHBOURS: usize = 3;
/// Words further apart are not next to each other, whatever stop words are between.
const MAX_GAP: usize = 3;
/// Documents of one pair that are looked at, so that a frequent pair costs no more than a rare one.
const MAX_STEPS: usize = 500;
/// How many pages that have two words apart count as much as one that has them next to each other.
const NEXT: Score = 10.0;

/// A word that was typed near another one.
#[derive(Debug, Clone)]
pub(crate) struct Neighbour {
    pub(crate) stem: String,
    /// The place of the other word less its own place, if both are next to each other but for stop words.
    pub(crate) gap: Option<i64>,
}

/// How many of the documents that were looked at have two words.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Together {
    /// Both, anywhere.
    pub(crate) both: u32,
    /// Both, as they were typed next to each other.
    pub(crate) next: u32,
}

impl Together {
    /// Returns how much this says of a word that a number of documents have: a frequent word is near many others by chance.
    pub(crate) fn score(self, documents: u64) -> Score {
        let count = |count: u32| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        let documents = f32::from(u16::try_from(documents.max(1)).unwrap_or(u16::MAX));
        (NEXT * count(self.next) + count(self.both)) / documents.sqrt()
    }
}

impl Rules<'_> {
    /// Returns the words that were typed near the one at `at` and that say what a search is about, the nearest first.
    pub(crate) fn neighbours(
        &self,
        words: &[TypedWord],
        at: usize,
        found: &Sought,
    ) -> tantivy::Result<Vec<Neighbour>> {
        let mut near: Vec<(usize, i64, String)> = Vec::new();
        for (place, stem) in &found.places {
            near.push((at - place, signed(at) - signed(*place), stem.clone()));
        }
        for (place, word) in words.iter().enumerate().skip(at + 1) {
            let of_subject = !word.is_reading && !word.is_of_question();
            if let Some(stem) = word.stem.as_ref().filter(|_| of_subject)
                && self.vocabulary.documents(stem)? > 0
            {
                near.push((place - at, signed(at) - signed(place), stem.clone()));
            }
        }
        near.sort_by_key(|(distance, ..)| *distance);
        near.truncate(MAX_NEIGHBOURS);
        // Only stop words may be between two words that are next to each other.
        let is_next = |distance: usize, gap: i64| {
            let between = if gap > 0 {
                words.get(at + 1 - distance..at)
            } else {
                words.get(at + 1..at + distance)
            };
            let all_stop = |between: &[TypedWord]| between.iter().all(|word| word.stem.is_none());
            distance <= MAX_GAP && between.is_some_and(all_stop)
        };
        let near = near.into_iter().map(|(distance, gap, stem)| Neighbour {
            stem,
            gap: is_next(distance, gap).then_some(gap),
        });
        Ok(near.collect())
    }
}

impl Vocabulary<'_> {
    /// Counts the documents that a viewer may read with a neighbour and a stem.
    pub(crate) fn together(&self, neighbour: &Neighbour, stem: &str) -> tantivy::Result<Together> {
        let mut found = Together::default();
        let mut steps = MAX_STEPS;
        let readable = visible(self.fields, self.viewer);
        let readable = readable.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        let term = |stem: &str| Term::from_field_text(self.fields.all, stem);
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.all)?;
            let read = |stem: &str| {
                index.read_postings(&term(stem), IndexRecordOption::WithFreqsAndPositions)
            };
            let (Some(mut first), Some(mut second)) = (read(&neighbour.stem)?, read(stem)?) else {
                continue;
            };
            let mut readable = readable.scorer(segment, 1.0)?;
            let alive = segment.alive_bitset();
            while steps > 0 && first.doc() != TERMINATED && second.doc() != TERMINATED {
                steps -= 1;
                let doc = first.doc();
                match doc.cmp(&second.doc()) {
                    Ordering::Less => _ = first.seek(second.doc()),
                    Ordering::Greater => _ = second.seek(doc),
                    Ordering::Equal => {
                        if readable.doc() < doc {
                            readable.seek(doc);
                        }
                        if readable.doc() == doc && alive.is_none_or(|alive| alive.is_alive(doc)) {
                            found.both += 1;
                            found.next +=
                                u32::from(is_next(&mut first, &mut second, neighbour.gap));
                        }
                        first.advance();
                    }
                }
            }
        }
        Ok(found)
    }
}

/// Returns whether the second word is at the place of the first and `gap` in the document that both are at.
fn is_next(first: &mut SegmentPostings, second: &mut SegmentPostings, gap: Option<i64>) -> bool {
    let Some(gap) = gap else {
        return false;
    };
    let (mut of_first, mut of_second) = (Vec::new(), Vec::new());
    first.positions(&mut of_first);
    second.positions(&mut of_second);
    of_first.iter().any(|place| {
        let wanted = u32::try_from(i64::from(*place) + gap);
        wanted.is_ok_and(|wanted| of_second.binary_search(&wanted).is_ok())
    })
}

fn signed(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}
