//! Space on the disk that is kept for withdrawals and erasures: a disk that is full must not keep a text in front of readers.
//!
//! It is a file next to the database of SQLite, whose bytes mean nothing. Who finds no room to withdraw has it made shorter, no more
//! than is needed, writes, and it is as long as before again at once, of what is left: another program that fills the disk
//! gets little of that space, and the next withdrawal finds the rest. On PostgreSQL the space belongs to its administrator,
//! and none is kept here.

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
use tokio::{sync::Notify, task::spawn_blocking};
use tokio_util::sync::CancellationToken;

/// Space that is kept whatever the size of the database: a withdrawal writes its leaf, the head of the log and the audit.
const MIN_BYTES: u64 = 4 << 20;
/// The most that is kept. A withdrawal overwrites texts and attached files in place, so that it writes about as much as it erases.
const MAX_BYTES: u64 = 32 << 20;
/// At most this part of a disk is kept.
const DISK_PART: u64 = 16;
/// A file is made, or made larger, while this many times as much as it has then stays free.
const FREE_TIMES: u64 = 2;
/// What is lent first, enough for the withdrawal of a page; each further part is twice as large.
const MIN_PART_BYTES: u64 = 256 << 10;
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
    used: Mutex<Used>,
    /// Whether less came back than was lent.
    short: Notify,
}

