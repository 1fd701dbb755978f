//! Peers: claiming, leases, outcomes of polls, nudges, keys.

use audit::By;
use std::{collections::HashMap, sync::Arc, time::Duration};

use ledger::{FaultCode, PeerFault};
use store::{
    KeyRole, NewPeer, NextPoll, NodeKey, PeerState, PollSuccess, Standing, Store, StoreError,
};
use wire::{NodeId, Timestamp};

use crate::support::{at, node_document, on_each_engine};

const LEASE: Duration = Duration::from_secs(600);

pub(crate) fn new_peer(number: usize) -> NewPeer {
    NewPeer {
        node: NodeId::for_text(format!("peer {number}").as_bytes()),
        handle: format!("p{number}"),
        base: format!("https://peer{number}.example/feed/v1"),
        name: format!("Peer {number}"),
        ods: None,
        allow_cidr: String::new(),
        interval: None,
    }
}

fn success(next_due: Timestamp) -> PollSuccess {
    PollSuccess {
        next: NextPoll::at(next_due),
        fresh: Some(next_due),
        stale: false,
        node_etag: Some("\"n\"".to_owned()),
        checkpoint_etag: Some("\"c\"".to_owned()),
    }
}

/// Claims peers of any standing.
async fn claim_due(store: &Store, now: Timestamp, holder: &str, limit: u32) -> Vec<store::Claim> {
    let mut claims = Vec::new();
    for standing in [Standing::Answering, Standing::Unproven] {
        let due = store.claim_due_peers(standing, now, holder, LEASE, limit);
        claims.extend(due.await.unwrap());
    }
    claims
}

async fn claim_one(store: &Store, now: Timestamp) -> store::Claim {
    let mut due = claim_due(store, now, "a", 1).await;
    due.pop().expect("a peer is due")
}

#[test]
fn peers_that_answer_are_claimed_apart_from_those_that_do_not() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        for number in 0..3 {
            store
                .add_peer(&new_peer(number), &By::Node, at(0))
                .await
                .unwrap();
        }
        let claim = async |standing, now| {
            let claims = store.claim_due_peers(standing, now, "a", LEASE, 9).await;
            claims.unwrap()
        };
        // A peer is unproven until its first poll has succeeded, and again after a failure.
        assert!(claim(Standing::Answering, at(1)).await.is_empty());
        let claims = claim(Standing::Unproven, at(1)).await;
        let [answers, fails, hangs] = &claims[..] else {
            panic!("{}", claims.len())
        };
        store
            .record_success(answers, &success(at(3)), at(2))
            .await
            .unwrap();
        let fault = FaultCode::Transport.fault("nothing came");
        for claim in [fails, hangs] {
            let recorded = store.record_fault(claim, &fault, None, NextPoll::at(at(3)), at(2));
            recorded.await.unwrap();
        }
        let answering = claim(Standing::Answering, at(4)).await;
        assert_eq!(answering.len(), 1);
        assert_eq!(answering[0].peer.node_seq, answers.peer.node_seq);
        assert_eq!(claim(Standing::Unproven, at(4)).await.len(), 2);
        store
            .record_fault(&answering[0], &fault, None, NextPoll::at(at(5)), at(4))
            .await
            .unwrap();
        assert!(claim(Standing::Answering, at(6)).await.is_empty());
        assert_eq!(claim(Standing::Unproven, at(6)).await.len(), 1);
        store.close().await;
    });
}

#[test]
fn eight_claimers_claim_each_peer_exactly_once() {
    on_each_engine(|database| async move {
        let store = Arc::new(database.open().await);
        for number in 0..40 {
            store
                .add_peer(&new_peer(number), &By::Node, at(0))
                .await
                .unwrap();
        }
        let claimers: Vec<_> = (0..8)
            .map(|claimer| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut claimed = Vec::new();
                    loop {
                        let holder = format!("claimer {claimer}");
                        let claims = claim_due(&store, at(1), &holder, 3).await;
                        if claims.is_empty() {
                            return claimed;
                        }
                        claimed.extend(claims.into_iter().map(|claim| claim.peer.node_seq));
                    }
                })
            })
            .collect();
        let mut times: HashMap<i64, usize> = HashMap::new();
        for claimer in claimers {
            for node_seq in claimer.await.unwrap() {
                *times.entry(node_seq).or_default() += 1;
            }
        }
        assert_eq!(times.len(), 40);
        assert!(times.values().all(|times| *times == 1), "{times:?}");
        store.close().await;
    });
}

