//! `doctor`: what is wrong with a node, and how to mend it.
//!
//! It only looks, beside a running node too, and goes on after a fault as far as it can.

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

/// Less space than this is a fault, and less than that a warning.
const LEAST_BYTES: u64 = 100 << 20;
const FEW_BYTES: u64 = 1 << 30;
/// A node document that expires sooner is said to.
const EXPIRES_SOON: Duration = Duration::from_secs(60 * 86_400);
/// A clock that far behind what was signed earlier is wrong.
const CLOCK_BEHIND: Duration = Duration::from_secs(300);
/// More changes than this are not a moment's delay.
const GREAT_LAG: u64 = 1_000;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, and something should be done.
    Warning,
    /// It does not work.
    Fault,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// What was looked at.
    pub what: &'static str,
    /// What was found.
    pub text: String,
    /// How to mend it.
    pub mend: Option<String>,
}

/// The findings, in the order in which they were made.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, what: &'static str, text: impl Into<String>) {
        self.0.push(Finding {
            level: Level::Ok,
            what,
            text: text.into(),
            mend: None,
        });
    }

    fn warn(&mut self, what: &'static str, text: impl Into<String>, mend: impl Into<String>) {
        let mend = Some(mend.into());
        self.0.push(Finding {
            level: Level::Warning,
            what,
            text: text.into(),
            mend,
        });
    }

    fn fault(&mut self, what: &'static str, text: impl Into<String>, mend: impl Into<String>) {
        let mend = Some(mend.into());
        self.0.push(Finding {
            level: Level::Fault,
            what,
            text: text.into(),
            mend,
        });
    }
}

/// Looks at everything.
pub async fn examine(loaded: &Loaded) -> Vec<Finding> {
    let mut findings = Findings::default();
    let settings = &loaded.settings;
    match &loaded.file {
        Some(file) => findings.ok("configuration", format!("`{}` is good", file.display())),
        None => findings.ok("configuration", "no file, and the environment is good"),
    }
    let running = directory(settings, &mut findings);
    disk(&settings.data, &mut findings);
    certificates(&mut findings);
    if !running {
        port(settings, &mut findings);
    }
    if let Some(store) = database(settings, &mut findings).await {
        if let Err(error) = inside(settings, &store, running, &mut findings).await {
            let mend = "run `wardround verify`, and look at the log of the node";
            findings.fault("database", error.to_string(), mend);
        }
        store.close().await;
    }
    findings.0
}

/// Returns the gravest level.
#[must_use]
pub fn worst(findings: &[Finding]) -> Level {
    findings
        .iter()
        .map(|finding| finding.level)
        .max()
        .unwrap_or(Level::Ok)
}

/// Looks at the data directory and its keys; says whether a process owns it.
fn directory(settings: &Settings, findings: &mut Findings) -> bool {
    let data = &settings.data;
    let shown = data.display();
    let mode = match fs::metadata(data) {
        Ok(metadata) => metadata.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mend = "`wardround serve` makes it; if it should be there, give the right one with `--data`";
            findings.warn("data directory", format!("`{shown}` is not there"), mend);
            return false;
        }
        Err(error) => {
            let mend = "make it readable for the user that runs the node";
            findings.fault("data directory", format!("`{shown}`: {error}"), mend);
            return false;
        }
    };
    if mode & 0o077 == 0 {
        findings.ok("data directory", format!("`{shown}`, for its owner only"));
    } else {
        let text = format!("`{shown}` can be entered by others on this machine");
        findings.warn("data directory", text, format!("chmod 700 {shown}"));
    }
    keys(data, findings);
    match node::owner(data) {
        Ok(Some(pid)) => {
            findings.ok("owner", format!("the process {pid}"));
            true
        }
        Ok(None) => {
            findings.ok("owner", "nobody: the node does not run");
            false
        }
        Err(error) => {
            let mend = "make the file `lock` in it readable";
            findings.fault("owner", error.to_string(), mend);
            false
        }
    }
}

