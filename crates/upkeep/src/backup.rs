//! Makes backups while the node serves, finds those that were made by schedule, and removes the oldest.
//!
//! A backup has its name only once it is whole and on the disk: what a killed process leaves ends in `.part`.

mod secrets;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use async_recursion::async_recursion as boxed;
use node::{Node, NodeError, identity::make_private_directory, writable::free_bytes};
use rustix::{
    fs::{Access, access},
    io::Errno,
};
use settings::Settings;
use store::{Database, Store, StoreError, file_options};
use tokio::task::spawn_blocking;
use wire::{NodeId, Timestamp};

use crate::archive::{self, ArchiveError, DATABASE, LoggedRoot, Manifest};

/// Where the parts of a backup wait, in the data directory.
pub(crate) const PART: &str = "backup.part";
/// Free space that a backup leaves.
const MIN_FREE_BYTES: u64 = 64 << 20;
/// Characters of the node id in the name of a scheduled backup.
const ID_CHARACTERS: usize = 11;
/// Entries of the directory of backups that are looked at.
const MAX_ENTRIES: usize = 100_000;
/// Keys that are put into a backup, at most: those in use, and those that wait to be used.
const MAX_KEYS: usize = 8;

/// A backup that is whole and durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its file.
    pub file: PathBuf,
    /// Bytes of the file.
    pub bytes: u64,
    /// What it has.
    pub manifest: Manifest,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is there already, or its directory is not.
    #[error("{0}")]
    Refused(String),
    /// Which of the keys belong into the backup is not known.
    #[error(
        "`keys` has more than {MAX_KEYS} keys of the node, and a backup has at most so many; move those that are used no more to another place"
    )]
    TooManyKeys,
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The node or its database.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        Self::Archive(error.into())
    }
}

/// Makes a backup in a directory, under a name of its own, or as a file that is not there yet. The keys and the
/// configuration are in it only if asked for; root keys never are.
///
/// # Errors
/// [`BackupError`]; no file of that name is there then.
#[boxed]
pub async fn make(node: &Node, to: &Path, with_keys: bool) -> Result<Made, BackupError> {
    let identity = node.identity().ok_or(NodeError::NotInitialised)?;
    let made = node.now();
    // One at a time: they share the place for their parts.
    let _backing_up = node.backing_up.lock().await;
    if to.as_os_str().as_encoded_bytes().ends_with(b"/") && !to.is_dir() {
        let text = format!("there is no directory `{}`", to.display());
        return Err(BackupError::Refused(text));
    }
    let file = if to.is_dir() {
        to.join(file_name(&identity.node, made))
    } else {
        to.to_owned()
    };
    check_place(&file)?;
    check_room(node).await?;

    // The database as of one moment, while others keep writing.
    let part = node.settings.data.join(PART);
    archive::remove_directory(&part)?;
    make_private_directory(&part)?;
    let written = write(node, &part, &file, made, with_keys).await;
    let removed = archive::remove_directory(&part);
    let made = written?;
    removed?;
    Ok(made)
}

