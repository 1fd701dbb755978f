//! The endpoints of one peer's feed (docs/FEED.md §6), each with its type, its limit and its codings.

use ledger::{FaultCode, limits, tile::TilePath};
use wire::{Digest, NodeId, json};

use crate::{
    Answer, Base, Failure,
    fetch::{self, Ask, Http, transport},
};

const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";
const LINES: &str = "application/x-ndjson";
const JSON: &str = "application/json";

/// Asks one peer. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct PeerClient {
    base: Base,
    http: Http,
}

/// What a site states about its node, unsigned: it helps an operator to add a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WellKnown {
    /// The node that it claims to be.
    pub node: NodeId,
    /// Where its feed is; not checked against any rule yet.
    pub base: String,
}

impl PeerClient {
    pub(crate) fn new(base: Base, http: Http) -> Self {
        Self { base, http }
    }

    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    /// Returns the address that is asked.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// Asks for the latest node document, unless it is the one that has this ETag.
    ///
    /// # Errors
    /// `transport`.
    pub async fn node(&self, etag: Option<&str>) -> Result<Answer, Failure> {
        let ask = Ask {
            etag,
            ..ask(TEXT, limits::MAX_NODE_BYTES)
        };
        self.get("/node", &ask).await
    }

    /// Asks for the latest node document, past all caches.
    ///
    /// # Errors
    /// `transport`.
    pub async fn fresh_node(&self) -> Result<Answer, Failure> {
        let ask = Ask {
            fresh: true,
            ..ask(TEXT, limits::MAX_NODE_BYTES)
        };
        self.get("/node", &ask).await
    }

    /// Asks for one version of the node document.
    ///
    /// # Errors
    /// `transport`.
    pub async fn node_version(&self, version: u64) -> Result<Answer, Failure> {
        self.get(
            &format!("/node/{version}"),
            &ask(TEXT, limits::MAX_NODE_BYTES),
        )
        .await
    }

    /// Asks for the checkpoint of a log, unless it is the one that has this ETag.
    ///
    /// # Errors
    /// `transport`.
    pub async fn checkpoint(&self, epoch: u64, etag: Option<&str>) -> Result<Answer, Failure> {
        let ask = Ask {
            etag,
            ..ask(TEXT, limits::MAX_CHECKPOINT_BYTES)
        };
        self.get(&format!("/log/{epoch}/checkpoint"), &ask).await
    }

    /// Asks for the entry bundle `n` of a log: the full one, or its first `width` entries.
    ///
    /// # Errors
    /// `inconsistent` when it is over its limit, else `transport`.
    pub async fn bundle(&self, epoch: u64, n: u64, width: Option<u8>) -> Result<Answer, Failure> {
        let path = TilePath::entries(n, width);
        let ask = Ask {
            codings: &["gzip"],
            over: FaultCode::Inconsistent,
            ..ask(BYTES, limits::MAX_BUNDLE_BYTES)
        };
        self.get(&format!("/log/{epoch}/{path}"), &ask).await
    }

    /// Asks for the live bodies of the entries of bundle `n`, after the leaf `after`.
    ///
    /// # Errors
    /// `transport`.
    pub async fn docs(&self, epoch: u64, n: u64, after: Option<u64>) -> Result<Answer, Failure> {
        let number = TilePath::entries(n, None).to_string();
        let number = number.trim_start_matches("tile/entries/");
        let after = after
            .map(|after| format!("?after={after}"))
            .unwrap_or_default();
        let ask = Ask {
            codings: &["zstd", "gzip"],
            ..ask(LINES, limits::MAX_DOCS_BYTES)
        };
        self.get(&format!("/log/{epoch}/docs/{number}{after}"), &ask)
            .await
    }

    /// Asks for one body.
    ///
    /// # Errors
    /// `transport`.
    pub async fn doc(&self, digest: &Digest) -> Result<Answer, Failure> {
        self.get(
            &format!("/doc/{digest}"),
            &ask(JSON, limits::MAX_BODY_BYTES),
        )
        .await
    }

    /// Asks for what the peer has applied.
    ///
    /// # Errors
    /// `transport`.
    pub async fn seen(&self) -> Result<Answer, Failure> {
        self.get("/seen", &ask(LINES, limits::MAX_SEEN_BYTES)).await
    }

    /// Asks the peer to poll `own` soon.
    ///
    /// # Errors
    /// `transport`; nothing depends on a nudge.
    pub async fn nudge(&self, own: &NodeId) -> Result<(), Failure> {
        let body = format!(r#"{{"node":"{own}"}}"#);
        fetch::post(&self.http, self.base.endpoint("/nudge"), body).await
    }

    /// Asks the peer's site who it claims to be.
    ///
    /// # Errors
    /// `transport` when there is no such claim that can be read.
    pub async fn well_known(&self) -> Result<WellKnown, Failure> {
        let url = self.base.at_site(urls::WELL_KNOWN);
        match fetch::get(
            &self.http,
            url.clone(),
            &ask(JSON, limits::MAX_WELL_KNOWN_BYTES),
        )
        .await?
        {
            Answer::Body(body) => read_well_known(&body.bytes)
                .ok_or_else(|| transport(&url, "names no node and base")),
            _ => Err(transport(
                &url,
                "is not there; is this the address of a wardround site?",
            )),
        }
    }

    /// Returns a client for the logs of another node, as this peer holds them (docs/FEED.md §11).
    #[must_use]
    pub fn mirror_of(&self, node: &NodeId) -> Self {
        Self {
            base: self.base.join(&format!("/mirror/{node}")),
            http: self.http.clone(),
        }
    }

    async fn get(&self, path: &str, ask: &Ask<'_>) -> Result<Answer, Failure> {
        fetch::get(&self.http, self.base.endpoint(path), ask).await
    }
}

fn read_well_known(bytes: &[u8]) -> Option<WellKnown> {
    let object = json::parse(bytes).ok()?;
    Some(WellKnown {
        node: NodeId::parse(object.str("node")?)?,
        base: object.str("base")?.to_owned(),
    })
}

fn ask(media: &'static str, max_bytes: usize) -> Ask<'static> {
    Ask {
        media,
        max_bytes,
        over: FaultCode::Transport,
        codings: &[],
        etag: None,
        fresh: false,
    }
}
