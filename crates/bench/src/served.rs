//! A node as a process of its own, on a free port of 127.0.0.1: it measures the program as operators run it.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use telemetry::process::memory_of;
use tokio::process::{Child, Command};

use super::measure::cpu_of;

/// The longest that 10,000 documents may take to get anywhere.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(600);
/// How long a node may take to be ready, and a command to end.
const READY: Duration = Duration::from_secs(60);
/// Between two looks at whether something has come about.
const LOOK: Duration = Duration::from_millis(20);
/// How long after an import a node has begun to learn from it, which it does within a minute.
const UNTIL_LEARNING: Duration = Duration::from_secs(65);
/// Between two looks at whether a node rests.
const REST_LOOK: Duration = Duration::from_secs(6);
/// What a node that rests takes in that time, at most. Learning pauses for five seconds at the most.
const RESTING: Duration = Duration::from_millis(20);

/// A node that serves. It is killed when this value is dropped.
pub(crate) struct Served {
    /// Address of its site.
    pub(crate) url: String,
    /// Its node id.
    pub(crate) node: String,
    program: PathBuf,
    data: PathBuf,
    process: Child,
    http: reqwest::Client,
}

impl Served {
    /// Makes a new node of `program` in `data` and starts it.
    pub(crate) async fn create(
        program: &Path,
        data: &Path,
        name: &str,
        ods: &str,
    ) -> anyhow::Result<Self> {
        let program = program.to_owned();
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let url = format!("http://127.0.0.1:{port}");
        let made = command(&program, data)
            .args(["init", "--name", name, "--ods", ods, "--base-url", &url])
            .output()
            .await?;
        ensure!(
            made.status.success(),
            "init: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let process = serve(&program, data, port)?;
        let mut served = Self {
            url,
            node: String::new(),
            program,
            data: data.to_owned(),
            process,
            http: reqwest::Client::builder()
                .no_proxy()
                // What is sent is counted, so that nothing is decoded.
                .no_gzip()
                .no_zstd()
                .build()?,
        };
        served.ready().await?;
        let status = served.status().await?;
        served.node = text(&status, "node")?;
        Ok(served)
    }

    /// Stops the node and starts it again; returns how long it took to be ready.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<Duration> {
        self.process.kill().await?;
        let port = self.url.rsplit(':').next().unwrap_or_default().parse()?;
        let begun = Instant::now();
        self.process = serve(&self.program, &self.data, port)?;
        self.ready().await?;
        Ok(begun.elapsed())
    }

    /// Runs a command while the node serves; returns its standard output.
    pub(crate) async fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = command(&self.program, &self.data)
            .args(arguments)
            .output()
            .await?;
        let words = arguments.join(" ");
        ensure!(
            output.status.success(),
            "{words}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Asks for a path as a browser does; returns the bytes that were sent, still compressed.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<usize> {
        let response = self.request(path).send().await?;
        ensure!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        Ok(response.bytes().await?.len())
    }

    /// Asks for a path with the ETag of an answer before it; says whether the answer was 304.
    pub(crate) async fn is_unchanged(&self, path: &str) -> anyhow::Result<bool> {
        let first = self.request(path).send().await?;
        let Some(etag) = first.headers().get(reqwest::header::ETAG).cloned() else {
            bail!("{path} has no ETag");
        };
        let second = self
            .request(path)
            .header(reqwest::header::IF_NONE_MATCH, etag)
            .send()
            .await?;
        Ok(second.status() == reqwest::StatusCode::NOT_MODIFIED)
    }

    /// Asks for JSON.
    pub(crate) async fn json(&self, path: &str) -> anyhow::Result<Value> {
        let response = self.http.get(format!("{}{path}", self.url)).send().await?;
        let response = response.error_for_status()?;
        Ok(serde_json::from_slice(&response.bytes().await?)?)
    }

    /// Returns `/api/v1/status`.
    pub(crate) async fn status(&self) -> anyhow::Result<Value> {
        self.json("/api/v1/status").await
    }

