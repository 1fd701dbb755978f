//! Where a document comes from and how fresh the copy is, as every reader is told.

use std::time::Duration;

use ledger::FaultCode;
use store::{PeerState, Publisher};
use wire::Timestamp;

/// A copy whose origin has not been heard for so long may be out of date: the longest that a healthy one goes unheard.
/// The interval of a peer may be a day, chance adds a tenth (docs/FEED.md §7), and a checkpoint is up to
/// [`RENEW_EVERY`](ledger::limits::RENEW_EVERY) old when it is fetched; the rest of the 27 hours is for the poll.
const FRESH: Duration = Duration::from_secs(27 * 60 * 60);

/// Where a document comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// What was checked.
    pub state: ProvenanceState,
    /// When its origin's log was last known to be current; `None` for this node's own.
    pub pulled: Option<Timestamp>,
}

/// What was checked. Nothing is shown whose signature is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProvenanceState {
    /// Published on this node.
    Own,
    /// Signature verified.
    Verified,
    /// Signature verified; it may be out of date.
    Stale,
}

impl ProvenanceState {
    /// Returns the state as JSON has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Verified => "verified",
            Self::Stale => "stale",
        }
    }
}

impl Provenance {
    /// Judges a document by its node; `None` is a node that is configured no more.
    #[must_use]
    pub fn of(publisher: Option<&Publisher>, now: Timestamp) -> Self {
        let Some(publisher) = publisher else {
            return Self {
                state: ProvenanceState::Stale,
                pulled: None,
            };
        };
        if publisher.own {
            return Self {
                state: ProvenanceState::Own,
                pulled: None,
            };
        }
        let polled = matches!(publisher.state, Some(PeerState::New | PeerState::Active));
        let faulty = publisher
            .fault
            .is_some_and(|code| code != FaultCode::Transport);
        let expired = publisher.expires.is_some_and(|expires| expires <= now);
        // While the first pull goes on there is no such time yet, and nothing could be fresher.
        let quiet = publisher
            .last_fresh
            .is_some_and(|fresh| now.since(fresh) > FRESH);
        let stale = publisher.stale || publisher.left || !polled || faulty || expired || quiet;
        Self {
            state: if stale {
                ProvenanceState::Stale
            } else {
                ProvenanceState::Verified
            },
            pulled: publisher.last_fresh,
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::NodeId;

    use super::*;
    use crate::flows::pull::backoff;

    #[test]
    fn a_copy_is_fresh_only_while_its_origin_is_heard() {
        let now = Timestamp::from_secs(1_800_000_000);
        let hour = Duration::from_secs(3_600);
        let peer = Publisher {
            node_seq: 2,
            node: NodeId::for_text(b"peer"),
            handle: "xx2".to_owned(),
            own: false,
            ods: None,
            name: "Peer".to_owned(),
            base: "https://peer.example/feed/v1".to_owned(),
            contact: None,
            left: false,
            expires: Some(now.plus(hour)),
            state: Some(PeerState::Active),
            stale: false,
            last_fresh: Some(now.minus(hour)),
            fault: None,
        };
        let state = |change: &dyn Fn(&mut Publisher)| {
            let mut publisher = peer.clone();
            change(&mut publisher);
            Provenance::of(Some(&publisher), now).state
        };
        use ProvenanceState::{Own, Stale, Verified};
        assert_eq!(state(&|_| ()), Verified);
        assert_eq!(
            state(&|publisher| publisher.fault = Some(FaultCode::Transport)),
            Verified
        );
        assert_eq!(state(&|publisher| publisher.last_fresh = None), Verified);
        assert_eq!(state(&|publisher| publisher.own = true), Own);
        assert_eq!(state(&|publisher| publisher.stale = true), Stale);
        assert_eq!(state(&|publisher| publisher.left = true), Stale);
        assert_eq!(state(&|publisher| publisher.expires = Some(now)), Stale);
        assert_eq!(
            state(&|publisher| publisher.state = Some(PeerState::Halted)),
            Stale
        );
        assert_eq!(
            state(&|publisher| publisher.state = Some(PeerState::Paused)),
            Stale
        );
        assert_eq!(state(&|publisher| publisher.state = None), Stale);
        assert_eq!(
            state(&|publisher| publisher.fault = Some(FaultCode::Rollback)),
            Stale
        );
        let silent = |silent| state(&|publisher| publisher.last_fresh = Some(now.minus(silent)));
        // The longest wait for a healthy peer, which is asked once a day.
        let day = backoff::after_success(hour * 24, 1.0) + ledger::limits::RENEW_EVERY;
        assert_eq!(silent(day), Verified);
        assert_eq!(silent(hour * 28), Stale);
        assert_eq!(Provenance::of(None, now).state, Stale);
        assert_eq!(Provenance::of(Some(&peer), now).pulled, peer.last_fresh);
    }
}
