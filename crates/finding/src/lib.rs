//! What readers ask of a node: search, suggestions, what is known about a topic or a product, whether a document has a quote,
//! and how its peers are doing.
//!
//! The index counts and finds; the database decides what the viewer can read.

mod cached;
pub mod health;
pub mod known;
pub mod nearest;
pub mod others;
pub mod product_categories;
pub mod quoted;
pub mod search;
pub mod ticks;
