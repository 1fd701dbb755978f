//! An index over time: changes, crashes, damage, erasure, rebuilding.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::FacetGroup;
use search::{Change, Entry, Index, IndexError, Key, Query, SearchRequest};
use tempfile::TempDir;
use wire::{DocumentId, Timestamp, Viewer, Visibility};

fn key(number: u16) -> Key {
    let mut random = [0; 10];
    random[8..].copy_from_slice(&number.to_be_bytes());
    Key {
        node_seq: 7,
        id: DocumentId::generate(Timestamp::from_secs(1_700_000_000), random),
    }
}

fn put(number: u16, text: &str) -> Change {
    Change::Put(Box::new(Entry {
        key: key(number),
        rev: 1,
        visibility: Visibility::Public,
        title: format!("Title {text}"),
        summary: format!("Summary {text}"),
        body_text: format!(
            "Body text {text}. {}",
            "More words that everyone has. ".repeat(5)
        ),
        tags: vec![format!("tag{text}")],
        labels: vec![format!("label{text}")],
        facets: BTreeMap::from([(FacetGroup::System, vec![format!("system{text}")])]),
        sort_at: Timestamp::from_secs(i64::from(number)),
        reviewed: None,
        adoptions: 0,
    }))
}

fn total(index: &Index, query: &str) -> u64 {
    let request = SearchRequest {
        query: Query::parse(query),
        ..SearchRequest::default()
    };
    index.search(&request).unwrap().total
}

/// The files under `directory` whose bytes hold `needle`.
fn files_with(directory: &Path, needle: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        } else if fs::read(&path)
            .unwrap_or_default()
            .windows(needle.len())
            .any(|part| part == needle.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_new_revision_replaces_the_old_one_and_a_deleted_document_is_not_found() {
    let home = TempDir::new().unwrap();
    let index = Index::create(&home.path().join("index")).unwrap();
    index
        .apply(&[put(1, "apple"), put(2, "banana"), put(1, "cherry")], 3)
        .unwrap();
    assert_eq!(
        [
            total(&index, "apple"),
            total(&index, "banana"),
            total(&index, "cherry")
        ],
        [0, 1, 1]
    );
    index
        .apply(&[put(2, "damson"), Change::Delete(key(1))], 5)
        .unwrap();
    assert_eq!(
        [
            total(&index, "banana"),
            total(&index, "cherry"),
            total(&index, "damson")
        ],
        [0, 0, 1]
    );
    index.apply(&[Change::Delete(key(9))], 6).unwrap();
    assert_eq!((index.documents(), index.progress()), (1, 6));
    let status = index.status().unwrap();
    assert_eq!((status.documents, status.progress), (1, 6));
    assert!(status.bytes > 0);
}

#[test]
fn an_index_goes_on_where_its_last_commit_ended() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("index");
    let index = Index::create(&directory).unwrap();
    index.apply(&[put(1, "apple")], 41).unwrap();
    index.apply(&[put(2, "banana")], 42).unwrap();
    // As a process that was killed leaves it: the lock file and unfinished segments stay behind.
    drop(index);
    fs::write(
        directory.join("0123456789abcdef0123456789abcdef.store"),
        b"half a segment",
    )
    .unwrap();
    let (index, progress) = Index::open(&directory).unwrap();
    assert_eq!(progress, 42);
    index
        .apply(&[put(2, "banana"), put(3, "cherry")], 43)
        .unwrap();
    assert_eq!((index.documents(), total(&index, "banana")), (3, 1));
}

#[test]
fn a_list_of_deletions_that_a_full_disk_cut_off_does_not_stop_the_next_attempt() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("index");
    let index = Index::create(&directory).unwrap();
    index
        .apply(&[put(1, "apple"), put(2, "banana")], 1)
        .unwrap();
    drop(index);
    let segment = fs::read_dir(&directory).unwrap().find_map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".store").map(str::to_owned)
    });
    let segment = segment.unwrap();
    // One for each number that the next commit may have, of which no list of files knows.
    for number in 0..100 {
        let name = format!("{segment}.{number}.del");
        fs::write(directory.join(name), b"half a li").unwrap();
    }
    let (index, _) = Index::open(&directory).unwrap();
    index.apply(&[Change::Delete(key(1))], 2).unwrap();
    assert_eq!((index.documents(), total(&index, "apple")), (1, 0));
    // The list that is in use stays.
    drop(index);
    let (index, _) = Index::open(&directory).unwrap();
    index.apply(&[put(3, "cherry")], 3).unwrap();
    index.verify().unwrap();
    assert_eq!((index.documents(), total(&index, "apple")), (2, 0));
}

