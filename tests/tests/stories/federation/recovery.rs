//! An older copy of the database is restored while peers hold more: it must not become a second history.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use files::{
    import::{Moved, Options, SameTitles, Status, import},
    publish::publish_file,
};
use it::{
    engine::{Engine, on_each_engine},
    tree::write,
    trust::Trust,
};
use node::{
    Node, NodeError,
    audit::By,
    clock::Clock,
    file_reader::Place,
    flows::recover,
    hindrance::{Code, Hindrance},
    identity::{
        Identity,
        change::{self, Change, Online},
    },
};
use patient_data::Acceptance;
use settings::{Secret, Settings};
use store::{DocumentState, RecordedHindrance};
use upkeep::{backup, restore::Restoring};
use wardround::verify::verify;

use super::identity;

/// Three trusts that follow each other, with what all of them have pulled.
async fn three(engine: Engine) -> [Trust; 3] {
    let a = Trust::on(engine, "ZZ1").await;
    let (b, c) = (Trust::new("ZZ2").await, Trust::new("ZZ3").await);
    for number in 0..5 {
        a.publish_page(&format!("Before {number}"), "words of before")
            .await;
    }
    for peer in [&b, &c] {
        peer.follow_and_pull(&a).await;
        a.follow_and_pull(peer).await;
    }
    [a, b, c]
}

pub(super) async fn back_up(trust: &Trust) -> PathBuf {
    let made = backup::make(trust.node(), &trust.path("backup.tar.gz"), true).await;
    made.unwrap().file
}

/// Makes a backup as the schedule does: without keys.
async fn back_up_without_keys(trust: &Trust) -> PathBuf {
    let made = backup::make(trust.node(), &trust.path("scheduled.tar.gz"), false).await;
    made.unwrap().file
}

/// Puts a backup in the place of what the node had, and starts it.
pub(super) async fn restore(trust: &mut Trust, engine: Engine, file: &Path) {
    restore_to(trust, engine, file, "restored").await;
}

async fn restore_to(trust: &mut Trust, engine: Engine, file: &Path, directory: &str) {
    let mut settings = trust.node().settings.clone();
    trust.stop().await;
    let root = Identity::root_key_path(&settings.data);
    settings.data = trust.path(directory);
    settings.database.url = engine.database().await.map(Secret::new);
    let restoring = Restoring::begin(&settings, file, false).await.unwrap();
    restoring
        .finish(Clock::system().now(), &By::Node)
        .await
        .unwrap();
    // No backup has the root key: its operator keeps it elsewhere.
    let restored_root = Identity::root_key_path(&settings.data);
    if !restored_root.exists() {
        std::fs::copy(root, restored_root).unwrap();
    }
    trust.change(|now| *now = settings);
    trust.start().await;
}

/// Puts a backup without keys in the place of what the node had, next to the keys that it has now.
async fn restore_with_present_keys(trust: &mut Trust, engine: Engine, file: &Path) {
    let keys = trust.node().settings.data.join("keys");
    let restored = trust.path("restored/keys");
    std::fs::create_dir_all(&restored).unwrap();
    for name in ["root.key", "log.key", "witness.key"] {
        std::fs::copy(keys.join(name), restored.join(name)).unwrap();
    }
    restore(trust, engine, file).await;
}

