//! How far each section of a draft has got.

/// How far a section has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing was typed yet.
    NotStarted,
    /// Nothing was typed, and nothing has to be.
    Optional,
    /// Something has to be added.
    Started,
    /// Something has to be put right.
    Problem,
    /// Nothing is wrong with it.
    Done,
}

impl State {
    /// Returns what people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotStarted => "Not started",
            Self::Optional => "Optional",
            Self::Started => "In progress",
            Self::Problem => "Problem",
            Self::Done => "Done",
        }
    }
}
