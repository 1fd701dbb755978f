//! Work for the operator that a node does by itself: backups by schedule.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, time::Duration};

use node::{
    Node,
    hindrance::Hindrance,
    identity::change::{Expiry, expiry},
};
use store::Store;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use wire::Timestamp;

use crate::{
    archive,
    backup::{self, BackupError},
    restore,
};

/// Time between two checks whether a backup is due, and whether the clock is right.
const CHECK_EVERY: Duration = Duration::from_secs(60);
/// The longest time between two tries of a backup that failed: each try copies the whole database.
const MAX_RETRY: Duration = Duration::from_secs(3_600);
/// How long the copy of before an upgrade is kept. Like a backup, it has texts that were withdrawn since.
const MAX_COPY_AGE: Duration = Duration::from_secs(7 * 24 * 3_600);
/// When the newest backup was made, for a monitoring system; 0 when there is none.
const LAST_BACKUP: &str = "wardround_last_backup_timestamp_seconds";
/// Backups that failed since the start.
const FAILED_BACKUPS: &str = "wardround_failed_backups";

/// Does all background work for the operator until `stop`.
pub async fn run(node: &Node, stop: &CancellationToken) {
    // What a killed process has left holds all texts.
    for part in [backup::PART, restore::PART] {
        if let Err(error) = archive::remove_directory(&node.settings.data.join(part)) {
            tracing::warn!(part, %error, "the remains of a backup could not be removed");
        }
    }
    tokio::join!(
        make_backups(node, stop),
        watch_expiry(node, stop),
        watch_clock(node, stop)
    );
}

/// Before the end of a peer's certificate, its operator should know of it.
const CERTIFICATE_NOTICE: Duration = Duration::from_secs(14 * 24 * 3_600);

/// Logs which certificates of peers expire soon.
async fn warn_of_certificates(node: &Node) {
    let peers = match node.store.peers().await {
        Ok(peers) => peers,
        Err(error) => {
            tracing::warn!(%error, "whether certificates of peers expire soon is not known; the next look is in a day");
            return;
        }
    };
    for peer in peers {
        if let Some(expires) = node.network.certificate_expires(&peer.base)
            && expires < node.now().plus(CERTIFICATE_NOTICE)
        {
            let expires = expires.date();
            tracing::warn!(peer = peer.handle, %expires, "the certificate of a peer expires soon; its operator should know");
        }
    }
}

/// Logs once a day that the node document expires soon, and certificates of peers.
async fn watch_expiry(node: &Node, stop: &CancellationToken) {
    const WATCH_EVERY: Duration = Duration::from_secs(24 * 3_600);
    loop {
        if let Some(identity) = node.identity() {
            let expires = identity.expires.date();
            let fix = "wardround node renew";
            match expiry(identity.expires, node.now()) {
                Expiry::Far => {}
                Expiry::Soon => tracing::warn!(%expires, fix, "the node document expires soon"),
                Expiry::Due => {
                    tracing::error!(%expires, fix, "the node document has to be renewed now")
                }
            }
        }
        warn_of_certificates(node).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(WATCH_EVERY) => {}
        }
    }
}

/// Logs that the clock is wrong, and that it is right again.
async fn watch_clock(node: &Node, stop: &CancellationToken) {
    let mut is_wrong = false;
    loop {
        let fault = node.clock_fault();
        match &fault {
            Some(fault) if !is_wrong => tracing::error!("{fault}"),
            None if is_wrong => tracing::info!("the clock agrees with those of peers again"),
            _ => {}
        }
        is_wrong = fault.is_some();
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CHECK_EVERY) => {}
        }
    }
}

/// Returns how long to wait after a number of failures in a row: a minute, then twice as long each time.
fn retry_after(failures: u32, interval: Duration) -> Duration {
    let doubled = CHECK_EVERY.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    doubled.min(MAX_RETRY).min(interval)
}

