//! Untrusted markdown to safe HTML, plain text, headings and links.
//!
//! No raw HTML passes: what it says becomes nodes, and each tag that is written is one of ours. What is rendered is
//! bounded in size, and links and images lead only where a reader may be sent. No I/O; nothing is ever fetched.

mod anchors;
mod attributes;
mod blocks;
mod code;
mod comments;
mod dialect;
mod html;
mod links;
mod options;
mod parse;
mod render;
mod scanner;
mod tags;
mod text;
mod words;

pub use comments::{Uncommented, without_comments};
pub use links::{Link, Rewritten, links, rewrite_and_read, rewrite_links};
pub use render::{Heading, Links, Lookup, MAX_HTML_BYTES, Rendered, as_written, render};
pub use tags::replace_marks;
pub use text::{
    MAX_VISIBLE_CHARS, WrittenHeading, escape, is_hidden, outline, plain_text, title, visible,
};
