//! Pages as a reader without a browser gets them.

use std::{sync::Arc, time::Duration};

use domain::{Content, Document, Unread};
use it::{samples::case_study, setup::Setup, trust::Trust};
use node::{clock::Clock, indexer::Indexer};
use reqwest::StatusCode;
use search::{Index, SearchRequest, Sort};

#[tokio::test]
async fn before_init_every_page_says_what_to_do() {
    let trust = Setup::without_identity().start().await;
    for (path, status) in [
        ("/", StatusCode::OK),
        ("/search?q=x", StatusCode::SERVICE_UNAVAILABLE),
        ("/help", StatusCode::SERVICE_UNAVAILABLE),
        ("/nothing", StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let page = trust.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.text.contains("Set up this site"), "{path}");
    }
    assert_eq!(trust.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_page_is_made_for_a_node_that_holds_nothing() {
    let trust = Trust::new("ZZ1").await;
    for path in [
        "/",
        "/search",
        "/browse",
        "/topics/cyber",
        "/compare",
        "/opensearch.xml",
        "/organisations",
        "/organisations/zz1",
        "/federation",
        "/help",
        "/display",
        "/api",
    ] {
        let page = trust.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}");
    }
    for (path, heading) in [
        ("/nothing", "Page not found"),
        ("/organisations/unknown", "No page for this organisation"),
        ("/products/unknown", "No page for this product"),
        ("/topics/unknown", "No page for this topic"),
        ("/help/nothing", "Page not found"),
        ("/d/zz1/x/y", "Page not found"),
    ] {
        let page = trust.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains(heading), "{path}");
    }
}

#[tokio::test]
async fn a_published_case_study_is_found_and_read() {
    let setup = Setup::new("ZZ1").base_url("https://lessons.northmoor.example");
    let trust = setup.start().await;
    let (_, path) = trust.publish(case_study()).await;
    let found = trust.get("/search?q=floor-walkers").await;
    assert!(
        found.text.contains(&format!("href=\"{path}\"")),
        "{}",
        found.text
    );
    assert!(found.text.contains("1 case study for"), "{}", found.text);
    let page = trust.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "At a glance",
        "Before and after",
        "Published here",
        "How we know this is theirs",
        "application/ld+json",
        "href=\"https://lessons.northmoor.example/d/",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(
        !page.text.contains("digital.medicines@"),
        "the mailbox is private"
    );
    let etag = page.header("etag");
    let again = trust.get_with(&path, &[("if-none-match", etag)]).await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    let (before, _) = path.rsplit_once('/').unwrap();
    for wrong in [before.to_owned(), format!("{before}/another-title")] {
        let moved = trust.get(&wrong).await;
        assert_eq!(moved.status, StatusCode::TEMPORARY_REDIRECT, "{wrong}");
        assert_eq!(moved.header("location"), path.as_str());
    }
}

#[tokio::test]
async fn a_title_that_is_changed_and_changed_back_sends_no_browser_round_and_round() {
    let trust = Trust::new("ZZ1").await;
    let (id, first) = trust.publish(Document::page("First", "words")).await;
    let (_, second) = trust.revise(id, Document::page("Second", "words")).await;
    let ways = [(&first, &second), (&second, &first)];
    for (from, to) in ways {
        for form in ["", ".md"] {
            let moved = trust.get(&format!("{from}{form}")).await;
            let target = moved.header("location");
            assert_eq!(target, format!("{to}{form}"));
            // A browser keeps 301 and 308 for good (RFC 9110 §15.4), and 307 only if a header says so.
            assert_eq!(moved.status, StatusCode::TEMPORARY_REDIRECT, "{from}");
            assert_eq!(moved.header("cache-control"), "no-cache", "{from}");
        }
        trust.revise(id, Document::page("First", "words")).await;
    }
}

#[tokio::test]
async fn a_review_that_lies_in_the_future_sorts_as_one_of_the_indexers_today() {
    let trust = Trust::new("ZZ1").await;
    let reviewed = |day: &str, updated: i64| {
        let mut document = Document::page(day, "words");
        document.common.reviewed = wire::Date::parse(day);
        document.common.updated = Some(wire::Timestamp::from_secs(updated));
        document
    };
    let (later, _) = trust.publish(reviewed("2300-01-02", 1_600_000_000)).await;
    let (newer, _) = trust.publish(reviewed("2300-01-01", 1_700_000_000)).await;
    let clock = Clock::system();
    // As of now both were reviewed today, and the newer comes first.
    for expected in [[newer, later], [later, newer]] {
        let directory = tempfile::tempdir().unwrap();
        let [index, restricted] = node::indexer::DIRECTORIES.map(|name| {
            let opened = Index::open_or_replace(&directory.path().join(name)).unwrap();
            Arc::new(opened.index)
        });
        let store = trust.node().store.clone();
        let indexer = Indexer::new(store, Arc::clone(&index), restricted, clock.reader());
        indexer.catch_up(|_| {}).await.unwrap();
        let request = SearchRequest {
            sort: Sort::Reviewed,
            ..SearchRequest::default()
        };
        let found = index.search(&request).unwrap();
        let order: Vec<_> = found.hits.iter().map(|hit| hit.key.id).collect();
        assert_eq!(order, expected);
        clock.advance(Duration::from_secs(400 * 366 * 86_400));
    }
}

