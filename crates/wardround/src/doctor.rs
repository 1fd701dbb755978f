//! `doctor`: what is wrong with a node, and how to fix it.
//!
//! Read-only, and safe while a node is serving. After a fault it continues with the checks that are still possible.

use std::{
    fs, io, net::TcpListener, os::unix::fs::PermissionsExt as _, path::Path, time::Duration,
};

use peering::Network;
use search::{Index, IndexError};
use serde::Serialize;
use store::{OWN, Store, StoreError};
use tokio::task::spawn_blocking;
use wire::Timestamp;

use node::writable::free_bytes;
use node::{
    clock::Clock,
    flows::peers,
    identity::{Identity, IdentityError},
    settings::{Settings, load::Loaded},
};

/// Less free space than this is a fault: a write may fail at any moment.
const MIN_FREE_BYTES: u64 = 100 << 20;
/// Less free space than this is a warning.
const LOW_FREE_BYTES: u64 = 1 << 30;
/// A node document that expires sooner gives a warning.
const MIN_VALIDITY: Duration = Duration::from_secs(60 * 86_400);
/// A clock that is this far behind an earlier signature is wrong.
const MAX_CLOCK_LAG: Duration = Duration::from_secs(300);
/// An index that lacks more changes than this gives a warning.
const MAX_INDEX_LAG: u64 = 1_000;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// No problem.
    Ok,
    /// It works, but the operator should act.
    Warning,
    /// It does not work.
    Fault,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// Its severity.
    pub level: Level,
    /// The part of the node that was checked.
    pub check: &'static str,
    /// What was found.
    pub text: String,
    /// How to fix it.
    pub fix: Option<String>,
}

/// The findings, in the order of the checks.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, check: &'static str, text: impl Into<String>) {
        self.0.push(Finding {
            level: Level::Ok,
            check,
            text: text.into(),
            fix: None,
        });
    }

    fn warn(&mut self, check: &'static str, text: impl Into<String>, fix: impl Into<String>) {
        let fix = Some(fix.into());
        self.0.push(Finding {
            level: Level::Warning,
            check,
            text: text.into(),
            fix,
        });
    }

    fn fault(&mut self, check: &'static str, text: impl Into<String>, fix: impl Into<String>) {
        let fix = Some(fix.into());
        self.0.push(Finding {
            level: Level::Fault,
            check,
            text: text.into(),
            fix,
        });
    }
}

/// Runs every check.
pub(crate) async fn examine(loaded: &Loaded) -> Vec<Finding> {
    let mut findings = Findings::default();
    let settings = &loaded.settings;
    match &loaded.file {
        Some(file) => findings.ok(
            "configuration",
            format!("`{}` has no mistakes", file.display()),
        ),
        None => findings.ok(
            "configuration",
            "there is no file, and the environment has no mistakes",
        ),
    }
    let running = check_directory(settings, &mut findings);
    check_disk(&settings.data, &mut findings);
    check_certificates(&mut findings);
    if !running {
        check_port(settings, &mut findings);
    }
    if let Some(store) = check_database(settings, &mut findings).await {
        if let Err(error) = check_contents(settings, &store, running, &mut findings).await {
            let fix = "run `wardround verify`, and read the log of the node";
            findings.fault("database", error.to_string(), fix);
        }
        store.close().await;
    }
    findings.0
}

/// Returns the highest severity.
#[must_use]
pub(crate) fn worst(findings: &[Finding]) -> Level {
    findings
        .iter()
        .map(|finding| finding.level)
        .max()
        .unwrap_or(Level::Ok)
}

/// Checks the data directory and its keys. Returns whether a process owns the directory.
fn check_directory(settings: &Settings, findings: &mut Findings) -> bool {
    let data = &settings.data;
    let shown = data.display();
    let mode = match fs::metadata(data) {
        Ok(metadata) => metadata.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let fix = "`wardround serve` creates it; if it should exist, name the right directory with `--data`";
            findings.warn("data directory", format!("`{shown}` does not exist"), fix);
            return false;
        }
        Err(error) => {
            let fix = "make it readable for the user that runs the node";
            findings.fault("data directory", format!("`{shown}`: {error}"), fix);
            return false;
        }
    };
    if mode & 0o077 == 0 {
        findings.ok(
            "data directory",
            format!("`{shown}` is accessible to its owner only"),
        );
    } else {
        let text = format!("other users of this machine can enter `{shown}`");
        findings.warn("data directory", text, format!("chmod 700 {shown}"));
    }
    check_keys(data, findings);
    match node::owner(data) {
        Ok(Some(pid)) => {
            findings.ok("owner", format!("process {pid} is running the node"));
            true
        }
        Ok(None) => {
            findings.ok("owner", "none: the node is not running");
            false
        }
        Err(error) => {
            let fix = "make the file `lock` in the data directory readable";
            findings.fault("owner", error.to_string(), fix);
            false
        }
    }
}

