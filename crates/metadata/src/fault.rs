//! Faults of a document, in words that show its author what to do.

use std::fmt;

/// One fault of a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// The key, such as `summary` or `measures[0].unit`; `body` for the text, empty for the whole file.
    pub field: String,
    /// The line of the file, from 1.
    pub line: Option<u32>,
    /// What is wrong and what to do: lower case, no full stop.
    pub text: String,
}

impl Fault {
    /// Makes a fault.
    #[must_use]
    pub fn new(field: impl Into<String>, line: Option<u32>, text: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.text)
    }
}
