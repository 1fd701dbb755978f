//! Leaves and bodies: one that is bad blocks nothing, and no peer writes outside its own name.

use node::audit::By;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use it::ports::Trap;
use node::flows::peers;
use store::DocumentState;
use wire::{Digest, DocumentId};

use super::forger::{Forger, Reply, body, followed};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn poison_leaves_are_quarantined_or_skipped_and_the_log_goes_on() {
    let (forger, trust) = followed().await;
    let id = {
        let mut feed = forger.feed();
        feed.put("Before", "the poison");
        let put = String::from_utf8(feed.entries[0].clone()).unwrap();
        let deep = format!(
            "{{\"v\":1,\"op\":\"put\",\"x\":{}{}}}",
            "[".repeat(200),
            "]".repeat(200)
        );
        for leaf in [
            "not json".to_owned(),
            String::new(),
            "{".to_owned(),
            "[]".to_owned(),
            deep,
            put.replace("\"v\":1", "\"v\":1,\"v\":1"),
            put.replace("\"v\":1", "\"v\":1,\"x\":\"\\u0000\""),
            put.replace("\"v\":1", "\"v\":1,\"x\":\"\0\""),
            put.replace("\"v\":1", "\"v\":1,\"x\":\"\\ud800\""),
            put.replace("\"rev\":1", "\"rev\":1.0"),
            put.replace("\"len\":", "\"len\":9"),
            put.replace("sha256:", "sha512:"),
            put.replace(
                '}',
                &format!(",\"x\":\"{}\"}}", "x".repeat(1025 - put.len() - 8)),
            ),
            format!("\u{feff}{put}"),
        ] {
            feed.push(leaf);
        }
        feed.push(b"\xff\xfe".to_vec());
        for skipped in [
            "{\"v\":2}",
            "{\"v\":1,\"op\":\"annotate\",\"id\":7}",
            "{\"v\":9,\"op\":\"put\"}",
        ] {
            feed.push(skipped);
        }
        feed.put("After", "the poison")
    };
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.size, peer.quarantined), (20, 15));
    assert_eq!(trust.live().await.len(), 2);
    assert_eq!(trust.found("after").await, [id]);
}

