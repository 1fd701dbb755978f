//! What a peer achieves that lies about its log (docs/FEED.md §14): a fault that names the lie, and nothing else.
//!
//! Each lie is told to a node that has applied all entries but one. Afterwards the peer is honest again, and the node has
//! that one too: nothing stays behind.

use std::time::Duration;

use ledger::{SignatureType, key_id};
use node::{clock::Clock, flows::peers};
use wire::{NodeId, base64};

use crate::{
    forger::{Feed, Forger, Lie, Reply, frames, key, line, plain_line},
    world::Trust,
};

const HOUR: Duration = Duration::from_secs(3600);

/// A node that has applied what a forger has published so far.
struct Victim {
    trust: Trust,
    forger: Forger,
    clock: Clock,
}

impl Victim {
    async fn new() -> Self {
        let clock = Clock::system();
        let forger = Forger::new(1, clock.clone()).await;
        let trust = Trust::with("ZZ1", clock.clone(), |_| {}).await;
        trust.follow_at(&forger.base(), &forger.id()).await;
        for number in 0..3 {
            forger
                .feed()
                .put(&format!("Study {number}"), "what was tried");
        }
        let victim = Self {
            trust,
            forger,
            clock,
        };
        assert_eq!(victim.trust.pull_well(&victim.forger.id()).await.size, 3);
        victim
    }

    /// Says everything that a lie could have changed.
    async fn state(&self) -> String {
        let (trust, id) = (&self.trust, self.forger.id());
        let store = &trust.node().store;
        let seq = store.node(&id).await.unwrap().unwrap().seq;
        let head = store.log_head(seq, 1).await.unwrap();
        let live = trust.live().await;
        let seen = trust.seen().await;
        let document = store
            .newest_node_document(seq)
            .await
            .unwrap()
            .unwrap()
            .version;
        let missing = store
            .missing_bodies(seq, 1, 0, 100, trust.node().now())
            .await
            .unwrap();
        let changes = (
            store.last_change().await.unwrap(),
            trust.node().index.progress(),
        );
        let log = (head.size, head.root, head.note);
        format!("{log:?} {live:?} {seen:?} {document} {missing:?} {changes:?}")
    }

    /// Lies once about something new; the fault must have this code, and nothing may have changed.
    async fn check(
        &self,
        name: &str,
        code: &str,
        lie: impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static,
    ) {
        self.forger.feed().put("More", "of it");
        let before = self.state().await;
        self.forger.lie(lie);
        let peer = self.trust.pull(&self.forger.id()).await;
        assert_eq!(peer.fault.map(|fault| fault.code), Some(code), "{name}");
        assert_eq!(self.state().await, before, "{name}");
        if code == "equivocation" {
            assert_eq!(peer.state, "halted", "{name}");
            let refused = peers::pull(self.trust.node(), Some(self.forger.id().as_str())).await;
            assert!(refused.is_err(), "{name}");
            peers::resume(self.trust.node(), self.forger.id().as_str())
                .await
                .unwrap();
        } else {
            assert_eq!((peer.state, peer.failures), ("active", 1), "{name}");
        }
        self.forger.be_honest();
        let peer = self.trust.pull_well(&self.forger.id()).await;
        assert_eq!(peer.size, self.forger.feed().entries.len() as u64, "{name}");
        assert_eq!(self.trust.live().await.len() as u64, peer.size, "{name}");
    }
}

fn is_bundle(path: &str) -> bool {
    path.contains("/tile/entries/")
}

/// Serves another checkpoint.
fn checkpoint(
    make: impl Fn(&Feed) -> String + Send + Sync + 'static,
) -> impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static {
    move |feed, path, reply| {
        if path.ends_with("/checkpoint") {
            reply.body = make(feed).into_bytes();
        }
    }
}

/// Changes the bytes of the honest checkpoint.
fn spoiled(
    from: &'static str,
    to: &'static str,
) -> impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static {
    checkpoint(move |feed| {
        let note = feed.checkpoint();
        assert!(note.contains(from));
        note.replacen(from, to, 1)
    })
}

/// Serves other bundles.
fn bundles(
    make: impl Fn(&mut Vec<u8>) + Send + Sync + 'static,
) -> impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static {
    move |_, path, reply| {
        if is_bundle(path) {
            make(&mut reply.body);
        }
    }
}