#[test]
fn a_directory_that_is_no_index_of_ours_has_a_named_error() {
    let check = |spoil: &dyn Fn(&Path), expected: &str| {
        let home = TempDir::new().unwrap();
        let directory = home.path().join("index");
        let index = Index::create(&directory).unwrap();
        index.apply(&[put(1, "apple")], 9).unwrap();
        drop(index);
        spoil(&directory);
        let error = Index::open(&directory).map(|_| ()).unwrap_err();
        let name = match error {
            IndexError::Missing { .. } => "missing",
            IndexError::Damaged { .. } => "damaged",
            IndexError::Foreign { .. } => "foreign",
            _ => "other",
        };
        assert_eq!(name, expected, "{error:?}");
        assert!(error.needs_rebuild());
        let opened = Index::open_or_replace(&directory).unwrap();
        assert_eq!(opened.progress, 0);
        assert_eq!(opened.replaced.is_some(), expected != "missing");
        opened.index.apply(&[put(1, "apple")], 9).unwrap();
        assert_eq!(total(&opened.index, "apple"), 1);
        opened.index.remove_aside().unwrap();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    };
    let largest = |directory: &Path, ending: &str| {
        fs::read_dir(directory)
            .unwrap()
            .map(|file| file.unwrap().path())
            .find(|path| path.to_string_lossy().ends_with(ending))
            .unwrap()
    };
    check(
        &|directory| fs::remove_dir_all(directory).unwrap(),
        "missing",
    );
    check(
        &|directory| {
            fs::remove_dir_all(directory).unwrap();
            fs::create_dir(directory).unwrap();
        },
        "missing",
    );
    check(
        &|directory| fs::remove_file(directory.join("meta.json")).unwrap(),
        "damaged",
    );
    check(
        &|directory| fs::write(directory.join("meta.json"), b"{}").unwrap(),
        "damaged",
    );
    check(
        &|directory| fs::write(directory.join("meta.json"), b"\xff\0").unwrap(),
        "damaged",
    );
    check(
        &|directory| fs::write(directory.join("wardround-search"), "999").unwrap(),
        "foreign",
    );
    check(
        &|directory| fs::remove_file(directory.join("wardround-search")).unwrap(),
        "foreign",
    );
    for ending in [".store", ".idx", ".term", ".fast", ".pos"] {
        check(
            &|directory| fs::remove_file(largest(directory, ending)).unwrap(),
            "damaged",
        );
        check(
            &|directory| {
                let path = largest(directory, ending);
                let bytes = fs::read(&path).unwrap();
                fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            },
            "damaged",
        );
    }
    // Where a file ends within the two numbers at its end, the library panics.
    for ending in [".store", ".idx", ".term", ".fast", ".pos", ".fieldnorm"] {
        for length in [0, 4, 7] {
            check(
                &|directory| {
                    let path = largest(directory, ending);
                    let bytes = fs::read(&path).unwrap();
                    fs::write(path, &bytes[..length]).unwrap();
                },
                "damaged",
            );
        }
    }
}

#[test]
fn a_changed_byte_is_found_by_verifying() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("index");
    let index = Index::create(&directory).unwrap();
    index.apply(&[put(1, "apple")], 1).unwrap();
    index.verify().unwrap();
    drop(index);
    for file in fs::read_dir(&directory).unwrap() {
        let path = file.unwrap().path();
        if path.to_string_lossy().ends_with(".store") {
            let mut bytes = fs::read(&path).unwrap();
            bytes[10] ^= 0x55;
            fs::write(&path, bytes).unwrap();
        }
    }
    let (index, _) = Index::open(&directory).unwrap();
    assert!(matches!(
        index.verify().unwrap_err(),
        IndexError::Damaged { .. }
    ));
}

