//! Stories over HTTP.

pub mod engine;
pub mod ports;
