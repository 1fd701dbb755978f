//! The files of an index: what is checked when it is opened, how its writer merges, and its directory in other states.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use tantivy::index::SegmentComponent;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, ReloadPolicy};

use crate::analyzer;
use crate::error::IndexError;
use crate::live::Live;
use crate::schema::{self, Fields, MIN_SERVED_VERSION, SCHEMA_VERSION};

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

pub(crate) fn foreign(directory: &Path, found: &str) -> IndexError {
    IndexError::Foreign {
        path: directory.to_owned(),
        found: found.to_owned(),
        known: SCHEMA_VERSION,
    }
}

/// Returns whether an index that [`check_version`] refuses can serve until a new one is built: the version is an earlier
/// one that searches can read, or only the facets are others.
fn can_serve(directory: &Path) -> bool {
    let found = fs::read_to_string(directory.join(VERSION_FILE)).unwrap_or_default();
    let version = found.lines().next().unwrap_or_default().trim();
    let version = version.parse::<u32>();
    version.is_ok_and(|version| (MIN_SERVED_VERSION..=SCHEMA_VERSION).contains(&version))
}

/// Opens what searches use, with the number of the last change that it holds.
pub(crate) fn open_live(directory: &Path) -> Result<(Live, u64), IndexError> {
    check_exists(directory)?;
    check_version(directory)?;
    let opened = open_files(directory, false)?;
    if opened.0.index.schema() != schema::build() {
        return Err(foreign(directory, "with other fields"));
    }
    Ok(opened)
}

/// Opens an index of an earlier format for searches only; `None` if it cannot serve.
pub(crate) fn open_earlier(directory: &Path) -> Option<(Live, u64)> {
    check_exists(directory).ok()?;
    if !can_serve(directory) {
        return None;
    }
    let opened = open_files(directory, true).ok()?;
    // Each field that is there must hold what the present one holds.
    let earlier = opened.0.index.schema();
    let is_same = |name: &str, entry| {
        let found = earlier.get_field(name);
        found.map_or(true, |field| earlier.get_field_entry(field) == entry)
    };
    let fields_match = schema::build()
        .fields()
        .all(|(_, entry)| is_same(entry.name(), entry));
    fields_match.then_some(opened)
}

fn check_exists(directory: &Path) -> Result<(), IndexError> {
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
    Ok(())
}

/// Opens every segment, so that damage is found before the first search. tantivy panics where a file ends within the numbers
/// at its end.
fn open_files(directory: &Path, is_earlier: bool) -> Result<(Live, u64), IndexError> {
    let open = AssertUnwindSafe(|| open_segments(directory, is_earlier));
    catch_unwind(open).unwrap_or_else(|payload| {
        let why = payload.downcast_ref::<String>().map(String::as_str);
        let why = why.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(IndexError::Damaged {
            path: directory.to_owned(),
            detail: format!("opening its files panicked: {}", why.unwrap_or("no reason")),
        })
    })
}

