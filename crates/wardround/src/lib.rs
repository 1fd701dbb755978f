//! The program: command line, control socket and demo, as a library for its tests.

pub mod cli;
pub mod control;
pub mod demo;
pub mod doctor;
