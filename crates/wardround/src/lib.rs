//! The program, as a library for its tests.

pub mod api;
pub mod bench;
pub mod cli;
pub mod clock;
pub mod contact;
pub mod control;
pub mod demo;
pub mod doctor;
pub mod feed;
pub mod flows;
pub mod identity;
pub mod node;
pub mod pages;
pub mod problem;
pub mod routes;
pub mod server;
pub mod settings;
pub mod syndication;
pub mod telemetry;
