//! The cost of one search over 10,000 synthetic documents of about 500 words.
//!
//! `cargo bench -p search` runs it. The words are invented and follow Zipf's law, as words do.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    missing_docs,
    reason = "a bench that cannot go on fails; its numbers are small"
)]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use domain::FacetGroup;
use search::{Change, Entry, Index, Key, Query, SearchRequest, Sort};
use wire::{DocumentId, Timestamp, Viewer, Visibility};

const DOCUMENTS: u32 = 10_000;
const VOCABULARY: f64 = 30_000.0;

/// A seeded generator: xorshift.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        f64::from((self.0 >> 40) as u32) / f64::from(1_u32 << 24)
    }

    fn below(&mut self, count: u32) -> u32 {
        (self.unit() * f64::from(count)) as u32
    }

    /// A word whose rank follows Zipf's law.
    fn word(&mut self) -> String {
        spelled(VOCABULARY.powf(self.unit()) as u32)
    }
}

fn spelled(rank: u32) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "mo", "ri", "ten", "lu", "sar", "do", "vin", "pe", "gol", "ba", "ner", "ti", "fos",
        "hu", "mel",
    ];
    let mut word = String::new();
    let mut rest = rank + 16;
    while rest > 0 {
        word.push_str(SYLLABLES.get((rest % 16) as usize).unwrap());
        rest /= 16;
    }
    word
}

fn entry(number: u32, random: &mut Random) -> Entry {
    let mut text = |words: u32| {
        let words: Vec<String> = (0..words).map(|_| random.word()).collect();
        words.join(" ")
    };
    let (title, summary, body_text) = (text(8), text(25), text(500));
    let mut facets: BTreeMap<FacetGroup, Vec<String>> = BTreeMap::new();
    for (group, count, values) in [
        (FacetGroup::Kind, 1, 2),
        (FacetGroup::Priority, 1, 5),
        (FacetGroup::Wgll, 2, 7),
        (FacetGroup::CareSetting, 2, 10),
        (FacetGroup::Topic, 3, 48),
        (FacetGroup::Organisation, 1, 205),
        (FacetGroup::Result, 1, 4),
        (FacetGroup::Year, 1, 8),
    ] {
        let value = |_| format!("value-{}", random.below(values));
        facets.insert(group, (0..count).map(value).collect());
    }
    let mut id = [0; 10];
    for (slot, byte) in id.iter_mut().zip(number.to_be_bytes()) {
        *slot = byte;
    }
    Entry {
        key: Key {
            node_seq: 1,
            id: DocumentId::generate(Timestamp::from_secs(1), id),
        },
        rev: 1,
        visibility: Visibility::Public,
        title,
        summary,
        body_text,
        tags: Vec::new(),
        labels: Vec::new(),
        facets,
        sort_at: Timestamp::from_secs(i64::from(number)),
        reviewed: None,
        adoptions: 0,
    }
}

fn searching(criterion: &mut Criterion) {
    let home = tempfile::TempDir::new().unwrap();
    let index = Index::create(&home.path().join("index")).unwrap();
    let mut random = Random(42);
    for batch in 0..DOCUMENTS / 1000 {
        let changes: Vec<Change> = (batch * 1000..(batch + 1) * 1000)
            .map(|number| Change::Put(Box::new(entry(number, &mut random))))
            .collect();
        index.apply(&changes, u64::from(batch) + 1).unwrap();
    }
    index.compact().unwrap();
    let groups: Vec<FacetGroup> = FacetGroup::ALL.into_iter().take(8).collect();
    let request = |query: &str| SearchRequest {
        query: Query::parse(query),
        facets: groups.clone(),
        ..SearchRequest::default()
    };
    // Words of ranks that about a quarter of the documents have between them, as real queries do.
    let common = format!("{} {} {}", spelled(300), spelled(700), spelled(1500));
    let rare = format!("{} {}", spelled(9_000), spelled(15_000));
    let cases = [
        ("page, common words", request(&common)),
        ("page, rare words", request(&rare)),
        (
            "page, phrase",
            request(&format!("\"{} {}\"", spelled(16), spelled(17))),
        ),
        ("page, nothing asked", request("")),
        (
            "page, newest",
            SearchRequest {
                sort: Sort::Newest,
                ..request(&common)
            },
        ),
        (
            "page, with a filter",
            request(&format!("{common} topic:value-3")),
        ),
        (
            "hits only",
            SearchRequest {
                facets: Vec::new(),
                ..request(&common)
            },
        ),
    ];
    for (name, request) in cases {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| index.search(black_box(&request)).unwrap());
        });
    }
    for typed in ["k", "ka", "kamo"] {
        criterion.bench_function(
            &format!("suggest after {} letters", typed.len()),
            |bencher| {
                bencher.iter(|| index.suggest(black_box(typed), 8, Viewer::Public).unwrap());
            },
        );
    }
}

criterion_group!(benches, searching);
criterion_main!(benches);
