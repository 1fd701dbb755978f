//! The vectors as bytes: of the words, sorted, and of the documents, by their ids.
//!
//! All numbers are little-endian. After the head, whose checksum covers what follows: the end of each word in the text of
//! all words, 4 bytes; that text; the weight and the step of each word, 4 bytes each; the words' vectors; the ids of the
//! documents, 8 bytes each, in order; the inverse length of each document's vector, 4 bytes; the documents' vectors.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::{Deref, Range};

use crate::bytes::{Ordered, checksum, dot, f32_at, number, real, search, u32_at, u64_at};
use crate::space::{Point, Space, sum};
use crate::{DIMENSIONS, row};

/// Words that have a vector, at most: those that are in the most documents. Training needs 1.2 kB for each.
pub const MAX_TERMS: usize = 40_000;

/// Documents that have a vector, at most: a search looks at each.
pub const MAX_DOCUMENTS: usize = 1_000_000;

const MAGIC: &[u8; 8] = b"wrlatent";
/// The format of the bytes.
const VERSION: u32 = 1;
const HEAD_BYTES: usize = 48;

/// Why bytes cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum VectorsError {
    /// They are not vectors, or of another format.
    #[error("the vectors have an unknown format")]
    Format,
    /// They are shorter or longer than they say.
    #[error("the vectors are cut off")]
    Length,
    /// They have changed since they were written.
    #[error("the checksum of the vectors is wrong")]
    Checksum,
}

/// Vectors to look up and to compare, wherever their bytes are.
#[derive(Debug)]
pub struct Vectors<B> {
    bytes: B,
    generation: u64,
    terms: usize,
    documents: usize,
    sections: Sections,
}

/// Where what is in the bytes.
#[derive(Debug)]
struct Sections {
    term_ends: Range<usize>,
    text: Range<usize>,
    weights: Range<usize>,
    steps: Range<usize>,
    term_vectors: Range<usize>,
    ids: Range<usize>,
    inverse_lengths: Range<usize>,
    vectors: Range<usize>,
}

impl Sections {
    /// Returns the sections for a number of words, bytes of text and documents; `None` beyond what can be addressed.
    fn new(terms: usize, text: usize, documents: usize) -> Option<Self> {
        let mut end = HEAD_BYTES;
        let mut next = |count: usize, width: usize| -> Option<Range<usize>> {
            let start = end;
            end = start.checked_add(count.checked_mul(width)?)?;
            Some(start..end)
        };
        Some(Self {
            term_ends: next(terms, 4)?,
            text: next(text, 1)?,
            weights: next(terms, 4)?,
            steps: next(terms, 4)?,
            term_vectors: next(terms, DIMENSIONS)?,
            ids: next(documents, 8)?,
            inverse_lengths: next(documents, 4)?,
            vectors: next(documents, DIMENSIONS)?,
        })
    }
}

impl Vectors<Vec<u8>> {
    /// Returns the vectors of words, which are in order, and of documents; of two with one id, one is kept. `generation`
    /// says what they were made from.
    #[must_use]
    pub fn new(
        space: &Space,
        words: &[String],
        mut documents: Vec<(u64, Point)>,
        generation: u64,
    ) -> Self {
        documents.sort_by_key(|(id, _)| *id);
        documents.dedup_by_key(|(id, _)| *id);
        documents.truncate(MAX_DOCUMENTS);
        let text: usize = words.iter().map(String::len).sum();
        let mut bytes = head(words.len(), text, documents.len(), generation);
        let mut end = 0;
        for word in words {
            end += word.len();
            bytes.extend(number(end).to_le_bytes());
        }
        words.iter().for_each(|word| bytes.extend(word.as_bytes()));
        let floats = space.weights.iter().chain(&space.steps);
        floats.for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend(space.vectors.iter().map(|byte| byte.cast_unsigned()));
        for (id, _) in &documents {
            bytes.extend(id.to_le_bytes());
        }
        for (_, point) in &documents {
            bytes.extend(point.inverse_length.to_le_bytes());
        }
        for (_, point) in &documents {
            bytes.extend(point.bytes.iter().map(|byte| byte.cast_unsigned()));
        }
        let sum = checksum(bytes.get(HEAD_BYTES..).unwrap_or_default());
        if let Some(slot) = bytes.get_mut(40..HEAD_BYTES) {
            slot.copy_from_slice(&sum.to_le_bytes());
        }
        let (terms, documents) = (words.len(), documents.len());
        let sections = Sections::new(terms, text, documents).unwrap_or(Sections::EMPTY);
        Self {
            bytes,
            generation,
            terms,
            documents,
            sections,
        }
    }