#[tokio::test]
async fn a_withdrawn_case_study_leaves_a_tombstone_without_its_words() {
    let trust = Trust::new("ZZ1").await;
    let (id, path) = trust.publish(case_study()).await;
    trust.withdraw(id).await;
    let page = trust.get(&path).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert_eq!(page.header("x-robots-tag"), "noindex, noarchive");
    assert!(
        page.text
            .contains("Reason given: it could have identified a person.")
    );
    assert!(
        !page.text.to_lowercase().contains("prescribing"),
        "{}",
        page.text
    );
    let found = trust.get("/search?q=floor-walkers").await;
    assert!(found.text.contains("No results"), "{}", found.text);
}

#[tokio::test]
async fn nothing_that_an_author_writes_becomes_markup() {
    let trust = Trust::new("ZZ1").await;
    let attack = "\u{202e}\u{2066}\0\u{1b}</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let mut document = Document::page(
        attack,
        format!("# {attack}\n\n{attack} words\n\n[x](javascript:alert(1))"),
    );
    document.common.summary = attack.to_owned();
    // A tag is shorter than some attacks.
    document.common.tags = vec![attack.chars().take(60).collect()];
    document.common.authors = vec![domain::Author {
        name: Some(attack.to_owned()),
        role: None,
    }];
    let (_, path) = trust.publish(document).await;
    let query =
        "/search?q=%E2%80%AE%3C%2Fscript%3E%3Cscript%3Ealert(1)%22%27&topic=%E2%80%AE%3Cscript%3E";
    for path in [
        path.as_str(),
        "/",
        "/search?q=words",
        query,
        "/organisations/zz1",
    ] {
        let page = trust.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let html = page
            .text
            .replace("<script type=\"module\" src=\"/assets/", "")
            .replace("<script type=\"application/ld+json\">", "");
        for markup in ["<script", "<img src=x", "javascript:"] {
            assert!(!html.contains(markup), "{path} holds {markup}");
        }
        let hides = |c: char| "\u{202e}\u{2066}".contains(c) || (c.is_control() && c != '\n');
        // What machines read of a page holds the text as it was written.
        let (before, data) = html.split_once("{\"@context\"").unwrap_or((&html, ""));
        let after = data.split_once("</script>").map_or("", |(_, after)| after);
        for shown in [before, after] {
            // The search box holds what the reader typed, to search for it again.
            let shown = shown.replace("value=\"\u{202e}", "value=\"");
            let hidden = shown.find(hides).map(|at| &shown[at..]);
            assert_eq!(hidden, None, "{path} holds what a reader does not see");
        }
    }
}

#[tokio::test]
async fn a_document_of_an_unknown_kind_is_shown_as_it_was_written() {
    let trust = Trust::new("ZZ1").await;
    let mut document = Document::page(
        "A poster about hand hygiene",
        "# Loud\n\n*soap* <b>& water</b>",
    );
    document.content = Content::Other(Unread {
        kind: "poster".to_owned(),
        meta: Vec::new(),
    });
    let (_, path) = trust.publish(document).await;
    let page = trust.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "We cannot lay out this type of page yet",
        "# Loud\n\n*soap* &lt;b&gt;&amp; water&lt;/b&gt;",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("<em>soap</em>"));
}

#[tokio::test]
async fn a_slash_at_the_end_of_an_address_leads_to_the_page() {
    let trust = Trust::new("ZZ1").await;
    let (_, path) = trust.publish(Document::page("Beds", "words")).await;
    let with_slash = format!("{path}/");
    for (asked, leads_to) in [
        ("/search/?q=beds", "/search?q=beds"),
        ("/help/", "/help"),
        ("/organisations/zz1//", "/organisations/zz1"),
        (with_slash.as_str(), path.as_str()),
    ] {
        let answer = trust.get(asked).await;
        assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{asked}");
        assert_eq!(answer.header("location"), leads_to, "{asked}");
        assert_eq!(trust.get(leads_to).await.status, StatusCode::OK);
    }
    // Nothing leads to another site.
    for asked in [
        "//evil.example/",
        "///evil.example/",
        "/%5Cevil.example",
        "//",
    ] {
        let answer = trust.get(asked).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{asked}");
    }
}
