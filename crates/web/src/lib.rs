//! The HTTP side of a node: pages for people, the API, syndication and the feed for programs.
//!
//! `routes` has the one table of addresses. Handlers ask `node::flows` and turn the answer into a page or an object;
//! nothing here decides what a node does.

pub use node::urls;

pub mod access;
mod answer;
pub mod api;
pub mod feed;
pub mod pages;
pub mod problem;
pub mod routes;
pub mod server;
pub mod syndication;
