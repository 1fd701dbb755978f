//! Copies of the whole database: from either engine to a file, and from a file to PostgreSQL.

use std::sync::Arc;

use store::{KeyRole, NodeKey, Store, file_options};
use wire::NodeId;

use crate::support::{Engine, TestDatabase, at, node_document, on_each_engine};

/// Returns what a store has, as far as this test has put something in.
async fn contents(store: &Store) -> Vec<String> {
    let own = store.own_node().await.unwrap();
    let keys = store.node_keys(store::OWN).await.unwrap();
    let document = store.newest_node_document(store::OWN).await.unwrap();
    let accounts = store.accounts("", 0).await.unwrap();
    let epochs = store.epochs(store::OWN).await.unwrap();
    let restored = store.restored_at().await.unwrap();
    vec![
        format!("{own:?}"),
        format!("{keys:?}"),
        format!("{document:?}"),
        format!("{accounts:?}"),
        format!("{epochs:?}"),
        format!("{restored:?}"),
    ]
}

#[test]
fn a_copy_has_every_row_and_fills_an_empty_database() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let key = NodeKey {
            public_key: [7; 32],
            role: Some(KeyRole::Root),
            revoked: false,
        };
        let record = node_document("Northmoor", 1, &[key]);
        let node = NodeId::for_text(b"northmoor");
        store
            .init_own_node(&node, "zz1", &record, at(0))
            .await
            .unwrap();
        store.mark_restored(at(5)).await.unwrap();
        let before = contents(&store).await;

        let file = database.directory.path().join("copy.db");
        store.copy_to(&file).await.unwrap();
        let copy = Store::connect_read_only(&file_options(&file))
            .await
            .unwrap();
        assert_eq!(contents(&copy).await, before);
        assert!(copy.mark_restored(at(9)).await.is_err(), "read only");
        copy.close().await;

        // Only an empty database is filled, and an SQLite one is the file itself.
        assert!(store.fill_from(&file).await.is_err());
        if database.engine == Engine::Postgres {
            let other = Arc::new(TestDatabase::new(Engine::Postgres).await);
            let filled = other.open().await;
            filled.fill_from(&file).await.unwrap();
            assert_eq!(contents(&filled).await, before);
            assert!(filled.fill_from(&file).await.is_err());
            filled.close().await;
            Arc::into_inner(other).unwrap().remove().await;
        }
        store.close().await;
    });
}
