//! The space of the vectors: words and documents in it, each number in a byte.

use crate::{DIMENSIONS, row};

/// The largest number of a vector in bytes.
const MAX_BYTE: f32 = 127.0;

/// What training has found, as it is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Space {
    /// What each word counts.
    pub(crate) weights: Vec<f32>,
    /// What a byte of each word's vector is worth.
    pub(crate) steps: Vec<f32>,
    /// The vector of each word.
    pub(crate) vectors: Vec<i8>,
}

/// A document or a query in the space.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// [`DIMENSIONS`] numbers.
    pub(crate) bytes: Vec<i8>,
    /// 1 divided by the length of `bytes`.
    pub(crate) inverse_length: f32,
}

/// Writes what the words of a document count, so that the squares add up to 1: a word that occurs often counts more, but
/// not as often as it occurs.
pub(crate) fn weight(weights: &[f32], entries: &[(u32, u8)], into: &mut Vec<(usize, f32)>) {
    into.clear();
    let mut squares = 0.0;
    for (term, count) in entries {
        let term = usize::try_from(*term).unwrap_or(usize::MAX);
        let Some(weight) = weights.get(term).filter(|_| *count > 0) else {
            continue;
        };
        let weight = weight * (1.0 + f32::from(*count).ln());
        squares += weight * weight;
        into.push((term, weight));
    }
    if squares > 0.0 {
        let scale = squares.sqrt().recip();
        into.iter_mut().for_each(|(_, weight)| *weight *= scale);
    }
}

impl Space {
    pub(crate) fn new(vectors: &[f32], weights: &[f32]) -> Self {
        let mut space = Self {
            weights: weights.to_vec(),
            steps: Vec::with_capacity(weights.len()),
            vectors: Vec::with_capacity(vectors.len()),
        };
        for vector in vectors.chunks_exact(DIMENSIONS) {
            space.steps.push(to_bytes(vector, &mut space.vectors));
        }
        space
    }

    /// Returns where a document or a query is; `None` if it has no word of the space.
    #[must_use]
    pub fn point(&self, entries: &[(u32, u8)]) -> Option<Point> {
        let mut weighed = Vec::new();
        weight(&self.weights, entries, &mut weighed);
        let each = weighed.into_iter().map(|(term, weight)| {
            let step = self.steps.get(term).copied().unwrap_or(0.0);
            (row(&self.vectors, DIMENSIONS, term), weight * step)
        });
        sum(each.map(|(vector, weight)| (vector.iter().copied(), weight)))
    }
}

/// Returns the sum of vectors, each times its weight.
pub(crate) fn sum<V: Iterator<Item = i8>>(each: impl Iterator<Item = (V, f32)>) -> Option<Point> {
    let mut sum = vec![0.0; DIMENSIONS];
    for (vector, weight) in each {
        for (sum, byte) in sum.iter_mut().zip(vector) {
            *sum += weight * f32::from(byte);
        }
    }
    Point::new(&sum)
}

impl Point {
    /// Returns how similar two points are: `-1..=1`.
    #[must_use]
    pub fn cosine(&self, other: &Self) -> f32 {
        let each = self.bytes.iter().zip(&other.bytes);
        let dot: f32 = each.map(|(a, b)| f32::from(*a) * f32::from(*b)).sum();
        dot * self.inverse_length * other.inverse_length
    }

    fn new(vector: &[f32]) -> Option<Self> {
        let mut bytes = Vec::with_capacity(vector.len());
        to_bytes(vector, &mut bytes);
        Self::from_bytes(bytes)
    }

    /// Returns the point of a vector in bytes; `None` for one of length 0.
    pub(crate) fn from_bytes(bytes: Vec<i8>) -> Option<Self> {
        let squares: f32 = bytes.iter().map(|byte| f32::from(*byte).powi(2)).sum();
        (squares > 0.0).then(|| Self {
            bytes,
            inverse_length: squares.sqrt().recip(),
        })
    }
}

/// Appends a vector in bytes; returns what a byte is worth.
fn to_bytes(vector: &[f32], into: &mut Vec<i8>) -> f32 {
    let largest = vector
        .iter()
        .fold(0.0_f32, |most, value| most.max(value.abs()));
    let step = largest / MAX_BYTE;
    let scale = if step > 0.0 { step.recip() } else { 0.0 };
    into.extend(vector.iter().map(|value| byte(value * scale)));
    step
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion from a float stops at the limits"
)]
fn byte(value: f32) -> i8 {
    value.round() as i8
}
