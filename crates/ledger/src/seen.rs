//! The lines of `/seen`: what a node has applied of each log that it follows, cosigned by it (docs/FEED.md §6).

use serde_json::json;
use wire::json;

use crate::Origin;

/// One line: a followed log, and the note that is cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenLine {
    /// The log.
    pub origin: Origin,
    /// The checkpoint's text with the origin's log line and timestamp line and the reader's cosignature.
    pub applied: String,
}

impl SeenLine {
    /// Returns the line, with its line feed.
    #[must_use]
    pub fn encode(&self) -> String {
        format!(
            "{}\n",
            json!({"origin": self.origin.to_string(), "applied": self.applied})
        )
    }

    /// Reads a line without its line feed; the note is still to be verified.
    #[must_use]
    pub fn parse(line: &[u8]) -> Option<Self> {
        let object = json::parse(line).ok()?;
        Some(Self {
            origin: Origin::parse(object.str("origin")?)?,
            applied: object.str("applied")?.to_owned(),
        })
    }
}
