//! Databases for tests: an SQLite file in a directory of its own, and a PostgreSQL database of its own where
//! `WARDROUND_TEST_POSTGRES` names a server.

use std::{
    future::Future,
    hash::{BuildHasher as _, RandomState},
};

use ledger::Stated;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use store::{NodeDocumentRecord, NodeKey, Options, Store};
use tempfile::TempDir;
use wire::{Digest, Timestamp};

/// The variable that names a PostgreSQL server where databases may be created and dropped.
pub(crate) const SERVER: &str = "WARDROUND_TEST_POSTGRES";

/// The engine that a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A database that is gone when the test ends.
pub(crate) struct TestDatabase {
    pub(crate) engine: Engine,
    pub(crate) url: String,
    pub(crate) directory: TempDir,
}

impl TestDatabase {
    pub(crate) async fn new(engine: Engine) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", directory.path().join("node.db").display()),
            Engine::Postgres => create_database().await,
        };
        Self {
            engine,
            url,
            directory,
        }
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&Options::new(&self.url)).await.unwrap()
    }

    pub(crate) async fn remove(self) {
        if self.engine == Engine::Postgres {
            let name = self.url.rsplit('/').next().unwrap().to_owned();
            let mut server = PgConnection::connect(&server().unwrap()).await.unwrap();
            let sql = format!("DROP DATABASE {name} WITH (FORCE)");
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut server)
                .await
                .unwrap();
        }
    }
}

/// Returns the PostgreSQL server to test on, if there is one.
pub(crate) fn server() -> Option<String> {
    let server = std::env::var(SERVER).ok().filter(|url| !url.is_empty());
    if server.is_none() {
        assert!(
            std::env::var("CI").is_err(),
            "{SERVER} must name a PostgreSQL server where databases may be created, for example \
             postgres://postgres@127.0.0.1:5432/postgres; `tests/run` starts one"
        );
        eprintln!("{SERVER} is not set: this runs on SQLite only");
    }
    server
}

async fn create_database() -> String {
    let server = server().unwrap();
    let name = format!("wardround_test_{:016x}", RandomState::new().hash_one(0));
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let sql = format!("CREATE DATABASE {name}");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// Tells one story on each engine that there is, each on a new database.
pub(crate) fn on_each_engine<F, S>(story: S)
where
    S: Fn(std::sync::Arc<TestDatabase>) -> F,
    F: Future<Output = ()>,
{
    let mut engines = vec![Engine::Sqlite];
    if server().is_some() {
        engines.push(Engine::Postgres);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap();
    for engine in engines {
        runtime.block_on(async {
            let database = std::sync::Arc::new(TestDatabase::new(engine).await);
            story(database.clone()).await;
            if let Some(database) = std::sync::Arc::into_inner(database) {
                database.remove().await;
            }
        });
    }
}

/// Returns a time, `secs` after a fixed beginning.
pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 + secs)
}

/// Returns a node document as the store keeps it; that it is well signed is not the store's business.
pub(crate) fn node_document(name: &str, version: u64, keys: &[NodeKey]) -> NodeDocumentRecord {
    NodeDocumentRecord {
        version,
        digest: Digest::for_bytes(format!("{name} {version}").as_bytes()),
        note: format!("note of {name} {version}"),
        stated: Stated::new(name, Some("XX1"), "https://node.example/feed/v1", ""),
        left: false,
        successor: None,
        epoch: 1,
        expires: at(30_000_000),
        keys: keys.to_vec(),
    }
}
