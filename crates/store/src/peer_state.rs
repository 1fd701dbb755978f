//! Whether and how a peer is polled, as the operator and the polls themselves decide.

use crate::record::words;

words! {
    /// Whether and how a peer is polled.
    pub enum PeerState as "peer state" {
        /// Never polled with success.
        New = "new",
        /// Polled.
        Active = "active",
        /// Not polled, as the operator asked.
        Paused = "paused",
        /// Not polled until an operator acts: it has shown two histories.
        Halted = "halted",
        /// It has left the exchange.
        Left = "left",
    }
}

impl PeerState {
    /// Returns whether the peer is polled.
    #[must_use]
    pub const fn is_polled(self) -> bool {
        matches!(self, Self::New | Self::Active)
    }
}