/// Signs a text by the log key and then whatever else.
fn signed(feed: &Feed, text: &str, more: &[String]) -> String {
    let log = plain_line(&feed.origin().to_string(), &feed.log, text);
    format!("{text}\n{log}{}", more.concat())
}

fn text_of(note: &str) -> String {
    note.split_once("\n\n").unwrap().0.to_owned() + "\n"
}

/// Returns the time line of a note.
fn time_line(note: &str) -> String {
    let lines: Vec<_> = note.lines().collect();
    format!("{}\n", lines.last().unwrap())
}

#[tokio::test]
async fn a_checkpoint_that_is_not_well_signed_is_a_fault_of_key() {
    let victim = Victim::new().await;
    let check = async |name, lie: Lie| {
        victim.check(name, "key", lie).await;
    };
    check(
        "unknown keys only",
        Box::new(checkpoint(|feed| {
            let text = text_of(&feed.checkpoint());
            format!(
                "{text}\n{}",
                plain_line(&feed.origin().to_string(), &key(9, "log"), &text)
            )
        })),
    )
    .await;
    check(
        "the right key under a wrong name and no other",
        Box::new(checkpoint(|feed| {
            let text = text_of(&feed.checkpoint());
            format!(
                "{text}\n{}",
                plain_line("example.org/log", &feed.log, &text)
            )
        })),
    )
    .await;
    check(
        "a colliding key id and no other",
        Box::new(checkpoint(|feed| {
            let text = text_of(&feed.checkpoint());
            let id = key_id(
                &feed.origin().to_string(),
                SignatureType::Plain,
                &feed.log.public(),
            );
            format!(
                "{text}\n{}",
                line("example.org/log", id, &key(9, "log").sign(text.as_bytes()))
            )
        })),
    )
    .await;
    check(
        "a failing line of a known key beside a good one",
        Box::new(checkpoint(|feed| {
            let note = feed.checkpoint();
            let origin = feed.origin().to_string();
            let id = key_id(&origin, SignatureType::Plain, &feed.log.public());
            note + &line(&origin, id, &feed.log.sign(b"another text"))
        })),
    )
    .await;
    check(
        "a failing time of the own witness beside a good one",
        Box::new(checkpoint(|feed| {
            let note = feed.checkpoint();
            let name = ledger::witness_name(&feed.node);
            let id = key_id(&name, SignatureType::Timestamped, &feed.witness.public());
            note + &line(&name, id, &[7; 72])
        })),
    )
    .await;
    check(
        "another root under the old signature",
        Box::new(checkpoint(|feed| {
            let note = feed.checkpoint();
            let root = note.lines().nth(2).unwrap().to_owned();
            note.replacen(&root, &base64::encode_std(&[7; 32]), 1)
        })),
    )
    .await;
    check(
        "signed by the witness in place of the log",
        Box::new(checkpoint(|feed| {
            let text = text_of(&feed.checkpoint());
            format!(
                "{text}\n{}",
                plain_line(&feed.origin().to_string(), &feed.witness, &text)
            )
        })),
    )
    .await;
}

#[tokio::test]
async fn lines_of_unknown_keys_are_ignored_beside_a_good_one() {
    let victim = Victim::new().await;
    victim.forger.feed().put("More", "of it");
    victim.forger.lie(checkpoint(|feed| {
        let note = feed.checkpoint();
        let (text, origin) = (text_of(&note), feed.origin().to_string());
        let id = key_id(&origin, SignatureType::Plain, &feed.log.public());
        note + &plain_line("example.org/log", &feed.log, "another text")
            + &plain_line(&origin, &key(9, "log"), &text)
            + &line("example.org/log", id, &[7; 64])
            + &line("example.org/unknown", [1, 2, 3, 4], b"of another kind")
    }));
    assert_eq!(victim.trust.pull_well(&victim.forger.id()).await.size, 4);
    let line = victim.trust.seen().await.remove(0).1;
    assert!(
        !line.contains("example.org"),
        "only the origin's own lines are passed on"
    );
}

