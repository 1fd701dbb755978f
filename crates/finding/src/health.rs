//! How the peers of this node are doing: whether what is held of each is up to date.
//!
//! Only what was recorded of their polls is judged; no peer is asked.

use std::time::Duration;

use ledger::FaultCode;
use node::flows::pull::backoff;
use store::{Peer, PeerState};
use wire::Timestamp;

/// A peer is behind when it was not reached for this long after its poll was due.
const BEHIND: Duration = Duration::from_secs(3_600);
/// A peer is also behind after this many failed polls in a row.
const FAILURES: u32 = 3;

/// How a peer is doing, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// Its feed is not applied until its operator or ours acts.
    Stopped,
    /// It cannot be reached, or what it sends cannot be used.
    Behind,
    /// The last attempt to reach it failed. The next one comes soon.
    Retrying,
    /// It was never reached.
    New,
    /// Its copy here is fresh.
    UpToDate,
    /// It is not followed any more; its documents stay.
    Left,
}

impl Health {
    /// Derives the health of a peer from its recorded state. `interval` is the time between polls of a peer that sets
    /// none.
    #[must_use]
    pub fn from_peer(peer: &Peer, interval: Duration, now: Timestamp) -> Self {
        let stopping = peer
            .fault
            .as_ref()
            .is_some_and(|fault| !matches!(fault.code, FaultCode::Transport));
        match peer.state {
            PeerState::Left => Self::Left,
            PeerState::Halted | PeerState::Paused => Self::Stopped,
            _ if stopping => Self::Stopped,
            PeerState::New if peer.last_fresh.is_none() => Self::New,
            _ if peer.stale || quiet(peer, interval, now) => Self::Behind,
            _ if peer.failures > 0 || peer.fault.is_some() => Self::Retrying,
            _ => Self::UpToDate,
        }
    }
}

/// Judges each peer, as [`Health::from_peer`].
#[must_use]
pub fn judged(peers: &[Peer], interval: Duration, now: Timestamp) -> Vec<(Health, &Peer)> {
    peers
        .iter()
        .map(|peer| (Health::from_peer(peer, interval, now), peer))
        .collect()
}

fn quiet(peer: &Peer, interval: Duration, now: Timestamp) -> bool {
    let longest_wait = backoff::after_success(peer.interval.unwrap_or(interval), 1.0);
    peer.last_contact
        .is_none_or(|at| now.since(at) > longest_wait + BEHIND)
        || peer.failures >= FAILURES
}

#[cfg(test)]
mod tests {
    use wire::NodeId;

    use super::*;

    fn peer(contact: Timestamp, interval: Option<u64>) -> Peer {
        Peer {
            node_seq: 2,
            node: NodeId::for_text(b"peer"),
            handle: "xx2".to_owned(),
            ods: None,
            name: "Peer".to_owned(),
            epoch: 1,
            version: 1,
            base: "https://peer.example/feed/v1".to_owned(),
            contact: None,
            stated: None,
            resembles: None,
            successor: None,
            state: PeerState::Active,
            allow_cidr: String::new(),
            interval: interval.map(Duration::from_secs),
            agreed_size: None,
            failures: 0,
            next_due: contact,
            last_contact: Some(contact),
            last_fresh: Some(contact),
            stale: false,
            fault: None,
            node_etag: None,
            checkpoint_etag: None,
            size: 0,
            checkpoint_at: None,
            quarantined: 0,
            unavailable: 0,
            added_at: contact,
        }
    }

    #[test]
    fn a_peer_is_behind_once_it_is_an_hour_late_and_not_while_nothing_was_due() {
        let contact = Timestamp::from_secs(1_800_000_000);
        // Minutes: the interval that the peer sets, the one of the settings, and the time since the last contact.
        for (own, usual, silent, health) in [
            (None, 5, 65, Health::UpToDate),
            (None, 5, 66, Health::Behind),
            (None, 1_440, 1_500, Health::UpToDate),
            (Some(1_440), 5, 1_584, Health::UpToDate),
            (Some(1_440), 5, 1_645, Health::Behind),
            (Some(5), 1_440, 66, Health::Behind),
        ] {
            let peer = peer(contact, own.map(|minutes: u64| minutes * 60));
            let usual = Duration::from_secs(usual * 60);
            let now = contact.plus(Duration::from_secs(silent * 60));
            assert_eq!(
                Health::from_peer(&peer, usual, now),
                health,
                "{own:?} {usual:?} {silent}"
            );
        }
        let failing = Peer {
            failures: FAILURES,
            ..peer(contact, Some(86_400))
        };
        let health = Health::from_peer(&failing, BEHIND, contact);
        assert_eq!(health, Health::Behind, "whatever its interval");
    }
}