#[derive(Debug, Default)]
struct Used {
    /// How many have borrowed the space.
    borrowers: usize,
    /// Bytes that were kept before it was lent.
    kept: u64,
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
            used: Mutex::default(),
            short: Notify::new(),
        }
    }

    /// Does work that writes; if the disk is full, again with a part of the space that is kept, and with more of it until
    /// there is room or nothing is left.
    ///
    /// # Errors
    /// That of the work.
    pub async fn with_room<T, E, F>(&self, work: impl Fn() -> F) -> Result<T, E>
    where
        E: OfFullDisk,
        F: Future<Output = Result<T, E>>,
    {
        let mut done = work().await;
        let mut lent = Vec::new();
        let mut part = MIN_PART_BYTES;
        while let Err(error) = &done
            && error.is_of_full_disk()
            && self.bytes() > 0
        {
            if lent.is_empty() {
                tracing::warn!("the disk is full; the space that is kept for withdrawals is used");
            }
            lent.push(self.lend(part));
            part = part.saturating_mul(2);
            done = work().await;
        }
        done
    }

    /// Lends the space for opening the database, if there is too little for it otherwise.
    pub fn lend_to_open(&self) -> Option<Lent<'_>> {
        let (free, _) = space(self.database.parent()?)?;
        (free < MIN_OPEN_BYTES && self.bytes() > 0).then(|| self.lend(u64::MAX))
    }

    /// Makes the file once there is room for it, until `stop`.
    pub async fn keep(self: &Arc<Self>, stop: &CancellationToken) {
        const LOOK_EVERY: Duration = Duration::from_secs(60);
        /// While less is kept than should be: others take what becomes free, too.
        const LOOK_SOON: Duration = Duration::from_secs(2);
        loop {
            let reserve = Arc::clone(self);
            let is_whole = spawn_blocking(move || reserve.refill()).await;
            let is_whole = is_whole.unwrap_or_else(|error| {
                tracing::error!(%error, "no space is kept for withdrawals on a full disk");
                true
            });
            let wait = if is_whole { LOOK_EVERY } else { LOOK_SOON };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.short.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Makes the file as long as it was before it was lent, of all that is free; longer, or new, if that leaves enough of the
    /// disk free. Returns whether it is as long as it should be.
    pub fn refill(&self) -> bool {
        let used = self.used();
        used.borrowers == 0 && self.fill(used.kept)
    }

    /// Returns how much is kept now.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let file = self.file.as_ref().and_then(|file| fs::metadata(file).ok());
        file.map_or(0, |file| file.len())
    }

    /// Returns how much is kept now, and how much should be; `None` where none is kept.
    #[must_use]
    pub fn kept(&self) -> Option<(u64, u64)> {
        let (_, total) = space(self.file.as_ref()?.parent()?)?;
        let database = fs::metadata(&self.database).ok()?;
        Some((self.bytes(), wanted(database.len(), total)))
    }

    /// Lends so many bytes, or as many as there are.
    fn lend(&self, part: u64) -> Lent<'_> {
        let mut used = self.used();
        used.borrowers += 1;
        let held = self.bytes();
        used.kept = used.kept.max(held);
        if let Some(file) = &self.file
            && let Err(error) = shorten(file, held.saturating_sub(part))
        {
            tracing::warn!(file = %file.display(), %error, "the space that is kept for withdrawals cannot be used");
        }
        Lent(self)
    }

    /// Makes the file as long as it should be: up to `kept` bytes of all that is free, and beyond that while enough stays free.
    /// Returns whether it is.
    fn fill(&self, kept: u64) -> bool {
        let Some((file, directory)) = self.file.as_ref().and_then(|f| Some((f, f.parent()?)))
        else {
            return true;
        };
        let (Some((free, total)), Ok(database)) = (space(directory), fs::metadata(&self.database))
        else {
            return true;
        };
        let (wanted, held) = (wanted(database.len(), total), self.bytes());
        let fair = free.saturating_add(held) / (FREE_TIMES + 1);
        let mut more = wanted.min(fair.max(kept)).saturating_sub(held).min(free);
        for _ in 0..MAX_ATTEMPTS {
            if more == 0 {
                break;
            }
            match extend(file, held, more) {
                Ok(()) => break,
                // Also where a quota of this user is used up.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
                    ) =>
                {
                    more -= more.div_ceil(8)
                }
                Err(error) => {
                    tracing::warn!(file = %file.display(), %error, "no space is kept for withdrawals on a full disk");
                    return true;
                }
            }
        }
        self.bytes() >= wanted
    }

    fn used(&self) -> std::sync::MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut used = self.0.used();
        used.borrowers -= 1;
        if used.borrowers == 0 && !self.0.fill(used.kept) {
            self.0.short.notify_one();
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

/// Makes a file as short as this, so that others can use the space.
fn shorten(file: &Path, length: u64) -> io::Result<()> {
    if length > 0 {
        let file = fs::OpenOptions::new().write(true).open(file)?;
        file.set_len(length)?;
        return file.sync_all();
    }
    fs::remove_file(file)?;
    if let Some(directory) = file.parent() {
        // Some file systems give the space back only once the removal is on the disk.
        fs::File::open(directory)?.sync_all()?;
    }
    Ok(())
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
    use std::sync::atomic::{AtomicU64, Ordering};

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
        // In parts: 256 KiB, 512 KiB, 1 MiB, 2 MiB, and the rest.
        let kib = seen
            .lock()
            .unwrap()
            .iter()
            .map(|bytes| bytes >> 10)
            .collect::<Vec<_>>();
        assert_eq!(kib, [4096, 4096, 3840, 3328, 2304, 256, 0]);
        assert_eq!(reserve.bytes(), MIN_BYTES);
        // No more than is needed.
        let attempts = AtomicU64::new(0);
        let third = || async {
            match attempts.fetch_add(1, Ordering::Relaxed) {
                0 | 1 => Err(Fault::Full),
                _ => Ok(reserve.bytes()),
            }
        };
        let left = reserve.with_room(third).await.unwrap();
        assert_eq!(left >> 10, 3328);
        assert_eq!(reserve.bytes(), MIN_BYTES);
        // It grows with the database, and another borrower keeps it away.
        fs::write(&database, vec![0; 3 << 20]).unwrap();
        let (one, two) = (reserve.lend(u64::MAX), reserve.lend(u64::MAX));
        drop(one);
        assert!(!reserve.refill());
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