#[test]
fn a_lease_that_ran_out_passes_on_and_the_late_poll_writes_nothing() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        store
            .add_peer(&new_peer(1), &By::Node, at(0))
            .await
            .unwrap();
        let late = claim_one(&store, at(0)).await;
        assert!(claim_due(&store, at(599), "b", 9).await.is_empty());
        let current = claim_one(&store, at(600)).await;
        let lost = store
            .record_success(&late, &success(at(900)), at(601))
            .await
            .unwrap_err();
        assert!(matches!(lost, StoreError::LeaseLost(_)), "{lost}");
        store
            .record_success(&current, &success(at(900)), at(601))
            .await
            .unwrap();
        let peer = store.peer("p1").await.unwrap().unwrap();
        assert_eq!((peer.state, peer.next_due), (PeerState::Active, at(900)));
        assert_eq!(peer.checkpoint_etag.as_deref(), Some("\"c\""));
        store.close().await;
    });
}

#[test]
fn a_killed_process_gives_its_claims_back_when_it_starts_again() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        store
            .add_peer(&new_peer(1), &By::Node, at(0))
            .await
            .unwrap();
        let lost = claim_one(&store, at(0)).await;
        assert_eq!(store.release_claims("another", at(5)).await.unwrap(), 0);
        assert_eq!(store.release_claims(&lost.holder, at(5)).await.unwrap(), 1);
        let claim = claim_one(&store, at(6)).await;
        assert!(store.record_contact(&lost, at(6)).await.is_err());
        store.record_contact(&claim, at(6)).await.unwrap();
        store.close().await;
    });
}

#[test]
fn faults_are_counted_kept_with_their_beginning_and_cleared_by_success() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        store
            .add_peer(&new_peer(1), &By::Node, at(0))
            .await
            .unwrap();
        let fault = |code, text: &str| PeerFault {
            code,
            text: text.to_owned(),
        };
        for (now, code, text, since, failures) in [
            (10, FaultCode::Transport, "no answer", 10, 1),
            (20, FaultCode::Transport, "still none", 10, 2),
            (30, FaultCode::Malformed, "rubbish", 30, 3),
        ] {
            let claim = claim_one(&store, at(now)).await;
            let next = at(now + 1);
            store
                .record_fault(
                    &claim,
                    &fault(code, text),
                    None,
                    NextPoll::at(next),
                    at(now),
                )
                .await
                .unwrap();
            let peer = store.peer("p1").await.unwrap().unwrap();
            let held = peer.fault.unwrap();
            assert_eq!(
                (held.code, held.text.as_str(), held.since),
                (code, text, at(since))
            );
            assert_eq!((peer.failures, peer.next_due), (failures, next));
        }
        let claim = claim_one(&store, at(40)).await;
        store
            .record_success(&claim, &success(at(100)), at(41))
            .await
            .unwrap();
        let peer = store.peer("p1").await.unwrap().unwrap();
        assert_eq!((peer.fault, peer.failures), (None, 0));
        assert_eq!(
            (peer.last_contact, peer.last_fresh),
            (Some(at(41)), Some(at(100)))
        );
        store.close().await;
    });
}

#[test]
fn two_histories_halt_a_peer_until_the_operator_resumes_it() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let peer = store
            .add_peer(&new_peer(1), &By::Node, at(0))
            .await
            .unwrap();
        let claim = claim_one(&store, at(0)).await;
        let fault = PeerFault {
            code: FaultCode::Equivocation,
            text: "two roots".to_owned(),
        };
        store
            .record_fault(&claim, &fault, None, NextPoll::at(at(1)), at(0))
            .await
            .unwrap();
        assert!(claim_due(&store, at(9), "a", 9).await.is_empty());
        assert!(!store.nudge(&peer.node, at(9)).await.unwrap());
        assert!(
            store
                .claim_peer(peer.node_seq, at(9), "a", LEASE)
                .await
                .unwrap()
                .is_none()
        );
        store
            .resume_peer(peer.node_seq, &By::Node, at(10))
            .await
            .unwrap();
        let peer = claim_one(&store, at(10)).await.peer;
        assert_eq!((peer.state, peer.fault), (PeerState::Active, None));
        store.close().await;
    });
}

