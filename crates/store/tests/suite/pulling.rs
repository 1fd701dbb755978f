//! Peers' logs and bodies: taken in whole or not at all, judged leaf by leaf, erased first.

use audit::By;
use store::{ChangeKind, DocumentState, LogToCosign, RefusedBody, SeenLog, Store};
use wire::Viewer;

use crate::{
    support::{at, on_each_engine},
    verifying,
    world::{Producer, accepted, body, id, own_node},
};

pub(crate) async fn state(
    store: &Store,
    producer: &Producer,
    number: u32,
) -> Option<DocumentState> {
    let document = store
        .document(Viewer::Public, producer.peer.node_seq, id(number))
        .await
        .unwrap()?;
    assert_eq!(
        document.text.is_some(),
        document.state == DocumentState::Live
    );
    Some(document.state)
}

/// Returns the index queue in short: number of the document, and whether it is to be put.
async fn queue(store: &Store, after: u64) -> Vec<(bool, wire::DocumentId)> {
    let changes = store.changes_after(after, 1000).await.unwrap();
    changes
        .iter()
        .map(|change| (matches!(change.kind, ChangeKind::Put(_)), change.id))
        .collect()
}

#[test]
fn a_document_goes_from_leaf_to_body_to_card_and_its_next_revision_replaces_it() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        peer.put(1, 1, "first");
        let outcome = peer.pull(&store, at(10)).await;
        assert_eq!((outcome.entries, outcome.erased), (1, false));
        assert_eq!(state(&store, &peer, 1).await, Some(DocumentState::Pending));
        assert!(
            queue(&store, 0).await.is_empty(),
            "no index has heard of it yet"
        );
        let missing = store
            .missing_bodies(peer.peer.node_seq, 1, 0, 9, at(10))
            .await
            .unwrap();
        assert_eq!(
            (missing[0].id, missing[0].rev, missing[0].leaf_index),
            (id(1), 1, 0)
        );
        assert_eq!(missing[0].len, body(1, 1, "first").len() as u64);
        assert_eq!(peer.accept(&store, 1, 1, "first", at(11)).await, 1);
        assert_eq!(queue(&store, 0).await, [(true, id(1))]);
        let key = [(peer.peer.node_seq, id(1))];
        let card = store.cards(Viewer::Public, &key).await.unwrap().remove(0);
        assert_eq!(
            (card.title.as_str(), card.first_seen, card.owner.own),
            ("first", at(10), false)
        );
        assert!(
            store
                .missing_bodies(1, 1, 0, 9, at(11))
                .await
                .unwrap()
                .is_empty()
        );

        peer.put(1, 2, "second");
        let seen = store.last_change().await.unwrap();
        let outcome = peer.pull(&store, at(20)).await;
        assert!(outcome.erased);
        assert_eq!(queue(&store, seen).await, [(false, id(1))]);
        assert!(
            store.cards(Viewer::Public, &key).await.unwrap().is_empty(),
            "a superseded text is not shown"
        );
        assert_eq!(
            peer.accept(&store, 1, 1, "first", at(21)).await,
            0,
            "it comes too late"
        );
        assert_eq!(peer.accept(&store, 1, 2, "second", at(21)).await, 1);
        let card = store.cards(Viewer::Public, &key).await.unwrap().remove(0);
        assert_eq!(
            (card.title.as_str(), card.rev, card.first_seen),
            ("second", 2, at(10))
        );
        assert_eq!(queue(&store, seen).await, [(true, id(1))]);
        store.close().await;
    });
}

#[test]
fn leaves_are_judged_one_by_one_and_a_withdrawal_is_always_honoured() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        peer.put(1, 1, "a");
        peer.put(2, 2, "begins at two");
        peer.put(3, 1, "c");
        peer.put(3, 3, "jumps");
        peer.push(br#"{"v":2,"op":"put"}"#.to_vec());
        peer.push(br#"{"v":1,"op":"later","id":"x"}"#.to_vec());
        peer.push(b"not json".to_vec());
        peer.withdraw(4, 1);
        peer.put(4, 2, "squats");
        peer.put(5, 1, "e");
        peer.withdraw(5, 9);
        let outcome = peer.pull(&store, at(10)).await;
        assert_eq!((outcome.entries, outcome.withdrawn), (11, 2));
        let quarantined = async || {
            let shown = store.peer("p1").await.unwrap().unwrap();
            shown.quarantined
        };
        let before = quarantined().await;
        assert!((1..6).contains(&before), "{before}");
        use DocumentState::{Pending, Withdrawn};
        for (number, expected) in [
            (1, Some(Pending)),
            (2, None),
            (3, Some(Pending)),
            (4, Some(Withdrawn)),
            (5, Some(Withdrawn)),
        ] {
            assert_eq!(state(&store, &peer, number).await, expected, "{number}");
        }
        // The same in a second pull, on what the first one left.
        peer.withdraw(3, 77);
        peer.withdraw(4, 3);
        peer.put(1, 3, "jumps");
        let outcome = peer.pull(&store, at(20)).await;
        assert_eq!(outcome.withdrawn, 1);
        assert_eq!(quarantined().await, before + 1);
        let tombstone = store
            .document(Viewer::Public, peer.peer.node_seq, id(3))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (tombstone.why.as_deref(), tombstone.changed_at),
            (Some("privacy"), at(20))
        );
        assert_eq!(tombstone.provenance.unwrap().leaf_index, 11);
        assert_eq!(
            peer.accept(&store, 5, 1, "e", at(21)).await,
            0,
            "late for a withdrawn id"
        );
        store.close().await;
    });
}

