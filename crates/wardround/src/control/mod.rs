//! Handing commands to the process that owns the data directory, over the socket `DATA/control.sock`.
//!
//! A client sends one command as a line of JSON; the server answers with lines of events until `done`. Only the owner
//! of the data directory can reach the socket. A client that goes away ends its command; what was accepted until then
//! is durable.

mod client;
mod server;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::identity::Introduction;

pub use client::{Handed, hand_over};
pub use server::{Socket, SocketError};

/// A command is small: paths and words, no texts.
const MOST_COMMAND_BYTES: u64 = 64 << 10;

/// What is asked of the owner of a data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Give the node its identity.
    Init(Introduction),
    /// Withdraw a document.
    Withdraw {
        /// Its id.
        id: String,
        /// Why.
        why: String,
        /// Print JSON.
        json: bool,
    },
    /// Build the index anew.
    Reindex,
}

/// What a command says while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A line for the standard output.
    Line {
        /// The line, without its end.
        text: String,
    },
    /// A line for a person, on the standard error.
    Note {
        /// The line, without its end.
        text: String,
    },
    /// How far it has come.
    Progress {
        /// What is being done.
        what: String,
        /// How much of it is done.
        done: u64,
        /// How much there is; 0 when that is not known.
        total: u64,
    },
    /// It has ended.
    Done {
        /// The exit code.
        code: u8,
        /// Why it failed, for a person.
        error: Option<String>,
    },
}

/// Where a command's code says what it does, whoever listens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Output(mpsc::UnboundedSender<Event>);

impl Output {
    /// Makes an output, and what receives its events.
    ///
    /// It has no bound: flows report from code that cannot wait, and a command says at most a line a file.
    #[must_use]
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Event>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Prints a line on the standard output.
    pub fn line(&self, text: impl Into<String>) {
        self.send(Event::Line { text: text.into() });
    }

    /// Tells a person something, on the standard error.
    pub fn note(&self, text: impl Into<String>) {
        self.send(Event::Note { text: text.into() });
    }

    /// Says how far something has come.
    pub fn progress(&self, what: &str, done: u64, total: u64) {
        self.send(Event::Progress {
            what: what.to_owned(),
            done,
            total,
        });
    }

    pub(crate) fn done(&self, code: u8, error: Option<String>) {
        self.send(Event::Done { code, error });
    }

    /// Whoever listened may have gone; then nobody wants to know.
    fn send(&self, event: Event) {
        drop(self.0.send(event));
    }
}

/// Returns where the socket of a data directory is.
#[must_use]
pub fn socket_path(data: &Path) -> PathBuf {
    data.join("control.sock")
}
