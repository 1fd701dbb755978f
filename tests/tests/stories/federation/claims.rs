//! What a node document states about its organisation is a claim: readers see what the operator has agreed to.

use it::trust::Trust;
use node::audit::By;
use node::flows::peers::{self, PeerError, PeerObject};

use super::forger::{Forger, followed};

async fn shown(trust: &Trust, forger: &Forger) -> PeerObject {
    peers::show(trust.node(), forger.id().as_str())
        .await
        .unwrap()
}

async fn accept(trust: &Trust, forger: &Forger) -> Option<String> {
    let accepted = peers::accept(trust.node(), forger.id().as_str(), &By::Node).await;
    accepted.unwrap().not_moved
}

#[tokio::test]
async fn a_changed_name_code_or_contact_is_not_shown_until_the_operator_agrees() {
    let (forger, trust) = followed().await;
    let id = forger.feed().put("A study", "what was tried");
    trust.pull_well(&forger.id()).await;
    forger.feed().amend(|content| {
        content.name = "Renamed Trust".to_owned();
        content.ods = Some("FF9".to_owned());
        content.contact = "mailto:other@forger.example".to_owned();
    });
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!(
        (peer.name.as_str(), peer.ods.as_deref()),
        ("Forger 1", Some("FF1"))
    );
    let stated = peer.stated.unwrap();
    assert_eq!(
        (stated.name.as_str(), stated.ods.as_deref()),
        ("Renamed Trust", Some("FF9"))
    );
    // Nothing that a reader can ask has what waits.
    for path in [
        "/".to_owned(),
        format!("/d/ff1/{id}/a-study"),
        "/search".to_owned(),
        "/organisations".to_owned(),
        "/organisations/ff1".to_owned(),
        "/federation".to_owned(),
        "/feed.atom".to_owned(),
        "/api/v1/search".to_owned(),
        "/api/v1/peers".to_owned(),
    ] {
        let text = trust.get(&path).await.text;
        for waits in ["Renamed", "FF9", "other@forger.example"] {
            assert!(!text.contains(waits), "{path} shows {waits}");
        }
    }
    assert_eq!(accept(&trust, &forger).await, None);
    trust.settle().await;
    let text = trust.get("/search?q=renamed").await.text;
    assert!(text.contains("Renamed Trust"), "it can be searched for");
    let page = trust.get("/organisations/ff1").await.text;
    assert!(page.contains("FF9") && page.contains("other@forger.example"));
    assert_eq!(shown(&trust, &forger).await.stated, None);
    // The same again is refused in words.
    let again = peers::accept(trust.node(), "ff1", &By::Node)
        .await
        .unwrap_err();
    assert!(matches!(again, PeerError::Refused(_)), "{again}");
}

#[tokio::test]
async fn a_peer_does_not_become_another_trust() {
    // At first contact, and later.
    for is_later in [false, true] {
        let (forger, trust) = followed().await;
        trust.publish_page("Own page", "words").await;
        let other = Trust::new("ZZ7").await;
        other.publish_page("Honest page", "words").await;
        trust.follow_and_pull(&other).await;
        if is_later {
            trust.pull_well(&forger.id()).await;
        }
        for (name, ods) in [
            ("Trust ZZ7", "ZZ7"),
            ("trust  zz7 ", "zz7"),
            ("Тrust ZZ7", "ZZ7"),
            ("Trust\u{200b} ZZ7", "ZZ7"),
            ("Trust ZZ7 (ZZ7)", "ZZ7"),
            ("Trust ZZ1", "ZZ1"),
        ] {
            forger.feed().amend(|content| {
                content.name = name.to_owned();
                content.ods = Some(ods.to_owned());
            });
            forger.feed().put("False page", "words");
            let peer = trust.pull_well(&forger.id()).await;
            assert_eq!(peer.ods.as_deref(), Some("FF1"), "{name}");
            assert_eq!(peer.name, "Forger 1", "{name}");
        }
        let found = trust.ask("/api/v1/search?organisation=ZZ7").await;
        assert_eq!(found["total"], 1);
        // Agreed to, its name is shown with its handle, and its documents stay its own.
        assert_eq!(accept(&trust, &forger).await, None);
        trust.settle().await;
        assert_eq!(shown(&trust, &forger).await.name, "Trust ZZ1 (ff1)");
        for (code, total) in [("ZZ1", 1), ("ZZ7", 1), ("FF1", 6)] {
            let found = trust
                .ask(&format!("/api/v1/search?organisation={code}"))
                .await;
            assert_eq!(found["total"], total, "{code}");
        }
        let page = trust.get("/search?q=false").await.text;
        assert!(page.contains("Trust ZZ1 (ff1)"));
    }
}

