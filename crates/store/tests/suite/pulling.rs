//! Peers' logs and bodies: taken in whole or not at all, judged leaf by leaf, erased first.

use std::{sync::Arc, time::Duration};

use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{
    ChangeKind, DocumentState, LogToCosign, RefusedBody, SeenLog, Staged, StagedBundle, Store,
    StoreError,
};
use tokio::{sync::Barrier, task::JoinSet};
use wire::Viewer;

use crate::{
    support::{Engine, TestDatabase, at, on_each_engine},
    verifying,
    world::{Producer, ROOM, accepted, body, id, own_node},
};

async fn state(store: &Store, producer: &Producer, number: u32) -> Option<DocumentState> {
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
        assert_eq!(
            (outcome.entries, outcome.put, outcome.erased),
            (1, 1, false)
        );
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
        assert_eq!(
            (outcome.entries, outcome.put, outcome.withdrawn),
            (11, 3, 2)
        );
        assert!(
            outcome.skipped >= 1 && outcome.skipped + outcome.quarantined == 6,
            "{outcome:?}"
        );
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
        assert_eq!(
            (outcome.put, outcome.withdrawn, outcome.quarantined),
            (0, 1, 1)
        );
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
fn a_long_log_comes_in_by_stages_and_its_rows_are_those_of_a_naive_tree() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        // Entries that are skipped cost no document rows; there are enough for a full tile above the bundles.
        for stop in [1, 255, 256, 257, 5000, 65_536 + 300] {
            while peer.entries.len() < stop {
                let entry = format!("{{\"v\":2,\"n\":{}}}", peer.entries.len());
                peer.push(entry.into_bytes());
            }
            peer.pull(&store, at(10)).await;
            let head = peer.head(&store).await;
            assert_eq!(head.size, stop as u64);
            assert_eq!(head.note.unwrap(), peer.note(at(10)));
            assert_eq!(head.tail_hashes.len(), stop % 256);
        }
        assert_eq!(
            store.staged_size(peer.peer.node_seq, 1).await.unwrap(),
            Staged::default()
        );
        let mut level: Vec<[u8; 32]> = peer
            .entries
            .iter()
            .map(|entry| ledger::tree::leaf_hash(entry))
            .collect();
        for number in 0..3 {
            for (n, tile) in level.chunks(256).enumerate() {
                let stored = stored_tile(&database, number, n).await;
                assert_eq!(stored, Some(tile.concat()), "tile {number}/{n}");
            }
            level = level.chunks_exact(256).map(naive_root).collect();
        }
        assert_eq!(level.len(), 0);
        for n in [0, 19, 256, 257] {
            let stored = stored_bundle(&database, n).await;
            assert_eq!(stored, peer.bundle(n as u64), "bundle {n}");
        }
        store.close().await;
    });
}

/// The root of a complete subtree, by RFC 6962 §2.1 as it is written.
fn naive_root(hashes: &[[u8; 32]]) -> [u8; 32] {
    if let [hash] = hashes {
        return *hash;
    }
    let (left, right) = hashes.split_at(hashes.len() / 2);
    let mut bytes = vec![1];
    bytes.extend(naive_root(left));
    bytes.extend(naive_root(right));
    *wire::Digest::for_bytes(&bytes).as_bytes()
}

async fn stored(database: &TestDatabase, sql: &'static str, n: usize) -> Option<Vec<u8>> {
    let n = i64::try_from(n).unwrap();
    match database.engine {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
            sqlx::query_scalar(sql)
                .bind(n)
                .fetch_optional(&mut connection)
                .await
                .unwrap()
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&database.url).await.unwrap();
            sqlx::query_scalar(sql)
                .bind(n)
                .fetch_optional(&mut connection)
                .await
                .unwrap()
        }
    }
}

async fn stored_tile(database: &TestDatabase, level: usize, n: usize) -> Option<Vec<u8>> {
    let sql = match level {
        0 => "SELECT hashes FROM log_bundles WHERE n = $1",
        1 => "SELECT hashes FROM log_tiles WHERE level = 1 AND n = $1",
        _ => "SELECT hashes FROM log_tiles WHERE level = 2 AND n = $1",
    };
    stored(database, sql, n).await
}

async fn stored_bundle(database: &TestDatabase, n: usize) -> Vec<u8> {
    stored(database, "SELECT entries FROM log_bundles WHERE n = $1", n)
        .await
        .unwrap()
}