#[tokio::test]
async fn a_leaf_out_of_turn_is_quarantined_and_a_later_withdrawal_is_honoured() {
    let (forger, trust) = followed().await;
    let (jumped, held, gone) = {
        let mut feed = forger.feed();
        let jumped = feed.put("Jumps", "at once");
        let held = feed.put("Held", "as it is");
        let gone = feed.put("Gone", "for good");
        (jumped, held, gone)
    };
    trust.pull_well(&forger.id()).await;
    {
        let mut feed = forger.feed();
        feed.put_body(jumped, 5, body(jumped, 5, "Jumps", "five"));
        feed.put_body(held, 1, body(held, 1, "Held", "again the first"));
        feed.withdraw(gone);
        feed.put_body(gone, 3, body(gone, 3, "Gone", "and back"));
    }
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.size, peer.quarantined), (7, 3));
    let id = forger.id();
    assert_eq!(trust.state(&id, jumped).await, Some(DocumentState::Live));
    assert_eq!(trust.state(&id, gone).await, Some(DocumentState::Withdrawn));
    assert!(trust.found("back").await.is_empty());
    // Withdrawn with a wrong revision, an odd reason, a bad time, and never put at all.
    let never = DocumentId::parse("01996c5e-8a00-7000-8000-000000000001").unwrap();
    {
        let mut feed = forger.feed();
        feed.push(format!(
            r#"{{"v":1,"op":"withdraw","id":"{jumped}","rev":77,"t":"soon","why":"mood"}}"#
        ));
        feed.push(format!(r#"{{"v":1,"op":"withdraw","id":"{never}"}}"#));
        feed.put_body(never, 1, body(never, 1, "Never", "put"));
    }
    trust.pull_well(&forger.id()).await;
    for withdrawn in [jumped, never] {
        assert_eq!(
            trust.state(&id, withdrawn).await,
            Some(DocumentState::Withdrawn)
        );
    }
    assert_eq!(trust.live().await.len(), 1);
}

#[tokio::test]
async fn another_nodes_ids_are_another_nodes() {
    let (forger, trust) = followed().await;
    let other = Forger::new(2, &trust.clock).await;
    trust.follow_at(&other.base(), &other.id()).await;
    let own = trust.publish_page("Our own", "words").await;
    let theirs = other.feed().put("Theirs", "words");
    trust.pull_well(&other.id()).await;
    let before = trust.live().await;
    for id in [own, theirs] {
        let mut feed = forger.feed();
        feed.put_as(id, "Squatting", "on another's id");
        feed.withdraw(id);
    }
    trust.pull_well(&forger.id()).await;
    assert_eq!(trust.live().await, before);
    assert_eq!(
        trust.state(&trust.id(), own).await,
        Some(DocumentState::Live)
    );
    assert_eq!(
        trust.state(&other.id(), theirs).await,
        Some(DocumentState::Live)
    );
}

#[tokio::test]
async fn bodies_that_break_a_rule_are_quarantined_and_the_next_revision_replaces_them() {
    let (forger, trust) = followed().await;
    let ids: Vec<DocumentId> = {
        let mut feed = forger.feed();
        let good = feed.put("Good", "words");
        let mut ids = Vec::new();
        let spoil: Vec<Box<dyn Fn(String) -> String>> = vec![
            Box::new(move |body| body.replacen("\"id\":\"", "\"id\":\"x", 1)),
            Box::new(|body| body.replace("\"rev\":1", "\"rev\":2")),
            Box::new(|body| body.replace("AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0O")),
            Box::new(|body| body.replace("\"public\"", "\"organisation\"")),
            Box::new(|body| {
                body.replace(
                    "\"title\":\"T\"",
                    &format!("\"title\":\"{}\"", "x".repeat(201)),
                )
            }),
            Box::new(|body| body.replace("\"title\":\"T\",", "")),
            Box::new(|body| body.replace("\"kind\"", "\"tags\":7,\"kind\"")),
            Box::new(|body| body.replace("{\"v\":1", "{\"v\":2")),
            Box::new(|body| body.replace('}', "}x")),
            Box::new(|body| body.replace("\"kind\"", "\"kind\":\"page\",\"kind\"")),
            Box::new(|body| format!("{body}\r")),
            Box::new(|_| "[]".to_owned()),
        ];
        for spoil in spoil {
            let id = feed.put("T", "words");
            feed.entries.pop();
            let spoiled = spoil(String::from_utf8(body(id, 1, "T", "words")).unwrap());
            feed.put_body(id, 1, spoiled.into_bytes());
            ids.push(id);
        }
        // The body of another document, with a right digest.
        let id = feed.put("T", "words");
        feed.entries.pop();
        feed.put_body(id, 1, body(good, 1, "Good", "words of another"));
        ids.push(id);
        ids
    };
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.quarantined, peer.unavailable), (ids.len() as u64, 0));
    assert_eq!(trust.live().await.len(), 1);
    for id in &ids {
        assert_eq!(
            trust.state(&forger.id(), *id).await,
            Some(DocumentState::Quarantined)
        );
        forger.feed().put_as(*id, "Repaired", "words");
    }
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.quarantined, peer.unavailable), (0, 0));
    assert_eq!(trust.live().await.len(), 1 + ids.len());
}

#[tokio::test]
async fn bodies_that_are_missing_or_other_are_unavailable_and_tried_again() {
    let (forger, trust) = followed().await;
    // Few are asked for one by one, many in a bundle.
    for count in [3, 40] {
        for number in 0..count {
            forger
                .feed()
                .put(&format!("Study {number}"), "what was tried");
        }
        let all = forger.feed().entries.len();
        type Spoil = Box<dyn Fn(&mut Reply) + Send + Sync>;
        let lies: Vec<(&str, Spoil)> = vec![
            ("not there", Box::new(|reply| *reply = Reply::status(404))),
            ("gone", Box::new(|reply| *reply = Reply::status(410))),
            (
                "for peers only",
                Box::new(|reply| *reply = Reply::status(401)),
            ),
            ("a redirect", Box::new(|reply| *reply = Reply::status(302))),
            (
                "of another type",
                Box::new(|reply| reply.media = "text/html"),
            ),
            (
                "other bytes",
                Box::new(|reply| {
                    if let Some(at) = reply.body.len().checked_sub(40) {
                        reply.body[at] ^= 1;
                    }
                }),
            ),
            ("nothing", Box::new(|reply| reply.body.clear())),
            ("without an end", Box::new(|reply| reply.endless = true)),
            (
                "in a coding not asked for",
                Box::new(|reply| {
                    reply.headers.push(("content-encoding", "br".to_owned()));
                }),
            ),
        ];
        for (name, lie) in lies {
            forger.lie(move |_, path, reply| {
                if path.starts_with("/doc/") || path.contains("/docs/") {
                    lie(reply);
                }
            });
            let peer = trust.pull_well(&forger.id()).await;
            assert_eq!(peer.size, all as u64, "{name}");
            assert!(peer.unavailable > 0, "{name}");
            let held = trust.live().await.len() as u64 + peer.unavailable;
            assert_eq!(
                held, peer.size,
                "{name}: what is not held is known to be missing"
            );
            trust.advance(2 * HOUR);
        }
        forger.be_honest();
        let peer = trust.pull_well(&forger.id()).await;
        assert_eq!((peer.unavailable, peer.quarantined), (0, 0));
        assert_eq!(trust.live().await.len(), all);
        forger.asked();
    }
}

