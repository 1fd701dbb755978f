//! Node documents: a chain that is followed step by step, and every way in which a step is refused.
//!
//! What was accepted before stays, whatever follows: a thief of a log key cannot block its revocation.

use std::time::Duration;

use ledger::{
    PublicKey,
    node::{Content, Revoked, SigningKeys},
};
use node::{
    clock::Clock,
    flows::{peers, verify::verify},
};
use store::StoredNodeDocument;
use wire::base64;

use crate::{
    forger::{Feed, Forger, Lie, Reply, key},
    world::Trust,
};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn follower(forger: &Forger, clock: Clock) -> Trust {
    let trust = Trust::with("ZZ1", clock, |_| {}).await;
    trust.follow_at(&forger.base(), &forger.id()).await;
    forger.asked();
    trust
}

async fn held(trust: &Trust, forger: &Forger) -> Option<StoredNodeDocument> {
    let store = &trust.node().store;
    let seq = store.node(&forger.id()).await.unwrap().unwrap().seq;
    store.newest_node_document(seq).await.unwrap()
}

/// Serves another second version.
fn second(
    make: impl Fn(&Feed) -> String + Send + Sync + 'static,
) -> impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static {
    move |feed, path, reply| {
        if path == "/node" || path == "/node/2" {
            reply.status = 200;
            reply.media = "text/plain";
            reply.body = make(feed).into_bytes();
        }
    }
}

/// Serves a second version that differs, signed by all keys there are.
fn amended(
    change: impl Fn(&mut Content) + Send + Sync + 'static,
) -> impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static {
    second(move |feed| {
        let mut content = feed.next_content();
        change(&mut content);
        feed.sign_document(&content)
    })
}

/// Serves a second version in which some text of the line differs, signed by all keys there are.
fn rewritten(
    from: &'static str,
    to: &'static str,
) -> impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static {
    second(move |feed| {
        let text = feed.next_content().text();
        assert!(text.contains(from), "{text}");
        let text = text.replacen(from, to, 1);
        let root =
            crate::forger::plain_line(&ledger::root_name(&feed.root.public()), &feed.root, &text);
        let log = crate::forger::plain_line(&feed.origin().to_string(), &feed.log, &text);
        let witness =
            crate::forger::plain_line(&ledger::witness_name(&feed.node), &feed.witness, &text);
        format!("{text}\n{root}{log}{witness}")
    })
}

