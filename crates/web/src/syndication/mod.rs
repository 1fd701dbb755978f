//! The same content for ordinary readers and harvesters (docs/FEED.md §13): Atom, JSON Feed, CSV, the site
//! map.
//!
//! These are unsigned views: between nodes only the log is trusted. Only live and public documents are in
//! them, and every text has lost its control characters.

mod atom;
mod csv;
mod feeds;
mod json_feed;
mod licences;
mod newest;
mod open_search;
mod place;
mod security;
mod sitemap;
mod view;

pub(crate) use atom::MEDIA_TYPE as ATOM;
pub(crate) use csv::MEDIA_TYPE as CSV;
pub use feeds::{newest, organisation, search, search_csv};
pub(crate) use json_feed::MEDIA_TYPE as JSON_FEED;
pub use licences::licences;
pub use open_search::open_search;
pub use security::security_txt;
pub(crate) use sitemap::MEDIA_TYPE as XML;
pub use sitemap::{robots, sitemap, sitemap_part};
pub(crate) use view::urn;
