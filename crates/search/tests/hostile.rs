//! Any byte string is a query: none fails, and none takes a second.
//!
//! 20,000 queries in an optimised build, a million with `WARDROUND_LONG=1`. A build without optimisation takes twenty times
//! as long, so it asks 2,000 and allows more time for each.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::{FacetGroup, amount::Range};
use search::{Change, Entry, Expansions, Index, Key, Learnt, Likeness, Query, SearchRequest, Sort};
use tempfile::TempDir;
use wire::{DocumentId, Timestamp, Viewer, Visibility};

/// How many queries there are each day, and with `WARDROUND_LONG`.
const QUERIES: u64 = if cfg!(debug_assertions) {
    2_000
} else {
    20_000
};
const LONG_QUERIES: u64 = 1_000_000;
/// After so many queries the test says how far it is.
const REPORTED_QUERIES: u64 = 10_000;

/// No query takes longer.
const MAX_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

/// A query that took too long is asked again: what it reads may not have been in memory.
const TRIES: usize = 5;

/// Signs that mean something to this search, or to others.
const SIGNS: [&str; 44] = [
    "\"", "“", "”", "«", "-", "−", "--", ":", "::", "(", ")", "[", "]", "{", "}", "^", "^2", "~",
    "~1", "*", "?", "\\", "/", "//", "+", "!", "&&", "||", "<", ">", "=", "'", "`", ",", ";", "#",
    "%", "$", "@", "|", "\0", "\n", "\t", "\u{feff}",
];

/// Words that mean something to other searches.
const OPERATORS: [&str; 12] = [
    "AND",
    "OR",
    "NOT",
    "TO",
    "NEAR/3",
    "IN",
    "title:",
    "body:",
    "key:",
    "_all:",
    "visibility:",
    "IT",
];

/// Ranges of characters of different kinds: marks, controls, private ones, and scripts.
const RANGES: [(u32, u32); 22] = [
    (0x00, 0x1f),
    (0x20, 0x7e),
    (0x80, 0x24f),
    (0x300, 0x36f),
    (0x370, 0x3ff),
    (0x400, 0x4ff),
    (0x590, 0x6ff),
    (0x900, 0x97f),
    (0xe00, 0xe7f),
    (0x1100, 0x11ff),
    (0x1e00, 0x1fff),
    (0x2000, 0x206f),
    (0x2100, 0x218f),
    (0x3000, 0x30ff),
    (0x4e00, 0x9fff),
    (0xac00, 0xd7a3),
    (0xe000, 0xf8ff),
    (0xfb00, 0xfdff),
    (0xff00, 0xffff),
    (0x1_d400, 0x1_d7ff),
    (0x1_f300, 0x1_faff),
    (0xe_0000, 0xe_01ef),
];

/// Numbers that look random and are the same in each run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound.max(1)
    }

    fn one<'a, T: ?Sized + 'a>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    fn character(&mut self) -> char {
        let (from, to) = RANGES[self.below(RANGES.len())];
        let span = usize::try_from(to - from + 1).unwrap();
        char::from_u32(from + u32::try_from(self.below(span)).unwrap()).unwrap_or('\u{fffd}')
    }

    fn letters(&mut self, length: usize) -> String {
        let letter = |_| char::from(b'a' + u8::try_from(self.below(26)).unwrap());
        (0..length).map(letter).collect()
    }
}

/// Returns how long this thread has had a processor: a busy machine makes no query slower by that.
fn time_of_thread() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap()
}

/// What queries are made of.
struct Source {
    /// Queries as people type them.
    typed: Vec<String>,
    /// Words of documents.
    words: Vec<String>,
}

