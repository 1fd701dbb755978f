//! What a command prints while it runs, for a terminal or for a client of the control socket.

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::failure::{Failure, FailureKind};

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
    /// An import was refused, since its files may be documents from these folders already: a person can decide.
    KnownElsewhere {
        /// The folders.
        folders: Vec<String>,
    },
    /// It has ended.
    Done {
        /// The exit code.
        code: u8,
        /// Why it failed, for a person.
        error: Option<String>,
        /// Why it failed, for programs; an owner of an earlier version does not say it.
        #[serde(default)]
        kind: Option<FailureKind>,
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

    /// Prints why a part of a command failed, while its rest goes on: a line of JSON for a program.
    pub(crate) fn failure(&self, failure: &Failure, json: bool) {
        if json {
            self.note(failure.to_json());
        } else {
            let lines = failure.text.lines();
            lines.for_each(|line| self.note(format!("error: {line}")));
        }
    }

    /// Reports progress.
    pub(crate) fn progress(&self, what: &str, done: u64, total: u64) {
        self.send(Event::Progress {
            what: what.to_owned(),
            done,
            total,
        });
    }

    /// Names the folders that the files of a refused import may have come from.
    pub(crate) fn known_elsewhere(&self, folders: Vec<String>) {
        self.send(Event::KnownElsewhere { folders });
    }

    /// Says how the command has ended.
    pub(crate) fn done(&self, ended: Result<u8, Failure>) {
        self.send(match ended {
            Ok(code) => Event::Done {
                code,
                error: None,
                kind: None,
            },
            Err(failure) => Event::Done {
                code: failure.code,
                error: Some(failure.text),
                kind: Some(failure.kind),
            },
        });
    }

    /// Sends an event; without effect if the receiver is gone.
    fn send(&self, event: Event) {
        drop(self.0.send(event));
    }
}
