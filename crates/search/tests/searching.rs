//! What a query finds, in which order, with which counts; and what no query can show.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::{FacetGroup, amount::Range};
use proptest::prelude::*;
use search::{Change, Entry, Index, Key, Query, ResultPage, SearchRequest, Sort};
use tempfile::TempDir;
use wire::{DocumentId, Timestamp, Viewer, Visibility};

/// A search that takes so long hangs; how fast it is, a benchmark tells.
const HANGS: Duration = Duration::from_secs(10);

/// The key of the document with the given number.
fn key(number: u8) -> Key {
    let mut random = [0; 10];
    random[9] = number;
    Key {
        node_seq: 1,
        id: DocumentId::generate(Timestamp::from_secs(1_700_000_000), random),
    }
}

fn number(key: Key) -> u8 {
    (0..=255).find(|number| self::key(*number) == key).unwrap()
}

fn entry(number: u8, title: &str, body: &str, facets: &[(FacetGroup, &str)]) -> Entry {
    let mut values: BTreeMap<FacetGroup, Vec<String>> = BTreeMap::new();
    for (group, value) in facets {
        values.entry(*group).or_default().push((*value).to_owned());
    }
    Entry {
        key: key(number),
        rev: u64::from(number) + 1,
        visibility: Visibility::Public,
        title: title.to_owned(),
        summary: String::new(),
        body_text: body.to_owned(),
        tags: Vec::new(),
        labels: Vec::new(),
        facets: values,
        sort_at: Timestamp::from_secs(i64::from(number) * 1000),
        reviewed: None,
        adoptions: 0,
    }
}

fn index(entries: impl IntoIterator<Item = Entry>) -> (TempDir, Index) {
    let directory = TempDir::new().unwrap();
    let index = Index::create(&directory.path().join("index")).unwrap();
    let changes: Vec<Change> = entries
        .into_iter()
        .map(|entry| Change::Put(Box::new(entry)))
        .collect();
    index.apply(&changes, 1).unwrap();
    (directory, index)
}

fn request(query: &str) -> SearchRequest {
    SearchRequest {
        query: Query::parse(query),
        per_page: 100,
        ..SearchRequest::default()
    }
}

fn numbers(page: &ResultPage) -> Vec<u8> {
    page.hits.iter().map(|hit| number(hit.key)).collect()
}

fn hospital() -> Vec<Entry> {
    use FacetGroup::{CareSetting, Kind, Organisation, Result, System, Topic, Year};
    let case = (Kind, "case-study");
    let mut documents = vec![
        entry(
            1,
            "Electronic prescribing on surgical wards",
            "Nurses asked for fewer clicks. Prescribing errors fell.",
            &[
                case,
                (Topic, "epma"),
                (Result, "worked"),
                (CareSetting, "acute"),
                (Organisation, "ZZ1"),
                (Year, "2024"),
                (System, "Examplecorp Meds"),
            ],
        ),
        entry(
            2,
            "Bed management board",
            "A live board for bed managers. Prescribing is not part of it. The A&E team uses dm+d codes.",
            &[
                case,
                (Topic, "bed-management"),
                (Topic, "analytics-bi"),
                (Result, "partly"),
                (CareSetting, "acute"),
                (Organisation, "ZZ1"),
                (Year, "2025"),
            ],
        ),
        entry(
            3,
            "Virtual ward for frailty",
            "Patients stay at home; nurses call them. Café visits stopped.",
            &[
                case,
                (Topic, "virtual-wards"),
                (Result, "did-not-work"),
                (CareSetting, "community"),
                (Organisation, "ZZ2"),
                (Year, "2025"),
            ],
        ),
        entry(
            4,
            "How the search works",
            "Type words. The best match comes first.",
            &[(Kind, "page"), (Organisation, "ZZ1"), (Year, "2025")],
        ),
        entry(
            5,
            "Handover in the emergency department",
            "Safer handover between shifts. e-prescribing helped the handover.",
            &[
                case,
                (Topic, "clinical-noting"),
                (Topic, "epma"),
                (Result, "worked"),
                (CareSetting, "acute"),
                (Organisation, "ZZ3"),
                (Year, "2024"),
            ],
        ),
    ];
    documents[1].tags = vec!["patient flow".into()];
    documents[2].labels = vec!["Hospital at home".into()];
    documents[2].reviewed = Some(Timestamp::from_secs(9_000));
    documents[0].reviewed = Some(Timestamp::from_secs(8_000));
    documents
}

