//! What came of a file that a draft began with. It stays with the draft until that is published.

use serde::{Deserialize, Serialize};

use super::Content;

/// What came of a file that a draft began with: for its author to read again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// The headings of the file, and where in the draft each is.
    pub sections: Vec<(String, String)>,
    /// What could not be carried over, a sentence each.
    pub omissions: Vec<String>,
    /// How many pictures came with the text.
    pub pictures: usize,
}

impl Content {
    /// Adds what came of the file that it began with.
    #[must_use]
    pub fn with_converted(self, converted: Converted) -> Self {
        Self {
            converted: Some(converted),
            ..self
        }
    }

    /// Returns what came of the file that it began with, if it began with one.
    #[must_use]
    pub fn converted(&self) -> Option<&Converted> {
        self.converted.as_ref()
    }
}