#[tokio::test]
async fn a_first_node_document_with_the_name_of_another_trust_is_not_believed() {
    let trust = Trust::new("ZZ1").await;
    let clock = &trust.clock;
    let forger = Forger::introduced(3, clock, |content| {
        content.name = "Trust ZZ1".to_owned();
        content.ods = Some("ZZ1".to_owned());
    })
    .await;
    let mut request = peers::NewPeerRequest::new(forger.base());
    let added = peers::add(trust.node(), &request, &forger.id(), &By::Node)
        .await
        .unwrap();
    let short: String = forger.id().as_str().chars().take(11).collect();
    assert_eq!((&added.peer.handle, &added.peer.name), (&short, &short));
    forger.feed().put("False page", "words");
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((&peer.handle, &peer.name, peer.ods), (&short, &short, None));
    assert_eq!(peer.stated.unwrap().name, "Trust ZZ1");
    let found = trust.ask("/api/v1/search?organisation=ZZ1").await;
    assert_eq!(found["total"], 0);
    request.handle = Some("zz1".to_owned());
    let error = peers::add(trust.node(), &request, &forger.id(), &By::Node).await;
    assert!(error.is_err(), "a handle belongs to one node");
}

#[tokio::test]
async fn a_changed_base_is_polled_once_the_operator_agrees_and_it_serves_the_same_document() {
    let (forger, trust) = followed().await;
    let id = forger.feed().put("A study", "what was tried");
    trust.pull_well(&forger.id()).await;
    let old = forger.base();
    for base in [
        "http://169.254.169.254/feed/v1",
        "http://127.0.0.1:9/feed/v1",
        "http://10.0.0.1/feed/v1",
        "https://lessons.zz7.example/feed/v1",
    ] {
        forger
            .feed()
            .amend(|content| content.base = base.to_owned());
        let peer = trust.pull_well(&forger.id()).await;
        assert_eq!(peer.base, old, "{base}");
        assert_eq!(peer.stated.unwrap().base, base, "the operator sees it");
        // Readers are sent to the site that is polled.
        let host = base.split('/').nth(2).unwrap();
        for path in [
            format!("/d/ff1/{id}/a-study"),
            format!("/d/ff1/{id}/a-study.md"),
            format!("/api/v1/documents/ff1/{id}"),
            "/organisations/ff1".to_owned(),
            "/feed.atom".to_owned(),
        ] {
            let text = trust.get(&path).await.text;
            assert!(!text.contains(host), "{path} leads to {base}");
        }
        if !base.starts_with("https:") {
            assert!(accept(&trust, &forger).await.is_some(), "{base}");
            assert_eq!(shown(&trust, &forger).await.base, old, "{base}");
        }
    }
    let moved = format!("http://localhost:{}/feed/v1", forger.address.port());
    forger.feed().amend(|content| content.base = moved.clone());
    assert_eq!(trust.pull_well(&forger.id()).await.base, old);
    assert_eq!(accept(&trust, &forger).await, None);
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.base, peer.stated), (moved, None));
}

#[tokio::test]
async fn a_base_that_is_no_web_address_is_malformed() {
    for base in [
        "javascript:alert(document.domain)//feed/v1",
        "data:text/html,x",
        "file:///etc/passwd",
        "not a url",
        "https://good.example@evil.example/feed/v1",
        "https://x.example/feed/v1?a=b",
    ] {
        let (forger, trust) = followed().await;
        trust.pull_well(&forger.id()).await;
        forger
            .feed()
            .amend(|content| content.base = base.to_owned());
        let peer = trust.pull(&forger.id()).await;
        assert_eq!(peer.fault.unwrap().code, "malformed", "{base}");
        assert_eq!(peer.stated, None);
    }
}

#[tokio::test]
async fn a_name_that_would_steer_a_terminal_is_made_visible() {
    let (forger, trust) = followed().await;
    forger
        .feed()
        .amend(|content| content.name = "Good\r\n\u{1b}[31mtrust\u{202e}".to_owned());
    let peer = trust.pull_well(&forger.id()).await;
    let stated = peer.stated.unwrap().name;
    assert_eq!(stated, "Good\u{fffd}\u{fffd}\u{fffd}[31mtrust\u{fffd}");
}

#[tokio::test]
async fn an_organisation_is_found_by_its_code_whatever_its_address() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ7").await;
    other.publish_page("A page", "words").await;
    let request = peers::NewPeerRequest {
        handle: Some("north".to_owned()),
        ..peers::NewPeerRequest::new(other.site())
    };
    peers::add(trust.node(), &request, &other.id(), &By::Node)
        .await
        .unwrap();
    trust.pull_well(&other.id()).await;
    for query in [
        "organisation=ZZ7",
        "organisation=north",
        "q=organisation:zz7",
        "q=organisation:north",
    ] {
        let found = trust.ask(&format!("/api/v1/search?{query}")).await;
        assert_eq!(found["total"], 1, "{query}");
    }
    for asked in ["ZZ7", "zz7", "NORTH"] {
        let answer = trust.get(&format!("/organisations/{asked}")).await;
        assert_eq!(answer.status, 307, "{asked}");
        assert_eq!(answer.header("location"), "/organisations/north");
    }
    assert_eq!(trust.get("/organisations/zz9").await.status, 404);
}
