//! Whether and how a peer is polled, as the operator and the polls themselves decide.

use crate::{
    StoreError,
    record::{Column, parsed},
};

/// Whether and how a peer is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeerState {
    /// Never polled with success.
    New,
    /// Polled.
    Active,
    /// Not polled, as the operator asked.
    Paused,
    /// Not polled until an operator acts: it has shown two histories.
    Halted,
    /// It has left the exchange.
    Left,
}

impl PeerState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::Active,
        Self::Paused,
        Self::Halted,
        Self::Left,
    ];

    /// Returns the state as it is stored and shown in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Halted => "halted",
            Self::Left => "left",
        }
    }
}

impl Column for PeerState {
    type Stored = String;

    fn read(text: String) -> Result<Self, StoreError> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == text);
        parsed(known, "peer state", &text)
    }
}
