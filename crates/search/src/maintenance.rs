//! Maintenance of an index: erasing, merging, verifying, and building a new one while the old one
//! serves.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tantivy::IndexWriter;
use tantivy::index::{SegmentComponent, SegmentId};

use crate::error::IndexError;
use crate::index::Index;
use crate::live::Live;
use crate::opening::{open_live, remove, sibling};

/// How often erasing tries again to remove a file that a running search still uses.
const ERASE_TRIES: u32 = 40;
const ERASE_PAUSE: Duration = Duration::from_millis(50);

/// Documents of a segment, about, and the most segments that are left after a merge. A search looks each word up in each of
/// them, and an erasure rewrites those from which a document has gone.
const SEGMENT_DOCUMENTS: u64 = 20_000;
const MAX_SEGMENTS: usize = 4;

/// What [`Index::erase`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Segments that held deleted documents and were rewritten by this call.
    pub segments: usize,
    /// Whether the directory holds only files of the present index. If not, a search still uses
    /// an old one: try again.
    pub complete: bool,
}

/// Returns how many segments an index of so many documents has after a merge.
fn segments(documents: u64) -> usize {
    let segments = documents.div_ceil(SEGMENT_DOCUMENTS);
    usize::try_from(segments).map_or(MAX_SEGMENTS, |segments| segments.clamp(1, MAX_SEGMENTS))
}

impl Index {
    /// Rewrites every segment that holds deleted documents and removes the old files, so that no
    /// word of a deleted document is left in any file of the index.
    ///
    /// # Errors
    /// As for [`Index::apply`].
    pub fn erase(&self) -> Result<Erased, IndexError> {
        let live = self.live();
        let mut held = self.hold_writer();
        let fail = |error| IndexError::from_tantivy(&self.directory, error);
        // Step 1: running merges may use a segment that must be rewritten, so wait for them.
        if let Some(writer) = held.take() {
            writer.wait_merging_threads().map_err(fail)?;
        }
        let writer = self.writer(&live, &mut held)?;
        let stale: Vec<SegmentId> = live
            .index
            .searchable_segment_metas()
            .map_err(fail)?
            .iter()
            .filter(|segment| segment.has_deletes())
            .map(|segment| segment.id())
            .collect();
        // Step 2: rewrite every segment that holds deleted documents.
        for segment in &stale {
            writer.merge(&[*segment]).wait().map_err(fail)?;
        }
        live.reload().map_err(fail)?;
        self.erasures.fetch_add(1, Ordering::AcqRel);
        self.erase_vectors(&live)?;
        // Step 3: remove the old files, as soon as no search uses them.
        let mut complete = false;
        for _ in 0..ERASE_TRIES {
            writer.garbage_collect_files().wait().map_err(fail)?;
            complete = !self.holds_stale_files(&live)?;
            if complete {
                break;
            }
            std::thread::sleep(ERASE_PAUSE);
        }
        Ok(Erased {
            segments: stale.len(),
            complete,
        })
    }

    /// Merges the smallest segments until few are left, one in a small index. Worth its time after many changes: each
    /// segment costs every search something.
    ///
    /// # Errors
    /// As for [`Index::apply`].
    pub fn compact(&self) -> Result<(), IndexError> {
        let live = self.live();
        let mut held = self.hold_writer();
        let fail = |error| IndexError::from_tantivy(&self.directory, error);
        if let Some(writer) = held.take() {
            writer.wait_merging_threads().map_err(fail)?;
        }
        let writer = self.writer(&live, &mut held)?;
        let mut metas = live.index.searchable_segment_metas().map_err(fail)?;
        let documents: u64 = metas.iter().map(|meta| u64::from(meta.num_docs())).sum();
        let keep = segments(documents);
        if metas.len() > keep {
            metas.sort_by_key(|segment| segment.num_docs());
            let smallest = metas.iter().take(metas.len() - keep + 1);
            let smallest: Vec<SegmentId> = smallest.map(|segment| segment.id()).collect();
            drop(metas);
            writer.merge(&smallest).wait().map_err(fail)?;
        }
        live.reload().map_err(fail)?;
        writer.garbage_collect_files().wait().map_err(fail)?;
        Ok(())
    }

    /// Makes an empty index next to this one, to be filled and then put in its place by
    /// [`Index::replace_with`]. Removes what an earlier attempt left.
    ///
    /// # Errors
    /// `Full` and `Other`, from the disk.
    pub fn create_replacement(&self) -> Result<Self, IndexError> {
        let side = sibling(&self.directory, "rebuild");
        remove(&side).map_err(|error| IndexError::from_io(&side, error))?;
        Self::create(&side)
    }

    /// Continues with what an earlier attempt left next to this index, or makes an empty one as
    /// [`Index::create_replacement`] does. Its progress says where to continue.
    ///
    /// # Errors
    /// `Full` and `Other`, from the disk.
    pub fn resume_replacement(&self) -> Result<Self, IndexError> {
        let side = sibling(&self.directory, "rebuild");
        match open_live(&side) {
            Ok((live, progress)) => Ok(Self::new(&side, live, progress)),
            Err(_) => self.create_replacement(),
        }
    }

