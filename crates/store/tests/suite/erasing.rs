//! Withdrawal, and that erased means erased: from the rows, and from the files.

use audit::By;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use sqlx::{Connection as _, PgConnection};
use store::{
    BodyByDigest, ChangeKind, DocumentState, Draft, HashedBody, ImportMark, Listed, OWN, StoreError,
};
use tokio::runtime::Handle;
use wire::{Digest, Viewer};

use crate::{
    support::{Engine, TestDatabase, at, on_each_engine},
    world::{Producer, fields, id, local_revision, own_node, revision},
};
use ledger::leaf::Why;

#[test]
fn a_withdrawn_document_leaves_a_tombstone_and_nothing_else() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        let mut first = revision(1, 1);
        first.import = Some(ImportMark {
            source: "content".to_owned(),
            path: "a-name.md".to_owned(),
            digest: Digest::for_bytes(b"file"),
        });
        store.publish(vec![first], &signer, at(1)).await.unwrap();
        store
            .publish(vec![revision(1, 2)], &signer, at(2))
            .await
            .unwrap();
        assert_eq!(
            store
                .withdraw(id(9), Why::Error, &signer, &By::Node, at(3))
                .await
                .unwrap(),
            None
        );
        let withdrawn = store
            .withdraw(id(1), Why::Privacy, &signer, &By::Node, at(3))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (withdrawn.rev, withdrawn.leaf_index, withdrawn.again),
            (3, Some(2), false)
        );
        let again = store
            .withdraw(id(1), Why::Error, &signer, &By::Node, at(4))
            .await
            .unwrap()
            .unwrap();
        assert!(again.again);
        assert_eq!(
            (again.why.as_str(), again.at, again.leaf_index),
            ("privacy", at(3), Some(2))
        );
        assert_eq!(store.log_head(OWN, 1).await.unwrap().size, 3);

        let tombstone = store
            .document(Viewer::Public, OWN, id(1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (tombstone.state, tombstone.rev),
            (DocumentState::Withdrawn, 3)
        );
        assert!(tombstone.text.is_none());
        for rev in [1, 2] {
            let digest = revision(1, rev).body.digest();
            assert_eq!(
                store.body_by_digest(Viewer::Public, &digest).await.unwrap(),
                BodyByDigest::Gone
            );
        }
        assert!(
            store
                .docs(Viewer::Peer, 1, 0, None, 999)
                .await
                .unwrap()
                .unwrap()
                .is_empty()
        );
        assert!(
            store
                .newest(Viewer::Public, Listed::All, None, 9)
                .await
                .unwrap()
                .is_empty()
        );
        let changes = store.changes_after(0, 9).await.unwrap();
        assert!(matches!(changes.as_slice(), [one] if matches!(one.kind, ChangeKind::Delete)));
        let known = store
            .imported("content", "a-name.md")
            .await
            .unwrap()
            .unwrap();
        assert_eq!((known.path, known.document), (None, Some(id(1))));
        let error = store
            .publish(vec![revision(1, 4)], &signer, at(5))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Withdrawn(_)), "{error}");
        store.erase().await.unwrap();
        store.close().await;
    });
}

