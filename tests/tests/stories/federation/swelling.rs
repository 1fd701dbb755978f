//! A peer that makes everything as long as it can swells no page, no list and no facet.

use domain::{Content, Document, Expected, Measure, Stamp, System, body};
use it::{
    samples::{STUDY, parse},
    trust::Trust,
};
use serde_json::{Value, json};
use store::DocumentState;
use wire::{Date, DocumentId};

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

/// Returns a case study with every text at its limit and every list full.
fn longest_study(id: DocumentId, number: usize) -> Vec<u8> {
    let text = |chars: usize| format!("{number:03}{}", "え".repeat(chars - 3));
    let mut document: Document = parse(STUDY);
    let Content::CaseStudy(study) = &mut document.content else {
        panic!("it is a case study");
    };
    let system = |at: usize| System {
        category: text(200),
        supplier: text(200),
        product: format!("{at:02}{}", text(198)),
        version: Some(text(200)),
    };
    study.systems = (0..20).map(system).collect();
    let measure = Measure {
        name: text(200),
        baseline_period: Some(text(200)),
        result_period: Some(text(200)),
        method: Some(text(2000)),
        baseline: Some(1e15),
        result: 123_456_789.123,
        expected: Some(1e15),
        ..study.measures.first().unwrap().clone()
    };
    study.measures = vec![measure; 8];
    study.partners = Some(text(2000));
    study.site = Some(text(200));
    study.interests = text(2000);
    study.cost.funding = Some(text(2000));
    study.expected = Some(Expected {
        what: text(2000),
        by: Date::parse("2199-01-01").unwrap(),
    });
    document.common.title = text(200);
    document.common.summary = text(1000);
    document.common.body_md = "lastword ".repeat(500);
    if let Some(contact) = &mut document.common.contact {
        contact.role = text(200);
    }
    let stamp = Stamp {
        id,
        rev: 1,
        salt: [7; 16],
        organisation: None,
    };
    body::encode(&document, &stamp).unwrap()
}

async fn swollen(longest: fn(DocumentId, usize) -> Vec<u8>) -> (Forger, Trust) {
    let (forger, trust) = followed().await;
    // Half at a time: all of them are more than one answer has.
    for first in [0, 50] {
        for number in first..first + 50 {
            let id = numbered(number);
            forger.feed().put_body(id, 1, longest(id, number));
        }
        trust.pull_well(&forger.id()).await;
    }
    let peer = trust.pull_well(&forger.id()).await;
    assert_eq!((peer.size, peer.quarantined, peer.unavailable), (100, 0, 0));
    trust.settle().await;
    (forger, trust)
}

