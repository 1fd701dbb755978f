//! A node without a server: its backups, its later node documents, and who may sign. Stories with peers are in
//! `tests/tests/stories`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{fs, path::Path, sync::Arc, time::Duration};

use node::{
    Node,
    audit::By,
    clock::Clock,
    file_reader::Place,
    identity::{
        Identity, Introduction,
        change::{self, Change, Online},
        key_files::{self, ROOT},
    },
};
use settings::Settings;
use store::OWN;
use upkeep::{
    background::back_up_when_due,
    backup::{self, BackupError},
    restore::{Restoring, Unpacked},
};

fn settings(data: &Path) -> Settings {
    let mut settings = Settings {
        data: data.to_owned(),
        ..Settings::default()
    };
    settings.federation.allow_loopback = true;
    settings.federation.min_free_percent = 0;
    settings
}

async fn open(settings: Settings, clock: &Clock) -> Arc<Node> {
    Node::open_with(settings, clock.clone(), Place::Here)
        .await
        .unwrap()
}

async fn begin(data: &Path, clock: &Clock) -> Arc<Node> {
    let node = open(settings(data), clock).await;
    let introduction = Introduction {
        name: "Northmoor".to_owned(),
        ods: Some("ZZ1".to_owned()),
        base_url: "https://a.example".parse().unwrap(),
        contact: None,
    };
    node.init(&introduction).await.unwrap();
    node
}

async fn change(node: &Node, change: Change) -> Arc<Identity> {
    let mut proposal = change::propose(node, &change).await.unwrap();
    let root = Identity::root_key_path(&node.settings.data);
    proposal.sign(&key_files::read_key(&root, ROOT).unwrap());
    change::accept(node, proposal.note(), &By::Node)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_backup_is_restored_with_its_identity_and_waits_for_no_one_without_peers() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let node = begin(&directory.path().join("node"), &clock).await;
    let id = node.identity().unwrap().node.clone();
    let made = backup::make(&node, &directory.path().join("a.tar.gz"), true)
        .await
        .unwrap();
    assert!(!node.settings.data.join("backup.part").exists());
    assert_eq!(made.manifest.logs.len(), 1);
    let unpacked = Unpacked::open(&made.file, &directory.path().join("unpacked"))
        .await
        .unwrap();
    unpacked.store.close().await;
    drop(unpacked);
    assert!(!directory.path().join("unpacked").exists());

    let restored = settings(&directory.path().join("restored"));
    let restoring = Restoring::begin(&restored, &made.file, false)
        .await
        .unwrap();
    restoring.finish(clock.now(), &By::Node).await.unwrap();
    assert!(
        Restoring::begin(&restored, &made.file, false)
            .await
            .is_err()
    );
    assert!(!restored.data.join("restore.part").exists());
    let again = open(restored, &clock).await;
    assert_eq!(again.identity().unwrap().node, id);
    assert!(again.store.restored_at().await.unwrap().is_some());
    again.signer().await.unwrap();
    assert_eq!(again.store.restored_at().await.unwrap(), None);
    again.close().await;

    // What was cut short is refused, and leaves nothing.
    let bytes = fs::read(&made.file).unwrap();
    let cut = directory.path().join("cut.tar.gz");
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let third = settings(&directory.path().join("third"));
    assert!(Restoring::begin(&third, &cut, false).await.is_err());
    assert!(!third.data.join("restore.part").exists() && !third.data.join("node.db").exists());

    // By schedule, with the oldest removed.
    let kept = directory.path().join("kept");
    fs::create_dir(&kept).unwrap();
    for _ in 0..16 {
        back_up_when_due(&node, &kept).await.unwrap();
        back_up_when_due(&node, &kept).await.unwrap();
        clock.advance(node.settings.backup.interval);
    }
    assert_eq!(backup::kept(&kept, &id).unwrap().len(), 14);
    node.close().await;
}

