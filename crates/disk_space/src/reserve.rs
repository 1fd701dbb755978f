//! Space on the disk that is kept for withdrawals and erasures: a disk that is full must not keep a text in front of readers.
//!
//! It is a file next to the database of SQLite, whose bytes mean nothing. Who finds no room to withdraw has it removed, writes, and
//! it is made again at once of what is left: nothing else gets that space but by chance. On PostgreSQL the space belongs to
//! its administrator, and none is kept here.

use std::{
    fs, io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::space;
use rustix::{
    fs::{FallocateFlags, fallocate},
    io::Errno,
};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// Space that is kept whatever the size of the database: a withdrawal writes its leaf, the head of the log and the audit.
const MIN_BYTES: u64 = 4 << 20;
/// The most that is kept. A withdrawal overwrites texts and attached files in place, so that it writes about as much as it erases.
const MAX_BYTES: u64 = 32 << 20;
/// At most this part of a disk is kept.
const DISK_PART: u64 = 16;
/// A file is made, or made larger, while this many times as much stays free.
const FREE_TIMES: u64 = 2;
/// With less space than this a database may not even be opened: SQLite needs 32 KiB for that, and an upgrade of its log more.
const MIN_OPEN_BYTES: u64 = 1 << 20;
/// Attempts to make the file, each with an eighth less: the file system needs some of what is free for itself.
const MAX_ATTEMPTS: u32 = 8;
/// Bytes that are written at once where a file system cannot set space aside otherwise.
const CHUNK_BYTES: usize = 64 << 10;

/// Says of an error whether it came from a full disk.
pub trait OfFullDisk {
    /// Returns whether there was no room to write.
    fn is_of_full_disk(&self) -> bool;
}

/// The file that keeps the space.
#[derive(Debug)]
pub struct Reserve {
    /// `None` where no space is kept.
    file: Option<PathBuf>,
    /// The database, whose size says how much is kept.
    database: PathBuf,
    /// How many have borrowed the space.
    borrowers: Mutex<usize>,
}

/// The space while it may be written; it is kept again when the last of these is dropped.
#[must_use]
pub struct Lent<'a>(&'a Reserve);

impl Reserve {
    /// Returns the reserve for a database in a file; for one elsewhere it keeps nothing. Nothing is written yet.
    #[must_use]
    pub fn new(database: Option<&Path>) -> Self {
        let file = database.map(|database| {
            let mut name = database.as_os_str().to_owned();
            name.push("-reserve");
            PathBuf::from(name)
        });
        Self {
            file,
            database: database.unwrap_or(Path::new("")).to_owned(),
            borrowers: Mutex::default(),
        }
    }

    /// Does work that writes; if the disk is full, again with the space that is kept.
    ///
    /// # Errors
    /// That of the work.
    pub async fn with_room<T, E, F>(&self, work: impl Fn() -> F) -> Result<T, E>
    where
        E: OfFullDisk,
        F: Future<Output = Result<T, E>>,
    {
        match work().await {
            Err(error) if error.is_of_full_disk() && self.bytes() > 0 => {
                tracing::warn!("the disk is full; the space that is kept for withdrawals is used");
                let _lent = self.lend();
                work().await
            }
            done => done,
        }
    }

    /// Lends the space for opening the database, if there is too little for it otherwise.
    pub fn lend_to_open(&self) -> Option<Lent<'_>> {
        let (free, _) = space(self.database.parent()?)?;
        (free < MIN_OPEN_BYTES && self.bytes() > 0).then(|| self.lend())
    }

    /// Makes the file once there is room for it, until `stop`.
    pub async fn keep(self: &Arc<Self>, stop: &CancellationToken) {
        const LOOK_EVERY: Duration = Duration::from_secs(60);
        loop {
            let reserve = Arc::clone(self);
            if let Err(error) = spawn_blocking(move || reserve.refill()).await {
                tracing::error!(%error, "no space is kept for withdrawals on a full disk");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Makes the file, or makes it larger, if that leaves enough of the disk free.
    pub fn refill(&self) {
        let borrowers = self.borrowers();
        if *borrowers == 0 {
            self.fill(FREE_TIMES);
        }
    }

    /// Returns how much is kept now.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let file = self.file.as_ref().and_then(|file| fs::metadata(file).ok());
        file.map_or(0, |file| file.len())
    }

    fn lend(&self) -> Lent<'_> {
        *self.borrowers() += 1;
        if let Some(file) = &self.file
            && fs::remove_file(file).is_ok()
            // Some file systems give the space back only once the removal is on the disk.
            && let Some(directory) = file.parent()
            && let Ok(directory) = fs::File::open(directory)
        {
            // Where it cannot be waited for, the space comes a moment later.
            let _ = directory.sync_all();
        }
        Lent(self)
    }

    /// Makes the file as large as it should be, while `free_times` as much stays free.
    fn fill(&self, free_times: u64) {
        let Some((file, directory)) = self.file.as_ref().and_then(|f| Some((f, f.parent()?)))
        else {
            return;
        };
        let (Some((free, total)), Ok(database)) = (space(directory), fs::metadata(&self.database))
        else {
            return;
        };
        let database = database.len();
        let (wanted, held) = (wanted(database, total), self.bytes());
        let room = free.saturating_sub(wanted.saturating_mul(free_times));
        let mut more = wanted.saturating_sub(held).min(room);
        for _ in 0..MAX_ATTEMPTS {
            if more == 0 {
                return;
            }
            match extend(file, held, more) {
                Ok(()) => return,
                Err(error) if error.kind() == io::ErrorKind::StorageFull => {
                    more -= more.div_ceil(8)
                }
                Err(error) => {
                    tracing::warn!(file = %file.display(), %error, "no space is kept for withdrawals on a full disk");
                    return;
                }
            }
        }
    }

    fn borrowers(&self) -> std::sync::MutexGuard<'_, usize> {
        self.borrowers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut borrowers = self.0.borrowers();
        *borrowers -= 1;
        if *borrowers == 0 {
            // All that is left, since it was kept before.
            self.0.fill(0);
        }
    }
}

