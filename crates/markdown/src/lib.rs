//! Untrusted markdown to safe HTML, plain text, headings and links.
//!
//! No raw HTML passes: what it says becomes nodes, and each tag that is written is one of ours. What is rendered is
//! bounded in size, and links and images lead only where a reader may be sent. No I/O; nothing is ever fetched.

mod anchors;
mod attributes;
mod blocks;
mod code;
mod comments;
pub mod contact;
mod dialect;
mod directives;
mod elsewhere;
mod empty_links;
mod entities;
mod figures;
mod foreign;
mod formulas;
mod html;
mod links;
mod options;
mod parse;
mod reading;
mod render;
mod scanner;
mod state;
mod tags;
mod targets;
mod tex;
mod text;
mod unseen;
mod wiki;
mod words;

pub use anchors::Heading;
pub use comments::{Uncommented, without_comments};
pub use empty_links::fill_empty_links;
pub use html::hidden_line;
pub use links::{Rewritten, rewrite_links};
pub use reading::{
    Extract, Link, Reading, WrittenHeading, extract, links, outline, plain_text, title,
};
pub use render::{MAX_HTML_BYTES, Rendered, as_written, render};
pub use tags::{Mark, replace_marks};
pub use targets::{DOCUMENT_LINK, Links, Lookup, MISSING_PART, Removed, is_of_browser, removed};
pub use text::{MAX_VISIBLE_CHARS, escape, is_hidden, visible};
pub use unseen::Unseen;
pub use wiki::{WikiLink, replace_wiki_links, wiki_links};
