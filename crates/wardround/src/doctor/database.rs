//! Checks of the database, and of what it says about identity, clock, index and peers.

use std::time::Duration;

use peering::Network;
use rustix::fs::{Access, access};
use search::{Index, IndexError, Learnt};
use store::{OWN, Store, StoreError};
use tokio::task::spawn_blocking;
use wire::Timestamp;

use super::{Findings, certificate, peers};
use node::{
    NO_IDENTITY, NodeError,
    clock::Clock,
    flows::signing,
    hindrance::Hindrance,
    identity::{
        Identity, IdentityError,
        change::{Expiry, expiry},
    },
    indexer,
};
use settings::Settings;
use upkeep::backup::{self, Recent};

/// A clock that is this far behind an earlier signature is wrong.
const MAX_CLOCK_LAG: Duration = Duration::from_secs(300);
/// Accepted warnings that are listed; all are in the table `accepted_warnings`.
const MAX_LISTED_WARNINGS: u32 = 10;
/// An index that lacks more changes than this gives a warning.
const MAX_INDEX_LAG: u64 = 1_000;

/// What to do where the service has the database's address, and a command that is run by hand does not.
pub(crate) const SAME_DATABASE: &str = "give this command the same `DATABASE_URL` as the service; if that is a credential of systemd: DATABASE_URL_FILE=/run/credentials/wardround.service/database-url";

/// What to do with a database that cannot be read where nothing can be written.
pub(crate) const LAST_CHANGES: &str = "its last changes are in `node.db-wal`, which can only be read where it can be written: copy the data directory to another place, and run this there";

