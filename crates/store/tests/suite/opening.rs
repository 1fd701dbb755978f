//! Opening, migrating, refusing.

use audit::By;
use sqlx::{Connection as _, PgConnection, Row as _, SqliteConnection};
use store::{Options, SqlitePools, Store, StoreError};

use crate::{
    support::{Engine, TestDatabase, at, on_each_engine},
    world::{own_node, revision},
};

pub(crate) async fn execute(database: &TestDatabase, sql: &'static str) {
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
fn a_server_that_is_away_is_named_at_once_and_its_password_is_not() {
    on_each_engine(|database| async move {
        if database.engine == Engine::Sqlite {
            return;
        }
        // One that refuses, and one that takes the connection and says nothing.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let silent = listener.local_addr().unwrap();
        let refuses = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let free = refuses.local_addr().unwrap();
        drop(refuses);
        // One that is another program.
        let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let stranger = other.local_addr().unwrap();
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = other.accept() {
                use std::io::Write as _;
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            }
        });
        // A proxy whose server is away.
        let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let useless = proxy.local_addr().unwrap();
        std::thread::spawn(move || while proxy.accept().is_ok() {});
        for (server, says) in [
            (useless, "see that"),
            (free, "see that PostgreSQL runs there"),
            (silent, "no answer within"),
            (stranger, "is not PostgreSQL"),
        ] {
            let began = std::time::Instant::now();
            let options = Options::new(format!("postgres://u:hunter2@{server}/wards"));
            let error = Store::open(&options).await.unwrap_err();
            assert!(error.is_temporary(), "{error}");
            let error = error.to_string();
            assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
            let place = format!("database `wards` of the server {server}: ");
            assert!(error.contains(&place) && error.contains(says), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        let (there, _) = database.url.rsplit_once('/').unwrap();
        let (_, place) = there.rsplit_once('@').unwrap();
        for (url, says) in [
            (format!("{there}/wards"), "make it with `createdb`"),
            (
                format!("postgres://nosuch:hunter2@{place}/wards"),
                "the user and the password are right",
            ),
            (
                format!("postgres://postgres:hunter2@{place}/wards"),
                "the user and the password are right",
            ),
            (format!("{there}/wards?sslmode=require"), "`sslmode`"),
            (
                "postgres://u:hunter2@nosuch.invalid/wards".to_owned(),
                "the name of the host",
            ),
            (
                "postgres://u:hunter2@localhost/wards?host=/nosuch".to_owned(),
                "wards",
            ),
        ] {
            let error = Store::open(&Options::new(url))
                .await
                .unwrap_err()
                .to_string();
            assert!(error.contains(says) && error.contains("wards"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    });
}

#[test]
fn only_a_database_without_the_table_of_migrations_is_an_empty_one() {
    on_each_engine(|database| async move {
        // The question fails for another reason: there is no column of that name.
        database.open().await.close().await;
        let rename = "ALTER TABLE _sqlx_migrations RENAME COLUMN version TO other";
        execute(&database, rename).await;
        let store = Store::connect(&Options::new(&database.url)).await.unwrap();
        let asked = store.schema_version().await;
        assert!(matches!(asked, Err(StoreError::Other(_))), "{asked:?}");
        store.close().await;
        let opened = Store::open(&Options::new(&database.url)).await;
        assert!(matches!(opened, Err(StoreError::Other(_))));
    });
}

/// Forwards connections to an address until it is dropped; then nothing listens there, and all are cut. While it hangs, it
/// accepts connections and forwards nothing.
fn forward(
    to: String,
    hangs: tokio::sync::watch::Receiver<bool>,
) -> (std::net::SocketAddr, tokio::task::JoinSet<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        while let Ok((mut from, _)) = listener.accept().await {
            let (to, mut hangs) = (to.clone(), hangs.clone());
            connections.spawn(async move {
                let hung = *hangs.borrow();
                let mut to = tokio::net::TcpStream::connect(to).await.unwrap();
                tokio::select! {
                    biased;
                    _ = hangs.wait_for(|hangs| *hangs) => {}
                    _ = tokio::io::copy_bidirectional(&mut from, &mut to), if !hung => return,
                }
                let _ = hangs.wait_for(|hangs| !*hangs).await;
            });
        }
    });
    (address, tasks)
}

#[test]
fn a_server_that_is_gone_is_not_called_busy() {
    on_each_engine(|database| async move {
        if database.engine == Engine::Sqlite {
            return;
        }
        let (login, server) = database.url.split_once('@').unwrap();
        let (server, name) = server.split_once('/').unwrap();
        let (_hangs, hanging) = tokio::sync::watch::channel(false);
        let (address, forwarding) = forward(server.to_owned(), hanging);
        let through = format!("{login}@{address}/{name}");
        let store = Store::open(&Options::new(&through)).await.unwrap();
        assert_eq!(store.last_change().await.unwrap(), 0);
        drop(forwarding);
        for _ in 0..2 {
            let error = store.last_change().await.unwrap_err();
            assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        }
        let error = store.pause_peer(9, &By::Node, at(0)).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    });
}

#[test]
fn no_one_waits_long_for_a_server_that_hangs_and_it_is_used_when_it_answers_again() {
    on_each_engine(|database| async move {
        if database.engine == Engine::Sqlite {
            return;
        }
        let (login, server) = database.url.split_once('@').unwrap();
        let (server, name) = server.split_once('/').unwrap();
        let (hangs, hanging) = tokio::sync::watch::channel(false);
        let (address, _forwarding) = forward(server.to_owned(), hanging);
        let through = format!("{login}@{address}/{name}");
        let store = Store::open(&Options::new(&through)).await.unwrap();
        assert_eq!(store.last_change().await.unwrap(), 0);
        hangs.send(true).unwrap();
        // The first one has to find out.
        let error = store.last_change().await.unwrap_err().to_string();
        assert!(
            error.contains("accepts connections and gives no answer"),
            "{error}"
        );
        assert!(error.contains(&address.to_string()), "{error}");
        let begun = std::time::Instant::now();
        for _ in 0..3 {
            let error = store.last_change().await.unwrap_err();
            assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        }
        assert!(begun.elapsed().as_secs() < 4, "{:?}", begun.elapsed());
        hangs.send(false).unwrap();
        while store.last_change().await.is_err() {
            assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
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
        assert!(matches!(error, StoreError::NotUpgraded { .. }), "{error}");
    });
}

/// Returns one setting of the connection that writes.
async fn setting(pools: &SqlitePools, pragma: &'static str) -> String {
    let mut lent = pools.writer.lend().await.unwrap();
    let mut statement = lent.statement().unwrap();
    let done = sqlx::query(pragma).fetch_one(statement.connection()).await;
    let row = statement.ended(done).unwrap();
    let number = |_| {
        row.try_get_unchecked::<i64, _>(0)
            .map(|number| number.to_string())
    };
    row.try_get_unchecked::<String, _>(0)
        .or_else(number)
        .unwrap()
}

#[tokio::test]
async fn sqlite_is_set_for_durability_and_erasure() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let store = database.open().await;
    let store::Database::Sqlite(pools) = &*store else {
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
        assert_eq!(setting(pools, pragma).await, expected, "{pragma}");
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
        let is_named = match &error {
            StoreError::Unopened { .. } => error.to_string().contains("/nowhere/at/all/node.db"),
            StoreError::Unavailable(_) => !url.starts_with("sqlite:"),
            _ => false,
        };
        assert!(is_named, "{url}: {error:?}");
        assert!(error.is_temporary());
    }
}

#[tokio::test]
async fn writing_goes_on_once_a_full_disk_has_room_again() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let store = database.open().await;
    let signer = own_node(&store).await;
    let store::Database::Sqlite(pools) = &*store else {
        panic!("not SQLite")
    };
    // As full as it is now. A connection that is opened again knows nothing of it, as if room had been made.
    setting(pools, "PRAGMA max_page_count = 1").await;
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
