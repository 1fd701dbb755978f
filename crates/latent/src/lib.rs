//! Which documents are about the same, learnt from which words occur together in the documents of this node.
//!
//! Latent semantic indexing (Deerwester et al., 1990): each document is a row of word weights; a truncated singular value
//! decomposition of all rows, found by randomised subspace iteration (Halko, Martinsson, Tropp, 2011), gives each word a
//! short vector, and the vectors of a document's words add up to the vector of the document. Documents on one subject
//! have similar vectors, also where they share no word.
//!
//! Pure: no I/O, no clock, and the same seed and rows give the same vectors. The memory for training depends on the
//! number of words and on the size of a [`Block`], and not on the number of documents.

mod block;
mod bytes;
mod eigen;
mod space;
mod training;
mod vectors;

pub use block::{Block, Posting};
pub use space::{Point, Space};
pub use training::{Model, Trainer};
pub use vectors::{MAX_DOCUMENTS, MAX_TERMS, Vectors, VectorsError};

/// Numbers in a vector.
pub const DIMENSIONS: usize = 128;

/// Returns row `number` of a matrix, whose rows follow one another.
fn row<T>(matrix: &[T], width: usize, number: usize) -> &[T] {
    let start = number.saturating_mul(width);
    matrix.get(start..start + width).unwrap_or_default()
}

/// As [`row`], for changes.
fn row_mut<T>(matrix: &mut [T], width: usize, number: usize) -> &mut [T] {
    let start = number.saturating_mul(width);
    matrix.get_mut(start..start + width).unwrap_or_default()
}

/// Adds `factor` times `row` to `sum`.
fn add_scaled(sum: &mut [f32], row: &[f32], factor: f32) {
    for (sum, value) in sum.iter_mut().zip(row) {
        *sum += factor * value;
    }
}
