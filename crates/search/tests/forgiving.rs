//! What a search forgives: spelling, parts and joints of words, abbreviations, and too many words.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{FacetGroup, amount::Range};
use search::{Change, Entry, Expansions, Index, Key, Query, ResultPage, SearchRequest, Sort};
use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization as _;
use wire::{DocumentId, Timestamp, Visibility};

fn key(node_seq: i64, number: u8) -> Key {
    let mut random = [0; 10];
    random[9] = number;
    Key {
        node_seq,
        id: DocumentId::generate(Timestamp::from_secs(1_700_000_000), random),
    }
}

fn number(key: Key) -> u8 {
    let same = |number: &u8| self::key(key.node_seq, *number) == key;
    (0..=255).find(same).unwrap()
}

fn entry(node_seq: i64, number: u8, title: &str, body: &str) -> Entry {
    Entry {
        key: key(node_seq, number),
        rev: 1,
        visibility: Visibility::Public,
        title: title.to_owned(),
        summary: String::new(),
        body_text: body.to_owned(),
        tags: Vec::new(),
        labels: Vec::new(),
        facets: BTreeMap::from([(FacetGroup::Topic, vec![format!("topic-{}", number % 2)])]),
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

fn documents() -> Vec<Entry> {
    [
        (
            1,
            "Wi-Fi on every ward",
            "The wireless network was replaced.",
        ),
        (2, "Staff log-in with a card", "Single sign-on for nurses."),
        (3, "Follow-up by telephone", "Outpatient visits fell."),
        (
            4,
            "Electronic prescribing",
            "The e-prescribing project cost a lot.",
        ),
        (
            5,
            "Replacing bleeps",
            "What did it cost? Each bleep was a telephone.",
        ),
        (6, "The IT service desk", "Tickets are closed in a day."),
        (7, "Vaccine freezer at -80", "The freezer holds vaccine."),
        (8, "疫苗接种 and 看護師", "Leaflets in other languages."),
        (9, "مُسْتَشْفَى", "A leaflet in Arabic."),
        (
            10,
            "Electronic patient record",
            "The organisation chose a supplier.",
        ),
        (
            11,
            "Ambient scribe",
            "A recogniser of speech writes the notes.",
        ),
        (12, "Cafe\u{301} Zoë", "Anaesthesia charts at the centre."),
        (13, "Passport for patients", "Passing it on."),
        (14, "EPMA at every bed", "Medicines charts went."),
    ]
    .map(|(number, title, body)| entry(1, number, title, body))
    .into()
}

fn request(query: &str) -> SearchRequest {
    SearchRequest {
        query: Query::parse(query),
        per_page: 100,
        ..SearchRequest::default()
    }
}

/// The documents with all the words, then a bar, then those with some.
fn found(page: &ResultPage) -> String {
    let numbers = |all: bool| -> Vec<String> {
        let mut hits: Vec<u8> = page
            .hits
            .iter()
            .filter(|hit| hit.has_all == all)
            .map(|hit| number(hit.key))
            .collect();
        hits.sort_unstable();
        hits.iter().map(u8::to_string).collect()
    };
    let (all, some) = (numbers(true), numbers(false));
    assert_eq!(page.with_all, u64::try_from(all.len()).unwrap());
    assert_eq!(page.total, u64::try_from(page.hits.len()).unwrap());
    assert!(page.hits.is_sorted_by_key(|hit| !hit.has_all));
    format!("{} | {}", all.join(" "), some.join(" "))
        .trim()
        .to_owned()
}

#[test]
fn words_are_found_however_they_are_written() {
    let (_directory, index) = index(documents());
    let check = |query: &str, expected: &str| {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(found(&page), expected, "{query}");
        // A page that is full counts the others without reading them.
        let first = index
            .search(&SearchRequest {
                per_page: 1,
                ..request(query)
            })
            .unwrap();
        assert_eq!(
            (first.with_all, first.total),
            (page.with_all, page.total),
            "{query}"
        );
    };
    for wifi in ["wifi", "Wi-Fi", "wi fi", "WiFi", "WIFI"] {
        check(wifi, "1 |");
    }
    for login in ["login", "log-in", "log in", "Log In"] {
        check(login, "2 |");
    }
    for follow_up in ["followup", "follow up", "follow-up"] {
        check(follow_up, "3 |");
    }
    for prescribing in [
        "eprescribing",
        "e prescribing",
        "e-prescribing",
        "E Prescribing",
    ] {
        check(prescribing, "4 14 |");
    }
    check("IT", "6 |");
    check("IT service desk", "6 |");
    check("title:IT", "6 |");
    check("-80 freezer", "7 |");
    check("疫苗", "8 |");
    check("看護師", "8 |");
    check("看護", "8 |");
    check("مستشفى", "9 |");
    check("المستشفى", "9 |");
    check("café zoe", "12 |");
    check("anesthesia center", "12 |");
    check("organization", "10 |");
}

#[test]
fn a_word_of_which_pages_have_only_a_part_is_no_search_for_everything() {
    let (_directory, index) = index(documents());
    for sort in [Sort::Relevance, Sort::Newest] {
        for (query, corrects, expected, unknown) in [
            ("e-freezer", true, "7 |", &[][..]),
            ("e-freezer", false, "| 7", &[]),
            ("\"single sign-on\" e-freezer", false, "| 2", &[]),
            ("e-bike", true, "|", &["ebike"]),
            ("e-bike", false, "|", &["ebike"]),
            ("what", true, "5 |", &[]),
        ] {
            let request = SearchRequest {
                sort,
                corrects,
                ..request(query)
            };
            let page = index.search(&request).unwrap();
            assert_eq!(found(&page), expected, "{query} {sort:?} {corrects}");
            assert_eq!(page.unknown, unknown, "{query} {sort:?} {corrects}");
        }
    }
}

/// Writes a character between the letters of a word.
fn between(word: &str, sign: char) -> String {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    letters.join(&sign.to_string())
}

/// Writes letters of ASCII as those of another block that has them in their order.
fn in_block(word: &str, capital: u32, small: u32) -> String {
    let other = |c: char| {
        let begin = match c {
            'A'..='Z' => capital - u32::from('A'),
            'a'..='z' => small - u32::from('a'),
            _ => return c,
        };
        char::from_u32(begin + u32::from(c)).unwrap()
    };
    word.chars().map(other).collect()
}

/// Returns a word in every form that Unicode has for it.
fn forms(word: &str) -> Vec<String> {
    let signs = "\u{ad}\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{200e}\u{200f}\u{202e}\u{2068}\u{fe0f}\u{61c}";
    let mut forms: Vec<String> = vec![
        word.nfc().collect(),
        word.nfd().collect(),
        word.nfkc().collect(),
        word.nfkd().collect(),
        word.to_uppercase(),
        // Wide letters, and bold ones of mathematics.
        in_block(word, 0xFF21, 0xFF41),
        in_block(word, 0x1D400, 0x1D41A),
    ];
    forms.extend(signs.chars().map(|sign| between(word, sign)));
    forms
}

#[test]
fn a_word_is_found_in_every_form_that_unicode_has_for_it() {
    // Composed and decomposed accents, ligatures, and signs of the same meaning.
    for word in [
        "café",
        "naïve",
        "Ångström",
        "ﬁeldwork",
        "ﬂuoroscopy",
        "oﬃces",
        "Zoë",
        "crème",
        "Œdema",
        "vitamin",
        "Đuro",
        "Tiếng",
        "Straße",
    ] {
        let forms = forms(word);
        let documents = forms.iter().enumerate().map(|(at, form)| {
            let body = format!("A page about {form} and others.");
            entry(1, u8::try_from(at).unwrap(), "Page", &body)
        });
        let (_directory, index) = index(documents);
        for form in &forms {
            let page = index.search(&request(form)).unwrap();
            assert_eq!(
                page.with_all,
                u64::try_from(forms.len()).unwrap(),
                "{word}: {form:?}: {page:?}"
            );
            assert!(
                page.corrected.is_empty() && page.unknown.is_empty(),
                "{form:?}"
            );
        }
    }
}

#[test]
fn letters_that_look_like_others_are_corrected_and_said() {
    let (_directory, index) = index(documents());
    // Cyrillic and Greek letters in place of Latin ones.
    for (query, expected, corrected) in [
        ("tel\u{435}phone", "3 5 |", Some("telephone")),
        ("teleph\u{3bf}ne", "3 5 |", Some("telephone")),
        ("\u{430}mbient scribe", "11 |", Some("ambient scribe")),
        (
            "\u{435}l\u{435}ctronic prescribing",
            "4 | 10",
            Some("electronic prescribing"),
        ),
    ] {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(found(&page), expected, "{query}");
        assert_eq!(page.corrected_text.as_deref(), corrected, "{query}");
    }
}

#[test]
fn abbreviations_and_words_of_one_meaning_are_found_and_said() {
    let (_directory, index) = index(documents());
    let check = |query: &str, expected: &str, also: &[&str]| {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(found(&page), expected, "{query}");
        assert_eq!(page.also, also, "{query}");
    };
    check("EPR", "10 |", &["electronic patient record"]);
    check("epr", "10 |", &["electronic patient record"]);
    check("electronic patient record", "10 | 4 13", &[]);
    check("pager", "5 |", &["bleep"]);
    // Of many meanings: in lower case it is a word of its own if a page has it, and otherwise the abbreviation.
    check("RIS", "|", &["radiology information system"]);
    check("ris", "|", &["radiology information system"]);
    let (_other, with_word) = {
        let mut all = documents();
        all.push(entry(
            1,
            15,
            "Ris in a text",
            "A patient administration system.",
        ));
        all.push(entry(1, 16, "Radiology", "A radiology information system."));
        self::index(all)
    };
    for (query, expected) in [("ris", "15 |"), ("RIS", "15 16 |"), ("pas", "15 |")] {
        let page = with_word.search(&request(query)).unwrap();
        assert_eq!(found(&page), expected, "{query}");
    }
    // What no page has is named where nothing is found, and not where the words are.
    check(
        "BCMA",
        "|",
        &[
            "barcode medication administration",
            "bar code medication administration",
            "closed loop medicines",
        ],
    );
    check("SMS", "|", &["text message"]);
    check("bleep", "5 |", &[]);
    let page = index
        .search(&SearchRequest {
            expansions: None,
            ..request("EPR")
        })
        .unwrap();
    assert_eq!((page.total, page.unknown.join(" ")), (0, "epr".to_owned()));
    // An operator's own list is added to that of the program.
    let (own, unread) = Expansions::default().with("Lorenzo = electronic patient record\n");
    assert_eq!(unread, Vec::<usize>::new());
    let page = index
        .search(&SearchRequest {
            expansions: Some(Arc::new(own)),
            ..request("lorenzo")
        })
        .unwrap();
    assert_eq!(found(&page), "10 |");
}

#[test]
fn spelling_is_corrected_and_said_and_only_to_words_of_documents_that_are_there() {
    let (_directory, index) = index(documents());
    let check = |query: &str, expected: &str, corrected: Option<&str>, unknown: &[&str]| {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(found(&page), expected, "{query}");
        assert_eq!(page.corrected_text.as_deref(), corrected, "{query}");
        assert_eq!(page.unknown, unknown, "{query}");
    };
    check("ambeint scribe", "11 |", Some("ambient scribe"), &[]);
    check(
        "Ambeint \"scribe\"",
        "11 |",
        Some("ambient \"scribe\""),
        &[],
    );
    check(
        "electornic perscribing",
        "4 | 10",
        Some("electronic prescribing"),
        &[],
    );
    check("telephnoe", "3 5 |", Some("telephone"), &[]);
    // A letter of a word of seven has moved by more than a place.
    check("amebint scribe", "11 |", Some("ambient scribe"), &[]);
    check("xyzzy telephone", "3 5 |", None, &["xyzzy"]);
    check("xyzzy", "|", None, &["xyzzy"]);
    // Too short, or a number.
    check("wrd", "|", None, &["wrd"]);
    check("2o21", "|", None, &["2o21"]);
    let as_typed = SearchRequest {
        corrects: false,
        ..request("ambeint scribe")
    };
    let page = index.search(&as_typed).unwrap();
    assert_eq!(found(&page), "11 |");
    assert_eq!(page.unknown, ["ambeint"]);
    // A deleted document stays in the dictionary for a while, but nothing is corrected to its words.
    index.apply(&[Change::Delete(key(1, 11))], 2).unwrap();
    check("ambeint", "|", None, &["ambeint"]);
}

#[test]
fn a_question_returns_what_answers_it_and_not_everything() {
    let (_directory, index) = index(documents());
    let page = index
        .search(&request("what did it cost to replace bleeps"))
        .unwrap();
    assert_eq!(found(&page), "5 | 1");
    // Counts are those of the documents above the line.
    let counts: u64 = page
        .facets
        .iter()
        .filter(|facet| facet.group == FacetGroup::Topic)
        .flat_map(|facet| &facet.values)
        .map(|value| value.count)
        .sum();
    assert_eq!(counts, 1);
    // Where no document has all the words, the others are counted.
    let page = index.search(&request("bleeps freezer")).unwrap();
    assert_eq!(found(&page), "| 5 7");
    let topic = page
        .facets
        .iter()
        .find(|facet| facet.group == FacetGroup::Topic);
    assert_eq!(topic.unwrap().values[0].count, 2);
    // A filter holds in both parts.
    let page = index
        .search(&request("bleeps freezer topic:topic-1"))
        .unwrap();
    assert_eq!(found(&page), "| 5 7");
    // Pages go over the line without a gap, in every order.
    for sort in Sort::ALL {
        let whole = SearchRequest {
            sort,
            ..request("electronic prescribing record telephone")
        };
        let whole = index.search(&whole).unwrap();
        let mut paged = Vec::new();
        for page in 1..=u32::try_from(whole.total).unwrap() {
            let one = SearchRequest {
                sort,
                page,
                per_page: 1,
                ..request("electronic prescribing record telephone")
            };
            paged.extend(
                index
                    .search(&one)
                    .unwrap()
                    .hits
                    .into_iter()
                    .map(|hit| hit.key),
            );
        }
        let whole: Vec<Key> = whole.hits.iter().map(|hit| hit.key).collect();
        assert_eq!(paged, whole, "{sort:?}");
    }
}

#[test]
fn what_is_asked_of_any_project_decides_nothing() {
    let mut all = documents();
    let mut declared = entry(1, 22, "Rosters on a screen", "Rosters of nurses.");
    let scale = FacetGroup::Spend.scale().unwrap();
    let spent = scale.values(Range::pounds(5_000, Some(5_000)));
    declared.facets.insert(FacetGroup::Spend, spent);
    all.extend([
        entry(1, 20, "Voice letters", "They are dictated."),
        entry(
            1,
            21,
            "We tried paper",
            "We tried it, and lessons say it was worth it: a voice for work, and paper letters.",
        ),
        declared,
        entry(1, 23, "Rosters on paper", "Rosters again."),
    ]);
    let (_directory, index) = index(all);
    for (query, expected, left_out) in [
        ("who tried voice letters", "20 21 |", "tried"),
        ("are voice letters worth it", "20 21 |", "worth"),
        ("voice letters lessons", "20 21 |", "lessons"),
        ("do voice letters work", "20 21 |", "work"),
        // What is known of no page is found by nothing else that was typed.
        ("anyone tried RFID", "|", "tried"),
        ("what about RFID", "|", ""),
        ("RFID cost", "|", ""),
        // Alone, in quotes, and where only what was typed is searched for.
        ("tried", "21 |", ""),
        ("worth it", "21 |", ""),
        ("voice \"tried\"", "21 |", ""),
        // What something cost decides between pages that are about it; it is also what a page declares.
        ("rosters cost", "22 23 |", ""),
        ("how much do rosters cost", "22 23 |", ""),
        ("cost", "4 5 |", ""),
    ] {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(found(&page), expected, "{query}");
        let notes = page.notes.join(" ");
        let note = match left_out {
            "" => String::new(),
            word => format!("We left out “{word}”. Put a word in quotes to search for it."),
        };
        assert_eq!(notes, note, "{query}");
        if let Some(first) = page.hits.first().filter(|_| expected.starts_with("20")) {
            assert_eq!(number(first.key), 20, "{query}");
        }
    }
    let only = SearchRequest {
        expansions: None,
        ..request("who tried voice letters")
    };
    assert_eq!(found(&index.search(&only).unwrap()), "21 | 20");
    // One word that can be meant is searched for, unless it is known to be about a topic.
    for (topics, expected) in [(vec![], "21 | 20"), (vec!["topic-0".to_owned()], "20 21 |")] {
        let asked = SearchRequest {
            topics,
            ..request("voice work")
        };
        assert_eq!(found(&index.search(&asked).unwrap()), expected);
    }
}

#[test]
fn equal_documents_have_one_order_at_every_node() {
    let orders: Vec<Vec<u8>> = [(1, 1), (2, 3), (7, 16)]
        .into_iter()
        .map(|(node_seq, commits)| {
            let directory = TempDir::new().unwrap();
            let index = Index::create(&directory.path().join("index")).unwrap();
            let mut entries: Vec<Entry> = (0..32)
                .map(|number| Entry {
                    sort_at: Timestamp::from_secs(5),
                    ..entry(node_seq, number, "Same words", "The same words again.")
                })
                .collect();
            entries.rotate_left(usize::try_from(node_seq).unwrap());
            for (entries, commit) in entries.chunks(32 / commits).zip(1..) {
                let changes: Vec<Change> = entries
                    .iter()
                    .map(|entry| Change::Put(Box::new(entry.clone())))
                    .collect();
                index.apply(&changes, commit).unwrap();
            }
            let mut order = Vec::new();
            for query in ["same words", ""] {
                let page = index.search(&request(query)).unwrap();
                order.extend(page.hits.iter().map(|hit| number(hit.key)));
            }
            order
        })
        .collect();
    assert_eq!(orders[0].len(), 64);
    assert_eq!(orders[0], orders[1]);
    assert_eq!(orders[0], orders[2]);
}

#[test]
fn words_next_to_each_other_come_first() {
    let filler = "Nothing else of note happened in that week on the ward. ".repeat(3);
    let (_directory, index) = index([
        entry(
            1,
            1,
            "One",
            &format!("A virtual desk. {filler} A real ward."),
        ),
        entry(
            1,
            2,
            "Two",
            &format!("A virtual ward. {filler} A real desk."),
        ),
    ]);
    let page = index.search(&request("virtual ward")).unwrap();
    assert_eq!(number(page.hits[0].key), 2);
    // One that was made of the first line does not make a text longer or its words more frequent.
    let (_directory, index) = self::index([
        entry(
            1,
            1,
            "Ward rounds in pairs",
            "Ward rounds in pairs\nwork better.",
        ),
        entry(
            1,
            2,
            "Two",
            "Ward rounds in pairs work better than ward rounds alone.",
        ),
    ]);
    let page = index.search(&request("rounds")).unwrap();
    assert_eq!(page.total, 2);
}

#[test]
fn what_is_marked_is_what_was_found() {
    let (_directory, index) = index(documents());
    let title = |query: &str| {
        let page = index.search(&request(query)).unwrap();
        page.hits[0].title_html.clone()
    };
    assert_eq!(title("wifi"), "<mark>Wi-Fi</mark> on every ward");
    assert_eq!(title("IT"), "The <mark>IT</mark> service desk");
    assert_eq!(
        title("疫苗接种"),
        "<mark>疫苗</mark><mark>接种</mark> and 看護師"
    );
    assert_eq!(title("ambeint"), "<mark>Ambient</mark> scribe");
    assert_eq!(
        title("EPR"),
        "<mark>Electronic</mark> <mark>patient</mark> <mark>record</mark>"
    );
}

#[test]
fn a_word_that_is_not_finished_is_the_beginning_of_others() {
    let mut all = documents();
    all.extend([
        entry(1, 20, "Rheumatology by telephone", "Rheumatoid joints."),
        entry(1, 21, "A rheumatology portal", "Papers went."),
        entry(
            1,
            22,
            "What a chart shows",
            "What matters, and what does not. The dirt of the past.",
        ),
    ]);
    let (_directory, index) = index(all);
    for (query, expected, corrected, others) in [
        (
            "rheumat",
            "20 21 |",
            Some("rheumatology"),
            vec!["rheumatoid"],
        ),
        (
            "rheu portal",
            "21 | 20",
            Some("rheumatology portal"),
            // No page has that with the other word.
            vec![],
        ),
        // The last word may have three letters.
        ("portal pap", "21 |", Some("portal papers"), vec![]),
        ("pap portal", "21 |", None, vec![]),
        // A beginning comes before a spelling.
        ("presc", "4 |", Some("prescribing"), vec![]),
        // No word of a question is what was meant, nor one that begins otherwise.
        ("whan", "|", None, vec![]),
        ("hirt", "|", None, vec![]),
        ("cahrt", "12 14 22 |", Some("chart"), vec![]),
    ] {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(page.corrected_text.as_deref(), corrected, "{query}");
        assert_eq!(found(&page), expected, "{query}");
        assert_eq!(page.also_meant, others, "{query}");
    }
}

#[test]
fn a_word_that_is_one_is_the_beginning_of_another_where_pages_have_that_next_to_its_neighbour() {
    let mut all = documents();
    all.extend([
        entry(1, 20, "Heart failure at home", "The failure of hearts."),
        entry(
            1,
            21,
            "What failed",
            "An honest heart says what fails: a kidney failure.",
        ),
        entry(
            1,
            22,
            "Failing better",
            "A ward round that fails is no failure.",
        ),
        entry(
            1,
            23,
            "Remote monitoring",
            "Monitoring from remote places. Money was saved.",
        ),
        entry(
            1,
            24,
            "Months of money",
            "Months of remote work, and a month after months of it.",
        ),
        entry(1, 25, "Two months", "Months and months of money."),
        entry(1, 26, "Asked once", "Ask once only."),
        entry(1, 27, "Oncology", "Oncology at home."),
        entry(
            1,
            28,
            "Point of care",
            "Tests at the point of care. A carer points at a car.",
        ),
    ]);
    let (_directory, index) = index(all);
    for (query, expected, corrected, also) in [
        // Pages with the word come with those of which it is the beginning.
        ("heart fail", "20 21 | 22", None, vec!["heart failure"]),
        ("ward fail", "22 | 1 21", None, vec![]),
        ("fail", "21 22 |", None, vec![]),
        // Of those that begin so, the one that is next to the other word comes first.
        ("remote mon", "23 | 24", Some("remote monitoring"), vec![]),
        // Only its stem is that of a word.
        ("onc", "26 27 |", None, vec!["oncology"]),
        // Words too common to be found may be between.
        ("point of car", "28 |", None, vec!["point of care"]),
    ] {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(page.corrected_text.as_deref(), corrected, "{query}");
        assert_eq!(page.also, also, "{query}");
        assert_eq!(found(&page), expected, "{query}");
    }
    let page = index.search(&request("heart fail")).unwrap();
    assert_eq!(number(page.hits[0].key), 20);
    // What was typed alone, and words that must stay as they are.
    let only = SearchRequest {
        expansions: None,
        ..request("heart fail")
    };
    assert_eq!(index.search(&only).unwrap().also, Vec::<String>::new());
    // What a deleted page had is proposed no longer.
    index.apply(&[Change::Delete(key(1, 20))], 2).unwrap();
    let page = index.search(&request("heart fail")).unwrap();
    assert_eq!(page.also, Vec::<String>::new());
}

#[test]
fn a_word_that_is_spelt_right_is_not_turned_into_another() {
    let mut all = documents();
    all.extend([
        entry(1, 20, "Mental health", "Caring for carers, and a portal."),
        entry(1, 21, "Appointments", "Appointments in mental health."),
    ]);
    let (_directory, index) = index(all);
    for (query, expected, offered) in [
        ("dental", "|", Some("mental")),
        ("dental appointments", "21 |", Some("mental appointments")),
        ("catering", "|", Some("caring")),
        // One letter in place of the first makes another word rather than a mistake.
        ("zental", "|", Some("mental")),
        ("port", "|", Some("portal")),
        // Two letters in turned order, next to a word that pages have there, come before a word that begins so.
        ("sing on card", "2 |", Some("sign on card")),
        ("sing tickets", "6 |", Some("single tickets")),
        ("mentla", "20 21 |", None),
        ("appiontments", "21 |", None),
    ] {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(found(&page), expected, "{query}");
        assert_eq!(page.offered_text.as_deref(), offered, "{query}");
        assert_eq!(page.corrected.is_empty(), offered.is_some(), "{query}");
    }
}

#[test]
fn words_in_quotes_and_in_titles_that_no_page_has_are_named() {
    let (_directory, index) = index(documents());
    for (query, unknown, left) in [
        (
            "\"zebra crossing\" wifi",
            vec!["zebra", "crossing"],
            Some("wifi"),
        ),
        ("title:trolly", vec!["trolly"], None),
        ("title:telephone", vec![], None),
        ("\"the wireless network\"", vec![], None),
    ] {
        let page = index.search(&request(query)).unwrap();
        assert_eq!(page.unknown, unknown, "{query}");
        assert_eq!(page.without_unknown.as_deref(), left, "{query}");
    }
}

#[test]
fn pages_of_an_organisation_that_the_words_name_come_before_those_that_repeat_its_name() {
    let of = |number: u8, body: &str, organisation: &str| {
        let mut entry = entry(1, number, "Virtual wards", body);
        let values = vec![organisation.to_owned()];
        entry.facets.insert(FacetGroup::Organisation, values);
        entry.labels = vec![format!("{organisation} NHS Trust")];
        entry
    };
    let other = "As Avonbridge said, and Avonbridge did, and Avonbridge has.";
    let (_directory, index) = index([
        of(
            1,
            "Patients went home. It took a year, and some more words.",
            "avonbridge",
        ),
        of(2, other, "northmoor"),
    ]);
    for (named, first) in [(vec![], 2), (vec!["avonbridge".to_owned()], 1)] {
        let asked = SearchRequest {
            named,
            ..request("did virtual wards work at avonbridge")
        };
        let page = index.search(&asked).unwrap();
        assert_eq!(number(page.hits[0].key), first, "{page:?}");
        assert_eq!(page.with_all, 2);
    }
}
