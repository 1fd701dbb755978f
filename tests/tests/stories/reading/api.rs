//! The JSON API as scripts know it.

use it::{
    samples::{case_study, page},
    setup::Setup,
    trust::Trust,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn ids(found: &Value) -> Vec<&str> {
    found["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_search_is_answered_in_the_form_that_is_promised() {
    let trust = Trust::new("ZZ1").await;
    let (id, path) = trust.publish(case_study()).await;
    let found = trust.ask("/api/v1/search?q=floor-walkers").await;
    assert_eq!(
        keys(&found),
        [
            "query",
            "total",
            "with_all_words",
            "page",
            "per_page",
            "took_ms",
            "hits",
            "related",
            "facets",
            "also_searched",
            "suggestion",
            "did_you_mean",
            "unknown_words",
            "notes"
        ]
    );
    assert_eq!(
        (&found["total"], &found["query"]),
        (&json!(1), &json!("floor-walkers"))
    );
    let hit = &found["hits"][0];
    assert_eq!(
        keys(hit),
        [
            "node",
            "id",
            "rev",
            "kind",
            "title",
            "summary",
            "organisation",
            "url",
            "snippet",
            "score",
            "all_words",
            "alike",
            "alike_url",
            "published",
            "updated",
            "reviewed",
            "result",
            "tried",
            "adoption",
            "provenance"
        ]
    );
    assert_eq!(hit["id"], id.to_string());
    assert_eq!(hit["node"], trust.id().to_string());
    assert_eq!(hit["url"], format!("{}{path}", trust.site()));
    assert_eq!(
        hit["organisation"],
        json!({"ods": "ZZ1", "name": "Trust ZZ1"})
    );
    assert_eq!(hit["provenance"], json!({"state": "own", "pulled": null}));
    let snippet = hit["snippet"].as_str().unwrap();
    assert!(snippet.contains("<mark>"), "{snippet}");
    let bare = snippet.replace("<mark>", "").replace("</mark>", "");
    assert!(!bare.contains('<'), "{snippet}");
    assert_eq!(
        found["facets"]["kind"],
        json!([{"value": "case-study", "label": "Case study", "count": 1}])
    );
    assert_eq!(found["facets"]["organisation"][0]["label"], "Trust ZZ1");
    assert_eq!(found["notes"], json!([]));
}

#[tokio::test]
async fn filters_are_alternatives_within_a_group_and_all_of_them_together() {
    let trust = Trust::new("ZZ1").await;
    trust
        .publish_pages(12, "Ward round number", "words about bleeps")
        .await;
    trust.publish(case_study()).await;
    let total =
        async |query: &str| trust.ask(&format!("/api/v1/search?{query}")).await["total"].clone();
    assert_eq!(total("").await, 13);
    assert_eq!(total("kind=page").await, 12);
    assert_eq!(total("kind=page&kind=case-study").await, 13);
    assert_eq!(total("kind=page&result=worked").await, 0);
    assert_eq!(total("organisation=zz1&kind=page&q=bleeps").await, 12);
    assert_eq!(total("organisation=ZZ9").await, 0);
    let first = trust.ask("/api/v1/search?kind=page&per_page=5").await;
    let third = trust
        .ask("/api/v1/search?kind=page&per_page=5&page=3")
        .await;
    assert_eq!((ids(&first).len(), ids(&third).len()), (5, 2));
    for past in ["4", "1000", "99999999999"] {
        let answer = trust
            .ask(&format!("/api/v1/search?kind=page&per_page=5&page={past}"))
            .await;
        assert_eq!(
            (ids(&answer).len(), &answer["total"]),
            (0, &json!(12)),
            "{past}"
        );
    }
    let noted = trust
        .ask("/api/v1/search?priority=purple&topics=epr&page=x&per_page=500&organisation=ZZ9")
        .await;
    assert_eq!(
        noted["notes"].as_array().unwrap().len(),
        5,
        "{}",
        noted["notes"]
    );
    assert_eq!(noted["per_page"], 100);
}

#[tokio::test]
async fn a_document_is_read_by_handle_or_node_with_its_history() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    let (id, _) = other.publish(case_study()).await;
    trust.follow_and_pull(&other).await;
    let by_handle = trust.ask(&format!("/api/v1/documents/zz2/{id}")).await;
    let by_node = trust
        .ask(&format!("/api/v1/documents/{}/{id}", other.id()))
        .await;
    assert_eq!(by_handle, by_node);
    assert_eq!(by_node["provenance"]["state"], "verified");
    assert!(by_node["provenance"]["pulled"].is_string());
    assert_eq!(by_node["revisions"], json!([]));
    assert!(
        by_node["origin_url"]
            .as_str()
            .unwrap()
            .starts_with(&other.site())
    );
    let own = other.ask(&format!("/api/v1/documents/zz2/{id}")).await;
    assert_eq!(
        (&own["rev"], own["revisions"].as_array().unwrap().len()),
        (&json!(1), 1)
    );
    assert_eq!(
        own["front_matter"]["result"],
        by_node["front_matter"]["result"]
    );
    let contact = own["front_matter"]["contact"].as_object().unwrap();
    let keys: Vec<&str> = contact.keys().map(String::as_str).collect();
    assert_eq!(keys, ["role", "open_to"], "the mailbox is private");
    assert!(own["body_md"].as_str().unwrap().contains("## Situation"));
    let address = own["origin_url"].as_str().unwrap();
    assert_eq!(other.get(address).await.status, StatusCode::OK);
    let copy = other.get(by_node["origin_url"].as_str().unwrap()).await;
    assert_eq!(
        copy.header("location"),
        own["url"].as_str().unwrap().replace(&other.site(), "")
    );
}

#[tokio::test]
async fn status_and_peers_say_what_is_there() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    trust.publish(page("One page", "words")).await;
    other.publish(page("Another page", "words")).await;
    trust.follow_and_pull(&other).await;
    let status = trust.ask("/api/v1/status").await;
    assert_eq!(
        keys(&status),
        [
            "node",
            "name",
            "ods",
            "version",
            "state",
            "documents",
            "own_documents",
            "peers",
            "log_size",
            "index_lag"
        ]
    );
    for (key, value) in [
        ("documents", json!(2)),
        ("own_documents", json!(1)),
        ("peers", json!(1)),
        ("log_size", json!(1)),
        ("index_lag", json!(0)),
        ("ods", json!("ZZ1")),
        ("state", json!("active")),
    ] {
        assert_eq!(status[key], value, "{key}");
    }
    let peers = trust.ask("/api/v1/peers").await;
    assert_eq!(
        keys(&peers[0]),
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
            "unavailable"
        ]
    );
    let bare = Setup::without_identity().start().await;
    let status = bare.ask("/api/v1/status").await;
    assert_eq!(
        (&status["node"], &status["state"]),
        (&json!(null), &json!("new"))
    );
    assert_eq!(bare.ask("/api/v1/search?q=x").await["total"], 0);
}

