//! Words on coloured backgrounds.

use domain::{Term as _, vocabulary::Outcome};

/// A word on a coloured background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// The colour's class.
    pub class: &'static str,
    /// Its text.
    pub words: &'static str,
}

impl Tag {
    /// Returns the tag of a result.
    #[must_use]
    pub fn for_result(result: Outcome) -> Self {
        let class = match result {
            Outcome::Worked => "green",
            Outcome::Partly => "yellow",
            Outcome::DidNotWork => "red",
            Outcome::TooEarly => "grey",
        };
        Self {
            class,
            words: result.label(),
        }
    }
}