fn check_keys(data: &Path, findings: &mut Findings) {
    let keys = data.join("keys");
    let Ok(files) = fs::read_dir(&keys) else {
        return;
    };
    for file in files.flatten() {
        let path = file.path();
        let mode = file
            .metadata()
            .map_or(0, |metadata| metadata.permissions().mode());
        if mode & 0o077 != 0 {
            let text = format!("other users of this machine can read `{}`", path.display());
            findings.fault("keys", text, format!("chmod 600 {}", path.display()));
        }
    }
    let root = Identity::root_key_path(data);
    if root.exists() {
        let text = format!(
            "the root key is still on this machine, in `{}`",
            root.display()
        );
        let fix = "move it to an offline place and keep a second copy; the node runs without it";
        findings.warn("keys", text, fix);
    }
}

fn check_disk(data: &Path, findings: &mut Findings) {
    let Some(free) = data.ancestors().find_map(free_bytes) else {
        return;
    };
    let text = format!("{} MiB are free", free >> 20);
    let fix = "free some space, or move the data directory to a larger disk";
    if free < MIN_FREE_BYTES {
        findings.fault("disk", text, fix);
    } else if free < LOW_FREE_BYTES {
        findings.warn("disk", text, fix);
    } else {
        findings.ok("disk", text);
    }
}

fn check_certificates(findings: &mut Findings) {
    /// No request is sent: creating the client reads the system's certificates.
    const ANY_PEER: &str = "https://peer.invalid/feed/v1";
    match Network::default().client(ANY_PEER, "") {
        Ok(_) => findings.ok("certificates", "the certificates of peers can be checked"),
        Err(fault) => {
            let fix =
                "install the system's CA certificates (Debian: `apt-get install ca-certificates`)";
            findings.fault("certificates", fault.text, fix);
        }
    }
}

fn check_port(settings: &Settings, findings: &mut Findings) {
    let address = settings.listen;
    match TcpListener::bind(address) {
        Ok(_) => findings.ok("port", format!("{address} is free")),
        Err(error) => {
            let fix = "stop the program that uses the port, or set `listen` to another address";
            findings.fault("port", format!("{address}: {error}"), fix);
        }
    }
}

/// Opens the database without changing it, if it exists and has the schema of this program.
async fn check_database(settings: &Settings, findings: &mut Findings) -> Option<Store> {
    let file = settings.data.join("node.db");
    if settings.database.url.is_none() {
        match file.try_exists() {
            Ok(true) => {}
            Ok(false) if settings.data.join("keys").is_dir() => {
                let text = format!("`{}` does not exist, but the keys do", file.display());
                let fix =
                    "stop the node, and restore a backup of the database that matches the keys";
                findings.fault("database", text, fix);
                return None;
            }
            Ok(false) => {
                let fix = "`wardround serve` creates it; if it should exist, restore a backup";
                findings.warn("database", "there is no database yet", fix);
                return None;
            }
            Err(error) => {
                let text = format!("`{}`: {error}", file.display());
                findings.fault("database", text, "run this as the user that runs the node");
                return None;
            }
        }
    }
    let store = match Store::connect(&node::database(settings)).await {
        Ok(store) => store,
        Err(error) => {
            let fix = match (&settings.database.url, &error) {
                (_, StoreError::NotADatabase(_)) => "see OPERATING.md on restoring a backup",
                (_, StoreError::Full) => "free some space on the disk of the data directory",
                (Some(_), _) => {
                    "check that the database is running and that `database.url` is right"
                }
                (None, _) => {
                    "check that the user who runs this may read and write `node.db` and its directory"
                }
            };
            findings.fault("database", error.to_string(), fix);
            return None;
        }
    };
    match store.schema_version().await {
        Ok(schema) if schema.found > schema.known => {
            let text = StoreError::Newer {
                found: schema.found,
                known: schema.known,
            }
            .to_string();
            findings.fault("database", text, "install the newer `wardround` again");
        }
        Ok(schema) if schema.found < schema.known => {
            let text = format!("at migration {} of {}", schema.found, schema.known);
            findings.warn("database", text, "`wardround migrate`, or start the node");
        }
        Ok(schema) => {
            findings.ok(
                "database",
                format!("at migration {}, the newest", schema.found),
            );
            return Some(store);
        }
        Err(error) => {
            let fix = "check that the database is running and may be read and written";
            findings.fault("database", error.to_string(), fix);
        }
    }
    store.close().await;
    None
}

