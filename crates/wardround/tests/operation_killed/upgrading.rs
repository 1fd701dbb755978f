//! An upgrade that is killed: the database is as it was or upgraded, and the next start finds everything.

use std::{borrow::Cow, fs, path::Path, process::Command};

use sql::tables::fill_postgres;
use sqlx::{
    Connection as _, PgConnection, SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
    postgres::PgConnectOptions,
};

use crate::place::{Node, Place, When, has_file, moments, on_each_engine};

/// Moments at which the upgrade is killed.
const MOMENTS: u32 = 10;
/// The migrations of the version that wrote the fixture.
const EARLIER: [(i64, &str, &str); 3] = [
    (
        1,
        "core",
        include_str!("../../../../migrations/0001_core.sql"),
    ),
    (
        2,
        "peer_claims",
        include_str!("../../../../migrations/0002_peer_claims.sql"),
    ),
    (
        3,
        "revoked_keys",
        include_str!("../../../../migrations/0003_revoked_keys.sql"),
    ),
];

/// Unpacks the data directory of version 0.1.0; on PostgreSQL, its tables go to a database of that version.
fn earlier(place: &mut Place) -> Node {
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/data-0.1.0.tar.gz");
    let unpacked = Command::new("tar")
        .arg("xzf")
        .arg(fixture)
        .arg("-C")
        .arg(place.path(""))
        .status();
    assert!(unpacked.unwrap().success());
    let node = place.node("data", None);
    if let Some(database) = &node.database {
        let file = node.data.join("node.db");
        place.block_on(fill(database, &file));
        fs::remove_file(file).unwrap();
    }
    node
}

/// Makes the tables of the earlier version in an empty database, and fills them.
async fn fill(database: &str, file: &Path) {
    let migrations = EARLIER.map(|(version, name, text)| {
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            text.into_sql_str(),
            true,
        )
    });
    let mut migrator = Migrator::with_migrations(migrations.to_vec());
    migrator.set_locking(false);
    let options: PgConnectOptions = database.parse().unwrap();
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .unwrap();
    connection.close().await.unwrap();
    fill_postgres(&options, file).await.unwrap();
}

#[test]
fn an_upgrade_that_is_killed_has_happened_or_has_not() {
    on_each_engine(|place| {
        let earlier = earlier(place);
        let upgraded = place.node("upgraded", Some(&earlier));
        let whole = upgraded.time(&["migrate"]);
        let counts = upgraded.verified();
        assert_eq!(counts.0, 7);
        let mut when = moments(whole, MOMENTS);
        when.push(When::Exists(earlier.data.with_file_name(format!(
            "copy_{MOMENTS}/node.db.before-upgrade-0003"
        ))));
        let mut killed = 0;
        for (number, when) in when.iter().enumerate() {
            let copy = place.node(&format!("copy_{number}"), Some(&earlier));
            killed += u32::from(copy.killed(&["migrate"], when));
            // A program that only reads refuses the earlier schema, or finds the new one whole.
            let looked = copy.command(&["verify"]).output().unwrap();
            let said = String::from_utf8_lossy(&looked.stderr);
            assert!(
                looked.status.success() || said.contains("migrate"),
                "{when:?}: {said}"
            );
            copy.prints(&["migrate"]);
            assert_eq!(copy.verified(), counts, "{when:?}");
            copy.publish("After");
            assert_eq!(copy.verified(), (counts.0 + 1, counts.1 + 1), "{when:?}");
            assert!(!has_file(&copy.data, ".part"), "{when:?}");
        }
        assert!(killed > 1, "it was killed in the middle {killed} times");
    });
}
