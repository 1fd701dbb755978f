//! Upgrades of a database that an earlier program has written: all of it, or nothing.

use ledger::tree::{Frontier, leaf_hash};
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, SqlSafeStr as _, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};
use store::{OWN, Options, Store, StoreError};
use telemetry::captured::logged;

use crate::support::{Engine, TestDatabase, on_each_engine};

/// The migrations of an earlier program, which never change.
const EARLIER: [(i64, &str); 12] = [
    (1, include_str!("../../../../migrations/0001_core.sql")),
    (
        2,
        include_str!("../../../../migrations/0002_peer_claims.sql"),
    ),
    (
        3,
        include_str!("../../../../migrations/0003_revoked_keys.sql"),
    ),
    (
        4,
        include_str!("../../../../migrations/0004_protected_lists.sql"),
    ),
    (
        5,
        include_str!("../../../../migrations/0005_imported_revision.sql"),
    ),
    (6, include_str!("../../../../migrations/0006_stated.sql")),
    (
        7,
        include_str!("../../../../migrations/0007_not_before.sql"),
    ),
    (8, include_str!("../../../../migrations/0008_accounts.sql")),
    (9, include_str!("../../../../migrations/0009_drafts.sql")),
    (
        10,
        include_str!("../../../../migrations/0010_attachments.sql"),
    ),
    (
        11,
        include_str!("../../../../migrations/0011_accepted_warnings.sql"),
    ),
    (
        12,
        include_str!("../../../../migrations/0012_unread_indexes.sql"),
    ),
];

/// Runs some work on a connection of either engine.
macro_rules! with_connection {
    ($database:expr, |$connection:ident| $work:expr) => {
        match $database.engine {
            Engine::Sqlite => {
                let url = format!("{}?mode=rwc", $database.url);
                let mut $connection = SqliteConnection::connect(&url).await.unwrap();
                let done = $work;
                $connection.close().await.unwrap();
                done
            }
            Engine::Postgres => {
                let mut $connection = PgConnection::connect(&$database.url).await.unwrap();
                $work
            }
        }
    };
}

async fn execute(database: &TestDatabase, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    with_connection!(database, |connection| {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    });
}

async fn number(database: &TestDatabase, sql: &str) -> i64 {
    let sql = AssertSqlSafe(sql.to_owned());
    let (number,): (i64,) = with_connection!(database, |connection| {
        sqlx::query_as(sql)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    });
    number
}

