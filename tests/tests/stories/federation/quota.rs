//! What a peer may take up here is bounded, and its withdrawals apply in any case.

use std::{fs, path::Path};

use it::{engine::on_each_engine, setup::Setup, trust::Trust};
use node::audit::By;
use node::{clock::Clock, flows::peers};
use settings::Federation;
use store::DocumentState;
use wire::DocumentId;

use super::forger::{Feed, Forger, body};

async fn bounded(
    engine: it::engine::Engine,
    change: impl FnOnce(&mut Federation),
) -> (Forger, Trust) {
    let clock = Clock::system();
    let forger = Forger::new(1, &clock).await;
    let setup = Setup::new("ZZ1").engine(engine).clock(&clock);
    let setup = setup.settings(|settings| change(&mut settings.federation));
    let trust = setup.start().await;
    trust.follow_at(&forger.base(), &forger.id()).await;
    (forger, trust)
}

/// Polls the forger, and expects the fault `quota` with some words, and a log of a size.
async fn refused(trust: &Trust, forger: &Forger, words: &str, size: u64) {
    let peer = trust.pull(&forger.id()).await;
    let fault = peer.fault.expect("it has more than its quota");
    assert_eq!((fault.code, peer.size), ("quota", size), "{}", fault.text);
    assert!(fault.text.contains(words), "{}", fault.text);
    trust.settle().await;
}

async fn states(trust: &Trust, forger: &Forger, ids: &[DocumentId]) -> Vec<Option<DocumentState>> {
    let mut states = Vec::new();
    for id in ids {
        states.push(trust.state(&forger.id(), *id).await);
    }
    states
}

const LIVE: Option<DocumentState> = Some(DocumentState::Live);
const WITHDRAWN: Option<DocumentState> = Some(DocumentState::Withdrawn);

#[test]
fn a_peer_has_no_more_documents_than_its_quota() {
    on_each_engine(async |engine| {
        let (forger, trust) = bounded(engine, |quota| quota.quota_documents = 3).await;
        let first = forger.feed().put("One", "quokka");
        let second = forger.feed().put("Two", "quokka");
        trust.pull_well(&forger.id()).await;

        // Two more than the quota, an update among them: nothing of it is taken, and what was taken is shown.
        forger.feed().put_as(first, "One again", "quokka");
        let more: Vec<_> = (0..3)
            .map(|_| forger.feed().put("More", "quokka"))
            .collect();
        for _ in 0..2 {
            refused(&trust, &forger, "5 documents, more than the 3", 2).await;
            assert_eq!(
                states(&trust, &forger, &[first, second]).await,
                [LIVE, LIVE]
            );
            assert_eq!(states(&trust, &forger, &more).await, [None, None, None]);
            assert_eq!(trust.found("quokka").await.len(), 2);
            assert_eq!(trust.node().store.usage(2).await.unwrap().entries, 2);
        }

        // Withdrawals apply, of held documents only, and are erased.
        forger.feed().withdraw(second);
        forger.feed().withdraw(more[0]);
        forger.feed().put("Another", "quokka");
        refused(&trust, &forger, "4 documents, more than the 3", 2).await;
        assert_eq!(
            states(&trust, &forger, &[first, second]).await,
            [LIVE, WITHDRAWN]
        );
        assert_eq!(states(&trust, &forger, &more).await, [None, None, None]);
        trust.node().eraser.settle().await.unwrap();
        assert!(trust.files_with("\"Two\"").is_empty());

        // The operator raises it while the node runs, and everything is taken.
        let mut raised = trust.node().settings.clone();
        raised.federation.quota_documents = 4;
        let reloaded = trust.node().reload(&raised);
        assert_eq!(reloaded.changed, ["federation.quota_documents"]);
        let peer = trust.pull_well(&forger.id()).await;
        assert_eq!(peer.size, 9);
        assert_eq!(
            states(&trust, &forger, &[first, second]).await,
            [LIVE, WITHDRAWN]
        );
        assert_eq!(
            states(&trust, &forger, &more).await,
            [WITHDRAWN, LIVE, LIVE]
        );

        // At the quota, a revision and a document in the place of another are taken.
        forger.feed().put_as(first, "One once more", "numbat");
        forger.feed().withdraw(more[1]);
        let place = forger.feed().put("In its place", "numbat");
        trust.pull_well(&forger.id()).await;
        assert_eq!(
            states(&trust, &forger, &[first, more[1], place]).await,
            [LIVE, WITHDRAWN, LIVE]
        );
    });
}

