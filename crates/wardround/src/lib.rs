//! The program: command line, control socket and demo.
//!
//! Public are only the entry point, for `main.rs`, and the demo, for its tests.

mod cli;
mod control;
pub mod demo;
mod doctor;

pub use cli::main;
