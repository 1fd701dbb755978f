//! Programs of other languages that stories talk to: an OpenID provider and an SMTP server from `tests/oidc`, and clients
//! that were not written here from `tests/clients`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that is not run says so"
)]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A running program, which ends when this is dropped.
pub struct Helper {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Says whether the programs of `tests/oidc` are installed.
///
/// # Panics
/// When they are missing under `CI`.
#[must_use]
pub fn is_installed() -> bool {
    is_installed_in("oidc")
}

fn is_installed_in(name: &str) -> bool {
    let there = folder(name).join("node_modules").is_dir();
    if !there {
        let why =
            format!("the npm packages of tests/{name} are missing; `tests/run` installs them");
        assert!(std::env::var("CI").is_err(), "{why}");
        eprintln!("{why}: this is not run");
    }
    there
}

impl Helper {
    /// Starts a program, and waits until it is ready.
    pub async fn start(script: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new("node")
            .arg(script)
            .args(arguments)
            .current_dir(folder("oidc"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut started = Self {
            _child: child,
            lines,
        };
        assert_eq!(started.line().await, "ready");
        started
    }

    /// Waits for the next line that it prints.
    pub async fn line(&mut self) -> String {
        self.lines.next_line().await.unwrap().unwrap()
    }
}

/// Runs a client of `tests/clients` to its end, and returns what it printed as JSON; `None` where the clients are not
/// installed.
///
/// # Panics
/// When it fails, or when the clients are missing under `CI`.
pub async fn run_client(script: &str, arguments: &[&str]) -> Option<Value> {
    if !is_installed_in("clients") {
        return None;
    }
    let ran = Command::new("node")
        .arg(script)
        .args(arguments)
        .current_dir(folder("clients"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8_lossy(&ran.stdout);
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{script}: {printed} {said}");
    Some(serde_json::from_str(&printed).unwrap())
}
