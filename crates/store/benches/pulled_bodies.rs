//! What a peer's document costs the store, in CPU time: its leaf, the search for missing bodies, and its body.
//!
//! `cargo bench -p store [-- DOCUMENTS]`, on SQLite. What reading and checking a body costs is not the store's, and is in
//! `bench`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "a benchmark may fail, and prints what it found"
)]

#[path = "../tests/suite/support.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod support;
#[path = "../tests/suite/verifying.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod verifying;
#[path = "../tests/suite/world.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod world;

/// What the world needs of the stories about peers.
mod peers {
    use store::NewPeer;
    use wire::NodeId;

    pub(crate) fn new_peer(number: usize) -> NewPeer {
        NewPeer {
            node: NodeId::for_text(format!("peer {number}").as_bytes()),
            handle: format!("p{number}"),
            base: format!("https://p{number}.example/feed/v1"),
            name: format!("Peer {number}"),
            ods: None,
            allow_cidr: String::new(),
            interval: None,
        }
    }
}

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use store::{AcceptedBody, BUNDLE_ENTRIES};
use support::{Engine, TestDatabase, at};
use wire::Digest;
use world::{Producer, body, fields, id};

/// Bytes of text in a body: with the rest about what a case study has.
const TEXT_BYTES: usize = 4000;

fn main() {
    let count = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    for _ in 0..3 {
        runtime.block_on(run(count));
    }
}

async fn run(count: u32) {
    let database = TestDatabase::new(Engine::Sqlite).await;
    let store = database.open().await;
    let mut producer = Producer::new(&store, 1).await;
    let words = |number: u32| format!("{number} {}", "word ".repeat(TEXT_BYTES / 5));
    for number in 0..count {
        producer.put(number, 1, &words(number));
    }
    let node_seq = producer.peer.node_seq;

    let start = cpu();
    producer.pull(&store, at(1)).await;
    let leaves = cpu() - start;

    let (mut finding, mut accepting) = (Duration::ZERO, Duration::ZERO);
    let mut first = 0;
    loop {
        let start = cpu();
        let missing = store
            .missing_bodies(node_seq, 1, first, 4096, at(2))
            .await
            .unwrap();
        finding += cpu() - start;
        let Some(last) = missing.last() else { break };
        first = last.leaf_index + 1;
        for bundle in missing.chunks(usize::try_from(BUNDLE_ENTRIES).unwrap()) {
            let bodies: Vec<AcceptedBody> = bundle
                .iter()
                .map(|missing| {
                    let number = u32::try_from(missing.leaf_index).unwrap();
                    let body = body(number, 1, &words(number));
                    assert_eq!(
                        (Digest::for_bytes(&body), id(number)),
                        (missing.digest, missing.id)
                    );
                    let mut fields = fields(&format!("Title {number}"));
                    fields.card = format!("{{\"card\":\"{}\"}}", "x".repeat(600));
                    AcceptedBody {
                        id: missing.id,
                        rev: 1,
                        digest: missing.digest,
                        body,
                        fields,
                    }
                })
                .collect();
            let start = cpu();
            let taken = store.accept_bodies(node_seq, bodies, at(3)).await.unwrap();
            accepting += cpu() - start;
            assert_eq!(taken, bundle.len());
        }
    }
    store.close().await;
    let each = |took: Duration| took.as_secs_f64() * 1e6 / f64::from(count);
    println!(
        "{count} documents, µs CPU each: leaves {:.1}, missing {:.1}, bodies {:.1}; together {:.1}",
        each(leaves),
        each(finding),
        each(accepting),
        each(leaves + finding + accepting)
    );
}

/// Returns the CPU time of this process so far.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let secs = u64::try_from(time.tv_sec).unwrap();
    Duration::new(secs, u32::try_from(time.tv_nsec).unwrap())
}
