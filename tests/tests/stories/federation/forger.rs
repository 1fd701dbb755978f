//! A peer that knows its own keys and writes its feed by hand: honest by default, and able to lie in one way at a time.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use it::{setup::Setup, trust::Trust};
use ledger::{
    Origin, SecretKey, SignatureType,
    checkpoint::Signer,
    key_id,
    leaf::{Entry, Leaf, Why},
    node::{Closed, Content, SigningKeys},
    tile::TilePath,
    tree::{Frontier, Hash, leaf_hash},
};
use node::clock::Clock;
use reqwest::{StatusCode, header};
use wire::{Digest, DocumentId, NodeId, Timestamp, base64};

/// What is answered to a request.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) media: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Whether the body is followed by itself, for ever.
    pub(crate) endless: bool,
}

impl Reply {
    pub(crate) fn new(media: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            media,
            body: body.into(),
            headers: Vec::new(),
            endless: false,
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::new("text/html", "<p>a page</p>")
        }
    }

    fn response(self) -> Response {
        let mut builder = Response::builder().status(self.status);
        builder = builder.header(header::CONTENT_TYPE, self.media);
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        if !self.endless {
            return builder.body(Body::from(self.body)).unwrap();
        }
        let piece = Bytes::from(self.body.repeat(64 * 1024 / self.body.len().max(1) + 1));
        let pieces = stream::repeat(piece).map(Ok::<_, Infallible>);
        builder.body(Body::from_stream(pieces)).unwrap()
    }
}

/// Changes what is answered to a request for a path.
pub(crate) type Lie = Box<dyn Fn(&Feed, &str, &mut Reply) + Send + Sync>;

/// Returns a lie; what it takes as arguments need not be written down then.
pub(crate) fn lie(change: impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static) -> Lie {
    Box::new(change)
}

/// The forger, while it serves.
pub(crate) struct Forger {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    feed: Mutex<Feed>,
    lie: Mutex<Option<Lie>>,
    asked: Mutex<Vec<String>>,
}

/// Returns an honest peer and a trust that follows it, on one clock.
pub(crate) async fn followed() -> (Forger, Trust) {
    let clock = Clock::system();
    let forger = Forger::new(1, &clock).await;
    let trust = Setup::new("ZZ1").clock(&clock).start().await;
    trust.follow_at(&forger.base(), &forger.id()).await;
    forger.asked();
    (forger, trust)
}

impl Forger {
    /// Serves an honest feed of a new node, whose keys follow from a number.
    pub(crate) async fn new(number: u8, clock: &Clock) -> Self {
        Self::introduced(number, clock, |_| {}).await
    }

    /// Serves a feed of a new node whose first node document differs.
    pub(crate) async fn introduced(
        number: u8,
        clock: &Clock,
        change: impl FnOnce(&mut Content),
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            feed: Mutex::new(Feed::new(number, clock.clone(), address, change)),
            lie: Mutex::new(None),
            asked: Mutex::default(),
        });
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, shared }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}/feed/v1", self.address)
    }

    pub(crate) fn id(&self) -> NodeId {
        self.feed().node.clone()
    }

    pub(crate) fn feed(&self) -> MutexGuard<'_, Feed> {
        self.shared.feed.lock().unwrap()
    }

    /// Lies from here on.
    pub(crate) fn lie(&self, lie: impl Fn(&Feed, &str, &mut Reply) + Send + Sync + 'static) {
        *self.shared.lie.lock().unwrap() = Some(Box::new(lie));
    }

    /// Is honest again.
    pub(crate) fn be_honest(&self) {
        *self.shared.lie.lock().unwrap() = None;
    }

    /// Returns the paths that were asked for since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.asked.lock().unwrap())
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let uri = request.uri();
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let path = path.strip_prefix("/feed/v1").unwrap_or(path);
    shared.asked.lock().unwrap().push(path.to_owned());
    let feed = shared.feed.lock().unwrap();
    let mut reply = feed.reply(path);
    if let Some(lie) = &*shared.lie.lock().unwrap() {
        lie(&feed, path, &mut reply);
    } else if reply.status == 200 && matches!(reply.media, TEXT) {
        let etag = format!(
            "\"{}\"",
            base64::encode_url(Digest::for_bytes(&reply.body).as_bytes())
        );
        if request
            .headers()
            .get(header::IF_NONE_MATCH)
            .is_some_and(|held| *held == *etag)
        {
            reply = Reply::new(TEXT, "");
            reply.status = StatusCode::NOT_MODIFIED.as_u16();
        }
        reply.headers.push(("etag", etag));
        if let (Some(version), true) = (feed.stated_version, path.ends_with("/checkpoint")) {
            let version = version.to_string();
            reply.headers.push(("wardround-node-version", version));
        }
    }
    reply.response()
}