#[test]
fn a_query_finds_its_documents_best_first() {
    let (_directory, index) = index(hospital());
    let check = |query: &str, expected: &[u8]| {
        assert_eq!(
            numbers(&index.search(&request(query)).unwrap()),
            expected,
            "{query:?}"
        );
    };
    check("prescribing", &[1, 5, 2]);
    check("prescribed", &[1, 5, 2]);
    check("PRESCRIBING", &[1, 5, 2]);
    check("e-prescribing", &[5, 1, 2]);
    check("eprescribing", &[5, 1, 2]);
    check("nurse frailty", &[3, 1]);
    check("cafe", &[3]);
    // The other form of the words is in the title of one.
    check("a&e", &[5, 2]);
    check("A&E dm+d", &[2, 5]);
    check("patient flow", &[2, 3]);
    check("\"patient flow\"", &[2]);
    check("hospital at home", &[3]);
    check("\"bed management\"", &[2]);
    check("\"management bed\"", &[]);
    check("\"handover in the emergency\"", &[5]);
    check("prescribing -surgical", &[5, 2]);
    check("prescribing -\"surgical wards\"", &[5, 2]);
    check("-prescribing", &[4, 3]);
    check("title:handover", &[5]);
    check("title:prescribing nurses", &[1]);
    check("topic:epma", &[5, 1]);
    check("topic:epma topic:virtual-wards", &[5, 3, 1]);
    check("topic:epma organisation:zz1", &[1]);
    check("-result:worked", &[4, 3, 2]);
    check("system:\"Examplecorp Meds\"", &[1]);
    check("year:2025 nurses", &[3]);
    check("topic:nonsense", &[]);
    check("zzzz", &[]);
    check("zzzz prescribing", &[1, 5, 2]);
    check("", &[5, 4, 3, 2, 1]);
    check("the of and", &[5, 4, 3, 2, 1]);
    check("! ? ()", &[5, 4, 3, 2, 1]);
}

#[test]
fn results_come_in_the_order_asked_for_and_in_pages() {
    let (_directory, index) = index(hospital().into_iter().map(|mut entry| {
        entry.adoptions = u64::from(number(entry.key) == 4);
        entry
    }));
    let check = |sort, page, per_page, expected: &[u8]| {
        let request = SearchRequest {
            sort,
            page,
            per_page,
            ..request("")
        };
        let page = index.search(&request).unwrap();
        assert_eq!(numbers(&page), expected, "{sort:?}");
        assert_eq!(page.total, 5);
    };
    check(Sort::Newest, 1, 10, &[5, 4, 3, 2, 1]);
    check(Sort::Adopted, 1, 10, &[4, 5, 3, 2, 1]);
    check(Sort::Reviewed, 1, 10, &[3, 1, 5, 4, 2]);
    check(Sort::Newest, 2, 2, &[3, 2]);
    check(Sort::Newest, 3, 2, &[1]);
    check(Sort::Newest, 4, 2, &[]);
    check(Sort::Newest, 0, 2, &[5, 4]);
    check(Sort::Newest, 1, 0, &[5]);
    let page = index
        .search(&SearchRequest {
            page: u32::MAX,
            ..request("")
        })
        .unwrap();
    assert_eq!((page.page, page.hits.len()), (100, 0));
    assert_eq!(page.notes, ["We can show only the first 10000 results."]);
}

#[test]
fn a_hit_shows_what_matched() {
    let (_directory, index) = index(hospital());
    let page = index
        .search(&request("prescribing \"surgical wards\""))
        .unwrap();
    let hit = &page.hits[0];
    assert_eq!(hit.rev, 2);
    assert!(hit.score > 0.0);
    assert_eq!(
        hit.title_html,
        "Electronic <mark>prescribing</mark> on <mark>surgical</mark> <mark>wards</mark>"
    );
    assert_eq!(
        hit.snippet_html,
        "Nurses asked for fewer clicks. <mark>Prescribing</mark> errors fell."
    );
}

