//! What a node document states about its organisation is a claim: readers see what the operator has agreed to.

use it::trust::Trust;
use node::audit::By;
use node::flows::peers::{self, NewPeerRequest, PeerError, PeerObject};
use node::identity::change::Change;

use super::{
    forger::{Forger, followed},
    identity,
};

async fn shown(trust: &Trust, forger: &Forger) -> PeerObject {
    peers::show(trust.node(), forger.id().as_str())
        .await
        .unwrap()
}

async fn accept(trust: &Trust, forger: &Forger) -> Option<String> {
    let statement = shown(trust, forger).await.stated.unwrap().digest;
    let id = forger.id();
    let accepted = peers::accept(trust.node(), id.as_str(), &statement, &By::Node).await;
    accepted.unwrap().not_moved
}

/// Returns the organisations that a search offers.
async fn offered(trust: &Trust, typed: &str) -> Option<String> {
    let page = trust.get(&format!("/search?q={typed}")).await.text;
    let (_, rest) = page.split_once("<p class=\"app-named\">")?;
    rest.split_once("</p>").map(|(found, _)| found.to_owned())
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
    for waits in ["ff9", "renamed+trust"] {
        assert_eq!(offered(&trust, waits).await, None, "{waits}");
    }
    assert_eq!(accept(&trust, &forger).await, None);
    trust.settle().await;
    let text = trust.get("/search?q=renamed").await.text;
    assert!(text.contains("Renamed Trust"), "it can be searched for");
    // Its code, a part of its name and the name before lead to its page, where no page has the words, too.
    for (typed, count) in [
        ("ff9", "1\u{a0}page"),
        ("Renamed", "1\u{a0}page"),
        ("renamed+nhs+trust", "1\u{a0}page"),
        ("forger", "earlier Forger 1 –\u{a0}1\u{a0}page"),
    ] {
        let expected = format!(
            "<a href=\"/organisations/ff1\">Renamed Trust</a> <span class=\"app-muted\">–&nbsp;{count}</span>"
        );
        assert_eq!(offered(&trust, typed).await, Some(expected), "{typed}");
    }
    let suggested = trust.ask("/api/v1/suggest?q=ff9").await;
    assert_eq!(suggested["suggestions"][0]["text"], "Renamed Trust");
    let none = trust.get("/search?q=ff9").await.text;
    assert!(none.contains("No results"), "{none}");
    let page = trust.get("/organisations/ff1").await.text;
    assert!(page.contains("FF9") && page.contains("other@forger.example"));
    assert_eq!(shown(&trust, &forger).await.stated, None);
    // The same again is refused in words.
    let again = peers::accept(trust.node(), "ff1", "", &By::Node)
        .await
        .unwrap_err();
    assert!(matches!(again, PeerError::Refused(_)), "{again}");
}

#[tokio::test]
async fn what_is_accepted_is_what_the_operator_looked_at() {
    let (forger, trust) = followed().await;
    forger
        .feed()
        .amend(|content| content.name = "Renamed Trust".to_owned());
    trust.pull_well(&forger.id()).await;
    let looked_at = shown(&trust, &forger).await.stated.unwrap().digest;
    // By the time of the operator's word, the peer states something else.
    forger
        .feed()
        .amend(|content| content.name = "Trust ZZ1".to_owned());
    trust.pull_well(&forger.id()).await;
    let id = forger.id();
    let refused = peers::accept(trust.node(), id.as_str(), &looked_at, &By::Node).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("states something else now"), "{refused}");
    let peer = shown(&trust, &forger).await;
    assert_eq!(peer.name, "Forger 1");
    // The same statement again has the same digest.
    forger
        .feed()
        .amend(|content| content.name = "Renamed Trust".to_owned());
    trust.pull_well(&forger.id()).await;
    let again = shown(&trust, &forger).await.stated.unwrap().digest;
    assert_eq!(again, looked_at);
    let accepted = peers::accept(trust.node(), id.as_str(), &looked_at, &By::Node).await;
    assert_eq!(accepted.unwrap().peer.name, "Renamed Trust");
}

