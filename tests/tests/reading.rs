//! Stories of a reader, over HTTP and without a browser.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use domain::{Content, Document, Unread, front_matter};
use ledger::leaf::Why;
use node::{
    Node,
    clock::Clock,
    flows::{
        publish::{Submission, publish},
        withdraw::withdraw,
    },
    identity::Introduction,
    indexer::Indexer,
    settings::Settings,
};
use reqwest::{Client, StatusCode, header, header::HeaderMap, redirect::Policy};
use search::{Index, SearchRequest, Sort};
use url::Url;
use web::server::{self, Running};

/// A node that serves from a directory of its own.
struct Site {
    running: Running,
    client: Client,
    _data: tempfile::TempDir,
}

/// What a reader got.
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Site {
    async fn bare() -> Self {
        let data = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: data.path().to_owned(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            ..Settings::default()
        };
        let node = Node::open(settings, Clock::system()).await.unwrap();
        Self {
            running: server::start(node).await.unwrap(),
            client: Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            _data: data,
        }
    }

    async fn new() -> Self {
        let site = Self::bare().await;
        let introduction = Introduction {
            name: "Northmoor University Hospitals".to_owned(),
            ods: Some("ZZ1".to_owned()),
            base_url: Url::parse("https://lessons.northmoor.example").unwrap(),
            contact: None,
        };
        site.running.node.init(&introduction).await.unwrap();
        site
    }

    /// Publishes a document and returns its path.
    async fn publish(&self, document: Document) -> (wire::DocumentId, String) {
        self.publish_as(None, document).await
    }

    /// Publishes a document, or the next revision of one, and returns its path.
    async fn publish_as(
        &self,
        id: Option<wire::DocumentId>,
        document: Document,
    ) -> (wire::DocumentId, String) {
        let submission = Submission {
            id,
            document,
            import: None,
        };
        let accepted = publish(&self.running.node, submission)
            .await
            .unwrap()
            .unwrap();
        self.running.node.indexer.catch_up(|_| {}).await.unwrap();
        (
            accepted.id,
            Url::parse(&accepted.url).unwrap().path().to_owned(),
        )
    }

    async fn get(&self, path: &str) -> Page {
        self.get_if(path, None).await
    }

    /// Asks for a page that the reader may hold already.
    async fn get_if(&self, path: &str, etag: Option<&str>) -> Page {
        let mut request = self
            .client
            .get(format!("http://{}{path}", self.running.address));
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let response = request.send().await.unwrap();
        Page {
            status: response.status(),
            headers: response.headers().clone(),
            html: response.text().await.unwrap(),
        }
    }
}

fn case_study() -> Document {
    let file = include_str!("../../content/case-studies/northmoor/epma-seven-weekends.md");
    front_matter::parse_file(file, "epma.md").document.unwrap()
}

#[tokio::test]
async fn before_init_every_page_says_what_to_do() {
    let site = Site::bare().await;
    for (path, status) in [
        ("/", StatusCode::OK),
        ("/search?q=x", StatusCode::SERVICE_UNAVAILABLE),
        ("/help", StatusCode::SERVICE_UNAVAILABLE),
        ("/nothing", StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let page = site.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.html.contains("Set up this site"), "{path}");
    }
    assert_eq!(site.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_page_is_made_for_a_node_that_holds_nothing() {
    let site = Site::new().await;
    for path in [
        "/",
        "/search",
        "/browse",
        "/organisations",
        "/organisations/zz1",
        "/federation",
        "/help",
        "/display",
        "/api",
    ] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let policy = page.headers.get(header::CONTENT_SECURITY_POLICY).unwrap();
        assert!(
            policy.to_str().unwrap().starts_with("default-src 'none'"),
            "{path}"
        );
    }
    for path in [
        "/nothing",
        "/organisations/nobody",
        "/help/nothing",
        "/d/zz1/x/y",
    ] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.html.contains("Page not found"), "{path}");
    }
}