/// Returns why a node signs nothing.
async fn hindrance(trust: &Trust) -> Option<Hindrance> {
    match trust.node().signer().await {
        Ok(_) => None,
        Err(NodeError::MayNotSign(hindrance)) => Some(hindrance),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_restored_copy_signs_nothing_until_its_peers_have_given_back_what_they_hold() {
    on_each_engine(async |engine| {
        let [mut a, b, c] = three(engine).await;
        let kept = a.publish_page("Revised", "an earlier text").await;
        let file = back_up(&a).await;
        // What happens after the copy: a revision, new pages, and a withdrawal that must not be undone.
        a.revise(
            kept,
            domain::Document::page("Revised", "words after the copy"),
        )
        .await;
        let gone = a.publish_page("Gone", "words of a canary").await;
        for number in 0..4 {
            a.publish_page(&format!("After {number}"), "words of a supplement")
                .await;
        }
        a.withdraw(gone).await;
        b.pull_well(&a.id()).await;
        c.pull_well(&a.id()).await;
        let before = a.live().await;
        let size = a.log_size().await;

        restore(&mut a, engine, &file).await;
        let held = a.log_size().await;
        assert!(held < size);
        let found = hindrance(&a).await;
        assert!(
            matches!(found, Some(Hindrance::Behind { theirs, own, .. }) if (theirs, own) == (size, held)),
            "{found:?}"
        );
        // Readers are served, and everyone who asks is answered why nothing is published.
        assert_eq!(a.found("words of before").await.len(), 5);
        let submission = domain::Document::page("Lost", "words");
        let refused = a.try_to_publish(submission).await.unwrap_err();
        assert!(
            refused.to_string().contains("recover --from-peers"),
            "{refused}"
        );
        let ready = a.ask("/readyz").await;
        assert_eq!(ready["state"], "serving readers only");
        assert!(
            ready["warnings"][0]
                .as_str()
                .unwrap()
                .contains("nothing is signed"),
            "{ready}"
        );
        assert!(a.node().store.hindrance().await.unwrap().is_some());
        for trust in [&a, &b, &c] {
            trust.advance(Duration::from_secs(7_200));
        }
        assert!(hindrance(&a).await.is_some());
        assert_eq!(a.log_size().await, held);

        // The peers have it all.
        let recovered = recover::from_peers(a.node()).await.unwrap();
        assert_eq!(
            (recovered.entries, recovered.missing),
            (size - held, 0),
            "{recovered:?}"
        );
        assert_eq!(hindrance(&a).await, None);
        assert_eq!(a.live().await, before);
        assert_eq!(a.state(&a.id(), gone).await, Some(DocumentState::Withdrawn));
        assert!(a.found("canary").await.is_empty());
        let later = a.publish_page("Later", "words of later").await;
        let body = a.body_md(kept).await;
        assert!(body.contains("after the copy"), "{body}");
        a.revise(kept, domain::Document::page("Revised", "a third time"))
            .await;
        for peer in [&b, &c] {
            peer.pull_well(&a.id()).await;
            assert!(peer.state(&a.id(), later).await == Some(DocumentState::Live));
            assert_eq!(peer.found("supplement").await.len(), 4);
        }
        // A new peer gets everything from it, as if nothing had happened.
        let d = Trust::new("ZZ4").await;
        d.advance(Duration::from_secs(7_200));
        d.follow_and_pull(&a).await;
        assert_eq!(d.found("supplement").await.len(), 4);
        for trust in [&a, &b, &d] {
            let verified = verify(&trust.node().store, &[], |_| {}).await.unwrap();
            assert_eq!(verified.faults, Vec::<String>::new());
        }
    });
}

#[test]
fn a_folder_that_is_imported_after_a_recovery_is_not_published_twice() {
    on_each_engine(async |engine| {
        let mut a = Trust::on(engine, "ZZ1").await;
        let b = Trust::new("ZZ2").await;
        b.follow_and_pull(&a).await;
        a.follow_and_pull(&b).await;
        let file = back_up(&a).await;
        // What the copy does not have: a folder of files that link to each other.
        let folder = a.path("studies");
        let long = "words of a long story\n".repeat(20);
        write(
            &folder,
            &[
                ("a.md", b"---\ntags: [beds]\ncontact: cnio@zz1.example\n---\n# Alpha\n\nSee [beta](deep/b.md#more)."),
                ("deep/b.md", format!("# Beta\n\n<!-- a note -->\n## More\n\n{long}").as_bytes()),
                ("c.md", b"# Gamma\n\nglockenspiel, [a plan](plan.pdf)"),
            ],
        );
        let before = a.import(&folder).await;
        assert_eq!(before.summary.created, 3, "{before:?}");
        b.pull_well(&a.id()).await;
        restore(&mut a, engine, &file).await;
        a.node().signer().await.unwrap_err();
        recover::from_peers(a.node()).await.unwrap();
        assert_eq!(hindrance(&a).await, None);
        let size = a.log_size().await;

        // One file was changed meanwhile: a person says what it is.
        let changed = b"# Gamma\n\nxylophone";
        write(&folder, &[("c.md", changed)]);
        let options = Options::default();
        let asked = import(a.node(), &folder, &options, |_| panic!("a step")).await;
        let asked = asked.unwrap_err().to_string();
        assert!(
            asked.starts_with("`c.md` may be documents of this site"),
            "{asked}"
        );
        assert_eq!(a.log_size().await, size);
        let options = Options {
            same_titles: SameTitles::Continue,
            ..Options::default()
        };
        let after = a.import_with(&folder, &options).await;
        for path in ["a.md", "deep/b.md", "c.md"] {
            assert_eq!(after.id(path), before.id(path), "{path}");
        }
        assert_eq!(after.summary.created, 0, "{after:?}");
        let body = a.body_md(before.id("c.md")).await;
        assert!(body.contains("xylophone"), "{body}");
        let again = a.import(&folder).await;
        assert_eq!(again.summary.unchanged, 3, "{again:?}");
        assert_eq!(a.live().await.len(), 3);
    });
}

#[test]
fn a_file_whose_document_was_withdrawn_after_the_copy_is_not_published_again() {
    on_each_engine(async |engine| {
        let mut a = Trust::on(engine, "ZZ1").await;
        let b = Trust::new("ZZ2").await;
        b.follow_and_pull(&a).await;
        a.follow_and_pull(&b).await;
        let folder = a.path("studies");
        let files = [
            ("known.md", &b"# Known\n\nzebra"[..]),
            ("changed.md", b"# Changed\n\nzebra"),
            ("late.md", b"# Late\n\nzebra"),
        ];
        write(&folder, &files);
        let publish = async |a: &Trust, path: &str| {
            let file = folder.join(path);
            let published =
                publish_file(a.node(), &file, None, Acceptance::default(), &By::Node).await;
            published.unwrap()
        };
        let [known, changed] = ["known.md", "changed.md"];
        let first = [publish(&a, known).await, publish(&a, changed).await];
        let file = back_up(&a).await;
        // After the copy: a new revision of one, a new document, and the end of all three.
        write(&folder, &[(changed, b"# Changed\n\nzebra stripes")]);
        let revised = publish(&a, changed).await;
        assert_eq!(revised.id, first[1].id);
        let late = publish(&a, "late.md").await.id.unwrap();
        for id in [first[0].id.unwrap(), first[1].id.unwrap(), late] {
            a.withdraw(id).await;
        }
        b.pull_well(&a.id()).await;

        restore(&mut a, engine, &file).await;
        let recovered = recover::from_peers(a.node()).await.unwrap();
        let size = a.log_size().await;
        for path in [known, changed] {
            let again = publish(&a, path).await;
            assert!(
                matches!(again.status, Status::Withdrawn | Status::Failed),
                "{again:?}"
            );
            assert!(again.faults[0].text.contains("withdrawn"), "{again:?}");
        }
        assert_eq!(a.log_size().await, size);
        // No one knows the file of what the copy has never had: its operator is warned.
        assert_eq!(recovered.ended, [late]);
    });
}

#[test]
fn a_file_whose_last_revision_came_back_from_peers_is_that_revision() {
    on_each_engine(async |engine| {
        let mut a = Trust::on(engine, "ZZ1").await;
        let b = Trust::new("ZZ2").await;
        b.follow_and_pull(&a).await;
        a.follow_and_pull(&b).await;
        let folder = a.path("studies");
        let imported = async |a: &Trust, words: &str| {
            let text = format!("---\ncontact: cnio@zz1.example\n---\n# Alpha\n\n{words}");
            write(&folder, &[("a.md", text.as_bytes())]);
            a.import(&folder).await
        };
        let first = imported(&a, "before").await;
        let file = back_up(&a).await;
        // The copy knows the file as the first revision, and peers bring back the second one, without its mailbox.
        imported(&a, "after").await;
        b.pull_well(&a.id()).await;
        restore(&mut a, engine, &file).await;
        a.node().signer().await.unwrap_err();
        recover::from_peers(a.node()).await.unwrap();
        // What would undo that revision is refused; the file that it was made of is it.
        let undone = imported(&a, "later").await;
        assert_eq!(
            (undone.summary.updated, undone.summary.draft),
            (0, 1),
            "{undone:?}"
        );
        let again = imported(&a, "after").await;
        assert_eq!(
            (again.summary.updated, again.summary.draft),
            (1, 0),
            "{again:?}"
        );
        assert_eq!(imported(&a, "after").await.summary.unchanged, 1);
        assert!(a.body_md(first.id("a.md")).await.contains("after"));
    });
}

#[tokio::test]
async fn a_file_is_the_document_of_its_title_that_was_written_here_or_a_person_is_asked() {
    let a = Trust::new("ZZ1").await;
    let here = a.publish_page("Bed rails", "zebra stripes").await;
    let folder = a.path("notes");
    // Its words are the same, though not its file.
    write(
        &folder,
        &[(
            "rails.md",
            b"---\ntags: [beds]\n---\n# Bed rails\n\nzebra  stripes\n",
        )],
    );
    let imported = a.import(&folder).await;
    assert_eq!(imported.id("rails.md"), here);
    // The title alone: new, among others; asked, where it is most of what is new.
    let title = |words: &str| format!("# Notes\n\n{words}").into_bytes();
    a.publish_page("Notes", "of today").await;
    let many = a.path("many");
    write(
        &many,
        &[
            ("n.md", &title("of old")),
            ("x.md", b"# X\n\nx"),
            ("y.md", b"# Y\n\ny"),
        ],
    );
    assert_eq!(a.import(&many).await.summary.created, 3);
    let one = a.path("one");
    write(&one, &[("n.md", &title("of tomorrow"))]);
    let options = Options::default();
    let asked = import(a.node(), &one, &options, |_| panic!("a step")).await;
    assert!(asked.unwrap_err().to_string().contains("--same-titles"));
    let as_new = Options {
        moved: Moved::Never,
        ..Options::default()
    };
    assert_eq!(a.import_with(&one, &as_new).await.summary.created, 1);
}

#[tokio::test]
async fn a_restored_copy_waits_for_a_peer_and_a_node_that_lost_nothing_does_not() {
    let [mut a, mut b, mut c] = three(Engine::Sqlite).await;
    let file = back_up_without_keys(&a).await;
    b.stop().await;
    c.stop().await;
    // An ordinary restart while all peers are away.
    a.restart().await;
    assert_eq!(hindrance(&a).await, None);
    // A restored copy.
    restore_with_present_keys(&mut a, Engine::Sqlite, &file).await;
    assert_eq!(hindrance(&a).await, Some(Hindrance::Unconfirmed));
    // A new log would need a node document of a version that a peer may hold already.
    let change = Change {
        new_epoch: true,
        ..Change::default()
    };
    let refused = identity::try_to_change(&a, change).await.unwrap_err();
    assert!(
        refused.to_string().contains("no peer has answered"),
        "{refused}"
    );
    b.start().await;
    a.advance(Duration::from_secs(61));
    assert_eq!(hindrance(&a).await, None);
    assert_eq!(a.node().store.restored_at().await.unwrap(), None);
    a.publish_page("After", "words").await;
    b.pull_well(&a.id()).await;
}

#[tokio::test]
async fn what_a_peer_has_shown_keeps_a_copy_from_signing_after_a_restart_without_peers() {
    let [mut a, mut b, mut c] = three(Engine::Sqlite).await;
    let file = back_up(&a).await;
    a.publish_page("After", "words").await;
    b.pull_well(&a.id()).await;
    restore(&mut a, Engine::Sqlite, &file).await;
    // A copy that was made by hand says nothing of itself.
    a.node().store.confirm_not_behind().await.unwrap();
    let found = hindrance(&a).await.unwrap();
    assert!(matches!(found, Hindrance::Behind { .. }), "{found:?}");
    b.stop().await;
    c.stop().await;
    for _ in 0..2 {
        a.restart().await;
        let again = hindrance(&a).await.unwrap();
        assert!(
            matches!(
                again,
                Hindrance::Recorded {
                    code: Code::Behind,
                    ..
                }
            ),
            "{again:?}"
        );
        assert_eq!(
            (again.to_string(), again.fix()),
            (found.to_string(), found.fix())
        );
    }
    // One that has seen no more cannot know better than the one that had.
    c.start().await;
    a.advance(Duration::from_secs(61));
    let still = hindrance(&a).await.unwrap();
    assert!(matches!(still, Hindrance::Recorded { .. }), "{still:?}");
    b.start().await;
    a.advance(Duration::from_secs(61));
    let again = hindrance(&a).await.unwrap();
    assert_eq!(again.to_string(), found.to_string());
    // The operator decides.
    let recovered = node::flows::recover::from_peers(a.node()).await.unwrap();
    assert_eq!(recovered.entries, 1);
    assert_eq!(hindrance(&a).await, None);
}

#[test]
fn a_backup_needs_room_for_a_copy_of_the_database_of_each_engine() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let store = &trust.node().store;
        let database = store.size_bytes().await.unwrap();
        let needed = backup::needed_bytes(store).await.unwrap();
        assert!(database > 100_000 && needed > database, "{needed}");
    });
}