#[test]
fn two_writers_are_refused() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("index");
    let first = Index::create(&directory).unwrap();
    first.apply(&[put(1, "apple")], 1).unwrap();
    let (second, _) = Index::open(&directory).unwrap();
    assert_eq!(total(&second, "apple"), 1);
    let error = second.apply(&[put(2, "banana")], 2).unwrap_err();
    assert!(matches!(error, IndexError::Locked { .. }), "{error}");
}

#[test]
fn the_words_of_erased_documents_leave_every_file() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("index");
    let index = Index::create(&directory).unwrap();
    for batch in 0..6_u16 {
        let mut changes: Vec<Change> = (0..20)
            .map(|n| put(batch * 100 + n, &format!("plain{n}")))
            .collect();
        changes.push(put(batch * 100 + 50, "canaryone"));
        index.apply(&changes, u64::from(batch) + 1).unwrap();
    }
    index.apply(&[put(900, "canarytwo")], 7).unwrap();
    // The stored text is compressed, yet short literal runs such as these stay readable.
    assert!(!files_with(&directory, "canaryon").is_empty());
    assert!(!files_with(&directory, "canarytwo").is_empty());
    let mut changes: Vec<Change> = (0..6)
        .map(|batch| Change::Delete(key(batch * 100 + 50)))
        .collect();
    // One is replaced by a revision that lacks the word, one is put and deleted at once.
    changes.push(put(900, "harmless"));
    changes.push(put(901, "canarythree"));
    changes.push(Change::Delete(key(901)));
    index.apply(&changes, 8).unwrap();
    assert_eq!(total(&index, "canaryone canarytwo canarythree"), 0);
    let erased = index.erase().unwrap();
    assert!(erased.complete, "{erased:?}");
    for word in ["canaryone", "canarytwo", "canarythree", "canary"] {
        assert_eq!(
            files_with(&directory, word),
            Vec::<PathBuf>::new(),
            "{word}"
        );
    }
    assert_eq!((index.documents(), index.progress()), (121, 8));
    assert_eq!(total(&index, "plain3"), 6);
    assert_eq!(index.suggest("canary", 5, Viewer::Staff).unwrap(), []);
    assert_eq!(index.erase().unwrap().segments, 0);
    drop(index);
    let (index, progress) = Index::open(&directory).unwrap();
    assert_eq!((index.documents(), progress), (121, 8));
    assert_eq!(files_with(home.path(), "canary"), Vec::<PathBuf>::new());
}

#[test]
fn compacting_leaves_few_segments_and_all_documents() {
    let home = TempDir::new().unwrap();
    let index = Index::create(&home.path().join("index")).unwrap();
    for number in 0..10 {
        index
            .apply(&[put(number, "apple")], u64::from(number))
            .unwrap();
    }
    index.compact().unwrap();
    let status = index.status().unwrap();
    assert_eq!(
        (status.segments, status.documents, status.progress),
        (1, 10, 9)
    );
    assert_eq!(total(&index, "apple"), 10);
    index.apply(&[put(20, "apple")], 21).unwrap();
    assert_eq!(index.status().unwrap().documents, 11);
}

#[test]
fn documents_that_come_one_by_one_do_not_rewrite_what_came_together() {
    let home = TempDir::new().unwrap();
    let index = Index::create(&home.path().join("index")).unwrap();
    let many: Vec<Change> = (0..300).map(|number| put(number, "apple")).collect();
    index.apply(&many, 300).unwrap();
    let files = || {
        fs::read_dir(index.directory())
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.to_string_lossy().ends_with(".store"))
            .collect::<Vec<PathBuf>>()
    };
    let before = files();
    assert_eq!(before.len(), 1);
    for number in 300..330 {
        index
            .apply(&[put(number, "banana")], u64::from(number))
            .unwrap();
    }
    // It waits for merges, and there is nothing to erase.
    assert_eq!(index.erase().unwrap().segments, 0);
    let status = index.status().unwrap();
    assert_eq!(status.documents, 330);
    assert!(status.segments < 10, "{status:?}");
    assert!(
        files().contains(&before[0]),
        "the large segment was rewritten"
    );
}

