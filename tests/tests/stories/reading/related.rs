//! Pages that are about the same: what a viewer may not see is not among them, and no text of theirs becomes markup.

use std::time::Duration;

use domain::{Document, vocabulary::Visibility};
use it::{samples::page, trust::Trust};
use serde_json::Value;

/// Subjects, each with words of its own. All of them together have more words than a vector has numbers: with fewer, each
/// word has a number for itself, and nothing is near that shares no word.
const SUBJECTS: usize = 12;
const WORDS_OF_SUBJECT: usize = 20;
/// More documents than it takes to learn.
const DOCUMENTS: usize = 516;
/// How many of the first subject have the word that is searched for.
const WITH_WORD: usize = 4;
/// The document of the first subject whose words the hostile one has, one of those with the word.
const OF_HOSTILE: usize = 3;
/// A word of the documents that no one may see.
const CANARY: &str = "xylophonic";
/// What the documents with the word and those next to them have in common, and no others.
const SHARED: &str = "quillward brackmoor tannerly ossett";

/// A word of letters.
fn word(number: usize) -> String {
    let letter = |place: usize| char::from(b'a' + u8::try_from(number / place % 26).unwrap());
    format!("word{}{}q", letter(26), letter(1))
}

/// Returns words of one subject, others for each number.
fn words(subject: usize, number: usize) -> String {
    let at = |at: usize| (number * 7 + at * (3 + number % 5)) % WORDS_OF_SUBJECT;
    let words = (0..8).map(|place| word(WORDS_OF_SUBJECT * subject + at(place)));
    words.collect::<Vec<_>>().join(" ")
}

/// Returns pages of all subjects; a few of the first subject have the word, and what those next to them have.
fn documents() -> Vec<Document> {
    let document = |number: usize| {
        let (subject, of_subject) = (number % SUBJECTS, number / SUBJECTS);
        let words = words(subject, of_subject);
        let words = if subject == 0 && of_subject < WITH_WORD {
            format!("firstword {SHARED} {words}")
        } else {
            words
        };
        page(&format!("Page {number}"), &words)
    };
    (0..DOCUMENTS).map(document).collect()
}

fn hostile() -> Document {
    let mut document = page(
        "<script>alert(1)</script> \u{202e}neighbour <b>bold</b>",
        &format!(
            "{SHARED} <img src=x onerror=alert(1)> {}",
            words(0, OF_HOSTILE)
        ),
    );
    document.common.summary = "<svg onload=alert(1)> </p><mark>not ours</mark>".to_owned();
    document
}

fn kept_back(visibility: Visibility) -> Document {
    let mut document = page(
        &format!("Kept back {CANARY}"),
        &format!("{SHARED} {CANARY} {}", words(0, 3)),
    );
    document.common.visibility = visibility;
    document
}

fn list<'a>(answer: &'a Value, key: &str) -> &'a [Value] {
    answer[key].as_array().map_or(&[], Vec::as_slice)
}

fn has_hostile(list: &[Value]) -> bool {
    let is_it = |one: &Value| one["title"].as_str().unwrap().contains("neighbour");
    list.iter().any(is_it)
}

/// Returns the addresses of a page with the word, the nearest to the hostile one: for people, and for programs.
async fn nearest_with_word(trust: &Trust) -> (String, String) {
    let found = trust.ask("/api/v1/search?q=firstword").await;
    assert_eq!(found["total"], WITH_WORD);
    let title = format!("Page {}", OF_HOSTILE * SUBJECTS);
    let mut hits = list(&found, "hits").iter();
    let nearest = hits.find(|hit| hit["title"] == title).unwrap();
    let text = |key: &str| nearest[key].as_str().unwrap();
    let page = text("url").strip_prefix(&trust.site()).unwrap().to_owned();
    let object = format!("/api/v1/documents/{}/{}", text("node"), text("id"));
    (page, object)
}

