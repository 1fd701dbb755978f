//! Restores a backup into an empty data directory, and unpacks one to be checked.
//!
//! The database gets its place last, when everything before is on the disk: a restore that was cut short leaves a
//! directory without a database, and the next one begins again.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use async_recursion::async_recursion as boxed;
use node::{
    DirectoryError, DirectoryLock,
    audit::{Act, By, Entry, Object},
    database,
    identity::make_private_directory,
    writable::free_bytes,
};
use settings::Settings;
use store::{Store, StoreError, file_options};
use tokio::task::{JoinError, spawn_blocking};
use wire::Timestamp;

use crate::{
    archive::{self, ArchiveError, CONFIGURATION, DATABASE, KEYS, Manifest},
    backup::logs,
};

/// Where a backup is unpacked, in the data directory.
pub(crate) const PART: &str = "restore.part";
/// What an empty data directory may have: what the operator has put there, and what an earlier try has left.
const ALLOWED: [&str; 4] = [CONFIGURATION, KEYS, PART, "lock"];

/// Why a backup is not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The place, or what is in it, does not fit.
    #[error("{0}")]
    Refused(String),
    /// The file.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task of this program ended early.
    #[error("a task of this program ended early")]
    Task(#[from] JoinError),
}

impl From<io::Error> for RestoreError {
    fn from(error: io::Error) -> Self {
        Self::Archive(error.into())
    }
}

/// A backup that is unpacked, at the schema of this program, and whose logs are those of its manifest. Removed when it is
/// dropped.
pub struct Unpacked {
    /// What the backup says that it has.
    pub manifest: Manifest,
    /// Its database.
    pub store: Store,
    directory: PathBuf,
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        if let Err(error) = archive::remove_directory(&self.directory) {
            let directory = self.directory.display();
            tracing::warn!(%directory, %error, "an unpacked backup could not be removed");
        }
    }
}

impl Unpacked {
    /// Unpacks a backup into a directory, which is made new, and compares its logs with its manifest.
    ///
    /// # Errors
    /// [`RestoreError`]; nothing is left then.
    #[boxed]
    pub async fn open(file: &Path, directory: &Path) -> Result<Self, RestoreError> {
        let (from, into) = (file.to_owned(), directory.to_owned());
        let read = spawn_blocking(move || -> Result<Manifest, ArchiveError> {
            archive::remove_directory(&into)?;
            // Not through a directory that another user has made meanwhile.
            fs::DirBuilder::new().mode(0o700).create(&into)?;
            let free = free_bytes(&into).unwrap_or(u64::MAX);
            archive::read(fs::File::open(from)?, &into, free)
        });
        // From here on the directory is removed, whatever happens.
        let removing = RemovedOnDrop(Some(directory.to_owned()));
        let manifest = read.await??;
        // An older backup is brought to the schema of this program.
        let store = Store::open_on_a_thread(file_options(&directory.join(DATABASE))).await?;
        let damage = store.check_integrity().await?;
        if let Some(damage) = damage.first() {
            return Err(RestoreError::Refused(format!(
                "its database is damaged: {damage}"
            )));
        }
        if logs(&store).await? != manifest.logs {
            return Err(RestoreError::Refused(
                "its logs are not those that its manifest names".to_owned(),
            ));
        }
        removing.keep();
        Ok(Self {
            manifest,
            store,
            directory: directory.to_owned(),
        })
    }
}

struct RemovedOnDrop(Option<PathBuf>);

impl RemovedOnDrop {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for RemovedOnDrop {
    fn drop(&mut self) {
        if let Some(directory) = &self.0 {
            drop(archive::remove_directory(directory));
        }
    }
}

/// An empty data directory that this process owns, with a backup unpacked in it.
pub struct Restoring {
    /// The backup.
    pub unpacked: Unpacked,
    settings: Settings,
    to_sqlite: bool,
    _lock: DirectoryLock,
}

impl Restoring {
    /// Takes an empty data directory, and unpacks a backup in it. `to_sqlite`: a backup of a node on PostgreSQL may become
    /// one on SQLite.
    ///
    /// # Errors
    /// [`RestoreError`]; the directory is as it was then.
    #[boxed]
    pub async fn begin(
        settings: &Settings,
        file: &Path,
        to_sqlite: bool,
    ) -> Result<Self, RestoreError> {
        let data = &settings.data;
        if !file.is_file() {
            let text = format!("there is no file `{}`", file.display());
            return Err(RestoreError::Refused(text));
        }
        check_empty(data)?;
        let lock = DirectoryLock::take(data)?;
        check_empty(data)?;
        let unpacked = Unpacked::open(file, &data.join(PART)).await?;
        let restoring = Self {
            unpacked,
            settings: settings.clone(),
            to_sqlite,
            _lock: lock,
        };
        restoring.check_target().await?;
        Ok(restoring)
    }