#[tokio::test]
async fn a_name_that_readers_could_take_for_a_check_waits_at_first_contact() {
    for (name, resembles) in [
        ("Signature verified", "words of the pages, `verified`"),
        ("Staff only", "words of the pages, `Staff only`"),
        ("Trust ZZ1 Ltd", "the name of this node, `Trust ZZ1`"),
        ("ZZ1 library", "the code `zz1` of this node, `Trust ZZ1`"),
        ("zz-1 (Pilot)", "the code `zz1` of this node, `Trust ZZ1`"),
        ("NHS", "a national body, `NHS`"),
        (
            "Department of Health and Social Care",
            "a national body, `Department of Health`",
        ),
        ("Home", "words of the pages, `Home`"),
    ] {
        let trust = Trust::new("ZZ1").await;
        let named = |content: &mut ledger::node::Content| content.name = name.to_owned();
        let forger = Forger::introduced(3, &trust.clock, named).await;
        let request = NewPeerRequest::new(forger.base());
        // Before anyone agrees to follow it, too.
        let looked_up = peers::look_up(trust.node(), &request).await.unwrap();
        assert_eq!(looked_up.resembles.as_deref(), Some(resembles), "{name}");
        let added = peers::add(trust.node(), &request, &forger.id(), &By::Node).await;
        assert_eq!(added.unwrap().peer.name, "ff3");
        forger.feed().put("A page", "words");
        let peer = trust.pull_well(&forger.id()).await;
        assert_eq!(peer.name, "ff3");
        assert_eq!(peer.stated.unwrap().name, name);
        let peer = shown(&trust, &forger).await;
        let end = format!(
            ", which resembles {resembles}; the node id of this peer is {}",
            forger.id().grouped()
        );
        assert_eq!(peer.resembling(), end, "{name}");
        let public = trust.get("/api/v1/peers").await.text;
        assert!(!public.contains("resembles"), "{public}");
    }
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
    let mut request = NewPeerRequest::new(forger.base());
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
        "https://x.example/feed/v1#a",
        "https:///feed/v1",
        "\u{1}https://x.example/feed/v1",
        "blob:https://x.example/1",
        "",
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

/// Returns a trust that follows an honest peer, with a name of its own choice, and the forger that claims to be another.
async fn next_to(
    honest: (&str, &str, Option<&str>),
    claimed: (&str, &str),
) -> (Forger, Forger, Trust) {
    let trust = Trust::new("ZZ1").await;
    let (name, code, handle) = honest;
    let honest = Forger::introduced(2, &trust.clock, |content| {
        content.name = name.to_owned();
        content.ods = Some(code.to_owned());
    })
    .await;
    let request = NewPeerRequest {
        handle: handle.map(str::to_owned),
        ..NewPeerRequest::new(honest.base())
    };
    peers::add(trust.node(), &request, &honest.id(), &By::Node)
        .await
        .unwrap();
    honest.feed().put("Honest page", "words");
    trust.pull_well(&honest.id()).await;
    let (name, code) = claimed;
    let forger = Forger::introduced(3, &trust.clock, |content| {
        content.name = name.to_owned();
        content.ods = Some(code.to_owned());
    })
    .await;
    trust.follow_at(&forger.base(), &forger.id()).await;
    forger.feed().put("False page", "words");
    trust.pull_well(&forger.id()).await;
    trust.settle().await;
    (honest, forger, trust)
}

#[tokio::test]
async fn a_code_leads_to_the_trust_that_has_it_whatever_its_short_name() {
    for (handle, claimed) in [
        // The operator calls the trust otherwise than by its code, so that the code is free as a short name.
        (Some("north"), "ZZ7"),
        (Some("north"), "NORTH"),
        (None, "ZZ7"),
        // Letters that look like figures.
        (Some("north"), "N0RTH"),
        (Some("zz1-north"), "ZZI"),
    ] {
        let (honest, forger, trust) =
            next_to(("Exam Trust", "ZZ7", handle), ("Other Trust", claimed)).await;
        let peer = shown(&trust, &forger).await;
        let short: String = forger.id().as_str().chars().take(11).collect();
        assert_eq!((&peer.handle, peer.ods), (&short, None), "{claimed}");
        assert_eq!(peer.stated.unwrap().ods.as_deref(), Some(claimed));
        let expected = shown(&trust, &honest).await.handle;
        for asked in ["ZZ7", handle.unwrap_or("zz7")] {
            let found = trust
                .ask(&format!("/api/v1/search?organisation={asked}"))
                .await;
            assert_eq!(found["total"], 1, "{asked}");
            assert_eq!(found["hits"][0]["title"], "Honest page", "{asked}");
            if asked != expected {
                let answer = trust.get(&format!("/organisations/{asked}")).await;
                let place = format!("/organisations/{expected}");
                assert_eq!(answer.header("location"), place, "{asked}");
            }
        }
    }
}

#[tokio::test]
async fn two_trusts_of_one_name_differ_on_every_card() {
    for (name, claimed) in [
        (
            "Exam Hospitals NHS Trust",
            "Exam Hospitals NHS Foundation Trust",
        ),
        ("Exam Hospitals NHS Foundation Trust", "Exam Hospitals"),
        ("Exam Hospitals", "EXAM HOSPITALS NHS TRUST"),
        ("Exam Hospitals", "ᴇxᴀᴍ ʜᴏsᴘɪᴛᴀʟs"),
        ("Exam Hospitals", "🅴🆇🅰🅼 Hospitals"),
        ("Exam Hospitals", "Exam\u{2800}\u{e0020}Hospitals™"),
    ] {
        let (_, forger, trust) = next_to((name, "ZZ7", None), (claimed, "ZZ8")).await;
        let peer = shown(&trust, &forger).await;
        assert_eq!(
            (peer.name, peer.handle.as_str()),
            ("zz8".to_owned(), "zz8"),
            "{claimed}"
        );
        assert_eq!(accept(&trust, &forger).await, None);
        trust.settle().await;
        let page = trust.get("/search?q=page").await.text;
        assert!(page.contains("(zz8)"), "{claimed}: {page}");
    }
}

#[tokio::test]
async fn a_peer_with_the_name_to_which_this_node_changes_is_shown_with_its_handle() {
    let (forger, trust) = followed().await;
    forger.feed().put("False page", "words");
    trust.pull_well(&forger.id()).await;
    trust.publish_page("Own page", "words").await;
    let renamed = Change {
        name: Some("FORGER 1 NHS Trust".to_owned()),
        ods: Some("FF1".to_owned()),
        ..Change::default()
    };
    identity::change(&trust, renamed).await;
    trust.settle().await;
    let peer = shown(&trust, &forger).await;
    assert_eq!((peer.name.as_str(), peer.ods), ("Forger 1 (ff1)", None));
    assert_eq!(peer.stated.unwrap().ods.as_deref(), Some("FF1"));
    let page = trust.get("/search?q=page").await.text;
    assert!(
        page.contains("Forger 1 (ff1)") && page.contains("FORGER 1<"),
        "{page}"
    );
    // Its next node document changes nothing about that.
    forger.feed().amend(|_| {});
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.name.as_str(), peer.ods), ("Forger 1 (ff1)", None));
}

