//! The terminal: results on the standard output; messages, errors and progress on the standard error.
//!
//! Everything that is printed passes [`harmless`]: file names, values of front matter and texts of peers cannot move the
//! cursor, set the title, write to the clipboard or reverse a line.

use std::{
    borrow::Cow,
    io::{self, IsTerminal as _, Write as _},
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use indicatif::{ProgressBar, ProgressStyle};

use super::given::Given;
use crate::commands::{failure::Failure, output::Event};

/// The standard output and the standard error.
pub(super) struct Terminal {
    /// Whether the standard error is a terminal: progress is not written to files.
    shows_progress: bool,
    bar: Mutex<Option<(String, ProgressBar)>>,
    /// Whether a part of the output could not be written.
    lost: AtomicBool,
    /// How the command line names the node.
    given: OnceLock<Given>,
}

impl Terminal {
    pub(super) fn new() -> Self {
        Self {
            shows_progress: io::stderr().is_terminal(),
            bar: Mutex::new(None),
            lost: AtomicBool::new(false),
            given: OnceLock::new(),
        }
    }

    /// Takes how the command line names the node: the commands in messages name it likewise.
    pub(super) fn know(&self, given: Given) {
        // It is known once.
        self.given.set(given).ok();
    }

    /// Returns how the command line names the node.
    pub(super) fn given(&self) -> Given {
        self.given.get().cloned().unwrap_or_default()
    }

    /// Prints a line on the standard output.
    pub(super) fn line(&self, text: &str) {
        self.clear();
        if let Err(error) = writeln!(io::stdout().lock(), "{}", harmless(text))
            // A closed pipe, as of `head`, does not stop the command: its reader has seen enough.
            && error.kind() != io::ErrorKind::BrokenPipe
            && !self.lost.swap(true, Ordering::Relaxed)
        {
            self.error(&format!("the output could not be written: {error}"));
        }
    }

    /// Returns whether a part of the output could not be written, such as on a full disk.
    pub(super) fn has_lost_output(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Prints a line for a person, on the standard error.
    pub(super) fn note(&self, text: &str) {
        self.clear();
        let text = self.given().in_text(text);
        self.write_note(&text);
    }

    fn write_note(&self, text: &str) {
        drop(writeln!(io::stderr().lock(), "{}", harmless(text)));
    }

    /// Fails if there is no person to ask.
    ///
    /// # Errors
    /// What to do instead, as it is given.
    pub(super) fn must_be_attended(instead: &str) -> Result<(), Failure> {
        if io::stdin().is_terminal() {
            Ok(())
        } else {
            Err(Failure::invalid(instead))
        }
    }

    /// Asks a person to type `yes`; returns whether they did.
    pub(super) fn confirms(&self, question: &str) -> Result<bool, Failure> {
        self.note(question);
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line.trim() == "yes")
    }

    /// Prints what the parser of the arguments answers: help or a version on the standard output, a mistake on the
    /// standard error.
    pub(super) fn usage(&self, answer: &clap::Error) {
        let text = answer.to_string();
        if answer.use_stderr() {
            self.note(text.trim_end());
        } else {
            self.line(text.trim_end());
        }
    }

    /// Prints why a command failed: a line of JSON for a program.
    pub(super) fn failure(&self, failure: &Failure, json: bool) {
        if json {
            let failure = Failure {
                text: self.given().in_text(&failure.text),
                ..*failure
            };
            self.clear();
            self.write_note(&failure.to_json());
        } else {
            self.error(&failure.text);
        }
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
            // In JSON a path would have to be written in another way.
            Event::Line { text } if text.starts_with(['{', '[']) => self.line(&text),
            Event::Line { text } => self.line(&self.given().in_text(&text)),
            Event::Note { text } => self.note(&text),
            Event::Progress { what, done, total } => self.progress(what, done, total),
            Event::KnownElsewhere { .. } | Event::Done { .. } => self.clear(),
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

/// Writes each character that a terminal obeys or that hides text as `\\u` and four digits. In a line of JSON that is the
/// same string, as JSON escapes characters in this way.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_harmful(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Control characters apart from the line end and the tab, and characters that change direction or are invisible.
fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(
            c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
        )
}

fn bar(what: &str, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(harmless(what).into_owned());
    let style =
        ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_cannot_steer_a_terminal() {
        for (text, printed) in [
            ("a\tb\nc é 中", "a\tb\nc é 中"),
            ("\u{1b}]0;x\u{7}", "\\u001b]0;x\\u0007"),
            ("\u{9b}2J\r\u{7f}", "\\u009b2J\\u000d\\u007f"),
            ("a\u{202e}b\u{2066}", "a\\u202eb\\u2066"),
            ("\u{e0041}", "\\udb40\\udc41"),
        ] {
            assert_eq!(harmless(text), printed);
        }
        // A line of JSON stays the same value.
        let value = serde_json::json!({"path": "\u{1b}\u{9b}\u{202e}\u{e0041}.md"});
        let line = value.to_string();
        let read: serde_json::Value = serde_json::from_str(&harmless(&line)).unwrap();
        assert_eq!(read, value);
    }
}
