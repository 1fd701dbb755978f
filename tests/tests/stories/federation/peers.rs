//! Peers as an operator handles them: added with the pin, shown, paused, removed with all they said.

use node::audit::By;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use it::{
    ports::{Trap, free_ports},
    setup::Setup,
    trust::{Trust, until},
};
use node::flows::peers::{self, NewPeerRequest};
use store::DocumentState;
use wire::NodeId;

use super::forger::{Forger, Reply};

#[tokio::test]
async fn a_peer_is_added_by_its_site_or_its_base_and_the_pin_is_never_skipped() {
    let (one, two) = (Trust::new("ZZ1").await, Trust::new("ZZ2").await);
    for address in [
        one.site(),
        format!("{}/", one.site()),
        format!("{}/feed/v1", one.site()),
    ] {
        // What the site says of itself is shown, for a person to compare.
        let looked_up = peers::look_up(two.node(), &NewPeerRequest::new(&address))
            .await
            .unwrap();
        assert_eq!(looked_up.resembles, None);
        let found = looked_up.found;
        assert_eq!(
            (found.node.clone(), found.ods.as_deref()),
            (one.id(), Some("ZZ1"))
        );
        assert_eq!(
            (found.name.as_str(), found.base),
            ("Trust ZZ1", format!("{}/feed/v1", one.site()))
        );
        let added = peers::add(
            two.node(),
            &NewPeerRequest::new(&address),
            &found.node,
            &By::Node,
        )
        .await
        .unwrap();
        assert_eq!(added.silent, None);
        let added = added.peer;
        assert_eq!(
            (added.handle.as_str(), added.state, added.size),
            ("zz1", "new", 0)
        );
        // The same again changes nothing; anything else is said, with the command for it.
        let mut request = NewPeerRequest::new(&address);
        for handle in [None, Some("zz1".to_owned())] {
            request.handle = handle;
            let again = peers::add(two.node(), &request, &found.node, &By::Node).await;
            let again = again.unwrap();
            assert!(!again.is_new);
            assert_eq!(again.peer.base, added.base);
        }
        for change in [
            |request: &mut NewPeerRequest| request.allow_cidr = "10.0.0.0/8".to_owned(),
            |request: &mut NewPeerRequest| request.interval = Some(Duration::from_secs(77)),
            |request: &mut NewPeerRequest| request.handle = Some("other".to_owned()),
            |request: &mut NewPeerRequest| request.address = "http://127.0.0.1:9".to_owned(),
        ] {
            let mut other = NewPeerRequest::new(&address);
            change(&mut other);
            let refused = peers::add(two.node(), &other, &found.node, &By::Node).await;
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains("already configured"), "{refused}");
            assert!(refused.contains("peer set zz1"), "{refused}");
        }
        peers::remove(two.node(), "zz1", &By::Node).await.unwrap();
    }
    let stranger = NodeId::for_text(b"a stranger");
    for (address, pin, words) in [
        (one.site(), stranger.clone(), one.id().to_string()),
        (one.site(), two.id(), "this node itself".to_owned()),
        (
            "ftp://example.org".to_owned(),
            stranger.clone(),
            "not https".to_owned(),
        ),
        (
            "http://10.0.0.1/feed/v1".to_owned(),
            stranger.clone(),
            "IP address".to_owned(),
        ),
        (
            "http://169.254.169.254".to_owned(),
            stranger.clone(),
            "IP address".to_owned(),
        ),
        (
            "http://2130706433/".to_owned(),
            stranger.clone(),
            "IP address".to_owned(),
        ),
        (
            "https://user@example.org/".to_owned(),
            stranger,
            "user name".to_owned(),
        ),
    ] {
        let refused = peers::add(two.node(), &NewPeerRequest::new(&address), &pin, &By::Node)
            .await
            .unwrap_err();
        assert!(refused.to_string().contains(&words), "{address}: {refused}");
    }
    for handle in [
        "",
        "a/b",
        "../x",
        "<script>",
        "two\nlines",
        "-a",
        &"a".repeat(33),
    ] {
        let added = NewPeerRequest {
            handle: Some(handle.to_owned()),
            ..NewPeerRequest::new("https://exchange.example")
        };
        let refused = peers::add(two.node(), &added, &NodeId::for_text(b"any"), &By::Node)
            .await
            .unwrap_err();
        let refused = refused.to_string();
        assert!(refused.contains("a short name has"), "{handle}: {refused}");
    }
    assert_eq!(peers::list(two.node()).await.unwrap(), []);
    let missing = peers::show(two.node(), "zz1").await.unwrap_err();
    assert!(
        missing
            .to_string()
            .contains("`zz1` is not a peer of this node"),
        "{missing}"
    );
}

#[tokio::test]
async fn a_site_that_names_another_host_is_not_followed_there() {
    let trust = Trust::new("ZZ1").await;
    let forger = Forger::new(1, &trust.clock).await;
    let trap = Trap::open();
    let elsewhere = format!("http://{}/feed/v1", trap.address());
    let id = forger.id();
    forger.lie(move |_, path, reply| {
        if path.starts_with("/.well-known") {
            *reply = Reply::status(200);
            reply.media = "application/json";
            reply.body = format!(r#"{{"node":"{id}","base":"{elsewhere}"}}"#).into_bytes();
        }
    });
    let refused = peers::look_up(trust.node(), &NewPeerRequest::new(forger.base()))
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("give that address"),
        "{refused}"
    );
    assert!(!trap.was_connected_to());
}