#[tokio::test]
async fn a_second_version_that_breaks_a_rule_is_refused_and_the_held_one_stays() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let victim = Forger::new(2, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    trust.follow_at(&victim.base(), &victim.id()).await;
    trust.pull_well(&victim.id()).await;
    forger.feed().put("A study", "what was tried");
    trust.pull_well(&forger.id()).await;
    let before = held(&trust, &forger).await;
    let check = async |name: &str, code: &str, lie: Lie| {
        forger.lie(lie);
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault.map(|fault| fault.code), Some(code), "{name}");
        assert_eq!(held(&trust, &forger).await, before, "{name}");
    };
    check(
        "another text of the held version",
        "key",
        Box::new(|feed, path, reply| {
            if path == "/node" {
                let mut content = feed.documents[0].0.clone();
                content.name = "Another trust".to_owned();
                reply.body = feed.sign_document(&content).into_bytes();
            }
        }),
    )
    .await;
    check(
        "a gap",
        "key",
        Box::new(amended(|content| content.version = 3)),
    )
    .await;
    check(
        "a wrong prev",
        "key",
        Box::new(amended(|content| {
            content.prev = Some(wire::Digest::of(b"x"))
        })),
    )
    .await;
    let other = victim.id();
    check(
        "another node",
        "key",
        Box::new(amended(move |content| content.node = Some(other.clone()))),
    )
    .await;
    check(
        "not signed by the held root",
        "key",
        Box::new(second(|feed| {
            let (mut content, root) = (feed.next_content(), key(9, "root"));
            content.root = vec![root.public()];
            content.sign(SigningKeys {
                root: &[root],
                log: std::slice::from_ref(&feed.log),
                witness: std::slice::from_ref(&feed.witness),
            })
        })),
    )
    .await;
    check(
        "one of two root keys",
        "key",
        Box::new(amended(|content| {
            content.root.push(key(9, "root").public());
            content.threshold = 2;
        })),
    )
    .await;
    check(
        "a log key without proof of possession",
        "key",
        Box::new(amended(|content| {
            content.log.push(key(9, "log").public());
        })),
    )
    .await;
    check(
        "a witness key without proof of possession",
        "key",
        Box::new(amended(|content| {
            content.witness.push(key(9, "witness").public());
        })),
    )
    .await;
    check(
        "a victim's key, with all signatures",
        "key",
        Box::new(second(|feed| {
            let (mut content, stolen) = (feed.next_content(), key(2, "log"));
            content.log.push(stolen.public());
            content.sign(SigningKeys {
                root: std::slice::from_ref(&feed.root),
                log: &[feed.log.clone(), stolen],
                witness: std::slice::from_ref(&feed.witness),
            })
        })),
    )
    .await;
    check(
        "one key in two roles",
        "key",
        Box::new(second(|feed| {
            let mut content = feed.next_content();
            content.witness.push(feed.log.public());
            content.sign(SigningKeys {
                root: std::slice::from_ref(&feed.root),
                log: std::slice::from_ref(&feed.log),
                witness: &[feed.witness.clone(), feed.log.clone()],
            })
        })),
    )
    .await;
    check(
        "a listed key that is revoked",
        "key",
        Box::new(amended(|content| {
            content.revoked.push(Revoked {
                key: *content.log[0].as_bytes(),
                at: content.issued,
                why: "compromise".to_owned(),
            });
        })),
    )
    .await;
    check(
        "two epochs on",
        "key",
        Box::new(amended(|content| {
            content.epoch = 3;
            content.closed = (1..3)
                .map(|epoch| ledger::node::Closed {
                    epoch,
                    size: 1,
                    root: [7; 32],
                })
                .collect();
        })),
    )
    .await;
    check(
        "an epoch that is not closed",
        "malformed",
        Box::new(amended(|content| content.epoch = 2)),
    )
    .await;
    check(
        "a threshold above the keys",
        "malformed",
        Box::new(amended(|content| content.threshold = 2)),
    )
    .await;
    check(
        "401 days",
        "malformed",
        Box::new(amended(|content| {
            content.expires = content.issued.plus(401 * DAY)
        })),
    )
    .await;
    check(
        "a duplicate key",
        "malformed",
        Box::new(rewritten("\"version\":2", "\"version\":2,\"version\":2")),
    )
    .await;
    check(
        "a version with a fraction",
        "malformed",
        Box::new(rewritten("\"version\":2", "\"version\":2.0")),
    )
    .await;
    check(
        "a threshold of nothing",
        "malformed",
        Box::new(rewritten("\"threshold\":1", "\"threshold\":0")),
    )
    .await;
    check(
        "an unknown status",
        "malformed",
        Box::new(rewritten("\"active\"", "\"asleep\"")),
    )
    .await;
    check(
        "more than one line",
        "malformed",
        Box::new(rewritten("\"status\"", "\n\"status\"")),
    )
    .await;
    check(
        "no heading",
        "malformed",
        Box::new(rewritten("wardround.v1/node", "wardround.v2/node")),
    )
    .await;
    let listed = |bytes: &[u8]| -> &'static str {
        let log = key(1, "log").public().to_string();
        assert_eq!(log.len(), 43);
        format!("\"keys\":[\"{}\"],\"closed\"", base64::encode_url(bytes)).leak()
    };
    let now: &'static str = listed(key(1, "log").public().as_bytes());
    for length in [0, 16, 31, 33] {
        check(
            "a key of another length",
            "malformed",
            Box::new(rewritten(now, listed(&vec![7; length]))),
        )
        .await;
    }
    let mut weak = [0; 32];
    weak[0] = 1;
    assert!(PublicKey::parse(&weak).is_err());
    check("a weak key", "key", Box::new(rewritten(now, listed(&weak)))).await;
    check(
        "a version that is missing",
        "transport",
        Box::new(|feed, path, reply| {
            if path == "/node" {
                reply.body = feed.sign_document(&feed.next_content()).into_bytes();
            }
        }),
    )
    .await;
    check(
        "32 KiB and more",
        "transport",
        Box::new(second(|feed| {
            feed.sign_document(&feed.next_content()) + &"x".repeat(33_000)
        })),
    )
    .await;
    forger.be_honest();
    assert_eq!(trust.pull_well(&forger.id()).await.size, 1);
}

