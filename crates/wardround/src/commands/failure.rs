//! How a command ends: its exit code and, if it failed, the reason, in words and as a word for programs.

use std::error::Error;

use files::{export::ExportError, import::ImportError, publish::PublishFileError};
use node::{
    DirectoryError, NodeError, OpenError,
    eraser::EraseError,
    flows::{peers::PeerError, recover::RecoverError},
    identity::IdentityError,
};
use people::accounts::AccountError;
use search::IndexError;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::StoreError;
use upkeep::backup::BackupError;

/// Exit code: done.
pub(crate) const DONE: u8 = 0;
/// Exit code: not done, or not all of it.
pub(crate) const FAILED: u8 = 1;
/// Exit code: wrong usage, configuration or input.
pub(crate) const INVALID: u8 = 2;

/// What sort of failure it is, for programs; docs/COMMANDS.md lists the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FailureKind {
    /// The command line cannot be read.
    Usage,
    /// An argument, the configuration or the input is wrong.
    Invalid,
    /// The node has no identity yet.
    NoIdentity,
    /// Another process uses the data directory.
    InUse,
    /// The node signs nothing now.
    SignsNothing,
    /// The disk is full.
    Full,
    /// The database is busy, away or read-only; a later attempt may succeed.
    Unavailable,
    /// The database could not be upgraded.
    Migration,
    /// Anything else.
    Failed,
}

impl FailureKind {
    /// Finds the kind of an error.
    fn from_error(error: &(dyn Error + 'static)) -> Self {
        if let Some(error) = error.downcast_ref::<OpenError>() {
            return match error {
                OpenError::Directory(DirectoryError::InUse { .. }) => Self::InUse,
                OpenError::Node(error) => Self::from_error(error),
                OpenError::Directory(_) | OpenError::Identity(_) | OpenError::Accounts(_) => {
                    Self::Failed
                }
            };
        }
        if let Some(error) = error.downcast_ref::<NodeError>() {
            return match error {
                NodeError::NotInitialised => Self::NoIdentity,
                NodeError::MayNotSign(_) | NodeError::HasLeft => Self::SignsNothing,
                NodeError::Store(error) => Self::from_error(error),
                NodeError::SearchTimeout => Self::Unavailable,
                NodeError::Index(IndexError::Full { .. }) => Self::Full,
                NodeError::Index(_)
                | NodeError::Random(_)
                | NodeError::File(_)
                | NodeError::Task(_) => Self::Failed,
            };
        }
        if let Some(PublishFileError::Import(error)) = error.downcast_ref() {
            return Self::from_error(error);
        }
        if let Some(error) = passed_on(error) {
            return Self::from_error(error);
        }
        match error.downcast_ref::<StoreError>() {
            Some(StoreError::NotInitialised) => Self::NoIdentity,
            Some(StoreError::Full) => Self::Full,
            Some(StoreError::NotUpgraded { .. }) => Self::Migration,
            Some(error) if error.is_temporary() => Self::Unavailable,
            Some(_) => Self::Failed,
            None => error.source().map_or(Self::Failed, Self::from_error),
        }
    }
}

/// Returns the error of the node that an error of a flow passes on as its own, so that `source` does not return it.
fn passed_on<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a NodeError> {
    macro_rules! node_of {
        ($($flow:ident),*) => {
            $(if let Some($flow::Node(error)) = error.downcast_ref::<$flow>() {
                return Some(error);
            })*
        };
    }
    node_of!(
        AccountError,
        BackupError,
        EraseError,
        ExportError,
        IdentityError,
        ImportError,
        PeerError,
        RecoverError
    );
    None
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub code: u8,
    /// What sort of failure it is.
    pub kind: FailureKind,
    /// The reason, for a person.
    pub text: String,
}

impl Failure {
    /// Returns a failure that the caller can fix in the arguments or the input.
    #[must_use]
    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self {
            code: INVALID,
            kind: FailureKind::Invalid,
            text: text.into(),
        }
    }

    /// Returns any other failure.
    #[must_use]
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self {
            code: FAILED,
            kind: FailureKind::Failed,
            text: text.into(),
        }
    }

    /// Returns it as one line of JSON.
    #[must_use]
    pub(crate) fn to_json(&self) -> String {
        let error = json!({"kind": self.kind, "exit": self.code, "text": self.text});
        json!({ "error": error }).to_string()
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        tracing::debug!(error = %telemetry::chain(&error), "a command failed");
        Self {
            kind: FailureKind::from_error(&error),
            ..Self::failed(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_known_by_its_kind_however_deep_it_is() {
        use FailureKind as K;
        let of_open = |error: StoreError| Failure::from(OpenError::from(error)).kind;
        for (kind, expected) in [
            (of_open(StoreError::Locked), K::Unavailable),
            (of_open(StoreError::Full), K::Full),
            (of_open(StoreError::NotInitialised), K::NoIdentity),
            (Failure::from(NodeError::NotInitialised).kind, K::NoIdentity),
            (
                Failure::from(BackupError::from(StoreError::Full)).kind,
                K::Full,
            ),
            (Failure::from(std::io::Error::other("x")).kind, K::Failed),
        ] {
            assert_eq!(kind, expected);
        }
        let json = Failure::invalid("say \"what\"").to_json();
        assert_eq!(
            json,
            r#"{"error":{"kind":"invalid","exit":2,"text":"say \"what\""}}"#
        );
    }
}
