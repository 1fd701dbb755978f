//! Backups: made while the node works, restored on either engine, and refused when anything in them is not as it was.

use std::{fs, path::Path};

use it::{
    engine::{Engine, on_each_engine},
    trust::Trust,
};
use node::{Node, audit::By, clock::Clock, file_reader::Place};
use settings::{Secret, Settings};
use store::Store;
use upkeep::{
    background::back_up_when_due,
    backup::{self, Made, Recent},
    restore::{RestoreError, Restoring, Unpacked},
};
use wardround::verify::verify;
use wire::{Role, Viewer};

/// Returns settings for another node, with a new database of an engine.
async fn elsewhere(trust: &Trust, name: &str, engine: Engine) -> Settings {
    let mut settings = trust.node().settings.clone();
    settings.data = trust.path(name);
    settings.database.url = engine.database().await.map(Secret::new);
    settings
}

async fn restore(settings: &Settings, file: &Path) -> Result<(), RestoreError> {
    let restoring = Restoring::begin(settings, file, true).await?;
    let verified = verify(&restoring.unpacked.store, &[], |_| {})
        .await
        .unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
    restoring.finish(Clock::system().now(), &By::Node).await
}

/// Returns what a database has, as far as a reader, a peer and a person who signs in see it.
async fn contents(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    for node in store.nodes().await.unwrap() {
        all.push(format!("{node:?}"));
        for epoch in store.epochs(node.seq).await.unwrap() {
            all.push(format!("{epoch:?}"));
        }
        let listed = store::Listed::OfNode(node.seq);
        for card in store
            .newest(Viewer::Public, listed, None, 1_000)
            .await
            .unwrap()
        {
            let document = store.document(Viewer::Public, node.seq, card.id).await;
            all.push(format!("{:?}", document.unwrap().unwrap()));
        }
    }
    for account in store.accounts("", 0).await.unwrap().0 {
        all.push(format!("{account:?}"));
    }
    all
}

#[test]
fn a_backup_made_under_load_restores_what_was_there_on_either_engine() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let peer = Trust::new("ZZ2").await;
        peer.publish_pages(3, "Of a peer", "pulled words").await;
        trust.follow_and_pull(&peer).await;
        trust.person(Role::Editor).await;
        trust
            .publish_pages(300, "Kept", "words that are kept")
            .await;
        let gone = trust
            .publish_page("Gone", "words of a secret handshake")
            .await;
        trust.withdraw(gone).await;

        // Published meanwhile, in many transactions: the backup has the log as of one moment.
        let directory = trust.path("backups");
        fs::create_dir(&directory).unwrap();
        let publishing = async {
            for number in 0..20 {
                trust
                    .publish_page(&format!("Later {number}"), "words")
                    .await;
            }
        };
        let (made, ()) = tokio::join!(backup::make(trust.node(), &directory, true), publishing);
        let made = made.unwrap();
        let own = made
            .manifest
            .logs
            .iter()
            .find(|log| log.node == trust.id().as_str());
        assert!((302..=322).contains(&own.unwrap().size), "{own:?}");
        assert_eq!(backup::kept(&directory, &trust.id()).unwrap().len(), 1);
        assert!(!trust.node().settings.data.join("backup.part").exists());

        // At rest, everything is compared.
        let whole = backup::make(trust.node(), &trust.path("whole.tar.gz"), true)
            .await
            .unwrap();
        let before = contents(&trust.node().store).await;
        for (name, target) in [("on-a-file", Engine::Sqlite), ("on-the-same", engine)] {
            let settings = elsewhere(&trust, name, target).await;
            restore(&settings, &whole.file).await.unwrap();
            let again = restore(&settings, &whole.file)
                .await
                .unwrap_err()
                .to_string();
            assert!(
                again.contains("not empty") || again.contains("in use already"),
                "{again}"
            );
            assert!(!settings.data.join("restore.part").exists());
            let node = Node::open_with(settings, trust.clock.clone(), Place::Here)
                .await
                .unwrap();
            assert_eq!(contents(&node.store).await, before, "{engine:?} {name}");
            assert_eq!(node.identity().unwrap().node, trust.id());
            assert!(node.store.restored_at().await.unwrap().is_some());
            node.close().await;
        }
        let words = b"secret handshake";
        let unpacked = Unpacked::open(&whole.file, &trust.path("unpacked"))
            .await
            .unwrap();
        let bytes = fs::read(trust.path("unpacked").join("node.db")).unwrap();
        assert!(!bytes.windows(words.len()).any(|window| window == words));
        unpacked.store.close().await;
        drop(unpacked);
        assert!(!trust.path("unpacked").exists());
    });
}

