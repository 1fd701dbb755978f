//! The files of an index: what is checked when it is opened, how its writer merges, and its directory in other states.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tantivy::index::SegmentComponent;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, ReloadPolicy};

use crate::analyzer;
use crate::error::IndexError;
use crate::facet_table::Tables;
use crate::index::Live;
use crate::schema::{self, SCHEMA_VERSION};

/// Memory of the writer; a segment is written out when it is full.
const WRITER_BYTES: usize = 56 << 20;

/// Unpacked blocks kept per segment.
const STORE_CACHE_BLOCKS: usize = 50;

/// Segments of up to this many documents count as equally small when merging. Documents that are published one by one are
/// merged with all those of a small segment each third time.
const SMALL_SEGMENT_DOCUMENTS: u32 = 50;

/// Equally large segments are merged when there are this many of them.
const MERGE_SEGMENTS: usize = 4;

/// A segment with a greater part of its documents deleted is rewritten.
const MAX_DELETED_RATIO: f32 = 0.25;

/// The file that says which format the directory has: the version, and the names of the facets.
const VERSION_FILE: &str = "wardround-search";

/// Writes the file that [`open_live`] checks first.
pub(crate) fn write_version(directory: &Path) -> io::Result<()> {
    let version = format!("{SCHEMA_VERSION}\n{}\n", schema::facet_names());
    fs::write(directory.join(VERSION_FILE), version)
}

/// Refuses an index whose format or facets are not those of this program.
fn check_version(directory: &Path) -> Result<(), IndexError> {
    let found = fs::read_to_string(directory.join(VERSION_FILE)).unwrap_or_else(|_| "none".into());
    let (version, facets) = found.split_once('\n').unwrap_or((&found, ""));
    if version.trim() != SCHEMA_VERSION.to_string() {
        let found: String = version.trim().chars().take(40).collect();
        return Err(foreign(directory, &found));
    }
    if facets.trim() != schema::facet_names() {
        return Err(foreign(directory, "with other facets"));
    }
    Ok(())
}

fn foreign(directory: &Path, found: &str) -> IndexError {
    IndexError::Foreign {
        path: directory.to_owned(),
        found: found.to_owned(),
        known: SCHEMA_VERSION,
    }
}

/// Opens what searches use, with the number of the last change that it holds.
pub(crate) fn open_live(directory: &Path) -> Result<(Live, u64), IndexError> {
    let fail = |error| IndexError::from_tantivy(directory, error);
    if !directory.join("meta.json").exists() {
        let empty = fs::read_dir(directory).map_or(true, |mut files| files.next().is_none());
        return Err(if empty {
            IndexError::Missing {
                path: directory.to_owned(),
            }
        } else {
            IndexError::Damaged {
                path: directory.to_owned(),
                detail: "the file `meta.json` is missing".to_owned(),
            }
        });
    }
    check_version(directory)?;
    let (schema, fields) = schema::build();
    let mut index = tantivy::Index::open_in_dir(directory).map_err(fail)?;
    if index.schema() != schema {
        return Err(foreign(directory, "with other fields"));
    }
    index.set_tokenizers(analyzer::tokenizers());
    let payload = index.load_metas().map_err(fail)?.payload;
    let progress = match payload {
        None => 0,
        Some(payload) => payload.parse().map_err(|_| IndexError::Damaged {
            path: directory.to_owned(),
            detail: format!("the last commit says `{payload}` instead of a number"),
        })?,
    };
    for segment in index.searchable_segments().map_err(fail)? {
        // tantivy's reader treats a missing positions file as an empty one; in this index it always exists.
        segment
            .open_read(SegmentComponent::Positions)
            .map_err(|error| fail(error.into()))?;
    }
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .doc_store_cache_num_blocks(STORE_CACHE_BLOCKS)
        .try_into()
        .map_err(fail)?;
    let live = Live {
        index,
        reader,
        fields,
        tables: Tables::default(),
    };
    live.tables.update(&live.reader.searcher()).map_err(fail)?;
    Ok((live, progress))
}

/// Opens the writer, which holds the lock of the directory.
pub(crate) fn open_writer(live: &Live) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(WRITER_BYTES)
        .num_worker_threads(1)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = live.index.writer_with_options(options)?;
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(MERGE_SEGMENTS);
    policy.set_min_layer_size(SMALL_SEGMENT_DOCUMENTS);
    policy.set_del_docs_ratio_before_merge(MAX_DELETED_RATIO);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

/// Returns the path, next to `directory`, of the index in another state.
pub(crate) fn sibling(directory: &Path, state: &str) -> PathBuf {
    let mut name = directory.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(state);
    directory.with_file_name(name)
}

/// Completes a swap that a crash interrupted between its two renames.
pub(crate) fn finish_swap(directory: &Path) -> Result<(), IndexError> {
    let old = sibling(directory, "old");
    let on_disk = |error| IndexError::from_io(directory, error);
    if !directory.exists() && old.is_dir() {
        fs::rename(&old, directory).map_err(on_disk)?;
    }
    remove(&old).map_err(on_disk)?;
    remove(&sibling(directory, "rebuild")).map_err(on_disk)
}

/// Removes a directory and all that is in it, or a file of that name.
pub(crate) fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => fs::remove_file(directory),
        other => other,
    }
}
