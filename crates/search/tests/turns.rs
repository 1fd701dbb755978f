//! A node that publishes much does not fill the first pages of the newest, and nothing is lost from the list.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::{BTreeMap, HashSet};

use domain::FacetGroup;
use search::{Change, Entry, Index, Key, Query, ResultPage, SearchRequest, Sort};
use tempfile::TempDir;
use wire::{DocumentId, Timestamp, Visibility};

/// Documents of the node that publishes a thousand in an hour.
const FLOOD: u16 = 1_000;
/// Documents of each of the others, which are older.
const OTHERS: u16 = 20;
/// The number of the node with the flood; 1, 3 and 4 are the others.
const FLOODER: i64 = 2;

/// Returns a text that shares no run of words with that of another number: figures do not count.
fn distinct(number: u16) -> String {
    let letter = |at: u32| char::from(b'a' + u8::try_from(number / 26_u16.pow(at) % 26).unwrap());
    let word: String = (0..3).map(letter).collect();
    ["claims", "this", "and", "that"]
        .map(|other| format!("{other}{word} {word}{other} "))
        .concat()
}

fn entry(node_seq: i64, number: u16, at_secs: i64, words: String) -> Entry {
    let mut random = [0; 10];
    random[8..].copy_from_slice(&number.to_be_bytes());
    random[0] = u8::try_from(node_seq).unwrap();
    Entry {
        key: Key {
            node_seq,
            id: DocumentId::generate(Timestamp::from_secs(at_secs), random),
        },
        rev: 1,
        visibility: Visibility::Public,
        title: format!("Document {number}"),
        summary: String::new(),
        body_text: words,
        tags: Vec::new(),
        labels: Vec::new(),
        facets: BTreeMap::from([(FacetGroup::Organisation, vec![format!("n{node_seq}")])]),
        sort_at: Timestamp::from_secs(at_secs),
        reviewed: None,
        adoptions: 0,
    }
}

/// An index of some nodes with twenty documents each, and a flood whose texts are made by `words`, in several segments.
fn flooded(others: &[i64], words: impl Fn(u16) -> String) -> (TempDir, Index) {
    let directory = TempDir::new().unwrap();
    let index = Index::create(&directory.path().join("index")).unwrap();
    let mut entries = Vec::new();
    for number in 0..OTHERS {
        for node_seq in others {
            let at = i64::from(number) * 86_400 + node_seq;
            entries.push(entry(*node_seq, number, at, distinct(number) + "ward"));
        }
    }
    for number in 0..FLOOD {
        let at = 100 * 86_400 + i64::from(number) * 3_600 / i64::from(FLOOD);
        entries.push(entry(FLOODER, number, at, words(number) + " ward"));
    }
    for (sequence, part) in (1..).zip(entries.chunks(300)) {
        let changes = part.iter().cloned();
        let changes = changes.map(|entry| Change::Put(Box::new(entry)));
        index.apply(&changes.collect::<Vec<_>>(), sequence).unwrap();
    }
    (directory, index)
}

fn newest(page: u32, per_page: u32) -> SearchRequest {
    SearchRequest {
        sort: Sort::Newest,
        page,
        per_page,
        ..SearchRequest::default()
    }
}

/// Returns how many hits of a page are of the node with the flood.
fn of_flooder(page: &ResultPage) -> usize {
    let hits = page.hits.iter();
    hits.filter(|hit| hit.key.node_seq == FLOODER).count()
}

#[test]
fn a_flood_has_its_share_of_the_first_pages() {
    for (others, words, shares) in [
        // Three others: no more than a third of each page.
        (&[1, 3, 4][..], "", [3, 3, 3, 3]),
        // One other: half, as long as it has documents.
        (&[1], "", [5, 5, 5, 5]),
        // What is nearly the same counts once, so that the others have the rest.
        (&[1, 3, 4], "the same words again and again", [1, 0, 0, 0]),
    ] {
        let (_directory, index) = flooded(others, |number| {
            if words.is_empty() {
                distinct(number)
            } else {
                format!("{words} {number}")
            }
        });
        for query in ["", "ward"] {
            for (number, share) in (1..).zip(shares) {
                let request = SearchRequest {
                    query: Query::parse(query),
                    ..newest(number, 10)
                };
                let page = index.search(&request).unwrap();
                assert_eq!(
                    of_flooder(&page),
                    share,
                    "page {number} of {others:?} {words}"
                );
                assert_eq!(page.hits.len(), 10);
            }
        }
        // The home page has five.
        let home = index.search(&newest(1, 5)).unwrap();
        assert!(of_flooder(&home) <= 3, "{}", of_flooder(&home));
    }
}

