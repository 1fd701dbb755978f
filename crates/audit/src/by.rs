//! Who did something.

use wire::AccountId;

/// Who did something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum By {
    /// A user of the machine, at the command line.
    Operator(Operator),
    /// A person who has signed in.
    Account(AccountId),
    /// This node itself, in the background.
    #[default]
    Node,
    /// Someone who has not signed in.
    Unknown,
}

/// A user of the machine, as its kernel knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Number of the user.
    pub uid: u32,
    /// Name of the user; empty if the machine does not say.
    pub name: String,
}

impl By {
    /// Returns the sort of person or program, as rows have it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Operator(_) => "operator",
            Self::Account(_) => "account",
            Self::Node => "node",
            Self::Unknown => "unknown",
        }
    }

    /// Returns the id of the account or the number of the user, or nothing.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Operator(operator) => operator.uid.to_string(),
            Self::Account(id) => id.to_string(),
            Self::Node | Self::Unknown => String::new(),
        }
    }
}
