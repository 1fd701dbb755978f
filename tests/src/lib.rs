//! The harness of the stories: trusts with real nodes, and what a story does to them.

pub mod answer;
pub mod browser;
pub mod engine;
pub mod helper;
pub mod ports;
pub mod samples;
pub mod setup;
pub mod tree;
pub mod trust;
