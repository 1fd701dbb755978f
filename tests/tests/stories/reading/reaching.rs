//! How readers reach an organisation, and what its page shows first.

use domain::{Content, Document};
use it::{
    samples::{case_study, page},
    setup::Setup,
    trust::Trust,
};

const MAIL: &str = "mailto:lessons@northmoor.example";

/// A case study whose review was due long ago.
fn overdue() -> Document {
    let mut document = case_study();
    document.common.review_by = wire::Date::parse("2020-01-31");
    document
}

/// The addresses of the links whose words are these.
fn links(html: &str, words: &str) -> Vec<String> {
    html.split("<a ")
        .filter(|link| {
            link.split_once('>')
                .is_some_and(|(_, rest)| rest.starts_with(words))
        })
        .filter_map(|link| link.split_once("href=\"")?.1.split_once('"'))
        .map(|(href, _)| href.to_owned())
        .collect()
}

#[tokio::test]
async fn readers_can_write_to_those_who_published_here_and_at_a_peer() {
    let trust = Trust::new("ZZ1").await;
    let other = Setup::new("ZZ2").contact(MAIL).start().await;
    let (_, path) = other.publish(overdue()).await;
    trust.follow_and_pull(&other).await;
    for node in [&trust, &other] {
        let html = node.get(&path).await.text;
        let glance = links(&html, "Ask about this").remove(0);
        let team = links(&html, "Email Trust ZZ2 about this case study").remove(0);
        for href in [glance, team] {
            assert!(href.starts_with(&format!("{MAIL}?subject=")), "{href}");
            assert!(!href.contains([' ', '&']), "{href}");
        }
        assert_eq!(links(&html, "Ask the organisation"), ["#team"]);
        assert_eq!(links(&html, "Talk to the team"), ["#team"]);
        let report = links(&html, "Report a problem with this page").remove(0);
        let address = format!("{MAIL}?subject=Problem%20with%20http%3A%2F%2F127.0.0.1%3A");
        assert!(report.starts_with(&address), "{report}");
        let organisation = node.get("/organisations/zz2").await.text;
        assert_eq!(links(&organisation, "lessons@northmoor.example"), [MAIL]);
    }
    assert_eq!(links(&other.get("/").await.text, "Contact"), [MAIL]);
    assert!(links(&trust.get("/").await.text, "Contact").is_empty());
}

#[tokio::test]
async fn an_organisation_that_gives_no_contact_is_reached_at_its_own_site() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    let (_, path) = other.publish(case_study()).await;
    trust.follow_and_pull(&other).await;
    let html = trust.get(&path).await.text;
    let site = format!("{}/", other.site());
    let words = site.trim_start_matches("http://").trim_end_matches('/');
    assert_eq!(links(&html, "Ask about this"), [site.as_str()]);
    assert_eq!(links(&html, "their own site"), [site.as_str()]);
    assert_eq!(
        links(&html, "Report a problem with this page"),
        [site.as_str()]
    );
    // There, a link to its own site would lead nowhere new.
    let html = other.get(&path).await.text;
    assert!(links(&html, words).is_empty());
    assert!(
        html.contains("could identify a patient, contact Trust ZZ2."),
        "{html}"
    );
}

#[tokio::test]
async fn a_page_of_an_organisation_says_who_it_is_then_its_five_latest_and_where_the_rest_is() {
    let trust = Setup::new("ZZ1").contact(MAIL).start().await;
    for number in 0..7 {
        let mut document = case_study();
        document.common.title = format!("Case study {number}");
        trust.publish(document).await;
    }
    let html = trust.get("/organisations/zz1").await.text;
    assert_eq!(html.matches("<li class=\"app-result\">").count(), 5);
    assert!(html.contains("Latest case studies</h2>"), "{html}");
    let all = links(&html, "See all 7 case studies").remove(0);
    assert!(trust.get(&all).await.text.contains(">7 case studies</h1>"));
    let place = |words: &str| html.find(words).unwrap();
    assert!(place("id=\"about\"") < place("id=\"published\""));
    assert!(place("id=\"published\"") < place("id=\"identity\""));
    assert_eq!(
        html.matches("Published here").count(),
        1,
        "said once, not on each card"
    );
    trust.publish(page("A page", "words")).await;
    let html = trust.get("/organisations/zz1").await.text;
    assert_eq!(links(&html, "See all 8 documents").len(), 1);
}