#[tokio::test]
async fn what_was_recorded_in_the_words_of_another_version_counts_as_well() {
    let [mut a, mut b, mut c] = three(Engine::Sqlite).await;
    let shown_by = a.node().store.peer(b.id().as_str()).await.unwrap();
    let shown_by = shown_by.map(|peer| peer.handle);
    b.stop().await;
    c.stop().await;
    for (code, peer, expected) in [
        ("forked", shown_by.clone(), Code::Forked),
        ("older-document", shown_by.clone(), Code::OlderDocument),
        ("of-a-later-program", None, Code::Unknown),
        ("behind", shown_by.clone(), Code::Behind),
    ] {
        let recorded = RecordedHindrance {
            code: code.to_owned(),
            peer,
            reason: "words of another version".to_owned(),
            fix: "likewise".to_owned(),
        };
        a.node()
            .store
            .record_hindrance(Some(&recorded))
            .await
            .unwrap();
        for _ in 0..2 {
            a.restart().await;
            let found = hindrance(&a).await.unwrap();
            assert!(
                matches!(&found, Hindrance::Recorded { code, .. } if *code == expected),
                "{code}: {found:?}"
            );
            assert_eq!(found.to_string(), recorded.reason);
        }
    }
    // Only the peer that had shown it takes it back.
    c.start().await;
    a.advance(Duration::from_secs(61));
    assert!(hindrance(&a).await.is_some());
    b.start().await;
    a.advance(Duration::from_secs(61));
    assert_eq!(hindrance(&a).await, None);
}