/// Makes a database as the earlier program left it, with a log of three entries.
async fn earlier(database: &TestDatabase) {
    let migrations = EARLIER.iter().map(|(version, text)| {
        let text = text.into_sql_str();
        Migration::new(
            *version,
            "earlier".into(),
            MigrationType::Simple,
            text,
            false,
        )
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    with_connection!(database, |connection| {
        migrator
            .run_direct(None, &mut connection, false)
            .await
            .unwrap();
    });
    let mut frontier = Frontier::new();
    let (mut entries, mut hashes) = (Vec::new(), Vec::new());
    for entry in [b"one", b"two", b"six"] {
        let hash = leaf_hash(entry);
        frontier.push(hash);
        hashes.extend(hash);
        entries.extend([0, 3]);
        entries.extend(entry);
    }
    let bytes = |bytes: &[u8]| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match database.engine {
            Engine::Sqlite => format!("X'{hex}'"),
            Engine::Postgres => format!("'\\x{hex}'"),
        }
    };
    let text = format!(
        "INSERT INTO nodes (seq, node, handle, own, name, base, status, version, epoch, added_at)
            VALUES (1, 'wr1a', 'zz1', TRUE, 'Northmoor', 'https://a.example/feed/v1', 'active', 1, 1, 0);
        INSERT INTO logs (seq, node_seq, epoch, origin, size, root, frontier)
            VALUES (1, 1, 1, 'a.example/log', 3, {}, {});
        INSERT INTO log_bundles (log_seq, n, entries, hashes) VALUES (1, 0, {}, {})",
        bytes(&frontier.root()),
        bytes(&frontier.to_bytes()),
        bytes(&entries),
        bytes(&hashes),
    );
    execute(database, &text).await;
}

const AT: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// Opens a database that cannot be upgraded; returns why.
async fn refusal(database: &TestDatabase) -> String {
    let error = Store::open(&Options::new(&database.url)).await.unwrap_err();
    let said = error.to_string();
    let StoreError::NotUpgraded { found: 12, why, .. } = error else {
        panic!("{said}")
    };
    assert!(
        said.contains("the earlier `wardround` works with it"),
        "{said}"
    );
    why
}

/// Checks that nothing of an upgrade is left.
async fn check_untouched(database: &TestDatabase) {
    assert_eq!(number(database, AT).await, 12);
    assert_eq!(
        number(database, "SELECT COUNT(*) FROM log_bundles").await,
        1
    );
    assert_eq!(number(database, "SELECT size FROM logs").await, 3);
    let names = std::fs::read_dir(database.directory.path()).unwrap();
    for name in names.map(|entry| entry.unwrap().file_name()) {
        assert!(!name.to_string_lossy().contains("upgrade"), "{name:?}");
    }
}

/// Does something to the database whenever a migration has been applied.
fn on_each_migration(engine: Engine, statement: &str) -> String {
    match engine {
        Engine::Sqlite => format!(
            "CREATE TRIGGER spoil AFTER INSERT ON _sqlx_migrations BEGIN {statement}; END"
        ),
        Engine::Postgres => format!(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$;
            CREATE TRIGGER spoil AFTER INSERT ON _sqlx_migrations EXECUTE FUNCTION spoil()"
        ),
    }
}

fn no_more(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "DROP TRIGGER spoil",
        Engine::Postgres => "DROP FUNCTION spoil CASCADE",
    }
}

#[test]
fn an_earlier_database_is_upgraded_and_a_copy_of_it_is_kept() {
    on_each_engine(|database| async move {
        earlier(&database).await;
        let store = database.open().await;
        let schema = store.schema_version().await.unwrap();
        assert_eq!(schema.found, schema.known);
        assert_eq!(store.log_head(OWN, 1).await.unwrap().size, 3);
        let copies = store.upgrade_copies().unwrap();
        store.close().await;
        if database.engine == Engine::Postgres {
            assert_eq!(copies.len(), 0);
            return;
        }
        let name = database
            .directory
            .path()
            .join("node.db.before-upgrade-0012");
        assert_eq!(copies, std::slice::from_ref(&name));
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&name).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let copy = Options::new(format!("sqlite:{}", name.display()));
        let copy = Store::connect_read_only(&copy).await.unwrap();
        assert_eq!(copy.schema_version().await.unwrap().found, 12);
        assert_eq!(copy.log_head(OWN, 1).await.unwrap().size, 3);
        copy.close().await;
        // The next start upgrades nothing, and keeps the copy.
        let store = database.open().await;
        assert_eq!(store.upgrade_copies().unwrap(), copies);
        store.close().await;
    });
}

#[test]
fn a_migration_that_fails_leaves_the_database_as_it_was_and_copies_nothing() {
    let lines = logged(failing_migration);
    let copied = lines.iter().filter(|line| line.contains("was copied"));
    // Of SQLite, and only by the upgrade that succeeds in the end.
    assert_eq!(copied.count(), 1, "{lines:#?}");
}

fn failing_migration() {
    on_each_engine(|database| async move {
        earlier(&database).await;
        // A later migration makes a table of this name.
        execute(&database, "CREATE TABLE audit_head (id BIGINT)").await;
        let why = refusal(&database).await;
        assert!(
            why.contains("migration 14 failed") && why.contains("audit_head"),
            "{why}"
        );
        check_untouched(&database).await;
        assert_eq!(refusal(&database).await, why);
        execute(&database, "DROP TABLE audit_head").await;
        database.open().await.close().await;
    });
}

