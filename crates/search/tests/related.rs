//! What is learnt of related documents: better order, pages without the words, similar pages; and what goes wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use domain::FacetGroup;
use search::{Change, Entry, Index, Key, Learnt, Query, ResultPage, SearchRequest};
use tempfile::TempDir;
use wire::{DocumentId, Timestamp, Visibility};

const SUBJECTS: u16 = 12;
const DOCUMENTS: u16 = 600;

fn key(number: u16) -> Key {
    let mut random = [0; 10];
    random[8..].copy_from_slice(&number.to_be_bytes());
    Key {
        node_seq: 7,
        id: DocumentId::generate(Timestamp::from_secs(1_700_000_000), random),
    }
}

fn number(key: Key) -> u16 {
    (0..u16::MAX)
        .find(|number| self::key(*number) == key)
        .unwrap()
}

/// Words of letters only: `wordaaab`.
fn word(number: usize) -> String {
    let letter = |place: usize| char::from(b'a' + u8::try_from(number / place % 26).unwrap());
    format!("word{}{}{}q", letter(676), letter(26), letter(1))
}

/// A document has eight words of its subject, and five that any may have. Each tenth of a subject has the word `firstword`
/// of the first subject, and the next one `synonym`.
fn text(number: u16) -> String {
    let subject = usize::from(number % SUBJECTS);
    let of_subject = usize::from(number / SUBJECTS);
    let mut words: Vec<String> = (0..8)
        .map(|at| word(20 * subject + (of_subject * 7 + at * (3 + of_subject % 5)) % 20))
        .collect();
    words.extend((0..5).map(|at| word(1_000 + (usize::from(number) * 31 + at * 17) % 97)));
    match (subject, of_subject % 10) {
        (0, 0) => words.push("firstword".to_owned()),
        (0, 1) => words.push("synonym".to_owned()),
        _ => {}
    }
    words.join(" ")
}

fn put(number: u16, text: &str) -> Change {
    Change::Put(Box::new(Entry {
        key: key(number),
        rev: 1,
        visibility: Visibility::Public,
        title: format!("Document {number}"),
        summary: String::new(),
        body_text: text.to_owned(),
        tags: Vec::new(),
        labels: Vec::new(),
        facets: BTreeMap::from([(
            FacetGroup::Topic,
            vec![format!("topic-{}", number / SUBJECTS % 2)],
        )]),
        sort_at: Timestamp::from_secs(i64::from(number)),
        reviewed: None,
        adoptions: 0,
    }))
}

fn open() -> (TempDir, Index) {
    let home = TempDir::new().unwrap();
    let index = Index::create(&home.path().join("index")).unwrap();
    let half = DOCUMENTS / 2;
    for (from, to) in [(0, half), (half, DOCUMENTS)] {
        let changes: Vec<Change> = (from..to)
            .map(|number| put(number, &text(number)))
            .collect();
        index.apply(&changes, u64::from(to)).unwrap();
    }
    (home, index)
}

fn learnt() -> (TempDir, Index) {
    let (home, index) = open();
    index.learn(&|| true).unwrap();
    (home, index)
}

fn search(index: &Index, query: &str, change: impl FnOnce(&mut SearchRequest)) -> ResultPage {
    let mut request = SearchRequest {
        query: Query::parse(query),
        ..SearchRequest::default()
    };
    change(&mut request);
    index.search(&request).unwrap()
}

fn related(page: &ResultPage) -> Vec<u16> {
    page.related.iter().map(|hit| number(hit.key)).collect()
}