#[tokio::test]
async fn a_published_case_study_is_found_and_read() {
    let site = Site::new().await;
    let (_, path) = site.publish(case_study()).await;
    let found = site.get("/search?q=floor-walkers").await;
    assert!(
        found.html.contains(&format!("href=\"{path}\"")),
        "{}",
        found.html
    );
    assert!(found.html.contains("1 case study for"), "{}", found.html);
    let page = site.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "At a glance",
        "Before and after",
        "Published here",
        "How we know this is theirs",
        "application/ld+json",
        "href=\"https://lessons.northmoor.example/d/",
    ] {
        assert!(page.html.contains(words), "{words}");
    }
    assert!(
        !page.html.contains("digital.medicines@"),
        "the mailbox is shown to nobody"
    );
    let etag = page.headers.get(header::ETAG).unwrap().to_str().unwrap();
    let again = site.get_if(&path, Some(etag)).await;
    assert_eq!(
        (again.status, again.html.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    let (before, _) = path.rsplit_once('/').unwrap();
    for wrong in [before.to_owned(), format!("{before}/another-title")] {
        let moved = site.get(&wrong).await;
        assert_eq!(moved.status, StatusCode::TEMPORARY_REDIRECT, "{wrong}");
        assert_eq!(moved.headers.get(header::LOCATION).unwrap(), path.as_str());
    }
}

#[tokio::test]
async fn a_title_that_is_changed_and_changed_back_sends_no_browser_round_and_round() {
    let site = Site::new().await;
    let (id, first) = site.publish(Document::page("First", "words")).await;
    let id = Some(id);
    let (_, second) = site.publish_as(id, Document::page("Second", "words")).await;
    let ways = [(&first, &second), (&second, &first)];
    for (from, to) in ways {
        for form in ["", ".md"] {
            let moved = site.get(&format!("{from}{form}")).await;
            let target = moved.headers.get(header::LOCATION).unwrap();
            assert_eq!(target, format!("{to}{form}").as_str());
            // A browser keeps 301 and 308 for good (RFC 9110 §15.4), and 307 only if it is told to.
            assert_eq!(moved.status, StatusCode::TEMPORARY_REDIRECT, "{from}");
            assert_eq!(moved.headers.get(header::CACHE_CONTROL), None, "{from}");
        }
        site.publish_as(id, Document::page("First", "words")).await;
    }
}

#[tokio::test]
async fn a_review_that_lies_in_the_future_sorts_as_one_of_the_indexers_today() {
    let site = Site::new().await;
    let reviewed = |day: &str, updated: i64| {
        let mut document = Document::page(day, "words");
        document.common.reviewed = wire::Date::parse(day);
        document.common.updated = Some(wire::Timestamp::from_secs(updated));
        document
    };
    let (later, _) = site.publish(reviewed("2300-01-02", 1_600_000_000)).await;
    let (newer, _) = site.publish(reviewed("2300-01-01", 1_700_000_000)).await;
    let clock = Clock::system();
    // As of now both were reviewed today, and the newer comes first.
    for expected in [[newer, later], [later, newer]] {
        let directory = tempfile::tempdir().unwrap();
        let opened = Index::open_or_replace(&directory.path().join("index")).unwrap();
        let index = Arc::new(opened.index);
        let store = site.running.node.store.clone();
        let indexer = Indexer::new(store, Arc::clone(&index), clock.clone());
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
    let site = Site::new().await;
    let (id, path) = site.publish(case_study()).await;
    withdraw(&site.running.node, id, Why::Privacy)
        .await
        .unwrap();
    let page = site.get(&path).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert_eq!(
        page.headers.get("x-robots-tag").unwrap(),
        "noindex, noarchive"
    );
    assert!(
        page.html
            .contains("Reason given: it could have identified a person.")
    );
    assert!(
        !page.html.to_lowercase().contains("prescribing"),
        "{}",
        page.html
    );
    let found = site.get("/search?q=floor-walkers").await;
    assert!(found.html.contains("No results"), "{}", found.html);
}

#[tokio::test]
async fn nothing_that_an_author_writes_becomes_markup() {
    let site = Site::new().await;
    let attack = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let mut document = Document::page(
        attack,
        format!("# {attack}\n\n{attack} words\n\n[x](javascript:alert(1))"),
    );
    document.common.summary = attack.to_owned();
    document.common.tags = vec![attack.to_owned()];
    document.common.authors = vec![domain::Author {
        name: Some(attack.to_owned()),
        role: None,
    }];
    let (_, path) = site.publish(document).await;
    let query = "/search?q=%3C%2Fscript%3E%3Cscript%3Ealert(1)%22%27&topic=%3Cscript%3E";
    for path in [
        path.as_str(),
        "/",
        "/search?q=words",
        query,
        "/organisations/zz1",
    ] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let html = page
            .html
            .replace("<script type=\"module\" src=\"/assets/", "")
            .replace("<script type=\"application/ld+json\">", "");
        for markup in ["<script", "<img src=x", "javascript:"] {
            assert!(!html.contains(markup), "{path} holds {markup}");
        }
    }
}

#[tokio::test]
async fn a_document_of_an_unknown_kind_is_shown_as_it_was_written() {
    let site = Site::new().await;
    let mut document = Document::page(
        "A poster about hand hygiene",
        "# Loud\n\n*soap* <b>& water</b>",
    );
    document.content = Content::Other(Unread {
        kind: "poster".to_owned(),
        meta: Vec::new(),
    });
    let (_, path) = site.publish(document).await;
    let page = site.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "We cannot lay out this type of page yet",
        "# Loud\n\n*soap* &lt;b&gt;&amp; water&lt;/b&gt;",
    ] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    assert!(!page.html.contains("<em>soap</em>"));
}