/// Returns the settings of another process with the keys and the database of a node.
fn another_on_the_database_of(first: &Settings, data: &Path) -> Settings {
    let mut settings = first.clone();
    settings.data = data.to_owned();
    settings.database.url = Some(first.database.url.clone().unwrap_or_else(|| {
        Secret::new(format!("sqlite:{}", first.data.join("node.db").display()))
    }));
    std::fs::create_dir_all(settings.data.join("keys")).unwrap();
    for name in ["log.key", "witness.key"] {
        let keys = |data: &Path| data.join("keys").join(name);
        std::fs::copy(keys(&first.data), keys(&settings.data)).unwrap();
    }
    settings
}

#[test]
fn of_two_processes_on_one_database_one_signs_and_the_other_goes_on_after_it() {
    on_each_engine(async |engine| {
        let mut a = Trust::on(engine, "ZZ1").await;
        a.publish_page("One", "words").await;
        let first = a.node().settings.clone();
        let settings = another_on_the_database_of(&first, &a.path("second"));
        let second = Node::open_with(settings, a.clock.clone(), Place::Here)
            .await
            .unwrap();
        let refused = second.signer().await.unwrap_err().to_string();
        assert!(refused.contains("another process signs"), "{refused}");
        a.publish_page("Two", "words").await;
        // The first ends, and the second takes over at once.
        a.stop().await;
        second.signer().await.unwrap();
        second.close().await;
        a.start().await;
        a.publish_page("Three", "words").await;
    });
}

