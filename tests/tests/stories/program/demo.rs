//! The story of a newcomer: one command, three trusts, and what one of them learned is found at the others.

use std::{fs, net::TcpListener, path::Path};

use super::upgrade::unpack;
use it::{ports::free_ports, trust::until};
use node::Node;
use store::Peer;
use tokio_util::sync::CancellationToken;
use wardround::demo::{self, Demo, DemoError, TRUSTS, people};

/// Starts a demo; ports may be taken by someone else between looking and taking.
async fn start(directory: &Path) -> (Demo, u16) {
    for _ in 0..5 {
        let first = free_ports(3);
        match Demo::start(directory, Some(first)).await {
            Ok(demo) => return (demo, first),
            Err(DemoError::Listen { .. }) => demo::clear(directory, false).unwrap(),
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no three free ports");
}

async fn stop(demo: Demo) {
    let stop = CancellationToken::new();
    stop.cancel();
    demo.run(&stop).await;
}

async fn text(address: &str) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(address).send().await.unwrap();
    answer.text().await.unwrap()
}

/// Says whether a trust finds the documents of all three.
async fn is_complete(node: &Node) -> bool {
    let peers = node.store.peers().await.unwrap();
    let pulled = |peer: &Peer| peer.fault.is_none() && peer.size > 0;
    peers.len() == 2 && peers.iter().all(pulled) && node.index.documents() >= 70
}

async fn each_author_has_a_draft_in_each_state(demo: &Demo) {
    for (running, trust) in demo.nodes().iter().zip(&TRUSTS) {
        let (store, email) = (&running.node.store, people::email(trust, "author"));
        let author = store.account_by_email(&email).await.unwrap().unwrap();
        let drafts = store.drafts_by(author.id, 9).await.unwrap();
        let mut states: Vec<_> = drafts
            .iter()
            .map(|(draft, _)| (draft.state.as_str(), draft.declined))
            .collect();
        states.sort_unstable();
        let expected = [
            ("published", false),
            ("returned", false),
            ("returned", true),
            ("submitted", false),
            ("writing", false),
            ("writing", false),
        ];
        assert_eq!(states, expected, "{}", trust.name);
        assert_eq!(people::drafts_of(trust).len(), expected.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_trusts_find_each_others_documents_and_go_on_after_a_stop() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().join("demo");
    let (demo, first) = start(&directory).await;
    for (number, running) in demo.nodes().iter().enumerate() {
        assert!(
            directory
                .join((number + 1).to_string())
                .join("node.db")
                .exists()
        );
        until(async || is_complete(&running.node).await).await;
        let site = format!("http://{}", running.address);
        let home = text(&site).await;
        assert!(home.contains(TRUSTS[number].name), "{home}");
        // What others tried too is counted at each of them.
        let most_tried = format!("{site}/search?sort=adopted");
        let counted = async || text(&most_tried).await.contains("2 others tried this too");
        until(counted).await;
    }
    each_author_has_a_draft_in_each_state(&demo).await;
    let again = Demo::start(&directory, None).await.err().unwrap();
    assert!(matches!(again, DemoError::Running { .. }), "{again}");
    let nodes: Vec<_> = demo
        .nodes()
        .iter()
        .map(|running| running.node.identity().unwrap().node.clone())
        .collect();
    stop(demo).await;

    let taken = TcpListener::bind(("127.0.0.1", first + 1)).unwrap();
    let refused = Demo::start(&directory, None).await.err().unwrap();
    assert!(
        matches!(refused, DemoError::Listen { port, .. } if port == first + 1),
        "{refused}"
    );
    drop(taken);
    let other = Demo::start(&directory, Some(first + 10))
        .await
        .err()
        .unwrap();
    assert!(
        matches!(other, DemoError::OtherPort { found, .. } if found == first),
        "{other}"
    );
    let demo = Demo::start(&directory, None).await.unwrap();
    for (running, node) in demo.nodes().iter().zip(nodes) {
        assert_eq!(
            running.node.identity().unwrap().node,
            node,
            "it goes on with what there is"
        );
    }
    stop(demo).await;
    demo::clear(&directory, false).unwrap();
    assert!(!directory.join("1").exists());
}

/// What a start would upgrade is left as it is when the start is refused.
#[tokio::test]
async fn a_demo_that_is_refused_upgrades_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    fs::write(directory.join(".wardround-demo"), "").unwrap();
    let (earlier, _) = unpack("data-0.1.0");
    fs::rename(earlier.path().join("data"), directory.join("1")).unwrap();
    let database = directory.join("1/node.db");
    let before = fs::read(&database).unwrap();
    let refused = Demo::start(directory, Some(9)).await.err().unwrap();
    assert!(matches!(refused, DemoError::OtherPort { .. }), "{refused}");
    assert_eq!(fs::read(&database).unwrap(), before);
    // No copy of before an upgrade was made either.
    let names = fs::read_dir(directory.join("1")).unwrap();
    for name in names.map(|entry| entry.unwrap().file_name()) {
        assert!(!name.to_string_lossy().contains("upgrade"), "{name:?}");
    }
}

#[tokio::test]
async fn a_demo_touches_nothing_that_it_did_not_make() {
    let directory = tempfile::tempdir().unwrap();
    let mine = directory.path().join("thesis.md");
    fs::write(&mine, "mine").unwrap();
    assert!(demo::is_foreign(directory.path()));
    let refused = Demo::start(directory.path(), None).await.err().unwrap();
    assert!(matches!(refused, DemoError::NotOurs(_)), "{refused}");
    let refused = demo::clear(directory.path(), false).unwrap_err();
    assert!(matches!(refused, DemoError::NotOurs(_)), "{refused}");
    assert_eq!(fs::read_to_string(mine).unwrap(), "mine");
}