#[test]
fn bundles_other_than_the_verified_ones_have_no_effect() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        for number in 0..300 {
            peer.put(number, 1, "a");
        }
        let claim = peer.claim(&store, at(1)).await;
        let head = peer.head(&store).await;
        let verified = verifying::verified(&peer, &head, at(1));
        let origin = verifying::origin(&peer.signer);
        let mut flipped = peer.bundle(0);
        flipped[100] ^= 1;
        let (good, tail) = (peer.bundle(0), (1, peer.bundle(1)));
        let mut longer = tail.1.clone();
        longer.extend([0, 2, b'{', b'}']);
        for (staged, tail) in [
            (flipped, vec![tail.clone()]),
            (good.clone(), vec![]),
            (good.clone(), vec![(1, longer)]),
            (good.clone(), vec![(1, good.clone())]),
        ] {
            store
                .stage_bundles(&claim, 1, &origin, vec![(0, staged)])
                .await
                .unwrap();
            let refused = store
                .record_pull(&claim, 1, &verified, &tail, ROOM, at(1))
                .await
                .unwrap_err();
            assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");
            assert_eq!(peer.head(&store).await.size, 0);
            assert_eq!(state(&store, &peer, 0).await, None);
        }
        let held = store
            .staged_bundles(peer.peer.node_seq, 1, 0, 9)
            .await
            .unwrap();
        let staged = StagedBundle {
            n: 0,
            entries: good,
        };
        assert_eq!(held, [staged]);
        store.drop_staged(&claim, 1).await.unwrap();
        assert_eq!(
            store.staged_size(peer.peer.node_seq, 1).await.unwrap(),
            Staged::default()
        );
        store.close().await;
    });
}

#[test]
fn an_extension_of_another_size_or_without_the_lease_is_refused() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut peer = Producer::new(&store, 1).await;
        peer.put(1, 1, "a");
        let before = peer.head(&store).await;
        peer.pull(&store, at(1)).await;
        let claim = peer.claim(&store, at(2)).await;
        let tail = [(0, peer.bundle(0))];
        let verified = verifying::verified(&peer, &before, at(2));
        let stale = store
            .record_pull(&claim, 1, &verified, &tail, ROOM, at(2))
            .await
            .unwrap_err();
        assert!(
            matches!(stale, StoreError::Stale { held: 1, .. }),
            "{stale}"
        );
        let lease = Duration::from_secs(600);
        let later = at(2).plus(lease);
        store
            .claim_peer(peer.peer.node_seq, later, "other", lease)
            .await
            .unwrap()
            .unwrap();
        peer.put(2, 1, "b");
        let verified = verifying::verified(&peer, &peer.head(&store).await, at(3));
        let tail = [(0, peer.bundle(0))];
        let lost = store
            .record_pull(&claim, 1, &verified, &tail, ROOM, at(3))
            .await
            .unwrap_err();
        assert!(matches!(lost, StoreError::LeaseLost(_)), "{lost}");
        assert_eq!(peer.head(&store).await.size, 1);
        store.close().await;
    });
}

#[test]
fn logs_that_are_staged_for_the_first_time_at_once_get_a_number_each() {
    const PEERS: usize = 8;
    on_each_engine(|database| async move {
        let store = database.open().await;
        let mut claimed = Vec::new();
        for number in 0..PEERS {
            let mut peer = Producer::new(&store, number).await;
            peer.put(1, 1, "a");
            claimed.push((peer.claim(&store, at(1)).await, peer));
        }
        let together = Arc::new(Barrier::new(PEERS));
        let mut staging = JoinSet::new();
        for (claim, peer) in claimed {
            let (store, together) = (store.clone(), Arc::clone(&together));
            staging.spawn(async move {
                let origin = verifying::origin(&peer.signer);
                let bundles = vec![(0, peer.bundle(0))];
                together.wait().await;
                store.stage_bundles(&claim, 1, &origin, bundles).await?;
                store.staged_size(claim.peer.node_seq, 1).await
            });
        }
        for staged in staging.join_all().await {
            assert_eq!(staged.unwrap().bundles, 1);
        }
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
        store.remove_peer(peer.peer.node_seq).await.unwrap();
        assert_eq!(queue(&store, seen).await, [(false, id(1)), (false, id(2))]);
        assert_eq!(store.counts(Viewer::Public).await.unwrap().documents, 0);
        assert_eq!(store.peers().await.unwrap().len(), 1);
        assert_eq!(store.organisations(Viewer::Public).await.unwrap().len(), 1);
        assert!(store.peer("p1").await.unwrap().is_none());
        assert_eq!(store.peers().await.unwrap()[0].node, other.peer.node);

        let again = Producer::new(&store, 1).await;
        assert_eq!(again.peer.node_seq, peer.peer.node_seq);
        let outcome = peer.pull(&store, at(10)).await;
        assert_eq!(
            (outcome.put, outcome.withdrawn, outcome.quarantined),
            (3, 1, 0)
        );
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
        store
            .agree_to_stated(node_seq, &renamed.stated)
            .await
            .unwrap();
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