#[test]
fn bytes_and_entries_are_bounded_and_a_closed_epoch_does_not_hide_withdrawals() {
    on_each_engine(async |engine| {
        let (forger, trust) = bounded(engine, |quota| quota.quota_bytes = 90_000).await;
        let first = forger.feed().put("One", &"quokka ".repeat(1_000));
        trust.pull_well(&forger.id()).await;
        let second = forger.feed().put("Two", &"quokka ".repeat(1_500));
        refused(
            &trust,
            &forger,
            "more than the 90000 of `federation.quota_bytes`",
            1,
        )
        .await;
        assert_eq!(
            states(&trust, &forger, &[first, second]).await,
            [LIVE, None]
        );
        // Many small entries count, too; they are refused before they are fetched.
        for _ in 0..300 {
            forger.feed().push(*b"{\"v\":2}");
        }
        refused(&trust, &forger, "`federation.quota_bytes`", 1).await;
        // A log that has not changed since is not read again, also when it is signed again.
        forger.asked();
        refused(&trust, &forger, "`federation.quota_bytes`", 1).await;
        let asked = forger.asked();
        assert!(
            !asked.iter().any(|path| path.contains("entries")),
            "{asked:?}"
        );
        // The rest of the epoch is not taken, and neither is the next one; a withdrawal in it applies.
        forger.feed().close_epoch(302, None);
        forger.feed().withdraw(first);
        forger.feed().put("Three", "short");
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault.unwrap().code, "quota");
        assert_eq!(states(&trust, &forger, &[first]).await, [WITHDRAWN]);
        assert_eq!(trust.node().store.usage(2).await.unwrap().entries, 1);
    });
    on_each_engine(async |engine| {
        let (forger, trust) = bounded(engine, |quota| quota.quota_documents = 1).await;
        let id = forger.feed().put("One", "1");
        for rev in 2..=20 {
            forger.feed().put_as(id, "One", &rev.to_string());
        }
        trust.pull_well(&forger.id()).await;
        forger.feed().put_as(id, "One", "21");
        refused(
            &trust,
            &forger,
            "21 entries, more than 20 for each of the 1",
            20,
        )
        .await;
        forger.feed().withdraw(id);
        refused(&trust, &forger, "22 entries", 20).await;
        assert_eq!(states(&trust, &forger, &[id]).await, [WITHDRAWN]);
    });
}

#[test]
fn withdrawals_that_are_not_in_the_signed_log_have_no_effect() {
    on_each_engine(async |engine| {
        let (forger, trust) = bounded(engine, |quota| quota.quota_documents = 1).await;
        let id = forger.feed().put("One", "quokka");
        trust.pull_well(&forger.id()).await;
        forger.feed().put("Two", "quokka");
        forger.feed().withdraw(id);
        forger.lie(|feed, path, reply| {
            if path.ends_with("/checkpoint") {
                let note = feed.signer().sign(3, &[7; 32], feed.now());
                reply.body = note.into_bytes();
            }
        });
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault.unwrap().code, "inconsistent");
        assert_eq!(states(&trust, &forger, &[id]).await, [LIVE]);
    });
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_takes_withdrawals_only_and_says_so() {
    let (forger, mut trust) = bounded(it::engine::Engine::Sqlite, |_| {}).await;
    let first = forger.feed().put("One", "quokka");
    trust.pull_well(&forger.id()).await;
    let ready = trust.get("/readyz").await.json();
    assert_eq!(ready["warnings"].as_array().unwrap().len(), 0, "{ready}");
    trust.stop().await;
    trust.change(|settings| settings.federation.min_free_percent = 100);
    trust.start().await;
    let second = forger.feed().put("Two", "quokka");
    let peer = trust.pull(&forger.id()).await;
    assert_eq!((peer.fault, peer.size, peer.failures), (None, 1, 0));
    assert_eq!(
        states(&trust, &forger, &[first, second]).await,
        [LIVE, None]
    );
    forger.feed().withdraw(first);
    trust.pull(&forger.id()).await;
    assert_eq!(
        states(&trust, &forger, &[first, second]).await,
        [WITHDRAWN, None]
    );
    let ready = trust.get("/readyz").await;
    assert_eq!(ready.status, 200);
    let warning = ready.json()["warnings"][0].as_str().unwrap().to_owned();
    assert!(warning.contains("nothing but withdrawals"), "{warning}");
    trust
        .publish_page("Own page", "own documents are published")
        .await;
    trust.stop().await;
    trust.change(|settings| settings.federation.min_free_percent = 0);
    trust.start().await;
    trust.pull_well(&forger.id()).await;
    assert_eq!(
        states(&trust, &forger, &[first, second]).await,
        [WITHDRAWN, LIVE]
    );
}

#[tokio::test]
async fn a_first_contact_above_100_000_entries_waits_for_the_operator() {
    let (forger, trust) = bounded(it::engine::Engine::Sqlite, |_| {}).await;
    forger.lie(|feed, path, reply| {
        if path.ends_with("/checkpoint") {
            let note = feed.signer().sign(100_001, &[7; 32], feed.now());
            reply.body = note.into_bytes();
        }
    });
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(peer.fault.unwrap().code, "implausible");
    assert!(forger.asked().iter().all(|path| !path.contains("/tile/")));
    peers::resume(trust.node(), forger.id().as_str(), &By::Node)
        .await
        .unwrap();
    trust.pull(&forger.id()).await;
    assert!(forger.asked().iter().any(|path| path.contains("/tile/")));
}

