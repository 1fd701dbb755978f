//! The program's log.
//!
//! A line of the log is one line: whatever a peer or a reader has sent stays in it as text, escaped. Nobody's address
//! and no query string is logged.

use std::io::{self, Write};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::settings::{Log, LogFormat};

/// Begins to log, for the whole process. A second call changes nothing.
pub fn init(log: &Log) {
    let filter = EnvFilter::builder().parse_lossy(&log.filter);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(OneLine);
    let begun = match log.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if begun.is_err() {
        tracing::debug!("logging has begun before");
    }
}

/// Writes each event to the standard error as one line without control characters.
struct OneLine;

impl<'a> MakeWriter<'a> for OneLine {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl Write for OneLine {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        io::stderr().lock().write_all(one_line(&text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Returns an event as one line.
fn one_line(event: &str) -> String {
    let event = event.strip_suffix('\n').unwrap_or(event);
    let mut line = String::with_capacity(event.len() + 1);
    for character in event.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    line
}

/// Returns an error with its causes, for a line of the log.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_stays_one_line_whatever_it_holds() {
        for (event, line) in [
            ("plain\n", "plain\n"),
            ("a\r\nINFO forged\n", "a\\r\\nINFO forged\n"),
            ("\u{1b}[31mred\n", "\\u{1b}[31mred\n"),
            ("caf\u{e9} \u{9b}1m", "caf\u{e9} \\u{9b}1m\n"),
        ] {
            assert_eq!(one_line(event), line);
        }
    }
}
