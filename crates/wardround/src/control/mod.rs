//! Hands commands to the process that owns the data directory, over the socket `DATA/control.sock`.
//!
//! A client sends one command as a line of JSON; the server answers with events, one a line, until `done`. Only the user
//! who owns the data directory can connect. A client that disconnects cancels its command; what was accepted until then
//! is durable.

pub(crate) mod client;
pub(crate) mod places;
pub(crate) mod reloads;
pub(crate) mod server;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::commands::command::Command;
use places::Place;

/// A command holds paths, names and at most a file of peers of 1 MiB, no documents.
const MAX_COMMAND_BYTES: u64 = 4 << 20;

/// Returns the path of the socket of a data directory.
#[must_use]
pub(crate) fn socket_path(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Request {
    #[serde(flatten)]
    command: Command,
    /// The paths that the command names, as the client sees them.
    #[serde(default)]
    seen: Vec<Place>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::command::SeenStatement;

    #[test]
    fn a_command_keeps_its_fields_apart_from_those_of_the_request() {
        let request = Request {
            command: Command::PeerAccept {
                accepted: SeenStatement {
                    peer: "zz2".to_owned(),
                    statement: "c0ffee".to_owned(),
                },
                json: true,
            },
            seen: Vec::new(),
        };
        let line = serde_json::to_string(&request).unwrap();
        let read: Request = serde_json::from_str(&line).unwrap();
        assert_eq!(read, request, "{line}");
    }
}