const TEXT: &str = "text/plain; charset=utf-8";

/// A node's feed, as values.
pub(crate) struct Feed {
    pub(crate) node: NodeId,
    number: u8,
    clock: Clock,
    /// Node documents, from version 1, each with its content.
    pub(crate) documents: Vec<(Content, String)>,
    pub(crate) root: SecretKey,
    pub(crate) log: SecretKey,
    pub(crate) witness: SecretKey,
    pub(crate) entries: Vec<Vec<u8>>,
    /// Entries of epochs that are closed, the first epoch first.
    closed: Vec<Vec<Vec<u8>>>,
    pub(crate) bodies: HashMap<Digest, Vec<u8>>,
    /// Last revision of each document, and the digest of a live one.
    revisions: BTreeMap<DocumentId, (u64, Option<Digest>)>,
    written: u32,
    /// The version that is stated with the checkpoint.
    pub(crate) stated_version: Option<u64>,
    /// When checkpoints were signed, where it is not the moment they are asked for.
    pub(crate) signed_at: Option<Timestamp>,
}

/// Returns a key that follows from a number.
pub(crate) fn key(number: u8, role: &str) -> SecretKey {
    SecretKey::from_seed(*Digest::for_bytes(format!("{number} {role}").as_bytes()).as_bytes())
}

impl Feed {
    fn new(
        number: u8,
        clock: Clock,
        address: SocketAddr,
        change: impl FnOnce(&mut Content),
    ) -> Self {
        let [root, log, witness] = ["root", "log", "witness"].map(|role| key(number, role));
        let issued = Timestamp::from_secs(clock.now().secs());
        let mut content = Content {
            version: 1,
            node: None,
            prev: None,
            issued,
            expires: issued.plus(std::time::Duration::from_secs(399 * 24 * 3600)),
            ods: Some(format!("FF{number}")),
            name: format!("Forger {number}"),
            base: format!("http://{address}/feed/v1"),
            contact: "mailto:contact@forger.example".to_owned(),
            threshold: 1,
            root: vec![root.public()],
            epoch: 1,
            log: vec![log.public()],
            closed: Vec::new(),
            witness: vec![witness.public()],
            revoked: Vec::new(),
            left: false,
            successor: None,
        };
        change(&mut content);
        let mut feed = Self {
            node: NodeId::for_text(content.text().as_bytes()),
            number,
            clock,
            documents: Vec::new(),
            root,
            log,
            witness,
            entries: Vec::new(),
            closed: Vec::new(),
            bodies: HashMap::new(),
            revisions: BTreeMap::new(),
            written: 0,
            stated_version: None,
            signed_at: None,
        };
        let note = feed.sign_document(&content);
        feed.documents.push((content, note));
        feed
    }

    /// Signs a node document with all keys that this node has.
    pub(crate) fn sign_document(&self, content: &Content) -> String {
        content.sign(SigningKeys {
            root: std::slice::from_ref(&self.root),
            log: std::slice::from_ref(&self.log),
            witness: std::slice::from_ref(&self.witness),
        })
    }

    /// Returns the content of the next version, which nothing distinguishes from the last.
    pub(crate) fn next_content(&self) -> Content {
        let (content, _) = self.documents.last().unwrap();
        Content {
            version: content.version + 1,
            node: Some(self.node.clone()),
            prev: Some(Digest::for_bytes(content.text().as_bytes())),
            ..content.clone()
        }
    }

