//! The index on disk: opening, applying changes, erasing, and a new index while the old one serves.
//!
//! One writer at a time, held by the directory's lock. Readers see a change as soon as the call
//! that applied it has returned. A commit carries the number of the last change in its payload, so
//! that an index knows by itself where to continue.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tantivy::directory::MmapDirectory;
use tantivy::indexer::UserOperation;
use tantivy::store::Compressor;
use tantivy::{IndexSettings, IndexWriter, Searcher, Term};

use crate::entry::{Change, Key};
use crate::error::IndexError;
use crate::live::Live;
use crate::opening::{
    finish_swap, foreign, open_earlier, open_live, open_writer, remove, sibling, write_version,
};
use crate::schema::{self, Fields};

/// Stored documents are compressed in blocks of this size, most documents in one of their own: a hit unpacks one of them.
const STORE_BLOCK_BYTES: usize = 4 << 10;

/// Changes that are handed to the thread that writes at a time: each hand-over wakes it.
const RUN_CHANGES: usize = 64;

/// An open index. Shared between threads; every method blocks.
pub struct Index {
    pub(crate) directory: PathBuf,
    pub(crate) live: RwLock<Arc<Live>>,
    pub(crate) writer: Mutex<Option<IndexWriter>>,
    pub(crate) progress: AtomicU64,
    /// Entries that were added and that searches may not see yet.
    unseen: Mutex<HashSet<Key>>,
    /// How often words were erased: what was learnt from before may have them.
    pub(crate) erasures: AtomicU64,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("directory", &self.directory)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

/// What [`Index::open_or_replace`] found.
#[derive(Debug)]
pub struct Opened {
    /// The index, empty where it had to be replaced.
    pub index: Index,
    /// The number of the last change it holds.
    pub progress: u64,
    /// Why an earlier index was not used, if there was one.
    pub replaced: Option<IndexError>,
}

impl Opened {
    fn with(index: Index, progress: u64) -> Self {
        Self {
            index,
            progress,
            replaced: None,
        }
    }
}

/// The size and state of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Documents that can be found.
    pub documents: u64,
    /// How many segments it has; each costs a search something.
    pub segments: usize,
    /// Deleted documents whose words are still in the files.
    pub deleted: u64,
    /// The number of the last change applied.
    pub progress: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

impl Index {
    /// Opens the index in `directory` and returns it with the number of the last change it holds.
    ///
    /// # Errors
    /// `Missing`, `Damaged` and `Foreign` ask for a rebuild ([`IndexError::needs_rebuild`]).
    pub fn open(directory: &Path) -> Result<(Self, u64), IndexError> {
        finish_swap(directory)?;
        let (live, progress) = open_live(directory)?;
        remove(&sibling(directory, "rebuild"))
            .map_err(|error| IndexError::from_io(directory, error))?;
        Ok((Self::new(directory, live, progress), progress))
    }

    /// Makes an empty index in `directory`, which must not exist or be empty.
    ///
    /// # Errors
    /// `Full` and `Other`, from the disk.
    pub fn create(directory: &Path) -> Result<Self, IndexError> {
        let on_disk = |error| IndexError::from_io(directory, error);
        fs::create_dir_all(directory).map_err(on_disk)?;
        let settings = IndexSettings {
            docstore_compression: Compressor::Lz4,
            docstore_blocksize: STORE_BLOCK_BYTES,
            ..IndexSettings::default()
        };
        let mmap = MmapDirectory::open(directory)
            .map_err(|error| IndexError::from_tantivy(directory, error.into()))?;
        tantivy::Index::create(mmap, schema::build(), settings)
            .map_err(|error| IndexError::from_tantivy(directory, error))?;
        write_version(directory).map_err(on_disk)?;
        let (live, progress) = open_live(directory)?;
        Ok(Self::new(directory, live, progress))
    }

