//! Times the check on a case study, a long text and a hostile one.

#![allow(missing_docs, reason = "criterion's macros make the functions")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use patient_data::{Part, check};

const STUDY: &str =
    include_str!("../../../content/case-studies/avonbridge/heart-failure-virtual-ward.md");

fn bench(criterion: &mut Criterion) {
    let long = STUDY.repeat(30_000 / STUDY.len() + 1);
    let long: String = long.chars().take(30_000).collect();
    let study: String = STUDY.chars().take(4_500).collect();
    let hostile = "NHS number 450 557 7104 dob born [x](y ![a]( <b 07700 900 |".repeat(500);
    for (name, text) in [
        ("4.5 kB", study),
        ("30 kB", long),
        ("hostile 30 kB", hostile),
    ] {
        let mut group = criterion.benchmark_group("check");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| check(&[Part::body(&text, 1)]).len());
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