    /// Returns the bytes to keep.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Sections {
    const EMPTY: Self = Self {
        term_ends: 0..0,
        text: 0..0,
        weights: 0..0,
        steps: 0..0,
        term_vectors: 0..0,
        ids: 0..0,
        inverse_lengths: 0..0,
        vectors: 0..0,
    };
}

fn head(terms: usize, text: usize, documents: usize, generation: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_BYTES);
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    for count in [DIMENSIONS, terms, text, documents] {
        bytes.extend(number(count).to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(generation.to_le_bytes());
    bytes.extend([0; 8]);
    bytes
}

impl<B: Deref<Target = [u8]>> Vectors<B> {
    /// Reads bytes that [`Vectors::into_bytes`] returned.
    ///
    /// # Errors
    /// If they are anything else.
    pub fn open(bytes: B) -> Result<Self, VectorsError> {
        let all: &[u8] = &bytes;
        if all.get(..8) != Some(MAGIC) || u32_at(all, 8) != Some(VERSION) {
            return Err(VectorsError::Format);
        }
        let count = |offset| u32_at(all, offset).and_then(|count| usize::try_from(count).ok());
        let (Some(DIMENSIONS), Some(terms), Some(text), Some(documents)) =
            (count(12), count(16), count(20), count(24))
        else {
            return Err(VectorsError::Format);
        };
        let sections = Sections::new(terms, text, documents).ok_or(VectorsError::Length)?;
        if sections.vectors.end != all.len() {
            return Err(VectorsError::Length);
        }
        let (Some(generation), Some(sum)) = (u64_at(all, 32), u64_at(all, 40)) else {
            return Err(VectorsError::Length);
        };
        if checksum(all.get(HEAD_BYTES..).unwrap_or_default()) != sum {
            return Err(VectorsError::Checksum);
        }
        Ok(Self {
            bytes,
            generation,
            terms,
            documents,
            sections,
        })
    }

    /// Returns what the vectors were made from.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns how many documents have a vector.
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// Returns the words that have a vector, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        (0..self.terms).map(|term| self.word(term))
    }

    /// Returns the same vectors without some words and documents.
    pub fn without(
        &self,
        keeps_word: impl Fn(&str) -> bool,
        keeps_id: impl Fn(u64) -> bool,
    ) -> Vectors<Vec<u8>> {
        let mut space = Space::default();
        let mut words = Vec::new();
        for (term, word) in self
            .words()
            .enumerate()
            .filter(|(_, word)| keeps_word(word))
        {
            words.push(word.to_owned());
            let number = |section: &Range<usize>| f32_at(self.section(section), 4 * term);
            space.weights.extend(number(&self.sections.weights));
            space.steps.extend(number(&self.sections.steps));
            let vector = row(self.section(&self.sections.term_vectors), DIMENSIONS, term);
            space
                .vectors
                .extend(vector.iter().map(|byte| byte.cast_signed()));
        }
        let ids = self.section(&self.sections.ids);
        let points = (0..self.documents).filter_map(|place| {
            let id = u64_at(ids, 8 * place).filter(|id| keeps_id(*id))?;
            Some((id, self.point_at(u32::try_from(place).ok()?)?))
        });
        Vectors::new(&space, &words, points.collect(), self.generation)
    }

    /// Returns the number of a word.
    pub fn term(&self, word: &str) -> Option<u32> {
        let found = search(self.terms, |term| self.word(term).cmp(word))?;
        u32::try_from(found).ok()
    }

    /// Returns the place of the document with an id.
    pub fn place(&self, id: u64) -> Option<u32> {
        let ids = self.section(&self.sections.ids);
        let found = search(self.documents, |at| {
            u64_at(ids, 8 * at).unwrap_or_default().cmp(&id)
        })?;
        u32::try_from(found).ok()
    }

    /// Returns the point of words, each with how often it was written; `None` if none of them has a vector.
    pub fn point(&self, entries: &[(u32, u8)]) -> Option<Point> {
        let weights = self.section(&self.sections.weights);
        let steps = self.section(&self.sections.steps);
        let vectors = self.section(&self.sections.term_vectors);
        sum(entries
            .iter()
            .filter(|(_, count)| *count > 0)
            .filter_map(|(term, count)| {
                let term = usize::try_from(*term).ok()?;
                let weight = f32_at(weights, 4 * term)? * (1.0 + f32::from(*count).ln());
                let vector = vectors.get(term * DIMENSIONS..(term + 1) * DIMENSIONS)?;
                let vector = vector.iter().map(|byte| byte.cast_signed());
                Some((vector, weight * f32_at(steps, 4 * term)?))
            }))
    }

    /// Returns the point of the document at a place.
    pub fn point_at(&self, place: u32) -> Option<Point> {
        let vector = self.vector(usize::try_from(place).ok()?)?;
        Point::from_bytes(vector.iter().map(|byte| byte.cast_signed()).collect())
    }

    /// Returns how similar a document is to a point: `-1..=1`, 1 for the same direction, 0 for nothing in common.
    pub fn cosine(&self, point: &Point, place: u32) -> f32 {
        let Ok(place) = usize::try_from(place) else {
            return 0.0;
        };
        let vector = self.vector(place).unwrap_or_default();
        self.cosine_of(point, place, vector)
    }

    /// Returns the places of the most similar documents among those that `accepts` takes, the most similar first, each
    /// with its cosine.
    pub fn nearest(
        &self,
        point: &Point,
        limit: usize,
        accepts: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f32)> {
        let mut best: BinaryHeap<Reverse<(Ordered, Reverse<u32>)>> = BinaryHeap::new();
        let vectors = self.section(&self.sections.vectors);
        for (place, vector) in vectors.chunks_exact(DIMENSIONS).enumerate() {
            let cosine = self.cosine_of(point, place, vector);
            let is_better =
                best.len() < limit || best.peek().is_some_and(|least| cosine > least.0.0.0);
            let Ok(place) = u32::try_from(place) else {
                break;
            };
            if !is_better || !accepts(place) {
                continue;
            }
            best.push(Reverse((Ordered(cosine), Reverse(place))));
            if best.len() > limit {
                best.pop();
            }
        }
        let best = best.into_sorted_vec().into_iter();
        best.map(|Reverse((Ordered(cosine), Reverse(place)))| (place, cosine))
            .collect()
    }

    fn cosine_of(&self, point: &Point, place: usize, vector: &[u8]) -> f32 {
        let lengths = self.section(&self.sections.inverse_lengths);
        let inverse = f32_at(lengths, 4 * place).unwrap_or(0.0);
        real(dot(&point.bytes, vector)) * point.inverse_length * inverse
    }

    fn vector(&self, place: usize) -> Option<&[u8]> {
        let vectors = self.section(&self.sections.vectors);
        let start = place.checked_mul(DIMENSIONS)?;
        vectors.get(start..start + DIMENSIONS)
    }

    fn word(&self, term: usize) -> &str {
        let ends = self.section(&self.sections.term_ends);
        let end = |term: usize| {
            let end = u32_at(ends, 4 * term).unwrap_or_default();
            usize::try_from(end).unwrap_or_default()
        };
        let start = term.checked_sub(1).map_or(0, end);
        let text = self.section(&self.sections.text);
        let word = text.get(start..end(term)).unwrap_or_default();
        std::str::from_utf8(word).unwrap_or_default()
    }

    fn section(&self, section: &Range<usize>) -> &[u8] {
        self.bytes.get(section.clone()).unwrap_or_default()
    }
}