impl Source {
    fn query(&self, numbers: &mut Numbers, depth: usize) -> String {
        match numbers.below(if depth == 0 { 11 } else { 9 }) {
            0 => {
                let length = numbers.below(120);
                let bytes: Vec<u8> = (0..length)
                    .map(|_| numbers.next().to_le_bytes()[3])
                    .collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            1 => {
                let length = numbers.below(60);
                (0..length).map(|_| numbers.character()).collect()
            }
            2 => self.of_signs(numbers),
            3 => long_word(numbers),
            4 => self.of_many(numbers, |source, numbers| source.word(numbers)),
            5 => self.of_many(numbers, |_, numbers| {
                let length = 1 + numbers.below(24);
                numbers.letters(length)
            }),
            6 => self.filters(numbers),
            // Half of all: what people type, with mistakes.
            7 | 8 => self.mistyped(numbers),
            _ => {
                let parts = 2 + numbers.below(3);
                let parts = (0..parts).map(|_| self.query(numbers, depth + 1));
                parts
                    .collect::<Vec<_>>()
                    .join(numbers.one(&[" ", "", "\"", " -"]))
            }
        }
    }

    fn word(&self, numbers: &mut Numbers) -> String {
        self.words[numbers.below(self.words.len())].clone()
    }

    fn of_many(
        &self,
        numbers: &mut Numbers,
        word: impl Fn(&Self, &mut Numbers) -> String,
    ) -> String {
        let count = 1 + numbers.below(90);
        let words: Vec<String> = (0..count).map(|_| word(self, numbers)).collect();
        words.join(numbers.one(&[" ", " ", "-", "\"", " -", "_", "/", "\u{a0}"]))
    }

    fn of_signs(&self, numbers: &mut Numbers) -> String {
        let mut query = String::new();
        for _ in 0..numbers.below(40) {
            match numbers.below(4) {
                0 => query.push_str(&self.word(numbers)),
                1 => query.push_str(numbers.one(&OPERATORS)),
                _ => query.push_str(numbers.one(&SIGNS)),
            }
            if numbers.below(3) == 0 {
                query.push(' ');
            }
        }
        query
    }

    fn filters(&self, numbers: &mut Numbers) -> String {
        let mut query = String::new();
        for _ in 0..1 + numbers.below(40) {
            let group = FacetGroup::ALL[numbers.below(FacetGroup::ALL.len())];
            let sign = numbers.one(&["", "-", "\"", "--"]);
            let value = match numbers.below(3) {
                0 => self.word(numbers),
                1 => format!("\"{}", self.word(numbers)),
                _ => numbers.one(&SIGNS).to_owned(),
            };
            query.push_str(&format!("{sign}{group}:{value} "));
        }
        query
    }

    fn mistyped(&self, numbers: &mut Numbers) -> String {
        let typed = &self.typed[numbers.below(self.typed.len())];
        let mut letters: Vec<char> = typed.chars().collect();
        for _ in 0..numbers.below(6) {
            let at = numbers.below(letters.len());
            match numbers.below(7) {
                0 if !letters.is_empty() => _ = letters.remove(at),
                1 => letters.insert(at, numbers.character()),
                2 if at + 1 < letters.len() => letters.swap(at, at + 1),
                3 if !letters.is_empty() => letters[at] = numbers.character(),
                4 if !letters.is_empty() => letters.insert(at, letters[at]),
                5 => {
                    letters = letters
                        .iter()
                        .flat_map(|letter| letter.to_uppercase())
                        .collect()
                }
                _ => {
                    let sign = numbers.one(&SIGNS);
                    letters.splice(at..at, sign.chars());
                }
            }
        }
        letters.into_iter().collect()
    }
}

fn long_word(numbers: &mut Numbers) -> String {
    let length = [7, 39, 40, 41, 250, 511, 512, 513, 5_000][numbers.below(9)];
    match numbers.below(4) {
        0 => numbers.letters(length),
        1 => numbers.character().to_string().repeat(length),
        2 => numbers.letters(2).repeat(length / 2),
        _ => format!("a{}", "\u{301}".repeat(length)),
    }
}

fn request(numbers: &mut Numbers, query: &str) -> SearchRequest {
    let any = [1, 1, 1, 0, 2, 7, 1_000, u32::MAX];
    let amounts = [
        "up-to-10000",
        "from-5",
        "0-to-1",
        "7-to-9000",
        "",
        "<",
        ">9",
    ];
    let filters = (numbers.below(10) == 0).then(|| {
        let values = (0..=numbers.below(2)).map(|_| numbers.one(&amounts).to_owned());
        (FacetGroup::Spend, values.collect())
    });
    SearchRequest {
        filters: filters.into_iter().collect(),
        query: Query::parse(query),
        sort: Sort::ALL[numbers.below(Sort::ALL.len())],
        page: any[numbers.below(any.len())],
        per_page: [10, 10, 0, 1, 100, u32::MAX][numbers.below(6)],
        like: (numbers.below(20) == 0)
            .then(|| Likeness::parse(&format!("{:016x}", numbers.next())).unwrap()),
        marks: numbers.below(3) > 0,
        corrects: numbers.below(4) > 0,
        expansions: (numbers.below(4) > 0).then(Expansions::built_in),
        ..SearchRequest::default()
    }
}

/// Documents of the index: more than it takes to learn what they are about.
const DOCUMENTS: usize = 520;

/// Returns an index of the sample content, of texts in other scripts and of parts of both, in two segments, with the words
/// in it. It has learnt which of them are about the same.
fn index(home: &Path) -> (Index, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut texts: Vec<String> = files(&root.join("content"))
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut numbers = Numbers(7);
    for _ in 0..40 {
        texts.push((0..400).map(|_| numbers.character()).collect());
    }
    let words = texts.iter().flat_map(|text| text.split_whitespace());
    let words: Vec<String> = words.map(str::to_owned).collect();
    for _ in texts.len()..DOCUMENTS {
        let start = numbers.below(words.len());
        let part: Vec<&str> = words
            .iter()
            .skip(start)
            .take(80)
            .map(String::as_str)
            .collect();
        texts.push(part.join(" "));
    }
    let index = Index::create(&home.join("index")).unwrap();
    for (part, texts) in texts.chunks(texts.len().div_ceil(2)).enumerate() {
        let changes: Vec<Change> = texts
            .iter()
            .enumerate()
            .map(|(at, text)| Change::Put(Box::new(entry(DOCUMENTS * part + at, text))))
            .collect();
        index
            .apply(&changes, u64::try_from(part + 1).unwrap())
            .unwrap();
    }
    index.learn(&|| true).unwrap();
    assert!(matches!(index.learnt(), Learnt::Vectors { .. }));
    (index, words)
}

fn entry(number: usize, text: &str) -> Entry {
    let number = u16::try_from(number).unwrap();
    let mut random = [0; 10];
    random[8..].copy_from_slice(&number.to_be_bytes());
    Entry {
        key: Key {
            node_seq: i64::from(number % 5),
            id: DocumentId::generate(Timestamp::from_secs(1_700_000_000), random),
        },
        rev: 1,
        visibility: Visibility::Public,
        title: text.chars().take(60).collect(),
        summary: text.chars().skip(60).take(100).collect(),
        body_text: text.to_owned(),
        tags: Vec::new(),
        labels: Vec::new(),
        facets: BTreeMap::from([
            (FacetGroup::Topic, vec![format!("topic-{}", number % 7)]),
            (FacetGroup::Spend, spend(u64::from(number % 11) * 1_000)),
        ]),
        sort_at: Timestamp::from_secs(i64::from(number)),
        reviewed: None,
        adoptions: 0,
    }
}

fn spend(pounds: u64) -> Vec<String> {
    let scale = FacetGroup::Spend.scale().unwrap();
    scale.values(Range::pounds(pounds, Some(pounds)))
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn no_query_fails_or_takes_a_second() {
    let home = TempDir::new().unwrap();
    let (index, words) = index(home.path());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let judged = fs::read_to_string(root.join("tests/fixtures/judged-queries.txt")).unwrap();
    let typed = judged.lines().filter_map(|line| line.split_once(" | "));
    let source = Source {
        typed: typed.map(|(query, _)| query.to_owned()).collect(),
        words,
    };
    assert!(source.typed.len() > 100);
    let is_long = std::env::var_os("WARDROUND_LONG").is_some();
    let count = if is_long { LONG_QUERIES } else { QUERIES };
    let mut slowest = (Duration::ZERO, String::new());
    let (mut with_hits, mut corrected, mut related) = (0_u64, 0_u64, 0_u64);
    let started = Instant::now();
    for number in 1..=count {
        // Each query has a seed of its own, so that one that fails can be asked alone.
        let mut numbers = Numbers(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let query = source.query(&mut numbers, 0);
        let request = request(&mut numbers, &query);
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            let asked = time_of_thread();
            let page = index.search(&request);
            let page = page.unwrap_or_else(|error| panic!("{number} {query:?}: {error:?}"));
            let titles = index.suggest(&query, 5, Viewer::Public);
            titles.unwrap_or_else(|error| panic!("{number} {query:?}: {error:?}"));
            assert!(page.with_all <= page.total, "{number} {query:?}");
            if best == Duration::MAX {
                with_hits += u64::from(page.total > 0 && page.ranked);
                corrected += u64::from(!page.corrected.is_empty());
                related += u64::from(!page.related.is_empty());
            }
            best = best.min(time_of_thread().saturating_sub(asked));
            if best < MAX_TIME {
                break;
            }
        }
        assert!(best < MAX_TIME, "{number} {query:?} took {best:?}");
        if best > slowest.0 {
            slowest = (best, query);
        }
        // A run of a million takes half an hour of a processor: what was asked until now is known if it is cut off.
        if number.is_multiple_of(REPORTED_QUERIES) {
            println!(
                "{number} queries; the slowest took {:?}: {:?}",
                slowest.0, slowest.1
            );
        }
    }
    // The queries are not only such as find nothing.
    assert!(with_hits > count / 5, "{with_hits} of {count}");
    assert!(corrected > count / 50, "{corrected} of {count}");
    assert!(related > count / 200, "{related} of {count}");
    println!(
        "{count} queries in {:?}; {with_hits} found something, {related} something related; the slowest took {:?}: {:?}",
        started.elapsed(),
        slowest.0,
        slowest.1
    );
}
