//! `doctor`: what is wrong with a node, and how to fix it.
//!
//! Read-only, and safe while a node is serving. After a fault it continues with the checks that are still possible.

mod certificate;
mod certificates;
mod configuration;
mod database;
mod directory;
mod peers;

pub(crate) use configuration::of_configuration;
pub(crate) use database::{LAST_CHANGES, SAME_DATABASE};

use std::{io::ErrorKind, net::TcpListener};

use disk_space::reserve::Reserve;
use serde::Serialize;

use node::{
    clock::Clock,
    disk::low_disk,
    writable::{MIN_FREE_BYTES, free_bytes},
};
use settings::{Settings, load::Loaded};

/// Less free space than this is a warning.
const LOW_FREE_BYTES: u64 = 1 << 30;

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
    /// How to fix it. `NAME` in it is the peer that it is about.
    pub fix: Option<String>,
    /// The short name of the peer that it is about.
    #[serde(skip)]
    pub peer: Option<String>,
}

/// What is written for the name of a peer in a fix that is the same for several.
const PEER_NAME: &str = "NAME";

impl Finding {
    /// Returns how to fix it, with the name of its peer.
    pub(crate) fn fix(&self) -> Option<String> {
        let fix = self.fix.as_deref()?;
        Some(match &self.peer {
            Some(peer) => fix.replace(PEER_NAME, peer),
            None => fix.to_owned(),
        })
    }
}

/// Returns what to do about several findings with the same fix, which is said once: for the first peer, and likewise for the
/// others.
pub(crate) fn fix_of(findings: &[&Finding]) -> Option<String> {
    /// Peers that are named besides the first.
    const MAX_NAMED: usize = 5;
    let (first, others) = findings.split_first()?;
    let fix = first.fix()?;
    let names: Vec<_> = others
        .iter()
        .filter_map(|one| one.peer.as_deref())
        .collect();
    let is_named = first.fix.as_ref() != Some(&fix);
    if names.is_empty() || !is_named {
        return Some(fix);
    }
    let shown = names.get(..MAX_NAMED).unwrap_or(&names);
    let more = match names.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{fix}; likewise for {}{more}", shown.join(", ")))
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
            peer: None,
        });
    }

    fn warn(&mut self, check: &'static str, text: impl Into<String>, fix: impl Into<String>) {
        let fix = Some(fix.into());
        self.0.push(Finding {
            level: Level::Warning,
            check,
            text: text.into(),
            fix,
            peer: None,
        });
    }

    fn fault(&mut self, check: &'static str, text: impl Into<String>, fix: impl Into<String>) {
        let fix = Some(fix.into());
        self.0.push(Finding {
            level: Level::Fault,
            check,
            text: text.into(),
            fix,
            peer: None,
        });
    }
}

/// Runs every check.
pub(crate) async fn examine(loaded: &Loaded) -> Vec<Finding> {
    let mut findings = Findings::default();
    let settings = &loaded.settings;
    configuration::check(loaded, &mut findings);
    let running = directory::check(settings, &mut findings);
    check_disk(settings, &mut findings);
    let network = certificates::check_authorities(settings, &mut findings);
    certificate::check(settings, Clock::system().now(), &mut findings);
    configuration::check_start(settings, &mut findings);
    if !running {
        check_port(settings, &mut findings);
    }
    if let Some(store) = database::check_database(settings, running, &mut findings).await {
        let checked =
            database::check_contents(settings, &store, running, network.as_ref(), &mut findings);
        if let Err(error) = checked.await {
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

fn check_disk(settings: &Settings, findings: &mut Findings) {
    let Some(free) = settings.data.ancestors().find_map(free_bytes) else {
        return;
    };
    let file = node::database(settings).file().filter(|file| file.exists());
    let kept = match Reserve::new(file.as_deref()).kept() {
        None => String::new(),
        Some((kept, wanted)) if kept < wanted => format!(
            ", and {} KiB of {} are kept for withdrawals; a running node keeps the rest within seconds once there is room",
            kept >> 10,
            wanted >> 10
        ),
        Some((kept, _)) => format!(", and {} KiB are kept for withdrawals", kept >> 10),
    };
    let text = format!("{} MiB are free{kept}", free >> 20);
    let fix =
        "free some space, or move the data directory to a larger disk; the node needs no restart";
    if free < MIN_FREE_BYTES {
        findings.fault("disk", text, fix);
    } else if let Some(text) = low_disk(settings) {
        let text = format!("{text}{kept}; nothing but withdrawals is taken from peers");
        let fix = "free some space, move the data directory to a larger disk, or lower `federation.min_free_percent`";
        findings.warn("disk", text, fix);
    } else if free < LOW_FREE_BYTES {
        findings.warn("disk", text, fix);
    } else {
        findings.ok("disk", text);
    }
}

fn check_port(settings: &Settings, findings: &mut Findings) {
    let address = settings.listen;
    match TcpListener::bind(address) {
        Ok(_) => findings.ok("port", format!("{address} is free")),
        Err(error) => {
            let fix = match error.kind() {
                ErrorKind::PermissionDenied => {
                    "only root and programs with CAP_NET_BIND_SERVICE may open this port: let systemd open it (docs/NETWORKS.md), or set `listen` to one above 1023; if systemd opens it already, this is no fault"
                }
                _ => "stop the program that uses the port, or set `listen` to another address",
            };
            findings.fault("port", format!("{address}: {error}"), fix);
        }
    }
}
