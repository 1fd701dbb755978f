//! A directory with data directories of the real program, on either engine, and a way to kill it in the middle.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::runtime::Runtime;

use crate::support::Server;

/// Longer than any command here takes; a test that reaches it has failed.
const LONG: Duration = Duration::from_secs(60);
const CASE_STUDY: &str =
    include_str!("../../../../content/case-studies/northmoor/epma-seven-weekends.md");

/// Peers are on this machine, and its disk may be nearly full.
const SETTINGS: &str = "\
[federation]
allow_loopback = true
enabled = false
min_free_percent = 0
[log]
filter = \"error\"
";

/// A directory, and the databases that belong to it, which are dropped with it.
pub(crate) struct Place {
    directory: tempfile::TempDir,
    /// The server with those databases, if this is about PostgreSQL.
    server: Option<Server>,
    runtime: Runtime,
}

/// A node: its data directory, and its database if that is one of PostgreSQL.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) data: PathBuf,
    pub(crate) database: Option<String>,
}

/// When a process is killed.
#[derive(Debug, Clone)]
pub(crate) enum When {
    /// So long after its start.
    After(Duration),
    /// As soon as this path is there.
    Exists(PathBuf),
}

/// A process that serves until it is dropped.
pub(crate) struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a drill on each engine that is there.
pub(crate) fn on_each_engine(drill: impl Fn(&mut Place)) {
    drill(&mut Place::new(None));
    if let Some(server) = Server::from_environment() {
        drill(&mut Place::new(Some(server)));
    }
}

impl Place {
    pub(crate) fn new(server: Option<Server>) -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            server,
            runtime: Runtime::new().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Returns a node of this name with an empty database, or with a copy of another node's.
    pub(crate) fn node(&mut self, name: &str, from: Option<&Node>) -> Node {
        let data = self.path(name);
        if let Some(from) = from {
            let copied = Command::new("cp")
                .arg("-a")
                .args([&from.data, &data])
                .status();
            assert!(copied.unwrap().success());
        }
        let server = self.server.as_mut();
        let template = from.and_then(|from| from.database.as_deref());
        let database = server.map(|server| server.database(template));
        Node { data, database }
    }

    /// Runs work on a runtime.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

impl Node {
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardround"));
        command
            .current_dir(self.data.parent().unwrap())
            .env_clear()
            .env("WARDROUND_DATA", &self.data)
            .args(arguments)
            .stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command
    }

    /// Runs what has to succeed; returns what it prints.
    pub(crate) fn prints(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what has to succeed and answers in JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.prints(arguments)).unwrap()
    }

    /// Begins the node at a port of this machine; returns its id.
    pub(crate) fn init(&self, ods: &str, port: u16) -> String {
        let address = format!("http://127.0.0.1:{port}");
        self.prints(&["init", "--name", ods, "--ods", ods, "--base-url", &address]);
        fs::write(self.data.join("wardround.toml"), SETTINGS).unwrap();
        let shown = self.json(&["node", "show", "--json"]);
        shown["node"].as_str().unwrap().to_owned()
    }

    /// Publishes a case study of its own; it is acknowledged when this returns.
    pub(crate) fn publish(&self, name: &str) {
        let file = self.data.with_file_name(format!("{name}.md"));
        let title = format!("title: {name}, ");
        let text = CASE_STUDY.replacen("title: ", &title, 1);
        assert!(text.contains(&title), "each is another document");
        fs::write(&file, text).unwrap();
        self.prints(&["publish", file.to_str().unwrap()]);
    }

    /// Checks every signature, digest and root; returns how many entries and documents there are.
    pub(crate) fn verified(&self) -> (u64, u64) {
        let verified = self.json(&["verify", "--json"]);
        assert_eq!(
            verified["faults"].as_array().unwrap().len(),
            0,
            "{verified}"
        );
        let number = |key: &str| verified[key].as_u64().unwrap();
        (number("entries"), number("documents"))
    }

    /// Serves at a port until the answer is dropped.
    pub(crate) fn serve(&self, port: u16) -> Serving {
        let listen = format!("127.0.0.1:{port}");
        let child = self
            .command(&["serve", "--listen", &listen])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let serving = Serving(child);
        let until = Instant::now() + LONG;
        while !self
            .command(&["healthcheck"])
            .env("WARDROUND_LISTEN", &listen)
            .output()
            .unwrap()
            .status
            .success()
        {
            assert!(Instant::now() < until, "it does not serve at {listen}");
            // Another process: only its answers say how far it is.
            thread::sleep(Duration::from_millis(50));
        }
        serving
    }

    /// Runs a command and kills it; says whether it had not ended before.
    pub(crate) fn killed(&self, arguments: &[&str], when: &When) -> bool {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait(&mut child, when);
        let was_running = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        was_running
    }

    /// Returns how long a command takes.
    pub(crate) fn time(&self, arguments: &[&str]) -> Duration {
        let began = Instant::now();
        self.prints(arguments);
        began.elapsed()
    }
}

/// Waits until a process has to be killed, or has ended.
fn wait(child: &mut Child, when: &When) {
    let began = Instant::now();
    loop {
        let is_due = match when {
            When::After(wait) => began.elapsed() >= *wait,
            When::Exists(path) => path.exists(),
        };
        if is_due || child.try_wait().unwrap().is_some() {
            return;
        }
        assert!(began.elapsed() < LONG, "it does not end");
        // Short, so that the process is caught in the middle.
        thread::sleep(Duration::from_micros(200));
    }
}

/// Returns moments spread over a time, the first one before anything has happened.
pub(crate) fn moments(whole: Duration, count: u32) -> Vec<When> {
    (0..count).map(|n| When::After(whole * n / count)).collect()
}

/// Says whether a directory has a file whose name ends like this.
pub(crate) fn has_file(directory: &Path, end: &str) -> bool {
    let mut entries = fs::read_dir(directory).unwrap();
    entries.any(|entry| entry.unwrap().file_name().to_string_lossy().ends_with(end))
}