    /// Replaces this index with `rebuilt`, made by [`Index::create_replacement`]: searches switch to it,
    /// and the old files are removed. Its progress becomes this index's progress.
    ///
    /// # Errors
    /// From the disk; the old index then keeps serving.
    pub fn replace_with(&self, rebuilt: Self) -> Result<(), IndexError> {
        let fail = |error| IndexError::from_tantivy(&self.directory, error);
        let on_disk = |error| IndexError::from_io(&self.directory, error);
        // Step 1: end all writing, in both indexes.
        let side = rebuilt.close().map_err(fail)?;
        let mut held = self.hold_writer();
        let there = self.directory.exists();
        match held.take().map(IndexWriter::wait_merging_threads) {
            // If the directory is gone, its merges fail, and that does not matter.
            Some(Err(error)) if there => return Err(fail(error)),
            _ => {}
        }
        // Step 2: swap the directories. `finish_swap` completes this after a crash.
        let old = sibling(&self.directory, "old");
        remove(&old).map_err(on_disk)?;
        if there {
            fs::rename(&self.directory, &old).map_err(on_disk)?;
        }
        if let Err(error) = fs::rename(&side, &self.directory) {
            // Searches still use the old files; put them back where the next start looks.
            if there {
                fs::rename(&old, &self.directory).map_err(on_disk)?;
            }
            return Err(on_disk(error));
        }
        // Step 3: let searches use the new files, then remove the old ones.
        let (live, progress) = open_live(&self.directory)?;
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(live);
        self.progress.store(progress, Ordering::Release);
        remove(&old).map_err(on_disk)
    }

    /// Reads every file and compares it with its checksum.
    ///
    /// # Errors
    /// `Damaged`, naming the files.
    pub fn verify(&self) -> Result<(), IndexError> {
        let live = self.live();
        let damaged = live
            .index
            .validate_checksum()
            .map_err(|error| IndexError::from_tantivy(&self.directory, error))?;
        if damaged.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = damaged
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        Err(self.damaged(&format!("checksums differ: {}", names.join(", "))))
    }

    /// Removes what [`Index::open_or_replace`] moved aside. It may hold words of documents that
    /// were withdrawn since, so it must not outlive the rebuild.
    ///
    /// # Errors
    /// `Other`, from the disk.
    pub fn remove_aside(&self) -> Result<(), IndexError> {
        let aside = sibling(&self.directory, "aside");
        remove(&aside).map_err(|error| IndexError::from_io(&aside, error))
    }

    /// Removes what a write left that failed half way, as on a full disk. The next one would make a list of deleted documents
    /// of the same name, and refuses to replace a file.
    pub(crate) fn remove_attempts(
        &self,
        live: &Live,
        writer: &IndexWriter,
    ) -> Result<(), IndexError> {
        let on_disk = |error| IndexError::from_io(&self.directory, error);
        // The files are removed before the list of them is written. If there is no room for it yet, that does not matter here.
        let _ = writer.garbage_collect_files().wait();
        // A file that was made while that list could not be written is not in it.
        let metas = live.index.searchable_segment_metas();
        let metas = metas.map_err(|error| IndexError::from_tantivy(&self.directory, error))?;
        let named: HashSet<PathBuf> = metas
            .iter()
            .map(|segment| segment.relative_path(SegmentComponent::Delete))
            .collect();
        for file in fs::read_dir(&self.directory).map_err(on_disk)? {
            let name = PathBuf::from(file.map_err(on_disk)?.file_name());
            let is_list = name.extension().is_some_and(|end| end == "del");
            if is_list && !named.contains(&name) {
                remove(&self.directory.join(&name)).map_err(on_disk)?;
            }
        }
        Ok(())
    }

    /// Ends all writing and returns the directory.
    fn close(self) -> tantivy::Result<PathBuf> {
        let writer = self
            .writer
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = writer {
            writer.wait_merging_threads()?;
        }
        Ok(self.directory)
    }

    /// Returns whether the directory holds files of segments that are not part of the index.
    fn holds_stale_files(&self, live: &Live) -> Result<bool, IndexError> {
        let on_disk = |error| IndexError::from_io(&self.directory, error);
        let current: Vec<String> = live
            .index
            .searchable_segment_ids()
            .map_err(|error| IndexError::from_tantivy(&self.directory, error))?
            .iter()
            .map(|segment| segment.uuid_string())
            .collect();
        for file in fs::read_dir(&self.directory).map_err(on_disk)? {
            let name = file.map_err(on_disk)?.file_name();
            let name = name.to_string_lossy();
            let is_segment = name.split('.').next().is_some_and(|stem| stem.len() == 32);
            if is_segment && !current.iter().any(|stem| name.starts_with(stem.as_str())) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_index_has_one_segment() {
        for (documents, expected) in [
            (0, 1),
            (20_000, 1),
            (20_001, 2),
            (60_000, 3),
            (1_000_000, 4),
            (u64::MAX, 4),
        ] {
            assert_eq!(segments(documents), expected, "{documents}");
        }
    }
}