/// Returns how much is kept for a database of this size on a disk of this size.
fn wanted(database: u64, disk: u64) -> u64 {
    MIN_BYTES
        .saturating_add(database)
        .min(MAX_BYTES)
        .min(disk / DISK_PART)
}

/// Makes a file `more` bytes longer than `held`, with space on the disk for each; if that fails, it is as long as before.
fn extend(file: &Path, held: u64, more: u64) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let mut file = options.append(true).create(true).mode(0o600).open(file)?;
    let extended = match fallocate(&file, FallocateFlags::empty(), held, more) {
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => write_noise(&mut file, more),
        other => other.map_err(io::Error::from),
    };
    extended.or_else(|error| {
        file.set_len(held)?;
        Err(error)
    })
}

/// Writes bytes that a file system cannot compress.
fn write_noise(file: &mut fs::File, mut more: u64) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    while more > 0 {
        let length = usize::try_from(more).map_or(CHUNK_BYTES, |more| more.min(CHUNK_BYTES));
        chunk.truncate(length);
        getrandom::fill(&mut chunk).map_err(io::Error::other)?;
        io::Write::write_all(file, &chunk)?;
        more -= chunk.len() as u64;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[derive(Debug)]
    enum Fault {
        Full,
        Locked,
    }

    impl OfFullDisk for Fault {
        fn is_of_full_disk(&self) -> bool {
            matches!(self, Self::Full)
        }
    }

    #[test]
    fn what_is_kept_follows_the_database_and_is_little_of_a_small_disk() {
        for (database, disk, expected) in [
            (0, 1 << 40, 4 * MIB),
            (MIB, 1 << 40, 5 * MIB),
            (100 * MIB, 1 << 40, 32 * MIB),
            (u64::MAX, u64::MAX, 32 * MIB),
            (MIB, 32 * MIB, 2 * MIB),
            (0, 0, 0),
        ] {
            assert_eq!(wanted(database, disk), expected, "{database} {disk}");
        }
    }

    #[tokio::test]
    async fn it_is_lent_for_a_second_attempt_only_and_kept_again_after_it() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("node.db");
        fs::write(&database, "").unwrap();
        let reserve = Reserve::new(Some(&database));
        let full = || async { Err::<(), _>(Fault::Full) };
        assert!(reserve.with_room(full).await.is_err());
        assert_eq!(reserve.bytes(), 0, "nothing was kept yet");
        reserve.refill();
        assert_eq!(reserve.bytes(), MIN_BYTES);
        let seen = Mutex::new(Vec::new());
        let work = |error: fn() -> Fault| {
            let seen = &seen;
            let reserve = &reserve;
            move || async move {
                seen.lock().unwrap().push(reserve.bytes());
                Err::<(), _>(error())
            }
        };
        assert!(reserve.with_room(work(|| Fault::Locked)).await.is_err());
        assert!(reserve.with_room(work(|| Fault::Full)).await.is_err());
        assert_eq!(*seen.lock().unwrap(), [MIN_BYTES, MIN_BYTES, 0]);
        assert_eq!(reserve.bytes(), MIN_BYTES);
        // It grows with the database, and another borrower keeps it away.
        fs::write(&database, vec![0; 3 << 20]).unwrap();
        let (one, two) = (reserve.lend(), reserve.lend());
        drop(one);
        reserve.refill();
        assert_eq!(reserve.bytes(), 0);
        drop(two);
        assert_eq!(reserve.bytes(), MIN_BYTES + 3 * MIB);
        let elsewhere = Reserve::new(None);
        elsewhere.refill();
        assert_eq!(elsewhere.bytes(), 0);
    }

    #[test]
    fn a_file_system_that_sets_nothing_aside_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("noise");
        let mut file = fs::File::create(&path).unwrap();
        let bytes = 3 * CHUNK_BYTES as u64 + 17;
        write_noise(&mut file, bytes).unwrap();
        assert_eq!(fs::metadata(path).unwrap().len(), bytes);
    }
}