#[tokio::test]
async fn a_peer_that_is_down_can_be_added_and_is_named_once_it_answers() {
    let (one, mut two) = (Trust::new("ZZ1").await, Trust::new("ZZ2").await);
    let (site, id) = (two.site(), two.id());
    two.stop().await;
    let added = peers::add(one.node(), &NewPeerRequest::new(&site), &id, &By::Node)
        .await
        .unwrap();
    let silent = added.silent.unwrap();
    assert!(silent.contains("cannot be fetched"), "{silent}");
    assert_eq!(
        (added.peer.base, added.peer.ods),
        (format!("{site}/feed/v1"), None)
    );
    assert_eq!(one.pull(&id).await.fault.unwrap().code, "transport");
    two.start().await;
    let peer = one.pull_well(&id).await;
    assert_eq!(
        (peer.handle.as_str(), peer.ods.as_deref()),
        ("zz2", Some("ZZ2"))
    );
}

#[tokio::test]
async fn a_peer_is_shown_as_the_protocol_has_it() {
    let trust = Trust::new("ZZ1").await;
    let forger = Forger::new(1, &trust.clock).await;
    trust.follow_at(&forger.base(), &forger.id()).await;
    forger.lie(|_, _, reply| *reply = Reply::status(500));
    let peer = trust.pull(&forger.id()).await;
    let shown = serde_json::to_value(&peer).unwrap();
    let keys: Vec<_> = shown
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "node",
            "handle",
            "ods",
            "name",
            "base",
            "contact",
            "state",
            "stale",
            "fault",
            "size",
            "last_contact",
            "last_fresh",
            "next_due",
            "failures",
            "quarantined",
            "unavailable",
        ]
    );
    let fault: Vec<_> = shown["fault"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(fault, ["code", "text", "since"]);
    assert_eq!(shown["last_contact"], serde_json::Value::Null);
    assert!(wire::Timestamp::parse(shown["next_due"].as_str().unwrap()).is_some());
    forger.be_honest();
    let shown = serde_json::to_value(trust.pull_well(&forger.id()).await).unwrap();
    assert_eq!(shown["fault"], serde_json::Value::Null);
    assert!(shown["last_contact"].is_string() && shown["last_fresh"].is_string());
}

#[tokio::test]
async fn a_paused_peer_is_left_alone_and_a_removed_one_is_forgotten() {
    const CANARY: &str = "zyzzyvaremoved";
    let (one, two) = (Trust::new("ZZ1").await, Trust::new("ZZ2").await);
    two.follow(&one).await;
    let id = one.publish_page("Leaves with its node", CANARY).await;
    two.pull_well(&one.id()).await;
    assert_eq!(two.found(CANARY).await, [id]);
    assert_eq!(
        peers::pause(two.node(), "zz1", &By::Node)
            .await
            .unwrap()
            .state,
        "paused"
    );
    assert!(peers::pull(two.node(), Some("zz1")).await.is_err());
    assert_eq!(peers::pull(two.node(), None).await.unwrap(), []);
    assert_eq!(two.found(CANARY).await, [id], "its documents stay");
    assert_eq!(
        peers::resume(two.node(), "zz1", &By::Node)
            .await
            .unwrap()
            .state,
        "active"
    );
    peers::remove(two.node(), one.id().as_str(), &By::Node)
        .await
        .unwrap();
    assert_eq!(two.found(CANARY).await, []);
    assert_eq!(two.state(&one.id(), id).await, Some(DocumentState::Removed));
    two.node().eraser.settle().await.unwrap();
    assert_eq!(two.files_with(CANARY), Vec::<String>::new());
    // And it can come back.
    two.follow(&one).await;
    two.pull_well(&one.id()).await;
    assert_eq!(two.found(CANARY).await, [id]);
}

