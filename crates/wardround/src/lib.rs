//! The program: command line, commands, control socket and demo.
//!
//! Public are only the entry point, for `main.rs`, and the demo and the check of a database, for their tests.

mod cli;
mod commands;
mod control;
pub mod demo;
mod doctor;
pub mod verify;

pub use cli::main;
