//! Programs of other languages that stories talk to: an OpenID provider and an SMTP server, from `tests/oidc`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that is not run says so"
)]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A running program, which ends when this is dropped.
pub struct Helper {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc")
}

/// Says whether the programs are installed.
///
/// # Panics
/// When they are missing under `CI`.
#[must_use]
pub fn is_installed() -> bool {
    let there = folder().join("node_modules").is_dir();
    if !there {
        let why = "the npm packages of tests/oidc are missing; `tests/run` installs them";
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
            .current_dir(folder())
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