#[test]
fn the_same_head_signed_again_renews_its_note_and_nothing_else() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        peer.put(1, 1, "a");
        peer.withdraw(2, 1);
        peer.pull(&store, at(10)).await;
        let outcome = peer.pull(&store, at(20)).await;
        assert_eq!(outcome, store::PullOutcome::default());
        let head = peer.head(&store).await;
        assert_eq!((head.size, head.tail_hashes.len()), (2, 2));
        assert_eq!(
            (head.note, head.timestamp),
            (Some(peer.note(at(20))), Some(at(20)))
        );
        store.close().await;
    });
}

#[test]
fn bodies_that_cannot_be_had_are_tried_again_and_bad_ones_are_not() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        for number in [1, 2, 3] {
            peer.put(number, 1, "a");
        }
        peer.pull(&store, at(1)).await;
        let node_seq = peer.peer.node_seq;
        let refused = |number, reason: &str| RefusedBody {
            id: id(number),
            rev: 1,
            reason: reason.to_owned(),
        };
        store
            .mark_unavailable(node_seq, &[(refused(1, "404"), at(60))])
            .await
            .unwrap();
        store
            .quarantine_documents(node_seq, &[refused(2, "another id")])
            .await
            .unwrap();
        let due = |now| {
            let store = &store;
            async move {
                let missing = store
                    .missing_bodies(node_seq, 1, 0, 9, at(now))
                    .await
                    .unwrap();
                missing
                    .iter()
                    .map(|body| (body.id, body.tries))
                    .collect::<Vec<_>>()
            }
        };
        assert_eq!(due(59).await, [(id(3), 0)]);
        assert_eq!(due(60).await, [(id(1), 1), (id(3), 0)]);
        assert_eq!(due(-3540).await, [(id(3), 0)]);
        // No wait is that long: the clock was set back.
        assert_eq!(due(-3541).await, [(id(1), 1), (id(3), 0)]);
        let shown = store.peer("p1").await.unwrap().unwrap();
        assert_eq!(
            (shown.unavailable, shown.quarantined, shown.size),
            (1, 1, 3)
        );
        assert_eq!(peer.accept(&store, 1, 1, "a", at(61)).await, 1);
        assert_eq!(peer.accept(&store, 2, 1, "a", at(61)).await, 0);
        // The next revision repairs what the last one broke.
        peer.put(2, 2, "b");
        peer.pull(&store, at(70)).await;
        assert_eq!(peer.accept(&store, 2, 2, "b", at(71)).await, 1);
        assert_eq!(store.peer("p1").await.unwrap().unwrap().quarantined, 0);
        store.close().await;
    });
}

#[test]
fn one_batch_takes_each_document_once_and_only_as_its_leaf_says() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        for number in 0..600 {
            peer.put(number, 1, "a");
        }
        peer.pull(&store, at(1)).await;
        let mut bodies: Vec<_> = (0..600).map(|number| accepted(number, 1, "a")).collect();
        bodies.push(accepted(7, 1, "a"));
        bodies.push(accepted(8, 1, "other words"));
        bodies.push(accepted(9, 2, "a"));
        bodies.push(accepted(9999, 1, "a"));
        let node_seq = peer.peer.node_seq;
        assert_eq!(
            store.accept_bodies(node_seq, bodies, at(2)).await.unwrap(),
            600
        );
        assert_eq!(store.counts(Viewer::Public).await.unwrap().documents, 600);
        let changes = store.changes_after(0, 1000).await.unwrap();
        assert_eq!(changes.last().unwrap().change_seq, 600);
        store.close().await;
    });
}

