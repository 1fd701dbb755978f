//! What readers ask of a node: search, suggestions, and what is known about a topic or a product.
//!
//! The index counts and finds; the database decides what the viewer can read.

mod cached;
pub mod known;
pub mod nearest;
pub mod product_categories;
pub mod search;