#[test]
fn words_of_a_question_are_marked_only_where_there_are_no_others() {
    let text = "What did nurses ask? How the ward did it.";
    let (_home, index) = index([entry(1, "Ward rounds", text, &[])]);
    for (query, expected) in [
        (
            "what did the ward do",
            "What did nurses ask? How the <mark>ward</mark> did it.",
        ),
        (
            "what did",
            "<mark>What</mark> <mark>did</mark> nurses ask? How the ward <mark>did</mark> it.",
        ),
    ] {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(page.hits[0].snippet_html, expected, "{query}");
    }
}

#[test]
fn notes_say_what_was_ignored() {
    let (_directory, index) = index(hospital());
    let check = |query: &str, expected: &str| {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(page.notes.join(" "), expected, "{query:?}");
    };
    check("nurses", "");
    check(
        "the",
        "The search held only very common words; everything is shown, newest first.",
    );
    check(
        "state:draft",
        "“state:” is not a filter. We searched for it as words.",
    );
    // Nothing is as long, so that showing everything would answer another question.
    let long = "x".repeat(62);
    let only = "x".repeat(61);
    for query in [
        long.clone(),
        only,
        format!("\"{long}\""),
        format!("title:{long}"),
        format!("nurses \"{long}\" \"{long}\""),
    ] {
        check(&query, "One of your words is too long to search for.");
        assert_eq!(index.search(&request(&query)).unwrap().total, 0, "{query}");
    }
    let query = format!("nurses -{long}");
    check(&query, "One of your words is too long to search for.");
    assert_ne!(index.search(&request(&query)).unwrap().total, 0);
    let many: Vec<String> = (0..40).map(|n| format!("w{n}")).collect();
    let first = "We used only the first 32 words of your search.";
    check(&many.join("-"), first);
    // What has no room left is left out, and never silently.
    check(&format!("\"{}\"", many.join(" ")), first);
    let many = many[..32].join(" ");
    check(&format!("\"{many}\""), "");
    check(&format!("\"{many}\" \"bed board\""), first);
    check(&format!("\"{many}\" -nurses -beds"), first);
    check(&format!("\"{many}\" title:beds"), first);
}

#[test]
fn a_page_says_whether_the_query_ranked_and_narrowed_it() {
    let (_directory, index) = index(hospital());
    let check = |query: &str, ranked: bool, narrowed: bool| {
        for sort in Sort::ALL {
            let request = SearchRequest {
                sort,
                ..request(query)
            };
            let page = index.search(&request).unwrap();
            assert_eq!(
                (page.ranked, page.narrowed),
                (ranked, narrowed),
                "{query:?}"
            );
        }
    };
    check("nurses", true, true);
    check("\"surgical wards\"", true, true);
    check("title:prescribing", true, true);
    check("no-such-word-anywhere", true, true);
    check("", false, false);
    // What is too common to be indexed neither ranks nor excludes.
    check("the", false, false);
    check("-the", false, false);
    check("-nurses", false, true);
    check("topic:epr", false, true);
    check("the topic:epr", false, true);
    check("-topic:epr", false, true);
    // A ticked filter is no part of the query's text.
    let ticked = SearchRequest {
        filters: BTreeMap::from([(FacetGroup::Topic, vec!["epr".to_owned()])]),
        ..request("")
    };
    let page = index.search(&ticked).unwrap();
    assert_eq!((page.ranked, page.narrowed), (false, false));
}

#[test]
fn counts_leave_out_the_groups_own_filter() {
    use FacetGroup::{Organisation, Topic};
    let (_directory, index) = index(hospital());
    let counts = |query: &str, group| {
        let page = index.search(&request(query)).unwrap();
        let facet = page
            .facets
            .into_iter()
            .find(|facet| facet.group == group)
            .unwrap();
        facet
            .values
            .into_iter()
            .map(|v| format!("{} {}", v.value, v.count))
            .collect::<Vec<_>>()
    };
    assert_eq!(counts("", Organisation), ["ZZ1 3", "ZZ2 1", "ZZ3 1"]);
    assert_eq!(
        counts("organisation:ZZ2", Organisation),
        ["ZZ1 3", "ZZ2 1", "ZZ3 1"]
    );
    assert_eq!(counts("topic:epma", Organisation), ["ZZ1 1", "ZZ3 1"]);
    assert_eq!(
        counts("topic:epma organisation:ZZ3", Topic),
        ["clinical-noting 1", "epma 1"]
    );
    assert_eq!(
        counts("organisation:ZZ9", Organisation),
        ["ZZ1 3", "ZZ2 1", "ZZ3 1"]
    );
    assert_eq!(counts("organisation:ZZ9", Topic), Vec::<String>::new());
}

