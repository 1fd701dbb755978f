//! A trust with a node that serves, and what a machine asks of it.

use std::net::{Ipv4Addr, SocketAddr};

use domain::{Document, front_matter, vocabulary::Visibility};
use ledger::leaf::Why;
use node::{
    Node,
    clock::Clock,
    flows::{
        peers::{self, Wish},
        publish::{Submission, publish, publish_many},
        withdraw::withdraw,
    },
    identity::Introduction,
    settings::Settings,
};
use reqwest::{Client, Method, StatusCode, header, header::HeaderMap, redirect::Policy};
use serde_json::Value;
use url::Url;
use web::server::{self, Running};
use wire::{DocumentId, NodeId};

/// A trust with its node.
pub(crate) struct Trust {
    pub(crate) running: Running,
    client: Client,
    _data: tempfile::TempDir,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }
}

impl Trust {
    pub(crate) async fn new(ods: &str) -> Self {
        Self::reached(ods, None).await
    }

    /// A trust whose node document says how to reach its people.
    pub(crate) async fn reached(ods: &str, contact: Option<&str>) -> Self {
        let trust = Self::nobody().await;
        let introduction = Introduction {
            name: format!("Trust {ods}"),
            ods: Some(ods.to_owned()),
            base_url: Url::parse(&trust.site()).unwrap(),
            contact: contact.map(str::to_owned),
        };
        trust.node().init(&introduction).await.unwrap();
        trust
    }

    /// A node without an identity.
    pub(crate) async fn nobody() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            data: data.path().to_owned(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            ..Settings::default()
        };
        settings.federation.allow_loopback = true;
        settings.federation.enabled = false;
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

    pub(crate) fn node(&self) -> &std::sync::Arc<Node> {
        &self.running.node
    }

    pub(crate) fn id(&self) -> NodeId {
        self.node().identity().unwrap().node.clone()
    }

    pub(crate) fn site(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// Publishes a document; returns its id and its path.
    pub(crate) async fn publish(&self, document: Document) -> (DocumentId, String) {
        let submission = Submission {
            id: None,
            document,
            import: None,
        };
        let accepted = publish(self.node(), submission).await.unwrap().unwrap();
        self.settle().await;
        (
            accepted.id,
            Url::parse(&accepted.url).unwrap().path().to_owned(),
        )
    }

    /// Publishes pages `<title> 0`, `<title> 1`, … together.
    pub(crate) async fn publish_pages(&self, count: usize, title: &str, words: &str) {
        let submission = |number| Submission {
            id: None,
            document: page(&format!("{title} {number}"), words),
            import: None,
        };
        let outcomes = publish_many(self.node(), (0..count).map(submission).collect())
            .await
            .unwrap();
        assert!(outcomes.iter().all(Result::is_ok));
        self.settle().await;
    }

    pub(crate) async fn withdraw(&self, id: DocumentId) {
        withdraw(self.node(), id, Why::Privacy)
            .await
            .unwrap()
            .unwrap();
    }

    /// Follows another trust, and pulls all that it has.
    pub(crate) async fn follow(&self, other: &Self) {
        let id = other.id();
        peers::add(self.node(), &Wish::new(other.site()), &id)
            .await
            .unwrap();
        let peer = peers::pull(self.node(), Some(id.as_str()))
            .await
            .unwrap()
            .remove(0);
        assert_eq!(peer.fault, None);
        self.settle().await;
    }

    /// Waits until everything committed can be found.
    pub(crate) async fn settle(&self) {
        self.node().indexer.catch_up(|_| {}).await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn ask(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, etag: Option<&str>) -> Answer {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            self.site() + path
        };
        let mut request = self.client.request(method, url);
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }
}

/// Returns a case study of the sample content.
pub(crate) fn case_study() -> Document {
    let file = include_str!("../../../content/case-studies/northmoor/epma-seven-weekends.md");
    front_matter::parse_file(file, "epma.md").document.unwrap()
}

/// Returns a page with words of its own.
pub(crate) fn page(title: &str, words: &str) -> Document {
    let mut document = Document::page(title, words);
    document.common.summary = format!("Summary of {title}");
    document
}

/// Returns a page that not everybody may read.
pub(crate) fn kept_back(title: &str, words: &str, visibility: Visibility) -> Document {
    let mut document = page(title, words);
    document.common.visibility = visibility;
    document.common.tags = vec![words.to_owned()];
    document
}

/// Writes text for the query of an address.
pub(crate) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
