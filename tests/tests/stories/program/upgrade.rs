//! A data directory of an earlier version: the present program opens it, and nothing is lost.
//!
//! `tests/fixtures/make` makes one with the binary of that version.

use std::{fs, path::Path, process::Command};

use files::import::{Options, Status};
use it::{setup::Setup, trust::Trust};
use node::{Node, clock::Clock};
use serde_json::Value;
use settings::Settings;
use sqlx::Connection as _;
use store::DocumentState;
use tempfile::TempDir;
use wardround::verify::verify;
use wire::{Timestamp, Viewer};

/// What may differ from one answer to the next.
const VOLATILE: [&str; 3] = ["took_ms", "score", "next_due"];

/// Unpacks a data directory; returns it with what its node answered before it was stopped.
pub(super) fn unpack(name: &str) -> (TempDir, Value) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let directory = tempfile::tempdir().unwrap();
    let unpacked = Command::new("tar")
        .arg("xzf")
        .arg(fixtures.join(format!("{name}.tar.gz")))
        .arg("-C")
        .arg(directory.path())
        .status();
    assert!(unpacked.unwrap().success());
    let answers = fs::read(fixtures.join(format!("{name}.json"))).unwrap();
    (directory, serde_json::from_slice(&answers).unwrap())
}

/// Checks that everything in an answer is still answered; there may be more.
fn check_kept(path: &str, before: &Value, now: &Value) {
    match (before, now) {
        (Value::Object(before), Value::Object(_)) => {
            for (key, value) in before {
                if !VOLATILE.contains(&key.as_str()) {
                    check_kept(&format!("{path} {key}"), value, &now[key]);
                }
            }
        }
        (Value::Array(before), Value::Array(now)) => {
            assert_eq!(before.len(), now.len(), "{path}");
            for (before, now) in before.iter().zip(now) {
                check_kept(path, before, now);
            }
        }
        _ => assert_eq!(before, now, "{path}"),
    }
}

/// Changes something in the database of a data directory.
async fn change(directory: &TempDir, sql: &'static str) {
    let file = directory.path().join("data/node.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Starts the node at the time at which it was stopped, so that nothing is due for renewal.
async fn start(directory: TempDir, stopped: &Value) -> Trust {
    let clock = Clock::system();
    let stopped = Timestamp::parse(stopped.as_str().unwrap()).unwrap();
    clock.set_back(clock.now().since(stopped));
    let setup = Setup::without_identity().clock(&clock).directory(directory);
    setup.start().await
}

#[tokio::test]
async fn a_data_directory_of_version_0_1_opens_and_nothing_is_lost() {
    let (directory, before) = unpack("data-0.1.0");
    let trust = start(directory, &before["time"]).await;
    let store = &trust.node().store;
    trust.settle().await;

    // The feed is the same to the byte.
    for (path, text) in before.as_object().unwrap() {
        if path.starts_with("/feed/") {
            assert_eq!(trust.get(path).await.text, text.as_str().unwrap(), "{path}");
        }
        if path.starts_with("/api/") {
            let before = serde_json::from_str(text.as_str().unwrap()).unwrap();
            check_kept(path, &before, &trust.ask(path).await);
        }
    }
    let verified = verify(store, &[], |_| {}).await.unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
    assert_eq!(store.check_integrity().await.unwrap(), Vec::<String>::new());

    // What is in no answer is kept, too: drafts, what only the organisation reads, and private parts.
    let drafts = store.drafts(None, 9).await.unwrap();
    let draft = store.draft(drafts[0].id).await.unwrap().unwrap();
    assert!(drafts.len() == 1 && draft.text.ends_with("Numbat draft.\n"));
    let cards = store.newest(Viewer::Staff, store::Listed::OfNode(store::OWN), None, 100);
    let inside: Vec<_> = cards
        .await
        .unwrap()
        .into_iter()
        .map(|card| card.id)
        .collect();
    let texts = store.own_texts_of(&inside).await.unwrap();
    let is_inside = |body: &[u8]| {
        String::from_utf8_lossy(body)
            .to_lowercase()
            .contains("bilby")
    };
    let inside = texts.values().find(|text| is_inside(&text.body)).unwrap();
    let private = inside.private.as_deref().unwrap();
    assert!(private.contains("team@trust.example"), "{private}");

    // Files are known by their path, and what was withdrawn stays withdrawn.
    let options = Options {
        source: Some(before["source"].as_str().unwrap().to_owned()),
        ..Options::default()
    };
    let imported = trust.import_with(&trust.path("tree"), &options).await;
    let statuses = [
        ("badges.md", Status::Unchanged),
        ("deep/rota.md", Status::Unchanged),
        ("epma-seven-weekends.md", Status::Unchanged),
        ("gone.md", Status::Withdrawn),
        ("inside.md", Status::Unchanged),
        ("unfinished.md", Status::Draft),
    ];
    assert_eq!(imported.statuses(), statuses);
    let gone = trust.state(&trust.id(), imported.id("gone.md")).await;
    assert_eq!(gone, Some(DocumentState::Withdrawn));
    assert_eq!(trust.files_with("Quoll"), Vec::<String>::new());

    // And it goes on with its log.
    let size = trust.log_size().await;
    trust.publish_page("After the upgrade", "potoroo").await;
    assert_eq!(trust.log_size().await, size + 1);
    assert_eq!(trust.found("potoroo").await.len(), 1);
}

#[tokio::test]
async fn a_node_that_cannot_be_upgraded_says_why_and_is_left_to_its_earlier_program() {
    let (directory, before) = unpack("data-0.1.0");
    change(&directory, "CREATE TABLE audit (id BIGINT)").await;
    let settings = Settings {
        data: directory.path().join("data"),
        ..Settings::default()
    };
    let refused = Node::open(settings.clone(), Clock::system()).await;
    let said = refused.err().unwrap().to_string();
    assert!(
        said.contains("could not be upgraded") && said.contains("it is as it was"),
        "{said}"
    );
    assert!(said.contains("migration 14 failed"), "{said}");
    change(&directory, "DROP TABLE audit").await;

    // Nothing is lost by it, and the copy of before is at hand.
    let trust = start(directory, &before["time"]).await;
    let copies = trust.node().store.upgrade_copies().unwrap();
    assert_eq!(copies.len(), 1, "{copies:?}");
    trust.publish_page("After all", "potoroo").await;
    let verified = verify(&trust.node().store, &[], |_| {}).await.unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
}