#[tokio::test]
async fn a_neighbour_that_no_one_may_see_is_not_there_and_its_text_is_no_markup() {
    let (trust, peer) = (Trust::new("ZZ1").await, Trust::new("ZZ2").await);
    trust.publish_all(documents()).await;
    for visibility in [Visibility::Network, Visibility::Organisation] {
        trust.publish(kept_back(visibility)).await;
        peer.publish(kept_back(visibility)).await;
    }
    let (id, _) = peer.publish(hostile()).await;
    trust.follow_and_pull(&peer).await;
    let (later, _) = trust.publish(kept_back(Visibility::Public)).await;
    trust.node().index.learn(&|| true).unwrap();
    // It was public when the node learnt of it, and is not any more.
    trust.revise(later, kept_back(Visibility::Network)).await;

    // The hostile text is where such texts can be: after the results, and among the similar pages of one.
    let (page, object) = nearest_with_word(&trust).await;
    let found = trust.ask("/api/v1/search?q=firstword").await;
    let related = list(&found, "related");
    assert!(has_hostile(related), "{related:?}");
    let similar = trust.ask(&object).await;
    let similar = list(&similar, "related");
    assert!(similar.iter().all(|one| one["relation"] == "similar"));
    assert!(has_hostile(similar), "{similar:?}");
    let suggested = trust.ask("/api/v1/suggest?q=neighbour").await;
    assert!(suggested.to_string().contains("neighbour"), "{suggested}");

    // It is text there, for people as for programs.
    let results = trust.get("/search?q=firstword").await.text;
    assert!(results.contains("Related by topic"), "{results}");
    for address in ["/search?q=firstword", &page] {
        let answer = trust.get(address).await.text;
        assert!(answer.contains("neighbour"), "{address}: {answer}");
        for markup in [
            "<script>alert",
            "<img src=x",
            "<svg onload",
            "<b>bold",
            "<mark>not",
            "\u{202e}",
        ] {
            assert!(!answer.contains(markup), "{address}: {markup}");
        }
    }
    for answer in [&found, &suggested, &trust.ask(&object).await] {
        assert!(!answer.to_string().contains('\u{202e}'), "{answer}");
    }
    let snippets = list(&found, "related").iter();
    for snippet in snippets.filter_map(|one| one["snippet"].as_str()) {
        assert!(!snippet.replace("<mark>", "").contains("<s"), "{snippet}");
    }

    // What not all may see is in no list, no suggestion and no correction.
    for address in [
        "/search?q=firstword",
        &page,
        &object,
        "/api/v1/search?q=firstword",
        "/api/v1/search?q=xylophonik",
        "/api/v1/search?q=xylo",
        "/api/v1/suggest?q=kept%20back",
        "/api/v1/suggest?q=xylo",
    ] {
        let answer = trust.get(address).await.text;
        assert!(!answer.contains(CANARY), "{address}: {answer}");
    }

    // A withdrawn one leaves at once, without another lesson.
    peer.withdraw(id).await;
    trust.advance(Duration::from_secs(60));
    trust.pull_well(&peer.id()).await;
    trust.settle().await;
    let found = trust.ask("/api/v1/search?q=firstword").await;
    assert!(!has_hostile(list(&found, "related")), "{found}");
    let similar = trust.ask(&object).await;
    assert!(!has_hostile(list(&similar, "related")), "{similar}");
}

#[tokio::test]
async fn the_api_says_how_documents_are_related() {
    let trust = Trust::new("ZZ1").await;
    trust.publish_all(documents()).await;
    let text = format!("{SHARED} {}", words(0, 3));
    trust.publish(page("A neighbour", &text)).await;
    trust.node().index.learn(&|| true).unwrap();
    let (_, first) = nearest_with_word(&trust).await;

    // After the last result and nowhere else, pages that have none of the words.
    for (query, comes) in [
        ("q=firstword", true),
        ("q=firstword&per_page=3", false),
        ("q=firstword&per_page=3&page=2", true),
        // Who quotes means the word.
        ("q=%22firstword%22", false),
        ("q=firstword&sort=newest", false),
        ("", false),
    ] {
        let found = trust.ask(&format!("/api/v1/search?{query}")).await;
        assert_eq!(!list(&found, "related").is_empty(), comes, "{query}");
    }

    // What people have named comes before what is similar, each with how it is related.
    let of = trust.ask(&first).await;
    let similar = list(&of, "related");
    assert!((1..=5).contains(&similar.len()), "{similar:?}");
    assert!(similar.iter().all(|one| one["relation"] == "similar"));
    let of = of["id"].as_str().unwrap();
    let mentioning = page("It mentions", &format!("See [it](/d/{of})."));
    let (id, _) = trust.publish(mentioning).await;
    let of = trust.ask(&first).await;
    let named = &list(&of, "related")[0];
    assert_eq!(named["relation"], "mentions", "{of}");
    assert_eq!(named["title"], "It mentions");
    assert_eq!(named["id"], id.to_string());
}

#[tokio::test]
async fn at_most_two_similar_documents_of_each_other_site_are_shown() {
    let own = Trust::new("ZZ1").await;
    let hostile = Trust::new("ZZ2").await;
    let other = Trust::new("ZZ3").await;
    own.publish_all(documents()).await;
    // The same text as that of the first page of the trust: a dozen times by a peer, and once by another.
    let copy = |number: usize| {
        let text = format!("firstword {SHARED} {}", words(0, 0));
        page(&format!("Copy {number}"), &text)
    };
    hostile.publish_all((0..12).map(copy).collect()).await;
    other.publish_all((20..21).map(copy).collect()).await;
    for peer in [&hostile, &other] {
        own.follow_and_pull(peer).await;
    }
    own.settle().await;
    own.node().index.learn(&|| true).unwrap();

    let found = own.ask("/api/v1/search?q=firstword&organisation=zz1").await;
    let first = |hit: &&Value| hit["title"] == "Page 0";
    let hit = list(&found, "hits").iter().find(first).unwrap();
    let id = hit["id"].as_str().unwrap();
    let object = own.ask(&format!("/api/v1/documents/zz1/{id}")).await;
    let similar: Vec<&Value> = list(&object, "related")
        .iter()
        .filter(|one| one["relation"] == "similar")
        .collect();
    let of = |site: &str| {
        let is_of = |one: &&&Value| {
            one["url"]
                .as_str()
                .unwrap()
                .contains(&format!("/d/{site}/"))
        };
        similar.iter().filter(is_of).count()
    };
    assert_eq!(of("zz2"), 2, "{similar:?}");
    assert_eq!(of("zz3"), 1, "{similar:?}");
    assert!(of("zz1") >= 1, "{similar:?}");
    // The page shows the same.
    let url = hit["url"].as_str().unwrap();
    let page = own.get(url.strip_prefix(&own.site()).unwrap()).await.text;
    let (_, rest) = page.split_once("Pages on a similar subject").unwrap();
    assert_eq!(rest.matches("href=\"/d/zz2/").count(), 2, "{rest}");
}