#[test]
fn a_check_that_fails_leaves_the_database_as_it_was() {
    for (statement, expected) in [
        (
            "DELETE FROM log_bundles",
            "`log_bundles` has 0 rows and had 1",
        ),
        (
            "UPDATE log_bundles SET entries = hashes",
            "do not make its root",
        ),
        ("UPDATE logs SET size = 2", "do not make its root"),
    ] {
        on_each_engine(move |database| async move {
            earlier(&database).await;
            execute(&database, &on_each_migration(database.engine, statement)).await;
            let why = refusal(&database).await;
            assert!(why.contains(expected), "{statement}: {why}");
            check_untouched(&database).await;
            execute(&database, no_more(database.engine)).await;
            database.open().await.close().await;
        });
    }
}

#[test]
fn what_was_wrong_before_does_not_stop_an_upgrade() {
    on_each_engine(|database| async move {
        earlier(&database).await;
        execute(&database, "UPDATE logs SET size = 2").await;
        let store = database.open().await;
        let schema = store.schema_version().await.unwrap();
        assert_eq!(schema.found, schema.known);
        store.close().await;
    });
}

#[test]
fn two_processes_that_start_at_once_upgrade_once() {
    on_each_engine(|database| async move {
        if database.engine == Engine::Sqlite {
            // The lock of the data directory lets only one of them that far.
            return;
        }
        earlier(&database).await;
        let options = Options::new(&database.url);
        let (one, two) = tokio::join!(Store::open(&options), Store::open(&options));
        let schema = one.unwrap().schema_version().await.unwrap();
        assert_eq!(schema.found, schema.known);
        two.unwrap().close().await;
    });
}

/// Makes a database as the program before migration 35 left it, which had recorded the texts of a reason only.
async fn hindered(database: &TestDatabase, reason: &str, fix: &str) {
    database.open().await.close().await;
    let quoted = |text: &str| text.replace('\'', "''");
    let text = format!(
        "ALTER TABLE own_signing DROP COLUMN hindrance_code;
        ALTER TABLE own_signing DROP COLUMN hindrance_peer;
        DROP INDEX documents_by_leaf;
        DROP INDEX documents_by_digest;
        DELETE FROM _sqlx_migrations WHERE version >= 35;
        INSERT INTO nodes (seq, node, handle, own, name, base, status, version, epoch, added_at)
            VALUES (2, 'wr1b', 'zz2', FALSE, 'Southmoor', 'https://b.example/feed/v1', 'active', 1, 1, 0),
                (3, 'wr1c', 'zz2-b', FALSE, 'Eastmoor', 'https://c.example/feed/v1', 'active', 1, 1, 0);
        UPDATE own_signing SET hindrance = '{}', fix = '{}'",
        quoted(reason),
        quoted(fix),
    );
    execute(database, &text).await;
}

#[test]
fn why_an_earlier_program_signed_nothing_is_known_by_its_code_and_its_peer() {
    for (reason, fix, code, peer) in [
        (
            "`zz2` has seen 9 entries of this node's log, and the database has 7",
            "put the newest copy back",
            "behind",
            Some("zz2"),
        ),
        (
            "`zz2-b` holds version 3 of this node's document, and the database has 2",
            "put the newest copy back",
            "older-document",
            Some("zz2-b"),
        ),
        (
            "`zz2` has seen another history of this node's log, which differs within its first 7 entries",
            "put the newest copy back",
            "forked",
            Some("zz2"),
        ),
        (
            "the database is a restored copy, and no peer has answered yet whether it is the newest",
            "wait",
            "unconfirmed",
            None,
        ),
        (
            "another process signs for this node: a",
            "wait",
            "other-process",
            None,
        ),
        (
            "the key is not that of the document",
            "put the keys that belong to the node document into `keys`",
            "keys",
            None,
        ),
        ("words that no one knows", "likewise", "unknown", None),
    ] {
        on_each_engine(move |database| async move {
            hindered(&database, reason, fix).await;
            let store = database.open().await;
            let found = store.hindrance().await.unwrap().unwrap();
            assert_eq!((found.code.as_str(), found.peer.as_deref()), (code, peer));
            assert_eq!((found.reason.as_str(), found.fix.as_str()), (reason, fix));
            store.record_hindrance(None).await.unwrap();
            assert_eq!(store.hindrance().await.unwrap(), None);
            store.close().await;
        });
    }
}