#[tokio::test]
async fn a_backup_has_keys_only_when_asked_and_never_the_root_key() {
    let trust = Trust::new("ZZ1").await;
    let data = trust.node().settings.data.clone();
    fs::write(data.join("wardround.toml"), "[site]\nname = \"Kept\"\n").unwrap();
    let names = |made: &Made| {
        let members = made.manifest.members.iter();
        members
            .map(|member| member.name.clone())
            .collect::<Vec<_>>()
    };
    let without = backup::make(trust.node(), &trust.path("a.tar.gz"), false)
        .await
        .unwrap();
    assert_eq!(names(&without), ["node.db"]);
    // Keys of before, under names that a backup has no place for, stay out of it.
    for name in ["log.2026-10.key", "log_old.key"] {
        fs::copy(data.join("keys/log.key"), data.join("keys").join(name)).unwrap();
    }
    let with = backup::make(trust.node(), &trust.path("b.tar.gz"), true)
        .await
        .unwrap();
    let expected = [
        "node.db",
        "keys/log.key",
        "keys/witness.key",
        "wardround.toml",
    ];
    assert_eq!(names(&with), expected);
    let unpacked = Unpacked::open(&with.file, &trust.path("unpacked")).await;
    unpacked.unwrap().store.close().await;

    // A file that is there is never replaced.
    let refused = backup::make(trust.node(), &with.file, true)
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("is there already"),
        "{refused}"
    );

    // Restored without keys, the node names what is missing; keys that are already there have to be the same.
    let settings = elsewhere(&trust, "without", Engine::Sqlite).await;
    restore(&settings, &without.file).await.unwrap();
    let opened = Node::open_with(settings.clone(), Clock::system(), Place::Here).await;
    let said = opened.err().unwrap().to_string();
    assert!(said.contains("log.key"), "{said}");
    let other = Trust::new("ZZ2").await;
    let settings = elsewhere(&trust, "wrong", Engine::Sqlite).await;
    fs::create_dir_all(settings.data.join("keys")).unwrap();
    fs::copy(
        other.node().settings.data.join("keys/log.key"),
        settings.data.join("keys/log.key"),
    )
    .unwrap();
    let said = restore(&settings, &with.file)
        .await
        .unwrap_err()
        .to_string();
    assert!(said.contains("another key"), "{said}");
    assert!(!settings.data.join("node.db").exists());
}

#[tokio::test]
async fn backups_by_schedule_are_made_when_due_and_the_oldest_removed() {
    let trust = Trust::new("ZZ1").await;
    let directory = trust.path("backups");
    let mut settings = trust.node().settings.clone();
    settings.backup.directory = Some(directory.clone());
    let recent = |trust: &Trust| backup::recent(&settings, &trust.id(), trust.node().now());
    assert!(matches!(recent(&trust), Recent::Unreadable(_)));
    fs::create_dir(&directory).unwrap();
    assert_eq!(recent(&trust), Recent::Old(None));
    let interval = settings.backup.interval;
    for round in 0..16 {
        back_up_when_due(trust.node(), &directory).await.unwrap();
        back_up_when_due(trust.node(), &directory).await.unwrap();
        let kept = backup::kept(&directory, &trust.id()).unwrap();
        assert_eq!(kept.len(), (round + 1).min(14));
        assert!(matches!(recent(&trust), Recent::Fresh(_)));
        trust.advance(interval);
    }
    trust.advance(interval * 2);
    assert!(matches!(recent(&trust), Recent::Old(Some(_))));
    // A clock that was ahead does not keep the next one waiting.
    trust.clock.set_back(interval * 30);
    let now = trust.node().now();
    back_up_when_due(trust.node(), &directory).await.unwrap();
    let kept = backup::kept(&directory, &trust.id()).unwrap();
    assert_eq!(kept.len(), 14);
    assert!(
        kept.iter().any(|kept| kept.made.secs() == now.secs()),
        "{kept:?}"
    );
}