    /// Opens the index in `directory`. One of an earlier format serves until a new one takes its place
    /// ([`Index::is_earlier`]). Where it cannot be opened at all and a rebuild helps, moves the old files aside and makes
    /// an empty index, which is filled from the start while it serves.
    ///
    /// # Errors
    /// What a rebuild would not fix: `Locked`, `Full`, `Other`.
    pub fn open_or_replace(directory: &Path) -> Result<Opened, IndexError> {
        let error = match Self::open(directory) {
            Ok((index, progress)) => return Ok(Opened::with(index, progress)),
            Err(error) if error.needs_rebuild() => error,
            Err(error) => return Err(error),
        };
        if matches!(error, IndexError::Foreign { .. })
            && let Some((live, progress)) = open_earlier(directory)
        {
            let index = Self::new(directory, live, progress);
            return Ok(Opened::with(index, progress));
        }
        let side = sibling(directory, "rebuild");
        remove(&side).map_err(|error| IndexError::from_io(&side, error))?;
        if directory.exists() {
            let aside = sibling(directory, "aside");
            remove(&aside).map_err(|error| IndexError::from_io(&aside, error))?;
            fs::rename(directory, &aside).map_err(|error| IndexError::from_io(directory, error))?;
        }
        let replaced = (!matches!(error, IndexError::Missing { .. })).then_some(error);
        Ok(Opened {
            replaced,
            ..Opened::with(Self::create(directory)?, 0)
        })
    }

    /// Applies changes in order and commits them with `progress`, the number of the last one.
    /// When it returns, searches see them; if it fails, none of them is applied.
    ///
    /// # Errors
    /// `Full` and `Locked` may pass by themselves; `Damaged` asks for a rebuild.
    pub fn apply(&self, changes: &[Change], progress: u64) -> Result<(), IndexError> {
        self.add(changes)?;
        self.commit(progress)
    }

    /// Adds changes, in order, to those that the next [`Index::commit`] applies. Give changes that
    /// may have been added before an error again: what is added twice counts once. Returns how many entries are removed
    /// and added: none where all changes delete what is not there.
    ///
    /// # Errors
    /// As for [`Index::apply`]; all changes since the last commit are then forgotten.
    pub fn add(&self, changes: &[Change]) -> Result<u64, IndexError> {
        let live = self.live();
        let searcher = live.reader.searcher();
        let mut unseen = self.unseen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut written = 0;
        for changes in changes.chunks(RUN_CHANGES) {
            let operations = operations(changes, &live.fields, &searcher, &mut unseen);
            if operations.is_empty() {
                continue;
            }
            written += u64::try_from(operations.len()).unwrap_or(u64::MAX);
            self.write(|writer, _| writer.run(operations).map(drop))?;
        }
        Ok(written)
    }

    /// Commits the changes that were added, with `progress`, the number of the last one. When it
    /// returns, searches see them.
    ///
    /// # Errors
    /// As for [`Index::add`].
    pub fn commit(&self, progress: u64) -> Result<(), IndexError> {
        // Held throughout, as in `add`: what is added after the commit must not be taken out of it.
        let mut unseen = self.unseen.lock().unwrap_or_else(PoisonError::into_inner);
        let live = self.write(|writer, _| {
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(&progress.to_string());
            prepared.commit()?;
            Ok(())
        })?;
        live.reload()
            .map_err(|error| IndexError::from_tantivy(&self.directory, error))?;
        unseen.clear();
        self.progress.store(progress, Ordering::Release);
        Ok(())
    }

    /// Hands the writer to `work`; returns what searches use.
    fn write(
        &self,
        work: impl FnOnce(&mut IndexWriter, &Fields) -> tantivy::Result<()>,
    ) -> Result<Arc<Live>, IndexError> {
        let live = self.live();
        let mut held = self.hold_writer();
        let result = self.writer(&live, &mut held).and_then(|writer| {
            work(writer, &live.fields)
                .map_err(|error| IndexError::from_tantivy(&self.directory, error))
        });
        if result.is_err() {
            // A writer that failed once may be unusable; the next call opens a new one, which
            // begins at the last commit.
            *held = None;
        }
        result.map(|()| live)
    }

