//! A peer that invents many products and titles does not hide what others wrote.

use it::{
    samples::{STUDY, page, parse},
    trust::Trust,
};
use serde_json::Value;

/// Case studies of the peer; each names [`PRODUCTS_OF_ONE`] products, and each product is in three of them.
const FLOOD: usize = 120;
const PRODUCTS_OF_ONE: usize = 10;

/// Returns a case study with a title of its own that names products.
fn study(title: &str, products: &[String]) -> domain::Document {
    let systems: String = products
        .iter()
        .map(|product| {
            format!(
                "  - category: single sign-on\n    supplier: Exampleware\n    product: {product}\n"
            )
        })
        .collect();
    let (start, rest) = STUDY.split_once("systems:\n").unwrap();
    let (_, end) = rest.split_once("audience:").unwrap();
    let text = format!("{start}systems:\n{systems}audience:{end}");
    parse(&text.replace("Tap-and-go log-in on drug trolleys", title))
}

/// Returns a word of letters that differs for each number.
fn word(number: usize) -> String {
    let letter = |place: usize| char::from(b'a' + u8::try_from(number / place % 26).unwrap());
    [letter(676), letter(26), letter(1)].iter().collect()
}

/// Returns a trust with a few products, and what a peer invented: 400 products that begin as those do, and the newest titles.
async fn flooded() -> (Trust, Vec<Trust>) {
    let own = Trust::new("ZZ1").await;
    let hostile = Trust::new("ZZ2").await;
    let other = Trust::new("ZZ3").await;
    own.publish(study("Tapping on one ward", &["Tapwell".to_owned()]))
        .await;
    let products = ["Tapwell".to_owned(), "Tapsmall".to_owned()];
    other
        .publish(study("Tapping on two wards", &products))
        .await;
    let mut all = Vec::new();
    for number in 0..FLOOD {
        let first = number * PRODUCTS_OF_ONE / 3;
        let products: Vec<String> = (first..first + PRODUCTS_OF_ONE)
            .map(|number| format!("Tap{}", word(number)))
            .collect();
        let title = format!("Tapping {} {}", word(number), word(number + 5_000));
        all.push(study(&title, &products));
    }
    hostile.publish_all(all).await;
    for peer in [&other, &hostile] {
        own.follow_and_pull(peer).await;
    }
    own.settle().await;
    (own, vec![hostile, other])
}

#[tokio::test]
async fn products_that_many_sites_name_come_first_and_the_others_take_turns() {
    let (own, _peers) = flooded().await;
    let browse = own.get("/browse").await.text;
    let filters = own.get("/search").await.text;
    for product in ["Tapwell", "Tapsmall"] {
        assert!(browse.contains(&format!(">{product}</a>")), "{product}");
        assert!(
            filters.contains(&format!("value=\"{product}\"")),
            "{product}"
        );
        let page = own.get(&format!("/products/{product}")).await;
        assert_eq!(page.status, 200, "{product}");
    }
    let found = own.ask("/api/v1/search").await;
    let systems = found["facets"]["system"].as_array().unwrap();
    assert_eq!(systems[0]["value"], "Tapwell", "{systems:?}");
    let place = systems.iter().position(|one| one["value"] == "Tapsmall");
    assert!(place.is_some_and(|place| place <= 2), "{place:?}");
    // The counts are as they were: those that the peer names oftenest have three documents.
    assert_eq!(systems[0]["count"], 2);
}

#[tokio::test]
async fn what_is_suggested_is_of_several_sites() {
    let (own, _peers) = flooded().await;
    // The peer's are the newest titles, and the most frequent products.
    let of_one = own.ask("/api/v1/suggest?q=tapsm").await;
    assert!(of_one.to_string().contains("\"Tapsmall\""), "{of_one}");
    for typed in ["tap", "tapp", "tapping"] {
        let answer = own
            .ask(&format!("/api/v1/suggest?q={typed}&limit=10"))
            .await;
        let all = answer["suggestions"].as_array().unwrap();
        let of =
            |kind: &str| -> Vec<&Value> { all.iter().filter(|one| one["kind"] == kind).collect() };
        let texts = |kind: &str| -> Vec<&str> {
            of(kind)
                .iter()
                .map(|one| one["text"].as_str().unwrap())
                .collect()
        };
        let titles = texts("document");
        for title in ["Tapping on one ward", "Tapping on two wards"] {
            assert!(titles.contains(&title), "{typed}: {titles:?}");
        }
        if typed == "tap" {
            assert_eq!(texts("product").first(), Some(&"Tapwell"), "{all:?}");
        }
    }
}

#[tokio::test]
async fn words_that_a_peer_invents_do_not_hide_a_title_that_is_nearly_typed() {
    let own = Trust::new("ZZ1").await;
    let hostile = Trust::new("ZZ2").await;
    own.publish(page("Tapestry", "words")).await;
    // Each word is in three titles of the peer, which makes it more frequent than that of the trust.
    let titles = (0..200).map(|number| {
        let words: Vec<String> = (0..20)
            .map(|at| format!("tapest{}", word(number / 3 * 20 + at)))
            .collect();
        page(&words.join(" "), "other words")
    });
    hostile.publish_all(titles.collect()).await;
    own.follow_and_pull(&hostile).await;
    own.settle().await;
    for typed in ["tapest", "tapestr", "tapestry"] {
        let answer = own.ask(&format!("/api/v1/suggest?q={typed}")).await;
        assert!(
            answer.to_string().contains("\"Tapestry\""),
            "{typed}: {answer}"
        );
    }
}