#[test]
fn after_a_process_was_killed_the_other_one_of_its_database_signs_soon() {
    on_each_engine(async |engine| {
        let mut a = Trust::on(engine, "ZZ1").await;
        let first = a.node().settings.clone();
        a.stop().await;
        let settings = another_on_the_database_of(&first, &a.path("second"));
        let open = async |settings: &Settings, clock: &Clock| {
            let opened = Node::open_with(settings.clone(), clock.clone(), Place::Here);
            opened.await.unwrap()
        };
        let (clock, other_clock) = (Clock::system(), Clock::system());
        let first = open(&first, &clock).await;
        let second = open(&settings, &other_clock).await;
        // The clocks of two machines are never quite the same.
        clock.advance(Duration::from_secs(5));
        first.signer().await.unwrap();
        assert!(second.signer().await.is_err());
        // One that lives asks in time.
        for _ in 0..10 {
            for clock in [&clock, &other_clock] {
                clock.advance(Duration::from_secs(5));
            }
            first.signer().await.unwrap();
            assert!(second.signer().await.is_err());
        }
        // One that was killed asks no more.
        other_clock.advance(Duration::from_secs(match engine {
            Engine::Postgres => 25,
            Engine::Sqlite => 65,
        }));
        second.signer().await.unwrap();
        clock.advance(Duration::from_secs(16));
        assert!(first.signer().await.is_err());
        second.close().await;
        first.close().await;
    });
}