#[tokio::test]
async fn no_answer_is_longer_than_its_limit() {
    for longest in [longest as fn(DocumentId, usize) -> Vec<u8>, longest_study] {
        let (_forger, trust) = swollen(longest).await;
        let document = format!("/d/ff1/{}", numbered(2));
        let moved = trust.get(&document).await;
        let page = moved.header("location").to_owned();
        let compared: Vec<String> = (2..6).map(|at| format!("d=ff1/{}", numbered(at))).collect();
        let compared = format!("/compare?{}", compared.join("&"));
        for (path, limit) in [
            ("/", MAX_PAGE),
            ("/search?q=lastword", MAX_PAGE),
            ("/browse", MAX_PAGE),
            ("/organisations", MAX_PAGE),
            ("/organisations/ff1", MAX_PAGE),
            ("/federation", MAX_PAGE),
            (page.as_str(), MAX_PAGE * 2),
            (&format!("{page}.md"), MAX_PAGE * 2),
            (&format!("{page}.json"), MAX_ANSWER),
            (&compared, MAX_PAGE),
            ("/topics/epma", MAX_PAGE * 2),
            ("/topics/single-sign-on-identity", MAX_PAGE * 2),
            ("/api/v1/known?topic=single-sign-on-identity", MAX_ANSWER),
            ("/oai?verb=ListRecords&metadataPrefix=oai_dc", MAX_ANSWER),
            ("/oai?verb=ListSets", MAX_PAGE),
            ("/search?per_page=100", MAX_ANSWER),
            ("/search?q=lastword&per_page=100", MAX_ANSWER),
            ("/api/v1/search?per_page=100", MAX_ANSWER),
            ("/api/v1/search?q=lastword&per_page=100", MAX_ANSWER),
            ("/api/v1/suggest?q=0", MAX_PAGE),
            ("/feed.atom", MAX_ANSWER),
            ("/feed.json", MAX_ANSWER),
            ("/organisations/ff1/feed.atom", MAX_ANSWER),
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
        let arguments = json!({"query": "lastword", "limit": 100});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search", "arguments": arguments}});
        let headers = [("content-type", "application/json")];
        let answer = trust
            .send(reqwest::Method::POST, "/mcp", &headers, call.to_string())
            .await;
        let length = answer.text.len();
        assert!(length <= MAX_ANSWER, "a tool answers with {length} bytes");
    }
}

/// Returns the body of a page with one key set to a value; `null` removes it.
fn with(id: DocumentId, key: &str, value: &Value) -> Vec<u8> {
    let mut body = json!({
        "v": 1, "id": id.to_string(), "rev": 1, "salt": "AAECAwQFBgcICQoLDA0ODw", "kind": "page",
        "title": "T", "body_md": "words", "visibility": "public",
    });
    body[key] = value.clone();
    serde_json::to_vec(&body).unwrap()
}

/// Each key with its longest value that is taken, and one that is not.
fn limits() -> Vec<(&'static str, Value, Value)> {
    let text = |chars: usize| json!("お".repeat(chars));
    let list = |count: usize, value: &Value| Value::Array(vec![value.clone(); count]);
    let id = json!(numbered(7).to_string());
    let reference = json!(format!("wr1{}/{}", "a".repeat(52), numbered(7)));
    let file = |key: &str, value: &Value| {
        let mut file = json!({"digest": format!("sha256:{}", "A".repeat(43)), "len": 1, "type": "image/png", "name": "n.png", "alt": ""});
        file[key] = value.clone();
        json!([file])
    };
    let one_file = file("alt", &json!(""))[0].clone();
    let nested = |depth: usize| {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        serde_json::from_str::<Value>(&text).unwrap()
    };
    vec![
        ("title", text(200), text(201)),
        ("title", json!("T"), json!("")),
        ("summary", text(1000), text(1001)),
        ("kind", json!("k".repeat(40)), json!("k".repeat(41))),
        ("kind", json!("a-9"), json!("A b")),
        ("kind", json!("x"), json!("x\u{200b}")),
        (
            "lang",
            json!("en-aaaaaaaa-bbbbbbbb-cccccccc-ddddd"),
            json!("en-aaaaaaaa-bbbbbbbb-cccccccc-dddddd"),
        ),
        ("lang", json!("cy"), json!("<b>")),
        ("licence", text(40), text(41)),
        ("tags", list(32, &text(60)), list(33, &text(1))),
        ("tags", list(1, &text(60)), list(1, &text(61))),
        ("tags", json!([]), json!([["nested"]])),
        ("authors", list(50, &text(200)), list(51, &text(1))),
        ("authors", list(1, &text(200)), list(1, &text(201))),
        (
            "authors",
            json!([{"name": "お".repeat(200)}]),
            json!([{"name": "お".repeat(201)}]),
        ),
        (
            "authors",
            json!([{"role": "お".repeat(200)}]),
            json!([{"role": "お".repeat(201)}]),
        ),
        ("replaces", list(32, &id), list(33, &id)),
        ("based_on", list(32, &reference), list(33, &reference)),
        ("attachments", list(16, &one_file), list(17, &one_file)),
        (
            "attachments",
            file("len", &json!(8_388_608)),
            file("len", &json!(8_388_609)),
        ),
        (
            "attachments",
            file("type", &text(200)),
            file("type", &text(201)),
        ),
        (
            "attachments",
            file("name", &text(200)),
            file("name", &text(201)),
        ),
        (
            "attachments",
            file("alt", &text(1000)),
            file("alt", &text(1001)),
        ),
        (
            "created",
            json!("2026-01-01T00:00:00Z"),
            json!("2026-01-01"),
        ),
        ("updated", json!("2026-01-01T00:00:00Z"), json!(99_999_999)),
        ("review_by", json!("2026-01-01"), json!("soon")),
        ("visibility", json!("public"), json!("organisation")),
        ("body_md", json!("x".repeat(200_000)), json!(["x"])),
        // What is not in the shape of a contact or of a kind is left out, and costs no page anything.
        (
            "contact",
            json!({"role": "お".repeat(201), "open_to": list(20_000, &json!("call"))}),
            Value::Null,
        ),
        ("unknown", json!({"deep": "x".repeat(200_000)}), nested(100)),
        (
            "meta",
            json!({"topics": list(40_000, &json!("zq"))}),
            nested(100),
        ),
        ("meta", json!("x".repeat(200_000)), nested(100)),
        (
            "meta",
            json!({"reviewed": "x".repeat(100_000), "organisation": {"name": "x".repeat(100_000)}}),
            nested(100),
        ),
    ]
}

#[tokio::test]
async fn each_field_is_taken_up_to_its_limit_and_not_beyond() {
    let (forger, trust) = followed().await;
    let mut expected = Vec::new();
    for (at, (key, longest, beyond)) in limits().into_iter().enumerate() {
        let values = [
            (longest, DocumentState::Live),
            (beyond, DocumentState::Quarantined),
            (Value::Null, DocumentState::Quarantined),
        ];
        for (part, (value, state)) in values.into_iter().enumerate() {
            let id = numbered(1000 + at * 3 + part);
            // Nothing but a body may have null, and neither contact nor meta is a fault of a body.
            if value.is_null() && matches!(key, "contact" | "unknown" | "meta") {
                continue;
            }
            forger.feed().put_body(id, 1, with(id, key, &value));
            expected.push((key, id, state));
        }
    }
    trust.pull_well(&forger.id()).await;
    trust.settle().await;
    for (key, id, state) in &expected {
        let found = trust.state(&forger.id(), *id).await;
        assert_eq!(found, Some(*state), "{key} {id}");
    }
    // Whatever was taken, lists and pages stay as long as they are.
    for path in [
        "/",
        "/search",
        "/browse",
        "/feed.atom",
        "/organisations/ff1",
    ] {
        let length = trust.get(path).await.text.len();
        assert!(length <= MAX_PAGE, "{path} has {length} bytes");
    }
    for (key, id, state) in expected {
        let moved = trust.get(&format!("/d/ff1/{id}")).await;
        if state == DocumentState::Live && key != "body_md" && moved.status != 404 {
            let length = trust.get(moved.header("location")).await.text.len();
            assert!(
                length <= MAX_PAGE,
                "the page of a long {key} has {length} bytes"
            );
        }
    }
}

#[tokio::test]
async fn invented_kinds_are_one_value_and_dates_from_outside_end_at_the_first_pull() {
    let (_forger, trust) = swollen(longest).await;
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
    // As dates are written: the digits alone can be those of a port or an id.
    assert!(!page.contains(" 2099") && !page.contains("\"2099-"));
    let text = trust.get("/api/v1/search?per_page=100").await.text;
    assert!(!text.contains("\"2099-") && !text.contains("\"2199-"));
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