#[tokio::test]
async fn what_goes_wrong_is_a_problem_and_no_other_site_may_read() {
    let trust = Trust::new("ZZ1").await;
    let unknown = "/api/v1/documents/zz1/01996c5e-8a00-7000-8000-000000000001";
    for (method, path, status) in [
        (Method::GET, unknown, 404),
        (Method::GET, "/api/v1/documents/unknown/x", 404),
        (Method::GET, "/api/v1/nothing", 404),
        (Method::POST, "/api/v1/search", 405),
        (Method::DELETE, unknown, 405),
    ] {
        let answer = trust.send(method.clone(), path, &[], "").await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{method} {path}"
        );
        let problem = answer.json();
        assert_eq!(keys(&problem), ["type", "title", "status", "detail"]);
        assert_eq!(problem["status"], status);
    }
    let answer = trust.get("/api/v1/status").await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let description = trust.ask("/api/openapi.json").await;
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(description["paths"]["/api/v1/search"]["get"]["responses"]["200"].is_object());
}

#[tokio::test]
async fn topics_organisations_and_titles_are_suggested() {
    let trust = Trust::new("ZZ1").await;
    let (_, path) = trust
        .publish(page("Infusion pump library", "infusion pumps on wards"))
        .await;
    trust.publish(case_study()).await;
    let found = trust.ask("/api/v1/suggest?q=infu").await;
    assert_eq!(
        found["suggestions"],
        json!([{"text": "Infusion pump library", "kind": "document", "url": format!("{}{path}", trust.site())}])
    );
    let kinds = |found: &Value| -> Vec<String> {
        let suggestions = found["suggestions"].as_array().unwrap().iter();
        let kinds = suggestions.map(|one| format!("{} {}", one["kind"], one["count"]));
        kinds.collect()
    };
    let name = trust.node().identity().unwrap().name.clone();
    let word = name.split(' ').next().unwrap();
    let found = trust.ask(&format!("/api/v1/suggest?q={word}")).await;
    assert_eq!(kinds(&found)[0], "\"organisation\" 2", "{found}");
    // A word of the list of words for the same is not misspelt.
    trust
        .publish(page("Ward charts on paper", "Charts on paper."))
        .await;
    for (typed, count) in [("paper", 1), ("pafer", 1), ("pager", 0)] {
        let found = trust.ask(&format!("/api/v1/suggest?q={typed}")).await;
        assert_eq!(kinds(&found).len(), count, "{typed}: {found}");
    }
    assert_eq!(
        trust.ask("/api/v1/suggest").await,
        json!({"suggestions": []})
    );
}
