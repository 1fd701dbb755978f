//! The terminal: results on the standard output; messages, errors and progress on the standard error.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{Mutex, MutexGuard, PoisonError},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::control::Event;

/// The standard output and the standard error.
pub(super) struct Terminal {
    /// Whether the standard error is a terminal: progress is not written to files.
    shows_progress: bool,
    bar: Mutex<Option<(String, ProgressBar)>>,
}

impl Terminal {
    pub(super) fn new() -> Self {
        Self {
            shows_progress: io::stderr().is_terminal(),
            bar: Mutex::new(None),
        }
    }

    /// Prints a line on the standard output.
    pub(super) fn line(&self, text: &str) {
        self.clear();
        // A closed pipe, as of `head`, does not stop the command.
        drop(writeln!(io::stdout().lock(), "{text}"));
    }

    /// Prints a line for a person, on the standard error.
    pub(super) fn note(&self, text: &str) {
        self.clear();
        drop(writeln!(io::stderr().lock(), "{text}"));
    }

    /// Prints the reason of a failure, each line with the prefix `error:`.
    pub(super) fn error(&self, text: &str) {
        for line in text.lines() {
            self.note(&format!("error: {line}"));
        }
    }

    /// Shows the output of a command.
    pub(super) fn show(&self, event: Event) {
        match event {
            Event::Line { text } => self.line(&text),
            Event::Note { text } => self.note(&text),
            Event::Progress { what, done, total } => self.progress(what, done, total),
            Event::Done { .. } => self.clear(),
        }
    }

    fn progress(&self, what: String, done: u64, total: u64) {
        if !self.shows_progress {
            return;
        }
        let mut current = self.current();
        let bar = match current.take() {
            Some((shown, bar)) if shown == what => bar,
            _ => bar(&what, total),
        };
        bar.set_length(total.max(done));
        bar.set_position(done);
        *current = Some((what, bar));
    }

    fn clear(&self) {
        if let Some((_, bar)) = self.current().take() {
            bar.finish_and_clear();
        }
    }

    fn current(&self) -> MutexGuard<'_, Option<(String, ProgressBar)>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bar(what: &str, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(what.to_owned());
    let style =
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
