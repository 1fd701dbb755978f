//! A peer that makes everything as long as it can swells no page, no list and no facet.

use it::trust::Trust;
use wire::DocumentId;

use super::forger::{Forger, followed};

/// Bytes of any answer that lists documents, before compression: 100 documents with every field at its limit.
const MAX_ANSWER: usize = 2 << 20;
/// Bytes of a page of ten results or fewer.
const MAX_PAGE: usize = 200 << 10;

/// Returns a body with every field at its limit, in letters of three bytes.
fn longest(id: DocumentId, number: usize) -> Vec<u8> {
    let text = |chars: usize| format!("{number:03}{}", "あ".repeat(chars - 3));
    let tags: Vec<String> = (0..32)
        .map(|tag| format!("{tag:02}{}", "い".repeat(58)))
        .collect();
    let authors: Vec<String> = (0..50).map(|_| text(200)).collect();
    let references: Vec<String> = (0..32)
        .map(|other| format!("wr1{}/{}", "a".repeat(52), numbered(other)))
        .collect();
    let replaces: Vec<String> = (32..64).map(|other| numbered(other).to_string()).collect();
    // Where a licence is not known, no text is searched; half of them have one that is.
    let licence = if number.is_multiple_of(2) {
        "OGL-UK-3.0".to_owned()
    } else {
        "う".repeat(40)
    };
    let body = serde_json::json!({
        "v": 1, "id": id.to_string(), "rev": 1, "salt": "AAECAwQFBgcICQoLDA0ODw",
        "kind": format!("k{number:03}{}", "x".repeat(36)),
        "title": text(200), "summary": text(1000), "body_md": "lastword ".repeat(500),
        "lang": "en-aaaaaaaa-bbbbbbbb-cccccccc-ddddd", "licence": licence,
        "visibility": "public", "tags": tags, "authors": authors,
        "based_on": references, "replaces": replaces,
        "created": "2099-01-01T00:00:00Z", "updated": "2099-01-01T00:00:00Z", "review_by": "2199-01-01",
        "meta": {"reviewed": "2199-01-01", "organisation": {"ods": "ZZ1", "name": "Trust ZZ1"}},
    });
    serde_json::to_vec(&body).unwrap()
}

fn numbered(number: usize) -> DocumentId {
    DocumentId::parse(&format!("01996c5e-8a00-7000-8000-{number:012x}")).unwrap()
}

async fn swollen() -> (Forger, Trust) {
    let (forger, trust) = followed().await;
    for number in 0..100 {
        let id = numbered(number);
        forger.feed().put_body(id, 1, longest(id, number));
    }
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.size, peer.quarantined, peer.unavailable), (100, 0, 0));
    trust.settle().await;
    (forger, trust)
}

#[tokio::test]
async fn no_answer_is_longer_than_its_limit() {
    let (_forger, trust) = swollen().await;
    let document = format!("/d/ff1/{}", numbered(1));
    let moved = trust.get(&document).await;
    let page = moved.header("location").to_owned();
    for (path, limit) in [
        ("/", MAX_PAGE),
        ("/search?q=lastword", MAX_PAGE),
        ("/browse", MAX_PAGE),
        ("/organisations", MAX_PAGE),
        ("/organisations/ff1", MAX_PAGE),
        ("/federation", MAX_PAGE),
        (page.as_str(), MAX_PAGE * 2),
        ("/search?per_page=100", MAX_ANSWER),
        ("/search?q=lastword&per_page=100", MAX_ANSWER),
        ("/api/v1/search?per_page=100", MAX_ANSWER),
        ("/api/v1/search?q=lastword&per_page=100", MAX_ANSWER),
        ("/api/v1/suggest?q=0", MAX_PAGE),
        ("/feed.atom", MAX_ANSWER),
        ("/feed.json", MAX_ANSWER),
        ("/search.atom?per_page=100", MAX_ANSWER),
        ("/search.json?per_page=100", MAX_ANSWER),
        ("/search.csv", MAX_ANSWER),
        ("/sitemap.xml", MAX_ANSWER),
    ] {
        let answer = trust.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let length = answer.text.len();
        assert!(length <= limit, "{path} has {length} bytes");
    }
}

#[tokio::test]
async fn invented_kinds_are_one_value_and_dates_from_outside_end_at_the_first_pull() {
    let (_forger, trust) = swollen().await;
    trust.publish_page("Own page", "lastword").await;
    trust.settle().await;
    let found = trust.ask("/api/v1/search").await;
    let kinds = found["facets"]["kind"].as_array().unwrap();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    let found = trust.ask("/api/v1/search?kind=other").await;
    assert_eq!(found["total"], 100);
    let organisation = trust.ask("/api/v1/search?organisation=ZZ1").await;
    assert_eq!(organisation["total"], 1, "a body names any organisation");
    // Nothing but the date of its next review lies in the future.
    let moved = trust.get(&format!("/d/ff1/{}", numbered(1))).await;
    let page = trust.get(moved.header("location")).await.text;
    assert!(!page.contains("2099"));
    let text = trust.get("/api/v1/search?per_page=100").await.text;
    assert!(!text.contains("2099") && !text.contains("2199"));
}

#[tokio::test]
async fn no_peer_fills_the_end_of_a_page_of_another() {
    let (forger, trust) = followed().await;
    let (id, path) = trust.publish(it::samples::page("Own page", "words")).await;
    let own = trust.id();
    let building = |number: usize, title: &str| {
        format!(
            r#"{{"v":1,"id":"{}","rev":1,"salt":"AAECAwQFBgcICQoLDA0ODw","kind":"page","title":"{title} {number}","visibility":"public","based_on":["{own}/{id}"]}}"#,
            numbered(number)
        )
        .into_bytes()
    };
    for number in 0..120 {
        let body = building(number, "WITHDRAWN FOR SAFETY");
        forger.feed().put_body(numbered(number), 1, body);
    }
    let honest = Forger::new(2, &trust.clock).await;
    honest
        .feed()
        .put_body(numbered(500), 1, building(500, "Honest"));
    trust.pull_well(&forger.id()).await;
    trust.follow_at(&honest.base(), &honest.id()).await;
    trust.pull_well(&honest.id()).await;
    let page = trust.get(&path).await.text;
    assert_eq!(page.matches("WITHDRAWN FOR SAFETY").count(), 3);
    assert!(page.contains("117 more from Forger 1."), "{page}");
    assert!(page.contains("Honest 500") && !page.contains("more from Forger 2"));
    assert!(page.contains("Adapted by"));
}