    /// Says that the changes up to `progress` have nothing for this index. It is not written: after a restart they are
    /// looked at again.
    pub fn pass(&self, progress: u64) {
        self.progress.fetch_max(progress, Ordering::AcqRel);
    }

    /// Returns the number of the last change applied.
    pub fn progress(&self) -> u64 {
        self.progress.load(Ordering::Acquire)
    }

    /// Returns whether the index is of an earlier format. It answers searches and takes no changes; build a new one
    /// ([`Index::resume_replacement`]).
    pub fn is_earlier(&self) -> bool {
        self.live().is_earlier
    }

    /// Returns how many documents can be found.
    pub fn documents(&self) -> u64 {
        self.live().reader.searcher().num_docs()
    }

    /// Returns the size and state of the index.
    ///
    /// # Errors
    /// `Other`, from the disk.
    pub fn status(&self) -> Result<Status, IndexError> {
        let live = self.live();
        let searcher = live.reader.searcher();
        let mut bytes = 0;
        for file in
            fs::read_dir(&self.directory).map_err(|e| IndexError::from_io(&self.directory, e))?
        {
            // A merge may remove a file between listing and looking at it.
            bytes += file
                .and_then(|file| file.metadata())
                .map_or(0, |metadata| metadata.len());
        }
        let deleted = searcher
            .segment_readers()
            .iter()
            .map(|s| u64::from(s.num_deleted_docs()))
            .sum();
        Ok(Status {
            documents: searcher.num_docs(),
            segments: searcher.segment_readers().len(),
            deleted,
            progress: self.progress(),
            bytes,
        })
    }

    /// Returns the directory of the index.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn damaged(&self, detail: &str) -> IndexError {
        IndexError::Damaged {
            path: self.directory.clone(),
            detail: detail.to_owned(),
        }
    }

    pub(crate) fn new(directory: &Path, live: Live, progress: u64) -> Self {
        Self {
            directory: directory.to_owned(),
            live: RwLock::new(Arc::new(live)),
            writer: Mutex::new(None),
            progress: AtomicU64::new(progress),
            unseen: Mutex::default(),
            erasures: AtomicU64::new(0),
        }
    }

    pub(crate) fn hold_writer(&self) -> MutexGuard<'_, Option<IndexWriter>> {
        self.writer.lock().unwrap_or_else(|poisoned| {
            // What a panic interrupted was not committed.
            let mut held = poisoned.into_inner();
            *held = None;
            held
        })
    }

    pub(crate) fn writer<'a>(
        &self,
        live: &Live,
        held: &'a mut Option<IndexWriter>,
    ) -> Result<&'a mut IndexWriter, IndexError> {
        if live.is_earlier {
            return Err(foreign(&self.directory, "of an earlier version"));
        }
        if held.is_none() {
            let writer = open_writer(live)
                .map_err(|error| IndexError::from_tantivy(&self.directory, error))?;
            self.remove_attempts(live, &writer)?;
            *held = Some(writer);
        }
        held.as_mut().ok_or_else(|| self.damaged("no writer"))
    }
}

/// Returns what the writer does about changes. An entry is deleted only where there may be one: a deletion looks into
/// every segment.
fn operations(
    changes: &[Change],
    fields: &Fields,
    searcher: &Searcher,
    unseen: &mut HashSet<Key>,
) -> Vec<UserOperation> {
    let mut operations = Vec::with_capacity(2 * changes.len());
    for change in changes {
        let (key, entry) = match change {
            Change::Put(entry) => (entry.key, Some(entry)),
            Change::Delete(key) => (*key, None),
        };
        let term = Term::from_field_text(fields.key, &key.to_string());
        let may_exist = unseen.contains(&key) || searcher.doc_freq(&term).map_or(true, |n| n > 0);
        if may_exist {
            operations.push(UserOperation::Delete(term));
        }
        if let Some(entry) = entry {
            unseen.insert(key);
            operations.push(UserOperation::Add(schema::document(fields, entry)));
        }
    }
    operations
}