/// Collects the parts, and writes them to the file.
async fn write(
    node: &Node,
    part: &Path,
    file: &Path,
    made: Timestamp,
    with_keys: bool,
) -> Result<Made, BackupError> {
    let database = part.join(DATABASE);
    node.store.copy_to(&database).await?;
    let copy = Store::connect_read_only(&file_options(&database)).await?;
    let migration = copy.schema_version().await?.found;
    let logs = logs(&copy).await;
    let own = copy.own_node().await;
    copy.close().await;
    let (logs, own) = (logs?, own?);

    let data = node.settings.data.clone();
    let engine = match &*node.store {
        Database::Sqlite(_) => "sqlite",
        Database::Postgres(_) => "postgres",
    };
    let (part, file) = (part.to_owned(), file.to_owned());
    let blocking = spawn_blocking(move || {
        let mut members = vec![archive::describe(DATABASE, &part.join(DATABASE))?];
        if with_keys {
            members.extend(secrets::copy(&data, &part)?);
        }
        let manifest = Manifest {
            format: archive::FORMAT,
            made: made.to_string(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            engine: engine.to_owned(),
            migration,
            node: own.map(|own| own.node.to_string()),
            keys: with_keys,
            logs,
            members,
        };
        write_whole(&file, &manifest, &part)
    });
    blocking.await.map_err(NodeError::from)?
}

/// Writes the archive next to its place, makes it durable, and gives it its name.
fn write_whole(file: &Path, manifest: &Manifest, part: &Path) -> Result<Made, BackupError> {
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let written = (|| {
        let out = archive::new_file(&unfinished)?;
        archive::write(&out, manifest, part)?;
        out.sync_all()?;
        let bytes = out.metadata()?.len();
        fs::rename(&unfinished, file)?;
        archive::sync_directory(&directory_of(file))?;
        Ok(bytes)
    })();
    match written {
        Ok(bytes) => Ok(Made {
            file: file.to_owned(),
            bytes,
            manifest: manifest.clone(),
        }),
        Err(error) => {
            drop(fs::remove_file(&unfinished));
            Err(error)
        }
    }
}

/// Returns every log with its size and root, in the order of the nodes.
pub(crate) async fn logs(store: &Store) -> Result<Vec<LoggedRoot>, StoreError> {
    let mut logs = Vec::new();
    for node in store.nodes().await? {
        for head in store.epochs(node.seq).await? {
            logs.push(LoggedRoot {
                node: node.node.to_string(),
                epoch: head.epoch,
                size: head.size,
                root: head.root.iter().map(|byte| format!("{byte:02x}")).collect(),
            });
        }
    }
    Ok(logs)
}

fn check_place(file: &Path) -> Result<(), BackupError> {
    let refused = |text: String| Err(BackupError::Refused(text));
    if file.symlink_metadata().is_ok() {
        return refused(format!(
            "`{}` is there already; give another name",
            file.display()
        ));
    }
    let directory = directory_of(file);
    if !directory.is_dir() {
        return refused(format!("there is no directory `{}`", directory.display()));
    }
    // Before the whole database is copied.
    if let Err(error) = access(&directory, Access::WRITE_OK) {
        let hint = match error {
            Errno::ROFS => {
                "; if systemd runs the node, name the directory in `ReadWritePaths` (`systemctl edit wardround`), or use /var/backups/wardround"
            }
            _ => "",
        };
        return refused(format!(
            "`{}` cannot be written: {error}{hint}",
            directory.display()
        ));
    }
    Ok(())
}

fn directory_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes sure that the copy of the database does not fill the disk under the running node.
async fn check_room(node: &Node) -> Result<(), BackupError> {
    let needed = needed_bytes(&node.store).await?;
    match free_bytes(&node.settings.data) {
        Some(free) if free < needed => Err(ArchiveError::NoRoom { needed, free }.into()),
        _ => Ok(()),
    }
}

/// Returns the free space that a backup of a database needs in the data directory: its copy is a file there, whatever the engine.
///
/// # Errors
/// Of the database.
pub async fn needed_bytes(store: &Store) -> Result<u64, StoreError> {
    let database = store.size_bytes().await?;
    Ok(database.saturating_add(MIN_FREE_BYTES))
}

/// A backup that was made by schedule, or by a command into the same directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// When it was made.
    pub made: Timestamp,
    /// Its file.
    pub file: PathBuf,
}

fn prefix(node: &NodeId) -> String {
    let short: String = node.as_str().chars().take(ID_CHARACTERS).collect();
    format!("wardround-{short}-")
}

/// Returns the name of a backup: whose it is, and when it was made.
fn file_name(node: &NodeId, made: Timestamp) -> String {
    let time = made.to_string().replace(['-', ':'], "");
    format!("{}{time}.tar.gz", prefix(node))
}

/// Reads the time in the name of a backup of a node.
fn made_at(node: &NodeId, name: &str) -> Option<Timestamp> {
    let time = name.strip_prefix(&prefix(node))?.strip_suffix(".tar.gz")?;
    let part = |range| time.get(range);
    let text = format!(
        "{}-{}-{}T{}:{}:{}",
        part(0..4)?,
        part(4..6)?,
        part(6..8)?,
        time.get(9..11)?,
        time.get(11..13)?,
        time.get(13..)?
    );
    Timestamp::parse(&text).filter(|_| time.get(8..9) == Some("T"))
}

/// Returns the backups of a node in a directory, the newest first.
///
/// # Errors
/// When the directory cannot be read.
pub fn kept(directory: &Path, node: &NodeId) -> io::Result<Vec<Kept>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory)?.take(MAX_ENTRIES) {
        let entry = entry?;
        if let Some(made) = made_at(node, &entry.file_name().to_string_lossy()) {
            all.push(Kept {
                made,
                file: entry.path(),
            });
        }
    }
    all.sort();
    all.reverse();
    Ok(all)
}

