//! What a peer achieves that lies about its log (docs/FEED.md §14): a fault that names the lie, and nothing else.
//!
//! Each lie meets a node that has applied all entries but one. Afterwards the peer is honest again, and the node has that
//! one, too: nothing stays behind.

use node::audit::By;
use std::time::Duration;

use it::trust::Trust;
use ledger::{
    SignatureType, key_id,
    tree::{Frontier, leaf_hash},
};
use node::flows::peers;
use wire::{NodeId, Timestamp, base64};

use super::forger::{Feed, Forger, Lie, Reply, followed, frames, key, lie, line, plain_line};

const HOUR: Duration = Duration::from_secs(3600);

/// A node that has applied what a forger has published so far.
struct Victim {
    trust: Trust,
    forger: Forger,
}

impl Victim {
    async fn new() -> Self {
        let (forger, trust) = followed().await;
        for number in 0..3 {
            forger
                .feed()
                .put(&format!("Study {number}"), "what was tried");
        }
        let victim = Self { trust, forger };
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
    async fn check(&self, name: &str, code: &str, lie: Lie) {
        let (trust, id) = (&self.trust, self.forger.id());
        self.forger.feed().put("More", "of it");
        let before = self.state().await;
        self.forger.lie(lie);
        let peer = trust.pull(&id).await;
        assert_eq!(peer.fault.map(|fault| fault.code), Some(code), "{name}");
        assert_eq!(self.state().await, before, "{name}");
        if code == "equivocation" {
            assert_eq!(peer.state, "halted", "{name}");
            let refused = peers::pull(trust.node(), Some(id.as_str())).await;
            assert!(refused.is_err(), "{name}");
            peers::resume(trust.node(), id.as_str(), &By::Node)
                .await
                .unwrap();
        } else {
            assert_eq!((peer.state, peer.failures), ("active", 1), "{name}");
        }
        self.forger.be_honest();
        let peer = trust.pull_well(&id).await;
        assert_eq!(peer.size, self.forger.feed().entries.len() as u64, "{name}");
        assert_eq!(trust.live().await.len() as u64, peer.size, "{name}");
    }

    /// Checks several lies whose faults have one code.
    async fn check_all(&self, code: &str, lies: impl IntoIterator<Item = (&str, Lie)>) {
        for (name, lie) in lies {
            self.check(name, code, lie).await;
        }
    }
}

fn is_bundle(path: &str) -> bool {
    path.contains("/tile/entries/")
}

/// Serves another checkpoint.
fn checkpoint(make: impl Fn(&Feed) -> String + Send + Sync + 'static) -> Lie {
    lie(move |feed, path, reply| {
        if path.ends_with("/checkpoint") {
            reply.body = make(feed).into_bytes();
        }
    })
}

/// Changes the honest checkpoint.
fn spoiled(change: impl Fn(&Feed, String) -> String + Send + Sync + 'static) -> Lie {
    checkpoint(move |feed| change(feed, feed.checkpoint()))
}

/// Signs another text than that of the honest checkpoint.
fn resigned(change: impl Fn(&Feed, String) -> String + Send + Sync + 'static) -> Lie {
    checkpoint(move |feed| signed(feed, &change(feed, text_of(&feed.checkpoint())), &[]))
}

/// Answers otherwise to requests for entries.
fn entries(change: impl Fn(&Feed, &mut Reply) + Send + Sync + 'static) -> Lie {
    lie(move |feed, path, reply| {
        if is_bundle(path) {
            change(feed, reply);
        }
    })
}

/// Serves other bundles.
fn bundles(change: impl Fn(&mut Vec<u8>) + Send + Sync + 'static) -> Lie {
    entries(move |_, reply| change(&mut reply.body))
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

/// Replaces the root of a note.
fn with_root(note: &str, root: &[u8]) -> String {
    let old = note.lines().nth(2).unwrap();
    note.replacen(old, &base64::encode_std(root), 1)
}

#[tokio::test]
async fn a_checkpoint_that_is_not_well_signed_is_a_fault_of_key() {
    /// Serves the honest text with one other line below it.
    fn only(line: impl Fn(&Feed, &str) -> String + Send + Sync + 'static) -> Lie {
        checkpoint(move |feed| {
            let text = text_of(&feed.checkpoint());
            format!("{text}\n{}", line(feed, &text))
        })
    }
    let log_id = |feed: &Feed| {
        let origin = feed.origin().to_string();
        let id = key_id(&origin, SignatureType::Plain, &feed.log.public());
        (origin, id)
    };
    let lies = [
        (
            "unknown keys only",
            only(|feed, text| plain_line(&feed.origin().to_string(), &key(9, "log"), text)),
        ),
        (
            "the right key under a wrong name and no other",
            only(|feed, text| plain_line("example.org/log", &feed.log, text)),
        ),
        (
            "a colliding key id and no other",
            only(move |feed, text| {
                let signature = key(9, "log").sign(text.as_bytes());
                line("example.org/log", log_id(feed).1, &signature)
            }),
        ),
        (
            "a failing line of a known key next to a good one",
            spoiled(move |feed, note| {
                let (origin, id) = log_id(feed);
                note + &line(&origin, id, &feed.log.sign(b"another text"))
            }),
        ),
        (
            "a failing time of the own witness next to a good one",
            spoiled(|feed, note| {
                let name = ledger::witness_name(&feed.node);
                let id = key_id(&name, SignatureType::Timestamped, &feed.witness.public());
                note + &line(&name, id, &[7; 72])
            }),
        ),
        (
            "another root under the old signature",
            spoiled(|_, note| with_root(&note, &[7; 32])),
        ),
        (
            "signed by the witness in place of the log",
            only(|feed, text| plain_line(&feed.origin().to_string(), &feed.witness, text)),
        ),
    ];
    Victim::new().await.check_all("key", lies).await;
}

#[tokio::test]
async fn lines_of_unknown_keys_are_ignored_next_to_a_good_one() {
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
    let line = victim.trust.seen().await.remove(0).note;
    assert!(
        !line.contains("example.org"),
        "only the origin's own lines are passed on"
    );
}

#[tokio::test]
async fn a_checkpoint_of_a_bad_form_is_malformed() {
    /// Rewrites a part of the note in which `5` is its size.
    fn rewritten(from: &'static str, to: &'static str) -> Lie {
        spoiled(move |feed, note| {
            let size = feed.entries.len().to_string();
            let [from, to] = [from, to].map(|text| text.replace('5', &size));
            assert!(note.contains(&from));
            note.replacen(&from, &to, 1)
        })
    }
    let lies = [
        (
            "an extension line",
            resigned(|_, text| text + "extension\n"),
        ),
        (
            "another origin",
            resigned(|feed, text| {
                let other = NodeId::for_text(b"another");
                text.replace(feed.node.as_str(), other.as_str())
            }),
        ),
        (
            "another epoch",
            resigned(|_, text| text.replacen("/1\n", "/2\n", 1)),
        ),
        ("a leading zero", rewritten("\n5\n", "\n05\n")),
        ("a sign", rewritten("\n5\n", "\n+5\n")),
        (
            "beyond 64 bits",
            rewritten("\n5\n", "\n99999999999999999999\n"),
        ),
        ("a control character", rewritten("\n5\n", "\n5\r\n")),
        ("no blank line", rewritten("\n\n", "\n")),
        (
            "33 signatures",
            spoiled(|_, note| note + &line("example.org/log", [0; 4], &[7; 64]).repeat(31)),
        ),
        (
            "a root of 31 bytes",
            resigned(|_, text| with_root(&text, &[7; 31])),
        ),
        ("no signature", spoiled(|_, note| text_of(&note))),
        (
            "not UTF-8",
            lie(|_, path, reply| {
                if path.ends_with("/checkpoint") {
                    reply.body.push(0xff);
                }
            }),
        ),
        ("a dash that is none", rewritten("\u{2014}", "-")),
    ];
    Victim::new().await.check_all("malformed", lies).await;
}

#[tokio::test]
async fn a_log_that_goes_back_sideways_or_too_far_has_a_fault_of_its_own() {
    /// Serves a checkpoint of another size, and a root that nothing has.
    fn claimed(size: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Lie {
        checkpoint(move |feed| {
            let size = size(feed.entries.len() as u64);
            feed.signer().sign(size, &[7; 32], feed.now())
        })
    }
    let back = |size| checkpoint(move |feed| feed.checkpoint_at(size, feed.now()));
    let victim = Victim::new().await;
    for (name, code, lie) in [
        ("back", "rollback", back(2)),
        ("back to nothing", "rollback", back(0)),
        (
            "two histories of one size",
            "equivocation",
            claimed(|size| size - 1),
        ),
        ("2^62 entries", "implausible", claimed(|_| 1 << 62)),
        ("2^64-1 entries", "implausible", claimed(|_| u64::MAX)),
        ("a million more", "implausible", claimed(|_| 1_000_100)),
        (
            "another root than its entries have",
            "inconsistent",
            claimed(|size| size),
        ),
    ] {
        victim.check(name, code, lie).await;
    }
}

/// Serves a second log: signed, of any size, with another entry from `part` on.
fn second_log(part: usize, size: usize) -> Lie {
    lie(move |feed, path, reply| {
        let mut entries = feed.entries.clone();
        entries.resize(size, br#"{"v":2}"#.to_vec());
        entries[part] = br#"{"v":3}"#.to_vec();
        if path.ends_with("/checkpoint") {
            let mut frontier = Frontier::new();
            for entry in &entries {
                frontier.push(leaf_hash(entry));
            }
            let note = feed
                .signer()
                .sign(frontier.size(), &frontier.root(), feed.now());
            reply.body = note.into_bytes();
        } else if is_bundle(path) {
            *reply = Reply::new("application/octet-stream", frames(&entries));
        }
    })
}

#[tokio::test]
async fn a_second_log_with_more_entries_halts_the_peer_and_stays_recorded() {
    let victim = Victim::new().await;
    for (name, part, size) in [
        ("from the first entry", 0, 4),
        ("from the last entry", 3, 30),
        ("much longer", 1, 250),
    ] {
        victim
            .check(name, "equivocation", second_log(part, size))
            .await;
    }
    let (trust, id) = (&victim.trust, victim.forger.id());
    victim.forger.feed().put("Later", "what was tried");
    victim.forger.lie(second_log(2, 60));
    let fault = trust.pull(&id).await.fault.unwrap();
    assert!(fault.text.starts_with("a second log: "), "{}", fault.text);
    // The first log again changes nothing until the operator resumes the peer.
    victim.forger.be_honest();
    let polled = peers::pull(trust.node(), None).await.unwrap();
    assert!(polled.is_empty(), "a halted peer is not polled");
    let peer = peers::show(trust.node(), id.as_str()).await.unwrap();
    assert_eq!((peer.state, peer.fault), ("halted", Some(fault)));
}

#[tokio::test]
async fn a_checkpoint_needs_a_time_that_can_be_believed() {
    /// Serves a checkpoint that was signed at another time.
    fn at(time: impl Fn(Timestamp) -> Timestamp + Send + Sync + 'static) -> Lie {
        checkpoint(move |feed| feed.checkpoint_at(feed.entries.len(), time(feed.now())))
    }
    let lies = [
        (
            "in the future",
            at(|now| now.plus(Duration::from_secs(310))),
        ),
        (
            "in the far future",
            checkpoint(|feed| {
                let text = text_of(&feed.checkpoint());
                let name = ledger::witness_name(&feed.node);
                let id = key_id(&name, SignatureType::Timestamped, &feed.witness.public());
                let message = format!("cosignature/v1\ntime {}\n{text}", u64::MAX);
                let mut signature = u64::MAX.to_be_bytes().to_vec();
                signature.extend(feed.witness.sign(message.as_bytes()));
                signed(feed, &text, &[line(&name, id, &signature)])
            }),
        ),
        ("older than the one held", at(|now| now.minus(HOUR))),
        ("none", resigned(|_, text| text)),
        (
            "that of a stranger",
            spoiled(|feed, note| {
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
        ),
    ];
    let victim = Victim::new().await;
    victim.check_all("timestamp", lies).await;
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
    victim.trust.clock.advance(25 * HOUR);
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
    let lies = [
        (
            "a flipped bit of an old entry",
            bundles(|bytes| bytes[20] ^= 1),
        ),
        (
            "a flipped bit of a new entry",
            bundles(|bytes| *bytes.iter_mut().nth_back(19).unwrap() ^= 1),
        ),
        (
            "a byte short",
            bundles(|bytes| bytes.truncate(bytes.len() - 1)),
        ),
        ("a byte more", bundles(|bytes| bytes.push(0))),
        ("an empty frame more", bundles(|bytes| bytes.extend([0, 0]))),
        ("nothing", bundles(Vec::clear)),
        (
            "of an earlier time",
            entries(|feed, reply| reply.body = frames(&feed.entries[..3])),
        ),
        (
            "of another node",
            entries(|feed, reply| reply.body = frames(&vec![b"{}".to_vec(); feed.entries.len()])),
        ),
        ("over its limit", bundles(|bytes| bytes.resize(262_657, 0))),
        ("without an end", entries(|_, reply| reply.endless = true)),
    ];
    let victim = Victim::new().await;
    victim.check_all("inconsistent", lies).await;
    let missing = entries(|_, reply| *reply = Reply::status(404));
    victim.check("not there", "transport", missing).await;
}

#[tokio::test]
async fn a_partial_bundle_that_is_gone_is_read_from_the_full_one() {
    fn only_full(feed: &Feed, path: &str, reply: &mut Reply) {
        if path.contains(".p/") {
            *reply = Reply::status(404);
        } else if is_bundle(path) {
            let mut entries = feed.entries.clone();
            entries.resize(256, br#"{"v":2}"#.to_vec());
            *reply = Reply::new("application/octet-stream", frames(&entries));
        }
    }
    let victim = Victim::new().await;
    let spoiled = lie(|feed, path, reply| {
        only_full(feed, path, reply);
        if is_bundle(path) && reply.status == 200 {
            reply.body[20] ^= 1;
        }
    });
    let name = "a full one with another entry";
    victim.check(name, "inconsistent", spoiled).await;
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
    type Change = Box<dyn Fn(&mut Reply) + Send + Sync>;
    let header =
        |reply: &mut Reply, name, value: &str| reply.headers.push((name, value.to_owned()));
    let victim = Victim::new().await;
    for endpoint in ["/node", "/checkpoint", "/tile/"] {
        let mut changes: Vec<(String, Change)> = Vec::new();
        for status in [204, 301, 404, 429, 500] {
            let change = move |reply: &mut Reply| {
                *reply = Reply::status(status);
                header(reply, "location", "http://127.0.0.1:1/");
            };
            changes.push((status.to_string(), Box::new(change)));
        }
        for media in ["text/html", ""] {
            let change = move |reply: &mut Reply| reply.media = media;
            changes.push((format!("as `{media}`"), Box::new(change)));
        }
        let coded = move |reply: &mut Reply| header(reply, "content-encoding", "br");
        changes.push(("in a coding not asked for".to_owned(), Box::new(coded)));
        if endpoint != "/tile/" {
            let endless = |reply: &mut Reply| reply.endless = true;
            changes.push(("without an end".to_owned(), Box::new(endless)));
        }
        for (name, change) in changes {
            let lie = lie(move |_, path, reply| {
                if path.contains(endpoint) {
                    change(reply);
                }
            });
            let name = format!("{endpoint} {name}");
            victim.check(&name, "transport", lie).await;
        }
    }
}

#[tokio::test]
async fn a_peers_request_to_wait_is_granted() {
    let victim = Victim::new().await;
    victim.forger.lie(|_, path, reply| {
        if path.ends_with("/checkpoint") {
            *reply = Reply::status(503);
            reply.headers.push(("retry-after", "7200".to_owned()));
        }
    });
    let now = victim.trust.clock.now();
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
        victim.trust.clock.advance(HOUR);
        let peer = victim.trust.pull_well(&victim.forger.id()).await;
        assert_eq!((peer.unavailable, peer.size), (1, 4), "body {at}");
        assert_eq!(victim.trust.live().await, live, "body {at}");
    }
    victim.forger.be_honest();
    victim.trust.clock.advance(HOUR);
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
    let (forger, trust) = followed().await;
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
    let (forger, trust) = followed().await;
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
        feed.signer().sign(100_001, &[7; 32], feed.now())
    }));
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(peer.fault.unwrap().code, "implausible");
    // An operator who resumes it has agreed; what is claimed is still to be shown.
    peers::resume(trust.node(), forger.id().as_str(), &By::Node)
        .await
        .unwrap();
    for (size, code) in [(100_001, "transport"), (1 << 62, "quota")] {
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
    peers::resume(trust.node(), forger.id().as_str(), &By::Node)
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
