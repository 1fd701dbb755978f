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

use node::{flows::peers::Wish, identity::Introduction};

pub use client::{Handed, hand_over};
pub use server::{Socket, SocketError};

/// A command is small: paths and words, no texts.
const MOST_COMMAND_BYTES: u64 = 64 << 10;

/// What is asked of the owner of a data directory. Paths are absolute: the owner may stand elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Give the node its identity.
    Init(Introduction),
    /// Publish a directory.
    Import {
        /// The directory.
        dir: PathBuf,
        /// Withdraw the documents of files that no longer exist.
        prune: bool,
        /// Print JSON.
        json: bool,
    },
    /// Write all own documents into a directory.
    Export {
        /// The directory.
        dir: PathBuf,
        /// Replace files that no export has written.
        force: bool,
        /// Print JSON.
        json: bool,
    },
    /// Publish one file.
    Publish {
        /// The file.
        file: PathBuf,
        /// The revision that has to be the published one.
        base: Option<u64>,
        /// Print JSON.
        json: bool,
    },
    /// Withdraw a document.
    Withdraw {
        /// Its id.
        id: String,
        /// Why, a word of the feed.
        why: String,
        /// Print JSON.
        json: bool,
    },
    /// Build the index anew.
    Reindex,
    /// Ask a site who it is; the answer is one line of JSON, an [`crate::cli::commands::Found`].
    PeerLookUp(Wish),
    /// Follow a peer.
    PeerAdd {
        /// How.
        wish: Wish,
        /// The pin: its node id.
        node: String,
        /// Print JSON.
        json: bool,
    },
    /// List the peers.
    PeerList {
        /// Print JSON.
        json: bool,
    },
    /// Look at one peer, or change what is done with it.
    Peer {
        /// What.
        action: PeerAction,
        /// Its node id or its handle.
        node: String,
        /// Print JSON.
        json: bool,
    },
    /// Pull from one peer, or from all.
    Pull {
        /// Its node id or its handle.
        node: Option<String>,
        /// Print JSON.
        json: bool,
    },
}

/// What is done with one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeerAction {
    /// Show it.
    Show,
    /// Poll it no more.
    Pause,
    /// Poll it again.
    Resume,
    /// Forget it.
    Remove,
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