fn keys(data: &Path, findings: &mut Findings) {
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
            let text = format!("`{}` can be read by others on this machine", path.display());
            findings.fault("keys", text, format!("chmod 600 {}", path.display()));
        }
    }
    let root = Identity::root_key_path(data);
    if root.exists() {
        let text = format!("the root key `{}` lies beside the others", root.display());
        let mend = "move it to a place that is offline, and keep a copy; the node runs without it";
        findings.warn("keys", text, mend);
    }
}

fn disk(data: &Path, findings: &mut Findings) {
    let Some(free) = data.ancestors().find_map(free_bytes) else {
        return;
    };
    let text = format!("{} MiB are free", free >> 20);
    let mend = "make room, or move the data directory to a larger disk";
    if free < LEAST_BYTES {
        findings.fault("disk", text, mend);
    } else if free < FEW_BYTES {
        findings.warn("disk", text, mend);
    } else {
        findings.ok("disk", text);
    }
}

fn certificates(findings: &mut Findings) {
    /// Nobody is asked; making the client reads the system's certificates.
    const ANYBODY: &str = "https://peer.invalid/feed/v1";
    match Network::default().client(ANYBODY, "") {
        Ok(_) => findings.ok("certificates", "HTTPS to peers can be checked"),
        Err(fault) => {
            let mend =
                "install the system's CA certificates (Debian: `apt-get install ca-certificates`)";
            findings.fault("certificates", fault.text, mend);
        }
    }
}

fn port(settings: &Settings, findings: &mut Findings) {
    let address = settings.listen;
    match TcpListener::bind(address) {
        Ok(_) => findings.ok("port", format!("{address} is free")),
        Err(error) => {
            let mend = "stop the program that uses it, or set `listen` to another address";
            findings.fault("port", format!("{address}: {error}"), mend);
        }
    }
}

