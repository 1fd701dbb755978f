//! Node documents: a chain that is followed step by step, and every way in which a step is refused.
//!
//! What was accepted before stays, whatever follows: a thief of a log key cannot block its revocation.

use node::audit::By;
use std::time::Duration;

use it::{setup::Setup, trust::Trust};
use ledger::{
    PublicKey, SecretKey,
    node::{Closed, Content, Revoked, SigningKeys},
};
use node::{clock::Clock, flows::peers};
use store::StoredNodeDocument;
use wardround::verify::verify;
use wire::{Digest, NodeId, base64};

use super::forger::{Feed, Forger, Lie, Reply, followed, key, lie, plain_line};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn held(trust: &Trust, forger: &Forger) -> Option<StoredNodeDocument> {
    let store = &trust.node().store;
    let seq = store.node(&forger.id()).await.unwrap().unwrap().seq;
    store.newest_node_document(seq).await.unwrap()
}

/// Returns the name in the newest node document, which waits for the operator.
fn stated_name(peer: peers::PeerObject) -> String {
    peer.stated.unwrap().name
}

/// Says that a key is revoked since a version was issued.
fn revoked(content: &Content, key: PublicKey) -> Revoked {
    Revoked {
        key: *key.as_bytes(),
        at: content.issued,
        why: "compromise".to_owned(),
    }
}

/// Serves another second version.
fn second(make: impl Fn(&Feed) -> String + Send + Sync + 'static) -> Lie {
    lie(move |feed, path, reply| {
        if path == "/node" || path == "/node/2" {
            *reply = Reply::new("text/plain", make(feed));
        }
    })
}

/// Serves a second version that differs, signed by all keys that the node has.
fn amended(change: impl Fn(&mut Content) + Send + Sync + 'static) -> Lie {
    second(move |feed| {
        let mut content = feed.next_content();
        change(&mut content);
        feed.sign_document(&content)
    })
}

/// Serves a second version that differs, signed by further keys, too.
fn resigned(change: impl Fn(&Feed, &mut Content, &mut Keys) + Send + Sync + 'static) -> Lie {
    second(move |feed| {
        let mut content = feed.next_content();
        let mut keys = Keys {
            root: vec![feed.root.clone()],
            log: vec![feed.log.clone()],
            witness: vec![feed.witness.clone()],
        };
        change(feed, &mut content, &mut keys);
        content.sign(SigningKeys {
            root: &keys.root,
            log: &keys.log,
            witness: &keys.witness,
        })
    })
}

/// The keys that sign a version.
struct Keys {
    root: Vec<SecretKey>,
    log: Vec<SecretKey>,
    witness: Vec<SecretKey>,
}

/// Serves a second version in which some text of the line differs, signed by all keys that the node has.
fn rewritten(from: &'static str, to: &'static str) -> Lie {
    second(move |feed| {
        let text = feed.next_content().text();
        assert!(text.contains(from), "{text}");
        let text = text.replacen(from, to, 1);
        let signed = |name: &str, key: &SecretKey| plain_line(name, key, &text);
        let root = signed(&ledger::root_name(&feed.root.public()), &feed.root);
        let log = signed(&feed.origin().to_string(), &feed.log);
        let witness = signed(&ledger::witness_name(&feed.node), &feed.witness);
        format!("{text}\n{root}{log}{witness}")
    })
}

/// Serves a second version whose log key has other bytes.
fn with_log_key(bytes: &[u8]) -> Lie {
    let listed = |bytes: &[u8]| -> &'static str {
        format!("\"keys\":[\"{}\"],\"closed\"", base64::encode_url(bytes)).leak()
    };
    rewritten(listed(key(1, "log").public().as_bytes()), listed(bytes))
}

/// Serves a new version under the number of the held one, or without the one before it.
fn newest(make: impl Fn(&Feed) -> String + Send + Sync + 'static) -> Lie {
    lie(move |feed, path, reply| {
        if path == "/node" {
            reply.body = make(feed).into_bytes();
        }
    })
}

