//! A trust with its node, and what stories do to it and ask of it.
//!
//! The node is the real one, in a directory of its own. A verb that any story may need is here; what only one story needs
//! belongs to that story.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use node::audit::By;
use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{body::to_bytes, extract::Request};
use domain::Document;
use ledger::leaf::Why;
use node::{
    Node, NodeError,
    clock::Clock,
    file_reader::Place,
    flows::{
        peers::{self, NewPeerRequest, PeerObject},
        publish::{Outcome, Submission, publish, publish_many},
        withdraw::withdraw,
    },
};
use pages::requester::{Account, Requester};
use patient_data::{Acceptance, Cleared};
use reqwest::{Body, Client, Method, StatusCode, redirect::Policy};
use search::{Query, SearchRequest};
use serde_json::Value;
use settings::Settings;
use store::{DocumentState, Withdrawn};
use tempfile::TempDir;
use tower::ServiceExt as _;
use url::Url;
use web::{
    routes,
    server::{self, Running},
};
use wire::{DocumentId, NodeId, Viewer};

use crate::{
    answer::Answer,
    engine::Engine,
    samples::{page, parse},
    setup::Setup,
};

/// How often a story looks whether something has happened in the background.
const LOOK: Duration = Duration::from_millis(20);
/// How long that may take, on a machine that is busy with something else.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Bytes of an answer that is read to its end.
const MAX_ANSWER_BYTES: usize = 16 << 20;

/// A trust with its node.
pub struct Trust {
    /// The node's clock, which the story moves.
    pub clock: Clock,
    settings: Settings,
    running: Option<Running>,
    client: Client,
    directory: TempDir,
}

/// Starting and stopping.
impl Trust {
    /// Starts the usual node, on SQLite.
    pub async fn new(ods: &str) -> Self {
        Setup::new(ods).start().await
    }

    /// Starts the usual node, on an engine.
    pub async fn on(engine: Engine, ods: &str) -> Self {
        Setup::new(ods).engine(engine).start().await
    }

    pub(crate) fn stopped(directory: TempDir, settings: Settings, clock: Clock) -> Self {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_gzip()
            .no_zstd()
            .no_proxy();
        Self {
            clock,
            settings,
            running: None,
            client: client.build().unwrap(),
            directory,
        }
    }

    /// Opens the node and serves it, with all its work in the background.
    pub async fn start(&mut self) {
        let node = Node::open_with(
            self.settings.clone(),
            self.clock.clone(),
            // The program of the tests is none that a child can be.
            Place::Here,
        )
        .await;
        self.running = Some(server::start(node.unwrap()).await.unwrap());
    }

    /// Stops the node; its directory and its port are free afterwards, unless a story holds the node.
    pub async fn stop(&mut self) {
        self.running.take().expect("the node runs").stop().await;
    }

    /// Stops the node and starts it again.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// Changes the settings with which the node starts next.
    pub fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
    }

    /// Moves the node's clock forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