#[tokio::test]
async fn bodies_that_come_in_a_form_of_no_use_hold_up_no_others() {
    let (forger, trust) = followed().await;
    for number in 0..8 {
        forger
            .feed()
            .put(&format!("Study {number}"), "what was tried");
    }
    let asked = AtomicUsize::new(0);
    forger.lie(move |_, path, reply| {
        if path.starts_with("/doc/") && asked.fetch_add(1, Ordering::Relaxed) < 5 {
            reply.media = "text/html";
        }
    });
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((trust.live().await.len(), peer.unavailable), (3, 5));
}

#[tokio::test]
async fn a_peer_that_gives_its_bodies_later_is_asked_later() {
    let (forger, trust) = followed().await;
    forger.feed().put("Study", "what was tried");
    forger.lie(|_, path, reply| {
        if path.starts_with("/doc/") {
            *reply = Reply::status(503);
            reply.headers.push(("retry-after", "7200".to_owned()));
        }
    });
    let peer = trust.pull_well(&forger.id()).await;
    assert!(peer.next_due > trust.clock.now().plus(HOUR));
}

#[tokio::test]
async fn a_bundle_that_lacks_bodies_or_has_too_many_is_made_up_for_one_by_one() {
    let (forger, trust) = followed().await;
    for number in 0..30 {
        forger
            .feed()
            .put(&format!("Study {number}"), "what was tried");
    }
    // Every second line is left out, and lines that were not asked for are put in.
    forger.lie(|_, path, reply| {
        if path.contains("/docs/") {
            let text = String::from_utf8(std::mem::take(&mut reply.body)).unwrap();
            for line in text.lines().step_by(2) {
                reply
                    .body
                    .extend_from_slice(format!("{{\"not\":\"asked for\"}}\n{line}\n").as_bytes());
            }
        }
    });
    trust.pull_well(&forger.id()).await;
    assert_eq!(trust.live().await.len(), 30);
    let asked = forger.asked();
    let docs: Vec<_> = asked
        .iter()
        .filter(|path| path.contains("/docs/"))
        .collect();
    assert_eq!(docs, ["/log/1/docs/000", "/log/1/docs/000?after=28"]);
    assert_eq!(
        asked
            .iter()
            .filter(|path| path.starts_with("/doc/"))
            .count(),
        14
    );

    // A peer without bundles gives 64 bodies a poll.
    for number in 0..100 {
        forger.feed().put(&format!("More {number}"), "of the same");
    }
    forger.lie(|_, path, reply| {
        if path.contains("/docs/") {
            *reply = Reply::status(500);
        }
    });
    let peer = trust.pull_well(&forger.id()).await;
    let asked = forger.asked();
    assert_eq!(
        asked
            .iter()
            .filter(|path| path.starts_with("/doc/"))
            .count(),
        64
    );
    assert_eq!((trust.live().await.len(), peer.unavailable), (94, 36));
}

#[tokio::test]
async fn what_is_read_in_vain_counts_towards_what_a_poll_may_read() {
    const BUNDLES: usize = 34;
    let (forger, trust) = followed().await;
    for number in 0..BUNDLES * 256 {
        forger
            .feed()
            .put(&format!("Study {number}"), "what was tried");
    }
    forger.lie(|_, path, reply| {
        if path.contains("/docs/") {
            reply.endless = true;
            reply.body = b"{}\n".to_vec();
        }
    });
    let peer = trust.pull_well(&forger.id()).await;
    let asked = forger.asked();
    let starting = |start| asked.iter().filter(|path| path.starts_with(start)).count();
    // 256 MiB are 32 bundles. The rest waits, since nothing that came was of use.
    assert_eq!((starting("/log/1/docs/"), starting("/doc/")), (32, 64));
    assert!(peer.next_due > trust.clock.now().plus(Duration::from_secs(60)));
    assert_eq!(peer.unavailable, 32 * 256 - 64);
}

