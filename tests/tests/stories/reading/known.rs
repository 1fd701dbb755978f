//! What is known about a topic and a product, compared, and followed; and what of it a reader may not know.

use std::time::Duration;

use it::{
    samples::{OBSERVATION, STUDY, page, parse},
    trust::Trust,
};

/// Returns the sample study with another title, result, seconds after, and visibility.
pub(super) fn study(title: &str, result: &str, after: &str, visibility: &str) -> String {
    let text = STUDY
        .replace("Tap-and-go log-in on drug trolleys", title)
        .replace("\nresult: partly", &format!("\nresult: {result}"))
        .replace(
            "\nvisibility: public",
            &format!("\nvisibility: {visibility}"),
        )
        .replace("result: 7\n", &format!("result: {after}\n"));
    assert_ne!(text, STUDY);
    text
}

/// Returns the sample observation with another title, whose text names a product.
fn naming(title: &str, visibility: &str) -> String {
    let text = OBSERVATION
        .replace(
            "## What happened\n",
            "## What happened\n\nWe signed in with BADGEIN.\n",
        )
        .replace("visibility: public", &format!("visibility: {visibility}"));
    let (before, rest) = text.split_once("\ntitle: ").unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    format!("{before}\ntitle: {title}\n{rest}")
}

#[tokio::test]
async fn a_product_that_is_one_of_very_many_has_its_page() {
    let trust = Trust::new("ZZ1").await;
    let each = |number: usize| {
        let title = format!("Badges of maker {number:03}");
        let text = study(&title, "worked", "9", "public");
        assert!(text.contains("BadgeIn"));
        parse(&text.replace("BadgeIn", &format!("Badge {number:03}")))
    };
    trust.publish_all((0..305).map(each).collect()).await;
    trust.settle().await;
    for number in [0, 152, 304] {
        let path = format!("/products/Badge%20{number:03}");
        let page = trust.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("1 case study"), "{}", page.text);
    }
    // A feed of a search begins with what is new, from whichever page it is followed.
    let results = trust.get("/search?q=badges&page=3").await.text;
    assert!(results.contains("/search.atom?q=badges\""), "{results}");
    assert!(
        !results.contains("/search.atom?q=badges&#38;page"),
        "{results}"
    );
}

