//! The program's log.
//!
//! Each event is one line: control characters in what a peer or a reader has sent are escaped. No address of a reader
//! and no query string is logged.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, Write},
    panic::{self, PanicHookInfo},
};

use spans::Spans;
use tracing_subscriber::{
    EnvFilter, fmt::MakeWriter, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use settings::{Log, LogFormat};

/// Changes what a log has while the process runs.
pub struct LogFilter(Box<dyn Fn(EnvFilter) -> bool + Send + Sync>);

impl LogFilter {
    /// Logs what this filter of the settings says from now on; returns whether it can be changed.
    pub fn set(&self, filter: &str) -> bool {
        (self.0)(env_filter(filter))
    }
}

/// Starts the log of the whole process, with panics; returns what changes its filter. A second call changes nothing, and
/// neither does what it returns.
pub fn init(log: &Log) -> LogFilter {
    init_with_spans(log, None)
}

/// Does the same, and records spans for a collector.
pub fn init_with_spans(log: &Log, spans: Option<&Spans>) -> LogFilter {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(env_filter(&log.filter))
        .with_ansi(false)
        .with_writer(OneLine);
    // The two forms are of different types.
    let (started, filter) = match log.format {
        LogFormat::Text => {
            let builder = builder.with_target(false).with_filter_reloading();
            let handle = builder.reload_handle();
            let set: Box<dyn Fn(_) -> _ + Send + Sync> =
                Box::new(move |filter| handle.reload(filter).is_ok());
            let log = builder.finish().with(spans.map(Spans::layer));
            (log.try_init(), set)
        }
        LogFormat::Json => {
            let builder = builder.json().with_filter_reloading();
            let handle = builder.reload_handle();
            let set: Box<dyn Fn(_) -> _ + Send + Sync> =
                Box::new(move |filter| handle.reload(filter).is_ok());
            let log = builder.finish().with(spans.map(Spans::layer));
            (log.try_init(), set)
        }
    };
    if started.is_err() {
        tracing::debug!("logging has been set up already");
    } else {
        panic::set_hook(Box::new(log_panic));
    }
    LogFilter(filter)
}

fn env_filter(filter: &str) -> EnvFilter {
    EnvFilter::builder().parse_lossy(filter_text(filter))
}

/// Libraries that report as a problem what this program reports itself, with the peer's name, or what is none; each with
/// the level that is logged unless the operator names the library.
const QUIET: [(&str, &str); 4] = [
    // A certificate that is refused is the fault `transport` of a peer.
    ("rustls_platform_verifier", "off"),
    // A segment that a commit has removed in the meantime.
    ("tantivy", "error"),
    // Any cookie that is not valid any more.
    ("tower_sessions", "off"),
    // "relation already exists, skipping", at each start.
    ("sqlx", "warn"),
];

/// Returns the operator's filter, with the levels of libraries that it does not name.
fn filter_text(filter: &str) -> String {
    let mut text = filter.to_owned();
    for (library, level) in QUIET {
        if !filter.contains(library) {
            text.push_str(&format!(",{library}={level}"));
        }
    }
    text
}

/// Logs a panic as one event, instead of the lines that the standard library writes. Some panics are expected and
/// caught: a corrupt index makes tantivy panic.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let text = panic.payload_as_str().unwrap_or_default();
    // Only if `RUST_BACKTRACE` asks for one.
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
    let backtrace = backtrace.as_ref().map(tracing::field::display);
    tracing::error!(place, text, backtrace, "a panic");
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
    let causes: Vec<_> = std::iter::successors(error.source(), |cause| cause.source())
        .map(ToString::to_string)
        .collect();
    // An error that says its innermost cause itself needs no more words.
    if causes
        .last()
        .is_some_and(|root| text.ends_with(root.as_str()))
    {
        return text;
    }
    for cause in causes {
        text.push_str(": ");
        text.push_str(&cause);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_and_its_causes_are_said_once() {
        #[derive(Debug)]
        struct Said(&'static str, Option<Box<Said>>);
        impl std::fmt::Display for Said {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.0)
            }
        }
        impl std::error::Error for Said {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(self.1.as_deref()?)
            }
        }
        let of = |text, cause: Option<Said>| Said(text, cause.map(Box::new));
        let io = || of("no answer", None);
        let driver = || of("error communicating: no answer", Some(io()));
        for (error, expected) in [
            (io(), "no answer"),
            (of("it failed", Some(io())), "it failed: no answer"),
            (
                of("it is away: no answer", Some(driver())),
                "it is away: no answer",
            ),
        ] {
            assert_eq!(chain(&error), expected);
        }
    }

    #[test]
    fn libraries_are_quiet_unless_the_operator_names_them() {
        for (filter, expected) in [
            (
                "info",
                "info,rustls_platform_verifier=off,tantivy=error,tower_sessions=off,sqlx=warn",
            ),
            (
                "debug,tantivy=trace",
                "debug,tantivy=trace,rustls_platform_verifier=off,tower_sessions=off,sqlx=warn",
            ),
        ] {
            assert_eq!(filter_text(filter), expected);
        }
    }

    #[test]
    fn a_panic_is_an_event_like_any_other() {
        // The hook is for the whole process, the events are of this thread only.
        let before = panic::take_hook();
        panic::set_hook(Box::new(log_panic));
        let events = crate::captured::logged(|| {
            let ended = panic::catch_unwind(|| panic!("two\nlines"));
            assert!(ended.is_err());
        });
        panic::set_hook(before);
        let [event] = events.as_slice() else {
            panic!("not one event: {events:?}");
        };
        let event: serde_json::Value = serde_json::from_str(event).unwrap();
        assert_eq!(event["level"], "ERROR");
        assert_eq!(event["fields"]["text"], "two\nlines");
        let place = event["fields"]["place"].as_str().unwrap();
        assert!(place.contains("log.rs:"), "{place}");
    }

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
