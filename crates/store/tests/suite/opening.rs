//! Opening, migrating, refusing.

use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{Options, Store, StoreError};

use crate::{
    support::{Engine, TestDatabase, at, on_each_engine},
    world::{own_node, revision},
};

async fn execute(database: &TestDatabase, sql: &'static str) {
    match database.engine {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&database.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }
}

#[test]
fn a_new_database_is_migrated_once_and_opens_again() {
    on_each_engine(|database| async move {
        for _ in 0..2 {
            let store = database.open().await;
            let schema = store.schema_version().await.unwrap();
            assert_eq!(schema.found, schema.known);
            assert_eq!(store.own_node().await.unwrap(), None);
            assert_eq!(store.last_change().await.unwrap(), 0);
            store.close().await;
        }
    });
}

#[test]
fn a_database_newer_than_the_program_is_refused_and_left_as_it_is() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let known = store.schema_version().await.unwrap().known;
        store.close().await;
        execute(
            &database,
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                VALUES (999, 'later', TRUE, '', 0)",
        )
        .await;
        execute(&database, "DROP TABLE drafts").await;
        let error = Store::open(&Options::new(&database.url)).await.unwrap_err();
        let StoreError::Newer {
            found: 999,
            known: named,
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!(named, known);
        // Nothing was repaired or migrated: what a later version removed is still gone.
        execute(&database, "CREATE TABLE drafts (id TEXT)").await;
    });
}

#[test]
fn a_database_whose_migrations_were_altered_is_refused() {
    on_each_engine(|database| async move {
        database.open().await.close().await;
        execute(
            &database,
            "UPDATE _sqlx_migrations SET checksum = '00' WHERE version = 1",
        )
        .await;
        let error = Store::open(&Options::new(&database.url)).await.unwrap_err();
        assert!(matches!(error, StoreError::Migration(_)), "{error}");
    });
}

#[tokio::test]
async fn sqlite_is_set_for_durability_and_erasure() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let Store::Sqlite(pools) = database.open().await else {
        unreachable!()
    };
    for (pragma, expected) in [
        ("PRAGMA journal_mode", "wal"),
        ("PRAGMA synchronous", "2"),
        ("PRAGMA secure_delete", "1"),
        ("PRAGMA foreign_keys", "1"),
        ("PRAGMA busy_timeout", "5000"),
        ("PRAGMA temp_store", "2"),
    ] {
        assert_eq!(pools.setting(pragma).await.unwrap(), expected, "{pragma}");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_unavailable() {
    for url in [
        "sqlite:/nowhere/at/all/node.db",
        "postgres://stranger@127.0.0.1:1/none",
        "nonsense",
    ] {
        let error = Store::open(&Options::new(url)).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Unavailable(_)),
            "{url}: {error:?}"
        );
        assert!(error.is_temporary());
    }
}

#[tokio::test]
async fn writing_goes_on_once_a_full_disk_has_room_again() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let store = database.open().await;
    let signer = own_node(&store).await;
    let Store::Sqlite(pools) = &store else {
        panic!("not SQLite")
    };
    // As full as it is now. A connection that is opened again knows nothing of it, as if room had been made.
    pools.setting("PRAGMA max_page_count = 1").await.unwrap();
    let revisions = |first: u32| {
        (first..first + 200)
            .map(|number| revision(number, 1))
            .collect()
    };
    let error = store
        .publish(revisions(1), &signer, at(1))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Full), "{error}");
    assert_eq!(
        store.log_head(store::OWN, 1).await.unwrap().size,
        0,
        "reading goes on, and nothing is half done"
    );
    store.check_writable().await.unwrap();
    let published = store.publish(revisions(1), &signer, at(2)).await.unwrap();
    assert_eq!(published.len(), 200);
}
