//! The data directory: who may use it, and the lock that makes one process its owner.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::OFlags;

use telemetry::for_owner;

use crate::identity::make_private_directory;

/// Further attempts to take a lock that is held, and the time between two.
const MAX_ATTEMPTS: u32 = 5;
const RETRY_INTERVAL: Duration = Duration::from_millis(20);
/// The bits of a mode that let other users write.
const WRITABLE_BY_OTHERS: u32 = 0o022;
/// The bits of a mode that let other users do anything.
const OPEN_TO_OTHERS: u32 = 0o077;

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The disk refuses it.
    #[error("the data directory `{}` cannot be used: {source}; give another one with `--data`, or make it writable", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Another process owns it.
    #[error("the data directory `{}` is in use by process {pid}; stop that process first, or give another directory with `--data`", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Number of the process, or `unknown`.
        pid: String,
    },
    /// It belongs to another user: files of two users in it would stop the next start.
    #[error("the data directory `{}` belongs to user {owner}, and this process runs as user {user}; {}", path.display(), for_owner(*owner, *user, path, "wardround …"))]
    OfAnotherUser {
        /// The directory.
        path: PathBuf,
        /// The number of the user who owns it.
        owner: u32,
        /// The number of the user who runs this process.
        user: u32,
    },
    /// Other users can replace the database and the keys.
    #[error("other users of this machine can write to the data directory `{path}`, and could replace its database and its keys; run `chmod 700 {path}`", path = _0.display())]
    WritableByOthers(PathBuf),
}

/// The lock of a data directory; dropping it releases the lock.
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Takes the lock, and creates the directory if it is missing.
    ///
    /// # Errors
    /// [`DirectoryError`]; nothing is changed then.
    pub fn take(data: &Path) -> Result<Self, DirectoryError> {
        let failed = |source| DirectoryError::Unusable {
            path: data.to_owned(),
            source,
        };
        make_private_directory(data).map_err(failed)?;
        check_access(data)?;
        let mut file = lock_file(data, true).map_err(failed)?;
        // A process that only asks who the owner is holds the lock for a moment, too.
        let mut locked = file.try_lock();
        for _ in 0..MAX_ATTEMPTS {
            if !matches!(locked, Err(TryLockError::WouldBlock)) {
                break;
            }
            std::thread::sleep(RETRY_INTERVAL);
            locked = file.try_lock();
        }
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = written_pid(&mut file);
                return Err(DirectoryError::InUse {
                    path: data.to_owned(),
                    pid,
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        written.map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// Makes sure that this process runs as the user who owns the directory, and that no one else can change what is in it.
fn check_access(data: &Path) -> Result<(), DirectoryError> {
    let failed = |source| DirectoryError::Unusable {
        path: data.to_owned(),
        source,
    };
    let found = fs::metadata(data).map_err(failed)?;
    let user = rustix::process::geteuid().as_raw();
    if found.uid() != user {
        return Err(DirectoryError::OfAnotherUser {
            path: data.to_owned(),
            owner: found.uid(),
            user,
        });
    }
    if found.mode() & WRITABLE_BY_OTHERS != 0 {
        return Err(DirectoryError::WritableByOthers(data.to_owned()));
    }
    Ok(())
}

/// Warns in the log if other users of the machine can enter a data directory, and so read files of earlier versions.
pub fn warn_if_others_can_enter(data: &Path) {
    if let Ok(found) = fs::metadata(data)
        && found.mode() & OPEN_TO_OTHERS != 0
    {
        let data = data.display();
        tracing::warn!(%data, "other users of this machine can enter the data directory; run `chmod 700` on it");
    }
}

/// Returns the number of the process that owns a data directory, if one does.
///
/// # Errors
/// When the lock file cannot be read.
pub fn owner(data: &Path) -> io::Result<Option<String>> {
    let mut file = match lock_file(data, false) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(written_pid(&mut file))),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Opens the lock file. A symbolic link is refused: its target would be overwritten.
fn lock_file(data: &Path, create: bool) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(create).create(create);
    options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    options.open(data.join("lock"))
}

fn written_pid(file: &mut File) -> String {
    /// A process number has at most 10 digits.
    const MAX_BYTES: u64 = 16;
    let mut text = String::new();
    let read = file
        .rewind()
        .and_then(|()| file.take(MAX_BYTES).read_to_string(&mut text));
    let pid = text.trim();
    if read.is_err() || pid.is_empty() {
        "unknown".to_owned()
    } else {
        pid.to_owned()
    }
}