#[tokio::test]
async fn a_checkpoint_of_a_bad_form_is_malformed() {
    let victim = Victim::new().await;
    victim
        .check(
            "an extension line",
            "malformed",
            checkpoint(|feed| {
                let text = format!("{}extension\n", text_of(&feed.checkpoint()));
                signed(feed, &text, &[])
            }),
        )
        .await;
    victim
        .check(
            "another origin",
            "malformed",
            checkpoint(|feed| {
                let note = feed.checkpoint();
                let other = NodeId::of_text(b"another");
                signed(
                    feed,
                    &text_of(&note).replace(feed.node.as_str(), other.as_str()),
                    &[],
                )
            }),
        )
        .await;
    victim
        .check(
            "another epoch",
            "malformed",
            checkpoint(|feed| {
                let text = text_of(&feed.checkpoint()).replacen("/1\n", "/2\n", 1);
                signed(feed, &text, &[])
            }),
        )
        .await;
    for (name, from, to) in [
        ("a leading zero", "\n5\n", "\n05\n"),
        ("a sign", "\n5\n", "\n+5\n"),
        ("beyond 64 bits", "\n5\n", "\n99999999999999999999\n"),
        ("a control character", "\n5\n", "\n5\r\n"),
        ("no blank line", "\n\n", "\n"),
    ] {
        // The number of entries grows from check to check.
        let lie = checkpoint(move |feed| {
            let size = format!("\n{}\n", feed.entries.len());
            let note = feed.checkpoint();
            note.replacen(
                &from.replace("\n5\n", &size),
                &to.replace('5', size.trim()),
                1,
            )
        });
        victim.check(name, "malformed", lie).await;
    }
    victim
        .check(
            "33 signatures",
            "malformed",
            checkpoint(|feed| {
                let note = feed.checkpoint();
                note + &line("example.org/log", [0; 4], &[7; 64]).repeat(31)
            }),
        )
        .await;
    victim
        .check(
            "a root of 31 bytes",
            "malformed",
            checkpoint(|feed| {
                let note = feed.checkpoint();
                let root = note.lines().nth(2).unwrap().to_owned();
                signed(
                    feed,
                    &text_of(&note).replace(&root, &base64::encode_std(&[7; 31])),
                    &[],
                )
            }),
        )
        .await;
    victim
        .check(
            "no signature",
            "malformed",
            checkpoint(|feed| text_of(&feed.checkpoint())),
        )
        .await;
    victim
        .check("not UTF-8", "malformed", |_, path, reply| {
            if path.ends_with("/checkpoint") {
                reply.body.push(0xff);
            }
        })
        .await;
    victim
        .check("a dash that is none", "malformed", spoiled("\u{2014}", "-"))
        .await;
}

#[tokio::test]
async fn a_log_that_goes_back_sideways_or_beyond_belief_is_told_apart() {
    let victim = Victim::new().await;
    victim
        .check(
            "rollback",
            "rollback",
            checkpoint(|feed| feed.checkpoint_at(2, feed.now())),
        )
        .await;
    victim
        .check(
            "rollback to nothing",
            "rollback",
            checkpoint(|feed| feed.checkpoint_at(0, feed.now())),
        )
        .await;
    victim
        .check(
            "two histories of one size",
            "equivocation",
            checkpoint(|feed| {
                let size = feed.entries.len() as u64 - 1;
                feed.signer().sign(size, &[7; 32], feed.now())
            }),
        )
        .await;
    for size in [1 << 62, u64::MAX, 1_000_100] {
        victim
            .check(
                "beyond belief",
                "implausible",
                checkpoint(move |feed| feed.signer().sign(size, &[7; 32], feed.now())),
            )
            .await;
    }
    victim
        .check(
            "another root than its entries have",
            "inconsistent",
            checkpoint(|feed| {
                feed.signer()
                    .sign(feed.entries.len() as u64, &[7; 32], feed.now())
            }),
        )
        .await;
}