async fn make_backups(node: &Node, stop: &CancellationToken) {
    let mut failed = 0_u64;
    // Failures since the last success, and the settings and the time from which on the next try is made.
    let (mut in_a_row, mut waiting) = (0, None);
    let mut unlisted = None;
    loop {
        let (store, now) = (node.store.clone(), node.now());
        let removed = spawn_blocking(move || remove_upgrade_copies(&store, now)).await;
        let found = removed.map_or_else(|error| Some(error.to_string()), Result::err);
        if let Some(error) = found.as_ref().filter(|_| found != unlisted) {
            tracing::warn!(
                error,
                "copies of before an upgrade are not looked for, and stay longer than they should"
            );
        }
        unlisted = found;
        // The directory can be set while the node runs; other settings are tried at once.
        let settings = node.current().backup.clone();
        let waits = waiting
            .as_ref()
            .is_some_and(|(of, until)| *of == settings && tokio::time::Instant::now() < *until);
        if let Some(directory) = settings.directory.as_ref().filter(|_| !waits) {
            tokio::select! {
                () = stop.cancelled() => return,
                done = back_up_when_due(node, directory) => match done {
                    Ok(()) => (in_a_row, waiting) = (0, None),
                    Err(error) => {
                        failed += 1;
                        in_a_row += 1;
                        let wait = retry_after(in_a_row, settings.interval);
                        let minutes = wait.as_secs() / 60;
                        tracing::error!(%error, minutes, "the backup failed; trying again after these minutes, or at once when a setting of it changes");
                        waiting = Some((settings.clone(), tokio::time::Instant::now() + wait));
                    }
                }
            }
            node.figures.set(FAILED_BACKUPS, Vec::new(), failed);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CHECK_EVERY) => {}
        }
    }
}

/// Removes the copies that upgrades have kept and that are too old: texts may have been withdrawn since. An error says why they
/// cannot be found.
fn remove_upgrade_copies(store: &Store, now: Timestamp) -> Result<(), String> {
    let copies = store.upgrade_copies().map_err(|error| error.to_string())?;
    for copy in copies {
        let made = fs::metadata(&copy).ok();
        let made = made.map(|copy| Timestamp::from_secs(copy.mtime()));
        if made.is_none_or(|made| now < made.plus(MAX_COPY_AGE)) {
            continue;
        }
        match fs::remove_file(&copy) {
            Ok(()) => {
                tracing::info!(copy = %copy.display(), "the copy of before an upgrade is removed")
            }
            Err(error) => {
                tracing::warn!(copy = %copy.display(), %error, "the copy of before an upgrade could not be removed");
            }
        }
    }
    Ok(())
}

/// Makes a backup if the newest is old enough, and removes the oldest.
///
/// # Errors
/// [`BackupError`].
pub async fn back_up_when_due(node: &Node, directory: &Path) -> Result<(), BackupError> {
    let Some(identity) = node.identity() else {
        return Ok(());
    };
    let current = node.current();
    let settings = &current.backup;
    let now = node.now();
    let newest = backup::kept(directory, &identity.node)?;
    // One of the future was made by a wrong clock: it does not keep the next one waiting.
    let newest = newest
        .into_iter()
        .map(|kept| kept.made)
        .find(|made| *made <= now);
    let is_due = newest.is_none_or(|made| now >= made.plus(settings.interval));
    // Copies of a database that is behind would push out the good ones.
    let hindrance = node.hindrance().filter(Hindrance::is_of_copy);
    if let (true, Some(hindrance)) = (is_due, &hindrance) {
        tracing::warn!(reason = %hindrance, fix = hindrance.fix(), "no backup is made of this database");
    }
    let newest = if is_due && hindrance.is_none() {
        let made = backup::make(node, directory, settings.with_keys).await?;
        let file = made.file.display();
        tracing::info!(%file, bytes = made.bytes, "backup made");
        backup::remove_oldest(directory, &identity.node, settings.keep, node.now())?;
        Some(now)
    } else {
        newest
    };
    let secs = newest.map_or(0, |made| u64::try_from(made.secs()).unwrap_or(0));
    node.figures.set(LAST_BACKUP, Vec::new(), secs);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_that_fails_is_tried_less_and_less_often() {
        let day = Duration::from_secs(24 * 3_600);
        let minutes = |failures| retry_after(failures, day).as_secs() / 60;
        let waits: Vec<u64> = [1, 2, 3, 6, 7, 1_000, u32::MAX].map(minutes).to_vec();
        assert_eq!(waits, [1, 2, 4, 32, 60, 60, 60]);
        // Never longer than until the next backup would be due anyway.
        assert_eq!(retry_after(9, Duration::from_secs(300)).as_secs(), 300);
    }
}
