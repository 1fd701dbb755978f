//! Anyone can send a nudge, so a nudge never makes this node ask a peer sooner than the peer or a fault allows.

use std::time::Duration;

use it::{setup::Setup, trust::Trust};
use node::clock::Clock;
use reqwest::Method;
use wire::Timestamp;

use super::forger::{Feed, Forger, Lie, Reply, followed, lie};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// As often as a nudge counts, and a little more.
const NUDGES: Duration = Duration::from_secs(31);

/// A trust nudges itself in the name of a peer for a while; returns when the peer is due then.
async fn due_after_nudges(trust: &Trust, forger: &Forger) -> Timestamp {
    for _ in 0..4 {
        trust.advance(NUDGES);
        let body = format!(r#"{{"node":"{}"}}"#, forger.id());
        let answer = trust.send(Method::POST, "/feed/v1/nudge", &[], body).await;
        assert_eq!(answer.status, 202);
    }
    let store = &trust.node().store;
    store.next_due(trust.clock.now()).await.unwrap().unwrap()
}

/// Answers requests for some path with a request to wait.
fn wait_at(place: &'static str, status: u16, header: &'static str) -> Lie {
    lie(move |_, path, reply| {
        if path.contains(place) {
            *reply = Reply::status(status);
            reply.headers.push(("retry-after", header.to_owned()));
        }
    })
}

#[tokio::test]
async fn a_nudge_does_not_shorten_what_a_peer_has_asked_for_at_any_of_its_addresses() {
    for (place, status, header, least) in [
        ("/node", 429, "7200", 2 * HOUR),
        ("/node/2", 503, "7200", 2 * HOUR),
        ("/checkpoint", 429, "3600", HOUR),
        ("/tile/", 503, "5000", Duration::from_secs(5000)),
        ("/doc/", 429, "7200", 2 * HOUR),
        ("/docs/", 503, "7200", 2 * HOUR),
        // More than a day is a day.
        ("/checkpoint", 503, "9999999", 24 * HOUR),
        (
            "/checkpoint",
            503,
            "Fri, 31 Dec 2100 23:59:59 GMT",
            24 * HOUR,
        ),
    ] {
        let (forger, trust) = followed().await;
        forger.feed().put("Held", "what was tried");
        trust.pull_well(&forger.id()).await;
        forger.feed().amend(|_| {});
        // Few bodies are asked for one by one, many in a bundle.
        for _ in 0..if place == "/doc/" { 3 } else { 20 } {
            forger.feed().put("More", "what was tried");
        }
        let change = wait_at(place, status, header);
        forger.lie(change);
        let now = trust.clock.now();
        trust.pull(&forger.id()).await;
        let due = due_after_nudges(&trust, &forger).await;
        assert!(
            due >= now.plus(least),
            "{place} {header}: {due} after {now}"
        );
        // A restart and an answer that asks for nothing change nothing about it.
        forger.be_honest();
        let due = due_after_nudges(&trust, &forger).await;
        assert!(due >= now.plus(least), "{place} {header} later: {due}");
    }
}

#[tokio::test]
async fn a_nudge_does_not_shorten_the_delay_of_a_fault() {
    let changed = |place: &'static str, change: fn(&Feed, &mut Reply)| {
        lie(move |feed, path, reply| {
            if path.contains(place) {
                change(feed, reply);
            }
        })
    };
    let lies: Vec<(&str, Lie)> = vec![
        (
            "malformed",
            changed("/checkpoint", |_, reply| reply.body.push(0xff)),
        ),
        (
            "inconsistent",
            changed("/tile/", |_, reply| reply.body.truncate(10)),
        ),
        (
            "rollback",
            changed("/checkpoint", |feed, reply| {
                reply.body = feed.checkpoint_at(0, feed.now()).into_bytes();
            }),
        ),
        (
            "implausible",
            changed("/checkpoint", |feed, reply| {
                let note = feed.signer().sign(2_000_000, &[7; 32], feed.now());
                reply.body = note.into_bytes();
            }),
        ),
        (
            "timestamp",
            changed("/checkpoint", |feed, reply| {
                let note = feed.checkpoint_at(feed.entries.len(), feed.now().plus(HOUR));
                reply.body = note.into_bytes();
            }),
        ),
        (
            "key",
            changed("/checkpoint", |_, reply| {
                let note = String::from_utf8_lossy(&reply.body)
                    .replace("wardround.v1/wr1", "wardround.v1/wr2");
                let (text, _) = note.split_once("\n\n").unwrap_or_default();
                reply.body = format!("{text}\n\n").into_bytes();
            }),
        ),
    ];
    for (code, change) in lies {
        let (forger, trust) = followed().await;
        forger.feed().put("Held", "what was tried");
        trust.pull_well(&forger.id()).await;
        forger.feed().put("More", "what was tried");
        forger.lie(change);
        let now = trust.clock.now();
        let fault = trust.pull(&forger.id()).await.fault.expect(code).code;
        let due = due_after_nudges(&trust, &forger).await;
        assert!(
            due >= now.plus(59 * MINUTE),
            "{code} ({fault}): {due} after {now}"
        );
    }
}

#[tokio::test]
async fn a_nudge_does_not_repeat_a_poll_that_a_full_disk_or_a_quota_made_useless() {
    for (is_full, least) in [(true, 4 * MINUTE), (false, 59 * MINUTE)] {
        let clock = Clock::system();
        let forger = Forger::new(1, &clock).await;
        let setup = Setup::new("ZZ1").clock(&clock).settings(|settings| {
            settings.federation.min_free_percent = if is_full { 100 } else { 0 };
            settings.federation.quota_documents = if is_full { 100 } else { 1 };
        });
        let trust = setup.start().await;
        trust.follow_at(&forger.base(), &forger.id()).await;
        for _ in 0..3 {
            forger.feed().put("More", "what was tried");
        }
        let now = trust.clock.now();
        trust.pull(&forger.id()).await;
        let due = due_after_nudges(&trust, &forger).await;
        assert!(due >= now.plus(least), "{is_full}: {due} after {now}");
    }
}
