//! Hands commands to the process that owns the data directory, over the socket `DATA/control.sock`.
//!
//! A client sends one command as a line of JSON; the server answers with events, one a line, until `done`. Only the user
//! who owns the data directory can connect. A client that disconnects cancels its command; what was accepted until then
//! is durable.

pub(crate) mod client;
pub(crate) mod server;

use std::path::{Path, PathBuf};

/// A command holds paths and names, no documents.
const MAX_COMMAND_BYTES: u64 = 64 << 10;

/// Returns the path of the socket of a data directory.
#[must_use]
pub(crate) fn socket_path(data: &Path) -> PathBuf {
    data.join("control.sock")
}