/// Replaces both keys that a node needs to run.
async fn rotate(trust: &Trust) {
    let change = Change {
        rotate: vec![Online::Log, Online::Witness],
        ..Change::default()
    };
    identity::change(trust, change).await;
}

/// Makes sure that a node and all that follow it have the same documents, that no one sees a fault, and that all signatures are right.
async fn agree(a: &Trust, peers: [&Trust; 2]) {
    let live = a.live().await;
    for peer in peers {
        let state = peer.pull_well(&a.id()).await;
        assert_eq!(state.fault, None);
        assert_eq!(peer.live().await, live);
    }
    for trust in [a, peers[0], peers[1]] {
        let verified = verify(&trust.node().store, &[], |_| {}).await.unwrap();
        assert_eq!(verified.faults, Vec::<String>::new());
    }
}

#[test]
fn a_copy_of_before_a_change_of_keys_is_refilled_next_to_the_keys_of_after_it() {
    on_each_engine(async |engine| {
        let [mut a, b, c] = three(engine).await;
        let file = back_up_without_keys(&a).await;
        a.publish_page("Under the old keys", "words").await;
        rotate(&a).await;
        a.publish_page("Under the new keys", "words").await;
        for peer in [&b, &c] {
            peer.pull_well(&a.id()).await;
        }
        let before = a.live().await;
        restore_with_present_keys(&mut a, engine, &file).await;

        // Readers are served, and nothing is signed with keys that the document does not list.
        assert_eq!(a.found("words of before").await.len(), 5);
        let found = hindrance(&a).await;
        assert!(
            matches!(
                found,
                Some(Hindrance::OlderDocument {
                    theirs: 2,
                    own: 1,
                    ..
                })
            ),
            "{found:?}"
        );
        // A second version 2 would be refused by all peers for good.
        let change = Change {
            new_epoch: true,
            ..Change::default()
        };
        assert!(identity::try_to_change(&a, change).await.is_err());

        let recovered = recover::from_peers(a.node()).await.unwrap();
        assert_eq!(
            (recovered.documents, recovered.entries),
            (1, 2),
            "{recovered:?}"
        );
        assert_eq!(hindrance(&a).await, None);
        assert_eq!(a.live().await, before);
        a.publish_page("Later", "words").await;
        agree(&a, [&b, &c]).await;
    });
}

