//! A peer that publishes a hundred documents in an hour does not fill the lists of the newest.

use std::collections::HashSet;

use it::{setup::Setup, trust::Trust};

/// Documents of the trust whose pages are read, and distinct and similar ones of its peer.
const OWN: usize = 12;
const DISTINCT: usize = 60;
const SIMILAR: usize = 40;
const ALL: usize = OWN + DISTINCT + SIMILAR;

/// Returns a text that shares no run of words with that of another number: figures do not count.
fn distinct(number: usize) -> String {
    let letter = |at: u32| char::from(b'a' + u8::try_from(number / 26_usize.pow(at) % 26).unwrap());
    let word: String = (0..2).map(letter).collect();
    ["claims", "this", "and", "that"]
        .map(|other| format!("{other}{word} {word}{other} "))
        .concat()
}

async fn flooded() -> (Trust, Trust) {
    let own = Setup::new("ZZ1").start().await;
    let peer = Setup::new("ZZ2").start().await;
    for number in 0..OWN {
        own.publish_page(&format!("Own {number}"), &distinct(number))
            .await;
    }
    for number in 0..SIMILAR {
        let words = "The same words again and again, with a figure.";
        peer.publish_page(&format!("Report {number}"), words).await;
    }
    for number in 0..DISTINCT {
        peer.publish_page(&format!("Flood {number}"), &distinct(100 + number))
            .await;
    }
    own.follow_and_pull(&peer).await;
    own.settle().await;
    (own, peer)
}

/// Returns how many results of a page are of the trust and of its peer.
async fn shares(own: &Trust, path: &str) -> (usize, usize) {
    let page = own.get(path).await.text;
    let count = |of: &str| {
        page.matches(&format!("app-result__title\"><a href=\"/d/{of}/"))
            .count()
    };
    (count("zz1"), count("zz2"))
}

#[tokio::test]
async fn two_sites_share_the_first_pages_of_the_newest() {
    let (own, _peer) = flooded().await;
    for (path, expected) in [
        // A third for each, then the newest.
        ("/", (2, 3)),
        ("/search?sort=newest", (5, 5)),
        ("/search?sort=newest&page=2", (5, 5)),
        // The trust has two documents left.
        ("/search?sort=newest&page=3", (2, 8)),
        ("/search", (5, 5)),
        ("/search?sort=reviewed", (5, 5)),
        // Who asks for one organisation gets its documents.
        ("/search?sort=newest&organisation=zz2", (0, 10)),
        ("/organisations/zz2", (0, 5)),
    ] {
        assert_eq!(shares(&own, path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn similar_documents_have_one_card_that_leads_to_all_of_them() {
    let (own, _peer) = flooded().await;
    let mut said = Vec::new();
    for number in 1..=ALL.div_ceil(10) {
        let page = own
            .get(&format!("/search?sort=newest&page={number}"))
            .await
            .text;
        let links = page
            .split("<a href=\"")
            .filter(|link| link.contains("more like this"));
        said.extend(links.map(|link| link.split_once("</a>").unwrap().0.to_owned()));
    }
    assert_eq!(said.len(), 1, "{said:?}");
    let (href, words) = said[0].split_once("\">").unwrap();
    assert_eq!(words, "and 39 more like this");
    let all = own.get(&href.replace("&#38;", "&")).await.text;
    assert!(all.contains(&format!("{SIMILAR} results</h1>")), "{all}");
    assert!(all.contains("Show all pages") && !all.contains("more like this"));
    // The API says the same.
    let first = own
        .get("/api/v1/search?sort=newest&per_page=100")
        .await
        .json();
    let hits = first["hits"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["alike"] == 39).unwrap();
    let url = hit["alike_url"].as_str().unwrap();
    let path = url.strip_prefix(&own.site()).unwrap_or(url);
    assert_eq!(own.get(path).await.json()["total"], SIMILAR);
}

#[tokio::test]
async fn a_reader_of_all_pages_gets_each_document_once() {
    let (own, _peer) = flooded().await;
    for form in ["json", "atom"] {
        let mut path = format!("/feed.{form}");
        let mut seen: Vec<String> = Vec::new();
        let mut pages = Vec::new();
        loop {
            let text = own.get(&path).await.text;
            let (ids, next) = if form == "json" {
                json(&text)
            } else {
                atom(&text)
            };
            pages.push(ids.iter().filter(|id| id.contains("zz1")).count());
            seen.extend(ids);
            let Some(next) = next.filter(|_| pages.len() < 10) else {
                break;
            };
            path = next.strip_prefix(&own.site()).unwrap_or(&next).to_owned();
        }
        let distinct: HashSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (ALL, ALL), "{form}");
        assert_eq!(pages, [OWN, 0, 0], "{form}");
    }
}

fn json(text: &str) -> (Vec<String>, Option<String>) {
    let feed: serde_json::Value = serde_json::from_str(text).unwrap();
    let items = feed["items"].as_array().unwrap().iter();
    let urls = items.filter_map(|item| item["url"].as_str());
    (
        urls.map(str::to_owned).collect(),
        feed["next_url"].as_str().map(str::to_owned),
    )
}

fn atom(text: &str) -> (Vec<String>, Option<String>) {
    let href = |part: &str| {
        let (_, rest) = part.split_once("href=\"")?;
        Some(
            rest.split_once('"')?
                .0
                .replace("&amp;", "&")
                .replace("&#38;", "&"),
        )
    };
    let entries = text.split("<entry>").skip(1).filter_map(href).collect();
    let next = text
        .split("<link ")
        .find(|link| link.contains("rel=\"next\""));
    (entries, next.and_then(href))
}