#[test]
fn titles_are_suggested_while_typing() {
    let mut documents = hospital();
    let mut hidden = entry(9, "Prescription secret", "prescriptionist", &[]);
    hidden.visibility = Visibility::Organisation;
    documents.push(hidden);
    documents.push(entry(12, "Wi-Fi for visitors", "nothing", &[]));
    let (_directory, index) = index(documents);
    let check = |typed: &str, expected: &[&str]| {
        let found = index.suggest(typed, 8, Viewer::Public).unwrap();
        let found: Vec<&str> = found.iter().map(|found| found.title.as_str()).collect();
        assert_eq!(found, expected, "{typed:?}");
    };
    check("presc", &["Electronic prescribing on surgical wards"]);
    check(
        "electronic presc",
        &["Electronic prescribing on surgical wards"],
    );
    check("bed man", &["Bed management board"]);
    check("wifi", &["Wi-Fi for visitors"]);
    check("wi-fi", &["Wi-Fi for visitors"]);
    check("visitors wi", &["Wi-Fi for visitors"]);
    check("", &[]);
    check("\"(", &[]);
    check("zzz", &[]);
    // Misspelt words are forgiven where nothing begins so, the last one as a beginning.
    check("perscribing", &["Electronic prescribing on surgical wards"]);
    check(
        "electornic presc",
        &["Electronic prescribing on surgical wards"],
    );
    check("bed manga", &["Bed management board"]);
    check("zed management", &[]);
    check("prescriptionits", &[]);
}

#[test]
fn nothing_shows_a_document_that_is_not_for_the_reader() {
    let mut documents = hospital();
    for (number, visibility) in [(10, Visibility::Network), (11, Visibility::Organisation)] {
        let mut hidden = entry(
            number,
            "Canaryword hidden",
            "canaryword body nurses",
            &[
                (FacetGroup::Topic, "canarytopic"),
                (FacetGroup::Kind, "case-study"),
            ],
        );
        hidden.visibility = visibility;
        hidden.tags = vec!["canarytag".into()];
        documents.push(hidden);
    }
    let (_directory, index) = index(documents);
    let queries = [
        "",
        "canaryword",
        "\"canaryword hidden\"",
        "title:canaryword",
        "topic:canarytopic",
        "-nothing",
        "-topic:epma",
        "visibility:network",
        "visibility:organisation",
        "canarytag",
        "nurses",
        "kind:case-study",
        "+canaryword",
        "*",
        "canary*",
        "canarywrod~2",
        "/canary.*/",
        "visibility:[public TO network]",
        "NOT visibility:public",
        "(canaryword) OR canaryword",
    ];
    for query in queries {
        for sort in Sort::ALL {
            let page = index
                .search(&SearchRequest {
                    sort,
                    ..request(query)
                })
                .unwrap();
            assert!(
                numbers(&page).iter().all(|number| *number < 10),
                "{query:?}"
            );
            assert_eq!(
                page.total,
                u64::try_from(page.hits.len()).unwrap(),
                "{query:?}"
            );
            let text = format!("{:?}", page.facets);
            assert!(!text.contains("canary"), "{query:?}: {text}");
        }
    }
    for typed in ["can", "canaryw", "canaryword h", "c"] {
        assert_eq!(index.suggest(typed, 10, Viewer::Public).unwrap(), []);
    }
    // Nothing is corrected to a word that only hidden documents have.
    for query in ["canarywrod", "hiden"] {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(page.corrected_text, None, "{query:?}");
        assert_eq!(page.total, 0, "{query:?}");
    }
    let seen = |viewer| {
        numbers(
            &index
                .search(&SearchRequest {
                    viewer,
                    ..request("canaryword")
                })
                .unwrap(),
        )
    };
    assert_eq!(seen(Viewer::Peer), [10]);
    assert_eq!(seen(Viewer::Staff).len(), 2);
}

