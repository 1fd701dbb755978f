//! The HTTP side of a node: the one table of addresses and its layers, the server, the API, syndication and the feed for
//! programs.
//!
//! What people see is made in `pages`. Handlers ask `node::flows` and turn the answer into an object; nothing here
//! decides what a node does.

pub mod access;
pub mod api;
mod assisting;
mod attachments;
mod audit;
mod evidence;
pub mod feed;
mod harvesting;
mod page_cache;
mod policy;
mod reads;
pub mod routes;
pub mod server;
mod sessions;
pub mod syndication;
mod writer;
