//! When peers last sent a nudge, so that a flood of nudges costs no transactions.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use store::NUDGE_EVERY;
use wire::{NodeId, Timestamp};

/// Nudges that are remembered; a node has far fewer peers.
const MAX_NUDGES: usize = 1024;

/// The recent nudges of peers.
#[derive(Debug, Default)]
pub struct RecentNudges(Mutex<HashMap<NodeId, Timestamp>>);

impl RecentNudges {
    /// Says whether a peer's nudge is accepted at `now`, one in each [`NUDGE_EVERY`], and remembers it if so.
    pub fn admits(&self, peer: &NodeId, now: Timestamp) -> bool {
        let mut nudges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |at: &Timestamp| *at <= now && now < at.plus(NUDGE_EVERY);
        if nudges.get(peer).is_some_and(recent) {
            return false;
        }
        if nudges.len() >= MAX_NUDGES {
            nudges.retain(|_, at| recent(at));
        }
        nudges.insert(peer.clone(), now);
        true
    }
}