#[test]
fn a_rebuilt_index_takes_over_while_the_old_one_serves() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("index");
    let index = Index::create(&directory).unwrap();
    index.apply(&[put(1, "oldword")], 5).unwrap();
    let replacement = index.create_replacement().unwrap();
    replacement
        .apply(&[put(1, "newword"), put(2, "newword")], 6)
        .unwrap();
    assert_eq!((total(&index, "oldword"), total(&index, "newword")), (1, 0));
    // Changes go on reaching the old index meanwhile.
    index.apply(&[put(3, "oldword")], 7).unwrap();
    index.replace_with(replacement).unwrap();
    assert_eq!((total(&index, "oldword"), total(&index, "newword")), (0, 2));
    assert_eq!(index.progress(), 6);
    index.apply(&[put(3, "newword")], 7).unwrap();
    assert_eq!(total(&index, "newword"), 3);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    assert_eq!(files_with(home.path(), "oldword"), Vec::<PathBuf>::new());
    drop(index);
    assert_eq!(Index::open(&directory).unwrap().1, 7);
}

#[test]
fn an_index_whose_directory_is_removed_under_it_asks_for_another_and_takes_it() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("index");
    let index = Index::create(&directory).unwrap();
    index.apply(&[put(1, "apple")], 1).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    // The writer that is open fails at its files, the next one at its lock.
    index.apply(&[put(2, "apple")], 2).unwrap_err();
    let error = index.apply(&[put(2, "apple")], 2).unwrap_err();
    assert!(error.needs_rebuild(), "{error}");
    let replacement = index.create_replacement().unwrap();
    replacement
        .apply(&[put(1, "apple"), put(2, "apple")], 2)
        .unwrap();
    index.replace_with(replacement).unwrap();
    assert_eq!((total(&index, "apple"), index.progress()), (2, 2));
    index.apply(&[put(3, "apple")], 3).unwrap();
    assert_eq!(total(&index, "apple"), 3);
}

#[test]
fn a_swap_cut_by_a_crash_ends_at_the_next_start() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("index");
    let index = Index::create(&directory).unwrap();
    index.apply(&[put(1, "apple")], 5).unwrap();
    index
        .create_replacement()
        .unwrap()
        .apply(&[put(1, "apple")], 5)
        .unwrap();
    drop(index);
    fs::rename(&directory, home.path().join("index.old")).unwrap();
    let (index, progress) = Index::open(&directory).unwrap();
    assert_eq!((index.documents(), progress), (1, 5));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn nodes_that_came_by_the_same_documents_differently_rank_them_alike() {
    let text = |number: u16| {
        let repeated = usize::from(number % 7) + 1;
        format!("shared{} {}", number % 3, "alpha beta ".repeat(repeated))
    };
    let ranked = |index: &Index| -> Vec<(Key, f32)> {
        let request = SearchRequest {
            query: Query::parse("shared1 alpha everyone"),
            per_page: 100,
            ..SearchRequest::default()
        };
        let hits = index.search(&request).unwrap().hits;
        hits.iter().map(|hit| (hit.key, hit.score)).collect()
    };
    let at_once = TempDir::new().unwrap();
    let one = Index::create(&at_once.path().join("index")).unwrap();
    let all: Vec<Change> = (0..40).map(|number| put(number, &text(number))).collect();
    one.apply(&all, 1).unwrap();

    // Piece by piece, with revisions and with documents that went again, whose words were then erased.
    let in_pieces = TempDir::new().unwrap();
    let other = Index::create(&in_pieces.path().join("index")).unwrap();
    for number in (0..60).rev() {
        let first = put(number, &format!("before {}", "omega ".repeat(30)));
        other.apply(&[first], 1).unwrap();
    }
    for number in 0..40 {
        other.apply(&[put(number, &text(number))], 2).unwrap();
    }
    let gone: Vec<Change> = (40..60).map(|number| Change::Delete(key(number))).collect();
    other.apply(&gone, 3).unwrap();
    assert_eq!(ranked(&one), ranked(&other));
    other.erase().unwrap();
    assert_eq!(ranked(&one), ranked(&other));
}