#[test]
fn what_was_kept_here_is_withdrawn_without_a_word_in_the_log() {
    on_each_engine(|database| async move {
        let store = database.open().await;
        let signer = own_node(&store).await;
        store
            .keep_local(vec![local_revision(1, 1)], &signer, at(1))
            .await
            .unwrap();
        let withdrawn = store
            .withdraw(id(1), Why::Other, &signer, &By::Node, at(2))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((withdrawn.rev, withdrawn.leaf_index), (1, None));
        assert_eq!(store.log_head(OWN, 1).await.unwrap().size, 0);
        let tombstone = store
            .document(Viewer::Staff, OWN, id(1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (tombstone.state, tombstone.provenance.is_none()),
            (DocumentState::Withdrawn, true)
        );
        store.close().await;
    });
}

/// Sequences of numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Words that occur nowhere else, in different sizes.
fn canary(number: u32, rev: u64, dice: &mut Dice) -> String {
    let times = [1, 5, 40, 120, 300, 700][dice.roll(6)];
    format!("canary{number}r{rev}x ").repeat(times)
}

/// Returns every canary in the files of a directory, as (number, revision).
fn canaries(directory: &Path) -> BTreeSet<(u32, u64)> {
    let bytes = contents(directory);
    let mut found = BTreeSet::new();
    let mut rest = bytes.as_slice();
    while let Some(place) = rest.iter().position(|byte| *byte == b'c') {
        rest = &rest[place + 1..];
        if let Some(words) = rest.strip_prefix(b"anary") {
            let text: String = words
                .iter()
                .take(20)
                .map(|byte| char::from(*byte))
                .collect();
            let (number, rev) = text.split_once('r').unwrap_or(("", ""));
            let rev: String = rev.chars().take_while(char::is_ascii_digit).collect();
            if let Ok(number) = number.parse() {
                found.insert((number, rev.parse().unwrap_or(0)));
            }
        }
    }
    found
}

fn contents(directory: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        bytes.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    bytes
}

#[tokio::test]
async fn after_withdrawal_and_erasure_no_file_holds_a_word_of_it() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let store = database.open().await;
    let signer = own_node(&store).await;
    let mut peer = Producer::new(&store, 1).await;
    let mut dice = Dice(7);
    let mut held: Vec<(u32, u64)> = Vec::new();
    let mut gone = Vec::new();
    // Much churn, as in years of use: revisions of all sizes, drafts that become documents, withdrawals between.
    for number in 0..150 {
        let day = 10 * i64::from(number);
        let mut rev = 1;
        let words = canary(number, rev, &mut dice);
        let mut new = revision(number, 1);
        new.fields = fields(&words);
        new.private = Some(words.clone());
        new.body = HashedBody::new(words.clone().into_bytes());
        let path = format!("canary{number}r1x.md");
        let digest = Digest::for_bytes(path.as_bytes());
        let draft = Draft {
            id: id(100_000 + number),
            source: "content".to_owned(),
            path: path.clone(),
            kind: "page".to_owned(),
            title: words.clone(),
            text: words.clone(),
            faults: words,
            created: at(1),
            updated: at(1),
        };
        store.save_drafts(&[(draft, digest)]).await.unwrap();
        new.import = Some(ImportMark {
            source: "content".to_owned(),
            path,
            digest,
        });
        store.publish(vec![new], &signer, at(2)).await.unwrap();
        let theirs = canary(200 + number, 1, &mut dice);
        peer.put(200 + number, 1, &theirs);
        peer.pull(&store, at(day + 3)).await;
        assert_eq!(
            peer.accept(&store, 200 + number, 1, &theirs, at(4)).await,
            1
        );
        held.push((200 + number, 1));
        if dice.roll(3) == 0 {
            rev = 2;
            let mut new = revision(number, 2);
            let words = canary(number, 2, &mut dice);
            new.fields = fields(&words);
            new.body = HashedBody::new(words.into_bytes());
            store.publish(vec![new], &signer, at(5)).await.unwrap();
        }
        held.push((number, rev));
        if dice.roll(3) == 0 {
            let (number, rev) = held.swap_remove(dice.roll(held.len()));
            gone.push(number);
            if number < 200 {
                store
                    .withdraw(id(number), Why::Privacy, &signer, &By::Node, at(6))
                    .await
                    .unwrap()
                    .unwrap();
            } else {
                peer.withdraw(number, rev + 1);
                assert!(peer.pull(&store, at(day + 7)).await.erased);
            }
        }
    }
    assert!(gone.len() > 30);
    let directory = database.directory.path();
    store.erase().await.unwrap();
    let found = canaries(directory);
    for one in &held {
        assert!(found.contains(one), "{one:?} is live");
    }
    for number in &gone {
        assert!(
            found.iter().all(|(other, _)| other != number),
            "{number} is withdrawn"
        );
    }
    // Compacting gives the space back and loses nothing.
    let before = contents(directory).len();
    store.compact().await.unwrap();
    assert!(contents(directory).len() < before);
    assert_eq!(canaries(directory), found);
    store
        .remove_peer(peer.peer.node_seq, &By::Node, at(0))
        .await
        .unwrap();
    store.erase().await.unwrap();
    assert!(canaries(directory).iter().all(|(number, _)| *number < 200));
    assert_eq!(store.check_integrity().await.unwrap(), Vec::<String>::new());
}

