//! "We tried this too": from a file to the page of what it is about at every node, counted once for each other node.

use std::collections::BTreeSet;

use domain::vocabulary::Visibility;
use it::{
    engine::on_each_engine,
    samples::{STUDY, adoption, case_study, page, parse},
    trust::Trust,
};
use people::about::complete;
use wire::{DocumentId, Viewer};

use super::forger::{body, followed};

/// The adoption that the tests publish is called so.
const TITLE: &str = "Bedside handover on tablets, tried on two wards";

/// Returns how many organisations tried a document, as the search of a trust says.
async fn tried(trust: &Trust, id: DocumentId) -> u64 {
    trust.settle().await;
    let found = trust
        .ask("/api/v1/search?kind=case-study&per_page=50")
        .await;
    let hits = found["hits"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["id"] == id.to_string());
    hit.unwrap()["tried"].as_u64().unwrap()
}

/// Returns the ids of the case studies, the most tried first.
async fn most_tried(trust: &Trust) -> Vec<String> {
    trust.settle().await;
    let found = trust
        .ask("/api/v1/search?kind=case-study&sort=adopted")
        .await;
    let hits = found["hits"].as_array().unwrap();
    hits.iter()
        .map(|hit| hit["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Publishes two case studies; returns the first with its path, and the second, which is newer.
async fn two_studies(trust: &Trust) -> (DocumentId, String, DocumentId) {
    let (mut first, mut second) = (parse(STUDY), case_study());
    first.common.updated = None;
    second.common.updated = None;
    let (id, path) = trust.publish(first).await;
    trust.advance(std::time::Duration::from_secs(60));
    let (newer, _) = trust.publish(second).await;
    (id, path, newer)
}

#[test]
fn what_another_trust_tried_too_is_on_the_page_of_the_original_at_every_node() {
    on_each_engine(async |engine| {
        let (north, south) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        let (id, path, newer) = two_studies(&north).await;
        let orders = [id, newer].map(|id| id.to_string());
        assert_eq!(
            most_tried(&north).await,
            [orders[1].clone(), orders[0].clone()]
        );

        // Written with the address of the page, by a trust that has a copy. It has no topics of its own.
        south.follow_and_pull(&north).await;
        let mut too = adoption(&format!("{}{path}", north.site()), "adapted");
        if let domain::Content::Adoption(adoption) = &mut too.content {
            adoption.topics.clear();
        }
        let (adopted, own_path) = south.publish(too).await;
        let body = south.get(&format!("{own_path}.json")).await.text;
        for written in [format!("{}/{id}", north.id()), "topics".to_owned()] {
            assert!(body.contains(&written), "{written}: {body}");
        }

        north.follow_and_pull(&south).await;
        for site in [&north, &south] {
            let page = site.get(&path).await.text;
            for words in ["Tried this too (1)", "Use it with changes", TITLE] {
                assert!(page.contains(words), "{words}: {page}");
            }
            assert_eq!(tried(site, id).await, 1);
            assert_eq!(most_tried(site).await, orders);
            // Its own page says what it is about, how far they are, and who can be asked.
            let page = site.get(&format!("/d/zz2/{adopted}")).await;
            let page = site.get(page.header("location")).await.text;
            for words in [
                "About <a href",
                "How far are they?",
                "Since March 2026",
                "Ward manager",
            ] {
                assert!(page.contains(words), "{words}: {page}");
            }
        }

        // A rebuild of the index counts the same, and a withdrawal is counted no more.
        north.node().indexer.rebuild(|_| {}).await.unwrap();
        assert_eq!(most_tried(&north).await, orders);
        south.withdraw(adopted).await;
        north.pull_well(&south.id()).await;
        for site in [&north, &south] {
            assert_eq!(tried(site, id).await, 0);
            assert_eq!(
                most_tried(site).await,
                [orders[1].clone(), orders[0].clone()]
            );
            let page = site.get(&path).await.text;
            assert!(!page.contains("Tried this too"), "{page}");
        }
    });
}

#[test]
fn an_adoption_of_what_is_not_held_yet_shows_as_soon_as_that_comes() {
    on_each_engine(async |engine| {
        let (north, south) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        let reader = Trust::on(engine, "ZZ3").await;
        let (id, path, _) = two_studies(&north).await;
        let about = format!("{}/{id}", north.id());
        let (_, own_path) = south.publish(adoption(&about, "adopted")).await;
        let page = south.get(&own_path).await.text;
        assert!(
            page.contains("About a page that this site does not show you."),
            "{page}"
        );
        reader.follow_and_pull(&south).await;
        reader.follow_and_pull(&north).await;
        assert_eq!(tried(&reader, id).await, 1);
        assert!(reader.get(&path).await.text.contains("Tried this too (1)"));
    });
}

#[tokio::test]
async fn one_node_counts_once_and_never_for_its_own_documents() {
    let (north, south) = (Trust::new("ZZ1").await, Trust::new("ZZ2").await);
    let (id, path, _) = two_studies(&north).await;
    south.follow_and_pull(&north).await;
    let about = format!("{}/{id}", north.id());
    for _ in 0..7 {
        south.publish(adoption(&about, "adopted")).await;
    }
    // Who thinks about it or decided against it has not tried it.
    for status in ["considering", "planning", "decided-against"] {
        south.publish(adoption(&about, status)).await;
    }
    north.follow_and_pull(&south).await;
    assert_eq!(tried(&north, id).await, 1);
    let page = north.get(&path).await.text;
    assert!(page.contains("more from"), "{page}");
    // Three that tried it, and three that looked at it.
    assert!(page.matches(TITLE).count() <= 6, "{page}");

    // Of its own documents, of those that are themselves about another, and of none that it can name.
    let theirs = south.publish(adoption(&about, "adopted")).await.0;
    north.pull_well(&south.id()).await;
    for (about, says) in [
        (about, "your own organisation"),
        (
            format!("{}/{theirs}", south.id()),
            "is itself about another page",
        ),
        (
            format!("https://nowhere.example/d/zz9/{id}"),
            "has no copy of",
        ),
        (format!("/d/zz9/{id}"), "has no copy of"),
    ] {
        let mut refused = adoption(&about, "adopted");
        let fault = complete(north.node(), &mut refused).await.unwrap().unwrap();
        assert!(fault.text.contains(says), "{about}: {fault:?}");
    }
    assert_eq!(tried(&north, id).await, 1);
}

#[tokio::test]
async fn a_page_for_fewer_readers_is_not_named_to_more_and_is_not_counted() {
    let (forger, trust) = followed().await;
    let (kept, open) = {
        let mut feed = forger.feed();
        let kept = feed.put("For staff only", "theirs");
        let network = String::from_utf8(body(kept, 2, "For staff only", "theirs")).unwrap();
        let network = network.replace("\"public\"", "\"network\"");
        feed.put_body(kept, 2, network.into_bytes());
        (kept, feed.put("For everyone", "theirs"))
    };
    let theirs = forger.id();
    trust.pull_well(&theirs).await;
    let mut refused = adoption(&format!("{theirs}/{kept}"), "adopted");
    let fault = complete(trust.node(), &mut refused).await.unwrap().unwrap();
    assert!(fault.text.contains("visibility: network"), "{fault:?}");

    // An adoption for staff is shown to staff, and is in no count.
    let mut quiet = adoption(&format!("{theirs}/{open}"), "adopted");
    quiet.common.visibility = Visibility::Network;
    trust.publish(quiet).await;
    let answer = trust.get(&format!("/d/{theirs}/{open}")).await;
    let path = answer.header("location").to_owned();
    assert!(!trust.get(&path).await.text.contains(TITLE));
    let staff = trust.get_as(Viewer::Staff, &path).await.text;
    assert!(staff.contains(TITLE), "{staff}");
    let found = trust.ask("/api/v1/search?kind=page&q=everyone").await;
    assert_eq!(found["hits"][0]["tried"], 0, "{found}");
}

#[tokio::test]
async fn a_forged_feed_of_adoptions_raises_nothing_but_one_count() {
    let (forger, trust) = followed().await;
    let (id, path, _) = two_studies(&trust).await;
    let mut quiet = page("A quiet page about wombats", "wombats");
    quiet.common.visibility = Visibility::Organisation;
    let (secret, secret_path) = trust.publish(quiet).await;
    let (own, forged) = (trust.id(), forger.id());
    let mut expected = BTreeSet::new();
    {
        let mut feed = forger.feed();
        let theirs = feed.put("A study of their own", "theirs");
        let target = format!("{own}/{id}");
        // Many of one document, of themselves, of each other, of what is secret, and in forms that are none.
        for (number, about) in [
            target.clone(),
            target.clone(),
            format!("{own}/{secret}"),
            format!("{forged}/{theirs}"),
            format!("{own}/{id}/x"),
            format!("{own} /{id}"),
            format!("{}/{id}", own.as_str().to_uppercase()),
            format!("https://x.example/d/zz1/{id}"),
            "<script>alert(1)</script>".to_owned(),
            String::new(),
        ]
        .into_iter()
        .enumerate()
        {
            let (this, rev) = (feed.put(&format!("Forged {number}"), "x"), 2);
            // A loop: each is about itself, too.
            let about = if about.is_empty() {
                format!("{forged}/{this}")
            } else {
                about
            };
            let body = adoption_body(this, rev, &about);
            feed.put_body(this, rev, body);
            expected.insert(this);
        }
    }
    trust.pull_well(&forged).await;
    assert_eq!(tried(&trust, id).await, 1);
    let page = trust.get(&path).await.text;
    assert!(page.contains("Tried this too (2)"), "{page}");
    for this in expected {
        let answer = trust.get(&format!("/d/{forged}/{this}")).await;
        let page = if answer.status.is_redirection() {
            trust.get(answer.header("location")).await.text
        } else {
            answer.text
        };
        assert!(
            !page.contains("wombats") && !page.contains("<script>alert"),
            "{page}"
        );
    }
    // A page that no one else may read says nothing of it either.
    assert_eq!(trust.get(&secret_path).await.status, 404);
}

fn adoption_body(id: DocumentId, rev: u64, about: &str) -> Vec<u8> {
    format!(
        r#"{{"v":1,"id":"{id}","rev":{rev},"salt":"AAECAwQFBgcICQoLDA0ODw","kind":"adoption","title":"Forged adoption","body_md":"We did.","visibility":"public","meta":{{"schema":1,"about":"{about}","status":"adopted"}}}}"#
    )
    .into_bytes()
}