#[test]
fn a_nudge_brings_the_next_poll_forward_once_in_30_seconds_and_is_not_lost_during_a_poll() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let node = store
            .add_peer(&new_peer(1), &By::Node, at(0))
            .await
            .unwrap()
            .node;
        let claim = claim_one(&store, at(0)).await;
        store
            .record_success(&claim, &success(at(300)), at(1))
            .await
            .unwrap();
        assert_eq!(store.next_due(at(1)).await.unwrap(), Some(at(300)));
        assert!(store.nudge(&node, at(10)).await.unwrap());
        assert!(!store.nudge(&node, at(39)).await.unwrap());
        assert_eq!(store.next_due(at(39)).await.unwrap(), Some(at(10)));
        let claim = claim_one(&store, at(40)).await;
        assert!(store.nudge(&node, at(41)).await.unwrap());
        store
            .record_success(&claim, &success(at(340)), at(42))
            .await
            .unwrap();
        assert_eq!(store.next_due(at(42)).await.unwrap(), Some(at(42)));
        let claim = claim_one(&store, at(80)).await;
        assert!(store.nudge(&node, at(81)).await.unwrap());
        let fault = PeerFault {
            code: FaultCode::Transport,
            text: "no answer".to_owned(),
        };
        store
            .record_fault(&claim, &fault, None, NextPoll::at(at(3000)), at(82))
            .await
            .unwrap();
        assert_eq!(store.next_due(at(82)).await.unwrap(), Some(at(82)));
        assert_that_a_nudge_respects_not_before(&store, &node, &fault).await;
        assert!(
            !store
                .nudge(&NodeId::for_text(b"stranger"), at(99_999))
                .await
                .unwrap()
        );
        store.close().await;
    });
}

/// A nudge never brings a poll before what the peer asked for, whether it came during the poll or after.
async fn assert_that_a_nudge_respects_not_before(store: &Store, node: &NodeId, fault: &PeerFault) {
    for (start, during) in [(5_000, true), (15_000, false)] {
        let claim = claim_one(store, at(start)).await;
        if during {
            assert!(store.nudge(node, at(start + 1)).await.unwrap());
        }
        let next = NextPoll {
            due: at(start + 4_000),
            not_before: at(start + 2_000),
        };
        store
            .record_fault(&claim, fault, None, next, at(start + 2))
            .await
            .unwrap();
        for wait in [40, 80] {
            assert!(store.nudge(node, at(start + wait)).await.unwrap());
            let due = store.next_due(at(start + wait)).await.unwrap();
            assert_eq!(due, Some(at(start + 2_000)), "{during} {wait}");
        }
    }
}

#[test]
fn peers_that_have_waited_together_are_due_one_after_the_other() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        for number in 1..=4 {
            let added = store.add_peer(&new_peer(number), &By::Node, at(0)).await;
            let node_seq = added.unwrap().node_seq;
            if number == 2 {
                store.pause_peer(node_seq, &By::Node, at(0)).await.unwrap();
            }
        }
        let claim = claim_one(&store, at(1)).await;
        let later = NextPoll {
            due: at(5_000),
            not_before: at(4_000),
        };
        let fault = PeerFault {
            code: FaultCode::Transport,
            text: "too many requests".to_owned(),
        };
        store
            .record_fault(&claim, &fault, None, later, at(2))
            .await
            .unwrap();
        let step = Duration::from_secs(2);
        store.spread_polls(at(1_000), step).await.unwrap();
        let peers = store.peers().await.unwrap();
        let due: Vec<_> = peers
            .iter()
            .filter(|peer| peer.state != PeerState::Paused)
            .map(|peer| peer.next_due)
            .collect();
        // The first one has asked to be polled later.
        assert_eq!(due, [at(5_000), at(1_002), at(1_004)]);
        store.close().await;
    });
}

#[test]
fn a_clock_that_is_set_back_stops_no_polls() {
    const DAY: i64 = 24 * 60 * 60;
    on_each_engine(|database| async move {
        let store = database.open().await;
        // Added while the clock was a day ahead.
        let node = store
            .add_peer(&new_peer(1), &By::Node, at(DAY))
            .await
            .unwrap()
            .node;
        assert_eq!(store.next_due(at(0)).await.unwrap(), Some(at(0)));
        claim_one(&store, at(0)).await;
        // Being polled then.
        let claim = claim_one(&store, at(DAY)).await;
        assert_eq!(store.next_due(at(1)).await.unwrap(), Some(at(1)));
        let current = claim_one(&store, at(1)).await;
        assert!(store.record_contact(&claim, at(1)).await.is_err());
        // Polled then.
        store
            .record_success(&current, &success(at(DAY + 900)), at(1))
            .await
            .unwrap();
        let claim = claim_one(&store, at(DAY + 900)).await;
        store
            .record_success(&claim, &success(at(DAY + 1200)), at(DAY + 901))
            .await
            .unwrap();
        assert_eq!(store.next_due(at(2)).await.unwrap(), Some(at(2)));
        // Nudged then: that hurries no later poll, and keeps no nudge out.
        let claim = claim_one(&store, at(2)).await;
        assert!(store.nudge(&node, at(DAY + 930)).await.unwrap());
        store
            .record_success(&claim, &success(at(302)), at(3))
            .await
            .unwrap();
        assert_eq!(store.next_due(at(3)).await.unwrap(), Some(at(302)));
        assert!(store.nudge(&node, at(4)).await.unwrap());
        // One operator's click later, it is as if nothing had been.
        let node_seq = claim.peer.node_seq;
        let claim = store.claim_peer(node_seq, at(DAY), "a", LEASE).await;
        assert!(claim.unwrap().is_some());
        let claim = store.claim_peer(node_seq, at(500), "a", LEASE).await;
        assert!(claim.unwrap().is_some());
        // Clocks of two machines differ a little: that takes no claim away.
        let early = store.claim_peer(node_seq, at(441), "b", LEASE).await;
        assert!(early.unwrap().is_none());
        assert!(claim_due(&store, at(441), "b", 9).await.is_empty());
        store.close().await;
    });
}

