//! Feeds, tables and the site map, as their readers take them.

use it::{
    answer::Answer,
    samples::{case_study, page},
    setup::Setup,
    trust::Trust,
};
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn feeds_hold_everything_page_by_page() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    trust.publish_pages(60, "Own page", "words").await;
    let (theirs, _) = other.publish(page("Page of the other", "words")).await;
    trust.follow_and_pull(&other).await;
    let first = trust.ask("/feed.json").await;
    assert_eq!(first["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    let theirs = format!("urn:wardround:{}:{theirs}", other.id());
    let mut items = first["items"].as_array().unwrap().iter();
    assert!(items.any(|item| item["id"] == theirs));
    let second = trust.ask(first["next_url"].as_str().unwrap()).await;
    assert_eq!(second["items"].as_array().unwrap().len(), 11);
    assert!(second.get("next_url").is_none());
    let atom = trust.get("/feed.atom").await;
    assert_eq!(
        atom.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    assert_eq!(atom.text.matches("<entry>").count(), 50);
    for link in [
        "rel=\"self\"",
        "rel=\"first\"",
        "rel=\"next\"",
        "rel=\"alternate\"",
    ] {
        assert!(atom.text.contains(link), "{link}");
    }
    let etag = atom.header("etag").to_owned();
    let again = trust
        .get_with("/feed.atom", &[("if-none-match", &etag)])
        .await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    let organisation = trust.ask("/organisations/zz2/feed.json").await;
    assert_eq!(organisation["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        trust
            .get("/organisations/zz2/feed.atom")
            .await
            .text
            .matches("<entry>")
            .count(),
        1
    );
    assert_eq!(
        trust.get("/organisations/unknown/feed.atom").await.status,
        404
    );
    let found = trust.ask("/search.json?q=other&organisation=ZZ2").await;
    assert_eq!(found["items"][0]["title"], "Page of the other");
    let paged = trust.ask("/search.json?kind=page&per_page=40").await;
    let next = trust.ask(paged["next_url"].as_str().unwrap()).await;
    assert_eq!(next["items"].as_array().unwrap().len(), 21);
    let map = trust.get("/sitemap.xml").await;
    assert_eq!(map.text.matches("<loc>").count(), 60);
    assert!(
        !map.text.contains("/d/zz2/"),
        "only this node's own documents are in its map"
    );
    assert_eq!(trust.get("/sitemap/0.xml").await.text, map.text);
    for wrong in [
        "/sitemap/1.xml",
        "/sitemap/-1.xml",
        "/sitemap/0",
        "/sitemap/99999999999.xml",
    ] {
        assert_eq!(trust.get(wrong).await.status, 404, "{wrong}");
    }
    assert!(
        trust
            .get("/robots.txt")
            .await
            .text
            .contains(&format!("Sitemap: {}/sitemap.xml", trust.site()))
    );
}

#[tokio::test]
async fn security_txt_names_the_contact_for_reports_of_a_weakness() {
    let trust = Setup::new("ZZ1")
        .contact("mailto:safe@zz1.example")
        .start()
        .await;
    let answer = trust.get("/.well-known/security.txt").await;
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let line = |name: &str| {
        answer
            .text
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
    };
    assert_eq!(line("Contact: "), "mailto:safe@zz1.example");
    let expires = wire::Timestamp::parse(line("Expires: ")).unwrap();
    let days = expires.since(trust.clock.now()).as_secs() / 86_400;
    assert!((170..365).contains(&days), "{days}");
    assert_eq!(
        line("Canonical: "),
        format!("{}/.well-known/security.txt", trust.site())
    );
    // A tag is compared weakly: without its `W/` it is the same (RFC 9110 §13.1.2).
    for path in ["/.well-known/security.txt", "/feed.atom", "/help"] {
        let tag = trust.get(path).await.header("etag").to_owned();
        for held in [tag.clone(), tag.trim_start_matches("W/").to_owned()] {
            let again = trust
                .get_with(path, &[("if-none-match", held.as_str())])
                .await;
            assert_eq!(again.status, 304, "{path} {held}");
        }
    }
    // The ids of two requests say nothing of how many there were between them.
    let id = async || {
        let answer = trust.get("/healthz").await;
        u64::from_str_radix(answer.header("x-request-id"), 16).unwrap()
    };
    let (first, second) = (id().await, id().await);
    assert!(first.abs_diff(second) > 1_000, "{first:x} {second:x}");
}

#[tokio::test]
async fn a_feed_of_a_search_has_what_has_all_its_words() {
    let trust = Trust::new("ZZ1").await;
    for title in ["Bleeps to phones", "Phones in theatres", "Wards and phones"] {
        trust.publish(page(title, "words")).await;
    }
    trust.settle().await;
    let items = async |address: &str| {
        let feed = trust.ask(address).await;
        let about = feed["description"].as_str().map(str::to_owned);
        (feed["items"].as_array().unwrap().len(), about)
    };
    assert_eq!(items("/search.json?q=bleeps+phones").await, (1, None));
    assert_eq!(items("/search.json?q=phones").await, (3, None));
    // The table has all results, each with a word for it.
    let table = trust.get("/search.csv?q=bleeps+phones").await.text;
    assert_eq!(table.lines().count(), 4, "{table}");
    // Pages of results with all the words only.
    let first = trust.ask("/search.json?q=phones&per_page=2").await;
    let second = trust.ask(first["next_url"].as_str().unwrap()).await;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert!(second.get("next_url").is_none(), "{second}");
    let one = trust.ask("/search.json?q=bleeps+phones&per_page=1").await;
    assert!(one.get("next_url").is_none(), "{one}");
    // Where no page has all the words, the first one that has them is the first in the feed.
    let nothing =
        "No page has all the words of this search yet. The first one that has them will be here.";
    let search = "/search.json?q=bleeps+theatres";
    assert_eq!(items(search).await, (0, Some(nothing.to_owned())));
    let atom = trust.get("/search.atom?q=bleeps+theatres").await.text;
    assert!(
        atom.contains(&format!("<subtitle>{nothing}</subtitle>")),
        "{atom}"
    );
    trust.publish(page("Bleeps in theatres", "words")).await;
    trust.settle().await;
    assert_eq!(items(search).await, (1, None));
}

#[tokio::test]
async fn a_search_is_a_table_too() {
    let trust = Trust::new("ZZ1").await;
    trust.publish_pages(120, "Page", "words").await;
    trust.publish(page("=cmd|' /C calc'!A0", "formula")).await;
    trust.publish(case_study()).await;
    let table = trust.get("/search.csv").await;
    assert_eq!(
        table.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert!(table.header("content-disposition").contains("attachment"));
    assert!(
        table
            .text
            .starts_with("\u{feff}title,url,organisation,ods,kind,")
    );
    assert_eq!(table.text.lines().count(), 123);
    let formula = table
        .text
        .lines()
        .find(|line| line.contains("calc"))
        .unwrap();
    assert!(formula.starts_with("\"'=cmd|"), "{formula}");
    let length = |answer: &Answer| answer.header("content-length").to_owned();
    assert_eq!(length(&table), "", "it is sent while it is made");
    let head = trust.send(Method::HEAD, "/search.csv", &[], "").await;
    assert_eq!((head.status.as_u16(), length(&head)), (200, String::new()));
    for name in ["content-type", "cache-control"] {
        assert_eq!(head.header(name), table.header(name));
    }
    let one = trust.get("/search.csv?kind=case-study").await;
    assert_eq!(one.text.lines().count(), 2);
    assert!(one.text.contains(",Case study,"), "{}", one.text);
}

#[tokio::test]
async fn a_long_table_has_each_result_once_and_ends_after_a_thousand() {
    let trust = Trust::new("ZZ1").await;
    trust.publish_pages(1_050, "Page", "words").await;
    let table = trust.get("/search.csv?q=words&sort=newest").await.text;
    assert!(table.ends_with("\r\n"));
    let rows: Vec<&str> = table.lines().skip(1).collect();
    let titles: Vec<&str> = rows
        .iter()
        .map(|row| row.split(',').next().unwrap())
        .collect();
    // The same results in the same order as the pages of the search.
    let mut expected = Vec::new();
    for page in 1..=10 {
        let path = format!("/api/v1/search?q=words&sort=newest&per_page=100&page={page}");
        let found = trust.ask(&path).await;
        let hits = found["hits"].as_array().unwrap();
        expected.extend(
            hits.iter()
                .map(|hit| hit["title"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(titles, expected);
    assert_eq!(rows.len(), 1_000);
}
