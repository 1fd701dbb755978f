//! How a command ends: its exit code and, if it failed, the reason.

/// Exit code: done.
pub(crate) const DONE: u8 = 0;
/// Exit code: not done, or not all of it.
pub(crate) const FAILED: u8 = 1;
/// Exit code: wrong usage, configuration or input.
pub(crate) const INVALID: u8 = 2;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub code: u8,
    /// The reason, for a person.
    pub text: String,
}

impl Failure {
    /// Returns a failure that the caller can fix in the arguments or the input.
    #[must_use]
    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self {
            code: INVALID,
            text: text.into(),
        }
    }

    /// Returns any other failure.
    #[must_use]
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self {
            code: FAILED,
            text: text.into(),
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        tracing::debug!(error = %node::telemetry::chain(&error), "a command failed");
        Self::failed(error.to_string())
    }
}
