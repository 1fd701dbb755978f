//! What a poll reports to its caller, and to the program's log.

use ledger::PeerFault;
use store::{Claim, StoreError};

use super::quota::Refusal;

/// How a poll ended, and what it committed until then.
#[derive(Debug, Default)]
pub struct PollReport {
    /// Entries applied, of all epochs.
    pub entries: u64,
    /// Withdrawals among them that took effect.
    pub withdrawn: u64,
    /// Bodies stored.
    pub bodies: u64,
    /// Whether there is more to fetch; the peer is due at once then.
    pub more: bool,
    /// Why entries were not taken; their withdrawals were applied.
    pub(super) refusal: Option<Refusal>,
    /// What the peer did wrong.
    pub fault: Option<PeerFault>,
    /// What went wrong on this node.
    pub error: Option<StoreError>,
}

impl PollReport {
    /// Writes one line about the poll to the program's log.
    pub fn log(&self, claim: &Claim) {
        let peer = &claim.peer.handle;
        let Self {
            entries,
            withdrawn,
            bodies,
            ..
        } = self;
        match (&self.error, &self.fault) {
            (Some(StoreError::LeaseLost(_)), _) => {
                tracing::debug!(
                    peer,
                    "poll abandoned: another process has the lease, or the peer was removed"
                );
            }
            (Some(error), _) => {
                let error = error as &dyn std::error::Error;
                tracing::error!(peer, error, "poll failed on this node; trying again");
            }
            // Once for each fault: a peer that is away for a day is polled many times.
            (None, Some(fault)) if is_known(fault, claim) => {
                tracing::debug!(peer, %fault, "poll found the same fault of the peer");
            }
            (None, Some(fault)) => tracing::warn!(peer, %fault, "poll found a fault of the peer"),
            (None, None) if claim.peer.fault.is_some() => {
                tracing::info!(
                    peer,
                    entries,
                    withdrawn,
                    bodies,
                    "pulled; the peer has no fault any more"
                );
            }
            (None, None) if *entries > 0 || *bodies > 0 => {
                tracing::info!(peer, entries, withdrawn, bodies, "pulled");
            }
            (None, None) => tracing::debug!(peer, "nothing new"),
        }
    }
}

/// Returns whether a peer had the same fault before the poll.
fn is_known(fault: &PeerFault, claim: &Claim) -> bool {
    let before = claim.peer.fault.as_ref();
    before.is_some_and(|before| before.code == fault.code)
}