#[test]
fn a_node_or_a_handle_is_configured_once() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        store
            .add_peer(&new_peer(1), &By::Node, at(0))
            .await
            .unwrap();
        let same_handle = NewPeer {
            handle: "p1".to_owned(),
            ..new_peer(2)
        };
        for duplicate in [new_peer(1), same_handle] {
            let error = store
                .add_peer(&duplicate, &By::Node, at(0))
                .await
                .unwrap_err();
            assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
        }
        assert_eq!(store.peers().await.unwrap().len(), 1);
        store.close().await;
    });
}

#[test]
fn a_key_has_one_role_at_one_node_and_the_later_claimer_is_refused() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let first = store
            .add_peer(&new_peer(1), &By::Node, at(0))
            .await
            .unwrap();
        let second = store
            .add_peer(&new_peer(2), &By::Node, at(0))
            .await
            .unwrap();
        let key = |byte, role| NodeKey {
            public_key: [byte; 32],
            role: Some(role),
            revoked: false,
        };
        let record = |version, keys: &[NodeKey]| node_document("Peer", version, keys);
        let good = record(1, &[key(1, KeyRole::Root), key(2, KeyRole::Log)]);
        store
            .record_node_document(first.node_seq, &good, at(1))
            .await
            .unwrap();
        for (node_seq, version, keys) in [
            (
                second.node_seq,
                1,
                [key(7, KeyRole::Root), key(2, KeyRole::Log)],
            ),
            (
                first.node_seq,
                2,
                [key(1, KeyRole::Root), key(2, KeyRole::Witness)],
            ),
        ] {
            let refused = store
                .record_node_document(node_seq, &record(version, &keys), at(2))
                .await
                .unwrap_err();
            assert!(
                matches!(&refused, StoreError::KeyTaken(node) if *node == first.node),
                "{refused}"
            );
        }
        assert_eq!(
            store.newest_node_document(second.node_seq).await.unwrap(),
            None
        );
        assert_eq!(
            store
                .newest_node_document(first.node_seq)
                .await
                .unwrap()
                .unwrap()
                .version,
            1
        );
        let stale = store
            .record_node_document(first.node_seq, &good, at(3))
            .await
            .unwrap_err();
        assert!(
            matches!(stale, StoreError::Stale { held: 1, .. }),
            "{stale}"
        );
        // An entry that revokes a key which another node lists, or will list, means nothing to that node.
        let revoke = |byte| NodeKey {
            public_key: [byte; 32],
            role: None,
            revoked: true,
        };
        let revoking = record(1, &[key(8, KeyRole::Root), revoke(2), revoke(9)]);
        store
            .record_node_document(second.node_seq, &revoking, at(4))
            .await
            .unwrap();
        let listing = record(2, &[key(1, KeyRole::Root), key(9, KeyRole::Log)]);
        store
            .record_node_document(first.node_seq, &listing, at(5))
            .await
            .unwrap();
        let keys = async |node_seq| {
            let mut keys = store.node_keys(node_seq).await.unwrap();
            keys.sort_by_key(|key| key.public_key);
            keys
        };
        let (root, log) = (key(1, KeyRole::Root), key(2, KeyRole::Log));
        assert_eq!(
            keys(first.node_seq).await,
            [root, log, key(9, KeyRole::Log)]
        );
        // To the node that said so it means for good, after versions too that say it no more.
        let silent = record(2, &[key(8, KeyRole::Root)]);
        store
            .record_node_document(second.node_seq, &silent, at(6))
            .await
            .unwrap();
        let expected = [revoke(2), key(8, KeyRole::Root), revoke(9)];
        assert_eq!(keys(second.node_seq).await, expected);
        let revoking = record(3, &[key(1, KeyRole::Root), revoke(2)]);
        store
            .record_node_document(first.node_seq, &revoking, at(7))
            .await
            .unwrap();
        let revoked = NodeKey {
            revoked: true,
            ..log
        };
        assert_eq!(
            keys(first.node_seq).await,
            [root, revoked, key(9, KeyRole::Log)]
        );
        store
            .remove_peer(second.node_seq, &By::Node, at(0))
            .await
            .unwrap();
        assert_eq!(keys(second.node_seq).await, []);
        store.close().await;
    });
}