#[tokio::test]
async fn no_contact_is_a_link_that_does_more_than_lead_to_a_site_or_a_mail() {
    for contact in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "\u{1}javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "mailto:a@b.example?bcc=all@zz1.example",
        "mailto:a@b.example,all@zz1.example",
        "mailto:a@b.example%0d%0abcc:x@y.example",
        "https://user:secret@evil.example/",
        "https://evil.example/\u{202e}",
        "\"><script>alert(1)</script>",
    ] {
        let trust = Trust::new("ZZ1").await;
        let forger = Forger::introduced(1, &trust.clock, |content| {
            content.contact = contact.to_owned();
        })
        .await;
        trust.follow_at(&forger.base(), &forger.id()).await;
        let id = forger.feed().put("A study", "what was tried");
        trust.pull_well(&forger.id()).await;
        trust.settle().await;
        for path in [
            "/organisations/ff1".to_owned(),
            format!("/d/ff1/{id}/a-study"),
            "/federation".to_owned(),
        ] {
            let page = trust.get(&path).await.text;
            let lower = page.to_lowercase();
            let links = lower.split("href=\"").skip(1);
            for link in links.filter_map(|rest| rest.split('"').next()) {
                let is_good = ["/", "#", "http://", "https://", "mailto:"]
                    .iter()
                    .any(|start| link.starts_with(start));
                assert!(
                    is_good && !link.starts_with("//"),
                    "{path} {contact}: {link}"
                );
                let is_simple = !link.contains("secret") && !link.contains("bcc=");
                let is_of_one = !link.contains("all@") && !link.contains("\u{202e}");
                assert!(is_simple && is_of_one, "{path} {contact}: {link}");
            }
            assert!(!lower.contains("<script>alert"), "{path} {contact}");
        }
    }
}

#[tokio::test]
async fn an_organisation_is_found_by_its_code_whatever_its_address() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ7").await;
    other.publish_page("A page", "words").await;
    let request = NewPeerRequest {
        handle: Some("north".to_owned()),
        ..NewPeerRequest::new(other.site())
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