#[tokio::test]
async fn a_checkpoint_needs_a_time_that_can_be_believed() {
    let victim = Victim::new().await;
    victim
        .check(
            "in the future",
            "timestamp",
            checkpoint(|feed| {
                feed.checkpoint_at(
                    feed.entries.len(),
                    feed.now().plus(Duration::from_secs(310)),
                )
            }),
        )
        .await;
    victim
        .check(
            "in the far future",
            "timestamp",
            checkpoint(|feed| {
                let text = text_of(&feed.checkpoint());
                let name = ledger::witness_name(&feed.node);
                let id = key_id(&name, SignatureType::Timestamped, &feed.witness.public());
                let message = format!("cosignature/v1\ntime {}\n{text}", u64::MAX);
                let mut signature = u64::MAX.to_be_bytes().to_vec();
                signature.extend(feed.witness.sign(message.as_bytes()));
                signed(feed, &text, &[line(&name, id, &signature)])
            }),
        )
        .await;
    victim
        .check(
            "older than the one held",
            "timestamp",
            checkpoint(|feed| feed.checkpoint_at(feed.entries.len(), feed.now().minus(HOUR))),
        )
        .await;
    victim
        .check(
            "none",
            "timestamp",
            checkpoint(|feed| signed(feed, &text_of(&feed.checkpoint()), &[])),
        )
        .await;
    victim
        .check(
            "that of a stranger",
            "timestamp",
            checkpoint(|feed| {
                let note = feed.checkpoint();
                let stranger = ledger::checkpoint::Witness::new(&feed.node, key(9, "witness"));
                let known = ledger::checkpoint::KnownKeys {
                    origin: feed.origin(),
                    log: vec![feed.log.public()],
                    witness: vec![feed.witness.public()],
                };
                let verified = ledger::checkpoint::verify(note.as_bytes(), &known).unwrap();
                let own = time_line(&note);
                stranger.cosign(&verified, feed.now()).replace(&own, "")
            }),
        )
        .await;
    // The greatest of several times counts.
    victim.forger.feed().put("More", "of it");
    victim.forger.lie(checkpoint(|feed| {
        let older = feed.checkpoint_at(feed.entries.len(), feed.now().minus(HOUR));
        feed.checkpoint() + &time_line(&older)
    }));
    victim.trust.pull_well(&victim.forger.id()).await;
}

#[tokio::test]
async fn a_frozen_log_is_stale_after_a_day_and_what_it_says_still_applies() {
    let victim = Victim::new().await;
    let (frozen, now) = {
        let feed = victim.forger.feed();
        (feed.checkpoint(), feed.now())
    };
    let old = frozen.clone();
    victim.forger.lie(checkpoint(move |_| old.clone()));
    assert!(!victim.trust.pull_well(&victim.forger.id()).await.stale);
    victim.clock.advance(25 * HOUR);
    let peer = victim.trust.pull_well(&victim.forger.id()).await;
    assert!(peer.stale);
    assert!(peer.last_fresh.unwrap() <= now);
    victim.forger.feed().put("Late", "and authentic");
    victim.forger.lie(checkpoint(move |feed| {
        feed.checkpoint_at(4, now.plus(Duration::from_secs(1)))
    }));
    let peer = victim.trust.pull_well(&victim.forger.id()).await;
    assert_eq!((peer.stale, peer.size), (true, 4));
    victim.forger.be_honest();
    assert!(!victim.trust.pull_well(&victim.forger.id()).await.stale);
}

#[tokio::test]
async fn bundles_that_are_not_those_of_the_signed_root_are_inconsistent() {
    let victim = Victim::new().await;
    victim
        .check(
            "a flipped bit of an old entry",
            "inconsistent",
            bundles(|bytes| bytes[20] ^= 1),
        )
        .await;
    victim
        .check(
            "a flipped bit of a new entry",
            "inconsistent",
            bundles(|bytes| {
                let last = bytes.len() - 20;
                bytes[last] ^= 1;
            }),
        )
        .await;
    victim
        .check(
            "a byte short",
            "inconsistent",
            bundles(|bytes| {
                bytes.pop();
            }),
        )
        .await;
    victim
        .check(
            "a byte more",
            "inconsistent",
            bundles(|bytes| bytes.push(0)),
        )
        .await;
    victim
        .check(
            "an empty frame more",
            "inconsistent",
            bundles(|bytes| bytes.extend([0, 0])),
        )
        .await;
    victim
        .check("nothing", "inconsistent", bundles(Vec::clear))
        .await;
    victim
        .check("of an earlier time", "inconsistent", |feed, path, reply| {
            if is_bundle(path) {
                reply.body = frames(&feed.entries[..3]);
            }
        })
        .await;
    victim
        .check("of another node", "inconsistent", |feed, path, reply| {
            if is_bundle(path) {
                reply.body = frames(&vec![b"{}".to_vec(); feed.entries.len()]);
            }
        })
        .await;
    victim
        .check(
            "over its limit",
            "inconsistent",
            bundles(|bytes| bytes.resize(262_657, 0)),
        )
        .await;
    victim
        .check("without an end", "inconsistent", |_, path, reply| {
            reply.endless = is_bundle(path)
        })
        .await;
    victim
        .check("not there", "transport", |_, path, reply| {
            if is_bundle(path) {
                *reply = Reply::status(404);
            }
        })
        .await;
}

