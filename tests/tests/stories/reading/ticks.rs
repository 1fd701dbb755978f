//! What a reader has ticked or typed stays theirs on the way through pages of results.

use it::{samples::parse, trust::Trust};
use wire::DocumentId;

use super::known::study;

/// Publishes two studies that a search for badges finds; returns the values of their boxes, in the order of the results.
async fn published(trust: &Trust) -> [String; 2] {
    for (title, result, after) in [
        ("Badges that worked on trolleys", "worked", "9"),
        ("Badges that did not work here", "did-not-work", "60"),
    ] {
        let text = study(title, result, after, "public");
        trust.publish(parse(&text)).await;
    }
    let list = trust.get("/search?q=badges").await.text;
    let boxes = list.split("name=\"d\" value=\"").skip(1);
    let values: Vec<String> = boxes
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect();
    // Where nothing is ticked, no address says anything of it.
    assert!(!list.contains(";d=") && !list.contains("?d="), "{list}");
    values.try_into().expect("two boxes")
}

fn tick(value: &str) -> String {
    format!("d={}", value.replace('/', "%2F"))
}

#[tokio::test]
async fn what_is_ticked_stays_ticked_on_the_way_through_results() {
    let trust = Trust::new("ZZ1").await;
    let [first, second] = published(&trust).await;
    let search = "/search?q=badges&per_page=1";
    let is_ticked = |page: &str, value: &str| page.contains(&format!("value=\"{value}\" checked>"));
    // Links to other results carry it; feeds, tables and the address to keep do not.
    let page = trust.get(&format!("{search}&{}", tick(&first))).await.text;
    assert!(is_ticked(&page, &first), "{page}");
    assert!(!page.contains("chosen on another page"), "{page}");
    let carried = tick(&first);
    for link in [
        "/search?q=badges&#38;sort=newest&#38;per_page=1",
        "/search?q=badges&#38;per_page=1&#38;page=2",
    ] {
        let link = format!("href=\"{link}&#38;{carried}\"");
        assert!(page.contains(&link), "{link}: {page}");
    }
    for address in [
        "/search.atom?q=badges&#38;per_page=1\"",
        "/search.json?q=badges&#38;per_page=1\"",
        "/search.csv?q=badges&#38;per_page=1\"",
        "/search?q=badges&#38;per_page=1</span>",
    ] {
        assert!(page.contains(address), "{address}: {page}");
    }
    let filtered = format!("/search?q=badges&kind=case-study&{carried}");
    let page_of_kind = trust.get(&filtered).await.text;
    let chip = format!("class=\"app-chip\" href=\"/search?q=badges&#38;{carried}\"");
    assert!(page_of_kind.contains(&chip), "{page_of_kind}");
    // On the next page it is said and kept, with a link without it.
    let both = format!("{}&{}", tick(&first), tick(&second));
    for (ticks, words, left) in [
        (tick(&first), "1 chosen on another page", String::new()),
        (
            both.clone(),
            "1 more chosen on another page",
            format!("&#38;{}", tick(&second)),
        ),
    ] {
        let page = trust.get(&format!("{search}&page=2&{ticks}")).await.text;
        assert!(page.contains(words), "{words}: {page}");
        assert!(is_ticked(&page, &first), "{page}");
        assert_eq!(is_ticked(&page, &second), ticks == both, "{page}");
        let clear = format!("href=\"/search?q=badges&#38;per_page=1&#38;page=2{left}\"");
        assert!(page.contains(&clear), "{clear}: {page}");
    }
    // A page that is not there leads to the first one, with what is ticked.
    let beyond = trust.get(&format!("/search?q=badges&page=9&{both}")).await;
    assert_eq!(
        beyond.header("location"),
        format!("/search?q=badges&{both}")
    );
    // A node is also named by its id.
    let (_, id) = first.split_once('/').unwrap();
    let named = format!("/search?q=badges&d={}/{id}", trust.id());
    assert!(is_ticked(&trust.get(&named).await.text, &first));
}

#[tokio::test]
async fn the_results_that_a_comparison_leads_back_to_have_the_same_ticks() {
    let trust = Trust::new("ZZ1").await;
    let [first, second] = published(&trust).await;
    let both = format!("{}&{}", tick(&first), tick(&second));
    let sent = format!("/compare?q=badges&spend-typed=&effort-typed=&page=2&{both}");
    let kept = format!("/compare?q=badges&page=2&{both}");
    assert_eq!(trust.get(&sent).await.header("location"), kept);
    let sheet = trust.get(&kept).await.text;
    let back = format!("/search?q=badges&page=2&{both}").replace('&', "&#38;");
    assert!(
        sheet.contains(&format!("<a href=\"{back}\">Back to results</a>")),
        "{sheet}"
    );
}

#[tokio::test]
async fn a_tick_of_what_may_not_be_read_is_one_of_nothing() {
    let trust = Trust::new("ZZ1").await;
    let [_, second] = published(&trust).await;
    let kept = study("Badges for us alone", "worked", "9", "organisation");
    let (restricted, _) = trust.publish(parse(&kept)).await;
    let missing = DocumentId::parse("01996c5e-8a00-7000-8000-000000000001").unwrap();
    let mut pages = Vec::new();
    for id in [restricted, missing] {
        let ticks = format!("d=zz1%2F{id}&{}", tick(&second));
        let page = trust.get(&format!("/search?q=badges&{ticks}")).await.text;
        assert!(!page.contains(&id.to_string()), "{page}");
        assert!(!page.contains("chosen on"), "{page}");
        pages.push(page);
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn an_amount_that_is_none_stays_in_its_field_with_what_is_wrong_with_it() {
    let trust = Trust::new("ZZ1").await;
    published(&trust).await;
    for query in [
        "q=badges&spend-typed=abc",
        "q=badges&spend-typed=abc&priority=purple&stage=nowhere&page=0",
    ] {
        let page = trust.get(&format!("/search?{query}")).await.text;
        for words in [
            "id=\"spend-typed\" value=\"abc\"",
            "</span> We ignored the filter “abc”: it is not an amount",
            "<p class=\"app-note\">We ignored the filter “abc”: it is not an amount",
            "<a href=\"#spend-typed\">",
            "<details class=\"app-filters\" open>",
        ] {
            assert!(page.contains(words), "{query}: {words}: {page}");
        }
        assert!(!page.contains("<li>We ignored the filter “abc”"), "{page}");
    }
    // An amount is taken, and a field that was left empty is in no address.
    let page = trust.get("/search?q=badges&spend-typed=900k").await.text;
    assert!(!page.contains("value=\"900k\""), "{page}");
    let sent = "/search?q=badges&spend-typed=&effort-typed=&topic=";
    let answer = trust.get(sent).await;
    assert_eq!(answer.header("location"), "/search?q=badges&topic=");
}
