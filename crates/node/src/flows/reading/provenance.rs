//! Where a document comes from and how fresh the copy is. Every page says so.

use std::time::Duration;

use ledger::FaultCode;
use store::{PeerState, Publisher};
use wire::Timestamp;

/// A copy may be out of date if its origin's log was not known to be current for longer than this. The interval of a
/// healthy peer is up to a day, chance adds a tenth (docs/FEED.md §7), and a checkpoint is up to
/// [`RENEW_EVERY`](ledger::limits::RENEW_EVERY) old when it is fetched; the rest of the 27 hours is for the poll.
const MAX_FRESH_AGE: Duration = Duration::from_secs(27 * 60 * 60);

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
    /// Returns the provenance of the documents of a node; `None` is a node that was removed.
    #[must_use]
    pub fn for_publisher(publisher: Option<&Publisher>, now: Timestamp) -> Self {
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
        let polled = publisher.state.is_some_and(PeerState::is_polled);
        let faulty = publisher
            .fault
            .is_some_and(|code| code != FaultCode::Transport);
        let expired = publisher.expires.is_some_and(|expires| expires <= now);
        // During the first pull there is no such time yet, and the copies are new.
        let quiet = publisher
            .last_fresh
            .is_some_and(|fresh| now.since(fresh) > MAX_FRESH_AGE);
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
    fn a_copy_is_fresh_only_while_its_origin_answers() {
        let now = Timestamp::from_secs(1_800_000_000);
        let hour = Duration::from_secs(3_600);
        let peer = Publisher {
            node_seq: 2,
            node: NodeId::for_text(b"peer"),
            handle: "xx2".to_owned(),
            own: false,
            ods: None,
            name: "Peer".to_owned(),
            former_name: None,
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
            Provenance::for_publisher(Some(&publisher), now).state
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
        assert_eq!(Provenance::for_publisher(None, now).state, Stale);
        assert_eq!(
            Provenance::for_publisher(Some(&peer), now).pulled,
            peer.last_fresh
        );
    }
}
