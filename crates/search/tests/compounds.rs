//! Words that are written as one, with a hyphen and as two find the same pages, in words that no list has.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use search::{Change, Entry, Index, Key, Query, SearchRequest};
use tempfile::TempDir;
use wire::{DocumentId, Timestamp, Visibility};

fn entry(number: u8, body: &str) -> Entry {
    let mut random = [0; 10];
    random[9] = number;
    Entry {
        key: Key {
            node_seq: 1,
            id: DocumentId::generate(Timestamp::from_secs(1_700_000_000), random),
        },
        rev: 1,
        visibility: Visibility::Public,
        title: "Page".to_owned(),
        summary: String::new(),
        body_text: body.to_owned(),
        tags: Vec::new(),
        labels: Vec::new(),
        facets: BTreeMap::new(),
        sort_at: Timestamp::from_secs(i64::from(number)),
        reviewed: None,
        adoptions: 0,
    }
}

fn index(bodies: &[String]) -> (TempDir, Index) {
    let directory = TempDir::new().unwrap();
    let index = Index::create(&directory.path().join("index")).unwrap();
    let changes = (0..)
        .zip(bodies)
        .map(|(number, body)| Change::Put(Box::new(entry(number, body))));
    index.apply(&changes.collect::<Vec<_>>(), 1).unwrap();
    (directory, index)
}

/// Returns the pages with all the words and those with some.
fn found(index: &Index, query: &str) -> (BTreeSet<Key>, BTreeSet<Key>) {
    let page = index.search(&SearchRequest {
        query: Query::parse(query),
        per_page: 100,
        ..SearchRequest::default()
    });
    let page = page.unwrap();
    assert_eq!(page.corrected, [], "{query}");
    let with = |all| {
        page.hits
            .iter()
            .filter(move |hit| hit.has_all == all)
            .map(|hit| hit.key)
            .collect()
    };
    (with(true), with(false))
}

/// Returns the ways in which two words can be typed.
fn typed(first: &str, second: &str) -> [String; 4] {
    [
        format!("{first}{second}"),
        format!("{first}-{second}"),
        format!("{first} {second}"),
        format!("{first}\u{2011}{second}").to_uppercase(),
    ]
}

#[test]
fn words_that_people_write_in_three_ways_find_the_same_pages() {
    let bodies = [
        "The Wi-Fi was slow. Staff could not log in. E-prescribing came later, with follow-up by telephone.",
        "Electronic prescribing went live. A log of faults was kept.",
        "One wifi for all. Login takes a second. Eprescribing and the followup of patients; a covid19 ward.",
        "Set up the room. Log in twice. Follow-up calls, real-time beds, COVID-19 and x-ray.",
        "Realtime beds. Follow the plan and ring up the team. Prescribing on paper.",
        "They set up a desk, set up a line and set up a rota on a ward round.",
        "The setup of a ward round at ten.",
    ];
    let (_directory, index) = index(&bodies.map(str::to_owned));
    for (first, second, all, some) in [
        ("wi", "fi", 2, 0),
        ("log", "in", 3, 1),
        ("e", "prescribing", 3, 1),
        ("follow", "up", 3, 1),
        ("real", "time", 2, 0),
        ("covid", "19", 2, 0),
        ("x", "ray", 1, 0),
        // No page writes it as one.
        ("ward", "round", 2, 1),
    ] {
        let expected = found(&index, &typed(first, second)[0]);
        assert_eq!(
            (expected.0.len(), expected.1.len()),
            (all, some),
            "{first} {second}"
        );
        for typed in typed(first, second) {
            assert_eq!(found(&index, &typed), expected, "{typed}");
        }
    }
    // Most pages write it as two, and one as one: what was typed comes first, and both forms find both.
    assert_eq!(found(&index, "setup").0.len(), 3);
    assert_eq!(found(&index, "set up").0.len(), 3);
    // A compound within a list's entry, and next to other words.
    for (one, other) in [
        ("wifi telephone", "wi fi telephone"),
        ("staff login", "staff log in"),
    ] {
        assert_eq!(found(&index, one), found(&index, other), "{one}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn words_that_are_one_find_the_same_pages_in_each_form(
        first in "[bdfgklmnprt][aiou][bdfgklmnpt]{1,2}[aou]",
        second in "[bdfgklmnprt][aiou][bdgklmnpt]{1,2}[aou][bdgkmnp]",
        ways in proptest::collection::vec(0_u8..6, 1..12),
    ) {
        // What a page has: the word as one, with a hyphen or as two, its parts apart, one of them, or something else.
        let body = |way: &u8| match way {
            0 => format!("About {first}{second} here."),
            1 => format!("About {first}-{second} here."),
            2 => format!("About {first} {second} here."),
            3 => format!("About {second} and then {first}."),
            4 => format!("About {first} alone."),
            _ => "About other things.".to_owned(),
        };
        let count = |wanted: &[u8]| ways.iter().filter(|way| wanted.contains(way)).count();
        let (as_one, as_two) = (count(&[0, 1]), count(&[2]));
        prop_assume!(as_one > as_two || (as_one == 0 && as_two > 0));
        let (_directory, index) = index(&ways.iter().map(body).collect::<Vec<_>>());
        let expected = found(&index, &format!("{first}{second}"));
        prop_assert!(expected.0.len() >= as_one + as_two);
        for typed in typed(&first, &second) {
            prop_assert_eq!(&found(&index, &typed), &expected, "{}", typed);
        }
    }
}
