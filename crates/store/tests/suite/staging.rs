//! Logs that come in by stages: what is stored of them is what was verified.

use std::{sync::Arc, time::Duration};

use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{StagedBundle, StoreError};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    pulling::state,
    support::{Engine, TestDatabase, at, on_each_engine},
    verifying,
    world::{Producer, ROOM},
};

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
        assert_eq!(store.staged_bytes(peer.peer.node_seq).await.unwrap(), 0);
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
        assert_eq!(store.staged_bytes(peer.peer.node_seq).await.unwrap(), 0);
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
                store.staged_bytes(claim.peer.node_seq).await
            });
        }
        for staged in staging.join_all().await {
            assert!(staged.unwrap() > 0);
        }
        store.close().await;
    });
}