/// Adds a peer that is connected to and says nothing, as if it had spoken when it was added.
async fn add_silent(trust: &Trust, silent: &tokio::net::TcpListener) -> store::Peer {
    let new = store::NewPeer {
        node: NodeId::for_text(b"a silent one"),
        handle: "silent".to_owned(),
        base: format!("http://{}/feed/v1", silent.local_addr().unwrap()),
        name: "Silent".to_owned(),
        ods: None,
        allow_cidr: String::new(),
        interval: None,
    };
    let node = trust.node();
    node.store
        .add_peer(&new, &By::Node, node.now())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_pull_that_is_broken_off_gives_its_peer_back() {
    let trust = Trust::new("ZZ1").await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = Arc::clone(trust.node());
    let peer = add_silent(&trust, &silent).await;
    let pulling = Arc::clone(&node);
    let pull = tokio::spawn(async move { peers::pull(&pulling, Some("silent")).await });
    let _held = silent.accept().await.unwrap();
    pull.abort();
    until(async || {
        let lease = Duration::from_secs(60);
        let claim = node
            .store
            .claim_peer(peer.node_seq, node.now(), "another", lease);
        claim.await.unwrap().is_some()
    })
    .await;
}

#[tokio::test]
async fn a_pull_of_a_peer_that_another_process_keeps_polling_says_so() {
    let trust = Trust::new("ZZ1").await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let node = trust.node();
    let peer = add_silent(&trust, &silent).await;
    let lease = Duration::from_secs(720);
    let claim = node
        .store
        .claim_peer(peer.node_seq, node.now(), "another", lease);
    assert!(claim.await.unwrap().is_some());
    let mut pull = std::pin::pin!(peers::pull(node, Some("silent")));
    let early = tokio::time::timeout(Duration::from_secs(1), &mut pull).await;
    assert!(early.is_err(), "it waits for the other process: {early:?}");
    trust.advance(Duration::from_secs(601));
    let error = pull.await.unwrap_err().to_string();
    assert!(
        error.starts_with("`silent` is being polled by another process"),
        "{error}"
    );
}

#[tokio::test]
async fn a_silent_peer_delays_no_other_and_a_stop_does_not_wait_for_it() {
    let on = |settings: &mut settings::Settings| {
        settings.federation.enabled = true;
        settings.limits.drain = Duration::from_secs(2);
    };
    let mut trust = Setup::new("ZZ1").settings(on).start().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    add_silent(&trust, &silent).await;
    trust.node().wakers.ticker.notify_one();
    let held = silent.accept().await.unwrap();
    let forger = Forger::new(1, &trust.clock).await;
    forger.feed().put("A study", "what was tried");
    trust.follow_at(&forger.base(), &forger.id()).await;
    until(async || trust.live().await.len() == 1).await;
    let begun = Instant::now();
    trust.stop().await;
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    drop(held);
    // What a killed process had claimed is due at once after a restart.
    trust.start().await;
    let claimed = peers::show(trust.node(), "silent").await.unwrap();
    assert!(claimed.next_due <= trust.node().now());
    let _ = silent.accept().await.unwrap();
}

#[tokio::test]
async fn a_file_of_peers_that_refuse_at_once_makes_nothing_wait_for_the_database() {
    const REFUSING: usize = 60;
    let trust = Trust::new("ZZ1").await;
    let address = format!("http://127.0.0.1:{}", free_ports(1));
    let all: Vec<_> = (0..REFUSING)
        .map(|n| peers::WantedPeer {
            node: NodeId::for_text(format!("refusing {n}").as_bytes()).to_string(),
            request: NewPeerRequest::new(&address),
            paused: n % 2 == 0,
        })
        .collect();
    let mut failed = Vec::new();
    peers::apply(trust.node(), &all, false, &By::Node, &mut |_, applied| {
        failed.extend(applied.err().map(|error| error.to_string()))
    })
    .await;
    assert_eq!(failed, Vec::<String>::new());
    assert_eq!(peers::list(trust.node()).await.unwrap().len(), REFUSING);
}

#[tokio::test]
async fn the_sites_of_a_file_of_peers_are_asked_at_the_same_time_and_added_in_its_order() {
    const SILENT: usize = 5;
    let (trust, other) = (Trust::new("ZZ1").await, Trust::new("ZZ2").await);
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let wanted = |address: &str, node: String| peers::WantedPeer {
        node,
        request: NewPeerRequest::new(address),
        paused: false,
    };
    let mut all: Vec<_> = (0..SILENT)
        .map(|n| {
            wanted(
                &address,
                NodeId::for_text(n.to_string().as_bytes()).to_string(),
            )
        })
        .collect();
    all.insert(
        2,
        wanted("ftp://example", NodeId::for_text(b"x").to_string()),
    );
    all.push(wanted(&other.site(), other.id().to_string()));
    // No site answers before the last one of them was asked: one after the other, each would take 15 seconds.
    let held = tokio::spawn(async move {
        let mut held = Vec::new();
        while held.len() < SILENT {
            held.push(silent.accept().await.unwrap());
        }
        held.len()
    });
    let begun = Instant::now();
    let mut reported = Vec::new();
    peers::apply(
        trust.node(),
        &all,
        false,
        &By::Node,
        &mut |wanted, applied| {
            reported.push((
                wanted.node.clone(),
                applied.map_err(|error| error.to_string()),
            ));
        },
    )
    .await;
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(14), "{took:?}");
    assert_eq!(held.await.unwrap(), SILENT);
    let order: Vec<_> = all.iter().map(|wanted| &wanted.node).collect();
    assert_eq!(
        reported.iter().map(|(node, _)| node).collect::<Vec<_>>(),
        order
    );
    for (index, (_, applied)) in reported.iter().enumerate() {
        assert_eq!(applied.is_err(), index == 2, "{applied:?}");
    }
    assert_eq!(peers::list(trust.node()).await.unwrap().len(), SILENT + 1);
    let known = peers::show(trust.node(), "zz2").await.unwrap();
    assert_eq!(known.name, "Trust ZZ2");
}