#[tokio::test]
async fn a_stolen_log_key_is_worth_nothing_once_the_next_version_is_without_it() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    forger.feed().put("A study", "what was tried");
    trust.pull_well(&forger.id()).await;
    // The thief signs with the old key while the owner revokes it.
    let stolen = forger.feed().signer();
    forger.feed().put("Another", "of the owner");
    {
        let mut feed = forger.feed();
        let old = std::mem::replace(&mut feed.log, key(7, "log"));
        feed.amend(|content| {
            content.log = vec![key(7, "log").public()];
            content.revoked = vec![Revoked {
                key: *old.public().as_bytes(),
                at: content.issued,
                why: "compromise".to_owned(),
            }];
        });
    }
    forger.lie(move |feed, path, reply| {
        if path.ends_with("/checkpoint") {
            reply.body = stolen.sign(2, &[7; 32], feed.now()).into_bytes();
        }
    });
    let peer = trust.pull(&forger.id()).await;
    assert_eq!((peer.fault.unwrap().code, peer.size), ("key", 1));
    assert_eq!(
        held(&trust, &forger).await.unwrap().version,
        2,
        "the revocation is kept all the same"
    );
    forger.be_honest();
    assert_eq!(trust.pull_well(&forger.id()).await.size, 2);
    // It is never accepted again, in any role.
    let again = |feed: &mut Feed| {
        feed.log = key(1, "log");
        feed.amend(|content| content.log = vec![key(1, "log").public()]);
    };
    again(&mut forger.feed());
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(peer.fault.unwrap().code, "key");
    assert_eq!(held(&trust, &forger).await.unwrap().version, 2);
}

#[tokio::test]
async fn a_key_that_was_revoked_before_it_was_listed_is_never_accepted() {
    for all_in_one_poll in [true, false] {
        let clock = Clock::system();
        let forger = Forger::new(1, clock.clone()).await;
        let trust = follower(&forger, clock).await;
        let lost = key(7, "log").public();
        let revoked = |content: &mut Content| {
            content.revoked = vec![Revoked {
                key: *lost.as_bytes(),
                at: content.issued,
                why: "compromise".to_owned(),
            }];
        };
        let silent = |content: &mut Content| content.revoked = vec![];
        for change in [&revoked as &dyn Fn(&mut Content), &silent] {
            forger.feed().amend(change);
            if !all_in_one_poll {
                trust.pull_well(&forger.id()).await;
            }
        }
        {
            let mut feed = forger.feed();
            feed.log = key(7, "log");
            feed.amend(|content| content.log = vec![lost]);
        }
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault.unwrap().code, "key", "{all_in_one_poll}");
        assert_eq!(held(&trust, &forger).await.unwrap().version, 3);
    }
}

#[tokio::test]
async fn a_rotation_that_races_with_a_checkpoint_is_no_fault() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    trust.pull_well(&forger.id()).await;
    let first = forger.feed().documents[0].1.clone();
    {
        let mut feed = forger.feed();
        feed.log = key(7, "log");
        feed.amend(|content| content.log = vec![key(7, "log").public()]);
        feed.put("A study", "signed with the new key");
    }
    // A cache still has the old node document, until it is passed by.
    let asked = std::sync::atomic::AtomicU32::new(0);
    forger.lie(move |_, path, reply| {
        if path == "/node" && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
            reply.body = first.clone().into_bytes();
        }
    });
    assert_eq!(trust.pull_well(&forger.id()).await.size, 1);
}

