//! Work for the operator that a node does by itself: backups by schedule.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, time::Duration};

use node::{
    Node,
    identity::change::{Expiry, expiry},
};
use tokio_util::sync::CancellationToken;
use wire::Timestamp;

use crate::{
    archive,
    backup::{self, BackupError},
    restore,
};

/// Time between two checks whether a backup is due.
const CHECK_EVERY: Duration = Duration::from_secs(60);
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
    tokio::join!(make_backups(node, stop), watch_expiry(node, stop));
}

/// Before the end of a peer's certificate, its operator should know of it.
const CERTIFICATE_NOTICE: Duration = Duration::from_secs(14 * 24 * 3_600);

/// Logs which certificates of peers expire soon.
async fn warn_of_certificates(node: &Node) {
    let peers = node.store.peers().await.unwrap_or_default();
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

async fn make_backups(node: &Node, stop: &CancellationToken) {
    let mut failed = 0_u64;
    loop {
        remove_upgrade_copies(node);
        // The directory can be set while the node runs.
        if let Some(directory) = &node.current().backup.directory {
            tokio::select! {
                () = stop.cancelled() => return,
                done = back_up_when_due(node, directory) => if let Err(error) = done {
                    failed += 1;
                    tracing::error!(%error, "the backup failed; trying again in a minute");
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

/// Removes the copies that upgrades have kept and that are too old: texts may have been withdrawn since.
fn remove_upgrade_copies(node: &Node) {
    let copies = node.store.upgrade_copies().unwrap_or_default();
    for copy in copies {
        let made = fs::metadata(&copy).ok();
        let made = made.map(|copy| Timestamp::from_secs(copy.mtime()));
        if made.is_none_or(|made| node.now() < made.plus(MAX_COPY_AGE)) {
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
    let newest = if is_due {
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
