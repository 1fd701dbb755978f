//! A process that saves, submits and approves drafts, killed with -9 between any two steps: what it acknowledged is there,
//! and nothing is published in part.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use domain::Kind;
use drafting::{Content, Form};
use node::{Node, clock::Clock};
use people::{
    drafts::{self, Begin, Person, SaveOutcome},
    review::{self, ApproveOutcome, SubmitOutcome},
};
use settings::{Secret, Settings};
use store::DraftState;
use support::Server;
use wire::{AccountId, DocumentId, Role, Timestamp};

/// Names the data directory to the process that is killed.
const DATA: &str = "WARDROUND_TEST_WRITING";
/// Names its database, if that is one of PostgreSQL.
const DATABASE: &str = "WARDROUND_TEST_WRITING_DATABASE";
/// Lines after which it is killed: within and after each step of the first drafts.
const KILLED_AFTER: [usize; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 14];

fn person(number: u8, role: Role) -> Person {
    Person {
        id: AccountId::generate(Timestamp::from_secs(1_790_000_000), [number; 10]),
        role,
    }
}

async fn open(data: &Path, database: Option<&str>) -> Arc<Node> {
    let mut settings = Settings {
        data: data.to_path_buf(),
        ..Settings::default()
    };
    settings.database.url = database.map(|url| Secret::new(url.to_owned()));
    Node::open(settings, Clock::system()).await.unwrap()
}

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n> {words}").unwrap();
    out.flush().unwrap();
}

/// Writes, submits and approves one observation after the other, and says what is done.
async fn write_for_ever(data: &Path) {
    let database = std::env::var(DATABASE).ok();
    let node = open(data, database.as_deref()).await;
    let (ann, eve) = (person(1, Role::Contributor), person(2, Role::Editor));
    let form = Form::for_kind(&Kind::Observation).unwrap();
    let section = form.section("observation").unwrap();
    for number in 0.. {
        let begin = Begin::Empty(Kind::Observation);
        let id = drafts::begin(&node, ann, begin).await.unwrap().unwrap();
        let words = format!("The badge readers lost their connection {number} times");
        let pairs = [
            ("text.what-happened", words.as_str()),
            ("text.advice", "Test at three in the morning"),
            ("result", "partly"),
            ("topics", "network-wifi"),
            ("contact.role", "Ward manager"),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let saved = drafts::save_section(&node, ann, id, section, 1, pairs.to_vec()).await;
        assert!(matches!(
            saved.unwrap(),
            SaveOutcome::Saved { version: 2, .. }
        ));
        say(&format!("saved {id} {number}"));
        let submitted = review::submit(&node, ann, id, 2).await.unwrap();
        assert!(matches!(submitted, SubmitOutcome::Submitted));
        say(&format!("submitted {id} {number}"));
        let approved = review::approve(&node, eve, id, 3, &[]).await.unwrap();
        assert!(
            matches!(approved, ApproveOutcome::Published(_)),
            "{approved:?}"
        );
        say(&format!("published {id} {number}"));
    }
}

/// Not a test of its own: the process that the other one starts and kills.
#[test]
fn the_process_that_writes() {
    let Ok(data) = std::env::var(DATA) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(write_for_ever(&PathBuf::from(data)));
}

/// Lets a process write until it has said so many lines; returns what it said.
fn killed(data: &Path, database: Option<&str>, after: usize) -> Vec<(String, DocumentId, u32)> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    if let Some(database) = database {
        command.env(DATABASE, database);
    }
    let mut child = command
        .args(["--exact", "the_process_that_writes", "--nocapture"])
        .env(DATA, data)
        .env_remove("DATABASE_URL")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    for line in lines.map_while(Result::ok) {
        let Some(words) = line.strip_prefix("> ") else {
            continue;
        };
        let words: Vec<&str> = words.split(' ').collect();
        let id = DocumentId::parse(words[1]).unwrap();
        said.push((words[0].to_owned(), id, words[2].parse().unwrap()));
        if said.len() > after {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    said
}

/// What was acknowledged is there, and each draft is published whole or not at all.
async fn check(data: &Path, database: Option<&str>, said: &[(String, DocumentId, u32)]) {
    let node = open(data, database).await;
    let ann = person(1, Role::Contributor);
    for (what, id, number) in said {
        let words = node.store.draft_words(*id).await.unwrap().unwrap();
        let state = words.draft.state;
        let expected: &[DraftState] = match what.as_str() {
            "saved" => &[
                DraftState::Writing,
                DraftState::Submitted,
                DraftState::Published,
            ],
            "submitted" => &[DraftState::Submitted, DraftState::Published],
            _ => &[DraftState::Published],
        };
        assert!(expected.contains(&state), "{what} {state:?}");
        if let Some(content) = words.content {
            let file = Content::read(&content).unwrap().file();
            assert!(file.contains(&format!("connection {number} times")));
        }
    }
    let mut published = BTreeSet::new();
    for listed in drafts::list(&node, ann).await.unwrap() {
        if listed.draft.state == DraftState::Published {
            assert!(listed.draft.approved_by.is_some());
            published.insert(listed.draft.document);
        }
    }
    let texts = node.store.own_texts(None, 1_000).await.unwrap();
    let held: BTreeSet<DocumentId> = texts.iter().map(|text| text.id).collect();
    assert_eq!(held, published);
    let size = node.store.log_head(store::OWN, 1).await.unwrap().size;
    assert_eq!(size, u64::try_from(published.len()).unwrap());
    let damage = node.store.check_integrity().await.unwrap();
    assert_eq!(damage, Vec::<String>::new());
    node.close().await;
}

/// Makes a node and kills it again and again while it writes.
fn kill_again_and_again(directory: &Path, database: Option<&str>) {
    let data = directory.join("data");
    let mut init = Command::new(env!("CARGO_BIN_EXE_wardround"));
    init.env_clear()
        .arg("--data")
        .arg(&data)
        .args(["init", "--name", "Northmoor", "--ods", "ZZ1"])
        .args(["--base-url", "http://127.0.0.1:8080"])
        .stdout(Stdio::null());
    if let Some(database) = database {
        init.env("DATABASE_URL", database);
    }
    assert!(init.status().unwrap().success());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut said = Vec::new();
    for after in KILLED_AFTER {
        said.extend(killed(&data, database, after));
        runtime.block_on(check(&data, database, &said));
    }
    assert!(
        said.len() > KILLED_AFTER.len(),
        "it wrote something each time"
    );
}

#[test]
fn a_process_that_is_killed_loses_no_draft_and_publishes_none_in_part() {
    let directory = tempfile::tempdir().unwrap();
    kill_again_and_again(directory.path(), None);
}

#[test]
fn a_process_that_is_killed_loses_nothing_on_postgresql_either() {
    let Some(mut server) = Server::from_environment() else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    kill_again_and_again(directory.path(), Some(&server.database(None)));
}