#[tokio::test]
async fn a_checkpoint_that_was_taken_before_a_rotation_is_verified_by_the_keys_of_then() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    forger.feed().put("A study", "what was tried");
    trust.pull_well(&forger.id()).await;
    {
        let mut feed = forger.feed();
        feed.log = key(7, "log");
        feed.amend(|content| content.log = vec![key(7, "log").public()]);
        feed.put("Another", "signed with the new key");
    }
    forger.lie(|_, path, reply| {
        if path.contains("/tile/entries/") {
            reply.body.clear();
        }
    });
    assert_eq!(
        trust.pull(&forger.id()).await.fault.unwrap().code,
        "inconsistent"
    );
    assert_eq!(held(&trust, &forger).await.unwrap().version, 2);
    let verified = verify(&trust.node().store, |_| {}).await.unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_long_chain_is_followed_64_steps_a_poll() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    {
        let mut feed = forger.feed();
        for number in 2..=65 {
            feed.amend(|content| content.name = format!("Trust of year {number}"));
        }
        feed.put("A study", "what was tried");
    }
    let store = &trust.node().store;
    let seq = store.node(&forger.id()).await.unwrap().unwrap().seq;
    let claim = store
        .claim_peer(
            seq,
            trust.node().now(),
            "a test",
            60 * Duration::from_secs(60),
        )
        .await;
    let report = node::flows::pull::pull(trust.node(), &claim.unwrap().unwrap()).await;
    assert!(report.more && report.fault.is_none(), "{report:?}");
    assert_eq!(held(&trust, &forger).await.unwrap().version, 64);
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.size, peer.name.as_str()), (1, "Trust of year 65"));
    let versions: Vec<_> = forger
        .asked()
        .into_iter()
        .filter(|path| path.starts_with("/node/"))
        .collect();
    assert_eq!(versions.len(), 65, "each is fetched once");
}

#[tokio::test]
async fn good_steps_are_kept_when_a_later_one_fails() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    for name in ["Second", "Third", "Fourth"] {
        forger
            .feed()
            .amend(|content| content.name = name.to_owned());
    }
    forger.lie(|_, path, reply| {
        if path == "/node/3" {
            let at = reply.body.len() - 10;
            reply.body[at] ^= 1;
        }
    });
    let peer = trust.pull(&forger.id()).await;
    assert!(matches!(peer.fault.unwrap().code, "key" | "malformed"));
    assert_eq!(
        (
            held(&trust, &forger).await.unwrap().version,
            peer.name.as_str()
        ),
        (2, "Second")
    );
    forger.be_honest();
    assert_eq!(trust.pull_well(&forger.id()).await.name, "Fourth");
}

#[tokio::test]
async fn the_first_node_document_is_the_pinned_one_or_nothing() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let other = Forger::new(2, clock.clone()).await;
    let trust = Trust::with("ZZ1", clock, |_| {}).await;
    // The site says so itself, and is refused.
    let wish = peers::Wish::new(other.base());
    let refused = peers::add(trust.node(), &wish, &forger.id())
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains(other.id().as_str()), "{refused}");
    // It does not say so beforehand.
    other.lie(|_, path, reply| {
        if path.starts_with("/.well-known") {
            *reply = Reply::status(404);
        }
    });
    trust.follow_at(&other.base(), &forger.id()).await;
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(
        (peer.fault.unwrap().code, peer.state, peer.size),
        ("key", "new", 0)
    );
    assert_eq!(held(&trust, &forger).await, None);
}

#[tokio::test]
async fn an_expired_node_document_is_stale_for_90_days_and_then_a_fault() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock.clone()).await;
    trust.pull_well(&forger.id()).await;
    clock.advance(401 * DAY);
    forger.feed().put("Late", "and it still applies");
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.stale, peer.size), (true, 1));
    clock.advance(90 * DAY);
    forger.feed().put("Too late", "and it does not");
    let peer = trust.pull(&forger.id()).await;
    assert_eq!((peer.fault.unwrap().code, peer.size), ("expired", 1));
    assert_eq!(trust.live().await.len(), 1, "its documents stay");
    // The chain is still read.
    let issued = clock.now();
    forger.feed().amend(|content| {
        content.issued = wire::Timestamp::from_secs(issued.secs());
        content.expires = content.issued.plus(30 * DAY);
    });
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.stale, peer.size), (false, 2));
}

