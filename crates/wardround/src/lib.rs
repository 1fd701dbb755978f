//! The program: command line, commands, control socket and demo.
//!
//! Public are only the entry point, for `main.rs`, and the demo, for its tests.

mod cli;
mod commands;
mod control;
pub mod demo;
mod doctor;

pub use cli::main;
