//! A node that serves people who save, submit and approve over HTTP, killed with -9 between and within their requests: what it
//! acknowledged is there after its next start, and nothing is published in part.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Sender, channel},
    thread,
    time::Duration,
};

use serde_json::Value;
use support::Server;
use url::form_urlencoded;

/// It is killed so many ms after so many answers: the next request is on its way, read, committed or answered.
const KILLED_AFTER: [(usize, u64); 9] = [
    (0, 4),
    (1, 1),
    (1, 9),
    (2, 3),
    (3, 0),
    (3, 14),
    (3, 30),
    (5, 7),
    (8, 20),
];
const PASSWORD: &str = "wicker lantern plum";
/// Longer than any answer takes.
const LONG: Duration = Duration::from_secs(60);

/// The program in a directory of its own.
struct Place {
    data: PathBuf,
    database: Option<String>,
    port: u16,
}

/// What a server has answered.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (held, value) = line.split_once(':')?;
            held.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Place {
    /// Makes a node.
    fn new(directory: &Path, database: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let place = Self {
            data: directory.join("data"),
            database,
            port: listener.local_addr().unwrap().port(),
        };
        let site = format!("http://127.0.0.1:{}", place.port);
        let init = ["init", "--name", "Northmoor", "--ods", "zz1"];
        place.prints(&[&init[..], &["--base-url", &site]].concat());
        place
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardround"));
        command
            .env_clear()
            .env("WARDROUND_DATA", &self.data)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command
    }

    fn prints(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the node, and waits until it serves.
    fn serve(&self) -> Child {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut child = self
            .command(&["serve", "--listen", &listen])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let serves = lines.any(|line| line.unwrap().contains("http://"));
        assert!(serves, "it says where it serves");
        // Someone has to read on, or the program would wait.
        thread::spawn(move || lines.for_each(drop));
        child
    }

    /// Sends a request; `None` if the node was killed before its answer was here.
    fn send(&self, method: &str, path: &str, cookie: &str, body: &str) -> Option<Answer> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(LONG)).ok()?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        })
    }

    fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send("GET", path, cookie, "").expect("it serves")
    }

    /// Sends a form; returns where it leads, or `None` if the node was killed.
    fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Option<String> {
        // Whose page it is sent from, as every form says.
        let page = self.send("GET", "/me", cookie, "")?.body;
        let (_, writer) = page.split_once("data-person=\"")?;
        let (writer, _) = writer.split_once('"')?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        let form = form.extend_pairs(fields).append_pair("writer", writer);
        let body = form.finish();
        let answer = self.send("POST", path, cookie, &body)?;
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        Some(answer.header("location").unwrap().to_owned())
    }

    /// Adds a person; returns the cookie of their browser.
    fn person(&self, email: &str, role: &str) -> String {
        let printed = self.prints(&["user", "add", email, "--name", "Pat", "--role", role]);
        let (_, rest) = printed.split_once("key=").expect("a link");
        let key = rest.split_whitespace().next().unwrap();
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("key", key), ("password", PASSWORD)])
            .finish();
        let answer = self.send("POST", "/sign-in/link", "", &body).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

/// What a draft was acknowledged to be, in the order of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Saved,
    Submitted,
    Published,
}

/// Writes one observation after the other until the node is gone; notes each step that was acknowledged.
fn write_for_ever(
    place: &Place,
    (ann, eve): (&str, &str),
    said: &mut BTreeMap<String, (Step, String)>,
    answers: &Sender<()>,
) -> Option<()> {
    loop {
        let begun = place.post("/write", ann, &[("kind", "observation")])?;
        let id = begun.split('/').nth(2).unwrap().to_owned();
        let words = format!("The badge readers of {id} lost their connection");
        let mut note = |step: Step| {
            said.insert(id.clone(), (step, words.clone()));
            answers.send(()).unwrap();
        };
        let fields = [
            ("version", "1"),
            ("text.what-happened", &words),
            ("text.advice", "Test at three in the morning"),
            ("result", "partly"),
            ("topics", "network-wifi"),
            ("contact.role", "Ward manager"),
        ];
        place.post(&format!("/drafts/{id}/observation"), ann, &fields)?;
        note(Step::Saved);
        let fields = [("version", "2"), ("declared", "yes")];
        place.post(&format!("/drafts/{id}/submit"), ann, &fields)?;
        note(Step::Submitted);
        let fields = [
            ("version", "3"),
            ("declared", "yes"),
            ("decision", "approve"),
        ];
        place.post(&format!("/review/{id}"), eve, &fields)?;
        note(Step::Published);
    }
}