/// Returns the bytes of the largest temporary file of SQLite that this process has open.
fn largest_temporary_file() -> u64 {
    let open = fs::read_dir("/proc/self/fd").unwrap().map(Result::unwrap);
    let temporary = open.filter(|open| {
        fs::read_link(open.path()).is_ok_and(|file| file.to_string_lossy().contains("etilqs"))
    });
    let bytes = temporary.filter_map(|open| fs::metadata(open.path()).ok());
    bytes.map(|file| file.len()).max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_of_a_file_that_is_rewritten_is_on_the_disk_and_not_in_memory() {
    const BODY: usize = 1 << 20;
    const BODIES: u32 = 40;
    let database = TestDatabase::new(Engine::Sqlite).await;
    let store = database.open().await;
    let signer = own_node(&store).await;
    for number in 0..BODIES {
        let mut new = revision(number, 1);
        new.body = HashedBody::new(vec![b'x'; BODY]);
        store.publish(vec![new], &signer, at(1)).await.unwrap();
    }
    let is_over = AtomicBool::new(false);
    let largest = thread::scope(|scope| {
        let watched = scope.spawn(|| {
            let mut largest = 0;
            while !is_over.load(Ordering::Acquire) {
                largest = largest.max(largest_temporary_file());
            }
            largest
        });
        tokio::task::block_in_place(|| Handle::current().block_on(store.compact())).unwrap();
        is_over.store(true, Ordering::Release);
        watched.join().unwrap()
    });
    assert!(
        largest > u64::from(BODIES) * (BODY as u64) / 2,
        "{largest} bytes"
    );
}

#[tokio::test]
async fn erasure_waits_for_a_reader_and_then_succeeds() {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let store = database.open().await;
    let signer = own_node(&store).await;
    store
        .publish(vec![revision(1, 1)], &signer, at(1))
        .await
        .unwrap();
    let store::Database::Sqlite(_) = &*store else {
        unreachable!()
    };
    let mut reader = <sqlx::SqliteConnection as sqlx::Connection>::connect(&database.url)
        .await
        .unwrap();
    sqlx::raw_sql("BEGIN; SELECT COUNT(*) FROM documents")
        .execute(&mut reader)
        .await
        .unwrap();
    store
        .withdraw(id(1), Why::Privacy, &signer, &By::Node, at(2))
        .await
        .unwrap()
        .unwrap();
    let erasing = tokio::spawn({
        let store = store.clone();
        async move { store.erase().await }
    });
    // Others write while the erasure waits.
    store
        .publish(vec![revision(2, 1)], &signer, at(3))
        .await
        .unwrap();
    sqlx::raw_sql("COMMIT").execute(&mut reader).await.unwrap();
    erasing.await.unwrap().unwrap();
    let bytes = contents(database.directory.path());
    assert!(!bytes.windows(7).any(|words| words == b"Title 1"));
}

#[test]
fn on_postgresql_nothing_is_erased_while_a_transaction_can_still_see_it() {
    on_each_engine(|database| async move {
        if database.engine == Engine::Sqlite {
            return;
        }
        let store = database.open().await;
        let signer = own_node(&store).await;
        let revisions = vec![revision(1, 1), revision(2, 1)];
        store.publish(revisions, &signer, at(1)).await.unwrap();
        store.erase().await.unwrap();
        let mut reader = PgConnection::connect(&database.url).await.unwrap();
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT COUNT(*) FROM documents";
        for number in [1, 2] {
            sqlx::raw_sql(begin).execute(&mut reader).await.unwrap();
            store
                .withdraw(id(number), Why::Privacy, &signer, &By::Node, at(2))
                .await
                .unwrap()
                .unwrap();
            let error = store.erase().await.unwrap_err();
            assert!(matches!(error, StoreError::Locked), "{error}");
            let seen = "SELECT body FROM document_texts";
            let bodies = sqlx::query(seen).fetch_all(&mut reader).await.unwrap();
            assert_eq!(bodies.len(), 3 - number as usize, "it does see it");
            sqlx::raw_sql("COMMIT").execute(&mut reader).await.unwrap();
            store.erase().await.unwrap();
        }
        reader.close().await.unwrap();
        store.close().await;
    });
}
