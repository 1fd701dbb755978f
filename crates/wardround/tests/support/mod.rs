//! What tests of the program on PostgreSQL share: a server that the environment names, and databases that are dropped with
//! what made them.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::runtime::Runtime;

/// Names a PostgreSQL server where databases may be created and dropped.
const SERVER: &str = "WARDROUND_TEST_POSTGRES";
/// How long a killed process may still be connected to a database that is copied or dropped.
const LONG: Duration = Duration::from_secs(60);
/// Numbers the databases of this process, in which several tests may run.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A PostgreSQL server, and the databases that were made in it, which are dropped with this.
pub(crate) struct Server {
    address: String,
    databases: Vec<String>,
    runtime: Runtime,
}

impl Server {
    /// Returns the server that the environment names. Without one a test has nothing to do, which continuous integration
    /// does not accept.
    pub(crate) fn from_environment() -> Option<Self> {
        let address = std::env::var(SERVER).ok().filter(|url| !url.is_empty());
        assert!(
            address.is_some() || std::env::var("CI").is_err(),
            "{SERVER} must name a server"
        );
        Some(Self {
            address: address?,
            databases: Vec::new(),
            runtime: Runtime::new().unwrap(),
        })
    }

    /// Makes a database, empty or a copy of another one; returns its address.
    pub(crate) fn database(&mut self, copied_from: Option<&str>) -> String {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("wardround_drill_{}_{number}", std::process::id());
        let template = copied_from.map(|address| address.rsplit_once('/').unwrap().1);
        self.run_sql(&match template {
            Some(template) => format!("CREATE DATABASE {name} TEMPLATE {template}"),
            None => format!("CREATE DATABASE {name}"),
        });
        let (base, _) = self.address.rsplit_once('/').unwrap();
        let address = format!("{base}/{name}");
        self.databases.push(name);
        address
    }

    fn run_sql(&self, sql: &str) {
        self.runtime.block_on(async {
            let mut connection = PgConnection::connect(&self.address).await.unwrap();
            let until = Instant::now() + LONG;
            // The server notices some time later that a killed process is gone.
            while let Err(error) = sqlx::query(AssertSqlSafe(sql.to_owned()))
                .execute(&mut connection)
                .await
            {
                assert!(Instant::now() < until, "{error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for database in std::mem::take(&mut self.databases) {
            self.run_sql(&format!("DROP DATABASE {database} WITH (FORCE)"));
        }
    }
}
