//! Hands commands to the process that owns the data directory, over the socket `DATA/control.sock`.
//!
//! A client sends one command as a line of JSON; the server answers with events, one a line, until `done`. Only the user
//! who owns the data directory can connect. A client that disconnects cancels its command; what was accepted until then
//! is durable.

mod client;
mod server;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use node::{flows::peers::NewPeerRequest, identity::Introduction};

use crate::cli::arguments::Reason;

pub(crate) use client::{HandedOver, hand_over};
pub(crate) use server::Socket;

/// A command holds paths and names, no documents.
const MAX_COMMAND_BYTES: u64 = 64 << 10;

/// A command for the owner of a data directory. Paths are absolute: the owner may run in another directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub(crate) enum Command {
    /// Give the node its identity.
    Init(Introduction),
    /// Import a directory.
    Import {
        /// The directory.
        dir: PathBuf,
        /// Withdraw the documents of files that no longer exist.
        prune: bool,
        /// Print JSON.
        json: bool,
    },
    /// Export all own documents to a directory.
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
        /// Why.
        why: Reason,
        /// Print JSON.
        json: bool,
    },
    /// Rebuild the index.
    Reindex,
    /// Ask a site which node it is; the answer is one line of JSON, a [`crate::cli::commands::FoundPeer`].
    PeerLookUp(NewPeerRequest),
    /// Follow a peer.
    PeerAdd {
        /// Its address, and how to follow it.
        request: NewPeerRequest,
        /// Its node id, which its operator has confirmed.
        node: String,
        /// Print JSON.
        json: bool,
    },
    /// List the peers.
    PeerList {
        /// Print JSON.
        json: bool,
    },
    /// Show or change one peer.
    Peer {
        /// What to do.
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

/// What to do with one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PeerAction {
    /// Show it.
    Show,
    /// Show what it states now.
    Accept,
    /// Stop polling it.
    Pause,
    /// Poll it again.
    Resume,
    /// Remove it, and erase its documents here.
    Remove,
}

/// Output of a command while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(crate) enum Event {
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
    /// Progress.
    Progress {
        /// What the command is doing.
        what: String,
        /// How much of it is done.
        done: u64,
        /// How much there is to do; 0 if that is not known.
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

/// Takes the output of a command, for a terminal or for a client of the socket. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Output(mpsc::UnboundedSender<Event>);

impl Output {
    /// Returns an output, and the receiver of its events.
    ///
    /// The channel has no bound, since flows report from code that cannot wait; a command sends at most one line for each
    /// file.
    #[must_use]
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Event>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Prints a line on the standard output.
    pub(crate) fn line(&self, text: impl Into<String>) {
        self.send(Event::Line { text: text.into() });
    }

    /// Prints a line for a person, on the standard error.
    pub(crate) fn note(&self, text: impl Into<String>) {
        self.send(Event::Note { text: text.into() });
    }

    /// Reports progress.
    pub(crate) fn progress(&self, what: &str, done: u64, total: u64) {
        self.send(Event::Progress {
            what: what.to_owned(),
            done,
            total,
        });
    }

    pub(crate) fn done(&self, code: u8, error: Option<String>) {
        self.send(Event::Done { code, error });
    }

    /// Sends an event; without effect if the receiver is gone.
    fn send(&self, event: Event) {
        drop(self.0.send(event));
    }
}

/// Returns the path of the socket of a data directory.
#[must_use]
pub(crate) fn socket_path(data: &Path) -> PathBuf {
    data.join("control.sock")
}