#[test]
fn pages_without_the_words_come_after_the_others_and_are_not_counted() {
    let (_home, index) = open();
    let before = search(&index, "firstword", |_| {});
    assert_eq!((before.total, before.related.len()), (5, 0));
    assert_eq!(index.learnt(), Learnt::Nothing);
    index.learn(&|| true).unwrap();
    let learnt = Learnt::Vectors {
        documents: usize::from(DOCUMENTS),
        progress: u64::from(DOCUMENTS),
    };
    assert_eq!(index.learnt(), learnt);

    let page = search(&index, "firstword", |_| {});
    assert_eq!((page.total, page.hits.len()), (5, 5));
    let found = related(&page);
    assert!(!found.is_empty() && found.len() <= 10);
    assert!(
        found.iter().all(|number| number % SUBJECTS == 0),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .all(|number| !text(*number).contains("firstword"))
    );
    // Filters and exclusions hold for them, and they come once, after the last hit.
    let filtered = search(&index, "firstword", |request| {
        request.filters = BTreeMap::from([(FacetGroup::Topic, vec!["topic-1".to_owned()])]);
    });
    assert!(
        related(&filtered)
            .iter()
            .all(|number| number / SUBJECTS % 2 == 1)
    );
    let excluded = search(&index, "firstword -synonym", |_| {});
    assert!(
        related(&excluded)
            .iter()
            .all(|number| !text(*number).contains("synonym"))
    );
    for (page, per_page, comes) in [(1, 5, false), (1, 4, false), (2, 4, true), (1, 10, true)] {
        let shown = search(&index, "firstword", |request| {
            (request.page, request.per_page) = (page, per_page);
        });
        assert_eq!(!shown.related.is_empty(), comes, "{page} of {per_page}");
    }
    // Who quotes means the words; and it can be switched off.
    assert_eq!(related(&search(&index, "\"firstword\"", |_| {})), [0; 0]);
    let off = search(&index, "firstword", |request| request.related = false);
    assert_eq!(related(&off), [0; 0]);
    let newest = search(&index, "firstword", |request| {
        request.sort = search::Sort::Newest
    });
    assert_eq!(related(&newest), [0; 0]);
}