/// Removes the oldest backups of a node, all but `keep`, and what killed processes have left; returns how many backups. Those
/// of the future, which a wrong clock has made, count as the oldest.
///
/// # Errors
/// Of the disk.
pub fn remove_oldest(
    directory: &Path,
    node: &NodeId,
    keep: usize,
    now: Timestamp,
) -> io::Result<usize> {
    let mut removed = 0;
    let (future, mut past): (Vec<_>, Vec<_>) = kept(directory, node)?
        .into_iter()
        .partition(|kept| kept.made > now);
    past.extend(future);
    for kept in past.into_iter().skip(keep) {
        fs::remove_file(&kept.file)?;
        removed += 1;
    }
    for entry in fs::read_dir(directory)?.take(MAX_ENTRIES) {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let whole = name.strip_suffix(".part");
        if whole.is_some_and(|whole| made_at(node, whole).is_some()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(removed)
}

/// Whether there is a recent backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recent {
    /// No directory is configured.
    NotConfigured,
    /// The last one is as recent as it should be.
    Fresh(Timestamp),
    /// There is none, or the last one is too old.
    Old(Option<Timestamp>),
    /// The directory cannot be read.
    Unreadable(String),
}

/// Says whether a node has a recent backup: one that is younger than twice the interval. One of the future, which a wrong
/// clock has made, does not count.
#[must_use]
pub fn recent(settings: &Settings, node: &NodeId, now: Timestamp) -> Recent {
    let Some(directory) = &settings.backup.directory else {
        return Recent::NotConfigured;
    };
    match kept(directory, node) {
        Err(error) => Recent::Unreadable(format!("`{}`: {error}", directory.display())),
        Ok(all) => match all.iter().find(|kept| kept.made <= now) {
            Some(newest) if now < newest.made.plus(settings.backup.interval * 2) => {
                Recent::Fresh(newest.made)
            }
            newest => Recent::Old(newest.map(|newest| newest.made)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_backup_says_whose_it_is_and_when_it_was_made() {
        let node = NodeId::for_text(b"a");
        let other = NodeId::for_text(b"b");
        let made = Timestamp::parse("2026-11-28T21:05:09Z").unwrap();
        let name = file_name(&node, made);
        assert!(name.ends_with("-20261128T210509Z.tar.gz"), "{name}");
        assert_eq!(made_at(&node, &name), Some(made));
        for wrong in [
            name.replace(".tar.gz", ".tar.gz.part"),
            name.replace('T', "x"),
            name.replace("1128", "1328"),
            name.replace("210509Z", "210509"),
            "wardround-é.tar.gz".to_owned(),
            String::new(),
        ] {
            assert_eq!(made_at(&node, &wrong), None, "{wrong}");
        }
        assert_eq!(made_at(&other, &name), None);
    }

    #[test]
    fn the_oldest_backups_are_removed_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let (node, other) = (NodeId::for_text(b"a"), NodeId::for_text(b"b"));
        let at = |secs: i64| Timestamp::from_secs(1_790_000_000 + secs);
        let make = |name: String| fs::write(directory.path().join(name), "x").unwrap();
        for secs in [3, 1, 2, 0] {
            make(file_name(&node, at(secs)));
            make(file_name(&other, at(secs)));
        }
        make(format!("{}.part", file_name(&node, at(9))));
        make("accounts-2026.tar.gz".to_owned());
        assert_eq!(remove_oldest(directory.path(), &node, 2, at(9)).unwrap(), 2);
        let made = |node| {
            let kept = kept(directory.path(), node).unwrap();
            kept.iter().map(|kept| kept.made).collect::<Vec<_>>()
        };
        assert_eq!(made(&node), [at(3), at(2)]);
        assert_eq!(made(&other).len(), 4);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 7);
    }

    #[test]
    fn a_backup_of_the_future_is_no_recent_one() {
        let directory = tempfile::tempdir().unwrap();
        let node = NodeId::for_text(b"a");
        let now = Timestamp::from_secs(1_790_000_000);
        let mut settings = Settings::default();
        settings.backup.directory = Some(directory.path().to_owned());
        let make = |made| fs::write(directory.path().join(file_name(&node, made)), "x").unwrap();
        make(now.plus(settings.backup.interval));
        assert_eq!(recent(&settings, &node, now), Recent::Old(None));
        make(now);
        assert_eq!(recent(&settings, &node, now), Recent::Fresh(now));
    }
}
