//! The protocol by which assistants use tools (Model Context Protocol, Streamable HTTP): revision 2026-07-28, in which each
//! request is complete in itself, and the handshake of the revisions before it, without sessions.
//!
//! Bytes and headers in, an answer or a call of a tool out; it knows no documents. Why it is not a library:
//! docs/decisions/0020-the-protocol-of-assistants-by-hand.md.

mod message;
mod reply;
mod tool;

pub use message::{Asked, Call, Headers, read};
pub use reply::{Reply, Server};
pub use tool::Tool;

/// The revision in which each request is complete in itself.
pub const MODERN: &str = "2026-07-28";
/// Revisions that begin with a handshake, the newest first.
pub const LEGACY: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];