#[test]
fn a_new_log_begins_with_the_keys_that_are_here_where_no_peer_has_seen_them() {
    on_each_engine(async |engine| {
        let [mut a, mut b, mut c] = three(engine).await;
        let file = back_up_without_keys(&a).await;
        rotate(&a).await;
        b.stop().await;
        c.stop().await;
        restore_with_present_keys(&mut a, engine, &file).await;
        let new_epoch = || Change {
            new_epoch: true,
            ..Change::default()
        };

        // No peer answers: it is not known whether one of them holds a later document.
        let Some(Hindrance::Unconfirmed) = hindrance(&a).await else {
            panic!("it may sign");
        };
        let refused = identity::try_to_change(&a, new_epoch()).await.unwrap_err();
        assert!(
            refused.to_string().contains("no peer has answered"),
            "{refused}"
        );
        a.node().store.confirm_not_behind().await.unwrap();
        a.node().ask_peers_again().await;
        let found = hindrance(&a).await.unwrap();
        assert!(matches!(found, Hindrance::Keys(_)), "{found:?}");
        assert!(found.to_string().contains("version 1"), "{found}");
        assert!(
            a.try_to_publish(domain::Document::page("Lost", "words"))
                .await
                .is_err()
        );
        let refused = identity::try_to_change(&a, new_epoch()).await.unwrap_err();
        assert!(
            refused.to_string().contains("no peer has answered"),
            "{refused}"
        );

        // They answer that they hold none. Only a new log takes the keys that are here.
        b.start().await;
        c.start().await;
        a.advance(Duration::from_secs(61));
        assert!(matches!(hindrance(&a).await, Some(Hindrance::Keys(_))));
        let renewed = identity::try_to_change(&a, Change::default())
            .await
            .unwrap_err();
        assert!(renewed.to_string().contains("log.key"), "{renewed}");
        identity::try_to_change(&a, new_epoch()).await.unwrap();
        assert_eq!(hindrance(&a).await, None);
        a.publish_page("Later", "words").await;
        agree(&a, [&b, &c]).await;
        a.restart().await;
        assert_eq!(hindrance(&a).await, None);
    });
}

#[tokio::test]
async fn a_copy_that_brought_its_old_keys_signs_once_the_present_ones_are_back() {
    let [mut a, b, c] = three(Engine::Sqlite).await;
    let file = back_up(&a).await;
    rotate(&a).await;
    a.publish_page("Under the new keys", "words").await;
    b.pull_well(&a.id()).await;
    let keys = a.node().settings.data.join("keys");
    restore(&mut a, Engine::Sqlite, &file).await;
    recover::from_peers(a.node()).await.unwrap();
    let found = hindrance(&a).await.unwrap();
    assert!(matches!(found, Hindrance::Keys(_)), "{found:?}");
    a.stop().await;
    for name in ["log.key", "witness.key"] {
        std::fs::copy(keys.join(name), a.path("restored/keys").join(name)).unwrap();
    }
    a.start().await;
    assert_eq!(hindrance(&a).await, None);
    a.publish_page("Later", "words").await;
    agree(&a, [&b, &c]).await;
}

