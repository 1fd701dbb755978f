//! What a node shows of itself and its peers, over HTTP: pages, the JSON API, feeds, tables and proofs.

mod apart;
mod api;
mod assisting;
mod feeds;
mod forms;
mod gaps;
mod harvesting;
mod hostile;
mod judged;
mod kinds;
mod known;
mod pages;
mod quoting;
mod reaching;
mod related;
mod secrecy;
mod ticks;