/// Second versions that break a rule, each with the code of the fault.
fn refused_versions(victim: NodeId) -> Vec<(&'static str, &'static str, Lie)> {
    let mut weak = [0; 32];
    weak[0] = 1;
    assert!(PublicKey::parse(&weak).is_err());
    vec![
        // Steps that the chain does not allow.
        (
            "key",
            "another text of the held version",
            newest(|feed| {
                let mut content = feed.documents[0].0.clone();
                content.name = "Another trust".to_owned();
                feed.sign_document(&content)
            }),
        ),
        ("key", "a gap", amended(|content| content.version = 3)),
        (
            "key",
            "a wrong prev",
            amended(|content| content.prev = Some(Digest::for_bytes(b"x"))),
        ),
        (
            "key",
            "another node",
            amended(move |content| content.node = Some(victim.clone())),
        ),
        (
            "key",
            "two epochs on",
            amended(|content| {
                content.epoch = 3;
                let closed = |epoch| Closed {
                    epoch,
                    size: 1,
                    root: [7; 32],
                };
                content.closed = vec![closed(1), closed(2)];
            }),
        ),
        (
            "transport",
            "a version that is missing",
            newest(|feed| feed.sign_document(&feed.next_content())),
        ),
        // Keys that are not proven, not allowed, or not keys.
        (
            "key",
            "not signed by the held root",
            resigned(|_, content, keys| {
                keys.root = vec![key(9, "root")];
                content.root = vec![keys.root[0].public()];
            }),
        ),
        (
            "key",
            "one of two root keys",
            amended(|content| {
                content.root.push(key(9, "root").public());
                content.threshold = 2;
            }),
        ),
        (
            "key",
            "a log key without proof of possession",
            amended(|content| content.log.push(key(9, "log").public())),
        ),
        (
            "key",
            "a witness key without proof of possession",
            amended(|content| content.witness.push(key(9, "witness").public())),
        ),
        (
            "key",
            "a victim's key, with all signatures",
            resigned(|_, content, keys| {
                keys.log.push(key(2, "log"));
                content.log.push(key(2, "log").public());
            }),
        ),
        (
            "key",
            "one key in two roles",
            resigned(|feed, content, keys| {
                keys.witness.push(feed.log.clone());
                content.witness.push(feed.log.public());
            }),
        ),
        (
            "key",
            "a listed key that is revoked",
            amended(|content| content.revoked.push(revoked(content, content.log[0]))),
        ),
        ("key", "a weak key", with_log_key(&weak)),
        ("malformed", "an empty key", with_log_key(&[])),
        ("malformed", "a key of 16 bytes", with_log_key(&[7; 16])),
        ("malformed", "a key of 31 bytes", with_log_key(&[7; 31])),
        ("malformed", "a key of 33 bytes", with_log_key(&[7; 33])),
        // Texts that are no node document.
        (
            "malformed",
            "an epoch that is not closed",
            amended(|content| content.epoch = 2),
        ),
        (
            "malformed",
            "a threshold above the keys",
            amended(|content| content.threshold = 2),
        ),
        (
            "malformed",
            "401 days",
            amended(|content| content.expires = content.issued.plus(401 * DAY)),
        ),
        (
            "malformed",
            "a duplicate key",
            rewritten("\"version\":2", "\"version\":2,\"version\":2"),
        ),
        (
            "malformed",
            "a version with a fraction",
            rewritten("\"version\":2", "\"version\":2.0"),
        ),
        (
            "malformed",
            "a threshold of nothing",
            rewritten("\"threshold\":1", "\"threshold\":0"),
        ),
        (
            "malformed",
            "an unknown status",
            rewritten("\"active\"", "\"asleep\""),
        ),
        (
            "malformed",
            "more than one line",
            rewritten("\"status\"", "\n\"status\""),
        ),
        (
            "malformed",
            "no heading",
            rewritten("wardround.v1/node", "wardround.v2/node"),
        ),
        (
            "transport",
            "32 KiB and more",
            second(|feed| feed.sign_document(&feed.next_content()) + &"x".repeat(33_000)),
        ),
    ]
}

#[tokio::test]
async fn a_second_version_that_breaks_a_rule_is_refused_and_the_held_one_stays() {
    let (forger, trust) = followed().await;
    let victim = Forger::new(2, &trust.clock).await;
    trust.follow_at(&victim.base(), &victim.id()).await;
    trust.pull_well(&victim.id()).await;
    forger.feed().put("A study", "what was tried");
    trust.pull_well(&forger.id()).await;
    let before = held(&trust, &forger).await;
    for (code, name, lie) in refused_versions(victim.id()) {
        forger.lie(lie);
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault.map(|fault| fault.code), Some(code), "{name}");
        assert_eq!(held(&trust, &forger).await, before, "{name}");
    }
    forger.be_honest();
    assert_eq!(trust.pull_well(&forger.id()).await.size, 1);
}

