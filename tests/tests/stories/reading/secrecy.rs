//! A viewer gets what they may read, and no answer, count or suggestion has a word of anything else.

use std::time::Duration;

use domain::{Document, vocabulary::Visibility};
use it::{samples::page, trust::Trust};
use people::{
    drafts::Begin,
    review::{self, SubmitOutcome},
};
use reqwest::Method;
use web::routes::{self, Route};
use wire::{DocumentId, Viewer};

use super::known::study;
use crate::writing::people::{ann, begin};

const CANARY: &str = "xylophonic";

/// Every address that lists or counts.
const EVERYWHERE: [&str; 17] = [
    "/search?staff_only=yes&q=xylo",
    "/search.csv?staff_only=yes",
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
    "/oai?verb=ListRecords&metadataPrefix=oai_dc",
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
            .replace("title:xylophonic", "")
            // What was typed is repeated as a word that no page has.
            .replace("\"unknown_words\":[\"xylophonic\"]", "");
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

/// Returns each address that the table of routes has for everyone, with the parts of a document or of what it says filled in,
/// and with what it takes as a query.
fn open_addresses(id: DocumentId) -> Vec<String> {
    let id = id.to_string();
    let parts = [
        ("{handle}", "zz1"),
        ("{node}", "zz1"),
        ("{id}", id.as_str()),
        ("{slug}", "kept-back"),
        ("{topic}", "epma"),
        ("{product}", "KeptBackWare"),
        ("{part}", "1"),
        ("{name}", "publishing"),
        ("{epoch}", "1"),
    ];
    let queries = [
        "",
        "?q=xylophonic",
        "?q=badges&staff_only=yes",
        "?topic=epma",
        "?sort=newest",
        "?system=KeptBackWare",
        "?verb=ListIdentifiers&metadataPrefix=oai_dc",
    ];
    let is_open = |route: &Route| route.method() == Method::GET && route.access.role().is_none();
    let routes = routes::table();
    let paths = routes.iter().filter(|route| is_open(route)).map(|route| {
        let path = route.path.to_owned();
        parts
            .iter()
            .fold(path, |path, (name, value)| path.replace(name, value))
    });
    let picks = format!("?d=zz1/{id}");
    let queries: Vec<&str> = queries.into_iter().chain([picks.as_str()]).collect();
    paths
        .flat_map(|path| queries.iter().map(move |query| format!("{path}{query}")))
        .collect()
}

#[tokio::test]
async fn no_address_of_the_table_has_a_word_of_what_its_reader_may_not_see() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(page("Open page", "unrelated words")).await;
    let text = |visibility: &str| {
        study("Kept back badges", "did-not-work", "90", visibility)
            .replace("product: BadgeIn", "product: KeptBackWare")
    };
    let mut kept = Vec::new();
    for visibility in ["network", "organisation", "public"] {
        let accepted = trust.submit_text(&text(visibility), None).await.unwrap();
        kept.push(accepted.id);
    }
    // What was public is withdrawn, one draft is being written and another one waits for review.
    trust.withdraw(kept[2]).await;
    let draft = text("public");
    for _ in 0..2 {
        kept.push(begin(&trust, ann(), Begin::File(draft.clone())).await);
    }
    let submitted = review::submit(trust.node(), ann(), kept[4], 1)
        .await
        .unwrap();
    assert!(
        matches!(submitted, SubmitOutcome::Submitted),
        "{submitted:?}"
    );
    trust.settle().await;
    let mut answered = 0;
    for id in kept {
        for path in open_addresses(id) {
            let answer = trust.get(&path).await;
            answered += usize::from(answer.status == 200);
            // The words of the query come back alone.
            let text = answer.text.to_lowercase();
            let found = text
                .find("kept back badges")
                .or(text.find("xylophonic badges"));
            let near = found.map(|at| &text[at.saturating_sub(80)..(at + 80).min(text.len())]);
            assert_eq!(near, None, "{path}");
            if !path.contains("KeptBackWare") {
                assert!(!text.contains("keptbackware"), "{path}");
            }
        }
    }
    assert!(answered > 500, "{answered} addresses had an answer");
}

/// What a reader without an account can ask about words that are also in what is kept back.
const ASKED: [&str; 11] = [
    "/api/v1/search?q=xylophonic+shared&staff_only=yes",
    "/api/v1/search?q=xylophonic",
    "/api/v1/search?q=xylophonic+shared",
    "/api/v1/search?q=shared",
    "/api/v1/search?sort=newest",
    "/api/v1/search?q=xylophonics&explain=1",
    "/api/v1/suggest?q=xyl",
    "/api/v1/suggest?q=Kept",
    "/search.csv?q=xylophonic",
    "/search.json?q=shared",
    "/browse",
];

