//! A node that serves on a free port, and what stories ask of it.

use std::{
    collections::BTreeSet,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use domain::Document;
use it::{engine::Engine, ports::free_ports};
use ledger::leaf::Why;
use node::{
    Node,
    clock::Clock,
    flows::{
        peers::{self, PeerObject, Wish},
        publish::{Submission, publish},
        withdraw::withdraw,
    },
    identity::Introduction,
    settings::{Secret, Settings},
};
use search::{Query, SearchRequest, Sort};
use store::DocumentState;
use tempfile::TempDir;
use url::Url;
use web::server::{self, Running};
use wire::{DocumentId, NodeId, Viewer};

/// A trust with its node.
pub(crate) struct Trust {
    directory: TempDir,
    settings: Settings,
    pub(crate) clock: Clock,
    running: Option<Running>,
}

impl Trust {
    /// Starts a node with an identity that polls only when it is told to.
    pub(crate) async fn new(ods: &str) -> Self {
        Self::with(ods, Clock::system(), |_| {}).await
    }

    /// Starts a node on an engine.
    pub(crate) async fn on(engine: Engine, ods: &str) -> Self {
        let url = engine.database().await;
        let change = |settings: &mut Settings| settings.database.url = url.map(Secret::new);
        Self::with(ods, Clock::system(), change).await
    }

    /// Starts a node with settings of its own.
    pub(crate) async fn with(ods: &str, clock: Clock, change: impl FnOnce(&mut Settings)) -> Self {
        let mut trust = Self::nobody(clock, change).await;
        let introduction = Introduction {
            name: format!("Trust {ods}"),
            ods: Some(ods.to_owned()),
            base_url: Url::parse(&trust.site()).unwrap(),
            contact: None,
        };
        trust.node().init(&introduction).await.unwrap();
        // From here on the address is part of the identity.
        trust.settings.listen = trust.address();
        trust
    }

    /// Starts a node that has no identity yet.
    pub(crate) async fn nobody(clock: Clock, change: impl FnOnce(&mut Settings)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            data: directory.path().to_owned(),
            ..Settings::default()
        };
        // One that it gets again after a restart.
        settings.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_ports(1)));
        settings.federation.allow_loopback = true;
        settings.federation.enabled = false;
        change(&mut settings);
        let mut trust = Self {
            directory,
            settings,
            clock,
            running: None,
        };
        trust.start().await;
        trust
    }

    pub(crate) async fn start(&mut self) {
        let node = Node::open(self.settings.clone(), self.clock.clone())
            .await
            .unwrap();
        self.running = Some(server::start(node).await.unwrap());
    }

    pub(crate) async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the node runs")
    }

    pub(crate) fn node(&self) -> &Arc<Node> {
        &self.running().node
    }

    pub(crate) fn id(&self) -> NodeId {
        self.node().identity().unwrap().node.clone()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running().address
    }

    pub(crate) fn site(&self) -> String {
        format!("http://{}", self.address())
    }

    pub(crate) fn data(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) async fn publish(&self, title: &str, words: &str) -> DocumentId {
        self.revise(None, title, words).await
    }

    pub(crate) async fn revise(
        &self,
        id: Option<DocumentId>,
        title: &str,
        words: &str,
    ) -> DocumentId {
        let submission = Submission {
            id,
            document: Document::page(title, words),
            import: None,
        };
        publish(self.node(), submission).await.unwrap().unwrap().id
    }

    pub(crate) async fn withdraw(&self, id: DocumentId) {
        withdraw(self.node(), id, Why::Privacy)
            .await
            .unwrap()
            .unwrap();
    }

    /// Pins another node.
    pub(crate) async fn follow(&self, other: &Self) {
        self.follow_at(&other.site(), &other.id()).await;
    }

    pub(crate) async fn follow_at(&self, address: &str, node: &NodeId) {
        peers::add(self.node(), &Wish::new(address), node)
            .await
            .unwrap();
    }

    /// Polls another node, to the end.
    pub(crate) async fn pull(&self, other: &NodeId) -> PeerObject {
        peers::pull(self.node(), Some(other.as_str()))
            .await
            .unwrap()
            .remove(0)
    }

    /// Polls another node, and expects no fault.
    pub(crate) async fn pull_well(&self, other: &NodeId) -> PeerObject {
        let peer = self.pull(other).await;
        assert_eq!(peer.fault, None);
        assert_eq!((peer.state, peer.failures), ("active", 0));
        peer
    }

    /// Returns the ids of what a reader finds.
    pub(crate) async fn found(&self, words: &str) -> Vec<DocumentId> {
        self.node().indexer.catch_up(|_| {}).await.unwrap();
        let request = SearchRequest {
            query: Query::parse(words),
            filters: Default::default(),
            sort: Sort::Relevance,
            page: 1,
            per_page: 100,
            facets: Vec::new(),
            viewer: Viewer::Public,
        };
        let page = self.node().index.search(&request).unwrap();
        page.hits.into_iter().map(|hit| hit.key.id).collect()
    }

    /// Returns every live document, as (node, id, body).
    pub(crate) async fn live(&self) -> BTreeSet<(NodeId, DocumentId, Vec<u8>)> {
        let store = &self.node().store;
        let mut live = BTreeSet::new();
        for node in store.nodes().await.unwrap() {
            let cards = store
                .newest(Viewer::Public, store::Listed::OfNode(node.seq), None, 100)
                .await
                .unwrap();
            for card in cards {
                let document = store
                    .document(Viewer::Public, node.seq, card.id)
                    .await
                    .unwrap()
                    .unwrap();
                live.insert((node.node.clone(), card.id, document.text.unwrap().body));
            }
        }
        live
    }

    pub(crate) async fn state(&self, node: &NodeId, id: DocumentId) -> Option<DocumentState> {
        let store = &self.node().store;
        let seq = store.node(node).await.unwrap()?.seq;
        Some(
            store
                .document(Viewer::Public, seq, id)
                .await
                .unwrap()?
                .state,
        )
    }

    /// Returns the lines of `/seen`.
    pub(crate) async fn seen(&self) -> Vec<(String, String)> {
        self.node().store.seen().await.unwrap()
    }

    /// Returns the files of the data directory that hold some words.
    pub(crate) fn files_with(&self, words: &str) -> Vec<String> {
        let mut found = Vec::new();
        search_files(self.data(), words.as_bytes(), &mut found);
        found
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
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

/// Waits for something that happens in the background.
pub(crate) async fn until(done: impl AsyncFn() -> bool) {
    let waiting = async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .expect("it happens in time");
}