#[tokio::test]
async fn a_partial_bundle_that_is_gone_is_read_from_the_full_one() {
    let victim = Victim::new().await;
    let full = |feed: &Feed| {
        let mut entries = feed.entries.clone();
        entries.resize(256, br#"{"v":2}"#.to_vec());
        frames(&entries)
    };
    let only_full = move |feed: &Feed, path: &str, reply: &mut Reply| {
        if path.contains(".p/") {
            *reply = Reply::status(404);
        } else if is_bundle(path) {
            reply.status = 200;
            reply.media = "application/octet-stream";
            reply.body = full(feed);
        }
    };
    victim
        .check(
            "a full one with another entry",
            "inconsistent",
            move |feed, path, reply| {
                only_full(feed, path, reply);
                if is_bundle(path) && reply.status == 200 {
                    reply.body[20] ^= 1;
                }
            },
        )
        .await;
    victim.forger.feed().put("More", "of it");
    victim.forger.lie(only_full);
    let peer = victim.trust.pull_well(&victim.forger.id()).await;
    assert_eq!(
        peer.size, 5,
        "what lies beyond the checkpoint is left alone"
    );
}

#[tokio::test]
async fn answers_that_break_the_rules_of_transport_are_not_read() {
    let victim = Victim::new().await;
    for endpoint in ["/node", "/checkpoint", "/tile/"] {
        let is = move |path: &str| path.contains(endpoint);
        for status in [204, 301, 404, 429, 500] {
            victim
                .check(
                    &format!("{endpoint} {status}"),
                    "transport",
                    move |_, path, reply| {
                        if is(path) {
                            *reply = Reply::status(status);
                            reply
                                .headers
                                .push(("location", "http://127.0.0.1:1/".to_owned()));
                        }
                    },
                )
                .await;
        }
        for media in ["text/html", ""] {
            victim
                .check(
                    &format!("{endpoint} as `{media}`"),
                    "transport",
                    move |_, path, reply| {
                        if is(path) {
                            reply.media = media;
                        }
                    },
                )
                .await;
        }
        victim
            .check(
                &format!("{endpoint} in a coding nobody asked for"),
                "transport",
                move |_, path, reply| {
                    if is(path) {
                        reply.headers.push(("content-encoding", "br".to_owned()));
                    }
                },
            )
            .await;
    }
    for endpoint in ["/node", "/checkpoint"] {
        victim
            .check(
                &format!("{endpoint} without an end"),
                "transport",
                move |_, path, reply| {
                    reply.endless = path.contains(endpoint);
                },
            )
            .await;
    }
}

#[tokio::test]
async fn a_peers_wish_to_wait_is_heard() {
    let victim = Victim::new().await;
    victim.forger.lie(|_, path, reply| {
        if path.ends_with("/checkpoint") {
            *reply = Reply::status(503);
            reply.headers.push(("retry-after", "7200".to_owned()));
        }
    });
    let now = victim.clock.now();
    let peer = victim.trust.pull(&victim.forger.id()).await;
    let wait = peer.next_due.since(now);
    assert!(
        wait >= Duration::from_secs(7200) && wait < Duration::from_secs(7210),
        "{wait:?}"
    );
    assert_eq!(peer.fault.unwrap().code, "transport");
}

#[tokio::test]
async fn any_flipped_bit_of_note_leaf_or_body_achieves_nothing() {
    let victim = Victim::new().await;
    let (note, entries, body) = {
        let mut feed = victim.forger.feed();
        feed.put("More", "of it");
        let body = feed.bodies.values().map(Vec::len).max().unwrap();
        (feed.checkpoint().len(), frames(&feed.entries).len(), body)
    };
    let before = victim.state().await;
    // A step that is no divisor meets every bit position.
    for (endpoint, length, step) in [("/checkpoint", note, 13), ("/tile/", entries, 23)] {
        for at in (0..length).step_by(step) {
            victim.forger.lie(move |_, path, reply| {
                if path.contains(endpoint) {
                    let at = at.min(reply.body.len() - 1);
                    reply.body[at] ^= 1 << (at % 8);
                }
            });
            let peer = victim.trust.pull(&victim.forger.id()).await;
            assert!(peer.fault.is_some(), "{endpoint} {at}");
            assert_eq!(victim.state().await, before, "{endpoint} {at}");
        }
    }
    let live = victim.trust.live().await;
    for at in (0..body).step_by(17) {
        victim.forger.lie(move |_, path, reply| {
            if path.starts_with("/doc/") {
                let at = at.min(reply.body.len() - 1);
                reply.body[at] ^= 1 << (at % 8);
            }
        });
        victim.clock.advance(HOUR);
        let peer = victim.trust.pull_well(&victim.forger.id()).await;
        assert_eq!((peer.unavailable, peer.size), (1, 4), "body {at}");
        assert_eq!(victim.trust.live().await, live, "body {at}");
    }
    victim.forger.be_honest();
    victim.clock.advance(HOUR);
    assert_eq!(
        victim
            .trust
            .pull_well(&victim.forger.id())
            .await
            .unavailable,
        0
    );
    assert_eq!(victim.trust.live().await.len(), 4);
}

#[tokio::test]
async fn a_poll_that_is_cut_in_a_long_log_goes_on_from_the_staging() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = Trust::with("ZZ1", clock, |_| {}).await;
    trust.follow_at(&forger.base(), &forger.id()).await;
    for number in 0..30 * 256 + 7 {
        forger.feed().push(format!(r#"{{"v":2,"n":{number}}}"#));
    }
    let cut = |path: &str| {
        is_bundle(path)
            && path
                .rsplit('/')
                .next()
                .unwrap()
                .parse::<u64>()
                .is_ok_and(|n| n >= 20)
    };
    forger.lie(move |_, path, reply| {
        if cut(path) {
            *reply = Reply::status(500);
        }
    });
    let peer = trust.pull(&forger.id()).await;
    assert_eq!((peer.fault.unwrap().code, peer.size), ("transport", 0));
    assert!(
        forger
            .asked()
            .iter()
            .any(|path| path.ends_with("/entries/019"))
    );
    forger.be_honest();
    assert_eq!(trust.pull_well(&forger.id()).await.size, 30 * 256 + 7);
    let asked: Vec<_> = forger
        .asked()
        .into_iter()
        .filter(|path| is_bundle(path))
        .collect();
    assert_eq!(asked.first().unwrap(), "/log/1/tile/entries/020");
    assert_eq!(asked.len(), 11);

    // What was staged and does not hash to the root is dropped whole.
    for number in 0..2560 {
        forger.feed().push(format!(r#"{{"v":3,"n":{number}}}"#));
    }
    forger.lie(move |_, path, reply| {
        if path.ends_with("/entries/031") {
            reply.body[5] ^= 1;
        }
    });
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(
        (peer.fault.unwrap().code, peer.size),
        ("inconsistent", 30 * 256 + 7)
    );
    forger.be_honest();
    assert_eq!(trust.pull_well(&forger.id()).await.size, 40 * 256 + 7);
}

#[tokio::test]
async fn at_first_contact_nothing_is_believed_and_nothing_too_long_is_taken_without_agreement() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = Trust::with("ZZ1", clock, |_| {}).await;
    trust.follow_at(&forger.base(), &forger.id()).await;
    forger.asked();
    for (name, code, endpoint) in [
        ("not modified, unasked", "transport", "/node"),
        ("not modified, unasked", "transport", "/checkpoint"),
    ] {
        forger.lie(move |_, path, reply| {
            if path.ends_with(endpoint) {
                *reply = Reply::status(304);
            }
        });
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault.unwrap().code, code, "{name} {endpoint}");
    }
    forger.lie(checkpoint(|feed| {
        feed.signer().sign(4_000_001, &[7; 32], feed.now())
    }));
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(peer.fault.unwrap().code, "implausible");
    // An operator who resumes it has agreed; what is claimed is still to be shown.
    peers::resume(trust.node(), forger.id().as_str())
        .await
        .unwrap();
    for (size, code) in [(4_000_001, "transport"), (1 << 62, "transport")] {
        forger.lie(checkpoint(move |feed| {
            feed.signer().sign(size, &[7; 32], feed.now())
        }));
        let peer = trust.pull(&forger.id()).await;
        assert_eq!((peer.fault.unwrap().code, peer.size), (code, 0));
    }
    forger.lie(checkpoint(|feed| {
        feed.signer().sign(0, &[7; 32], feed.now())
    }));
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(
        peer.fault.unwrap().code,
        "equivocation",
        "there is one root of nothing"
    );
    peers::resume(trust.node(), forger.id().as_str())
        .await
        .unwrap();
    forger.be_honest();
    assert_eq!(trust.pull_well(&forger.id()).await.size, 0);
    assert_eq!(trust.seen().await.len(), 1, "an empty log is followed, too");
    assert_eq!(
        forger
            .asked()
            .iter()
            .filter(|path| *path == "/node/1")
            .count(),
        1
    );
}