    /// Waits until this number of documents can be found; calls `each` between two attempts.
    pub(crate) async fn holds(
        &self,
        documents: u64,
        within: Duration,
        mut each: impl AsyncFnMut() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let status = self.status().await?;
            if number(&status, "documents") == documents && number(&status, "index_lag") == 0 {
                return Ok(());
            }
            ensure!(begun.elapsed() < within, "not in time: {status}");
            each().await?;
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until a search finds this number of documents.
    pub(crate) async fn finds(&self, query: &str, documents: u64) -> anyhow::Result<()> {
        let begun = Instant::now();
        let path = format!("/api/v1/search?q={query}");
        while number(&self.json(&path).await?, "total") != documents {
            ensure!(begun.elapsed() < READY, "`{query}` is not found in time");
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Returns the CPU time of the process so far, in steps of 10 ms.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_of(self.pid()?).context("the process has ended")
    }

    /// Waits until the node has learnt from its documents and does nothing by itself any more; returns the CPU time that
    /// it took until then.
    pub(crate) async fn rests(&self) -> anyhow::Result<Duration> {
        let (begun, first) = (Instant::now(), self.cpu()?);
        tokio::time::sleep(UNTIL_LEARNING).await;
        let mut last = self.cpu()?;
        loop {
            tokio::time::sleep(REST_LOOK).await;
            let now = self.cpu()?;
            if now - last <= RESTING {
                return Ok(now - first);
            }
            ensure!(begun.elapsed() < MAX_WAIT, "the node does not rest");
            last = now;
        }
    }

    /// Follows another node.
    pub(crate) async fn add_peer(&self, peer: &Self) -> anyhow::Result<()> {
        self.run(&["peer", "add", &peer.url, "--node", &peer.node, "--yes"])
            .await?;
        Ok(())
    }

    /// Returns the resident memory of the process in bytes, and how much of it no file backs.
    pub(crate) fn memory(&self) -> anyhow::Result<(u64, u64)> {
        memory_of(self.pid()?).context("the process has ended")
    }

    fn pid(&self) -> anyhow::Result<u32> {
        self.process.id().context("the process has ended")
    }

    fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.http
            .get(format!("{}{path}", self.url))
            .header(reqwest::header::ACCEPT_ENCODING, "gzip, deflate, br, zstd")
            .header(reqwest::header::ACCEPT, "text/html")
    }

    async fn ready(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let asked = self.http.get(format!("{}/readyz", self.url)).send().await;
            if asked.is_ok_and(|response| response.status().is_success()) {
                return Ok(());
            }
            ensure!(begun.elapsed() < READY, "the node is not ready in time");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

fn command(program: &Path, data: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .arg("--data")
        .arg(data)
        .env("WARDROUND_FEDERATION_ALLOW_LOOPBACK", "true")
        // Polls come from nudges and commands only, so that they do not disturb what is measured.
        .env("WARDROUND_FEDERATION_INTERVAL", "3600")
        .env("WARDROUND_LOG_FILTER", "warn")
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

fn serve(program: &Path, data: &Path, port: u16) -> anyhow::Result<Child> {
    let listen = format!("127.0.0.1:{port}");
    Ok(command(program, data)
        .args(["serve", "--listen", &listen, "--allow-loopback"])
        .stdout(Stdio::null())
        .spawn()?)
}

/// Returns a number of a JSON object; 0 when it has none.
pub(crate) fn number(object: &Value, key: &str) -> u64 {
    object.get(key).and_then(Value::as_u64).unwrap_or(0)
}

/// Returns a text of a JSON object.
pub(crate) fn text(object: &Value, key: &str) -> anyhow::Result<String> {
    let text = object.get(key).and_then(Value::as_str);
    Ok(text
        .with_context(|| format!("no `{key}` in {object}"))?
        .to_owned())
}

/// Returns a path as an argument of a command.
pub(crate) fn path(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path that is not UTF-8")
}
