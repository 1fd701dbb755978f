//! The engines that a story runs on: SQLite always, PostgreSQL where a server is named.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that is not run says so"
)]

use std::cell::RefCell;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::ports::random;

/// The variable that names a PostgreSQL server where databases may be created and dropped.
const SERVER: &str = "WARDROUND_TEST_POSTGRES";

/// The engine that a story runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file in the node's data directory.
    Sqlite,
    /// A database of its own on the server that is named.
    Postgres,
}

impl Engine {
    /// Returns the address of a new database; SQLite needs none.
    pub async fn database(self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(create_database().await),
        }
    }
}

/// Runs a story on each engine that is available.
///
/// # Panics
/// When PostgreSQL is missing under `CI`.
pub fn on_each_engine(story: impl AsyncFn(Engine)) {
    let mut engines = vec![Engine::Sqlite];
    if server().is_some() {
        engines.push(Engine::Postgres);
    } else {
        let why = format!("{SERVER} must name a server; `tests/run` starts one");
        assert!(std::env::var("CI").is_err(), "{why}");
        eprintln!("{SERVER} is not set: this runs on SQLite only");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    for engine in engines {
        runtime.block_on(story(engine));
    }
    runtime.block_on(drop_databases());
}

fn server() -> Option<String> {
    std::env::var(SERVER).ok().filter(|url| !url.is_empty())
}

thread_local! {
    /// Databases of the story that this thread runs; others may run in the same process.
    static DATABASES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

async fn create_database() -> String {
    let server = server().unwrap();
    let name = format!("wardround_story_{:016x}", random());
    DATABASES.with_borrow_mut(|databases| databases.push(name.clone()));
    run(format!("CREATE DATABASE {name}")).await;
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

async fn drop_databases() {
    for name in DATABASES.take() {
        run(format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
}

async fn run(sql: String) {
    let mut connection = PgConnection::connect(&server().unwrap()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
}