/// Checks the content of the database.
async fn check_contents(
    settings: &Settings,
    store: &Store,
    running: bool,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let now = Clock::system().now();
    for damage in store.check_integrity().await? {
        let fix = "stop the node, keep a copy of the file, and restore a backup";
        findings.fault("database", damage, fix);
    }
    let identity = match Identity::open(&settings.data, store).await {
        Ok(Some(identity)) => identity,
        Ok(None) => {
            let fix = "`wardround init --name NAME --ods CODE --base-url URL`";
            findings.warn("identity", "this node has no identity yet", fix);
            return Ok(());
        }
        Err(IdentityError::Store(error)) => return Err(error),
        Err(error) => {
            let fix =
                "restore the missing part from a backup, so that the database and `keys` match";
            findings.fault("identity", error.to_string(), fix);
            return Ok(());
        }
    };
    findings.ok(
        "identity",
        format!("{}, {}", identity.name, identity.node.grouped()),
    );
    check_expiry(store, now, findings).await?;
    check_clock(store, &identity, now, findings).await?;
    if running {
        findings.ok(
            "index",
            "in use by the running node; `/readyz` reports whether it is up to date",
        );
    } else {
        check_index(settings, store, findings).await?;
    }
    check_peers(store, findings).await
}

async fn check_expiry(
    store: &Store,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let expires = store.own_node().await?.and_then(|own| own.expires);
    if let Some(expires) = expires.filter(|expires| *expires < now.plus(MIN_VALIDITY)) {
        let text = format!("the node document expires on {}", expires.date());
        let fix = "sign a new version with the root key before that date; peers accept new entries for 90 days after it";
        findings.warn("identity", text, fix);
    }
    Ok(())
}

/// Compares the clock with the latest signature of this node, the only time that is known to have passed.
async fn check_clock(
    store: &Store,
    identity: &Identity,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let signed = store.log_head(OWN, identity.epoch).await?.timestamp;
    match signed.filter(|signed| *signed > now.plus(MAX_CLOCK_LAG)) {
        Some(signed) => {
            let text = format!("the clock says {now}, but this node signed something at {signed}");
            findings.fault("clock", text, "set the clock, and keep it right with NTP");
        }
        None => findings.ok("clock", format!("{now}, later than every signature")),
    }
    Ok(())
}

async fn check_index(
    settings: &Settings,
    store: &Store,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let directory = settings.data.join("index");
    let opened = spawn_blocking(move || -> Result<u64, IndexError> {
        let (index, progress) = Index::open(&directory)?;
        index.verify()?;
        Ok(progress)
    });
    let last = store.last_change().await?;
    match opened.await {
        Ok(Ok(progress)) if last.saturating_sub(progress) > MAX_INDEX_LAG => {
            let text = format!("it lacks {} changes", last - progress);
            findings.warn("index", text, "start the node, or run `wardround reindex`");
        }
        Ok(Ok(progress)) => {
            let lag = last.saturating_sub(progress);
            findings.ok("index", format!("complete; it lacks {lag} changes"));
        }
        Ok(Err(error)) if error.needs_rebuild() => {
            findings.warn(
                "index",
                error.to_string(),
                "the node rebuilds it at the next start, while it serves",
            );
        }
        Ok(Err(error)) => findings.fault("index", error.to_string(), "check the disk"),
        Err(error) => findings.fault("index", error.to_string(), "run `wardround reindex`"),
    }
    Ok(())
}

async fn check_peers(store: &Store, findings: &mut Findings) -> Result<(), StoreError> {
    let all = store.peers().await?;
    if all.is_empty() {
        findings.ok("peers", "this node follows none");
    }
    for peer in all.into_iter().map(peers::PeerObject::from) {
        let peer_name = format!("{} ({})", peer.name, peer.handle);
        let show = format!(
            "`wardround peer show {}`; ring its operator if the problem remains",
            peer.handle
        );
        match &peer.fault {
            Some(fault) => {
                let text = format!(
                    "{peer_name}: {} since {}: {}",
                    fault.code, fault.since, fault.text
                );
                findings.warn("peers", text, show);
            }
            None if peer.stale => {
                findings.warn("peers", format!("{peer_name} may be out of date"), show);
            }
            None if peer.unavailable > 0 => {
                let text = format!(
                    "{peer_name}: {} documents could not be fetched",
                    peer.unavailable
                );
                findings.warn("peers", text, show);
            }
            None => findings.ok(
                "peers",
                format!("{peer_name}: {}, {} entries", peer.state, peer.size),
            ),
        }
    }
    Ok(())
}