/// Opens the database without changing it, if it exists and has the schema of this program.
pub(super) async fn check_database(
    settings: &Settings,
    running: bool,
    findings: &mut Findings,
) -> Option<Store> {
    let file = settings.data.join(node::DATABASE_FILE);
    if settings.database.url.is_none() {
        match file.try_exists() {
            Ok(true) => {}
            Ok(false) if running => {
                let text = "the running node has its database elsewhere, by a setting that this command does not have";
                findings.warn("database", text, SAME_DATABASE);
                return None;
            }
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
    let store = match Store::connect_read_only(&node::database(settings)).await {
        Ok(store) => store,
        Err(error) => {
            let fix = match (&settings.database.url, &error) {
                (_, StoreError::ReadOnly) => LAST_CHANGES,
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
        Ok(schema) if schema.found == 0 && settings.data.join("keys").is_dir() => {
            let text = "it is empty, but there are keys of a node";
            let fix = format!(
                "stop the node, and restore a backup of the database that matches the keys; or {SAME_DATABASE}"
            );
            findings.fault("database", text, fix);
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
            let fix = match settings.database.url {
                Some(_) => "check that the database is running and may be read and written",
                None => {
                    "stop the node, keep a copy of `node.db`, and restore a backup (docs/RECOVERY.md)"
                }
            };
            findings.fault("database", error.to_string(), fix);
        }
    }
    store.close().await;
    None
}

/// Checks the content of the database.
pub(super) async fn check_contents(
    settings: &Settings,
    store: &Store,
    running: bool,
    network: Option<&Network>,
    findings: &mut Findings,
) -> Result<(), NodeError> {
    let now = Clock::system().now();
    let missing = store.count_own_without_body().await?;
    if missing > 0 {
        let text = format!(
            "{missing} documents of this node are in its log, and their texts are not here"
        );
        let fix = "`wardround recover --from-peers` asks peers for them";
        findings.warn("database", text, fix);
    }
    for damage in store.check_integrity().await? {
        let fix = "stop the node, keep a copy of the file, and restore a backup";
        findings.fault("database", damage, fix);
    }
    let identity = match Identity::open(&settings.data, store).await {
        Ok(Some(identity)) => identity,
        Ok(None) => {
            let fix = "`wardround init --name NAME --ods CODE --base-url URL`";
            findings.warn("identity", NO_IDENTITY, fix);
            return Ok(());
        }
        Err(IdentityError::Node(error)) => return Err(error),
        Err(error) => {
            let fix =
                "restore the missing part from a backup, so that the database and `keys` match";
            findings.fault("identity", error.to_string(), fix);
            return Ok(());
        }
    };
    match identity.unlisted_keys() {
        Some(text) => {
            let fix = Hindrance::Keys(String::new()).fix();
            findings.fault("identity", text, fix);
        }
        None => findings.ok(
            "identity",
            format!("{}, {}", identity.name, identity.node.grouped()),
        ),
    }
    if identity.left {
        let text = "this node has left the exchange: it publishes nothing, and no peer polls it";
        let fix = "keep it for its readers, or `wardround export` its documents and begin a new node (docs/ASSURANCE.md §8)";
        findings.warn("identity", text, fix);
    }
    check_expiry(store, now, findings).await?;
    check_signing(store, settings, now, findings).await?;
    check_backups(settings, &identity, now, findings);
    certificate::check_site(settings, &identity.site_url, findings);
    check_accepted_warnings(store, findings).await?;
    if running {
        findings.ok(
            "index",
            "in use by the running node; `/readyz` reports whether it is up to date",
        );
    } else {
        check_index(settings, store, findings).await?;
    }
    peers::check(settings, store, network, findings).await?;
    Ok(check_clock(store, &identity, network, findings).await?)
}

/// Lists the documents that were published despite warnings about patient data, the latest first.
async fn check_accepted_warnings(store: &Store, findings: &mut Findings) -> Result<(), StoreError> {
    let count = store.count_accepted_warnings().await?;
    if count == 0 {
        findings.ok("patient-data", "no warning was accepted");
        return Ok(());
    }
    findings.ok(
        "patient-data",
        format!("{count} warnings were accepted; the latest:"),
    );
    for one in store.accepted_warnings(MAX_LISTED_WARNINGS).await? {
        let text = format!(
            "{} revision {}, {}, {}: {}",
            one.id,
            one.rev,
            one.at.date(),
            one.kind,
            one.reason
        );
        findings.ok("patient-data", text);
    }
    Ok(())
}

async fn check_expiry(
    store: &Store,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let expires = store.own_node().await?.and_then(|own| own.expires);
    let Some(expires) = expires else {
        return Ok(());
    };
    let is = if expires < now { "expired" } else { "expires" };
    let text = format!(
        "the node document {is} on {}; peers accept new entries for 90 days after that",
        expires.date()
    );
    let fix = "`wardround node renew --root-key FILE`, or without `--root-key` to sign it on another machine";
    match expiry(expires, now) {
        Expiry::Far => {
            findings.ok(
                "expiry",
                format!("the node document is valid until {}", expires.date()),
            );
        }
        Expiry::Soon => findings.warn("expiry", text, fix),
        Expiry::Due => findings.fault("expiry", text, fix),
    }
    Ok(())
}

/// Reports why nothing is signed, as the running node has found it, and whether that is another one of this database.
async fn check_signing(
    store: &Store,
    settings: &Settings,
    now: Timestamp,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let lease = store.signing_lease().await?;
    let holder = lease
        .holder
        .filter(|holder| *holder != signing::holder(&settings.data));
    if let Some(holder) = holder.filter(|_| lease.held_until > Some(now)) {
        let other = Hindrance::OtherProcess { holder };
        match store.hindrance().await? {
            Some(found) => {
                let text = format!("{other}, and it signs nothing: {}", found.reason);
                findings.fault("signing", text, found.fix);
            }
            // A standby is no fault: it does what it is for.
            None => findings.ok("signing", format!("{other}; {}", other.fix())),
        }
        return Ok(());
    }
    // The operator has asked for it.
    let read_only = settings.server.read_only;
    if read_only {
        let reason = Hindrance::ReadOnly;
        findings.warn("signing", reason.to_string(), reason.fix());
    }
    match store.hindrance().await? {
        Some(found) => findings.fault("signing", found.reason, found.fix),
        None if store.restored_at().await?.is_some() => {
            let text = "the database is a restored copy that no peer has confirmed yet";
            findings.warn("signing", text, "start the node, which asks its peers");
        }
        None if read_only => {}
        None => findings.ok("signing", "nothing keeps this node from signing"),
    }
    Ok(())
}

fn check_backups(
    settings: &Settings,
    identity: &Identity,
    now: Timestamp,
    findings: &mut Findings,
) {
    match backup::recent(settings, &identity.node, now) {
        Recent::Fresh(made) => findings.ok("backups", format!("the newest is of {made}")),
        Recent::NotConfigured => findings.warn(
            "backups",
            "the node makes none by itself",
            "set `backup.directory` to a directory on another disk, or run `wardround backup DIR` by a timer",
        ),
        Recent::Old(newest) => {
            let text = newest.map_or_else(
                || "there is none in `backup.directory`".to_owned(),
                |made| format!("the newest is of {made}, older than twice `backup.interval`"),
            );
            let fix = "read the log of the node for the reason, and run `wardround backup DIR`";
            findings.fault("backups", text, fix);
        }
        Recent::Unreadable(text) => findings.fault(
            "backups",
            text,
            "make `backup.directory` a directory that the user who runs the node can write to",
        ),
    }
}

/// Compares the clock with the latest signature of this node, the only time that is known to have passed, and with the servers
/// of the peers that were asked a moment ago, as `/readyz` does with those that were polled.
async fn check_clock(
    store: &Store,
    identity: &Identity,
    network: Option<&Network>,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    const FIX: &str = "set the clock, and keep it right with NTP";
    let now = Clock::system().now();
    let signed = store.log_head(OWN, identity.epoch).await?.timestamp;
    if let Some(signed) = signed.filter(|signed| *signed > now.plus(MAX_CLOCK_LAG)) {
        let text = format!("the clock says {now}, but this node signed something at {signed}");
        findings.fault("clock", text, FIX);
    } else if let Some(fault) = network.and_then(|network| node::clock_fault(network, now)) {
        findings.fault("clock", fault, FIX);
    } else {
        let compared = match network.is_some_and(Network::has_heard_clocks) {
            true => "and as peers' servers say",
            false => "and compared with the clock of no peer",
        };
        findings.ok(
            "clock",
            format!("{now}, later than every signature, {compared}"),
        );
    }
    Ok(())
}

async fn check_index(
    settings: &Settings,
    store: &Store,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let [directory, restricted] = indexer::DIRECTORIES.map(|name| settings.data.join(name));
    if access(&directory, Access::WRITE_OK).is_err() && directory.exists() {
        let text = "not checked: it is opened for writing, and its directory cannot be written";
        findings.ok("index", text);
        return Ok(());
    }
    let opened = spawn_blocking(move || -> Result<(u64, Learnt), IndexError> {
        let (index, progress) = Index::open(&directory)?;
        index.verify()?;
        // A node that was not started since the upgrade has none yet.
        if restricted.exists() {
            Index::open(&restricted)?.0.verify()?;
        }
        Ok((progress, index.learnt()))
    });
    let last = store.last_change().await?;
    let opened = opened.await;
    if let Ok(Ok((_, Learnt::Unusable(fault)))) = &opened {
        let fix = "start the node: it learns again";
        findings.warn("index", fault.clone(), fix);
    }
    match opened.map(|opened| opened.map(|(progress, _)| progress)) {
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