async fn answers(trust: &Trust) -> Vec<String> {
    let mut answers = Vec::new();
    for path in ASKED {
        let text = trust.get(path).await.text;
        // The only thing that differs from one answer to the next.
        let (start, took) = text.split_once("\"took_ms\":").unwrap_or((&text, ""));
        let rest = took.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        answers.push(format!("{start}{rest}"));
    }
    answers
}

#[tokio::test]
async fn what_is_kept_back_changes_no_score_count_facet_or_suggestion() {
    let trust = Trust::new("ZZ1").await;
    trust
        .publish(page("Open page", "xylophonic shared words"))
        .await;
    // Two pages of one second have no order among the newest.
    trust.advance(Duration::from_secs(1));
    trust
        .publish(page(
            "Other page",
            "shared words only, and many more of them than there",
        ))
        .await;
    let before = answers(&trust).await;
    let mut kept = Vec::new();
    for number in 0..6 {
        for visibility in [Visibility::Network, Visibility::Organisation] {
            let title = format!("Kept back {number} shared");
            let document = kept_back(&title, CANARY, visibility);
            kept.push((trust.publish(document).await.0, visibility));
        }
    }
    assert_eq!(answers(&trust).await, before);
    // A revision that is kept back takes the document out of the index, and a public one puts it in.
    let (id, visibility) = kept[0];
    trust.revise(id, page("Now open", CANARY)).await;
    assert_eq!(trust.ask("/api/v1/search?q=xylophonic").await["total"], 2);
    trust
        .revise(id, kept_back("Kept back again", CANARY, visibility))
        .await;
    assert_eq!(trust.ask("/api/v1/search?q=xylophonic").await["total"], 1);
    trust.node().indexer.rebuild(|_| {}).await.unwrap();
    assert_eq!(answers(&trust).await, before);
}

/// A document, the word that occurs only in it, and who can read it.
struct Kept {
    id: DocumentId,
    path: String,
    word: &'static str,
    viewers: &'static [Viewer],
}

#[tokio::test]
async fn each_viewer_reads_what_is_for_them_and_gets_no_word_of_anything_else() {
    let trust = Trust::new("ZZ1").await;
    let mut all = Vec::new();
    for (visibility, word, viewers) in [
        (Visibility::Public, "xylophonic", &Viewer::ALL[..]),
        (
            Visibility::Network,
            "xylographic",
            &[Viewer::Peer, Viewer::Staff][..],
        ),
        (Visibility::Organisation, "xylotomous", &[Viewer::Staff][..]),
        (Visibility::Public, "xylophagous", &[][..]),
    ] {
        let document = kept_back(&format!("Title {word}"), word, visibility);
        let (id, path) = trust.publish(document).await;
        all.push(Kept {
            id,
            path,
            word,
            viewers,
        });
    }
    // The index is not waited for.
    trust.withdraw(all.last().unwrap().id).await;
    for viewer in Viewer::ALL {
        for kept in &all {
            let readable = kept.viewers.contains(&viewer);
            let page = trust.get_as(viewer, &kept.path).await;
            assert_eq!(page.status == 200, readable, "{viewer:?}: {}", kept.word);
            let api = format!("/api/v1/documents/zz1/{}", kept.id);
            let api = trust.get_as(viewer, &api).await;
            assert_eq!(api.status == 200, readable, "{viewer:?}: {}", kept.word);
            for ending in [".md", ".json"] {
                let form = trust
                    .get_as(viewer, &format!("{}{ending}", kept.path))
                    .await;
                // What was kept here is in no log, so it has no signed form.
                let in_log = kept.viewers.len() != 1;
                let expected = readable && (in_log || ending == ".md");
                assert_eq!(
                    form.status == 200,
                    expected,
                    "{viewer:?}: {}{ending}",
                    kept.word
                );
            }
            if readable {
                assert!(page.text.contains(kept.word) && api.text.contains(kept.word));
                continue;
            }
            // Neither a search for its word nor one for another word may show it.
            for asked in [kept.word, "unrelated"] {
                for path in EVERYWHERE {
                    let path = path.replace(CANARY, asked);
                    let answer = trust.get_as(viewer, &path).await;
                    let text = answer.text.to_lowercase();
                    let is_repeated = path.contains(kept.word);
                    assert!(
                        !text.contains(kept.word)
                            || is_repeated && !text.contains(&format!("title {}", kept.word)),
                        "{viewer:?}: {path}: {text}"
                    );
                }
            }
            let found = trust
                .get_as(viewer, &format!("/api/v1/search?q={}", kept.word))
                .await;
            assert_eq!(found.json()["total"], 0, "{viewer:?}: {}", kept.word);
        }
    }
}