#[tokio::test]
async fn words_that_are_too_common_to_be_searched_for_are_not_said_to_be_found() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(case_study()).await;
    for (query, heading, sort) in [
        (
            "q=prescribing",
            "1 case study for “prescribing”",
            "Relevance",
        ),
        ("q=the", "1 case study", "Newest"),
        ("q=the&sort=adopted", "1 case study", "Most tried"),
        (
            "q=prescribing&sort=newest",
            "1 case study for “prescribing”",
            "Newest",
        ),
        ("q=topic%3Aepma", "1 case study for “topic:epma”", "Newest"),
        ("q=sarsaparilla", "No results for “sarsaparilla”", ""),
    ] {
        let html = trust.get(&format!("/search?{query}")).await.text;
        assert!(
            html.contains(&format!(">{heading}</h1>")),
            "{query}: {html}"
        );
        let current = format!("<strong aria-current=\"true\">{sort}</strong>");
        assert_eq!(html.contains(&current), !sort.is_empty(), "{query}");
        let relevance = heading.contains("prescribing");
        assert_eq!(html.contains("Relevance<"), relevance, "{query}");
    }
}

#[tokio::test]
async fn a_heading_says_that_none_has_all_the_words_where_others_have_some() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(page("Badges", "zebra")).await;
    trust.publish(page("Doors", "aardvark")).await;
    let html = trust.get("/search?q=zebra+aardvark").await.text;
    let heading = "No results with all your words, 2 with some of them";
    assert!(html.contains(&format!(">{heading}</h1>")), "{html}");
    assert!(
        html.contains(&format!("<title>“zebra aardvark” – {heading} – ")),
        "{html}"
    );
    // The heading of the page is that of the results, so each is one level below it.
    assert!(
        !html.contains("app-partial") && !html.contains("<h3"),
        "{html}"
    );
    assert!(
        html.contains(">Badges<") && html.contains(">Doors<"),
        "{html}"
    );
}

#[tokio::test]
async fn a_filter_without_such_a_value_is_searched_for_as_words_and_a_note_says_so() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(case_study()).await;
    for (query, note) in [
        (
            "result:foo",
            "“result:foo” is not a filter. We searched for it as words. What result: takes: worked, partly, did-not-work, too-early.</p>",
        ),
        (
            "organisation:zz9",
            "“organisation:ZZ9” is not a filter. We searched for it as words.",
        ),
        (
            "prescribing -result:foo",
            "We ignored “-result:foo”, which is not a filter.",
        ),
    ] {
        let html = trust.get(&format!("/search?q={query}")).await.text;
        assert!(
            html.contains(&format!("<p class=\"app-note\">{note}")),
            "{html}"
        );
    }
    let html = trust.get("/search?q=organisation:zz1").await.text;
    assert!(!html.contains("app-note"), "{html}");
}

#[tokio::test]
async fn a_peers_first_version_is_called_the_only_one() {
    let trust = Trust::new("ZZ1").await;
    let other = Trust::new("ZZ2").await;
    let (_, path) = other.publish(case_study()).await;
    trust.follow_and_pull(&other).await;
    let html = trust.get(&path).await.text;
    assert!(html.contains("This is version 1, the only one."), "{html}");
    assert!(!html.contains("Earlier versions"), "{html}");
}

#[tokio::test]
async fn the_home_page_says_how_to_publish() {
    let trust = Trust::new("ZZ1").await;
    let html = trust.get("/").await.text;
    for path in ["/help/good-case-study", "/help/publishing"] {
        assert!(html.contains(&format!("href=\"{path}\"")), "{html}");
        assert_eq!(trust.get(path).await.status, 200, "{path}");
    }
    // The navigation marks what it led to.
    for (path, marked) in [("/help/publishing", "Publish"), ("/help/search", "Help")] {
        let html = trust.get(path).await.text;
        let (_, rest) = html.split_once("aria-current=\"true\">").unwrap();
        assert!(rest.starts_with(&format!("{marked}</a>")), "{path}");
    }
}

#[tokio::test]
async fn a_failure_shows_on_its_card_and_its_page_what_did_not_get_better() {
    let trust = Trust::new("ZZ1").await;
    let mut document = case_study();
    let Content::CaseStudy(study) = &mut document.content else {
        panic!("no case study")
    };
    study.result = domain::vocabulary::Outcome::DidNotWork;
    study.barriers = vec![domain::vocabulary::Barrier::Usability];
    let (better, mut worse) = (study.measures[0].clone(), study.measures[0].clone());
    worse.name = "What went the wrong way".to_owned();
    let before = worse.baseline.replace(worse.result);
    worse.result = before.unwrap();
    study.measures = vec![better.clone(), worse];
    let (_, path) = trust.publish(document).await;
    let html = trust.get("/search?q=prescribing").await.text;
    let facts = html.split("<ul class=\"app-facts\">").nth(1).unwrap();
    let facts = facts.split("</ul>").next().unwrap();
    assert!(facts.contains("Did not work"), "{facts}");
    assert!(facts.contains("What went the wrong way"), "{facts}");
    assert!(!facts.contains(&better.name), "{facts}");
    // The page has both, each with its verdict.
    let html = trust.get(&path).await.text;
    let verdicts: Vec<&str> = html.split("app-before__change\"><b>").skip(1).collect();
    assert!(
        verdicts[0].starts_with("Better") && verdicts[1].starts_with("Worse"),
        "{html}"
    );
}