#[tokio::test]
async fn the_node_document_changes_version_by_version_and_its_keys_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let data = directory.path().join("node");
    let node = begin(&data, &clock).await;
    let renamed = Change {
        name: Some("Harrowdale".to_owned()),
        ..Change::default()
    };
    assert_eq!(change(&node, renamed).await.name, "Harrowdale");
    for key in [Online::Log, Online::Witness, Online::Log] {
        let before = fs::read(data.join("keys/log.key")).unwrap();
        let rotate = Change {
            rotate: vec![key],
            revoke: Some("compromise".to_owned()),
            ..Change::default()
        };
        change(&node, rotate).await;
        let after = fs::read(data.join("keys/log.key")).unwrap();
        assert_eq!(before == after, key == Online::Witness);
    }
    assert_eq!(node.identity().unwrap().version, 5);
    let head = node.store.log_head(OWN, 1).await.unwrap();
    node.signer().await.unwrap();
    // A new log begins where the database has the old one.
    let new = Change {
        new_epoch: true,
        ..Change::default()
    };
    assert_eq!(change(&node, new).await.epoch, 2);
    assert_eq!(node.store.log_head(OWN, 1).await.unwrap().note, head.note);
    assert!(node.store.log_head(OWN, 2).await.unwrap().note.is_some());
    // What no root key has signed changes nothing.
    let proposal = change::propose(&node, &Change::default()).await.unwrap();
    let refused = change::accept(&node, proposal.note(), &By::Node).await;
    assert!(refused.is_err());
    node.close().await;
    drop(node);

    // The next start finds its keys; so does one that was killed before the new key got its place.
    let current = fs::read(data.join("keys/log.key")).unwrap();
    fs::rename(data.join("keys/log.key"), data.join("keys/log-new.key")).unwrap();
    let node = open(settings(&data), &clock).await;
    assert_eq!(fs::read(data.join("keys/log.key")).unwrap(), current);
    node.signer().await.unwrap();
    node.close().await;
}

#[tokio::test]
async fn a_backup_with_keys_has_all_of_them_or_is_not_made() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let node = begin(&directory.path().join("node"), &clock).await;
    let keys = node.settings.data.join("keys");
    for number in 0..6 {
        fs::copy(keys.join("log.key"), keys.join(format!("a{number}.key"))).unwrap();
    }
    let file = directory.path().join("whole.tar.gz");
    let made = backup::make(&node, &file, true).await.unwrap();
    let members = made.manifest.members.iter();
    let kept: Vec<_> = members.map(|member| member.name.as_str()).collect();
    assert!(kept.contains(&"keys/witness.key"), "{kept:?}");
    fs::copy(keys.join("log.key"), keys.join("a6.key")).unwrap();
    let file = directory.path().join("cut.tar.gz");
    let error = backup::make(&node, &file, true).await.unwrap_err();
    assert!(matches!(error, BackupError::TooManyKeys), "{error}");
    assert!(!file.exists());
    backup::make(&node, &file, false).await.unwrap();
}

#[tokio::test]
async fn one_process_signs_and_the_next_one_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let first = begin(&directory.path().join("first"), &clock).await;
    first.signer().await.unwrap();
    let mut shared = settings(&directory.path().join("second"));
    let file = first.settings.data.join("node.db");
    shared.database.url = Some(settings::Secret::new(format!("sqlite:{}", file.display())));
    fs::create_dir_all(shared.data.join("keys")).unwrap();
    for name in ["keys/log.key", "keys/witness.key"] {
        fs::copy(first.settings.data.join(name), shared.data.join(name)).unwrap();
    }
    let second = open(shared, &clock).await;
    let refused = second.signer().await.unwrap_err().to_string();
    assert!(refused.contains("another process signs"), "{refused}");
    assert!(second.hindrance().is_some());
    clock.advance(Duration::from_secs(30));
    first.signer().await.unwrap();
    assert!(second.signer().await.is_err());
    // The first is killed: its lease ends.
    clock.advance(Duration::from_secs(61));
    second.signer().await.unwrap();
    assert!(first.signer().await.is_err());
    second.close().await;
    first.signer().await.unwrap();
    first.close().await;
}