#[test]
fn the_order_changes_and_the_results_do_not() {
    let (_home, index) = learnt();
    let query = format!("{} {} {}", word(3), word(7), word(1_005));
    let list = |related: bool, per_page: u32| -> Vec<(Key, bool)> {
        let pages = 1..=(DOCUMENTS / u16::try_from(per_page).unwrap() + 1);
        let pages = pages.map(|page| {
            search(&index, &query, |request| {
                request.related = related;
                (request.page, request.per_page) = (u32::from(page), per_page);
            })
        });
        let mut seen = Vec::new();
        for page in pages.take_while(|page| page.page > 0) {
            let hits = page.hits.iter().map(|hit| (hit.key, hit.has_all));
            if hits
                .clone()
                .next()
                .is_none_or(|first| seen.contains(&first))
            {
                break;
            }
            seen.extend(hits);
        }
        seen
    };
    let with = list(true, 100);
    let without = list(false, 100);
    assert_ne!(with, without);
    let sorted = |list: &[(Key, bool)]| {
        let mut numbers: Vec<(bool, u16)> = list
            .iter()
            .map(|(key, has_all)| (*has_all, number(*key)))
            .collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(sorted(&with), sorted(&without));
    assert!(with.is_sorted_by_key(|(_, has_all)| !has_all));
    // Whatever the size of a page, the list is the same.
    assert_eq!(list(true, 10), with);
    assert_eq!(list(true, 37), with);
}

#[test]
fn similar_documents_are_of_one_subject_also_after_changes() {
    let (_home, index) = learnt();
    let similar = |index: &Index, of: u16| -> Vec<u16> {
        let keys = index.similar(key(of), 5).unwrap();
        keys.into_iter().map(number).collect()
    };
    let found = similar(&index, 26);
    assert_eq!(found.len(), 5);
    assert!(
        found
            .iter()
            .all(|number| number % SUBJECTS == 2 && *number != 26),
        "{found:?}"
    );
    // One that came later has its vector from its words, and one that is gone is not found.
    index
        .apply(&[put(900, &text(38)), Change::Delete(key(found[0]))], 700)
        .unwrap();
    let later = similar(&index, 900);
    assert!(
        later.iter().all(|number| number % SUBJECTS == 2),
        "{later:?}"
    );
    let after = similar(&index, 26);
    assert!(after.len() == 5 && !after.contains(&found[0]), "{after:?}");
    assert_eq!(similar(&index, 999), [0; 0]);
    index.learn(&|| true).unwrap();
    assert!(similar(&index, 38).contains(&900));
}

#[test]
fn a_lesson_that_is_cut_off_or_a_file_that_is_damaged_leaves_search_as_it_was() {
    let (home, index) = open();
    let file = home.path().join("index/vectors");
    for parts in 0..4 {
        let left = Cell::new(parts);
        let goes_on = || left.replace(left.get() - 1) > 0;
        index.learn(&goes_on).unwrap();
        assert_eq!(index.learnt(), Learnt::Nothing);
        assert!(!file.exists());
    }
    index.learn(&|| true).unwrap();
    assert!(!related(&search(&index, "firstword", |_| {})).is_empty());
    drop(index);
    let good = fs::read(&file).unwrap();
    let mut changed = good.clone();
    changed[good.len() / 2] ^= 1;
    let directory: PathBuf = home.path().join("index");
    for bytes in [&good[..good.len() - 1], &changed, b"", b"nothing of ours"] {
        fs::write(&file, bytes).unwrap();
        let (index, _) = Index::open(&directory).unwrap();
        assert!(
            matches!(index.learnt(), Learnt::Unusable(_)),
            "{:?}",
            index.learnt()
        );
        let page = search(&index, "firstword", |_| {});
        assert_eq!((page.total, page.related.len()), (5, 0));
        assert_eq!(index.similar(key(26), 5).unwrap(), []);
    }
    let (index, _) = Index::open(&directory).unwrap();
    index.learn(&|| true).unwrap();
    assert!(matches!(index.learnt(), Learnt::Vectors { .. }));
    // What was learnt from a later state than this one is not used.
    fs::write(&file, good).unwrap();
    index.apply(&[put(0, &text(0))], 3).unwrap();
    drop(index);
    let (index, _) = Index::open(&directory).unwrap();
    assert!(matches!(index.learnt(), Learnt::Unusable(_)));
    index.forget().unwrap();
    assert_eq!(index.learnt(), Learnt::Nothing);
    assert!(!file.exists());
}

#[test]
fn erased_words_leave_what_was_learnt() {
    let (home, index) = learnt();
    let file = home.path().join("index/vectors");
    let holds = |word: &[u8]| {
        let bytes = fs::read(&file).unwrap();
        bytes.windows(word.len()).any(|part| part == word)
    };
    assert!(holds(b"synonym") && holds(b"firstword"));
    let gone: Vec<u16> = (0..DOCUMENTS)
        .filter(|number| text(*number).contains("synonym"))
        .collect();
    let changes: Vec<Change> = gone
        .iter()
        .map(|number| Change::Delete(key(*number)))
        .collect();
    index.apply(&changes, 700).unwrap();
    assert!(index.erase().unwrap().complete);
    assert!(!holds(b"synonym") && holds(b"firstword"));
    let Learnt::Vectors { documents, .. } = index.learnt() else {
        panic!("{:?}", index.learnt());
    };
    assert_eq!(documents, usize::from(DOCUMENTS) - gone.len());
    let found = related(&search(&index, "firstword", |_| {}));
    assert!(!found.is_empty() && found.iter().all(|number| !gone.contains(number)));
    // A lesson during which something is erased is not used.
    index.forget().unwrap();
    let has_erased = Cell::new(false);
    let goes_on = || {
        if !has_erased.replace(true) {
            index.apply(&[Change::Delete(key(5))], 701).unwrap();
            index.erase().unwrap();
        }
        true
    };
    index.learn(&goes_on).unwrap();
    assert_eq!(index.learnt(), Learnt::Nothing);
}

#[test]
fn few_documents_teach_nothing() {
    let home = TempDir::new().unwrap();
    let index = Index::create(&home.path().join("index")).unwrap();
    let changes: Vec<Change> = (0..499).map(|number| put(number, &text(number))).collect();
    index.apply(&changes, 1).unwrap();
    index.learn(&|| true).unwrap();
    assert_eq!(index.learnt(), Learnt::Nothing);
}