#[test]
fn every_document_is_listed_once_and_in_the_same_place_whatever_the_size_of_a_page() {
    let words: [&dyn Fn(u16) -> String; 3] = [
        &distinct,
        &|_| "the same words again and again".to_owned(),
        &|number| distinct(number % 30),
    ];
    for words in words {
        let (_directory, index) = flooded(&[1, 3], words);
        let total = usize::from(FLOOD + 2 * OTHERS);
        let list = |per_page: u32| -> Vec<Key> {
            let pages = u32::try_from(total).unwrap().div_ceil(per_page);
            (1..=pages)
                .flat_map(|number| {
                    let page = index.search(&newest(number, per_page)).unwrap();
                    assert_eq!(page.total, u64::try_from(total).unwrap());
                    page.hits.into_iter().map(|hit| hit.key)
                })
                .collect()
        };
        let tens = list(10);
        assert_eq!(tens.iter().collect::<HashSet<_>>().len(), total);
        for per_page in [15, 50, 100] {
            assert_eq!(list(per_page), tens, "{per_page}");
        }
        let threes: HashSet<Key> = list(3).into_iter().collect();
        assert_eq!(threes.len(), total);
    }
}

#[test]
fn what_is_nearly_the_same_has_one_card_that_leads_to_all_of_them() {
    let (_directory, index) = flooded(&[1, 3], |_| "the same words again and again".to_owned());
    let page = index.search(&newest(1, 10)).unwrap();
    let card = page.hits.iter().find(|hit| hit.key.node_seq == FLOODER);
    let alike = card.unwrap().alike.unwrap();
    assert_eq!(alike.others, u64::from(FLOOD) - 1);
    assert!(
        page.hits
            .iter()
            .all(|hit| hit.key.node_seq == FLOODER || hit.alike.is_none())
    );
    let all = SearchRequest {
        like: Some(alike.likeness),
        ..newest(1, 10)
    };
    let all = index.search(&all).unwrap();
    assert_eq!((all.total, of_flooder(&all)), (u64::from(FLOOD), 10));
    assert!(all.hits.iter().all(|hit| hit.alike.is_none()));
    // Who asks for one organisation gets its documents as they came.
    let of_one = SearchRequest {
        filters: BTreeMap::from([(FacetGroup::Organisation, vec![format!("n{FLOODER}")])]),
        ..newest(1, 10)
    };
    let page = index.search(&of_one).unwrap();
    assert_eq!((page.total, of_flooder(&page)), (u64::from(FLOOD), 10));
    assert!(page.hits.iter().all(|hit| hit.alike.is_none()));
    let page = index.search(&ranked("again", 1, 10)).unwrap();
    assert_eq!((page.total, of_flooder(&page)), (u64::from(FLOOD), 10));
    assert_eq!(page.hits[0].alike.unwrap().others, u64::from(FLOOD) - 1);
    assert!(page.hits[1..].iter().all(|hit| hit.alike.is_none()));
}

fn ranked(words: &str, page: u32, per_page: u32) -> SearchRequest {
    SearchRequest {
        query: Query::parse(words),
        sort: Sort::Relevance,
        ..newest(page, per_page)
    }
}

/// The words of the flood are the best for the search: it has them alone.
#[test]
fn a_flood_of_copies_has_one_place_in_a_search_by_words() {
    let flood = |number: u16| {
        format!(
            "ward ward ward {}",
            ["one text", "another text"][usize::from(number % 2)]
        )
    };
    let (_directory, index) = flooded(&[1, 3], flood);
    // Of "ward text", only the flood has all the words.
    for query in ["ward", "ward text", "\"ward\" document"] {
        let page = index.search(&ranked(query, 1, 20)).unwrap();
        assert_eq!(page.hits.len(), 20, "{query}");
        assert_eq!(of_flooder(&page), 2, "{query}");
        let alike = page.hits.iter().filter(|hit| hit.key.node_seq == FLOODER);
        for hit in alike {
            assert_eq!(
                hit.alike.unwrap().others,
                u64::from(FLOOD) / 2 - 1,
                "{query}"
            );
        }
    }
    // Who looks at one organisation, or at the copies, sees them.
    let of_one = SearchRequest {
        filters: BTreeMap::from([(FacetGroup::Organisation, vec![format!("n{FLOODER}")])]),
        ..ranked("ward", 1, 10)
    };
    assert_eq!(of_flooder(&index.search(&of_one).unwrap()), 10);
}

#[test]
fn every_result_of_a_search_by_words_is_listed_once() {
    let words: [&dyn Fn(u16) -> String; 3] = [
        &distinct,
        &|_| "ward ward the same words".to_owned(),
        &|number| distinct(number % 30) + "ward ward",
    ];
    for words in words {
        let (_directory, index) = flooded(&[1, 3], words);
        let total = usize::from(FLOOD + 2 * OTHERS);
        let list = |per_page: u32| -> Vec<Key> {
            let pages = u32::try_from(total).unwrap().div_ceil(per_page);
            let pages = (1..=pages).flat_map(|number| {
                let page = index.search(&ranked("ward", number, per_page)).unwrap();
                assert_eq!(page.total, u64::try_from(total).unwrap());
                page.hits.into_iter().map(|hit| hit.key)
            });
            pages.collect()
        };
        let tens = list(10);
        assert_eq!(tens.len(), total);
        assert_eq!(tens.iter().collect::<HashSet<_>>().len(), total);
        for per_page in [15, 100] {
            assert_eq!(list(per_page), tens, "{per_page}");
        }
    }
}
