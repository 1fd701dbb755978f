//! What is written above a text, as values with their lines, before anything says what they mean.
//!
//! YAML, days and moments as people and programs write them, entities of HTML, and the faults of a document. No I/O, no
//! clock.

pub mod entities;
mod fault;
pub mod times;
pub mod value;
pub mod yaml;

pub use fault::Fault;
