//! Stories over HTTP.

pub mod engine;