/// A small collection in which every group has values, for counting.
fn varied(count: u8) -> Vec<Entry> {
    (0..count)
        .map(|number| {
            let pick = |every: u8, text: &str| format!("{text}-{}", number % every);
            let mut entry = entry(number, &pick(7, "word"), &pick(3, "ward nurse"), &[]);
            entry.facets.insert(
                FacetGroup::Topic,
                vec![pick(5, "t"), pick(3, "t"), pick(5, "t")],
            );
            entry
                .facets
                .insert(FacetGroup::Organisation, vec![pick(11, "O")]);
            entry.facets.insert(FacetGroup::Result, vec![pick(2, "r")]);
            if number.is_multiple_of(13) {
                entry.visibility = Visibility::Network;
            }
            entry
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn counts_equal_a_naive_count(
        topics in proptest::collection::vec(0_u8..6, 0..3),
        results in proptest::collection::vec(0_u8..3, 0..2),
        word in proptest::option::of(0_u8..4),
    ) {
        let documents = varied(120);
        let (_directory, index) = index(documents.clone());
        let mut filters = BTreeMap::new();
        filters.insert(FacetGroup::Topic, topics.iter().map(|t| format!("t-{t}")).collect::<Vec<_>>());
        filters.insert(FacetGroup::Result, results.iter().map(|r| format!("r-{r}")).collect::<Vec<_>>());
        let query = word.map_or(String::new(), |number| format!("\"nurse-{number}\""));
        let page = index.search(&SearchRequest { filters: filters.clone(), ..request(&query) }).unwrap();
        let passes = |entry: &Entry, but: Option<FacetGroup>| {
            entry.visibility == Visibility::Public
                && word.is_none_or(|number| entry.body_text == format!("ward nurse-{number}"))
                && filters.iter().all(|(group, wanted)| {
                    Some(*group) == but
                        || wanted.is_empty()
                        || entry.facets[group].iter().any(|value| wanted.contains(value))
                })
        };
        let total = documents.iter().filter(|entry| passes(entry, None)).count();
        prop_assert_eq!(page.total, total as u64);
        for facet in &page.facets {
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for entry in documents.iter().filter(|entry| passes(entry, Some(facet.group))) {
                let values: BTreeSet<&String> = entry.facets.get(&facet.group).into_iter().flatten().collect();
                for value in values {
                    *expected.entry(value.clone()).or_default() += 1;
                }
            }
            let found: BTreeMap<String, u64> =
                facet.values.iter().map(|value| (value.value.clone(), value.count)).collect();
            prop_assert_eq!(found, expected, "{}", facet.group);
        }
    }
}

#[test]
fn hostile_queries_neither_fail_nor_take_long() {
    let (_directory, index) = index(hospital());
    let words = "prescribing|nurse|the|AND|OR|NOT|TO|IN|title|topic|all|body_text|visibility|_all|e-|A&E|[|]|{|}|(|)|\
        ^2|~3|~|*|?|\"|'|:|\\|/|+|-|!|&&|||<|>|=|@|#|$|%|;|,|.|\u{0}|\u{202e}|\u{feff}|é|e\u{301}|ß|İ|\u{1f9ea}|\u{10ffff}|\
        ١٢|中文|اختبار|ﬁ|\n|\t|x";
    let words: Vec<&str> = words.split('|').collect();
    let runs: u32 = if cfg!(debug_assertions) {
        2_000
    } else {
        200_000
    };
    // A linear congruential generator: seeded, so that a failure can be repeated.
    let mut state = 42_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut slowest = Duration::ZERO;
    for _ in 0..runs {
        let mut query = String::new();
        for _ in 0..next(24) {
            query.push_str(words[next(words.len())]);
            if next(3) == 0 {
                query.push(' ');
            }
        }
        let request = SearchRequest {
            per_page: 3,
            facets: vec![FacetGroup::Topic],
            sort: Sort::ALL[next(4)],
            ..request(&query)
        };
        let page = index
            .search(&request)
            .unwrap_or_else(|error| panic!("{query:?}: {error}"));
        slowest = slowest.max(page.took);
        if next(8) == 0 {
            index.suggest(&query, 5, Viewer::Public).unwrap();
        }
    }
    assert!(slowest < HANGS, "{slowest:?}");
}

#[test]
fn ten_kilobytes_of_punctuation_are_answered_at_once() {
    let (_directory, index) = index(hospital());
    for unit in [
        "\"", "-", "(", "-\"", "*", "a:", ":", "~^", "\\", "a-", "x\"y",
    ] {
        let page = index
            .search(&request(&unit.repeat(10_240 / unit.len())))
            .unwrap();
        assert!(page.took < HANGS, "{unit:?}: {:?}", page.took);
    }
}

/// What a document says of its cost: from the least to the most, in pounds.
type Said = (u64, Option<u64>);

#[test]
fn ranges_of_amounts_find_and_count_what_is_in_them() {
    const SAID: [Option<Said>; 9] = [
        None,
        Some((0, Some(0))),
        Some((0, Some(10_000))),
        Some((9_000, Some(9_000))),
        Some((10_000, Some(50_000))),
        Some((32_000, Some(32_000))),
        Some((32_001, Some(32_001))),
        Some((1_000_000, None)),
        Some((u64::MAX, Some(u64::MAX))),
    ];
    let scale = FacetGroup::Spend.scale().unwrap();
    let documents = SAID.iter().enumerate().map(|(at, said)| {
        let number = u8::try_from(at).unwrap();
        let mut document = entry(number, "Bleep replacement", "What it cost.", &[]);
        if let Some((least, most)) = *said {
            let values = scale.values(Range::pounds(least, most));
            document.facets.insert(FacetGroup::Spend, values);
        }
        document
    });
    let (_directory, index) = index(documents);
    for (values, expected) in [
        (&["up-to-0"][..], &[1][..]),
        (&["up-to-10000"], &[1, 2, 3]),
        (&["up-to-50000"], &[1, 2, 3, 4, 5, 6]),
        (&["from-1000000"], &[7, 8]),
        // Not offered, so that the index has no value for them.
        (&["up-to-9000"], &[1, 3]),
        (&["up-to-32000"], &[1, 2, 3, 5]),
        (&["9000-to-32000"], &[3, 5]),
        (&["from-10000"], &[4, 5, 6, 7, 8]),
        (&["from-0"], &[1, 2, 3, 4, 5, 6, 7, 8]),
        (&["33000-to-40000"], &[]),
        (&["up-to-0", "from-32001"], &[1, 6, 7, 8]),
    ] {
        let filters = values.iter().map(|value| (*value).to_owned()).collect();
        let page = index
            .search(&SearchRequest {
                filters: BTreeMap::from([(FacetGroup::Spend, filters)]),
                sort: Sort::Newest,
                ..request("bleep")
            })
            .unwrap();
        let mut found = numbers(&page);
        found.sort_unstable();
        assert_eq!(found, expected, "{values:?}");
        let counts = &page
            .facets
            .iter()
            .find(|facet| facet.group == FacetGroup::Spend);
        let counts = &counts.unwrap().values;
        let count = |value: &str| {
            let found = counts.iter().find(|held| held.value == value);
            found.map_or(0, |held| held.count)
        };
        // The offered ranges are counted whatever is ticked; others where they are.
        let offered = [
            "up-to-0",
            "up-to-10000",
            "up-to-50000",
            "up-to-1000000",
            "from-1000000",
        ];
        assert_eq!(offered.map(count), [1, 3, 6, 6, 2], "{values:?}");
        if let [one] = values {
            assert_eq!(count(one), u64::try_from(expected.len()).unwrap(), "{one}");
        }
        assert!(
            counts
                .iter()
                .all(|held| !held.value.starts_with(['<', '>']))
        );
    }
    let typed = numbers(&index.search(&request("bleep spend:32k")).unwrap());
    assert_eq!(
        typed.into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from([1, 2, 3, 5])
    );
    let others = numbers(
        &index
            .search(&request("bleep -spend:32k -spend:1m+"))
            .unwrap(),
    );
    assert_eq!(
        others.into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from([0, 4, 6])
    );
}
