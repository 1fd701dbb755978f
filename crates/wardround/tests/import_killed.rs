//! An import of the real program, killed with -9 in the middle: nothing that it acknowledged is lost, and the next one
//! completes it without doubles.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use node::{Node, clock::Clock};
use serde_json::Value;
use settings::Settings;
use wire::DocumentId;

/// More than two batches.
const FILES: usize = 1_300;

fn wardround(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wardround"));
    command
        .env_clear()
        .arg("--data")
        .arg(data)
        .stderr(Stdio::null());
    command
}

/// Files that link to each other in a ring, so that those of one batch name documents of another.
fn write_tree(tree: &Path) {
    fs::create_dir_all(tree).unwrap();
    for n in 0..FILES {
        let text = format!(
            "# Page {n}\n\nThe word{n} and [the next](page-{}.md).\n",
            (n + 700) % FILES
        );
        fs::write(tree.join(format!("page-{n}.md")), text).unwrap();
    }
}

/// Imports; kills the import once it has said so many lines. Returns what it said of each file, and the summary.
fn import(
    data: &Path,
    tree: &Path,
    kill_after: Option<usize>,
) -> (BTreeMap<String, Value>, Option<Value>) {
    let mut child = wardround(data)
        .arg("import")
        .arg(tree)
        .arg("--json")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut said, mut summary) = (BTreeMap::new(), None);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while Some(said.len()) != kill_after
        && let Some(line) = lines.next()
    {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        match line.get("summary") {
            Some(sum) => summary = Some(sum.clone()),
            None => drop(said.insert(line["path"].as_str().unwrap().to_owned(), line)),
        }
    }
    if kill_after.is_some() {
        child.kill().unwrap();
    }
    let ended = child.wait().unwrap();
    assert_eq!(ended.success(), kill_after.is_none());
    (said, summary)
}

#[test]
fn an_import_that_is_killed_loses_nothing_it_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let tree = directory.path().join("tree");
    write_tree(&tree);
    for kill_after in [0, 1, 500, 900] {
        let data = directory.path().join(format!("data-{kill_after}"));
        let init = wardround(&data)
            .args([
                "init",
                "--name",
                "Northmoor",
                "--ods",
                "ZZ1",
                "--base-url",
                "http://127.0.0.1:8080",
            ])
            .stdout(Stdio::null())
            .status();
        assert!(init.unwrap().success());
        let (acknowledged, _) = import(&data, &tree, Some(kill_after));
        assert_eq!(acknowledged.len(), kill_after);
        let (said, summary) = import(&data, &tree, None);
        assert_eq!(said.len(), FILES);
        assert_eq!(summary.unwrap()["searchable"], true);
        for (path, before) in &acknowledged {
            let now = &said[path];
            assert_eq!(now["id"], before["id"], "{path}");
            assert!(
                now["status"] == "unchanged" || now["status"] == "updated",
                "{now}"
            );
        }
        let (again, summary) = import(&data, &tree, None);
        assert_eq!(
            summary.unwrap()["unchanged"],
            FILES,
            "{:?}",
            again.values().next()
        );
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(check_documents(&data, &said));
    }
}

/// Every file is one document, each link leads to the one that it names, and the log is as long as it should be.
async fn check_documents(data: &Path, said: &BTreeMap<String, Value>) {
    let settings = Settings {
        data: data.to_path_buf(),
        ..Settings::default()
    };
    let node = Node::open(settings, Clock::system()).await.unwrap();
    let id_of = |n: usize| {
        DocumentId::parse(said[&format!("page-{n}.md")]["id"].as_str().unwrap()).unwrap()
    };
    let texts = node.store.own_texts(None, 10_000).await.unwrap();
    assert_eq!(texts.len(), FILES);
    let held: BTreeSet<DocumentId> = texts.iter().map(|text| text.id).collect();
    let mut revisions = 0;
    for text in &texts {
        let body = domain::body::read(&text.body).unwrap();
        let n: usize = body
            .common()
            .title
            .strip_prefix("Page ")
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(text.id, id_of(n));
        let next = id_of((n + 700) % FILES);
        assert!(held.contains(&next));
        assert!(
            body.common().body_md.contains(&format!("(/d/{next})")),
            "{}",
            body.common().body_md
        );
        revisions += text.rev;
    }
    assert_eq!(
        node.store.log_head(store::OWN, 1).await.unwrap().size,
        revisions
    );
    assert_eq!(
        node.store.check_integrity().await.unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(node.index.documents(), u64::try_from(FILES).unwrap());
    node.close().await;
}