#[tokio::test]
async fn observations_that_name_a_product_are_counted_apart_from_what_declares_it() {
    let trust = Trust::new("ZZ1").await;
    let worked = study("Badges that worked on trolleys", "worked", "9", "public");
    trust.publish(parse(&worked)).await;
    trust.settle().await;
    let page = trust.get("/products/BadgeIn").await.text;
    assert!(!page.contains("Observations that name it"), "{page}");
    for (title, visibility) in [
        ("A badge that was left at home", "public"),
        ("A badge that no one may read of", "organisation"),
    ] {
        trust.publish(parse(&naming(title, visibility))).await;
    }
    trust.settle().await;
    let page = trust.get("/products/BadgeIn").await.text;
    for words in [
        "Tried by 1 organisation, in 1 case study",
        "1 observation from 1 organisation names it in the text: <a href=\"/search?q=%22BadgeIn%22",
        "A badge that was left at home",
    ] {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    assert!(!page.contains("no one may read"), "{page}");
    // Its number leads to as many.
    let link = between(&page, "names it in the text: <a href=\"", "\"");
    let found = link
        .replace("&#38;", "&")
        .replacen("/search", "/api/v1/search", 1);
    assert_eq!(trust.ask(&found).await["total"], 1);
    let known = trust.ask("/api/v1/known?system=badgein").await;
    assert_eq!(known["documents"], 1);
    assert_eq!(known["named_in_observations"]["documents"], 1);
    // On another topic no observation names it.
    let known = trust.ask("/api/v1/known?system=badgein&topic=epma").await;
    assert_eq!(known["named_in_observations"], serde_json::Value::Null);
}

#[tokio::test]
async fn the_words_that_people_type_lead_to_what_is_known() {
    let trust = Trust::new("ZZ1").await;
    for title in [
        "Badges on the wards",
        "Badges in theatres",
        "Badges in clinics",
    ] {
        trust
            .publish(parse(&study(title, "worked", "9", "public")))
            .await;
    }
    // All have the topic, and all but this one another, too.
    let of_one = study("Badges at the doors", "worked", "9", "public");
    let of_one = of_one.replace("[single-sign-on-identity, epma]", "[epma]");
    trust.publish(parse(&of_one)).await;
    trust.settle().await;
    for (query, leads) in [
        // Another word for the topic, and its abbreviation.
        ("q=SSO", Some("single-sign-on-identity")),
        ("q=smartcards", Some("single-sign-on-identity")),
        // No name of a topic: but all that has the word is about it.
        ("q=badges", Some("epma")),
        ("q=badges+clinics", None),
        ("q=badges&result=worked", None),
    ] {
        let page = trust.get(&format!("/search?{query}")).await.text;
        let link = page.split_once("\">What is known");
        let link = link.and_then(|(before, _)| before.rsplit_once("href=\"/topics/"));
        assert_eq!(link.map(|(_, topic)| topic), leads, "{query}");
    }
    // A subject of projects of every sort is not judged.
    let page = trust.get("/topics/training-adoption").await.text;
    assert!(!page.contains("id=\"rule\""), "{page}");
    // A reader of feeds sees what each is about.
    for (address, title) in [
        (
            "/search.atom?topic=single-sign-on-identity",
            "search for Single sign-on and identity</title>",
        ),
        (
            "/search.atom?q=badges&result=worked",
            "search for badges, Worked</title>",
        ),
        ("/search.atom?q=", "search for everything</title>"),
    ] {
        let feed = trust.get(address).await.text;
        assert!(feed.contains(title), "{title} is not in {feed}");
    }
}

#[tokio::test]
async fn a_topic_and_a_product_say_what_is_known_about_them() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    trust
        .publish(parse(&study(
            "Badges that worked on trolleys",
            "worked",
            "9",
            "public",
        )))
        .await;
    trust.publish(parse(OBSERVATION)).await;
    other
        .publish(parse(&study(
            "Badges that did not work here",
            "did-not-work",
            "60",
            "public",
        )))
        .await;
    trust.follow_and_pull(&other).await;
    trust.settle().await;

    let page = trust.get("/topics/single-sign-on-identity").await.text;
    for words in [
        "Tried by 2 organisations, in 2 case studies",
        ">1 worked</a>",
        ">1 did not work</a>",
        // By the rule: two organisations measured before and after.
        "<b>Fairly well measured</b>",
        "<p class=\"app-paper\">",
        "Results differ: 1 worked, 1 did not work",
        "The same product, different results",
        "Measures next to each other",
        "Between down 43 and up 8",
        "Survey the Wi-Fi first.",
        "Lead nurse for digital, open to a call",
        "/search.atom?kind=case-study&#38;kind=observation&#38;topic=single-sign-on-identity",
        "/compare?d=",
    ] {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    assert!(!page.contains("digital.nursing@"), "the mailbox is private");

    // An observation counts, and is no case study.
    let page = trust.get("/topics/clinical-noting").await.text;
    assert!(
        page.contains("Tried by 1 organisation, in 1 observation"),
        "{page}"
    );
    assert!(page.contains("<b>Opinion only</b>"), "{page}");

    // A product is found in any letter case, alone and within a topic.
    for path in [
        "/products/badgein",
        "/products/BadgeIn",
        "/topics/epma/BADGEIN",
    ] {
        let page = trust.get(path).await.text;
        assert!(page.contains("Tried by 2 organisations"), "{path}: {page}");
    }
    let capitals = trust.get("/topics/EPMA").await;
    assert_eq!(
        (capitals.status.as_u16(), capitals.header("location")),
        (308, "/topics/epma")
    );
    for path in [
        "/topics/nothing",
        "/products/Nothing",
        "/topics/epma/Nothing",
        "/topics/nothing/BadgeIn",
    ] {
        assert_eq!(trust.get(path).await.status, 404, "{path}");
    }
    // Where there is nothing, what has a name near it is offered, and a search for the name.
    for (path, heading, link) in [
        (
            "/topics/electronic-noting",
            "No page for this topic",
            "/topics/clinical-noting",
        ),
        (
            "/products/Badge-Inn",
            "No page for this product",
            "/products/BadgeIn",
        ),
        (
            "/topics/epma/BagdeIn",
            "No page for this product",
            "/products/BadgeIn",
        ),
        (
            "/organisations/zz3",
            "No page for this organisation",
            "/browse",
        ),
    ] {
        let answer = trust.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        let (_, name) = path.rsplit_once('/').unwrap();
        for words in [
            heading,
            &format!("“{name}”"),
            &format!("href=\"{link}\""),
            &format!("value=\"{name}\""),
        ] {
            assert!(answer.text.contains(words), "{words}: {}", answer.text);
        }
    }
    let page = trust.get("/topics/cyber").await.text;
    assert!(
        page.contains("No one has published anything on this here yet"),
        "{page}"
    );

    let known = trust.ask("/api/v1/known?topic=epma&system=badgein").await;
    assert_eq!(
        (&known["documents"], &known["organisations"]),
        (&2.into(), &2.into())
    );
    assert_eq!(
        (&known["system"], &known["agreement"]),
        (&"BadgeIn".into(), &"differ".into())
    );
    assert_eq!(known["strength"]["value"], "moderate");
    assert_eq!(known["studies"][0]["open_to"][0], "call");
    assert_eq!(known["compared"][0]["change"]["lowest"], -43.0);
    // A product has the name that it has for assistants, too; whoever names nothing, or no topic, learns what there is.
    let product = trust.ask("/api/v1/known?topic=epma&product=badgein").await;
    assert_eq!(product["system"], "BadgeIn");
    for (query, words) in [
        ("", "name a `topic`, a `system` or both"),
        ("?topic=flurble", "the topics are: "),
    ] {
        let answer = trust.get(&format!("/api/v1/known{query}")).await;
        assert_eq!(answer.status, 404, "{query}");
        assert!(answer.text.contains(words), "{query}: {}", answer.text);
    }
    // What an organisation works on leads to as many of its own pages as it says.
    let page = trust.get("/organisations/zz1").await.text;
    let link = between(&page, "<dt>Works on</dt><dd><a href=\"", "\"");
    let count = between(&page, &format!("{link}\">"), "<br>");
    let found = link
        .replace("&#38;", "&")
        .replacen("/search?", "/api/v1/search?", 1);
    assert!(found.contains("organisation="), "{found}");
    let total = trust.ask(&found).await["total"].to_string();
    assert!(
        count.ends_with(&format!("</a> {total}")),
        "{count}: {total}"
    );

    // The matrix of the page for browsing, and a comparison of both.
    let page = trust.get("/browse").await.text;
    assert!(page.contains("/topics/single-sign-on-identity"), "{page}");
    let list = trust.get("/search?q=badges").await.text;
    let picks: Vec<&str> = list
        .split("name=\"d\" value=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .collect();
    assert_eq!(picks.len(), 2, "{list}");
    let page = trust
        .get(&format!("/compare?d={}&d={}", picks[0], picks[1]))
        .await
        .text;
    for words in [
        "Badges that worked on trolleys",
        "Badges that did not work here",
        "from 52 to 9",
        "Survey the Wi-Fi first.",
    ] {
        assert!(page.contains(words), "{words} is not in {page}");
    }
}

/// Every address that puts documents together.
const TOGETHER: [&str; 8] = [
    "/topics/epma",
    "/topics/single-sign-on-identity",
    "/topics/epma/BadgeIn",
    "/products/BadgeIn",
    "/api/v1/known?topic=epma",
    "/api/v1/known?system=BadgeIn",
    "/browse",
    "/search?topic=epma",
];

#[tokio::test]
async fn what_a_reader_may_not_see_changes_nothing_that_is_put_together() {
    let trust = Trust::new("ZZ1").await;
    trust
        .publish(parse(&study(
            "Badges that worked on trolleys",
            "worked",
            "9",
            "public",
        )))
        .await;
    trust.settle().await;
    let read = async || {
        let mut all = Vec::new();
        for path in TOGETHER {
            all.push(trust.get(path).await.text);
        }
        all
    };
    let before = read().await;
    let mut kept = Vec::new();
    for (number, visibility) in ["network", "organisation"]
        .into_iter()
        .cycle()
        .take(6)
        .enumerate()
    {
        let text = study(
            &format!("Kept back badges {number}"),
            "did-not-work",
            "90",
            visibility,
        )
        .replace(
            "product: BadgeIn",
            if number < 3 {
                "product: BadgeIn"
            } else {
                "product: HiddenWare"
            },
        );
        kept.push(trust.publish(parse(&text)).await.0);
    }
    trust.settle().await;
    assert_eq!(read().await, before);
    // A product that only they name does not exist, and a comparison has no word of them.
    for path in [
        "/products/HiddenWare",
        "/topics/epma/HiddenWare",
        "/api/v1/known?system=HiddenWare",
    ] {
        assert_eq!(trust.get(path).await.status, 404, "{path}");
    }
    let near = trust.get("/products/HiddenWares").await.text;
    assert!(!near.contains("/products/HiddenWare"), "{near}");
    let picks: Vec<String> = kept.iter().map(|id| format!("d=zz1/{id}")).collect();
    let page = trust
        .get(&format!("/compare?{}", picks.join("&")))
        .await
        .text;
    assert!(!page.contains("Kept back"), "{page}");

    // A withdrawn document is in none from the commit on.
    let (gone, _) = trust
        .publish(parse(&study(
            "Badges soon gone",
            "did-not-work",
            "90",
            "public",
        )))
        .await;
    let pages = read().await;
    assert_ne!(pages, before);
    trust.withdraw(gone).await;
    for (path, text) in TOGETHER.iter().zip(read().await) {
        assert!(!text.contains("Badges soon gone"), "{path}");
    }
    trust.settle().await;
    assert_eq!(read().await, before);
}

/// Returns the part of a page between two texts.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.split_once(from).expect(from);
    rest.split_once(to).expect(to).0
}

#[tokio::test]
async fn who_has_ten_minutes_is_led_to_what_has_a_result_to_what_is_known_and_to_what_is_new() {
    let trust = Trust::new("ZZ1").await;
    trust
        .publish(page("Canteen hours", "Open until nine."))
        .await;
    // Where nothing has a result, the newest are shown.
    let home = trust.get("/").await.text;
    let latest = between(&home, "id=\"latest\"", "</section>");
    assert!(latest.contains("Canteen hours"), "{latest}");
    let worked = study("Badges that worked on trolleys", "worked", "9", "public");
    trust.publish(parse(&worked)).await;
    trust
        .publish(page("Car park rules", "Pay at the gate."))
        .await;
    let home = trust.get("/").await.text;
    let latest = between(&home, "id=\"latest\"", "</section>");
    assert!(latest.contains("Badges that worked"), "{latest}");
    assert!(!latest.contains("Car park"), "{latest}");
    assert!(
        latest.contains("result=worked"),
        "the link to all: {latest}"
    );

    for (typed, path) in [
        ("single+sign", "/topics/single-sign-on-identity"),
        ("badgein", "/products/BadgeIn"),
    ] {
        let found = trust.ask(&format!("/api/v1/suggest?q={typed}")).await;
        let url = found["suggestions"][0]["url"].as_str().unwrap();
        assert!(url.ends_with(path), "{url}");
        assert_eq!(trust.get(path).await.status, 200, "{path}");
    }
    let browse = trust.get("/browse").await.text;
    let products = between(&browse, ">BadgeIn</a>", "</li>");
    assert!(
        products.starts_with("<small>Single sign-on</small>"),
        "{products}"
    );

    let network = trust.get("/federation").await.text;
    assert!(
        network.contains("new this week, from 1 organisation<"),
        "{network}"
    );
    // The number leads to exactly as many.
    let since = |page: &str| {
        let link = between(page, "app-known__sentence\"><a href=\"", "</a>");
        let (href, words) = link.split_once("\">").unwrap();
        (href.replace("&#38;", "&"), words.to_owned())
    };
    assert_eq!(since(&network).1, "2 pages");
    trust.advance(Duration::from_secs(5 * 86_400));
    trust
        .publish(page("Bleep rota", "Ask the site team."))
        .await;
    trust.advance(Duration::from_secs(4 * 86_400));
    let network = trust.get("/federation").await.text;
    let (href, words) = since(&network);
    assert_eq!(words, "1 page");
    let listed = trust.get(&href).await.text;
    assert!(listed.contains(">1 result<"), "{href}: {listed}");
    assert!(listed.contains("Bleep rota") && listed.contains("New since "));
    assert!(!listed.contains("Canteen hours"), "{listed}");
    let counted = trust
        .ask(&href.replacen("/search", "/api/v1/search", 1))
        .await;
    assert_eq!(counted["total"], 1);
    let refused = trust.get("/search?since=yesterday").await.text;
    assert!(refused.contains("“yesterday” is not a day"), "{refused}");
    trust.advance(Duration::from_secs(8 * 86_400));
    let network = trust.get("/federation").await.text;
    assert!(!network.contains("this week"), "{network}");
}

#[tokio::test]
async fn equal_measures_are_next_to_each_other_and_a_cost_is_its_amounts() {
    let trust = Trust::new("ZZ1").await;
    let first = study("Badges that worked on trolleys", "worked", "9", "public");
    let second = study("Badges that did not work", "did-not-work", "60", "public")
        .replace(
            "name: Time to log in at the trolley",
            "name: time to log in  at the Trolley",
        )
        .replace(
            "name: Drug rounds finished on time",
            "name: Rounds without a gap",
        );
    let mut picks = Vec::new();
    for text in [first, second] {
        let (id, _) = trust.publish(parse(&text)).await;
        picks.push(format!("d=zz1/{id}"));
    }
    let sheet = trust
        .get(&format!("/compare?{}", picks.join("&")))
        .await
        .text;
    let row = |label: &str| between(&sheet, &format!(">{label}</th>"), "</tr>").to_owned();
    let same = row("Time to log in at the trolley");
    assert!(
        same.contains("from 52 to 9") && same.contains("from 52 to 60"),
        "{same}"
    );
    let others = row("Other measures");
    for name in ["Drug rounds finished on time: ", "Rounds without a gap: "] {
        assert!(others.contains(name), "{others}");
    }
    assert!(
        row("What did it cost?").contains("£31,500 one-off"),
        "{sheet}"
    );
    let who = row("Who can I ask?");
    assert!(who.contains("Open to a call and a visit"), "{who}");
}