/// Returns the bytes of all files below a directory.
fn bytes_below(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let bytes = entries.map(|entry| match entry.metadata().unwrap() {
        data if data.is_dir() => bytes_below(&entry.path()),
        data => data.len(),
    });
    bytes.sum()
}

/// What a peer fills its quota with: the next entries of its feed, by their number.
type Filling = fn(&mut Feed, u32);

/// Returns words of which no two are the same in all texts.
fn distinct_words(number: u32, count: u32) -> String {
    let words = (0..count).map(|at| format!("w{:x}q", number.wrapping_mul(count) + at));
    words.collect::<Vec<_>>().join(" ")
}

fn put_json(feed: &mut Feed, change: impl FnOnce(&mut serde_json::Value)) {
    let id = feed.put("Title", "words");
    feed.entries.pop();
    let mut body: serde_json::Value =
        serde_json::from_slice(&body(id, 1, "Title", "words")).unwrap();
    change(&mut body);
    feed.put_body(id, 1, serde_json::to_vec(&body).unwrap());
}

fn other_ids(number: u32, count: u32) -> Vec<String> {
    let id = |at: u32| format!("01996c5e-8a00-7000-8000-{:012x}", number * count + at);
    (0..count).map(id).collect()
}

/// The dearest: short texts, tags, withdrawals and bodies that break a rule take less than a third of the quota.
const FILLINGS: [(&str, Filling); 4] = [
    ("references", |feed, number| {
        put_json(feed, |body| {
            body["replaces"] = other_ids(number, 32).into();
            let of_others = other_ids(number + 5_000, 32);
            let of_others: Vec<String> = of_others
                .iter()
                .map(|id| format!("wr1{}/{id}", "a".repeat(52)))
                .collect();
            body["based_on"] = of_others.into();
        });
    }),
    ("links in the text", |feed, number| {
        let links = other_ids(number, 100).into_iter();
        let links: String = links.map(|id| format!("[x](/d/{id}) ")).collect();
        feed.put("T", &links);
    }),
    ("leaves without bodies", |feed, _| {
        feed.put("T", "x");
        feed.bodies.clear();
    }),
    ("revisions", |feed, number| {
        let id = DocumentId::parse("01996c5e-8a00-7000-8000-000000000001").unwrap();
        feed.put_as(id, "T", &distinct_words(number, 100));
    }),
];

/// A peer that revises one long document again and again, each time by itself, uses no more and no more of the disk.
#[tokio::test]
async fn revisions_of_a_long_text_give_their_space_back() {
    const WORDS: u32 = 20_000;
    let (forger, trust) = bounded(it::engine::Engine::Sqlite, |_| {}).await;
    let id = forger.feed().put("Long", &distinct_words(0, WORDS));
    trust.pull_well(&forger.id()).await;
    let file = || fs::metadata(trust.path("data").join("node.db")).unwrap();
    trust.node().eraser.settle().await.unwrap();
    let first = file().len();
    for number in 1..15 {
        let text = distinct_words(number, WORDS);
        forger.feed().put_as(id, "Long", &text);
        // What was superseded is erased within 45 s, and at once together with what was withdrawn.
        let other = forger.feed().put("Other", "short");
        forger.feed().withdraw(other);
        trust.pull_well(&forger.id()).await;
        trust.node().eraser.settle().await.unwrap();
    }
    let erased = trust.node().store.erased_bytes().await.unwrap();
    assert!(
        erased < 2 << 20,
        "{erased} bytes are erased and still there"
    );
    let grown = file().len() - first;
    assert!(grown < 3 << 19, "the file has grown by {grown} bytes");
    assert_eq!(trust.state(&forger.id(), id).await, LIVE);
    assert!(
        trust
            .node()
            .store
            .check_integrity()
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_peer_at_its_quota_takes_no_more_of_the_disk() {
    const QUOTA: u64 = 4_000_000;
    const STEP: u32 = 100;
    for (name, fill) in FILLINGS {
        let engine = it::engine::Engine::Sqlite;
        let (forger, trust) = bounded(engine, |quota| {
            quota.quota_bytes = QUOTA;
            quota.quota_documents = 100_000;
        })
        .await;
        trust.pull_well(&forger.id()).await;
        let before = bytes_below(&trust.path("data"));
        let mut number = 0;
        // Until nothing more is taken.
        loop {
            for _ in 0..STEP {
                fill(&mut forger.feed(), number);
                number += 1;
            }
            let peer = trust.pull(&forger.id()).await;
            trust.settle().await;
            match peer.fault {
                Some(fault) => {
                    assert_eq!(fault.code, "quota", "{name}");
                    break;
                }
                None => assert!(number < 10_000, "{name} never end"),
            }
        }
        trust.node().eraser.settle().await.unwrap();
        // Without the write-ahead log, whose size is a matter of when it was last copied.
        trust.node().store.erase().await.unwrap();
        let bytes = bytes_below(&trust.path("data")).saturating_sub(before);
        assert!(bytes <= QUOTA * 12 / 10, "{name}: {bytes} bytes of disk");
    }
}