fn open_segments(directory: &Path, is_earlier: bool) -> Result<(Live, u64), IndexError> {
    let fail = |error| IndexError::from_tantivy(directory, error);
    let mut index = tantivy::Index::open_in_dir(directory).map_err(fail)?;
    let fields =
        Fields::find(&index.schema()).map_err(|_| foreign(directory, "with other fields"))?;
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
    let live = Live::new(index, reader, fields, is_earlier);
    live.prepare(&live.reader.searcher()).map_err(fail)?;
    live.open_related(directory, progress).map_err(fail)?;
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

/// Completes a swap that a crash interrupted between its two renames. What a rebuild has left may be continued.
pub(crate) fn finish_swap(directory: &Path) -> Result<(), IndexError> {
    let old = sibling(directory, "old");
    let on_disk = |error| IndexError::from_io(directory, error);
    if !directory.exists() && old.is_dir() {
        fs::rename(&old, directory).map_err(on_disk)?;
    }
    remove(&old).map_err(on_disk)
}

/// Removes a directory and all that is in it, or a file of that name.
pub(crate) fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => fs::remove_file(directory),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::FacetGroup;
    use tantivy::schema::Schema;
    use tempfile::TempDir;
    use wire::{DocumentId, Timestamp, Visibility};

    use super::*;
    use crate::schema::LIKENESS;
    use crate::{Change, Entry, Index, Key, Opened, Query, SearchRequest, Sort};

    fn entry(number: u8, title: &str) -> Entry {
        let mut random = [0; 10];
        random[9] = number;
        Entry {
            key: Key {
                node_seq: 7,
                id: DocumentId::generate(Timestamp::from_secs(1_700_000_000), random),
            },
            rev: 1,
            visibility: Visibility::Public,
            title: title.to_owned(),
            summary: String::new(),
            body_text: format!("{title} and what was learnt"),
            tags: Vec::new(),
            labels: Vec::new(),
            facets: BTreeMap::from([(FacetGroup::Topic, vec!["pharmacy".to_owned()])]),
            sort_at: Timestamp::from_secs(i64::from(number)),
            reviewed: None,
            adoptions: 0,
        }
    }

    /// Writes an index as version 4 wrote it: without likeness.
    fn write_format_4(directory: &Path, titles: &[&str]) {
        fs::create_dir_all(directory).unwrap();
        let mut schema = Schema::builder();
        for (_, entry) in schema::build().fields() {
            if entry.name() != LIKENESS {
                schema.add_field(entry.clone());
            }
        }
        let mut index = tantivy::Index::create_in_dir(directory, schema.build()).unwrap();
        index.set_tokenizers(analyzer::tokenizers());
        let fields = Fields::find(&index.schema()).unwrap();
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES).unwrap();
        for (number, title) in (1..).zip(titles) {
            let document = schema::document(&fields, &entry(number, title));
            writer.add_document(document).unwrap();
        }
        let mut prepared = writer.prepare_commit().unwrap();
        prepared.set_payload("40");
        prepared.commit().unwrap();
        let version = format!("4\n{}\n", schema::facet_names());
        fs::write(directory.join(VERSION_FILE), version).unwrap();
    }

    fn found(index: &Index, query: &str, sort: Sort) -> Vec<String> {
        let request = SearchRequest {
            query: Query::parse(query),
            sort,
            ..SearchRequest::default()
        };
        let page = index.search(&request).unwrap();
        assert_eq!(usize::try_from(page.total).unwrap(), page.hits.len());
        page.hits.into_iter().map(|hit| hit.title_html).collect()
    }

    #[test]
    fn an_index_of_an_earlier_format_serves_until_a_new_one_is_complete() {
        let home = TempDir::new().unwrap();
        let directory = home.path().join("index");
        let titles = ["Ward round", "Bleep system", "Bleep rules"];
        write_format_4(&directory, &titles);
        let Opened {
            index, progress, ..
        } = Index::open_or_replace(&directory).unwrap();
        assert!(index.is_earlier());
        assert_eq!((progress, index.documents()), (40, 3));
        // Every kind of search works, and lists of the newest have every document once.
        assert_eq!(found(&index, "\"ward round\"", Sort::Relevance).len(), 1);
        assert_eq!(found(&index, "blep", Sort::Relevance).len(), 2);
        assert_eq!(
            found(&index, "", Sort::Newest),
            ["Bleep rules", "Bleep system", "Ward round"]
        );
        assert_eq!(
            index.suggest("ble", 5, wire::Viewer::Public).unwrap().len(),
            2
        );
        // It takes no changes.
        let change = Change::Put(Box::new(entry(9, "Ninth")));
        let error = index.apply(&[change], 41).unwrap_err();
        assert!(error.needs_rebuild(), "{error}");
        index.erase().unwrap_err();
        assert_eq!(index.documents(), 3);

        // A build that is cut off continues where it was.
        let rebuilt = index.resume_replacement().unwrap();
        assert_eq!(rebuilt.progress(), 0);
        rebuilt
            .apply(&[Change::Put(Box::new(entry(1, "Ward round")))], 20)
            .unwrap();
        drop((rebuilt, index));
        let index = Index::open_or_replace(&directory).unwrap().index;
        assert_eq!((index.is_earlier(), index.documents()), (true, 3));
        let rebuilt = index.resume_replacement().unwrap();
        assert_eq!((rebuilt.progress(), rebuilt.documents()), (20, 1));
        rebuilt
            .apply(&[Change::Put(Box::new(entry(2, "Bleep system")))], 41)
            .unwrap();
        index.replace_with(rebuilt).unwrap();
        assert_eq!((index.is_earlier(), index.documents()), (false, 2));
        assert_eq!(index.progress(), 41);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_left_of_a_build_is_removed_where_it_is_of_no_use() {
        let check = |spoil: &dyn Fn(&Path), is_earlier: bool| {
            let home = TempDir::new().unwrap();
            let directory = home.path().join("index");
            write_format_4(&directory, &["Ward round"]);
            let index = Index::open_or_replace(&directory).unwrap().index;
            drop(index.resume_replacement().unwrap());
            drop(index);
            spoil(&directory);
            let index = Index::open_or_replace(&directory).unwrap().index;
            assert_eq!(index.is_earlier(), is_earlier);
            assert_eq!(sibling(&directory, "rebuild").exists(), is_earlier);
            // Whatever is there, a new index takes over.
            let rebuilt = index.resume_replacement().unwrap();
            assert_eq!(rebuilt.progress(), 0);
            index.replace_with(rebuilt).unwrap();
            assert_eq!((index.is_earlier(), index.documents()), (false, 0));
        };
        let with_version = |version: &'static str| {
            move |directory: &Path| fs::write(directory.join(VERSION_FILE), version).unwrap()
        };
        check(&|_| {}, true);
        // Other facets than those of the present program.
        check(&with_version("4\ntopic\n"), true);
        check(&with_version("5\ntopic\n"), true);
        // It has documents that are not public.
        check(&with_version("2\ntopic\n"), false);
        check(&with_version("999\ntopic\n"), false);
        check(&with_version("no number"), false);
        check(
            &|directory| fs::write(directory.join("meta.json"), b"{}").unwrap(),
            false,
        );
        check(
            &|directory| {
                let side = sibling(directory, "rebuild");
                fs::write(side.join("meta.json"), b"{").unwrap();
            },
            true,
        );
    }
}