#[tokio::test]
async fn pages_that_bring_only_what_is_held_are_not_turned_for_ever() {
    let (forger, trust) = followed().await;
    forger.feed().put("Held", "what was tried");
    let mut held = forger.feed().bodies.values().next().unwrap().clone();
    held.push(b'\n');
    trust.pull_well(&forger.id()).await;
    for number in 0..20 {
        forger
            .feed()
            .put(&format!("Study {number}"), "what was tried");
    }
    forger.asked();
    forger.lie(move |_, path, reply| {
        if path.contains("/docs/") {
            reply.body.clone_from(&held);
            reply.body.resize(8 * 1024 * 1024, b'\n');
        }
    });
    trust.pull_well(&forger.id()).await;
    let asked = forger.asked();
    let docs: Vec<_> = asked
        .iter()
        .filter(|path| path.contains("/docs/"))
        .collect();
    assert_eq!(docs, ["/log/1/docs/000?after=0"]);
    assert_eq!(trust.live().await.len(), 21);
}

#[tokio::test]
async fn few_missing_bodies_are_asked_for_one_by_one_and_many_in_a_bundle() {
    let (forger, trust) = followed().await;
    for (count, one_by_one, bundles) in [(16, 16, 0), (17, 0, 1)] {
        for number in 0..count {
            forger
                .feed()
                .put(&format!("Study {number}"), "what was tried");
        }
        trust.pull_well(&forger.id()).await;
        let asked = forger.asked();
        let starting = |start| asked.iter().filter(|path| path.starts_with(start)).count();
        assert_eq!(
            (starting("/doc/"), starting("/log/1/docs/")),
            (one_by_one, bundles)
        );
    }
    assert_eq!(trust.live().await.len(), 33);
}

#[tokio::test]
async fn a_body_that_comes_after_its_withdrawal_is_nowhere() {
    let (forger, trust) = followed().await;
    let id = forger.feed().put("Late", "axolotlcanary");
    let body = forger.feed().bodies.values().next().unwrap().clone();
    forger.lie(|_, path, reply| {
        if path.starts_with("/doc/") {
            *reply = Reply::status(404);
        }
    });
    trust.pull_well(&forger.id()).await;
    forger.feed().withdraw(id);
    trust.advance(HOUR);
    let digest = Digest::for_bytes(&body);
    forger.lie(move |_, path, reply| {
        if path.starts_with("/doc/") {
            *reply = Reply::status(200);
            reply.media = "application/json";
            reply.body.clone_from(&body);
        }
    });
    trust.pull_well(&forger.id()).await;
    assert_eq!(
        trust.state(&forger.id(), id).await,
        Some(DocumentState::Withdrawn)
    );
    assert!(!forger.asked().contains(&format!("/doc/{digest}")) || trust.live().await.is_empty());
    assert_eq!(trust.files_with("axolotlcanary"), Vec::<String>::new());
}

#[tokio::test]
async fn no_address_in_a_document_is_ever_asked() {
    let (forger, trust) = followed().await;
    let trap = Trap::open();
    let address = trap.address();
    let words = format!(
        "![x](http://{address}/a.png) <img src=http://{address}/b> [c](http://{address}/c)"
    );
    let id = forger.feed().put("Links", &words);
    trust.pull_well(&forger.id()).await;
    assert_eq!(trust.found("links").await, [id]);
    assert!(!trap.was_connected_to());
}

#[tokio::test]
async fn whatever_a_peer_says_of_reaching_it_is_never_more_than_text() {
    let (forger, trust) = followed().await;
    for contact in [
        "javascript:alert(1)",
        "mailto:x@y.example\"onclick=\"alert(1)",
        "<script>alert(1)</script>",
        "https://nhs.example@evil.example/",
    ] {
        let id = {
            let mut feed = forger.feed();
            feed.amend(|content| content.contact = contact.to_owned());
            feed.put("A study", "what was tried")
        };
        trust.pull_well(&forger.id()).await;
        let peer = peers::show(trust.node(), forger.id().as_str())
            .await
            .unwrap();
        let statement = peer.stated.unwrap().digest;
        peers::accept(trust.node(), forger.id().as_str(), &statement, &By::Node)
            .await
            .unwrap();
        let document = format!("/d/ff1/{id}/a-study");
        for path in [document.as_str(), "/organisations/ff1"] {
            let html = trust.get(path).await.text;
            let escaped = contact
                .replace('<', "&#60;")
                .replace('>', "&#62;")
                .replace('"', "&#34;");
            assert!(html.contains(&escaped), "{path} does not show {contact}");
            for bad in [
                "href=\"javascript:",
                "<script>alert",
                "\"onclick",
                "href=\"https://nhs.example",
                "href=\"mailto:x@y",
            ] {
                assert!(!html.contains(bad), "{path} holds {bad}");
            }
            let report = html.contains("To report a problem with this page");
            assert_eq!(report, path == document, "as a link to nowhere: {html}");
        }
    }
}
