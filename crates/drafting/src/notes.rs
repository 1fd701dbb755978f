//! What a reviewer says about a draft: a comment on the whole, and comments at paragraphs.

use serde::{Deserialize, Serialize};

/// Most comments of one review.
pub const MAX_COMMENTS: usize = 100;
/// Longest comment, in characters.
pub const MAX_NOTE_CHARS: usize = 2_000;
/// What a reviewer said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// About the whole; may be empty.
    pub comment: String,
    /// At paragraphs.
    pub notes: Vec<Note>,
}

/// A comment at a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The name of the field.
    pub field: String,
    /// The first words of the paragraph.
    pub quote: String,
    /// The comment.
    pub text: String,
}

impl Notes {
    /// Returns whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.comment.trim().is_empty() && self.notes.is_empty()
    }

    /// Returns the bytes that are stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`Notes::to_bytes`] wrote, with any white space behind it.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// Returns the first line of each paragraph of a text.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut is_inside = false;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            is_inside = false;
        } else if !is_inside {
            is_inside = true;
            // A heading is quoted without its marks.
            let line = line.trim_start_matches('#').trim_start();
            paragraphs.push(line.to_owned());
        }
    }
    paragraphs
}
