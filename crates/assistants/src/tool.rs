//! What a tool is, as a list of tools shows it.

use serde_json::{Value, json};

/// A tool. All of them only read.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does, for the assistant.
    pub description: &'static str,
    /// The JSON Schema of its arguments.
    pub input: Value,
}

impl Tool {
    /// Returns it as the list has it.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.input,
            "annotations": {
                "title": self.title,
                "readOnlyHint": true,
                "destructiveHint": false,
                "idempotentHint": true,
                "openWorldHint": false,
            },
        })
    }
}