    /// Publishes the next version of the node document.
    pub(crate) fn amend(&mut self, change: impl FnOnce(&mut Content)) {
        let mut content = self.next_content();
        change(&mut content);
        let note = self.sign_document(&content);
        self.documents.push((content, note));
    }

    /// Closes the epoch at `size`, with a root, and begins the next with an empty log.
    pub(crate) fn close_epoch(&mut self, size: usize, root: Option<Hash>) {
        let entries = std::mem::take(&mut self.entries);
        let mut frontier = Frontier::new();
        for entry in &entries[..size] {
            frontier.push(leaf_hash(entry));
        }
        let root = root.unwrap_or_else(|| frontier.root());
        self.closed.push(entries);
        self.amend(|content| {
            content.closed.push(Closed {
                epoch: content.epoch,
                size: size as u64,
                root,
            });
            content.epoch += 1;
        });
    }

    /// Returns the entries of an epoch.
    fn entries_of(&self, epoch: u64) -> Option<&[Vec<u8>]> {
        let earlier = usize::try_from(epoch).ok()?.checked_sub(1)?;
        match self.closed.get(earlier) {
            Some(entries) => Some(entries),
            None if epoch == self.origin().epoch => Some(&self.entries),
            None => None,
        }
    }

    fn new_id(&mut self) -> DocumentId {
        self.written += 1;
        let mut random = [self.number; 10];
        random[6..].copy_from_slice(&self.written.to_be_bytes());
        DocumentId::generate(self.clock.now(), random)
    }

    /// Publishes a new document.
    pub(crate) fn put(&mut self, title: &str, words: &str) -> DocumentId {
        let id = self.new_id();
        self.put_as(id, title, words);
        id
    }

    /// Publishes the next revision of a document.
    pub(crate) fn put_as(&mut self, id: DocumentId, title: &str, words: &str) -> Digest {
        let rev = self.next_rev(id);
        self.put_body(id, rev, body(id, rev, title, words))
    }

    pub(crate) fn next_rev(&self, id: DocumentId) -> u64 {
        self.revisions.get(&id).map_or(1, |(rev, _)| rev + 1)
    }

    /// Publishes a body under any id and revision.
    pub(crate) fn put_body(&mut self, id: DocumentId, rev: u64, body: Vec<u8>) -> Digest {
        let doc = Digest::for_bytes(&body);
        let len = body.len() as u64;
        self.push(
            Leaf::Put {
                id,
                rev,
                t: self.clock.now(),
                doc,
                len,
            }
            .encode(),
        );
        self.bodies.insert(doc, body);
        self.revisions.insert(id, (rev, Some(doc)));
        doc
    }

    pub(crate) fn withdraw(&mut self, id: DocumentId) {
        let rev = self.next_rev(id);
        self.push(
            Leaf::Withdraw {
                id,
                rev,
                t: self.clock.now(),
                why: Why::Privacy,
            }
            .encode(),
        );
        self.revisions.insert(id, (rev, None));
    }

    pub(crate) fn push(&mut self, entry: impl Into<Vec<u8>>) {
        self.entries.push(entry.into());
    }

    pub(crate) fn origin(&self) -> Origin {
        let epoch = self.documents.last().unwrap().0.epoch;
        Origin {
            node: self.node.clone(),
            epoch,
        }
    }

