//! Who may do what: the identity of an account, and its role.
//!
//! Nothing here is in the feed: accounts belong to one node.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Timestamp,
    identifiers::{generate_v7, parse_v7},
    text_form::text_form,
};

/// The id of an account of this node: a UUID of version 7, lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Uuid);

text_form!(AccountId, "an account id (a lower-case UUID of version 7)");

impl AccountId {
    /// Reads the canonical lower-case form; another version or variant is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse_v7(text).map(Self)
    }

    /// Makes a new id from the time of creation and 10 random bytes.
    #[must_use]
    pub fn generate(now: Timestamp, random: [u8; 10]) -> Self {
        Self(generate_v7(now, random))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_hyphenated())
    }
}

/// What an account may do. Each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads what is for staff of this node.
    Reader,
    /// Writes drafts and submits them.
    Contributor,
    /// Approves the drafts of others.
    Editor,
    /// Manages accounts.
    Administrator,
}

impl Role {
    /// Every role, the one that may do least first.
    pub const ALL: [Self; 4] = [
        Self::Reader,
        Self::Contributor,
        Self::Editor,
        Self::Administrator,
    ];

    /// Returns the role as it is written in settings, forms and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Contributor => "contributor",
            Self::Editor => "editor",
            Self::Administrator => "administrator",
        }
    }

    /// Reads the form that [`Role::as_str`] writes, and no other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names = Self::ALL.map(Self::as_str).join("`, `");
        Self::parse(text).ok_or_else(|| format!("`{text}` is not a role; give one of `{names}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered_by_what_they_may_do_and_have_one_written_form() {
        assert!(Role::ALL.is_sorted());
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            let json = serde_json::to_string(&role).unwrap();
            assert_eq!(json, format!("\"{role}\""));
        }
        for wrong in ["", "Editor", "editor ", "admin"] {
            assert_eq!(Role::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_account_id_reads_back() {
        let made = AccountId::generate(Timestamp::from_secs(1_790_000_000), [7; 10]);
        assert_eq!(AccountId::parse(&made.to_string()), Some(made));
        assert_eq!(AccountId::parse(&made.to_string().to_uppercase()), None);
    }
}
