//! Untrusted markdown to safe HTML, plain text, headings and links.
//!
//! comrak's safe mode is the sanitiser: no raw HTML passes. What it renders is bounded in size, and
//! links and images lead only where a reader may be sent. No I/O; nothing is ever fetched.

mod html;
mod links;
mod options;
mod render;
mod text;

pub use links::{Link, Rewritten, links, rewrite_and_read, rewrite_links};
pub use render::{Heading, Links, Lookup, MAX_HTML_BYTES, Rendered, as_written, render};
pub use text::{
    MAX_VISIBLE_CHARS, WrittenHeading, escape, is_hidden, outline, plain_text, title, visible,
};