    pub(crate) fn signer(&self) -> Signer {
        Signer::new(self.origin(), self.log.clone(), self.witness.clone())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Signs a checkpoint over the first `size` entries.
    pub(crate) fn checkpoint_at(&self, size: usize, now: Timestamp) -> String {
        let mut frontier = Frontier::new();
        for entry in &self.entries[..size] {
            frontier.push(leaf_hash(entry));
        }
        self.signer().sign(frontier.size(), &frontier.root(), now)
    }

    pub(crate) fn checkpoint(&self) -> String {
        let signed_at = self.signed_at.unwrap_or_else(|| self.now());
        self.checkpoint_at(self.entries.len(), signed_at)
    }

    fn bundle(entries: &[Vec<u8>], n: u64, width: Option<u8>) -> Option<Vec<u8>> {
        let chunk = entries.chunks(256).nth(usize::try_from(n).ok()?)?;
        let wanted = width.map_or(256, usize::from);
        (chunk.len() >= wanted).then(|| frames(&chunk[..wanted]))
    }

    fn docs(&self, entries: &[Vec<u8>], n: u64, after: Option<u64>) -> Vec<u8> {
        let mut lines = Vec::new();
        let from = after.map_or(n * 256, |after| after + 1);
        for (index, entry) in (0..).zip(entries) {
            let in_bundle = index / 256 == n && index >= from;
            if let Entry::Leaf(Leaf::Put { id, doc, .. }) = ledger::leaf::read(entry)
                && in_bundle
                && self.is_live(id, &doc)
                && let Some(body) = self.bodies.get(&doc)
            {
                lines.extend_from_slice(body);
                lines.push(b'\n');
            }
        }
        lines
    }

    fn is_live(&self, id: DocumentId, doc: &Digest) -> bool {
        self.revisions
            .get(&id)
            .is_some_and(|(_, live)| *live == Some(*doc))
    }

    /// Answers as an honest node does.
    fn reply(&self, path: &str) -> Reply {
        const BYTES: &str = "application/octet-stream";
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        if path == "/.well-known/wardround" {
            let base = &self.documents[0].0.base;
            let known = serde_json::json!({"node": self.node, "base": base});
            return Reply::new("application/json", known.to_string());
        }
        if path == "/node" {
            return Reply::new(TEXT, self.documents.last().unwrap().1.as_str());
        }
        if let Some(version) = path.strip_prefix("/node/") {
            let note = version
                .parse::<usize>()
                .ok()
                .and_then(|version| self.documents.get(version - 1));
            return note.map_or_else(
                || Reply::status(404),
                |(_, note)| Reply::new(TEXT, note.as_str()),
            );
        }
        if let Some(digest) = path.strip_prefix("/doc/") {
            let body = Digest::parse(digest).and_then(|digest| self.bodies.get(&digest));
            return body.map_or_else(
                || Reply::status(404),
                |body| Reply::new("application/json", body.as_slice()),
            );
        }
        let log = path
            .strip_prefix("/log/")
            .and_then(|rest| rest.split_once('/'));
        let Some((epoch, rest)) = log.and_then(|(epoch, rest)| Some((epoch.parse().ok()?, rest)))
        else {
            return Reply::status(404);
        };
        let Some(entries) = self.entries_of(epoch) else {
            return Reply::status(404);
        };
        if rest == "checkpoint" && epoch == self.origin().epoch {
            return Reply::new(TEXT, self.checkpoint());
        }
        if let Some(TilePath { n, width, .. }) =
            rest.strip_prefix("tile/").and_then(TilePath::parse)
        {
            let bundle = Self::bundle(entries, n, width);
            return bundle.map_or_else(|| Reply::status(404), |bytes| Reply::new(BYTES, bytes));
        }
        if let Some(n) = rest
            .strip_prefix("docs/")
            .and_then(ledger::tile::parse_number)
        {
            let after = query
                .strip_prefix("after=")
                .map(|after| after.parse().unwrap());
            return Reply::new("application/x-ndjson", self.docs(entries, n, after));
        }
        Reply::status(404)
    }
}

/// Returns entries as a bundle.
pub(crate) fn frames(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&u16::try_from(entry.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    bytes
}

/// Returns a good body.
pub(crate) fn body(id: DocumentId, rev: u64, title: &str, words: &str) -> Vec<u8> {
    format!(
        r#"{{"v":1,"id":"{id}","rev":{rev},"salt":"AAECAwQFBgcICQoLDA0ODw","kind":"page","title":"{title}","body_md":"{words}","visibility":"public"}}"#
    )
    .into_bytes()
}

/// Returns a signature line under any name, with any id and bytes.
pub(crate) fn line(name: &str, id: [u8; 4], signature: &[u8]) -> String {
    let mut bytes = id.to_vec();
    bytes.extend_from_slice(signature);
    format!("\u{2014} {name} {}\n", base64::encode_std(&bytes))
}

/// Signs a text with a key under any name.
pub(crate) fn plain_line(name: &str, key: &SecretKey, text: &str) -> String {
    let id = key_id(name, SignatureType::Plain, &key.public());
    line(name, id, &key.sign(text.as_bytes()))
}