/// Opens the database without changing it, if it is there and of this program's schema.
async fn database(settings: &Settings, findings: &mut Findings) -> Option<Store> {
    let file = settings.data.join("node.db");
    if settings.database.url.is_none() {
        match file.try_exists() {
            Ok(true) => {}
            Ok(false) if settings.data.join("keys").is_dir() => {
                let text = format!("`{}` is not there, and keys are", file.display());
                let mend =
                    "stop the node, and restore a backup of the database that belongs to the keys";
                findings.fault("database", text, mend);
                return None;
            }
            Ok(false) => {
                let mend = "`wardround serve` makes it; if it should be there, restore a backup";
                findings.warn("database", "there is none yet", mend);
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
            let mend = match (&settings.database.url, &error) {
                (_, StoreError::NotADatabase(_)) => "see OPERATING.md on restoring a backup",
                (_, StoreError::Full) => "make room where the data directory lies",
                (Some(_), _) => "see that the database runs, and that `database.url` is right",
                (None, _) => {
                    "see that `node.db` and its directory may be read and written by whoever runs this"
                }
            };
            findings.fault("database", error.to_string(), mend);
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
            let mend = "see that the database runs and may be read and written";
            findings.fault("database", error.to_string(), mend);
        }
    }
    store.close().await;
    None
}

/// Looks at what the database holds.
async fn inside(
    settings: &Settings,
    store: &Store,
    running: bool,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let now = Clock::system().now();
    for damage in store.check_integrity().await? {
        let mend = "stop the node, keep a copy of the file, and restore a backup";
        findings.fault("database", damage, mend);
    }
    let identity = match Identity::open(&settings.data, store).await {
        Ok(Some(identity)) => identity,
        Ok(None) => {
            let mend = "`wardround init --name NAME --ods CODE --base-url URL`";
            findings.warn("identity", "this node has none yet", mend);
            return Ok(());
        }
        Err(IdentityError::Store(error)) => return Err(error),
        Err(error) => {
            let mend = "restore from a backup what is missing: the database, or `keys`, so that they belong together";
            findings.fault("identity", error.to_string(), mend);
            return Ok(());
        }
    };
    findings.ok(
        "identity",
        format!("{}, {}", identity.name, identity.node.grouped()),
    );
    expiry(store, now, findings).await?;
    clock(store, &identity, now, findings).await?;
    if running {
        findings.ok(
            "index",
            "in use by the running node; `/readyz` says whether it keeps up",
        );
    } else {
        index(settings, store, findings).await?;
    }
    followed(store, findings).await
}

async fn expiry(store: &Store, now: Timestamp, findings: &mut Findings) -> Result<(), StoreError> {
    let expires = store.own_node().await?.and_then(|own| own.expires);
    if let Some(expires) = expires.filter(|expires| *expires < now.plus(EXPIRES_SOON)) {
        let text = format!("the node document expires on {}", expires.date());
        let mend = "peers keep what they have for 90 days after it; a new version has to be signed with the root key before";
        findings.warn("identity", text, mend);
    }
    Ok(())
}

/// A clock cannot be compared with anything but what was signed earlier.
async fn clock(
    store: &Store,
    identity: &Identity,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let signed = store.log_head(OWN, identity.epoch).await?.timestamp;
    match signed.filter(|signed| *signed > now.plus(CLOCK_BEHIND)) {
        Some(signed) => {
            let text =
                format!("it is {now} by the clock, and this node has signed something at {signed}");
            findings.fault("clock", text, "set the clock, and keep it right with NTP");
        }
        None => findings.ok(
            "clock",
            format!("{now}, not before anything that was signed"),
        ),
    }
    Ok(())
}

async fn index(
    settings: &Settings,
    store: &Store,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let directory = settings.data.join("index");
    let looked = spawn_blocking(move || -> Result<u64, IndexError> {
        let (index, progress) = Index::open(&directory)?;
        index.verify()?;
        Ok(progress)
    });
    let last = store.last_change().await?;
    match looked.await {
        Ok(Ok(progress)) if last.saturating_sub(progress) > GREAT_LAG => {
            let text = format!("{} changes are not in it yet", last - progress);
            findings.warn("index", text, "start the node, or run `wardround reindex`");
        }
        Ok(Ok(progress)) => {
            let lag = last.saturating_sub(progress);
            findings.ok("index", format!("whole; {lag} changes are not in it yet"));
        }
        Ok(Err(error)) if error.needs_rebuild() => {
            findings.warn(
                "index",
                error.to_string(),
                "the next start rebuilds it, while it serves",
            );
        }
        Ok(Err(error)) => findings.fault("index", error.to_string(), "see that the disk is sound"),
        Err(error) => findings.fault("index", error.to_string(), "run `wardround reindex`"),
    }
    Ok(())
}

async fn followed(store: &Store, findings: &mut Findings) -> Result<(), StoreError> {
    let all = store.peers().await?;
    if all.is_empty() {
        findings.ok("peers", "none are followed");
    }
    for peer in all.into_iter().map(peers::PeerObject::from) {
        let place = format!("{} ({})", peer.name, peer.handle);
        let show = format!(
            "`wardround peer show {}`; ring its operator if it goes on",
            peer.handle
        );
        match &peer.fault {
            Some(fault) => {
                let text = format!(
                    "{place}: {} since {}: {}",
                    fault.code, fault.since, fault.text
                );
                findings.warn("peers", text, show);
            }
            None if peer.stale => {
                findings.warn("peers", format!("{place} may be out of date"), show);
            }
            None if peer.unavailable > 0 => {
                let text = format!("{place}: {} documents could not be had", peer.unavailable);
                findings.warn("peers", text, show);
            }
            None => findings.ok(
                "peers",
                format!("{place}: {}, {} entries", peer.state, peer.size),
            ),
        }
    }
    Ok(())
}