#[tokio::test]
async fn a_node_that_leaves_is_polled_no_more_and_its_documents_stay() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    forger.feed().put("A study", "what was tried");
    trust.pull_well(&forger.id()).await;
    let successor = Forger::new(2, Clock::system()).await.id();
    forger.feed().amend(|content| {
        content.left = true;
        content.successor = Some(successor.clone());
    });
    forger.feed().put("The last", "of all");
    let peer = trust.pull(&forger.id()).await;
    assert_eq!((peer.state, peer.fault, peer.size), ("left", None, 2));
    assert!(
        peers::pull(trust.node(), Some(forger.id().as_str()))
            .await
            .is_err()
    );
    assert_eq!(trust.live().await.len(), 2);
}

#[tokio::test]
async fn a_changed_base_is_used_once_it_serves_the_same_document_and_passes_the_rules() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    trust.pull_well(&forger.id()).await;
    let old = forger.base();
    for base in [
        "http://169.254.169.254/feed/v1",
        "http://127.0.0.1:9/feed/v1",
        "http://10.0.0.1/feed/v1",
    ] {
        forger
            .feed()
            .amend(|content| content.base = base.to_owned());
        let peer = trust.pull_well(&forger.id()).await;
        assert_eq!(peer.base, old, "{base}");
        assert_eq!(
            peer.stated_base.as_deref(),
            Some(base),
            "the operator sees it"
        );
    }
    let moved = format!("http://localhost:{}/feed/v1", forger.address.port());
    forger.feed().amend(|content| content.base = moved.clone());
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.base, peer.stated_base), (moved, None));
    trust.pull_well(&forger.id()).await;
}

#[tokio::test]
async fn where_the_version_is_stated_one_request_tells_that_nothing_is_new() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock.clone()).await;
    forger.feed().stated_version = Some(1);
    forger.feed().signed_at = Some(clock.now());
    trust.pull_well(&forger.id()).await;
    forger.asked();
    trust.pull_well(&forger.id()).await;
    assert_eq!(forger.asked(), ["/log/1/checkpoint"]);
    // A new node document is taken, though the checkpoint is the same.
    forger
        .feed()
        .amend(|content| content.name = "Renamed".to_owned());
    forger.feed().stated_version = Some(2);
    assert_eq!(trust.pull_well(&forger.id()).await.name, "Renamed");
    // It is taken as well when the checkpoint cannot be had, or no version is stated.
    trust.pull_well(&forger.id()).await;
    forger
        .feed()
        .amend(|content| content.name = "Again".to_owned());
    forger.lie(|_, path, reply| {
        if path.ends_with("/checkpoint") {
            reply.status = 500;
        }
    });
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(
        (peer.name.as_str(), peer.fault.unwrap().code),
        ("Again", "transport")
    );
    forger.be_honest();
    forger.feed().stated_version = None;
    for name in ["Third", "Fourth"] {
        forger
            .feed()
            .amend(|content| content.name = name.to_owned());
        assert_eq!(trust.pull_well(&forger.id()).await.name, name);
    }
    // New documents come with their checkpoint, whatever is stated.
    forger.feed().stated_version = Some(99);
    forger.feed().put("New", "words");
    assert_eq!(trust.pull_well(&forger.id()).await.size, 1);
}

#[tokio::test]
async fn a_name_that_would_steer_a_terminal_is_made_visible() {
    let clock = Clock::system();
    let forger = Forger::new(1, clock.clone()).await;
    let trust = follower(&forger, clock).await;
    forger
        .feed()
        .amend(|content| content.name = "Good\r\n\u{1b}[31mtrust\u{202e}".to_owned());
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!(peer.name, "Good\u{fffd}\u{fffd}\u{fffd}[31mtrust\u{fffd}");
}