/// What was acknowledged is there, and each draft is published whole or not at all.
fn check(place: &Place, ann: &str, said: &BTreeMap<String, (Step, String)>) {
    let drafts = place.get("/api/v1/drafts", ann).json();
    let drafts = drafts.as_array().unwrap();
    let states: BTreeMap<&str, &str> = drafts
        .iter()
        .map(|draft| {
            (
                draft["id"].as_str().unwrap(),
                draft["state"].as_str().unwrap(),
            )
        })
        .collect();
    for (id, (step, words)) in said {
        let state = states.get(id.as_str()).copied();
        let expected: &[&str] = match step {
            Step::Saved => &["writing", "submitted", "published"],
            Step::Submitted => &["submitted", "published"],
            Step::Published => &["published"],
        };
        assert!(
            state.is_some_and(|state| expected.contains(&state)),
            "{step:?} {state:?}"
        );
        if state != Some("published") {
            let draft = place.get(&format!("/api/v1/drafts/{id}"), ann).json();
            assert!(draft["text"].as_str().unwrap().contains(words), "{draft}");
        }
    }
    // Every published draft is one page that everyone can read, and one entry of the log; there are no others.
    let published = drafts.iter().filter(|draft| draft["state"] == "published");
    let published: BTreeSet<&str> = published
        .map(|draft| draft["document"].as_str().unwrap())
        .collect();
    for id in &published {
        let page = place.get(&format!("/d/zz1/{id}"), "");
        let page = match page.header("location") {
            Some(path) => place.get(path, ""),
            None => page,
        };
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("lost their connection"), "{}", page.body);
    }
    let checkpoint = place.get("/feed/v1/log/1/checkpoint", "").body;
    let size = checkpoint.lines().nth(1).unwrap();
    assert_eq!(size.parse(), Ok(published.len()), "{checkpoint}");
}

/// Makes a node and kills it again and again while people write.
fn kill_again_and_again(directory: &Path, database: Option<String>) {
    let place = Place::new(directory, database);
    let mut server = place.serve();
    let ann = place.person("ann@northmoor.example", "contributor");
    let eve = place.person("eve@northmoor.example", "editor");
    let mut said = BTreeMap::new();
    for (after, wait) in KILLED_AFTER {
        let (answers, answered) = channel();
        let (writing_at, people, noted) = (&place, (ann.as_str(), eve.as_str()), &mut said);
        thread::scope(|scope| {
            scope.spawn(move || write_for_ever(writing_at, people, noted, &answers));
            for _ in 0..after {
                answered.recv().expect("the node answers");
            }
            // A moment within the next request: no event of this process tells it.
            thread::sleep(Duration::from_millis(wait));
            // SIGKILL.
            server.kill().unwrap();
            server.wait().unwrap();
        });
        server = place.serve();
        check(&place, &ann, &said);
    }
    let steps: BTreeSet<Step> = said.values().map(|(step, _)| *step).collect();
    assert!(steps.contains(&Step::Published), "{steps:?}");
    server.kill().unwrap();
    server.wait().unwrap();
    place.prints(&["verify"]);
}

#[test]
fn a_node_that_is_killed_loses_nothing_that_it_has_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    kill_again_and_again(directory.path(), None);
}

#[test]
fn a_node_that_is_killed_loses_nothing_on_postgresql_either() {
    let Some(mut server) = Server::from_environment() else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    kill_again_and_again(directory.path(), Some(server.database(None)));
}
