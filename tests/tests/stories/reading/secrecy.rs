//! What not everybody may read is in no answer, count or suggestion.

use domain::{Document, vocabulary::Visibility};
use it::{samples::page, trust::Trust};

const CANARY: &str = "xylophonic";

/// Every address that lists or counts.
const EVERYWHERE: [&str; 14] = [
    "/api/v1/search?q=xylophonic",
    "/api/v1/search?q=title:xylophonic",
    "/api/v1/search?q=-unrelated",
    "/api/v1/search?sort=newest",
    "/api/v1/suggest?q=xylo",
    "/api/v1/suggest?q=Kept",
    "/search.atom?q=xylophonic",
    "/search.json",
    "/search.csv",
    "/search?q=xylo",
    "/feed.atom",
    "/feed.json",
    "/organisations/zz1/feed.atom",
    "/sitemap.xml",
];

/// Returns a page that not everyone may read.
fn kept_back(title: &str, words: &str, visibility: Visibility) -> Document {
    let mut document = page(title, words);
    document.common.visibility = visibility;
    document.common.tags = vec![words.to_owned()];
    document
}

async fn nothing_of_it(trust: &Trust, public: u64) {
    for path in EVERYWHERE {
        let answer = trust.get(path).await;
        let text = answer
            .text
            .to_lowercase()
            .replace("q=xylophonic", "")
            .replace("search for xylophonic", "");
        let text = text
            .replace("\"query\":\"xylophonic\"", "")
            .replace("title:xylophonic", "");
        assert!(!text.contains(CANARY), "{path}: {text}");
        assert!(!text.contains("kept-back"), "{path}: {text}");
    }
    let all = trust.ask("/api/v1/search").await;
    assert_eq!(all["total"], public);
    let counted: u64 = all["facets"]["kind"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["count"].as_u64().unwrap())
        .sum();
    assert_eq!(counted, public);
    assert_eq!(trust.ask("/api/v1/search?q=xylophonic").await["total"], 0);
    assert_eq!(
        trust.ask("/api/v1/suggest?q=xylo").await["suggestions"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    assert_eq!(trust.ask("/api/v1/status").await["documents"], public);
}

#[tokio::test]
async fn what_is_kept_back_or_withdrawn_is_in_no_list_count_or_suggestion() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(page("Open page", "unrelated words")).await;
    let (network, path) = trust
        .publish(kept_back("Kept back network", CANARY, Visibility::Network))
        .await;
    let (local, _) = trust
        .publish(kept_back(
            "Kept back local",
            CANARY,
            Visibility::Organisation,
        ))
        .await;
    nothing_of_it(&trust, 1).await;
    for id in [network, local] {
        assert_eq!(
            trust
                .get(&format!("/api/v1/documents/zz1/{id}"))
                .await
                .status,
            404
        );
    }
    for ending in ["", ".md", ".json", ".tlog-proof"] {
        assert_eq!(
            trust.get(&format!("{path}{ending}")).await.status,
            404,
            "{ending}"
        );
    }
    let (gone, path) = trust
        .publish(kept_back("Kept back soon", CANARY, Visibility::Public))
        .await;
    assert_eq!(trust.ask("/api/v1/search?q=xylophonic").await["total"], 1);
    assert_eq!(trust.get(&format!("{path}.md")).await.status, 200);
    // The index is not waited for: from the commit on, no answer may hold it.
    trust.withdraw(gone).await;
    nothing_of_it(&trust, 1).await;
    for address in [
        format!("/api/v1/documents/zz1/{gone}"),
        format!("{path}.md"),
        format!("{path}.json"),
        format!("{path}.tlog-proof"),
        format!("/d/zz1/{gone}.md"),
    ] {
        let answer = trust.get(&address).await;
        assert_eq!(answer.status, 410, "{address}");
        assert_eq!(answer.header("x-robots-tag"), "noindex, noarchive");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(
            !answer.text.contains(CANARY) && !answer.text.contains("soon"),
            "{}",
            answer.text
        );
    }
    trust.withdraw(local).await;
    assert_eq!(
        trust
            .get(&format!("/api/v1/documents/zz1/{local}"))
            .await
            .status,
        404,
        "it was in no log"
    );
    let atom = trust.get("/feed.atom").await.text;
    let deleted = format!(
        "<at:deleted-entry ref=\"urn:wardround:{}:{gone}\" when=\"",
        trust.id()
    );
    assert!(atom.contains(&deleted), "{atom}");
    assert!(!atom.contains(&local.to_string()), "{atom}");
}