#[tokio::test]
async fn a_stolen_log_key_is_worth_nothing_once_the_next_version_is_without_it() {
    let (forger, trust) = followed().await;
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
            content.revoked = vec![revoked(content, old.public())];
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
        let (forger, trust) = followed().await;
        let lost = key(7, "log").public();
        // Version 2 says that it is revoked, version 3 says nothing any more.
        for version in [2, 3] {
            forger.feed().amend(|content| {
                let revoked = revoked(content, lost);
                content.revoked = if version == 2 { vec![revoked] } else { vec![] };
            });
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
    let (forger, trust) = followed().await;
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
    let (forger, trust) = followed().await;
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
    let verified = verify(&trust.node().store, &[], |_| {}).await.unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_long_chain_is_followed_64_steps_a_poll() {
    let (forger, trust) = followed().await;
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
    assert_eq!(
        (peer.size, stated_name(peer)),
        (1, "Trust of year 65".to_owned())
    );
    let versions: Vec<_> = forger
        .asked()
        .into_iter()
        .filter(|path| path.starts_with("/node/"))
        .collect();
    assert_eq!(versions.len(), 65, "each is fetched once");
}

#[tokio::test]
async fn a_version_beyond_all_that_a_node_needs_is_refused_before_any_is_fetched() {
    let (forger, trust) = followed().await;
    trust.pull_well(&forger.id()).await;
    forger.lie(|feed, path, reply| {
        if path == "/node" {
            let mut content = feed.next_content();
            content.version = 1_000_000_000;
            reply.body = feed.sign_document(&content).into_bytes();
        }
    });
    forger
        .feed()
        .amend(|content| content.name = "Second".to_owned());
    forger.asked();
    let peer = trust.pull(&forger.id()).await;
    assert_eq!(peer.fault.unwrap().code, "malformed");
    assert!(!forger.asked().contains(&"/node/2".to_owned()));
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_takes_two_versions_a_poll() {
    let clock = Clock::system();
    let forger = Forger::new(1, &clock).await;
    let setup = Setup::new("ZZ1").clock(&clock);
    let setup = setup.settings(|settings| settings.federation.min_free_percent = 100);
    let trust = setup.start().await;
    trust.follow_at(&forger.base(), &forger.id()).await;
    for name in ["Second", "Third", "Fourth"] {
        forger
            .feed()
            .amend(|content| content.name = name.to_owned());
    }
    for version in [2, 4] {
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault, None);
        assert_eq!(held(&trust, &forger).await.unwrap().version, version);
    }
}

#[tokio::test]
async fn good_steps_are_kept_when_a_later_one_fails() {
    let (forger, trust) = followed().await;
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
    assert!(matches!(
        peer.fault.as_ref().unwrap().code,
        "key" | "malformed"
    ));
    let version = held(&trust, &forger).await.unwrap().version;
    assert_eq!((version, stated_name(peer)), (2, "Second".to_owned()));
    forger.be_honest();
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!(stated_name(peer), "Fourth");
}

#[tokio::test]
async fn the_first_node_document_is_the_pinned_one_or_nothing() {
    let clock = Clock::system();
    let forger = Forger::new(1, &clock).await;
    let other = Forger::new(2, &clock).await;
    let trust = Setup::new("ZZ1").clock(&clock).start().await;
    // The site says so itself, and is refused.
    let address = peers::NewPeerRequest::new(other.base());
    let refused = peers::add(trust.node(), &address, &forger.id(), &By::Node)
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
    let (forger, trust) = followed().await;
    trust.pull_well(&forger.id()).await;
    trust.advance(401 * DAY);
    forger.feed().put("Late", "and it still applies");
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.stale, peer.size), (true, 1));
    trust.advance(90 * DAY);
    forger.feed().put("Too late", "and it does not");
    let peer = trust.pull(&forger.id()).await;
    assert_eq!((peer.fault.unwrap().code, peer.size), ("expired", 1));
    assert_eq!(trust.live().await.len(), 1, "its documents stay");
    // The chain is still read.
    let issued = trust.clock.now();
    forger.feed().amend(|content| {
        content.issued = wire::Timestamp::from_secs(issued.secs());
        content.expires = content.issued.plus(30 * DAY);
    });
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.stale, peer.size), (false, 2));
}

#[tokio::test]
async fn a_node_that_leaves_is_polled_no_more_and_its_documents_stay() {
    let (forger, trust) = followed().await;
    forger.feed().put("A study", "what was tried");
    trust.pull_well(&forger.id()).await;
    let successor = Forger::new(2, &trust.clock).await.id();
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
async fn where_the_version_is_stated_one_request_tells_that_nothing_is_new() {
    let (forger, trust) = followed().await;
    forger.feed().stated_version = Some(1);
    forger.feed().signed_at = Some(trust.clock.now());
    trust.pull_well(&forger.id()).await;
    forger.asked();
    trust.pull_well(&forger.id()).await;
    assert_eq!(forger.asked(), ["/log/1/checkpoint"]);
    // A new node document is taken, though the checkpoint is the same.
    forger
        .feed()
        .amend(|content| content.name = "Renamed".to_owned());
    forger.feed().stated_version = Some(2);
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!(stated_name(peer), "Renamed");
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
    assert_eq!(peer.fault.as_ref().unwrap().code, "transport");
    assert_eq!(stated_name(peer), "Again");
    forger.be_honest();
    forger.feed().stated_version = None;
    for name in ["Third", "Fourth"] {
        forger
            .feed()
            .amend(|content| content.name = name.to_owned());
        let peer = trust.pull_well(&forger.id()).await;
        assert_eq!(stated_name(peer), name);
    }
    // New documents come with their checkpoint, whatever is stated.
    forger.feed().stated_version = Some(99);
    forger.feed().put("New", "words");
    assert_eq!(trust.pull_well(&forger.id()).await.size, 1);
}
