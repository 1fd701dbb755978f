//! Training: passes over all documents, after which each word has a vector.
//!
//! A pass multiplies the subspace found so far by the matrix of all documents and its transpose. Two passes and a last
//! one separate the strongest directions well enough: more changed the ranking by less than a thousandth.

use crate::block::Block;
use crate::eigen::{Eigen, eigen};
use crate::space::{Space, weight};
use crate::{DIMENSIONS, add_scaled, row, row_mut};

/// Directions that are followed beyond those that are kept, so that the last of those are found too.
const OVERSAMPLING: usize = 16;

/// Directions that are followed.
const WIDTH: usize = DIMENSIONS + OVERSAMPLING;

/// A direction with less than this share of the strongest one is noise of the arithmetic.
const MIN_SHARE: f64 = 1e-9;

/// Learns from documents, in passes.
#[derive(Debug)]
pub struct Trainer {
    /// What each word counts.
    weights: Vec<f32>,
    /// The directions, one row for each word.
    basis: Vec<f32>,
    /// What the documents of this pass have made of them.
    image: Vec<f32>,
}

/// What training has found.
#[derive(Debug)]
pub struct Model {
    /// One row for each word.
    pub(crate) vectors: Vec<f32>,
    pub(crate) weights: Vec<f32>,
}

impl Trainer {
    /// Begins with directions made of `seed`. Each word has its weight: more for a rare one.
    #[must_use]
    pub fn new(weights: Vec<f32>, seed: u64) -> Self {
        let mut numbers = seed | 1;
        let mut basis = Vec::with_capacity(weights.len() * WIDTH);
        for _ in 0..weights.len() * WIDTH {
            // xorshift64*; signs are as good as Gaussian numbers here.
            numbers ^= numbers >> 12;
            numbers ^= numbers << 25;
            numbers ^= numbers >> 27;
            let is_positive = numbers.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 63 == 0;
            basis.push(if is_positive { 1.0 } else { -1.0 });
        }
        Self {
            image: vec![0.0; basis.len()],
            weights,
            basis,
        }
    }

    /// Adds documents to this pass. Each pass has the same documents.
    pub fn add(&mut self, block: &Block) {
        let mut weighed: Vec<(usize, f32)> = Vec::new();
        let mut inside = vec![0.0; WIDTH];
        for entries in block.rows() {
            weight(&self.weights, entries, &mut weighed);
            inside.fill(0.0);
            for (term, weight) in &weighed {
                add_scaled(&mut inside, row(&self.basis, WIDTH, *term), *weight);
            }
            for (term, weight) in &weighed {
                add_scaled(row_mut(&mut self.image, WIDTH, *term), &inside, *weight);
            }
        }
    }

    /// Ends a pass after which there is another.
    pub fn end_pass(&mut self) {
        // The image's directions at right angles to each other, each of length 1.
        let square = product(&self.image, &self.image);
        let found = eigen(square);
        let strongest = found.first().map_or(0.0, |eigen| eigen.value);
        let turn = turn(&found, WIDTH, |eigen| {
            let is_noise = eigen.value <= strongest * MIN_SHARE;
            if is_noise {
                0.0
            } else {
                eigen.value.sqrt().recip()
            }
        });
        self.basis = turned(&self.image, &turn, WIDTH);
        self.image.fill(0.0);
    }

    /// Ends the last pass.
    #[must_use]
    pub fn finish(self) -> Model {
        let mut small = product(&self.basis, &self.image);
        for first in 0..small.len() {
            for second in 0..first {
                let mean = (at(&small, first, second) + at(&small, second, first)) / 2.0;
                put(&mut small, first, second, mean);
                put(&mut small, second, first, mean);
            }
        }
        let found = eigen(small);
        let turn = turn(&found, DIMENSIONS, |_| 1.0);
        Model {
            vectors: turned(&self.basis, &turn, DIMENSIONS),
            weights: self.weights,
        }
    }
}

impl Model {
    /// Returns the vectors in a byte for each number.
    #[must_use]
    pub fn space(&self) -> Space {
        Space::new(&self.vectors, &self.weights)
    }
}

/// Returns the transpose of `a` times `b`, both with rows of [`WIDTH`].
fn product(a: &[f32], b: &[f32]) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.0; WIDTH]; WIDTH];
    for (a, b) in a.chunks_exact(WIDTH).zip(b.chunks_exact(WIDTH)) {
        for (sums, a) in sums.iter_mut().zip(a) {
            let a = f64::from(*a);
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum += a * f64::from(*b);
            }
        }
    }
    sums
}

/// Returns the matrix of the first `width` directions, each times what `scale` says, one row for each number of a
/// direction.
fn turn(found: &[Eigen], width: usize, scale: impl Fn(&Eigen) -> f64) -> Vec<f32> {
    let mut matrix = vec![0.0; WIDTH * width];
    for (column, eigen) in found.iter().take(width).enumerate() {
        let scale = scale(eigen);
        for (number, value) in eigen.vector.iter().enumerate() {
            if let Some(slot) = row_mut(&mut matrix, width, number).get_mut(column) {
                *slot = single(value * scale);
            }
        }
    }
    matrix
}

/// Returns each row of `rows` times `matrix`.
fn turned(rows: &[f32], matrix: &[f32], width: usize) -> Vec<f32> {
    let count = rows.len() / WIDTH;
    let mut out = vec![0.0; count * width];
    for (into, from) in out.chunks_exact_mut(width).zip(rows.chunks_exact(WIDTH)) {
        for (factors, number) in matrix.chunks_exact(width).zip(from) {
            add_scaled(into, factors, *number);
        }
    }
    out
}

fn at(matrix: &[Vec<f64>], row: usize, column: usize) -> f64 {
    let row = matrix.get(row);
    row.and_then(|row| row.get(column)).copied().unwrap_or(0.0)
}

fn put(matrix: &mut [Vec<f64>], row: usize, column: usize, value: f64) {
    if let Some(slot) = matrix.get_mut(row).and_then(|row| row.get_mut(column)) {
        *slot = value;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "vectors need no more digits"
)]
fn single(value: f64) -> f32 {
    value as f32
}