    /// Makes sure that what is restored has a place, before anything is changed.
    async fn check_target(&self) -> Result<(), RestoreError> {
        let manifest = &self.unpacked.manifest;
        let goes_to_file = self.goes_to_file();
        if manifest.engine == "postgres" && goes_to_file && !self.to_sqlite {
            return Err(RestoreError::Refused(
                "the backup is of a node on PostgreSQL; set `DATABASE_URL` to an empty database, or give `--sqlite` to go on with an SQLite file".to_owned(),
            ));
        }
        for member in &manifest.members {
            let (from, to) = self.places(&member.name);
            let is_key = member.name.starts_with(KEYS);
            if is_key && to.exists() && fs::read(&from)? != fs::read(&to)? {
                let text = format!(
                    "`{}` is another key than the one in the backup; move it away, and if it is the later one, put it back after the restore",
                    to.display()
                );
                return Err(RestoreError::Refused(text));
            }
        }
        if !goes_to_file {
            let store = Store::open_on_a_thread(database(&self.settings)).await?;
            let is_taken = store.own_node().await?.is_some() || store.has_accounts().await?;
            store.close().await;
            if is_taken {
                let text = "the configured database is in use already; give an empty one";
                return Err(RestoreError::Refused(text.to_owned()));
            }
        }
        Ok(())
    }

    fn goes_to_file(&self) -> bool {
        self.settings.database.url.is_none()
    }

    fn places(&self, name: &str) -> (PathBuf, PathBuf) {
        (
            self.unpacked.directory.join(name),
            self.settings.data.join(name),
        )
    }

    /// Puts everything in its place, the database last. `now` is kept as the time of the restore: the node signs nothing
    /// until a peer has confirmed that it is not behind.
    ///
    /// # Errors
    /// [`RestoreError`]; begin again then.
    #[boxed]
    pub async fn finish(self, now: Timestamp, by: &By) -> Result<(), RestoreError> {
        let store = &self.unpacked.store;
        store.mark_restored(now).await?;
        let entry = Entry::new(by, Act::Restored, Object::Nothing, now);
        let entry = entry.with_detail(&self.unpacked.manifest.made);
        store.record_act(&entry).await?;
        store.erase().await?;
        store.close().await;
        let (from, to) = self.places(DATABASE);
        fs::File::open(&from)?.sync_all()?;

        let names = self.unpacked.manifest.members.iter();
        let names: Vec<_> = names.map(|member| member.name.as_str()).collect();
        for name in names.iter().filter(|name| **name != DATABASE) {
            self.place_secret(name)?;
        }
        archive::sync_directory(&self.settings.data)?;
        if self.goes_to_file() {
            fs::rename(&from, &to)?;
        } else {
            let target = Store::open_on_a_thread(database(&self.settings)).await?;
            target.fill_from(&from).await?;
            target.close().await;
        }
        archive::sync_directory(&self.settings.data)?;
        Ok(())
    }

    /// Puts a key or the configuration in its place, unless the operator has put one there.
    fn place_secret(&self, name: &str) -> Result<(), RestoreError> {
        let (from, to) = self.places(name);
        // The configuration of a node on PostgreSQL names its database.
        if to.exists() || (name == CONFIGURATION && self.to_sqlite) {
            return Ok(());
        }
        if let Some(directory) = to.parent() {
            make_private_directory(directory)?;
        }
        fs::rename(&from, &to)?;
        if let Some(directory) = to.parent() {
            archive::sync_directory(directory)?;
        }
        Ok(())
    }
}

/// Refuses a directory that has anything of a node.
fn check_empty(data: &Path) -> Result<(), RestoreError> {
    let entries = match fs::read_dir(data) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let name = entry?.file_name();
        if !ALLOWED.iter().any(|allowed| name == *allowed) {
            return Err(RestoreError::Refused(format!(
                "`{}` is not empty: it has `{}`; restore into a directory that has nothing but `{CONFIGURATION}` and `{KEYS}`",
                data.display(),
                name.display()
            )));
        }
    }
    Ok(())
}