#[test]
fn a_copy_whose_node_document_differs_from_that_of_its_peers_signs_nothing() {
    on_each_engine(async |engine| {
        let [mut a, mut b, mut c] = three(engine).await;
        let file = back_up(&a).await;
        let contact = |contact: &str| Change {
            contact: Some(format!("mailto:{contact}@trust.example")),
            ..Change::default()
        };
        identity::change(&a, contact("first")).await;
        let before = a.live().await;
        b.pull_well(&a.id()).await;
        b.stop().await;
        c.stop().await;

        // The operator has said that an older copy is the newest, and a second version 2 was signed.
        restore(&mut a, engine, &file).await;
        a.node().store.confirm_not_behind().await.unwrap();
        identity::change(&a, contact("second")).await;
        assert_eq!(hindrance(&a).await, None);
        // Another peer, which has answered, does not know the other one; whoever does is asked before a third is signed.
        c.start().await;
        a.node().ask_peers_again().await;
        assert_eq!(hindrance(&a).await, None);
        b.start().await;
        let expected = "`zz2` holds another version 2 of this node's document than the database";
        let proposed = change::propose(a.node(), &Change::default()).await;
        let refused = proposed.unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
        c.stop().await;
        a.restart().await;
        let found = hindrance(&a).await.unwrap();
        assert_eq!(found.to_string(), expected);
        let refused = a.try_to_publish(domain::Document::page("Lost", "words"));
        let refused = refused.await.unwrap_err().to_string();
        assert!(
            refused.contains("`wardround recover --from-peers`"),
            "{refused}"
        );
        let ready = a.ask("/readyz").await;
        assert_eq!(ready["state"], "serving readers only");
        let warning = ready["warnings"][0].as_str().unwrap();
        assert!(warning.contains("another version 2"), "{ready}");
        // No later document is signed on top of it, neither for a new log, nor for a third version.
        for new_epoch in [true, false] {
            let change = Change {
                new_epoch,
                ..Change::default()
            };
            assert!(identity::try_to_change(&a, change).await.is_err());
        }
        // It is known again where no peer answers, also by its command.
        b.stop().await;
        a.restart().await;
        let again = hindrance(&a).await.unwrap();
        assert_eq!(again.evidence(), Some(Code::OtherDocument));
        assert_eq!(
            (again.to_string(), again.fix()),
            (found.to_string(), found.fix())
        );

        // The command that it names: the copy of before that version, and what peers hold.
        b.start().await;
        restore_to(&mut a, engine, &file, "again").await;
        a.node().signer().await.unwrap_err();
        let recovered = recover::from_peers(a.node()).await.unwrap();
        assert_eq!(recovered.documents, 1, "{recovered:?}");
        assert_eq!(hindrance(&a).await, None);
        assert_eq!(a.live().await, before);
        c.start().await;
        a.publish_page("Later", "words").await;
        agree(&a, [&b, &c]).await;
    });
}

#[tokio::test]
async fn a_peer_that_is_further_on_another_chain_of_node_documents_is_noticed() {
    let [mut a, mut b, c] = three(Engine::Sqlite).await;
    let file = back_up(&a).await;
    for _ in 0..3 {
        identity::change(&a, Change::default()).await;
    }
    b.pull_well(&a.id()).await;
    b.stop().await;
    // The other peer has seen none of them, and holds the first version only.
    restore(&mut a, Engine::Sqlite, &file).await;
    a.advance(Duration::from_secs(61));
    for _ in 0..2 {
        identity::change(&a, Change::default()).await;
    }
    c.pull_well(&a.id()).await;
    b.start().await;
    a.restart().await;
    let found = hindrance(&a).await;
    let expected = Hindrance::OtherDocument {
        peer: "zz2".to_owned(),
        version: 2,
    };
    assert_eq!(found, Some(expected));
}

#[test]
fn a_new_log_is_not_begun_twice_in_a_row() {
    on_each_engine(async |engine| {
        let [mut a, b, mut c] = three(engine).await;
        let file = back_up(&a).await;
        a.publish_page("After", "words").await;
        b.pull_well(&a.id()).await;
        restore(&mut a, engine, &file).await;
        assert!(matches!(
            hindrance(&a).await,
            Some(Hindrance::Behind { .. })
        ));
        c.stop().await;
        // What a peer holds would be left out, which only someone who insists wants.
        let change = Change {
            new_epoch: true,
            ..Change::default()
        };
        let refused = identity::try_to_change(&a, change).await.unwrap_err();
        assert!(refused.to_string().contains("--despite-peers"), "{refused}");
        let new_epoch = || Change {
            new_epoch: true,
            despite_peers: true,
            ..Change::default()
        };
        assert_eq!(identity::change(&a, new_epoch()).await.epoch, 2);
        let twice = identity::try_to_change(&a, new_epoch()).await.unwrap_err();
        assert!(
            twice.to_string().contains("log 2 has no entries yet"),
            "{twice}"
        );
        assert_eq!(a.node().identity().unwrap().epoch, 2);
        // What was published since is what another new log would close.
        a.publish_page("Later", "words").await;
        assert_eq!(identity::change(&a, new_epoch()).await.epoch, 3);
        c.start().await;
    });
}