/// What it is and where it is.
impl Trust {
    /// Returns the server.
    #[must_use]
    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("the node runs")
    }

    /// Returns the node.
    #[must_use]
    pub fn node(&self) -> &Arc<Node> {
        &self.running().node
    }

    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.node().identity().unwrap().node.clone()
    }

    /// Returns the address that it serves at.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.settings.listen
    }

    /// Returns its site, without a slash at the end.
    #[must_use]
    pub fn site(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Returns a path next to its data directory, for a story's own files.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// Its own documents.
impl Trust {
    /// Publishes a document, and waits until it can be found; returns its id and its path.
    pub async fn publish(&self, document: Document) -> (DocumentId, String) {
        self.accepted(document, None).await
    }

    /// Publishes the next revision of a document, and waits until it can be found; returns its id and its path.
    pub async fn revise(&self, id: DocumentId, document: Document) -> (DocumentId, String) {
        self.accepted(document, Some(id)).await
    }

    async fn accepted(&self, document: Document, id: Option<DocumentId>) -> (DocumentId, String) {
        let mut acceptance = Acceptance::default();
        acceptance.add("all people here are invented").unwrap();
        let accepted = self.submit_with(document, id, acceptance).await.unwrap();
        self.settle().await;
        let path = Url::parse(&accepted.url).unwrap().path().to_owned();
        (accepted.id, path)
    }

    /// Publishes a page of a title and some words, without waiting for the index; returns its id.
    pub async fn publish_page(&self, title: &str, words: &str) -> DocumentId {
        let accepted = self.submit(Document::page(title, words), None).await;
        accepted.unwrap().id
    }

    /// Publishes pages `<title> 0`, `<title> 1`, … together.
    pub async fn publish_pages(&self, count: usize, title: &str, words: &str) {
        let pages = (0..count).map(|number| page(&format!("{title} {number}"), words));
        self.publish_all(pages.collect()).await;
    }

    /// Publishes documents together, and waits for the index.
    pub async fn publish_all(&self, documents: Vec<Document>) {
        let submissions = documents.into_iter();
        let submissions = submissions.map(|document| self.submission(document, None));
        let outcomes = publish_many(self.node(), submissions.collect());
        assert!(outcomes.await.unwrap().iter().all(Result::is_ok));
        self.settle().await;
    }

    /// Submits the document of a file, as a new one or as the next revision of one; it may be refused.
    pub async fn submit_text(&self, text: &str, id: Option<DocumentId>) -> Outcome {
        self.submit(parse(text), id).await
    }

    /// Submits a document, as a new one or as the next revision of one; it may be refused.
    pub async fn submit(&self, document: Document, id: Option<DocumentId>) -> Outcome {
        self.submit_with(document, id, Acceptance::default()).await
    }

    /// Submits a document to a node that may be unable to publish anything.
    ///
    /// # Errors
    /// Why it is.
    pub async fn try_to_publish(&self, document: Document) -> Result<Outcome, NodeError> {
        publish(self.node(), self.submission(document, None)).await
    }

    fn submission(&self, document: Document, id: Option<DocumentId>) -> Submission {
        Submission {
            id,
            document,
            base: None,
            extract: None,
            import: None,
            acceptance: Acceptance::default(),
            cleared: Cleared::default(),
            by: By::Node,
        }
    }

    /// Submits a document with reasons for what may identify a patient in it.
    pub async fn submit_with(
        &self,
        document: Document,
        id: Option<DocumentId>,
        acceptance: Acceptance,
    ) -> Outcome {
        let mut submission = Submission {
            acceptance,
            ..self.submission(document, id)
        };
        // As files and drafts are completed before they are published.
        let completed = people::about::complete(self.node(), &mut submission.document).await;
        completed.unwrap();
        publish(self.node(), submission).await.unwrap()
    }

    /// Withdraws a document for the sake of privacy.
    pub async fn withdraw(&self, id: DocumentId) -> Withdrawn {
        let withdrawn = withdraw(self.node(), id, Why::Privacy, &By::Node)
            .await
            .unwrap();
        withdrawn.expect("there is such a document")
    }

    /// Returns the markdown of a document as it is stored.
    pub async fn body_md(&self, id: DocumentId) -> String {
        let texts = self.node().store.own_texts_of(&[id]).await;
        let text = texts.unwrap().remove(&id).unwrap();
        let body = domain::body::read_local(&text.body).unwrap();
        body.document.common.body_md
    }

    /// Returns the size of its log.
    pub async fn log_size(&self) -> u64 {
        let head = self.node().store.log_head(store::OWN, 1).await;
        head.unwrap().size
    }
}

/// Its peers.
impl Trust {
    /// Pins another trust.
    pub async fn follow(&self, other: &Self) {
        self.follow_at(&other.site(), &other.id()).await;
    }

    /// Pins a node at an address.
    pub async fn follow_at(&self, address: &str, node: &NodeId) {
        let added = peers::add(self.node(), &NewPeerRequest::new(address), node, &By::Node).await;
        added.unwrap();
    }

    /// Pins another trust and pulls all that it has.
    pub async fn follow_and_pull(&self, other: &Self) {
        self.follow(other).await;
        self.pull_well(&other.id()).await;
        self.settle().await;
    }

    /// Polls a peer, to the end.
    pub async fn pull(&self, other: &NodeId) -> PeerObject {
        let pulled = peers::pull(self.node(), Some(other.as_str())).await;
        pulled.unwrap().remove(0)
    }

    /// Polls a peer, and expects no fault.
    pub async fn pull_well(&self, other: &NodeId) -> PeerObject {
        let peer = self.pull(other).await;
        assert_eq!(peer.fault, None);
        assert_eq!((peer.state, peer.failures), ("active", 0));
        peer
    }

    /// Returns the lines of `/seen`.
    pub async fn seen(&self) -> Vec<store::SeenLog> {
        self.node().store.seen().await.unwrap()
    }
}

/// What it has.
impl Trust {
    /// Waits until everything that is committed can be found.
    pub async fn settle(&self) {
        self.node().indexer.catch_up(|_| {}).await.unwrap();
    }

    /// Returns the ids of what a reader without an account finds.
    pub async fn found(&self, words: &str) -> Vec<DocumentId> {
        self.found_by(words, Viewer::Public).await
    }

    /// Returns the ids of what a reader finds.
    pub async fn found_by(&self, words: &str, viewer: Viewer) -> Vec<DocumentId> {
        self.settle().await;
        let request = SearchRequest {
            query: Query::parse(words),
            per_page: 100,
            viewer,
            ..SearchRequest::default()
        };
        let page = self.node().index.search(&request).unwrap();
        page.hits.into_iter().map(|hit| hit.key.id).collect()
    }

    /// Returns every live document, as (node, id, body).
    pub async fn live(&self) -> BTreeSet<(NodeId, DocumentId, Vec<u8>)> {
        let store = &self.node().store;
        let mut live = BTreeSet::new();
        for node in store.nodes().await.unwrap() {
            let listed = store::Listed::OfNode(node.seq);
            for card in store
                .newest(Viewer::Public, listed, None, 100)
                .await
                .unwrap()
            {
                let document = store.document(Viewer::Public, node.seq, card.id).await;
                let text = document.unwrap().unwrap().text.unwrap();
                live.insert((node.node.clone(), card.id, text.body));
            }
        }
        live
    }

    /// Returns the state of a document.
    pub async fn state(&self, node: &NodeId, id: DocumentId) -> Option<DocumentState> {
        let store = &self.node().store;
        let seq = store.node(node).await.unwrap()?.seq;
        let document = store.document(Viewer::Public, seq, id).await;
        Some(document.unwrap()?.state)
    }

    /// Returns the files of the data directory that hold some words.
    #[must_use]
    pub fn files_with(&self, words: &str) -> Vec<String> {
        let mut found = Vec::new();
        search_files(&self.settings.data, words.as_bytes(), &mut found);
        found
    }
}

/// What it answers.
impl Trust {
    /// Requests a path as a viewer, as if an outer layer had identified them.
    pub async fn get_as(&self, viewer: Viewer, path: &str) -> Answer {
        let request = Request::get(path)
            .header("host", "localhost")
            .extension(Requester::for_viewer(viewer))
            .body(axum::body::Body::empty())
            .unwrap();
        let router = routes::router(Arc::clone(self.node()));
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, MAX_ANSWER_BYTES).await.unwrap();
        Answer::read(axum::http::Response::from_parts(parts, bytes).into()).await
    }

    /// Sends a request as someone who has signed in, or as no one, as if an outer layer had identified them.
    pub async fn send_as(
        &self,
        account: Option<Account>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<axum::body::Body>,
    ) -> Answer {
        let requester = match account {
            Some(account) => Requester::for_account(account),
            None => Requester::for_viewer(Viewer::Public),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .extension(requester);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let router = routes::router(Arc::clone(self.node()));
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, MAX_ANSWER_BYTES).await.unwrap();
        Answer::read(axum::http::Response::from_parts(parts, bytes).into()).await
    }

    /// Asks for a path or an address.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// Asks with further headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, "").await
    }

    /// Asks, and expects JSON.
    pub async fn ask(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    /// Sends any request.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let address = if path.starts_with("http") {
            path.to_owned()
        } else {
            self.site() + path
        };
        let mut request = self.client.request(method, address).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.send().await.unwrap()).await
    }
}

fn search_files(directory: &Path, words: &[u8], found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search_files(&path, words, found);
        } else if let Ok(bytes) = fs::read(&path)
            && bytes.windows(words.len()).any(|window| window == words)
        {
            found.push(path.display().to_string());
        }
    }
}

/// Waits for something that happens in the background of a node, which reports it to no one: it is looked for again and
/// again. No story waits in any other way.
///
/// # Panics
/// When it does not happen in time.
pub async fn until(done: impl AsyncFn() -> bool) {
    let waiting = async {
        while !done().await {
            tokio::time::sleep(LOOK).await;
        }
    };
    let waited = tokio::time::timeout(MAX_WAIT, waiting).await;
    waited.expect("it happens in time");
}