#[test]
fn a_peer_that_is_removed_takes_all_it_said_with_it_and_may_come_back() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        let other = Producer::new(&store, 2).await;
        for number in [1, 2, 3] {
            peer.put(number, 1, "a");
        }
        peer.withdraw(3, 2);
        peer.pull(&store, at(1)).await;
        for number in [1, 2] {
            peer.accept(&store, number, 1, "a", at(2)).await;
        }
        let seen = store.last_change().await.unwrap();
        store
            .remove_peer(peer.peer.node_seq, &By::Node, at(0))
            .await
            .unwrap();
        assert_eq!(queue(&store, seen).await, [(false, id(1)), (false, id(2))]);
        assert_eq!(store.counts(Viewer::Public).await.unwrap().documents, 0);
        assert_eq!(store.peers().await.unwrap().len(), 1);
        assert_eq!(store.organisations(Viewer::Public).await.unwrap().len(), 1);
        assert!(store.peer("p1").await.unwrap().is_none());
        assert_eq!(store.peers().await.unwrap()[0].node, other.peer.node);

        let again = Producer::new(&store, 1).await;
        assert_eq!(again.peer.node_seq, peer.peer.node_seq);
        let outcome = peer.pull(&store, at(10)).await;
        assert_eq!(outcome.withdrawn, 1);
        assert_eq!(store.peer("p1").await.unwrap().unwrap().quarantined, 0);
        assert_eq!(peer.accept(&store, 1, 1, "a", at(11)).await, 1);
        assert_eq!(
            state(&store, &peer, 3).await,
            Some(DocumentState::Withdrawn)
        );
        store.close().await;
    });
}

#[test]
fn a_cosigned_log_is_seen_until_it_grows_or_a_day_has_passed() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        own_node(&store).await;
        let mut peer = Producer::new(&store, 1).await;
        peer.put(1, 1, "a");
        peer.pull(&store, at(1)).await;
        let node_seq = peer.peer.node_seq;
        let due = store.logs_to_cosign(at(0)).await.unwrap();
        let log = LogToCosign {
            node_seq,
            epoch: 1,
            note: peer.note(at(1)),
        };
        assert_eq!(due, [log]);
        store
            .save_cosignature(node_seq, 1, 1, "cosigned\n", at(2))
            .await
            .unwrap();
        assert!(store.logs_to_cosign(at(1)).await.unwrap().is_empty());
        let line = SeenLog {
            origin: verifying::origin(&peer.signer),
            note: "cosigned\n".to_owned(),
        };
        assert_eq!(store.seen().await.unwrap(), [line]);
        assert_eq!(store.logs_to_cosign(at(2)).await.unwrap().len(), 1);
        peer.put(2, 1, "b");
        peer.pull(&store, at(3)).await;
        assert_eq!(store.logs_to_cosign(at(1)).await.unwrap().len(), 1);
        store.close().await;
    });
}

async fn former_name(store: &Store, node_seq: i64) -> Option<String> {
    let publishers = store.publishers().await.unwrap().list.into_iter();
    let mut named = publishers.filter(|one| one.node_seq == node_seq);
    named.next().unwrap().former_name
}

#[test]
fn a_new_name_of_a_peer_reaches_every_index() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        for number in [1, 2] {
            peer.put(number, 1, "a");
        }
        peer.pull(&store, at(1)).await;
        peer.accept(&store, 1, 1, "a", at(2)).await;
        let seen = store.last_change().await.unwrap();
        let node_seq = peer.peer.node_seq;
        let renamed = crate::support::node_document("Southmoor", 2, &[]);
        store
            .record_node_document(node_seq, &renamed, at(3))
            .await
            .unwrap();
        assert_eq!(store.last_change().await.unwrap(), seen, "a claim");
        assert_eq!(former_name(&store, node_seq).await, None, "a claim");
        store
            .agree_to_stated(node_seq, &renamed.stated, &By::Node, at(0))
            .await
            .unwrap();
        // Who searches for the earlier name still finds it.
        let former = former_name(&store, node_seq).await;
        assert_eq!(former.as_deref(), Some("Peer 1"));
        let changes = store.changes_after(seen, 9).await.unwrap();
        let [change] = changes.as_slice() else {
            panic!("{changes:?}")
        };
        let ChangeKind::Put(changed) = &change.kind else {
            panic!("no put")
        };
        assert_eq!(
            (change.id, changed.owner.organisation.as_str()),
            (id(1), "Southmoor")
        );
        store.rename_node(node_seq, "sm").await.unwrap();
        assert_eq!(
            store
                .cards(Viewer::Public, &[(node_seq, id(1))])
                .await
                .unwrap()[0]
                .owner
                .handle,
            "sm"
        );
        assert_eq!(store.last_change().await.unwrap(), change.change_seq + 1);
        store.close().await;
    });
}
